//! The file of a backup: a line that says what it is, a zstd stream of frames, and the SHA-256 of all before it.
//!
//! An encrypted one is an age file around the same. A frame is a kind, a length and its bytes. Order: a head; for
//! each table its description, its rows and its sum; for each file its path, its bytes and its sum; the end.

use super::catalogue::Table;
use super::error::{BackupError, is_full};
use super::key::Keys;
use super::row::Sum;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::Path;

/// The first line; its number rises where an older program could not read the rest.
const FIRST_LINE: &[u8] = b"MedRecord AI backup 1\n";
const FIRST_WORDS: &[u8] = b"MedRecord AI backup ";
const AGE: &[u8] = b"age-encryption.org/v1";
const DIGEST: usize = 32;
/// Fast, and a third of the size; level 9 takes four times as long for a tenth less.
const LEVEL: i32 = 3;
/// A stream that asks for a larger window than zstd's own default limit is not ours.
const LARGEST_WINDOW: u32 = 27;

/// What stands at the beginning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Head {
    /// When the snapshot was taken.
    pub(super) made_at: String,
    /// `PostgreSQL` or `SQLite`.
    pub(super) database: String,
    /// Which program made it.
    pub(super) program: String,
    /// The migrations that the database had, the newest last.
    pub(super) migrations: Vec<i64>,
}

impl Head {
    /// The newest migration.
    pub(super) fn schema(&self) -> i64 {
        self.migrations.last().copied().unwrap_or(0)
    }
}

/// What stands after a table's rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct TableSum {
    /// How many rows there were.
    pub(super) rows: u64,
    /// Their digest.
    pub(super) sha256: String,
}

impl From<&Sum> for TableSum {
    fn from(sum: &Sum) -> Self {
        Self { rows: sum.rows(), sha256: sum.digest() }
    }
}

/// What stands after a file's bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FileSum {
    /// How many bytes there were.
    pub(super) bytes: u64,
    /// Their SHA-256.
    pub(super) sha256: String,
}

/// What stands at the end.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Totals {
    /// How many tables.
    pub(super) tables: u64,
    /// How many rows in all.
    pub(super) rows: u64,
    /// How many files.
    pub(super) files: u64,
}

/// A piece of a backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Frame {
    Head(Head),
    Table(Table),
    Rows(Vec<u8>),
    TableEnd(TableSum),
    /// The path of a file, below the data folder, with / between its parts.
    File(String),
    Bytes(Vec<u8>),
    FileEnd(FileSum),
    End(Totals),
}

/// Writes frames; nothing counts until [`Writer::finish`] is done.
pub(super) struct Writer<W: Write> {
    stream: zstd::Encoder<'static, Summing<W>>,
}

impl<W: Write> Writer<W> {
    pub(super) fn new(out: W) -> io::Result<Self> {
        let mut out = Summing { out, hasher: Sha256::new() };
        out.write_all(FIRST_LINE)?;
        let mut stream = zstd::Encoder::new(out, LEVEL)?;
        stream.include_checksum(true)?;
        Ok(Self { stream })
    }

    pub(super) fn write(&mut self, frame: &Frame) -> io::Result<()> {
        match frame {
            Frame::Head(head) => self.json(b'H', head),
            Frame::Table(table) => self.json(b'T', table),
            Frame::Rows(bytes) => self.bytes(b'R', bytes),
            Frame::TableEnd(sum) => self.json(b't', sum),
            Frame::File(path) => self.bytes(b'F', path.as_bytes()),
            Frame::Bytes(bytes) => self.bytes(b'B', bytes),
            Frame::FileEnd(sum) => self.json(b'f', sum),
            Frame::End(totals) => self.json(b'E', totals),
        }
    }

    /// Ends the stream and writes the SHA-256 behind it; gives back what it wrote to.
    pub(super) fn finish(self) -> io::Result<W> {
        let Summing { mut out, hasher } = self.stream.finish()?;
        out.write_all(&hasher.finalize())?;
        Ok(out)
    }

    fn json(&mut self, kind: u8, value: &impl Serialize) -> io::Result<()> {
        self.bytes(kind, &serde_json::to_vec(value)?)
    }

    fn bytes(&mut self, kind: u8, bytes: &[u8]) -> io::Result<()> {
        let length = u32::try_from(bytes.len()).map_err(|_| io::Error::other("a row of more than 4 GB"))?;
        self.stream.write_all(&[kind])?;
        self.stream.write_all(&length.to_le_bytes())?;
        self.stream.write_all(bytes)
    }
}

struct Summing<W: Write> {
    out: W,
    hasher: Sha256,
}

impl<W: Write> Write for Summing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.out.write(bytes)?;
        self.hasher.update(bytes.get(..count).unwrap_or_default());
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

type Plain = Tail<Box<dyn Read + Send>>;

/// Reads frames.
pub(super) struct Reader {
    name: String,
    stream: zstd::Decoder<'static, BufReader<Plain>>,
}

impl Reader {
    /// Opens a backup: says at once where it is something else, or opened by another key.
    pub(super) fn open(path: &Path, keys: &Keys) -> Result<Self, BackupError> {
        let name = name_of(path);
        let plain = plain(path, keys)?;
        let damaged = |_| BackupError::Damaged(name.clone());
        let mut stream = zstd::Decoder::new(plain).map_err(damaged)?;
        stream.window_log_max(LARGEST_WINDOW).map_err(damaged)?;
        Ok(Self { name, stream })
    }

    /// The next frame.
    pub(super) fn next(&mut self) -> Result<Frame, BackupError> {
        let damaged = || BackupError::Damaged(self.name.clone());
        let mut start = [0; 5];
        self.stream.read_exact(&mut start).map_err(|_| damaged())?;
        let [kind, length @ ..] = start;
        let length = u32::from_le_bytes(length);
        let mut bytes = Vec::new();
        // The length is only a claim: no room is taken before the bytes are there.
        (&mut self.stream).take(u64::from(length)).read_to_end(&mut bytes).map_err(|_| damaged())?;
        if u32::try_from(bytes.len()).ok() != Some(length) {
            return Err(damaged());
        }
        self.frame(kind, bytes)
    }

    fn frame(&self, kind: u8, bytes: Vec<u8>) -> Result<Frame, BackupError> {
        Ok(match kind {
            b'H' => Frame::Head(self.json(&bytes)?),
            b'T' => Frame::Table(self.json(&bytes)?),
            b'R' => Frame::Rows(bytes),
            b't' => Frame::TableEnd(self.json(&bytes)?),
            b'F' => {
                Frame::File(String::from_utf8(bytes).map_err(|_| BackupError::Damaged(self.name.clone()))?)
            }
            b'B' => Frame::Bytes(bytes),
            b'f' => Frame::FileEnd(self.json(&bytes)?),
            b'E' => Frame::End(self.json(&bytes)?),
            _ => return Err(BackupError::Damaged(self.name.clone())),
        })
    }

    fn json<T: DeserializeOwned>(&self, bytes: &[u8]) -> Result<T, BackupError> {
        serde_json::from_slice(bytes).map_err(|_| BackupError::Damaged(self.name.clone()))
    }
}

/// Reads a backup to its end and compares it with the SHA-256 behind it, without unpacking it.
pub(super) fn check_whole(path: &Path, keys: &Keys) -> Result<(), BackupError> {
    let damaged = || BackupError::Damaged(name_of(path));
    let mut plain = plain(path, keys)?;
    io::copy(&mut plain, &mut io::sink())
        .map_err(|error| if is_full(&error) { BackupError::DiskFull } else { damaged() })?;
    if plain.is_whole() { Ok(()) } else { Err(damaged()) }
}

/// Whether a file is encrypted; `None` where it cannot be read.
pub(super) fn is_encrypted(path: &Path) -> Option<bool> {
    let mut start = Vec::new();
    File::open(path).ok()?.take(u64::try_from(AGE.len()).ok()?).read_to_end(&mut start).ok()?;
    Some(start == AGE)
}

/// The unencrypted bytes of a backup after its first line.
fn plain(path: &Path, keys: &Keys) -> Result<Plain, BackupError> {
    let name = name_of(path);
    let file = File::open(path).map_err(|error| BackupError::file(path, error))?;
    let file = BufReader::with_capacity(1 << 16, file);
    let stream: Box<dyn Read + Send> = match is_encrypted(path) {
        Some(true) if keys.is_empty() => return Err(BackupError::KeyNeeded(name)),
        Some(true) => {
            let opened =
                age::Decryptor::new_buffered(file).and_then(|sealed| sealed.decrypt(keys.identities()));
            Box::new(opened.map_err(|error| match error {
                age::DecryptError::NoMatchingKeys => BackupError::WrongKey(name.clone()),
                age::DecryptError::DecryptionFailed
                | age::DecryptError::ExcessiveWork { .. }
                | age::DecryptError::InvalidHeader
                | age::DecryptError::InvalidMac
                | age::DecryptError::Io(_)
                | age::DecryptError::KeyDecryptionFailed
                | age::DecryptError::UnknownFormat => BackupError::Damaged(name.clone()),
            })?)
        }
        Some(false) | None => Box::new(file),
    };
    let mut tail = Tail::new(stream);
    let mut line = Vec::new();
    let wanted = u64::try_from(FIRST_LINE.len()).unwrap_or(0);
    (&mut tail).take(wanted).read_to_end(&mut line).map_err(|_| BackupError::Damaged(name.clone()))?;
    if line == FIRST_LINE {
        Ok(tail)
    } else if line.strip_prefix(FIRST_WORDS).is_some_and(|rest| rest.first().is_some_and(u8::is_ascii_digit))
    {
        Err(BackupError::Newer { file: name, what: "another form of backup".to_owned() })
    } else {
        // A backup whose first line was cut or changed cannot be told from a file of something else.
        Err(BackupError::Foreign(name))
    }
}

/// The name of a file without its folder, for people.
pub(super) fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// Gives all but the last 32 bytes, which are the SHA-256 of what it gave.
struct Tail<R: Read> {
    source: R,
    hasher: Sha256,
    held: Vec<u8>,
    given: usize,
    ended: bool,
}

impl<R: Read> Tail<R> {
    fn new(source: R) -> Self {
        Self { source, hasher: Sha256::new(), held: Vec::new(), given: 0, ended: false }
    }

    /// Whether what is left is the digest of all before it; for after the end.
    fn is_whole(&self) -> bool {
        let left = self.held.get(self.given..).unwrap_or_default();
        self.ended && left == self.hasher.clone().finalize().as_slice()
    }

    fn fill(&mut self) -> io::Result<()> {
        self.held.drain(..self.given);
        self.given = 0;
        let mut more = [0; 1 << 14];
        while !self.ended && self.held.len() < more.len() {
            let count = self.source.read(&mut more)?;
            self.ended = count == 0;
            self.held.extend(more.get(..count).unwrap_or_default());
        }
        Ok(())
    }
}

impl<R: Read> Read for Tail<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.held.len() - self.given <= DIGEST {
            self.fill()?;
        }
        let ready = (self.held.len() - self.given).saturating_sub(DIGEST).min(out.len());
        let bytes = self.held.get(self.given..self.given + ready).unwrap_or_default();
        self.hasher.update(bytes);
        if let Some(place) = out.get_mut(..ready) {
            place.copy_from_slice(bytes);
        }
        self.given += ready;
        Ok(ready)
    }
}
