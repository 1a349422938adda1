//! What a database is made of: every table, column, rule, index, trigger, function and list of words, by name, each
//! written in one way, so that two databases can be laid side by side.

mod postgres;
mod sqlite;

use crate::database::Conn;
use crate::error::StoreError;
use serde::Serialize;
use std::collections::BTreeMap;

pub(crate) use sqlite::{Item, items_of, read_item};

/// What a thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A list of words that a column may hold (PostgreSQL).
    Enum,
    /// A counter (PostgreSQL).
    Sequence,
    /// A table.
    Table,
    /// A column of a table.
    Column,
    /// A rule of a table: a key, a reference, a check.
    Constraint,
    /// An index.
    Index,
    /// A function (PostgreSQL).
    Function,
    /// A trigger.
    Trigger,
    /// A view.
    View,
}

impl Kind {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Enum => "enum",
            Self::Sequence => "sequence",
            Self::Table => "table",
            Self::Column => "column",
            Self::Constraint => "constraint",
            Self::Index => "index",
            Self::Function => "function",
            Self::Trigger => "trigger",
            Self::View => "view",
        }
    }
}

/// By what a thing is found again in another database.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) kind: Kind,
    /// Its table; empty for what belongs to none.
    pub(crate) table: String,
    pub(crate) name: String,
}

impl Key {
    pub(crate) fn new(kind: Kind, table: &str, name: &str) -> Self {
        Self { kind, table: table.to_owned(), name: name.to_owned() }
    }

    /// `column patients.first_name`, `index patients_phone_idx of patients`.
    pub(crate) fn in_words(&self) -> String {
        let Self { kind, table, name } = self;
        match (kind, table.as_str()) {
            (Kind::Column, table) => format!("column {table}.{name}"),
            (kind, "") => format!("{} {name}", kind.as_str()),
            (kind, table) => format!("{} {name} of {table}", kind.as_str()),
        }
    }
}

/// How a thing is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shape {
    Column(Column),
    Labels(Vec<String>),
    /// Anything else, as one normal text.
    Text(String),
}

/// How a column is made.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Column {
    pub(crate) of_type: String,
    pub(crate) required: bool,
    pub(crate) default: Option<String>,
    /// Whatever else is said of it: collation, generation, SQLite's checks of form.
    pub(crate) rest: String,
}

/// One thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Object {
    pub(crate) shape: Shape,
    /// The SQL that makes it.
    pub(crate) make: String,
}

/// A whole database.
pub(crate) type Catalogue = BTreeMap<Key, Object>;

/// The history of migrations is no part of the schema.
const HISTORY: &str = "_sqlx_migrations";

/// Reads all there is in the practice's own schema.
pub(crate) async fn read(conn: &mut Conn<'_>) -> Result<Catalogue, StoreError> {
    match conn {
        Conn::Sqlite(conn) => sqlite::read(conn).await,
        Conn::Postgres(conn) => postgres::read(conn).await,
    }
}

/// Everything of one kind that belongs to a table.
pub(crate) fn of_table<'a>(
    catalogue: &'a Catalogue,
    kind: Kind,
    table: &'a str,
) -> impl Iterator<Item = (&'a Key, &'a Object)> {
    catalogue.iter().filter(move |(key, _)| key.kind == kind && key.table == table)
}
