//! The log: lines for people on a terminal, JSON lines elsewhere; on standard error, nothing personal.

use crate::config::Config;
use anyhow::{Context, Result};
use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// Starts the log as the settings say.
pub(crate) fn start(config: &Config) -> Result<()> {
    let filter = config.text("MEDRECORD_LOG").unwrap_or("info");
    let filter = EnvFilter::try_new(filter)
        .with_context(|| format!("MEDRECORD_LOG={filter} is not a log filter; write for example info"))?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = if std::io::stderr().is_terminal() {
        log.with_target(false).try_init()
    } else {
        log.json().flatten_event(true).try_init()
    };
    started.map_err(|error| anyhow::anyhow!("the log cannot be started: {error}"))
}
