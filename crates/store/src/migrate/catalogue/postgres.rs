//! PostgreSQL's own catalogue, of the practice's schema alone; what belongs to an extension is left out.

use super::{Catalogue, Column, HISTORY, Key, Kind, Object, Shape};
use crate::error::StoreError;
use sqlx::postgres::PgConnection;

const TABLES: &str = "SELECT c.relname FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace AND n.nspname = current_schema()
    WHERE c.relkind IN ('r', 'p') AND NOT EXISTS (SELECT 1 FROM pg_depend AS d WHERE d.objid = c.oid AND d.deptype = 'e')
    ORDER BY c.relname COLLATE \"C\"";

/// Table, column, type, required, default, collation, identity or generation.
const COLUMNS: &str = "SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
        pg_get_expr(d.adbin, d.adrelid),
        (SELECT quote_ident(l.collname) FROM pg_collation AS l JOIN pg_type AS t ON t.oid = a.atttypid
            WHERE l.oid = a.attcollation AND a.attcollation <> t.typcollation),
        CAST(a.attgenerated AS text) || CAST(a.attidentity AS text)
    FROM pg_attribute AS a
    JOIN pg_class AS c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p')
    JOIN pg_namespace AS n ON n.oid = c.relnamespace AND n.nspname = current_schema()
    LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attnum > 0 AND NOT a.attisdropped
        AND NOT EXISTS (SELECT 1 FROM pg_depend AS e WHERE e.objid = c.oid AND e.deptype = 'e')
    ORDER BY c.relname COLLATE \"C\", a.attnum";

/// Kind, table, name, how it is made. Triggers say whether they are switched off, indexes and rules whether they are valid.
const OTHERS: &str = "WITH own AS (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
    SELECT 'constraint', c.relname, k.conname, pg_get_constraintdef(k.oid, TRUE), ''
    FROM pg_constraint AS k JOIN pg_class AS c ON c.oid = k.conrelid JOIN own ON own.oid = c.relnamespace
    WHERE k.contype IN ('c', 'p', 'u', 'f', 'x')
    UNION ALL
    SELECT 'index', c.relname, x.relname, pg_get_indexdef(i.indexrelid, 0, TRUE),
        CASE WHEN i.indisvalid THEN '' ELSE ' -- INVALID' END
    FROM pg_index AS i JOIN pg_class AS x ON x.oid = i.indexrelid JOIN pg_class AS c ON c.oid = i.indrelid
    JOIN own ON own.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND NOT EXISTS (SELECT 1 FROM pg_constraint AS k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
    UNION ALL
    SELECT 'trigger', c.relname, t.tgname, pg_get_triggerdef(t.oid, TRUE),
        CASE t.tgenabled WHEN 'O' THEN '' ELSE ' -- SWITCHED OFF' END
    FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid JOIN own ON own.oid = c.relnamespace
    WHERE NOT t.tgisinternal
    UNION ALL
    SELECT 'function', '', p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', pg_get_functiondef(p.oid), ''
    FROM pg_proc AS p JOIN own ON own.oid = p.pronamespace
    WHERE p.prokind IN ('f', 'p') AND NOT EXISTS (SELECT 1 FROM pg_depend AS d WHERE d.objid = p.oid AND d.deptype = 'e')
    UNION ALL
    SELECT 'view', '', c.relname, pg_get_viewdef(c.oid, TRUE), ''
    FROM pg_class AS c JOIN own ON own.oid = c.relnamespace
    WHERE c.relkind IN ('v', 'm') AND NOT EXISTS (SELECT 1 FROM pg_depend AS d WHERE d.objid = c.oid AND d.deptype = 'e')
    UNION ALL
    SELECT 'sequence', '', c.relname, '', ''
    FROM pg_class AS c JOIN own ON own.oid = c.relnamespace
    WHERE c.relkind = 'S' AND NOT EXISTS (SELECT 1 FROM pg_depend AS d WHERE d.objid = c.oid AND d.deptype IN ('a', 'i', 'e'))";

const LABELS: &str = "SELECT t.typname, array_agg(CAST(e.enumlabel AS text) ORDER BY e.enumsortorder)
    FROM pg_enum AS e JOIN pg_type AS t ON t.oid = e.enumtypid
    JOIN pg_namespace AS n ON n.oid = t.typnamespace AND n.nspname = current_schema()
    GROUP BY t.typname";

/// A column as the catalogue gives it.
type ColumnRow = (String, String, String, bool, Option<String>, Option<String>, String);

pub(super) async fn read(conn: &mut PgConnection) -> Result<Catalogue, StoreError> {
    let schema: String = sqlx::query_scalar("SELECT current_schema()").fetch_one(&mut *conn).await?;
    let tables: Vec<String> = sqlx::query_scalar(TABLES).fetch_all(&mut *conn).await?;
    let columns: Vec<ColumnRow> = sqlx::query_as(COLUMNS).fetch_all(&mut *conn).await?;
    let others: Vec<(String, String, String, String, String)> =
        sqlx::query_as(OTHERS).fetch_all(&mut *conn).await?;
    let labels: Vec<(String, Vec<String>)> = sqlx::query_as(LABELS).fetch_all(&mut *conn).await?;

    let mut found = Catalogue::new();
    for (name, labels) in labels {
        let words: Vec<String> =
            labels.iter().map(|label| format!("'{}'", label.replace('\'', "''"))).collect();
        let make = format!("CREATE TYPE {name} AS ENUM ({})", words.join(", "));
        found.insert(Key::new(Kind::Enum, "", &name), Object { shape: Shape::Labels(labels), make });
    }
    for table in tables.iter().filter(|table| *table != HISTORY) {
        let own: Vec<String> = columns.iter().filter(|row| row.0 == *table).map(column_text).collect();
        let make = format!("CREATE TABLE {table} (\n    {}\n)", own.join(",\n    "));
        found.insert(Key::new(Kind::Table, "", table), Object { shape: Shape::Text(String::new()), make });
    }
    for row in columns.iter().filter(|row| row.0 != HISTORY) {
        let make = format!("ALTER TABLE {} ADD COLUMN {}", row.0, column_text(row));
        found.insert(
            Key::new(Kind::Column, &row.0, &row.1),
            Object { shape: Shape::Column(column(row)), make },
        );
    }
    for (kind, table, name, text, state) in others.into_iter().filter(|row| row.1 != HISTORY) {
        let text = own_words(&text, &schema);
        let (kind, make) = made(&kind, &table, &name, &text);
        found.insert(
            Key::new(kind, &table, &name),
            Object { shape: Shape::Text(format!("{text}{state}")), make },
        );
    }
    Ok(found)
}

fn column((_, _, of_type, required, default, collation, rest): &ColumnRow) -> Column {
    let collation = collation.as_ref().map(|name| format!("COLLATE {name}"));
    let generation = (!rest.is_empty()).then(|| format!("generated {rest}"));
    Column {
        of_type: of_type.clone(),
        required: *required,
        default: default.clone(),
        rest: collation.into_iter().chain(generation).collect::<Vec<_>>().join(" "),
    }
}

fn column_text(row: &ColumnRow) -> String {
    let Column { of_type, required, default, rest } = column(row);
    let mut text = format!("{} {of_type}", row.1);
    if rest.starts_with("COLLATE") {
        text = format!("{text} {rest}");
    }
    if required {
        text.push_str(" NOT NULL");
    }
    default.map_or(text.clone(), |default| format!("{text} DEFAULT {default}"))
}

/// The same text in whatever schema it lives; a function's own path leads to that schema, whatever else is on it.
fn own_words(text: &str, schema: &str) -> String {
    let own = format!("'{schema}'");
    let leads_here = |line: &str| line.trim_start().starts_with("SET search_path TO ") && line.contains(&own);
    let lines: Vec<&str> = text
        .lines()
        .map(|line| if leads_here(line) { " SET search_path FROM CURRENT" } else { line })
        .collect();
    lines.join("\n").replace(&format!("{schema}."), "")
}

fn made(kind: &str, table: &str, name: &str, text: &str) -> (Kind, String) {
    match kind {
        "constraint" => (Kind::Constraint, format!("ALTER TABLE {table} ADD CONSTRAINT {name} {text}")),
        "index" => (Kind::Index, text.to_owned()),
        "trigger" => (Kind::Trigger, text.to_owned()),
        "function" => (Kind::Function, text.trim_end().to_owned()),
        "view" => (Kind::View, format!("CREATE VIEW {name} AS\n{}", text.trim_end_matches(';'))),
        _ => (Kind::Sequence, format!("CREATE SEQUENCE {name}")),
    }
}
