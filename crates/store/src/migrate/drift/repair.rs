//! The SQL that would repair a difference.

use super::super::catalogue::{Catalogue, Column, Key, Kind, Object, Shape, of_table};
use super::super::files::Dialect;
use super::super::rebuild;
use super::Difference;

/// Makes what is missing.
pub(super) fn missing(dialect: Dialect, key: &Key, should: &Catalogue, is: &Catalogue) -> Vec<String> {
    let Some(object) = should.get(key) else { return Vec::new() };
    match key.kind {
        Kind::Table => {
            let mut all = vec![object.make.clone()];
            let kinds = match dialect {
                Dialect::Postgres => [Kind::Constraint, Kind::Index, Kind::Trigger].as_slice(),
                Dialect::Sqlite => [Kind::Index, Kind::Trigger].as_slice(),
            };
            for kind in kinds {
                all.extend(of_table(should, *kind, &key.name).map(|(_, object)| object.make.clone()));
            }
            all
        }
        // A rule cannot be added to a table of SQLite: the table is built anew.
        Kind::Constraint if dialect == Dialect::Sqlite => {
            rebuild::repair(&key.table, &key.name, should, is).into_iter().collect()
        }
        Kind::Constraint => not_valid_first(key, object),
        Kind::Enum
        | Kind::Sequence
        | Kind::Column
        | Kind::Index
        | Kind::Function
        | Kind::Trigger
        | Kind::View => vec![object.make.clone()],
    }
}

fn not_valid_first(key: &Key, object: &Object) -> Vec<String> {
    let Shape::Text(text) = &object.shape else { return vec![object.make.clone()] };
    if !text.starts_with("CHECK") && !text.starts_with("FOREIGN KEY") {
        return vec![object.make.clone()];
    }
    vec![
        format!("{} NOT VALID", object.make.trim_end_matches(" NOT VALID")),
        format!("ALTER TABLE {} VALIDATE CONSTRAINT {}", key.table, key.name),
    ]
}

/// A column that must not be empty cannot be added where there are rows.
pub(super) fn note_on_column(should: &Catalogue, key: &Key) -> Option<String> {
    let Shape::Column(column) = &should.get(key)?.shape else { return None };
    (column.required && column.default.is_none()).then(|| {
        "it must not be empty and has no default: where the table has rows, add it without NOT NULL, fill it, then set NOT NULL".to_owned()
    })
}

/// Takes away what no migration made, where no data hangs on it.
pub(super) fn too_much(dialect: Dialect, key: &Key, should: &Catalogue, is: &Catalogue) -> Vec<String> {
    let Key { table, name, kind } = key;
    match (kind, dialect) {
        // A rule cannot be taken from a table of SQLite: the table is built anew.
        (Kind::Constraint, Dialect::Sqlite) => rebuild::repair(table, name, should, is).into_iter().collect(),
        (Kind::Constraint, Dialect::Postgres) => vec![format!("ALTER TABLE {table} DROP CONSTRAINT {name}")],
        (Kind::Trigger, Dialect::Sqlite) => vec![format!("DROP TRIGGER {name}")],
        (Kind::Trigger, Dialect::Postgres) => vec![format!("DROP TRIGGER {name} ON {table}")],
        (Kind::Index, _) => vec![format!("DROP INDEX {name}")],
        (Kind::Function, _) => vec![format!("DROP FUNCTION {name}")],
        (Kind::View, _) => vec![format!("DROP VIEW {name}")],
        (Kind::Enum | Kind::Sequence | Kind::Table | Kind::Column, _) => Vec::new(),
    }
}

/// Makes a thing what it should be.
pub(super) fn other(
    dialect: Dialect,
    key: &Key,
    (should, is): (&Catalogue, &Catalogue),
    (wanted, there): (&Shape, &Shape),
) -> Vec<String> {
    let make = should.get(key).map(|object| object.make.clone()).unwrap_or_default();
    match (wanted, there) {
        (Shape::Column(wanted), Shape::Column(there)) => column(key, wanted, there),
        (Shape::Labels(wanted), Shape::Labels(there)) => labels(&key.name, wanted, there),
        (Shape::Text(_), Shape::Text(there)) if there.ends_with("-- SWITCHED OFF") => {
            vec![format!("ALTER TABLE {} ENABLE TRIGGER {}", key.table, key.name)]
        }
        (Shape::Text(_), Shape::Text(there)) if there.ends_with("-- INVALID") => {
            vec![format!("REINDEX INDEX {}", key.name)]
        }
        (Shape::Column(_) | Shape::Labels(_) | Shape::Text(_), _) if key.kind == Kind::Function => vec![make],
        (Shape::Column(_) | Shape::Labels(_) | Shape::Text(_), _) => {
            let mut all = too_much(dialect, key, should, is);
            all.push(make);
            all
        }
    }
}

fn column(key: &Key, wanted: &Column, there: &Column) -> Vec<String> {
    let alter = format!("ALTER TABLE {} ALTER COLUMN {}", key.table, key.name);
    let mut all = Vec::new();
    if wanted.of_type != there.of_type {
        all.push(format!("{alter} TYPE {0} USING CAST({1} AS {0})", wanted.of_type, key.name));
    }
    if wanted.default != there.default {
        all.push(match &wanted.default {
            Some(default) => format!("{alter} SET DEFAULT {default}"),
            None => format!("{alter} DROP DEFAULT"),
        });
    }
    match (wanted.required, there.required) {
        (true, false) => all.push(format!("{alter} SET NOT NULL")),
        (false, true) => all.push(format!("{alter} DROP NOT NULL")),
        (true, true) | (false, false) => {}
    }
    all
}

/// Adds the words that an enum lacks, each in its place.
pub(in crate::migrate) fn labels(name: &str, wanted: &[String], there: &[String]) -> Vec<String> {
    let mut all = Vec::new();
    for (at, label) in wanted.iter().enumerate().filter(|(_, label)| !there.contains(label)) {
        let place = match at.checked_sub(1).and_then(|before| wanted.get(before)) {
            Some(before) => format!(" AFTER '{before}'"),
            None => there.first().map(|first| format!(" BEFORE '{first}'")).unwrap_or_default(),
        };
        all.push(format!("ALTER TYPE {name} ADD VALUE '{label}'{place}"));
    }
    all
}

fn table_of(difference: &Difference) -> &str {
    if difference.table.is_empty() { &difference.name } else { &difference.table }
}

/// All repairs as one text.
pub(super) fn whole(dialect: Dialect, differences: &[Difference]) -> String {
    // A table of SQLite is built anew once, however much of it differs.
    let anew = |difference: &&Difference| {
        difference.repair.iter().any(|sql| sql.contains("PRAGMA legacy_alter_table"))
    };
    let rebuilt: Vec<&str> = differences.iter().filter(anew).map(table_of).collect();
    let mut all: Vec<String> = Vec::new();
    for difference in differences {
        // What hangs on a table that is built anew is made again with it.
        let comes_along = matches!(difference.kind, Kind::Index | Kind::Trigger)
            && rebuilt.contains(&difference.table.as_str());
        for sql in difference.repair.iter().filter(|_| !comes_along) {
            if !all.contains(sql) {
                all.push(sql.clone());
            }
        }
    }
    if all.is_empty() {
        return String::new();
    }
    let body: Vec<String> =
        all.iter().map(|sql| format!("{};\n", sql.trim_end().trim_end_matches(';'))).collect();
    let body = body.concat();
    match dialect {
        Dialect::Postgres => format!("BEGIN;\n{body}COMMIT;\n"),
        Dialect::Sqlite => {
            format!(
                "PRAGMA foreign_keys = OFF;\nBEGIN IMMEDIATE;\n{body}COMMIT;\nPRAGMA foreign_keys = ON;\n"
            )
        }
    }
}
