//! The commands and their flags, as `--help` shows them.

use crate::commands::backup::Backup;
use crate::commands::migrate::Migrate;
use crate::commands::restore::Restore;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// The medical record of an independent practice.
#[derive(Debug, Parser)]
#[command(
    name = "medrecord",
    version,
    arg_required_else_help = true,
    after_help = "Examples:
  medrecord demo                      a sample clinic to look at, at http://127.0.0.1:8080
  medrecord migrate deploy            make or update the database
  medrecord seed                      the first person who can sign in
  medrecord serve                     the server

Settings come from a flag, the environment, medrecord.toml, or a default;
medrecord serve --print-config shows each and where it came from."
)]
pub(crate) struct Cli {
    /// Folder for the database file, recordings and models
    #[arg(long, global = true, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// A command.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Shows a sample clinic: invented patients with two years of history and a full day
    #[command(after_help = "Examples:
  medrecord demo
  medrecord demo --dir /tmp/clinic --listen 127.0.0.1:9000
  medrecord demo --fresh              start over")]
    Demo(Demo),
    /// Runs the server
    #[command(after_help = "Examples:
  medrecord serve --listen 127.0.0.1:8080
  DATABASE_URL=postgresql://user:password@localhost:5432/clinic medrecord serve --migrate
  medrecord serve --print-config")]
    Serve(Serve),
    /// Shows the database itself, to browse and to edit with care, on port 5555 of this machine
    #[command(after_help = "Examples:
  medrecord studio
  medrecord studio --listen 127.0.0.1:6000
  DATABASE_URL=postgresql://user:password@localhost:5432/clinic medrecord studio

Sign in as an administrator. It listens on this machine alone unless told otherwise.")]
    Studio(Studio),
    /// Makes and updates the database's tables
    #[command(after_help = "Examples:
  medrecord migrate status            what is applied, what is pending
  medrecord migrate deploy            apply what is pending, whole or not at all
  medrecord migrate dev --name add_patient_nickname
                                      write the migration for a changed prisma/schema.prisma, apply it, seed

Exit codes: 0 done and current; 1 refused, failed, or something is pending; 2 wrong usage.")]
    Migrate(Migrate),
    /// Adds the first person who can sign in; safe to run twice
    #[command(after_help = "Examples:
  medrecord seed
  medrecord seed --sample             with the sample patient Jane Doe")]
    Seed(Seed),
    /// Keeps the people who sign in
    #[command(
        subcommand,
        after_help = "Examples:
  medrecord provider add anna@clinic.example --first-name Anna --last-name Muster
  medrecord provider list
  echo 'four words make sense' | medrecord provider password anna@clinic.example
  medrecord provider disable anna@clinic.example"
    )]
    Provider(Provider),
    /// Makes a local authority and certificates that the practice's own machines trust
    #[command(
        subcommand,
        after_help = "Examples:
  medrecord tls init clinic.local 192.168.1.10
  medrecord tls renew
  medrecord serve --listen 0.0.0.0:8443"
    )]
    Tls(Tls),
    /// Keeps the tokens with which programs sign in
    #[command(
        subcommand,
        after_help = "Examples:
  medrecord token create --provider doctor@example.com --name 'lab import'
  medrecord token list
  medrecord token revoke 019a2b3c-…"
    )]
    Token(Token),
    /// Proves or takes out the audit trail
    #[command(
        subcommand,
        after_help = "Examples:
  medrecord audit verify
  medrecord audit export > trail.ndjson"
    )]
    Audit(Audit),
    /// Gives one verdict on database, schema, audit trail, models and settings
    #[command(after_help = "Examples:
  medrecord check && echo all is well")]
    Check,
    /// Makes, lists and proves backups; one file holds everything
    #[command(after_help = "Examples:
  medrecord backup
  medrecord backup --out /mnt/usb --keep-days 30
  medrecord backup list
  medrecord backup verify medrecord_backup_20261122_020000.mrb
  medrecord backup key --out backup.key     then: medrecord backup --recipient age1…")]
    Backup(Backup),
    /// Brings a backup back, into SQLite or PostgreSQL, whichever it came from
    #[command(after_help = "Examples:
  medrecord restore medrecord_backup_20261122_020000.mrb
  medrecord restore medrecord_backup_20261122_020000.mrb --into file:./copy.db
  medrecord restore medrecord_backup_20261122_020000.mrb --into postgresql://user:password@localhost:5432/clinic")]
    Restore(Restore),
    /// Drafts a note from an audio file or a transcript; touches no database
    #[command(after_help = "Examples:
  medrecord scribe visit.txt          one turn a line: [doctor] …, [patient] …
  medrecord scribe visit.webm --format json")]
    Scribe(Scribe),
    /// Runs the scribe over visits with traps, and over a folder of transcripts, and prints what it found
    #[command(after_help = "Examples:
  medrecord scribe-bench
  medrecord scribe-bench my-transcripts")]
    ScribeBench(ScribeBench),
    /// Keeps the speech models that turn recordings into text
    #[command(
        subcommand,
        after_help = "Examples:
  medrecord models list
  medrecord models install base
  medrecord models install base --from ggml-base-q8_0.bin
  medrecord models verify"
    )]
    Models(Models),
    /// Adds invented patients for load tests, the same for the same seed
    #[command(after_help = "Examples:
  medrecord generate --patients 10000
  medrecord generate --patients 500 --seed 7 --years 5")]
    Generate(Generate),
}

/// Flags of `demo`.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Where the sample clinic lies
    #[arg(long, value_name = "DIR", default_value = "medrecord-demo")]
    pub dir: PathBuf,
    /// Where to listen, 127.0.0.1:8080 if not set
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<String>,
    /// Throw the sample clinic away and start over
    #[arg(long)]
    pub fresh: bool,
}

/// Flags of `serve`.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Where to listen, 127.0.0.1:8080 if not set
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<String>,
    /// The certificate to speak TLS with, in PEM
    #[arg(long, value_name = "FILE")]
    pub tls_cert: Option<PathBuf>,
    /// Its key, in PEM
    #[arg(long, value_name = "FILE")]
    pub tls_key: Option<PathBuf>,
    /// A plain port that leads to the secure one
    #[arg(long, value_name = "ADDR")]
    pub redirect_from: Option<String>,
    /// Apply pending migrations first
    #[arg(long)]
    pub migrate: bool,
    /// Show each setting and where it came from, and end
    #[arg(long)]
    pub print_config: bool,
    /// Show every address with its method and who may use it, and end
    #[arg(long)]
    pub print_routes: bool,
}

/// Flags of `studio`.
#[derive(Debug, Args)]
pub(crate) struct Studio {
    /// Where to listen
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:5555")]
    pub listen: String,
    /// A further name under which people reach it, where that is not this machine
    #[arg(long, value_name = "NAME")]
    pub host: Vec<String>,
}

/// Flags of `seed`.
#[derive(Debug, Args)]
pub(crate) struct Seed {
    /// Also add the sample patient; done by itself on a development machine
    #[arg(long)]
    pub sample: bool,
}

/// What somebody is in the practice.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Role {
    /// Treats patients, writes and signs records
    Provider,
    /// Runs the desk and the rooms
    Staff,
    /// Treats patients and runs the system
    Admin,
}

/// Commands of `provider`.
#[derive(Debug, Subcommand)]
pub(crate) enum Provider {
    /// Adds a person; the password is read from a prompt or standard input
    Add {
        /// Address to sign in with
        email: String,
        /// Given name
        #[arg(long)]
        first_name: String,
        /// Family name
        #[arg(long)]
        last_name: String,
        /// What the person is
        #[arg(long, value_enum, default_value = "provider")]
        role: Role,
        /// Field of practice
        #[arg(long)]
        specialty: Option<String>,
        /// Licence number
        #[arg(long)]
        license_number: Option<String>,
    },
    /// Lists everybody
    List,
    /// Gives a person another password, read from a prompt or standard input; ends their sessions
    Password {
        /// Address to sign in with
        email: String,
    },
    /// Takes away the second factor of somebody who lost it; ends their sessions
    ResetFactor {
        /// Address to sign in with
        email: String,
    },
    /// Closes an account; its records stay
    Disable {
        /// Address to sign in with
        email: String,
    },
}

/// Commands of `tls`.
#[derive(Debug, Subcommand)]
pub(crate) enum Tls {
    /// Makes the authority and the server's first certificate, in the data folder
    Init {
        /// Names and addresses under which the practice's machines reach this server
        #[arg(required = true, value_name = "NAME")]
        names: Vec<String>,
    },
    /// Makes another certificate for the same names; a running server shows it within a minute
    Renew,
}

/// Commands of `token`.
#[derive(Debug, Subcommand)]
pub(crate) enum Token {
    /// Makes a token and prints it, this once
    Create {
        /// Address of the person whom the token stands for
        #[arg(long, value_name = "EMAIL")]
        provider: String,
        /// What it is for
        #[arg(long)]
        name: String,
    },
    /// Lists all tokens
    List,
    /// Takes a token back
    Revoke {
        /// The token's id, as list shows it
        id: String,
    },
}

/// Commands of `audit`.
#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    /// Checks every link of the chain and names the first bad one
    Verify,
    /// Prints every event as a line of JSON, oldest first
    Export,
}

/// Commands of `models`.
#[derive(Debug, Subcommand)]
pub(crate) enum Models {
    /// Lists the models there are and which are installed
    List,
    /// Fetches a model, or takes it from files that were brought
    Install {
        /// The model's name, as list shows it
        name: String,
        /// Its files, where this machine cannot reach the hub
        #[arg(long, value_name = "FILE", num_args = 1..)]
        from: Vec<PathBuf>,
    },
    /// Compares each installed model with its hash
    Verify,
}

/// Flags of `scribe`.
#[derive(Debug, Args)]
pub(crate) struct Scribe {
    /// A transcript (.txt) or an audio file
    pub file: PathBuf,
    /// How to print the draft
    #[arg(long, value_enum, default_value = "text")]
    pub format: Format,
}

/// Flags of `scribe-bench`.
#[derive(Debug, Args)]
pub(crate) struct ScribeBench {
    /// A folder with transcripts: text files, or files of one JSON object with `transcript` a line
    pub folder: Option<PathBuf>,
}

/// Flags of `generate`.
#[derive(Debug, Args)]
pub(crate) struct Generate {
    /// How many patients
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub patients: u32,
    /// What makes them differ from those of another run
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
    /// Over how many years back their visits lie
    #[arg(long, value_name = "Y", default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=20))]
    pub years: u8,
    /// Go on although the database holds patients who were not generated
    #[arg(long)]
    pub beside_other_patients: bool,
}

/// How to print a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For machines
    Json,
    /// For people
    Text,
}
