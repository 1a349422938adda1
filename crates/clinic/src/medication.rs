//! A medication on the chart's list: what the patient takes, across visits.
//!
//! What is prescribed in one visit is a prescription; signing the visit carries it over to this list.

use crate::field::{self, LONG, Problems, SHORT};
use crate::ids::{MedicationId, PatientId, PrescriptionId, ProviderId};
use crate::time::{Day, Instant};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Whether the patient takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MedicationStatus {
    /// The patient takes it.
    Active,
    /// The patient took it.
    Stopped,
    /// The patient never took it; somebody wrote it down by mistake.
    EnteredInError,
}

impl MedicationStatus {
    /// Every value.
    pub const ALL: [Self; 3] = [Self::Active, Self::Stopped, Self::EnteredInError];

    /// The word in databases, interfaces and forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Stopped => "stopped",
            Self::EnteredInError => "entered_in_error",
        }
    }
}

impl fmt::Display for MedicationStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that names no status of a medication.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a status: use active, stopped or entered_in_error")]
pub struct NotAMedicationStatus;

impl FromStr for MedicationStatus {
    type Err = NotAMedicationStatus;

    fn from_str(text: &str) -> Result<Self, NotAMedicationStatus> {
        Self::ALL.into_iter().find(|status| status.as_str() == text).ok_or(NotAMedicationStatus)
    }
}

/// A medication on a patient's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Medication {
    /// Its id.
    pub id: MedicationId,
    /// Whose it is.
    pub patient_id: PatientId,
    /// Its name.
    pub medication_name: String,
    /// Its strength, such as 500 mg.
    pub strength: Option<String>,
    /// How much at a time.
    pub dosage: Option<String>,
    /// How often.
    pub frequency: Option<String>,
    /// By which way.
    pub route: Option<String>,
    /// What the patient is told.
    pub instructions: Option<String>,
    /// What it is for.
    pub indication: Option<String>,
    /// Whether the patient takes it.
    pub status: MedicationStatus,
    /// Since when.
    pub started_on: Option<Day>,
    /// Until when.
    pub stopped_on: Option<Day>,
    /// Why it was stopped.
    pub stop_reason: Option<String>,
    /// The prescription that started or last changed it.
    pub prescription_id: Option<PrescriptionId>,
    /// Who wrote it down.
    pub recorded_by: Option<ProviderId>,
    /// When it was written down.
    pub created_at: Instant,
    /// When the row last changed.
    pub updated_at: Instant,
    /// The row's version, for optimistic updates.
    pub version: i32,
}

impl Medication {
    /// Whether the patient takes it.
    pub fn is_active(&self) -> bool {
        self.status == MedicationStatus::Active
    }

    /// Whether it is the medication of this name; letters' case and accents do not matter.
    pub fn is_named(&self, name: &str) -> bool {
        crate::search::fold(&self.medication_name) == crate::search::fold(name)
    }

    /// How it is taken, in one line: strength, dose, route and frequency.
    pub fn how(&self) -> String {
        let parts = [&self.strength, &self.dosage, &self.route, &self.frequency];
        parts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(", ")
    }
}

/// Puts those that are taken first, then by name.
pub fn in_order(mut medications: Vec<Medication>) -> Vec<Medication> {
    medications.sort_by_cached_key(|m| (m.status, m.medication_name.to_lowercase(), m.id));
    medications
}

/// What somebody typed about a medication, unread.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MedicationForm {
    /// Its name.
    pub medication_name: String,
    /// Its strength; may be empty, like all below.
    pub strength: String,
    /// How much at a time.
    pub dosage: String,
    /// How often.
    pub frequency: String,
    /// By which way.
    pub route: String,
    /// What the patient is told.
    pub instructions: String,
    /// What it is for.
    pub indication: String,
    /// Since when.
    pub started_on: String,
}

/// A medication, read and sound.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MedicationDetails {
    /// Its name.
    pub medication_name: String,
    /// Its strength.
    pub strength: Option<String>,
    /// How much at a time.
    pub dosage: Option<String>,
    /// How often.
    pub frequency: Option<String>,
    /// By which way.
    pub route: Option<String>,
    /// What the patient is told.
    pub instructions: Option<String>,
    /// What it is for.
    pub indication: Option<String>,
    /// Since when.
    pub started_on: Option<Day>,
}

impl MedicationForm {
    /// Reads the form; `today` is the practice's day.
    ///
    /// # Errors
    /// Every problem of every field at once.
    pub fn parse(&self, today: Day) -> Result<MedicationDetails, Problems> {
        let mut wrong = Problems::none();
        let p = &mut wrong;
        let name = p.keep(field::required(
            "medicationName",
            "the name of the medication",
            &self.medication_name,
            SHORT,
        ));
        let strength = p.keep(field::optional("strength", "the strength", &self.strength, SHORT));
        let dosage = p.keep(field::optional("dosage", "the dose", &self.dosage, SHORT));
        let frequency = p.keep(field::optional("frequency", "the frequency", &self.frequency, SHORT));
        let route = p.keep(field::optional("route", "the route", &self.route, SHORT));
        let told = p.keep(field::long_text("instructions", "the instructions", &self.instructions, LONG));
        let indication = p.keep(field::optional("indication", "the indication", &self.indication, SHORT));
        let started_on = p.keep(field::past_day("startedOn", "a first day", &self.started_on, today));
        let read = || {
            Some(MedicationDetails {
                medication_name: name?,
                strength: strength?,
                dosage: dosage?,
                frequency: frequency?,
                route: route?,
                instructions: told?,
                indication: indication?,
                started_on: started_on?,
            })
        };
        read().ok_or(wrong)
    }
}

/// The form as it stands for a medication, for editing.
impl From<&Medication> for MedicationForm {
    fn from(medication: &Medication) -> Self {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        Self {
            medication_name: medication.medication_name.clone(),
            strength: text(&medication.strength),
            dosage: text(&medication.dosage),
            frequency: text(&medication.frequency),
            route: text(&medication.route),
            instructions: text(&medication.instructions),
            indication: text(&medication.indication),
            started_on: medication.started_on.map(|day| day.to_string()).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_enough_and_no_dose_is_read_into_it() {
        let today = Day::of(2026, 11, 22).unwrap();
        let form = MedicationForm { medication_name: " Metformin ".into(), ..MedicationForm::default() };
        let details = form.parse(today).unwrap();
        assert_eq!((details.medication_name.as_str(), details.strength), ("Metformin", None));
        assert!(MedicationForm::default().parse(today).unwrap_err().of("medicationName").is_some());
    }
}
