//! A locked file that says that the process which made it still lives: whatever lies beside it is in use.
//!
//! The system lets go of the lock when the process ends, however it ends. A file that nobody holds was left behind, and
//! whoever finds it may take over or sweep away what belongs to it.

use std::fs::File;
use std::io;
use std::path::Path;

/// A new file that only its owner reads, locked until it is closed or its process ends; `None` where somebody who
/// sweeps took it between the two, and with it the name.
pub(crate) fn create_locked(path: &Path) -> io::Result<Option<File>> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    file.lock()?;
    Ok(path.exists().then_some(file))
}

/// The lock of a file whose maker is gone, to be held until the file is removed; `None` where somebody holds it.
pub(crate) fn abandoned(path: &Path) -> Option<File> {
    File::open(path).ok().filter(|file| file.try_lock().is_ok())
}
