//! The audit trail holds an event for each act and shows every change made to it by hand.

use medrecord_store::audit::{self, EventFilter, Verdict};
use medrecord_store::{Refusal, patients};
use medrecord_testkit::clinic::{jane_doe_details, on_both};
use std::task::Poll;

#[tokio::test]
async fn reading_and_writing_leave_events_in_a_sound_chain() {
    on_both(async |clinic| {
        let mut desk = clinic.desk(&clinic.staff).await;
        let id = patients::register(&mut desk, &jane_doe_details()).await.unwrap();
        desk.close().await.unwrap();
        clinic.clock.advance(1_000);
        let mut desk = clinic.reading_desk(&clinic.doctor).await;
        patients::get(&mut desk, id).await.unwrap();
        desk.close().await.unwrap();

        let mut desk = clinic.reading_desk(&clinic.admin).await;
        let filter = EventFilter { patient: Some(id), limit: 10, ..EventFilter::default() };
        let events = audit::list(&mut desk, &filter).await.unwrap();
        let told: Vec<(&str, &str)> =
            events.iter().map(|e| (e.actor_name.as_str(), e.action.as_str())).collect();
        assert_eq!(told, [("Dora Doctor", "read"), ("Stan Staff", "create")]);
        let verdict = audit::verify(&mut desk).await.unwrap();
        assert_eq!(verdict, Verdict::Sound(6), "three people were hired and look-alikes sought before");
    })
    .await;
}

#[tokio::test]
async fn many_looks_at_once_leave_one_event_each_in_sound_chains() {
    on_both(async |clinic| {
        let looks = (0..40).map(|_| async {
            let mut desk = clinic.reading_desk(&clinic.doctor).await;
            patients::list(&mut desk, None, 10).await.unwrap();
            patients::count(&mut desk).await.unwrap();
            patients::list(&mut desk, None, 5).await.unwrap();
            desk.close().await.unwrap();
        });
        let mut waiting: Vec<_> = looks.map(Box::pin).collect();
        std::future::poll_fn(|context| {
            waiting.retain_mut(|look| look.as_mut().poll(context).is_pending());
            if waiting.is_empty() { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
        let mut desk = clinic.reading_desk(&clinic.admin).await;
        assert_eq!(audit::verify(&mut desk).await.unwrap(), Verdict::Sound(3 + 80));
    })
    .await;
}

#[tokio::test]
async fn the_trail_is_for_admins() {
    on_both(async |clinic| {
        let mut desk = clinic.reading_desk(&clinic.doctor).await;
        let refused = audit::list(&mut desk, &EventFilter::default()).await;
        assert!(matches!(refused, Err(Refusal::NotAllowed(_))), "{refused:?}");
    })
    .await;
}
