//! A backup that is read: checked to its end first, then frame by frame from a thread of its own.

use super::Progress;
use super::catalogue::Table;
use super::error::BackupError;
use super::files;
use super::format::{FileSum, Frame, Head, Reader, TableSum, Totals, check_whole, name_of};
use super::key::Keys;
use crate::hex;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use tokio::sync::mpsc::{Receiver, channel};

/// How many pieces wait between reading and loading.
const PIPE: usize = 8;

/// An opened backup.
pub(super) struct Source {
    /// Its name, for people.
    pub(super) name: String,
    /// What stands at its beginning.
    pub(super) head: Head,
    frames: Receiver<Result<Frame, BackupError>>,
    progress: Progress,
    so_far: Totals,
}

/// The files that a backup holds, with their sums.
pub(super) type Files = BTreeMap<String, FileSum>;

impl Source {
    /// Opens a backup; refuses what is foreign, damaged, cut off or locked by another key before anything is done.
    pub(super) async fn open(path: &Path, keys: &Keys, progress: &Progress) -> Result<Self, BackupError> {
        let name = name_of(path);
        let (sender, mut frames) = channel(PIPE);
        let (path, keys) = (path.to_path_buf(), keys.clone());
        tokio::task::spawn_blocking(move || {
            let checked = check_whole(&path, &keys).and_then(|()| Reader::open(&path, &keys));
            let mut reader = match checked {
                Ok(reader) => reader,
                // Where nobody listens any more there is nobody to tell.
                Err(error) => return drop(sender.blocking_send(Err(error))),
            };
            loop {
                let frame = reader.next();
                let last = matches!(frame, Err(_) | Ok(Frame::End(_)));
                if sender.blocking_send(frame).is_err() || last {
                    return;
                }
            }
        });
        let damaged = || BackupError::Damaged(name.clone());
        let Frame::Head(head) = frames.recv().await.ok_or_else(damaged)?? else { return Err(damaged()) };
        Ok(Self { name, head, frames, progress: progress.clone(), so_far: Totals::default() })
    }

    pub(super) fn damaged(&self) -> BackupError {
        BackupError::Damaged(self.name.clone())
    }

    /// What differs from the backup after it was brought back.
    pub(super) fn unequal(&self, what: impl Into<String>) -> BackupError {
        BackupError::Unequal { file: self.name.clone(), what: what.into() }
    }

    async fn next(&mut self) -> Result<Frame, BackupError> {
        let frame = self.frames.recv().await.ok_or_else(|| self.damaged())??;
        if let Frame::Rows(bytes) | Frame::Bytes(bytes) = &frame {
            self.progress.add(bytes.len());
        }
        Ok(frame)
    }

    /// The next table or the first file, or the end.
    pub(super) async fn section(&mut self) -> Result<Section, BackupError> {
        match self.next().await? {
            Frame::Table(table) => Ok(Section::Table(table)),
            Frame::File(name) => Ok(Section::File(name)),
            Frame::End(totals) if totals == self.so_far => Ok(Section::End(totals)),
            Frame::End(_)
            | Frame::Head(_)
            | Frame::Rows(_)
            | Frame::TableEnd(_)
            | Frame::Bytes(_)
            | Frame::FileEnd(_) => Err(self.damaged()),
        }
    }

    /// The next rows of the table: whole lines; or its sum.
    pub(super) async fn rows(&mut self) -> Result<Rows, BackupError> {
        match self.next().await? {
            Frame::Rows(lines) if lines.ends_with(b"\n") => Ok(Rows::Lines(lines)),
            Frame::TableEnd(sum) => {
                self.so_far.tables += 1;
                self.so_far.rows += sum.rows;
                Ok(Rows::End(sum))
            }
            Frame::Rows(_)
            | Frame::End(_)
            | Frame::Head(_)
            | Frame::Table(_)
            | Frame::File(_)
            | Frame::Bytes(_)
            | Frame::FileEnd(_) => Err(self.damaged()),
        }
    }

    /// Takes in the files from the first one on, to the end of the backup; writes them below `into`, where given.
    pub(super) async fn files(
        &mut self,
        first: Section,
        into: Option<&Path>,
    ) -> Result<(Files, Totals), BackupError> {
        let mut found = Files::new();
        let mut section = first;
        loop {
            match section {
                Section::End(totals) => return Ok((found, totals)),
                Section::Table(_) => return Err(self.damaged()),
                Section::File(name) => {
                    let sum = self.file(&name, into).await?;
                    if found.insert(name, sum).is_some() {
                        return Err(self.damaged());
                    }
                }
            }
            section = self.section().await?;
        }
    }

    async fn file(&mut self, name: &str, into: Option<&Path>) -> Result<FileSum, BackupError> {
        let Some(path) = files::place(into.unwrap_or(Path::new("")), name) else {
            return Err(self.damaged());
        };
        let failed = |error: io::Error| BackupError::file(&path, error);
        let mut out = if into.is_some() { Some(create(&path).map_err(failed)?) } else { None };
        let (mut hasher, mut count) = (Sha256::new(), 0);
        loop {
            match self.next().await? {
                Frame::Bytes(bytes) => {
                    hasher.update(&bytes);
                    count += bytes.len() as u64;
                    if let Some(file) = &mut out {
                        file.write_all(&bytes).map_err(failed)?;
                    }
                }
                Frame::FileEnd(sum) => {
                    let here = FileSum { bytes: count, sha256: hex::encode(&hasher.finalize()) };
                    if let Some(file) = &mut out {
                        file.sync_all().map_err(failed)?;
                    }
                    self.so_far.files += 1;
                    return if here == sum { Ok(sum) } else { Err(self.damaged()) };
                }
                Frame::Head(_)
                | Frame::Table(_)
                | Frame::Rows(_)
                | Frame::TableEnd(_)
                | Frame::File(_)
                | Frame::End(_) => return Err(self.damaged()),
            }
        }
    }
}

fn create(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    File::create_new(path)
}

/// What follows in a backup.
pub(super) enum Section {
    /// A table, whose rows follow.
    Table(Table),
    /// A file, whose bytes follow.
    File(String),
    /// Nothing more.
    End(Totals),
}

/// What follows in a table.
pub(super) enum Rows {
    /// Lines, each with its end.
    Lines(Vec<u8>),
    /// No more rows; this is what they come to.
    End(TableSum),
}
