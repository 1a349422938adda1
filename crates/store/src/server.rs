//! Databases on a PostgreSQL server: made empty, copied from a template, dropped. For tests and rehearsals.

use crate::error::StoreError;
use crate::url::{DatabaseUrl, Place};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// Makes a database on the server of `admin`, empty or as a copy of `template`, and returns its address.
///
/// # Errors
/// [`StoreError::Address`] where `admin` is not PostgreSQL or a name has other signs than a-z, 0-9 and _;
/// [`StoreError::Driver`] where the server refuses.
pub async fn create(
    admin: &DatabaseUrl,
    name: &str,
    template: Option<&str>,
) -> Result<DatabaseUrl, StoreError> {
    let copy = template.map(|t| plain(t).map(|t| format!(" TEMPLATE {t}"))).transpose()?.unwrap_or_default();
    run(admin, format!("CREATE DATABASE {}{copy}", plain(name)?)).await?;
    let Place::Postgres(options) = &admin.place else { return Err(not_a_server()) };
    Ok(DatabaseUrl {
        place: Place::Postgres(Box::new(options.as_ref().clone().database(name))),
        ..admin.clone()
    })
}

/// Drops a database and whoever is connected to it; nothing happens where it is not there.
///
/// # Errors
/// As [`create`].
pub async fn drop(admin: &DatabaseUrl, name: &str) -> Result<(), StoreError> {
    run(admin, format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", plain(name)?)).await
}

async fn run(admin: &DatabaseUrl, sql: String) -> Result<(), StoreError> {
    let Place::Postgres(options) = &admin.place else { return Err(not_a_server()) };
    let mut connection = PgConnection::connect_with(options).await?;
    // A database's name cannot be a parameter; `plain` has let only letters, digits and _ through.
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await?;
    connection.close().await?;
    Ok(())
}

fn plain(name: &str) -> Result<&str, StoreError> {
    let sound =
        !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if sound {
        Ok(name)
    } else {
        Err(StoreError::Address("has a database name with other signs than a-z, 0-9 and _".to_owned()))
    }
}

fn not_a_server() -> StoreError {
    StoreError::Address("is not a PostgreSQL server".to_owned())
}
