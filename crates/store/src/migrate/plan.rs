//! What a deploy would run, statement by statement, with what lint says and how many rows the tables have.

use super::catalogue::{self, Kind, of_table};
use super::files::{Dialect, Files, file_of};
use super::history::{self, Standing};
use super::lint::{Finding, lint_from};
use super::statements::statements;
use crate::database::{Conn, Store};
use crate::desk::Actor;
use crate::error::StoreError;
use serde::Serialize;
use sqlx::AssertSqlSafe;
use std::collections::BTreeMap;

/// A statement that would run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlannedStatement {
    /// Its line in the file.
    pub line: usize,
    /// Its text.
    pub sql: String,
    /// The tables it names that are there, with their number of rows.
    pub rows: BTreeMap<String, i64>,
}

/// A migration that would run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlannedMigration {
    /// `postgres/20261122100000_create_providers_and_patients.sql`.
    pub file: String,
    /// Whether it runs in the one transaction with the others, or by itself.
    pub in_transaction: bool,
    /// Its statements.
    pub statements: Vec<PlannedStatement>,
    /// What lint says of it.
    pub findings: Vec<Finding>,
}

/// Says what a deploy would run; changes nothing.
///
/// # Errors
/// [`StoreError::Migration`] where a deploy would be refused.
pub async fn plan(store: &Store, files: &Files) -> Result<Vec<PlannedMigration>, StoreError> {
    let dialect = Dialect::of(store);
    let standing = Standing::read(store, files).await?;
    standing.sound()?;
    let Some(first) = standing.pending().map(|step| step.version).next() else { return Ok(Vec::new()) };
    let findings = lint_from(files, dialect, first);
    let mut desk = store.read_desk(Actor::machine("migrate", crate::Via::Command)).await?;
    let mut conn = desk.conn();
    let counts = counts(&mut conn).await?;
    let mut planned = Vec::new();
    for step in standing.pending() {
        let Some(file) = history::named(files.of(dialect), &step.version.to_string()) else { continue };
        let path = file_of(dialect, file).path;
        let own = statements(file.sql.as_str()).into_iter().map(|statement| {
            let names = statement.tokens.iter().filter_map(|token| counts.get_key_value(&token.text));
            PlannedStatement {
                line: statement.line,
                rows: names.map(|(name, rows)| (name.clone(), *rows)).collect(),
                sql: statement.text,
            }
        });
        planned.push(PlannedMigration {
            in_transaction: !file.no_tx,
            statements: own.collect(),
            findings: findings.iter().filter(|finding| finding.file == path).cloned().collect(),
            file: path,
        });
    }
    Ok(planned)
}

async fn counts(conn: &mut Conn<'_>) -> Result<BTreeMap<String, i64>, StoreError> {
    let catalogue = catalogue::read(conn).await?;
    let mut found = BTreeMap::new();
    for (key, _) in of_table(&catalogue, Kind::Table, "") {
        // Names come from the database's own catalogue.
        let sql = AssertSqlSafe(format!("SELECT COUNT(*) FROM \"{}\"", key.name));
        let rows: i64 = match conn {
            Conn::Sqlite(conn) => sqlx::query_scalar(sql).fetch_one(&mut **conn).await?,
            Conn::Postgres(conn) => sqlx::query_scalar(sql).fetch_one(&mut **conn).await?,
        };
        found.insert(key.name.clone(), rows);
    }
    Ok(found)
}
