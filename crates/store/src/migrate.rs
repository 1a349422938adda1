//! Migrations: the schema's files, built into the binary, applied in order and never changed afterwards.
//!
//! sqlx checks that an applied file was not edited or lost. Added here: one starter at a time on SQLite too, and a
//! refusal of a file older than the newest applied one.

use crate::database::{Pools, Store};
use crate::error::StoreError;
use sqlx::migrate::{MigrateError, Migrator};
use std::collections::BTreeMap;

static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");
static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");

/// One migration and whether it is applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// `20261122100000`.
    pub version: i64,
    /// `create providers and patients`.
    pub name: String,
    /// Whether the database has it.
    pub applied: bool,
}

/// Where the database stands.
///
/// # Errors
/// [`StoreError::Migration`] where an applied file was edited, is missing here, or is newer than this program.
pub async fn status(store: &Store) -> Result<Vec<Step>, StoreError> {
    let applied = applied(store).await?;
    let known = migrator(store);
    for (version, checksum) in &applied {
        let Some(file) = known.iter().find(|file| file.version == *version) else {
            return Err(StoreError::Migration(format!(
                "the database has migration {version}, which this program does not know; it was made by a newer MedRecord AI: install that one"
            )));
        };
        if file.checksum.as_ref() != checksum.as_slice() {
            return Err(StoreError::Migration(format!(
                "migration {version} was changed after it was applied; restore its file and write a new migration instead"
            )));
        }
    }
    let steps: Vec<Step> = known
        .iter()
        .map(|file| Step {
            version: file.version,
            name: file.description.to_string(),
            applied: applied.contains_key(&file.version),
        })
        .collect();
    let newest = applied.keys().next_back().copied().unwrap_or(0);
    if let Some(late) = steps.iter().find(|step| !step.applied && step.version < newest) {
        return Err(StoreError::Migration(format!(
            "migration {} is older than the newest applied one, {newest}; give it a later number",
            late.version
        )));
    }
    Ok(steps)
}

/// Applies what is pending, in order; a failing migration leaves nothing. Returns what was applied.
///
/// Of two starters at once one applies and the other waits: PostgreSQL by sqlx's advisory lock, SQLite by the lock
/// of a table of its own held in an open transaction.
///
/// # Errors
/// As [`status`], and [`StoreError::Driver`] where a migration fails.
pub async fn deploy(store: &Store) -> Result<Vec<Step>, StoreError> {
    let pending: Vec<Step> = status(store).await?.into_iter().filter(|step| !step.applied).collect();
    if pending.is_empty() {
        return Ok(pending);
    }
    let outcome = match &store.pools {
        Pools::Postgres(pool) => POSTGRES.run(pool).await,
        Pools::Sqlite { write, .. } => {
            let file = write.connect_options().get_filename().with_extension("migrating");
            let _lock = FileLock::take(&file).await?;
            SQLITE.run(write).await
        }
    };
    outcome.map_err(explained)?;
    Ok(pending)
}

fn migrator(store: &Store) -> &'static Migrator {
    match store.pools {
        Pools::Postgres(_) => &POSTGRES,
        Pools::Sqlite { .. } => &SQLITE,
    }
}

const APPLIED: &str = "SELECT version, checksum FROM _sqlx_migrations WHERE success ORDER BY version";
const HAS_TABLE_SQLITE: &str =
    "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = '_sqlx_migrations'";
const HAS_TABLE_POSTGRES: &str =
    "SELECT COUNT(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = '_sqlx_migrations'";

async fn applied(store: &Store) -> Result<BTreeMap<i64, Vec<u8>>, StoreError> {
    let rows: Vec<(i64, Vec<u8>)> = match &store.pools {
        Pools::Postgres(pool) => {
            let tables: i64 = sqlx::query_scalar(HAS_TABLE_POSTGRES).fetch_one(pool).await?;
            if tables == 0 { Vec::new() } else { sqlx::query_as(APPLIED).fetch_all(pool).await? }
        }
        Pools::Sqlite { write, .. } => {
            let tables: i64 = sqlx::query_scalar(HAS_TABLE_SQLITE).fetch_one(write).await?;
            if tables == 0 { Vec::new() } else { sqlx::query_as(APPLIED).fetch_all(write).await? }
        }
    };
    Ok(rows.into_iter().collect())
}

fn explained(error: MigrateError) -> StoreError {
    if let MigrateError::Execute(error) = error {
        return error.into();
    }
    if let MigrateError::ExecuteMigration(error, version) = &error {
        return StoreError::Migration(format!("migration {version} failed and was undone: {error}"));
    }
    StoreError::Migration(error.to_string())
}

/// A file beside the database whose lock the migrating process holds; the system frees it if the process dies.
struct FileLock {
    file: std::fs::File,
}

impl FileLock {
    async fn take(path: &std::path::Path) -> Result<Self, StoreError> {
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
