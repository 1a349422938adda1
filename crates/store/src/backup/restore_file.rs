//! Restores into an SQLite file: made whole beside its place, then renamed into it.

use super::error::BackupError;
use super::load::sqlite::{self, Fittings};
use super::restore::{self, Restored, Target, Vacancy};
use super::scratch::Scratch;
use super::source::Source;
use crate::clock::Chance;
use crate::desk::Actor;
use crate::migrate;
use crate::url::DatabaseUrl;
use medrecord_clinic::time::Instant;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};
use sqlx::{ConnectOptions, Connection};
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

pub(super) async fn restore(
    mut source: Source,
    target: &Target,
    path: &Path,
    actor: Actor,
) -> Result<Restored, BackupError> {
    let taken = in_the_way(&source, target, path).await?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let scratch = Scratch::new(folder, &Chance::System)?;
    let file = scratch.join("restored.db");
    let url = DatabaseUrl::file(&file);
    restore::prepare(&source, &url).await?;
    let mut conn = sqlite::open(&file).await?;
    let (loaded, after) = sqlite::tables(&mut conn, &mut source, Fittings::All).await?;
    sqlite::prove(&mut conn, &source, &loaded).await?;
    conn.close().await?;
    let staging = Scratch::new(&target.data_folder, &Chance::System)?;
    let (files, totals) = source.files(after, Some(&staging.join("files"))).await?;
    let store = restore::open(&file).await?;
    let mut desk = store.write_desk(actor).await?;
    let now = desk.now();
    let audit = restore::settle(&mut desk, &source, totals.rows).await?;
    desk.keep().await?;
    migrate::deploy(&store).await?;
    // Closing the last connection brings the log into the file.
    store.close().await;
    restore::place_files(&staging.join("files"), &target.data_folder, &files)?;
    let aside = swap(&file, path, taken, now).map_err(|error| BackupError::file(path, error))?;
    Ok(Restored {
        made_at: source.head.made_at.clone(),
        tables: totals.tables,
        rows: totals.rows,
        files: totals.files,
        audit,
        aside,
    })
}

/// Whether a file stands in the way that may be set aside; refuses where one may not.
async fn in_the_way(source: &Source, target: &Target, path: &Path) -> Result<bool, BackupError> {
    if !path.exists() {
        return Ok(false);
    }
    let found = match restore::open(path).await {
        Ok(store) => {
            let found = restore::vacancy(&store).await;
            store.close().await;
            found
        }
        Err(error) => Err(error.into()),
    };
    match found {
        Ok(found @ (Vacancy::Bare | Vacancy::Empty(_))) => {
            restore::must_be_vacant(source, &target.url, &found)?;
            in_nobodys_hands(path).await?;
            Ok(false)
        }
        Ok(_) if target.set_aside => in_nobodys_hands(path).await.map(|()| true),
        // What cannot even be read may be set aside: that is when a backup is needed most.
        Err(_) if target.set_aside => Ok(true),
        Ok(Vacancy::Taken) => Err(BackupError::Place(format!(
            "{} holds records; stop the server and say --set-aside to keep it under another name, or name another file with --into file:PATH",
            target.url.in_words()
        ))),
        Ok(found) => restore::must_be_vacant(source, &target.url, &found).map(|()| false),
        Err(error) => Err(BackupError::Place(format!(
            "{} cannot be read ({error}); say --set-aside to keep it under another name",
            target.url.in_words()
        ))),
    }
}

/// Refuses a file that another program has open: SQLite leaves its log only for the last one. Also brings the log
/// into the file, so that the file alone is all of it.
async fn in_nobodys_hands(path: &Path) -> Result<(), BackupError> {
    let options = SqliteConnectOptions::new().filename(path).journal_mode(SqliteJournalMode::Delete);
    match options.connect().await {
        Ok(conn) => Ok(conn.close().await?),
        Err(_) => Err(BackupError::Place(format!(
            "the database {} is in use; stop the server first",
            path.display()
        ))),
    }
}

/// Puts the restored file in its place; whatever moment this is killed at, the place holds the old one or the new.
fn swap(restored: &Path, path: &Path, taken: bool, now: Instant) -> std::io::Result<Option<PathBuf>> {
    File::open(restored)?.sync_all()?;
    let stamp = now.utc().format("%Y%m%d_%H%M%S").to_string();
    let mut aside = None;
    if taken {
        let name = with_end(path, &format!(".aside-{stamp}"));
        fs::hard_link(path, &name)?;
        aside = Some(name);
    }
    // A log without its file would be taken for the new file's own.
    for end in ["-wal", "-shm", "-journal"] {
        let from = with_end(path, end);
        let moved = match &aside {
            Some(aside) => fs::rename(&from, with_end(aside, end)),
            None => fs::remove_file(&from),
        };
        match moved {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
    }
    fs::rename(restored, path)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()?;
    Ok(aside)
}

fn with_end(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}
