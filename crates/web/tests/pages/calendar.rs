//! The calendar as people use it: visits moved, times blocked, follow-ups booked in a row, on both databases.

use crate::day::booked;
use crate::support::signed_in;
use axum::http::StatusCode;
use medrecord_clinic::contact::Email;
use medrecord_clinic::provider::Role;
use medrecord_store::providers::{self, NewProvider};
use medrecord_testkit::Clinic;
use medrecord_testkit::clinic::on_both;

fn dora(clinic: &Clinic) -> String {
    clinic.doctor.id.expect("an id").to_string()
}

#[tokio::test]
async fn a_visit_is_moved_without_a_script_and_the_move_taken_back() {
    on_both(async |clinic| {
        let id = booked(clinic, "10:00").await;
        let mut stan = signed_in(clinic, &clinic.staff).await;
        let page = stan.get("/calendar?on=2026-11-22&view=week").await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.main());
        for text in ["Week of 16-Nov-2026", "Doe", "15-Mar-1985", "MR-10:00", "move="] {
            assert!(page.says(text), "{text}: {}", page.main());
        }
        let moving = stan.get(&format!("/calendar?on=2026-11-23&move={id}")).await;
        assert!(moving.says("Moving DOE, Jane, born 15-Mar-1985, MR-10:00"), "{}", moving.main());
        let to = format!("2026-11-23T11:15:00.000Z/{}", dora(clinic));
        assert!(moving.says(&format!("name=\"to\" value=\"{to}\"")), "{}", moving.main());
        let path = format!("/appointments/{id}/move");
        let fields = [("version", "1"), ("to", to.as_str()), ("back", "/calendar?on=2026-11-23")];
        let moved = stan.post(&path, &fields).await;
        assert_eq!(moved.status, StatusCode::SEE_OTHER, "{}", moved.main());
        let after = stan.get(moved.location()).await;
        assert!(
            after.says("The visit was moved.") && after.says("<strong>11:15</strong>"),
            "{}",
            after.main()
        );
        let old = after.after("name=\"to\" value=\"").to_owned();
        let undo = [("version", "2"), ("to", old.as_str()), ("back", "/calendar"), ("final", "yes")];
        assert_eq!(stan.post(&path, &undo).await.location(), "/calendar");
        assert!(stan.get("/calendar?on=2026-11-22").await.says("<strong>10:00</strong>"));
        let stale = stan.post(&path, &fields).await;
        assert_eq!(stale.location(), "/calendar?on=2026-11-23");
        assert!(stan.get("/calendar").await.says("Somebody else changed this visit meanwhile."));
    })
    .await;
}

#[tokio::test]
async fn a_move_against_which_something_speaks_lists_it_all_and_needs_a_reason() {
    on_both(async |clinic| {
        let id = booked(clinic, "10:00").await;
        booked(clinic, "11:00").await;
        let mut stan = signed_in(clinic, &clinic.staff).await;
        let dora = dora(clinic);
        let blocked = [
            ("providerId", dora.as_str()),
            ("kind", "leave"),
            ("fromDate", "2026-11-22"),
            ("fromTime", "11:10"),
            ("untilTime", "12:00"),
            ("note", "course"),
        ];
        assert_eq!(stan.post("/blocked-times", &blocked).await.location(), "/blocked-times");
        let list = stan.get("/blocked-times").await;
        assert!(list.says("22-Nov-2026 11:10 to 12:00") && list.says("Leave: course"), "{}", list.main());
        let to = format!("2026-11-22T11:10:00.000Z/{dora}");
        let path = format!("/appointments/{id}/move");
        let fields = [("version", "1"), ("to", to.as_str()), ("back", "/calendar")];
        let refused = stan.post(&path, &fields).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        for text in ["2 things speak", "another visit from 11:00 to 11:20", "Leave: course"] {
            assert!(refused.says(text), "{text}: {}", refused.main());
        }
        let mut anyway = fields.to_vec();
        anyway.push(("anyway", "yes"));
        let unsaid = stan.post(&path, &anyway).await;
        assert_eq!(unsaid.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", unsaid.main());
        assert!(unsaid.says("2 things speak"));
        anyway.push(("doubleBookingReason", "brother and sister"));
        assert_eq!(stan.post(&path, &anyway).await.status, StatusCode::SEE_OTHER);
        let calendar = stan.get("/calendar?on=2026-11-22").await;
        assert!(calendar.says("11:10") && calendar.says("11:00"), "{}", calendar.main());
        let month = stan.get("/month?on=2026-11-22").await;
        assert!(
            month.says("2 visits") && month.says("0 h 40") && month.says("Leave: course"),
            "{}",
            month.main()
        );
        let nowhere = stan.post(&path, &[("version", "2"), ("to", "noon"), ("back", "//evil.example")]).await;
        assert!(nowhere.location().starts_with("/appointments/"), "{}", nowhere.location());
    })
    .await;
}

#[tokio::test]
async fn a_blocked_time_names_the_visits_in_it_and_is_taken_back() {
    on_both(async |clinic| {
        booked(clinic, "10:00").await;
        let mut stan = signed_in(clinic, &clinic.staff).await;
        let wrong = stan.post("/blocked-times", &[("kind", "leave"), ("fromDate", "")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        stan.post("/blocked-times", &[("kind", "closed"), ("fromDate", "2026-11-22")]).await;
        let list = stan.get("/blocked-times").await;
        assert!(list.says("22-Nov-2026, all day") && list.says("One visit is booked"), "{}", list.main());
        assert!(list.says("MR-10:00") && list.says("15-Mar-1985"));
        let action = list.after("<form class=\"end\" method=\"post\" action=\"").to_owned();
        assert_eq!(stan.post(&action, &[("version", "1")]).await.location(), "/blocked-times");
        assert!(stan.get("/blocked-times").await.says("Nothing is blocked"));
        let again = stan.post(&action, &[("version", "1")]).await;
        assert_eq!(again.status, StatusCode::CONFLICT, "{}", again.main());
    })
    .await;
}

#[tokio::test]
async fn a_row_of_follow_ups_is_shown_before_it_is_booked_and_cancelled_from_one_on() {
    on_both(async |clinic| {
        let id = booked(clinic, "10:00").await;
        let mut stan = signed_in(clinic, &clinic.staff).await;
        let dora = dora(clinic);
        let page = stan.get(&format!("/appointments/{id}/edit")).await;
        let patient = page.after("name=\"patientId\" value=\"").to_owned();
        let mut fields = vec![
            ("patientId", patient.as_str()),
            ("providerId", dora.as_str()),
            ("date", "2026-11-22"),
            ("time", "10:00"),
            ("appointmentType", "follow_up"),
            ("every", "7d"),
            ("times", "3"),
        ];
        let plan = stan.post("/appointments", &fields).await;
        assert_eq!(plan.status, StatusCode::OK, "{}", plan.main());
        for text in ["Every week, 3 visits", "Sunday 06-Dec-2026, 10:00", "The patient has another visit"] {
            assert!(plan.says(text), "{text}: {}", plan.main());
        }
        let none = stan.post("/appointments/series", &fields).await;
        assert!(none.says("Choose at least one visit."), "{}", none.main());
        fields.push(("visit", "2026-11-22T10:00:00.000Z"));
        fields.push(("visit", "2026-11-29T10:00:00.000Z"));
        fields.push(("visit", "2027-01-01T10:00:00.000Z"));
        let refused = stan.post("/appointments/series", &fields).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.main());
        fields.push(("doubleBookingReason", "asked for it"));
        assert_eq!(stan.post("/appointments/series", &fields).await.status, StatusCode::SEE_OTHER);
        assert!(stan.get("/").await.says("2 visits booked."), "only what belongs to the row");
        let next = stan.get("/calendar?on=2026-11-29").await;
        let details = next.after("data-shift=\"").trim_end_matches("/move").to_owned();
        let visit = stan.get(&details).await;
        assert!(visit.says("Booked in a row") && visit.says("2 visits"), "{}", visit.main());
        let cancel = stan.post(&format!("{details}/cancel-rest"), &[("reason", "moved away")]).await;
        assert_eq!(cancel.location(), details);
        assert!(stan.get(&details).await.says("1 visit cancelled."));
    })
    .await;
}

/// Adds so many providers who come before all others by name.
async fn hire(clinic: &Clinic, number: usize) {
    let mut desk = clinic.desk(&clinic.admin).await;
    for at in 1..=number {
        let new = NewProvider {
            email: Email::parse("email", &format!("aaron-{at}@example.com")).expect("an address"),
            first_name: format!("Nr{at:02}"),
            last_name: "Aaron".to_owned(),
            specialty: None,
            license_number: None,
            role: Role::Provider,
        };
        providers::add(&mut desk, &new, "!").await.expect("kept");
    }
    desk.close().await.expect("kept");
}

#[tokio::test]
async fn a_day_of_very_many_providers_is_shown_twelve_at_a_time() {
    on_both(async |clinic| {
        booked(clinic, "10:00").await;
        hire(clinic, 12).await;
        let mut stan = signed_in(clinic, &clinic.staff).await;
        let heads = |page: &str| page.matches("<th scope=\"col\"><a").count();
        let first = stan.get("/calendar?on=2026-11-22").await;
        assert_eq!(heads(&first.text), 12, "{}", first.main());
        assert!(first.says("1 to 12 of ") && !first.says("<strong>10:00</strong>"), "{}", first.main());
        assert!(first.says("on=2026-11-22&#38;page=2\""), "{}", first.main());
        for page in ["2", "99"] {
            let last = stan.get(&format!("/calendar?on=2026-11-22&page={page}")).await;
            assert!(last.says("13 to ") && last.says("<strong>10:00</strong>"), "{}", last.main());
            assert!(last.says("name=\"back\" value=\"/calendar?on=2026-11-22&#38;page=2\""));
            assert!(heads(&last.text) < 12 && !last.says("rel=\"next\""), "{}", last.main());
        }
        let own = stan.get(&format!("/calendar?on=2026-11-22&provider={}", dora(clinic))).await;
        assert!(own.says("<strong>10:00</strong>") && !own.says("class=\"pager\""), "{}", own.main());
        let week = stan.get("/calendar?on=2026-11-22&view=week&page=2").await;
        assert!(!week.says("class=\"pager\""), "{}", week.main());
    })
    .await;
}
