//! What the migrations yield so far, as far as a declaration can say it: SQLite's files by running them in memory,
//! PostgreSQL's by reading them, so that a new migration can be written where no server is.

use super::super::catalogue::{Catalogue, Item, items_of, read_item};
use super::super::expected::expected_sqlite;
use super::super::files::{Dialect, Files};
use super::super::lint::{created_table, dropped, name, renamed};
use super::super::statements::{Statement, Token, statements};
use crate::error::StoreError;
use std::collections::{BTreeMap, BTreeSet};

/// What there is.
#[derive(Debug, Default)]
pub(crate) struct Current {
    pub(crate) sqlite: Catalogue,
    /// Table and column → type, as it was written.
    pub(crate) types: BTreeMap<(String, String), String>,
    /// Enum → words.
    pub(crate) enums: BTreeMap<String, Vec<String>>,
    /// PostgreSQL's indexes.
    pub(crate) indexes: BTreeSet<String>,
}

impl Current {
    /// Reads it from the files.
    pub(crate) async fn of(files: &Files) -> Result<Self, StoreError> {
        let sqlite = expected_sqlite(files.of(Dialect::Sqlite)).await?;
        let mut found = Self { sqlite, ..Self::default() };
        for file in files.of(Dialect::Postgres) {
            for statement in statements(file.sql.as_str()) {
                found.read(&statement);
            }
        }
        Ok(found)
    }

    fn read(&mut self, statement: &Statement) {
        if let Some(table) = created_table(statement) {
            for item in items_of(&statement.tokens) {
                self.add(&table, &item);
            }
        } else if statement.begins(&["ALTER", "TABLE"]) {
            self.alter_table(statement);
        } else if let Some(rest) = statement.after(&["CREATE", "TYPE"]) {
            let labels = labels_in(statement.after(&["ENUM"]).unwrap_or_default());
            self.enums.insert(name(rest).unwrap_or_default(), labels);
        } else if let Some(rest) = statement.after(&["ALTER", "TYPE"]) {
            self.add_label(&name(rest).unwrap_or_default(), statement);
        } else if let Some(table) = dropped(statement, "TABLE") {
            self.types.retain(|(on, _), _| *on != table);
        } else if let Some(index) = dropped(statement, "INDEX") {
            self.indexes.remove(&index);
        } else if let Some(rest) =
            statement.begins(&["CREATE"]).then(|| statement.after(&["INDEX"])).flatten()
        {
            self.indexes.extend(name(rest));
        }
    }

    fn add(&mut self, table: &str, item: &[Token]) {
        if let Item::Column(column, how) = read_item(item) {
            self.types.insert((table.to_owned(), column), how.of_type);
        }
    }

    fn alter_table(&mut self, statement: &Statement) {
        let Some(table) = statement.after(&["TABLE"]).and_then(name) else { return };
        if let Some((from, to)) = renamed(statement) {
            let all = std::mem::take(&mut self.types);
            let moved = |on: String| if on == from { to.clone() } else { on };
            self.types = all.into_iter().map(|((on, column), of)| ((moved(on), column), of)).collect();
        } else if let Some(item) = statement.after(&["ADD", "COLUMN"]) {
            self.add(&table, item);
        } else if let Some(column) = statement.after(&["DROP", "COLUMN"]).and_then(name) {
            self.types.remove(&(table, column));
        } else if let Some(column) = statement.after(&["ALTER", "COLUMN"]).and_then(name)
            && let Some(of) = statement.after(&["TYPE"])
        {
            let end = of.iter().position(|token| token.is("USING")).unwrap_or(of.len());
            let text = super::super::statements::plain(of.get(..end).unwrap_or_default());
            self.types.insert((table, column), text);
        }
    }

    fn add_label(&mut self, name: &str, statement: &Statement) {
        let Some(value) = statement.after(&["VALUE"]) else { return };
        let mut words = labels_in(value).into_iter();
        let (Some(label), place) = (words.next(), words.next()) else { return };
        let all = self.enums.entry(name.to_owned()).or_default();
        let at = place.and_then(|place| all.iter().position(|other| *other == place));
        match at {
            Some(at) if statement.has(&["BEFORE"]) => all.insert(at, label),
            Some(at) => all.insert(at + 1, label),
            None => all.push(label),
        }
    }
}

/// The texts in quotes, without them.
fn labels_in(tokens: &[Token]) -> Vec<String> {
    tokens
        .iter()
        .filter_map(|token| token.text.strip_prefix('\'')?.strip_suffix('\''))
        .map(|text| text.replace("''", "'"))
        .collect()
}
