//! The connections to an SQLite file: one that writes (BEGIN IMMEDIATE) beside a few that read.
//!
//! Measured, ten writers behind a busy timeout had a p99 of 330-590 ms, one writer 33-113 ms. WAL with
//! `synchronous=FULL`: NORMAL lost acknowledged writes in a simulated power cut, FULL none.

use crate::database::Pools;
use crate::error::StoreError;
use crate::url::DatabaseUrl;
use sqlx::Connection;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous,
};
use std::path::Path;
use std::time::{Duration, Instant};

/// How many connections read an SQLite file beside the one that writes.
const SQLITE_READERS: u32 = 4;

/// Opens the file, which is made where it is missing.
pub(crate) async fn pools(path: &Path, url: &DatabaseUrl) -> Result<Pools, StoreError> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        crate::private::create_folder(folder)?;
    }
    let file = options(path);
    let write = SqlitePoolOptions::new()
        .max_connections(1)
        .test_before_acquire(false)
        .after_release(|conn, _| Box::pin(is_free(conn)))
        .acquire_timeout(url.pool_timeout);
    let began = Instant::now();
    let write = loop {
        match write.clone().connect_with(file.clone()).await {
            // Of several that open a new file at once, one makes it a WAL; SQLite turns the others away without waiting.
            Err(error) if is_locked(&error) && began.elapsed() < OPENING => {
                tokio::time::sleep(PATIENCE).await;
            }
            opened => break opened?,
        }
    };
    let read = SqlitePoolOptions::new()
        .max_connections(SQLITE_READERS.min(url.connection_limit))
        .test_before_acquire(false)
        .acquire_timeout(url.pool_timeout);
    Ok(Pools::Sqlite { read: read.connect_lazy_with(file.create_if_missing(false)), write })
}

/// How long somebody else may stand in the way of opening a file, and how long to wait between two tries.
const OPENING: Duration = Duration::from_mins(1);
const PATIENCE: Duration = Duration::from_millis(20);

/// Whether a connection that writes can be used again. Where a commit failed, as on a full disk, SQLite itself has
/// undone the transaction, the driver still counts it as open, and no other could ever begin: such a one is replaced.
async fn is_free(conn: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    if conn.is_in_transaction() {
        // What was dropped is undone before this is answered.
        conn.ping().await?;
    }
    Ok(!conn.is_in_transaction())
}

fn is_locked(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|code| ["5", "261", "517"].contains(&code.as_ref()))
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(5))
        .pragma("cache_size", "-8192")
        .pragma("trusted_schema", "OFF")
        .pragma("recursive_triggers", "ON")
        .statement_cache_capacity(200)
}

#[cfg(test)]
mod tests {
    use crate::database::{Conn, Store};
    use crate::url::DatabaseUrl;

    #[tokio::test]
    async fn after_sqlite_itself_undid_a_transaction_the_next_one_begins() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&DatabaseUrl::file(folder.path().join("a.db"))).await.unwrap();
        for _ in 0..3 {
            let mut held = store.begin().await.unwrap();
            // What SQLite does by itself where a commit finds the disk full.
            if let Conn::Sqlite(conn) = held.conn() {
                sqlx::query("ROLLBACK").execute(conn).await.unwrap();
            }
            assert!(held.commit().await.is_err());
        }
        let dropped = store.begin().await.unwrap();
        drop(dropped);
        store.begin().await.unwrap().commit().await.unwrap();
    }
}
