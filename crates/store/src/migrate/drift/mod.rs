//! Drift: where the live database is not what its migrations made. Only read, said in words, with the SQL that would
//! repair it. Nothing here ever offers to drop a table, a column or a row: what is too much is somebody's data.

mod repair;

pub(super) use repair::labels;

use super::catalogue::{self, Catalogue, Key, Kind, Shape};
use super::expected::expected;
use super::files::{Dialect, Files};
use super::history::{Standing, Step};
use super::rebuild;
use crate::database::{Conn, Store};
use crate::desk::Actor;
use crate::error::StoreError;
use serde::Serialize;
use sqlx::AssertSqlSafe;
use std::collections::BTreeSet;

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// What differs.
    pub kind: Kind,
    /// Its table; empty for what belongs to none.
    pub table: String,
    /// Its name.
    pub name: String,
    /// What is different, in words.
    pub words: String,
    /// What to think of before repairing it, where there is something.
    pub note: Option<String>,
    /// The SQL that repairs it; none where a person must decide.
    pub repair: Vec<String>,
}

/// What a comparison found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Drift {
    /// The newest migration that the database has, with which it was compared.
    pub compared_with: String,
    /// Each difference.
    pub differences: Vec<Difference>,
    /// All repairs as one text to run, each in its place; empty where there are none.
    pub repair: String,
}

/// Compares the live database with what its applied migrations yield; changes nothing.
///
/// # Errors
/// [`StoreError::Migration`] where a migration that is applied has no file, or the role may not compare.
pub async fn drift(store: &Store, files: &Files) -> Result<Drift, StoreError> {
    let standing = Standing::read(store, files).await?;
    let newest = standing.steps.iter().rfind(|step| step.applied);
    let applied = files.clone().up_to(newest.map_or(0, |step| step.version));
    let should = expected(store, &applied).await?;
    let mut desk = store.read_desk(Actor::machine("migrate", crate::Via::Command)).await?;
    let is = catalogue::read(&mut desk.conn()).await?;
    let dialect = Dialect::of(store);
    let mut differences = compare(dialect, &should, &is);
    for difference in &mut differences {
        count(&mut desk.conn(), difference, &should, &is).await?;
    }
    Ok(Drift {
        compared_with: newest.map_or_else(|| "nothing applied".to_owned(), Step::file_name),
        repair: repair::whole(dialect, &differences),
        differences,
    })
}

/// Every difference, tables first.
fn compare(dialect: Dialect, should: &Catalogue, is: &Catalogue) -> Vec<Difference> {
    let keys: BTreeSet<&Key> = should.keys().chain(is.keys()).collect();
    let mut found = Vec::new();
    for key in keys {
        // The parts of a table that is missing or too much go with it.
        let table = Key::new(Kind::Table, "", &key.table);
        let both = key.table.is_empty() || (should.contains_key(&table) && is.contains_key(&table));
        if !both || (key.kind == Kind::Sequence && should.contains_key(key) == is.contains_key(key)) {
            continue;
        }
        let difference = match (should.get(key), is.get(key)) {
            (Some(_), None) => missing(dialect, key, should, is),
            (None, Some(_)) => too_much(dialect, key, should, is),
            (Some(wanted), Some(there)) if wanted.shape != there.shape => {
                other(dialect, key, should, is, (&wanted.shape, &there.shape))
            }
            (Some(_), Some(_)) | (None, None) => continue,
        };
        found.push(difference);
    }
    found
}

fn difference(key: &Key, words: String) -> Difference {
    Difference {
        kind: key.kind,
        table: key.table.clone(),
        name: key.name.clone(),
        words,
        note: None,
        repair: Vec::new(),
    }
}

fn missing(dialect: Dialect, key: &Key, should: &Catalogue, is: &Catalogue) -> Difference {
    let mut found = difference(key, format!("{} is missing", key.in_words()));
    found.repair = repair::missing(dialect, key, should, is);
    if key.kind == Kind::Column {
        found.note = repair::note_on_column(should, key);
    }
    found
}

fn too_much(dialect: Dialect, key: &Key, should: &Catalogue, is: &Catalogue) -> Difference {
    let mut found = difference(key, format!("{} is in the database and in no migration", key.in_words()));
    match key.kind {
        Kind::Table | Kind::Column | Kind::Sequence | Kind::Enum => {
            found.note = Some(
                "it is somebody's: to keep it, write a migration that makes it; to be rid of it, move what it holds elsewhere first".to_owned(),
            );
        }
        Kind::Constraint | Kind::Index | Kind::Function | Kind::Trigger | Kind::View => {
            let made = is.get(key).map(|object| object.make.clone()).unwrap_or_default();
            found.note = Some(format!("to keep it, write a migration: {made}"));
            found.repair = repair::too_much(dialect, key, should, is);
        }
    }
    found
}

fn other(
    dialect: Dialect,
    key: &Key,
    should: &Catalogue,
    is: &Catalogue,
    (wanted, there): (&Shape, &Shape),
) -> Difference {
    let mut found = difference(key, format!("{} differs: {}", key.in_words(), words(wanted, there)));
    found.repair = repair::other(dialect, key, (should, is), (wanted, there));
    if dialect == Dialect::Sqlite && matches!(key.kind, Kind::Column | Kind::Table | Kind::Constraint) {
        match rebuild::repair(&key.table, &key.name, should, is) {
            Ok(sql) => found.repair = vec![sql],
            Err(why) => found.note = Some(why),
        }
    }
    if matches!((wanted, there), (Shape::Labels(_), Shape::Labels(_))) && found.repair.is_empty() {
        found.note = Some(
            "PostgreSQL cannot take a word away from an enum; write a migration that makes a new type"
                .to_owned(),
        );
    }
    found
}

fn words(wanted: &Shape, there: &Shape) -> String {
    match (wanted, there) {
        (Shape::Column(wanted), Shape::Column(there)) => {
            let mut said = Vec::new();
            if wanted.of_type != there.of_type {
                said.push(format!("its type is {}, not {}", there.of_type, wanted.of_type));
            }
            match (wanted.required, there.required) {
                (true, false) => said.push("it may be empty, and must not".to_owned()),
                (false, true) => said.push("it must not be empty, and may".to_owned()),
                (true, true) | (false, false) => {}
            }
            if wanted.default != there.default {
                let say = |default: &Option<String>| default.clone().unwrap_or_else(|| "none".to_owned());
                said.push(format!("its default is {}, not {}", say(&there.default), say(&wanted.default)));
            }
            if wanted.rest != there.rest {
                let say = |rest: &str| if rest.is_empty() { "nothing".to_owned() } else { rest.to_owned() };
                said.push(format!("it says {}, not {}", say(&there.rest), say(&wanted.rest)));
            }
            said.join("; ")
        }
        (Shape::Labels(wanted), Shape::Labels(there)) => {
            format!("its words are {}, not {}", there.join(", "), wanted.join(", "))
        }
        (Shape::Text(wanted), Shape::Text(there)) => {
            if there.ends_with("-- SWITCHED OFF") {
                return "it is switched off".to_owned();
            }
            if there.ends_with("-- INVALID") {
                return "it is invalid: building it did not end".to_owned();
            }
            let short = wanted.len() + there.len() < 300;
            if short { format!("it is {there}, not {wanted}") } else { "it was changed".to_owned() }
        }
        (Shape::Column(_) | Shape::Labels(_) | Shape::Text(_), _) => "it is another kind of thing".to_owned(),
    }
}

/// Says how much is in a table or a column that is too much.
async fn count(
    conn: &mut Conn<'_>,
    difference: &mut Difference,
    should: &Catalogue,
    is: &Catalogue,
) -> Result<(), StoreError> {
    let key = Key::new(difference.kind, &difference.table, &difference.name);
    if should.contains_key(&key) || !is.contains_key(&key) {
        return Ok(());
    }
    let name = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let sql = match key.kind {
        Kind::Table => format!("SELECT COUNT(*) FROM {}", name(&key.name)),
        Kind::Column => format!("SELECT COUNT({}) FROM {}", name(&key.name), name(&key.table)),
        Kind::Enum
        | Kind::Sequence
        | Kind::Constraint
        | Kind::Index
        | Kind::Function
        | Kind::Trigger
        | Kind::View => return Ok(()),
    };
    // Names come from the database's own catalogue and are quoted.
    let rows: i64 = match conn {
        Conn::Sqlite(conn) => sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut **conn).await?,
        Conn::Postgres(conn) => sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut **conn).await?,
    };
    difference.words = format!("{} ({rows} row(s) hold something)", difference.words);
    Ok(())
}
