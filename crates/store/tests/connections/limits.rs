//! Nobody waits for ever: not for a connection, not for a server that does not answer, not for a statement.

use super::{machine, open, url};
use medrecord_store::{Store, StoreError, server};
use medrecord_testkit::postgres;
use std::net::TcpListener;
use std::time::{Duration, Instant};

/// The shared server's own database with parameters.
fn shared(parameters: &str) -> Option<String> {
    Some(format!("{}?{parameters}", postgres::server()?.admin_url))
}

#[tokio::test]
async fn who_finds_no_free_connection_in_time_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let file = format!("file:{}/x.db?connection_limit=1&pool_timeout=1", folder.path().display());
    for address in [Some(file), shared("connection_limit=1&pool_timeout=1")].into_iter().flatten() {
        let store = open(&address).await;
        let held = store.read_desk(machine()).await.unwrap();
        let begun = Instant::now();
        let Err(error) = store.read_desk(machine()).await else { panic!("{address}: two at once") };
        assert!(error.is_unreachable(), "{address}: {error}");
        assert!((1..9).contains(&begun.elapsed().as_secs()), "{address}: {:?}", begun.elapsed());
        let read = store.meters();
        assert_eq!((read.timeouts, read.loans.count() > 0), (1, true), "{address}");
        drop(held);
        store.read_desk(machine()).await.unwrap();
        store.close().await;
    }
}

#[tokio::test]
async fn a_statement_that_takes_too_long_is_given_up() {
    let Some(address) = shared("statement_timeout=1") else { return };
    let store = open(&address).await;
    let begun = Instant::now();
    let error = store.by_hand("SELECT pg_sleep(20)").await.unwrap_err();
    assert!(error.is_too_slow() && !error.is_unreachable(), "{error:?}");
    assert!(begun.elapsed() < Duration::from_secs(10));
    store.close().await;
}

#[tokio::test]
async fn a_server_that_never_answers_is_given_up() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let address =
        format!("postgresql://u@127.0.0.1:{port}/d?sslmode=disable&connect_timeout=1&pool_timeout=60");
    let begun = Instant::now();
    let error = Store::open(&url(&address)).await.unwrap_err();
    assert!(error.is_unreachable(), "{error:?}");
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named_without_its_password() {
    let address = "postgresql://u:secret@127.0.0.1:9/d?connect_timeout=1&pool_timeout=2";
    let Err(error) = Store::open(&url(address)).await else { panic!("nothing listens on port 9") };
    assert!(matches!(error, StoreError::Unreachable(_)), "{error:?}");
    assert!(!format!("{error:?} {error}").contains("secret"));
    // The rehearsal's own functions say the same.
    assert!(server::drop(&url(address), "x").await.is_err());
}
