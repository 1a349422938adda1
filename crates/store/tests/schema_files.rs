//! Holds the two folders of migrations and `prisma/schema.prisma` together, by reading them; no database is opened.
//!
//! What the databases do with the files is tried elsewhere. Here: same files, same tables, columns and rules, a
//! comment on everything, and a Prisma description that matches.
#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Column → whether it may be empty, for each table.
type Tables = BTreeMap<String, BTreeMap<String, bool>>;

/// What the migrations of one database create, by name.
#[derive(Default)]
struct Schema {
    tables: Tables,
    rules: BTreeSet<String>,
    indexes: BTreeSet<String>,
    comments: BTreeSet<String>,
}

/// Names that one database alone has, each with its reason in the migration that makes it.
const ONLY_SQLITE_COLUMN: &str = "search_row";
const ONLY_POSTGRES: [&str; 8] = [
    "patients_search_name_trgm_idx",
    "patients_phone_digits_trgm_idx",
    "appointments_provider_slot_excl",
    "medical_records_words_idx",
    "addenda_words_idx",
    "chronic_conditions_words_idx",
    "medications_words_idx",
    "attachments_words_idx",
];

fn folder(database: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(database)
}

fn files(database: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(folder(database)).expect("the folder of migrations is there");
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

fn schema(database: &str) -> Schema {
    let mut schema = Schema::default();
    for file in files(database) {
        let text = fs::read_to_string(folder(database).join(file)).unwrap();
        read_into(&mut schema, &text);
    }
    schema
}

fn read_into(schema: &mut Schema, text: &str) {
    let mut table = None;
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["CREATE", "TABLE", name, ..] => table = Some((*name).to_owned()),
            [");"] | [")", "STRICT;"] => table = None,
            ["PRAGMA" | "INSERT" | "SELECT", ..] => {}
            ["CREATE", "INDEX", "CONCURRENTLY", name, ..]
            | ["CREATE", "UNIQUE", "INDEX", "CONCURRENTLY", name, ..]
            | ["CREATE", "INDEX", name, ..]
            | ["CREATE", "UNIQUE", "INDEX", name, ..] => {
                schema.indexes.insert((*name).to_owned());
            }
            ["COMMENT", "ON", "TABLE" | "COLUMN", name, ..] => {
                schema.comments.insert((*name).to_owned());
            }
            ["ALTER", "TABLE", name, "ADD", "COLUMN", rest @ ..] => add_column(schema, name, rest),
            ["ALTER", "TABLE", name, "DROP", "COLUMN", column] => {
                if let Some(columns) = schema.tables.get_mut(*name) {
                    columns.remove(column.trim_end_matches(';'));
                }
            }
            // A table that SQLite builds anew is copied, dropped and given its name back.
            ["DROP", "TABLE", name] => {
                schema.tables.remove(name.trim_end_matches(';'));
            }
            ["DROP", "INDEX", name] => {
                schema.indexes.remove(name.trim_end_matches(';'));
            }
            ["ALTER", "TABLE", from, "RENAME", "TO", to] => {
                if let Some(columns) = schema.tables.remove(*from) {
                    schema.tables.insert(to.trim_end_matches(';').to_owned(), columns);
                }
            }
            ["ALTER", "TABLE", _, "ADD", "CONSTRAINT", name, ..] | ["CONSTRAINT", name, ..] => {
                schema.rules.insert((*name).to_owned());
            }
            rest => {
                if let Some(table) = &table {
                    add_column(schema, table, rest);
                }
            }
        }
    }
}

fn add_column(schema: &mut Schema, table: &str, words: &[&str]) {
    let Some(name) = words.first() else { return };
    let required = words.windows(2).any(|pair| pair[0] == "NOT" && pair[1].starts_with("NULL"));
    if *name != ONLY_SQLITE_COLUMN {
        schema.tables.entry(table.to_owned()).or_default().insert((*name).to_owned(), !required);
    }
}

/// The tables as `prisma/schema.prisma` describes them.
fn prisma() -> Tables {
    let text =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../prisma/schema.prisma")).unwrap();
    let models: BTreeSet<&str> =
        text.lines().filter_map(|line| line.strip_prefix("model ")?.strip_suffix(" {")).collect();
    let mut tables = Tables::new();
    for block in text.split("\nmodel ").skip(1) {
        let body = block.split("\n}").next().unwrap();
        let table = quoted_after(body, "@@map(").expect("every model names its table");
        for line in body.lines().skip(1) {
            let words: Vec<&str> = line.split_whitespace().collect();
            let [name, kind, ..] = words.as_slice() else { continue };
            let is_relation = models.contains(kind.trim_end_matches(['?', '[', ']']));
            if name.starts_with("//") || name.starts_with("@@") || is_relation {
                continue;
            }
            let column = quoted_after(line, " @map(").unwrap_or_else(|| (*name).to_owned());
            tables.entry(table.clone()).or_default().insert(column, kind.ends_with('?'));
        }
    }
    tables
}

fn quoted_after(text: &str, mark: &str) -> Option<String> {
    text.split_once(mark)?.1.split('"').nth(1).map(str::to_owned)
}

#[test]
fn both_databases_have_the_same_files() {
    let postgres = files("postgres");
    assert_eq!(postgres, files("sqlite"));
    for file in postgres {
        let (time, action) = file.split_once('_').unwrap();
        assert!(time.len() == 14 && time.bytes().all(|byte| byte.is_ascii_digit()), "{file}");
        let action = action.strip_suffix(".sql").unwrap();
        assert!(action.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{file}");
    }
}

#[test]
fn both_databases_have_the_same_tables_and_columns() {
    let postgres = schema("postgres").tables;
    assert!(postgres.len() >= 9, "the mission's nine tables at least");
    assert_eq!(postgres, schema("sqlite").tables);
}

#[test]
fn both_databases_have_the_same_rules_and_indexes() {
    let (mut postgres, sqlite) = (schema("postgres"), schema("sqlite"));
    postgres.rules.retain(|name| !ONLY_POSTGRES.contains(&name.as_str()));
    postgres.indexes.retain(|name| !ONLY_POSTGRES.contains(&name.as_str()));
    assert!(!postgres.rules.is_empty() && !postgres.indexes.is_empty());
    assert_eq!(postgres.rules, sqlite.rules);
    assert_eq!(postgres.indexes, sqlite.indexes);
}

#[test]
fn every_table_and_column_is_explained_in_postgres() {
    let schema = schema("postgres");
    for (table, columns) in &schema.tables {
        assert!(schema.comments.contains(table), "{table} has no comment");
        for column in columns.keys() {
            assert!(
                schema.comments.contains(&format!("{table}.{column}")),
                "{table}.{column} has no comment"
            );
        }
    }
}

#[test]
fn the_prisma_description_matches() {
    assert_eq!(prisma(), schema("postgres").tables);
}
