//! A practice's own schema on a PostgreSQL server: made before its first migration, and seen alone ever after.
//!
//! The extensions belong to the database and stay in `public`: in a practice's schema they would go with it, and the
//! indexes of all other practices with them.

use crate::database::Store;
use crate::error::StoreError;
use crate::pool::Server;
use crate::url::{DatabaseUrl, PUBLIC};
use sqlx::AssertSqlSafe;

const CURRENT: &str = "SELECT COALESCE(current_schema(), '')";

/// Opens the first connection and holds that it sees the practice's schema: a pooler between may have dropped our word.
///
/// A schema that is not there yet is no fault; the first migration makes it.
pub(crate) async fn check(server: &Server, url: &DatabaseUrl) -> Result<(), StoreError> {
    let mut connection = server.lend(async |pool| pool.acquire().await).await?;
    let current: String = sqlx::query_scalar(CURRENT).fetch_one(&mut *connection).await?;
    if current.is_empty() || current == url.schema {
        return Ok(());
    }
    Err(StoreError::Address(format!(
        "asks for the schema {}, but the connection sees {current}; behind PgBouncer before 1.21 add pgbouncer=true, \
         behind a newer one say ALTER ROLE … SET search_path = {}",
        url.schema, url.schema
    )))
}

/// Makes the practice's schema, and the extensions it needs in `public`.
///
/// # Errors
/// [`StoreError::Migration`] where the role may not, or where a pooler stands between.
pub(crate) async fn prepare(store: &Store) -> Result<(), StoreError> {
    let Some(server) = &store.server else { return Ok(()) };
    if store.url.pgbouncer {
        return Err(StoreError::Migration(
            "migrations need the server itself, not PgBouncer; run medrecord migrate deploy once with the server's own \
             address in DATABASE_URL"
                .to_owned(),
        ));
    }
    let schema = store.url.schema.as_str();
    if schema == PUBLIC {
        return Ok(());
    }
    // The name has letters, digits and _ alone. Two practices may be set up at once; the second waits.
    let sql = format!(
        "SELECT pg_advisory_xact_lock(hashtext('medrecord schema'));
         CREATE SCHEMA IF NOT EXISTS \"{schema}\";
         CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public;
         CREATE EXTENSION IF NOT EXISTS btree_gist SCHEMA public;"
    );
    let mut transaction = server.lend(async |pool| pool.begin().await).await?;
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *transaction).await.map_err(|error| {
        StoreError::Migration(format!(
            "the schema {schema} could not be made: {error}; let the database's owner run CREATE SCHEMA {schema}, \
             CREATE EXTENSION pg_trgm SCHEMA public and CREATE EXTENSION btree_gist SCHEMA public once"
        ))
    })?;
    Ok(transaction.commit().await?)
}
