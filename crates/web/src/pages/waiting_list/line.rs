//! An entry of the waiting list in words.

use crate::shell::PatientLine;
use crate::urls;
use medrecord_clinic::ids::ProviderId;
use medrecord_clinic::provider::Provider;
use medrecord_clinic::time::{Day, Zone};
use medrecord_clinic::waiting_list::{DayPart, Freed, Urgency, Waiting};
use medrecord_store::waiting_list::{Fit, Listed};

/// Somebody who waits.
pub(super) struct Line {
    pub(super) patient: PatientLine,
    /// The kind of the chip, its drawing and its word; none for routine.
    pub(super) urgency: Option<(&'static str, &'static str, &'static str)>,
    /// What is wished for.
    pub(super) wish: String,
    pub(super) since: String,
    pub(super) phone: String,
    pub(super) note: Option<String>,
    /// The booked visit in words, and where it is.
    pub(super) booked: Option<(String, String)>,
    /// What is done about it first: its words and where.
    pub(super) first: (String, String),
    pub(super) change: String,
}

/// What was taken off the list today.
pub(super) struct Ended {
    pub(super) patient: PatientLine,
    pub(super) words: String,
    pub(super) back: String,
    pub(super) version: i32,
}

/// What is needed to say it.
pub(super) struct Words<'a> {
    pub(super) people: &'a [Provider],
    pub(super) zone: Zone,
    pub(super) today: Day,
}

/// The entry with its version, as the booking form carries it.
fn entry(waiting: &Waiting) -> String {
    format!("{}~{}", waiting.id, waiting.version)
}

/// Where a time is found for an entry: the visit moved, or a visit booked.
pub(crate) fn find_a_time(waiting: &Waiting) -> String {
    if let Some(visit) = waiting.booked {
        return urls::book_from_list(&urls::edit_appointment(visit.id), &[], &entry(waiting));
    }
    let pairs = [
        ("patient", Some(waiting.patient_id.to_string())),
        ("provider", waiting.provider_id.map(|id| id.to_string())),
        ("type", Some(waiting.appointment_type.to_string())),
    ];
    urls::book_from_list("/appointments/new", &pairs, &entry(waiting))
}

/// The kind of visit and since when somebody waits for it.
pub(crate) fn since(waiting: &Waiting, zone: Zone) -> String {
    format!("{}, since {}", waiting.appointment_type.in_words(), zone.day_of(waiting.created_at))
}

impl Words<'_> {
    fn name(&self, provider: ProviderId) -> String {
        self.people.iter().find(|person| person.id == provider).map(Provider::full_name).unwrap_or_default()
    }

    /// A freed time: when and whose.
    pub(super) fn freed(&self, freed: Freed) -> String {
        let day = self.zone.day_of(freed.from);
        format!(
            "{} {day}, {}, {}",
            day.weekday(),
            freed.slot().in_words(self.zone),
            self.name(freed.provider)
        )
    }

    /// Somebody who waits.
    pub(super) fn line(&self, listed: &Listed) -> Line {
        let waiting = &listed.waiting;
        let booked = waiting.booked.map(|visit| {
            let words = format!("booked {}", self.zone.day_and_clock(visit.begins));
            (words, urls::appointment(visit.id))
        });
        let first = if booked.is_some() { "Move the visit" } else { "Find a time" };
        Line {
            patient: self.patient(listed),
            urgency: urgency(waiting.urgency),
            wish: self.wish(waiting),
            since: self.waited(waiting),
            phone: listed.patient.phone.clone(),
            note: waiting.note.clone(),
            booked,
            first: (first.to_owned(), find_a_time(waiting)),
            change: urls::waiting(waiting.id),
        }
    }

    /// Somebody whom a freed time suits: one click leads to the form with the time filled in.
    pub(super) fn fit(&self, fit: &Fit, freed: Freed) -> Line {
        let line = self.line(&fit.listed);
        let waiting = &fit.listed.waiting;
        let clock = self.zone.clock(fit.begins);
        let when = [
            ("provider", Some(freed.provider.to_string())),
            ("date", Some(self.zone.day_of(fit.begins).iso())),
            ("time", Some(clock.clone())),
        ];
        let first = if let Some(visit) = waiting.booked {
            let href = urls::book_from_list(&urls::edit_appointment(visit.id), &when, &entry(waiting));
            (format!("Move to {clock}"), href)
        } else {
            let who = [
                ("patient", Some(waiting.patient_id.to_string())),
                ("type", Some(waiting.appointment_type.to_string())),
            ];
            let pairs: Vec<_> = who.into_iter().chain(when).collect();
            (format!("Book {clock}"), urls::book_from_list("/appointments/new", &pairs, &entry(waiting)))
        };
        Line { first, ..line }
    }

    /// What was taken off.
    pub(super) fn ended(&self, listed: &Listed) -> Ended {
        let waiting = &listed.waiting;
        let clock = waiting.ended_at.map(|at| self.zone.clock(at)).unwrap_or_default();
        let by = listed.ended_by.map(|id| format!(" by {}", self.name(id))).unwrap_or_default();
        let reason = waiting.state_reason.as_deref().map(|reason| format!(": {reason}")).unwrap_or_default();
        Ended {
            patient: self.patient(listed),
            words: format!(
                "{}. {} at {clock}{by}{reason}",
                waiting.appointment_type.in_words(),
                waiting.state.in_words()
            ),
            back: format!("{}/back", urls::waiting(waiting.id)),
            version: waiting.version,
        }
    }

    fn patient(&self, listed: &Listed) -> PatientLine {
        let patient = &listed.patient;
        PatientLine {
            href: urls::chart(patient.id),
            surname: patient.last_name.clone(),
            given: patient.first_name.clone(),
            born: patient.date_of_birth.to_string(),
            age: patient.date_of_birth.age_text(self.today),
            number: patient.record_number.clone(),
        }
    }

    /// What is wished for: `Follow-up with Dora Doctor, from 23-Nov-2026 to 30-Nov-2026, morning`.
    fn wish(&self, waiting: &Waiting) -> String {
        let with = waiting.provider_id.map_or_else(|| "anybody".to_owned(), |id| self.name(id));
        let until = waiting.latest_on.map(|day| format!(" to {day}")).unwrap_or_default();
        let over = waiting.latest_on.is_some_and(|day| day < self.today);
        let over = if over { ", which is over" } else { "" };
        let part = match waiting.part_of_day {
            DayPart::Any => String::new(),
            part @ (DayPart::Morning | DayPart::Afternoon) => format!(", {}", part.in_words().to_lowercase()),
        };
        let kind = waiting.appointment_type.in_words();
        format!("{kind} with {with}, from {}{until}{over}{part}", waiting.earliest_on)
    }

    fn waited(&self, waiting: &Waiting) -> String {
        let since = self.zone.day_of(waiting.created_at);
        match waiting.days_waited(self.zone, self.today) {
            0 => "since today".to_owned(),
            1 => format!("1 day, since {since}"),
            days => format!("{days} days, since {since}"),
        }
    }
}

fn urgency(urgency: Urgency) -> Option<(&'static str, &'static str, &'static str)> {
    match urgency {
        Urgency::Routine => None,
        Urgency::Soon => Some(("warn", "clock", urgency.in_words())),
        Urgency::Urgent => Some(("alert", "alert", urgency.in_words())),
    }
}
