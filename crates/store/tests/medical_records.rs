//! Drafts of records are kept alike on both databases.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail at once")]

use medrecord_clinic::medical_record::{NoteField, RecordDetails, RecordForm};
use medrecord_clinic::prescription::PrescriptionDetails;
use medrecord_clinic::symptom::SymptomDetails;
use medrecord_store::audit::{self, EventFilter};
use medrecord_store::{Refusal, medical_records};
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
