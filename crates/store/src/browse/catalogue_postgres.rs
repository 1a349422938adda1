//! The catalogue as PostgreSQL keeps it, of the schema that the practice lives in.

use super::catalogue::{Column, Kind, Link, Table};
use super::privacy::Privacy;
use crate::error::StoreError;
use sqlx::postgres::PgConnection;

const TABLES: &str = "SELECT CAST(c.relname AS text), coalesce(obj_description(c.oid, 'pg_class'), ''), CAST(c.reltuples AS bigint)
    FROM pg_class c
    WHERE c.relnamespace = CAST(current_schema() AS regnamespace) AND c.relkind IN ('r', 'p')
    ORDER BY c.relname";

#[derive(sqlx::FromRow)]
struct ColumnRow {
    of: String,
    name: String,
    written: String,
    cast_to: String,
    type_name: String,
    required: bool,
    default_to: Option<String>,
    comment: String,
    generated: bool,
    scale: i32,
    words: Option<Vec<String>>,
    indexed: bool,
}

const COLUMNS: &str = "SELECT CAST(c.relname AS text) AS of, CAST(a.attname AS text) AS name, format_type(a.atttypid, a.atttypmod) AS written,
        format_type(a.atttypid, NULL) AS cast_to, CAST(t.typname AS text) AS type_name, a.attnotnull AS required,
        pg_get_expr(d.adbin, d.adrelid) AS default_to, coalesce(col_description(c.oid, a.attnum), '') AS comment,
        a.attgenerated <> '' OR a.attidentity = 'a' AS generated,
        CASE WHEN t.typname = 'numeric' AND a.atttypmod > 3 THEN (a.atttypmod - 4) & 65535 ELSE 0 END AS scale,
        (SELECT array_agg(CAST(e.enumlabel AS text) ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid) AS words,
        EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid AND i.indkey[0] = a.attnum AND i.indpred IS NULL) AS indexed
    FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relnamespace = CAST(current_schema() AS regnamespace) AND c.relkind IN ('r', 'p')
    ORDER BY c.relname, a.attnum";

const KEYS: &str = "SELECT CAST(c.relname AS text), CAST(a.attname AS text)
    FROM pg_index i
    JOIN pg_class c ON c.oid = i.indrelid
    CROSS JOIN LATERAL unnest(CAST(i.indkey AS smallint[])) WITH ORDINALITY AS k (number, place)
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number
    WHERE i.indisprimary AND c.relnamespace = CAST(current_schema() AS regnamespace)
    ORDER BY c.relname, k.place";

const LINKS: &str = "SELECT CAST(c.relname AS text), CAST(f.relname AS text),
        ARRAY(SELECT CAST(a.attname AS text) FROM unnest(k.conkey) WITH ORDINALITY AS n (number, place)
            JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = n.number ORDER BY n.place),
        ARRAY(SELECT CAST(a.attname AS text) FROM unnest(k.confkey) WITH ORDINALITY AS n (number, place)
            JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = n.number ORDER BY n.place),
        CASE k.confdeltype WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' ELSE 'RESTRICT' END
    FROM pg_constraint k
    JOIN pg_class c ON c.oid = k.conrelid
    JOIN pg_class f ON f.oid = k.confrelid
    WHERE k.contype = 'f' AND c.relnamespace = CAST(current_schema() AS regnamespace)
    ORDER BY c.relname, k.conname";

type LinkRow = (String, String, Vec<String>, Vec<String>, String);

pub(super) async fn read(conn: &mut PgConnection) -> Result<Vec<Table>, StoreError> {
    let tables: Vec<(String, String, i64)> = sqlx::query_as(TABLES).fetch_all(&mut *conn).await?;
    let columns: Vec<ColumnRow> = sqlx::query_as(COLUMNS).fetch_all(&mut *conn).await?;
    let keys: Vec<(String, String)> = sqlx::query_as(KEYS).fetch_all(&mut *conn).await?;
    let links: Vec<LinkRow> = sqlx::query_as(LINKS).fetch_all(conn).await?;
    let mut tables: Vec<Table> = tables
        .into_iter()
        .map(|(name, comment, estimate)| Table {
            key: keys.iter().filter(|(of, _)| *of == name).map(|(_, column)| column.clone()).collect(),
            links: links.iter().filter(|row| row.0 == name).map(link).collect(),
            columns: Vec::new(),
            estimate: (estimate >= 0).then_some(estimate),
            name,
            comment,
        })
        .collect();
    for row in columns {
        if let Some(table) = tables.iter_mut().find(|table| table.name == row.of) {
            table.columns.push(column(row));
        }
    }
    Ok(tables)
}

fn link((_, table, columns, to, on_delete): &LinkRow) -> Link {
    Link { columns: columns.clone(), table: table.clone(), to: to.clone(), on_delete: on_delete.clone() }
}

fn column(row: ColumnRow) -> Column {
    let kind = match (row.words, row.type_name.as_str()) {
        (Some(words), _) => Kind::Choice(words),
        (None, "uuid") => Kind::Id,
        (None, "varchar" | "bpchar") => Kind::Text,
        (None, "text") => Kind::Long,
        (None, "int2" | "int4" | "int8") => Kind::Whole,
        (None, "numeric") => Kind::Decimal(u8::try_from(row.scale).unwrap_or(0)),
        (None, "bool") => Kind::YesNo,
        (None, "date") => Kind::Day,
        (None, "timestamptz") => Kind::Instant,
        (None, "json" | "jsonb") => Kind::Json,
        (None, "bytea") => Kind::Bytes,
        (None, _) => Kind::Other,
    };
    Column {
        name: row.name,
        kind,
        written: row.written,
        cast: row.cast_to,
        nullable: !row.required,
        default: row.default_to.filter(|_| !row.generated),
        comment: row.comment,
        generated: row.generated,
        indexed: row.indexed,
        privacy: Privacy::Personal,
    }
}
