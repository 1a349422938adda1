//! The front desk's check-in, the password asked again, and refusals that name their patient, on both databases.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail at once")]

use medrecord_clinic::appointment::{AppointmentForm, AppointmentStatus};
use medrecord_clinic::consultation::ConsentDecision;
use medrecord_clinic::ids::{AppointmentId, PatientId};
use medrecord_clinic::patient::PatientForm;
use medrecord_clinic::practice::Practice;
use medrecord_clinic::time::Zone;
use medrecord_store::appointments::{self, Arrival, Visits};
use medrecord_store::audit::{self, Entry, Event, EventFilter, Outcome, Verb};
use medrecord_store::sessions::{self, ProveError, prove};
use medrecord_store::{Refusal, consents, patients};
use medrecord_testkit::clinic::{Clinic, PASSWORD, jane_doe, jane_doe_details, on_both};

/// Books Jane Doe, an invented patient, with Dora Doctor an hour after the test begins.
async fn booked(clinic: &Clinic) -> (AppointmentId, PatientId) {
    let mut desk = clinic.desk(&clinic.staff).await;
    let patient: PatientId = desk.fresh_id().unwrap();
    patients::register_as(&mut desk, patient, "MR-1", &jane_doe_details()).await.unwrap();
    let form = AppointmentForm {
        patient_id: patient.to_string(),
        provider_id: clinic.doctor.id.unwrap().to_string(),
        date: clinic.today().iso(),
        time: "10:00".to_owned(),
        appointment_type: "sick_visit".to_owned(),
        ..AppointmentForm::default()
    };
    let details = form.parse(Zone::UTC, clinic.today()).unwrap();
    let id = appointments::book(&mut desk, &Practice::unnamed(Zone::UTC), &details).await.unwrap();
    desk.close().await.unwrap();
    (id, patient)
}

async fn trail(clinic: &Clinic, patient: PatientId) -> Vec<Entry> {
    let mut desk = clinic.reading_desk(&clinic.admin).await;
    let filter = EventFilter { patient: Some(patient), limit: 50, ..EventFilter::default() };
    audit::list(&mut desk, &filter).await.unwrap()
}

#[tokio::test]
async fn checking_in_corrects_the_address_keeps_the_consent_and_is_all_or_nothing() {
    on_both(async |clinic| {
        let (id, patient) = booked(clinic).await;
        let moved = PatientForm { address: "2 New Street".to_owned(), ..jane_doe() };
        let details = moved.parse(clinic.today()).unwrap();
        let arrival = |version| Arrival {
            corrected: Some((version, details.clone())),
            consent: Some(ConsentDecision::Granted),
        };

        let mut desk = clinic.desk(&clinic.staff).await;
        let stale = appointments::check_in(&mut desk, Zone::UTC, id, 1, &arrival(9)).await.unwrap_err();
        assert!(matches!(stale, Refusal::Stale { what: "patient", .. }), "{stale:?}");
        drop(desk);
        let mut desk = clinic.reading_desk(&clinic.staff).await;
        assert!(consents::current(&mut desk, id).await.unwrap().is_none(), "nothing is kept of it");

        let mut desk = clinic.desk(&clinic.staff).await;
        let visit = appointments::check_in(&mut desk, Zone::UTC, id, 1, &arrival(1)).await.unwrap();
        desk.close().await.unwrap();
        assert_eq!(visit.status, AppointmentStatus::CheckedIn);
        let mut desk = clinic.reading_desk(&clinic.staff).await;
        let consent = consents::current(&mut desk, id).await.unwrap().unwrap();
        assert!(consent.for_this_visit && consent.decision == ConsentDecision::Granted);
        let found = patients::get(&mut desk, patient).await.unwrap();
        assert_eq!((found.address.as_deref(), found.version), (Some("2 New Street"), 2));
    })
    .await;
}

#[tokio::test]
async fn details_that_are_right_are_noted_as_confirmed_and_change_nothing() {
    on_both(async |clinic| {
        let (id, patient) = booked(clinic).await;
        let mut desk = clinic.desk(&clinic.staff).await;
        appointments::check_in(&mut desk, Zone::UTC, id, 1, &Arrival::default()).await.unwrap();
        desk.close().await.unwrap();
        let confirmed = |entry: &Entry| {
            entry.detail.as_ref().and_then(|detail| detail.get("contact")?.as_str()) == Some("confirmed")
        };
        assert_eq!(trail(clinic, patient).await.iter().filter(|entry| confirmed(entry)).count(), 1);
        let mut desk = clinic.desk(&clinic.staff).await;
        assert_eq!(patients::get(&mut desk, patient).await.unwrap().version, 1);
        let again = appointments::check_in(&mut desk, Zone::UTC, id, 2, &Arrival::default()).await.unwrap();
        assert_eq!(again.status, AppointmentStatus::CheckedIn, "a second word at the desk does no harm");
    })
    .await;
}

#[tokio::test]
async fn a_day_list_is_noted_as_printed_and_holds_the_address() {
    on_both(async |clinic| {
        booked(clinic).await;
        let mut desk = clinic.reading_desk(&clinic.staff).await;
        let (from, until) = Zone::UTC.bounds(clinic.today());
        let rows = appointments::print_day(&mut desk, Visits::between(from, until)).await.unwrap();
        desk.close().await.unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!(rows.first().unwrap().patient.address, None);
        let mut desk = clinic.reading_desk(&clinic.admin).await;
        let filter = EventFilter { limit: 9, ..EventFilter::default() };
        let events = audit::list(&mut desk, &filter).await.unwrap();
        assert!(events.iter().any(|entry| entry.action == "print" && entry.entity == "appointment"));
    })
    .await;
}

#[tokio::test]
async fn the_eleventh_wrong_password_in_a_session_waits_and_each_is_noted() {
    on_both(async |clinic| {
        let (_, patient) = booked(clinic).await;
        let purpose = || Event::new(Verb::Sign, "medical_record").about(patient);
        let ask = async |password: &str| prove(&clinic.store, &clinic.doctor, password, purpose()).await;
        ask(PASSWORD).await.unwrap();
        for _ in 0..10 {
            assert!(matches!(ask("guess").await.unwrap_err(), ProveError::Wrong));
        }
        let held = ask(PASSWORD).await.unwrap_err();
        assert!(matches!(held, ProveError::Throttled { retry_after_secs: 901 }), "{held:?}");
        let refused = trail(clinic, patient).await;
        assert_eq!(refused.iter().filter(|entry| entry.outcome == "refused").count(), 11);
        let other = prove(&clinic.store, &clinic.admin, PASSWORD, purpose()).await;
        assert!(other.is_ok(), "somebody else's tries are counted apart");
        clinic.clock.advance(15 * 60 * 1000);
        ask(PASSWORD).await.unwrap();
        clinic.clock.advance(30 * 24 * 60 * 60 * 1000);
        let mut desk = clinic.desk(&clinic.doctor).await;
        assert_eq!(sessions::forget_tries(&mut desk).await.unwrap(), 12, "all but that of just 30 days ago");
        clinic.clock.advance(1);
        desk.close().await.unwrap();
        let mut desk = clinic.desk(&clinic.doctor).await;
        assert_eq!(sessions::forget_tries(&mut desk).await.unwrap(), 1);
        desk.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_refusal_about_a_thing_names_the_patient_it_belongs_to() {
    on_both(async |clinic| {
        let (appointment, patient) = booked(clinic).await;
        let event = Event::new(Verb::Read, "page").about(appointment).ended(Outcome::Refused);
        clinic.store.note(clinic.staff.clone(), event).await.unwrap();
        let entries = trail(clinic, patient).await;
        assert!(entries.iter().any(|entry| entry.entity == "page" && entry.outcome == "refused"));
    })
    .await;
}
