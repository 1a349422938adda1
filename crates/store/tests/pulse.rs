//! How the database is doing, on both.

#![cfg(test)]

use medrecord_store::{Refusal, pulse};
use medrecord_testkit::on_both;

#[tokio::test]
async fn the_pulse_tells_database_pool_and_times() {
    on_both(async |clinic| {
        let mut desk = clinic.reading_desk(&clinic.admin).await;
        let before = pulse::feel(&mut desk).await.unwrap();
        let after = pulse::feel(&mut desk).await.unwrap();
        desk.close().await.unwrap();
        assert_eq!(before.kind, clinic.store.kind());
        assert!(before.version.starts_with(|c: char| c.is_ascii_digit()) && before.bytes > 100_000);
        assert_eq!(before.server_connections.is_some(), before.kind == "PostgreSQL");
        assert!(before.pools.iter().all(|pool| pool.size <= pool.limit && pool.idle <= pool.size));
        assert_eq!(before.pools.iter().map(pulse::PoolState::in_use).sum::<u32>(), 1, "this desk's own");
        assert!(after.meters.statements.count() > before.meters.statements.count());
        assert!(before.meters.loans.count() >= 4, "three people were hired and this desk was opened");
        assert_eq!((before.meters.timeouts, before.meters.outages), (0, 0));
    })
    .await;
}

#[tokio::test]
async fn only_an_administrator_feels_it() {
    on_both(async |clinic| {
        for actor in [&clinic.doctor, &clinic.staff] {
            let mut desk = clinic.reading_desk(actor).await;
            assert!(matches!(pulse::feel(&mut desk).await, Err(Refusal::NotAllowed(_))));
        }
    })
    .await;
}
