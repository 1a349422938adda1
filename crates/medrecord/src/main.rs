//! The front door: commands, settings, printing and exit codes.
//!
//! Exit 0: done. 1: refused or failed, with one sentence on standard error. 2: wrong usage.

mod cli;
mod commands;
mod config;
mod door;
mod log;
mod say;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    match commands::run(cli::Cli::parse()) {
        Ok(code) => code,
        Err(error) if say::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            say::trouble(&error);
            ExitCode::FAILURE
        }
    }
}
