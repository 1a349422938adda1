//! A prescription: what is to be taken, how, and what happens to it in this visit.
//!
//! The rules of writing doses are in `dose.rs`; they advise and never refuse. What a renewal takes over is in `renewal.rs`.

use crate::field::{self, LONG, Problems, SHORT};
use crate::ids::PrescriptionId;
use crate::symptom::row_id;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

mod dose;
mod renewal;

pub use dose::dose_advice;
pub use renewal::renewal;

/// What happens to a medication in a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrescriptionAction {
    /// It is new.
    #[default]
    Start,
    /// It goes on as it is.
    Continue,
    /// It goes on differently.
    Change,
    /// It ends.
    Stop,
}

impl PrescriptionAction {
    /// Every value, in the order of the form.
    pub const ALL: [Self; 4] = [Self::Start, Self::Continue, Self::Change, Self::Stop];

    /// The word in databases, interfaces and forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Continue => "continue",
            Self::Change => "change",
            Self::Stop => "stop",
        }
    }
}

impl fmt::Display for PrescriptionAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that names no action.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an action: use start, continue, change or stop")]
pub struct NotAnAction;

impl FromStr for PrescriptionAction {
    type Err = NotAnAction;

    fn from_str(text: &str) -> Result<Self, NotAnAction> {
        Self::ALL.into_iter().find(|action| action.as_str() == text).ok_or(NotAnAction)
    }
}

/// A prescription of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Prescription {
    /// Its id.
    pub id: PrescriptionId,
    /// Name of the medication; like all texts, it may be empty in a draft.
    pub medication_name: String,
    /// Strength, such as `500 mg`.
    pub strength: String,
    /// How much at a time.
    pub dosage: String,
    /// How often.
    pub frequency: String,
    /// By which way.
    pub route: Option<String>,
    /// For how long.
    pub duration: Option<String>,
    /// How many are dispensed.
    pub quantity: Option<i32>,
    /// How often it may be repeated.
    pub refills: Option<i32>,
    /// What the patient is told.
    pub instructions: String,
    /// What it is for.
    pub indication: Option<String>,
    /// What happens to it.
    pub action: PrescriptionAction,
    /// Whether the scribe drafted it.
    #[serde(rename = "isAIExtracted")]
    pub is_ai_extracted: bool,
}

/// A row of prescriptions as somebody left it, unread; all may be empty in a draft.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PrescriptionForm {
    /// The row's id; a new row may bring one of its own or none.
    pub id: String,
    /// Name of the medication.
    pub medication_name: String,
    /// Strength.
    pub strength: String,
    /// How much at a time.
    pub dosage: String,
    /// How often.
    pub frequency: String,
    /// By which way.
    pub route: String,
    /// For how long.
    pub duration: String,
    /// How many are dispensed.
    pub quantity: String,
    /// How often it may be repeated.
    pub refills: String,
    /// What the patient is told.
    pub instructions: String,
    /// What it is for.
    pub indication: String,
    /// `start` (the default), `continue`, `change` or `stop`.
    pub action: String,
}

/// A row of prescriptions, read; what a signature needs may still be missing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PrescriptionDetails {
    /// The row's id, if it has one.
    pub id: Option<PrescriptionId>,
    /// Name of the medication.
    pub medication_name: String,
    /// Strength.
    pub strength: String,
    /// How much at a time.
    pub dosage: String,
    /// How often.
    pub frequency: String,
    /// By which way.
    pub route: Option<String>,
    /// For how long.
    pub duration: Option<String>,
    /// How many are dispensed.
    pub quantity: Option<i32>,
    /// How often it may be repeated; nothing typed counts as 0, as in the data model.
    pub refills: Option<i32>,
    /// What the patient is told.
    pub instructions: String,
    /// What it is for.
    pub indication: Option<String>,
    /// What happens to it.
    pub action: PrescriptionAction,
}

/// The most units and refills that a row may hold: this project's own bound against slips of the hand.
const MOST_UNITS: i32 = 10_000;
const MOST_REFILLS: i32 = 99;

impl PrescriptionForm {
    /// Whether nobody has typed anything into the row.
    pub fn is_blank(&self) -> bool {
        let refills = self.refills.trim();
        [
            &self.medication_name,
            &self.strength,
            &self.dosage,
            &self.frequency,
            &self.route,
            &self.duration,
            &self.quantity,
            &self.instructions,
            &self.indication,
        ]
        .into_iter()
        .all(|text| text.trim().is_empty())
            && (refills.is_empty() || refills == "0")
    }

    /// Reads the row for a draft: what is missing is found at signing.
    ///
    /// # Errors
    /// Every problem of every field at once.
    pub fn parse(&self) -> Result<PrescriptionDetails, Problems> {
        let mut wrong = Problems::none();
        let p = &mut wrong;
        let id = p.keep(row_id("id", &self.id));
        let short = |field, label, text: &str| field::optional(field, label, text, SHORT);
        let name = p.keep(short("medicationName", "the medication", &self.medication_name));
        let strength = p.keep(short("strength", "the strength", &self.strength));
        let dosage = p.keep(short("dosage", "the dosage", &self.dosage));
        let frequency = p.keep(short("frequency", "the frequency", &self.frequency));
        let route = p.keep(short("route", "the route", &self.route));
        let duration = p.keep(short("duration", "the duration", &self.duration));
        let quantity = p.keep(field::whole_number("quantity", "Quantity", &self.quantity, (0, MOST_UNITS)));
        let refills = p.keep(field::whole_number("refills", "Refills", &self.refills, (0, MOST_REFILLS)));
        let instructions =
            p.keep(field::long_text("instructions", "the instructions", &self.instructions, LONG));
        let indication = p.keep(short("indication", "the indication", &self.indication));
        let action = p.keep(action("action", &self.action));
        let read = || {
            Some(PrescriptionDetails {
                id: id?,
                medication_name: name?.unwrap_or_default(),
                strength: strength?.unwrap_or_default(),
                dosage: dosage?.unwrap_or_default(),
                frequency: frequency?.unwrap_or_default(),
                route: route?,
                duration: duration?,
                quantity: quantity?,
                refills: Some(refills?.unwrap_or(0)),
                instructions: instructions?.unwrap_or_default(),
                indication: indication?,
                action: action?,
            })
        };
        read().ok_or(wrong)
    }
}

impl From<&Prescription> for PrescriptionForm {
    fn from(row: &Prescription) -> Self {
        let number = |value: Option<i32>| value.map(|value| value.to_string()).unwrap_or_default();
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        Self {
            id: row.id.to_string(),
            medication_name: row.medication_name.clone(),
            strength: row.strength.clone(),
            dosage: row.dosage.clone(),
            frequency: row.frequency.clone(),
            route: text(&row.route),
            duration: text(&row.duration),
            quantity: number(row.quantity),
            refills: number(row.refills),
            instructions: row.instructions.clone(),
            indication: text(&row.indication),
            action: row.action.to_string(),
        }
    }
}

fn action(field: &str, text: &str) -> Result<PrescriptionAction, Problems> {
    let text = text.trim().to_lowercase();
    if text.is_empty() {
        return Ok(PrescriptionAction::Start);
    }
    text.parse().map_err(|_| Problems::one(field, "invalid", "Choose start, continue, change or stop."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_may_be_unfinished_but_not_wrong() {
        let form = PrescriptionForm { medication_name: "amoxicillin".into(), ..PrescriptionForm::default() };
        let row = form.parse().unwrap();
        assert_eq!((row.refills, row.quantity, row.action), (Some(0), None, PrescriptionAction::Start));
        let wrong = PrescriptionForm {
            refills: "-1".into(),
            quantity: "many".into(),
            action: "double".into(),
            ..PrescriptionForm::default()
        };
        let fields: Vec<String> = wrong.parse().unwrap_err().0.into_iter().map(|p| p.field).collect();
        assert_eq!(fields, ["quantity", "refills", "action"]);
    }

    #[test]
    fn a_row_with_nothing_but_defaults_is_blank() {
        let untouched =
            PrescriptionForm { refills: "0".into(), action: "start".into(), ..PrescriptionForm::default() };
        assert!(untouched.is_blank());
        assert!(!PrescriptionForm { dosage: "1".into(), ..untouched }.is_blank());
    }
}
