//! A folder for work that must leave nothing: gone when dropped, and swept by the next one where a kill left it.

use super::error::BackupError;
use crate::claim::{abandoned, create_locked};
use crate::clock::Chance;
use crate::hex;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

const BEFORE: &str = ".medrecord-scratch-";
const LOCK: &str = ".lock";

/// A hidden folder of this process's own.
///
/// A locked file beside it says that it is in use. The file is there and locked before the folder, and goes after it,
/// so a process may die at any instruction: what it leaves always has a lock file that nobody holds.
pub(super) struct Scratch {
    folder: PathBuf,
    lock_path: PathBuf,
    _lock: File,
}

impl Scratch {
    /// Makes one in a folder, which is made where it is missing.
    pub(super) fn new(within: &Path, chance: &Chance) -> Result<Self, BackupError> {
        let within = if within.as_os_str().is_empty() { Path::new(".") } else { within };
        let failed = |error| BackupError::file(within, error);
        fs::create_dir_all(within).map_err(failed)?;
        sweep(within);
        loop {
            let name = format!(
                "{BEFORE}{}-{}",
                std::process::id(),
                hex::encode(&chance.bytes::<8>().map_err(failed)?)
            );
            let lock_path = within.join(format!("{name}{LOCK}"));
            let lock = create_locked(&lock_path).map_err(failed)?;
            if let Some(lock) = lock {
                let scratch = Self { folder: within.join(name), lock_path, _lock: lock };
                create_private(&scratch.folder).map_err(failed)?;
                return Ok(scratch);
            }
        }
    }

    /// A path in it.
    pub(super) fn join(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        discard(&self.folder, &self.lock_path);
    }
}

fn create_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Removes what killed processes left; what is in use is locked and stays.
fn sweep(within: &Path) {
    let Ok(entries) = fs::read_dir(within) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if let Some(folder) = name.strip_suffix(LOCK)
            && folder.starts_with(BEFORE)
            && let Some(_lock) = abandoned(&entry.path())
        {
            discard(&within.join(folder), &entry.path());
        }
    }
}

fn discard(folder: &Path, lock: &Path) {
    let gone = match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => fs::remove_file(lock),
    };
    if let Err(error) = gone {
        tracing::warn!(%error, "a scratch folder could not be removed");
    }
}

#[cfg(test)]
mod tests {
    use super::{LOCK, Scratch};
    use crate::clock::Chance;
    use std::fs::{self, File};

    #[test]
    fn what_a_process_leaves_when_it_dies_at_any_step_is_swept_by_the_next_and_what_is_in_use_stays() {
        let within = tempfile::tempdir().unwrap();
        let in_use = Scratch::new(within.path(), &Chance::System).unwrap();
        fs::write(in_use.join("copy"), "rows").unwrap();
        let left = |name: &str| within.path().join(format!(".medrecord-scratch-{name}"));
        File::create(left(&format!("before-its-folder{LOCK}"))).unwrap();
        File::create(left(&format!("with-its-folder{LOCK}"))).unwrap();
        fs::create_dir(left("with-its-folder")).unwrap();
        fs::write(left("with-its-folder").join("copy"), "rows").unwrap();

        drop(Scratch::new(within.path(), &Chance::System).unwrap());
        assert_eq!(fs::read_dir(within.path()).unwrap().count(), 2, "the folder in use and its lock");
        assert_eq!(fs::read_to_string(in_use.join("copy")).unwrap(), "rows");
        drop(in_use);
        assert_eq!(fs::read_dir(within.path()).unwrap().count(), 0);
    }
}
