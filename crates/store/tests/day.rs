//! The day board and the practice's settings are kept alike on both databases.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail at once")]

use medrecord_clinic::appointment::{Appointment, AppointmentForm, AppointmentStatus};
use medrecord_clinic::ids::PatientId;
use medrecord_clinic::practice::{Practice, PracticeForm};
use medrecord_clinic::time::{Day, Zone};
use medrecord_store::appointments::{self, AllergyState, BoardRow, RecordState, Tally, Visits};
use medrecord_store::{Desk, Refusal, patients, practice};
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

/// Jane's visits of the day: four more beside a booked one at 08:00, and one of the next day; all of them invented.
async fn several(clinic: &Clinic, desk: &mut Desk, jane: PatientId) {
    let (dora, ada) = (clinic.doctor.id.unwrap(), clinic.admin.id.unwrap());
    let form = AppointmentForm {
        patient_id: jane.to_string(),
        provider_id: dora.to_string(),
        date: clinic.today().iso(),
        time: "08:00".to_owned(),
        appointment_type: "sick_visit".to_owned(),
        ..AppointmentForm::default()
    };
    let details = form.parse(Zone::UTC, clinic.today()).unwrap();
    let first = appointments::book_anyway(desk, &details, "invented").await.unwrap();
    let first = appointments::get(desk, first).await.unwrap();
    let arrived = clinic.clock.now();
    for (minutes, provider_id, status) in [
        (30, dora, AppointmentStatus::CheckedIn),
        (30, ada, AppointmentStatus::CheckedIn),
        (90, dora, AppointmentStatus::Cancelled),
        (240, ada, AppointmentStatus::Scheduled),
        (24 * 60, dora, AppointmentStatus::Scheduled),
    ] {
        let arrived = arrived.plus_minutes(if provider_id == ada { -7 } else { 0 });
        let visit = Appointment {
            id: desk.fresh_id().unwrap(),
            provider_id,
            status,
            status_reason: (status == AppointmentStatus::Cancelled).then(|| "invented".to_owned()),
            checked_in_at: (status == AppointmentStatus::CheckedIn).then_some(arrived),
            appointment_date: first.appointment_date.plus_minutes(minutes),
            ends_at: first.ends_at.plus_minutes(minutes),
            ..first.clone()
        };
        appointments::keep(desk, &visit).await.unwrap();
    }
}

fn ids(rows: &[BoardRow]) -> Vec<String> {
    let mut ids: Vec<_> = rows.iter().map(|row| row.appointment.id.to_string()).collect();
    ids.sort();
    ids
}

#[tokio::test]
async fn a_days_visits_are_chosen_and_cut_by_the_database() {
    on_both(async |clinic| {
        let jane = jane(clinic).await;
        let mut desk = clinic.desk(&clinic.staff).await;
        several(clinic, &mut desk, jane).await;
        let ada = clinic.admin.id.unwrap();
        let (from, until) = Zone::UTC.bounds(clinic.today());
        let all = Visits::between(from, until);
        let whole = appointments::visits(&mut desk, all).await.unwrap();
        assert_eq!(whole.len(), 5);
        assert_eq!(whole, appointments::day(&mut desk, from, until).await.unwrap());
        let hers = appointments::visits(&mut desk, all.of(Some(ada))).await.unwrap();
        assert!(hers.len() == 2 && hers.iter().all(|row| row.appointment.provider_id == ada), "{hers:?}");
        let dora = clinic.doctor.id.unwrap();
        for (whose, count) in [(vec![ada], 2), (vec![ada, dora], 5), (vec![], 0)] {
            let theirs = appointments::of_several(&mut desk, (from, until), &whose).await.unwrap();
            assert_eq!(theirs.len(), count, "{theirs:?}");
            assert!(theirs.iter().all(|row| whole.contains(row)), "{theirs:?}");
        }
        let mut parts = Vec::new();
        for skip in [0, 2, 4, 6] {
            let part = appointments::visits(&mut desk, all.part(skip, 2)).await.unwrap();
            assert!(part.len() <= 2, "{part:?}");
            parts.extend(part);
        }
        assert_eq!(ids(&parts), ids(&whole), "no visit twice, none left out, equal beginnings or not");
        let hers_later = appointments::visits(&mut desk, all.of(Some(ada)).part(1, 9)).await.unwrap();
        assert_eq!(hers_later, hers.get(1..).unwrap());
    })
    .await;
}

#[tokio::test]
async fn a_days_visits_are_counted_by_provider_and_by_where_they_stand() {
    on_both(async |clinic| {
        let jane = jane(clinic).await;
        let mut desk = clinic.desk(&clinic.staff).await;
        several(clinic, &mut desk, jane).await;
        let (dora, ada) = (clinic.doctor.id.unwrap(), clinic.admin.id.unwrap());
        let (now, (from, until)) = (clinic.clock.now(), Zone::UTC.bounds(clinic.today()));
        let mut tallies = appointments::tally(&mut desk, from, until).await.unwrap();
        tallies.sort_by_key(|tally| (tally.provider != dora, tally.status.as_str()));
        let tally = |provider, status, first_arrival| Tally { provider, status, visits: 1, first_arrival };
        assert_eq!(
            tallies,
            [
                tally(dora, AppointmentStatus::Cancelled, None),
                tally(dora, AppointmentStatus::CheckedIn, Some(now)),
                tally(dora, AppointmentStatus::Scheduled, None),
                tally(ada, AppointmentStatus::CheckedIn, Some(now.plus_minutes(-7))),
                tally(ada, AppointmentStatus::Scheduled, None),
            ]
        );
        let all = Visits::between(from, until);
        assert_eq!(appointments::begun_before(&mut desk, all, now).await.unwrap(), 3);
        assert_eq!(appointments::begun_before(&mut desk, all.of(Some(ada)), now).await.unwrap(), 1);
        assert_eq!(appointments::begun_before(&mut desk, all, until.plus_minutes(2880)).await.unwrap(), 5);
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
