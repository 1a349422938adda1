//! Mends the history where a person mended the schema by hand; the schema itself is not touched.

use super::files::{Dialect, Files, name_of};
use super::history::{self, Ended, State, Step};
use super::work::Work;
use crate::database::Store;
use crate::error::StoreError;

/// Writes a migration down as applied without running it.
///
/// # Errors
/// [`StoreError::Migration`] where there is no such file, or it is applied already.
pub async fn resolve_applied(store: &Store, files: &Files, name: &str) -> Result<(), StoreError> {
    let files = files.of(Dialect::of(store));
    let Some(file) = history::named(files, name) else {
        return Err(no_such(name, files.iter().map(name_of)));
    };
    let mut work = Work::begin(store).await?;
    let standing = history::held_against(files, &history::applied(&mut work.conn()).await?);
    let step = standing.steps.iter().find(|step| step.version == file.version);
    match step.map(|step| step.state) {
        Some(State::Unfinished) => history::end(&mut work, file.version, -1).await?,
        Some(State::Pending | State::Late) | None => {
            history::make_table(&mut work.conn()).await?;
            history::add(&mut work, file, Ended::In(-1)).await?;
        }
        Some(State::Applied | State::Edited | State::Unknown) => {
            return Err(StoreError::Migration(format!("{} is applied already", name_of(file))));
        }
    }
    work.commit().await
}

/// Takes a migration that did not end, or whose file is gone, out of the history.
///
/// # Errors
/// [`StoreError::Migration`] where the database does not have it, or it is applied as it should be.
pub async fn resolve_rolled_back(store: &Store, files: &Files, name: &str) -> Result<(), StoreError> {
    let mut work = Work::begin(store).await?;
    let standing =
        history::held_against(files.of(Dialect::of(store)), &history::applied(&mut work.conn()).await?);
    let in_database = |step: &&Step| step.applied_at.is_some();
    let named = |step: &&Step| step.file_name() == name || step.version.to_string() == name;
    let Some(step) = standing.steps.iter().filter(in_database).find(named) else {
        return Err(no_such(name, standing.steps.iter().filter(in_database).map(Step::file_name)));
    };
    match step.state {
        State::Unfinished | State::Unknown => {
            history::take_back(&mut work, step.version).await?;
            work.commit().await
        }
        State::Applied | State::Edited | State::Pending | State::Late => Err(StoreError::Migration(format!(
            "{} is applied; what it did is undone by a new migration, not by forgetting it",
            step.file_name()
        ))),
    }
}

fn no_such(name: &str, known: impl Iterator<Item = String>) -> StoreError {
    let newest = known.last().unwrap_or_else(|| "none".to_owned());
    StoreError::Migration(format!("there is no migration {name}; the newest is {newest}"))
}
