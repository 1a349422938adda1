//! The flags of `medrecord migrate`, as `--help` shows them.

use clap::{ArgGroup, Args, Subcommand};
use std::path::PathBuf;

/// Flags of every step.
#[derive(Debug, Args)]
pub(crate) struct Migrate {
    /// What to do
    #[command(subcommand)]
    pub step: Step,
    /// Print JSON, for scripts
    #[arg(long, global = true)]
    pub json: bool,
    /// Folder with postgres/ and sqlite/ in it, instead of the files built into this program
    #[arg(long, global = true, value_name = "DIR")]
    pub dir: Option<PathBuf>,
}

/// Commands of `migrate`.
#[derive(Debug, Subcommand)]
pub(crate) enum Step {
    /// Makes the two files of a migration, for PostgreSQL and SQLite, to be written by hand
    #[command(after_help = "Examples:
  medrecord migrate new add_patient_email_index
  medrecord migrate new merge_phone_numbers --dir crates/store/migrations")]
    New {
        /// What it does, in words joined by _
        #[arg(value_parser = action)]
        name: String,
    },
    /// Writes the migration that a changed prisma/schema.prisma asks for, applies it and seeds
    #[command(after_help = "Examples:
  MEDRECORD_ENV=development medrecord migrate dev --name add_patient_nickname
  MEDRECORD_ENV=development medrecord migrate dev --name add_patient_nickname --create-only
  MEDRECORD_ENV=development medrecord migrate dev          apply what is pending

Review both files before they are committed; what only a person can decide is marked BY HAND.")]
    Dev {
        /// What the change is, in words joined by _
        #[arg(long, value_parser = action)]
        name: Option<String>,
        /// Write the files, apply nothing
        #[arg(long)]
        create_only: bool,
        /// Apply, but add no first rows
        #[arg(long)]
        skip_seed: bool,
        /// The declared schema, if it is not prisma/schema.prisma here or above
        #[arg(long, value_name = "FILE")]
        schema: Option<PathBuf>,
    },
    /// Applies what is pending, whole or not at all; marks the database where this is production
    #[command(after_help = "Examples:
  medrecord migrate deploy --plan     what would run, and on how many rows
  medrecord migrate deploy
  medrecord migrate deploy --json | jq '.applied | length'

On a database with data it first copies it aside and rehearses on a copy; what is kept is proven to have changed no
signed record and no number of rows.")]
    Deploy {
        /// Show what would run, statement by statement, and end
        #[arg(long)]
        plan: bool,
        /// Neither copy nor rehearse first, as for a database that was just backed up
        #[arg(long)]
        no_rehearsal: bool,
    },
    /// Says what is applied and what is pending; exit code 1 where something is pending
    #[command(after_help = "Examples:
  medrecord migrate status
  medrecord migrate status --json | jq '.pending'
  medrecord migrate status || medrecord migrate deploy")]
    Status,
    /// Compares the live database with its migrations; only reads, and never offers to drop data
    #[command(after_help = "Examples:
  medrecord migrate diff
  medrecord migrate diff --sql > repair.sql
  medrecord migrate diff --json | jq '.differences[].words'

Exit codes: 0 no difference, 1 some, 2 wrong usage.")]
    Diff {
        /// Print the repairing SQL alone
        #[arg(long)]
        sql: bool,
    },
    /// Judges migrations before they run: what loses data, blocks a clinic at work, or breaks
    #[command(after_help = "Examples:
  medrecord migrate lint
  medrecord migrate lint --dir crates/store/migrations --json

A finding is accepted at its statement: -- lint: allow drop-column, because nothing was ever written into it")]
    Lint,
    /// Empties a development database, applies everything anew and seeds it
    #[command(after_help = "Examples:
  MEDRECORD_ENV=development medrecord migrate reset
  MEDRECORD_ENV=development medrecord migrate reset --force --skip-seed

A database that was ever deployed as production is refused, whatever MEDRECORD_ENV says.")]
    Reset {
        /// Do not ask
        #[arg(long)]
        force: bool,
        /// Leave it empty
        #[arg(long)]
        skip_seed: bool,
    },
    /// Mends the history after somebody mended the schema by hand; the schema is not touched
    #[command(group(ArgGroup::new("how").required(true)), after_help = "Examples:
  medrecord migrate resolve --applied 20240221150000_add_patient_email_index
  medrecord migrate resolve --rolled-back 20240221150000_add_patient_email_index")]
    Resolve {
        /// Write it down as applied without running it
        #[arg(long, value_name = "NAME", group = "how")]
        applied: Option<String>,
        /// Take it out of the history, so that it runs again
        #[arg(long, value_name = "NAME", group = "how")]
        rolled_back: Option<String>,
    },
}

/// A name that says what a migration does.
fn action(text: &str) -> Result<String, String> {
    medrecord_store::migrate::check_action(text).map_err(|error| error.to_string())?;
    Ok(text.to_owned())
}
