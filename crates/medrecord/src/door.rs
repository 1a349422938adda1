//! What every command needs: the runtime, the open database, and failures in plain words.

use crate::config::Config;
use anyhow::{Context, Error, Result, anyhow, bail};
use medrecord_store::{Actor, Desk, Refusal, Store, StoreError, Via, migrate, server};
use std::io::{BufRead, IsTerminal};

/// Runs a command's work; two workers are enough for a practice, and small.
pub(crate) fn wait_for<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("the machine gives no threads")?
        .block_on(work)
}

/// Opens the database whatever its schema.
pub(crate) async fn open(config: &Config) -> Result<Store> {
    let url = config.database()?;
    Store::open(&url).await.map_err(|error| {
        if error.is_no_such_database() {
            return anyhow!(
                "there is no {}; make it with createdb or CREATE DATABASE, owned by the practice's role, then run medrecord migrate deploy",
                url.in_words()
            );
        }
        store_trouble(error)
    })
}

/// Opens the database, which a PostgreSQL server is asked to make where it has none of that name.
pub(crate) async fn open_or_make(config: &Config) -> Result<Store> {
    let url = config.database()?;
    match Store::open(&url).await {
        Err(error) if error.is_no_such_database() => {
            server::create_missing(&url).await.map_err(|error| {
                store_trouble(error).context(format!("there is no {}, and it cannot be made", url.in_words()))
            })?;
            crate::say::news(format!("made the {}", url.in_words()));
            open(config).await
        }
        opened => opened.map_err(store_trouble),
    }
}

/// Opens the database and refuses a schema that is not this program's.
pub(crate) async fn open_current(config: &Config) -> Result<Store> {
    let store = open(config).await?;
    let pending = pending(&store).await?;
    if pending > 0 {
        bail!("{pending} migration(s) are pending; run medrecord migrate deploy first");
    }
    Ok(store)
}

/// How many migrations are not applied yet.
pub(crate) async fn pending(store: &Store) -> Result<usize> {
    let steps = migrate::status(store).await.map_err(store_trouble)?;
    Ok(steps.iter().filter(|step| !step.applied).count())
}

/// A desk for whoever runs a command on the machine.
pub(crate) async fn desk(store: &Store) -> Result<Desk> {
    store.write_desk(Actor::machine("command line", Via::Command)).await.map_err(store_trouble)
}

/// A refusal in one plain sentence.
pub(crate) fn trouble(refusal: Refusal) -> Error {
    match refusal {
        Refusal::Invalid(problems) => {
            let words: Vec<String> = problems.0.into_iter().map(|problem| problem.message).collect();
            anyhow!(words.join(" "))
        }
        Refusal::Store(error) => store_trouble(error),
        plain @ (Refusal::NotFound(_)
        | Refusal::NotAllowed(_)
        | Refusal::NobodySignedIn
        | Refusal::Stale { .. }
        | Refusal::Signed
        | Refusal::Rule(_)) => plain.into(),
    }
}

/// A failure of the database in one plain sentence.
pub(crate) fn store_trouble(error: StoreError) -> Error {
    let way_out = if error.is_unreachable() {
        "start the database or correct DATABASE_URL"
    } else if error.is_disk_full() {
        "the disk is full; make room and try again"
    } else {
        return error.into();
    };
    anyhow!("{:#}; {way_out}", Error::from(error))
}

/// Reads a password: from a prompt that shows nothing, twice, or the first line of standard input.
pub(crate) fn password() -> Result<String> {
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        let first = rpassword::prompt_password("Password: ").context("the terminal cannot be read")?;
        let again = rpassword::prompt_password("Again: ").context("the terminal cannot be read")?;
        if first != again {
            bail!("the two passwords differ; run the command again");
        }
        return Ok(first);
    }
    let mut line = String::new();
    stdin.lock().read_line(&mut line).context("standard input cannot be read")?;
    let password = line.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        bail!("there is no password on standard input; write it there, or run the command in a terminal");
    }
    Ok(password.to_owned())
}
