//! The way to a PostgreSQL server that may go away and come back.
//!
//! Connections that may have died are tried before they are lent. While the server is gone one lookout tries it every
//! quarter of a second; requests wait for its word, at first for as long as a connection may take, later not at all,
//! so that a restart shows as a slow page and an outage as a quick answer. What works behind a pooler is here too.

use crate::meters::Meters;
use crate::url::postgres::loan_begins;
use crate::url::{DatabaseUrl, Place};
use sqlx::pool::{PoolConnectionMetadata, PoolOptions};
use sqlx::postgres::{PgConnectOptions, PgPool};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, PgConnection, Postgres};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// How often the lookout tries a server that is gone.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// A connection that lay idle for longer is tried before it is lent.
const TRUSTED_FOR: Duration = Duration::from_secs(1);
/// Between a connection that broke and the next attempt.
const BREATH: Duration = Duration::from_millis(10);
/// A pool that gives nothing for so long makes the lookout look.
const SUSPICIOUS: Duration = Duration::from_millis(200);
/// Milliseconds after one look before a slow pool makes it look again.
const SUSPICIOUS_AGAIN: u64 = 1000;

/// A pool of connections to one server, and what is known of that server.
#[derive(Debug, Clone)]
pub(crate) struct Server {
    pub(crate) pool: PgPool,
    lookout: Arc<Lookout>,
    meters: Arc<Meters>,
    pool_timeout: Duration,
}

/// Knows whether the server is there, and since when connections are to be doubted.
#[derive(Debug)]
struct Lookout {
    options: PgConnectOptions,
    connect_timeout: Duration,
    born: Instant,
    /// Milliseconds after `born`: connections that lay idle since before then are tried before they are lent.
    doubt_before: AtomicU64,
    looking: AtomicBool,
    gone: watch::Sender<Option<Gone>>,
}

/// Since when a server is gone, and what the first attempt to reach it said.
#[derive(Debug, Clone)]
struct Gone {
    since: Instant,
    why: Arc<str>,
}

impl Server {
    /// A pool that opens its connections when they are needed; `None` for the address of an SQLite file.
    pub(crate) fn lazy(url: &DatabaseUrl, meters: &Arc<Meters>) -> Option<Self> {
        let Place::Postgres(options) = &url.place else { return None };
        let lookout = Arc::new(Lookout {
            options: options.as_ref().clone(),
            connect_timeout: url.connect_timeout,
            born: Instant::now(),
            doubt_before: AtomicU64::new(0),
            looking: AtomicBool::new(false),
            gone: watch::Sender::new(None),
        });
        let pool = pool_options(url, &lookout).connect_lazy_with(lookout.options.clone());
        Some(Self { pool, lookout, meters: Arc::clone(meters), pool_timeout: url.pool_timeout })
    }

    /// Takes something from the pool: a connection, or a transaction begun on one.
    ///
    /// A connection that breaks before anything was asked of it is given up for another.
    pub(crate) async fn lend<T, F>(&self, take: impl Fn(PgPool) -> F) -> Result<T, sqlx::Error>
    where
        F: Future<Output = Result<T, sqlx::Error>>,
    {
        let begun = Instant::now();
        loop {
            self.lookout.wait_for_server().await?;
            match self.try_to_lend(&take).await {
                Ok(Some(lent)) => {
                    self.meters.lent(begun.elapsed());
                    return Ok(lent);
                }
                Ok(None) => {}
                Err(error) if is_gone(&error) && begun.elapsed() < self.pool_timeout => {
                    self.suspect();
                    tokio::time::sleep(BREATH).await;
                }
                Err(error) => {
                    if matches!(error, sqlx::Error::PoolTimedOut) {
                        self.meters.gave_up();
                    }
                    return Err(error);
                }
            }
        }
    }

    /// `None` where the server went away meanwhile.
    async fn try_to_lend<T, F>(&self, take: impl Fn(PgPool) -> F) -> Result<Option<T>, sqlx::Error>
    where
        F: Future<Output = Result<T, sqlx::Error>>,
    {
        let mut word = self.lookout.gone.subscribe();
        let mut waiting = std::pin::pin!(take(self.pool.clone()));
        loop {
            tokio::select! {
                lent = &mut waiting => return lent.map(Some),
                _ = word.changed() => return Ok(None),
                () = tokio::time::sleep(SUSPICIOUS) => self.look_around(),
            }
        }
    }

    /// Makes the lookout look, if it did not lately: somebody waits, and a busy pool looks like a server that is gone.
    fn look_around(&self) {
        let last = self.lookout.doubt_before.load(SeqCst);
        if last == 0 || last + SUSPICIOUS_AGAIN < self.lookout.millis(Instant::now()) {
            self.suspect();
        }
    }

    /// Notes that a connection broke: the others are tried before they are lent again, and the lookout looks.
    pub(crate) fn suspect(&self) {
        self.lookout.doubt();
        if !self.lookout.looking.swap(true, SeqCst) {
            tokio::spawn(look(Arc::downgrade(&self.lookout), Arc::clone(&self.meters)));
        }
    }

    /// Since when the server is gone, if it is.
    pub(crate) fn gone_since(&self) -> Option<Instant> {
        self.lookout.gone.borrow().as_ref().map(|gone| gone.since)
    }
}

impl Lookout {
    fn millis(&self, at: Instant) -> u64 {
        u64::try_from(at.saturating_duration_since(self.born).as_millis()).unwrap_or(u64::MAX)
    }

    fn doubt(&self) {
        self.doubt_before.fetch_max(self.millis(Instant::now()) + 1, SeqCst);
    }

    fn doubts(&self, idle_for: Duration) -> bool {
        let now = Instant::now();
        let since = now.checked_sub(idle_for).unwrap_or(self.born);
        idle_for > TRUSTED_FOR || self.millis(since) < self.doubt_before.load(SeqCst)
    }

    /// Returns when the server is there. Gives up when it has been gone for longer than a connection may take.
    async fn wait_for_server(&self) -> Result<(), sqlx::Error> {
        let mut word = self.gone.subscribe();
        let Some(gone) = word.borrow_and_update().clone() else { return Ok(()) };
        let left = self.connect_timeout.saturating_sub(gone.since.elapsed());
        let came = tokio::time::timeout(left, word.wait_for(Option::is_none)).await;
        if matches!(came, Ok(Ok(_))) { Ok(()) } else { Err(not_there(&gone.why)) }
    }

    /// Asks for a connection; says why there is none where the server is gone.
    async fn try_to_reach(&self) -> Result<(), Arc<str>> {
        let attempt = async { self.options.connect().await?.close().await };
        match tokio::time::timeout(self.connect_timeout, attempt).await {
            Ok(Err(error)) if is_gone(&error) => Err(error.to_string().into()),
            // Somebody answers, if not as we wish; the pool's own attempt says how.
            Ok(_) => Ok(()),
            Err(_) => Err(format!("no answer within {} s", self.connect_timeout.as_secs()).into()),
        }
    }
}

/// Looks until the server answers, and tells those who wait.
async fn look(lookout: Weak<Lookout>, meters: Arc<Meters>) {
    while let Some(lookout) = lookout.upgrade() {
        let Err(why) = lookout.try_to_reach().await else {
            lookout.doubt();
            lookout.looking.store(false, SeqCst);
            let back = lookout.gone.send_if_modified(|gone| gone.take().is_some());
            if back {
                tracing::warn!("the database is back");
            }
            return;
        };
        lookout.gone.send_if_modified(|gone| {
            let news = gone.is_none();
            if news {
                meters.went_away();
                tracing::error!(%why, "the database is gone; looking for it until it is back");
                *gone = Some(Gone { since: Instant::now(), why });
            }
            news
        });
        drop(lookout);
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

fn not_there(why: &str) -> sqlx::Error {
    sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::NotConnected, why))
}

/// Whether an error says that the server or the connection to it is no more.
pub(crate) fn is_gone(error: &sqlx::Error) -> bool {
    if let sqlx::Error::Io(error) = error {
        // A certificate that does not convince comes as unsound data; trying again does not mend it.
        return error.kind() != std::io::ErrorKind::InvalidData;
    }
    // 57P0x: the server is stopping or starting; 08: the connection broke, or the pooler's did.
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|code| code.starts_with("57P0") || code.starts_with("08"))
}

fn pool_options(url: &DatabaseUrl, lookout: &Arc<Lookout>) -> PoolOptions<Postgres> {
    let options = PoolOptions::new()
        .max_connections(url.connection_limit)
        .acquire_timeout(url.pool_timeout)
        .test_before_acquire(false)
        .idle_timeout(url.idle_timeout)
        .max_lifetime(url.max_lifetime);
    let lookout = Arc::clone(lookout);
    if !url.pgbouncer {
        return options.before_acquire(move |connection, idle| {
            let lookout = Arc::clone(&lookout);
            Box::pin(async move { tried(connection, &idle, &lookout).await })
        });
    }
    let begin: &'static str = String::leak(loan_begins(url));
    options
        .after_connect(move |connection, _| Box::pin(async move { said(connection, begin).await }))
        .before_acquire(move |connection, _| {
            Box::pin(async move { said(connection, begin).await.map(|()| true) })
        })
        .after_release(|connection, _| {
            Box::pin(async move { said(connection, "COMMIT").await.map(|()| true) })
        })
}

async fn tried(
    connection: &mut PgConnection,
    idle: &PoolConnectionMetadata,
    lookout: &Lookout,
) -> Result<bool, sqlx::Error> {
    if lookout.doubts(idle.idle_for) && connection.ping().await.is_err() {
        return Ok(false);
    }
    Ok(true)
}

async fn said(connection: &mut PgConnection, words: &'static str) -> Result<(), sqlx::Error> {
    connection.execute(sqlx::raw_sql(AssertSqlSafe(words))).await.map(|_| ())
}
