//! Follow-ups in a row: the same time on the clock every so many days, weeks or months.

use super::AppointmentDetails;
use crate::field::Problems;
use crate::time::{Day, Instant, Zone};
use chrono::{Months, NaiveTime};
use serde::{Deserialize, Serialize};

/// How far apart the visits of a row are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rhythm {
    /// So many days.
    Days(u16),
    /// So many months, on the same day of the month, or its last one where it has no such day.
    Months(u8),
}

impl Rhythm {
    /// Every rhythm of the form.
    pub const ALL: [Self; 8] = [
        Self::Days(1),
        Self::Days(7),
        Self::Days(14),
        Self::Days(21),
        Self::Days(28),
        Self::Months(1),
        Self::Months(3),
        Self::Months(6),
    ];

    /// The word in forms: `7d`, `3m`.
    pub fn as_word(self) -> String {
        match self {
            Self::Days(days) => format!("{days}d"),
            Self::Months(months) => format!("{months}m"),
        }
    }

    /// The rhythm as people say it.
    pub fn in_words(self) -> String {
        match self {
            Self::Days(1) => "Every day".to_owned(),
            Self::Days(7) => "Every week".to_owned(),
            Self::Days(days) if days % 7 == 0 => format!("Every {} weeks", days / 7),
            Self::Days(days) => format!("Every {days} days"),
            Self::Months(1) => "Every month".to_owned(),
            Self::Months(months) => format!("Every {months} months"),
        }
    }

    /// The day of the visit so many steps after the first.
    fn day(self, first: Day, step: u16) -> Day {
        match self {
            Self::Days(days) => first.plus_days(i64::from(days) * i64::from(step)),
            Self::Months(months) => {
                let months = Months::new(u32::from(months) * u32::from(step));
                Day(first.0.checked_add_months(months).unwrap_or(first.0))
            }
        }
    }
}

/// How a visit is to be repeated, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SeriesForm {
    /// The rhythm's word; empty for a single visit.
    pub every: String,
    /// How many visits in all.
    pub times: String,
}

/// How a visit is to be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Series {
    /// How far apart.
    pub rhythm: Rhythm,
    /// How many visits in all, the first counted.
    pub times: u16,
}

/// The most visits booked in one go; this project's own figure, a year of fortnights.
const MOST: u16 = 26;

impl SeriesForm {
    /// Reads the form; `None` for a single visit.
    ///
    /// # Errors
    /// Every problem of every field at once.
    pub fn parse(&self) -> Result<Option<Series>, Problems> {
        if self.every.trim().is_empty() {
            return Ok(None);
        }
        let mut wrong = Problems::none();
        let rhythm = Rhythm::ALL.into_iter().find(|rhythm| rhythm.as_word() == self.every.trim());
        if rhythm.is_none() {
            wrong.add("every", "invalid", "Choose how often the visit is repeated.");
        }
        let times = self.times.trim().parse().ok().filter(|times| (2..=MOST).contains(times));
        if times.is_none() {
            wrong.add("times", "out_of_range", format!("Enter how many visits in all, 2 to {MOST}."));
        }
        let read = || Some(Series { rhythm: rhythm?, times: times? });
        read().map(Some).ok_or(wrong)
    }
}

/// One visit of a row: its day, and when it begins, or `None` where the clocks skip that time on that day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occurrence {
    /// The day.
    pub day: Day,
    /// When it begins.
    pub begins: Option<Instant>,
}

impl Series {
    /// The visits of the row, at the same time on the practice's clock throughout the year.
    pub fn occurrences(self, first: &AppointmentDetails, zone: Zone) -> Vec<Occurrence> {
        let day = zone.day_of(first.appointment_date);
        let minutes = zone.minute_of_day(first.appointment_date);
        let time = NaiveTime::from_num_seconds_from_midnight_opt(minutes * 60, 0).unwrap_or_default();
        let later = (1..self.times).map(|step| {
            let day = self.rhythm.day(day, step);
            Occurrence { day, begins: zone.at(day, time).ok() }
        });
        std::iter::once(Occurrence { day, begins: Some(first.appointment_date) }).chain(later).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::AppointmentType;
    use super::*;
    use uuid::Uuid;

    fn begins(zone: &str, date: &str, time: &str, every: &str, times: &str) -> Vec<String> {
        let zone: Zone = zone.parse().unwrap();
        let time = crate::time::clock_time(time).unwrap();
        let first = AppointmentDetails {
            patient_id: Uuid::nil().into(),
            provider_id: Uuid::nil().into(),
            appointment_date: zone.at(date.parse().unwrap(), time).unwrap(),
            appointment_type: AppointmentType::FollowUp,
            duration_minutes: 20,
            reason_for_visit: None,
        };
        let series = SeriesForm { every: every.into(), times: times.into() }.parse().unwrap().unwrap();
        let said = |one: Occurrence| match one.begins {
            Some(at) => format!("{} {}", at, zone.clock(at)),
            None => format!("{} skipped", one.day.iso()),
        };
        series.occurrences(&first, zone).into_iter().map(said).collect()
    }

    #[test]
    fn the_clock_stays_the_same_when_it_is_set_forward_and_back() {
        assert_eq!(
            begins("America/Los_Angeles", "2026-03-05", "09:00", "7d", "2"),
            ["2026-03-05T17:00:00.000Z 09:00", "2026-03-12T16:00:00.000Z 09:00"]
        );
        assert_eq!(
            begins("Pacific/Auckland", "2026-03-31", "09:00", "7d", "2"),
            ["2026-03-30T20:00:00.000Z 09:00", "2026-04-06T21:00:00.000Z 09:00"]
        );
        assert_eq!(
            begins("Europe/Istanbul", "2026-03-26", "09:00", "7d", "2"),
            ["2026-03-26T06:00:00.000Z 09:00", "2026-04-02T06:00:00.000Z 09:00"]
        );
    }

    #[test]
    fn a_time_that_does_not_exist_is_said_and_not_moved() {
        let days = begins("Europe/Berlin", "2026-03-28", "02:30", "1d", "3");
        assert_eq!(days[1], "2026-03-29 skipped");
        assert_eq!(days[2], "2026-03-30T00:30:00.000Z 02:30");
    }

    #[test]
    fn months_keep_the_day_or_take_the_last_one() {
        let days = begins("UTC", "2026-11-30", "09:00", "3m", "3");
        assert_eq!(
            days,
            [
                "2026-11-30T09:00:00.000Z 09:00",
                "2027-02-28T09:00:00.000Z 09:00",
                "2027-05-30T09:00:00.000Z 09:00"
            ]
        );
    }

    #[test]
    fn too_many_or_no_rhythm_is_refused() {
        let form = |every: &str, times: &str| SeriesForm { every: every.into(), times: times.into() };
        assert_eq!(form("", "9").parse(), Ok(None));
        for (every, times) in [("7d", "1"), ("7d", "27"), ("7d", ""), ("9d", "3")] {
            assert!(form(every, times).parse().is_err(), "{every} {times}");
        }
        for rhythm in Rhythm::ALL {
            assert_eq!(form(&rhythm.as_word(), "2").parse(), Ok(Some(Series { rhythm, times: 2 })));
        }
    }
}
