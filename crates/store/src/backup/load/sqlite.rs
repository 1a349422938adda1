//! Loads into an SQLite file that nobody else has open and that is thrown away if anything fails.

use super::super::catalogue::{self, Table, quoted};
use super::super::dump::{Lines, select};
use super::super::error::BackupError;
use super::super::row::{Kind, unescape};
use super::super::source::{Rows, Section, Source};
use super::{AfterTables, Loaded, broken, complete, counted_alike, same, twin};
use crate::hex;
use futures_util::TryStreamExt;
use sqlx::sqlite::{SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{Arguments, AssertSqlSafe, ConnectOptions, SqliteConnection};
use std::path::Path;

/// Values that go into one statement; SQLite takes 32,766.
const MOST_VALUES: usize = 1500;
/// What is put back afterwards. An index that refuses nothing proves nothing: a scratch file does without.
const EXTRAS: &str = "SELECT type, name, sql FROM sqlite_schema
    WHERE type IN ('index', 'trigger') AND sql IS NOT NULL ORDER BY type, name";
const SEARCHES: &str = "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE%USING fts5%content%'";

/// How much to put back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fittings {
    /// Everything, for a database to work with.
    All,
    /// What can refuse a row, for a proof.
    Rules,
}

/// Opens a file for loading: no journal, because the file counts for nothing until it is done.
pub(crate) async fn open(file: &Path) -> Result<SqliteConnection, sqlx::Error> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .foreign_keys(false)
        .journal_mode(SqliteJournalMode::Off)
        .synchronous(SqliteSynchronous::Off)
        .locking_mode(sqlx::sqlite::SqliteLockingMode::Exclusive)
        .pragma("cache_size", "-32768")
        .pragma("trusted_schema", "OFF")
        // Rows come over in larger parts from the thread that reads them.
        .row_buffer_size(128)
        .statement_cache_capacity(100);
    options.connect().await
}

/// Loads every table of the backup and puts the rules back; they must hold.
pub(crate) async fn tables(
    conn: &mut SqliteConnection,
    source: &mut Source,
    fittings: Fittings,
) -> Result<AfterTables, BackupError> {
    let here = catalogue::sqlite(conn).await?;
    let extras: Vec<(String, String, String)> = sqlx::query_as(EXTRAS).fetch_all(&mut *conn).await?;
    run(conn, "BEGIN EXCLUSIVE".to_owned()).await?;
    for (kind, name, _) in &extras {
        run(conn, format!("DROP {kind} {}", quoted(name))).await?;
    }
    for table in &here {
        run(conn, format!("DELETE FROM {}", quoted(&table.name))).await?;
    }
    let mut loaded = Vec::new();
    let after = loop {
        match source.section().await? {
            Section::Table(table) => loaded.push(one(conn, source, &here, table).await?),
            after @ (Section::File(_) | Section::End(_)) => break after,
        }
    };
    complete(source, &here, &loaded)?;
    for (kind, _, sql) in extras {
        if fittings == Fittings::All || kind == "index" && sql.starts_with("CREATE UNIQUE") {
            run(conn, sql).await.map_err(|error| broken(source, error))?;
        }
    }
    if fittings == Fittings::All {
        let searches: Vec<String> = sqlx::query_scalar(SEARCHES).fetch_all(&mut *conn).await?;
        for search in searches {
            let name = quoted(&search);
            run(conn, format!("INSERT INTO {name} ({name}) VALUES ('rebuild')")).await?;
        }
    }
    run(conn, "COMMIT".to_owned()).await?;
    Ok((loaded, after))
}

async fn run(conn: &mut SqliteConnection, sql: String) -> Result<(), sqlx::Error> {
    // Every name comes from the catalogue and is quoted; every statement from this program's own migrations.
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(conn).await.map(|_| ())
}

async fn one(
    conn: &mut SqliteConnection,
    source: &mut Source,
    here: &[Table],
    table: Table,
) -> Result<Loaded, BackupError> {
    let own = twin(source, here, &table)?;
    let kinds = own.kinds();
    let most = (MOST_VALUES / kinds.len().max(1)).max(1);
    let whole = insert(&own, most);
    let mut batch = Batch { rows: 0, values: SqliteArguments::default() };
    loop {
        match source.rows().await? {
            Rows::End(sum) => {
                batch.insert(conn, insert(&own, batch.rows)).await.map_err(|error| broken(source, error))?;
                return Ok(Loaded { table, sum });
            }
            Rows::Lines(lines) => {
                for line in lines.split_inclusive(|byte| *byte == b'\n') {
                    let line = line.strip_suffix(b"\n").unwrap_or(line);
                    batch.take(line, &kinds).ok_or_else(|| source.damaged())?;
                    if batch.rows >= most {
                        batch.insert(conn, whole.clone()).await.map_err(|error| broken(source, error))?;
                    }
                }
            }
        }
    }
}

/// Rows that go in together.
struct Batch {
    rows: usize,
    values: SqliteArguments,
}

impl Batch {
    /// Takes a line; `None` where it has another number of fields than the table.
    fn take(&mut self, line: &[u8], kinds: &[Kind]) -> Option<()> {
        let mut fields = line.split(|byte| *byte == b'\t');
        for kind in kinds {
            let field = fields.next()?;
            let text = unescape(field);
            if text.is_none() && field != b"\\N" {
                return None;
            }
            let added = match kind {
                Kind::Bytes => self.values.add(match text {
                    Some(text) => Some(hex::decode(&text)?),
                    None => None,
                }),
                Kind::Plain | Kind::Flag | Kind::Decimal(_) | Kind::At | Kind::Json | Kind::Float => {
                    self.values.add(text)
                }
            };
            added.ok()?;
        }
        self.rows += 1;
        fields.next().is_none().then_some(())
    }

    async fn insert(&mut self, conn: &mut SqliteConnection, sql: String) -> Result<(), sqlx::Error> {
        if self.rows == 0 {
            return Ok(());
        }
        let values = std::mem::take(&mut self.values);
        self.rows = 0;
        sqlx::query_with(AssertSqlSafe(sql), values).execute(conn).await.map(|_| ())
    }
}

/// The statement that adds so many rows.
fn insert(table: &Table, rows: usize) -> String {
    let row = format!("({})", vec!["?"; table.columns.len()].join(", "));
    format!(
        "INSERT INTO {} ({}) VALUES {}",
        quoted(&table.name),
        table.column_list(),
        vec![row; rows].join(", ")
    )
}

/// Proves that the file holds together and that every table comes to what the backup says.
pub(crate) async fn prove(
    conn: &mut SqliteConnection,
    source: &Source,
    loaded: &[Loaded],
) -> Result<(), BackupError> {
    let faults: Vec<String> = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_all(&mut *conn).await?;
    let orphan: Option<(String, String)> =
        sqlx::query_as("SELECT \"table\", parent FROM pragma_foreign_key_check LIMIT 1")
            .fetch_optional(&mut *conn)
            .await?;
    let rule = match (faults.iter().find(|line| *line != "ok"), orphan) {
        (Some(_), _) => Some("the pages of the scratch file".to_owned()),
        (None, Some((child, parent))) => Some(format!("a row of {child} without its row of {parent}")),
        (None, None) => None,
    };
    if let Some(rule) = rule {
        return Err(BackupError::Rule { file: source.name.clone(), rule });
    }
    let here = catalogue::sqlite(conn).await?;
    for done in loaded {
        let own = twin(source, &here, &done.table)?;
        let mut lines = Lines::counting(&own, counted_alike(&own, &done.table));
        let mut rows = sqlx::query(AssertSqlSafe(select(&own))).fetch(&mut *conn);
        while let Some(row) = rows.try_next().await? {
            lines.row(&row)?;
            lines.out.clear();
        }
        same(source, done, &lines.sum)?;
    }
    Ok(())
}
