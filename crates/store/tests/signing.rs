//! A signed record is locked by the database itself, on both databases.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail at once")]

use medrecord_clinic::addendum::AddendumDetails;
use medrecord_clinic::ids::RecordId;
use medrecord_clinic::medical_record::{RecordDetails, RecordForm, Severity};
use medrecord_clinic::time::Zone;
use medrecord_clinic::vitals::VitalsForm;
use medrecord_store::medical_records::SignError;
use medrecord_store::{Refusal, medical_records, medications, vitals};
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
