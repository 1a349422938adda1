//! What belongs to many rows at once, on both databases.

use medrecord_clinic::addendum::AddendumForm;
use medrecord_clinic::allergy::AllergyForm;
use medrecord_clinic::condition::ConditionForm;
use medrecord_clinic::consultation::ConsentDecision;
use medrecord_clinic::medical_record::RecordForm;
use medrecord_clinic::medication::MedicationForm;
use medrecord_clinic::time::Zone;
use medrecord_clinic::vitals::VitalsForm;
use medrecord_store::{
    allergies, conditions, consents, jobs, medical_records, medications, patients, recordings, vitals,
};
use medrecord_testkit::clinic::on_both;
use medrecord_testkit::visit;

#[tokio::test]
async fn what_belongs_to_a_list_is_loaded_in_one_go() {
    on_both(async |clinic| {
        let jane = visit::checked_in(clinic).await;
        let mut desk = clinic.desk(&clinic.doctor).await;
        let allergy = AllergyForm { allergen: "Latex".into(), ..AllergyForm::default() };
        allergies::add(&mut desk, jane.patient, &allergy.parse(clinic.today()).unwrap()).await.unwrap();
        let asthma = ConditionForm { condition_name: "Asthma".into(), ..ConditionForm::default() };
        conditions::add(&mut desk, jane.patient, &asthma.parse(clinic.today()).unwrap()).await.unwrap();
        let metformin = MedicationForm { medication_name: "metformin".into(), ..MedicationForm::default() };
        medications::add(&mut desk, jane.patient, &metformin.parse(clinic.today()).unwrap()).await.unwrap();
        medical_records::open(&mut desk, jane.appointment).await.unwrap();
        let pulse = VitalsForm { heart_rate: "72".into(), ..VitalsForm::default() };
        vitals::take(&mut desk, jane.appointment, 0, &pulse.parse().unwrap()).await.unwrap();
        desk.close().await.unwrap();

        let mut desk = clinic.reading_desk(&clinic.doctor).await;
        let people = [jane.patient, jane.patient];
        assert_eq!(patients::many(&mut desk, &people).await.unwrap().len(), 1);
        assert_eq!(allergies::of_patients(&mut desk, &people).await.unwrap().len(), 1);
        assert_eq!(conditions::of_patients(&mut desk, &people).await.unwrap().len(), 1);
        let visits = [jane.appointment];
        assert_eq!(medical_records::of_appointments(&mut desk, &visits).await.unwrap().len(), 1);
        assert_eq!(vitals::of_appointments(&mut desk, &visits).await.unwrap().len(), 1);
        let metformin = medications::of_patients(&mut desk, &people).await.unwrap();
        assert_eq!(metformin.iter().map(|m| m.medication_name.as_str()).collect::<Vec<_>>(), ["metformin"]);
        assert!(patients::many(&mut desk, &[]).await.unwrap().is_empty());
        desk.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn recordings_of_several_visits_come_with_their_newest_work() {
    on_both(async |clinic| {
        let jane = visit::checked_in(clinic).await;
        let mut desk = clinic.desk(&clinic.doctor).await;
        consents::record(&mut desk, jane.appointment, ConsentDecision::Granted, None).await.unwrap();
        let first = recordings::start(&mut desk, jane.appointment, "audio/webm", None).await.unwrap();
        jobs::queue(&mut desk, "transcribe", first.0).await.unwrap();
        let failed = jobs::take(&mut desk, "transcribe").await.unwrap().unwrap();
        jobs::end(&mut desk, failed.id, jobs::JobState::Failed, Some("no words")).await.unwrap();
        desk.close().await.unwrap();
        clinic.clock.advance(1_000);
        let mut desk = clinic.desk(&clinic.doctor).await;
        jobs::queue(&mut desk, "transcribe", first.0).await.unwrap();
        let second = recordings::start(&mut desk, jane.appointment, "audio/wav", None).await.unwrap();
        desk.close().await.unwrap();

        let mut desk = clinic.reading_desk(&clinic.doctor).await;
        let found = recordings::of_visits(&mut desk, &[jane.appointment]).await.unwrap();
        let ids: Vec<_> = found.iter().map(|placed| placed.recording.id).collect();
        assert_eq!(ids, [second, first]);
        assert!(recordings::of_visits(&mut desk, &[]).await.unwrap().is_empty());
        let work = jobs::of_subjects(&mut desk, "transcribe", &[first.0, second.0]).await.unwrap();
        let states: Vec<_> = work.iter().map(|job| (job.subject, job.state)).collect();
        assert_eq!(states, [(first.0, jobs::JobState::Queued), (first.0, jobs::JobState::Failed)]);
    })
    .await;
}

#[tokio::test]
async fn rows_and_addenda_of_several_records_find_their_record() {
    on_both(async |clinic| {
        let jane = visit::checked_in(clinic).await;
        let mut desk = clinic.desk(&clinic.doctor).await;
        let record = medical_records::open(&mut desk, jane.appointment).await.unwrap();
        let json = serde_json::json!({
            "chiefComplaint": "Cough", "diagnosis": "Cold", "treatmentPlan": "Rest",
            "symptoms": [{ "symptomName": "cough" }, { "symptomName": "hoarseness" }],
        });
        let form: RecordForm = serde_json::from_value(json).unwrap();
        medical_records::save(&mut desk, record.id, 1, &form.parse().unwrap()).await.unwrap();
        let review = medical_records::review(&mut desk, jane.appointment).await.unwrap();
        medical_records::sign(&mut desk, Zone::UTC, record.id, 2, &review.digest).await.unwrap();
        for text in ["First.", "Second."] {
            let more = AddendumForm { reason: "Result".into(), text: text.into() };
            medical_records::add_addendum(&mut desk, record.id, &more.parse().unwrap()).await.unwrap();
        }
        desk.close().await.unwrap();

        let mut desk = clinic.reading_desk(&clinic.doctor).await;
        let mut found = medical_records::of_appointments(&mut desk, &[jane.appointment]).await.unwrap();
        assert!(found[0].symptoms.is_empty(), "loaded without rows");
        medical_records::fill_rows(&mut desk, &mut found).await.unwrap();
        let whole = medical_records::get(&mut desk, record.id).await.unwrap();
        assert_eq!((&found[0].symptoms, &found[0].prescriptions), (&whole.symptoms, &whole.prescriptions));
        assert_eq!(found[0].symptoms.len(), 2);
        let together = medical_records::addenda_of(&mut desk, &[record.id]).await.unwrap();
        assert_eq!(together, medical_records::addenda(&mut desk, record.id).await.unwrap());
        assert_eq!(together.len(), 2);
        medical_records::fill_rows(&mut desk, &mut []).await.unwrap();
        desk.close().await.unwrap();
    })
    .await;
}
