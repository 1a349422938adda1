//! A statement under construction: names come from the catalogue alone, values are parameters.

use super::catalogue::{Catalogue, Column, Dialect, Kind, Table};
use crate::database::{Conn, on};
use crate::desk::Desk;
use crate::error::StoreError;
use sqlx::{AssertSqlSafe, PgConnection, Row as _, SqliteConnection};

/// A statement under construction.
#[derive(Debug, Clone)]
pub(super) struct Sql {
    pieces: Vec<Piece>,
    pub(super) dialect: Dialect,
}

#[derive(Debug, Clone)]
enum Piece {
    Text(String),
    Value(String),
}

/// Runs a statement on a connection of either kind and reads each value as text.
macro_rules! fetched {
    ($sql:expr, $conn:expr) => {{
        let (text, values) = $sql.bound();
        let mut query = sqlx::query(AssertSqlSafe(text)).persistent(false);
        for value in values {
            query = query.bind(value);
        }
        let rows = query.fetch_all($conn).await?;
        let texts: Result<Vec<Texts>, sqlx::Error> =
            rows.iter().map(|row| (0..row.len()).map(|at| row.try_get(at)).collect()).collect();
        Ok(texts?)
    }};
}

/// What a statement gave, each value as text.
pub(super) type Texts = Vec<Option<String>>;

impl Sql {
    pub(super) fn new(catalogue: &Catalogue) -> Self {
        Self { pieces: Vec::new(), dialect: catalogue.dialect }
    }

    /// Appends words of our own.
    pub(super) fn push(&mut self, text: &str) -> &mut Self {
        if let Some(Piece::Text(last)) = self.pieces.last_mut() {
            last.push_str(text);
        } else {
            self.pieces.push(Piece::Text(text.to_owned()));
        }
        self
    }

    /// Appends a table's name.
    pub(super) fn table(&mut self, table: &Table) -> &mut Self {
        self.push(&quoted(&table.name))
    }

    /// Appends a column's name, of the row called `alias`.
    pub(super) fn column(&mut self, alias: &str, column: &Column) -> &mut Self {
        if !alias.is_empty() {
            self.push(alias).push(".");
        }
        self.push(&quoted(&column.name))
    }

    /// Appends a parameter that is a text.
    pub(super) fn text(&mut self, value: &str) -> &mut Self {
        self.pieces.push(Piece::Value(value.to_owned()));
        self
    }

    /// Appends a value of a column, given in the studio's form.
    pub(super) fn value(&mut self, column: &Column, value: Option<&str>) -> &mut Self {
        let Some(value) = value else { return self.push("NULL") };
        match (self.dialect, &column.kind) {
            (Dialect::Postgres, _) => {
                self.push("CAST(").text(value).push(" AS ").push(&column.cast).push(")")
            }
            (Dialect::Sqlite, Kind::Whole) => self.push("CAST(").text(value).push(" AS INTEGER)"),
            (Dialect::Sqlite, Kind::YesNo) => self.push(if value == "true" { "1" } else { "0" }),
            (Dialect::Sqlite, Kind::Decimal(places)) => {
                let text = scaled(value, *places);
                self.push("CAST(").text(&text).push(" AS INTEGER)")
            }
            (
                Dialect::Sqlite,
                Kind::Id
                | Kind::Text
                | Kind::Long
                | Kind::Day
                | Kind::Instant
                | Kind::Choice(_)
                | Kind::Json
                | Kind::Bytes
                | Kind::Other,
            ) => self.text(value),
        }
    }

    /// Appends what gives a column's value in the studio's form, as a text.
    pub(super) fn reading(&mut self, alias: &str, column: &Column) -> &mut Self {
        let name = format!("{alias}.{}", quoted(&column.name));
        let text = match (self.dialect, &column.kind) {
            (Dialect::Postgres, Kind::Instant) => {
                format!("to_char({name} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')")
            }
            (Dialect::Postgres, Kind::Day) => format!("to_char({name}, 'YYYY-MM-DD')"),
            (Dialect::Postgres, Kind::Bytes) => format!("encode({name}, 'hex')"),
            (Dialect::Sqlite, Kind::YesNo) => {
                format!("CASE {name} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END")
            }
            (Dialect::Sqlite, Kind::Decimal(places)) => format!(
                "CASE WHEN {name} IS NOT NULL THEN printf('%.{places}f', {name} / {}.0) END",
                10_i64.pow(u32::from(*places))
            ),
            (Dialect::Sqlite, Kind::Bytes) => format!("lower(hex({name}))"),
            (
                Dialect::Postgres | Dialect::Sqlite,
                Kind::Id
                | Kind::Text
                | Kind::Long
                | Kind::Whole
                | Kind::Decimal(_)
                | Kind::YesNo
                | Kind::Day
                | Kind::Instant
                | Kind::Choice(_)
                | Kind::Json
                | Kind::Other,
            ) => format!("CAST({name} AS text)"),
        };
        self.push(&text)
    }

    /// The statement with `$1` for each value, and the values.
    pub(super) fn bound(&self) -> (String, Vec<String>) {
        let (mut text, mut values) = (String::new(), Vec::new());
        for piece in &self.pieces {
            match piece {
                Piece::Text(words) => text.push_str(words),
                Piece::Value(value) => {
                    values.push(value.clone());
                    text.push('$');
                    text.push_str(&values.len().to_string());
                }
            }
        }
        (text, values)
    }

    /// The statement with its values written out, for a person to read or to run elsewhere.
    pub(super) fn written(&self) -> String {
        let parts = self.pieces.iter().map(|piece| match piece {
            Piece::Text(words) => words.clone(),
            Piece::Value(value) => literal(value),
        });
        parts.collect()
    }

    /// Runs it and reads all rows.
    pub(super) async fn fetch(&self, desk: &mut Desk) -> Result<Vec<Texts>, StoreError> {
        let _timer = desk.timer();
        match desk.conn() {
            Conn::Sqlite(conn) => self.fetch_sqlite(conn).await,
            Conn::Postgres(conn) => self.fetch_postgres(conn).await,
        }
    }

    /// The same on a connection of SQLite.
    pub(super) async fn fetch_sqlite(&self, conn: &mut SqliteConnection) -> Result<Vec<Texts>, StoreError> {
        fetched!(self, conn)
    }

    /// The same on a connection of PostgreSQL.
    pub(super) async fn fetch_postgres(&self, conn: &mut PgConnection) -> Result<Vec<Texts>, StoreError> {
        fetched!(self, conn)
    }

    /// Runs it and says how many rows changed.
    pub(super) async fn execute(&self, desk: &mut Desk) -> Result<u64, StoreError> {
        let (text, values) = self.bound();
        Ok(on!(desk, conn => {
            let mut query = sqlx::query(AssertSqlSafe(text)).persistent(false);
            for value in values {
                query = query.bind(value);
            }
            query.execute(conn).await.map(|done| done.rows_affected())
        })?)
    }
}

/// A name as a statement writes it.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text as a statement writes it.
pub(super) fn literal(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

/// `37.2` with one place as `372`; the value was checked to be a number before.
fn scaled(value: &str, places: u8) -> String {
    let mut number: rust_decimal::Decimal = value.parse().unwrap_or_default();
    number.rescale(u32::from(places));
    number.mantissa().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_texts_cannot_leave_their_quotes() {
        assert_eq!(quoted("a\"; DROP TABLE b"), "\"a\"\"; DROP TABLE b\"");
        assert_eq!(literal("O'Neill"), "'O''Neill'");
        assert_eq!((scaled("37.2", 1), scaled("81", 2)), ("372".to_owned(), "8100".to_owned()));
    }
}
