//! Where a visit stands, and the steps that lead from one status to the next. The databases hold the same paths in
//! the trigger `appointments_status_path`.

use super::Appointment;
use crate::field::{self, Problems, SHORT};
use crate::time::{Instant, Zone};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Where the visit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppointmentStatus {
    /// Booked; the patient has not come yet.
    Scheduled,
    /// The patient is there and waits.
    CheckedIn,
    /// The patient is being seen.
    InProgress,
    /// The visit is over.
    Completed,
    /// Called off.
    Cancelled,
    /// The patient did not come.
    NoShow,
}

impl AppointmentStatus {
    /// Every status, in the order of a visit.
    pub const ALL: [Self; 6] =
        [Self::Scheduled, Self::CheckedIn, Self::InProgress, Self::Completed, Self::Cancelled, Self::NoShow];

    /// The word in databases, interfaces and forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::CheckedIn => "checked_in",
            Self::InProgress => "in_progress",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
            Self::NoShow => "no_show",
        }
    }

    /// The status as people say it.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Scheduled => "Scheduled",
            Self::CheckedIn => "Checked in",
            Self::InProgress => "In progress",
            Self::Completed => "Completed",
            Self::Cancelled => "Cancelled",
            Self::NoShow => "No-show",
        }
    }

    /// Whether the visit takes up the provider's time; cancelled and missed ones do not.
    pub fn takes_time(self) -> bool {
        !matches!(self, Self::Cancelled | Self::NoShow)
    }

    /// Which statuses may follow, as the databases enforce it.
    pub fn followers(self) -> &'static [Self] {
        match self {
            Self::Scheduled => &[Self::CheckedIn, Self::InProgress, Self::Cancelled, Self::NoShow],
            Self::CheckedIn => &[Self::InProgress, Self::Scheduled, Self::Cancelled, Self::NoShow],
            Self::InProgress => &[Self::Completed, Self::CheckedIn],
            Self::Completed => &[Self::InProgress],
            Self::Cancelled | Self::NoShow => &[Self::Scheduled],
        }
    }
}

impl fmt::Display for AppointmentStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that names no status.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a status: use scheduled, checked_in, in_progress, completed, cancelled or no_show")]
pub struct NotAStatus;

impl FromStr for AppointmentStatus {
    type Err = NotAStatus;

    fn from_str(text: &str) -> Result<Self, NotAStatus> {
        Self::ALL.into_iter().find(|status| status.as_str() == text).ok_or(NotAStatus)
    }
}

/// What somebody does with a visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The patient has arrived.
    CheckIn,
    /// The visit begins.
    Start,
    /// The visit is over.
    Complete,
    /// Calls it off, for a reason.
    Cancel(String),
    /// The patient did not come; perhaps somebody knows why.
    NoShow(Option<String>),
    /// Takes the last step back, on the day it was taken.
    Back,
}

impl Step {
    /// Reads a step and its reason: needed to cancel, welcome where nobody came.
    ///
    /// # Errors
    /// `step` where the word is none, `reason` where one is missing or too long.
    pub fn parse(word: &str, reason: &str) -> Result<Self, Problems> {
        Ok(match word {
            "check_in" => Self::CheckIn,
            "start" => Self::Start,
            "complete" => Self::Complete,
            "cancel" => Self::Cancel(field::required("reason", "the reason for cancelling", reason, SHORT)?),
            "no_show" => Self::NoShow(field::optional("reason", "the reason", reason, SHORT)?),
            "back" => Self::Back,
            _ => {
                let words = "Choose check_in, start, complete, cancel, no_show or back.";
                return Err(Problems::one("step", "invalid", words));
            }
        })
    }

    /// Where the step leads from a status; `None` where it cannot be taken.
    pub fn leads_to(&self, from: AppointmentStatus) -> Option<AppointmentStatus> {
        use AppointmentStatus::{Cancelled, CheckedIn, Completed, InProgress, NoShow, Scheduled};
        match (self, from) {
            (Self::CheckIn, Scheduled) | (Self::Back, InProgress) => Some(CheckedIn),
            (Self::Start, Scheduled | CheckedIn) | (Self::Back, Completed) => Some(InProgress),
            (Self::Complete, InProgress) => Some(Completed),
            (Self::Cancel(_), Scheduled | CheckedIn) => Some(Cancelled),
            (Self::NoShow(_), Scheduled | CheckedIn) => Some(NoShow),
            (Self::Back, CheckedIn | Cancelled | NoShow) => Some(Scheduled),
            _ => None,
        }
    }

    /// Where the step is meant to lead, whatever the visit's status; `None` for the step back.
    pub fn aim(&self) -> Option<AppointmentStatus> {
        match self {
            Self::CheckIn => Some(AppointmentStatus::CheckedIn),
            Self::Start => Some(AppointmentStatus::InProgress),
            Self::Complete => Some(AppointmentStatus::Completed),
            Self::Cancel(_) => Some(AppointmentStatus::Cancelled),
            Self::NoShow(_) => Some(AppointmentStatus::NoShow),
            Self::Back => None,
        }
    }

    fn in_words(&self) -> &'static str {
        match self {
            Self::CheckIn => "checked in",
            Self::Start => "started",
            Self::Complete => "completed",
            Self::Cancel(_) => "cancelled",
            Self::NoShow(_) => "marked as no-show",
            Self::Back => "set back",
        }
    }
}

/// Why a step cannot be taken, as a sentence for the person who tried.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StepRefusal {
    /// No path leads there.
    #[error("A visit that is {} cannot be {done}.", .from.in_words().to_lowercase())]
    NoPath {
        /// Where the visit stands.
        from: AppointmentStatus,
        /// What was tried, in words.
        done: &'static str,
    },
    /// The visit is on a later day.
    #[error("The visit is on {0}; it can be {1} on that day.")]
    NotYet(String, &'static str),
    /// The day of the step has passed.
    #[error("A step can be taken back only on the day it was taken, {0}.")]
    AnotherDay(String),
}

impl Appointment {
    /// The visit after a step at an instant; the practice's zone tells the day.
    ///
    /// # Errors
    /// [`StepRefusal`] where no path leads there, the visit is not due, or it is too late to take a step back.
    pub fn after(self, step: &Step, now: Instant, zone: Zone) -> Result<Self, StepRefusal> {
        let from = self.status;
        let Some(to) = step.leads_to(from) else {
            return Err(StepRefusal::NoPath { from, done: step.in_words() });
        };
        let due = zone.day_of(self.appointment_date);
        let today = zone.day_of(now);
        match step {
            Step::CheckIn | Step::Start if due > today => {
                return Err(StepRefusal::NotYet(due.to_string(), step.in_words()));
            }
            Step::NoShow(_) if now < self.appointment_date => {
                let begins = zone.day_and_clock(self.appointment_date);
                return Err(StepRefusal::NotYet(begins, "marked as no-show after it should have begun"));
            }
            Step::Back if zone.day_of(self.status_since()) != today => {
                return Err(StepRefusal::AnotherDay(zone.day_of(self.status_since()).to_string()));
            }
            Step::CheckIn | Step::Start | Step::NoShow(_) | Step::Back | Step::Complete | Step::Cancel(_) => {
            }
        }
        Ok(self.standing_at(to, step, now))
    }

    fn standing_at(self, to: AppointmentStatus, step: &Step, now: Instant) -> Self {
        use AppointmentStatus::{Cancelled, CheckedIn, Completed, InProgress, NoShow, Scheduled};
        let (checked_in_at, started_at, completed_at) = match to {
            Scheduled => (None, None, None),
            CheckedIn => (self.checked_in_at.or(Some(now)), None, None),
            InProgress => (self.checked_in_at.or(Some(now)), self.started_at.or(Some(now)), None),
            Completed => (self.checked_in_at, self.started_at, Some(now)),
            Cancelled | NoShow => (self.checked_in_at, self.started_at, self.completed_at),
        };
        let status_reason = match step {
            Step::Cancel(reason) => Some(reason.clone()),
            Step::NoShow(reason) => reason.clone(),
            Step::CheckIn | Step::Start | Step::Complete | Step::Back => None,
        };
        Self { status: to, status_reason, checked_in_at, started_at, completed_at, updated_at: now, ..self }
    }

    /// When the visit came to stand where it stands.
    pub fn status_since(&self) -> Instant {
        match self.status {
            AppointmentStatus::Scheduled => Some(self.created_at),
            AppointmentStatus::CheckedIn => self.checked_in_at,
            AppointmentStatus::InProgress => self.started_at,
            AppointmentStatus::Completed => self.completed_at,
            AppointmentStatus::Cancelled | AppointmentStatus::NoShow => None,
        }
        .unwrap_or(self.updated_at)
    }

    /// Whether the last step can be taken back now.
    pub fn may_go_back(&self, now: Instant, zone: Zone) -> bool {
        Step::Back.leads_to(self.status).is_some() && zone.day_of(self.status_since()) == zone.day_of(now)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::visit;
    use super::*;

    fn steps() -> [Step; 6] {
        [
            Step::CheckIn,
            Step::Start,
            Step::Complete,
            Step::Cancel("ill".into()),
            Step::NoShow(None),
            Step::Back,
        ]
    }

    #[test]
    fn every_step_follows_a_path_that_the_databases_allow_and_every_path_has_a_step() {
        for from in AppointmentStatus::ALL {
            assert_eq!(from.as_str().parse(), Ok(from));
            let reached: Vec<_> = steps().iter().filter_map(|step| step.leads_to(from)).collect();
            for to in &reached {
                assert!(from.followers().contains(to), "{from} to {to}");
            }
            for to in from.followers() {
                assert!(reached.contains(to), "{from} to {to}");
            }
        }
    }

    #[test]
    fn a_visit_runs_from_arrival_to_its_end_and_back_the_same_day() {
        let at = |minute| visit().appointment_date.plus_minutes(minute);
        let here = visit().after(&Step::CheckIn, at(-5), Zone::UTC).unwrap();
        let seen = here.clone().after(&Step::Start, at(3), Zone::UTC).unwrap();
        let done = seen.clone().after(&Step::Complete, at(20), Zone::UTC).unwrap();
        assert_eq!((done.checked_in_at, done.started_at), (Some(at(-5)), Some(at(3))));
        assert_eq!(done.completed_at, Some(at(20)));
        let reopened = done.after(&Step::Back, at(30), Zone::UTC).unwrap();
        assert_eq!((reopened.status, reopened.completed_at), (AppointmentStatus::InProgress, None));
        let waiting = reopened.after(&Step::Back, at(31), Zone::UTC).unwrap();
        assert_eq!((waiting.checked_in_at, waiting.started_at), (Some(at(-5)), None));
        let booked = waiting.after(&Step::Back, at(32), Zone::UTC).unwrap();
        assert_eq!((booked.status, booked.checked_in_at), (AppointmentStatus::Scheduled, None));
    }

    #[test]
    fn a_step_cannot_be_taken_back_on_another_day_of_the_practice() {
        let auckland: Zone = "Pacific/Auckland".parse().unwrap();
        let evening = visit().appointment_date.plus_minutes(60);
        let gone = visit().after(&Step::Cancel("moved away".into()), evening, Zone::UTC).unwrap();
        assert_eq!(gone.status_reason.as_deref(), Some("moved away"));
        // 10:00 UTC is 23:00 in Auckland; two hours later it is the next day there, not in UTC.
        let later = evening.plus_minutes(120);
        assert!(gone.may_go_back(later, Zone::UTC) && !gone.may_go_back(later, auckland));
        let late = gone.clone().after(&Step::Back, later, auckland);
        assert_eq!(late, Err(StepRefusal::AnotherDay("23-Nov-2026".into())));
        let back = gone.after(&Step::Back, later, Zone::UTC).unwrap();
        assert_eq!((back.status, back.status_reason), (AppointmentStatus::Scheduled, None));
    }

    #[test]
    fn nobody_arrives_before_the_day_or_is_missed_before_the_hour() {
        let day_before = visit().appointment_date.plus_minutes(-24 * 60);
        let early = visit().after(&Step::CheckIn, day_before, Zone::UTC).unwrap_err();
        assert_eq!(early.to_string(), "The visit is on 23-Nov-2026; it can be checked in on that day.");
        let before = visit().appointment_date.plus_minutes(-1);
        assert!(visit().after(&Step::NoShow(None), before, Zone::UTC).is_err());
        let missed = Step::parse("no_show", " no bus ").unwrap();
        let missed = visit().after(&missed, before.plus_minutes(20), Zone::UTC).unwrap();
        assert_eq!(missed.status_reason.as_deref(), Some("no bus"));
        assert_eq!(Step::parse("no_show", "").unwrap(), Step::NoShow(None));
    }

    #[test]
    fn what_has_no_path_is_refused_in_words() {
        let refusal = visit().after(&Step::Complete, visit().appointment_date, Zone::UTC).unwrap_err();
        assert_eq!(refusal.to_string(), "A visit that is scheduled cannot be completed.");
    }

    #[test]
    fn cancelling_asks_for_a_reason() {
        assert_eq!(Step::parse("check_in", ""), Ok(Step::CheckIn));
        assert_eq!(
            Step::parse("cancel", "  ").unwrap_err().of("reason"),
            Some("Enter the reason for cancelling.")
        );
        assert!(Step::parse("teleport", "").is_err());
    }
}
