//! `medrecord restore`: brings a backup back, or moves a practice to another database.

use super::backup::{read_keys, watch};
use crate::config::Config;
use crate::{door, say};
use anyhow::Result;
use clap::Args;
use medrecord_store::audit::Verdict;
use medrecord_store::backup::{self, Progress, Target};
use medrecord_store::{Actor, Via};
use std::path::PathBuf;

/// Flags of `restore`.
#[derive(Debug, Args)]
pub(crate) struct Restore {
    /// The backup
    pub file: PathBuf,
    /// The database to restore into, empty or not there yet; the configured one if not set
    #[arg(long, value_name = "URL")]
    pub into: Option<String>,
    /// The file that holds its key, where it is encrypted
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// Keep an SQLite file that stands in the way under another name
    #[arg(long)]
    pub set_aside: bool,
}

/// Restores, and says what came back.
pub(crate) fn run(config: &Config, flags: &Restore) -> Result<()> {
    let keys = read_keys(flags.key.as_deref())?;
    let target =
        Target { url: config.database()?, data_folder: config.data_dir()?, set_aside: flags.set_aside };
    door::wait_for(async {
        let progress = Progress::default();
        let actor = Actor::machine("command line", Via::Command);
        let work = backup::restore(&flags.file, &keys, &target, actor, &progress);
        let done = watch(&progress, "restoring", work).await?;
        if let Some(aside) = &done.aside {
            say::line(format!("the database that was there is now {}", aside.display()))?;
        }
        say::line(format!(
            "restored {} rows of {} tables and {} files, as of {}, into {}; each row was compared",
            done.rows,
            done.tables,
            done.files,
            done.made_at,
            target.url.in_words()
        ))?;
        match done.audit {
            Verdict::Sound(events) => say::line(format!("all {events} audit events hold")),
            Verdict::Broken { lane, seq, what } => {
                say::news(format!(
                    "warning: the audit trail was broken when this was backed up: event {seq} of lane {lane}: {what}"
                ));
                Ok(())
            }
        }
    })
}
