//! What precedes an update of a database with data: a copy that can be gone back to, and a rehearsal on another one.
//! `migrate deploy` and `serve --migrate` take the same steps.

use super::purpose;
use crate::commands::backup;
use crate::config::Config;
use crate::door;
use anyhow::{Context, Result};
use medrecord_store::Store;
use medrecord_store::migrate::{self, Aside, Deployed, Files, Proven, Rehearsal, Standing};

/// What precedes a deploy.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Care {
    Rehearse,
    None,
}

/// Applies what is pending, whole or not at all; whoever listens hears of each step before it.
pub(crate) async fn bring_up_to_date(
    config: &Config,
    files: &Files,
    care: Care,
    tell: impl Fn(String),
) -> Result<Deployed> {
    let aside = match care {
        Care::Rehearse => rehearse(config, files, &tell).await?,
        Care::None => None,
    };
    let store = door::open(config).await?;
    let done = migrate::deploy_noted(&store, files, purpose(config), aside.as_ref()).await;
    store.close().await;
    done.map_err(door::store_trouble)
}

/// Copies a database with data aside and tries the migrations on a copy; a failure there is the end.
async fn rehearse(config: &Config, files: &Files, tell: &impl Fn(String)) -> Result<Option<Aside>> {
    let store = door::open(config).await?;
    if !has_work(&store, files).await? {
        store.close().await;
        return Ok(None);
    }
    let folder = config.backup_dir()?;
    let copied = migrate::copy_aside(&store, &folder, config.backup_recipient()?).await;
    store.close().await;
    let aside = copied.map_err(backup::trouble).context(
        "no copy could be made before the update, so nothing was changed; with a backup at hand, medrecord migrate deploy --no-rehearsal goes on without one",
    )?;
    tell(format!("copied aside to {}", aside.path.display()));
    match migrate::rehearse(&config.database()?, files, &aside).await.map_err(backup::trouble)? {
        Rehearsal::Ran { deployed, took } => {
            let proven = deployed.proven.as_ref().map(in_words).unwrap_or_default();
            tell(format!("rehearsed on a copy in {:.1} s: {proven}", took.as_secs_f32()));
        }
        Rehearsal::LeftOut(why) => tell(format!("not rehearsed on a copy: {why}")),
    }
    Ok(Some(aside))
}

async fn has_work(store: &Store, files: &Files) -> Result<bool> {
    let standing = Standing::read(store, files).await.map_err(door::store_trouble)?;
    standing.sound().map_err(door::store_trouble)?;
    if standing.pending().next().is_none() {
        return Ok(false);
    }
    migrate::has_data(store).await.map_err(door::store_trouble)
}

/// What was proven, in one line.
pub(super) fn in_words(proven: &Proven) -> String {
    let again =
        proven.digests_recomputed.map(|count| format!(", {count} read again and true to their signature"));
    format!(
        "{} row(s) in {} table(s) counted again, {} signed record(s) the same to the letter{}",
        proven.rows,
        proven.tables,
        proven.signed_records,
        again.unwrap_or_default()
    )
}
