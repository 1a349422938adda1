//! Proof that a migration changed no record: how many rows each table has, and a fingerprint of every column of every
//! signed record, addendum, consent and audit event, taken before and after in the very transaction that is kept.

use super::catalogue::{self, Catalogue, Kind, Shape, of_table};
use super::work::Work;
use crate::database::Conn;
use crate::error::StoreError;
use serde::Serialize;
use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, Row};
use std::collections::{BTreeMap, BTreeSet};

/// The rows of a table that belong to a signed record; each is looked up by itself, since a list of all signed records
/// would be made anew for every page.
macro_rules! of_signed {
    ($table:literal) => {
        concat!(
            "EXISTS (SELECT 1 FROM medical_records AS r WHERE r.id = ",
            $table,
            ".medical_record_id AND r.is_draft = FALSE)"
        )
    };
}

/// What must never change, and which rows of it.
const PROTECTED: [(&str, &str); 11] = [
    ("medical_records", "is_draft = FALSE"),
    ("symptoms", of_signed!("symptoms")),
    ("prescriptions", of_signed!("prescriptions")),
    ("prescribing_overrides", of_signed!("prescribing_overrides")),
    ("evidence", of_signed!("evidence")),
    (
        "vital_signs",
        "EXISTS (SELECT 1 FROM medical_records AS r WHERE r.appointment_id = vital_signs.appointment_id AND r.is_draft = FALSE)",
    ),
    ("addenda", "TRUE"),
    ("letters", "TRUE"),
    ("consents", "TRUE"),
    ("audit_events", "TRUE"),
    ("audit_seals", "TRUE"),
];
/// Rows read at a time.
const PAGE: usize = 2_000;

/// What was proven.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Proven {
    /// Tables whose number of rows is the same.
    pub tables: usize,
    /// Rows in them.
    pub rows: i64,
    /// Signed records whose every column is the same.
    pub signed_records: usize,
    /// How many of the newest of these the program itself read again and found true to their signature; nothing where
    /// the files were not its own.
    pub digests_recomputed: Option<usize>,
}

/// What there is at one moment.
#[derive(Debug, Default)]
pub(super) struct Snapshot {
    counts: BTreeMap<String, i64>,
    /// Table and column → the sum of the hashes of its cells; the order of rows does not matter.
    columns: BTreeMap<(String, String), Sum>,
    signed: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Sum(u128, u128);

impl Sum {
    fn add(&mut self, row: &str, value: Option<&str>) {
        let mut hash = Sha256::new();
        hash.update(row.as_bytes());
        hash.update([u8::from(value.is_some())]);
        hash.update(value.unwrap_or_default().as_bytes());
        let digest = hash.finalize();
        let half = |from: usize| {
            let bytes = digest.iter().skip(from).take(16);
            bytes.fold(0_u128, |number, byte| (number << 8) | u128::from(*byte))
        };
        self.0 = self.0.wrapping_add(half(0));
        self.1 = self.1.wrapping_add(half(16));
    }
}

/// Looks at everything that must be the same afterwards.
pub(super) async fn snapshot(work: &mut Work) -> Result<Snapshot, StoreError> {
    let catalogue = catalogue::read(&mut work.conn()).await?;
    let mut found = Snapshot::default();
    for table in tables(&catalogue) {
        let sql = format!("SELECT COUNT(*) FROM \"{table}\"");
        found.counts.insert(table, count(&mut work.conn(), sql).await?);
    }
    for (table, rows) in PROTECTED {
        let columns: Vec<String> =
            of_table(&catalogue, Kind::Column, table).map(|(key, _)| key.name.clone()).collect();
        if columns.iter().any(|column| column == "id") {
            let read = fingerprint(&mut work.conn(), &mut found, table, &columns, rows).await?;
            found.signed = if table == "medical_records" { read } else { found.signed };
        }
    }
    Ok(found)
}

/// Real tables; a search table holds nothing of its own.
fn tables(catalogue: &Catalogue) -> Vec<String> {
    of_table(catalogue, Kind::Table, "")
        .filter(
            |(_, object)| !matches!(&object.shape, Shape::Text(text) if text.starts_with("CREATE VIRTUAL")),
        )
        .map(|(key, _)| key.name.clone())
        .collect()
}

// Names come from the database's own catalogue or stand above.
async fn count(conn: &mut Conn<'_>, sql: String) -> Result<i64, StoreError> {
    Ok(match conn {
        Conn::Sqlite(conn) => sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut **conn).await?,
        Conn::Postgres(conn) => sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut **conn).await?,
    })
}

async fn fingerprint(
    conn: &mut Conn<'_>,
    found: &mut Snapshot,
    table: &str,
    columns: &[String],
    rows: &str,
) -> Result<usize, StoreError> {
    let cells: Vec<String> = columns.iter().map(|column| format!("CAST(\"{column}\" AS text)")).collect();
    let after = match conn {
        Conn::Sqlite(_) => "id > $1",
        Conn::Postgres(_) => "id > CAST($1 AS uuid)",
    };
    // By the table's own id: PostgreSQL would take a bare `id` for the text in front, and sort the whole table by it for
    // each page.
    let sql = format!(
        "SELECT CAST(id AS text), {} FROM {table} WHERE {table}.{after} AND {rows} ORDER BY {table}.id LIMIT {PAGE}",
        cells.join(", ")
    );
    for column in columns {
        found.columns.insert((table.to_owned(), column.clone()), Sum::default());
    }
    let mut last = "00000000-0000-0000-0000-000000000000".to_owned();
    let mut read = 0;
    loop {
        let page = page(conn, &sql, &last, columns.len()).await?;
        for (id, cells) in &page {
            for (column, value) in columns.iter().zip(cells) {
                let sum = found.columns.entry((table.to_owned(), column.clone())).or_default();
                sum.add(id, value.as_deref());
            }
        }
        read += page.len();
        match page.into_iter().next_back() {
            Some((id, _)) => last = id,
            None => return Ok(read),
        }
    }
}

/// A row's id and its cells as text.
type Cells = (String, Vec<Option<String>>);

async fn page(conn: &mut Conn<'_>, sql: &str, last: &str, width: usize) -> Result<Vec<Cells>, StoreError> {
    let mut found = Vec::new();
    match conn {
        Conn::Sqlite(conn) => {
            for row in sqlx::query(AssertSqlSafe(sql)).bind(last).fetch_all(&mut **conn).await? {
                let cells = (1..=width).map(|at| row.try_get(at)).collect::<Result<_, _>>()?;
                found.push((row.try_get(0)?, cells));
            }
        }
        Conn::Postgres(conn) => {
            for row in sqlx::query(AssertSqlSafe(sql)).bind(last).fetch_all(&mut **conn).await? {
                let cells = (1..=width).map(|at| row.try_get(at)).collect::<Result<_, _>>()?;
                found.push((row.try_get(0)?, cells));
            }
        }
    }
    Ok(found)
}

/// Refuses where anything is other than it was. `may_change` are tables whose rows the migrations say they change;
/// signed records are never among them.
pub(super) fn compare(
    before: &Snapshot,
    after: &Snapshot,
    may_change: &BTreeSet<String>,
) -> Result<Proven, StoreError> {
    for ((table, column), sum) in &before.columns {
        match after.columns.get(&(table.clone(), column.clone())) {
            Some(now) if now == sum => {}
            Some(_) => {
                return Err(refused(&format!(
                    "{table}.{column} of signed records or of the trail would be other than it was"
                )));
            }
            None => {
                return Err(refused(&format!(
                    "{table}.{column} of signed records or of the trail would be gone"
                )));
            }
        }
    }
    let mut proven = Proven { signed_records: after.signed, ..Proven::default() };
    for (table, rows) in &before.counts {
        let now = after.counts.get(table).copied();
        if now == Some(*rows) {
            proven.tables += 1;
            proven.rows += rows;
        } else if !(may_change.contains(table) || now.is_none() && *rows == 0) {
            let now = now.map_or("none".to_owned(), |now| now.to_string());
            return Err(refused(&format!(
                "{table} would have {now} rows instead of {rows}; a migration that is meant to do that says so in a comment: -- changes: {table}"
            )));
        }
    }
    Ok(proven)
}

fn refused(words: &str) -> StoreError {
    StoreError::Migration(format!("{words}; nothing was changed"))
}

/// The tables that migrations say they change: `-- changes: practice, jobs`.
pub(super) fn may_change<'a>(texts: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
    let lines = texts.flat_map(str::lines).filter_map(|line| line.trim().strip_prefix("-- changes:"));
    lines.flat_map(|names| names.split(',')).map(|name| name.trim().to_owned()).collect()
}
