//! What other parts of this crate ask of the migrations: which there are, an older schema, what a table is for.

use super::deploy::{Purpose, deploy_files};
use super::files::{Dialect, Files};
use crate::database::Store;
use crate::error::StoreError;

/// The versions that this program knows, in order.
pub fn known(store: &Store) -> Vec<i64> {
    Files::built_in().of(Dialect::of(store)).iter().map(|file| file.version).collect()
}

/// Applies what is pending up to a version, to a database that nobody else uses yet.
///
/// # Errors
/// As [`deploy_files`].
pub async fn deploy_to(store: &Store, version: i64) -> Result<(), StoreError> {
    deploy_files(store, &Files::built_in().up_to(version), Purpose::Development).await?;
    Ok(())
}

/// What the comment before `CREATE TABLE` says of a table; SQLite keeps no comments itself.
pub fn words_on_table(name: &str) -> String {
    let lead = format!("CREATE TABLE {name} (");
    for file in Files::built_in().of(Dialect::Sqlite) {
        let Some((before, _)) = file.sql.as_str().split_once(&lead) else { continue };
        let lines: Vec<&str> = before.lines().rev().map_while(|line| line.strip_prefix("-- ")).collect();
        return lines.into_iter().rev().collect::<Vec<_>>().join(" ");
    }
    String::new()
}
