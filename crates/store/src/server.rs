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

/// Makes the database of an address that is not there yet.
///
/// # Errors
/// As [`create`].
pub async fn create_missing(url: &DatabaseUrl) -> Result<(), StoreError> {
    let name = url.database_name().ok_or_else(not_a_server)?;
    create(&url.on_maintenance()?, &name, None).await.map(|_| ())
}

/// Drops a database and whoever is connected to it; nothing happens where it is not there.
///
/// # Errors
/// As [`create`].
pub async fn drop(admin: &DatabaseUrl, name: &str) -> Result<(), StoreError> {
    run(admin, format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", plain(name)?)).await
}

/// Databases for passing work begin so; nobody else's may.
const PASSING: &str = "medrecord_rehearsal_";
const LEFT: &str = "SELECT datname FROM pg_database WHERE starts_with(datname, $1)";
/// Held on the server's own database as long as the work goes on; it ends with the process.
const HOLD: &str = "SELECT pg_try_advisory_lock(hashtextextended($1, 0))";
const LET_GO: &str = "SELECT pg_advisory_unlock(hashtextextended($1, 0))";

/// A database for passing work. It is to be dropped; where the process is killed before, the next one drops it.
pub(crate) struct Passing {
    /// Where the server makes databases.
    pub(crate) admin: DatabaseUrl,
    /// Its name.
    pub(crate) name: String,
    held: PgConnection,
}

impl Passing {
    /// Reserves a name on the server of an address, and drops what killed processes left there.
    pub(crate) async fn reserve(url: &DatabaseUrl) -> Result<Self, StoreError> {
        let admin = url.on_maintenance()?;
        let Place::Postgres(options) = &admin.place else { return Err(not_a_server()) };
        let mut held = PgConnection::connect_with(options).await?;
        let left: Vec<String> = sqlx::query_scalar(LEFT).bind(PASSING).fetch_all(&mut held).await?;
        for name in left {
            let free: bool = sqlx::query_scalar(HOLD).bind(&name).fetch_one(&mut held).await?;
            if free {
                if let Err(error) = drop(&admin, &name).await {
                    tracing::warn!(%error, "a database of a killed rehearsal could not be dropped");
                }
                sqlx::query(LET_GO).bind(&name).execute(&mut held).await?;
            }
        }
        let random = crate::Chance::System.bytes::<6>()?;
        let name = format!("{PASSING}{}", crate::hex::encode(&random));
        sqlx::query(HOLD).bind(&name).execute(&mut held).await?;
        Ok(Self { admin, name, held })
    }

    /// Makes it, empty or as a copy, and returns its address.
    pub(crate) async fn create(&self, template: Option<&str>) -> Result<DatabaseUrl, StoreError> {
        create(&self.admin, &self.name, template).await
    }

    /// Drops it.
    pub(crate) async fn end(self) -> Result<(), StoreError> {
        drop(&self.admin, &self.name).await?;
        Ok(self.held.close().await?)
    }
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
