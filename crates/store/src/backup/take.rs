//! Makes a backup: rows and files go through one pipe into a thread that packs, encrypts and writes them.
//!
//! It is written under a hidden name, brought to disk and renamed, so that a killed or failed one leaves nothing
//! that could be taken for a backup.

use super::error::BackupError;
use super::folder::{self, discard};
use super::format::{Frame, Totals, Writer};
use super::key::{Keys, Recipient};
use super::{Progress, dump};
use crate::audit::{Event, Verb};
use crate::claim::{abandoned, create_locked};
use crate::database::Store;
use crate::desk::Actor;
use medrecord_clinic::time::Instant;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use tokio::sync::mpsc::{Receiver, channel};

/// How many pieces wait between reading and writing.
const PIPE: usize = 8;

/// What to put where.
#[derive(Debug, Clone)]
pub struct Order {
    /// The folder for the backup; made where it is missing.
    pub folder: PathBuf,
    /// The folder with recordings and documents.
    pub data_folder: PathBuf,
    /// Who can open it; nobody in particular where there is none.
    pub recipient: Option<Recipient>,
}

/// What goes into a backup.
#[derive(Debug, Clone, Copy)]
enum Contents {
    /// Rows and files.
    All,
    /// Rows alone: migrations leave files as they are.
    Rows,
}

/// A backup that was made.
#[derive(Debug)]
pub struct Made {
    /// Where it is.
    pub path: PathBuf,
    /// When its snapshot was taken.
    pub made_at: Instant,
    /// Its size.
    pub bytes: u64,
    /// How many tables it holds.
    pub tables: u64,
    /// How many rows.
    pub rows: u64,
    /// How many files.
    pub files: u64,
    /// What opens it for proving, until this is dropped.
    pub keys: Keys,
}

/// Makes a backup of the database and its files as they are at this moment; the clinic works on meanwhile.
///
/// # Errors
/// [`BackupError`] naming what failed; then nothing is left of it.
pub async fn take(
    store: &Store,
    actor: Actor,
    order: &Order,
    progress: &Progress,
) -> Result<Made, BackupError> {
    let made = make(store, order, Contents::All, progress).await?;
    note(store, actor, &made).await?;
    Ok(made)
}

/// Makes a copy of the rows alone before migrations, under a name of its own: `before_migrate_…`.
///
/// It leaves no event, since the trail itself may be about to change; whoever deploys leaves one.
///
/// # Errors
/// As [`take`].
pub async fn take_rows(
    store: &Store,
    folder: &Path,
    recipient: Option<Recipient>,
) -> Result<Made, BackupError> {
    let order = Order { folder: folder.to_owned(), data_folder: folder.to_owned(), recipient };
    make(store, &order, Contents::Rows, &Progress::default()).await
}

async fn make(
    store: &Store,
    order: &Order,
    contents: Contents,
    progress: &Progress,
) -> Result<Made, BackupError> {
    let folder = &order.folder;
    fs::create_dir_all(folder).map_err(|error| BackupError::file(folder, error))?;
    sweep(folder);
    store.settle().await;
    let (path, made_at) = fresh_name(folder, contents, store.clock().now(), order.recipient.is_some());
    let half = Half::new(&path)?;
    let (keys, recipients) = match &order.recipient {
        None => (Keys::default(), Vec::new()),
        Some(recipient) => {
            let (keys, once) = Keys::for_once();
            let theirs =
                recipient.key().ok_or_else(|| BackupError::Key("the recipient is no key".to_owned()))?;
            (keys, vec![theirs, once])
        }
    };
    let (frames, waiting) = channel(PIPE);
    let writer = tokio::task::spawn_blocking(move || write(half, waiting, &recipients));
    let files = match contents {
        Contents::All => Some(order),
        Contents::Rows => None,
    };
    let sent = dump::everything(store, files, made_at, &frames, progress).await;
    drop(frames);
    let written = writer.await.map_err(|error| BackupError::Store(io::Error::other(error).into()))?;
    // Where writing failed, sending failed too, for that reason; where sending failed, writing was given up.
    let half = match (written, &sent) {
        (Ok(half), _) => Some(half),
        (Err(BackupError::GivenUp), Err(_)) => None,
        (Err(error), _) => return Err(error),
    };
    let Totals { tables, rows, files } = sent?;
    half.ok_or(BackupError::GivenUp)?.keep(&path)?;
    let bytes = fs::metadata(&path).map_err(|error| BackupError::file(&path, error))?.len();
    Ok(Made { path, made_at, bytes, tables, rows, files, keys })
}

/// Taking all data out is an event of the trail.
async fn note(store: &Store, actor: Actor, made: &Made) -> Result<(), BackupError> {
    let detail = serde_json::json!({ "rows": made.rows, "files": made.files, "bytes": made.bytes });
    Ok(store.note(actor, Event::new(Verb::Export, "backup").with(detail)).await?)
}

/// A name that is free, by the second.
fn fresh_name(folder: &Path, contents: Contents, now: Instant, encrypted: bool) -> (PathBuf, Instant) {
    let mut at = now;
    loop {
        let name = match contents {
            Contents::All => folder::name(at, encrypted),
            Contents::Rows => folder::name_before_migrating(at, encrypted),
        };
        let path = folder.join(name);
        if !path.exists() && !half_of(&path).exists() {
            return (path, at);
        }
        at = Instant::from_millis(at.millis() + 1000);
    }
}

/// How a file is called while it is written.
fn half_of(path: &Path) -> PathBuf {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    path.with_file_name(format!(".{name}.part"))
}

/// A file that is being written; gone when dropped, unless it was kept.
struct Half {
    path: PathBuf,
    file: File,
    kept: bool,
}

impl Half {
    fn new(path: &Path) -> Result<Self, BackupError> {
        let half = half_of(path);
        let failed = |error| BackupError::file(&half, error);
        // Locked until the end, so that nobody sweeps away what is being written.
        let file = loop {
            if let Some(file) = create_locked(&half).map_err(failed)? {
                break file;
            }
        };
        Ok(Self { path: half, file, kept: false })
    }

    /// Gives it its name, when all of it is on disk.
    fn keep(mut self, path: &Path) -> Result<(), BackupError> {
        fs::rename(&self.path, path).map_err(|error| BackupError::file(path, error))?;
        self.kept = true;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let synced = File::open(folder).and_then(|folder| folder.sync_all());
        synced.map_err(|error| BackupError::file(folder, error))
    }
}

impl Drop for Half {
    fn drop(&mut self) {
        if !self.kept {
            discard(&self.path);
        }
    }
}

/// Removes what killed backups left; what another process is writing is locked and stays.
fn sweep(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let half = entry.path().extension().is_some_and(|ending| ending == "part");
        if half
            && folder::is_ours(name.trim_start_matches('.'))
            && let Some(_lock) = abandoned(&entry.path())
        {
            discard(&entry.path());
        }
    }
}

fn write(
    half: Half,
    waiting: Receiver<Frame>,
    recipients: &[age::x25519::Recipient],
) -> Result<Half, BackupError> {
    let failed = |error| BackupError::file(&half.path, error);
    let file = half.file.try_clone().map_err(failed)?;
    let out = BufWriter::with_capacity(1 << 18, file);
    let mut out = if recipients.is_empty() {
        pack(out, waiting, &half.path)?
    } else {
        let each = recipients.iter().map(|recipient| recipient as &dyn age::Recipient);
        let sealed = age::Encryptor::with_recipients(each)
            .map_err(|error| BackupError::Key(format!("the recipient cannot be used: {error}")))?;
        let sealed = sealed.wrap_output(out).map_err(failed)?;
        pack(sealed, waiting, &half.path)?.finish().map_err(failed)?
    };
    out.flush().map_err(failed)?;
    half.file.sync_all().map_err(failed)?;
    Ok(half)
}

fn pack<W: Write>(out: W, mut waiting: Receiver<Frame>, path: &Path) -> Result<W, BackupError> {
    let failed = |error| BackupError::file(path, error);
    let mut writer = Writer::new(out).map_err(failed)?;
    while let Some(frame) = waiting.blocking_recv() {
        writer.write(&frame).map_err(failed)?;
        if matches!(frame, Frame::End(_)) {
            return writer.finish().map_err(failed);
        }
    }
    Err(BackupError::GivenUp)
}
