//! The migrations' files: those built into the binary, or those of a folder on an engineer's machine.

use crate::database::{Pools, Store};
use crate::error::StoreError;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, SqlSafeStr};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::Path;

static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");
static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");

/// The kind of database that a file is written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dialect {
    /// PostgreSQL 15 and newer.
    Postgres,
    /// SQLite, STRICT tables.
    Sqlite,
}

impl Dialect {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Postgres, Self::Sqlite];

    /// The name of its folder.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::Sqlite => "sqlite",
        }
    }

    /// What an open database is.
    pub fn of(store: &Store) -> Self {
        match store.pools {
            Pools::Postgres(_) => Self::Postgres,
            Pools::Sqlite { .. } => Self::Sqlite,
        }
    }
}

/// All migrations, for both kinds of database.
#[derive(Debug, Clone)]
pub struct Files {
    postgres: Vec<Migration>,
    sqlite: Vec<Migration>,
    built_in: bool,
}

/// One file to read.
#[derive(Debug, Clone)]
pub struct File {
    /// `postgres/20261122100000_create_providers_and_patients.sql`.
    pub path: String,
    /// What it is written for.
    pub dialect: Dialect,
    /// Its SQL.
    pub text: String,
}

impl Files {
    /// Those that this program was built with.
    pub fn built_in() -> Self {
        Self { postgres: POSTGRES.migrations.to_vec(), sqlite: SQLITE.migrations.to_vec(), built_in: true }
    }

    /// Those of a folder with `postgres/` and `sqlite/` in it.
    ///
    /// # Errors
    /// [`StoreError::Migration`] where a name is wrong, or a file has no twin; [`StoreError::Machine`].
    pub fn read(folder: &Path) -> Result<Self, StoreError> {
        let postgres = read_folder(&folder.join("postgres"))?;
        let sqlite = read_folder(&folder.join("sqlite"))?;
        let names = |files: &[Migration]| files.iter().map(name_of).collect::<BTreeSet<_>>();
        if let Some(alone) = names(&postgres).symmetric_difference(&names(&sqlite)).next() {
            return Err(StoreError::Migration(format!(
                "{alone}.sql is in one of {0}/postgres and {0}/sqlite only; medrecord migrate new makes both",
                folder.display()
            )));
        }
        Ok(Self { postgres, sqlite, built_in: false })
    }

    /// Whether these are the ones this program was built with.
    pub(crate) fn are_built_in(&self) -> bool {
        self.built_in
    }

    pub(crate) fn of(&self, dialect: Dialect) -> &[Migration] {
        match dialect {
            Dialect::Postgres => &self.postgres,
            Dialect::Sqlite => &self.sqlite,
        }
    }

    /// The texts, to be read and judged.
    pub fn texts(&self, dialect: Dialect) -> Vec<File> {
        self.of(dialect).iter().map(|migration| file_of(dialect, migration)).collect()
    }

    /// The first so many of them; the rest is left out.
    #[must_use]
    pub fn up_to(mut self, version: i64) -> Self {
        self.postgres.retain(|file| file.version <= version);
        self.sqlite.retain(|file| file.version <= version);
        self
    }

    /// The number of the newest one; 0 where there is none.
    pub fn newest(&self) -> i64 {
        self.postgres.iter().map(|file| file.version).max().unwrap_or(0)
    }
}

pub(crate) fn file_of(dialect: Dialect, migration: &Migration) -> File {
    File {
        path: format!("{}/{}.sql", dialect.folder(), name_of(migration)),
        dialect,
        text: migration.sql.as_str().to_owned(),
    }
}

/// `20261122100000_create_providers_and_patients`.
pub(crate) fn name_of(migration: &Migration) -> String {
    format!("{}_{}", migration.version, migration.description.replace(' ', "_"))
}

/// Reads `YYYYMMDDHHMMSS_descriptive_action` into its number and its action.
pub(crate) fn parse_name(name: &str) -> Option<(i64, &str)> {
    let (number, action) = name.split_once('_')?;
    let sound = number.len() == 14 && number.bytes().all(|byte| byte.is_ascii_digit()) && is_action(action);
    Some((number.parse().ok().filter(|_| sound)?, action))
}

/// Whether a text is words of a-z and 0-9 joined by _.
pub(crate) fn is_action(text: &str) -> bool {
    let word =
        |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    text.len() <= 80 && text.starts_with(|c: char| c.is_ascii_lowercase()) && text.split('_').all(word)
}

fn read_folder(folder: &Path) -> Result<Vec<Migration>, StoreError> {
    let entries = std::fs::read_dir(folder).map_err(|error| {
        StoreError::Migration(format!(
            "{} cannot be read ({error}); name the folder of migrations with --dir",
            folder.display()
        ))
    })?;
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == "sql") {
            found.push(read_file(&path)?);
        }
    }
    found.sort();
    Ok(found)
}

fn read_file(path: &Path) -> Result<Migration, StoreError> {
    let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
    let Some((version, action)) = parse_name(name) else {
        return Err(StoreError::Migration(format!(
            "{} is not named YYYYMMDDHHMMSS_descriptive_action.sql; rename it in both folders",
            path.display()
        )));
    };
    let text = std::fs::read_to_string(path)?;
    let alone = text.starts_with("-- no-transaction");
    let description = Cow::Owned(action.replace('_', " "));
    let sql = AssertSqlSafe(text).into_sql_str();
    Ok(Migration::new(version, description, MigrationType::Simple, sql, alone))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_fourteen_digits_and_plain_words() {
        assert_eq!(
            parse_name("20240221150000_add_patient_email_index"),
            Some((20_240_221_150_000, "add_patient_email_index"))
        );
        for wrong in [
            "2024_add",
            "20240221150000",
            "20240221150000_",
            "20240221150000_Add",
            "20240221150000_add-x",
            "20240221150000_add__x",
        ] {
            assert_eq!(parse_name(wrong), None, "{wrong}");
        }
    }
}
