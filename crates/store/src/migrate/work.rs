//! One starter at a time, in one transaction: what changes the schema holds a [`Work`], and dropping it undoes all.
//!
//! PostgreSQL: an advisory lock that ends with the transaction itself, so that a starter who comes after a killed one
//! waits until the server has undone the killed one's statements; it works behind a pooler too. SQLite: a lock on a
//! file beside the database, which the system frees when the process dies, then BEGIN IMMEDIATE. Foreign keys are
//! off while a schema changes, because dropping a table would empty its children, and checked before the commit.

use crate::audit::{self, Deed, Event};
use crate::column::Key;
use crate::database::{Conn, Held, Pools, Store};
use crate::desk::{Actor, Desk, Via};
use crate::error::StoreError;
use crate::medical_records;
use sqlx::pool::PoolConnection;
use sqlx::{Postgres, Sqlite, SqlitePool};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long one who waits sleeps between two tries.
const PATIENCE: Duration = Duration::from_millis(50);
/// As many signed records as can be read again while others wait.
const SIGNED: &str =
    "SELECT id FROM medical_records WHERE is_draft = FALSE ORDER BY signed_at DESC LIMIT 2000";
/// The advisory lock of migrations, one in each database: "medrecmi" in ASCII.
const LOCK: i64 = 0x6d65_6472_6563_6d69;

/// An open transaction that alone may change the schema.
pub(crate) struct Work {
    held: Held,
    /// Held as long as this lives; PostgreSQL needs none.
    file: Option<FileLock>,
}

impl Work {
    /// Waits until nobody else changes the schema, and begins.
    pub(crate) async fn begin(store: &Store) -> Result<Self, StoreError> {
        crate::schema::prepare(store).await?;
        match &store.pools {
            Pools::Sqlite { write, .. } => Self::sqlite(write).await,
            Pools::Postgres(pool) => loop {
                let mut conn = pool.acquire().await?;
                if try_lock(&mut conn).await? {
                    conn.close_on_drop();
                    return Ok(Self { held: Held::PostgresRead(conn), file: None });
                }
                drop(conn);
                tokio::time::sleep(PATIENCE).await;
            },
        }
    }

    async fn sqlite(pool: &SqlitePool) -> Result<Self, StoreError> {
        let file = FileLock::take(&lock_file(pool.connect_options().get_filename())).await?;
        let mut conn: PoolConnection<Sqlite> = pool.acquire().await?;
        conn.close_on_drop();
        for sql in ["PRAGMA foreign_keys = OFF", "BEGIN IMMEDIATE"] {
            sqlx::raw_sql(sql).execute(&mut *conn).await?;
        }
        Ok(Self { held: Held::SqliteRead(conn), file: Some(file) })
    }

    pub(crate) fn conn(&mut self) -> Conn<'_> {
        self.held.conn()
    }

    pub(crate) fn timer(&self) -> crate::meters::Timer {
        self.held.timer()
    }

    /// Runs a text of any number of statements.
    pub(crate) async fn run(&mut self, sql: sqlx::SqlStr) -> Result<(), sqlx::Error> {
        match self.conn() {
            Conn::Sqlite(conn) => sqlx::raw_sql(sql).execute(conn).await.map(|_| ()),
            Conn::Postgres(conn) => sqlx::raw_sql(sql).execute(conn).await.map(|_| ()),
        }
    }

    /// Runs a statement put together from names of the database's own catalogue.
    pub(crate) async fn run_made(&mut self, sql: String) -> Result<(), sqlx::Error> {
        use sqlx::SqlSafeStr;
        self.run(sqlx::AssertSqlSafe(sql).into_sql_str()).await
    }

    /// Refuses where a row points to one that is not there; PostgreSQL has looked already.
    pub(crate) async fn check_foreign_keys(&mut self) -> Result<(), StoreError> {
        let Conn::Sqlite(conn) = self.conn() else { return Ok(()) };
        let orphan: Option<(String, Option<i64>, String)> =
            sqlx::query_as("SELECT \"table\", rowid, parent FROM pragma_foreign_key_check LIMIT 1")
                .fetch_optional(conn)
                .await?;
        match orphan {
            None => Ok(()),
            Some((table, row, parent)) => Err(StoreError::Migration(format!(
                "row {} of {table} would point to a row of {parent} that is not there; nothing was changed",
                row.unwrap_or(0)
            ))),
        }
    }

    /// Keeps what was done.
    pub(crate) async fn commit(mut self) -> Result<(), StoreError> {
        self.check_foreign_keys().await?;
        self.run(sqlx::SqlStr::from_static("COMMIT")).await?;
        // The connection is closed, not given back: its foreign keys are off.
        self.close().await
    }

    /// Keeps what was done and goes on in a new transaction, the lock held all along.
    pub(crate) async fn commit_and_go_on(&mut self) -> Result<(), StoreError> {
        self.lock_for_longer().await?;
        self.run(sqlx::SqlStr::from_static("COMMIT")).await?;
        Ok(())
    }

    /// Begins the next transaction after [`Self::commit_and_go_on`].
    pub(crate) async fn begin_again(&mut self) -> Result<(), StoreError> {
        let begin = match self.conn() {
            Conn::Sqlite(_) => "BEGIN IMMEDIATE",
            Conn::Postgres(_) => "BEGIN",
        };
        self.run(sqlx::SqlStr::from_static(begin)).await?;
        Ok(())
    }

    async fn lock_for_longer(&mut self) -> Result<(), StoreError> {
        if let Conn::Postgres(conn) = self.conn() {
            sqlx::query("SELECT pg_advisory_lock($1)").bind(LOCK).execute(conn).await?;
        }
        Ok(())
    }

    /// Lets the program read the newest signed records as they would be now, and counts those true to their
    /// signature.
    pub(crate) async fn recompute(self, store: &Store) -> Result<(Self, usize), StoreError> {
        let Self { mut held, file } = self;
        let newest: Vec<(Key,)> = match held.conn() {
            Conn::Sqlite(conn) => sqlx::query_as(SIGNED).fetch_all(conn).await?,
            Conn::Postgres(conn) => sqlx::query_as(SIGNED).fetch_all(conn).await?,
        };
        let mut desk = Desk::new(store.clone(), held, Actor::machine("migrate", Via::Command));
        let mut count = 0;
        for (key,) in newest {
            let sound = medical_records::verify_digest(&mut desk, key.id()).await.map_err(|error| {
                StoreError::Migration(format!(
                    "a signed record cannot be read after the migration ({error}); nothing was changed"
                ))
            })?;
            count += usize::from(sound);
        }
        Ok((Self { held: desk.into_held(), file }, count))
    }

    /// Writes an event of the trail, to be kept with the rest.
    pub(crate) async fn note(&mut self, store: &Store, event: Event) -> Result<(), StoreError> {
        let actor = Actor::machine("migrate", Via::Command);
        let deed = Deed { actor, now: store.clock().now(), events: vec![event] };
        audit::write(&mut self.held, &deed, store).await
    }

    async fn close(self) -> Result<(), StoreError> {
        let Self { held, file } = self;
        match held {
            Held::SqliteRead(conn) => conn.close().await?,
            Held::PostgresRead(conn) => conn.close().await?,
            Held::SqliteWrite(_) | Held::PostgresWrite(_) | Held::ReplicaRead(_) => {}
        }
        drop(file);
        Ok(())
    }
}

async fn try_lock(conn: &mut PoolConnection<Postgres>) -> Result<bool, StoreError> {
    sqlx::raw_sql("BEGIN").execute(&mut **conn).await?;
    let taken: bool =
        sqlx::query_scalar("SELECT pg_try_advisory_xact_lock($1)").bind(LOCK).fetch_one(&mut **conn).await?;
    if !taken {
        sqlx::raw_sql("ROLLBACK").execute(&mut **conn).await?;
    }
    Ok(taken)
}

fn lock_file(database: &Path) -> PathBuf {
    database.with_extension("migrating")
}

/// A file beside the database whose lock the migrating process holds; the system frees it if the process dies.
struct FileLock {
    file: std::fs::File,
}

impl FileLock {
    async fn take(path: &Path) -> Result<Self, StoreError> {
        let file = std::fs::File::create(path)?;
        let waiting = file.try_clone()?;
        tokio::task::spawn_blocking(move || waiting.lock()).await.map_err(std::io::Error::other)??;
        Ok(Self { file })
    }
}

impl Drop for FileLock {
    fn drop(&mut self) {
        if let Err(error) = self.file.unlock() {
            tracing::warn!(%error, "the migration lock was not freed");
        }
    }
}
