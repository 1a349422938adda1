//! Hashing files, and naming them in errors.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::InstallError;

/// The SHA-256 of a file, in lower-case hexadecimal; `seen` is told the bytes read so far.
pub(super) fn sha256(path: &Path, seen: &mut dyn FnMut(u64)) -> Result<String, InstallError> {
    let failed = |source| trouble(path, source);
    let mut file = BufReader::with_capacity(1 << 20, File::open(path).map_err(failed)?);
    let mut hash = Sha256::new();
    let mut piece = vec![0; 1 << 20];
    let mut total = 0;
    loop {
        let read = file.read(&mut piece).map_err(failed)?;
        if read == 0 {
            return Ok(hexadecimal(&hash.finalize()));
        }
        hash.update(piece.get(..read).unwrap_or_default());
        total += read as u64;
        seen(total);
    }
}

/// Bytes as lower-case hexadecimal.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        write!(text, "{byte:02x}").unwrap_or_default();
        text
    })
}

/// What went wrong with a file, with its name and without the folder it lies in.
pub(super) fn trouble(path: &Path, source: io::Error) -> InstallError {
    InstallError::File { path: name_of(path), source }
}

/// A file's name without its folders.
pub(super) fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}
