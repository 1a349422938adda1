//! The day board as the front desk works it, on both databases.

use crate::support::signed_in;
use axum::http::StatusCode;
use medrecord_clinic::appointment::AppointmentForm;
use medrecord_clinic::ids::AppointmentId;
use medrecord_clinic::practice::Practice;
use medrecord_clinic::time::Zone;
use medrecord_store::{Actor, appointments, patients};
use medrecord_testkit::Clinic;
use medrecord_testkit::clinic::{jane_doe_details, on_both};

/// Books Jane Doe, an invented patient, today at a time with Dora Doctor.
pub(crate) async fn booked(clinic: &Clinic, time: &str) -> AppointmentId {
    let mut desk = clinic.desk(&clinic.staff).await;
    let patient = desk.fresh_id().expect("an id");
    let number = format!("MR-{time}");
    patients::register_as(&mut desk, patient, &number, &jane_doe_details()).await.expect("a patient");
    let form = AppointmentForm {
        patient_id: patient.to_string(),
        provider_id: clinic.doctor.id.expect("an id").to_string(),
        date: clinic.today().iso(),
        time: time.to_owned(),
        appointment_type: "sick_visit".to_owned(),
        reason_for_visit: "Sore throat".to_owned(),
        ..AppointmentForm::default()
    };
    let details = form.parse(Zone::UTC, clinic.today()).expect("a sound form");
    let practice = Practice::unnamed(Zone::UTC);
    let id = appointments::book(&mut desk, &practice, &details).await.expect("a free time");
    desk.close().await.expect("kept");
    id
}

fn version_in(page: &str) -> &str {
    let rest = page.split_once("name=\"version\" value=\"").map_or("", |(_, rest)| rest);
    rest.split('"').next().unwrap_or_default()
}

#[tokio::test]
async fn a_patient_is_checked_in_with_one_click_and_it_can_be_taken_back() {
    on_both(async |clinic| {
        let id = booked(clinic, "10:00").await;
        let mut stan = signed_in(clinic, &clinic.staff).await;
        let board = stan.get("/").await;
        assert_eq!(board.status, StatusCode::OK);
        for text in ["Sunday 22-Nov-2026", "Doe", "15-Mar-1985", "MR-10:00", "Sick visit", "Sore throat"] {
            assert!(board.says(text), "{text}: {}", board.main());
        }
        assert!(board.says("allergies not recorded") && board.says("Check in"), "{}", board.main());
        assert!(!board.says("Start visit"), "staff write no records");

        let path = format!("/appointments/{id}/step");
        let click = [("step", "check_in"), ("version", version_in(&board.text)), ("back", "/?on=2026-11-22")];
        let answer = stan.post(&path, &click).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/?on=2026-11-22"));
        clinic.clock.advance(12 * 60_000);
        let board = stan.get("/?on=2026-11-22").await;
        assert!(board.says("Checked in.") && board.says("waiting <span data-minutes>12 min"));
        assert!(board.says("1 visit · 1 waiting, the longest 12 min"), "{}", board.main());

        let undo = [("step", "back"), ("version", version_in(&board.text)), ("back", "/")];
        assert_eq!(stan.post(&path, &undo).await.location(), "/");
        assert!(stan.get_part("/", "board").await.says("Taken back: scheduled again."));
        clinic.clock.advance(-12 * 60_000);
    })
    .await;
}

#[tokio::test]
async fn a_step_from_an_old_page_is_refused_where_it_was_asked_for() {
    on_both(async |clinic| {
        let id = booked(clinic, "10:00").await;
        let mut stan = signed_in(clinic, &clinic.staff).await;
        let path = format!("/appointments/{id}/step");
        let take = async |browser: &mut crate::support::Tab, step, version| {
            browser.post(&path, &[("step", step), ("version", version), ("back", "/")]).await
        };
        take(&mut stan, "check_in", "1").await;
        take(&mut stan, "start", "1").await;
        assert!(stan.get("/").await.says("Somebody else changed this visit meanwhile."));
        take(&mut stan, "complete", "2").await;
        assert!(stan.get("/").await.says("A visit that is checked in cannot be completed."));
        let elsewhere = [("step", "back"), ("version", "2"), ("back", "//evil.example")];
        assert!(stan.post(&path, &elsewhere).await.location().starts_with("/appointments/"));
    })
    .await;
}

#[tokio::test]
async fn the_board_shows_other_days_one_provider_and_says_when_there_is_nothing() {
    on_both(async |clinic| {
        booked(clinic, "10:00").await;
        let mut dora = signed_in(clinic, &clinic.doctor).await;
        assert!(dora.get("/?on=2026-11-23").await.says("No visits on this day"));
        let id = |actor: &Actor| actor.id.expect("an id").to_string();
        let hers = dora.get(&format!("/?provider={}", id(&clinic.doctor))).await;
        assert!(hers.says("Sore throat"));
        let others = dora.get(&format!("/?provider={}", id(&clinic.admin))).await;
        assert!(others.says("No visits on this day"));
        let part = dora.get_part("/", "board").await;
        assert!(part.text.trim_start().starts_with("<section id=\"board\""), "{}", part.text);
    })
    .await;
}
