//! Words in charts are found, and a chart is taken out whole, alike on both databases.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail at once")]

use medrecord_clinic::addendum::AddendumDetails;
use medrecord_clinic::attachment::AttachmentForm;
use medrecord_clinic::condition::ConditionForm;
use medrecord_clinic::medical_record::RecordForm;
use medrecord_clinic::search::words;
use medrecord_clinic::time::Zone;
use medrecord_store::attachments::{self, Owner};
use medrecord_store::audit::{self, EventFilter};
use medrecord_store::export::{self, Form};
use medrecord_store::find::{self, Place};
use medrecord_store::{chart, conditions, medical_records};
use medrecord_testkit::visit::{Visit, checked_in};
use medrecord_testkit::{Clinic, on_both};

/// A signed visit with an addendum, and a problem on the list.
async fn signed(clinic: &Clinic) -> Visit {
    let visit = checked_in(clinic).await;
    let json = serde_json::json!({
        "chiefComplaint": "Sore throat", "diagnosis": "Viral pharyngitis",
        "historyOfPresentIllness": "Fièvre since Friday, no cough.", "treatmentPlan": "Rest.",
        "prescriptions": [{
            "medicationName": "ibuprofen", "strength": "400 mg", "dosage": "1 tablet",
            "frequency": "three times daily", "quantity": "15", "instructions": "Take with food.",
        }],
    });
    let details = serde_json::from_value::<RecordForm>(json).unwrap().parse().unwrap();
    let mut desk = clinic.desk(&clinic.doctor).await;
    let id = medical_records::open(&mut desk, visit.appointment).await.unwrap().id;
    medical_records::save(&mut desk, id, 1, &details).await.unwrap();
    let review = medical_records::review(&mut desk, visit.appointment).await.unwrap();
    medical_records::sign(&mut desk, Zone::UTC, id, 2, &review.digest).await.unwrap();
    let added =
        AddendumDetails { reason: "late result".to_owned(), text: "Streptococcus negative.".to_owned() };
    medical_records::add_addendum(&mut desk, id, &added).await.unwrap();
    let problem =
        ConditionForm { condition_name: "Asthma bronchiale".to_owned(), ..ConditionForm::default() };
    conditions::add(&mut desk, visit.patient, &problem.parse(clinic.today()).unwrap()).await.unwrap();
    desk.close().await.unwrap();
    visit
}

async fn found(clinic: &Clinic, text: &str) -> Vec<Place> {
    let mut desk = clinic.reading_desk(&clinic.doctor).await;
    let hits = find::find(&mut desk, &words(text), 20).await.unwrap();
    desk.close().await.unwrap();
    assert!(hits.iter().all(|hit| hit.patient.last_name == "Doe"));
    hits.into_iter().map(|hit| hit.place).collect()
}

#[tokio::test]
async fn words_are_found_in_notes_addenda_problems_and_medications() {
    on_both(async |clinic| {
        let visit = signed(clinic).await;
        let note = Place::Note(visit.appointment);
        for (text, places) in [
            ("pharyng", vec![note]),
            ("fievre FRIDAY", vec![note]),
            ("fievre nothing", vec![]),
            ("streptococcus", vec![Place::Addendum(visit.appointment)]),
            ("asthm", vec![Place::Problem]),
            ("ibuprofen", vec![Place::Medication]),
            ("400", vec![Place::Medication]),
            ("' OR body : \"x\" & !:*", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(found(clinic, text).await, places, "{text}");
        }
        // Whatever is pasted into the box is looked for, or is nowhere; it is no failure.
        assert_eq!(found(clinic, &"x".repeat(3_000)).await, []);
        assert_eq!(found(clinic, &"fievre ".repeat(9_000)).await, [note]);
        let mut desk = clinic.reading_desk(&clinic.admin).await;
        let filter = EventFilter { limit: 1, ..EventFilter::default() };
        let last = audit::list(&mut desk, &filter).await.unwrap().remove(0);
        assert_eq!((last.action.as_str(), last.entity.as_str()), ("search", "chart"));
        assert!(!last.detail.unwrap().to_string().contains("body"), "the words are not noted");
        desk.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn what_was_changed_is_found_by_its_new_words_alone() {
    on_both(async |clinic| {
        let visit = checked_in(clinic).await;
        let save = async |version, text: &str| {
            let json = serde_json::json!({ "chiefComplaint": text });
            let details = serde_json::from_value::<RecordForm>(json).unwrap().parse().unwrap();
            let mut desk = clinic.desk(&clinic.doctor).await;
            let id = medical_records::open(&mut desk, visit.appointment).await.unwrap().id;
            medical_records::save(&mut desk, id, version, &details).await.unwrap();
            desk.close().await.unwrap();
        };
        save(1, "Headache").await;
        save(2, "Backache").await;
        assert_eq!(found(clinic, "headache").await, []);
        assert_eq!(found(clinic, "backache").await, [Place::Note(visit.appointment)]);
    })
    .await;
}

#[tokio::test]
async fn charts_opened_last_come_first() {
    on_both(async |clinic| {
        let visit = checked_in(clinic).await;
        let mut desk = clinic.reading_desk(&clinic.doctor).await;
        assert_eq!(find::recent(&mut desk, 8).await.unwrap(), []);
        chart::overview(&mut desk, visit.patient).await.unwrap();
        desk.close().await.unwrap();
        clinic.clock.advance(1_000);
        let mut desk = clinic.reading_desk(&clinic.doctor).await;
        assert_eq!(find::recent(&mut desk, 8).await.unwrap().len(), 1);
        desk.close().await.unwrap();
        let mut desk = clinic.reading_desk(&clinic.staff).await;
        assert_eq!(find::recent(&mut desk, 8).await.unwrap(), [], "everybody has their own");
        desk.close().await.unwrap();
        clinic.clock.advance(-1_000);
    })
    .await;
}

#[tokio::test]
async fn whoever_added_to_a_note_is_named_in_what_is_taken_out() {
    on_both(async |clinic| {
        let visit = signed(clinic).await;
        let mut desk = clinic.desk(&clinic.admin).await;
        let record = medical_records::of_appointment(&mut desk, visit.appointment).await.unwrap().unwrap();
        let added = AddendumDetails { reason: "call".to_owned(), text: "Feels better.".to_owned() };
        medical_records::add_addendum(&mut desk, record.id, &added).await.unwrap();
        desk.close().await.unwrap();
        let mut desk = clinic.reading_desk(&clinic.staff).await;
        let whole = export::whole(&mut desk, visit.patient, Form::Json).await.unwrap();
        let mut names: Vec<&str> = whole.providers.iter().map(|person| person.name.as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, ["Ada Admin", "Dora Doctor"]);
    })
    .await;
}

#[tokio::test]
async fn every_document_is_named_in_what_is_taken_out_however_many() {
    on_both(async |clinic| {
        let visit = checked_in(clinic).await;
        let owner = Owner { patient: visit.patient, appointment: None };
        let mut desk = clinic.desk(&clinic.staff).await;
        for number in 0..201 {
            let file_name = format!("result {number}.txt");
            let form = AttachmentForm { file_name, description: String::new(), bytes: b"normal".to_vec() };
            let folder = clinic.folder().join("documents");
            attachments::add(&mut desk, &folder, owner, &form.parse().unwrap()).await.unwrap();
        }
        desk.close().await.unwrap();
        let mut desk = clinic.reading_desk(&clinic.staff).await;
        let whole = export::whole(&mut desk, visit.patient, Form::Json).await.unwrap();
        assert_eq!(whole.attachments.len(), 201);
    })
    .await;
}

#[tokio::test]
async fn the_whole_chart_is_taken_out_with_everything_signed() {
    on_both(async |clinic| {
        let visit = signed(clinic).await;
        let mut desk = clinic.reading_desk(&clinic.staff).await;
        let whole = export::whole(&mut desk, visit.patient, Form::Json).await.unwrap();
        desk.close().await.unwrap();
        let [taken] = whole.visits.as_slice() else { return assert_eq!(whole.visits.len(), 1) };
        let record = taken.medical_record.as_ref().unwrap();
        assert!(record.signature().is_some() && record.prescriptions.len() == 1);
        assert_eq!((taken.addenda.len(), whole.chronic_conditions.len(), whole.medications.len()), (1, 1, 1));
        assert_eq!(whole.providers.len(), 1);
        let json = serde_json::to_value(&whole).unwrap();
        assert_eq!(json["visits"][0]["medicalRecord"]["diagnosis"], "Viral pharyngitis");
        let mut desk = clinic.reading_desk(&clinic.admin).await;
        let filter = EventFilter { patient: Some(visit.patient), limit: 9, ..EventFilter::default() };
        let events = audit::list(&mut desk, &filter).await.unwrap();
        assert!(events.iter().any(|event| event.action == "export" && event.entity == "chart"));
        desk.close().await.unwrap();
    })
    .await;
}
