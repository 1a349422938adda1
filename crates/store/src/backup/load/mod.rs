//! Brings the tables of a backup into an empty schema of its age, and proves that they are the same there.
//!
//! As a database's own restore does, it takes indexes, foreign keys and triggers off, loads, and puts them back, so
//! that each rule is checked over all rows at once. Triggers that keep signed records as they are would refuse the
//! rows of a signed record; they are back before anybody else sees a row.

pub(super) mod postgres;
pub(super) mod sqlite;

use super::catalogue::Table;
use super::error::BackupError;
use super::format::TableSum;
use super::row::{Kind, Sum};
use super::source::{Section, Source};
use crate::error::StoreError;

/// A table that was loaded: as the backup describes it, and its sum.
pub(super) struct Loaded {
    pub(super) table: Table,
    pub(super) sum: TableSum,
}

/// The backup's table, with the kinds that values have here; refused where the two differ in their columns.
pub(super) fn twin(source: &Source, here: &[Table], table: &Table) -> Result<Table, BackupError> {
    let twin = here.iter().find(|own| own.matches(table));
    twin.cloned().ok_or_else(|| source.unequal(format!("columns of {}", table.name)))
}

/// Refuses where a table of this schema was not in the backup, or was there twice.
pub(super) fn complete(source: &Source, here: &[Table], loaded: &[Loaded]) -> Result<(), BackupError> {
    for own in here {
        if loaded.iter().filter(|done| done.table.name == own.name).count() != 1 {
            return Err(source.unequal(format!("rows of {}", own.name)));
        }
    }
    Ok(())
}

/// Compares what the rows here come to with what the backup says.
pub(super) fn same(source: &Source, loaded: &Loaded, here: &Sum) -> Result<(), BackupError> {
    if TableSum::from(here) == loaded.sum {
        Ok(())
    } else {
        Err(source.unequal(format!("rows of {}", loaded.table.name)))
    }
}

/// A table as it is here, counting as JSON what the backup counted so.
pub(super) fn counted_alike(here: &Table, there: &Table) -> Vec<bool> {
    let pairs = here.columns.iter().zip(&there.columns);
    pairs.map(|(_, column)| column.kind == Kind::Json).collect()
}

/// The first section after all tables.
pub(super) type AfterTables = (Vec<Loaded>, Section);

/// A refusal of the database while loading is a rule that the rows break, unless the database itself failed.
pub(super) fn broken(source: &Source, error: sqlx::Error) -> BackupError {
    let error = StoreError::from(error);
    if let StoreError::Driver(sqlx::Error::Database(refused)) = &error
        && !error.is_disk_full()
        && !error.is_unreachable()
    {
        // The words may quote a row; the rule's name says enough.
        let rule = refused.constraint().map_or_else(|| first_words(refused.message()), str::to_owned);
        return BackupError::Rule { file: source.name.clone(), rule };
    }
    error.into()
}

/// The beginning of a message, up to where it may quote a value.
fn first_words(message: &str) -> String {
    message.split(['"', '\'', '=']).next().unwrap_or_default().trim().to_owned()
}
