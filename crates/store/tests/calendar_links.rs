//! Secret links to a calendar without names, alike on both databases.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail at once")]

use medrecord_clinic::appointment::{AppointmentForm, Step};
use medrecord_clinic::blocked_time::BlockedTimeForm;
use medrecord_clinic::ids::PatientId;
use medrecord_clinic::practice::Practice;
use medrecord_clinic::time::{Instant, Zone};
use medrecord_store::audit::{self, EventFilter};
use medrecord_store::calendar_links::{self, Feed, Opened};
use medrecord_store::{Actor, Refusal, appointments, blocked_times, patients, providers};
use medrecord_testkit::clinic::{Clinic, jane_doe_details, on_both};

async fn made(clinic: &Clinic, actor: &Actor, of_everybody: bool) -> String {
    let mut desk = clinic.desk(actor).await;
    let secret = calendar_links::make(&mut desk, of_everybody).await.unwrap();
    desk.close().await.unwrap();
    secret
}

async fn opened(clinic: &Clinic, secret: &str) -> Option<Opened> {
    calendar_links::open(&clinic.store, secret).await.unwrap()
}

/// The calendar of a secret, from a month back to half a year ahead.
async fn feed(clinic: &Clinic, secret: &str) -> Feed {
    let link = opened(clinic, secret).await.unwrap();
    let mut desk = clinic.store.read_desk(link.actor(None)).await.unwrap();
    let at = |text: &str| text.parse::<Instant>().unwrap();
    let stretch = (at("2026-10-23T00:00:00Z"), at("2027-05-22T00:00:00Z"));
    let feed = calendar_links::feed(&mut desk, &link, stretch).await.unwrap();
    desk.close().await.unwrap();
    feed
}

/// A follow-up of Jane, who is invented, with somebody tomorrow.
async fn book(
    clinic: &Clinic,
    jane: PatientId,
    with: &Actor,
    time: &str,
) -> medrecord_clinic::ids::AppointmentId {
    let form = AppointmentForm {
        patient_id: jane.to_string(),
        provider_id: with.id.unwrap().to_string(),
        date: "2026-11-23".to_owned(),
        time: time.to_owned(),
        appointment_type: "follow_up".to_owned(),
        reason_for_visit: "a reason that stays inside".to_owned(),
        ..AppointmentForm::default()
    };
    let details = form.parse(Zone::UTC, clinic.today()).unwrap();
    let mut desk = clinic.desk(&clinic.staff).await;
    let id = appointments::book(&mut desk, &Practice::unnamed(Zone::UTC), &details).await.unwrap();
    desk.close().await.unwrap();
    id
}

async fn block(clinic: &Clinic, whose: &str, from: &str) {
    let form = BlockedTimeForm {
        provider_id: whose.to_owned(),
        kind: "closed".to_owned(),
        from_date: from.to_owned(),
        note: "a note that stays inside".to_owned(),
        ..BlockedTimeForm::default()
    };
    let mut desk = clinic.desk(&clinic.staff).await;
    blocked_times::add(&mut desk, &form.parse(Zone::UTC).unwrap()).await.unwrap();
    desk.close().await.unwrap();
}

fn said(feed: &Feed) -> Vec<(String, Option<&str>, bool)> {
    let words = |item: &calendar_links::FeedItem| {
        format!("{} {}", item.kind.in_words(), Zone::UTC.clock(item.slot.from))
    };
    feed.items.iter().map(|item| (words(item), item.whose.as_deref(), item.is_cancelled)).collect()
}

#[tokio::test]
async fn a_calendar_shows_when_and_of_which_kind_and_nothing_that_says_who() {
    on_both(async |clinic| {
        let mut desk = clinic.desk(&clinic.staff).await;
        let jane: PatientId = desk.fresh_id().unwrap();
        patients::register_as(&mut desk, jane, "MR-1", &jane_doe_details()).await.unwrap();
        desk.close().await.unwrap();
        let nine = book(clinic, jane, &clinic.doctor, "09:00").await;
        book(clinic, jane, &clinic.admin, "10:00").await;
        block(clinic, "", "2026-12-25").await;
        block(clinic, &clinic.admin.id.unwrap().to_string(), "2026-12-24").await;
        let own = made(clinic, &clinic.doctor, false).await;
        let mine = feed(clinic, &own).await;
        let closed = ("Closed 00:00".to_owned(), None, false);
        assert_eq!(said(&mine), [("Follow-up 09:00".to_owned(), None, false), closed.clone()]);
        let text = format!("{mine:?}");
        for inside in ["Jane", "Doe", "MR-1", "stays inside", &jane.to_string(), &nine.to_string()] {
            assert!(!text.contains(inside), "{inside}: {text}");
        }
        let all = feed(clinic, &made(clinic, &clinic.staff, true).await).await;
        let (dora, ada) = (Some("Dora Doctor"), Some("Ada Admin"));
        let nine_of_all = ("Follow-up 09:00".to_owned(), dora, false);
        let ten = ("Follow-up 10:00".to_owned(), ada, false);
        assert_eq!(said(&all), [nine_of_all, ten, ("Closed 00:00".to_owned(), ada, false), closed]);

        let mut desk = clinic.desk(&clinic.staff).await;
        let step = Step::Cancel("patient called".to_owned());
        appointments::advance(&mut desk, Zone::UTC, nine, 1, &step).await.unwrap();
        desk.close().await.unwrap();
        let after = feed(clinic, &own).await;
        assert!(after.items[0].is_cancelled && after.items[0].sequence == 1);
        assert_eq!(after.items[0].uid, mine.items[0].uid, "the same entry");
    })
    .await;
}

#[tokio::test]
async fn a_link_is_replaced_withdrawn_and_dies_with_its_owners_account() {
    on_both(async |clinic| {
        let first = made(clinic, &clinic.doctor, false).await;
        let all = made(clinic, &clinic.doctor, true).await;
        let second = made(clinic, &clinic.doctor, false).await;
        assert_eq!(first.len(), 64);
        assert!(opened(clinic, &first).await.is_none(), "replaced");
        assert!(opened(clinic, &all).await.is_some(), "the other calendar's stays");
        for unknown in [
            "",
            "x",
            &second.chars().skip(1).collect::<String>(),
            &second.to_uppercase(),
            &format!("{second} "),
        ] {
            assert!(opened(clinic, unknown).await.is_none(), "{unknown}");
        }
        let mut desk = clinic.desk(&clinic.staff).await;
        let own = calendar_links::make(&mut desk, false).await;
        assert!(matches!(own, Err(Refusal::Rule(_))), "staff see nobody: {own:?}");
        let id = opened(clinic, &second).await.unwrap().id;
        let theirs = calendar_links::withdraw(&mut desk, id).await;
        assert!(matches!(theirs, Err(Refusal::NotFound(_))), "{theirs:?}");
        drop(desk);
        let mut desk = clinic.desk(&clinic.doctor).await;
        assert_eq!(calendar_links::own(&mut desk).await.unwrap().len(), 2);
        calendar_links::withdraw(&mut desk, id).await.unwrap();
        assert_eq!(calendar_links::own(&mut desk).await.unwrap().len(), 1);
        desk.close().await.unwrap();
        assert!(opened(clinic, &second).await.is_none(), "withdrawn");
        let mut desk = clinic.desk(&clinic.admin).await;
        providers::disable(&mut desk, clinic.doctor.id.unwrap()).await.unwrap();
        desk.close().await.unwrap();
        assert!(opened(clinic, &all).await.is_none(), "the account is closed");
    })
    .await;
}

#[tokio::test]
async fn the_first_reading_of_each_day_is_in_the_trail_and_the_last_use_is_kept() {
    on_both(async |clinic| {
        let secret = made(clinic, &clinic.doctor, false).await;
        for _ in 0..3 {
            let link = opened(clinic, &secret).await.unwrap();
            calendar_links::read(&clinic.store, &link, None, Zone::UTC).await.unwrap();
            clinic.clock.advance(10 * 60_000);
        }
        let events = async || {
            let mut desk = clinic.reading_desk(&clinic.admin).await;
            let filter = EventFilter { limit: 1_000, ..EventFilter::default() };
            let all = audit::list(&mut desk, &filter).await.unwrap();
            all.iter().filter(|event| event.entity == "calendar_feed" && event.action == "export").count()
        };
        assert_eq!(events().await, 1, "three readings of one day");
        let mut desk = clinic.reading_desk(&clinic.doctor).await;
        let used = calendar_links::own(&mut desk).await.unwrap()[0].last_used_at.unwrap();
        assert_eq!(Zone::UTC.clock(used), "09:20");
        drop(desk);
        clinic.clock.advance(24 * 60 * 60_000);
        let link = opened(clinic, &secret).await.unwrap();
        calendar_links::read(&clinic.store, &link, None, Zone::UTC).await.unwrap();
        assert_eq!(events().await, 2, "the next day");
    })
    .await;
}
