//! What speaks against a time: somebody is busy, the practice is closed, the hour has passed.

use crate::blocked_time::BlockedTime;
use crate::ids::AppointmentId;
use crate::practice::{Practice, clock_of};
use crate::time::{Day, Instant, Zone};
use serde::Serialize;

/// A stretch of time; its end no longer belongs to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Slot {
    /// When it begins.
    pub from: Instant,
    /// When it is over.
    pub until: Instant,
}

impl Slot {
    /// Whether both take up the same time; one that begins when the other ends does not.
    pub fn overlaps(self, other: Self) -> bool {
        self.from < other.until && other.from < self.until
    }

    /// The clock from beginning to end: `09:00 to 09:20`.
    pub fn in_words(self, zone: Zone) -> String {
        format!("{} to {}", zone.clock(self.from), zone.clock(self.until))
    }
}

/// One thing that speaks against a booking. A person may book in spite of it, with a reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Conflict {
    /// The provider sees somebody else then.
    ProviderBusy {
        /// The other appointment.
        appointment: AppointmentId,
        /// Its time.
        slot: Slot,
    },
    /// The patient has another appointment then.
    PatientBusy {
        /// The other appointment.
        appointment: AppointmentId,
        /// Its time.
        slot: Slot,
    },
    /// Somebody else took the time in this very moment.
    JustTaken,
    /// The practice is closed for part of it.
    OutsideHours {
        /// Minutes after midnight when the practice opens.
        opens_at: i32,
        /// Minutes after midnight when it closes.
        closes_at: i32,
    },
    /// The provider is away then, or the practice is closed.
    Blocked {
        /// The stretch that is kept free.
        slot: Slot,
        /// Why, in words: `Leave: course in Bern`.
        why: String,
        /// Whether it is the whole practice's.
        everybody: bool,
    },
    /// It would begin before now.
    InThePast,
}

impl From<&BlockedTime> for Conflict {
    fn from(blocked: &BlockedTime) -> Self {
        let everybody = blocked.provider_id.is_none();
        Self::Blocked { slot: blocked.slot, why: blocked.in_words(), everybody }
    }
}

impl Conflict {
    /// A stable word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::ProviderBusy { .. } => "provider_busy",
            Self::PatientBusy { .. } => "patient_busy",
            Self::JustTaken => "just_taken",
            Self::OutsideHours { .. } => "outside_hours",
            Self::Blocked { .. } => "blocked",
            Self::InThePast => "in_the_past",
        }
    }

    /// The conflict as a sentence, with times on the practice's clock.
    pub fn in_words(&self, zone: Zone) -> String {
        match self {
            Self::ProviderBusy { slot, .. } => {
                format!("The provider has another visit from {}.", slot.in_words(zone))
            }
            Self::PatientBusy { slot, .. } => {
                format!("The patient has another visit from {}.", slot.in_words(zone))
            }
            Self::JustTaken => "Somebody else has just taken this time.".to_owned(),
            Self::OutsideHours { opens_at, closes_at } => {
                format!("The practice is open from {} to {}.", clock_of(*opens_at), clock_of(*closes_at))
            }
            Self::Blocked { slot, why, everybody } => {
                let whose = if *everybody { "The practice" } else { "The provider" };
                let (from, until) = (zone.day_and_clock(slot.from), zone.day_and_clock(slot.until));
                format!("{whose} has this time blocked ({why}), from {from} to {until}.")
            }
            Self::InThePast => "The time has passed.".to_owned(),
        }
    }
}

/// What speaks against a time whoever comes: closed hours, and an hour that has passed.
pub fn against_the_practice(slot: Slot, practice: &Practice, now: Instant) -> Vec<Conflict> {
    let mut conflicts = Vec::new();
    if !practice.is_open(slot) {
        let (opens_at, closes_at) = (practice.opens_at, practice.closes_at);
        conflicts.push(Conflict::OutsideHours { opens_at, closes_at });
    }
    if slot.from < now {
        conflicts.push(Conflict::InThePast);
    }
    conflicts
}

/// When a visit of a length could begin on a day: one after the other from opening to closing, around what is taken.
pub fn free_times(practice: &Practice, day: Day, minutes: i32, taken: &[Slot], now: Instant) -> Vec<Instant> {
    let mut free = Vec::new();
    let (midnight, end) = practice.time_zone.bounds(day);
    let mut from = midnight;
    while from < end {
        let slot = Slot { from, until: from.plus_minutes(i64::from(minutes)) };
        let busy_until = taken.iter().filter(|other| other.overlaps(slot)).map(|other| other.until).max();
        from = match busy_until {
            Some(until) => on_five_minutes(until),
            None if from >= now && practice.is_open(slot) => {
                free.push(from);
                slot.until
            }
            None => from.plus_minutes(5),
        };
    }
    free
}

/// The instant itself or the next whole five minutes.
fn on_five_minutes(at: Instant) -> Instant {
    const FIVE: i64 = 5 * 60_000;
    at.plus_millis((FIVE - at.millis().rem_euclid(FIVE)).rem_euclid(FIVE))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot(from: &str, until: &str) -> Slot {
        let at = |clock: &str| format!("2026-11-23T{clock}:00Z").parse().unwrap();
        Slot { from: at(from), until: at(until) }
    }

    #[test]
    fn visits_that_touch_do_not_overlap() {
        let nine = slot("09:00", "09:30");
        for (other, clash) in [
            (slot("09:30", "10:00"), false),
            (slot("08:30", "09:00"), false),
            (slot("09:29", "10:00"), true),
            (slot("08:00", "12:00"), true),
            (slot("09:10", "09:20"), true),
            (nine, true),
        ] {
            assert_eq!(nine.overlaps(other), clash, "{other:?}");
            assert_eq!(other.overlaps(nine), clash, "{other:?}");
        }
    }

    #[test]
    fn everything_that_speaks_against_a_time_is_said() {
        let practice = Practice::unnamed(Zone::UTC);
        let now = "2026-11-23T12:00:00Z".parse().unwrap();
        assert_eq!(against_the_practice(slot("13:00", "13:20"), &practice, now), []);
        let early = against_the_practice(slot("07:50", "08:10"), &practice, now);
        let words: Vec<String> = early.iter().map(|conflict| conflict.in_words(Zone::UTC)).collect();
        assert_eq!(words, ["The practice is open from 08:00 to 18:00.", "The time has passed."]);
    }

    #[test]
    fn free_times_lie_around_what_is_taken_within_the_hours_and_ahead() {
        let practice = Practice { closes_at: 11 * 60, ..Practice::unnamed(Zone::UTC) };
        let day = Day::of(2026, 11, 23).unwrap();
        let taken = [slot("09:00", "09:30"), slot("09:10", "09:42"), slot("10:10", "10:20")];
        let now = "2026-11-23T08:10:30Z".parse().unwrap();
        let free = free_times(&practice, day, 20, &taken, now);
        let clocks: Vec<String> = free.into_iter().map(|at| Zone::UTC.clock(at)).collect();
        assert_eq!(clocks, ["08:15", "08:35", "09:45", "10:20", "10:40"]);
    }
}
