//! An appointment: when somebody comes, to whom and why, and where the visit stands.
//!
//! The paths a status may take are in `status.rs`, the booking form in `form.rs`, what speaks against a time in
//! `conflict.rs`, follow-ups in a row in `series.rs`.

use crate::ids::{AppointmentId, PatientId, ProviderId};
use crate::time::Instant;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

mod conflict;
mod form;
mod series;
mod status;

pub use conflict::{Conflict, Slot, against_the_practice, free_times};
pub use form::{AppointmentDetails, AppointmentForm, WalkIn, WalkInForm, reason_to_book_anyway};
pub use series::{Occurrence, Rhythm, Series, SeriesForm};
pub use status::{AppointmentStatus, NotAStatus, Step, StepRefusal};

/// What kind of visit it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppointmentType {
    /// The first visit of somebody new.
    NewPatient,
    /// Comes back about the same matter.
    FollowUp,
    /// A planned check without a complaint.
    RoutineCheckup,
    /// Comes because of an illness.
    SickVisit,
    /// Seen by telephone or video.
    Telehealth,
}

impl AppointmentType {
    /// Every kind, in the order of the form.
    pub const ALL: [Self; 5] =
        [Self::FollowUp, Self::SickVisit, Self::RoutineCheckup, Self::NewPatient, Self::Telehealth];

    /// The word in databases, interfaces and forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NewPatient => "new_patient",
            Self::FollowUp => "follow_up",
            Self::RoutineCheckup => "routine_checkup",
            Self::SickVisit => "sick_visit",
            Self::Telehealth => "telehealth",
        }
    }

    /// The kind as people say it.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::NewPatient => "New patient",
            Self::FollowUp => "Follow-up",
            Self::RoutineCheckup => "Routine checkup",
            Self::SickVisit => "Sick visit",
            Self::Telehealth => "Telehealth",
        }
    }

    /// How many minutes such a visit is given unless somebody says otherwise.
    ///
    /// This project's own defaults, from no guideline; each booking can be longer or shorter.
    pub fn usual_minutes(self) -> i32 {
        match self {
            Self::NewPatient => 45,
            Self::RoutineCheckup => 30,
            Self::FollowUp | Self::SickVisit | Self::Telehealth => 20,
        }
    }
}

impl fmt::Display for AppointmentType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that names no kind of visit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a type: use new_patient, follow_up, routine_checkup, sick_visit or telehealth")]
pub struct NotAType;

impl FromStr for AppointmentType {
    type Err = NotAType;

    fn from_str(text: &str) -> Result<Self, NotAType> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(NotAType)
    }
}

/// A visit, booked or walked in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Appointment {
    /// Its id.
    pub id: AppointmentId,
    /// Whose it is.
    pub patient_id: PatientId,
    /// Who sees the patient.
    pub provider_id: ProviderId,
    /// When it begins.
    pub appointment_date: Instant,
    /// When it ends.
    pub ends_at: Instant,
    /// What kind of visit it is.
    pub appointment_type: AppointmentType,
    /// Why the patient comes.
    pub reason_for_visit: Option<String>,
    /// Planned length.
    pub duration_minutes: i32,
    /// Where the visit stands.
    pub status: AppointmentStatus,
    /// Why it was cancelled.
    pub status_reason: Option<String>,
    /// Why it was booked in spite of a conflict; [`WALKED_IN`] for those who came without an appointment.
    pub double_booking_reason: Option<String>,
    /// When the patient arrived.
    pub checked_in_at: Option<Instant>,
    /// When the visit began.
    pub started_at: Option<Instant>,
    /// When the visit was over.
    pub completed_at: Option<Instant>,
    /// When it was booked.
    pub created_at: Instant,
    /// When the row last changed.
    pub updated_at: Instant,
    /// The row's version, for optimistic updates.
    pub version: i32,
}

/// What stands as the reason for a double booking where somebody came without an appointment.
pub const WALKED_IN: &str = "Walk-in";

impl Appointment {
    /// The time it takes up.
    pub fn slot(&self) -> Slot {
        Slot { from: self.appointment_date, until: self.ends_at }
    }

    /// Whether the patient came without an appointment.
    pub fn is_walk_in(&self) -> bool {
        self.double_booking_reason.as_deref() == Some(WALKED_IN)
    }

    /// How many whole minutes the patient waited between arriving and being seen; still counting until then.
    /// `None` before arrival, and where the visit was called off.
    pub fn waited(&self, now: Instant) -> Option<i64> {
        let arrived = self.checked_in_at?;
        let until = match self.status {
            AppointmentStatus::CheckedIn => now,
            AppointmentStatus::InProgress | AppointmentStatus::Completed => self.started_at?,
            AppointmentStatus::Scheduled | AppointmentStatus::Cancelled | AppointmentStatus::NoShow => {
                return None;
            }
        };
        Some(until.minutes_since(arrived).max(0))
    }

    /// How many whole minutes ago it should have begun, where nobody has arrived yet; `None` where it is not late.
    pub fn late(&self, now: Instant) -> Option<i64> {
        let minutes = now.minutes_since(self.appointment_date);
        (self.status == AppointmentStatus::Scheduled && minutes > 0).then_some(minutes)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use uuid::Uuid;

    /// A visit at 09:00 UTC on a Monday, booked the Friday before.
    pub(crate) fn visit() -> Appointment {
        let at = |text: &str| text.parse::<Instant>().unwrap();
        Appointment {
            id: Uuid::nil().into(),
            patient_id: Uuid::nil().into(),
            provider_id: Uuid::nil().into(),
            appointment_date: at("2026-11-23T09:00:00Z"),
            ends_at: at("2026-11-23T09:20:00Z"),
            appointment_type: AppointmentType::FollowUp,
            reason_for_visit: None,
            duration_minutes: 20,
            status: AppointmentStatus::Scheduled,
            status_reason: None,
            double_booking_reason: None,
            checked_in_at: None,
            started_at: None,
            completed_at: None,
            created_at: at("2026-11-20T09:00:00Z"),
            updated_at: at("2026-11-20T09:00:00Z"),
            version: 1,
        }
    }

    #[test]
    fn every_kind_survives_its_word_and_fits_the_allowed_length() {
        for kind in AppointmentType::ALL {
            assert_eq!(kind.as_str().parse(), Ok(kind));
            assert!((5..=480).contains(&kind.usual_minutes()));
        }
        assert_eq!("surgery".parse::<AppointmentType>(), Err(NotAType));
    }

    #[test]
    fn the_wait_counts_from_arrival_until_somebody_sees_the_patient() {
        let arrived = visit().appointment_date.plus_minutes(-5);
        let now = arrived.plus_minutes(17);
        assert_eq!(visit().waited(now), None);
        let waiting =
            Appointment { status: AppointmentStatus::CheckedIn, checked_in_at: Some(arrived), ..visit() };
        assert_eq!(waiting.waited(now), Some(17));
        let seen = Appointment {
            status: AppointmentStatus::InProgress,
            started_at: Some(arrived.plus_minutes(9)),
            ..waiting
        };
        assert_eq!(seen.waited(now), Some(9));
    }

    #[test]
    fn who_has_not_come_is_late_only_after_the_hour() {
        let begins = visit().appointment_date;
        assert_eq!(visit().late(begins), None);
        assert_eq!(visit().late(begins.plus_minutes(12)), Some(12));
    }
}
