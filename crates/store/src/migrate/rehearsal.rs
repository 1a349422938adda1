//! What precedes a deploy on data: a copy that can be gone back to, and a rehearsal on another one.

use super::deploy::{Deployed, Purpose, deploy_files};
use super::files::Files;
use crate::backup::{self, BackupError, Keys, Recipient};
use crate::clock::Clock;
use crate::database::{Pools, Store};
use crate::error::StoreError;
use crate::server::Passing;
use crate::url::{DatabaseUrl, Place};
use medrecord_clinic::time::Instant as Moment;
use std::fs::File;
use std::io::ErrorKind;
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

/// A copy made before a deploy, to go back to.
#[derive(Debug)]
pub struct Aside {
    /// Where it is: an SQLite file, or a backup of the rows of PostgreSQL.
    pub path: PathBuf,
    /// What opens it for the rehearsal.
    keys: Keys,
}

/// Copies a database as it is at this moment into a folder, while others work. PostgreSQL's rows go into a backup,
/// encrypted where there is a recipient.
///
/// # Errors
/// [`BackupError`] where the folder or the disk refuses.
pub async fn copy_aside(
    store: &Store,
    folder: &Path,
    recipient: Option<Recipient>,
) -> Result<Aside, BackupError> {
    match &store.pools {
        Pools::Postgres(_) => {
            let made = backup::take_rows(store, folder, recipient).await?;
            Ok(Aside { path: made.path, keys: made.keys })
        }
        Pools::Sqlite { write, .. } => {
            let path = reserve(folder, store.clock().now())?;
            sqlx::query("VACUUM INTO $1").bind(path.to_string_lossy().as_ref()).execute(write).await?;
            Ok(Aside { path, keys: Keys::default() })
        }
    }
}

/// An empty file of a name that nobody else has, which SQLite takes for none.
fn reserve(folder: &Path, now: Moment) -> Result<PathBuf, StoreError> {
    std::fs::create_dir_all(folder)?;
    let mut at = now;
    loop {
        let path = folder.join(format!("before_migrate_{}.db", at.utc().format("%Y%m%d_%H%M%S")));
        match File::options().write(true).create_new(true).open(&path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => at = at.plus_millis(1000),
            made => return Ok(made.map(|_| path)?),
        }
    }
}

/// Runs what is pending on a copy and proves it there; the copy is gone afterwards. `aside` is the copy that
/// [`copy_aside`] made. On PostgreSQL the server makes one from the database as a template, which it does only while
/// nobody is connected; otherwise the backup is restored into a database made for this, where the role may make one.
///
/// # Errors
/// [`BackupError`] where the migrations fail on the copy or would change what must stay.
pub async fn rehearse(url: &DatabaseUrl, files: &Files, aside: &Aside) -> Result<Rehearsal, BackupError> {
    let begun = Instant::now();
    match &url.place {
        Place::Sqlite(_) => {
            let copy = aside.path.with_extension("rehearsal");
            std::fs::copy(&aside.path, &copy).map_err(StoreError::from)?;
            let deployed = on_copy(&DatabaseUrl::file(&copy), files).await;
            for end in ["", "-wal", "-shm"] {
                let mut path = copy.clone().into_os_string();
                path.push(end);
                drop(std::fs::remove_file(&path));
            }
            drop(std::fs::remove_file(copy.with_extension("migrating")));
            Ok(Rehearsal::Ran { deployed: deployed?, took: begun.elapsed() })
        }
        Place::Postgres(_) => {
            let passing = match Passing::reserve(url).await {
                Ok(passing) => passing,
                Err(error) => return Ok(Rehearsal::LeftOut(why_not(&error))),
            };
            let ran = on_server(url, files, aside, &passing).await;
            let ended = passing.end().await;
            let rehearsal = match ran? {
                Ok(deployed) => Rehearsal::Ran { deployed, took: begun.elapsed() },
                Err(why) => return Ok(Rehearsal::LeftOut(why)),
            };
            ended?;
            Ok(rehearsal)
        }
    }
}

/// The rehearsal itself on a server; or why there can be none.
async fn on_server(
    url: &DatabaseUrl,
    files: &Files,
    aside: &Aside,
    passing: &Passing,
) -> Result<Result<Deployed, String>, BackupError> {
    let name = url.database_name();
    let copied = match name.as_deref() {
        Some(name) => passing.create(Some(name)).await.ok(),
        None => None,
    };
    let at = match copied {
        Some(at) => at,
        None => match passing.create(None).await {
            Ok(at) => {
                let folder = aside.path.parent().unwrap_or(Path::new("."));
                backup::restore_as_it_was(&aside.path, &aside.keys, &at, folder).await?;
                at
            }
            Err(error) => return Ok(Err(why_not(&error))),
        },
    };
    Ok(Ok(on_copy(&at, files).await?))
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
        Some("42501") => "this role may not make databases; ALTER ROLE … CREATEDB lets it".to_owned(),
        _ => refused.message().to_owned(),
    }
}
