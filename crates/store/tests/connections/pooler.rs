//! Behind PgBouncer in transaction mode, with fewer server connections than there are clients.

use super::{how_many, open, register, url};
use medrecord_store::browse::{self, Count, Lens, console};
use medrecord_store::{Actor, Store, Via, integrity, migrate};
use medrecord_testkit::postgres::private::Cluster;
use sqlx::{Connection as _, Row as _};
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

/// What the server connections behind the pooler have been left with; each is asked several times.
async fn left_behind(address: &str) -> Vec<(String, String, i64)> {
    let options: sqlx::postgres::PgConnectOptions = address.split('?').next().unwrap().parse().unwrap();
    let options = options.ssl_mode(sqlx::postgres::PgSslMode::Disable).extra_float_digits(None);
    let mut conn = sqlx::PgConnection::connect_with(&options).await.unwrap();
    let asked =
        "SELECT current_setting('statement_timeout'), current_setting('default_transaction_read_only'),
        (SELECT count(*) FROM pg_class WHERE relpersistence = 't')";
    let mut all = Vec::new();
    for _ in 0..8 {
        let row = sqlx::raw_sql(asked).fetch_one(&mut conn).await.unwrap();
        all.push((row.get(0), row.get(1), row.get(2)));
    }
    conn.close().await.unwrap();
    all
}

#[tokio::test]
async fn the_studio_leaves_nothing_in_a_session_that_others_are_lent() {
    let Some((_cluster, address)) = behind_pooler("public").await else { return };
    let store = open(&format!("{address}&pgbouncer=true&sslmode=disable")).await;
    register(&store).await.unwrap();
    let admin = Actor::machine("studio", Via::Page);
    let lens = Lens { uncovered: ["patients".to_owned()].into() };
    for _ in 0..4 {
        let mut desk = store.read_desk(admin.clone()).await.unwrap();
        let catalogue = browse::catalogue(&mut desk).await.unwrap();
        let table = catalogue.table("patients").unwrap();
        let counted = browse::count(&mut desk, (&catalogue, &lens), table, &[]).await.unwrap();
        assert_eq!(counted, Count::Exactly(1));
        let sql = "SELECT current_setting('statement_timeout'), (SELECT count(*) FROM providers)";
        let answer = console::run(&mut desk, &store, &catalogue, sql, console::Ask::Rows).await.unwrap();
        assert_eq!(answer.rows[0][0].as_deref(), Some("5s"));
        let sly = "WITH gone AS (DELETE FROM patients RETURNING 1) SELECT * FROM gone";
        let refused = console::run(&mut desk, &store, &catalogue, sly, console::Ask::Rows).await.unwrap_err();
        assert!(refused.to_string().contains("read-only"), "{refused}");
        desk.close().await.unwrap();
    }
    assert_eq!(how_many(&store).await.unwrap(), 1);
    store.close().await;
    for (timeout, read_only, temporary) in left_behind(&address).await {
        assert_eq!((timeout.as_str(), read_only.as_str(), temporary), ("0", "off", 0));
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
