//! The day board as the front desk works it, on both databases.

use crate::support::signed_in;
use axum::http::StatusCode;
use medrecord_clinic::appointment::{Appointment, AppointmentForm};
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

#[tokio::test]
async fn checking_in_with_a_word_corrects_the_phone_and_keeps_the_answer() {
    on_both(async |clinic| {
        let id = booked(clinic, "10:00").await;
        let mut stan = signed_in(clinic, &clinic.staff).await;
        assert!(stan.get("/").await.says("+1-555-0100 · no address"), "what is read out stands on the board");
        let path = format!("/appointments/{id}/check-in");
        let page = stan.get(&path).await;
        assert!(page.says("All right: check in") && page.says("Never asked."), "{}", page.main());
        let fields = [("version", "1"), ("patientVersion", "1"), ("phone", "12"), ("consent", "granted")];
        let wrong = stan.post(&path, &fields).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);

        let right = fields.map(|(name, value)| (name, if name == "phone" { "+1-555-0177" } else { value }));
        let answer = stan.post(&path, &right).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/"));
        assert!(stan.get("/").await.says("Checked in."));
        let page = stan.get(&path).await;
        assert!(
            page.says("+1-555-0177") && page.says("For this visit the patient agreed"),
            "{}",
            page.main()
        );
        let late = right.map(|(name, value)| (name, if name == "phone" { "+1-555-0178" } else { value }));
        let late = stan.post(&path, &late).await;
        assert_eq!(late.status, StatusCode::CONFLICT, "the page was old");
        assert!(late.says("+1-555-0178") && late.says("Somebody else changed this meanwhile"));
    })
    .await;
}

#[tokio::test]
async fn a_missed_visit_keeps_its_reason_and_can_be_taken_back() {
    on_both(async |clinic| {
        let id = booked(clinic, "09:30").await;
        clinic.clock.advance(60 * 60_000);
        let mut stan = signed_in(clinic, &clinic.staff).await;
        let details = format!("/appointments/{id}");
        assert!(stan.get(&details).await.says("No-show"));
        let missed = [("step", "no_show"), ("version", "1"), ("reason", "no bus"), ("back", "/")];
        stan.post(&format!("{details}/step"), &missed).await;
        let page = stan.get(&details).await;
        assert!(page.says("Missed because") && page.says("no bus"), "{}", page.main());
        stan.post(&format!("{details}/step"), &[("step", "back"), ("version", "2"), ("back", "/")]).await;
        assert!(stan.get("/").await.says("Scheduled"));
        clinic.clock.advance(-60 * 60_000);
    })
    .await;
}

#[tokio::test]
async fn the_day_prints_as_a_list_with_phone_numbers() {
    on_both(async |clinic| {
        booked(clinic, "10:00").await;
        let mut stan = signed_in(clinic, &clinic.staff).await;
        let list = stan.get("/day-list?on=2026-11-22").await;
        for text in
            ["Sunday 22-Nov-2026", "Doe", "15-Mar-1985", "+1-555-0100", "Printed 22-Nov-2026 09:00 by Stan"]
        {
            assert!(list.says(text), "{text}: {}", list.main());
        }
        assert!(stan.get("/day-list?on=2026-11-23").await.says("No visits on this day"));
    })
    .await;
}

#[tokio::test]
async fn the_week_shows_each_visit_on_its_day_of_the_practices_clock() {
    on_both(async |clinic| {
        booked(clinic, "10:00").await;
        let mut stan = signed_in(clinic, &clinic.staff).await;
        let week = stan.get("/week?on=2026-11-22").await;
        let sunday = week.text.split("id=\"on-2026-11-22\"").nth(1).unwrap_or_default();
        assert!(week.says("Week of 16-Nov-2026") && sunday.contains("10:00"), "{}", week.main());
        assert!(sunday.contains("15-Mar-1985") && sunday.contains("MR-10:00"), "never a name alone");
        let next = stan.get("/week?on=2026-11-23").await;
        assert!(next.says("Week of 23-Nov-2026") && !next.says("10:00"));
    })
    .await;
}

/// Copies a visit, one copy a minute from midnight on; all of them invented.
async fn crowd(clinic: &Clinic, model: AppointmentId, copies: i64) {
    let mut desk = clinic.desk(&clinic.staff).await;
    let model = appointments::get(&mut desk, model).await.expect("the visit");
    let (midnight, _) = Zone::UTC.bounds(clinic.today());
    for minute in 0..copies {
        let copy = Appointment {
            id: desk.fresh_id().expect("an id"),
            appointment_date: midnight.plus_minutes(minute),
            ends_at: midnight.plus_minutes(minute + 20),
            double_booking_reason: Some("invented".to_owned()),
            ..model.clone()
        };
        appointments::keep(&mut desk, &copy).await.expect("kept");
    }
    desk.close().await.expect("kept");
}

#[tokio::test]
async fn a_day_of_very_many_visits_is_shown_in_parts_that_begin_with_the_present() {
    on_both(async |clinic| {
        let last = booked(clinic, "17:00").await;
        // From 00:00 to 16:39, and it is 09:00.
        crowd(clinic, last, 1000).await;
        let mut stan = signed_in(clinic, &clinic.staff).await;
        let board = stan.get("/").await;
        assert!(board.says("1001 visits") && board.says("401 to 600 of 1001"), "{}", board.main());
        assert!(board.says("id=\"now\"") && board.says(">06:40<") && !board.says(">06:39<"));
        assert!(
            board.says("name=\"back\" value=\"/?on=2026-11-22&#38;page=3\""),
            "a step leads back to the page"
        );
        let earlier = stan.get("/?on=2026-11-22&page=2").await;
        assert!(earlier.says(">06:39<") && earlier.says("201 to 400 of 1001") && !earlier.says("id=\"now\""));
        let end = stan.get("/?on=2026-11-22&page=99").await;
        assert!(end.says(">17:00<") && end.says("1001 to 1001 of 1001"), "{}", end.main());
        assert!(!end.says("id=\"now\"") && !end.says("rel=\"next\""));
        let all = stan.get("/day-list?on=2026-11-22").await;
        assert!(all.says("00:00") && all.says("17:00"), "the list on paper is whole");
        let week = stan.get("/week?on=2026-11-22").await;
        assert!(week.says("All visits of the day") && week.says("00:49") && !week.says("00:50"));
    })
    .await;
}
