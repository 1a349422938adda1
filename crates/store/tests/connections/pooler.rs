//! Behind PgBouncer in transaction mode, with fewer server connections than there are clients.

use super::{how_many, open, register, url};
use medrecord_store::{Store, integrity, migrate};
use medrecord_testkit::postgres::private::Cluster;
use std::io::Write as _;

/// A migrated practice behind PgBouncer, which lends two server connections; says aloud where it is not installed.
async fn behind_pooler(schema: &str) -> Option<(Cluster, String)> {
    let mut cluster = Cluster::new()?;
    let direct = open(&cluster.url(&format!("schema={schema}"))).await;
    migrate::deploy(&direct).await.unwrap();
    direct.close().await;
    let Some(address) = cluster.pooler(2) else {
        let _unseen = writeln!(std::io::stderr(), "PgBouncer: not run (it is not installed)");
        return None;
    };
    Some((cluster, format!("{address}?schema={schema}")))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_clients_share_few_server_connections() {
    for schema in ["public", "north"] {
        let Some((_cluster, address)) = behind_pooler(schema).await else { return };
        let address = format!("{address}&pgbouncer=true&sslmode=disable&connection_limit=6");
        let stores = [open(&address).await, open(&address).await];
        let work = stores.iter().flat_map(|store| (0..6).map(|_| store.clone())).map(|store| {
            tokio::spawn(async move {
                for _ in 0..10 {
                    register(&store).await.unwrap();
                    assert!(how_many(&store).await.unwrap() > 0);
                }
            })
        });
        for done in work.collect::<Vec<_>>() {
            done.await.unwrap();
        }
        let [one, other] = stores;
        assert_eq!(how_many(&one).await.unwrap(), 120);
        assert!(migrate::status(&one).await.unwrap().iter().all(|step| step.applied));
        assert!(!integrity::check(&other).await.unwrap().is_empty());
        one.close().await;
        other.close().await;
    }
}

#[tokio::test]
async fn migrations_ask_for_the_server_itself() {
    let Some(mut cluster) = Cluster::new() else { return };
    let Some(address) = cluster.pooler(2) else { return };
    let store = open(&format!("{address}?pgbouncer=true&sslmode=disable")).await;
    let message = migrate::deploy(&store).await.unwrap_err().to_string();
    assert!(message.contains("the server's own address in DATABASE_URL"), "{message}");
    store.close().await;
}

#[tokio::test]
async fn a_pooler_that_is_not_named_is_no_silent_mistake() {
    let Some((_cluster, address)) = behind_pooler("north").await else { return };
    // Without pgbouncer=true the session's start has words that PgBouncer does not take.
    let opened = Store::open(&url(&format!("{address}&sslmode=disable&pool_timeout=2"))).await;
    assert!(opened.is_err());
}
