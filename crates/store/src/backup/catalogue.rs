//! What the live database has: its tables with their columns, parents before children.

use super::row::Kind;
use serde::{Deserialize, Serialize};
use sqlx::{PgConnection, SqliteConnection};
use std::collections::{BTreeMap, BTreeSet};

/// A table, as a backup names it. Columns are in the order of their names, which is the same in both databases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Table {
    /// Its name.
    pub(super) name: String,
    /// Its columns.
    pub(super) columns: Vec<Column>,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Column {
    /// Its name.
    pub(super) name: String,
    /// How its values are written.
    pub(super) kind: Kind,
}

impl Table {
    /// The columns' names, quoted, between commas.
    pub(super) fn column_list(&self) -> String {
        let names: Vec<String> = self.columns.iter().map(|column| quoted(&column.name)).collect();
        names.join(", ")
    }

    /// The kinds of the columns in their order.
    pub(super) fn kinds(&self) -> Vec<Kind> {
        self.columns.iter().map(|column| column.kind).collect()
    }

    /// Which columns hold JSON.
    pub(super) fn json(&self) -> Vec<bool> {
        self.columns.iter().map(|column| column.kind == Kind::Json).collect()
    }

    /// Whether another description is of a table with the same columns.
    pub(super) fn matches(&self, other: &Self) -> bool {
        self.name == other.name
            && self.columns.len() == other.columns.len()
            && self.columns.iter().zip(&other.columns).all(|(one, two)| one.name == two.name)
    }
}

/// A name as SQL takes it whatever its signs.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

const COLUMNS_POSTGRES: &str =
    "SELECT CAST(c.relname AS text), CAST(a.attname AS text), CAST(t.typname AS text), a.atttypmod
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_attribute AS a ON a.attrelid = c.oid
    JOIN pg_type AS t ON t.oid = a.atttypid
    WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') AND NOT c.relispartition
        AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND c.relname <> '_sqlx_migrations'
        AND NOT EXISTS (SELECT 1 FROM pg_depend AS d
            WHERE d.classid = CAST('pg_class' AS regclass) AND d.objid = c.oid AND d.deptype = 'e')";
const PARENTS_POSTGRES: &str = "SELECT CAST(child.relname AS text), CAST(parent.relname AS text)
    FROM pg_constraint AS k
    JOIN pg_class AS child ON child.oid = k.conrelid
    JOIN pg_class AS parent ON parent.oid = k.confrelid
    JOIN pg_namespace AS n ON n.oid = child.relnamespace
    WHERE k.contype = 'f' AND n.nspname = current_schema()";

/// The tables of the practice's schema in PostgreSQL.
pub(super) async fn postgres(conn: &mut PgConnection) -> Result<Vec<Table>, sqlx::Error> {
    let columns: Vec<(String, String, String, i32)> =
        sqlx::query_as(COLUMNS_POSTGRES).fetch_all(&mut *conn).await?;
    let mut tables: BTreeMap<String, Vec<Column>> = BTreeMap::new();
    for (table, name, kind, modifier) in columns {
        let kind = match kind.as_str() {
            "bool" => Kind::Flag,
            // The scale is the low half of the modifier, after an offset of 4.
            "numeric" if modifier >= 4 => Kind::Decimal(u32::try_from((modifier - 4) & 0x7ff).unwrap_or(0)),
            "timestamptz" => Kind::At,
            "json" | "jsonb" => Kind::Json,
            "bytea" => Kind::Bytes,
            "float4" | "float8" => Kind::Float,
            _ => Kind::Plain,
        };
        tables.entry(table).or_default().push(Column { name, kind });
    }
    let parents: Vec<(String, String)> = sqlx::query_as(PARENTS_POSTGRES).fetch_all(conn).await?;
    Ok(in_order(tables, &parents))
}

const TABLES_SQLITE: &str = "SELECT s.name, s.sql
    FROM pragma_table_list AS t
    JOIN sqlite_schema AS s ON s.name = t.name AND s.type = 'table'
    WHERE t.schema = 'main' AND t.type = 'table' AND t.name <> '_sqlx_migrations' AND substr(t.name, 1, 7) <> 'sqlite_'";
const COLUMNS_SQLITE: &str = "SELECT name, type, pk FROM pragma_table_xinfo($1) WHERE hidden = 0";
const PARENTS_SQLITE: &str = "SELECT DISTINCT \"table\" FROM pragma_foreign_key_list($1)";

/// The tables of an SQLite file, without those that SQLite's search index keeps for itself.
pub(super) async fn sqlite(conn: &mut SqliteConnection) -> Result<Vec<Table>, sqlx::Error> {
    let found: Vec<(String, String)> = sqlx::query_as(TABLES_SQLITE).fetch_all(&mut *conn).await?;
    let mut tables = BTreeMap::new();
    let mut parents = Vec::new();
    for (table, sql) in found {
        let columns: Vec<(String, String, i64)> =
            sqlx::query_as(COLUMNS_SQLITE).bind(&table).fetch_all(&mut *conn).await?;
        // A row number beside the real key is SQLite's own, for its search index; it is made anew.
        let own_key = format!("CONSTRAINT {table}_pkey UNIQUE");
        let columns = columns.into_iter().filter(|(_, _, pk)| *pk == 0 || !sql.contains(&own_key));
        let columns = columns.map(|(name, declared, _)| {
            let kind = match declared.as_str() {
                "BLOB" => Kind::Bytes,
                "REAL" => Kind::Float,
                _ if sql.contains(&format!("json_valid({name})")) => Kind::Json,
                _ => Kind::Plain,
            };
            Column { name, kind }
        });
        tables.insert(table.clone(), columns.collect());
        let above: Vec<String> =
            sqlx::query_scalar(PARENTS_SQLITE).bind(&table).fetch_all(&mut *conn).await?;
        parents.extend(above.into_iter().map(|parent| (table.clone(), parent)));
    }
    Ok(in_order(tables, &parents))
}

/// Parents before children; where tables point at each other in a circle, by name.
fn in_order(mut tables: BTreeMap<String, Vec<Column>>, parents: &[(String, String)]) -> Vec<Table> {
    let mut done: BTreeSet<String> = BTreeSet::new();
    let mut ordered = Vec::new();
    while !tables.is_empty() {
        let waits = |name: &str| {
            let mut above = parents.iter().filter(|(child, parent)| child == name && parent != name);
            above.any(|(_, parent)| tables.contains_key(parent) && !done.contains(parent))
        };
        let free: Vec<String> = tables.keys().filter(|name| !waits(name)).cloned().collect();
        let next = if free.is_empty() { tables.keys().take(1).cloned().collect() } else { free };
        for name in next {
            let Some(mut columns) = tables.remove(&name) else { continue };
            columns.sort_by(|one, two| one.name.cmp(&two.name));
            done.insert(name.clone());
            ordered.push(Table { name, columns });
        }
    }
    ordered
}
