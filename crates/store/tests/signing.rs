//! A signed record is locked by the database itself, on both databases.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail at once")]

use medrecord_clinic::addendum::AddendumDetails;
use medrecord_clinic::consultation::{CriticalKind, EvidenceKind, Segment, Speaker, TranscriptSource};
use medrecord_clinic::ids::RecordId;
use medrecord_clinic::medical_record::{RecordDetails, RecordForm, Severity};
use medrecord_clinic::time::Zone;
use medrecord_clinic::vitals::VitalsForm;
use medrecord_store::evidence::{self, NewEvidence, NewRun};
use medrecord_store::medical_records::{NewOverride, SignError};
use medrecord_store::transcripts::{self, NewTranscript};
use medrecord_store::{Refusal, adoption, ledger, medical_records, medications, vitals};
use medrecord_testkit::visit::{Visit, checked_in};
use medrecord_testkit::{Clinic, on_both};

fn finished() -> RecordDetails {
    let json = serde_json::json!({
        "chiefComplaint": "Sore throat",
        "diagnosis": "Viral pharyngitis",
        "treatmentPlan": "Rest and fluids.",
        "symptoms": [{ "symptomName": "sore throat", "severity": "6" }],
        "prescriptions": [{
            "medicationName": "ibuprofen", "strength": "400 mg", "dosage": "1 tablet",
            "frequency": "three times daily", "quantity": "15", "instructions": "Take with food.",
        }],
    });
    serde_json::from_value::<RecordForm>(json).unwrap().parse().unwrap()
}

fn pulse(rate: &str) -> VitalsForm {
    VitalsForm { heart_rate: rate.to_owned(), ..VitalsForm::default() }
}

/// A visit with vital signs and a finished draft in version 2.
async fn written(clinic: &Clinic) -> (Visit, RecordId) {
    let visit = checked_in(clinic).await;
    let mut desk = clinic.desk(&clinic.doctor).await;
    vitals::take(&mut desk, visit.appointment, 0, &pulse("72").parse().unwrap()).await.unwrap();
    let id = medical_records::open(&mut desk, visit.appointment).await.unwrap().id;
    medical_records::save(&mut desk, id, 1, &finished()).await.unwrap();
    desk.close().await.unwrap();
    (visit, id)
}

/// The same, signed.
async fn signed(clinic: &Clinic) -> (Visit, RecordId) {
    let (visit, id) = written(clinic).await;
    let mut desk = clinic.desk(&clinic.doctor).await;
    let review = medical_records::review(&mut desk, visit.appointment).await.unwrap();
    medical_records::sign(&mut desk, Zone::UTC, id, 2, &review.digest).await.unwrap();
    desk.close().await.unwrap();
    (visit, id)
}

#[tokio::test]
async fn why_a_warning_was_overridden_is_kept_and_locked_with_the_record() {
    on_both(async |clinic| {
        let (visit, id) = written(clinic).await;
        let given = |reason: &str| NewOverride {
            kind: "interaction",
            warning: "A with B: something happens.".to_owned(),
            source: "a list of 22-Nov-2026".to_owned(),
            reason: reason.to_owned(),
        };
        let mut desk = clinic.desk(&clinic.doctor).await;
        let empty = medical_records::override_warnings(&mut desk, id, &[given("  ")]).await.unwrap_err();
        assert!(matches!(empty, Refusal::Invalid(_)), "{empty:?}");
        medical_records::override_warnings(&mut desk, id, &[given("B pauses")]).await.unwrap();
        let review = medical_records::review(&mut desk, visit.appointment).await.unwrap();
        medical_records::sign(&mut desk, Zone::UTC, id, 2, &review.digest).await.unwrap();
        desk.close().await.unwrap();

        let mut desk = clinic.desk(&clinic.doctor).await;
        let kept = medical_records::overrides(&mut desk, id).await.unwrap();
        let said: Vec<_> = kept.iter().map(|it| (it.reason.as_str(), it.given_by.as_str())).collect();
        assert_eq!(said, [("B pauses", "Dora Doctor")]);
        let late = medical_records::override_warnings(&mut desk, id, &[given("later")]).await.unwrap_err();
        assert!(matches!(late, Refusal::Signed), "{late:?}");
        drop(desk);
        for by_hand in
            ["UPDATE prescribing_overrides SET reason = 'another'", "DELETE FROM prescribing_overrides"]
        {
            clinic.store.by_hand(by_hand).await.unwrap_err();
        }
        let mut desk = clinic.desk(&clinic.staff).await;
        let staff = medical_records::override_warnings(&mut desk, id, &[given("no")]).await.unwrap_err();
        assert!(matches!(staff, Refusal::NotAllowed(_)), "{staff:?}");
    })
    .await;
}

#[tokio::test]
async fn a_signature_locks_the_record_completes_the_visit_and_can_be_proven() {
    on_both(async |clinic| {
        let (visit, id) = written(clinic).await;
        let mut desk = clinic.desk(&clinic.doctor).await;
        assert!(!medical_records::verify_digest(&mut desk, id).await.unwrap(), "a draft proves nothing");
        let review = medical_records::review(&mut desk, visit.appointment).await.unwrap();
        assert!(review.gaps.iter().all(|gap| gap.severity == Severity::Advise), "{:?}", review.gaps);
        let signature = medical_records::sign(&mut desk, Zone::UTC, id, 2, &review.digest).await.unwrap();
        desk.close().await.unwrap();
        let completed = "UPDATE appointments SET version = version WHERE status = 'completed' AND completed_at IS NOT NULL";
        assert_eq!(clinic.store.by_hand(completed).await.unwrap(), 1);

        let mut desk = clinic.desk(&clinic.doctor).await;
        let record = medical_records::get(&mut desk, id).await.unwrap();
        assert_eq!(record.signature(), Some(&signature));
        assert_eq!((signature.signed_at, Some(signature.signed_by)), (clinic.clock.now(), clinic.doctor.id));
        assert!(medical_records::verify_digest(&mut desk, id).await.unwrap());
        let taken = medications::list(&mut desk, visit.patient).await.unwrap();
        assert_eq!((taken.len(), taken[0].medication_name.as_str()), (1, "ibuprofen"));
        assert_eq!(taken[0].started_on, Some(clinic.today()));
        let again = medical_records::sign(&mut desk, Zone::UTC, id, 3, &review.digest).await;
        assert!(matches!(again, Err(SignError::AlreadySigned)), "{again:?}");
        let late = medical_records::save(&mut desk, id, 3, &RecordDetails::default()).await;
        assert!(matches!(late, Err(Refusal::Signed)), "{late:?}");
    })
    .await;
}

#[tokio::test]
async fn what_changed_since_the_review_is_not_signed() {
    on_both(async |clinic| {
        let (visit, id) = written(clinic).await;
        let mut desk = clinic.desk(&clinic.doctor).await;
        let review = medical_records::review(&mut desk, visit.appointment).await.unwrap();
        vitals::take(&mut desk, visit.appointment, 1, &pulse("112").parse().unwrap()).await.unwrap();
        let stale = medical_records::sign(&mut desk, Zone::UTC, id, 2, &review.digest).await;
        assert!(matches!(stale, Err(SignError::Stale)), "{stale:?}");
        let stale = medical_records::sign(&mut desk, Zone::UTC, id, 1, &review.digest).await;
        assert!(matches!(stale, Err(SignError::Stale)), "{stale:?}");
    })
    .await;
}

#[tokio::test]
async fn an_unfinished_record_names_what_blocks_it() {
    on_both(async |clinic| {
        let visit = checked_in(clinic).await;
        let mut desk = clinic.desk(&clinic.doctor).await;
        let id = medical_records::open(&mut desk, visit.appointment).await.unwrap().id;
        let review = medical_records::review(&mut desk, visit.appointment).await.unwrap();
        let Err(SignError::Incomplete(gaps)) =
            medical_records::sign(&mut desk, Zone::UTC, id, 1, &review.digest).await
        else {
            panic!("signed without a diagnosis");
        };
        let fields: Vec<&str> = gaps.iter().map(|gap| gap.field.as_str()).collect();
        assert_eq!(fields, ["chiefComplaint", "diagnosis", "treatmentPlan"]);
    })
    .await;
}

#[tokio::test]
async fn staff_never_sign() {
    on_both(async |clinic| {
        let (visit, id) = written(clinic).await;
        let mut desk = clinic.desk(&clinic.doctor).await;
        let digest = medical_records::review(&mut desk, visit.appointment).await.unwrap().digest;
        drop(desk);
        let mut desk = clinic.desk(&clinic.staff).await;
        let refused = medical_records::sign(&mut desk, Zone::UTC, id, 2, &digest).await;
        assert!(matches!(refused, Err(SignError::Refused(Refusal::NotAllowed(_)))), "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn the_database_itself_refuses_to_change_a_signed_record() {
    on_both(async |clinic| {
        let (visit, id) = signed(clinic).await;
        for (rule, sql) in [
            ("medical_records_signed", "UPDATE medical_records SET diagnosis = 'Something else'"),
            ("medical_records_signed", "UPDATE medical_records SET is_draft = TRUE, signed_at = NULL, signed_by = NULL, content_digest = NULL"),
            ("medical_records_signed", "DELETE FROM medical_records"),
            ("symptoms_signed", "UPDATE symptoms SET severity = 1"),
            ("symptoms_signed", "DELETE FROM symptoms"),
            ("symptoms_signed", "INSERT INTO symptoms (id, medical_record_id, symptom_name) SELECT '01990000-0000-7000-8000-000000000009', id, 'cough' FROM medical_records"),
            ("prescriptions_signed", "UPDATE prescriptions SET refills = 9"),
            ("prescriptions_signed", "DELETE FROM prescriptions"),
            ("vital_signs_signed", "UPDATE vital_signs SET heart_rate = 60"),
            ("vital_signs_signed", "DELETE FROM vital_signs"),
        ] {
            let refused = clinic.store.by_hand(sql).await.unwrap_err();
            assert!(refused.violates(rule), "{sql}: {refused:?}");
        }
        assert!(clinic.store.by_hand("DELETE FROM appointments").await.is_err());
        let mut desk = clinic.desk(&clinic.doctor).await;
        let late = vitals::take(&mut desk, visit.appointment, 1, &pulse("60").parse().unwrap()).await;
        assert!(matches!(late, Err(Refusal::Signed)), "{late:?}");
        drop(desk);
        let mut desk = clinic.desk(&clinic.doctor).await;
        assert!(medical_records::verify_digest(&mut desk, id).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn an_addendum_follows_a_signature_and_never_changes() {
    on_both(async |clinic| {
        let (visit, id) = written(clinic).await;
        let late_result =
            AddendumDetails { reason: "Late result".to_owned(), text: "Swab negative.".to_owned() };
        let mut desk = clinic.desk(&clinic.doctor).await;
        let early = medical_records::add_addendum(&mut desk, id, &late_result).await;
        assert!(matches!(early, Err(Refusal::Rule(_))), "{early:?}");
        let digest = medical_records::review(&mut desk, visit.appointment).await.unwrap().digest;
        medical_records::sign(&mut desk, Zone::UTC, id, 2, &digest).await.unwrap();
        medical_records::add_addendum(&mut desk, id, &late_result).await.unwrap();
        desk.close().await.unwrap();

        let mut desk = clinic.desk(&clinic.doctor).await;
        let addenda = medical_records::addenda(&mut desk, id).await.unwrap();
        assert_eq!(
            (addenda[0].author_name.as_str(), addenda[0].text.as_str()),
            ("Dora Doctor", "Swab negative.")
        );
        assert!(medical_records::verify_digest(&mut desk, id).await.unwrap());
        drop(desk);
        for sql in ["UPDATE addenda SET text = 'Swab positive.'", "DELETE FROM addenda"] {
            assert!(clinic.store.by_hand(sql).await.unwrap_err().violates("addenda_append_only"), "{sql}");
        }
    })
    .await;
}

#[tokio::test]
async fn drafts_are_counted_until_they_are_signed() {
    on_both(async |clinic| {
        let (visit, id) = written(clinic).await;
        let mut desk = clinic.desk(&clinic.doctor).await;
        let doctor = clinic.doctor.id.unwrap();
        assert_eq!(medical_records::count_unsigned(&mut desk, doctor).await.unwrap(), 1);
        assert_eq!(medical_records::count_unsigned(&mut desk, clinic.admin.id.unwrap()).await.unwrap(), 0);
        let digest = medical_records::review(&mut desk, visit.appointment).await.unwrap().digest;
        medical_records::sign(&mut desk, Zone::UTC, id, 2, &digest).await.unwrap();
        assert_eq!(medical_records::count_unsigned(&mut desk, doctor).await.unwrap(), 0);
    })
    .await;
}

/// A drafted item for the record, with the warnings and words to confirm given.
fn drafted(text: &str, flags: &[&str], to_confirm: &[&str]) -> NewEvidence {
    NewEvidence {
        target: "followUpInstructions".to_owned(),
        text: text.to_owned(),
        payload: None,
        segments: vec![0],
        start_ms: None,
        end_ms: None,
        kind: EvidenceKind::Supported,
        flags: flags.iter().map(|flag| (*flag).to_owned()).collect(),
        to_confirm: to_confirm.iter().map(|word| (CriticalKind::Dose, (*word).to_owned())).collect(),
    }
}

/// A run of the scribe for the visit, with these items.
async fn run(clinic: &Clinic, visit: &Visit, record: RecordId, items: Vec<NewEvidence>) {
    let mut desk = clinic.desk(&clinic.doctor).await;
    let segment =
        Segment { index: 0, speaker: Speaker::Doctor, start_ms: None, end_ms: None, text: "So.".to_owned() };
    let heard = NewTranscript {
        appointment: visit.appointment,
        recording: None,
        source: TranscriptSource::Pasted,
        engine: None,
        model_hash: None,
        segments: vec![segment],
    };
    let transcript = transcripts::keep(&mut desk, &heard).await.unwrap();
    let run = NewRun {
        appointment: visit.appointment,
        transcript,
        record,
        engine: "rules".to_owned(),
        engine_version: "1".to_owned(),
        model_hash: Some("a".repeat(64)),
        raw: serde_json::json!({}),
        items,
    };
    evidence::keep_run(&mut desk, &run).await.unwrap();
    desk.close().await.unwrap();
}

#[tokio::test]
async fn a_warning_of_the_scribe_blocks_the_signature_until_a_person_decides() {
    on_both(async |clinic| {
        let (visit, id) = written(clinic).await;
        run(
            clinic,
            &visit,
            id,
            vec![drafted("Come back.", &["Check this."], &[]), drafted("Call.", &[], &[])],
        )
        .await;
        let mut desk = clinic.desk(&clinic.doctor).await;
        let review = medical_records::review(&mut desk, visit.appointment).await.unwrap();
        let blocked = medical_records::sign(&mut desk, Zone::UTC, id, 2, &review.digest).await;
        let Err(SignError::Incomplete(gaps)) = blocked else { unreachable!("{blocked:?}") };
        assert!(gaps.len() == 1 && gaps[0].message.contains("reject it"), "{gaps:?}");
        let items = evidence::latest(&mut desk, visit.appointment).await.unwrap();
        assert_eq!(gaps[0].field, format!("item-{}", items[0].id), "the message leads to the item");

        adoption::reject(&mut desk, items[0].id, 1).await.unwrap();
        let review = medical_records::review(&mut desk, visit.appointment).await.unwrap();
        assert!(review.gaps.iter().any(|gap| gap.message.starts_with("1 drafted item")), "{:?}", review.gaps);
        medical_records::sign(&mut desk, Zone::UTC, id, 2, &review.digest).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_word_that_was_not_said_is_confirmed_before_it_enters_the_record() {
    on_both(async |clinic| {
        let (visit, id) = written(clinic).await;
        run(clinic, &visit, id, vec![drafted("Take 500 mg.", &[], &["500", "mg"])]).await;
        let mut desk = clinic.desk(&clinic.doctor).await;
        let item = evidence::latest(&mut desk, visit.appointment).await.unwrap().remove(0);
        let refused = adoption::accept(&mut desk, item.id, 1).await;
        assert!(matches!(&refused, Err(Refusal::Rule(words)) if words.contains("500")), "{refused:?}");
        let none = evidence::confirm(&mut desk, item.id, 1, 2).await;
        assert!(matches!(none, Err(Refusal::NotFound(_))), "{none:?}");
        evidence::confirm(&mut desk, item.id, 1, 0).await.unwrap();
        let stale = evidence::confirm(&mut desk, item.id, 1, 1).await;
        assert!(matches!(stale, Err(Refusal::Stale { .. })), "{stale:?}");
        let refused = adoption::accept(&mut desk, item.id, 2).await;
        assert!(matches!(&refused, Err(Refusal::Rule(words)) if words.contains("mg")), "{refused:?}");
        evidence::confirm(&mut desk, item.id, 2, 1).await.unwrap();
        adoption::accept(&mut desk, item.id, 3).await.unwrap();
        let item = evidence::latest(&mut desk, visit.appointment).await.unwrap().remove(0);
        assert!(item.to_confirm.iter().all(|word| word.confirmed_at == Some(clinic.clock.now())));
        assert!(item.decided_by.is_some() && item.decided_at.is_some());
    })
    .await;
}

#[tokio::test]
async fn how_a_note_was_made_and_what_drafting_means_for_its_provider_can_be_read() {
    on_both(async |clinic| {
        let (visit, id) = written(clinic).await;
        run(clinic, &visit, id, vec![drafted("Come back.", &[], &[])]).await;
        clinic.clock.advance(240_000);
        let mut desk = clinic.desk(&clinic.doctor).await;
        assert_eq!(ledger::habits(&mut desk).await.unwrap().notes, 0, "nothing is signed yet");
        let items = evidence::latest(&mut desk, visit.appointment).await.unwrap();
        adoption::accept(&mut desk, items[0].id, 1).await.unwrap();
        let review = medical_records::review(&mut desk, visit.appointment).await.unwrap();
        medical_records::sign(&mut desk, Zone::UTC, id, review.record.version, &review.digest).await.unwrap();
        let making = ledger::making(&mut desk, visit.appointment).await.unwrap().unwrap();
        assert_eq!((making.engine.as_str(), making.model_hash), ("rules", Some("a".repeat(64))));
        assert_eq!(making.signed_at, Some(clinic.clock.now()));
        let habits = ledger::habits(&mut desk).await.unwrap();
        assert_eq!(
            (habits.notes, habits.untouched, habits.median_seconds(), habits.kept),
            (1, 1, Some(240), 1)
        );
        let late = evidence::confirm(&mut desk, items[0].id, 2, 0).await;
        assert!(late.is_err(), "a signed note's evidence stays as it is: {late:?}");
    })
    .await;
}

#[tokio::test]
async fn what_became_of_drafts_is_told_by_period_and_to_their_provider_alone() {
    on_both(async |clinic| {
        let (visit, id) = written(clinic).await;
        run(clinic, &visit, id, vec![drafted("An older draft.", &[], &[])]).await;
        clinic.clock.advance(1000);
        let items = vec![
            drafted("Come back.", &[], &[]),
            drafted("Take 500 mg.", &["Look at this."], &["500"]),
            drafted("Call us.", &["Said, and not in the draft; accept it if it belongs into the note"], &[]),
        ];
        run(clinic, &visit, id, items).await;
        clinic.clock.advance(90_000);
        let mut desk = clinic.desk(&clinic.doctor).await;
        let items = evidence::latest(&mut desk, visit.appointment).await.unwrap();
        adoption::accept(&mut desk, items[0].id, 1).await.unwrap();
        evidence::confirm(&mut desk, items[1].id, 1, 0).await.unwrap();
        adoption::accept_in_other_words(&mut desk, items[1].id, 2, "Take 500 mg twice.").await.unwrap();
        let review = medical_records::review(&mut desk, visit.appointment).await.unwrap();
        medical_records::sign(&mut desk, Zone::UTC, id, review.record.version, &review.digest).await.unwrap();
        let now = clinic.clock.now();
        let (past, next) = (now.plus_minutes(-24 * 60), now.plus_minutes(1));
        let periods = [(past.plus_minutes(-60), past), (past, next)];
        let sums = ledger::quality(&mut desk, &periods).await.unwrap();
        assert_eq!(sums[0].notes, 0);
        let sum = &sums[1];
        assert_eq!((sum.notes, sum.untouched, sum.median_seconds()), (1, 0, Some(90)));
        assert_eq!((sum.kept, sum.edited, sum.removed), (1, 1, 0), "the newest draft alone counts");
        // "Sore throat", "Viral pharyngitis" and "Rest and fluids." were typed.
        assert_eq!((sum.added, sum.warned, sum.warned_taken, sum.confirmed), (3, 1, 1, 1));
        assert!(ledger::quality(&mut desk, &[]).await.unwrap().is_empty());
        desk.close().await.unwrap();

        let mut desk = clinic.desk(&clinic.admin).await;
        let others = ledger::quality(&mut desk, &periods).await.unwrap();
        assert!(others.iter().all(|sum| sum.notes == 0), "another's is not told: {others:?}");
        drop(desk);
        let mut desk = clinic.desk(&clinic.staff).await;
        let staff = ledger::quality(&mut desk, &periods).await.unwrap_err();
        assert!(matches!(staff, Refusal::NotAllowed(_)), "{staff:?}");
    })
    .await;
}
