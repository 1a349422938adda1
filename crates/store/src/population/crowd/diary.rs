//! Which half hours of which doctor are given away: a bit each.

use crate::population::dice::Dice;
use crate::population::visits::Place;
use chrono::{Datelike, NaiveTime, Weekday};
use medrecord_clinic::ids::ProviderId;
use medrecord_clinic::time::{Day, Instant, Zone};

/// Visits of a day: half hours from 08:00 on.
const SLOTS: u32 = 20;
const MINUTES: i32 = 30;

/// The diaries of all doctors from a first day to a last.
pub(super) struct Diary {
    first: Day,
    mornings: Vec<Instant>,
    taken: Vec<u32>,
    doctors: Vec<ProviderId>,
}

impl Diary {
    pub(super) fn new(zone: Zone, (first, last): (Day, Day), doctors: Vec<ProviderId>) -> Self {
        let days = last.0.signed_duration_since(first.0).num_days() + 1;
        let eight = NaiveTime::from_hms_opt(8, 0, 0).unwrap_or_default();
        let morning = |day: Day| zone.at(day, eight).unwrap_or_else(|_| zone.bounds(day).0);
        let mornings: Vec<Instant> = (0..days).map(|at| morning(first.plus_days(at))).collect();
        let taken = vec![0; mornings.len() * doctors.len()];
        Self { first, mornings, taken, doctors }
    }

    /// The beginning of a day's work.
    pub(super) fn morning(&self, day: Day) -> Instant {
        let at = day.0.signed_duration_since(self.first.0).num_days();
        let index = usize::try_from(at.max(0)).unwrap_or(0).min(self.mornings.len().saturating_sub(1));
        self.mornings.get(index).copied().unwrap_or(Instant::from_millis(0))
    }

    pub(super) fn doctors(&self) -> usize {
        self.doctors.len().max(1)
    }

    pub(super) fn doctor(&self, at: usize) -> Option<ProviderId> {
        self.doctors.get(at).copied()
    }

    /// A free half hour of that doctor on that day or, at the weekend, the Friday before.
    pub(super) fn place(&mut self, dice: &mut Dice, doctor: usize, day: Day) -> Option<Place> {
        let mut day = day;
        while matches!(day.0.weekday(), Weekday::Sat | Weekday::Sun) {
            day = day.plus_days(-1);
        }
        let at = usize::try_from(day.0.signed_duration_since(self.first.0).num_days().max(0)).ok()?;
        let provider = *self.doctors.get(doctor)?;
        let morning = *self.mornings.get(at)?;
        let taken = self.taken.get_mut(doctor * self.mornings.len() + at)?;
        let begin = u32::try_from(dice.between(0, 19)).unwrap_or(0);
        let free = (0..SLOTS).map(|step| (begin + step) % SLOTS).find(|slot| *taken & (1 << slot) == 0);
        let slot = free.unwrap_or(begin);
        *taken |= 1 << slot;
        let at = morning.plus_minutes(i64::from(slot) * i64::from(MINUTES));
        Some(Place { at, minutes: MINUTES, provider, taken: free.is_none() })
    }
}
