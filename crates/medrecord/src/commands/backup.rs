//! `medrecord backup`: makes, lists and proves backups.

use crate::config::Config;
use crate::{door, say};
use anyhow::{Context, Error, Result, bail};
use clap::{Args, Subcommand};
use medrecord_store::audit::Verdict;
use medrecord_store::backup::{self, BackupError, Keys, Order, Progress, Proof};
use medrecord_store::{Actor, Via};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

/// Flags of `backup`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Backup {
    /// List, prove, or make a key
    #[command(subcommand)]
    pub command: Option<BackupCommand>,
    /// Where backups lie, backups in the data folder if not set
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Remove those made more than so many days ago, when the new one is proven; 7 if not set
    #[arg(long, value_name = "DAYS")]
    pub keep_days: Option<u32>,
    /// Encrypt it so that only the holder of this key's secret half can open it
    #[arg(long, value_name = "age1…")]
    pub recipient: Option<String>,
    /// Do not prove the new backup; then none is removed either
    #[arg(long)]
    pub no_verify: bool,
}

/// Commands of `backup`.
#[derive(Debug, Subcommand)]
pub(crate) enum BackupCommand {
    /// Lists the backups, the newest first
    List {
        /// Where they lie, backups in the data folder if not set
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
    /// Restores a backup to a scratch file and proves it; exit code 1 where anything does not hold
    Verify {
        /// The backup
        file: PathBuf,
        /// The file that holds its key, where it is encrypted
        #[arg(long, value_name = "FILE")]
        key: Option<PathBuf>,
    },
    /// Makes a key for encrypted backups: the secret half into a file, the public half printed
    Key {
        /// The file to make; keep it apart from the backups
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}

/// Runs the command.
pub(crate) fn run(config: &Config, flags: &Backup) -> Result<ExitCode> {
    match &flags.command {
        None => make(config, flags.no_verify).map(|()| ExitCode::SUCCESS),
        Some(BackupCommand::List { .. }) => list(&config.backup_dir()?).map(|()| ExitCode::SUCCESS),
        Some(BackupCommand::Verify { file, key }) => {
            let keys = read_keys(key.as_deref())?;
            let scratch = config.data_dir()?;
            let proof = door::wait_for(async {
                let progress = Progress::default();
                watch(&progress, "proving", prove(file, &keys, &scratch, &progress)).await
            })?;
            tell(file, &proof)
        }
        Some(BackupCommand::Key { out }) => key(out).map(|()| ExitCode::SUCCESS),
    }
}

fn make(config: &Config, no_verify: bool) -> Result<()> {
    let order = Order {
        folder: config.backup_dir()?,
        data_folder: config.data_dir()?,
        recipient: config.backup_recipient()?,
    };
    let keep_days = config.backup_keep_days()?;
    door::wait_for(async {
        let store = door::open(config).await?;
        let progress = Progress::default();
        let actor = Actor::machine("command line", Via::Command);
        let made = watch(&progress, "backing up", backup::take(&store, actor, &order, &progress)).await?;
        say::line(format!(
            "made {} with {} rows of {} tables and {} files, {}",
            made.path.display(),
            made.rows,
            made.tables,
            made.files,
            size(made.bytes)
        ))?;
        if no_verify {
            store.close().await;
            return Ok(());
        }
        let progress = Progress::default();
        let proof =
            watch(&progress, "proving", prove(&made.path, &made.keys, &order.data_folder, &progress)).await?;
        let sound = tell(&made.path, &proof)? == ExitCode::SUCCESS;
        if sound {
            let gone = backup::prune(&order.folder, keep_days, store.clock().now()).map_err(trouble)?;
            for path in gone {
                say::line(format!("removed {}, older than {keep_days} days", path.display()))?;
            }
        }
        store.close().await;
        if sound { Ok(()) } else { bail!("the new backup was not proven; the older ones are kept") }
    })
}

async fn prove(file: &Path, keys: &Keys, scratch: &Path, progress: &Progress) -> Result<Proof, BackupError> {
    let now = medrecord_store::Clock::System.now();
    backup::verify(file, keys, scratch, progress, now).await
}

/// Says what a proof found, in one verdict.
fn tell(file: &Path, proof: &Proof) -> Result<ExitCode> {
    let name = file.display();
    for path in &proof.missing {
        say::line(format!("note: {path} is named by a record and is not in the backup as it says"))?;
    }
    match &proof.audit {
        Verdict::Sound(events) => {
            say::line(format!(
                "{name} is sound: {} rows of {} tables and {} files of {}, made {}; all {events} audit events hold",
                proof.rows, proof.tables, proof.files, proof.database, proof.made_at
            ))?;
            Ok(ExitCode::SUCCESS)
        }
        Verdict::Broken { lane, seq, what } => {
            say::news(format!(
                "error: {name} holds a broken audit trail: event {seq} of lane {lane}: {what}; compare with an older backup"
            ));
            Ok(ExitCode::FAILURE)
        }
    }
}

fn list(folder: &Path) -> Result<()> {
    let kept = backup::list(folder).map_err(trouble)?;
    if kept.is_empty() {
        return say::line(format!("{} holds no backup yet; medrecord backup makes one", folder.display()));
    }
    let rows: Vec<[String; 5]> = kept
        .into_iter()
        .map(|backup| {
            let proven = backup.proven_at.map_or("not proven".to_owned(), |at| format!("proven {at}"));
            let how = if backup.encrypted { "encrypted" } else { "plain" };
            [
                backup.made_at.to_string(),
                size(backup.bytes),
                how.to_owned(),
                proven,
                backup.path.display().to_string(),
            ]
        })
        .collect();
    say::table(&rows)
}

fn key(out: &Path) -> Result<()> {
    let (text, recipient) = backup::new_key();
    let mut options = std::fs::File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(out).with_context(|| format!("{} cannot be made", out.display()))?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).context("the key cannot be written")?;
    say::news(format!("wrote {}; whoever loses it cannot open these backups any more", out.display()));
    say::line(recipient.to_string())
}

/// Reads a key file, where one is named.
pub(super) fn read_keys(path: Option<&Path>) -> Result<Keys> {
    let Some(path) = path else { return Ok(Keys::default()) };
    let text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    Keys::read(&text).map_err(trouble)
}

/// Runs long work with a bar on a terminal, and lines elsewhere.
pub(super) async fn watch<T>(
    progress: &Progress,
    what: &'static str,
    work: impl Future<Output = Result<T, BackupError>>,
) -> Result<T> {
    let mut bar = say::Bar::new("{msg} {bar:30} {bytes} {bytes_per_sec} {elapsed}")?;
    let mut tick = tokio::time::interval(Duration::from_millis(200));
    tokio::pin!(work);
    let done = loop {
        tokio::select! {
            done = &mut work => break done,
            _ = tick.tick() => {
                bar.show(what, progress.done(), progress.total().max(progress.done()));
            }
        }
    };
    bar.end();
    done.map_err(trouble)
}

/// A failure in one plain sentence.
pub(super) fn trouble(error: BackupError) -> Error {
    match error {
        BackupError::Store(error) => door::store_trouble(error),
        BackupError::Refused(refusal) => door::trouble(refusal),
        plain @ (BackupError::Foreign(_)
        | BackupError::Damaged(_)
        | BackupError::Newer { .. }
        | BackupError::KeyNeeded(_)
        | BackupError::WrongKey(_)
        | BackupError::Key(_)
        | BackupError::Place(_)
        | BackupError::Unequal { .. }
        | BackupError::Rule { .. }
        | BackupError::File(..)
        | BackupError::DiskFull
        | BackupError::GivenUp) => plain.into(),
    }
}

/// A size for people.
fn size(bytes: u64) -> String {
    indicatif::HumanBytes(bytes).to_string()
}
