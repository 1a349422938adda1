//! What the migrations yield, seen by running them where nothing is kept: in memory on SQLite, in a schema of a
//! transaction that is rolled back on PostgreSQL. No shadow database is needed, and no right to make one.

use super::catalogue::{self, Catalogue};
use super::files::{Dialect, Files, name_of};
use super::replay::inside_a_transaction;
use crate::database::{Conn, Pools, Store};
use crate::error::StoreError;
use crate::hex;
use sqlx::migrate::Migration;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection, PgPool};
use std::borrow::Cow;

/// The catalogue that these files yield on a database of the store's kind; the database keeps nothing of it.
pub(crate) async fn expected(store: &Store, files: &Files) -> Result<Catalogue, StoreError> {
    match &store.pools {
        Pools::Sqlite { .. } => expected_sqlite(files.of(Dialect::Sqlite)).await,
        Pools::Postgres(pool) => {
            let name = format!("medrecord_scratch_{}", hex::encode(&store.chance().bytes::<6>()?));
            expected_postgres(pool, &name, files.of(Dialect::Postgres)).await
        }
    }
}

/// The catalogue that SQLite's files yield; no database is needed.
pub(crate) async fn expected_sqlite(files: &[Migration]) -> Result<Catalogue, StoreError> {
    let mut conn = SqliteConnection::connect_with(&SqliteConnectOptions::new().in_memory(true)).await?;
    for file in files {
        let sql = inside_a_transaction(file).sql;
        sqlx::raw_sql(sql).execute(&mut conn).await.map_err(|error| unsound(file, &error))?;
    }
    let found = catalogue::read(&mut Conn::Sqlite(&mut conn)).await?;
    conn.close().await?;
    Ok(found)
}

async fn expected_postgres(pool: &PgPool, name: &str, files: &[Migration]) -> Result<Catalogue, StoreError> {
    let mut conn = pool.acquire().await?;
    // Closed, never given back: closing rolls everything back, whatever happens.
    conn.close_on_drop();
    let path: String =
        sqlx::query_scalar("SELECT current_setting('search_path')").fetch_one(&mut *conn).await?;
    // What the practice's own schema holds must not be seen from the scratch one; extensions must.
    let extensions: Vec<String> = sqlx::query_scalar(
        "SELECT DISTINCT quote_ident(n.nspname) FROM pg_extension AS e JOIN pg_namespace AS n ON n.oid = e.extnamespace
            WHERE e.extname IN ('pg_trgm', 'btree_gist') ORDER BY 1",
    )
    .fetch_all(&mut *conn)
    .await?;
    let scratch = std::iter::once(name.to_owned()).chain(extensions).collect::<Vec<_>>().join(", ");
    sqlx::raw_sql(AssertSqlSafe(format!("BEGIN; CREATE SCHEMA {name}; SET LOCAL search_path = {scratch}")))
        .execute(&mut *conn)
        .await
        .map_err(|error| not_allowed(error, &path))?;
    for file in files {
        let sql = inside_a_transaction(file).sql;
        sqlx::raw_sql(sql).execute(&mut *conn).await.map_err(|error| unsound(file, &error))?;
        sqlx::raw_sql(AssertSqlSafe(format!("SET LOCAL search_path = {scratch}")))
            .execute(&mut *conn)
            .await?;
    }
    let found = catalogue::read(&mut Conn::Postgres(&mut conn)).await?;
    sqlx::raw_sql("ROLLBACK").execute(&mut *conn).await?;
    conn.close().await?;
    Ok(found)
}

fn not_allowed(error: sqlx::Error, path: &str) -> StoreError {
    let code = error.as_database_error().and_then(|error| error.code().map(Cow::into_owned));
    match code.as_deref() {
        Some("42501") => StoreError::Migration(format!(
            "this role may not make a schema beside {path}, which the comparison needs for a moment; use the owner's, or GRANT CREATE ON DATABASE to it"
        )),
        Some("25006") => {
            StoreError::Migration("this server only reads (a replica); compare on the main server".to_owned())
        }
        _ => error.into(),
    }
}

fn unsound(file: &Migration, error: &sqlx::Error) -> StoreError {
    StoreError::Migration(format!("{} does not run on an empty database: {error}", name_of(file)))
}
