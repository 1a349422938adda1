//! Time that is kept free of visits: leave, meetings, breaks, days on which the practice is closed. Of one provider, or
//! of everybody. A visit may still be booked into it, with a reason.

use crate::appointment::Slot;
use crate::field::{self, Problems, SHORT};
use crate::ids::{BlockedTimeId, ProviderId};
use crate::time::{Day, Instant, Zone, clock_time};
use chrono::NaiveTime;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Why nobody is booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockedTimeKind {
    /// Holiday, illness, a course.
    Leave,
    /// A meeting or a call.
    Meeting,
    /// Lunch, or time for paperwork.
    Break,
    /// A public holiday, or another time when nobody works.
    Closed,
}

impl BlockedTimeKind {
    /// Every kind, in the order of the form.
    pub const ALL: [Self; 4] = [Self::Leave, Self::Meeting, Self::Break, Self::Closed];

    /// The word in databases and forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Leave => "leave",
            Self::Meeting => "meeting",
            Self::Break => "break",
            Self::Closed => "closed",
        }
    }

    /// The kind as people say it.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Leave => "Leave",
            Self::Meeting => "Meeting",
            Self::Break => "Break",
            Self::Closed => "Closed",
        }
    }
}

impl fmt::Display for BlockedTimeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that names no kind of blocked time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a kind: use leave, meeting, break or closed")]
pub struct NotAKind;

impl FromStr for BlockedTimeKind {
    type Err = NotAKind;

    fn from_str(text: &str) -> Result<Self, NotAKind> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(NotAKind)
    }
}

/// A time when nobody is booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockedTime {
    /// Its id.
    pub id: BlockedTimeId,
    /// Whose time it is; `None` for the whole practice.
    pub provider_id: Option<ProviderId>,
    /// From when to when.
    pub slot: Slot,
    /// Why.
    pub kind: BlockedTimeKind,
    /// More, such as the name of the holiday.
    pub note: Option<String>,
    /// The row's version.
    pub version: i32,
}

impl BlockedTime {
    /// The kind, with its note: `Leave: course in Bern`.
    pub fn in_words(&self) -> String {
        match &self.note {
            Some(note) => format!("{}: {note}", self.kind.in_words()),
            None => self.kind.in_words().to_owned(),
        }
    }

    /// From when to when, the day named once where it is the same: `23-Nov-2026 12:00 to 13:00`.
    pub fn when(&self, zone: Zone) -> String {
        let (from, until) = (self.slot.from, self.slot.until);
        let (first, last) = (zone.day_of(from), zone.day_of(until.plus_millis(-1)));
        let whole = from == zone.bounds(first).0 && until == zone.bounds(last).1;
        match (first == last, whole) {
            (true, true) => format!("{first}, all day"),
            (false, true) => format!("{first} to {last}"),
            (true, false) => format!("{first} {}", self.slot.in_words(zone)),
            (false, false) => format!("{} to {}", zone.day_and_clock(from), zone.day_and_clock(until)),
        }
    }
}

/// What somebody typed into the form, unread.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BlockedTimeForm {
    /// Whose time it is; empty for the whole practice.
    pub provider_id: String,
    /// Why.
    pub kind: String,
    /// The first day.
    pub from_date: String,
    /// When it begins on that day; empty for the whole day.
    pub from_time: String,
    /// The last day; empty for the same day.
    pub until_date: String,
    /// When it is over on that day; empty for the whole day.
    pub until_time: String,
    /// More.
    pub note: String,
}

/// A time to be kept free, read and sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockedTimeDetails {
    /// Whose time it is; `None` for the whole practice.
    pub provider_id: Option<ProviderId>,
    /// From when to when.
    pub slot: Slot,
    /// Why.
    pub kind: BlockedTimeKind,
    /// More.
    pub note: Option<String>,
}

/// The longest time that can be blocked at once, in days; longer is a slip of the year.
const LONGEST_DAYS: i64 = 366;

impl BlockedTimeForm {
    /// Reads the form on the practice's clock.
    ///
    /// # Errors
    /// Every problem of every field at once.
    pub fn parse(&self, zone: Zone) -> Result<BlockedTimeDetails, Problems> {
        let mut wrong = Problems::none();
        let p = &mut wrong;
        let provider_id = match self.provider_id.trim() {
            "" => Some(None),
            id => p.keep(
                id.parse()
                    .map(Some)
                    .map_err(|_| Problems::one("providerId", "invalid", "Choose whose time it is.")),
            ),
        };
        let kind = p.keep(
            self.kind.parse().map_err(|_| Problems::one("kind", "invalid", "Choose why nobody is booked.")),
        );
        let first = p.keep(day("fromDate", "first", &self.from_date));
        let last = if self.until_date.trim().is_empty() {
            first
        } else {
            p.keep(day("untilDate", "last", &self.until_date))
        };
        let from =
            first.and_then(|day| p.keep(at("fromTime", zone, day, &self.from_time, zone.bounds(day).0)));
        let until =
            last.and_then(|day| p.keep(at("untilTime", zone, day, &self.until_time, zone.bounds(day).1)));
        let note = p.keep(field::optional("note", "the note", &self.note, SHORT));
        if let (Some(from), Some(until)) = (from, until) {
            if until <= from {
                p.add("untilTime", "too_early", "The end must be later than the beginning.");
            } else if until.minutes_since(from) > LONGEST_DAYS * 24 * 60 {
                p.add("untilDate", "too_far", "This is longer than a year; check the year.");
            }
        }
        let read = || {
            Some(BlockedTimeDetails {
                provider_id: provider_id?,
                slot: Slot { from: from?, until: until? },
                kind: kind?,
                note: note?,
            })
        };
        read().filter(|_| wrong.is_empty()).ok_or(wrong)
    }
}

fn day(field: &str, which: &str, text: &str) -> Result<Day, Problems> {
    let words = format!("Enter the {which} day such as 23-Nov-2026.");
    text.parse().map_err(|_| Problems::one(field, "invalid", words))
}

/// The instant when the clock shows a time on a day, or `else_at` where no time is given. A time that the clocks skip
/// counts as the first one after it: nobody loses an hour of leave to the change of the clocks.
fn at(field: &str, zone: Zone, day: Day, text: &str, else_at: Instant) -> Result<Instant, Problems> {
    match text.trim() {
        "" => return Ok(else_at),
        "24:00" => return Ok(zone.bounds(day).1),
        _ => {}
    }
    let words = "Enter the time such as 09:30, 24 hours, or nothing for the whole day.";
    let time = clock_time(text).map_err(|_| Problems::one(field, "invalid", words))?;
    let later = (0..180).filter_map(|minutes| {
        let (time, wrapped) = time.overflowing_add_signed(chrono::TimeDelta::minutes(minutes));
        (wrapped == 0).then_some(time)
    });
    Ok(later.map(|time: NaiveTime| zone.at(day, time)).find_map(Result::ok).unwrap_or(else_at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(from: (&str, &str), until: (&str, &str)) -> BlockedTimeForm {
        BlockedTimeForm {
            kind: "leave".to_owned(),
            from_date: from.0.to_owned(),
            from_time: from.1.to_owned(),
            until_date: until.0.to_owned(),
            until_time: until.1.to_owned(),
            ..BlockedTimeForm::default()
        }
    }

    fn read(zone: &str, from: (&str, &str), until: (&str, &str)) -> Result<(String, String), Problems> {
        let slot = form(from, until).parse(zone.parse().unwrap())?.slot;
        Ok((slot.from.to_string(), slot.until.to_string()))
    }

    #[test]
    fn a_day_off_is_the_practices_day_in_every_zone_and_of_23_or_25_hours() {
        let instants = |from: &str, until: &str| Ok((format!("{from}:00.000Z"), format!("{until}:00.000Z")));
        for (zone, day, from, until) in [
            ("America/Los_Angeles", "2026-11-23", "2026-11-23T08:00", "2026-11-24T08:00"),
            ("Europe/Istanbul", "2026-11-23", "2026-11-22T21:00", "2026-11-23T21:00"),
            ("Pacific/Auckland", "2026-11-23", "2026-11-22T11:00", "2026-11-23T11:00"),
            ("America/Los_Angeles", "2026-03-08", "2026-03-08T08:00", "2026-03-09T07:00"),
            ("America/Los_Angeles", "2026-11-01", "2026-11-01T07:00", "2026-11-02T08:00"),
        ] {
            assert_eq!(read(zone, (day, ""), ("", "")), instants(from, until), "{zone} {day}");
        }
    }

    #[test]
    fn an_hour_that_the_clocks_skip_begins_when_they_go_on() {
        let skipped = read("Europe/Berlin", ("2026-03-29", "02:30"), ("", "12:00")).unwrap();
        assert_eq!(skipped.0, "2026-03-29T01:00:00.000Z");
    }

    #[test]
    fn what_cannot_be_is_refused_at_its_field() {
        let fields = |result: Result<_, Problems>| -> Vec<String> {
            result.unwrap_err().0.into_iter().map(|problem| problem.field).collect()
        };
        assert_eq!(fields(read("UTC", ("", ""), ("", ""))), ["fromDate"]);
        assert_eq!(fields(read("UTC", ("2026-11-23", "12:00"), ("", "12:00"))), ["untilTime"]);
        assert_eq!(fields(read("UTC", ("2026-11-23", ""), ("2028-11-23", ""))), ["untilDate"]);
        assert_eq!(fields(read("UTC", ("2026-11-23", "noon"), ("", ""))), ["fromTime"]);
    }

    #[test]
    fn a_blocked_time_says_when_it_is() {
        let zone: Zone = "Pacific/Auckland".parse().unwrap();
        let when = |from, until| {
            let details = form(from, until).parse(zone).unwrap();
            let id = uuid::Uuid::nil().into();
            let BlockedTimeDetails { provider_id, slot, kind, note } = details;
            BlockedTime { id, provider_id, slot, kind, note, version: 1 }.when(zone)
        };
        assert_eq!(when(("2026-11-23", ""), ("", "")), "23-Nov-2026, all day");
        assert_eq!(when(("2026-11-23", ""), ("2026-11-27", "")), "23-Nov-2026 to 27-Nov-2026");
        assert_eq!(when(("2026-11-23", "12:00"), ("", "13:00")), "23-Nov-2026 12:00 to 13:00");
        assert_eq!(
            when(("2026-11-23", "12:00"), ("2026-11-24", "")),
            "23-Nov-2026 12:00 to 25-Nov-2026 00:00"
        );
    }

    #[test]
    fn every_kind_survives_its_word() {
        for kind in BlockedTimeKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(kind));
        }
        assert_eq!("strike".parse::<BlockedTimeKind>(), Err(NotAKind));
    }
}
