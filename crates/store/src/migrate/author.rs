//! Writes the two files of a new migration.

use super::declared::Draft;
use super::files::{Files, is_action};
use crate::error::StoreError;
use medrecord_clinic::time::Instant;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Refuses a name that does not say, in plain words, what the migration does.
///
/// # Errors
/// [`StoreError::Migration`] with the form that a name has.
pub fn check_action(action: &str) -> Result<(), StoreError> {
    let says_something = action.split('_').count() >= 2;
    if is_action(action) && says_something && action.bytes().any(|byte| byte.is_ascii_lowercase()) {
        return Ok(());
    }
    Err(StoreError::Migration(format!(
        "{action:?} does not name a migration; say what it does in two or more words of a-z and 0-9 joined by _, such as add_patient_email_index"
    )))
}

/// The number of a migration written now: the time, and in any case later than the newest there is.
pub fn next_number(files: &Files, now: Instant) -> i64 {
    let digits: String = now.to_string().chars().filter(char::is_ascii_digit).take(14).collect();
    digits.parse().unwrap_or(0).max(files.newest() + 1)
}

/// Writes both files; neither is written over.
///
/// # Errors
/// [`StoreError::Migration`] where one is there already, [`StoreError::Machine`].
pub fn write_draft(folder: &Path, number: i64, draft: &Draft) -> Result<[PathBuf; 2], StoreError> {
    check_action(&draft.action)?;
    let name = format!("{number}_{}.sql", draft.action);
    let paths = [folder.join("postgres").join(&name), folder.join("sqlite").join(&name)];
    if let Some(there) = paths.iter().find(|path| path.exists()) {
        return Err(StoreError::Migration(format!("{} is there already", there.display())));
    }
    for (path, text) in paths.iter().zip([&draft.postgres, &draft.sqlite]) {
        std::fs::OpenOptions::new().write(true).create_new(true).open(path)?.write_all(text.as_bytes())?;
    }
    Ok(paths)
}
