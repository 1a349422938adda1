//! A read replica: lists, search and charts are read there, except by those who wrote something it does not have yet.
//!
//! A lookout asks both servers four times a second how far their logs are. How far the replica is behind is measured by
//! the main server's log alone, so that a replica that has lost its line is seen to be late, not idle.

use crate::error::StoreError;
use crate::meters::Meters;
use crate::pool::Server;
use crate::url::DatabaseUrl;
use medrecord_clinic::ids::ProviderId;
use sqlx::pool::PoolConnection;
use sqlx::{Connection, Postgres};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

const LOOK_EVERY: Duration = Duration::from_millis(250);
/// A replica that is further behind than this is left alone until it has caught up.
pub(crate) const LATEST: Duration = Duration::from_secs(10);
/// What the lookout saw holds for so long; then the main server is asked.
const FRESH_FOR: Duration = Duration::from_secs(2);
/// Whoever waits longer than this for the replica reads from the main server.
const PATIENCE: Duration = Duration::from_millis(250);

const WRITTEN: &str = "SELECT (pg_current_wal_lsn() - '0/0')::bigint";
const REPLAYED: &str = "SELECT (pg_last_wal_replay_lsn() - '0/0')::bigint";
const SYSTEM: &str = "SELECT system_identifier::text, pg_is_in_recovery() FROM pg_control_system()";

/// The replica and how far everybody is.
#[derive(Debug)]
pub(crate) struct Replica {
    server: Server,
    main: Server,
    words: String,
    seen: Mutex<Seen>,
    /// How far the log was when somebody last wrote.
    writers: Mutex<HashMap<ProviderId, i64>>,
}

#[derive(Debug)]
struct Seen {
    replayed: i64,
    at: Option<Instant>,
    /// Where the main server's log was, for what the replica does not have yet.
    ahead: VecDeque<(Instant, i64)>,
}

/// How a replica stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Which it is, without user and password.
    pub words: String,
    /// By how much it is behind; `None` where it does not answer.
    pub behind: Option<Duration>,
    /// Whether it is read from at present.
    pub in_use: bool,
    /// Its pool's connections.
    pub size: u32,
    /// Those of them that nobody uses.
    pub idle: u32,
}

impl Standing {
    /// How many connections are lent.
    pub fn lent(&self) -> u32 {
        self.size.saturating_sub(self.idle)
    }
}

impl Replica {
    /// Connects to a replica of the main server and begins to watch it.
    pub(crate) async fn of(
        main: &Server,
        main_url: &DatabaseUrl,
        url: &DatabaseUrl,
    ) -> Result<Arc<Self>, StoreError> {
        let refused = |why: &str| Err(StoreError::Replica(why.to_owned()));
        if url.schema != main_url.schema {
            return refused("names another schema than DATABASE_URL; add the same schema=… to both");
        }
        let Some(server) = Server::lazy(url, &Arc::<Meters>::default()) else {
            return refused("is not a PostgreSQL server; a replica is one");
        };
        let ((here, is_replica), (there, _)) = tokio::try_join!(system(&server), system(main))?;
        if here != there {
            return refused("is no replica of the server in DATABASE_URL: it is another cluster");
        }
        if !is_replica {
            return refused(
                "is a main server itself, no replica; leave the setting out, or name a standby made by pg_basebackup",
            );
        }
        let seen = Mutex::new(Seen { replayed: 0, at: None, ahead: VecDeque::new() });
        let words = url.in_words();
        let replica = Arc::new(Self { server, main: main.clone(), words, seen, writers: Mutex::default() });
        replica.look_once().await;
        tokio::spawn(look(Arc::downgrade(&replica)));
        Ok(replica)
    }

    /// A connection to read with, where the replica has everything that this person wrote; else `None`.
    pub(crate) async fn lend(&self, reader: ProviderId) -> Option<PoolConnection<Postgres>> {
        if !self.in_use() || self.misses_something_of(reader) {
            return None;
        }
        // Tried first: a replica that breaks off must not break what the main server can answer.
        let lending = self.server.lend(async |pool| {
            let mut connection = pool.acquire().await?;
            connection.ping().await?;
            Ok(connection)
        });
        if let Ok(Ok(connection)) = tokio::time::timeout(PATIENCE, lending).await {
            return Some(connection);
        }
        self.server.suspect();
        None
    }

    /// Remembers that somebody wrote; until the replica has it, they read from the main server.
    pub(crate) async fn wrote(&self, writer: ProviderId) {
        let written = position(&self.main, WRITTEN).await;
        // Without an answer, the next look at both tells how far the log is by then.
        self.with_writers(|writers| writers.insert(writer, written.unwrap_or(i64::MAX)));
    }

    /// How the replica stands.
    pub(crate) fn standing(&self) -> Standing {
        let (size, idle) = (self.server.pool.size(), self.server.pool.num_idle());
        Standing {
            words: self.words.clone(),
            behind: self.behind(),
            in_use: self.in_use(),
            size,
            idle: u32::try_from(idle).unwrap_or(size),
        }
    }

    pub(crate) async fn close(&self) {
        self.server.pool.close().await;
    }

    fn in_use(&self) -> bool {
        self.behind().is_some_and(|behind| behind <= LATEST)
    }

    fn behind(&self) -> Option<Duration> {
        self.with_seen(|seen| {
            seen.at.filter(|at| at.elapsed() <= FRESH_FOR)?;
            Some(seen.ahead.front().map_or(Duration::ZERO, |(since, _)| since.elapsed()))
        })
    }

    fn misses_something_of(&self, reader: ProviderId) -> bool {
        let replayed = self.with_seen(|seen| seen.replayed);
        self.with_writers(|writers| {
            let misses = writers.get(&reader).is_some_and(|written| *written > replayed);
            if !misses {
                writers.remove(&reader);
            }
            misses
        })
    }

    async fn look_once(&self) {
        let unplaced: Vec<ProviderId> = self.with_writers(|writers| {
            writers.iter().filter(|(_, written)| **written == i64::MAX).map(|(writer, _)| *writer).collect()
        });
        let (written, replayed) =
            tokio::join!(position(&self.main, WRITTEN), position(&self.server, REPLAYED));
        let Some(replayed) = replayed else { return };
        let now = Instant::now();
        self.with_seen(|seen| {
            seen.replayed = replayed;
            if let Some(written) = written {
                seen.at = Some(now);
                if seen.ahead.back().is_none_or(|(_, last)| *last < written) {
                    seen.ahead.push_back((now, written));
                }
            }
            while seen.ahead.front().is_some_and(|(_, written)| *written <= replayed) {
                seen.ahead.pop_front();
            }
        });
        if let Some(written) = written {
            self.with_writers(|writers| writers.extend(unplaced.into_iter().map(|writer| (writer, written))));
        }
    }

    fn with_seen<T>(&self, look: impl FnOnce(&mut Seen) -> T) -> T {
        look(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn with_writers<T>(&self, look: impl FnOnce(&mut HashMap<ProviderId, i64>) -> T) -> T {
        look(&mut self.writers.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn look(replica: Weak<Replica>) {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let Some(replica) = replica.upgrade() else { return };
        if replica.server.pool.is_closed() {
            return;
        }
        replica.look_once().await;
    }
}

async fn system(server: &Server) -> Result<(String, bool), StoreError> {
    let mut connection = server.lend(async |pool| pool.acquire().await).await?;
    Ok(sqlx::query_as(SYSTEM).fetch_one(&mut *connection).await?)
}

/// How far a server's log is; `None` where it does not say in time, as a main server that became a replica does not.
async fn position(server: &Server, sql: &'static str) -> Option<i64> {
    let ask = async {
        let mut connection = server.lend(async |pool| pool.acquire().await).await?;
        sqlx::query_scalar(sql).fetch_one(&mut *connection).await
    };
    let answer: Result<Option<i64>, sqlx::Error> = tokio::time::timeout(FRESH_FOR, ask).await.ok()?;
    answer.ok().flatten()
}
