//! The commands, a file for each noun.

use crate::cli::{Cli, Command};
use crate::config::{Config, Sources};
use anyhow::Result;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

mod audit;
pub(crate) mod backup;
mod check;
mod demo;
mod generate;
pub(crate) mod migrate;
mod models;
mod provider;
pub(crate) mod restore;
mod scribe;
mod scribe_bench;
mod seed;
mod serve;
mod studio;
mod tls;
mod token;

/// Runs a command to its end.
pub(crate) fn run(cli: Cli) -> Result<ExitCode> {
    let mut flags = BTreeMap::new();
    if let Some(dir) = &cli.data_dir {
        flags.insert("MEDRECORD_DATA_DIR", dir.display().to_string());
    }
    flags.extend(settings_in(&cli.command));
    let listen = match &cli.command {
        Command::Serve(serve) => serve.listen.clone(),
        Command::Demo(demo) => demo.listen.clone(),
        Command::Studio(_)
        | Command::Migrate(_)
        | Command::Seed(_)
        | Command::Provider(_)
        | Command::Tls(_)
        | Command::Token(_)
        | Command::Audit(_)
        | Command::Check
        | Command::Scribe(_)
        | Command::ScribeBench(_)
        | Command::Models(_)
        | Command::Backup(_)
        | Command::Restore(_)
        | Command::Generate(_) => None,
    };
    if let Some(listen) = listen {
        flags.insert("MEDRECORD_LISTEN", listen);
    }
    let config = Config::settle(&Sources::read(flags)?);
    let done = |()| ExitCode::SUCCESS;
    match cli.command {
        Command::Demo(flags) => demo::run(&config, &flags).map(done),
        Command::Models(command) => models::run(&config, &command),
        Command::Generate(flags) => generate::run(&config, &flags).map(done),
        Command::Backup(flags) => backup::run(&config, &flags),
        Command::Restore(flags) => restore::run(&config, &flags).map(done),
        Command::Serve(flags) => serve::run(&config, &flags).map(done),
        Command::Studio(flags) => studio::run(&config, &flags).map(done),
        Command::Migrate(command) => migrate::run(&config, &command),
        Command::Seed(flags) => seed::run(&config, &flags).map(done),
        Command::Provider(command) => provider::run(&config, command).map(done),
        Command::Tls(command) => tls::run(&config, &command).map(done),
        Command::Token(command) => token::run(&config, command).map(done),
        Command::Audit(command) => audit::run(&config, &command),
        Command::Check => check::run(&config),
        Command::Scribe(flags) => scribe::run(&config, &flags).map(done),
        Command::ScribeBench(flags) => scribe_bench::run(&flags),
    }
}

/// The flags of `serve`, `backup` and `restore` that are settings too.
fn settings_in(command: &Command) -> Vec<(&'static str, String)> {
    let mut flags = Vec::new();
    if let Command::Backup(given) = command {
        let out = match &given.command {
            Some(backup::BackupCommand::List { out }) => out,
            Some(backup::BackupCommand::Verify { .. } | backup::BackupCommand::Key { .. }) | None => {
                &given.out
            }
        };
        flags.extend(out.as_ref().map(|out| ("MEDRECORD_BACKUP_DIR", out.display().to_string())));
        flags.extend(given.keep_days.map(|days| ("MEDRECORD_BACKUP_KEEP_DAYS", days.to_string())));
        flags.extend(given.recipient.clone().map(|recipient| ("MEDRECORD_BACKUP_RECIPIENT", recipient)));
    }
    if let Command::Serve(given) = command {
        let path = |path: &PathBuf| path.display().to_string();
        flags.extend(given.tls_cert.as_ref().map(|file| ("MEDRECORD_TLS_CERT", path(file))));
        flags.extend(given.tls_key.as_ref().map(|file| ("MEDRECORD_TLS_KEY", path(file))));
        flags.extend(given.redirect_from.clone().map(|from| ("MEDRECORD_REDIRECT_FROM", from)));
    }
    if let Command::Restore(given) = command {
        flags.extend(given.into.clone().map(|url| ("DATABASE_URL", url)));
    }
    flags
}
