//! SQLite's catalogue is the text of its CREATE statements; here they are read into columns and rules.

use super::super::statements::{Kind as TokenKind, Token, plain, tokens, written};
use super::{Catalogue, Column, HISTORY, Key, Kind, Object, Shape};
use crate::error::StoreError;
use sqlx::sqlite::SqliteConnection;

/// Kind, table, name, text. What SQLite keeps for itself and what a search table keeps is left out.
const ALL: &str = "SELECT m.type, m.tbl_name, m.name, m.sql FROM sqlite_master AS m
    WHERE m.sql IS NOT NULL AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
        AND m.name NOT IN (SELECT l.name FROM pragma_table_list AS l WHERE l.type = 'shadow')
    ORDER BY m.rowid";

pub(super) async fn read(conn: &mut SqliteConnection) -> Result<Catalogue, StoreError> {
    let rows: Vec<(String, String, String, String)> = sqlx::query_as(ALL).fetch_all(conn).await?;
    let mut found = Catalogue::new();
    for (kind, table, name, sql) in rows.into_iter().filter(|row| row.1 != HISTORY) {
        let words = tokens(&sql);
        let text = Object { shape: Shape::Text(plain(&words)), make: sql.clone() };
        match kind.as_str() {
            "table" => read_table(&mut found, &name, &sql, &words),
            "index" => {
                found.insert(Key::new(Kind::Index, &table, &name), text);
            }
            "trigger" => {
                found.insert(Key::new(Kind::Trigger, &table, &name), text);
            }
            _ => {
                found.insert(Key::new(Kind::View, "", &name), text);
            }
        }
    }
    Ok(found)
}

fn read_table(found: &mut Catalogue, table: &str, sql: &str, words: &[Token]) {
    let is_virtual = words.get(1).is_some_and(|word| word.is("VIRTUAL"));
    let open = words.iter().position(|word| word.is("(")).filter(|_| !is_virtual);
    let Some(open) = open else {
        let shape = Shape::Text(plain(words));
        found.insert(Key::new(Kind::Table, "", table), Object { shape, make: sql.to_owned() });
        return;
    };
    let (items, after) = items(words.get(open + 1..).unwrap_or_default());
    let shape = Shape::Text(plain(after));
    found.insert(Key::new(Kind::Table, "", table), Object { shape, make: sql.to_owned() });
    for (at, item) in items.iter().enumerate() {
        match read_item(item) {
            Item::Column(name, column) => {
                let make = format!("ALTER TABLE {table} ADD COLUMN {}", written(item));
                found.insert(
                    Key::new(Kind::Column, table, &name),
                    Object { shape: Shape::Column(column), make },
                );
            }
            Item::Rule(name, text) => {
                let name = name.unwrap_or_else(|| format!("unnamed_{at}"));
                let object = Object { shape: Shape::Text(text.clone()), make: text };
                found.insert(Key::new(Kind::Constraint, table, &name), object);
            }
        }
    }
}

/// The columns and rules of a CREATE TABLE, each as its tokens.
pub(crate) fn items_of(words: &[Token]) -> Vec<Vec<Token>> {
    let open = words.iter().position(|word| word.is("(")).unwrap_or(words.len());
    items(words.get(open + 1..).unwrap_or_default()).0
}

/// The parts between the outermost commas, and what follows the closing bracket.
fn items(words: &[Token]) -> (Vec<Vec<Token>>, &[Token]) {
    let (mut found, mut current, mut depth) = (Vec::new(), Vec::new(), 0_usize);
    for (at, word) in words.iter().enumerate() {
        if word.is(")") && depth == 0 {
            found.push(current);
            return (found, words.get(at + 1..).unwrap_or_default());
        }
        if word.is(",") && depth == 0 {
            found.push(std::mem::take(&mut current));
            continue;
        }
        if word.is("(") {
            depth += 1;
        } else if word.is(")") {
            depth -= 1;
        }
        current.push(word.clone());
    }
    found.push(current);
    (found, &[])
}

/// One part of a CREATE TABLE.
pub(crate) enum Item {
    Column(String, Column),
    Rule(Option<String>, String),
}

/// Reads a column or a rule.
pub(crate) fn read_item(item: &[Token]) -> Item {
    let first = item.first();
    let named = first.is_some_and(|word| word.is("CONSTRAINT"));
    let rule = named
        || ["PRIMARY", "UNIQUE", "CHECK", "FOREIGN"]
            .iter()
            .any(|word| first.is_some_and(|first| first.kind == TokenKind::Word && first.is(word)));
    if rule {
        let name = item.get(1).filter(|_| named).map(|token| token.text.clone());
        let body = if named { item.get(2..).unwrap_or_default() } else { item };
        return Item::Rule(name, plain(body));
    }
    let name = first.map(|token| token.text.clone()).unwrap_or_default();
    let rest = item.get(1..).unwrap_or_default();
    let type_end = rest.iter().position(begins_clause).unwrap_or(rest.len());
    let (of_type, mut rest) = rest.split_at_checked(type_end).unwrap_or((rest, &[]));
    let mut column = Column { of_type: plain(of_type), ..Column::default() };
    let mut others: Vec<Token> = Vec::new();
    let mut depth = 0_usize;
    while let Some((word, after)) = rest.split_first() {
        rest = after;
        if depth == 0 && word.is("NOT") && after.first().is_some_and(|next| next.is("NULL")) {
            column.required = true;
            rest = after.get(1..).unwrap_or_default();
            continue;
        }
        if depth == 0 && word.is("DEFAULT") {
            let length = default_length(after);
            let (value, after) = after.split_at_checked(length).unwrap_or((after, &[]));
            column.default = Some(plain(value));
            rest = after;
            continue;
        }
        depth = match word.text.as_str() {
            "(" => depth + 1,
            ")" => depth.saturating_sub(1),
            _ => depth,
        };
        others.push(word.clone());
    }
    column.rest = plain(&others);
    Item::Column(name, column)
}

fn begins_clause(word: &Token) -> bool {
    [
        "NOT",
        "NULL",
        "DEFAULT",
        "CONSTRAINT",
        "CHECK",
        "PRIMARY",
        "UNIQUE",
        "REFERENCES",
        "COLLATE",
        "GENERATED",
        "AS",
    ]
    .iter()
    .any(|clause| word.is(clause))
}

/// A default is one word, a signed number, or something in brackets.
fn default_length(words: &[Token]) -> usize {
    let first = words.first();
    if first.is_some_and(|word| word.is("-") || word.is("+")) {
        return 2;
    }
    if !first.is_some_and(|word| word.is("(")) {
        return 1;
    }
    let mut depth = 0_usize;
    for (at, word) in words.iter().enumerate() {
        if word.is("(") {
            depth += 1;
        } else if word.is(")") {
            depth -= 1;
            if depth == 0 {
                return at + 1;
            }
        }
    }
    words.len()
}
