//! Instants, days and the practice's time zone.
//!
//! An instant is UTC in whole milliseconds; a day is a date without a zone. What day an instant falls on is
//! only known together with the practice's zone. Nothing here asks a clock.

use chrono::{
    DateTime, Datelike, LocalResult, NaiveDate, NaiveTime, SecondsFormat, TimeDelta, TimeZone, Timelike, Utc,
};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A point in time: UTC, whole milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(DateTime<Utc>);

/// A text that is not a time or a date in the expected form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a valid {0}")]
pub struct NotATime(pub &'static str);

impl Instant {
    /// Makes the instant that lies so many milliseconds after 1970.
    pub fn from_millis(millis: i64) -> Self {
        Self(DateTime::from_timestamp_millis(millis).unwrap_or_default())
    }

    /// Cuts a finer time down to whole milliseconds.
    pub fn from_utc(at: DateTime<Utc>) -> Self {
        Self::from_millis(at.timestamp_millis())
    }

    /// The milliseconds since 1970.
    pub fn millis(self) -> i64 {
        self.0.timestamp_millis()
    }

    /// The same instant as chrono's type.
    pub fn utc(self) -> DateTime<Utc> {
        self.0
    }

    /// The instant so many minutes later (earlier where negative).
    #[must_use]
    pub fn plus_minutes(self, minutes: i64) -> Self {
        self.plus_millis(minutes.saturating_mul(60_000))
    }

    /// The instant so many milliseconds later (earlier where negative).
    #[must_use]
    pub fn plus_millis(self, millis: i64) -> Self {
        Self::from_millis(self.millis().saturating_add(millis))
    }

    /// Whole minutes from an earlier instant to this one; negative where that one is later.
    pub fn minutes_since(self, earlier: Self) -> i64 {
        (self.millis() - earlier.millis()).div_euclid(60_000)
    }
}

/// RFC 3339, UTC, milliseconds, one fixed width: `2026-11-22T14:02:00.000Z`.
impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

impl FromStr for Instant {
    type Err = NotATime;

    fn from_str(text: &str) -> Result<Self, NotATime> {
        DateTime::parse_from_rfc3339(text)
            .map(|at| Self::from_utc(at.with_timezone(&Utc)))
            .map_err(|_| NotATime("time, for example 2026-11-22T14:02:00Z"))
    }
}

impl Serialize for Instant {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A calendar date without a zone, such as a birthday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Day(pub NaiveDate);

impl Day {
    /// Makes a day from its numbers; `None` where the calendar has no such day.
    pub fn of(year: i32, month: u32, day: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(year, month, day).map(Self)
    }

    /// The form for machines and form fields: `2026-11-22`.
    pub fn iso(self) -> String {
        self.0.format("%Y-%m-%d").to_string()
    }

    /// The name of the weekday, in full.
    pub fn weekday(self) -> String {
        self.0.format("%A").to_string()
    }

    /// The day so many days later (earlier where negative).
    #[must_use]
    pub fn plus_days(self, days: i64) -> Self {
        Self(TimeDelta::try_days(days).and_then(|d| self.0.checked_add_signed(d)).unwrap_or(self.0))
    }

    /// Completed years from this birthday to a later day; 0 before birth.
    pub fn age_on(self, day: Self) -> u32 {
        day.0.years_since(self.0).unwrap_or(0)
    }

    /// The age as a chart states it: days under 4 weeks, weeks under 1 year, months under 2 years, else years.
    ///
    /// Follows NHS Common User Interface, "Date and Time Display", age display rules.
    pub fn age(self, day: Self) -> Age {
        let days = day.0.signed_duration_since(self.0).num_days().max(0);
        let years = self.age_on(day);
        let months = i64::from(day.0.year() - self.0.year()) * 12 + i64::from(day.0.month())
            - i64::from(self.0.month())
            - i64::from(day.0.day() < self.0.day());
        match (days, years) {
            (0..28, _) => Age::Days(days),
            (_, 0) => Age::Weeks(days / 7),
            (_, 1) => Age::Months(months),
            _ => Age::Years(years.into()),
        }
    }

    /// The same in few signs: `40 y`, `7 m`.
    pub fn age_text(self, day: Self) -> String {
        match self.age(day) {
            Age::Days(days) => format!("{days} d"),
            Age::Weeks(weeks) => format!("{weeks} w"),
            Age::Months(months) => format!("{months} m"),
            Age::Years(years) => format!("{years} y"),
        }
    }
}

/// An age in the unit in which charts state it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Age {
    /// Under four weeks.
    Days(i64),
    /// Under a year.
    Weeks(i64),
    /// Under two years.
    Months(i64),
    /// From two years on.
    Years(i64),
}

/// The clinical form, unmistakable in every country: `14-Jul-1985`.
impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.format("%d-%b-%Y").fmt(f)
    }
}

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
/// In Spanish; no beginning stands for another month in English.
const MESES: [&str; 12] =
    ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"];

/// Reads `1985-03-15`, `15-Mar-1985`, `15 March 1985`, `March 15, 1985`, `15.03.1985` and `15/03/1985`; months in English or
/// in Spanish.
///
/// An all-numeric date that is not ISO is read day first; where only month first makes sense, month first.
impl FromStr for Day {
    type Err = NotATime;

    fn from_str(text: &str) -> Result<Self, NotATime> {
        let wrong = NotATime("date, for example 15-Mar-1985");
        let parts: Vec<&str> =
            text.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
        let [a, b, c] = parts.as_slice() else { return Err(wrong) };
        let number = |part: &str| part.parse::<u32>().ok();
        let month_named = |part: &str| {
            let lower = part.to_lowercase();
            (lower.len() >= 3)
                .then(|| {
                    [MONTHS, MESES].iter().find_map(|names| names.iter().position(|m| lower.starts_with(m)))
                })
                .flatten()
                .and_then(|at| u32::try_from(at + 1).ok())
        };
        let (year, month, day) = if a.len() == 4 {
            (number(a), number(b).or_else(|| month_named(b)), number(c))
        } else if let Some(month) = month_named(b) {
            (number(c), Some(month), number(a))
        } else if let Some(month) = month_named(a) {
            (number(c), Some(month), number(b))
        } else {
            match (number(a), number(b)) {
                (Some(first), Some(second)) if second > 12 => (number(c), Some(first), Some(second)),
                (first, second) => (number(c), second, first),
            }
        };
        let full = if a.len() == 4 { a.len() } else { c.len() };
        match (year, month, day) {
            (Some(year), Some(month), Some(day)) if full == 4 => {
                i32::try_from(year).ok().and_then(|y| Self::of(y, month, day)).ok_or(wrong)
            }
            _ => Err(wrong),
        }
    }
}

/// The practice's time zone, an IANA name such as `Europe/Berlin`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zone(Tz);

impl Zone {
    /// Coordinated universal time.
    pub const UTC: Self = Self(Tz::UTC);

    /// Every IANA name that is understood, for people to choose from; the bare abbreviations are left out.
    pub fn names() -> Vec<&'static str> {
        chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name()).filter(|name| name.contains('/')).collect()
    }

    /// The IANA name.
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// The day on which an instant falls here.
    pub fn day_of(self, at: Instant) -> Day {
        Day(at.utc().with_timezone(&self.0).date_naive())
    }

    /// The clock here at an instant, 24 hours: `14:02`.
    pub fn clock(self, at: Instant) -> String {
        at.utc().with_timezone(&self.0).format("%H:%M").to_string()
    }

    /// Minutes since local midnight at an instant.
    pub fn minute_of_day(self, at: Instant) -> u32 {
        let local = at.utc().with_timezone(&self.0);
        local.hour() * 60 + local.minute()
    }

    /// Day and clock here at an instant: `22-Nov-2026 14:02`.
    pub fn day_and_clock(self, at: Instant) -> String {
        format!("{} {}", self.day_of(at), self.clock(at))
    }

    /// The first instant of a day here and of the next one. Right on days of 23 and of 25 hours.
    pub fn bounds(self, day: Day) -> (Instant, Instant) {
        (self.midnight(day), self.midnight(day.plus_days(1)))
    }

    /// The instant when the clock here shows a time on a day.
    ///
    /// Of two such instants (clocks set back) the earlier.
    ///
    /// # Errors
    /// [`NotATime`] where the clock skips that time (clocks set forward).
    pub fn at(self, day: Day, time: NaiveTime) -> Result<Instant, NotATime> {
        match self.0.from_local_datetime(&day.0.and_time(time)) {
            LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => {
                Ok(Instant::from_utc(at.with_timezone(&Utc)))
            }
            LocalResult::None => Err(NotATime("time: the clocks are set forward over it on that day")),
        }
    }

    fn midnight(self, day: Day) -> Instant {
        (0..180)
            .filter_map(|minute| NaiveTime::from_num_seconds_from_midnight_opt(minute * 60, 0))
            .find_map(|time| self.at(day, time).ok())
            .unwrap_or_else(|| Instant::from_utc(day.0.and_time(NaiveTime::MIN).and_utc()))
    }
}

impl FromStr for Zone {
    type Err = NotATime;

    fn from_str(text: &str) -> Result<Self, NotATime> {
        text.trim().parse().map(Self).map_err(|_| NotATime("time zone, for example Europe/Berlin"))
    }
}

/// Reads a clock time: `9:30`, `09:30` or `0930`.
///
/// # Errors
/// [`NotATime`] for anything else.
pub fn clock_time(text: &str) -> Result<NaiveTime, NotATime> {
    let text = text.trim();
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let padded = if digits.len() == 3 { format!("0{digits}") } else { digits };
    let only_clock = text.chars().all(|c| c.is_ascii_digit() || c == ':');
    NaiveTime::parse_from_str(&padded, "%H%M")
        .ok()
        .filter(|_| only_clock && padded.len() == 4)
        .ok_or(NotATime("time, for example 09:30"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn a_date_is_read_in_any_common_order() {
        for text in [
            "1985-03-15",
            "15-Mar-1985",
            "15 March 1985",
            "March 15, 1985",
            "15.03.1985",
            "15/3/1985",
            "03/15/1985",
        ] {
            assert_eq!(text.parse(), Ok(day("1985-03-15")), "{text}");
        }
        for text in ["", "1985", "31-Feb-1985", "15-Mar-85", "15-Xyz-1985", "1985-13-01"] {
            assert!(text.parse::<Day>().is_err(), "{text}");
        }
        assert_eq!(day("1985-03-05").to_string(), "05-Mar-1985");
    }

    #[test]
    fn a_day_has_23_24_or_25_hours_and_none_is_lost() {
        let berlin: Zone = "Europe/Berlin".parse().unwrap();
        for (date, hours) in [("2026-03-29", 23), ("2026-06-01", 24), ("2026-10-25", 25)] {
            let (from, to) = berlin.bounds(day(date));
            assert_eq!(to.minutes_since(from), hours * 60, "{date}");
            assert_eq!(berlin.day_of(from), day(date));
            assert_eq!(berlin.day_of(to.plus_millis(-1)), day(date));
        }
        assert!(berlin.at(day("2026-03-29"), clock_time("02:30").unwrap()).is_err());
    }

    #[test]
    fn the_local_day_is_right_far_east_and_far_west() {
        let at: Instant = "2026-11-22T23:30:00Z".parse().unwrap();
        for (zone, date, clock) in [
            ("America/Los_Angeles", "2026-11-22", "15:30"),
            ("Africa/Nairobi", "2026-11-23", "02:30"),
            ("Pacific/Auckland", "2026-11-23", "12:30"),
        ] {
            let zone: Zone = zone.parse().unwrap();
            assert_eq!((zone.day_of(at), zone.clock(at)), (day(date), clock.to_owned()));
        }
    }

    #[test]
    fn ages_are_stated_in_the_unit_that_matters() {
        let born = day("2024-02-29");
        for (on, text) in [
            ("2024-03-10", "10 d"),
            ("2024-12-01", "39 w"),
            ("2025-06-01", "15 m"),
            ("2026-02-28", "23 m"),
            ("2034-03-01", "10 y"),
        ] {
            assert_eq!(born.age_text(day(on)), text, "{on}");
        }
    }

    #[test]
    fn instants_have_one_width_so_that_text_order_is_time_order() {
        let at = Instant::from_millis(1_785_000_000_120);
        assert_eq!(at.to_string().len(), 24);
        assert_eq!(at.to_string().parse(), Ok(at));
    }

    #[test]
    fn clock_times_are_read_with_and_without_colon() {
        for text in ["9:30", "09:30", "0930", "930"] {
            assert_eq!(clock_time(text).unwrap().format("%H:%M").to_string(), "09:30", "{text}");
        }
        for text in ["", "25:00", "9", "noon", "9:3o"] {
            assert!(clock_time(text).is_err(), "{text}");
        }
    }
}
