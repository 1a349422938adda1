//! What stands behind the `?` of an address: each parameter once, each known, each with a value that makes sense.

use crate::error::StoreError;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::time::Duration;

/// What an SQLite file may be opened with.
pub(super) const SQLITE: [&str; 2] = ["connection_limit", "pool_timeout"];

/// What a PostgreSQL server may be reached with.
pub(super) const POSTGRES: [&str; 14] = [
    "schema",
    "connection_limit",
    "pool_timeout",
    "connect_timeout",
    "statement_timeout",
    "idle_timeout",
    "max_lifetime",
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "application_name",
    "host",
    "pgbouncer",
];

/// The parameters that nobody has taken yet.
pub(super) struct Query<'a> {
    left: BTreeMap<&'a str, String>,
}

impl<'a> Query<'a> {
    /// Reads `name=value&name=value`, values percent-encoded.
    pub(super) fn read(text: &'a str) -> Result<Self, StoreError> {
        let mut left = BTreeMap::new();
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = form_urlencoded::parse(format!("v={value}").as_bytes())
                .next()
                .map_or_else(String::new, |(_, value)| value.into_owned());
            if left.insert(name, value).is_some() {
                return Err(StoreError::Address(format!("says {name} twice; leave one of them out")));
            }
        }
        Ok(Self { left })
    }

    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        self.left.remove(name)
    }

    pub(super) fn number(
        &mut self,
        name: &str,
        allowed: RangeInclusive<u32>,
    ) -> Result<Option<u32>, StoreError> {
        let Some(value) = self.text(name) else { return Ok(None) };
        let number = value.parse().ok().filter(|number| allowed.contains(number));
        number.map(Some).ok_or_else(|| {
            StoreError::Address(format!(
                "has {name}={value}, which is not a number from {} to {}",
                allowed.start(),
                allowed.end()
            ))
        })
    }

    /// Whole seconds, at most a day; 0 is for never. What stands there already holds where nothing is said.
    pub(super) fn limit(&mut self, name: &str, held: &mut Option<Duration>) -> Result<(), StoreError> {
        if let Some(seconds) = self.number(name, 0..=86_400)? {
            *held = (seconds > 0).then(|| Duration::from_secs(u64::from(seconds)));
        }
        Ok(())
    }

    pub(super) fn yes(&mut self, name: &str) -> Result<bool, StoreError> {
        match self.text(name).as_deref() {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(other) => {
                Err(StoreError::Address(format!("has {name}={other}, which is neither true nor false")))
            }
        }
    }

    /// Refuses what is left over, and says what there is.
    pub(super) fn end(self, of: &str, known: &[&str]) -> Result<(), StoreError> {
        let Some(name) = self.left.keys().next() else { return Ok(()) };
        let means = match *name {
            "sslaccept" | "sslidentity" | "sslpassword" => "; write sslmode=verify-full&sslrootcert=ca.pem",
            "socket_timeout" => "; write statement_timeout",
            _ => "",
        };
        Err(StoreError::Address(format!(
            "has a parameter {name}, which means nothing for {of}{means}; there are {}",
            known.join(", ")
        )))
    }
}

/// Letters, digits and _, at most 63, no name of the server's own.
pub(super) fn sound_schema(name: &str) -> Result<(), StoreError> {
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let own = name.starts_with("pg_") || name == "information_schema";
    if plain && !own && (1..=63).contains(&name.len()) {
        return Ok(());
    }
    Err(StoreError::Address(
        "has a schema name that cannot be used; take up to 63 letters, digits and _, not pg_ in front"
            .to_owned(),
    ))
}
