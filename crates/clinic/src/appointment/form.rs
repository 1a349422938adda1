//! The booking form and the walk-in form, from typed texts to sound details.

use super::conflict::Slot;
use super::{Appointment, AppointmentType};
use crate::field::{self, Problems, SHORT};
use crate::ids::{PatientId, ProviderId};
use crate::time::{Day, Instant, Zone, clock_time};
use crate::visit_type::VisitTypes;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// What somebody typed into the booking form or sent to the interface, unread.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AppointmentForm {
    /// Whose visit it is.
    pub patient_id: String,
    /// Who sees the patient.
    pub provider_id: String,
    /// The day, in any common order.
    pub date: String,
    /// The time on the practice's clock.
    pub time: String,
    /// The instant, for programs, in place of day and time.
    pub appointment_date: String,
    /// The kind of visit.
    pub appointment_type: String,
    /// Length in minutes; empty for the usual length of the kind.
    pub duration_minutes: String,
    /// Why the patient comes; may be empty.
    pub reason_for_visit: String,
}

/// A booking, read and sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppointmentDetails {
    /// Whose visit it is.
    pub patient_id: PatientId,
    /// Who sees the patient.
    pub provider_id: ProviderId,
    /// When it begins.
    pub appointment_date: Instant,
    /// The kind of visit.
    pub appointment_type: AppointmentType,
    /// Length in minutes.
    pub duration_minutes: i32,
    /// Why the patient comes.
    pub reason_for_visit: Option<String>,
}

/// The shortest and the longest visit; the databases hold the same limits.
const MINUTES: std::ops::RangeInclusive<i32> = 5..=480;

/// How many days ahead a booking may lie; further is a slip of the year.
const FURTHEST: i64 = 2 * 366;

impl AppointmentDetails {
    /// When it ends.
    pub fn ends_at(&self) -> Instant {
        self.appointment_date.plus_minutes(i64::from(self.duration_minutes))
    }

    /// The time it takes up.
    pub fn slot(&self) -> Slot {
        Slot { from: self.appointment_date, until: self.ends_at() }
    }
}

impl AppointmentForm {
    /// Reads the form on the practice's clock; `today` is the practice's day.
    ///
    /// # Errors
    /// Every problem of every field at once.
    pub fn parse(&self, zone: Zone, today: Day) -> Result<AppointmentDetails, Problems> {
        let mut wrong = Problems::none();
        let p = &mut wrong;
        let patient_id = p.keep(chosen("patientId", "Choose a patient.", &self.patient_id));
        let provider_id = p.keep(chosen("providerId", "Choose a provider.", &self.provider_id));
        let kind = p.keep(kind(&self.appointment_type));
        let begins = if self.appointment_date.trim().is_empty() {
            self.begins_on_the_clock(p, zone)
        } else {
            p.keep(instant(&self.appointment_date))
        };
        if let Some(at) = begins.filter(|at| zone.day_of(*at) > today.plus_days(FURTHEST)) {
            let named = if self.appointment_date.trim().is_empty() { "date" } else { "appointmentDate" };
            let words = format!("{} is more than two years ahead; check the year.", zone.day_of(at));
            p.add(named, "too_far", words);
        }
        let minutes = p.keep(minutes(&self.duration_minutes, kind));
        let reason = p.keep(reason_for_visit(&self.reason_for_visit));
        let read = || {
            Some(AppointmentDetails {
                patient_id: patient_id?,
                provider_id: provider_id?,
                appointment_date: begins?,
                appointment_type: kind?,
                duration_minutes: minutes?,
                reason_for_visit: reason?,
            })
        };
        read().filter(|_| wrong.is_empty()).ok_or(wrong)
    }

    /// The form with the practice's length of the kind, where no length was typed.
    #[must_use]
    pub fn with_usual_length(&self, types: &VisitTypes) -> Self {
        let mut form = self.clone();
        if let (true, Ok(kind)) = (form.duration_minutes.trim().is_empty(), kind(&form.appointment_type)) {
            form.duration_minutes = types.minutes(kind).to_string();
        }
        form
    }

    fn begins_on_the_clock(&self, p: &mut Problems, zone: Zone) -> Option<Instant> {
        let day = p.keep(self.date.parse::<Day>().map_err(|_| {
            Problems::one("date", "invalid", "Enter the day of the visit such as 23-Nov-2026.")
        }));
        let time = p.keep(
            clock_time(&self.time)
                .map_err(|_| Problems::one("time", "invalid", "Enter the time such as 09:30, 24 hours.")),
        );
        let (day, time) = (day?, time?);
        p.keep(zone.at(day, time).map_err(|_| {
            let clock = time.format("%H:%M");
            let words =
                format!("{clock} does not exist on {day}: the clocks go forward. Choose another time.");
            Problems::one("time", "skipped", words)
        }))
    }

    /// The form as it opens for an appointment that is booked.
    pub fn of(appointment: &Appointment, zone: Zone) -> Self {
        Self {
            patient_id: appointment.patient_id.to_string(),
            provider_id: appointment.provider_id.to_string(),
            date: zone.day_of(appointment.appointment_date).iso(),
            time: zone.clock(appointment.appointment_date),
            appointment_date: String::new(),
            appointment_type: appointment.appointment_type.to_string(),
            duration_minutes: appointment.duration_minutes.to_string(),
            reason_for_visit: appointment.reason_for_visit.clone().unwrap_or_default(),
        }
    }
}

/// What somebody typed to take in a patient who came without an appointment, unread.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct WalkInForm {
    /// Who came.
    pub patient_id: String,
    /// Who is to see the patient.
    pub provider_id: String,
    /// The kind of visit.
    pub appointment_type: String,
    /// Why the patient comes; may be empty.
    pub reason_for_visit: String,
}

/// Somebody who came without an appointment, read and sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WalkIn {
    /// Who came.
    pub patient_id: PatientId,
    /// Who is to see the patient.
    pub provider_id: ProviderId,
    /// The kind of visit.
    pub appointment_type: AppointmentType,
    /// Why the patient comes.
    pub reason_for_visit: Option<String>,
}

impl WalkInForm {
    /// Reads the form.
    ///
    /// # Errors
    /// Every problem of every field at once.
    pub fn parse(&self) -> Result<WalkIn, Problems> {
        let mut wrong = Problems::none();
        let p = &mut wrong;
        let patient_id = p.keep(chosen("patientId", "Choose a patient.", &self.patient_id));
        let provider_id = p.keep(chosen("providerId", "Choose a provider.", &self.provider_id));
        let kind = p.keep(kind(&self.appointment_type));
        let reason = p.keep(reason_for_visit(&self.reason_for_visit));
        let read = || {
            Some(WalkIn {
                patient_id: patient_id?,
                provider_id: provider_id?,
                appointment_type: kind?,
                reason_for_visit: reason?,
            })
        };
        read().ok_or(wrong)
    }
}

/// Reads why somebody books in spite of conflicts.
///
/// # Errors
/// `required` where no reason is given, `too_long`.
pub fn reason_to_book_anyway(text: &str) -> Result<String, Problems> {
    field::required("doubleBookingReason", "the reason to book in spite of this", text, SHORT)
}

fn chosen<T: FromStr>(field: &str, ask: &str, text: &str) -> Result<T, Problems> {
    let code = if text.trim().is_empty() { "required" } else { "invalid" };
    text.trim().parse().map_err(|_| Problems::one(field, code, ask))
}

fn kind(text: &str) -> Result<AppointmentType, Problems> {
    let ask = "Choose the type of the visit.";
    chosen("appointmentType", ask, text)
}

fn instant(text: &str) -> Result<Instant, Problems> {
    text.trim().parse().map_err(|_| {
        let words = "Enter the time of the visit such as 2026-11-23T09:30:00Z.";
        Problems::one("appointmentDate", "invalid", words)
    })
}

fn minutes(text: &str, kind: Option<AppointmentType>) -> Result<i32, Problems> {
    if let (true, Some(kind)) = (text.trim().is_empty(), kind) {
        return Ok(kind.usual_minutes());
    }
    let read = text.trim().parse().ok().filter(|minutes| MINUTES.contains(minutes));
    read.ok_or_else(|| {
        let words = format!("Enter the length in minutes, {} to {}.", MINUTES.start(), MINUTES.end());
        Problems::one("durationMinutes", "out_of_range", words)
    })
}

fn reason_for_visit(text: &str) -> Result<Option<String>, Problems> {
    field::optional("reasonForVisit", "the reason for the visit", text, SHORT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> AppointmentForm {
        AppointmentForm {
            patient_id: "01931d2c-0000-7000-8000-000000000001".into(),
            provider_id: "01931d2c-0000-7000-8000-000000000002".into(),
            date: "23-Nov-2026".into(),
            time: "9:30".into(),
            appointment_type: "new_patient".into(),
            ..AppointmentForm::default()
        }
    }

    fn today() -> Day {
        Day::of(2026, 11, 22).unwrap()
    }

    #[test]
    fn the_kind_sets_the_length_unless_one_is_typed() {
        assert_eq!(form().parse(Zone::UTC, today()).unwrap().duration_minutes, 45);
        let longer = AppointmentForm { duration_minutes: "60".into(), ..form() };
        let details = longer.parse(Zone::UTC, today()).unwrap();
        assert_eq!(details.ends_at(), "2026-11-23T10:30:00Z".parse().unwrap());
        for minutes in ["4", "481", "-20", "an hour"] {
            let wrong = AppointmentForm { duration_minutes: minutes.into(), ..form() };
            let problems = wrong.parse(Zone::UTC, today()).unwrap_err();
            assert_eq!(
                problems.of("durationMinutes"),
                Some("Enter the length in minutes, 5 to 480."),
                "{minutes}"
            );
        }
    }

    #[test]
    fn the_practices_length_of_the_kind_holds_where_none_is_typed() {
        let mut forms = VisitTypes::default().forms();
        for (_, form) in &mut forms {
            form.minutes = "55".to_owned();
        }
        let types = VisitTypes::of(crate::visit_type::parse_all(&forms).unwrap(), 1);
        let minutes = |form: AppointmentForm| {
            form.with_usual_length(&types).parse(Zone::UTC, today()).unwrap().duration_minutes
        };
        assert_eq!(minutes(form()), 55);
        assert_eq!(minutes(AppointmentForm { duration_minutes: "15".into(), ..form() }), 15);
    }

    #[test]
    fn the_clock_is_the_practices_far_west_and_far_east() {
        for (zone, utc) in [
            ("America/Los_Angeles", "2026-11-23T17:30:00Z"),
            ("Africa/Nairobi", "2026-11-23T06:30:00Z"),
            ("Pacific/Auckland", "2026-11-22T20:30:00Z"),
        ] {
            let zone: Zone = zone.parse().unwrap();
            let details = form().parse(zone, today()).unwrap();
            assert_eq!(details.appointment_date, utc.parse().unwrap(), "{}", zone.name());
        }
    }

    #[test]
    fn a_time_that_the_clocks_skip_is_refused_in_words_and_one_they_repeat_is_the_first() {
        let berlin: Zone = "Europe/Berlin".parse().unwrap();
        let skipped = AppointmentForm { date: "2026-03-29".into(), time: "02:30".into(), ..form() };
        let problems = skipped.parse(berlin, today()).unwrap_err();
        let words = "02:30 does not exist on 29-Mar-2026: the clocks go forward. Choose another time.";
        assert_eq!(problems.of("time"), Some(words));
        let twice = AppointmentForm { date: "2026-10-25".into(), time: "02:30".into(), ..form() };
        let details = twice.parse(berlin, today()).unwrap();
        assert_eq!(details.appointment_date, "2026-10-25T00:30:00Z".parse().unwrap());
    }

    #[test]
    fn a_program_may_send_an_instant() {
        let form = AppointmentForm {
            appointment_date: "2026-11-23T09:30:00+01:00".into(),
            date: String::new(),
            time: String::new(),
            ..form()
        };
        let details = form.parse(Zone::UTC, today()).unwrap();
        assert_eq!(details.appointment_date, "2026-11-23T08:30:00Z".parse().unwrap());
    }

    #[test]
    fn every_wrong_field_is_named_at_once() {
        let problems = AppointmentForm::default().parse(Zone::UTC, today()).unwrap_err();
        let fields: Vec<&str> = problems.0.iter().map(|p| p.field.as_str()).collect();
        let wanted = ["patientId", "providerId", "appointmentType", "date", "time", "durationMinutes"];
        assert_eq!(fields, wanted);
    }

    #[test]
    fn a_slip_of_the_year_is_caught() {
        let far = AppointmentForm { date: "23-Nov-2062".into(), ..form() };
        assert_eq!(far.parse(Zone::UTC, today()).unwrap_err().0[0].code, "too_far");
    }
}
