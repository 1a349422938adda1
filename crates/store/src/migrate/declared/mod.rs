//! The declared schema: `prisma/schema.prisma`, the one place that a person edits, read for the part of Prisma's
//! language that we use. What it cannot say (ranges, triggers, partial indexes) stays in the migrations alone and is
//! never taken away because it is not declared here. Why this file: docs/decisions/0003-declared-schema.md.

mod changes;
mod current;
mod line;
mod parse;
mod scaffold;
mod sqlite;
mod write;

pub(crate) use parse::parse;
pub use scaffold::{Draft, Scaffold, blank, scaffold};

use std::collections::BTreeMap;

/// All that is declared.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Declared {
    /// PostgreSQL's name of each enum → its words.
    pub(crate) enums: BTreeMap<String, Enum>,
    pub(crate) tables: Vec<Table>,
}

impl Declared {
    pub(crate) fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.name == name)
    }

    /// The words of an enum.
    pub(crate) fn labels(&self, name: &str) -> &[String] {
        self.enums.get(name).map_or(&[], |found| &found.labels)
    }
}

/// A list of words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Enum {
    pub(crate) labels: Vec<String>,
    pub(crate) says: String,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) says: String,
    pub(crate) columns: Vec<Column>,
    pub(crate) key: Vec<String>,
    pub(crate) references: Vec<Reference>,
    pub(crate) indexes: Vec<Index>,
}

impl Table {
    pub(crate) fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) of: Of,
    pub(crate) required: bool,
    pub(crate) default: Option<Default>,
    pub(crate) says: String,
}

/// What a column holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Of {
    Text,
    /// Text of at most so many signs.
    Varchar(u32),
    Uuid,
    Date,
    Instant,
    Integer,
    SmallInt,
    BigInt,
    /// Digits in all, digits after the point.
    Decimal(u32, u32),
    Boolean,
    Json,
    Bytes,
    /// PostgreSQL's name of the enum.
    Enum(String),
}

/// What a column is where nothing is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Default {
    Now,
    Number(String),
    Boolean(bool),
    Text(String),
}

/// A column that points to another table's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reference {
    pub(crate) columns: Vec<String>,
    pub(crate) table: String,
    pub(crate) to: Vec<String>,
    /// `RESTRICT`, `CASCADE`, `SET NULL`, `NO ACTION`.
    pub(crate) on_delete: &'static str,
}

/// An index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Index {
    pub(crate) name: String,
    /// `appointment_date DESC`.
    pub(crate) columns: Vec<String>,
    pub(crate) unique: bool,
    /// `gin` and the like; such an index is for PostgreSQL alone.
    pub(crate) method: Option<String>,
}
