//! How much room tables and indexes take, which indexes are used, and which statements take long.

use super::limit::Limit;
use crate::database::Conn;
use crate::desk::Desk;
use crate::error::{Refusal, StoreError};
use medrecord_clinic::access::Action;
use std::time::Duration;

/// The room that a table or an index takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Size {
    /// Its table.
    pub table: String,
    /// Its name where it is an index.
    pub index: Option<String>,
    /// Bytes on disk.
    pub bytes: i64,
    /// How often the index was used since the server began to count, where it counts.
    pub used: Option<i64>,
}

/// A statement that takes long.
#[derive(Debug, Clone, PartialEq)]
pub struct Slow {
    /// The statement, its values taken out.
    pub statement: String,
    /// How often it ran.
    pub calls: i64,
    /// How long it takes on average.
    pub mean_millis: f64,
    /// How long it took together.
    pub total_millis: f64,
}

/// What is known of slow statements.
#[derive(Debug, Clone, PartialEq)]
pub enum Slowness {
    /// The slowest, by their time together.
    Known(Vec<Slow>),
    /// Nobody keeps count; the text says why and how it would be kept.
    Unknown(&'static str),
}

/// How long measuring may take.
const LIMIT: Duration = Duration::from_secs(5);

const POSTGRES: &str =
    "SELECT CAST(c.relname AS text), CAST(NULL AS text), pg_table_size(c.oid), CAST(NULL AS bigint)
    FROM pg_class c
    WHERE c.relnamespace = CAST(current_schema() AS regnamespace) AND c.relkind = 'r'
    UNION ALL
    SELECT CAST(c.relname AS text), CAST(x.relname AS text), pg_relation_size(x.oid), s.idx_scan
    FROM pg_index i
    JOIN pg_class c ON c.oid = i.indrelid
    JOIN pg_class x ON x.oid = i.indexrelid
    LEFT JOIN pg_stat_user_indexes s ON s.indexrelid = x.oid
    WHERE c.relnamespace = CAST(current_schema() AS regnamespace)
    ORDER BY 1, 2 NULLS FIRST";

/// Pages of an index count for its table, those of the search index for the table it serves.
const SQLITE: &str =
    "SELECT coalesce(m.tbl_name, d.name), CASE WHEN m.type = 'index' THEN d.name END, sum(d.pgsize), NULL
    FROM dbstat d
    LEFT JOIN sqlite_schema m ON m.name = d.name
    WHERE d.aggregate = TRUE
    GROUP BY 1, 2
    ORDER BY 1, 2";

type SizeRow = (String, Option<String>, i64, Option<i64>);

/// Measures tables and indexes; `None` where that takes too long.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn sizes(desk: &mut Desk) -> Result<Option<Vec<Size>>, Refusal> {
    desk.require(Action::BrowseDatabase)?;
    let (_limit, going_on) = Limit::new(LIMIT);
    let found: Result<Vec<SizeRow>, sqlx::Error> = match desk.conn() {
        Conn::Sqlite(conn) => {
            conn.lock_handle().await?.set_progress_handler(super::limit::STEPS, going_on);
            let found = sqlx::query_as(SQLITE).fetch_all(&mut *conn).await;
            conn.lock_handle().await?.remove_progress_handler();
            found
        }
        Conn::Postgres(conn) => sqlx::query_as(POSTGRES).fetch_all(conn).await,
    };
    let size = |(table, index, bytes, used): SizeRow| Size { table, index, bytes, used };
    match found.map_err(StoreError::from) {
        Ok(rows) => Ok(Some(rows.into_iter().map(size).collect())),
        Err(error) if super::limit::is_over(&error) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

const HAS_STATEMENTS: &str = "SELECT count(*) FROM pg_extension WHERE extname = 'pg_stat_statements'";
const STATEMENTS: &str = "SELECT query, calls, mean_exec_time, total_exec_time
    FROM pg_stat_statements
    WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
    ORDER BY total_exec_time DESC
    LIMIT 20";

const ON_SQLITE: &str =
    "SQLite keeps no count of its statements. EXPLAIN in the console shows how one is gone about.";
const NOT_LOADED: &str = "The extension pg_stat_statements is not there. Add it to shared_preload_libraries, restart PostgreSQL, \
    and run CREATE EXTENSION pg_stat_statements.";

/// The statements that took most time.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn slow(desk: &mut Desk) -> Result<Slowness, Refusal> {
    desk.require(Action::BrowseDatabase)?;
    let Conn::Postgres(conn) = desk.conn() else { return Ok(Slowness::Unknown(ON_SQLITE)) };
    let there: i64 = sqlx::query_scalar(HAS_STATEMENTS).fetch_one(&mut *conn).await?;
    if there == 0 {
        return Ok(Slowness::Unknown(NOT_LOADED));
    }
    let rows: Result<Vec<(String, i64, f64, f64)>, sqlx::Error> =
        sqlx::query_as(STATEMENTS).fetch_all(conn).await;
    // The view is there, but not the library that fills it.
    let Ok(rows) = rows else { return Ok(Slowness::Unknown(NOT_LOADED)) };
    let slow =
        |(statement, calls, mean_millis, total_millis)| Slow { statement, calls, mean_millis, total_millis };
    Ok(Slowness::Known(rows.into_iter().map(slow).collect()))
}
