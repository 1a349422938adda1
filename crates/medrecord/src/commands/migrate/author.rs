//! What writes migrations: `new` and `dev`.

use super::{Errand, Seed};
use crate::{door, say};
use anyhow::{Context, Result, bail};
use medrecord_store::migrate::{self, Draft, Files, Finding, Purpose, Scaffold, Standing};
use medrecord_store::{Clock, Store};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What `dev` does once the files are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    Stop,
    Apply,
    ApplyAndSeed,
}

const FOLDER: &str = "crates/store/migrations";
const SCHEMA: &str = "prisma/schema.prisma";

/// The folder of migrations: the one that was named, or the checkout's.
pub(super) fn folder(named: Option<&Path>) -> Result<PathBuf> {
    match named {
        Some(dir) => Ok(dir.to_owned()),
        None => above(FOLDER)?.with_context(|| {
            format!("there is no {FOLDER} here or above; run this in a checkout of the project, or name the folder with --dir")
        }),
    }
}

/// A path in this folder or in one above it, as short as it can be said.
fn above(path: &str) -> Result<Option<PathBuf>> {
    let here = std::env::current_dir().context("this folder cannot be read")?;
    let found = here.ancestors().map(|folder| folder.join(path)).find(|path| path.exists());
    Ok(found.map(|path| {
        let short = path.strip_prefix(&here).ok().map(Path::to_owned);
        short.unwrap_or(path)
    }))
}

impl Errand<'_> {
    pub(super) fn new_migration(&self, name: &str) -> Result<ExitCode> {
        let written = self.write(&[migrate::blank(name)])?;
        self.say_written(&written, &Scaffold::default())?;
        if !self.json {
            say::line("write both, then: medrecord migrate lint && medrecord migrate dev")?;
        }
        Ok(ExitCode::SUCCESS)
    }

    pub(super) async fn dev(
        &self,
        name: Option<&str>,
        schema: Option<&Path>,
        then: Then,
    ) -> Result<ExitCode> {
        self.only_in_development("dev")?;
        let store = door::open_or_make(self.config).await?;
        if migrate::production_since(&store).await.map_err(door::store_trouble)?.is_some() {
            bail!(
                "this database was deployed as production; try changes on another one, and bring them here with medrecord migrate deploy"
            );
        }
        Standing::read(&store, &self.files).await.and_then(|it| it.sound()).map_err(door::store_trouble)?;
        self.warn_of_drift(&store).await?;
        let made = self.scaffold(name, schema).await?;
        let written = self.write(&made.drafts)?;
        self.say_written(&written, &made)?;
        if !made.by_hand.is_empty() {
            say::news(format!(
                "error: {} change(s) are left to you, marked BY HAND in the files; then run medrecord migrate dev",
                made.by_hand.len()
            ));
            return Ok(ExitCode::FAILURE);
        }
        if then != Then::Stop {
            self.apply(&store, then).await?;
        }
        store.close().await;
        Ok(ExitCode::SUCCESS)
    }

    async fn warn_of_drift(&self, store: &Store) -> Result<()> {
        let drift = migrate::drift(store, &self.files).await.map_err(door::store_trouble)?;
        if !drift.differences.is_empty() {
            say::news(format!(
                "the live database differs from its migrations in {} place(s); medrecord migrate diff shows them",
                drift.differences.len()
            ));
        }
        Ok(())
    }

    async fn scaffold(&self, name: Option<&str>, schema: Option<&Path>) -> Result<Scaffold> {
        let path = match schema {
            Some(path) => path.to_owned(),
            None => match above(SCHEMA)? {
                Some(path) => path,
                None if name.is_none() => return Ok(Scaffold::default()),
                None => bail!("there is no {SCHEMA} here or above; name the declared schema with --schema"),
            },
        };
        let text =
            std::fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
        let action = name.unwrap_or("change_schema");
        let made = migrate::scaffold(&self.files, &text, action).await.map_err(door::store_trouble)?;
        if name.is_none() && !made.changes.is_empty() {
            let changes = made.changes.join("\n  ");
            bail!("{} asks for a migration; name it with --name:\n  {changes}", path.display());
        }
        Ok(made)
    }

    fn write(&self, drafts: &[Draft]) -> Result<Vec<PathBuf>> {
        let first = migrate::next_number(&self.files, Clock::System.now());
        let mut written = Vec::new();
        for (number, draft) in (first..).zip(drafts) {
            written.extend(migrate::write_draft(&self.dir, number, draft).map_err(door::store_trouble)?);
        }
        Ok(written)
    }

    fn say_written(&self, written: &[PathBuf], made: &Scaffold) -> Result<()> {
        if self.json {
            let paths: Vec<String> = written.iter().map(|path| path.display().to_string()).collect();
            return say::line(
                json!({ "written": paths, "changes": made.changes, "byHand": made.by_hand }).to_string(),
            );
        }
        made.changes.iter().try_for_each(|change| say::line(format!("- {change}")))?;
        written.iter().try_for_each(|path| say::line(format!("wrote {}", path.display())))
    }

    async fn apply(&self, store: &Store, then: Then) -> Result<()> {
        let files = Files::read(&self.dir).map_err(door::store_trouble)?;
        let found: Vec<Finding> = migrate::lint(&files)
            .into_iter()
            .filter(|finding| !migrate::lint(&self.files).contains(finding))
            .collect();
        for finding in &found {
            say::news(format!("{}:{}: {}", finding.file, finding.line, finding.words));
        }
        let done =
            migrate::deploy_files(store, &files, Purpose::Development).await.map_err(door::store_trouble)?;
        let seed = if then == Then::ApplyAndSeed { Seed::Plant } else { Seed::Skip };
        let mut said: Vec<String> =
            done.steps.iter().map(|step| format!("applied {}", step.file_name())).collect();
        if done.steps.is_empty() {
            said.push("nothing is pending; the database is current".to_owned());
        }
        // This program was built before the new migration; its first rows nearly always fit all the same.
        match self.seed(store, seed).await {
            Ok(lines) => said.extend(lines),
            Err(error) => said.push(format!("not seeded ({error:#}); build again, then medrecord seed")),
        }
        if files.newest() > Files::built_in().newest() {
            said.push("build again, so that the program knows the new migration".to_owned());
        }
        if !self.json {
            said.iter().try_for_each(say::line)?;
        }
        Ok(())
    }
}
