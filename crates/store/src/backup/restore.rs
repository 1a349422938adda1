//! Brings a backup back: all of it or nothing, and never over data that is there.
//!
//! An SQLite file is made beside its place and renamed into it; on PostgreSQL all rows come in one transaction.
//! Files go to their folder before the database counts; a file that is there already must be the same one.

use super::error::BackupError;
use super::key::Keys;
use super::load::postgres;
use super::scratch::Scratch;
use super::source::{Files, Source};
use super::{Progress, catalogue};
use crate::audit::{self, Event, Verb, Verdict};
use crate::clock::Chance;
use crate::column::At;
use crate::database::{Held, Pools, Store, on};
use crate::desk::{Actor, Desk, Via};
use crate::error::StoreError;
use crate::url::{DatabaseUrl, Place};
use crate::{hex, migrate, server};
use sha2::{Digest, Sha256};
use sqlx::PgPool;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Where a backup is to be restored.
#[derive(Debug, Clone)]
pub struct Target {
    /// The database: one that is not there yet, or has neither patients nor people who sign in.
    pub url: DatabaseUrl,
    /// The folder for recordings and documents.
    pub data_folder: PathBuf,
    /// Whether an SQLite file that stands in the way is kept under another name.
    pub set_aside: bool,
}

/// What was restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// When the backup was made.
    pub made_at: String,
    /// How many tables.
    pub tables: u64,
    /// How many rows; each counted and compared.
    pub rows: u64,
    /// How many files.
    pub files: u64,
    /// What the audit chain says.
    pub audit: Verdict,
    /// Where the database that stood in the way is now.
    pub aside: Option<PathBuf>,
}

/// Restores a backup; where this fails or is killed, what was there before is as it was.
///
/// Sessions that were open end, the trail goes on with an event of this, and an older schema is migrated.
///
/// # Errors
/// [`BackupError`] naming what stands against it.
pub async fn restore(
    file: &Path,
    keys: &Keys,
    target: &Target,
    actor: Actor,
    progress: &Progress,
) -> Result<Restored, BackupError> {
    let source = Source::open(file, keys, progress).await?;
    match &target.url.place {
        Place::Sqlite(path) => super::restore_file::restore(source, target, path, actor).await,
        Place::Postgres(_) => into_postgres(source, target, actor).await,
    }
}

/// Makes the tables of the backup's age in an empty database; refuses a backup of a newer program.
pub(super) async fn prepare(source: &Source, url: &DatabaseUrl) -> Result<(), BackupError> {
    let store = Store::open(url).await?;
    let made = prepare_in(source, &store).await;
    store.close().await;
    made
}

async fn prepare_in(source: &Source, store: &Store) -> Result<(), BackupError> {
    let known = migrate::known(store);
    if let Some(newer) = source.head.migrations.iter().find(|version| !known.contains(version)) {
        let what = format!("its schema has {newer}");
        return Err(BackupError::Newer { file: source.name.clone(), what });
    }
    migrate::deploy_to(store, source.head.schema()).await?;
    Ok(())
}

/// What a database holds.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Vacancy {
    /// No table at all.
    Bare,
    /// Our tables up to a migration, and nobody in them.
    Empty(i64),
    /// Somebody's records.
    Taken,
    /// Tables that are not ours.
    Foreign,
}

/// A server that was started once writes events of its own; what counts is whether there is anybody.
const SIGNS_OF_LIFE: &str = "SELECT (SELECT COUNT(*) FROM patients) + (SELECT COUNT(*) FROM providers)";
const NOBODY_ELSE: &str = "LOCK TABLE patients, providers, audit_events IN ACCESS EXCLUSIVE MODE";

pub(super) async fn vacancy(store: &Store) -> Result<Vacancy, BackupError> {
    let tables = match &store.pools {
        Pools::Sqlite { write, .. } => catalogue::sqlite(&mut *write.acquire().await?).await?,
        Pools::Postgres(pool) => catalogue::postgres(&mut *pool.acquire().await?).await?,
    };
    if tables.is_empty() {
        return Ok(Vacancy::Bare);
    }
    if !tables.iter().any(|table| table.name == "audit_events") {
        return Ok(Vacancy::Foreign);
    }
    let count: i64 = match &store.pools {
        Pools::Sqlite { write, .. } => sqlx::query_scalar(SIGNS_OF_LIFE).fetch_one(write).await?,
        Pools::Postgres(pool) => sqlx::query_scalar(SIGNS_OF_LIFE).fetch_one(pool).await?,
    };
    if count > 0 {
        return Ok(Vacancy::Taken);
    }
    let steps = migrate::status(store).await?;
    Ok(Vacancy::Empty(steps.iter().filter(|step| step.applied).map(|step| step.version).max().unwrap_or(0)))
}

/// Refuses a place that holds anything.
pub(super) fn must_be_vacant(source: &Source, url: &DatabaseUrl, found: &Vacancy) -> Result<(), BackupError> {
    let place = url.in_words();
    let why = match found {
        Vacancy::Bare => return Ok(()),
        Vacancy::Empty(schema) if *schema <= source.head.schema() => return Ok(()),
        Vacancy::Empty(_) => format!(
            "{place} has newer tables than the backup; name a database without tables with --into URL"
        ),
        Vacancy::Taken => format!("{place} holds records; name an empty database with --into URL"),
        Vacancy::Foreign => {
            format!("{place} holds tables of something else; name an empty database with --into URL")
        }
    };
    Err(BackupError::Place(why))
}

async fn into_postgres(mut source: Source, target: &Target, actor: Actor) -> Result<Restored, BackupError> {
    let made = open_or_make(&target.url).await?;
    let done = into_schema(&mut source, target, actor, &made.store).await;
    made.store.close().await;
    if done.is_err()
        && let Some(name) = made.name
    {
        // The failure itself says more than that its remains could not be taken away.
        if let Err(error) = server::drop(&target.url.on_maintenance()?, &name).await {
            tracing::warn!(%error, "the database made for restoring could not be dropped");
        }
    }
    done
}

/// An open database, and its name where it was made for this.
struct Opened {
    store: Store,
    name: Option<String>,
}

/// How long to wait for a database that a killed restore is still making on the server.
const MAKING: Duration = Duration::from_millis(200);
const MOST_TRIES: u32 = 50;

async fn open_or_make(url: &DatabaseUrl) -> Result<Opened, BackupError> {
    let mut tries = 0;
    loop {
        let missing = match Store::open(url).await {
            Ok(store) => return Ok(Opened { store, name: None }),
            Err(error) if error.is_no_such_database() => error,
            Err(error) => return Err(error.into()),
        };
        let Some(name) = url.database_name() else { return Err(missing.into()) };
        match server::create(&url.on_maintenance()?, &name, None).await {
            Ok(_) => return Ok(Opened { store: Store::open(url).await?, name: Some(name) }),
            Err(error) if error.is_such_a_database() && tries < MOST_TRIES => {
                tries += 1;
                tokio::time::sleep(MAKING).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// Restores the rows of a backup into an empty database of PostgreSQL whose schema stays of the backup's age; `folder`
/// is for passing work.
pub(crate) async fn restore_as_it_was(
    file: &Path,
    keys: &Keys,
    url: &DatabaseUrl,
    folder: &Path,
) -> Result<(), BackupError> {
    let mut source = Source::open(file, keys, &Progress::default()).await?;
    let target = Target { url: url.clone(), data_folder: folder.to_owned(), set_aside: false };
    let store = Store::open(url).await?;
    let filled = fill(&mut source, &target, Actor::machine("migrate", Via::Command), &store).await;
    store.close().await;
    filled.map(|_| ())
}

async fn into_schema(
    source: &mut Source,
    target: &Target,
    actor: Actor,
    store: &Store,
) -> Result<Restored, BackupError> {
    let restored = fill(source, target, actor, store).await?;
    migrate::deploy(store).await?;
    if let Pools::Postgres(pool) = &store.pools {
        analyze(pool).await;
    }
    Ok(restored)
}

async fn fill(
    source: &mut Source,
    target: &Target,
    actor: Actor,
    store: &Store,
) -> Result<Restored, BackupError> {
    must_be_vacant(source, &target.url, &vacancy(store).await?)?;
    prepare_in(source, store).await?;
    let Pools::Postgres(pool) = &store.pools else { return Err(source.damaged()) };
    let mut work = pool.begin().await?;
    // Somebody may have signed in since it was looked at, or restore too; from here on nobody can.
    sqlx::query(NOBODY_ELSE).execute(&mut *work).await?;
    let count: i64 = sqlx::query_scalar(SIGNS_OF_LIFE).fetch_one(&mut *work).await?;
    if count > 0 {
        must_be_vacant(source, &target.url, &Vacancy::Taken)?;
    }
    let (_, after) = postgres::tables(&mut work, source).await?;
    let staging = Scratch::new(&target.data_folder, store.chance())?;
    let (files, totals) = source.files(after, Some(&staging.join("files"))).await?;
    let mut desk = Desk::new(store.clone(), Held::PostgresWrite(work), actor);
    let audit = settle(&mut desk, source, totals.rows).await?;
    place_files(&staging.join("files"), &target.data_folder, &files)?;
    desk.keep().await?;
    Ok(Restored {
        made_at: source.head.made_at.clone(),
        tables: totals.tables,
        rows: totals.rows,
        files: totals.files,
        audit,
        aside: None,
    })
}

/// The planner knows nothing of rows that have just come; it learns by itself too, only later.
async fn analyze(pool: &PgPool) {
    if let Err(error) = sqlx::query("ANALYZE").execute(pool).await {
        tracing::warn!(%error, "the tables could not be analysed");
    }
}

const END_SESSIONS: &str =
    "UPDATE sessions SET ended_at = $1, ended_reason = 'restored' WHERE ended_at IS NULL";

/// Proves the trail, ends the sessions of the old place, and writes down that it was restored.
pub(super) async fn settle(desk: &mut Desk, source: &Source, rows: u64) -> Result<Verdict, BackupError> {
    let audit = audit::verify(desk).await?;
    let now = At(desk.now());
    on!(desk, conn => sqlx::query(END_SESSIONS).bind(now).execute(conn).await.map(|_| ()))?;
    let detail = serde_json::json!({ "madeAt": source.head.made_at, "rows": rows });
    desk.record(Event::new(Verb::Create, "restore").with(detail));
    Ok(audit)
}

/// Moves files to where they belong; none where any is in the way of another one.
pub(super) fn place_files(from: &Path, data: &Path, files: &Files) -> Result<(), BackupError> {
    let mut moves = Vec::new();
    for (name, sum) in files {
        let (source, place) = (from.join(name), data.join(name));
        if place.exists() {
            let here = sha256(&place).map_err(|error| BackupError::file(&place, error))?;
            if here != sum.sha256 {
                return Err(BackupError::Place(format!(
                    "{} is there already and is another file; name another folder with --data-dir DIR",
                    place.display()
                )));
            }
        } else {
            moves.push((source, place));
        }
    }
    for (source, place) in moves {
        let moved = place.parent().map_or(Ok(()), fs::create_dir_all);
        let moved = moved.and_then(|()| fs::rename(&source, &place));
        let moved =
            moved.and_then(|()| place.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all()));
        moved.map_err(|error| BackupError::file(&place, error))?;
    }
    Ok(())
}

fn sha256(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut piece = vec![0; 1 << 16];
    loop {
        let count = file.read(&mut piece)?;
        if count == 0 {
            return Ok(hex::encode(&hasher.finalize()));
        }
        hasher.update(piece.get(..count).unwrap_or_default());
    }
}

/// Opens a store for the last steps on a restored file.
pub(super) async fn open(path: &Path) -> Result<Store, StoreError> {
    Store::open_with(&DatabaseUrl::file(path), crate::clock::Clock::System, Chance::System).await
}
