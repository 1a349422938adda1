//! The day board and the practice's settings are kept alike on both databases.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail at once")]

use medrecord_clinic::appointment::AppointmentForm;
use medrecord_clinic::ids::PatientId;
use medrecord_clinic::practice::{Practice, PracticeForm};
use medrecord_clinic::time::{Day, Zone};
use medrecord_store::appointments::{self, AllergyState, RecordState};
use medrecord_store::{Refusal, patients, practice};
use medrecord_testkit::clinic::{Clinic, jane_doe_details, on_both};

async fn jane(clinic: &Clinic) -> PatientId {
    let mut desk = clinic.desk(&clinic.staff).await;
    let id = patients::register(&mut desk, &jane_doe_details()).await.unwrap();
    desk.close().await.unwrap();
    id
}

#[tokio::test]
async fn a_visit_stands_on_the_board_of_its_local_day_in_every_zone() {
    on_both(async |clinic| {
        let jane = jane(clinic).await;
        for (zone, date) in [
            ("America/Los_Angeles", "2026-11-24"),
            ("Africa/Nairobi", "2026-11-27"),
            ("Pacific/Auckland", "2026-11-30"),
            // The clocks are set forward on the first day and back on the second.
            ("Europe/Berlin", "2027-03-28"),
            ("Europe/Berlin", "2027-10-31"),
        ] {
            let zone: Zone = zone.parse().unwrap();
            let day: Day = date.parse().unwrap();
            let mut desk = clinic.desk(&clinic.staff).await;
            for time in ["00:00", "09:00", "23:40"] {
                let form = AppointmentForm {
                    patient_id: jane.to_string(),
                    provider_id: clinic.doctor.id.unwrap().to_string(),
                    date: date.to_owned(),
                    time: time.to_owned(),
                    appointment_type: "follow_up".to_owned(),
                    ..AppointmentForm::default()
                };
                let all_day = Practice { opens_at: 0, closes_at: 24 * 60, ..Practice::unnamed(zone) };
                let details = form.parse(zone, clinic.today()).unwrap();
                appointments::book(&mut desk, &all_day, &details).await.unwrap();
            }
            for (day, count) in [(day.plus_days(-1), 0), (day, 3), (day.plus_days(1), 0)] {
                let (from, until) = zone.bounds(day);
                let rows = appointments::day(&mut desk, from, until).await.unwrap();
                assert_eq!(rows.len(), count, "{} {day}", zone.name());
            }
            desk.close().await.unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn the_board_says_who_comes_and_what_is_missing() {
    on_both(async |clinic| {
        let jane = jane(clinic).await;
        let form = AppointmentForm {
            patient_id: jane.to_string(),
            provider_id: clinic.doctor.id.unwrap().to_string(),
            date: clinic.today().iso(),
            time: "10:00".to_owned(),
            appointment_type: "sick_visit".to_owned(),
            ..AppointmentForm::default()
        };
        let details = form.parse(Zone::UTC, clinic.today()).unwrap();
        let mut desk = clinic.desk(&clinic.staff).await;
        appointments::book(&mut desk, &Practice::unnamed(Zone::UTC), &details).await.unwrap();
        let (from, until) = Zone::UTC.bounds(clinic.today());
        let rows = appointments::day(&mut desk, from, until).await.unwrap();
        let row = &rows[0];
        assert_eq!(row.patient.display_name(), "DOE, Jane");
        assert_eq!((row.allergies, row.record), (AllergyState::NotRecorded, RecordState::None));
        assert!(!row.has_vitals);
        let unsigned = appointments::unsigned(&mut desk, details.provider_id, 20).await.unwrap();
        assert_eq!(unsigned, []);
    })
    .await;
}

#[tokio::test]
async fn the_practice_is_unnamed_until_an_admin_sets_it_up() {
    on_both(async |clinic| {
        let zone: Zone = "Pacific/Auckland".parse().unwrap();
        let mut desk = clinic.desk(&clinic.admin).await;
        let before = practice::get(&mut desk, zone).await.unwrap();
        assert_eq!(before, Practice::unnamed(zone));
        let form = PracticeForm {
            name: "Elm Row Practice".to_owned(),
            phone: "+1-555-0199".to_owned(),
            opens_at: "07:30".to_owned(),
            ..PracticeForm::from(&before)
        };
        let details = form.parse().unwrap();
        assert_eq!(practice::save(&mut desk, 0, &details).await.unwrap(), 1);
        assert_eq!(practice::save(&mut desk, 1, &details).await.unwrap(), 2);
        for seen in [0, 1] {
            let stale = practice::save(&mut desk, seen, &details).await;
            assert!(matches!(stale, Err(Refusal::Stale { current: 2, .. })), "{stale:?}");
        }
        let after = practice::get(&mut desk, Zone::UTC).await.unwrap();
        assert_eq!(PracticeForm::from(&after), form);
        desk.close().await.unwrap();

        let mut desk = clinic.desk(&clinic.doctor).await;
        let refused = practice::save(&mut desk, 2, &details).await;
        assert!(matches!(refused, Err(Refusal::NotAllowed(_))), "{refused:?}");
    })
    .await;
}
