//! Drafts of records are kept alike on both databases.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail at once")]

use medrecord_clinic::medical_record::{NoteField, RecordDetails, RecordForm};
use medrecord_clinic::medication::MedicationDetails;
use medrecord_clinic::patient::PatientForm;
use medrecord_clinic::prescription::{PrescriptionAction, PrescriptionDetails};
use medrecord_clinic::symptom::SymptomDetails;
use medrecord_clinic::time::Zone;
use medrecord_store::audit::{self, EventFilter};
use medrecord_store::{Refusal, medical_records, medications, patients};
use medrecord_testkit::clinic::jane_doe;
use medrecord_testkit::on_both;
use medrecord_testkit::visit::checked_in;

fn sore_throat() -> RecordDetails {
    let json = serde_json::json!({
        "chiefComplaint": "Sore throat",
        "diagnosis": "Viral pharyngitis",
        "treatmentPlan": "Rest and fluids.\nHoney.",
        "symptoms": [{ "symptomName": "sore throat", "severity": "6" }, { "symptomName": "fever", "negated": "true" }],
        "prescriptions": [{
            "medicationName": "ibuprofen", "strength": "400 mg", "dosage": "1 tablet",
            "frequency": "three times daily", "quantity": "15", "instructions": "Take with food.",
        }],
    });
    serde_json::from_value::<RecordForm>(json).unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_draft_is_kept_whole_and_opened_only_once() {
    on_both(async |clinic| {
        let visit = checked_in(clinic).await;
        let mut desk = clinic.desk(&clinic.doctor).await;
        let draft = medical_records::open(&mut desk, visit.appointment).await.unwrap();
        let version = medical_records::save(&mut desk, draft.id, 1, &sore_throat()).await.unwrap();
        desk.close().await.unwrap();

        let mut desk = clinic.desk(&clinic.doctor).await;
        let kept = medical_records::open(&mut desk, visit.appointment).await.unwrap();
        assert_eq!((kept.id, kept.version, version), (draft.id, 2, 2));
        assert_eq!(kept.note, sore_throat().note);
        assert_eq!(kept.symptoms.len(), 2);
        assert!(kept.symptoms[1].negated && !kept.symptoms[1].is_ai_extracted);
        assert_eq!(kept.prescriptions[0].quantity, Some(15));
        let again = RecordForm::from(&kept).parse().unwrap();
        assert_eq!(medical_records::save(&mut desk, kept.id, 2, &again).await.unwrap(), 2, "nothing changed");
    })
    .await;
}

#[tokio::test]
async fn rows_are_changed_moved_and_taken_off_by_their_id() {
    on_both(async |clinic| {
        let visit = checked_in(clinic).await;
        let mut desk = clinic.desk(&clinic.doctor).await;
        let draft = medical_records::open(&mut desk, visit.appointment).await.unwrap();
        medical_records::save(&mut desk, draft.id, 1, &sore_throat()).await.unwrap();
        let kept = medical_records::get(&mut desk, draft.id).await.unwrap();
        let mut form = RecordForm::from(&kept);
        form.symptoms.reverse();
        form.symptoms[1].severity = "3".to_owned();
        form.prescriptions.clear();
        medical_records::save(&mut desk, draft.id, 2, &form.parse().unwrap()).await.unwrap();
        let kept_now = medical_records::get(&mut desk, draft.id).await.unwrap();
        assert_eq!(
            (kept_now.symptoms[0].id, kept_now.symptoms[1].id),
            (kept.symptoms[1].id, kept.symptoms[0].id)
        );
        assert_eq!(kept_now.symptoms[1].severity, Some(3));
        assert!(kept_now.prescriptions.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_row_that_a_page_named_itself_is_kept_once_however_often_it_is_sent() {
    on_both(async |clinic| {
        let visit = checked_in(clinic).await;
        let mut desk = clinic.desk(&clinic.doctor).await;
        let draft = medical_records::open(&mut desk, visit.appointment).await.unwrap();
        let id = "5f6b0a52-6f7e-4d0b-9a3c-1f0d6b6f2f10".parse().ok();
        let row = SymptomDetails { id, symptom_name: "cough".to_owned(), ..SymptomDetails::default() };
        let details = RecordDetails { symptoms: vec![row], ..RecordDetails::default() };
        assert_eq!(medical_records::save(&mut desk, draft.id, 1, &details).await.unwrap(), 2);
        assert_eq!(medical_records::save(&mut desk, draft.id, 2, &details).await.unwrap(), 2);
        assert_eq!(medical_records::get(&mut desk, draft.id).await.unwrap().symptoms[0].id, id.unwrap());
    })
    .await;
}

#[tokio::test]
async fn of_two_tabs_the_later_one_is_refused_and_loses_nothing_of_the_first() {
    on_both(async |clinic| {
        let visit = checked_in(clinic).await;
        let mut desk = clinic.desk(&clinic.doctor).await;
        let draft = medical_records::open(&mut desk, visit.appointment).await.unwrap();
        medical_records::save(&mut desk, draft.id, 1, &sore_throat()).await.unwrap();
        let late = medical_records::save(&mut desk, draft.id, 1, &RecordDetails::default()).await;
        assert!(matches!(late, Err(Refusal::Stale { seen: 1, current: 2, .. })), "{late:?}");
        assert_eq!(medical_records::get(&mut desk, draft.id).await.unwrap().note, sore_throat().note);
    })
    .await;
}

#[tokio::test]
async fn staff_and_cancelled_visits_get_no_record() {
    on_both(async |clinic| {
        let visit = checked_in(clinic).await;
        let mut desk = clinic.desk(&clinic.staff).await;
        let refused = medical_records::open(&mut desk, visit.appointment).await;
        assert!(matches!(refused, Err(Refusal::NotAllowed(_))), "{refused:?}");
        drop(desk);
        clinic.store.by_hand("UPDATE appointments SET status = 'cancelled'").await.unwrap();
        let mut desk = clinic.desk(&clinic.doctor).await;
        let refused = medical_records::open(&mut desk, visit.appointment).await;
        assert!(matches!(refused, Err(Refusal::Rule(_))), "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn what_the_scribe_drafted_stays_marked_whoever_edits_it() {
    on_both(async |clinic| {
        let visit = checked_in(clinic).await;
        let mut desk = clinic.desk(&clinic.doctor).await;
        let id = medical_records::open(&mut desk, visit.appointment).await.unwrap().id;
        let section = NoteField::HistoryOfPresentIllness;
        assert_eq!(medical_records::append_text(&mut desk, id, 1, section, "Three days.").await.unwrap(), 2);
        assert_eq!(medical_records::append_text(&mut desk, id, 2, section, "No fever.").await.unwrap(), 3);
        let cough = SymptomDetails { symptom_name: "cough".to_owned(), ..SymptomDetails::default() };
        let (symptom, _) = medical_records::add_symptom(&mut desk, id, 3, &cough).await.unwrap();
        let drug =
            PrescriptionDetails { medication_name: "ibuprofen".to_owned(), ..PrescriptionDetails::default() };
        let (_, version) = medical_records::add_prescription(&mut desk, id, 4, &drug).await.unwrap();

        let drafted = medical_records::get(&mut desk, id).await.unwrap();
        assert_eq!(drafted.note.history_of_present_illness.as_deref(), Some("Three days. No fever."));
        let mut form = RecordForm::from(&drafted);
        form.symptoms[0].symptom_name = "dry cough".to_owned();
        medical_records::save(&mut desk, id, version, &form.parse().unwrap()).await.unwrap();
        let edited = medical_records::get(&mut desk, id).await.unwrap();
        assert_eq!((edited.symptoms[0].id, edited.symptoms[0].is_ai_extracted), (symptom, true));
        assert!(edited.is_ai_generated && edited.prescriptions[0].is_ai_extracted);
    })
    .await;
}

#[tokio::test]
async fn the_trail_names_the_fields_and_never_their_words() {
    on_both(async |clinic| {
        let visit = checked_in(clinic).await;
        let mut desk = clinic.desk(&clinic.doctor).await;
        let id = medical_records::open(&mut desk, visit.appointment).await.unwrap().id;
        medical_records::save(&mut desk, id, 1, &sore_throat()).await.unwrap();
        desk.close().await.unwrap();
        let mut desk = clinic.reading_desk(&clinic.admin).await;
        let filter = EventFilter { patient: Some(visit.patient), limit: 50, ..EventFilter::default() };
        let trail = audit::list(&mut desk, &filter).await.unwrap();
        let update = trail.iter().find(|entry| entry.action == "update").unwrap();
        let wanted = ["chiefComplaint", "diagnosis", "treatmentPlan", "symptoms", "prescriptions"];
        assert_eq!(update.detail.as_ref().unwrap()["fields"], serde_json::json!(wanted));
        assert!(!serde_json::to_string(&trail).unwrap().contains("throat"));
    })
    .await;
}

/// A second visit of the same patient, after the first was signed and has ended.
const LATER: &str = "INSERT INTO appointments (id, patient_id, provider_id, appointment_date, ends_at, appointment_type, duration_minutes,
        status, checked_in_at, created_at, updated_at)
    SELECT '01990000-0000-7000-8000-000000000002', patient_id, provider_id, '2026-11-22T11:00:00.000Z', '2026-11-22T11:30:00.000Z', 'follow_up', 30,
        'checked_in', '2026-11-22T10:55:00.000Z', '2026-11-22T08:00:00.000Z', '2026-11-22T10:55:00.000Z'
    FROM appointments";

#[tokio::test]
async fn a_medication_is_renewed_with_the_supply_of_its_last_signed_prescription() {
    on_both(async |clinic| {
        let visit = checked_in(clinic).await;
        let mut desk = clinic.desk(&clinic.doctor).await;
        let first = medical_records::open(&mut desk, visit.appointment).await.unwrap().id;
        medical_records::save(&mut desk, first, 1, &sore_throat()).await.unwrap();
        let review = medical_records::review(&mut desk, visit.appointment).await.unwrap();
        medical_records::sign(&mut desk, Zone::UTC, first, 2, &review.digest).await.unwrap();
        let taken = medications::list(&mut desk, visit.patient).await.unwrap().remove(0);
        let locked = medical_records::renew(&mut desk, first, 3, taken.id).await;
        assert!(matches!(locked, Err(Refusal::Signed)), "{locked:?}");
        desk.close().await.unwrap();

        clinic.store.by_hand(LATER).await.unwrap();
        let later = "01990000-0000-7000-8000-000000000002".parse().unwrap();
        let mut desk = clinic.desk(&clinic.doctor).await;
        let draft = medical_records::open(&mut desk, later).await.unwrap().id;
        let (row, version) = medical_records::renew(&mut desk, draft, 1, taken.id).await.unwrap();
        let record = medical_records::get(&mut desk, draft).await.unwrap();
        let renewed = &record.prescriptions[0];
        assert_eq!((renewed.id, record.version, record.is_ai_generated), (row, version, false));
        assert_eq!((renewed.medication_name.as_str(), renewed.quantity), ("ibuprofen", Some(15)));
        assert_eq!(renewed.action, PrescriptionAction::Continue);
        let twice = medical_records::renew(&mut desk, draft, version, taken.id).await;
        assert!(matches!(twice, Err(Refusal::Rule(_))), "{twice:?}");
        let stale = medical_records::renew(&mut desk, draft, 1, taken.id).await;
        assert!(matches!(stale, Err(Refusal::Stale { .. })), "{stale:?}");
        desk.close().await.unwrap();

        let mut desk = clinic.desk(&clinic.doctor).await;
        let stopped =
            medications::stop(&mut desk, taken.id, taken.version, "Pain gone", clinic.today()).await;
        stopped.unwrap();
        medical_records::save(&mut desk, draft, version, &RecordDetails::default()).await.unwrap();
        let ended = medical_records::renew(&mut desk, draft, version + 1, taken.id).await;
        assert!(matches!(ended, Err(Refusal::Rule(_))), "{ended:?}");
        drop(desk);
        let mut desk = clinic.desk(&clinic.staff).await;
        let staff = medical_records::renew(&mut desk, draft, version, taken.id).await;
        assert!(matches!(staff, Err(Refusal::NotAllowed(_))), "{staff:?}");
    })
    .await;
}

#[tokio::test]
async fn nobody_elses_medication_is_renewed() {
    on_both(async |clinic| {
        let visit = checked_in(clinic).await;
        let mut desk = clinic.desk(&clinic.doctor).await;
        let form = PatientForm { first_name: "Joan".to_owned(), ..jane_doe() };
        let other = desk.fresh_id().unwrap();
        let joan = form.parse(clinic.today()).unwrap();
        patients::register_as(&mut desk, other, "MR-2", &joan).await.unwrap();
        let details =
            MedicationDetails { medication_name: "ibuprofen".to_owned(), ..MedicationDetails::default() };
        let hers = medications::add(&mut desk, other, &details).await.unwrap();
        let draft = medical_records::open(&mut desk, visit.appointment).await.unwrap().id;
        let refused = medical_records::renew(&mut desk, draft, 1, hers).await;
        assert!(matches!(refused, Err(Refusal::NotFound(_))), "{refused:?}");
    })
    .await;
}
