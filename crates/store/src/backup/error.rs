//! What can go wrong with a backup, each in one plain sentence with the way out.

use crate::error::{Refusal, StoreError};

/// Why a backup could not be made, proven or restored. Whatever it says, the live data is as it was.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The file is something else.
    #[error("{0} is no backup of MedRecord AI")]
    Foreign(String),
    /// The file is not what was written.
    #[error("{0} is damaged or cut off; use another backup")]
    Damaged(String),
    /// The file is of a newer program.
    #[error("{file} was made by a newer MedRecord AI ({what}); install that one first")]
    Newer {
        /// The backup.
        file: String,
        /// What is newer about it.
        what: String,
    },
    /// The file is encrypted and no key was given.
    #[error("{0} is encrypted; name the file that holds its key with --key FILE")]
    KeyNeeded(String),
    /// The file is encrypted to somebody else.
    #[error("{0} is encrypted to another key than the one given")]
    WrongKey(String),
    /// A key or recipient cannot be read.
    #[error("{0}")]
    Key(String),
    /// The place to restore into cannot take it; the text says why and what to do.
    #[error("{0}")]
    Place(String),
    /// What was restored is not what the backup says.
    #[error("the {what} restored from {file} differ from what the backup names; use another backup")]
    Unequal {
        /// The backup.
        file: String,
        /// Which rows or files.
        what: String,
    },
    /// A rule of the database does not hold for what was restored.
    #[error("what {file} holds breaks a rule of the database: {rule}")]
    Rule {
        /// The backup.
        file: String,
        /// The rule, in the database's words.
        rule: String,
    },
    /// A folder or file cannot be used.
    #[error("{0} cannot be used")]
    File(String, #[source] std::io::Error),
    /// The disk is full.
    #[error("the disk is full; make room and try again")]
    DiskFull,
    /// The work was given up before its end.
    #[error("the backup was given up before its end")]
    GivenUp,
    /// The database refused.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The database failed.
    #[error(transparent)]
    Store(StoreError),
}

impl BackupError {
    /// A failure of a file, told apart from a full disk.
    pub(super) fn file(path: &std::path::Path, error: std::io::Error) -> Self {
        if is_full(&error) { Self::DiskFull } else { Self::File(path.display().to_string(), error) }
    }
}

impl From<StoreError> for BackupError {
    fn from(error: StoreError) -> Self {
        if error.is_disk_full() { Self::DiskFull } else { Self::Store(error) }
    }
}

impl From<sqlx::Error> for BackupError {
    fn from(error: sqlx::Error) -> Self {
        StoreError::from(error).into()
    }
}

/// Whether a disk or its quota is full.
pub(super) fn is_full(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge)
}
