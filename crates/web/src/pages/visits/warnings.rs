//! What speaks against the prescriptions of a draft: allergies, interactions, duplicates, and what could not be checked.
//!
//! Allergies and interactions stop the signature until somebody says why; the reason stays with the record. Duplicates and
//! what is unknown are said and stop nothing. The lists are the scribe's, the patient's medicines the store's.

use super::clash::forbidden;
use crate::shell::Allergies;
use medrecord_clinic::medical_record::MedicalRecord;
use medrecord_clinic::medication::Medication;
use medrecord_clinic::prescription::PrescriptionAction;
use medrecord_scribe::interactions::{self, Given, Kind};
use medrecord_store::medical_records::{NewOverride, Review};
use medrecord_store::{Desk, Refusal, medications};
use sha2::{Digest as _, Sha256};

/// Full name of the list behind the short one.
const ONC: &str = "Phansalkar et al., J Am Med Inform Assoc 2012;19:735";

/// One warning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Warning {
    /// Names it in forms: the same words have the same key.
    pub(crate) key: String,
    /// `allergy`, `interaction`, `same_medicine`, `same_class` or `not_checked`.
    pub(crate) kind: &'static str,
    /// The field of the note that it is about; empty where it is none.
    pub(crate) field: String,
    pub(crate) words: String,
    /// Where it comes from; empty where nothing was looked up.
    pub(crate) source: String,
}

impl Warning {
    /// The name of the field in which the reason is typed.
    pub(crate) fn field_name(&self) -> String {
        format!("why-{}", self.key)
    }
}

/// All of them, by what they ask of the person who signs.
#[derive(Debug, Clone, Default)]
pub(crate) struct Warnings {
    /// Need a reason.
    pub(crate) stopping: Vec<Warning>,
    /// Could not be looked at: loud, but nothing to answer.
    pub(crate) unchecked: Vec<Warning>,
    /// Worth a look.
    pub(crate) advised: Vec<Warning>,
}

impl Warnings {
    /// Looks at a record as it would be signed, beside the patient's allergies and medicines.
    ///
    /// # Errors
    /// What the store refuses.
    pub(crate) async fn of(desk: &mut Desk, review: &Review, allergies: &Allergies) -> Result<Self, Refusal> {
        if review.record.prescriptions.is_empty() {
            return Ok(Self::default());
        }
        let taken = medications::list(desk, review.patient).await?;
        let charted = "the patient's list of allergies";
        let allergic = forbidden(&review.record, allergies).into_iter();
        let mut all: Vec<Warning> =
            allergic.map(|clash| warning("allergy", clash.field, clash.words, charted.to_owned())).collect();
        all.extend(against_medicines(&review.record, &taken));
        let mut warnings = Self::default();
        for warning in all {
            match warning.kind {
                "allergy" | "interaction" => warnings.stopping.push(warning),
                "not_checked" => warnings.unchecked.push(warning),
                _ => warnings.advised.push(warning),
            }
        }
        Ok(warnings)
    }

    /// Each warning that needs a reason with the one that was given, or the keys of those without.
    pub(crate) fn answered<'a>(
        &self,
        reason: impl Fn(&str) -> &'a str,
    ) -> Result<Vec<NewOverride>, Vec<String>> {
        let open = |warning: &&Warning| reason(&warning.key).trim().is_empty();
        let missing: Vec<String> = self.stopping.iter().filter(open).map(|it| it.key.clone()).collect();
        if !missing.is_empty() {
            return Err(missing);
        }
        let given = |warning: &Warning| NewOverride {
            kind: warning.kind,
            warning: warning.words.clone(),
            source: warning.source.clone(),
            reason: reason(&warning.key).to_owned(),
        };
        Ok(self.stopping.iter().map(given).collect())
    }
}

fn warning(kind: &'static str, field: String, words: String, source: String) -> Warning {
    let digest = Sha256::digest(format!("{kind} {words}"));
    let key = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    Warning { key, kind, field, words, source }
}

fn field_of(at: usize) -> String {
    format!("prescriptions[{at}].medicationName")
}

fn against_medicines(record: &MedicalRecord, listed: &[Medication]) -> Vec<Warning> {
    let given: Vec<(usize, Given<'_>)> = record
        .prescriptions
        .iter()
        .enumerate()
        .filter(|(_, row)| row.action != PrescriptionAction::Stop && !row.medication_name.is_empty())
        .map(|(at, row)| {
            (at, Given { name: &row.medication_name, is_new: row.action == PrescriptionAction::Start })
        })
        .collect();
    // What is stopped, changed or continued in this visit stands in its own row.
    let in_visit = |medication: &&Medication| {
        record
            .prescriptions
            .iter()
            .any(|row| row.action != PrescriptionAction::Start && medication.is_named(&row.medication_name))
    };
    let taken: Vec<&str> = listed
        .iter()
        .filter(|medication| medication.is_active() && !in_visit(medication))
        .map(|medication| medication.medication_name.as_str())
        .collect();
    let prescribed: Vec<Given<'_>> = given.iter().map(|(_, given)| *given).collect();
    let found = interactions::check(&prescribed, &taken).into_iter();
    found
        .map(|found| {
            let at = found.about.and_then(|about| given.get(about)).map(|(at, _)| field_of(*at));
            let source = match (found.kind, found.source) {
                (Kind::Interaction, "ONC") => format!("{ONC}; list of {}", interactions::dated()),
                (Kind::Interaction, label) => {
                    let name = label.trim_start_matches("label ");
                    format!("US prescribing information of {name}; list of {}", interactions::dated())
                }
                (Kind::SameMedicine | Kind::SameClass | Kind::NotChecked, _) => String::new(),
            };
            warning(found.kind.as_str(), at.unwrap_or_default(), found.words, source)
        })
        .collect()
}
