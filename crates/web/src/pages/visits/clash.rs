//! What of a record speaks against the patient's allergies, shown before it is signed.

use crate::shell::{Allergies, AllergyLine};
use medrecord_clinic::medical_record::{MedicalRecord, denies_allergies};
use medrecord_clinic::prescription::PrescriptionAction;
use medrecord_scribe::guard;

/// One thing to look at, with the field of the note that it is about.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Clash {
    pub(super) field: String,
    pub(super) words: String,
}

/// Every medication that an allergy on the chart forbids.
pub(super) fn forbidden(record: &MedicalRecord, allergies: &Allergies) -> Vec<Clash> {
    let Allergies::Listed(allergies) = allergies else { return Vec::new() };
    let rows = record.prescriptions.iter().enumerate();
    let given = rows.filter(|(_, row)| row.action != PrescriptionAction::Stop);
    given
        .flat_map(|(at, row)| {
            let against =
                allergies.iter().filter(|each| guard::related(&each.allergen, &row.medication_name));
            against.map(move |allergy| Clash {
                field: format!("prescriptions[{at}].medicationName"),
                words: format!(
                    "{} is prescribed, and the patient is allergic to {}.",
                    row.medication_name,
                    said(allergy)
                ),
            })
        })
        .collect()
}

/// A note that denies allergies where some are listed.
pub(super) fn denials(record: &MedicalRecord, allergies: &Allergies) -> Vec<Clash> {
    let Allergies::Listed(allergies) = allergies else { return Vec::new() };
    let mut found = Vec::new();
    if let Some(field) = denies_allergies(&record.note) {
        let listed: Vec<&str> = allergies.iter().map(|allergy| allergy.allergen.as_str()).collect();
        found.push(Clash {
            field: field.as_str().to_owned(),
            words: format!(
                "{} says that there are no allergies, but the chart lists {}.",
                field.label(),
                listed.join(", ")
            ),
        });
    }
    found
}

fn said(allergy: &AllergyLine) -> String {
    if allergy.detail.is_empty() {
        allergy.allergen.clone()
    } else {
        format!("{} ({})", allergy.allergen, allergy.detail)
    }
}
