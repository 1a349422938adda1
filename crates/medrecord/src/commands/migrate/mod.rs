//! `medrecord migrate`: makes and updates the database's tables.

use crate::commands::seed::{self, Samples};
use crate::config::Config;
use crate::{door, say};
use anyhow::{Context, Result, bail};
use medrecord_store::Store;
use medrecord_store::migrate::{self, Files, Purpose};
use serde_json::json;
use std::io::{BufRead, IsTerminal};
use std::path::PathBuf;
use std::process::ExitCode;

mod apply;
mod author;
pub(crate) mod care;
mod flags;
mod inspect;

pub(crate) use flags::{Migrate, Step};

/// What the settings say that the database is for.
pub(crate) fn purpose(config: &Config) -> Purpose {
    if config.is_development() { Purpose::Development } else { Purpose::Production }
}

/// Runs the command; `status` fails where something is pending, so that scripts can ask.
pub(crate) fn run(config: &Config, flags: &Migrate) -> Result<ExitCode> {
    // Who writes migrations works on the checkout's files; who applies them, on those in the program.
    let dir = match &flags.step {
        Step::New { .. } | Step::Dev { .. } => Some(author::folder(flags.dir.as_deref())?),
        Step::Lint => author::folder(flags.dir.as_deref()).ok(),
        Step::Deploy { .. }
        | Step::Status
        | Step::Diff { .. }
        | Step::Reset { .. }
        | Step::Resolve { .. } => flags.dir.clone(),
    };
    let files = match &dir {
        Some(dir) => Files::read(dir).map_err(door::store_trouble)?,
        None => Files::built_in(),
    };
    let it = Errand { config, files, dir: dir.unwrap_or_default(), json: flags.json };
    door::wait_for(async {
        match &flags.step {
            Step::New { name } => it.new_migration(name),
            Step::Dev { name, create_only, skip_seed, schema } => {
                let then = match (create_only, skip_seed) {
                    (true, _) => author::Then::Stop,
                    (false, true) => author::Then::Apply,
                    (false, false) => author::Then::ApplyAndSeed,
                };
                it.dev(name.as_deref(), schema.as_deref(), then).await
            }
            Step::Diff { sql } => it.diff(if *sql { inspect::Show::Sql } else { inspect::Show::Words }).await,
            Step::Lint => it.lint(),
            Step::Deploy { plan: true, .. } => it.plan().await,
            Step::Deploy { plan: false, no_rehearsal } => {
                it.deploy(if *no_rehearsal { care::Care::None } else { care::Care::Rehearse }).await
            }
            Step::Status => it.status().await,
            Step::Reset { force, skip_seed } => {
                it.reset(*force, if *skip_seed { Seed::Skip } else { Seed::Plant }).await
            }
            Step::Resolve { applied, rolled_back } => {
                it.resolve(applied.as_deref(), rolled_back.as_deref()).await
            }
        }
    })
}

/// Whether the first rows are added.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Seed {
    Plant,
    Skip,
}

/// What every step needs.
struct Errand<'a> {
    config: &'a Config,
    files: Files,
    /// Where the files were read from; empty where they are the program's own.
    dir: PathBuf,
    json: bool,
}

impl Errand<'_> {
    async fn reset(&self, force: bool, seed: Seed) -> Result<ExitCode> {
        self.only_in_development("reset")?;
        let store = door::open(self.config).await?;
        if let Some(since) = migrate::production_since(&store).await.map_err(door::store_trouble)? {
            bail!(
                "this database was deployed as production on {since} and is never reset; for a development database name another one in DATABASE_URL"
            );
        }
        if !force {
            ask(&format!("Everything in {} will be gone", self.config.database()?.in_words()))?;
        }
        let steps = migrate::reset(&store, &self.files).await.map_err(door::store_trouble)?;
        let seeded = self.seed(&store, seed).await?;
        store.close().await;
        if self.json {
            say::line(json!({ "applied": steps.len(), "seeded": seeded }).to_string())?;
        } else {
            say::line(format!("the database is as new; {} migration(s) applied", steps.len()))?;
            seeded.iter().try_for_each(say::line)?;
        }
        Ok(ExitCode::SUCCESS)
    }

    async fn resolve(&self, applied: Option<&str>, rolled_back: Option<&str>) -> Result<ExitCode> {
        let store = door::open(self.config).await?;
        let (name, word) = match (applied, rolled_back) {
            (Some(name), _) => {
                migrate::resolve_applied(&store, &self.files, name).await.map_err(door::store_trouble)?;
                (name, "applied")
            }
            (None, name) => {
                let name = name.context("name a migration with --applied or --rolled-back")?;
                migrate::resolve_rolled_back(&store, &self.files, name).await.map_err(door::store_trouble)?;
                (name, "not applied")
            }
        };
        store.close().await;
        if self.json {
            say::line(json!({ "migration": name, "nowWrittenDownAs": word }).to_string())?;
        } else {
            say::line(format!(
                "{name} is now written down as {word}; medrecord migrate diff compares the schema"
            ))?;
        }
        Ok(ExitCode::SUCCESS)
    }

    fn only_in_development(&self, step: &str) -> Result<()> {
        if !self.config.is_development() {
            bail!(
                "migrate {step} is for development machines; set MEDRECORD_ENV=development there, or run medrecord migrate deploy here"
            );
        }
        Ok(())
    }

    async fn seed(&self, store: &Store, seed: Seed) -> Result<Vec<String>> {
        match seed {
            Seed::Skip => Ok(Vec::new()),
            Seed::Plant => seed::plant(store, Samples::Too).await,
        }
    }
}

/// Asks on a terminal; elsewhere there is nobody to ask, and nothing is done.
fn ask(what: &str) -> Result<()> {
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        bail!("{what}; nobody is there to confirm it: add --force");
    }
    say::news(format!("{what}. Type yes to go on:"));
    let mut answer = String::new();
    stdin.lock().read_line(&mut answer).context("the terminal cannot be read")?;
    if answer.trim() != "yes" {
        bail!("nothing was changed");
    }
    Ok(())
}
