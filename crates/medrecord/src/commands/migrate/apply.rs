//! `deploy`: what would run, the rehearsal, and the real thing with its proof.

use super::{Errand, purpose};
use crate::{door, say};
use anyhow::Result;
use medrecord_store::Store;
use medrecord_store::migrate::{self, Proven, Rehearsal, Standing};
use serde_json::json;
use std::process::ExitCode;

/// What precedes a deploy.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Care {
    Rehearse,
    None,
}

impl Errand<'_> {
    pub(super) async fn plan(&self) -> Result<ExitCode> {
        let store = door::open(self.config).await?;
        let planned = migrate::plan(&store, &self.files).await.map_err(door::store_trouble)?;
        store.close().await;
        if self.json {
            say::line(serde_json::to_string_pretty(&planned)?)?;
            return Ok(ExitCode::SUCCESS);
        }
        for migration in &planned {
            let how = if migration.in_transaction {
                "in one transaction"
            } else {
                "by itself, outside a transaction"
            };
            say::line(format!("{} ({how})", migration.file))?;
            for statement in &migration.statements {
                for (at, line) in statement.sql.lines().enumerate() {
                    let number = if at == 0 { statement.line.to_string() } else { String::new() };
                    say::line(format!("{number:>6}  {line}"))?;
                }
                let rows: Vec<String> =
                    statement.rows.iter().map(|(table, rows)| format!("{table} {rows}")).collect();
                if !rows.is_empty() {
                    say::line(format!("        -- rows: {}", rows.join(", ")))?;
                }
            }
            for finding in &migration.findings {
                say::line(format!(
                    "  ! line {}: {} [{}]; instead: {}",
                    finding.line, finding.words, finding.rule, finding.instead
                ))?;
            }
        }
        say::line(match planned.len() {
            0 => "nothing is pending; the database is current".to_owned(),
            count => format!("{count} migration(s) would run; nothing was changed"),
        })?;
        Ok(ExitCode::SUCCESS)
    }

    pub(super) async fn deploy(&self, care: Care) -> Result<ExitCode> {
        if care == Care::Rehearse {
            self.rehearse().await?;
        }
        let store = door::open(self.config).await?;
        let done = migrate::deploy_files(&store, &self.files, purpose(self.config))
            .await
            .map_err(door::store_trouble)?;
        store.close().await;
        if self.json {
            let names: Vec<String> = done.steps.iter().map(migrate::Step::file_name).collect();
            say::line(json!({ "applied": names, "proven": done.proven }).to_string())?;
            return Ok(ExitCode::SUCCESS);
        }
        for step in &done.steps {
            say::line(format!("applied {}", step.file_name()))?;
        }
        if let Some(proven) = &done.proven {
            say::line(in_words(proven))?;
        }
        say::line(match done.steps.len() {
            0 => "nothing is pending; the database is current".to_owned(),
            count => format!("{count} migration(s) applied; the database is current"),
        })?;
        if done.marked.is_some() {
            say::news(
                "marked as a production database: reset and dev refuse it from now on (MEDRECORD_ENV=development marks none)",
            );
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Copies a database with data aside and tries the migrations on a copy; a failure there ends the command here.
    async fn rehearse(&self) -> Result<()> {
        let url = self.config.database()?;
        let store = door::open(self.config).await?;
        if !self.has_work(&store).await? {
            store.close().await;
            return Ok(());
        }
        let folder = self.config.data_dir()?.join("backups");
        let aside = migrate::copy_aside(&store, &folder).await.map_err(door::store_trouble)?;
        store.close().await;
        match &aside {
            Some(path) => say::news(format!("copied aside to {}", path.display())),
            None => say::news("no copy is made of a PostgreSQL database here: back it up yourself first"),
        }
        match migrate::rehearse(&url, &self.files, aside.as_deref()).await.map_err(door::store_trouble)? {
            Rehearsal::Ran { deployed, took } => {
                let proven = deployed.proven.as_ref().map(in_words).unwrap_or_default();
                say::news(format!("rehearsed on a copy in {:.1} s: {proven}", took.as_secs_f32()));
            }
            Rehearsal::LeftOut(why) => say::news(format!("not rehearsed on a copy: {why}")),
        }
        Ok(())
    }

    async fn has_work(&self, store: &Store) -> Result<bool> {
        let standing = Standing::read(store, &self.files).await.map_err(door::store_trouble)?;
        standing.sound().map_err(door::store_trouble)?;
        if standing.pending().next().is_none() {
            return Ok(false);
        }
        migrate::has_data(store).await.map_err(door::store_trouble)
    }
}

fn in_words(proven: &Proven) -> String {
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
