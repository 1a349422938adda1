//! The catalogue as SQLite keeps it: the pragmas, and the text of each table, whose checks say what a TEXT really is.

use super::catalogue::{Column, Kind, Link, Table};
use super::privacy::Privacy;
use crate::error::StoreError;
use crate::migrate;
use sqlx::sqlite::SqliteConnection;

const TABLES: &str = "SELECT m.name, m.sql
    FROM sqlite_schema m
    JOIN pragma_table_list(m.name) t ON t.schema = 'main' AND t.type = 'table'
    WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite~_%' ESCAPE '~'
    ORDER BY m.name";

#[derive(sqlx::FromRow)]
struct ColumnRow {
    of: String,
    name: String,
    type_name: String,
    required: bool,
    default_to: Option<String>,
    place: i64,
    hidden: i64,
    indexed: bool,
    lone_key: bool,
}

/// `lone_key`: a unique index that is no part of the primary key consists of this column alone.
const COLUMNS: &str = "SELECT m.name AS of, x.name, x.type AS type_name, x.\"notnull\" AS required, x.dflt_value AS default_to,
        x.pk AS place, x.hidden,
        EXISTS (SELECT 1 FROM pragma_index_list(m.name) l JOIN pragma_index_info(l.name) i WHERE l.partial = 0 AND i.seqno = 0 AND i.name = x.name) AS indexed,
        EXISTS (SELECT 1 FROM pragma_index_list(m.name) l WHERE l.\"unique\" = 1 AND l.origin = 'u' AND l.partial = 0
            AND (SELECT count(*) FROM pragma_index_info(l.name)) = 1 AND (SELECT i.name FROM pragma_index_info(l.name) i) = x.name) AS lone_key
    FROM sqlite_schema m
    JOIN pragma_table_xinfo(m.name) x
    WHERE m.type = 'table'
    ORDER BY m.name, x.cid";

const LINKS: &str = "SELECT m.name, f.id, f.\"table\", f.\"from\", f.\"to\", f.on_delete
    FROM sqlite_schema m
    JOIN pragma_foreign_key_list(m.name) f
    WHERE m.type = 'table'
    ORDER BY m.name, f.id DESC, f.seq";

type LinkRow = (String, i64, String, String, Option<String>, String);

pub(super) async fn read(conn: &mut SqliteConnection) -> Result<Vec<Table>, StoreError> {
    let texts: Vec<(String, String)> = sqlx::query_as(TABLES).fetch_all(&mut *conn).await?;
    let columns: Vec<ColumnRow> = sqlx::query_as(COLUMNS).fetch_all(&mut *conn).await?;
    let links: Vec<LinkRow> = sqlx::query_as(LINKS).fetch_all(conn).await?;
    Ok(texts.iter().map(|(name, text)| table(name, text, &columns, &links)).collect())
}

fn table(name: &str, text: &str, columns: &[ColumnRow], links: &[LinkRow]) -> Table {
    let own: Vec<&ColumnRow> = columns.iter().filter(|row| row.of == name && row.hidden != 1).collect();
    // A row number made for the search index alone is no part of what the clinic knows; `id` tells rows apart.
    let by_id = own.iter().any(|row| row.name == "id" && row.lone_key && row.place == 0);
    let shown = own.iter().filter(|row| !(by_id && row.place > 0));
    let mut key: Vec<(i64, String)> =
        own.iter().filter(|row| row.place > 0).map(|row| (row.place, row.name.clone())).collect();
    key.sort();
    let key = if by_id { vec!["id".to_owned()] } else { key.into_iter().map(|(_, name)| name).collect() };
    Table {
        name: name.to_owned(),
        comment: migrate::words_on_table(name),
        columns: shown.map(|row| column(row, text)).collect(),
        key,
        links: links_of(name, links),
        estimate: None,
    }
}

fn links_of(name: &str, rows: &[LinkRow]) -> Vec<Link> {
    let mut links: Vec<(i64, Link)> = Vec::new();
    for (_, id, table, from, to, on_delete) in rows.iter().filter(|row| row.0 == name) {
        let to = to.clone().unwrap_or_else(|| "id".to_owned());
        match links.iter_mut().find(|(known, _)| known == id) {
            Some((_, link)) => {
                link.columns.push(from.clone());
                link.to.push(to);
            }
            None => links.push((
                *id,
                Link {
                    columns: vec![from.clone()],
                    table: table.clone(),
                    to: vec![to],
                    on_delete: on_delete.clone(),
                },
            )),
        }
    }
    links.into_iter().map(|(_, link)| link).collect()
}

fn column(row: &ColumnRow, table: &str) -> Column {
    let (definition, comment) = definition(table, &row.name);
    Column {
        name: row.name.clone(),
        kind: kind(&row.type_name, &row.name, definition, comment),
        written: row.type_name.clone(),
        cast: row.type_name.clone(),
        nullable: !row.required && row.place == 0,
        default: row.default_to.clone(),
        comment: comment.to_owned(),
        generated: row.hidden > 1,
        indexed: row.indexed || row.place == 1,
        privacy: Privacy::Personal,
    }
}

/// The line that makes a column, and the comment behind it.
fn definition<'a>(table: &'a str, name: &str) -> (&'a str, &'a str) {
    let starts = |line: &str| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(' '));
    let made = table.lines().map(str::trim).find(|line| starts(line));
    // A column that was added later stands behind the others, on their last line.
    let added = || table.rsplit_once(&format!(", {name} ")).and_then(|(_, rest)| rest.lines().next());
    let line = made.or_else(added).unwrap_or_default();
    line.split_once("-- ").map_or((line, ""), |(definition, comment)| (definition, comment.trim()))
}

fn kind(type_name: &str, name: &str, definition: &str, comment: &str) -> Kind {
    let says = |text: String| definition.contains(&text);
    match type_name {
        "INTEGER" if says(format!("({name} IN (0, 1))")) => Kind::YesNo,
        "INTEGER" if comment.contains("scaled: tenths") => Kind::Decimal(1),
        "INTEGER" if comment.contains("scaled: hundredths") => Kind::Decimal(2),
        "INTEGER" | "BIGINT" => Kind::Whole,
        "BLOB" => Kind::Bytes,
        "BOOLEAN" => Kind::YesNo,
        "TEXT" if says(format!("length({name}) = 36")) => Kind::Id,
        "TEXT" if says(format!("date({name}, '+0 days')")) => Kind::Day,
        "TEXT" if says(format!("{name} GLOB '????-??-??T")) => Kind::Instant,
        "TEXT" if says(format!("json_valid({name})")) => Kind::Json,
        "TEXT" if says(format!("({name} IN ('")) => Kind::Choice(words(definition, name)),
        "TEXT" if says(format!("length({name}) <= ")) => Kind::Text,
        "TEXT" => Kind::Long,
        _ => Kind::Other,
    }
}

/// The words of `CHECK (status IN ('active', 'inactive'))`.
fn words(definition: &str, name: &str) -> Vec<String> {
    let lead = format!("({name} IN (");
    let list = definition
        .split_once(&lead)
        .and_then(|(_, after)| after.split_once(')'))
        .map_or("", |(list, _)| list);
    list.split(',').map(|word| word.trim().trim_matches('\'').to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "CREATE TABLE things (
    id TEXT NOT NULL CONSTRAINT things_id_form CHECK (length(id) = 36), -- The thing.
    state TEXT NOT NULL DEFAULT 'new' CONSTRAINT things_state_form CHECK (state IN ('new', 'old')), -- Whether it is new.
    born TEXT CONSTRAINT things_born_form CHECK (date(born, '+0 days') IS born), -- Birthday.
    weight INTEGER, -- Weight; scaled: hundredths as a whole number
    CONSTRAINT things_pkey PRIMARY KEY (id)
, added INTEGER NOT NULL DEFAULT 0 CHECK (added IN (0, 1))) STRICT";

    fn of(type_name: &str, name: &str) -> Kind {
        let (definition, comment) = definition(TABLE, name);
        kind(type_name, name, definition, comment)
    }

    #[test]
    fn the_checks_of_a_table_say_what_its_columns_hold() {
        assert_eq!(of("TEXT", "id"), Kind::Id);
        assert_eq!(of("TEXT", "state"), Kind::Choice(vec!["new".to_owned(), "old".to_owned()]));
        assert_eq!(of("TEXT", "born"), Kind::Day);
        assert_eq!(of("INTEGER", "weight"), Kind::Decimal(2));
        assert_eq!(of("INTEGER", "added"), Kind::YesNo);
        assert_eq!(definition(TABLE, "born").1, "Birthday.");
    }
}
