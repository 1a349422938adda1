//! `medrecord check`: one verdict on everything that a practice relies on.

use crate::config::Config;
use crate::{door, say};
use anyhow::Result;
use medrecord_store::audit::{self, Verdict};
use medrecord_store::{Clock, Store, backup, integrity, providers, seed};
use std::process::ExitCode;

/// What was looked at so far.
struct Report {
    faults: usize,
}

impl Report {
    fn add(&mut self, sound: bool, what: &str, words: &str) -> Result<()> {
        self.faults += usize::from(!sound);
        say::line(format!("{}  {what:<9} {words}", if sound { "ok   " } else { "FAULT" }))
    }
}

/// Prints one line for each thing, and fails where any is not sound.
pub(crate) fn run(config: &Config) -> Result<ExitCode> {
    let mut report = Report { faults: 0 };
    match config.check() {
        Ok(()) => report.add(true, "settings", "every value can be used")?,
        Err(error) => report.add(false, "settings", &format!("{error:#}"))?,
    }
    door::wait_for(database(config, &mut report))?;
    speech(config, &mut report)?;
    backups(config, &mut report)?;
    if report.faults == 0 {
        say::line("all is well")?;
        return Ok(ExitCode::SUCCESS);
    }
    say::news(format!("error: {} thing(s) need attention, marked FAULT above", report.faults));
    Ok(ExitCode::FAILURE)
}

/// A practice may do without speech; a damaged model is a fault.
fn speech(config: &Config, report: &mut Report) -> Result<()> {
    let found = medrecord_scribe::models::verify(&config.models_dir()?)?;
    if found.is_empty() {
        return report.add(true, "models", "none is installed; transcripts can be typed or pasted");
    }
    for (file, right) in found {
        let words = if right { "is what it should be" } else { "is damaged; run medrecord models install" };
        report.add(right, "models", &format!("{} {words}", file.file.name))?;
    }
    Ok(())
}

/// A day and a half: one night was missed.
const OLD_AFTER_MINUTES: i64 = 36 * 60;

/// A practice that has just begun has none yet; one that had some must not be without.
fn backups(config: &Config, report: &mut Report) -> Result<()> {
    let Ok(folder) = config.backup_dir() else { return Ok(()) };
    let standing = backup::standing(&folder);
    let now = Clock::System.now();
    match (standing.failed, standing.proven) {
        (Some((at, why)), _) => {
            report.add(false, "backups", &format!("the backup of {at} failed: {why}; run medrecord backup"))
        }
        (None, Some(at)) => {
            let sound = now.minutes_since(at) <= OLD_AFTER_MINUTES;
            let way_out = if sound { "" } else { ", which is too long ago; run medrecord backup" };
            report.add(sound, "backups", &format!("the last proven one is of {at}{way_out}"))
        }
        (None, None) => say::line(format!(
            "note   backups   {} holds no proven backup; the server makes one each night, medrecord backup at once",
            folder.display()
        )),
    }
}

async fn database(config: &Config, report: &mut Report) -> Result<()> {
    let url = config.database()?;
    if url.sqlite_file().is_some_and(|file| !file.exists()) {
        return report.add(false, "database", "there is none yet; run medrecord migrate deploy");
    }
    let store = match door::open(config).await {
        Ok(store) => store,
        Err(error) => return report.add(false, "database", &format!("{error:#}")),
    };
    report.add(true, "database", &url.in_words())?;
    for finding in integrity::check(&store).await.map_err(door::store_trouble)? {
        report.add(finding.sound, "database", &finding.words)?;
    }
    match door::pending(&store).await {
        Ok(0) => {
            report.add(true, "schema", "every migration is applied")?;
            contents(config, &store, report).await?;
        }
        Ok(count) => {
            let words = format!("{count} migration(s) are pending; run medrecord migrate deploy");
            report.add(false, "schema", &words)?;
        }
        Err(error) => report.add(false, "schema", &format!("{error:#}"))?,
    }
    store.close().await;
    Ok(())
}

async fn contents(config: &Config, store: &Store, report: &mut Report) -> Result<()> {
    let mut desk = door::desk(store).await?;
    match audit::verify(&mut desk).await.map_err(door::trouble)? {
        Verdict::Sound(count) => report.add(true, "audit", &format!("all {count} events hold"))?,
        Verdict::Broken { lane, seq, what } => {
            report.add(
                false,
                "audit",
                &format!("event {seq} of lane {lane}: {what}; compare with a backup"),
            )?;
        }
    }
    let people = providers::list(&mut desk).await.map_err(door::trouble)?;
    let known = seed::default_password_stands(&mut desk).await.map_err(door::trouble)?;
    drop(desk);
    let active = people.iter().filter(|person| !person.disabled).count();
    let nobody = "nobody can sign in; run medrecord seed or medrecord provider add";
    report.add(
        active > 0,
        "people",
        &if active > 0 { format!("{active} can sign in") } else { nobody.to_owned() },
    )?;
    if known && !config.is_development() {
        let words = "has the password of the documentation; before real use: medrecord provider password";
        say::line(format!("note   people    {} {words} {0}", seed::EMAIL))?;
    }
    Ok(())
}
