//! The packet for when the machines are down: made on demand from its page, and by the server itself every morning where
//! that is switched on.
//!
//! What it holds is `store::downtime`; here it becomes one page of HTML that needs nothing else.

use crate::app::App;
use crate::backups::Line;
use crate::pages::downtime::written;
use chrono::NaiveTime;
use medrecord_clinic::time::{Day, Instant, Zone};
use medrecord_store::downtime;
use medrecord_store::{Actor, Via};
use std::path::PathBuf;
use std::time::Duration;

/// When the server writes packets, where, and how many days one is kept.
#[derive(Debug, Clone)]
pub struct Mornings {
    /// The time of day in the practice's zone; none writes none.
    pub at: Option<NaiveTime>,
    /// The folder for them.
    pub folder: PathBuf,
    /// How many days one is kept.
    pub keep_days: u32,
}

const LOOK_EVERY: Duration = Duration::from_mins(1);
/// The longest wait between two tries; the first is a minute and each next one twice as long.
const LONGEST_WAIT_MINUTES: i64 = 60;

/// Why no packet was written.
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A morning whose packet was not written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failed {
    /// When it was tried last.
    at: Instant,
    /// How often it was tried.
    tries: u32,
    /// What the last try said.
    why: String,
}

impl Failed {
    /// How many minutes pass before the next try.
    fn wait_minutes(&self) -> i64 {
        2_i64.saturating_pow(self.tries.saturating_sub(1)).min(LONGEST_WAIT_MINUTES)
    }
}

/// Writes the packet of each morning until the server stops; one that was slept over follows after the next start.
pub(crate) async fn run(app: App) {
    let Some(mornings) = app.mornings() else { return };
    let Some(at) = mornings.at else { return };
    loop {
        look(&app, &mornings, at).await;
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Writes the packet of today where it is due.
async fn look(app: &App, mornings: &Mornings, at: NaiveTime) {
    let (zone, now) = (app.face().zone, app.store.clock().now());
    let folder = mornings.folder.clone();
    let newest = tokio::task::spawn_blocking(move || downtime::newest(&folder)).await;
    let newest = newest.ok().and_then(Result::ok).flatten().map(|kept| kept.day);
    if newest == Some(zone.day_of(now)) {
        // It is there, whatever was said of it before.
        app.note_morning(None);
    }
    let failed = app.failed_morning();
    if !is_due(at, newest, zone, now) || failed.as_ref().is_some_and(|failed| waits(failed, now)) {
        return;
    }
    let tried = write(app, mornings, zone, zone.day_of(now)).await;
    app.note_morning(tried.err().map(|error| {
        let tries = failed.map_or(0, |failed| failed.tries).saturating_add(1);
        let failed = Failed { at: now, tries, why: error.to_string() };
        let minutes = failed.wait_minutes();
        tracing::error!(%error, minutes, "no downtime packet was written; tried again after these minutes");
        failed
    }));
}

/// Whether the next try is still to wait.
fn waits(failed: &Failed, now: Instant) -> bool {
    now.minutes_since(failed.at) < failed.wait_minutes()
}

/// Whether the time of today has passed and no packet of today is there.
fn is_due(at: NaiveTime, newest: Option<Day>, zone: Zone, now: Instant) -> bool {
    let today = zone.day_of(now);
    // A time that the clocks skip is the day's beginning.
    let time = zone.at(today, at).unwrap_or_else(|_| zone.bounds(today).0);
    time <= now && newest.is_none_or(|day| day < today)
}

/// Writes the packet of a day. The folder comes first: where it takes nothing, no chart is read; where the disk is full, no
/// reading of charts is noted. So the trail of the patients stays free of packets that nobody has.
async fn write(app: &App, mornings: &Mornings, zone: Zone, today: Day) -> Result<(), Failure> {
    let (folder, keep_days) = (mornings.folder.clone(), mornings.keep_days);
    let begun = tokio::task::spawn_blocking(move || downtime::begin(&folder)).await??;
    let mut desk = app.store.write_desk(Actor::machine("downtime", Via::System)).await?;
    let packet = downtime::packet(&mut desk, zone, today).await?;
    let text = written(&packet, &app.face().name, zone, "the server")?;
    let on_disk = tokio::task::spawn_blocking(move || begun.write(&text)).await??;
    desk.close().await?;
    tokio::task::spawn_blocking(move || on_disk.keep(today)).await??;
    tracing::info!(patients = packet.people.len(), "a downtime packet was written");
    let folder = mornings.folder.clone();
    match tokio::task::spawn_blocking(move || downtime::prune(&folder, keep_days, today)).await? {
        Ok(removed) => tracing::info!(removed, "old downtime packets were removed"),
        Err(error) => tracing::error!(%error, "old downtime packets could not be removed"),
    }
    Ok(())
}

/// The line for the day board while a morning's packet is missing.
pub(crate) fn line(app: &App, zone: Zone, runs_the_system: bool) -> Option<Line> {
    let failed = app.failed_morning()?;
    let (at, why) = (zone.day_and_clock(failed.at), failed.why);
    let words = if runs_the_system {
        format!("No downtime packet was written, last tried {at}: {why}.")
    } else {
        format!("No downtime packet was written, last tried {at}. Tell whoever runs the system.")
    };
    Some(Line { loud: true, words })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Settings;
    use medrecord_store::audit::{self, EventFilter};
    use medrecord_testkit::visit::checked_in;
    use medrecord_testkit::{Clinic, on_both};

    #[test]
    fn a_packet_is_due_once_a_morning_and_is_made_up_for_the_same_day() {
        let six = medrecord_clinic::time::clock_time("06:00").unwrap();
        let due = |newest: Option<&str>, zone: Zone, now: &str| {
            is_due(six, newest.map(|day| day.parse().unwrap()), zone, now.parse().unwrap())
        };
        assert!(!due(None, Zone::UTC, "2026-11-22T05:59:00Z"));
        assert!(due(None, Zone::UTC, "2026-11-22T06:00:00Z"));
        assert!(!due(Some("2026-11-22"), Zone::UTC, "2026-11-22T23:00:00Z"));
        assert!(due(Some("2026-11-20"), Zone::UTC, "2026-11-22T20:00:00Z"));
        let auckland: Zone = "Pacific/Auckland".parse().unwrap();
        assert!(due(Some("2026-11-22"), auckland, "2026-11-22T18:00:00Z"), "there it is the 23rd");
        let two = medrecord_clinic::time::clock_time("02:30").unwrap();
        let new_york: Zone = "America/New_York".parse().unwrap();
        let skipped: Instant = "2026-03-08T12:00:00Z".parse().unwrap();
        assert!(is_due(two, None, new_york, skipped), "02:30 is skipped that day");
    }
    fn app(clinic: &Clinic) -> App {
        let settings = Settings {
            secure: false,
            development: false,
            data_folder: clinic.folder().to_owned(),
            zone: Zone::UTC,
            speech_model: "base".to_owned(),
            endpoint: None,
        };
        App::new(clinic.store.clone(), settings)
    }

    async fn packets_in_the_trail(clinic: &Clinic) -> usize {
        let mut desk = clinic.reading_desk(&clinic.admin).await;
        let events =
            audit::list(&mut desk, &EventFilter { limit: 200, ..EventFilter::default() }).await.unwrap();
        desk.close().await.unwrap();
        events.iter().filter(|event| event.entity == "downtime_packet").count()
    }

    #[tokio::test]
    async fn a_folder_that_takes_nothing_is_tried_ever_less_often_said_aloud_and_leaves_the_trail_alone() {
        on_both(async |clinic| {
            checked_in(clinic).await;
            let app = app(clinic);
            // A file in place of the folder: nothing can be written into it, whoever runs this.
            let folder = clinic.folder().join("packets");
            std::fs::write(&folder, "in the way").unwrap();
            let mornings = Mornings { at: None, folder: folder.clone(), keep_days: 2 };
            let midnight = medrecord_clinic::time::clock_time("00:00").unwrap();
            assert_eq!(line(&app, Zone::UTC, true), None);
            let mut tries = Vec::new();
            for minute in 0..200 {
                look(&app, &mornings, midnight).await;
                let failed = app.failed_morning().unwrap();
                if failed.at == app.store.clock().now() {
                    tries.push(minute);
                }
                clinic.clock.advance(60 * 1000);
            }
            assert_eq!(tries, [0, 1, 3, 7, 15, 31, 63, 123, 183]);
            assert_eq!(packets_in_the_trail(clinic).await, 0);
            let told = line(&app, Zone::UTC, true).unwrap();
            assert!(told.loud && told.words.contains("No downtime packet was written"), "{}", told.words);
            let staff = line(&app, Zone::UTC, false).unwrap();
            assert!(staff.words.ends_with("Tell whoever runs the system."), "{}", staff.words);

            std::fs::remove_file(&folder).unwrap();
            clinic.clock.advance(60 * 60 * 1000);
            look(&app, &mornings, midnight).await;
            assert_eq!(line(&app, Zone::UTC, true), None);
            assert!(downtime::newest(&folder).unwrap().is_some());
            assert_eq!(packets_in_the_trail(clinic).await, 2, "one for the patient, one for the packet");
        })
        .await;
    }
}
