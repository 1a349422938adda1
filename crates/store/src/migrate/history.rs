//! What a database has, held against the files: applied, pending, or in trouble, with the way out.

use super::files::{Dialect, Files, name_of};
use crate::database::{Conn, Store, on};
use crate::desk::Actor;
use crate::error::StoreError;
use serde::Serialize;
use sqlx::migrate::Migration;
use std::collections::BTreeMap;

/// How one migration stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// The database has it.
    Applied,
    /// The database does not have it yet.
    Pending,
    /// Its file is not the one that was applied.
    Edited,
    /// The database has it, and there is no file.
    Unknown,
    /// It is older than one that is applied.
    Late,
    /// It runs outside a transaction, was begun and did not end.
    Unfinished,
}

/// One migration and how it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// `20261122100000`.
    pub version: i64,
    /// `create providers and patients`.
    pub name: String,
    /// Whether the database has it.
    pub applied: bool,
    /// How it stands.
    pub state: State,
    /// When it was applied, by the database's own clock.
    pub applied_at: Option<String>,
}

impl Step {
    /// `20261122100000_create_providers_and_patients`.
    pub fn file_name(&self) -> String {
        format!("{}_{}", self.version, self.name.replace(' ', "_"))
    }

    /// What is wrong and what to do; `None` where all is well.
    pub fn trouble(&self) -> Option<String> {
        let name = self.file_name();
        match self.state {
            State::Applied | State::Pending => None,
            State::Edited => Some(format!(
                "{name} was changed after it was applied; restore its file (git checkout) and write the change as a new migration: medrecord migrate new"
            )),
            State::Unknown => Some(format!(
                "the database has {name}, for which this program has no file; install the newer MedRecord AI that applied it, or restore the file and build again"
            )),
            State::Late => Some(format!(
                "{name} is older than the newest migration that is applied; rename its two files to a later time"
            )),
            State::Unfinished => Some(format!(
                "{name} was begun and did not end; finish it by hand and run medrecord migrate resolve --applied {name}, or undo it by hand and run medrecord migrate resolve --rolled-back {name}"
            )),
        }
    }
}

/// How all migrations stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Each of them, in order.
    pub steps: Vec<Step>,
}

impl Standing {
    /// Reads it.
    ///
    /// # Errors
    /// [`StoreError`] where the database cannot be asked.
    pub async fn read(store: &Store, files: &Files) -> Result<Self, StoreError> {
        let mut desk = store.read_desk(Actor::machine("migrate", crate::Via::Command)).await?;
        Ok(held_against(files.of(Dialect::of(store)), &applied(&mut desk.conn()).await?))
    }

    /// That of a database which is not there yet.
    pub fn of_nothing(files: &Files) -> Self {
        held_against(files.of(Dialect::Sqlite), &[])
    }

    /// What is not applied yet.
    pub fn pending(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|step| step.state == State::Pending)
    }

    /// Everything that is wrong.
    pub fn troubles(&self) -> Vec<String> {
        self.steps.iter().filter_map(Step::trouble).collect()
    }

    /// Refuses to go on while anything is wrong.
    ///
    /// # Errors
    /// [`StoreError::Migration`] with the first trouble and its way out.
    pub fn sound(&self) -> Result<(), StoreError> {
        self.troubles().into_iter().next().map_or(Ok(()), |words| Err(StoreError::Migration(words)))
    }
}

/// Where the database stands.
///
/// # Errors
/// [`StoreError::Migration`] where an applied file was edited, is missing here, or is newer than this program.
pub async fn status(store: &Store) -> Result<Vec<Step>, StoreError> {
    let standing = Standing::read(store, &Files::built_in()).await?;
    standing.sound()?;
    Ok(standing.steps)
}

/// A row of the history.
#[derive(sqlx::FromRow)]
pub(super) struct Row {
    pub(super) version: i64,
    description: String,
    success: bool,
    checksum: Vec<u8>,
    installed_on: String,
}

const ROWS: &str =
    "SELECT version, description, success, checksum, CAST(installed_on AS text) AS installed_on
    FROM _sqlx_migrations ORDER BY version";
const HAS_TABLE_SQLITE: &str = "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = $1";
const HAS_TABLE_POSTGRES: &str =
    "SELECT COUNT(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = $1";

/// Whether there is a table of that name.
pub(super) async fn has_table(conn: &mut Conn<'_>, name: &str) -> Result<bool, StoreError> {
    let count: i64 = match conn {
        Conn::Sqlite(conn) => sqlx::query_scalar(HAS_TABLE_SQLITE).bind(name).fetch_one(&mut **conn).await?,
        Conn::Postgres(conn) => {
            sqlx::query_scalar(HAS_TABLE_POSTGRES).bind(name).fetch_one(&mut **conn).await?
        }
    };
    Ok(count > 0)
}

/// The history; none where the database is new.
pub(super) async fn applied(conn: &mut Conn<'_>) -> Result<Vec<Row>, StoreError> {
    if !has_table(conn, "_sqlx_migrations").await? {
        return Ok(Vec::new());
    }
    Ok(match conn {
        Conn::Sqlite(conn) => sqlx::query_as(ROWS).fetch_all(&mut **conn).await?,
        Conn::Postgres(conn) => sqlx::query_as(ROWS).fetch_all(&mut **conn).await?,
    })
}

/// Puts files and history side by side.
pub(super) fn held_against(files: &[Migration], rows: &[Row]) -> Standing {
    let newest = rows.iter().map(|row| row.version).max().unwrap_or(0);
    let mut steps: BTreeMap<i64, Step> = BTreeMap::new();
    for file in files {
        let state = if file.version < newest { State::Late } else { State::Pending };
        let step = Step {
            version: file.version,
            name: file.description.to_string(),
            applied: false,
            state,
            applied_at: None,
        };
        steps.insert(file.version, step);
    }
    for row in rows {
        let file = files.iter().find(|file| file.version == row.version);
        let state = match file {
            _ if !row.success => State::Unfinished,
            None => State::Unknown,
            Some(file) if file.checksum.as_ref() != row.checksum.as_slice() => State::Edited,
            Some(_) => State::Applied,
        };
        let step = Step {
            version: row.version,
            name: row.description.clone(),
            applied: row.success,
            state,
            applied_at: Some(row.installed_on.clone()),
        };
        steps.insert(row.version, step);
    }
    Standing { steps: steps.into_values().collect() }
}

const TABLE_SQLITE: &str = "CREATE TABLE IF NOT EXISTS _sqlx_migrations (
    version BIGINT PRIMARY KEY,
    description TEXT NOT NULL,
    installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    success BOOLEAN NOT NULL,
    checksum BLOB NOT NULL,
    execution_time BIGINT NOT NULL
)";
const TABLE_POSTGRES: &str = "CREATE TABLE IF NOT EXISTS _sqlx_migrations (
    version bigint PRIMARY KEY,
    description text NOT NULL,
    installed_on timestamptz NOT NULL DEFAULT now(),
    success boolean NOT NULL,
    checksum bytea NOT NULL,
    execution_time bigint NOT NULL
)";
const ADD: &str = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
    VALUES ($1, $2, $3, $4, $5)";
const END: &str = "UPDATE _sqlx_migrations SET success = TRUE, execution_time = $2 WHERE version = $1";
const TAKE_BACK: &str = "DELETE FROM _sqlx_migrations WHERE version = $1";

/// Makes the table of the history, laid out as sqlx has it.
pub(super) async fn make_table(conn: &mut Conn<'_>) -> Result<(), StoreError> {
    if !has_table(conn, "_sqlx_migrations").await? {
        match conn {
            Conn::Sqlite(conn) => sqlx::query(TABLE_SQLITE).execute(&mut **conn).await.map(|_| ())?,
            Conn::Postgres(conn) => sqlx::query(TABLE_POSTGRES).execute(&mut **conn).await.map(|_| ())?,
        }
    }
    Ok(())
}

/// Whether a migration that is written down has ended, and how long it took.
#[derive(Debug, Clone, Copy)]
pub(super) enum Ended {
    /// In so many nanoseconds.
    In(i64),
    /// Not yet.
    NotYet,
}

/// Writes a migration down.
pub(super) async fn add(
    work: &mut super::work::Work,
    file: &Migration,
    ended: Ended,
) -> Result<(), StoreError> {
    let (success, nanos) = match ended {
        Ended::In(nanos) => (true, nanos),
        Ended::NotYet => (false, -1),
    };
    on!(work, conn => {
        sqlx::query(ADD)
            .bind(file.version)
            .bind(file.description.as_ref())
            .bind(success)
            .bind(file.checksum.as_ref())
            .bind(nanos)
            .execute(conn)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// Writes down that a migration outside a transaction has ended.
pub(super) async fn end(work: &mut super::work::Work, version: i64, nanos: i64) -> Result<(), StoreError> {
    on!(work, conn => sqlx::query(END).bind(version).bind(nanos).execute(conn).await.map(|_| ()))?;
    Ok(())
}

/// Takes a migration out of the history.
pub(super) async fn take_back(work: &mut super::work::Work, version: i64) -> Result<(), StoreError> {
    on!(work, conn => sqlx::query(TAKE_BACK).bind(version).execute(conn).await.map(|_| ()))?;
    Ok(())
}

/// The migration of a name or a number.
pub(super) fn named<'a>(files: &'a [Migration], name: &str) -> Option<&'a Migration> {
    files.iter().find(|file| name_of(file) == name || file.version.to_string() == name)
}
