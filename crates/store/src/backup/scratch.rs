//! A folder for work that must leave nothing: gone when dropped, and swept by the next one where a kill left it.

use super::error::BackupError;
use crate::clock::Chance;
use crate::hex;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

const BEFORE: &str = ".medrecord-scratch-";
const LOCK: &str = "lock";

/// A hidden folder of this process's own.
pub(super) struct Scratch {
    folder: PathBuf,
    _lock: File,
}

impl Scratch {
    /// Makes one in a folder, which is made where it is missing.
    pub(super) fn new(within: &Path, chance: &Chance) -> Result<Self, BackupError> {
        let within = if within.as_os_str().is_empty() { Path::new(".") } else { within };
        let failed = |error| BackupError::file(within, error);
        fs::create_dir_all(within).map_err(failed)?;
        sweep(within);
        let name =
            format!("{BEFORE}{}-{}", std::process::id(), hex::encode(&chance.bytes::<8>().map_err(failed)?));
        let folder = within.join(name);
        create_private(&folder).map_err(failed)?;
        let lock = File::create(folder.join(LOCK)).map_err(failed)?;
        lock.lock().map_err(failed)?;
        Ok(Self { folder, _lock: lock })
    }

    /// A path in it.
    pub(super) fn join(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.folder) {
            tracing::warn!(%error, "a scratch folder could not be removed");
        }
    }
}

fn create_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Removes what killed processes left; what is in use is locked and stays.
fn sweep(within: &Path) {
    let Ok(entries) = fs::read_dir(within) else { return };
    for entry in entries.flatten() {
        if !entry.file_name().to_string_lossy().starts_with(BEFORE) {
            continue;
        }
        let lock = File::open(entry.path().join(LOCK));
        if lock.is_ok_and(|lock| lock.try_lock().is_ok())
            && let Err(error) = fs::remove_dir_all(entry.path())
        {
            tracing::warn!(%error, "an old scratch folder could not be removed");
        }
    }
}
