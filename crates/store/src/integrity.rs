//! Whether the database is whole, and set up so that what was acknowledged survives a power cut.

use crate::database::{BEGIN_SQLITE, Pools, Store};
use crate::error::StoreError;
use sqlx::{PgPool, SqlitePool};

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Whether it is as it must be.
    pub sound: bool,
    /// What was found, and where it is not sound what to do.
    pub words: String,
}

impl Finding {
    fn of(sound: bool, good: impl Into<String>, bad: impl Into<String>) -> Self {
        Self { sound, words: if sound { good.into() } else { bad.into() } }
    }
}

/// Looks the database over; on a large SQLite file this reads all of it.
///
/// # Errors
/// [`StoreError`] where it cannot be asked.
pub async fn check(store: &Store) -> Result<Vec<Finding>, StoreError> {
    match &store.pools {
        Pools::Sqlite { write, .. } => sqlite(write).await,
        Pools::Postgres(pool) => postgres(pool).await,
    }
}

async fn sqlite(pool: &SqlitePool) -> Result<Vec<Finding>, StoreError> {
    let faults: Vec<String> = sqlx::query_scalar("PRAGMA quick_check(5)").fetch_all(pool).await?;
    let whole = faults.iter().all(|line| line == "ok");
    let orphans = sqlx::query("PRAGMA foreign_key_check").fetch_all(pool).await?.len();
    let journal: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(pool).await?;
    // Each transaction says for itself whether its commit waits for the disk; asked is one that changes something.
    let mut writing = pool.begin_with(BEGIN_SQLITE).await?;
    let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(&mut *writing).await?;
    writing.rollback().await?;
    let durable = journal == "wal" && synchronous >= 2;
    Ok(vec![
        Finding::of(whole, "every page of the file holds together", {
            let first = faults.first().map_or("", String::as_str);
            format!("the file is damaged ({first}); restore the last backup")
        }),
        Finding::of(orphans == 0, "every row's parents are there", {
            format!("{orphans} row(s) point to rows that are gone; restore the last backup")
        }),
        Finding::of(durable, "each commit reaches the disk (WAL, synchronous FULL)", {
            format!("commits may be lost in a power cut (journal {journal}, synchronous {synchronous})")
        }),
    ])
}

/// A setting of the server, the value it must have, and what is lost otherwise.
const POSTGRES_SETTINGS: [(&str, &str); 3] = [
    ("fsync", "data may be lost or damaged in a power cut; set fsync = on in postgresql.conf"),
    ("full_page_writes", "pages may be torn in a power cut; set full_page_writes = on in postgresql.conf"),
    ("synchronous_commit", "the last commits may be lost in a power cut; set synchronous_commit = on"),
];

async fn postgres(pool: &PgPool) -> Result<Vec<Finding>, StoreError> {
    let version: String = sqlx::query_scalar("SHOW server_version_num").fetch_one(pool).await?;
    let new_enough = version.parse::<u32>().is_ok_and(|version| version >= 150_000);
    let mut findings = vec![Finding::of(new_enough, format!("the server is new enough ({version})"), {
        format!("the server is too old ({version}); use PostgreSQL 15 or newer")
    })];
    for (name, lost) in POSTGRES_SETTINGS {
        let value: String =
            sqlx::query_scalar("SELECT current_setting($1)").bind(name).fetch_one(pool).await?;
        // synchronous_commit may also name a wider guarantee; only off and local weaken it.
        let sound = !matches!(value.as_str(), "off" | "local");
        findings.push(Finding::of(sound, format!("{name} is {value}"), format!("{name} is {value}: {lost}")));
    }
    let broken: i64 =
        sqlx::query_scalar("SELECT COUNT(*) FROM pg_index WHERE NOT indisvalid").fetch_one(pool).await?;
    findings.push(Finding::of(broken == 0, "every index is valid", {
        format!("{broken} index(es) are invalid; run REINDEX DATABASE")
    }));
    Ok(findings)
}
