//! The open database: pools for PostgreSQL or for SQLite, and the desks opened on them.

use crate::audit::{Deed, Notes};
use crate::clock::{Chance, Clock};
use crate::desk::{Actor, Desk};
use crate::error::{Refusal, StoreError};
use crate::meters::{Meters, Timer};
use crate::pool::Server;
use crate::replica::Replica;
use crate::url::{DatabaseUrl, Place};
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnection, PgPool};
use sqlx::sqlite::{SqliteConnection, SqlitePool};
use sqlx::{Postgres, Sqlite, Transaction};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

/// The open database of the practice. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) pools: Pools,
    pub(crate) meters: Arc<Meters>,
    /// The PostgreSQL server's pool with what is known of the server; `None` on SQLite.
    pub(crate) server: Option<Server>,
    pub(crate) replica: Option<Arc<Replica>>,
    pub(crate) url: Arc<DatabaseUrl>,
    clock: Clock,
    chance: Chance,
    /// Where the events of reading go first; `None` where each is committed before its answer.
    notes: Option<Arc<Notes>>,
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
    /// On the read replica, where nothing can be written, not even who read.
    ReplicaRead(PoolConnection<Postgres>),
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
            Self::PostgresRead(held) | Self::ReplicaRead(held) => Conn::Postgres(held),
            Self::PostgresWrite(held) => Conn::Postgres(held),
        }
    }

    #[expect(clippy::unused_self, reason = "the macro asks a desk and a bare connection alike")]
    /// What is done on a bare connection is part of something that is timed as a whole.
    pub(crate) fn timer(&self) -> Timer {
        Timer::idle()
    }
}

impl Held {
    /// Keeps what was written; of a connection that only reads there is nothing to keep.
    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::SqliteWrite(transaction) => transaction.commit().await?,
            Self::PostgresWrite(transaction) => {
                transaction.commit().await.map_err(StoreError::while_committing)?;
            }
            Self::SqliteRead(_) | Self::PostgresRead(_) | Self::ReplicaRead(_) => {}
        }
        Ok(())
    }
}

/// Runs one body against whichever database the desk stands on.
///
/// The body is written once and compiled for both, so that the two cannot drift apart:
/// `on!(desk, conn => sqlx::query_as::<_, Row>(SQL).bind(Key::of(id)).fetch_optional(conn).await)?`.
/// What the body yields must not depend on the database, so an execute ends in `.map(|done| done.rows_affected())`.
macro_rules! on {
    ($desk:expr, $conn:ident => $body:expr) => {{
        let _timer = $desk.timer();
        match $desk.conn() {
            $crate::database::Conn::Sqlite($conn) => $body,
            $crate::database::Conn::Postgres($conn) => $body,
        }
    }};
}
pub(crate) use on;

/// Says itself that its commit waits for the disk, whatever the transaction before it said.
pub(crate) const BEGIN_SQLITE: &str = "PRAGMA synchronous = FULL; BEGIN IMMEDIATE";

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
        let meters = Arc::<Meters>::default();
        let server = Server::lazy(url, &meters);
        let pools = match (&url.place, &server) {
            (Place::Sqlite(path), _) => crate::sqlite::pools(path, url).await?,
            (Place::Postgres(_), Some(server)) => Pools::Postgres(server.pool.clone()),
            (Place::Postgres(_), None) => return Err(StoreError::Address("is not a server's".to_owned())),
        };
        if let Some(server) = &server {
            crate::schema::check(server, url).await?;
        }
        let url = Arc::new(url.clone());
        Ok(Self { pools, meters, server, replica: None, url, clock, chance, notes: None })
    }

    /// The same, reading lists, search and charts from a replica.
    ///
    /// # Errors
    /// [`StoreError::Replica`] where the address is no replica of this database; [`StoreError::Unreachable`] where it
    /// does not answer.
    pub async fn with_replica(self, url: &DatabaseUrl) -> Result<Self, StoreError> {
        let Some(server) = &self.server else {
            return Err(StoreError::Replica(
                "needs a PostgreSQL server in DATABASE_URL: an SQLite file has no replica; leave the setting out"
                    .to_owned(),
            ));
        };
        let replica = Replica::of(server, &self.url, url).await?;
        Ok(Self { replica: Some(replica), ..self })
    }

    /// The clock that everything here asks.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The random source that everything here asks.
    pub fn chance(&self) -> &Chance {
        &self.chance
    }

    /// The same with a journal in a folder: the events of reading are written there before the answer leaves, and reach
    /// the trail together a moment later. For a program that serves many readers; what a killed one left in the folder
    /// is brought into the trail first.
    ///
    /// # Errors
    /// [`StoreError::Machine`] where the folder cannot be written.
    pub fn with_journal(mut self, folder: &Path) -> Result<Self, StoreError> {
        let notes = Arc::new(Notes::open(folder, &self.chance)?);
        self.notes = Some(Arc::clone(&notes));
        notes.start(self.clone());
        Ok(self)
    }

    /// Writes what a reader did into the journal, where there is one.
    ///
    /// # Errors
    /// [`StoreError::Machine`] where it cannot be written.
    pub(crate) fn noted(&self, deed: &Deed) -> Result<bool, StoreError> {
        self.notes.as_ref().map_or(Ok(false), |notes| notes.take(deed, &self.chance))
    }

    /// Waits until the trail holds what was read so far; gives up after a second.
    pub async fn settle(&self) {
        if let Some(notes) = &self.notes {
            notes.settle().await;
        }
    }

    /// Opens a desk that only reads. Closing it writes the audit events of what was read.
    ///
    /// # Errors
    /// [`StoreError::Unreachable`] where no connection is free in time.
    pub async fn read_desk(&self, actor: Actor) -> Result<Desk, StoreError> {
        let held = match (&self.pools, &self.server) {
            (Pools::Sqlite { read, .. }, _) => Held::SqliteRead(self.timed(read.acquire()).await?),
            (Pools::Postgres(_), Some(server)) => {
                Held::PostgresRead(server.lend(async |pool| pool.acquire().await).await?)
            }
            (Pools::Postgres(pool), None) => Held::PostgresRead(pool.acquire().await?),
        };
        Ok(Desk::new(self.clone(), held, actor))
    }

    /// Opens a desk for looking things up: on the replica where there is one, unless it misses what this person wrote.
    ///
    /// What somebody else wrote a moment ago may be missing there, so nothing is decided at such a desk.
    ///
    /// # Errors
    /// As [`Store::read_desk`].
    pub async fn lookup_desk(&self, actor: Actor) -> Result<Desk, StoreError> {
        if let (Some(replica), Some(reader)) = (&self.replica, actor.id)
            && let Some(connection) = replica.lend(reader).await
        {
            return Ok(Desk::new(self.clone(), Held::ReplicaRead(connection), actor));
        }
        self.read_desk(actor).await
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
        Ok(match (&self.pools, &self.server) {
            (Pools::Sqlite { write, .. }, _) => {
                Held::SqliteWrite(self.timed(write.begin_with(BEGIN_SQLITE)).await?)
            }
            (Pools::Postgres(_), Some(server)) => {
                Held::PostgresWrite(server.lend(async |pool| pool.begin().await).await?)
            }
            (Pools::Postgres(pool), None) => Held::PostgresWrite(pool.begin().await?),
        })
    }

    /// Counts how long something took to come from a pool of SQLite connections.
    async fn timed<T>(&self, taking: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, sqlx::Error> {
        let begun = Instant::now();
        let taken = taking.await;
        match &taken {
            Ok(_) => self.meters.lent(begun.elapsed()),
            Err(sqlx::Error::PoolTimedOut) => self.meters.gave_up(),
            Err(_) => {}
        }
        taken
    }

    /// How the read replica stands, where there is one.
    pub fn replica(&self) -> Option<crate::replica::Standing> {
        self.replica.as_ref().map(|replica| replica.standing())
    }

    /// What the way to the database has been doing since the start.
    pub fn meters(&self) -> crate::meters::Reading {
        self.meters.read()
    }

    /// Notes that a connection broke, so that the others are tried before they are used again.
    pub fn suspect(&self) {
        if let Some(server) = &self.server {
            server.suspect();
        }
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
        let mut desk = self.read_desk(Actor::nobody(crate::desk::Via::System)).await?;
        on!(desk, conn => sqlx::query("SELECT 1").execute(conn).await.map(|_| ()))?;
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
        if let Some(notes) = &self.notes {
            notes.close().await;
        }
        if let Some(replica) = &self.replica {
            replica.close().await;
        }
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
