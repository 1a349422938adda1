//! The folder in which backups lie: their names, which are proven, which may go, and whether the last try failed.

use super::error::BackupError;
use super::format::{is_encrypted, name_of};
use crate::hex;
use medrecord_clinic::time::Instant;
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

const BEFORE: &str = "medrecord_backup_";
const BEFORE_MIGRATING: &str = "before_migrate_";
const PLAIN: &str = ".mrb";
const ENCRYPTED: &str = ".mrb.age";
/// How copies made before migrations end: of an SQLite file, of the rows of PostgreSQL.
const COPIES: [&str; 3] = [".db", PLAIN, ENCRYPTED];
const STAMP: &str = "%Y%m%d_%H%M%S";
const PROOF: &str = ".proof";
const FAILURE: &str = "medrecord_backup.failed";
const DAY_MS: i64 = 86_400_000;

/// The name of a backup made at an instant: `medrecord_backup_20261122_090000.mrb`, in UTC.
pub(super) fn name(at: Instant, encrypted: bool) -> String {
    let stamp = at.utc().format(STAMP);
    format!("{BEFORE}{stamp}{}", if encrypted { ENCRYPTED } else { PLAIN })
}

/// The name of a copy made before migrations at an instant: `before_migrate_20261122_090000.mrb`. It is no backup to be
/// listed or proven; [`prune`] says how long it stays.
pub(super) fn name_before_migrating(at: Instant, encrypted: bool) -> String {
    name(at, encrypted).replacen(BEFORE, BEFORE_MIGRATING, 1)
}

/// Whether a name begins as those that this program gives.
pub(super) fn is_ours(name: &str) -> bool {
    name.starts_with(BEFORE) || name.starts_with(BEFORE_MIGRATING)
}

/// When a backup of that name was made; `None` where it is not the name of one.
fn made_at(name: &str) -> Option<Instant> {
    let stamp = name.strip_prefix(BEFORE)?;
    stamped(stamp.strip_suffix(ENCRYPTED).or_else(|| stamp.strip_suffix(PLAIN))?)
}

/// When a copy of that name was made before migrations; `None` where it is not the name of one.
fn copied_at(name: &str) -> Option<Instant> {
    let stamp = name.strip_prefix(BEFORE_MIGRATING)?;
    stamped(COPIES.into_iter().find_map(|ending| stamp.strip_suffix(ending))?)
}

/// The instant that a name tells, where it is written as this program would: `2026112_90000` is somebody's own.
fn stamped(stamp: &str) -> Option<Instant> {
    let at = chrono::NaiveDateTime::parse_from_str(stamp, STAMP).ok()?;
    let at = Instant::from_utc(at.and_utc());
    (stamp == at.utc().format(STAMP).to_string()).then_some(at)
}

/// A backup in the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Where it is.
    pub path: PathBuf,
    /// When it was made, by its name.
    pub made_at: Instant,
    /// Its size.
    pub bytes: u64,
    /// Whether it is encrypted.
    pub encrypted: bool,
    /// When it was restored to scratch and held, as it is now; `None` where it was not.
    pub proven_at: Option<Instant>,
}

/// What is written beside a backup that was proven.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Proof {
    proven_at: String,
    bytes: u64,
    end: String,
}

/// What was written when the last try failed.
#[derive(Debug, Serialize, Deserialize)]
struct Failure {
    at: String,
    why: String,
}

/// How a practice stands with its backups.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standing {
    /// When the newest proven backup was made.
    pub proven: Option<Instant>,
    /// When the last try failed and why, where none was proven since.
    pub failed: Option<(Instant, String)>,
}

/// Lists the backups of a folder, the newest first; none where there is no folder.
///
/// # Errors
/// [`BackupError::File`] where the folder cannot be read.
pub fn list(folder: &Path) -> Result<Vec<Kept>, BackupError> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(|error| BackupError::file(folder, error))?,
    };
    let mut kept = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| BackupError::file(folder, error))?.path();
        let Some(made_at) = made_at(&name_of(&path)) else { continue };
        let Ok(about) = fs::metadata(&path) else { continue };
        let encrypted = is_encrypted(&path).unwrap_or(false);
        let proven_at = proven_at(&path, about.len());
        kept.push(Kept { path, made_at, bytes: about.len(), encrypted, proven_at });
    }
    kept.sort_by(|one, two| two.path.cmp(&one.path));
    Ok(kept)
}

/// Removes backups made more than so many days before `now`, never the newest proven one, and nothing where none is
/// proven. Copies made before migrations go as backups do, but for the newest of them and those that are younger than the
/// newest proven backup. Returns what is gone.
///
/// # Errors
/// [`BackupError::File`] where the folder cannot be read or a file not be removed.
pub fn prune(folder: &Path, keep_days: u32, now: Instant) -> Result<Vec<PathBuf>, BackupError> {
    let kept = list(folder)?;
    let Some(best) = kept.iter().find(|backup| backup.proven_at.is_some()).cloned() else {
        return Ok(Vec::new());
    };
    let oldest = now.millis() - i64::from(keep_days) * DAY_MS;
    let mut gone = Vec::new();
    for backup in kept {
        if backup.path != best.path && backup.made_at.millis() < oldest {
            remove(&backup.path)?;
            gone.push(backup.path);
        }
    }
    let mut copies = copies(folder)?;
    // The last update can be gone back on, however long ago it was.
    copies.pop();
    for (made_at, path) in copies {
        if made_at.millis() < oldest && made_at < best.made_at {
            remove(&path)?;
            gone.push(path);
        }
    }
    Ok(gone)
}

/// The copies made before migrations, the oldest first.
fn copies(folder: &Path) -> Result<Vec<(Instant, PathBuf)>, BackupError> {
    let failed = |error| BackupError::file(folder, error);
    let mut copies = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        copies.extend(copied_at(&name_of(&path)).map(|made_at| (made_at, path)));
    }
    copies.sort();
    Ok(copies)
}

fn remove(path: &Path) -> Result<(), BackupError> {
    fs::remove_file(path).map_err(|error| BackupError::file(path, error))?;
    discard(&beside(path));
    Ok(())
}

/// How a practice stands with the backups of a folder.
pub fn standing(folder: &Path) -> Standing {
    let kept = list(folder).unwrap_or_default();
    let proven = kept.iter().find(|backup| backup.proven_at.is_some()).map(|backup| backup.made_at);
    let failure = fs::read(folder.join(FAILURE)).ok();
    let failure = failure.and_then(|bytes| serde_json::from_slice::<Failure>(&bytes).ok());
    let failed = failure.and_then(|failure| Some((failure.at.parse().ok()?, failure.why)));
    Standing { proven, failed }
}

/// Writes down that a try failed, until one succeeds.
pub fn note_failure(folder: &Path, at: Instant, why: &str) {
    let failure = Failure { at: at.to_string(), why: why.to_owned() };
    let written = serde_json::to_vec(&failure).map_err(std::io::Error::other);
    let written = written.and_then(|bytes| fs::write(folder.join(FAILURE), bytes));
    if let Err(error) = written {
        tracing::warn!(%error, "that the backup failed could not be written down");
    }
}

/// Writes beside a backup that it was proven, and forgets that an earlier one failed.
pub(super) fn note_proven(path: &Path, at: Instant) -> Result<(), BackupError> {
    let write = || {
        let bytes = fs::metadata(path)?.len();
        let proof = Proof { proven_at: at.to_string(), bytes, end: end_of(path)? };
        let mut file = File::create(beside(path))?;
        file.write_all(&serde_json::to_vec(&proof)?)?;
        file.sync_all()
    };
    write().map_err(|error| BackupError::file(&beside(path), error))?;
    if let Some(folder) = path.parent() {
        discard(&folder.join(FAILURE));
    }
    Ok(())
}

/// When the file, as it is now, was proven.
fn proven_at(path: &Path, bytes: u64) -> Option<Instant> {
    let proof: Proof = serde_json::from_slice(&fs::read(beside(path)).ok()?).ok()?;
    let same = proof.bytes == bytes && proof.end == end_of(path).ok()?;
    same.then(|| proof.proven_at.parse().ok()).flatten()
}

/// The last bytes of a file, which in a backup depend on all before them.
fn end_of(path: &Path) -> std::io::Result<String> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(32)))?;
    let mut end = Vec::new();
    file.take(32).read_to_end(&mut end)?;
    Ok(hex::encode(&end))
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(PROOF);
    PathBuf::from(name)
}

/// Removes a file that may not be there.
pub(super) fn discard(path: &Path) {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            tracing::warn!(%error, "a file could not be removed");
        }
        Ok(()) | Err(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backup_is_named_after_its_second_and_nothing_else_is_taken_for_one() {
        let at: Instant = "2026-11-22T09:00:07.123Z".parse().unwrap();
        assert_eq!(name(at, false), "medrecord_backup_20261122_090007.mrb");
        assert_eq!(made_at("medrecord_backup_20261122_090007.mrb.age").unwrap().millis(), at.millis() - 123);
        for other in [
            "medrecord_backup_20261122_090007.sql.gz",
            "medrecord_backup_20261322_090007.mrb",
            "medrecord_backup_20261122_090007.mrb.proof",
            "medrecord_backup_2026112_90007.mrb",
            "old_medrecord_backup_20261122_090007.mrb",
        ] {
            assert_eq!(made_at(other), None, "{other}");
        }
        for ending in ["db", "mrb", "mrb.age"] {
            let name = format!("before_migrate_20261122_090007.{ending}");
            assert_eq!(copied_at(&name).unwrap().millis(), at.millis() - 123);
            assert_eq!(made_at(&name), None, "{name}");
        }
        for other in
            ["before_migrate_20261122_090007.rehearsal", "before_migrate_2026112_90007.db", "clinic.db"]
        {
            assert_eq!(copied_at(other), None, "{other}");
        }
    }

    #[test]
    fn pruning_needs_a_proven_backup_and_never_takes_the_last_one() {
        let folder = std::env::temp_dir().join(format!("medrecord-prune-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let day = |day: u32| -> Instant { format!("2026-11-{day:02}T02:00:00Z").parse().unwrap() };
        for at in [1, 2, 3, 20] {
            fs::write(
                folder.join(name(day(at), false)),
                format!("not really one, of day {at:02}, but long enough"),
            )
            .unwrap();
        }
        fs::write(folder.join("medrecord_backup_20261101_020000.sql.gz"), "somebody's own").unwrap();
        assert!(prune(&folder, 7, day(22)).unwrap().is_empty(), "nothing is proven");
        note_failure(&folder, day(21), "the disk is full");
        note_proven(&folder.join(name(day(2), false)), day(2)).unwrap();
        assert_eq!(standing(&folder), Standing { proven: Some(day(2)), failed: None });
        let gone = prune(&folder, 7, day(22)).unwrap();
        assert_eq!(gone, [3, 1].map(|at| folder.join(name(day(at), false))), "2 is the last good one");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 4);
        fs::write(folder.join(name(day(2), false)), "something else of another length").unwrap();
        assert_eq!(standing(&folder).proven, None, "a proof holds for the file that was proven alone");
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn copies_of_before_updates_go_with_old_backups_but_never_the_newest() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let day = |day: u32| -> Instant { format!("2026-11-{day:02}T02:00:00Z").parse().unwrap() };
        let copy =
            |at: u32, ending: &str| folder.join(format!("before_migrate_202611{at:02}_020000.{ending}"));
        let files = [copy(1, "db"), copy(2, "mrb.age"), copy(3, "mrb"), copy(20, "db"), copy(21, "db")];
        for file in &files {
            fs::write(file, "not really a copy, but a file of that name").unwrap();
        }
        let good = folder.join(name(day(2), false));
        fs::write(&good, "not really a backup, but long enough to have an end of its own").unwrap();
        assert!(prune(folder, 7, day(22)).unwrap().is_empty(), "nothing is proven");
        note_proven(&good, day(22)).unwrap();
        assert_eq!(
            prune(folder, 7, day(22)).unwrap(),
            [copy(1, "db")],
            "nothing younger than the proven one"
        );
        let newer = folder.join(name(day(22), false));
        fs::write(&newer, "not really a backup either, and long enough for an end too").unwrap();
        note_proven(&newer, day(22)).unwrap();
        assert_eq!(prune(folder, 7, day(22)).unwrap(), [good, copy(2, "mrb.age"), copy(3, "mrb")]);
        assert_eq!(
            prune(folder, 0, day(30)).unwrap(),
            [copy(20, "db")],
            "the last update can be gone back on"
        );
        assert!(copy(21, "db").exists());
    }
}
