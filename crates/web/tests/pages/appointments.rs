//! Booking, moving and taking in, on both databases.

use crate::day::booked;
use crate::support::{Tab, signed_in};
use axum::http::StatusCode;
use medrecord_store::patients;
use medrecord_testkit::Clinic;
use medrecord_testkit::browser::Answer;
use medrecord_testkit::clinic::{jane_doe_details, on_both};

/// Registers Jane Doe, an invented patient, and returns her id.
async fn jane(clinic: &Clinic) -> String {
    let mut desk = clinic.desk(&clinic.staff).await;
    let id = desk.fresh_id().expect("an id");
    patients::register_as(&mut desk, id, "MR-JANE", &jane_doe_details()).await.expect("a patient");
    desk.close().await.expect("kept");
    id.to_string()
}

async fn book(
    browser: &mut Tab,
    clinic: &Clinic,
    patient: &str,
    time: &str,
    more: &[(&str, &str)],
) -> Answer {
    let doctor = clinic.doctor.id.expect("an id").to_string();
    let mut typed = vec![
        ("patientId", patient),
        ("providerId", doctor.as_str()),
        ("date", "2026-11-22"),
        ("time", time),
        ("appointmentType", "follow_up"),
    ];
    typed.extend_from_slice(more);
    browser.post("/appointments", &typed).await
}

#[tokio::test]
async fn a_visit_is_booked_from_the_chart_at_a_free_time() {
    on_both(async |clinic| {
        let jane = jane(clinic).await;
        booked(clinic, "10:00").await;
        let mut stan = signed_in(clinic, &clinic.staff).await;
        let form = stan.get(&format!("/appointments/new?patient={jane}")).await;
        assert!(form.says("MR-JANE") && form.says("Free on Sunday 22-Nov-2026"), "{}", form.main());
        assert!(form.says("value=\"09:40\"") && !form.says("value=\"10:00\""), "{}", form.main());
        let answer = book(&mut stan, clinic, &jane, "10:20", &[]).await;
        assert_eq!(answer.location(), "/?on=2026-11-22");
        let board = stan.get("/").await;
        assert!(board.says("Booked for 22-Nov-2026 10:20.") && board.says("MR-JANE"));
    })
    .await;
}

#[tokio::test]
async fn conflicts_are_listed_and_booking_anyway_needs_a_reason() {
    on_both(async |clinic| {
        let jane = jane(clinic).await;
        booked(clinic, "17:30").await;
        let mut stan = signed_in(clinic, &clinic.staff).await;
        let long = ("durationMinutes", "40");
        let conflict = book(&mut stan, clinic, &jane, "17:30", &[("reasonForVisit", "Cough"), long]).await;
        assert_eq!(conflict.status, StatusCode::CONFLICT);
        for text in [
            "The provider has another visit from 17:30 to 17:50.",
            "The practice is open from 08:00 to 18:00.",
            "Book anyway",
            "Cough",
        ] {
            assert!(conflict.says(text), "{text}: {}", conflict.main());
        }
        let bare = book(&mut stan, clinic, &jane, "17:30", &[("anyway", "yes")]).await;
        assert_eq!(bare.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            bare.says("Enter the reason to book in spite of this.") && bare.says("another visit from 17:30")
        );
        let reason = [("anyway", "yes"), ("doubleBookingReason", "Comes with her son")];
        assert_eq!(book(&mut stan, clinic, &jane, "17:30", &reason).await.status, StatusCode::SEE_OTHER);
        assert!(stan.get("/").await.says("Double-booked: Comes with her son"));
    })
    .await;
}

#[tokio::test]
async fn a_wrong_form_comes_back_as_typed() {
    on_both(async |clinic| {
        let jane = jane(clinic).await;
        let mut stan = signed_in(clinic, &clinic.staff).await;
        let wrong = book(&mut stan, clinic, &jane, "half ten", &[("durationMinutes", "999")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.says("Enter the time such as 09:30, 24 hours.") && wrong.says("half ten"));
        assert!(wrong.says("Enter the length in minutes, 5 to 480.") && wrong.says("MR-JANE"));
        let typing = [("patientId", jane.as_str()), ("date", "2026-11-22"), ("time", "08:00")];
        let part = stan.post("/appointments/check", &typing).await;
        assert_eq!(part.status, StatusCode::OK, "{}", part.main());
        let turned = [("patientId", jane.as_str()), ("date", "2026-11-22"), ("turn", "2026-11-23")];
        let next = stan.post("/appointments/check", &turned).await;
        assert!(next.says("Free on Monday 23-Nov-2026") && next.says("value=\"08:00\""), "{}", next.main());
        let nonsense = stan.get("/appointments/nonsense").await;
        assert_eq!(nonsense.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn who_walks_in_is_found_and_checked_in_in_three_clicks() {
    on_both(async |clinic| {
        let jane = jane(clinic).await;
        let mut stan = signed_in(clinic, &clinic.staff).await;
        assert!(stan.get("/").await.says("href=\"/walk-in\""));
        let found = stan.get("/walk-in?q=doe").await;
        assert!(found.says(&format!("href=\"/walk-in?patient={jane}\"")), "{}", found.main());
        assert!(stan.get("/walk-in?q=nobody").await.says("Nobody found"));
        let form = stan.get(&format!("/walk-in?patient={jane}")).await;
        assert!(form.says("value=\"sick_visit\" checked"), "{}", form.main());
        let doctor = clinic.doctor.id.expect("an id").to_string();
        let typed =
            [("patientId", jane.as_str()), ("providerId", &doctor), ("appointmentType", "sick_visit")];
        assert_eq!(stan.post("/walk-in", &typed).await.location(), "/");
        let board = stan.get("/").await;
        assert!(board.says("Walked in and checked in.") && board.says("chip-checked_in"), "{}", board.main());
    })
    .await;
}

#[tokio::test]
async fn an_appointment_has_a_page_from_which_it_is_moved_and_cancelled() {
    on_both(async |clinic| {
        let id = booked(clinic, "10:00").await;
        let mut stan = signed_in(clinic, &clinic.staff).await;
        let path = format!("/appointments/{id}");
        let page = stan.get(&path).await;
        assert!(page.says("Sick visit on Sunday 22-Nov-2026, 10:00"), "{}", page.main());
        let form = stan.get(&format!("{path}/edit")).await;
        let patient = form.after("name=\"patientId\" value=\"").to_owned();
        let doctor = clinic.doctor.id.expect("an id").to_string();
        let moved = [
            ("patientId", patient.as_str()),
            ("providerId", &doctor),
            ("date", "2026-11-22"),
            ("time", "11:00"),
            ("appointmentType", "follow_up"),
            ("version", "1"),
        ];
        let answer = stan.post(&format!("{path}/edit"), &moved).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.main());
        assert_eq!(stan.post(&format!("{path}/edit"), &moved).await.status, StatusCode::CONFLICT);
        let step =
            [("step", "cancel"), ("version", "2"), ("reason", "Patient called"), ("back", path.as_str())];
        assert_eq!(stan.post(&format!("{path}/step"), &step).await.location(), path);
        let page = stan.get(&path).await;
        assert!(page.says("Patient called") && page.says("Undo the last step"), "{}", page.main());
        assert!(page.says("Follow-up on Sunday 22-Nov-2026, 11:00"));
    })
    .await;
}
