//! Everything anew: drops all that the schema holds and applies every migration, in one transaction.

use super::files::{Dialect, Files};
use super::history::{self, Step};
use super::work::Work;
use super::{deploy, marks};
use crate::database::{Conn, Store};
use crate::error::StoreError;

/// What is dropped in SQLite, as statements; a search table takes its own tables with it, so tables are asked twice.
const DROPS_SQLITE: [&str; 2] = [
    "SELECT 'DROP ' || type || ' \"' || name || '\"' FROM sqlite_master
        WHERE type IN ('trigger', 'view') OR sql LIKE 'CREATE VIRTUAL TABLE%'",
    "SELECT 'DROP TABLE \"' || name || '\"' FROM sqlite_master
        WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
];

/// What is dropped in PostgreSQL, as statements: what lies in the practice's own schema and belongs to no extension.
const DROPS_POSTGRES: &str = "WITH own AS (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
    SELECT 'DROP ' || kind || ' IF EXISTS ' || name || ' CASCADE' FROM (
        SELECT 1 AS step,
            CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind,
            CAST(CAST(c.oid AS regclass) AS text) AS name,
            c.oid AS oid
        FROM pg_class AS c JOIN own ON own.oid = relnamespace WHERE relkind IN ('r', 'p', 'v', 'm', 'S')
        UNION ALL
        SELECT 2, 'ROUTINE', CAST(CAST(p.oid AS regprocedure) AS text), p.oid
        FROM pg_proc AS p JOIN own ON own.oid = pronamespace
        UNION ALL
        SELECT 3, CASE typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END, CAST(CAST(t.oid AS regtype) AS text), t.oid
        FROM pg_type AS t JOIN own ON own.oid = typnamespace WHERE typtype IN ('e', 'd')
    ) AS found
    WHERE NOT EXISTS (SELECT 1 FROM pg_depend AS d WHERE d.objid = found.oid AND d.deptype = 'e')
    ORDER BY step, name";

/// Drops everything and applies every migration anew; returns what was applied.
///
/// The caller has made sure that this is a development machine. A database that was ever deployed as production is
/// refused here, whatever the caller believes.
///
/// # Errors
/// [`StoreError::Migration`] on a production database or where a migration fails; then nothing is changed.
pub async fn reset(store: &Store, files: &Files) -> Result<Vec<Step>, StoreError> {
    let mut work = Work::begin(store).await?;
    if let Some(since) = marks::read(&mut work.conn()).await? {
        return Err(StoreError::Migration(format!(
            "this database was deployed as production on {since} and is never reset; for a development database name another one in DATABASE_URL"
        )));
    }
    for statement in drops(&mut work).await? {
        work.run_made(statement).await?;
    }
    if let Conn::Sqlite(_) = work.conn() {
        let [_, tables] = DROPS_SQLITE;
        for statement in list(&mut work, tables).await? {
            work.run_made(statement).await?;
        }
    }
    history::make_table(&mut work.conn()).await?;
    let files = files.of(Dialect::of(store));
    for file in files {
        deploy::run_in_transaction(&mut work, &super::replay::inside_a_transaction(file)).await?;
    }
    let rows = history::applied(&mut work.conn()).await?;
    work.commit().await?;
    Ok(history::held_against(files, &rows).steps)
}

async fn drops(work: &mut Work) -> Result<Vec<String>, StoreError> {
    let [first, _] = DROPS_SQLITE;
    let sql = match work.conn() {
        Conn::Sqlite(_) => first,
        Conn::Postgres(_) => DROPS_POSTGRES,
    };
    list(work, sql).await
}

async fn list(work: &mut Work, sql: &'static str) -> Result<Vec<String>, StoreError> {
    Ok(match work.conn() {
        Conn::Sqlite(conn) => sqlx::query_scalar(sql).fetch_all(conn).await?,
        Conn::Postgres(conn) => sqlx::query_scalar(sql).fetch_all(conn).await?,
    })
}
