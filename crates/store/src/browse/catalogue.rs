//! What is in the database: its tables, their columns, keys and links, read from the database itself.

use super::privacy::{Privacy, privacy};
use super::{catalogue_postgres, catalogue_sqlite};
use crate::database::Conn;
use crate::desk::Desk;
use crate::error::{Refusal, StoreError};

/// Everything that the studio may name.
#[derive(Debug, Clone)]
pub struct Catalogue {
    /// The tables, by name.
    pub tables: Vec<Table>,
    pub(super) dialect: Dialect,
}

/// Which database's words a statement is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Postgres,
    Sqlite,
}

/// A table.
#[derive(Debug, Clone)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// What it is for, in the schema's own words.
    pub comment: String,
    /// Its columns in the order in which they were made.
    pub columns: Vec<Column>,
    /// The columns that tell one row from another.
    pub key: Vec<String>,
    /// Where its rows point to.
    pub links: Vec<Link>,
    /// How many rows the database believes it has, where it keeps an estimate.
    pub estimate: Option<i64>,
}

/// A column.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What its values are.
    pub kind: Kind,
    /// Its type as the database writes it.
    pub written: String,
    /// The type to cast a text to, on PostgreSQL.
    pub(super) cast: String,
    /// Whether it may be empty.
    pub nullable: bool,
    /// What stands in it if nothing is said, as the database writes it.
    pub default: Option<String>,
    /// What it is for, in the schema's own words.
    pub comment: String,
    /// Whether the database computes it.
    pub generated: bool,
    /// Whether an index begins with it, so that sorting by it is fast.
    pub indexed: bool,
    /// Whether its values are shown without a reason.
    pub privacy: Privacy,
}

/// What a column's values are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// An identifier.
    Id,
    /// A short text.
    Text,
    /// A text of any length.
    Long,
    /// A whole number.
    Whole,
    /// A number with so many places.
    Decimal(u8),
    /// True or false.
    YesNo,
    /// A day.
    Day,
    /// An instant.
    Instant,
    /// One of these words.
    Choice(Vec<String>),
    /// JSON.
    Json,
    /// Bytes, shown in hexadecimal.
    Bytes,
    /// Anything else, shown as the database writes it.
    Other,
}

/// A foreign key.
#[derive(Debug, Clone)]
pub struct Link {
    /// Its columns.
    pub columns: Vec<String>,
    /// The table it points to.
    pub table: String,
    /// The columns it points to.
    pub to: Vec<String>,
    /// What becomes of the row when the one it points to goes, in the database's words.
    pub on_delete: String,
}

impl Catalogue {
    /// A table by its name.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] where there is none.
    pub fn table(&self, name: &str) -> Result<&Table, Refusal> {
        self.tables.iter().find(|table| table.name == name).ok_or(Refusal::NotFound("table"))
    }

    /// The links that point to a table, each with the table it comes from.
    pub fn incoming<'a>(&'a self, table: &'a Table) -> impl Iterator<Item = (&'a Table, &'a Link)> {
        let all = self.tables.iter().flat_map(|from| from.links.iter().map(move |link| (from, link)));
        all.filter(|(_, link)| link.table == table.name)
    }

    /// Whether the database is PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        self.dialect == Dialect::Postgres
    }
}

impl Table {
    /// A column by its name.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] where there is none.
    pub fn column(&self, name: &str) -> Result<&Column, Refusal> {
        self.columns.iter().find(|column| column.name == name).ok_or(Refusal::NotFound("column"))
    }

    /// The columns of its key.
    pub fn key_columns(&self) -> impl Iterator<Item = &Column> {
        self.key.iter().filter_map(|name| self.column(name).ok())
    }

    /// The link that consists of this column alone.
    pub fn link_of(&self, column: &str) -> Option<&Link> {
        self.links
            .iter()
            .find(|link| link.columns.len() == 1 && link.columns.first().is_some_and(|c| c == column))
    }

    /// The columns by which a person knows a row: names first, then whatever says most.
    pub fn label_columns(&self) -> Vec<&Column> {
        const TELLING: [&str; 14] = [
            "last_name",
            "first_name",
            "name",
            "record_number",
            "appointment_date",
            "medication_name",
            "symptom_name",
            "condition_name",
            "allergen",
            "chief_complaint",
            "file_name",
            "kind",
            "status",
            "title",
        ];
        let found = TELLING.iter().filter_map(|name| self.column(name).ok());
        found.take(3).collect()
    }

    pub(super) fn classify(&mut self) {
        for column in &mut self.columns {
            column.privacy = privacy(&self.name, &column.name, &column.kind);
        }
    }
}

impl Column {
    /// Whether its values are never shown.
    pub fn is_secret(&self) -> bool {
        self.privacy == Privacy::Secret
    }
}

impl Kind {
    /// The kind in words.
    pub fn words(&self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Text | Self::Long => "text",
            Self::Whole => "whole number",
            Self::Decimal(_) => "number",
            Self::YesNo => "true or false",
            Self::Day => "day",
            Self::Instant => "instant",
            Self::Choice(_) => "choice",
            Self::Json => "JSON",
            Self::Bytes => "bytes",
            Self::Other => "other",
        }
    }

    /// Whether its values stand in order, so that less and more mean something.
    pub fn is_ordered(&self) -> bool {
        matches!(self, Self::Whole | Self::Decimal(_) | Self::Day | Self::Instant)
    }

    /// Whether its values are texts, so that a part of one means something.
    pub fn is_text(&self) -> bool {
        matches!(self, Self::Text | Self::Long | Self::Json | Self::Other)
    }
}

pub(super) async fn read(desk: &mut Desk) -> Result<Catalogue, StoreError> {
    let (dialect, mut tables) = match desk.conn() {
        Conn::Sqlite(conn) => (Dialect::Sqlite, catalogue_sqlite::read(conn).await?),
        Conn::Postgres(conn) => (Dialect::Postgres, catalogue_postgres::read(conn).await?),
    };
    tables.iter_mut().for_each(Table::classify);
    Ok(Catalogue { tables, dialect })
}
