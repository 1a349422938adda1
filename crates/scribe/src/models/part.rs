//! Files in the making: hashed while they are written, and put in place in one step.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::InstallError;
use super::file::{hexadecimal, trouble};

/// A file in the making: hashed as it is written, under another name until it is whole.
pub(super) struct Draft {
    file: io::BufWriter<File>,
    hash: Sha256,
    written: u64,
    path: PathBuf,
}

impl Draft {
    /// Starts a file that will be called `name` in `folder`.
    pub(super) fn begin(folder: &Path, name: &str) -> Result<Self, InstallError> {
        let path = folder.join(format!("{name}.part"));
        let open = || {
            std::fs::create_dir_all(folder)?;
            File::create(&path)
        };
        let file = open().map_err(|source| trouble(&path, source))?;
        Ok(Self { file: io::BufWriter::with_capacity(1 << 20, file), hash: Sha256::new(), written: 0, path })
    }

    /// Bytes written so far.
    pub(super) fn written(&self) -> u64 {
        self.written
    }

    /// Finishes writing and returns the hash; the file keeps its working name until [`put`] gives it its own.
    pub(super) fn close(self) -> Result<(String, PathBuf), InstallError> {
        let path = self.path;
        let done =
            self.file.into_inner().map_err(io::IntoInnerError::into_error).and_then(|file| file.sync_all());
        done.map_err(|source| trouble(&path, source))?;
        Ok((hexadecimal(&self.hash.finalize()), path))
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.file.write(bytes)?;
        self.hash.update(bytes.get(..count).unwrap_or_default());
        self.written += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Gives a finished file its name.
pub(super) fn put(from: &Path, to: &Path) -> Result<(), InstallError> {
    std::fs::rename(from, to).map_err(|source| trouble(to, source))
}
