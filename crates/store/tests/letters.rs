//! Letters are kept from signed records alone, never change, and go with their chart; alike on both databases.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail at once")]

use medrecord_clinic::ids::{LetterId, PatientId};
use medrecord_clinic::letter::{Letter, LetterKind, LetterSheet};
use medrecord_clinic::medical_record::RecordForm;
use medrecord_clinic::patient::PatientForm;
use medrecord_clinic::time::{Day, Zone};
use medrecord_store::audit::{self, EventFilter};
use medrecord_store::merges::{self, Decision};
use medrecord_store::{Refusal, StoreError, export, letters, medical_records, patients};
use medrecord_testkit::clinic::jane_doe;
use medrecord_testkit::visit::{Visit, checked_in};
use medrecord_testkit::{Clinic, on_both};

/// What a letter about Jane shows; all of it invented.
fn sheet(text: &str) -> LetterSheet {
    LetterSheet {
        kind: LetterKind::Referral,
        letterhead: "Elm Practice\nElm Row 1".to_owned(),
        recipient: Some("Dr Bo Invented\nHill Street 2".to_owned()),
        written_on: Day::of(2026, 11, 22).unwrap(),
        subject: "Referral of DOE, Jane".to_owned(),
        about: "DOE, Jane · born 15-Mar-1985".to_owned(),
        text: text.to_owned(),
        signer: "Dora Doctor\nLicence D-1".to_owned(),
    }
}

async fn drafted(clinic: &Clinic) -> Visit {
    let visit = checked_in(clinic).await;
    let json = serde_json::json!({
        "chiefComplaint": "Sore throat", "diagnosis": "Viral pharyngitis", "treatmentPlan": "Rest.",
    });
    let details = serde_json::from_value::<RecordForm>(json).unwrap().parse().unwrap();
    let mut desk = clinic.desk(&clinic.doctor).await;
    let id = medical_records::open(&mut desk, visit.appointment).await.unwrap().id;
    medical_records::save(&mut desk, id, 1, &details).await.unwrap();
    desk.close().await.unwrap();
    visit
}

async fn signed(clinic: &Clinic) -> Visit {
    let visit = drafted(clinic).await;
    let mut desk = clinic.desk(&clinic.doctor).await;
    let review = medical_records::review(&mut desk, visit.appointment).await.unwrap();
    let (id, seen) = (review.record.id, review.record.version);
    medical_records::sign(&mut desk, Zone::UTC, id, seen, &review.digest).await.unwrap();
    desk.close().await.unwrap();
    visit
}

async fn keep(clinic: &Clinic, visit: &Visit, sheet: &LetterSheet) -> LetterId {
    let mut desk = clinic.desk(&clinic.staff).await;
    let id = letters::keep(&mut desk, visit.appointment, sheet).await.unwrap();
    desk.close().await.unwrap();
    id
}

async fn read(clinic: &Clinic, id: LetterId) -> Letter {
    let mut desk = clinic.desk(&clinic.doctor).await;
    let letter = letters::get(&mut desk, id).await.unwrap();
    desk.close().await.unwrap();
    letter
}

/// The clock of tests stands still, so that letters of one test have no order.
fn sorted<const N: usize>(mut ids: [LetterId; N]) -> Vec<LetterId> {
    ids.sort_unstable();
    ids.to_vec()
}

async fn of_patient(clinic: &Clinic, patient: PatientId) -> Vec<LetterId> {
    let mut desk = clinic.desk(&clinic.doctor).await;
    let page = letters::page(&mut desk, patient, None, 20).await.unwrap();
    desk.close().await.unwrap();
    let mut ids: Vec<LetterId> = page.into_iter().map(|letter| letter.id).collect();
    ids.sort_unstable();
    ids
}

#[tokio::test]
async fn a_letter_is_kept_as_it_went_out_and_names_the_record_it_was_written_from() {
    on_both(async |clinic| {
        let visit = signed(clinic).await;
        let id = keep(clinic, &visit, &sheet("Dear Bo,\n\nthank you.")).await;
        let letter = read(clinic, id).await;
        assert_eq!(letter.sheet, sheet("Dear Bo,\n\nthank you."));
        assert_eq!((letter.patient_id, letter.appointment_id), (visit.patient, visit.appointment));
        assert_eq!((letter.kept_by_name.as_str(), letter.withdrawal), ("Stan Staff", None));
        let mut desk = clinic.desk(&clinic.doctor).await;
        let record = medical_records::of_appointment(&mut desk, visit.appointment).await.unwrap().unwrap();
        assert_eq!(letter.record_digest, record.signature().unwrap().content_digest);
        let listed = letters::of_visit(&mut desk, visit.appointment).await.unwrap();
        assert_eq!((listed.len(), listed.first().unwrap().subject.as_str()), (1, "Referral of DOE, Jane"));
        desk.close().await.unwrap();
        assert_eq!(of_patient(clinic, visit.patient).await, [id]);
    })
    .await;
}

#[tokio::test]
async fn the_same_letter_is_kept_once_and_another_beside_it() {
    on_both(async |clinic| {
        let visit = signed(clinic).await;
        let first = keep(clinic, &visit, &sheet("One.")).await;
        assert_eq!(keep(clinic, &visit, &sheet("One.")).await, first, "a button pressed twice");
        let second = keep(clinic, &visit, &sheet("Two.")).await;
        let mut desk = clinic.desk(&clinic.doctor).await;
        let newest = letters::page(&mut desk, visit.patient, None, 1).await.unwrap();
        let last = newest.first().map(|letter| (letter.kept_at, letter.id)).unwrap();
        let older = letters::page(&mut desk, visit.patient, Some(last), 5).await.unwrap();
        desk.close().await.unwrap();
        assert_eq!(sorted([last.1, older.first().unwrap().id]), sorted([first, second]), "page by page");
        assert_eq!(older.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn no_letter_is_kept_of_a_draft_whatever_program_asks() {
    on_both(async |clinic| {
        let visit = drafted(clinic).await;
        let mut desk = clinic.desk(&clinic.doctor).await;
        let refused = letters::keep(&mut desk, visit.appointment, &sheet("Too early.")).await.unwrap_err();
        assert!(refused.to_string().contains("Sign the record first"), "{refused}");
        drop(desk);
        let insert = "INSERT INTO letters (id, patient_id, medical_record_id, record_digest, kind, letterhead, written_on, subject, about,
                text, signer, content_digest, kept_by, kept_at)
            SELECT a.id, a.patient_id, r.id, '0000000000000000000000000000000000000000000000000000000000000000', 'referral', 'x',
                '2026-11-22', 'x', 'x', 'x', 'x', '0000000000000000000000000000000000000000000000000000000000000000', a.provider_id,
                a.created_at
            FROM medical_records AS r JOIN appointments AS a ON a.id = r.appointment_id";
        let error = clinic.store.by_hand(insert).await.unwrap_err();
        assert!(error.violates("letters_record_signed"), "{error:?}");
    })
    .await;
}

#[tokio::test]
async fn a_kept_letter_refuses_every_change_but_one_withdrawal() {
    on_both(async |clinic| {
        let visit = signed(clinic).await;
        let id = keep(clinic, &visit, &sheet("For good.")).await;
        let by_hand = [
            "UPDATE letters SET text = 'other words'",
            "UPDATE letters SET kept_by = (SELECT id FROM providers WHERE first_name = 'Ada')",
            "UPDATE letters SET recipient = NULL",
            "UPDATE letters SET content_digest = record_digest",
            "DELETE FROM letters",
        ];
        for sql in by_hand {
            let error = clinic.store.by_hand(sql).await.unwrap_err();
            assert!(error.violates("letters_kept"), "{sql}: {error:?}");
        }
        let mut desk = clinic.desk(&clinic.staff).await;
        let silent = letters::withdraw(&mut desk, id, " ").await.unwrap_err();
        assert!(matches!(silent, Refusal::Invalid(_)), "{silent}");
        letters::withdraw(&mut desk, id, "Sent to the wrong doctor").await.unwrap();
        let again = letters::withdraw(&mut desk, id, "Once more").await.unwrap_err();
        assert!(again.to_string().contains("withdrawn already"), "{again}");
        desk.close().await.unwrap();
        let letter = read(clinic, id).await;
        assert_eq!(letter.sheet, sheet("For good."), "its words stay");
        assert_eq!(letter.withdrawal.unwrap().reason, "Sent to the wrong doctor");
        for sql in [
            "UPDATE letters SET withdrawn_reason = 'x'",
            "DELETE FROM letters",
            "UPDATE letters SET withdrawn_at = NULL, withdrawn_by = NULL, withdrawn_reason = NULL",
        ] {
            let error = clinic.store.by_hand(sql).await.unwrap_err();
            assert!(error.violates("letters_kept"), "{sql}: {error:?}");
        }
        let anew = keep(clinic, &visit, &sheet("For good.")).await;
        assert_ne!(anew, id, "a withdrawn letter may be written again");
    })
    .await;
}

#[tokio::test]
async fn a_letter_that_was_tampered_with_is_not_shown() {
    on_both(async |clinic| {
        let visit = signed(clinic).await;
        let id = keep(clinic, &visit, &sheet("True.")).await;
        let off = if clinic.store.kind() == "PostgreSQL" {
            "DROP TRIGGER letters_kept_update ON letters"
        } else {
            "DROP TRIGGER letters_kept_update"
        };
        clinic.store.by_hand(off).await.unwrap();
        clinic.store.by_hand("UPDATE letters SET text = 'False.'").await.unwrap();
        let mut desk = clinic.desk(&clinic.doctor).await;
        let refused = letters::get(&mut desk, id).await.unwrap_err();
        let Refusal::Store(StoreError::Inconsistent { table, column, .. }) = refused else {
            panic!("{refused}")
        };
        assert_eq!((table, column), ("letters", "content_digest"));
    })
    .await;
}

#[tokio::test]
async fn a_letter_goes_with_its_chart_when_two_are_merged_and_told_apart() {
    on_both(async |clinic| {
        let visit = signed(clinic).await;
        let early = keep(clinic, &visit, &sheet("Before.")).await;
        let form =
            PatientForm { first_name: "Janet".to_owned(), phone: "+1-555-0900".to_owned(), ..jane_doe() };
        let mut desk = clinic.desk(&clinic.staff).await;
        let other = patients::register_anyway(&mut desk, &form.parse(clinic.today()).unwrap()).await.unwrap();
        let seen_kept = patients::get(&mut desk, other).await.unwrap().version;
        let seen_given_up = patients::get(&mut desk, visit.patient).await.unwrap().version;
        let decision = Decision {
            kept: (other, seen_kept),
            given_up: (visit.patient, seen_given_up),
            from_given_up: Vec::new(),
            reason: "same insurance card".to_owned(),
        };
        let merge = merges::merge(&mut desk, &decision).await.unwrap();
        desk.close().await.unwrap();
        assert_eq!(read(clinic, early).await.patient_id, other);
        let late = keep(clinic, &visit, &sheet("Since.")).await;
        assert_eq!(of_patient(clinic, other).await, sorted([late, early]));
        let mut desk = clinic.desk(&clinic.staff).await;
        merges::unmerge(&mut desk, merge).await.unwrap();
        desk.close().await.unwrap();
        assert_eq!(
            of_patient(clinic, visit.patient).await,
            sorted([late, early]),
            "with the visit it was written of"
        );
        assert!(of_patient(clinic, other).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn the_whole_chart_has_the_letters_and_the_trail_says_what_was_done_with_them() {
    on_both(async |clinic| {
        let visit = signed(clinic).await;
        let id = keep(clinic, &visit, &sheet("Take me along.")).await;
        let mut desk = clinic.desk(&clinic.doctor).await;
        let whole = export::whole(&mut desk, visit.patient, export::Form::Json).await.unwrap();
        let json = serde_json::to_value(&whole).unwrap();
        let letter = json.pointer("/letters/0").unwrap();
        assert_eq!(letter.get("text").unwrap(), "Take me along.");
        assert!(letter.get("withdrawal").unwrap().is_null() && letter.get("contentDigest").is_some());
        assert!(whole.providers.iter().any(|person| person.name == "Stan Staff"), "who kept it is named");
        letters::print(&mut desk, id).await.unwrap();
        letters::export(&mut desk, id).await.unwrap();
        letters::withdraw(&mut desk, id, "A trial").await.unwrap();
        desk.close().await.unwrap();
        let mut desk = clinic.desk(&clinic.admin).await;
        let filter = EventFilter { patient: Some(visit.patient), limit: 50, ..EventFilter::default() };
        let trail = audit::list(&mut desk, &filter).await.unwrap();
        desk.close().await.unwrap();
        let mut done: Vec<&str> = trail
            .iter()
            .filter(|event| event.entity == "letter")
            .map(|event| event.action.as_str())
            .collect();
        done.sort_unstable();
        assert_eq!(done, ["create", "export", "print", "update"]);
    })
    .await;
}
