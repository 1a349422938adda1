//! The journal of reading: files beside the records that hold the events of reading until the trail holds them.
//!
//! Each process has a journal of its own, two halves that are written in turn: while the events of one are brought into
//! the trail, the other is written; then the first is emptied. Their place on the disk is taken when they are made, so that
//! looks go on when the disk is full. An event is a line with a checksum, so that what a power cut tore is told from what is
//! whole. A locked file says that the process lives; what a killed one left is found by the next.

use super::append::Content;
use crate::claim::{abandoned, create_locked};
use crate::clock::Chance;
use crate::hex;
use crate::private::create_folder;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

const BEFORE: &str = "reading-";
const LOCK: &str = ".lock";
/// Bytes that each half takes on the disk from the start: about 4,000 events.
const RESERVE: u64 = 1 << 20;

/// The journal that this process writes.
pub(super) struct Journal {
    base: PathBuf,
    written: Page,
    resting: Page,
    _lock: File,
}

/// A file whose place on the disk is taken, and how far it is written; zeros after that.
struct Page {
    file: File,
    end: u64,
}

/// What a process left that is gone.
pub(super) struct Left {
    base: PathBuf,
    _lock: File,
    /// Its events; some may be in the trail already.
    pub(super) contents: Vec<Content>,
}

impl Journal {
    /// Begins a journal in a folder, which is made where it is missing.
    pub(super) fn open(folder: &Path, chance: &Chance) -> io::Result<Self> {
        create_folder(folder)?;
        loop {
            let base = folder.join(format!("{BEFORE}{}", hex::encode(&chance.bytes::<8>()?)));
            if let Some(lock) = create_locked(&with(&base, LOCK))? {
                let (written, resting) = (Page::new(&half(&base, false))?, Page::new(&half(&base, true))?);
                return Ok(Self { base, written, resting, _lock: lock });
            }
        }
    }

    /// Writes events; when this returns, they survive the end of this process.
    pub(super) fn write(&mut self, contents: &[Content]) -> io::Result<()> {
        let mut lines = String::new();
        for content in contents {
            let text = serde_json::to_string(content)?;
            lines.push('\n');
            lines.push_str(&checksum(&text));
            lines.push_str(&text);
        }
        // A longer write that failed at this place may have left its end behind this one.
        lines.push('\n');
        self.written.write(lines.as_bytes())
    }

    /// Writes the other half from now on, which must be empty.
    pub(super) fn turn(&mut self) {
        std::mem::swap(&mut self.written, &mut self.resting);
    }

    /// Empties the half that is not written, when its events are in the trail.
    pub(super) fn empty(&mut self) -> io::Result<()> {
        self.resting.empty()
    }

    /// Removes the files, when all is in the trail.
    pub(super) fn remove(&self) {
        discard(&self.base);
    }
}

impl Page {
    fn new(path: &Path) -> io::Result<Self> {
        let mut options = File::options();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut page = Self { file: options.open(path)?, end: RESERVE };
        page.empty()?;
        Ok(page)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(self.end))?;
        self.file.write_all(bytes)?;
        self.end += u64::try_from(bytes.len()).map_err(io::Error::other)?;
        Ok(())
    }

    fn empty(&mut self) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(0))?;
        io::copy(&mut io::repeat(0).take(self.end), &mut self.file)?;
        self.end = 0;
        Ok(())
    }
}

impl Left {
    /// What gone processes left in a folder.
    pub(super) fn find(folder: &Path) -> Vec<Self> {
        let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
        let left = entries.flatten().filter_map(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            let name = name.strip_suffix(LOCK).filter(|name| name.starts_with(BEFORE))?.to_owned();
            let lock = abandoned(&entry.path())?;
            let base = folder.join(name);
            let contents = [false, true].into_iter().flat_map(|second| read(&half(&base, second))).collect();
            Some(Self { base, _lock: lock, contents })
        });
        left.collect()
    }

    /// Removes the files, when all is in the trail.
    pub(super) fn remove(self) {
        discard(&self.base);
    }
}

/// The whole lines of a half; a missing file has none.
fn read(path: &Path) -> Vec<Content> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) => {
            if error.kind() != io::ErrorKind::NotFound {
                tracing::error!(%error, path = %path.display(), "a journal of reading cannot be read");
            }
            return Vec::new();
        }
    };
    let text = String::from_utf8_lossy(&bytes);
    let mut contents = Vec::new();
    for line in text.split(['\n', '\0']).filter(|line| !line.is_empty()) {
        let whole = line.split_at_checked(CHECKSUM).filter(|(sum, text)| *sum == checksum(text));
        match whole.and_then(|(_, text)| serde_json::from_str(text).ok()) {
            Some(content) => contents.push(content),
            None => {
                tracing::warn!(path = %path.display(), "a line of a journal of reading is torn; left out");
            }
        }
    }
    contents
}

/// Signs of a line's checksum.
const CHECKSUM: usize = 16;

fn checksum(text: &str) -> String {
    hex::digest(text).chars().take(CHECKSUM).collect()
}

fn half(base: &Path, second: bool) -> PathBuf {
    with(base, if second { ".2" } else { ".1" })
}

fn with(base: &Path, ending: &str) -> PathBuf {
    let mut path = base.as_os_str().to_owned();
    path.push(ending);
    path.into()
}

/// The lock goes last, so that a process killed meanwhile leaves something to be found.
fn discard(base: &Path) {
    for path in [half(base, false), half(base, true), with(base, LOCK)] {
        if let Err(error) = fs::remove_file(&path)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(%error, path = %path.display(), "a journal of reading could not be removed");
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(id: &str) -> Content {
        let mut content = Content::default();
        content[0] = Some(id.to_owned());
        content
    }

    #[test]
    fn what_a_failed_write_left_behind_a_line_does_not_spoil_it() {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = Journal::open(folder.path(), &Chance::counted(1)).unwrap();
        journal.write(&[event("first")]).unwrap();
        // The disk was full in the middle of this one.
        let end = journal.written.end;
        journal.written.write(format!("\n0123456789abcdef{}", "torn".repeat(99)).as_bytes()).unwrap();
        journal.written.end = end;
        journal.write(&[event("second")]).unwrap();
        drop(journal);
        let left = Left::find(folder.path());
        let ids: Vec<_> =
            left.iter().flat_map(|left| &left.contents).filter_map(|event| event[0].as_deref()).collect();
        assert_eq!(ids, ["first", "second"]);
    }
}
