//! `medrecord seed`: the first rows of a practice.

use crate::cli::Seed;
use crate::config::Config;
use crate::{door, say};
use anyhow::Result;
use medrecord_store::seed;

/// Adds what is missing and says so.
pub(crate) fn run(config: &Config, flags: &Seed) -> Result<()> {
    door::wait_for(async {
        let store = door::open_current(config).await?;
        let mut desk = door::desk(&store).await?;
        let (_, added) = seed::default_provider(&mut desk).await.map_err(door::trouble)?;
        let patient = if flags.sample || config.is_development() {
            Some(seed::sample_patient(&mut desk).await.map_err(door::trouble)?)
        } else {
            None
        };
        desk.close().await.map_err(door::trouble)?;
        store.close().await;
        if added {
            say::line(format!("added {} (password {})", seed::EMAIL, seed::PASSWORD))?;
            say::line(format!("before real use: medrecord provider password {}", seed::EMAIL))?;
        } else {
            say::line(format!("{} is there already", seed::EMAIL))?;
        }
        match patient {
            Some(true) => say::line("added the sample patient Jane Doe"),
            Some(false) => say::line("the sample patient Jane Doe is there already"),
            None => Ok(()),
        }
    })
}
