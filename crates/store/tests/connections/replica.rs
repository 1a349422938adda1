//! Lists are read from a replica, except by who wrote something that it does not have yet.

use super::{how_many, open, url};
use medrecord_clinic::ids::ProviderId;
use medrecord_clinic::provider::Role;
use medrecord_store::{Actor, Store, Via, migrate, patients};
use medrecord_testkit::Clinic;
use medrecord_testkit::clinic::jane_doe_details;
use medrecord_testkit::postgres::private::Cluster;
use std::time::Duration;

async fn listed(store: &Store, actor: &Actor) -> i64 {
    let mut desk = store.lookup_desk(actor.clone()).await.unwrap();
    let count = patients::count(&mut desk).await.unwrap();
    desk.close().await.unwrap();
    count
}

async fn register_as(store: &Store, actor: &Actor) {
    let mut desk = store.write_desk(actor.clone()).await.unwrap();
    patients::register_anyway(&mut desk, &jane_doe_details()).await.unwrap();
    desk.close().await.unwrap();
}

/// Halts or lets go on what the replica applies, by its own address.
async fn apply(replica: &Cluster, on: bool) {
    let store = open(&replica.url("")).await;
    let sql = if on { "SELECT pg_wal_replay_resume()" } else { "SELECT pg_wal_replay_pause()" };
    store.by_hand(sql).await.unwrap();
    store.close().await;
}

async fn within(seconds: u64, so: impl AsyncFn() -> bool) {
    for _ in 0..seconds * 20 {
        if so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("not within {seconds} s");
}

#[tokio::test]
async fn who_wrote_sees_it_at_once_and_everybody_else_when_the_replica_has_it() {
    let Some(main) = Cluster::new() else { return };
    let clinic = Clinic::on_server(&url(&main.url(""))).await;
    let follower = main.replica();
    let store = open(&main.url("")).await.with_replica(&url(&follower.url(""))).await.unwrap();
    let (doctor, staff) = (&clinic.doctor, &clinic.staff);
    assert!(store.replica().unwrap().in_use);

    // The replica has everything but applies nothing more: whoever reads there stands still.
    apply(&follower, false).await;
    register_as(&store, doctor).await;
    assert_eq!(listed(&store, doctor).await, 1);
    assert_eq!(listed(&store, staff).await, 0, "this one is read on the replica");
    assert_eq!(how_many(&store).await.unwrap(), 1, "what is decided on is read on the main server");
    within(3, async || store.replica().unwrap().behind.is_some_and(|behind| !behind.is_zero())).await;

    apply(&follower, true).await;
    within(10, async || listed(&store, staff).await == 1).await;
    assert_eq!(listed(&store, doctor).await, 1);
    within(3, async || store.replica().unwrap().behind == Some(Duration::ZERO)).await;

    // Without the replica everything is read on the main server, and nobody notices.
    follower.crash();
    register_as(&store, doctor).await;
    within(10, async || listed(&store, staff).await == 2).await;
    within(10, async || !store.replica().unwrap().in_use).await;
    follower.start();
    within(10, async || store.replica().unwrap().in_use).await;
    store.close().await;
    clinic.end().await;
}

#[tokio::test]
async fn what_is_no_replica_of_this_database_is_refused() {
    let Some(main) = Cluster::new() else { return };
    let store = open(&main.url("")).await;
    migrate::deploy(&store).await.unwrap();
    let refused = async |store: Store, address: &str| {
        store.with_replica(&url(address)).await.err().map(|error| error.to_string()).unwrap_or_default()
    };
    let message = refused(store.clone(), &main.url("")).await;
    assert!(message.starts_with("MEDRECORD_READ_URL is a main server itself"), "{message}");
    let message = refused(store.clone(), "file:./x.db").await;
    assert!(message.contains("is not a PostgreSQL server"), "{message}");
    let message = refused(store.clone(), &main.url("schema=north")).await;
    assert!(message.contains("another schema"), "{message}");
    let other = Cluster::new().unwrap();
    let message = refused(store.clone(), &other.url("")).await;
    assert!(message.contains("another cluster"), "{message}");
    store.close().await;

    let folder = tempfile::tempdir().unwrap();
    let file = open(&format!("file:{}/x.db", folder.path().display())).await;
    let message = refused(file, &main.url("")).await;
    assert!(message.contains("an SQLite file has no replica"), "{message}");
}

/// Somebody without an account, as a command on the machine, reads on the main server.
#[tokio::test]
async fn a_desk_for_looking_things_up_is_an_ordinary_one_without_a_replica() {
    medrecord_testkit::on_both(async |clinic| {
        let stranger = Actor::provider(ProviderId::from(uuid()), "Nina Nobody", Role::Staff, Via::Page);
        register_as(&clinic.store, &clinic.doctor).await;
        assert_eq!(listed(&clinic.store, &stranger).await, 1);
        assert_eq!(listed(&clinic.store, &super::machine()).await, 1);
        assert!(clinic.store.replica().is_none());
    })
    .await;
}

fn uuid() -> uuid::Uuid {
    uuid::Uuid::from_u128(7)
}
