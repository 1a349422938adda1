//! A PostgreSQL server's address: where it is, how the way to it is kept secret, what each session starts with.

use super::query::{POSTGRES, Query, sound_schema};
use super::{DatabaseUrl, Place};
use crate::error::StoreError;
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use std::time::Duration;

/// What the server shows of us in `pg_stat_activity`, where the address says nothing else.
const APPLICATION_NAME: &str = "medrecord";

pub(super) fn read(address: &str, mut query: Query<'_>) -> Result<DatabaseUrl, StoreError> {
    let plain: PgConnectOptions = address.parse().map_err(|_| {
        StoreError::Address(
            "is not a PostgreSQL address such as postgresql://user:password@host:5432/database".to_owned(),
        )
    })?;
    let mut url = DatabaseUrl::at(Place::Postgres(Box::default()));
    url.take(&mut query)?;
    if let Some(seconds) = query.number("connect_timeout", 1..=1000)? {
        url.connect_timeout = Duration::from_secs(u64::from(seconds));
    }
    query.limit("idle_timeout", &mut url.idle_timeout)?;
    query.limit("max_lifetime", &mut url.max_lifetime)?;
    query.limit("statement_timeout", &mut url.statement_timeout)?;
    if let Some(schema) = query.text("schema") {
        sound_schema(&schema)?;
        url.schema = schema;
    }
    url.pgbouncer = query.yes("pgbouncer")?;
    let mut options = secured(plain, &mut query)?;
    if let Some(host) = query.text("host") {
        options = if host.starts_with('/') { options.socket(host) } else { options.host(&host) };
    }
    let name = query.text("application_name");
    options = options.application_name(name.as_deref().unwrap_or(APPLICATION_NAME));
    query.end("a PostgreSQL server", &POSTGRES)?;
    url.place = Place::Postgres(Box::new(session(options, &url)));
    Ok(url)
}

/// As libpq does: `require` with a root certificate checks the server against it.
fn secured(mut options: PgConnectOptions, query: &mut Query<'_>) -> Result<PgConnectOptions, StoreError> {
    let root = query.text("sslrootcert");
    if let Some(mode) = query.text("sslmode") {
        let mode = match (mode.as_str(), &root) {
            ("disable", _) => PgSslMode::Disable,
            ("prefer", _) => PgSslMode::Prefer,
            ("require", None) => PgSslMode::Require,
            ("require", Some(_)) | ("verify-ca", _) => PgSslMode::VerifyCa,
            ("verify-full", _) => PgSslMode::VerifyFull,
            _ => {
                return Err(StoreError::Address(format!(
                    "has sslmode={mode}; there are disable, prefer, require, verify-ca and verify-full"
                )));
            }
        };
        options = options.ssl_mode(mode);
    }
    if let Some(root) = root {
        options = options.ssl_root_cert(readable("sslrootcert", root)?);
    }
    match (query.text("sslcert"), query.text("sslkey")) {
        (None, None) => Ok(options),
        (Some(cert), Some(key)) => {
            Ok(options.ssl_client_cert(readable("sslcert", cert)?).ssl_client_key(readable("sslkey", key)?))
        }
        (Some(_), None) | (None, Some(_)) => Err(StoreError::Address(
            "has only one of sslcert and sslkey; a client's certificate needs both".to_owned(),
        )),
    }
}

/// A file that is there, so that a slip in its name shows at the start and not as a failed handshake.
fn readable(name: &str, path: String) -> Result<String, StoreError> {
    if std::fs::File::open(&path).is_ok() {
        return Ok(path);
    }
    Err(StoreError::Address(format!("has {name}={path}, a file that is not there or cannot be read")))
}

/// Screens ask short statements. PostgreSQL may take one for long, and compile it or start workers for it, which takes
/// longer than running it: the day's visits at 100,000 patients, with one plan kept for all days, took 200 ms so and 44 ms
/// without, on a busy machine.
const FOR_SHORT_STATEMENTS: [(&str, &str); 2] = [("jit", "off"), ("max_parallel_workers_per_gather", "0")];

/// What a session starts with. A pooler takes none of it from us: there it is said at the start of each transaction.
///
/// The path holds the practice's schema alone: whatever is missing there must not be found in another practice's.
pub(super) fn session(options: PgConnectOptions, url: &DatabaseUrl) -> PgConnectOptions {
    if url.pgbouncer {
        return options.extra_float_digits(None).statement_cache_capacity(0);
    }
    let path =
        options.options([("search_path", format!("\"{}\"", url.schema))]).options(FOR_SHORT_STATEMENTS);
    match url.statement_timeout {
        Some(timeout) => path.options([("statement_timeout", timeout.as_millis())]),
        None => path,
    }
}

/// How every loan of a pooler's connection begins: a transaction of our own, so that the server behind it stays the
/// same until the end, without statements that another client prepared there under the same names.
pub(crate) fn loan_begins(url: &DatabaseUrl) -> String {
    let timeout = url.statement_timeout.map_or(0, |timeout| timeout.as_millis());
    let short = FOR_SHORT_STATEMENTS.map(|(name, value)| format!("; SET LOCAL {name} TO {value}")).concat();
    format!(
        "BEGIN; DEALLOCATE ALL; SET LOCAL search_path TO \"{}\"; SET LOCAL statement_timeout TO {timeout}{short}",
        url.schema
    )
}
