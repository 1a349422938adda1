//! Proves a backup by restoring it to a scratch file, which works for either database, and looking at everything.

use super::error::BackupError;
use super::folder::note_proven;
use super::format::Head;
use super::key::Keys;
use super::load::sqlite::{self, Fittings};
use super::scratch::Scratch;
use super::source::{Files, Source};
use super::{Progress, restore};
use crate::audit::{self, Verdict};
use crate::clock::{Chance, Clock};
use crate::database::{Conn, Store};
use crate::desk::{Actor, Via};
use crate::sealing::sealed_length;
use crate::url::DatabaseUrl;
use medrecord_clinic::time::Instant;
use std::path::Path;

/// What a proof found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// When the backup was made.
    pub made_at: String,
    /// Of which database: `PostgreSQL` or `SQLite`.
    pub database: String,
    /// Its newest migration.
    pub schema: i64,
    /// How many tables it holds.
    pub tables: u64,
    /// How many rows; each was loaded and counted.
    pub rows: u64,
    /// How many files.
    pub files: u64,
    /// The tables with their numbers of rows, parents first.
    pub contents: Vec<(String, u64)>,
    /// What the audit chain says.
    pub audit: Verdict,
    /// Documents and recordings that a row names and the backup does not hold as the row says; at most ten.
    pub missing: Vec<String>,
}

/// Restores a backup to a scratch file below `scratch` and proves it: counts, digests, constraints, audit chain,
/// files. What it proved is written down beside the backup.
///
/// # Errors
/// [`BackupError`] naming the first thing that does not hold.
pub async fn verify(
    file: &Path,
    keys: &Keys,
    scratch: &Path,
    progress: &Progress,
    now: Instant,
) -> Result<Proof, BackupError> {
    let mut source = Source::open(file, keys, progress).await?;
    let scratch = Scratch::new(scratch, &Chance::System)?;
    let database = scratch.join("proof.db");
    let url = DatabaseUrl::file(&database);
    restore::prepare(&source, &url).await?;
    let mut conn = sqlite::open(&database).await?;
    let (loaded, after) = sqlite::tables(&mut conn, &mut source, Fittings::Rules).await?;
    sqlite::prove(&mut conn, &source, &loaded).await?;
    sqlx::Connection::close(conn).await?;
    let (files, totals) = source.files(after, None).await?;
    let store = Store::open_with(&url, Clock::System, Chance::System).await?;
    let checked = looked_at(&store, &files).await;
    store.close().await;
    let (audit, missing) = checked?;
    if matches!(audit, Verdict::Sound(_)) {
        note_proven(file, now)?;
    }
    let Head { made_at, database, .. } = &source.head;
    Ok(Proof {
        made_at: made_at.clone(),
        database: database.clone(),
        schema: source.head.schema(),
        tables: totals.tables,
        rows: totals.rows,
        files: totals.files,
        contents: loaded.into_iter().map(|done| (done.table.name, done.sum.rows)).collect(),
        audit,
        missing,
    })
}

async fn looked_at(store: &Store, files: &Files) -> Result<(Verdict, Vec<String>), BackupError> {
    let mut desk = store.read_desk(Actor::machine("backup", Via::System)).await?;
    let audit = audit::verify(&mut desk).await?;
    let missing = match desk.conn() {
        Conn::Sqlite(conn) => missing(conn, files).await?,
        Conn::Postgres(_) => Vec::new(),
    };
    Ok((audit, missing))
}

const DOCUMENTS: &str = "SELECT stored_as, sha256 FROM attachments ORDER BY stored_as";
const RECORDINGS: &str =
    "SELECT id, byte_count FROM recordings WHERE state NOT IN ('recording', 'discarded') ORDER BY id";
const MOST_NAMED: usize = 10;

/// Which files that rows name are not there as they say.
async fn missing(conn: &mut sqlx::SqliteConnection, files: &Files) -> Result<Vec<String>, sqlx::Error> {
    let documents: Vec<(String, String)> = sqlx::query_as(DOCUMENTS).fetch_all(&mut *conn).await?;
    let recordings: Vec<(String, i64)> = sqlx::query_as(RECORDINGS).fetch_all(conn).await?;
    let documents = documents.into_iter().filter_map(|(name, sha256)| {
        let name = format!("documents/{name}");
        files.get(&name).is_none_or(|sum| sum.sha256 != sha256).then_some(name)
    });
    let recordings = recordings.into_iter().filter_map(|(id, bytes)| {
        let name = format!("recordings/{id}/recording");
        let here = files.get(&name).and_then(|sum| i64::try_from(sum.bytes).ok());
        // Sealed on disk, or as it came where it is from before recordings were sealed.
        let sealed = u64::try_from(bytes).ok().and_then(|bytes| i64::try_from(sealed_length(bytes)).ok());
        (here != Some(bytes) && here != sealed).then_some(name)
    });
    Ok(documents.chain(recordings).take(MOST_NAMED).collect())
}
