//! Writes the migration that brings the database to what is declared: two files to be read by a person before they run.
//! What only a person can decide stands in them as a comment that begins with BY HAND.

use super::super::files::Files;
use super::super::lint;
use super::changes::{Change, Otherwise, changes};
use super::current::Current;
use super::write::add;
use super::{Column, Index, Table};
use super::{Declared, parse, sqlite, write};
use crate::error::StoreError;
use std::fmt::Write as _;

/// The two files of one migration, not written yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// `add_patient_nickname`.
    pub action: String,
    /// For PostgreSQL.
    pub postgres: String,
    /// For SQLite.
    pub sqlite: String,
}

/// What the declared schema asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scaffold {
    /// Each change, in words.
    pub changes: Vec<String>,
    /// What is left to a person, in words.
    pub by_hand: Vec<String>,
    /// The migrations, in order: an index on a table in use comes in one of its own.
    pub drafts: Vec<Draft>,
}

/// The texts of the two files while they are written.
#[derive(Default)]
pub(super) struct Sheets {
    pub(super) postgres: String,
    pub(super) sqlite: String,
    pub(super) by_hand: Vec<String>,
}

impl Sheets {
    /// Leaves something to a person, in both files.
    pub(super) fn leave(&mut self, words: String, sql: &str) {
        for sheet in [&mut self.postgres, &mut self.sqlite] {
            let _never_fails =
                writeln!(sheet, "\n-- BY HAND: {words}\n--   {}", sql.replace('\n', "\n--   "));
        }
        self.by_hand.push(words);
    }
}

/// Compares the declared schema with the migrations and writes what is missing.
///
/// # Errors
/// [`StoreError::Migration`] where the declaration cannot be read, with its line, or the files do not run.
pub async fn scaffold(files: &Files, schema: &str, action: &str) -> Result<Scaffold, StoreError> {
    let declared =
        parse(schema).map_err(|words| StoreError::Migration(format!("prisma/schema.prisma: {words}")))?;
    let current = Current::of(files).await?;
    let all = changes(&declared, &current);
    if all.is_empty() {
        return Ok(Scaffold::default());
    }
    let says: Vec<String> = all.iter().map(in_words).collect();
    let (apart, together): (Vec<&Change<'_>>, Vec<&Change<'_>>) =
        all.iter().partition(|change| is_apart(change, &all));
    let mut sheets = Sheets::default();
    for change in &together {
        postgres(&mut sheets, change, &declared);
    }
    sqlite::write(&mut sheets, &together, &declared, &current);
    let mut drafts = Vec::new();
    if !together.is_empty() {
        let lines: Vec<String> =
            together.iter().map(|change| format!("-- {}.\n", in_words(change))).collect();
        let lines = lines.concat();
        drafts.push(Draft {
            action: action.to_owned(),
            postgres: format!("{lines}{}", sheets.postgres),
            sqlite: format!("{lines}{}", sheets.sqlite),
        });
    }
    drafts.extend(apart.into_iter().filter_map(index_draft));
    Ok(Scaffold { changes: says, by_hand: sheets.by_hand, drafts })
}

/// The two files of a migration that a person writes.
pub fn blank(action: &str) -> Draft {
    let text = format!("-- Why {} is needed, in a sentence or two.\n\n", action.replace('_', " "));
    Draft { action: action.to_owned(), postgres: text.clone(), sqlite: text }
}

fn in_words(change: &Change<'_>) -> String {
    match change {
        Change::NewEnum(name) => format!("New enum {name}"),
        Change::OtherLabels(name, _) => format!("Other words in the enum {name}"),
        Change::NewTable(table) => format!("New table {}: {}", table.name, table.says.trim_end_matches('.')),
        Change::LostTable(table) => format!("Table {table} is declared no more"),
        Change::NewColumn(table, column) => {
            format!("New column {}.{}: {}", table.name, column.name, column.says.trim_end_matches('.'))
        }
        Change::LostColumn(table, column) => format!("Column {table}.{column} is declared no more"),
        Change::OtherColumn(table, column, other) => {
            let mut what = Vec::new();
            if let Some(was) = &other.type_was {
                what.push(format!("type {} instead of {was}", write::type_postgres(&column.of)));
            }
            if other.required {
                what.push(if column.required { "never empty" } else { "may be empty" }.to_owned());
            }
            if other.default {
                what.push("another default".to_owned());
            }
            format!("Column {}.{}: {}", table.name, column.name, what.join(", "))
        }
        Change::NewReference(table, it) => {
            format!("{}.{} points to {}", table.name, it.columns.join(", "), it.table)
        }
        Change::NewIndex(table, index) => format!("New index {} on {}", index.name, table.name),
        Change::LostIndex(name) => format!("Index {name} is declared no more"),
    }
}

/// An index on a table that is in use is built without stopping others, which needs a file of its own.
fn is_apart(change: &Change<'_>, all: &[Change<'_>]) -> bool {
    let Change::NewIndex(table, index) = change else { return false };
    let is_new = all.iter().any(|other| matches!(other, Change::NewTable(new) if new.name == table.name));
    let replaces = all.iter().any(|other| matches!(other, Change::LostIndex(name) if *name == index.name));
    !is_new && !replaces && lint::is_big_table(&table.name)
}

fn index_draft(change: &Change<'_>) -> Option<Draft> {
    let Change::NewIndex(table, index) = change else { return None };
    let why = format!("{}.", in_words(change));
    let sqlite = if index.method.is_some() {
        format!("-- {why}\n-- This kind of index is PostgreSQL's alone.\nSELECT 1;\n")
    } else {
        format!("-- {why}\n{};\n", write::index(&table.name, index, ""))
    };
    Some(Draft {
        action: format!("create_{}", index.name),
        postgres: format!(
            "-- no-transaction: others go on writing while the index is built.\n-- {why}\n{};\n",
            write::index(&table.name, index, " CONCURRENTLY")
        ),
        sqlite,
    })
}

/// PostgreSQL's part of a change.
fn postgres(sheets: &mut Sheets, change: &Change<'_>, declared: &Declared) {
    match change {
        Change::NewEnum(name) => {
            let labels: Vec<String> = declared.labels(name).iter().map(|label| write::quoted(label)).collect();
            let says = declared.enums.get(*name).map(|found| found.says.as_str()).unwrap_or_default();
            add(&mut sheets.postgres, &format!(
                "\nCREATE TYPE {name} AS ENUM ({});\nCOMMENT ON TYPE {name} IS {};\n",
                labels.join(", "),
                write::quoted(says)
            ));
        }
        Change::OtherLabels(name, there) => labels(sheets, name, there, declared.labels(name)),
        Change::NewTable(table) => {
            sheets.postgres.push('\n');
            sheets.postgres.push_str(&write::table_postgres(table));
        }
        Change::LostTable(table) => sheets.leave(
            format!("{table} is declared no more; what it holds is lost when it is dropped. Where that is meant:"),
            &format!("-- lint: allow drop-table, because …\nDROP TABLE {table};"),
        ),
        Change::NewColumn(table, column) => new_column(sheets, table, column),
        Change::LostColumn(table, column) => sheets.leave(
            format!("{table}.{column} is declared no more; what it holds is lost when it is dropped. Where that is meant:"),
            &format!("-- lint: allow drop-column, because …\nALTER TABLE {table} DROP COLUMN {column};"),
        ),
        Change::OtherColumn(table, column, other) => other_column(sheets, table, column, other),
        Change::NewReference(table, it) => {
            let rule = write::reference(&table.name, it);
            sheets.postgres.push_str(&validated(&table.name, &rule));
        }
        Change::NewIndex(table, index) => new_index(&mut sheets.postgres, table, index),
        Change::LostIndex(name) => add(&mut sheets.postgres, &format!("\nDROP INDEX {name};\n")),
    }
}

fn new_index(sheet: &mut String, table: &Table, index: &Index) {
    add(sheet, &format!("{};\n", write::index(&table.name, index, "")));
}

/// A rule that is added first and then tried on what is there, while others work.
fn validated(table: &str, rule: &str) -> String {
    let name = rule.split(' ').nth(1).unwrap_or_default();
    format!("\nALTER TABLE {table} ADD {rule} NOT VALID;\nALTER TABLE {table} VALIDATE CONSTRAINT {name};\n")
}

fn labels(sheets: &mut Sheets, name: &str, there: &[String], wanted: &[String]) {
    for sql in super::super::drift::labels(name, wanted, there) {
        add(&mut sheets.postgres, &format!("\n{sql};\n"));
    }
    let gone: Vec<&str> = there.iter().filter(|label| !wanted.contains(label)).map(String::as_str).collect();
    if !gone.is_empty() {
        let words = format!(
            "the enum {name} loses {}; rows that hold it must get another word first, and PostgreSQL needs a new type",
            gone.join(", ")
        );
        sheets.leave(words, &format!("ALTER TYPE {name} RENAME TO {name}_old; CREATE TYPE {name} AS ENUM (…); ALTER TABLE … ALTER COLUMN … TYPE {name} USING …;"));
    }
}

fn new_column(sheets: &mut Sheets, table: &Table, column: &Column) {
    if column.required && column.default.is_none() {
        let words = format!(
            "{}.{} must not be empty and has no default, so rows that are there cannot have it; declare it optional or with @default, or fill it here:",
            table.name, column.name
        );
        let optional = Column { required: false, ..column.clone() };
        let sql = format!("ALTER TABLE {} ADD COLUMN {};", table.name, write::column_postgres(&optional));
        sheets.leave(words, &sql);
        return;
    }
    add(
        &mut sheets.postgres,
        &format!("\nALTER TABLE {} ADD COLUMN {};\n", table.name, write::column_postgres(column)),
    );
    sheets.postgres.push_str(&write::comment_postgres(&table.name, column));
    for it in table.references.iter().filter(|it| it.columns.contains(&column.name)) {
        sheets.postgres.push_str(&validated(&table.name, &write::reference(&table.name, it)));
    }
}

fn other_column(sheets: &mut Sheets, table: &Table, column: &Column, other: &Otherwise) {
    let alter = format!("ALTER TABLE {} ALTER COLUMN {}", table.name, column.name);
    if let Some(was) = &other.type_was {
        let now = write::type_postgres(&column.of);
        if is_wider(was, &now) {
            add(
                &mut sheets.postgres,
                &format!(
                    "\n-- lint: allow rewrite, because a longer text changes no row that is there\n{alter} TYPE {now};\n"
                ),
            );
        } else {
            let words = format!(
                "{}.{} changes from {was} to {now}; every row is written anew, and values may not fit:",
                table.name, column.name
            );
            sheets.leave(
                words,
                &format!(
                    "-- lint: allow rewrite, because …\n{alter} TYPE {now} USING CAST({} AS {now});",
                    column.name
                ),
            );
        }
    }
    if other.default {
        let default = column.default.as_ref().map(write::default_postgres);
        let text = default.map_or("DROP DEFAULT".to_owned(), |default| format!("SET DEFAULT {default}"));
        add(&mut sheets.postgres, &format!("\n{alter} {text};\n"));
    }
    if other.required && column.required {
        let (table, column) = (&table.name, &column.name);
        let name = format!("{table}_{column}_filled");
        sheets.postgres.push_str(
            "\n-- Rows where it is empty must be filled before; else this stops and changes nothing.",
        );
        sheets
            .postgres
            .push_str(&validated(table, &format!("CONSTRAINT {name} CHECK ({column} IS NOT NULL)")));
        add(
            &mut sheets.postgres,
            &format!("{alter} SET NOT NULL;\nALTER TABLE {table} DROP CONSTRAINT {name};\n"),
        );
    } else if other.required {
        add(&mut sheets.postgres, &format!("\n{alter} DROP NOT NULL;\n"));
    }
}

/// Whether every text of the old type is one of the new, so that PostgreSQL changes no row.
pub(super) fn is_wider(was: &str, now: &str) -> bool {
    let most = |text: &str| {
        text.strip_prefix("varchar(")
            .and_then(|rest| rest.strip_suffix(')'))
            .and_then(|n| n.parse::<u32>().ok())
    };
    match (most(was), most(now)) {
        (Some(was), Some(now)) => was <= now,
        (Some(_), None) => now == "text",
        (None, _) => false,
    }
}
