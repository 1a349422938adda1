//! What precedes a deploy on data: a copy that can be gone back to, and a rehearsal on another one.

use super::deploy::{Deployed, Purpose, deploy_files};
use super::files::Files;
use crate::clock::Clock;
use crate::database::{Pools, Store};
use crate::error::StoreError;
use crate::hex;
use crate::server;
use crate::url::{DatabaseUrl, Place};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// What a rehearsal showed.
#[derive(Debug)]
pub enum Rehearsal {
    /// Everything ran on a copy and was proven there.
    Ran {
        /// What was done there.
        deployed: Deployed,
        /// How long it took.
        took: Duration,
    },
    /// There could be none, and why.
    LeftOut(String),
}

/// Whether somebody works with this database already: there are people who sign in, or patients.
///
/// # Errors
/// [`StoreError`] where it cannot be asked.
pub async fn has_data(store: &Store) -> Result<bool, StoreError> {
    let mut desk = store.read_desk(crate::Actor::machine("migrate", crate::Via::Command)).await?;
    let mut conn = desk.conn();
    for table in ["providers", "patients"] {
        if super::history::has_table(&mut conn, table).await? {
            let sql = if table == "providers" {
                "SELECT COUNT(*) FROM providers"
            } else {
                "SELECT COUNT(*) FROM patients"
            };
            let rows: i64 = match &mut conn {
                crate::database::Conn::Sqlite(conn) => sqlx::query_scalar(sql).fetch_one(&mut **conn).await?,
                crate::database::Conn::Postgres(conn) => {
                    sqlx::query_scalar(sql).fetch_one(&mut **conn).await?
                }
            };
            if rows > 0 {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// Copies an SQLite database as it is at this moment into a folder, while others work; `None` on PostgreSQL.
///
/// # Errors
/// [`StoreError`] where the folder or the disk refuses.
pub async fn copy_aside(store: &Store, folder: &Path) -> Result<Option<PathBuf>, StoreError> {
    let Pools::Sqlite { write, .. } = &store.pools else { return Ok(None) };
    std::fs::create_dir_all(folder)?;
    let digits: String =
        store.clock().now().to_string().chars().filter(char::is_ascii_digit).take(14).collect();
    let (day, time) = digits.split_at_checked(8).unwrap_or((&digits, ""));
    let path = folder.join(format!("before_migrate_{day}_{time}.db"));
    sqlx::query("VACUUM INTO $1").bind(path.to_string_lossy().as_ref()).execute(write).await?;
    Ok(Some(path))
}

/// Runs what is pending on a copy and proves it there; the copy is gone afterwards. `aside` is the copy that
/// [`copy_aside`] made. On PostgreSQL the server makes one from the database as a template, which it does only while
/// nobody is connected and where the role may make databases.
///
/// # Errors
/// [`StoreError::Migration`] where the migrations fail on the copy or would change what must stay.
pub async fn rehearse(
    url: &DatabaseUrl,
    files: &Files,
    aside: Option<&Path>,
) -> Result<Rehearsal, StoreError> {
    let begun = Instant::now();
    match (&url.place, aside) {
        (Place::Sqlite(_), None) => Ok(Rehearsal::LeftOut("there is no copy to try it on".to_owned())),
        (Place::Sqlite(_), Some(aside)) => {
            let copy = aside.with_extension("rehearsal");
            std::fs::copy(aside, &copy)?;
            let deployed = on_copy(&DatabaseUrl::file(&copy), files).await;
            for end in ["", "-wal", "-shm"] {
                let mut path = copy.clone().into_os_string();
                path.push(end);
                drop(std::fs::remove_file(&path));
            }
            drop(std::fs::remove_file(copy.with_extension("migrating")));
            Ok(Rehearsal::Ran { deployed: deployed?, took: begun.elapsed() })
        }
        (Place::Postgres(options), _) => {
            let Some(name) = options.get_database() else {
                return Ok(Rehearsal::LeftOut("the address names no database".to_owned()));
            };
            let admin = DatabaseUrl {
                place: Place::Postgres(Box::new(options.as_ref().clone().database("postgres"))),
                ..url.clone()
            };
            let random = crate::Chance::System.bytes::<6>()?;
            let copy = format!("medrecord_rehearsal_{}", hex::encode(&random));
            let at = match server::create(&admin, &copy, Some(name)).await {
                Ok(at) => at,
                Err(error) => return Ok(Rehearsal::LeftOut(why_not(&error))),
            };
            let deployed = on_copy(&at, files).await;
            server::drop(&admin, &copy).await?;
            Ok(Rehearsal::Ran { deployed: deployed?, took: begun.elapsed() })
        }
    }
}

async fn on_copy(url: &DatabaseUrl, files: &Files) -> Result<Deployed, StoreError> {
    let store = Store::open_with(url, Clock::System, crate::Chance::System).await?;
    let deployed = deploy_files(&store, files, Purpose::Development).await;
    store.close().await;
    deployed
}

fn why_not(error: &StoreError) -> String {
    let StoreError::Driver(sqlx::Error::Database(refused)) = error else { return error.to_string() };
    match refused.code().as_deref() {
        Some("55006") => "others are connected, and PostgreSQL copies a database only while nobody is; stop the server for a moment to rehearse".to_owned(),
        Some("42501") => "this role may not make databases".to_owned(),
        _ => refused.message().to_owned(),
    }
}
