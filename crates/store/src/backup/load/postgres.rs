//! Loads into a schema of PostgreSQL inside one transaction.

use super::super::catalogue::{self, Table, quoted};
use super::super::dump::{Lines, copy_out};
use super::super::error::BackupError;
use super::super::row::{Kind, to_postgres};
use super::super::source::{Rows, Section, Source};
use super::{AfterTables, Loaded, broken, complete, counted_alike, same, twin};
use futures_util::TryStreamExt;
use sqlx::{AssertSqlSafe, PgConnection};

const SETTINGS: &str = "SET LOCAL statement_timeout = 0;
    SET LOCAL idle_in_transaction_session_timeout = 0;
    SET LOCAL maintenance_work_mem = '128MB';
    SET LOCAL TimeZone = 'UTC';
    SET LOCAL DateStyle = 'ISO, YMD';
    SET LOCAL IntervalStyle = 'postgres';
    SET LOCAL bytea_output = 'hex';
    SET LOCAL extra_float_digits = 1";
/// Keys and rules, foreign keys first: they lean on the others. What leans comes off first and goes back last.
const RULES: &str = "SELECT CAST(c.relname AS text), CAST(k.conname AS text), pg_get_constraintdef(k.oid),
        obj_description(k.oid, 'pg_constraint')
    FROM pg_constraint AS k
    JOIN pg_class AS c ON c.oid = k.conrelid
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = current_schema() AND k.contype IN ('f', 'p', 'u', 'x') AND c.relname <> '_sqlx_migrations'
        AND k.conparentid = 0
    ORDER BY k.contype <> 'f', c.relname, k.conname";
/// Indexes that belong to no rule.
const INDEXES: &str = "SELECT CAST(i.relname AS text), pg_get_indexdef(i.oid), obj_description(i.oid, 'pg_class')
    FROM pg_index AS x
    JOIN pg_class AS i ON i.oid = x.indexrelid
    JOIN pg_class AS c ON c.oid = x.indrelid
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = current_schema() AND c.relname <> '_sqlx_migrations' AND NOT i.relispartition
        AND NOT EXISTS (SELECT 1 FROM pg_constraint AS k WHERE k.conindid = i.oid AND k.contype IN ('p', 'u', 'x'))
    ORDER BY i.relname";
const SEQUENCES: &str = "SELECT CAST(c.relname AS text), CAST(a.attname AS text),
        pg_get_serial_sequence(quote_ident(c.relname), a.attname)
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE n.nspname = current_schema() AND c.relkind = 'r'
        AND pg_get_serial_sequence(quote_ident(c.relname), a.attname) IS NOT NULL";

/// A statement with a constant's text or one made of names from the catalogue, each quoted.
async fn run(conn: &mut PgConnection, sql: String) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(conn).await.map(|_| ())
}

/// Loads every table of the backup, puts the rules back, which must hold, and compares every table's sum.
pub(crate) async fn tables(conn: &mut PgConnection, source: &mut Source) -> Result<AfterTables, BackupError> {
    sqlx::raw_sql(SETTINGS).execute(&mut *conn).await?;
    let here = catalogue::postgres(conn).await?;
    let rules: Vec<(String, String, String, Option<String>)> =
        sqlx::query_as(RULES).fetch_all(&mut *conn).await?;
    let indexes: Vec<(String, String, Option<String>)> =
        sqlx::query_as(INDEXES).fetch_all(&mut *conn).await?;
    for table in &here {
        run(conn, format!("ALTER TABLE {} DISABLE TRIGGER USER", quoted(&table.name))).await?;
    }
    for (table, rule, ..) in &rules {
        run(conn, format!("ALTER TABLE {} DROP CONSTRAINT {}", quoted(table), quoted(rule))).await?;
    }
    for (index, ..) in &indexes {
        run(conn, format!("DROP INDEX {}", quoted(index))).await?;
    }
    let names: Vec<String> = here.iter().map(|table| quoted(&table.name)).collect();
    run(conn, format!("TRUNCATE {}", names.join(", "))).await?;
    let mut loaded = Vec::new();
    let after = loop {
        match source.section().await? {
            Section::Table(table) => loaded.push(one(conn, source, &here, table).await?),
            after @ (Section::File(_) | Section::End(_)) => break after,
        }
    };
    complete(source, &here, &loaded)?;
    for (index, definition, remark) in indexes {
        run(conn, definition).await.map_err(|error| broken(source, error))?;
        remark_on(conn, format!("INDEX {}", quoted(&index)), remark).await?;
    }
    for (table, rule, definition, remark) in rules.into_iter().rev() {
        let (table, rule) = (quoted(&table), quoted(&rule));
        let add = format!("ALTER TABLE {table} ADD CONSTRAINT {rule} {definition}");
        run(conn, add).await.map_err(|error| broken(source, error))?;
        remark_on(conn, format!("CONSTRAINT {rule} ON {table}"), remark).await?;
    }
    for table in &here {
        run(conn, format!("ALTER TABLE {} ENABLE TRIGGER USER", quoted(&table.name))).await?;
    }
    sequences(conn).await?;
    prove(conn, source, &here, &loaded).await?;
    Ok((loaded, after))
}

async fn remark_on(conn: &mut PgConnection, what: String, remark: Option<String>) -> Result<(), sqlx::Error> {
    let Some(remark) = remark else { return Ok(()) };
    run(conn, format!("COMMENT ON {what} IS '{}'", remark.replace('\'', "''"))).await
}

/// Numbers that the database gives go on after the highest one.
async fn sequences(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    let found: Vec<(String, String, String)> = sqlx::query_as(SEQUENCES).fetch_all(&mut *conn).await?;
    for (table, column, sequence) in found {
        let (table, column) = (quoted(&table), quoted(&column));
        let set = format!(
            "SELECT setval('{sequence}', MAX({column})) FROM {table} HAVING MAX({column}) IS NOT NULL"
        );
        run(conn, set).await?;
    }
    Ok(())
}

async fn one(
    conn: &mut PgConnection,
    source: &mut Source,
    here: &[Table],
    table: Table,
) -> Result<Loaded, BackupError> {
    let own = twin(source, here, &table)?;
    let kinds = own.kinds();
    let plain = kinds.iter().all(|kind| matches!(kind, Kind::Plain | Kind::Json | Kind::At | Kind::Float));
    // The table was emptied in this transaction, so its rows can be written as settled at once.
    let copy = format!("COPY {} ({}) FROM STDIN (FREEZE)", quoted(&own.name), own.column_list());
    let mut into = conn.copy_in_raw(&copy).await?;
    loop {
        match source.rows().await? {
            Rows::End(sum) => {
                into.finish().await.map_err(|error| broken(source, error))?;
                return Ok(Loaded { table, sum });
            }
            Rows::Lines(lines) => {
                let lines = if plain { lines } else { converted(&lines, &kinds) };
                into.send(lines).await.map_err(|error| broken(source, error))?;
            }
        }
    }
}

fn converted(lines: &[u8], kinds: &[Kind]) -> Vec<u8> {
    let mut out = Vec::with_capacity(lines.len() + (lines.len() >> 3));
    for line in lines.split_inclusive(|byte| *byte == b'\n') {
        to_postgres(line.strip_suffix(b"\n").unwrap_or(line), kinds, &mut out);
    }
    out
}

async fn prove(
    conn: &mut PgConnection,
    source: &Source,
    here: &[Table],
    loaded: &[Loaded],
) -> Result<(), BackupError> {
    for done in loaded {
        let own = twin(source, here, &done.table)?;
        let mut lines = Lines::counting(&own, counted_alike(&own, &done.table));
        let mut copied = conn.copy_out_raw(&copy_out(&own)).await?;
        while let Some(bytes) = copied.try_next().await? {
            lines.take(&bytes);
            lines.out.clear();
        }
        same(source, done, &lines.sum)?;
    }
    Ok(())
}
