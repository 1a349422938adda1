//! Backups: one file with every row and every kept file of the practice, from either database into either database.
//!
//! `take` writes it from one snapshot while the clinic works, `verify` restores it to a scratch file and proves it,
//! `restore` brings it back, all or nothing. `format` is the file, `row` the form of a row in it, `catalogue` what
//! the live database has, `folder` where backups lie and which may go. The set of tables and columns comes from the
//! database itself, so that a new table is in the next backup without being named here.

mod catalogue;
mod dump;
mod error;
mod files;
mod folder;
mod format;
mod key;
mod load;
mod restore;
mod restore_file;
mod row;
mod scratch;
mod source;
mod take;
mod verify;

pub use error::BackupError;
pub use folder::{Kept, Standing, list, note_failure, prune, standing};
pub use key::{Keys, Recipient, new_key};
pub(crate) use restore::restore_as_it_was;
pub use restore::{Restored, Target, restore};
pub use take::{Made, Order, take, take_rows};
pub use verify::{Proof, verify};

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How far long work is, for whoever watches: bytes done, of about so many.
#[derive(Debug, Clone, Default)]
pub struct Progress {
    done: Arc<AtomicU64>,
    total: Arc<AtomicU64>,
}

impl Progress {
    /// Bytes done so far.
    pub fn done(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }

    /// About how many bytes there are; 0 while unknown.
    pub fn total(&self) -> u64 {
        self.total.load(Ordering::Relaxed)
    }

    fn expect(&self, bytes: u64) {
        self.total.store(bytes, Ordering::Relaxed);
    }

    fn add(&self, bytes: usize) {
        self.done.fetch_add(u64::try_from(bytes).unwrap_or(0), Ordering::Relaxed);
    }
}
