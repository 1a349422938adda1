//! Which half hours of which doctor are given away already.

use super::dice::Dice;
use super::visits::Place;
use chrono::{Datelike, NaiveTime, Weekday};
use medrecord_clinic::ids::ProviderId;
use medrecord_clinic::time::{Day, Instant, Zone};
use std::collections::BTreeSet;

/// Half hours from 08:00 on.
const SLOTS: i32 = 20;
/// A visit takes most of its half hour.
const MINUTES: i32 = 30;

/// The diary of all doctors, for days before today.
pub(super) struct Calendar {
    pub(super) zone: Zone,
    pub(super) today: Day,
    taken: BTreeSet<(ProviderId, Instant)>,
}

impl Calendar {
    /// An empty diary.
    pub(super) fn new(zone: Zone, now: Instant) -> Self {
        Self { zone, today: zone.day_of(now), taken: BTreeSet::new() }
    }

    /// Nine o'clock on a day.
    pub(super) fn morning(&self, day: Day) -> Instant {
        self.at(day, 2)
    }

    fn at(&self, day: Day, slot: i32) -> Instant {
        let minutes = u32::try_from(8 * 60 + slot * 30).unwrap_or(0);
        let time = NaiveTime::from_num_seconds_from_midnight_opt(minutes * 60, 0).unwrap_or_default();
        self.zone.at(day, time).unwrap_or_else(|_| self.zone.bounds(day).0)
    }

    /// A free half hour on that day or, at the weekend, the Friday before; never today or later.
    pub(super) fn place(&mut self, dice: &mut Dice, provider: ProviderId, day: Day) -> Place {
        let mut day = day.min(self.today.plus_days(-1));
        while matches!(day.0.weekday(), Weekday::Sat | Weekday::Sun) {
            day = day.plus_days(-1);
        }
        let first = dice.between(0, SLOTS - 1);
        let free = (0..SLOTS)
            .map(|step| self.at(day, (first + step) % SLOTS))
            .find(|at| !self.taken.contains(&(provider, *at)));
        let at = free.unwrap_or_else(|| self.at(day, first));
        self.taken.insert((provider, at));
        Place { at, minutes: MINUTES, provider, taken: free.is_none() }
    }
}
