//! The packet for when the machines are down: made on demand from its page, and by the server itself every morning where
//! that is switched on.
//!
//! What it holds is `store::downtime`; here it becomes one page of HTML that needs nothing else.

use crate::app::App;
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

/// Why no packet was written.
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Writes the packet of each morning until the server stops; one that was slept over follows after the next start.
pub(crate) async fn run(app: App) {
    let Some(mornings) = app.mornings() else { return };
    let Some(at) = mornings.at else { return };
    let mut failed = false;
    loop {
        let (zone, now) = (app.face().zone, app.store.clock().now());
        let today = zone.day_of(now);
        let folder = mornings.folder.clone();
        let newest = tokio::task::spawn_blocking(move || downtime::newest(&folder)).await;
        let newest = newest.ok().and_then(Result::ok).flatten().map(|kept| kept.day);
        if is_due(at, newest, zone, now) {
            match write(&app, &mornings, zone, today).await {
                Ok(()) => failed = false,
                Err(error) if !failed => {
                    failed = true;
                    tracing::error!(%error, "no downtime packet was written; trying again each minute");
                }
                Err(_) => {}
            }
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Whether the time of today has passed and no packet of today is there.
fn is_due(at: NaiveTime, newest: Option<Day>, zone: Zone, now: Instant) -> bool {
    let today = zone.day_of(now);
    // A time that the clocks skip is the day's beginning.
    let time = zone.at(today, at).unwrap_or_else(|_| zone.bounds(today).0);
    time <= now && newest.is_none_or(|day| day < today)
}

async fn write(app: &App, mornings: &Mornings, zone: Zone, today: Day) -> Result<(), Failure> {
    let mut desk = app.store.write_desk(Actor::machine("downtime", Via::System)).await?;
    let packet = downtime::packet(&mut desk, zone, today).await?;
    let text = written(&packet, &app.face().name, zone, "the server")?;
    desk.close().await?;
    let (folder, keep_days) = (mornings.folder.clone(), mornings.keep_days);
    let kept = tokio::task::spawn_blocking(move || {
        downtime::keep(&folder, today, &text)?;
        downtime::prune(&folder, keep_days, today)
    });
    let removed = kept.await??;
    tracing::info!(patients = packet.people.len(), removed, "a downtime packet was written");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
