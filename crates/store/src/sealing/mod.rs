//! Recordings at rest: each file is sealed with a key of its recording, which is itself sealed with the key of the server.
//!
//! A sealed file is a head and blocks of 64 KiB, each encrypted and proven by itself (XChaCha20-Poly1305), so that a player
//! can jump anywhere. What a block is sealed with names its recording, its file, its place and whether it is the last: blocks
//! cannot be swapped, and a file that was cut does not open to its end. Files from before are read as they are.
//! Where the keys lie is `keys.rs`'s business.

mod keys;

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use medrecord_clinic::ids::RecordingId;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

pub use keys::forget_key;

const MAGIC: [u8; 8] = *b"MRSEAL1\n";
/// Bytes of chance in the head; with 8 of the block's place and one that marks the last block they are the nonce.
const CHANCE: usize = 15;
const HEAD_SIZE: usize = MAGIC.len() + CHANCE;
const HEAD: u64 = HEAD_SIZE as u64;
const BLOCK: usize = 64 * 1024;
const TAG: usize = 16;

/// Why a sealed file cannot be opened, in words that name the way out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The server's key is gone though there are recordings sealed with it.
    #[error("the key of the recordings is not there: put {} back from a backup", .0.display())]
    NoServerKey(PathBuf),
    /// The server's key is not a key, or not the one that this recording was sealed with.
    #[error("the key of the recordings is not the one that this recording was sealed with: put {} back from a backup", .0.display())]
    OtherServerKey(PathBuf),
    /// The recording's own key is gone.
    #[error(
        "the key of this recording was destroyed or is lost: it cannot be read any more, unless its folder is put back from a backup"
    )]
    NoKey,
    /// A block does not prove right.
    #[error("the recording was changed or damaged on disk: put its folder back from a backup")]
    Damaged,
}

impl From<SealError> for io::Error {
    fn from(error: SealError) -> Self {
        Self::new(io::ErrorKind::InvalidData, error)
    }
}

/// The reason in an error of reading or writing, where it is one of sealing.
pub fn reason(error: &io::Error) -> Option<&SealError> {
    error.get_ref().and_then(|inner| inner.downcast_ref())
}

/// The folder of one recording below the data folder.
pub fn folder(data: &Path, recording: RecordingId) -> PathBuf {
    data.join("recordings").join(recording.to_string())
}

/// How long a file of so many bytes is once it is sealed.
pub fn sealed_length(bytes: u64) -> u64 {
    HEAD + bytes + TAG as u64 * bytes.div_ceil(BLOCK as u64).max(1)
}

/// What the blocks of one file are sealed with.
struct Seal {
    cipher: XChaCha20Poly1305,
    chance: [u8; CHANCE],
    about: Vec<u8>,
}

impl Seal {
    fn new(cipher: XChaCha20Poly1305, chance: [u8; CHANCE], recording: RecordingId, name: &str) -> Self {
        let about = [recording.0.as_bytes().as_slice(), name.as_bytes()].concat();
        Self { cipher, chance, about }
    }

    fn nonce(&self, block: u64, last: bool) -> XNonce {
        let mut nonce = XNonce::default();
        let parts = self.chance.iter().copied().chain([u8::from(last)]).chain(block.to_be_bytes());
        nonce.iter_mut().zip(parts).for_each(|(slot, byte)| *slot = byte);
        nonce
    }

    fn close(&self, block: u64, last: bool, msg: &[u8]) -> io::Result<Vec<u8>> {
        let payload = Payload { msg, aad: &self.about };
        self.cipher.encrypt(&self.nonce(block, last), payload).map_err(|_| unsealable())
    }

    fn open(&self, block: u64, last: bool, msg: &[u8]) -> io::Result<Vec<u8>> {
        let payload = Payload { msg, aad: &self.about };
        self.cipher.decrypt(&self.nonce(block, last), payload).map_err(|_| SealError::Damaged.into())
    }
}

/// The cipher refuses only what is longer than any block.
fn unsealable() -> io::Error {
    io::Error::other("a piece of a recording could not be sealed")
}

/// A file that is sealed while it is written; without [`Sealing::finish`] it does not open to its end.
pub struct Sealing<W> {
    seal: Seal,
    out: W,
    block: u64,
    open: Vec<u8>,
}

impl<W: Write> Sealing<W> {
    /// Begins a file of a recording; `name` is what the file is called once it is whole.
    ///
    /// # Errors
    /// [`SealError`] where there is no key, and what writing says.
    pub fn begin(data: &Path, recording: RecordingId, name: &str, mut out: W) -> io::Result<Self> {
        let cipher = keys::to_write(data, recording)?;
        let mut chance = [0; CHANCE];
        getrandom::fill(&mut chance).map_err(io::Error::other)?;
        out.write_all(&MAGIC)?;
        out.write_all(&chance)?;
        let seal = Seal::new(cipher, chance, recording, name);
        Ok(Self { seal, out, block: 0, open: Vec::with_capacity(BLOCK) })
    }

    /// Seals the last block and gives back what was written to.
    ///
    /// # Errors
    /// What writing says.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.write_all(&self.seal.close(self.block, true, &self.open)?)?;
        self.out.flush()?;
        Ok(self.out)
    }
}

impl<W: Write> Write for Sealing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A full block waits for more: the last one is sealed as the last.
        if self.open.len() == BLOCK && !bytes.is_empty() {
            self.out.write_all(&self.seal.close(self.block, false, &self.open)?)?;
            self.block += 1;
            self.open.clear();
        }
        let part = bytes.get(..bytes.len().min(BLOCK - self.open.len())).unwrap_or_default();
        self.open.extend_from_slice(part);
        Ok(part.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// A file of a recording, open for reading: sealed, or as it was kept before files were sealed.
pub struct Opened {
    file: File,
    seal: Option<Seal>,
    length: u64,
    at: u64,
    block: Option<u64>,
    plain: Vec<u8>,
}

impl Opened {
    /// Opens a file of a recording by its name.
    ///
    /// # Errors
    /// [`SealError`] where it is sealed and cannot be opened, and what reading says.
    pub fn open(data: &Path, recording: RecordingId, name: &str) -> io::Result<Self> {
        let mut file = File::open(folder(data, recording).join(name))?;
        let size = file.metadata()?.len();
        let mut head = [0; HEAD_SIZE];
        let read = fill(&mut file, &mut head)?;
        let (magic, chance) = head.split_at(MAGIC.len());
        let (length, seal) = if read == head.len() && magic == MAGIC {
            let chance = <[u8; CHANCE]>::try_from(chance).map_err(io::Error::other)?;
            let seal = Seal::new(keys::to_read(data, recording)?, chance, recording, name);
            (plain_length(size).ok_or(SealError::Damaged)?, Some(seal))
        } else {
            file.rewind()?;
            (size, None)
        };
        Ok(Self { file, seal, length, at: 0, block: None, plain: Vec::new() })
    }

    /// How many bytes it holds.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Has a block at hand.
    fn turn_to(&mut self, block: u64) -> io::Result<()> {
        if self.block == Some(block) {
            return Ok(());
        }
        let Some(seal) = &self.seal else { return Ok(()) };
        let last = self.length.div_ceil(BLOCK as u64).max(1) - 1;
        self.file.seek(SeekFrom::Start(HEAD + block * (BLOCK + TAG) as u64))?;
        let mut sealed = vec![0; BLOCK + TAG];
        let read = fill(&mut self.file, &mut sealed)?;
        sealed.truncate(read);
        self.plain = seal.open(block, block == last, &sealed)?;
        self.block = Some(block);
        Ok(())
    }
}

/// How many bytes a sealed file of this size holds; none where no sealed file has it.
fn plain_length(size: u64) -> Option<u64> {
    let body = size.checked_sub(HEAD)?;
    let blocks = body.div_ceil((BLOCK + TAG) as u64).max(1);
    body.checked_sub(blocks * TAG as u64)
}

/// Reads until the room is full or the file ends.
fn fill(file: &mut File, room: &mut [u8]) -> io::Result<usize> {
    let mut read = 0;
    while let Some(rest) = room.get_mut(read..).filter(|rest| !rest.is_empty()) {
        match file.read(rest) {
            Ok(0) => break,
            Ok(more) => read += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(read)
}

impl Read for Opened {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        if self.seal.is_none() {
            return self.file.read(room);
        }
        if room.is_empty() || self.at >= self.length && self.length > 0 {
            return Ok(0);
        }
        self.turn_to(self.at / BLOCK as u64)?;
        let within = usize::try_from(self.at % BLOCK as u64).map_err(io::Error::other)?;
        let here = self.plain.get(within..).unwrap_or_default();
        let part = here.get(..here.len().min(room.len())).unwrap_or_default();
        room.iter_mut().zip(part).for_each(|(slot, byte)| *slot = *byte);
        self.at += part.len() as u64;
        Ok(part.len())
    }
}

impl Seek for Opened {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        if self.seal.is_none() {
            return self.file.seek(to);
        }
        let place = match to {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::End(far) => self.length.checked_add_signed(far),
            SeekFrom::Current(far) => self.at.checked_add_signed(far),
        };
        self.at = place.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests;
