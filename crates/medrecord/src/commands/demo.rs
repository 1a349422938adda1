//! `medrecord demo`: a sample clinic of invented people in a file of its own, served at once.

use super::serve;
use crate::cli::Demo;
use crate::config::Config;
use crate::{door, log, say};
use anyhow::{Context, Result};
use medrecord_store::url::DatabaseUrl;
use medrecord_store::{Store, migrate, population, seed};
use medrecord_web::{App, Settings};
use std::path::Path;

const FILE: &str = "clinic.db";
/// A clinic that is still being made; only a finished one gets the name above.
const UNFINISHED: &str = "clinic.making.db";

/// Makes the sample clinic where there is none, fills today, and serves.
pub(crate) fn run(config: &Config, flags: &Demo) -> Result<()> {
    let address = config.listen()?;
    let zone = config.zone()?;
    log::start(config)?;
    door::wait_for(async {
        // Takes the address first: a clinic that cannot be shown need not be made.
        let listener = serve::listen(address).await?;
        let address = listener.local_addr()?;
        let dir = &flags.dir;
        std::fs::create_dir_all(dir).with_context(|| format!("{} cannot be made", dir.display()))?;
        if flags.fresh {
            remove(dir, FILE)?;
        }
        let file = dir.join(FILE);
        if !file.exists() {
            say::news("making the sample clinic, a few seconds");
            remove(dir, UNFINISHED)?;
            let store = open(&dir.join(UNFINISHED)).await?;
            population::sample_clinic(&store, zone).await.map_err(door::trouble)?;
            store.close().await;
            std::fs::rename(dir.join(UNFINISHED), &file)
                .with_context(|| format!("{} cannot be written", file.display()))?;
        }
        let store =
            open(&file).await.context("the sample clinic cannot be opened; start over with --fresh")?;
        population::fill_today(&store, zone).await.map_err(door::trouble)?;
        let settings = Settings {
            secure: false,
            development: false,
            data_folder: dir.clone(),
            ..serve::settings(config)?
        };
        say::line(format!("The sample clinic is open at http://{address}"))?;
        say::line(format!(
            "Sign in as {} with {}. Everybody in it is invented.",
            seed::EMAIL,
            seed::PASSWORD
        ))?;
        say::line("Press Ctrl-C to close it; what you do in it is kept.")?;
        serve::serve(listener, App::new(store, settings)).await
    })
}

/// Opens a clinic's file and brings its tables up to date.
async fn open(file: &Path) -> Result<Store> {
    let store = Store::open(&DatabaseUrl::file(file)).await.map_err(door::store_trouble)?;
    migrate::deploy(&store).await.map_err(door::store_trouble)?;
    Ok(store)
}

/// Removes a database with the files that SQLite keeps beside it.
fn remove(dir: &Path, name: &str) -> Result<()> {
    for end in ["", "-wal", "-shm"] {
        let path = dir.join(format!("{name}{end}"));
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("{} cannot be removed", path.display()));
            }
            Ok(()) | Err(_) => {}
        }
    }
    Ok(())
}
