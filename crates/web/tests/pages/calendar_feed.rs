//! The calendar that a program reads under a secret link, on both databases.

#![cfg(test)]

use crate::day::booked;
use crate::support::{browser, signed_in};
use axum::http::{Method, StatusCode};
use medrecord_testkit::clinic::on_both;

/// Where the link on the page leads.
fn path(page: &medrecord_testkit::browser::Answer) -> String {
    let link = page.main().split("<code>").nth(1).expect("a link").split("</code>").next().expect("its end");
    let at = link.find("/calendar/").expect("a calendar");
    link.split_at(at).1.to_owned()
}

#[tokio::test]
async fn a_calendar_program_reads_kinds_and_times_under_a_secret_link_and_never_a_name() {
    on_both(async |clinic| {
        booked(clinic, "10:00").await;
        let mut dora = signed_in(clinic, &clinic.doctor).await;
        assert!(dora.get("/settings/account").await.says("/settings/account/calendar"));
        let before = dora.get("/settings/account/calendar").await;
        assert!(before.says("Make a link to: Your visits"), "{}", before.main());
        let made = dora.post("/settings/account/calendar", &[("of", "own")]).await;
        assert!(made.says("it is shown this once"), "{}", made.main());
        let path = path(&made);
        assert!(!dora.get("/settings/account/calendar").await.says(&path), "shown once");

        let mut program = browser(clinic);
        let answer = program.get(&path).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        assert_eq!(answer.header("content-type"), "text/calendar; charset=utf-8");
        assert_eq!(answer.header("cache-control"), "private, no-cache");
        assert!(answer.header("set-cookie").is_empty(), "nobody is signed in by it");
        for line in ["BEGIN:VCALENDAR", "DTSTART:20261122T100000Z", "SUMMARY:Sick visit", "STATUS:CONFIRMED"]
        {
            assert!(answer.says(&format!("{line}\r\n")), "{line}: {}", answer.text);
        }
        for inside in ["Jane", "Doe", "MR-", "Roe"] {
            assert!(!answer.says(inside), "{inside}: {}", answer.text);
        }
        let tag = answer.header("etag").to_owned();
        let known = [("if-none-match", tag.as_str())];
        let again = program.send(Method::GET, &path, &known, Vec::new()).await;
        assert_eq!((again.status, again.text.as_str()), (StatusCode::NOT_MODIFIED, ""));
        booked(clinic, "11:00").await;
        let changed = program.send(Method::GET, &path, &known, Vec::new()).await;
        assert_eq!(changed.status, StatusCode::OK, "something changed");
        assert!(changed.says("DTSTART:20261122T110000Z"), "{}", changed.text);
        let page = dora.get("/settings/account/calendar").await;
        assert!(page.says("last read 22-Nov-2026 09:00"), "{}", page.main());

        let id = page.after("/settings/account/calendar/").split('/').next().expect("an id").to_owned();
        dora.post(&format!("/settings/account/calendar/{id}/withdraw"), &[]).await;
        assert_eq!(program.get(&path).await.status, StatusCode::NOT_FOUND, "withdrawn");
    })
    .await;
}

#[tokio::test]
async fn whoever_guesses_secrets_or_asks_without_end_is_told_to_wait() {
    on_both(async |clinic| {
        let mut stan = signed_in(clinic, &clinic.staff).await;
        let page = stan.get("/settings/account/calendar").await;
        assert!(!page.says("Your visits"), "staff see nobody: {}", page.main());
        let own = stan.post("/settings/account/calendar", &[("of", "own")]).await;
        assert_eq!(own.status, StatusCode::CONFLICT, "{}", own.main());
        let made = stan.post("/settings/account/calendar", &[("of", "everybody")]).await;
        let path = path(&made);
        for _ in 0..60 {
            assert_eq!(stan.get(&path).await.status, StatusCode::OK);
        }
        let much = stan.get(&path).await;
        assert_eq!((much.status, much.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "901"));
        clinic.clock.advance(15 * 60_000);
        assert_eq!(stan.get(&path).await.status, StatusCode::OK);
        for _ in 0..30 {
            assert_eq!(stan.get("/calendar/guess.ics").await.status, StatusCode::NOT_FOUND);
        }
        assert_eq!(stan.get("/calendar/guess.ics").await.status, StatusCode::TOO_MANY_REQUESTS);
    })
    .await;
}
