//! A server that stops and starts again under a practice that goes on working.

use super::{how_many, open, register};
use medrecord_store::{Refusal, Store, Via, audit, migrate};
use medrecord_testkit::postgres::private::Cluster;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering::SeqCst};
use std::time::{Duration, Instant};

fn is_passing(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::Store(error) if error.is_unreachable())
}

#[tokio::test]
async fn an_outage_is_an_answer_in_time_and_the_way_back_is_found() {
    let Some(cluster) = Cluster::new() else { return };
    let store = open(&cluster.url("connect_timeout=2")).await;
    migrate::deploy(&store).await.unwrap();
    register(&store).await.unwrap();

    cluster.crash();
    let begun = Instant::now();
    let refusal = register(&store).await.unwrap_err();
    assert!(is_passing(&refusal), "{refusal:?}");
    // Not the ten seconds that somebody waits for a connection.
    assert!(begun.elapsed() < Duration::from_secs(9), "{:?}", begun.elapsed());
    // Whoever comes when it has been gone for long is not made to wait as well.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let mut quickest = Duration::MAX;
    for _ in 0..20 {
        let begun = Instant::now();
        assert!(is_passing(&how_many(&store).await.unwrap_err()));
        quickest = quickest.min(begun.elapsed());
    }
    assert!(quickest < Duration::from_secs(1), "{quickest:?}");
    assert_eq!(store.meters().outages, 1);

    cluster.start();
    let begun = Instant::now();
    while let Err(refusal) = register(&store).await {
        assert!(is_passing(&refusal) && begun.elapsed() < Duration::from_mins(1), "{refusal:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(how_many(&store).await.unwrap(), 2);
    store.close().await;
}

/// Registers patients until told to stop; counts those whose keeping was acknowledged, and those nobody knows of.
async fn work(store: Store, stop: Arc<AtomicBool>, kept: Arc<AtomicI64>, open: Arc<AtomicI64>) {
    while !stop.load(SeqCst) {
        match register(&store).await {
            Ok(()) => kept.fetch_add(1, SeqCst),
            Err(Refusal::Store(error)) if error.is_uncertain() => open.fetch_add(1, SeqCst),
            Err(refusal) => {
                assert!(is_passing(&refusal), "{refusal:?}");
                tokio::time::sleep(Duration::from_millis(20)).await;
                0
            }
        };
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_outlives_restarts_and_nothing_is_half_done() {
    let Some(cluster) = Cluster::new() else { return };
    // A crash must lose nothing, so this one syncs.
    cluster.add_settings("fsync = on\nfull_page_writes = on\n");
    cluster.stop();
    cluster.start();
    let store = open(&cluster.url("connection_limit=4")).await;
    migrate::deploy(&store).await.unwrap();
    let (stop, kept, unsure) = (Arc::default(), Arc::<AtomicI64>::default(), Arc::<AtomicI64>::default());
    let workers: Vec<_> = (0..8)
        .map(|_| tokio::spawn(work(store.clone(), Arc::clone(&stop), Arc::clone(&kept), Arc::clone(&unsure))))
        .collect();
    let mut at_each = Vec::new();
    for round in 0..3 {
        tokio::time::sleep(Duration::from_millis(400)).await;
        if round == 1 {
            cluster.stop();
        } else {
            cluster.crash();
        }
        cluster.start();
        let (before, up) = (kept.load(SeqCst), Instant::now());
        while kept.load(SeqCst) == before {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        at_each.push(up.elapsed());
    }
    stop.store(true, SeqCst);
    for worker in workers {
        worker.await.unwrap();
    }
    let (kept, unsure, there) = (kept.load(SeqCst), unsure.load(SeqCst), how_many(&store).await.unwrap());
    assert!(kept > 0 && there >= kept && there <= kept + unsure, "{kept} kept, {unsure} open, {there} there");
    // Measured 0.1 to 0.3 s on a quiet machine; nobody may have slept through the server's return.
    assert!(at_each.iter().all(|took| *took <= Duration::from_secs(5)), "back in work after {at_each:?}");
    // Every patient has an event and every event its place in the chain.
    let mut desk = store.read_desk(medrecord_store::Actor::machine("test", Via::Command)).await.unwrap();
    let verdict = audit::verify(&mut desk).await.unwrap();
    assert!(matches!(verdict, audit::Verdict::Sound(_)), "{verdict:?}");
    drop(desk);
    store.close().await;
}
