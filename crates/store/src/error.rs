//! What can go wrong while keeping: refusals in the clinic's words, and the database's own failures.

use medrecord_clinic::access::Action;
use medrecord_clinic::field::Problems;

/// Why a use case was refused. Use cases with more to say have an enum of their own that holds this one.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// There is no such thing, or not for this person.
    #[error("no such {0}")]
    NotFound(&'static str),
    /// The person's role may not do this.
    #[error("this role may not {0}")]
    NotAllowed(Action),
    /// Nobody is signed in.
    #[error("nobody is signed in")]
    NobodySignedIn,
    /// The row changed since the person loaded it.
    #[error("the {what} was changed by somebody else: version {seen} was shown, {current} is current")]
    Stale {
        /// What was changed.
        what: &'static str,
        /// The version that the person saw.
        seen: i32,
        /// The version that is current.
        current: i32,
    },
    /// What was entered is not sound.
    #[error(transparent)]
    Invalid(#[from] Problems),
    /// The record is signed and cannot change any more.
    #[error("the record is signed; only an addendum may follow")]
    Signed,
    /// The rules forbid it; the text says which and what to do.
    #[error("{0}")]
    Rule(String),
    /// The database failed.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        if error.violates("patients_merged") { Self::merged() } else { Self::Store(error) }
    }
}

impl Refusal {
    /// The chart was merged into another one, which has all of it now.
    pub(crate) fn merged() -> Self {
        let words =
            "This chart was merged into another one meanwhile. Open the patient again and enter it there.";
        Self::Rule(words.to_owned())
    }
}

impl From<sqlx::Error> for Refusal {
    fn from(error: sqlx::Error) -> Self {
        StoreError::from(error).into()
    }
}

/// A failure of the database or of what it holds.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The address cannot be used.
    #[error("DATABASE_URL {0}")]
    Address(String),
    /// The read replica cannot be used.
    #[error("MEDRECORD_READ_URL {0}")]
    Replica(String),
    /// The database cannot be reached or has no free connection.
    #[error("the database cannot be reached")]
    Unreachable(#[source] sqlx::Error),
    /// The database went away while it was keeping something: that may be kept, or not.
    #[error("the database went away while saving")]
    Uncertain(#[source] sqlx::Error),
    /// The database refused or failed.
    #[error("the database failed")]
    Driver(#[source] sqlx::Error),
    /// A row makes no sense; somebody changed the database by hand.
    #[error("row {id} of {table} makes no sense in {column}")]
    Inconsistent {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row's id.
        id: String,
    },
    /// The migrations do not fit the database; the text says how and what to do.
    #[error("{0}")]
    Migration(String),
    /// The machine failed to give time, chance or a file.
    #[error("the machine failed")]
    Machine(#[from] std::io::Error),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        if matches!(
            error,
            sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::Io(_)
                | sqlx::Error::Tls(_)
                | sqlx::Error::WorkerCrashed
        ) {
            return Self::Unreachable(error);
        }
        Self::Driver(error)
    }
}

impl StoreError {
    /// What a failed commit means: where the connection broke, nobody knows whether it was kept.
    pub(crate) fn while_committing(error: sqlx::Error) -> Self {
        if crate::pool::is_gone(&error) { Self::Uncertain(error) } else { error.into() }
    }

    /// Whether the database went away in the moment of saving, so that one has to look whether it was saved.
    pub fn is_uncertain(&self) -> bool {
        matches!(self, Self::Uncertain(_))
    }

    /// Whether the database gave a statement up because it took too long.
    pub fn is_too_slow(&self) -> bool {
        let Self::Driver(sqlx::Error::Database(error)) = self else { return false };
        error.code().is_some_and(|code| code == "57014")
    }

    /// Whether two who saved at the same moment waited for each other, so that the database gave this one up. Nothing of
    /// it is kept, and the same again may well succeed.
    pub fn is_crossed(&self) -> bool {
        let Self::Driver(sqlx::Error::Database(error)) = self else { return false };
        // PostgreSQL's deadlock_detected and serialization_failure; SQLite has one writer.
        error.code().is_some_and(|code| ["40P01", "40001"].contains(&code.as_ref()))
            && !error.message().contains("conflict with recovery")
    }

    /// Whether a constraint or a trigger of that name refused a write, on either database.
    ///
    /// SQLite names a unique constraint by its columns; `table_column_key` is recognised by them.
    pub fn violates(&self, name: &str) -> bool {
        let Self::Driver(sqlx::Error::Database(error)) = self else { return false };
        let columns = error.message().strip_prefix("UNIQUE constraint failed: ").map(|columns| {
            // `table.one, table.two`, as against PostgreSQL's `table_one_two_key`.
            let table = columns.split('.').next().unwrap_or_default();
            let plain: Vec<&str> =
                columns.split(", ").filter_map(|column| column.split('.').next_back()).collect();
            format!("{table}_{}_key", plain.join("_"))
        });
        error.constraint() == Some(name) || error.message().contains(name) || columns.as_deref() == Some(name)
    }

    /// Whether the database cannot be reached at present, so that trying again later makes sense.
    pub fn is_unreachable(&self) -> bool {
        match self {
            Self::Unreachable(_) | Self::Uncertain(_) => true,
            Self::Driver(error) if crate::pool::is_gone(error) => true,
            // 53300: too many connections; 25006: the server became a replica; 5, 261, 517: the SQLite file is locked.
            Self::Driver(sqlx::Error::Database(error)) => error.code().is_some_and(|code| {
                ["53300", "25006", "5", "261", "517"].contains(&code.as_ref())
                    || error.message().contains("conflict with recovery")
            }),
            Self::Driver(_)
            | Self::Address(_)
            | Self::Replica(_)
            | Self::Inconsistent { .. }
            | Self::Migration(_)
            | Self::Machine(_) => false,
        }
    }

    /// Whether the database will never take a value that was to be written: too long, of no kind it knows, or against
    /// a rule of the table.
    pub(crate) fn is_about_a_value(&self) -> bool {
        let Self::Driver(sqlx::Error::Database(error)) = self else { return false };
        // Class 22 of PostgreSQL's codes: the value does not fit the type; 23502 and 23514: NOT NULL and CHECK. Of
        // SQLite's: 18 too big, 20 and 3091 of another type, 275 CHECK, 1299 NOT NULL.
        error.code().is_some_and(|code| {
            (code.len() == 5 && code.starts_with("22"))
                || ["23502", "23514", "18", "20", "275", "1299", "3091"].contains(&code.as_ref())
        })
    }

    /// Whether the disk is full.
    ///
    /// SQLite also says so as `SQLITE_IOERR_SHMSIZE` (4874), where the file beside the log finds no room to grow.
    pub fn is_disk_full(&self) -> bool {
        match self {
            Self::Driver(sqlx::Error::Database(error)) => {
                error.code().is_some_and(|code| ["13", "4874", "53100"].contains(&code.as_ref()))
            }
            Self::Machine(error) => error.kind() == std::io::ErrorKind::StorageFull,
            Self::Unreachable(_)
            | Self::Uncertain(_)
            | Self::Replica(_)
            | Self::Driver(_)
            | Self::Address(_)
            | Self::Inconsistent { .. }
            | Self::Migration(_) => false,
        }
    }

    /// Whether the server has a database of that name, or is just making one.
    pub(crate) fn is_such_a_database(&self) -> bool {
        let Self::Driver(sqlx::Error::Database(error)) = self else { return false };
        error.code().is_some_and(|code| code == "42P04")
            || error.message().contains("pg_database_datname_index")
    }

    /// Whether the server has no database of that name.
    pub fn is_no_such_database(&self) -> bool {
        let Self::Driver(sqlx::Error::Database(error)) = self else { return false };
        error.code().is_some_and(|code| code == "3D000")
    }
}
