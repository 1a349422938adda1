//! `deploy`: what would run, and the real thing with its proof.

use super::Errand;
use super::care::{self, Care};
use crate::{door, say};
use anyhow::Result;
use medrecord_store::migrate;
use serde_json::json;
use std::process::ExitCode;

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
        let done = care::bring_up_to_date(self.config, &self.files, care, say::news).await?;
        if self.json {
            let names: Vec<String> = done.steps.iter().map(migrate::Step::file_name).collect();
            say::line(json!({ "applied": names, "proven": done.proven }).to_string())?;
            return Ok(ExitCode::SUCCESS);
        }
        for step in &done.steps {
            say::line(format!("applied {}", step.file_name()))?;
        }
        if let Some(proven) = &done.proven {
            say::line(care::in_words(proven))?;
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
}
