//! A chronic condition: one line of a patient's problem list.

use crate::field::{self, Problems, SHORT};
use crate::ids::{ConditionId, PatientId, ProviderId};
use crate::time::{Day, Instant};
use serde::{Deserialize, Serialize};

/// The word of a condition that goes on.
pub const ACTIVE: &str = "active";
/// The word of a condition that is over.
pub const RESOLVED: &str = "resolved";
/// The word of a line that somebody wrote down by mistake.
pub const ENTERED_IN_ERROR: &str = "entered_in_error";

/// A chronic condition on a patient's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChronicCondition {
    /// Its id.
    pub id: ConditionId,
    /// Whose it is.
    pub patient_id: PatientId,
    /// Its name.
    pub condition_name: String,
    /// When it was diagnosed.
    pub diagnosis_date: Option<Day>,
    /// A free word, as the data model has it: `active`, `in remission`, `resolved`, `entered_in_error`.
    pub status: Option<String>,
    /// Remarks.
    pub notes: Option<String>,
    /// Why the status changed.
    pub status_reason: Option<String>,
    /// When the status changed.
    pub status_at: Option<Instant>,
    /// The day it was over.
    pub ended_on: Option<Day>,
    /// Who wrote it down.
    pub recorded_by: Option<ProviderId>,
    /// When it was written down.
    pub created_at: Instant,
    /// When the row last changed.
    pub updated_at: Instant,
    /// The row's version, for optimistic updates.
    pub version: i32,
}

impl ChronicCondition {
    /// Whether it belongs on the list of problems that go on.
    pub fn is_current(&self) -> bool {
        !matches!(self.status.as_deref(), Some(RESOLVED | "inactive" | ENTERED_IN_ERROR))
    }

    /// Whether somebody wrote it down by mistake.
    pub fn is_entered_in_error(&self) -> bool {
        self.status.as_deref() == Some(ENTERED_IN_ERROR)
    }
}

/// Puts those that go on first, then by name.
pub fn in_order(mut conditions: Vec<ChronicCondition>) -> Vec<ChronicCondition> {
    conditions.sort_by_cached_key(|c| {
        (!c.is_current(), c.is_entered_in_error(), c.condition_name.to_lowercase(), c.id)
    });
    conditions
}

/// What somebody typed about a condition, unread.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ConditionForm {
    /// Its name.
    pub condition_name: String,
    /// When it was diagnosed; may be empty, like all below.
    pub diagnosis_date: String,
    /// A word such as `active`, which it is where nothing is said.
    pub status: String,
    /// Remarks.
    pub notes: String,
}

/// A condition, read and sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConditionDetails {
    /// Its name.
    pub condition_name: String,
    /// When it was diagnosed.
    pub diagnosis_date: Option<Day>,
    /// Its status as a word.
    pub status: String,
    /// Remarks.
    pub notes: Option<String>,
}

impl ConditionForm {
    /// Reads the form; `today` is the practice's day.
    ///
    /// # Errors
    /// Every problem of every field at once.
    pub fn parse(&self, today: Day) -> Result<ConditionDetails, Problems> {
        let mut wrong = Problems::none();
        let p = &mut wrong;
        let name = p.keep(field::required(
            "conditionName",
            "the name of the condition",
            &self.condition_name,
            SHORT,
        ));
        let diagnosed =
            p.keep(field::past_day("diagnosisDate", "a day of diagnosis", &self.diagnosis_date, today));
        let status = p.keep(field::optional("status", "the status", &self.status, 50));
        let notes = p.keep(field::long_text("notes", "the notes", &self.notes, SHORT));
        let read = || {
            Some(ConditionDetails {
                condition_name: name?,
                diagnosis_date: diagnosed?,
                status: status?.unwrap_or_else(|| ACTIVE.to_owned()),
                notes: notes?,
            })
        };
        read().ok_or(wrong)
    }
}

/// The form as it stands for a condition, for editing.
impl From<&ChronicCondition> for ConditionForm {
    fn from(condition: &ChronicCondition) -> Self {
        Self {
            condition_name: condition.condition_name.clone(),
            diagnosis_date: condition.diagnosis_date.map(|day| day.to_string()).unwrap_or_default(),
            status: condition.status.clone().unwrap_or_default(),
            notes: condition.notes.clone().unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_is_active_until_somebody_says_otherwise() {
        let today = Day::of(2026, 11, 22).unwrap();
        let form = ConditionForm { condition_name: "Asthma".into(), ..ConditionForm::default() };
        assert_eq!(form.parse(today).unwrap().status, "active");
        let wrong = ConditionForm { diagnosis_date: "2030-01-01".into(), ..ConditionForm::default() };
        let problems = wrong.parse(today).unwrap_err();
        assert!(problems.of("conditionName").is_some() && problems.of("diagnosisDate").is_some());
    }
}
