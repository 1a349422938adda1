//! `medrecord models`: the speech models in the data folder, checked by hash.

use crate::cli::Models;
use crate::config::Config;
use crate::say;
use anyhow::Result;
use medrecord_scribe::models::{self, Progress, Stage};
use std::process::ExitCode;

/// Runs the command; `verify` fails where a file is not what it should be, and where there is none.
pub(crate) fn run(config: &Config, command: &Models) -> Result<ExitCode> {
    let folder = config.models_dir()?;
    match command {
        Models::List => {
            let there = models::installed(&folder);
            let rows: Vec<[String; 3]> = models::catalogue()
                .iter()
                .map(|model| {
                    let installed = there.iter().any(|file| file.model.name == model.name);
                    let state = if installed { "installed" } else { "-" };
                    [model.name.to_owned(), state.to_owned(), model.summary.to_owned()]
                })
                .collect();
            say::table(&rows)?;
            Ok(ExitCode::SUCCESS)
        }
        Models::Install { name, from } => {
            std::fs::create_dir_all(&folder)?;
            let mut bar = say::Bar::new("{msg} {wide_bar} {bytes}/{total_bytes}")?;
            let mut show = |progress: Progress| {
                let what = match progress.stage {
                    Stage::Download => "fetching",
                    Stage::Check => "checking",
                    Stage::Convert => "converting",
                };
                bar.show(what, progress.done, progress.total);
            };
            let installed = if from.is_empty() {
                models::download(&folder, name, &mut show)?
            } else {
                models::install_from_files(&folder, name, from, &mut show)?
            };
            bar.end();
            say::line(format!("installed {} in {}", installed.model.name, installed.path.display()))?;
            Ok(ExitCode::SUCCESS)
        }
        Models::Verify => {
            let found = models::verify(&folder)?;
            if found.is_empty() {
                say::line("no model is installed; run medrecord models install base")?;
            }
            let mut sound = true;
            for (file, right) in &found {
                sound &= right;
                let words = if *right { "is what it should be" } else { "is damaged; install it again" };
                say::line(format!("{} {words}", file.file.name))?;
            }
            Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
    }
}
