//! `medrecord audit`: proves the trail, or takes it out.

use crate::cli::Audit;
use crate::config::Config;
use crate::{door, say};
use anyhow::Result;
use medrecord_store::audit::{self, Event, Verb, Verdict};
use std::process::ExitCode;

/// Events read at a time.
const PAGE: i64 = 500;

/// Runs the command; `verify` fails where a link does not hold.
pub(crate) fn run(config: &Config, command: &Audit) -> Result<ExitCode> {
    door::wait_for(async {
        let store = door::open_current(config).await?;
        let mut desk = door::desk(&store).await?;
        let code = match command {
            Audit::Verify => match audit::verify(&mut desk).await.map_err(door::trouble)? {
                Verdict::Sound(count) => {
                    say::line(format!("all {count} events hold"))?;
                    ExitCode::SUCCESS
                }
                Verdict::Broken { lane, seq, what } => {
                    say::news(format!("error: event {seq} of lane {lane}: {what}; compare with a backup"));
                    ExitCode::FAILURE
                }
            },
            Audit::Export => {
                let mut last = None;
                loop {
                    let page = audit::export_after(&mut desk, last, PAGE).await.map_err(door::trouble)?;
                    let Some(end) = page.last() else { break };
                    last = Some(end.id);
                    for entry in &page {
                        say::line(serde_json::to_string(entry)?)?;
                    }
                }
                desk.record(Event::new(Verb::Export, "audit_event"));
                ExitCode::SUCCESS
            }
        };
        desk.close().await.map_err(door::trouble)?;
        store.close().await;
        Ok(code)
    })
}
