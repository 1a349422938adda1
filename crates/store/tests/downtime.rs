//! The downtime packet names whoever comes with what one must know, alike on both databases.

use medrecord_clinic::allergy::AllergyForm;
use medrecord_clinic::condition::ConditionForm;
use medrecord_clinic::medical_record::RecordForm;
use medrecord_clinic::time::Zone;
use medrecord_store::audit::{self, EventFilter};
use medrecord_store::{Actor, Via, allergies, conditions, downtime, medical_records};
use medrecord_testkit::on_both;
use medrecord_testkit::visit::checked_in;

/// A second visit of the same patient, tomorrow.
const LATER: &str = "INSERT INTO appointments (id, patient_id, provider_id, appointment_date, ends_at, appointment_type, duration_minutes,
        status, created_at, updated_at)
    SELECT '01990000-0000-7000-8000-000000000002', patient_id, provider_id, '2026-11-23T11:00:00.000Z', '2026-11-23T11:30:00.000Z', 'follow_up', 30,
        'scheduled', '2026-11-22T08:00:00.000Z', '2026-11-22T08:00:00.000Z'
    FROM appointments LIMIT 1";
/// A third that was cancelled.
const CANCELLED: &str = "INSERT INTO appointments (id, patient_id, provider_id, appointment_date, ends_at, appointment_type, duration_minutes,
        status, status_reason, created_at, updated_at)
    SELECT '01990000-0000-7000-8000-000000000003', patient_id, provider_id, '2026-11-23T13:00:00.000Z', '2026-11-23T13:30:00.000Z', 'follow_up', 30,
        'cancelled', 'Feels better', '2026-11-22T08:00:00.000Z', '2026-11-22T08:00:00.000Z'
    FROM appointments LIMIT 1";

#[tokio::test]
async fn the_packet_holds_two_days_and_of_each_patient_what_one_must_know() {
    on_both(async |clinic| {
        let visit = checked_in(clinic).await;
        let today = clinic.today();
        let mut desk = clinic.desk(&clinic.doctor).await;
        let penicillin = AllergyForm { allergen: "Penicillin".to_owned(), ..AllergyForm::default() };
        allergies::add(&mut desk, visit.patient, &penicillin.parse(today).unwrap()).await.unwrap();
        let asthma = ConditionForm { condition_name: "Asthma".to_owned(), ..ConditionForm::default() };
        conditions::add(&mut desk, visit.patient, &asthma.parse(today).unwrap()).await.unwrap();
        let id = medical_records::open(&mut desk, visit.appointment).await.unwrap().id;
        let json = serde_json::json!({
            "chiefComplaint": "Sore throat", "diagnosis": "Viral pharyngitis", "treatmentPlan": "Rest and fluids.",
            "prescriptions": [{ "medicationName": "ibuprofen", "strength": "400 mg", "dosage": "1 tablet",
                "frequency": "three times daily", "instructions": "With food." }],
        });
        let note = serde_json::from_value::<RecordForm>(json).unwrap().parse().unwrap();
        medical_records::save(&mut desk, id, 1, &note).await.unwrap();
        let unsigned = downtime::packet(&mut desk, Zone::UTC, today).await.unwrap();
        assert_eq!(unsigned.people[0].last, None, "a draft is not handed out");
        let review = medical_records::review(&mut desk, visit.appointment).await.unwrap();
        medical_records::sign(&mut desk, Zone::UTC, id, 2, &review.digest).await.unwrap();
        desk.close().await.unwrap();
        for visit in [LATER, CANCELLED] {
            clinic.store.by_hand(visit).await.unwrap();
        }

        let server = Actor::machine("downtime", Via::System);
        let mut desk = clinic.store.write_desk(server).await.unwrap();
        let packet = downtime::packet(&mut desk, Zone::UTC, today).await.unwrap();
        desk.close().await.unwrap();
        let visits: Vec<usize> = packet.days.iter().map(|(_, rows)| rows.len()).collect();
        assert_eq!((packet.days[1].0, visits), (today.plus_days(1), vec![1, 1]), "cancelled ones are left out");
        assert_eq!(packet.people.len(), 1, "one person, though she comes twice");
        let jane = &packet.people[0];
        assert_eq!(jane.patient.display_name(), "DOE, Jane");
        assert_eq!(jane.allergies[0].allergen, "Penicillin");
        assert_eq!(jane.problems[0].condition_name, "Asthma");
        assert_eq!(jane.medications[0].medication_name, "ibuprofen");
        let last = jane.last.as_ref().unwrap();
        assert_eq!((last.diagnosis.as_deref(), last.plan.as_deref()), (Some("Viral pharyngitis"), Some("Rest and fluids.")));
        assert_eq!(last.seen_by, "Dora Doctor");

        let mut desk = clinic.reading_desk(&clinic.admin).await;
        let filter = EventFilter { patient: Some(visit.patient), limit: 200, ..EventFilter::default() };
        let trail = audit::list(&mut desk, &filter).await.unwrap();
        let taken = trail.iter().filter(|it| it.entity == "downtime_packet" && it.action == "export");
        let by: Vec<_> = taken.map(|it| it.actor_name.as_str()).collect();
        assert_eq!(by, ["downtime", "Dora Doctor"], "the chart says by whom it was taken out");
    })
    .await;
}
