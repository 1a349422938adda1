//! `medrecord migrate`: makes and updates the database's tables.

use crate::cli::Migrate;
use crate::config::Config;
use crate::{door, say};
use anyhow::Result;
use medrecord_store::migrate;
use std::process::ExitCode;

/// Runs the command; `status` fails where something is pending, so that scripts can ask.
pub(crate) fn run(config: &Config, command: &Migrate) -> Result<ExitCode> {
    door::wait_for(async {
        let store = door::open(config).await?;
        let pending = match command {
            Migrate::Deploy => {
                let applied = migrate::deploy(&store).await.map_err(door::store_trouble)?;
                for step in &applied {
                    say::line(format!("applied {} {}", step.version, step.name))?;
                }
                if applied.is_empty() {
                    say::line("nothing is pending")?;
                }
                0
            }
            Migrate::Status => {
                let steps = migrate::status(&store).await.map_err(door::store_trouble)?;
                let rows: Vec<[String; 3]> = steps
                    .iter()
                    .map(|step| {
                        let word = if step.applied { "applied" } else { "pending" };
                        [word.to_owned(), step.version.to_string(), step.name.clone()]
                    })
                    .collect();
                say::table(&rows)?;
                steps.iter().filter(|step| !step.applied).count()
            }
        };
        store.close().await;
        Ok(if pending == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    })
}
