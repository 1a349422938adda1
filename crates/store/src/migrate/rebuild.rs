//! SQLite changes a column or a rule by building the table anew: copy, drop, rename, indexes and triggers again.

use super::catalogue::{Catalogue, Key, Kind, of_table};
use super::statements::tokens;

/// The statements that build a table anew: `create` is its CREATE TABLE under its own name, `columns` are the ones to
/// copy, `attached` the statements for its indexes and triggers.
pub(crate) fn statements(table: &str, create: &str, columns: &[String], attached: &[String]) -> Vec<String> {
    let list = columns.join(", ");
    let mut all = vec![
        // Others' triggers may name the table, which is away for a moment.
        "PRAGMA legacy_alter_table = ON".to_owned(),
        renamed(table, create),
        format!("INSERT INTO new_{table} ({list})\nSELECT {list} FROM {table}"),
        format!("DROP TABLE {table}"),
        format!("ALTER TABLE new_{table} RENAME TO {table}"),
        "PRAGMA legacy_alter_table = OFF".to_owned(),
    ];
    all.extend(attached.iter().map(|sql| sql.trim_end().trim_end_matches(';').to_owned()));
    all.push("PRAGMA foreign_key_check".to_owned());
    all
}

/// The same CREATE TABLE for `new_…`.
fn renamed(table: &str, create: &str) -> String {
    let body = create.find('(').and_then(|at| create.get(at..)).unwrap_or_default();
    format!("CREATE TABLE new_{table} {body}")
}

/// The SQL that makes a table what it should be and keeps its rows; or why a person must decide first.
pub(super) fn repair(table: &str, name: &str, should: &Catalogue, is: &Catalogue) -> Result<String, String> {
    let table = if table.is_empty() { name } else { table };
    let Some(wanted) = should.get(&Key::new(Kind::Table, "", table)) else {
        return Err(format!("no migration makes {table}"));
    };
    if tokens(&wanted.make).get(1).is_some_and(|word| word.is("VIRTUAL")) {
        return Err("a search table is made again by a migration".to_owned());
    }
    let columns = |of: &Catalogue| {
        of_table(of, Kind::Column, table).map(|(key, _)| key.name.clone()).collect::<Vec<_>>()
    };
    let (wanted_columns, there) = (columns(should), columns(is));
    if let Some(extra) = there.iter().find(|column| !wanted_columns.contains(column)) {
        return Err(format!(
            "{table} must be built anew, which would lose {table}.{extra}; decide on that column first"
        ));
    }
    let kept: Vec<String> = wanted_columns.into_iter().filter(|column| there.contains(column)).collect();
    let attached: Vec<String> = [Kind::Index, Kind::Trigger]
        .into_iter()
        .flat_map(|kind| of_table(should, kind, table))
        .map(|(_, object)| object.make.clone())
        .collect();
    Ok(statements(table, &wanted.make, &kept, &attached).join(";\n"))
}
