//! The commands, a file for each noun.

use crate::cli::{Cli, Command};
use crate::config::{Config, Sources};
use anyhow::Result;
use std::collections::BTreeMap;
use std::process::ExitCode;

mod audit;
mod check;
mod migrate;
mod provider;
mod scribe;
mod seed;
mod serve;
mod token;

/// Runs a command to its end.
pub(crate) fn run(cli: Cli) -> Result<ExitCode> {
    let mut flags = BTreeMap::new();
    if let Some(dir) = &cli.data_dir {
        flags.insert("MEDRECORD_DATA_DIR", dir.display().to_string());
    }
    if let Command::Serve(serve) = &cli.command
        && let Some(listen) = &serve.listen
    {
        flags.insert("MEDRECORD_LISTEN", listen.clone());
    }
    let config = Config::settle(&Sources::read(flags)?);
    let done = |()| ExitCode::SUCCESS;
    match cli.command {
        Command::Demo(_) => anyhow::bail!("the sample clinic is not built yet"),
        Command::Serve(flags) => serve::run(&config, &flags).map(done),
        Command::Migrate(command) => migrate::run(&config, &command),
        Command::Seed(flags) => seed::run(&config, &flags).map(done),
        Command::Provider(command) => provider::run(&config, command).map(done),
        Command::Token(command) => token::run(&config, command).map(done),
        Command::Audit(command) => audit::run(&config, &command),
        Command::Check => check::run(&config),
        Command::Scribe(flags) => scribe::run(&config, &flags).map(done),
    }
}
