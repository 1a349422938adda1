//! What stands between a draft and a signature: some of it blocks, some only deserves a second look.

use super::{MedicalRecord, NoteField};
use crate::note_template::BLANK;
use crate::prescription::{Prescription, PrescriptionAction, dose_advice};
use serde::Serialize;

/// How much a gap weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The record cannot be signed.
    Block,
    /// The record can be signed; the person should look once more.
    Advise,
}

/// Something that is missing or doubtful before signing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Gap {
    /// The field, such as `diagnosis` or `prescriptions[0].instructions`.
    pub field: String,
    /// Whether it blocks.
    pub severity: Severity,
    /// What is missing, as a sentence with the way out.
    pub message: String,
}

/// What a signature needs.
const NEEDED: [(NoteField, &str); 3] = [
    (NoteField::ChiefComplaint, "Enter why the patient came."),
    (NoteField::Diagnosis, "Enter the diagnosis, or that there is none yet."),
    (NoteField::TreatmentPlan, "Enter the treatment plan, even if it is to wait and see."),
];

/// What a good note has besides.
const WANTED: [(NoteField, &str); 3] = [
    (NoteField::HistoryOfPresentIllness, "The history is empty."),
    (NoteField::PhysicalExamNotes, "The physical exam is empty."),
    (NoteField::FollowUpInstructions, "No follow-up is stated."),
];

/// Everything that is missing or doubtful; blocking gaps first, otherwise in the order of the page.
pub fn missing(record: &MedicalRecord) -> Vec<Gap> {
    let mut gaps = Vec::new();
    for (list, severity) in [(NEEDED, Severity::Block), (WANTED, Severity::Advise)] {
        for (field, message) in list {
            if record.note.get(field).as_deref().is_none_or(str::is_empty) {
                gaps.push(gap(field.as_str(), severity, message));
            }
        }
    }
    for section in NoteField::ALL {
        if record.note.get(section).as_deref().is_some_and(|text| text.contains(BLANK)) {
            let message =
                format!("A blank of a template ({BLANK}) is left in this section. Fill it in or delete it.");
            gaps.push(gap(section.as_str(), Severity::Block, &message));
        }
    }
    blanks_in_rows(record, &mut gaps);
    for (at, symptom) in record.symptoms.iter().enumerate() {
        if symptom.symptom_name.is_empty() {
            let field = format!("symptoms[{at}].symptomName");
            gaps.push(gap(&field, Severity::Block, "Name the symptom, or remove its row."));
        }
    }
    for (at, row) in record.prescriptions.iter().enumerate() {
        prescription(&format!("prescriptions[{at}]"), row, &mut gaps);
    }
    gaps.sort_by_key(|gap| gap.severity == Severity::Advise);
    gaps
}

/// A blank of a phrase in a row would be printed as it stands.
fn blanks_in_rows(record: &MedicalRecord, gaps: &mut Vec<Gap>) {
    let mut look = |place: String, texts: &[(&str, Option<&str>)]| {
        for (field, _) in texts.iter().filter(|(_, text)| text.is_some_and(|text| text.contains(BLANK))) {
            let message = format!("A blank of a phrase ({BLANK}) is left here. Fill it in or delete it.");
            gaps.push(gap(&format!("{place}.{field}"), Severity::Block, &message));
        }
    };
    for (at, row) in record.symptoms.iter().enumerate() {
        let texts = [
            ("symptomName", Some(row.symptom_name.as_str())),
            ("bodySite", row.body_site.as_deref()),
            ("duration", row.duration.as_deref()),
            ("notes", row.notes.as_deref()),
        ];
        look(format!("symptoms[{at}]"), &texts);
    }
    for (at, row) in record.prescriptions.iter().enumerate() {
        let texts = [
            ("medicationName", Some(row.medication_name.as_str())),
            ("strength", Some(row.strength.as_str())),
            ("dosage", Some(row.dosage.as_str())),
            ("frequency", Some(row.frequency.as_str())),
            ("route", row.route.as_deref()),
            ("duration", row.duration.as_deref()),
            ("instructions", Some(row.instructions.as_str())),
            ("indication", row.indication.as_deref()),
        ];
        look(format!("prescriptions[{at}]"), &texts);
    }
}

fn prescription(place: &str, row: &Prescription, gaps: &mut Vec<Gap>) {
    let name = if row.medication_name.is_empty() { "this medication" } else { &row.medication_name };
    if row.medication_name.is_empty() {
        let message = "Name the medication, or remove its row.";
        gaps.push(gap(&format!("{place}.medicationName"), Severity::Block, message));
    }
    // What is stopped needs no dose.
    if row.action == PrescriptionAction::Stop {
        return;
    }
    let needed = [
        ("strength", "the strength", &row.strength),
        ("dosage", "how much to take", &row.dosage),
        ("frequency", "how often to take it", &row.frequency),
        ("instructions", "what the patient is told", &row.instructions),
    ];
    for (field, what, text) in needed {
        let field = format!("{place}.{field}");
        if text.is_empty() {
            gaps.push(gap(&field, Severity::Block, &format!("Enter {what} for {name}.")));
        }
        for advice in dose_advice(text) {
            gaps.push(gap(&field, Severity::Advise, &format!("{name}: {advice}")));
        }
    }
    let new = matches!(row.action, PrescriptionAction::Start | PrescriptionAction::Change);
    if new && row.quantity.is_none() {
        gaps.push(gap(&format!("{place}.quantity"), Severity::Advise, &format!("No quantity for {name}.")));
    }
}

fn gap(field: &str, severity: Severity, message: &str) -> Gap {
    Gap { field: field.to_owned(), severity, message: message.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::super::tests::finished;
    use super::*;

    fn blocking(record: &MedicalRecord) -> Vec<String> {
        let gaps = missing(record).into_iter().filter(|gap| gap.severity == Severity::Block);
        gaps.map(|gap| gap.field).collect()
    }

    #[test]
    fn a_finished_record_lacks_nothing() {
        assert_eq!(missing(&finished()), []);
    }

    #[test]
    fn a_prescription_without_instructions_blocks_the_signature() {
        let mut record = finished();
        record.prescriptions[0].instructions = String::new();
        record.prescriptions[0].dosage = String::new();
        assert_eq!(blocking(&record), ["prescriptions[0].dosage", "prescriptions[0].instructions"]);
        record.prescriptions[0].action = PrescriptionAction::Stop;
        assert!(blocking(&record).is_empty());
    }

    #[test]
    fn a_blank_of_a_template_blocks_the_signature_until_it_is_filled() {
        let mut record = finished();
        record.note.physical_exam_notes = Some("Tonsils: ___\nNeck: supple".to_owned());
        assert_eq!(blocking(&record), ["physicalExamNotes"]);
        record.note.physical_exam_notes = Some("Tonsils: red\nNeck: supple".to_owned());
        assert!(blocking(&record).is_empty());
        record.prescriptions[0].instructions = "Take ___ tablets.".to_owned();
        record.prescriptions[0].indication = Some("___".to_owned());
        assert_eq!(blocking(&record), ["prescriptions[0].instructions", "prescriptions[0].indication"]);
    }

    #[test]
    fn what_blocks_comes_before_what_is_only_advised() {
        let mut record = finished();
        record.note.history_of_present_illness = None;
        record.prescriptions[0].strength = ".4 g".to_owned();
        record.note.diagnosis = None;
        let fields: Vec<String> = missing(&record).into_iter().map(|gap| gap.field).collect();
        assert_eq!(fields, ["diagnosis", "historyOfPresentIllness", "prescriptions[0].strength"]);
    }
}
