//! The server's own backups: made at a time of day, proven at once, the old ones removed; no other program is needed.
//!
//! A time that passed while the server was down is made up for after the next start. How the practice stands is
//! kept here for the day board, so that showing it reads no folder.

use crate::app::App;
use chrono::NaiveTime;
use medrecord_clinic::time::{Day, Instant, Zone};
use medrecord_store::audit::Verdict;
use medrecord_store::backup::{self, BackupError, Order, Progress, Recipient, Standing};
use medrecord_store::{Actor, Via};
use std::path::PathBuf;
use std::time::Duration;

/// When the server makes backups, where, how long they are kept and who can open them.
#[derive(Debug, Clone)]
pub struct Schedule {
    /// The time of day in the practice's zone; none leaves it to somebody else.
    pub at: Option<NaiveTime>,
    /// The folder for them.
    pub folder: PathBuf,
    /// How many days one is kept.
    pub keep_days: u32,
    /// Who can open them.
    pub recipient: Option<Recipient>,
}

/// The server answers people first; a fresh start is busy enough.
const FIRST_LOOK: Duration = Duration::from_secs(5);
const LOOK_EVERY: Duration = Duration::from_mins(1);
/// How long after a failure the next try follows.
const AGAIN_AFTER_MINUTES: i64 = 60;
/// A day and a half: one night was missed.
const OLD_AFTER_MINUTES: i64 = 36 * 60;

/// Keeps backups until the server stops.
pub(crate) async fn run(app: App) {
    let Some(schedule) = app.schedule() else { return };
    look(&app, &schedule).await;
    tokio::time::sleep(FIRST_LOOK).await;
    loop {
        let standing = look(&app, &schedule).await;
        let now = app.store.clock().now();
        if is_due(&schedule, &standing, app.face().zone, now) {
            if let Err(error) = make(&app, &schedule).await {
                tracing::error!(%error, "the backup failed");
                let folder = schedule.folder.clone();
                on_disk(move || backup::note_failure(&folder, now, &error.to_string())).await;
            }
            look(&app, &schedule).await;
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Reads how the practice stands, and shows it from now on.
async fn look(app: &App, schedule: &Schedule) -> Standing {
    let folder = schedule.folder.clone();
    let standing = on_disk(move || backup::standing(&folder)).await.unwrap_or_default();
    app.stand(standing.clone());
    standing
}

async fn on_disk<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    tokio::task::spawn_blocking(work).await.ok()
}

/// Makes a backup, proves it, and removes old ones if it holds.
async fn make(app: &App, schedule: &Schedule) -> Result<(), BackupError> {
    let data_folder = app.settings.data_folder.clone();
    let order = Order {
        folder: schedule.folder.clone(),
        data_folder: data_folder.clone(),
        recipient: schedule.recipient.clone(),
    };
    let progress = Progress::default();
    let made = backup::take(&app.store, Actor::machine("backup", Via::System), &order, &progress).await?;
    let now = app.store.clock().now();
    let proof = backup::verify(&made.path, &made.keys, &data_folder, &Progress::default(), now).await?;
    if let Verdict::Broken { lane, seq, what } = proof.audit {
        let words = format!("event {seq} of lane {lane} of the audit trail: {what}");
        return Err(BackupError::Rule { file: made.path.display().to_string(), rule: words });
    }
    let gone = backup::prune(&schedule.folder, schedule.keep_days, now)?;
    tracing::info!(
        rows = made.rows,
        files = made.files,
        bytes = made.bytes,
        removed = gone.len(),
        missing = proof.missing.len(),
        "a backup was made and proven"
    );
    Ok(())
}

/// Whether the last time of day has passed without a proven backup since, or a failure is long enough ago.
fn is_due(schedule: &Schedule, standing: &Standing, zone: Zone, now: Instant) -> bool {
    let Some(at) = schedule.at else { return false };
    if let Some((failed, _)) = &standing.failed
        && now.minutes_since(*failed) < AGAIN_AFTER_MINUTES
    {
        return false;
    }
    let today = zone.day_of(now);
    let last =
        [today, today.plus_days(-1)].into_iter().map(|day| time_of(zone, day, at)).find(|at| *at <= now);
    last.is_none_or(|last| standing.proven.is_none_or(|proven| proven < last))
}

/// The time of day on a day; where the clock skips it, the day's beginning.
fn time_of(zone: Zone, day: Day, at: NaiveTime) -> Instant {
    zone.at(day, at).unwrap_or_else(|_| zone.bounds(day).0)
}

/// What the foot of a page says about backups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// Whether somebody must do something.
    pub(crate) loud: bool,
    /// What there is to say.
    pub(crate) words: String,
}

/// The line for the day board; none where the server knows nothing of backups.
pub(crate) fn line(app: &App, zone: Zone, runs_the_system: bool) -> Option<Line> {
    let schedule = app.schedule()?;
    let now = app.store.clock().now();
    Some(say(&schedule, &app.standing(), zone, now, runs_the_system))
}

fn say(schedule: &Schedule, standing: &Standing, zone: Zone, now: Instant, runs_the_system: bool) -> Line {
    let who = if runs_the_system { "" } else { " Tell whoever runs the system." };
    if let Some((at, why)) = &standing.failed {
        let why = if runs_the_system { format!(": {why}") } else { String::new() };
        let last = standing.proven.map_or_else(
            || "None is proven.".to_owned(),
            |at| format!("The last proven one is of {}.", zone.day_and_clock(at)),
        );
        let at = zone.day_and_clock(*at);
        return Line { loud: true, words: format!("The backup of {at} failed{why}. {last}{who}") };
    }
    match (standing.proven, schedule.at) {
        (Some(proven), _) => {
            let age = now.minutes_since(proven);
            let when = zone.day_and_clock(proven);
            let loud = age > OLD_AFTER_MINUTES;
            let words = format!("Last proven backup: {}, {when}.", ago(age));
            Line { loud, words: if loud { format!("{words}{who}") } else { words } }
        }
        (None, Some(_)) => {
            Line { loud: false, words: "No backup yet; the first one is made within minutes.".to_owned() }
        }
        (None, None) => Line {
            loud: true,
            words: format!("No backup is proven, and the server makes none by itself.{who}"),
        },
    }
}

fn ago(minutes: i64) -> String {
    match minutes {
        ..1 => "just now".to_owned(),
        1 => "1 minute ago".to_owned(),
        2..=89 => format!("{minutes} minutes ago"),
        90..=2879 => format!("{} hours ago", (minutes + 30) / 60),
        _ => format!("{} days ago", minutes / 1440),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    fn schedule(at: Option<&str>) -> Schedule {
        let at = at.map(|text| medrecord_clinic::time::clock_time(text).unwrap());
        Schedule { at, folder: PathBuf::new(), keep_days: 7, recipient: None }
    }

    #[test]
    fn a_backup_is_due_once_a_day_also_when_the_time_was_slept_over() {
        let two = schedule(Some("02:00"));
        let proven = |text: &str| Standing { proven: Some(at(text)), failed: None };
        let due = |standing: &Standing, now: &str| is_due(&two, standing, Zone::UTC, at(now));
        assert!(due(&Standing::default(), "2026-11-22T09:00:00Z"), "a new practice waits for no night");
        assert!(!due(&proven("2026-11-22T02:00:10Z"), "2026-11-22T23:59:00Z"));
        assert!(!due(&proven("2026-11-22T02:00:10Z"), "2026-11-23T01:59:00Z"));
        assert!(due(&proven("2026-11-22T02:00:10Z"), "2026-11-23T02:00:00Z"));
        assert!(due(&proven("2026-11-20T02:00:10Z"), "2026-11-22T00:10:00Z"));
        let failed = Standing { failed: Some((at("2026-11-22T02:00:00Z"), "x".to_owned())), proven: None };
        assert!(!due(&failed, "2026-11-22T02:30:00Z"));
        assert!(due(&failed, "2026-11-22T03:00:00Z"));
        assert!(!is_due(&schedule(None), &Standing::default(), Zone::UTC, at("2026-11-22T09:00:00Z")));
        let new_york: Zone = "America/New_York".parse().unwrap();
        let skipped = schedule(Some("02:30"));
        let before = proven("2026-03-07T08:00:00Z");
        assert!(is_due(&skipped, &before, new_york, at("2026-03-08T12:00:00Z")), "02:30 is skipped that day");
    }

    #[test]
    fn the_line_is_calm_until_a_night_was_missed_or_a_backup_failed() {
        let two = schedule(Some("02:00"));
        let told = |standing: &Standing, now: &str, runs| say(&two, standing, Zone::UTC, at(now), runs);
        let good = Standing { proven: Some(at("2026-11-22T02:00:00Z")), failed: None };
        let line = told(&good, "2026-11-22T09:00:00Z", false);
        assert_eq!(
            (line.loud, line.words.as_str()),
            (false, "Last proven backup: 7 hours ago, 22-Nov-2026 02:00.")
        );
        assert!(!told(&good, "2026-11-23T14:00:00Z", true).loud);
        let old = told(&good, "2026-11-23T14:01:00Z", false);
        assert!(old.loud && old.words.ends_with("Tell whoever runs the system."), "{}", old.words);
        let failed =
            Standing { failed: Some((at("2026-11-22T02:00:00Z"), "the disk is full".to_owned())), ..good };
        assert!(told(&failed, "2026-11-22T03:00:00Z", true).words.contains("failed: the disk is full."));
        assert!(!told(&failed, "2026-11-22T03:00:00Z", false).words.contains("disk"));
        assert!(!told(&Standing::default(), "2026-11-22T03:00:00Z", false).loud);
        assert!(say(&schedule(None), &Standing::default(), Zone::UTC, at("2026-11-22T03:00:00Z"), true).loud);
    }
}
