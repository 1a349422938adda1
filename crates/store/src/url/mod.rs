//! A database's address: what `DATABASE_URL` may say and what it means.
//!
//! `postgresql://user:pass@host:5432/db?schema=public&connection_limit=10&pool_timeout=10`, or
//! `file:./dev.db`, or `sqlite:./dev.db`. What may stand behind the `?` is in [`query`].

pub(crate) mod postgres;
mod query;
#[cfg(test)]
mod tests;

use crate::error::StoreError;
use query::Query;
use sqlx::postgres::PgConnectOptions;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

/// A database's address, read.
#[derive(Clone)]
pub struct DatabaseUrl {
    pub(crate) place: Place,
    /// The most connections in the pool (`connection_limit`, default 10).
    pub connection_limit: u32,
    /// How long a request waits for a free connection (`pool_timeout`, seconds, default 10).
    pub pool_timeout: Duration,
    /// How long a server may take to answer a new connection (`connect_timeout`, seconds, default 5).
    pub connect_timeout: Duration,
    /// After how long unused a connection is closed (`idle_timeout`, seconds, default 300, 0 for never).
    pub idle_timeout: Option<Duration>,
    /// After how long in all a connection is replaced (`max_lifetime`, seconds, default 1800, 0 for never).
    pub max_lifetime: Option<Duration>,
    /// After how long the server gives a statement up (`statement_timeout`, seconds; none by default).
    pub statement_timeout: Option<Duration>,
    /// The PostgreSQL schema that holds the practice (`schema`, default `public`).
    pub(crate) schema: String,
    /// Whether a pooler stands between that lends a server connection for one transaction (`pgbouncer=true`).
    pub(crate) pgbouncer: bool,
}

#[derive(Clone)]
pub(crate) enum Place {
    Sqlite(PathBuf),
    Postgres(Box<PgConnectOptions>),
}

/// The schema of PostgreSQL that is there from the beginning.
pub(crate) const PUBLIC: &str = "public";

/// Never shows the password.
impl std::fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.in_words())
    }
}

impl DatabaseUrl {
    /// The address of an SQLite file.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self::at(Place::Sqlite(path.into()))
    }

    fn at(place: Place) -> Self {
        Self {
            place,
            connection_limit: 10,
            pool_timeout: Duration::from_secs(10),
            connect_timeout: Duration::from_secs(5),
            idle_timeout: Some(Duration::from_mins(5)),
            max_lifetime: Some(Duration::from_mins(30)),
            statement_timeout: None,
            schema: PUBLIC.to_owned(),
            pgbouncer: false,
        }
    }

    /// What and where the database is, for people and logs; without user and password.
    pub fn in_words(&self) -> String {
        match &self.place {
            Place::Sqlite(path) => format!("SQLite file {}", path.display()),
            Place::Postgres(options) => {
                let name = options.get_database().unwrap_or("(default)");
                let schema = match self.schema.as_str() {
                    PUBLIC => String::new(),
                    other => format!(", schema {other},"),
                };
                match options.get_socket() {
                    Some(folder) => {
                        format!("PostgreSQL database {name}{schema} on the socket in {}", folder.display())
                    }
                    None => format!(
                        "PostgreSQL database {name}{schema} on {}:{}",
                        options.get_host(),
                        options.get_port()
                    ),
                }
            }
        }
    }

    /// The name of the database on its PostgreSQL server.
    pub(crate) fn database_name(&self) -> Option<String> {
        match &self.place {
            Place::Sqlite(_) => None,
            Place::Postgres(options) => options.get_database().map(str::to_owned),
        }
    }

    /// The same server's own database, from which others are made.
    pub(crate) fn on_maintenance(&self) -> Result<Self, StoreError> {
        match &self.place {
            Place::Sqlite(_) => Err(StoreError::Address("is not a PostgreSQL server".to_owned())),
            Place::Postgres(options) => Ok(Self {
                place: Place::Postgres(Box::new(options.as_ref().clone().database("postgres"))),
                ..self.clone()
            }),
        }
    }

    /// Whether the database is an SQLite file, and which.
    pub fn sqlite_file(&self) -> Option<&std::path::Path> {
        match &self.place {
            Place::Sqlite(path) => Some(path),
            Place::Postgres(_) => None,
        }
    }

    /// The same server and practice in another schema.
    ///
    /// # Errors
    /// [`StoreError::Address`] where the name cannot be one, or where this is an SQLite file.
    pub fn in_schema(&self, schema: &str) -> Result<Self, StoreError> {
        let Place::Postgres(options) = &self.place else {
            return Err(StoreError::Address("names an SQLite file, which has no schemas".to_owned()));
        };
        query::sound_schema(schema)?;
        let url = Self { schema: schema.to_owned(), ..self.clone() };
        let place = Place::Postgres(Box::new(postgres::session(options.as_ref().clone(), &url)));
        Ok(Self { place, ..url })
    }

    fn take(&mut self, query: &mut Query<'_>) -> Result<(), StoreError> {
        if let Some(limit) = query.number("connection_limit", 1..=1000)? {
            self.connection_limit = limit;
        }
        if let Some(seconds) = query.number("pool_timeout", 1..=1000)? {
            self.pool_timeout = Duration::from_secs(u64::from(seconds));
        }
        Ok(())
    }
}

impl FromStr for DatabaseUrl {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        let (address, query) = text.split_once('?').unwrap_or((text, ""));
        let mut query = Query::read(query)?;
        if let Some(path) = address.strip_prefix("file:").or_else(|| address.strip_prefix("sqlite:")) {
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() {
                return Err(StoreError::Address("names no file; write for example file:./dev.db".to_owned()));
            }
            let mut read = Self::file(path);
            read.take(&mut query)?;
            query.end("an SQLite file", &query::SQLITE)?;
            Ok(read)
        } else if address.starts_with("postgresql://") || address.starts_with("postgres://") {
            postgres::read(address, query)
        } else {
            Err(StoreError::Address("starts neither with postgresql:// nor with file: or sqlite:".to_owned()))
        }
    }
}
