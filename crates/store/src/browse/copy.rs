//! Rows as text to take elsewhere: JSON, CSV (RFC 4180) or SQL. What is covered is left out and said to be.

use super::catalogue::{Catalogue, Column, Kind, Table};
use super::rows::{Cell, Row};
use super::sql::Sql;
use serde_json::{Map, Number, Value};

/// What stands in place of a covered value.
const COVERED: &str = "(covered)";

/// As an array of objects, numbers and truths as such.
pub fn json(columns: &[&Column], rows: &[Row]) -> String {
    let objects = rows.iter().map(|row| {
        let members =
            columns.iter().zip(&row.cells).map(|(column, cell)| (column.name.clone(), member(column, cell)));
        Value::Object(members.collect::<Map<_, _>>())
    });
    serde_json::to_string_pretty(&Value::Array(objects.collect())).unwrap_or_default()
}

fn member(column: &Column, cell: &Cell) -> Value {
    let text = match cell {
        Cell::Empty => return Value::Null,
        Cell::Covered => return Value::from(COVERED),
        Cell::Text(text, _) => text,
    };
    let plain = || Value::from(text.as_str());
    match &column.kind {
        Kind::YesNo => Value::from(text == "true"),
        Kind::Whole | Kind::Decimal(_) => text.parse::<Number>().map_or_else(|_| plain(), Value::Number),
        Kind::Json => serde_json::from_str(text).unwrap_or_else(|_| plain()),
        Kind::Id
        | Kind::Text
        | Kind::Long
        | Kind::Day
        | Kind::Instant
        | Kind::Choice(_)
        | Kind::Bytes
        | Kind::Other => plain(),
    }
}

/// As lines with commas, the first of them naming the columns; what is empty stays empty.
pub fn csv(columns: &[&Column], rows: &[Row]) -> String {
    let head = columns.iter().map(|column| field(&column.name)).collect::<Vec<_>>().join(",");
    let lines = rows.iter().map(|row| {
        let fields = row.cells.iter().map(|cell| match cell {
            Cell::Empty => String::new(),
            Cell::Covered => COVERED.to_owned(),
            Cell::Text(text, _) => field(text),
        });
        fields.collect::<Vec<_>>().join(",")
    });
    std::iter::once(head).chain(lines).map(|line| line + "\r\n").collect()
}

fn field(text: &str) -> String {
    if text.is_empty() || text.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

/// As statements for the kind of database they came from; columns with a covered value are left out.
pub fn sql(catalogue: &Catalogue, table: &Table, columns: &[&Column], rows: &[Row]) -> String {
    let statements = rows.iter().map(|row| {
        let told: Vec<(&Column, Option<&str>)> = columns
            .iter()
            .zip(&row.cells)
            .filter(|(column, cell)| **cell != Cell::Covered && !column.generated)
            .map(|(column, cell)| (*column, cell.text()))
            .collect();
        insert(catalogue, table, &told).written() + ";\n"
    });
    statements.collect()
}

/// A row as a statement that adds it.
pub(super) fn insert(catalogue: &Catalogue, table: &Table, told: &[(&Column, Option<&str>)]) -> Sql {
    let mut sql = Sql::new(catalogue);
    sql.push("INSERT INTO ").table(table).push(" (");
    for (at, (column, _)) in told.iter().enumerate() {
        sql.push(if at == 0 { "" } else { ", " }).column("", column);
    }
    sql.push(") VALUES (");
    for (at, (column, value)) in told.iter().enumerate() {
        sql.push(if at == 0 { "" } else { ", " }).value(column, *value);
    }
    sql.push(")");
    sql
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_with_signs_of_its_own_is_quoted() {
        assert_eq!(field("O'Neill"), "O'Neill");
        assert_eq!(field("a \"b\", c"), "\"a \"\"b\"\", c\"");
        assert_eq!(field(""), "\"\"");
    }
}
