//! The keys of recordings: the server's in `keys/recordings.key` of the data folder, and one for each recording in its own
//! folder, sealed with the server's.
//!
//! Both are part of a backup, so that a restored recording opens. Destroying a recording's key is what forgetting begins
//! with: copies of its files that a disk still holds then open to nobody who has not the key from elsewhere, such as an older
//! backup.

use super::{SealError, folder, unsealable};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use medrecord_clinic::ids::RecordingId;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

const KEY: usize = 32;
const NONCE: usize = 24;
/// What proves the sealed key.
const TAG: usize = 16;
/// What the sealed key of a recording is called.
const NAME: &str = "key";

/// Keys are made one at a time, so that two parts of one recording that arrive together get the same.
static MAKING: Mutex<()> = Mutex::new(());

fn place(data: &Path) -> PathBuf {
    data.join("keys").join("recordings.key")
}

/// What opens the files of a recording.
pub(super) fn to_read(data: &Path, recording: RecordingId) -> io::Result<XChaCha20Poly1305> {
    let server = servers(data)?.ok_or_else(|| SealError::NoServerKey(place(data)))?;
    Ok(of(data, recording, &server)?.ok_or(SealError::NoKey)?)
}

/// What seals the files of a recording; makes the keys that are not there yet.
pub(super) fn to_write(data: &Path, recording: RecordingId) -> io::Result<XChaCha20Poly1305> {
    let _one_at_a_time = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
    let server = match servers(data)? {
        Some(key) => key,
        None if any_sealed(data)? => return Err(SealError::NoServerKey(place(data)).into()),
        None => make_servers(data)?,
    };
    match of(data, recording, &server)? {
        Some(cipher) => Ok(cipher),
        None => make(data, recording, &server),
    }
}

/// Destroys the key of a recording, so that what is left of its files does not open any more: it is written over where it
/// lies, then deleted. A disk that writes elsewhere than it is told (most of flash) may hold the old bytes for a while, and
/// backups made before hold the key. What is not there is no error.
///
/// # Errors
/// What the disk says.
pub fn forget_key(data: &Path, recording: RecordingId) -> io::Result<()> {
    let path = folder(data, recording).join(NAME);
    match write_over(&path).and_then(|()| fs::remove_file(&path)) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Puts chance in the place of a sealed key, on the disk when this returns.
fn write_over(path: &Path) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).open(path)?;
    file.write_all(&chance::<{ NONCE + KEY + TAG }>()?)?;
    file.sync_all()
}

/// Reads a file that may not be there.
fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The server's key, if there is one.
fn servers(data: &Path) -> io::Result<Option<XChaCha20Poly1305>> {
    let path = place(data);
    let Some(bytes) = read(&path)? else { return Ok(None) };
    own(&path)?;
    let cipher = XChaCha20Poly1305::new_from_slice(&bytes).map_err(|_| SealError::OtherServerKey(path))?;
    Ok(Some(cipher))
}

/// Whether a recording is sealed with a server's key.
fn any_sealed(data: &Path) -> io::Result<bool> {
    match fs::read_dir(data.join("recordings")) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        listed => Ok(listed?.filter_map(Result::ok).any(|entry| entry.path().join(NAME).exists())),
    }
}

fn make_servers(data: &Path) -> io::Result<XChaCha20Poly1305> {
    let key = chance::<KEY>()?;
    keep(&place(data), &key)?;
    Ok(XChaCha20Poly1305::new(&key.into()))
}

/// The key of a recording, if it has one.
fn of(
    data: &Path,
    recording: RecordingId,
    server: &XChaCha20Poly1305,
) -> io::Result<Option<XChaCha20Poly1305>> {
    let Some(bytes) = read(&folder(data, recording).join(NAME))? else { return Ok(None) };
    let (nonce, msg) = bytes.split_at_checked(NONCE).ok_or(SealError::Damaged)?;
    let nonce = <[u8; NONCE]>::try_from(nonce).map_err(io::Error::other)?;
    let payload = Payload { msg, aad: recording.0.as_bytes() };
    let key =
        server.decrypt(&XNonce::from(nonce), payload).map_err(|_| SealError::OtherServerKey(place(data)))?;
    Ok(Some(XChaCha20Poly1305::new_from_slice(&key).map_err(|_| SealError::Damaged)?))
}

fn make(data: &Path, recording: RecordingId, server: &XChaCha20Poly1305) -> io::Result<XChaCha20Poly1305> {
    let (key, nonce) = (chance::<KEY>()?, chance::<NONCE>()?);
    let payload = Payload { msg: &key, aad: recording.0.as_bytes() };
    let sealed = server.encrypt(&XNonce::from(nonce), payload).map_err(|_| unsealable())?;
    keep(&folder(data, recording).join(NAME), &[nonce.as_slice(), &sealed].concat())?;
    Ok(XChaCha20Poly1305::new(&key.into()))
}

fn chance<const N: usize>() -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(bytes)
}

/// Writes a key to disk for its owner alone; when this returns, it survives a power cut.
fn keep(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let above = path.parent().unwrap_or(path);
    fs::create_dir_all(above)?;
    let part = path.with_extension("part");
    match fs::remove_file(&part) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let mut file = for_the_owner().create_new(true).write(true).open(&part)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&part, path)?;
    File::open(above)?.sync_all()?;
    // The folder itself may be new.
    above.parent().map_or(Ok(()), |higher| File::open(higher)?.sync_all())
}

/// A key that came back from a backup is for its owner alone again.
#[cfg(unix)]
fn own(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let rights = fs::metadata(path)?.permissions();
    if rights.mode() & 0o777 == 0o600 {
        return Ok(());
    }
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
fn own(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn for_the_owner() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = OpenOptions::new();
    options.mode(0o600);
    options
}

#[cfg(not(unix))]
fn for_the_owner() -> OpenOptions {
    OpenOptions::new()
}
