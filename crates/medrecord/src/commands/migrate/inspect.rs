//! What only looks: `status`, `diff`, `lint`.

use super::Errand;
use crate::{door, say};
use anyhow::Result;
use medrecord_store::migrate::{self, Difference, Drift, Standing};
use serde_json::json;
use std::process::ExitCode;

/// What `diff` prints.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Show {
    Words,
    Sql,
}

impl Errand<'_> {
    pub(super) async fn status(&self) -> Result<ExitCode> {
        let url = self.config.database()?;
        let missing = url.sqlite_file().is_some_and(|file| !file.exists());
        let (standing, since) = if missing {
            (Standing::of_nothing(&self.files), None)
        } else {
            let store = door::open(self.config).await?;
            let standing = Standing::read(&store, &self.files).await.map_err(door::store_trouble)?;
            let since = migrate::production_since(&store).await.map_err(door::store_trouble)?;
            store.close().await;
            (standing, since)
        };
        let pending = standing.pending().count();
        let troubles = standing.troubles();
        if self.json {
            say::line(serde_json::to_string_pretty(&json!({
                "database": url.in_words(),
                "exists": !missing,
                "productionSince": since.map(|at| at.to_string()),
                "pending": pending,
                "troubles": troubles,
                "migrations": standing.steps,
            }))?)?;
        } else {
            let there = if missing { " (not made yet)" } else { "" };
            let mark = since.map(|at| format!(", production since {at}")).unwrap_or_default();
            say::line(format!("{}{there}{mark}", url.in_words()))?;
            say::table(&standing.steps.iter().map(row).collect::<Vec<_>>())?;
            for trouble in &troubles {
                say::news(format!("error: {trouble}"));
            }
            if troubles.is_empty() {
                say::line(match pending {
                    0 => "nothing is pending; the database is current".to_owned(),
                    _ => format!("{pending} migration(s) are pending; run medrecord migrate deploy"),
                })?;
            }
        }
        Ok(if pending == 0 && troubles.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    pub(super) async fn diff(&self, show: Show) -> Result<ExitCode> {
        let url = self.config.database()?;
        if url.sqlite_file().is_some_and(|file| !file.exists()) {
            anyhow::bail!("{} is not made yet; run medrecord migrate deploy", url.in_words());
        }
        let store = door::open(self.config).await?;
        let drift = migrate::drift(&store, &self.files).await.map_err(door::store_trouble)?;
        store.close().await;
        let same = drift.differences.is_empty();
        if self.json {
            say::line(serde_json::to_string_pretty(&drift)?)?;
        } else if show == Show::Sql {
            drift.repair.lines().try_for_each(say::line)?;
        } else {
            say::line(format!("{} compared with {}", url.in_words(), drift.compared_with))?;
            print(&drift)?;
        }
        Ok(if same { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    pub(super) fn lint(&self) -> Result<ExitCode> {
        let found = migrate::lint(&self.files);
        if self.json {
            say::line(serde_json::to_string_pretty(&found)?)?;
        } else {
            for finding in &found {
                let file = self.dir.join(&finding.file);
                say::line(format!(
                    "{}:{}: {} [{}]",
                    file.display(),
                    finding.line,
                    finding.words,
                    finding.rule
                ))?;
                say::line(format!("    {}; instead: {}", finding.harm.as_str(), finding.instead))?;
            }
            say::line(match found.len() {
                0 => "nothing found".to_owned(),
                count => format!("{count} finding(s); accept one with -- lint: allow RULE, because …"),
            })?;
        }
        Ok(if found.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

fn print(drift: &Drift) -> Result<()> {
    for Difference { words, note, .. } in &drift.differences {
        say::line(format!("- {words}"))?;
        if let Some(note) = note {
            say::line(format!("    {note}"))?;
        }
    }
    if drift.differences.is_empty() {
        return say::line("no difference");
    }
    say::line(format!("{} difference(s); nothing was changed", drift.differences.len()))?;
    if !drift.repair.is_empty() {
        say::line(
            "\nThis SQL repairs what can be repaired without losing anything; back up, read it, then run it:\n",
        )?;
        drift.repair.lines().try_for_each(say::line)?;
    }
    Ok(())
}

fn row(step: &migrate::Step) -> [String; 3] {
    let word = match step.state {
        migrate::State::Applied => "applied",
        migrate::State::Pending => "pending",
        migrate::State::Edited => "EDITED",
        migrate::State::Unknown => "UNKNOWN",
        migrate::State::Late => "LATE",
        migrate::State::Unfinished => "UNFINISHED",
    };
    let at = step.applied_at.iter().flat_map(|at| at.chars().take("2026-11-22 09:30:00".len())).collect();
    [word.to_owned(), step.file_name(), at]
}
