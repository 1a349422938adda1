//! The practice itself: its name and address on letters, the zone of its clock, its hours.

use crate::appointment::Slot;
use crate::contact::Phone;
use crate::field::{self, Problems, SHORT};
use crate::patient::if_any;
use crate::time::{Zone, clock_time};
use chrono::Timelike;
use serde::{Deserialize, Serialize};

/// The practice as it is set up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Practice {
    /// Name on letters and prescriptions.
    pub name: String,
    /// Postal address, lines kept.
    pub address: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// The zone in which the day begins and ends.
    #[serde(serialize_with = "zone_name")]
    pub time_zone: Zone,
    /// Minutes after midnight when it opens.
    pub opens_at: i32,
    /// Minutes after midnight when it closes.
    pub closes_at: i32,
    /// The row's version, for optimistic updates; 0 where nobody has set it up.
    pub version: i32,
}

impl Practice {
    /// A practice that nobody has set up: open from 08:00 to 18:00, this project's own default.
    pub fn unnamed(time_zone: Zone) -> Self {
        Self {
            name: "MedRecord AI practice".to_owned(),
            address: None,
            phone: None,
            time_zone,
            opens_at: 8 * 60,
            closes_at: 18 * 60,
            version: 0,
        }
    }

    /// Whether a time lies within the hours of one day.
    pub fn is_open(&self, slot: Slot) -> bool {
        let zone = self.time_zone;
        let day = zone.day_of(slot.from);
        let minute = |at| i32::try_from(zone.minute_of_day(at)).unwrap_or(i32::MAX);
        let ends = if zone.day_of(slot.until) == day {
            minute(slot.until)
        } else if slot.until == zone.bounds(day).1 {
            24 * 60
        } else {
            i32::MAX
        };
        self.opens_at <= minute(slot.from) && ends <= self.closes_at
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn zone_name<S: serde::Serializer>(zone: &Zone, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(zone.name())
}

/// Minutes after midnight as a clock shows them: `08:00`; the end of the day is `24:00`.
pub fn clock_of(minutes: i32) -> String {
    format!("{:02}:{:02}", minutes.div_euclid(60), minutes.rem_euclid(60))
}

/// What somebody typed into the settings, unread.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PracticeForm {
    /// Name.
    pub name: String,
    /// Address; may be empty.
    pub address: String,
    /// Telephone; may be empty.
    pub phone: String,
    /// IANA name of the zone.
    pub time_zone: String,
    /// Opening time on the clock.
    pub opens_at: String,
    /// Closing time on the clock.
    pub closes_at: String,
}

/// How the practice is to be set up, read and sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PracticeDetails {
    /// Name.
    pub name: String,
    /// Address.
    pub address: Option<String>,
    /// Telephone.
    pub phone: Option<Phone>,
    /// Zone.
    pub time_zone: Zone,
    /// Minutes after midnight when it opens.
    pub opens_at: i32,
    /// Minutes after midnight when it closes.
    pub closes_at: i32,
}

impl PracticeForm {
    /// Reads the form.
    ///
    /// # Errors
    /// Every problem of every field at once.
    pub fn parse(&self) -> Result<PracticeDetails, Problems> {
        let mut wrong = Problems::none();
        let p = &mut wrong;
        let name = p.keep(field::required("name", "the practice's name", &self.name, SHORT));
        let address = p.keep(field::long_text("address", "the address", &self.address, SHORT));
        let phone = p.keep(if_any(&self.phone, |text| Phone::parse("phone", text)));
        let time_zone = p.keep(self.time_zone.parse::<Zone>().map_err(|_| {
            let words = "Enter a time zone of the IANA list such as Europe/Berlin or America/New_York.";
            Problems::one("timeZone", "invalid", words)
        }));
        let opens_at = p.keep(minute("opensAt", "opening", &self.opens_at));
        let closes_at = p.keep(minute("closesAt", "closing", &self.closes_at));
        if let (Some(opens), Some(closes)) = (opens_at, closes_at)
            && opens >= closes
        {
            p.add("closesAt", "too_early", "The closing time must be later than the opening time.");
        }
        let read = || {
            Some(PracticeDetails {
                name: name?,
                address: address?,
                phone: phone?,
                time_zone: time_zone?,
                opens_at: opens_at?,
                closes_at: closes_at?,
            })
        };
        read().filter(|_| wrong.is_empty()).ok_or(wrong)
    }
}

impl From<&Practice> for PracticeForm {
    fn from(practice: &Practice) -> Self {
        Self {
            name: practice.name.clone(),
            address: practice.address.clone().unwrap_or_default(),
            phone: practice.phone.clone().unwrap_or_default(),
            time_zone: practice.time_zone.name().to_owned(),
            opens_at: clock_of(practice.opens_at),
            closes_at: clock_of(practice.closes_at),
        }
    }
}

fn minute(field: &str, label: &str, text: &str) -> Result<i32, Problems> {
    if text.trim() == "24:00" {
        return Ok(24 * 60);
    }
    let read =
        clock_time(text).ok().and_then(|time| i32::try_from(time.num_seconds_from_midnight() / 60).ok());
    read.ok_or_else(|| {
        Problems::one(field, "invalid", format!("Enter the {label} time such as 08:00, 24 hours."))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set_up() -> PracticeForm {
        PracticeForm::from(&Practice::unnamed("Pacific/Auckland".parse().unwrap()))
    }

    #[test]
    fn what_is_set_up_is_read_as_it_was_typed() {
        let form = PracticeForm { phone: "+1-555-0199".into(), closes_at: "24:00".into(), ..set_up() };
        let details = form.parse().unwrap();
        assert_eq!((details.opens_at, details.closes_at), (480, 1440));
        assert_eq!(details.time_zone.name(), "Pacific/Auckland");
    }

    #[test]
    fn every_wrong_field_is_named_at_once() {
        let form = PracticeForm {
            phone: "none".into(),
            time_zone: "Mars/Base".into(),
            opens_at: "18:00".into(),
            closes_at: "8:00".into(),
            ..PracticeForm::default()
        };
        let problems = form.parse().unwrap_err();
        let fields: Vec<&str> = problems.0.iter().map(|p| p.field.as_str()).collect();
        assert_eq!(fields, ["name", "phone", "timeZone", "closesAt"]);
    }

    #[test]
    fn the_hours_hold_on_the_practices_clock_on_every_day_of_the_year() {
        let slot = |from: &str, minutes| {
            let from: crate::time::Instant = from.parse().unwrap();
            Slot { from, until: from.plus_minutes(minutes) }
        };
        let auckland = Practice::unnamed("Pacific/Auckland".parse().unwrap());
        // 08:00 on Monday there is 19:00 on Sunday in UTC.
        assert!(auckland.is_open(slot("2026-11-22T19:00:00Z", 20)));
        assert!(!auckland.is_open(slot("2026-11-22T18:50:00Z", 20)));
        let berlin = Practice::unnamed("Europe/Berlin".parse().unwrap());
        // The last visit before 18:00, in winter, on the day the clocks went forward, and in summer.
        for last in ["2026-03-28T16:40:00Z", "2026-03-29T15:40:00Z", "2026-06-01T15:40:00Z"] {
            assert!(berlin.is_open(slot(last, 20)), "{last}");
            assert!(!berlin.is_open(slot(last, 21)), "{last}");
        }
        let night = Practice { opens_at: 0, closes_at: 24 * 60, ..berlin };
        assert!(night.is_open(slot("2026-06-01T21:30:00Z", 30)));
        assert!(!night.is_open(slot("2026-06-01T21:30:00Z", 31)));
    }
}
