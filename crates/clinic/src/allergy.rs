//! An allergy: what a patient must not be given. That there are none is asserted on the patient, not here.

use crate::field::{self, Problems, SHORT};
use crate::ids::{AllergyId, PatientId, ProviderId};
use crate::time::{Day, Instant};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// How bad the reaction is; later is worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AllergySeverity {
    /// A nuisance.
    Mild,
    /// Needs treatment.
    Moderate,
    /// Needs urgent treatment.
    Severe,
    /// May kill.
    LifeThreatening,
}

impl AllergySeverity {
    /// Every value, in the order of the form.
    pub const ALL: [Self; 4] = [Self::Mild, Self::Moderate, Self::Severe, Self::LifeThreatening];

    /// The word in databases, interfaces and forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mild => "mild",
            Self::Moderate => "moderate",
            Self::Severe => "severe",
            Self::LifeThreatening => "life_threatening",
        }
    }

    /// The word for people.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Mild => "mild",
            Self::Moderate => "moderate",
            Self::Severe => "severe",
            Self::LifeThreatening => "life-threatening",
        }
    }
}

impl fmt::Display for AllergySeverity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that names no severity of an allergy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a severity: use mild, moderate, severe or life_threatening")]
pub struct NotASeverity;

impl FromStr for AllergySeverity {
    type Err = NotASeverity;

    fn from_str(text: &str) -> Result<Self, NotASeverity> {
        Self::ALL.into_iter().find(|severity| severity.as_str() == text).ok_or(NotASeverity)
    }
}

/// Whether an allergy still counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AllergyStatus {
    /// It counts.
    Active,
    /// It does not count any more.
    Inactive,
    /// It never was; somebody wrote it down by mistake.
    EnteredInError,
}

impl AllergyStatus {
    /// Every value, in the order of the form.
    pub const ALL: [Self; 3] = [Self::Active, Self::Inactive, Self::EnteredInError];

    /// The word in databases, interfaces and forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
            Self::EnteredInError => "entered_in_error",
        }
    }

    /// The word for people.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "no longer counts",
            Self::EnteredInError => "entered in error",
        }
    }
}

impl fmt::Display for AllergyStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that names no status of an allergy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a status: use active, inactive or entered_in_error")]
pub struct NotAnAllergyStatus;

impl FromStr for AllergyStatus {
    type Err = NotAnAllergyStatus;

    fn from_str(text: &str) -> Result<Self, NotAnAllergyStatus> {
        Self::ALL.into_iter().find(|status| status.as_str() == text).ok_or(NotAnAllergyStatus)
    }
}

/// An allergy on a patient's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Allergy {
    /// Its id.
    pub id: AllergyId,
    /// Whose it is.
    pub patient_id: PatientId,
    /// What causes it.
    pub allergen: String,
    /// What happens.
    pub reaction: Option<String>,
    /// How bad it is.
    pub severity: Option<AllergySeverity>,
    /// Since when.
    pub onset_date: Option<Day>,
    /// Whether it still counts.
    pub status: AllergyStatus,
    /// Why the status changed.
    pub status_reason: Option<String>,
    /// When the status changed.
    pub status_at: Option<Instant>,
    /// Who wrote it down.
    pub recorded_by: Option<ProviderId>,
    /// When it was written down.
    pub created_at: Instant,
    /// When the row last changed.
    pub updated_at: Instant,
    /// The row's version, for optimistic updates.
    pub version: i32,
}

impl Allergy {
    /// Whether it counts.
    pub fn is_active(&self) -> bool {
        self.status == AllergyStatus::Active
    }

    /// Whether it may harm badly, so that it is shown first and stronger.
    pub fn is_severe(&self) -> bool {
        self.severity >= Some(AllergySeverity::Severe)
    }
}

/// Puts those that count first, then the worst; of unknown severity stands between severe and moderate.
pub fn in_order(mut allergies: Vec<Allergy>) -> Vec<Allergy> {
    let weight = |allergy: &Allergy| match allergy.severity {
        Some(AllergySeverity::LifeThreatening) => 0,
        Some(AllergySeverity::Severe) => 1,
        None => 2,
        Some(AllergySeverity::Moderate) => 3,
        Some(AllergySeverity::Mild) => 4,
    };
    allergies.sort_by_cached_key(|a| (a.status, weight(a), a.allergen.to_lowercase(), a.id));
    allergies
}

/// What somebody typed about an allergy, unread.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AllergyForm {
    /// What causes it.
    pub allergen: String,
    /// What happens; may be empty, like all below.
    pub reaction: String,
    /// `mild`, `moderate`, `severe` or `life_threatening`.
    pub severity: String,
    /// Since when.
    pub onset_date: String,
}

/// An allergy, read and sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllergyDetails {
    /// What causes it.
    pub allergen: String,
    /// What happens.
    pub reaction: Option<String>,
    /// How bad it is.
    pub severity: Option<AllergySeverity>,
    /// Since when.
    pub onset_date: Option<Day>,
}

impl AllergyForm {
    /// Reads the form; `today` is the practice's day.
    ///
    /// # Errors
    /// Every problem of every field at once.
    pub fn parse(&self, today: Day) -> Result<AllergyDetails, Problems> {
        let mut wrong = Problems::none();
        let p = &mut wrong;
        let allergen = p.keep(allergen(&self.allergen));
        let reaction = p.keep(field::optional("reaction", "the reaction", &self.reaction, SHORT));
        let severity = p.keep(crate::patient::if_any(&self.severity, |text| {
            text.trim().parse().map_err(|_| {
                Problems::one(
                    "severity",
                    "invalid",
                    "Choose mild, moderate, severe or life-threatening, or leave the severity open.",
                )
            })
        }));
        let onset_date = p.keep(field::past_day("onsetDate", "a first day", &self.onset_date, today));
        let read = || {
            Some(AllergyDetails {
                allergen: allergen?,
                reaction: reaction?,
                severity: severity?,
                onset_date: onset_date?,
            })
        };
        read().ok_or(wrong)
    }
}

/// Refuses a denial in place of an allergen: "none" on the list would read as an allergy to it.
fn allergen(text: &str) -> Result<String, Problems> {
    let allergen = field::required("allergen", "what the patient is allergic to", text, SHORT)?;
    let denials = ["none", "no", "nil", "nka", "nkda", "no known allergies", "no known drug allergies"];
    if denials.contains(&crate::search::fold(&allergen).as_str()) {
        return Err(Problems::one(
            "allergen",
            "denial",
            "To say that there are none, use “No known allergies” instead of an entry on the list.",
        ));
    }
    Ok(allergen)
}

/// The form as it stands for an allergy, for editing.
impl From<&Allergy> for AllergyForm {
    fn from(allergy: &Allergy) -> Self {
        Self {
            allergen: allergy.allergen.clone(),
            reaction: allergy.reaction.clone().unwrap_or_default(),
            severity: allergy.severity.map(|severity| severity.to_string()).unwrap_or_default(),
            onset_date: allergy.onset_date.map(|day| day.to_string()).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> Day {
        Day::of(2026, 11, 22).unwrap()
    }

    fn form(allergen: &str) -> AllergyForm {
        AllergyForm { allergen: allergen.into(), ..AllergyForm::default() }
    }

    #[test]
    fn an_allergen_is_enough_and_a_denial_is_none() {
        assert_eq!(form(" Penicillin ").parse(today()).unwrap().allergen, "Penicillin");
        for denial in ["None", "NKDA", "no known allergies"] {
            assert_eq!(form(denial).parse(today()).unwrap_err().0[0].code, "denial", "{denial}");
        }
        assert_eq!(form("").parse(today()).unwrap_err().0[0].code, "required");
    }

    #[test]
    fn a_severity_must_be_a_known_word() {
        let wrong = AllergyForm { severity: "awful".into(), ..form("Latex") };
        assert!(wrong.parse(today()).unwrap_err().of("severity").is_some());
        let right = AllergyForm { severity: "life_threatening".into(), ..form("Latex") };
        assert_eq!(right.parse(today()).unwrap().severity, Some(AllergySeverity::LifeThreatening));
    }
}
