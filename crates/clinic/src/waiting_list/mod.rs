//! The waiting list: who wants a time that is not free, or an earlier one than was booked, and which time suits them.
//!
//! A time suits by provider, length, day and part of the day; whether it is free is the schedule's to say.

use crate::appointment::{AppointmentType, Slot};
use crate::field::{self, Problems, SHORT};
use crate::ids::{AppointmentId, PatientId, ProviderId, WaitingId};
use crate::time::{Day, Instant, Zone};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A word that is not one of those to choose from.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not one of the words to choose from")]
pub struct NotAChoice;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$each:meta])* $variant:ident = $word:literal / $words:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$each])* $variant),+ }

        impl $name {
            /// Every one, in the order of the form.
            pub const ALL: [Self; 3] = [$(Self::$variant),+];

            /// The word in databases, interfaces and forms.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// As people say it.
            pub fn in_words(self) -> &'static str {
                match self { $(Self::$variant => $words),+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = NotAChoice;

            fn from_str(text: &str) -> Result<Self, NotAChoice> {
                Self::ALL.into_iter().find(|one| one.as_str() == text).ok_or(NotAChoice)
            }
        }
    };
}

words! {
    /// Which part of the day suits; noon parts it.
    DayPart {
        /// The whole day.
        Any = "any" / "Any time",
        /// A visit that begins before noon.
        Morning = "morning" / "Morning",
        /// A visit that begins at noon or later.
        Afternoon = "afternoon" / "Afternoon",
    }
}

words! {
    /// How much somebody needs the time. A person says so; nothing is worked out of the chart.
    Urgency {
        /// When it can be had.
        Routine = "routine" / "Routine",
        /// Rather before the others.
        Soon = "soon" / "Soon",
        /// Before everybody else.
        Urgent = "urgent" / "Urgent",
    }
}

words! {
    /// What became of somebody on the list.
    WaitingState {
        /// Still on it.
        Waiting = "waiting" / "Waiting",
        /// Has a time now.
        Booked = "booked" / "Booked",
        /// Does not want or need one any more.
        Withdrawn = "withdrawn" / "Taken off",
    }
}

impl DayPart {
    /// Whether a visit that begins then lies in this part of its day.
    pub fn holds(self, at: Instant, zone: Zone) -> bool {
        const NOON: u32 = 12 * 60;
        match self {
            Self::Any => true,
            Self::Morning => zone.minute_of_day(at) < NOON,
            Self::Afternoon => zone.minute_of_day(at) >= NOON,
        }
    }

    /// The instant itself, or noon of its day where only the afternoon suits.
    fn first_in(self, at: Instant, zone: Zone) -> Instant {
        match self {
            Self::Afternoon if !self.holds(at, zone) => {
                let noon = chrono::NaiveTime::from_hms_opt(12, 0, 0).unwrap_or_default();
                zone.at(zone.day_of(at), noon).unwrap_or(at)
            }
            Self::Any | Self::Morning | Self::Afternoon => at,
        }
    }
}

/// The booked visit that somebody wants earlier, as long as it is to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BookedVisit {
    /// The visit.
    pub id: AppointmentId,
    /// When it begins.
    pub begins: Instant,
    /// How long it takes.
    pub minutes: i32,
}

/// Somebody on the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Waiting {
    /// The entry.
    pub id: WaitingId,
    /// Who waits.
    pub patient_id: PatientId,
    /// The booked visit that is wanted earlier.
    pub appointment_id: Option<AppointmentId>,
    /// Who is wished for; `None` for anybody.
    pub provider_id: Option<ProviderId>,
    /// What kind of visit it is to be.
    pub appointment_type: AppointmentType,
    /// The first day that suits.
    pub earliest_on: Day,
    /// The last day that suits; `None` where any later one does.
    pub latest_on: Option<Day>,
    /// Which part of the day suits.
    pub part_of_day: DayPart,
    /// How much the patient needs it.
    pub urgency: Urgency,
    /// More, such as when to call.
    pub note: Option<String>,
    /// What became of it.
    pub state: WaitingState,
    /// Why it was taken off the list.
    pub state_reason: Option<String>,
    /// The visit that came of it.
    pub booked_appointment_id: Option<AppointmentId>,
    /// When it was taken off the list.
    pub ended_at: Option<Instant>,
    /// Since when the patient waits.
    pub created_at: Instant,
    /// When the row last changed.
    pub updated_at: Instant,
    /// The row's version.
    pub version: i32,
    /// The booked visit, where it is still to come.
    #[serde(skip)]
    pub booked: Option<BookedVisit>,
}

/// A time of a provider that was set free.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Freed {
    /// When it begins.
    pub from: Instant,
    /// When it is over.
    pub until: Instant,
    /// Whose time it is.
    pub provider: ProviderId,
}

impl Freed {
    /// From when to when.
    pub fn slot(self) -> Slot {
        Slot { from: self.from, until: self.until }
    }
}

impl Waiting {
    /// How many minutes are needed: those of the booked visit, or else the usual ones of the kind.
    pub fn minutes(&self, usual: i32) -> i32 {
        self.booked.map_or(usual, |visit| visit.minutes)
    }

    /// When a visit in a freed time could begin; `None` where the time does not suit: another provider, too short, another
    /// day or part of the day, or no earlier than what is booked. `usual` is the length of the kind.
    pub fn fits(&self, freed: Freed, usual: i32, zone: Zone) -> Option<Instant> {
        let day = zone.day_of(freed.from);
        let begins = self.part_of_day.first_in(freed.from, zone);
        let suits = self.state == WaitingState::Waiting
            && self.provider_id.is_none_or(|wished| wished == freed.provider)
            && freed.until.minutes_since(begins) >= i64::from(self.minutes(usual))
            && self.earliest_on <= day
            && self.latest_on.is_none_or(|latest| day <= latest)
            && self.part_of_day.holds(begins, zone)
            && self.booked.is_none_or(|visit| begins < visit.begins);
        suits.then_some(begins)
    }

    /// How many whole days the patient has waited.
    pub fn days_waited(&self, zone: Zone, today: Day) -> i64 {
        today.0.signed_duration_since(zone.day_of(self.created_at).0).num_days().max(0)
    }

    /// Why it cannot be put back on the list now, if something stands against it: it still waits, or the day has passed.
    pub fn stays_off(&self, now: Instant, zone: Zone) -> Option<&'static str> {
        match self.ended_at {
            None => Some("This patient is on the waiting list already."),
            Some(at) if zone.day_of(at) != zone.day_of(now) => {
                Some("This can be taken back on the same day only. Put the patient on the list anew.")
            }
            Some(_) => None,
        }
    }
}

/// Freed times with those of one provider that touch or overlap made one, in the order of the clock.
pub fn joined(mut freed: Vec<Freed>) -> Vec<Freed> {
    freed.sort_by_key(|one| (one.provider, one.from));
    let mut whole: Vec<Freed> = Vec::new();
    for one in freed {
        match whole.last_mut() {
            Some(last) if last.provider == one.provider && one.from <= last.until => {
                last.until = last.until.max(one.until);
            }
            Some(_) | None => whole.push(one),
        }
    }
    whole.sort();
    whole
}

/// What of a freed time is still free: the stretches between what is taken of it, those of five minutes or more.
pub fn still_free(freed: Freed, taken: &[Slot], now: Instant) -> Vec<Freed> {
    const SHORTEST: i64 = 5;
    const STEP: i64 = SHORTEST * 60_000;
    let late = now.plus_millis((STEP - now.millis().rem_euclid(STEP)).rem_euclid(STEP));
    let mut from = freed.from.max(late);
    let mut free = Vec::new();
    let mut add = |from: Instant, until: Instant| {
        if until.minutes_since(from) >= SHORTEST {
            free.push(Freed { from, until, ..freed });
        }
    };
    let mut taken: Vec<Slot> = taken.iter().copied().filter(|slot| slot.overlaps(freed.slot())).collect();
    taken.sort_by_key(|slot| slot.from);
    for slot in taken {
        add(from, slot.from.min(freed.until));
        from = from.max(slot.until);
    }
    add(from, freed.until);
    free
}

/// What somebody typed to put a patient on the list, unread.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct WaitingForm {
    /// Who waits.
    pub patient_id: String,
    /// The booked visit that is wanted earlier; may be empty.
    pub appointment_id: String,
    /// Who is wished for; empty for anybody.
    pub provider_id: String,
    /// The kind of visit.
    pub appointment_type: String,
    /// The first day that suits; empty for today.
    pub earliest_on: String,
    /// The last day that suits; may be empty.
    pub latest_on: String,
    /// Part of the day; empty for any.
    pub part_of_day: String,
    /// How much it is needed; empty for routine.
    pub urgency: String,
    /// More.
    pub note: String,
}

/// Who is to be put on the list, read and sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingDetails {
    /// Who waits.
    pub patient_id: PatientId,
    /// The booked visit that is wanted earlier.
    pub appointment_id: Option<AppointmentId>,
    /// Who is wished for; `None` for anybody.
    pub provider_id: Option<ProviderId>,
    /// The kind of visit.
    pub appointment_type: AppointmentType,
    /// The first day that suits.
    pub earliest_on: Day,
    /// The last day that suits.
    pub latest_on: Option<Day>,
    /// Part of the day.
    pub part_of_day: DayPart,
    /// How much it is needed.
    pub urgency: Urgency,
    /// More.
    pub note: Option<String>,
}

/// How many days ahead a wish may lie; further is a slip of the year.
const FURTHEST: i64 = 2 * 366;

impl WaitingForm {
    /// Reads the form; `today` is the practice's day.
    ///
    /// # Errors
    /// Every problem of every field at once.
    pub fn parse(&self, today: Day) -> Result<WaitingDetails, Problems> {
        let mut wrong = Problems::none();
        let p = &mut wrong;
        let patient_id = p.keep(read("patientId", "Choose a patient.", &self.patient_id));
        let appointment_id =
            p.keep(if_any("appointmentId", "Choose a visit of the patient.", &self.appointment_id));
        let provider_id = p.keep(if_any("providerId", "Choose a provider, or anybody.", &self.provider_id));
        let kind = p.keep(read("appointmentType", "Choose the type of visit.", &self.appointment_type));
        let words = "Enter the first day that suits such as 23-Nov-2026.";
        let earliest = p.keep(if_any("earliestOn", words, &self.earliest_on));
        let words = "Enter the last day that suits such as 23-Nov-2026, or nothing.";
        let latest = p.keep(if_any("latestOn", words, &self.latest_on));
        let words = "Choose any, morning or afternoon.";
        let part = p.keep(if_any("partOfDay", words, &self.part_of_day));
        let urgency = p.keep(if_any("urgency", "Choose routine, soon or urgent.", &self.urgency));
        let note = p.keep(field::optional("note", "the note", &self.note, SHORT));
        let earliest: Option<Day> = earliest.map(|day| day.unwrap_or(today));
        days(p, earliest, latest.flatten(), today);
        let read = || {
            Some(WaitingDetails {
                patient_id: patient_id?,
                appointment_id: appointment_id?,
                provider_id: provider_id?,
                appointment_type: kind?,
                earliest_on: earliest?,
                latest_on: latest?,
                part_of_day: part?.unwrap_or(DayPart::Any),
                urgency: urgency?.unwrap_or(Urgency::Routine),
                note: note?,
            })
        };
        read().filter(|_| wrong.is_empty()).ok_or(wrong)
    }

    /// The form as it opens for somebody on the list.
    pub fn of(waiting: &Waiting) -> Self {
        let id = |id: Option<String>| id.unwrap_or_default();
        Self {
            patient_id: waiting.patient_id.to_string(),
            appointment_id: id(waiting.appointment_id.map(|id| id.to_string())),
            provider_id: id(waiting.provider_id.map(|id| id.to_string())),
            appointment_type: waiting.appointment_type.to_string(),
            earliest_on: waiting.earliest_on.iso(),
            latest_on: waiting.latest_on.map(Day::iso).unwrap_or_default(),
            part_of_day: waiting.part_of_day.to_string(),
            urgency: waiting.urgency.to_string(),
            note: waiting.note.clone().unwrap_or_default(),
        }
    }
}

/// What the days say against each other and the calendar.
fn days(p: &mut Problems, earliest: Option<Day>, latest: Option<Day>, today: Day) {
    if earliest.is_some_and(|day| day > today.plus_days(FURTHEST)) {
        p.add("earliestOn", "too_far", "The first day is more than two years ahead; check the year.");
    }
    if latest.is_some_and(|day| day < today) {
        p.add("latestOn", "in_past", "The last day that suits has passed; choose a later one, or none.");
    } else if let (Some(first), Some(last)) = (earliest, latest)
        && last < first
    {
        p.add("latestOn", "too_early", "The last day must not lie before the first.");
    }
}

fn read<T: FromStr>(field: &str, words: &str, text: &str) -> Result<T, Problems> {
    text.trim().parse().map_err(|_| Problems::one(field, "invalid", words))
}

fn if_any<T: FromStr>(field: &str, words: &str, text: &str) -> Result<Option<T>, Problems> {
    if text.trim().is_empty() { Ok(None) } else { read(field, words, text).map(Some) }
}

#[cfg(test)]
mod tests;
