//! A database's address: what `DATABASE_URL` may say and what it means.
//!
//! `postgresql://user:pass@host:5432/db?schema=public&connection_limit=10&pool_timeout=10`, or
//! `file:./dev.db`, or `sqlite:./dev.db`.

use crate::error::StoreError;
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
}

#[derive(Clone)]
pub(crate) enum Place {
    Sqlite(PathBuf),
    Postgres(Box<PgConnectOptions>),
}

/// Never shows the password.
impl std::fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.in_words())
    }
}

impl DatabaseUrl {
    /// The address of an SQLite file.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self {
            place: Place::Sqlite(path.into()),
            connection_limit: 10,
            pool_timeout: Duration::from_secs(10),
        }
    }

    /// What and where the database is, for people and logs; without user and password.
    pub fn in_words(&self) -> String {
        match &self.place {
            Place::Sqlite(path) => format!("SQLite file {}", path.display()),
            Place::Postgres(options) => format!(
                "PostgreSQL database {} on {}:{}",
                options.get_database().unwrap_or("(default)"),
                options.get_host(),
                options.get_port()
            ),
        }
    }

    /// Whether the database is an SQLite file, and which.
    pub fn sqlite_file(&self) -> Option<&std::path::Path> {
        match &self.place {
            Place::Sqlite(path) => Some(path),
            Place::Postgres(_) => None,
        }
    }
}

impl FromStr for DatabaseUrl {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        let (address, query) = text.split_once('?').unwrap_or((text, ""));
        let mut read = if let Some(path) =
            address.strip_prefix("file:").or_else(|| address.strip_prefix("sqlite:"))
        {
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() {
                return Err(StoreError::Address("names no file; write for example file:./dev.db".to_owned()));
            }
            Self::file(path)
        } else if address.starts_with("postgresql://") || address.starts_with("postgres://") {
            Self { place: postgres(address, query)?, ..Self::file("") }
        } else {
            return Err(StoreError::Address(
                "starts neither with postgresql:// nor with file: or sqlite:".to_owned(),
            ));
        };
        for (name, value) in pairs(query) {
            let number = || {
                let wrong = || {
                    StoreError::Address(format!("has {name}={value}, which is not a number from 1 to 1000"))
                };
                value.parse::<u32>().ok().filter(|n| (1..=1000).contains(n)).ok_or_else(wrong)
            };
            match name {
                "connection_limit" => read.connection_limit = number()?,
                "pool_timeout" => read.pool_timeout = Duration::from_secs(u64::from(number()?)),
                _ => {}
            }
        }
        Ok(read)
    }
}

fn pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query.split('&').filter_map(|pair| pair.split_once('='))
}

fn postgres(address: &str, query: &str) -> Result<Place, StoreError> {
    const OURS: [&str; 3] = ["schema", "connection_limit", "pool_timeout"];
    let others: Vec<&str> = query
        .split('&')
        .filter(|pair| !pair.is_empty() && !OURS.iter().any(|o| pair.split('=').next() == Some(o)))
        .collect();
    let options: PgConnectOptions = format!("{address}?{}", others.join("&")).parse().map_err(|_| {
        StoreError::Address(
            "is not a PostgreSQL address such as postgresql://user:password@host:5432/database".to_owned(),
        )
    })?;
    let schema = pairs(query).find(|(name, _)| *name == "schema").map_or("public", |(_, schema)| schema);
    let sound = !schema.is_empty() && schema.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !sound {
        return Err(StoreError::Address(
            "has a schema name with other signs than letters, digits and _".to_owned(),
        ));
    }
    // The extensions' operator classes live in public; the practice's own schema comes first.
    let path = if schema == "public" { "public".to_owned() } else { format!("{schema},public") };
    Ok(Place::Postgres(Box::new(options.options([("search_path", path)]))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mission_documents_addresses_are_read() {
        let url: DatabaseUrl =
            "postgresql://user:pass@host:5432/db?schema=public&connection_limit=7&pool_timeout=3"
                .parse()
                .unwrap();
        assert_eq!((url.connection_limit, url.pool_timeout), (7, Duration::from_secs(3)));
        assert_eq!(url.in_words(), "PostgreSQL database db on host:5432");
        for text in ["file:./dev.db", "sqlite:./dev.db", "sqlite://./dev.db"] {
            assert_eq!(text.parse::<DatabaseUrl>().unwrap().in_words(), "SQLite file ./dev.db");
        }
    }

    #[test]
    fn a_wrong_address_is_refused_with_the_way_out_and_without_the_password() {
        for text in [
            "",
            "mysql://u:secret@h/d",
            "file:",
            "postgresql://u:secret@h/d?schema=a;b",
            "file:x?connection_limit=0",
        ] {
            let message = text.parse::<DatabaseUrl>().unwrap_err().to_string();
            assert!(message.contains("DATABASE_URL") && !message.contains("secret"), "{text}: {message}");
        }
    }
}
