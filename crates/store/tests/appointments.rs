//! Appointments are booked, moved and taken through the day alike on both databases.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot be set up must fail at once")]

use medrecord_clinic::appointment::{
    AppointmentDetails, AppointmentForm, AppointmentStatus, AppointmentType, Conflict, Step, WalkIn,
};
use medrecord_clinic::ids::{AppointmentId, PatientId, ProviderId};
use medrecord_clinic::patient::PatientForm;
use medrecord_clinic::practice::Practice;
use medrecord_clinic::time::Zone;
use medrecord_store::appointments::{self, AppointmentFilter, BookError};
use medrecord_store::{Actor, Refusal, patients};
use medrecord_testkit::clinic::{Clinic, jane_doe, on_both};

fn practice() -> Practice {
    Practice::unnamed(Zone::UTC)
}

fn id_of(actor: &Actor) -> ProviderId {
    actor.id.unwrap()
}

/// Registers an invented patient of that family name.
async fn patient(clinic: &Clinic, family: &str) -> PatientId {
    let form = PatientForm { last_name: family.to_owned(), ..jane_doe() };
    let mut desk = clinic.desk(&clinic.staff).await;
    let (id, number) = (desk.fresh_id().unwrap(), format!("MR-{family}"));
    patients::register_as(&mut desk, id, &number, &form.parse(clinic.today()).unwrap()).await.unwrap();
    desk.close().await.unwrap();
    id
}

/// A follow-up on the test's day (a Sunday, 09:00 when it begins) with Dora Doctor.
fn at(clinic: &Clinic, patient: PatientId, time: &str) -> AppointmentDetails {
    let form = AppointmentForm {
        patient_id: patient.to_string(),
        provider_id: id_of(&clinic.doctor).to_string(),
        date: clinic.today().iso(),
        time: time.to_owned(),
        appointment_type: "follow_up".to_owned(),
        ..AppointmentForm::default()
    };
    form.parse(Zone::UTC, clinic.today()).unwrap()
}

async fn book(clinic: &Clinic, details: &AppointmentDetails) -> Result<AppointmentId, BookError> {
    let mut desk = clinic.desk(&clinic.staff).await;
    let id = appointments::book(&mut desk, &practice(), details).await?;
    desk.close().await?;
    Ok(id)
}

fn codes(result: Result<AppointmentId, BookError>) -> Vec<&'static str> {
    match result {
        Err(BookError::Conflicts(conflicts)) => conflicts.iter().map(Conflict::code).collect(),
        other => panic!("{other:?}"),
    }
}

async fn step(
    clinic: &Clinic,
    id: AppointmentId,
    seen: i32,
    step: Step,
) -> Result<AppointmentStatus, Refusal> {
    let mut desk = clinic.desk(&clinic.staff).await;
    let visit = appointments::advance(&mut desk, Zone::UTC, id, seen, &step).await?;
    desk.close().await?;
    Ok(visit.status)
}

#[tokio::test]
async fn a_booked_visit_is_found_as_entered() {
    on_both(async |clinic| {
        let jane = patient(clinic, "Doe").await;
        let id = book(clinic, &at(clinic, jane, "10:00")).await.unwrap();
        let mut desk = clinic.reading_desk(&clinic.doctor).await;
        let visit = appointments::get(&mut desk, id).await.unwrap();
        assert_eq!((visit.patient_id, visit.provider_id), (jane, id_of(&clinic.doctor)));
        assert_eq!(visit.slot().in_words(Zone::UTC), "10:00 to 10:20");
        assert_eq!(visit.appointment_type, AppointmentType::FollowUp);
        assert_eq!((visit.status, visit.version), (AppointmentStatus::Scheduled, 1));
        desk.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn every_conflict_is_listed_at_once() {
    on_both(async |clinic| {
        let (jane, june) = (patient(clinic, "Doe").await, patient(clinic, "Roe").await);
        book(clinic, &at(clinic, jane, "17:30")).await.unwrap();
        let june_elsewhere =
            AppointmentDetails { provider_id: id_of(&clinic.admin), ..at(clinic, june, "17:40") };
        book(clinic, &june_elsewhere).await.unwrap();

        let long = AppointmentDetails { duration_minutes: 60, ..at(clinic, june, "17:30") };
        assert_eq!(codes(book(clinic, &long).await), ["provider_busy", "patient_busy", "outside_hours"]);
        assert_eq!(codes(book(clinic, &at(clinic, jane, "08:20")).await), ["in_the_past"]);
        book(clinic, &at(clinic, june, "17:10")).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_double_booking_needs_a_reason_which_stays_with_it() {
    on_both(async |clinic| {
        let (jane, june) = (patient(clinic, "Doe").await, patient(clinic, "Roe").await);
        book(clinic, &at(clinic, jane, "10:00")).await.unwrap();
        let mut desk = clinic.desk(&clinic.staff).await;
        let details = at(clinic, june, "10:10");
        let id = appointments::book_anyway(&mut desk, &details, "Daughter drives both").await.unwrap();
        desk.close().await.unwrap();
        let mut desk = clinic.reading_desk(&clinic.staff).await;
        let visit = appointments::get(&mut desk, id).await.unwrap();
        assert_eq!(visit.double_booking_reason.as_deref(), Some("Daughter drives both"));
        assert_eq!(codes(book(clinic, &at(clinic, june, "10:25")).await), ["provider_busy", "patient_busy"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_who_want_the_same_slot_exactly_one_gets_it() {
    on_both(async |clinic| {
        let mut wanting = Vec::new();
        for number in 0..50 {
            let details = at(clinic, patient(clinic, &format!("Doe{number}")).await, "10:00");
            let (store, staff) = (clinic.store.clone(), clinic.staff.clone());
            wanting.push(tokio::spawn(async move {
                let mut desk = store.write_desk(staff).await.map_err(Refusal::from)?;
                appointments::book(&mut desk, &practice(), &details).await?;
                desk.close().await.map_err(BookError::from)
            }));
        }
        let (mut won, mut lost) = (0, 0);
        for client in wanting {
            match client.await.unwrap() {
                Ok(()) => won += 1,
                Err(BookError::Conflicts(conflicts)) => {
                    assert_eq!(conflicts.len(), 1, "{conflicts:?}");
                    lost += 1;
                }
                Err(other) => panic!("{other:?}"),
            }
        }
        assert_eq!((won, lost), (1, 49));
    })
    .await;
}

#[tokio::test]
async fn the_database_itself_refuses_a_slot_that_is_taken() {
    on_both(async |clinic| {
        let (jane, june) = (patient(clinic, "Doe").await, patient(clinic, "Roe").await);
        let id = book(clinic, &at(clinic, jane, "10:00")).await.unwrap();
        let mut desk = clinic.desk(&clinic.staff).await;
        let booked = appointments::get(&mut desk, id).await.unwrap();
        let other = desk.fresh_id().unwrap();
        let clash = medrecord_clinic::appointment::Appointment { id: other, patient_id: june, ..booked };
        let refused = appointments::keep(&mut desk, &clash).await;
        assert_eq!(codes(refused.map(|()| other)), ["just_taken"]);
    })
    .await;
}

#[tokio::test]
async fn a_visit_goes_through_the_day_and_a_second_click_does_no_harm() {
    on_both(async |clinic| {
        let jane = patient(clinic, "Doe").await;
        let id = book(clinic, &at(clinic, jane, "10:00")).await.unwrap();
        assert_eq!(step(clinic, id, 1, Step::CheckIn).await.unwrap(), AppointmentStatus::CheckedIn);
        assert_eq!(step(clinic, id, 1, Step::CheckIn).await.unwrap(), AppointmentStatus::CheckedIn);
        clinic.clock.advance(17 * 60_000);
        assert_eq!(step(clinic, id, 2, Step::Start).await.unwrap(), AppointmentStatus::InProgress);
        assert_eq!(step(clinic, id, 3, Step::Complete).await.unwrap(), AppointmentStatus::Completed);
        let mut desk = clinic.reading_desk(&clinic.staff).await;
        let visit = appointments::get(&mut desk, id).await.unwrap();
        desk.close().await.unwrap();
        assert_eq!((visit.waited(clinic.clock.now()), visit.version), (Some(17), 4));
        assert_eq!(step(clinic, id, 4, Step::Back).await.unwrap(), AppointmentStatus::InProgress);

        let stale = step(clinic, id, 4, Step::Back).await;
        assert!(matches!(stale, Err(Refusal::Stale { seen: 4, current: 5, .. })), "{stale:?}");
        let rule = step(clinic, id, 5, Step::NoShow(None)).await;
        assert!(matches!(rule, Err(Refusal::Rule(_))), "{rule:?}");
        clinic.clock.advance(24 * 3_600_000);
        let late = step(clinic, id, 5, Step::Back).await.unwrap_err();
        assert_eq!(late.to_string(), "A step can be taken back only on the day it was taken, 22-Nov-2026.");
        clinic.clock.advance(-24 * 3_600_000 - 17 * 60_000);
    })
    .await;
}

#[tokio::test]
async fn a_cancelled_time_is_free_and_comes_back_only_while_it_is() {
    on_both(async |clinic| {
        let (jane, june) = (patient(clinic, "Doe").await, patient(clinic, "Roe").await);
        let first = book(clinic, &at(clinic, jane, "10:00")).await.unwrap();
        step(clinic, first, 1, Step::Cancel("Feels better".to_owned())).await.unwrap();
        assert_eq!(step(clinic, first, 2, Step::Back).await.unwrap(), AppointmentStatus::Scheduled);
        step(clinic, first, 3, Step::Cancel("Feels better".to_owned())).await.unwrap();
        book(clinic, &at(clinic, june, "10:00")).await.unwrap();
        let taken = step(clinic, first, 4, Step::Back).await.unwrap_err();
        assert!(taken.to_string().starts_with("The time has been given to another visit"), "{taken}");
    })
    .await;
}

#[tokio::test]
async fn a_visit_is_moved_only_before_it_begins_and_only_as_it_was_seen() {
    on_both(async |clinic| {
        let (jane, june) = (patient(clinic, "Doe").await, patient(clinic, "Roe").await);
        let id = book(clinic, &at(clinic, jane, "10:00")).await.unwrap();
        book(clinic, &at(clinic, june, "11:00")).await.unwrap();
        let mut desk = clinic.desk(&clinic.staff).await;
        let later = at(clinic, jane, "10:10");
        assert_eq!(appointments::reschedule(&mut desk, &practice(), id, 1, &later).await.unwrap(), 2);
        let stale = appointments::reschedule(&mut desk, &practice(), id, 1, &later).await;
        assert!(matches!(stale, Err(BookError::Refused(Refusal::Stale { .. }))), "{stale:?}");
        let clash = appointments::reschedule(&mut desk, &practice(), id, 2, &at(clinic, jane, "11:10")).await;
        assert_eq!(codes(clash.map(|_| id)), ["provider_busy"]);
        let stolen =
            appointments::reschedule(&mut desk, &practice(), id, 2, &at(clinic, june, "12:00")).await;
        assert!(matches!(stolen, Err(BookError::Refused(Refusal::Rule(_)))), "{stolen:?}");
        let details = at(clinic, jane, "11:10");
        let version = appointments::reschedule_anyway(&mut desk, id, 2, &details, "Asked for it").await;
        assert_eq!(version.unwrap(), 3);
        desk.close().await.unwrap();
        step(clinic, id, 3, Step::CheckIn).await.unwrap();
        let mut desk = clinic.desk(&clinic.staff).await;
        let begun = appointments::reschedule(&mut desk, &practice(), id, 4, &later).await;
        assert!(matches!(begun, Err(BookError::Refused(Refusal::Rule(_)))), "{begun:?}");
    })
    .await;
}

#[tokio::test]
async fn who_walks_in_is_checked_in_at_once_whatever_is_booked() {
    on_both(async |clinic| {
        let (jane, june) = (patient(clinic, "Doe").await, patient(clinic, "Roe").await);
        book(clinic, &at(clinic, jane, "09:00")).await.unwrap();
        let walk_in = WalkIn {
            patient_id: june,
            provider_id: id_of(&clinic.doctor),
            appointment_type: AppointmentType::SickVisit,
            reason_for_visit: Some("Cut finger".to_owned()),
        };
        let mut desk = clinic.desk(&clinic.staff).await;
        let id = appointments::walk_in(&mut desk, &walk_in).await.unwrap();
        let visit = appointments::get(&mut desk, id).await.unwrap();
        assert!(visit.is_walk_in() && visit.status == AppointmentStatus::CheckedIn);
        assert_eq!(visit.waited(clinic.clock.now()), Some(0));
    })
    .await;
}

#[tokio::test]
async fn only_those_who_see_patients_are_booked_and_only_known_patients() {
    on_both(async |clinic| {
        let jane = patient(clinic, "Doe").await;
        let with_staff =
            AppointmentDetails { provider_id: id_of(&clinic.staff), ..at(clinic, jane, "10:00") };
        let nobody = AppointmentDetails { patient_id: uuid::Uuid::nil().into(), ..at(clinic, jane, "10:00") };
        for (details, field) in [(with_staff, "providerId"), (nobody, "patientId")] {
            match book(clinic, &details).await {
                Err(BookError::Refused(Refusal::Invalid(problems))) => {
                    assert!(problems.of(field).is_some(), "{problems:?}");
                }
                other => panic!("{other:?}"),
            }
        }
    })
    .await;
}

#[tokio::test]
async fn lists_go_on_behind_the_last_row_of_a_page() {
    on_both(async |clinic| {
        let jane = patient(clinic, "Doe").await;
        for time in ["10:00", "10:30", "11:00"] {
            book(clinic, &at(clinic, jane, time)).await.unwrap();
        }
        let clock =
            |visit: &medrecord_clinic::appointment::Appointment| Zone::UTC.clock(visit.appointment_date);
        let mut desk = clinic.reading_desk(&clinic.staff).await;
        let filter = AppointmentFilter {
            provider: clinic.doctor.id,
            status: Some(AppointmentStatus::Scheduled),
            limit: 2,
            ..AppointmentFilter::default()
        };
        let page = appointments::list(&mut desk, &filter).await.unwrap();
        assert_eq!(page.iter().map(clock).collect::<Vec<_>>(), ["10:00", "10:30"]);
        let after = page.last().map(|visit| (visit.appointment_date, visit.id));
        let rest = appointments::list(&mut desk, &AppointmentFilter { after, ..filter }).await.unwrap();
        assert_eq!(rest.iter().map(clock).collect::<Vec<_>>(), ["11:00"]);

        let page = appointments::list_of_patient(&mut desk, jane, None, 2).await.unwrap();
        assert_eq!(page.iter().map(clock).collect::<Vec<_>>(), ["11:00", "10:30"]);
        let before = page.last().map(|visit| (visit.appointment_date, visit.id));
        let rest = appointments::list_of_patient(&mut desk, jane, before, 2).await.unwrap();
        assert_eq!(rest.iter().map(clock).collect::<Vec<_>>(), ["10:00"]);
    })
    .await;
}
