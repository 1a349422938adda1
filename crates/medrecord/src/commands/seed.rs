//! `medrecord seed`: the first rows of a practice.

use crate::cli::Seed;
use crate::config::Config;
use crate::{door, say};
use anyhow::Result;
use medrecord_store::{Store, seed};

/// Adds what is missing and says so.
pub(crate) fn run(config: &Config, flags: &Seed) -> Result<()> {
    door::wait_for(async {
        let store = door::open_current(config).await?;
        let samples = if flags.sample || config.is_development() { Samples::Too } else { Samples::None };
        for line in plant(&store, samples).await? {
            say::line(line)?;
        }
        store.close().await;
        Ok(())
    })
}

/// Whether the sample patient is added too.
#[derive(Clone, Copy)]
pub(crate) enum Samples {
    /// On a development machine, or where it was asked for.
    Too,
    /// The first person alone.
    None,
}

/// Adds what is missing; returns what there is to say.
pub(crate) async fn plant(store: &Store, samples: Samples) -> Result<Vec<String>> {
    let mut desk = door::desk(store).await?;
    let (_, added) = seed::default_provider(&mut desk).await.map_err(door::trouble)?;
    let mut words = if added {
        vec![
            format!("added {} (password {})", seed::EMAIL, seed::PASSWORD),
            format!("before real use: medrecord provider password {}", seed::EMAIL),
        ]
    } else {
        vec![format!("{} is there already", seed::EMAIL)]
    };
    if let Samples::Too = samples {
        let added = seed::sample_patient(&mut desk).await.map_err(door::trouble)?;
        let word = if added {
            "added the sample patient Jane Doe"
        } else {
            "the sample patient Jane Doe is there already"
        };
        words.push(word.to_owned());
    }
    desk.close().await.map_err(door::trouble)?;
    Ok(words)
}
