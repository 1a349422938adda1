//! The open database: pools for PostgreSQL or for SQLite, and the desks opened on them.
//!
//! SQLite has one connection that writes (BEGIN IMMEDIATE) beside a few that read; measured, ten writers behind a
//! busy timeout had a p99 of 330-590 ms, one writer 33-113 ms. WAL with `synchronous=FULL`: NORMAL lost
//! acknowledged writes in a simulated power cut, FULL none.

use crate::clock::{Chance, Clock};
use crate::desk::{Actor, Desk};
use crate::error::{Refusal, StoreError};
use crate::url::{DatabaseUrl, Place};
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnection, PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{Postgres, Sqlite, Transaction};
use std::time::Duration;

/// The open database of the practice. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) pools: Pools,
    clock: Clock,
    chance: Chance,
}

#[derive(Debug, Clone)]
pub(crate) enum Pools {
    Sqlite { read: SqlitePool, write: SqlitePool },
    Postgres(PgPool),
}

/// What a desk holds open.
pub(crate) enum Held {
    SqliteRead(PoolConnection<Sqlite>),
    SqliteWrite(Transaction<'static, Sqlite>),
    PostgresRead(PoolConnection<Postgres>),
    PostgresWrite(Transaction<'static, Postgres>),
}

/// A connection of either database, borrowed for one statement.
pub(crate) enum Conn<'a> {
    Sqlite(&'a mut SqliteConnection),
    Postgres(&'a mut PgConnection),
}

impl Held {
    pub(crate) fn conn(&mut self) -> Conn<'_> {
        match self {
            Self::SqliteRead(held) => Conn::Sqlite(held),
            Self::SqliteWrite(held) => Conn::Sqlite(held),
            Self::PostgresRead(held) => Conn::Postgres(held),
            Self::PostgresWrite(held) => Conn::Postgres(held),
        }
    }
}

/// Runs one body against whichever database the desk stands on.
///
/// The body is written once and compiled for both, so that the two cannot drift apart:
/// `on!(desk, conn => sqlx::query_as::<_, Row>(SQL).bind(Key::of(id)).fetch_optional(conn).await)?`.
/// What the body yields must not depend on the database, so an execute ends in `.map(|done| done.rows_affected())`.
macro_rules! on {
    ($desk:expr, $conn:ident => $body:expr) => {
        match $desk.conn() {
            $crate::database::Conn::Sqlite($conn) => $body,
            $crate::database::Conn::Postgres($conn) => $body,
        }
    };
}
pub(crate) use on;

/// How many connections read an SQLite file beside the one that writes.
const SQLITE_READERS: u32 = 4;

impl Store {
    /// Opens the database with the machine's clock and random source; the file is made where it is missing.
    ///
    /// # Errors
    /// [`StoreError::Unreachable`] and [`StoreError::Driver`] where it cannot be opened.
    pub async fn open(url: &DatabaseUrl) -> Result<Self, StoreError> {
        Self::open_with(url, Clock::System, Chance::System).await
    }

    /// Opens the database with a clock and a random source of the caller's.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn open_with(url: &DatabaseUrl, clock: Clock, chance: Chance) -> Result<Self, StoreError> {
        let pools = match &url.place {
            Place::Sqlite(path) => {
                if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
                    std::fs::create_dir_all(folder)?;
                }
                let options = sqlite_options(path);
                let write = SqlitePoolOptions::new()
                    .max_connections(1)
                    .test_before_acquire(false)
                    .acquire_timeout(url.pool_timeout);
                let write = write.connect_with(options.clone()).await?;
                let read = SqlitePoolOptions::new()
                    .max_connections(SQLITE_READERS.min(url.connection_limit))
                    .test_before_acquire(false)
                    .acquire_timeout(url.pool_timeout);
                Pools::Sqlite { read: read.connect_lazy_with(options.create_if_missing(false)), write }
            }
            Place::Postgres(options) => {
                let pool = PgPoolOptions::new()
                    .max_connections(url.connection_limit)
                    .acquire_timeout(url.pool_timeout)
                    .test_before_acquire(false)
                    .idle_timeout(Duration::from_mins(5));
                Pools::Postgres(pool.connect_with(options.as_ref().clone()).await?)
            }
        };
        Ok(Self { pools, clock, chance })
    }

    /// The clock that everything here asks.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The random source that everything here asks.
    pub fn chance(&self) -> &Chance {
        &self.chance
    }

    /// Opens a desk that only reads. Closing it writes the audit events of what was read.
    ///
    /// # Errors
    /// [`StoreError::Unreachable`] where no connection is free in time.
    pub async fn read_desk(&self, actor: Actor) -> Result<Desk, StoreError> {
        let held = match &self.pools {
            Pools::Sqlite { read, .. } => Held::SqliteRead(read.acquire().await?),
            Pools::Postgres(pool) => Held::PostgresRead(pool.acquire().await?),
        };
        Ok(Desk::new(self.clone(), held, actor))
    }

    /// Opens a desk that reads and writes in one transaction.
    ///
    /// # Errors
    /// As [`Store::read_desk`].
    pub async fn write_desk(&self, actor: Actor) -> Result<Desk, StoreError> {
        let held = self.begin().await?;
        Ok(Desk::new(self.clone(), held, actor))
    }

    pub(crate) async fn begin(&self) -> Result<Held, StoreError> {
        Ok(match &self.pools {
            Pools::Sqlite { write, .. } => Held::SqliteWrite(write.begin_with("BEGIN IMMEDIATE").await?),
            Pools::Postgres(pool) => Held::PostgresWrite(pool.begin().await?),
        })
    }

    /// Writes down that something was refused or failed, in a transaction of its own; names the patient whom the
    /// thing it is about belongs to.
    ///
    /// # Errors
    /// As [`Store::read_desk`].
    pub async fn note(&self, actor: Actor, event: crate::audit::Event) -> Result<(), Refusal> {
        let mut desk = self.write_desk(actor).await?;
        let event = crate::audit::whose::named(&mut desk, event).await?;
        desk.record(event);
        desk.close().await
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// [`StoreError`] where it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        match &self.pools {
            Pools::Sqlite { read, .. } => sqlx::query("SELECT 1").execute(read).await.map(|_| ())?,
            Pools::Postgres(pool) => sqlx::query("SELECT 1").execute(pool).await.map(|_| ())?,
        }
        Ok(())
    }

    /// Runs one statement as the database's own tools would, past every rule of this crate; returns how many rows
    /// changed. For tests that the database itself holds its rules.
    ///
    /// # Errors
    /// [`StoreError`] where the database refuses.
    #[doc(hidden)]
    pub async fn by_hand(&self, sql: &'static str) -> Result<u64, StoreError> {
        Ok(match &self.pools {
            Pools::Sqlite { write, .. } => sqlx::query(sql).execute(write).await?.rows_affected(),
            Pools::Postgres(pool) => sqlx::query(sql).execute(pool).await?.rows_affected(),
        })
    }

    /// Runs a text of several statements as the database's own shell would; see [`Self::by_hand`].
    ///
    /// # Errors
    /// [`StoreError`] where the database refuses one.
    #[doc(hidden)]
    pub async fn by_hand_all(&self, sql: &'static str) -> Result<(), StoreError> {
        match &self.pools {
            Pools::Sqlite { write, .. } => sqlx::raw_sql(sql).execute(write).await.map(|_| ())?,
            Pools::Postgres(pool) => sqlx::raw_sql(sql).execute(pool).await.map(|_| ())?,
        }
        Ok(())
    }

    /// Closes all connections, for an orderly end.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { read, write } => {
                read.close().await;
                write.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }

    /// `SQLite` or `PostgreSQL`.
    pub fn kind(&self) -> &'static str {
        match self.pools {
            Pools::Sqlite { .. } => "SQLite",
            Pools::Postgres(_) => "PostgreSQL",
        }
    }
}

fn sqlite_options(path: &std::path::Path) -> SqliteConnectOptions {
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
