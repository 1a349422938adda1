//! How the database and the way to it are doing, for whoever runs the system; nothing here is about a patient.

use crate::database::{Conn, Pools, on};
use crate::desk::Desk;
use crate::error::Refusal;
use crate::meters::Reading;
use crate::replica::Standing;
use medrecord_clinic::access::Action;
use std::time::Duration;

/// How the database is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pulse {
    /// `SQLite` or `PostgreSQL`.
    pub kind: &'static str,
    /// The release of the server or of the library.
    pub version: String,
    /// What and where it is, without user and password.
    pub place: String,
    /// How many bytes it takes on disk.
    pub bytes: i64,
    /// How the way to the server is kept secret, such as `TLSv1.3`; `None` on SQLite and where it is not.
    pub secured: Option<String>,
    /// The pools, by name: one to PostgreSQL; on SQLite one that reads and one that writes.
    pub pools: Vec<PoolState>,
    /// How long a request waits at most for a connection.
    pub pool_timeout: Duration,
    /// Connections of everybody to the server, and how many it takes; `None` on SQLite.
    pub server_connections: Option<(i64, i64)>,
    /// Since when the server is gone.
    pub gone_for: Option<Duration>,
    /// Counts and times since the start.
    pub meters: Reading,
    /// The read replica.
    pub replica: Option<Standing>,
}

/// How a pool stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoolState {
    /// `main`, `read` or `write`.
    pub name: &'static str,
    /// How many connections it may have.
    pub limit: u32,
    /// How many it has.
    pub size: u32,
    /// How many of these nobody uses.
    pub idle: u32,
}

impl PoolState {
    /// How many connections are lent.
    pub fn in_use(&self) -> u32 {
        self.size.saturating_sub(self.idle)
    }
}

const VERSION_POSTGRES: &str = "SELECT current_setting('server_version')";
const VERSION_SQLITE: &str = "SELECT sqlite_version()";
const BYTES_POSTGRES: &str = "SELECT pg_database_size(current_database())";
const BYTES_SQLITE: &str = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size";
const SECURED: &str = "SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl";
const CONNECTIONS: &str =
    "SELECT (SELECT COUNT(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
    current_setting('max_connections')::bigint";

/// Feels the pulse.
///
/// # Errors
/// [`Refusal::NotAllowed`] for all but administrators.
pub async fn feel(desk: &mut Desk) -> Result<Pulse, Refusal> {
    desk.require(Action::WriteSettings)?;
    let store = desk.store().clone();
    let (version, bytes) = match store.pools {
        Pools::Sqlite { .. } => (VERSION_SQLITE, BYTES_SQLITE),
        Pools::Postgres(_) => (VERSION_POSTGRES, BYTES_POSTGRES),
    };
    let version: String = on!(desk, conn => sqlx::query_scalar(version).fetch_one(conn).await)?;
    let bytes: i64 = on!(desk, conn => sqlx::query_scalar(bytes).fetch_one(conn).await)?;
    let (secured, server_connections) = match desk.conn() {
        Conn::Sqlite(_) => (None, None),
        Conn::Postgres(conn) => {
            let secured = sqlx::query_scalar(SECURED).fetch_optional(&mut *conn).await?;
            (secured, Some(sqlx::query_as(CONNECTIONS).fetch_one(conn).await?))
        }
    };
    Ok(Pulse {
        kind: store.kind(),
        version,
        place: store.url.in_words(),
        bytes,
        secured,
        pools: pools(&store.pools),
        pool_timeout: store.url.pool_timeout,
        server_connections,
        gone_for: store.server.as_ref().and_then(|server| Some(server.gone_since()?.elapsed())),
        meters: store.meters(),
        replica: store.replica(),
    })
}

fn pools(pools: &Pools) -> Vec<PoolState> {
    let state = |name, limit, size, idle: usize| PoolState {
        name,
        limit,
        size,
        idle: u32::try_from(idle).unwrap_or(size).min(size),
    };
    match pools {
        Pools::Sqlite { read, write } => [("read", read), ("write", write)]
            .map(|(name, pool)| {
                state(name, pool.options().get_max_connections(), pool.size(), pool.num_idle())
            })
            .into(),
        Pools::Postgres(pool) => {
            vec![state("main", pool.options().get_max_connections(), pool.size(), pool.num_idle())]
        }
    }
}
