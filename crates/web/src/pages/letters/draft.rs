//! What a letter starts from: the words of the signed record and the chart, nothing that is not on file.

use crate::pages::export::medication;
use crate::pages::visits::Frame;
use medrecord_clinic::allergy::Allergy;
use medrecord_clinic::letter::LetterKind;
use medrecord_clinic::medical_record::MedicalRecord;
use medrecord_clinic::medication::{Medication, MedicationStatus};
use medrecord_clinic::prescription::PrescriptionAction;

/// What of the chart goes into a letter beside the record.
pub(super) struct Known {
    pub(super) allergies: Vec<Allergy>,
    pub(super) medications: Vec<Medication>,
}

/// Puts a letter together from what was signed: what it is about, and what it says.
pub(super) fn draft(
    kind: LetterKind,
    record: &MedicalRecord,
    frame: &Frame,
    known: &Known,
) -> (String, String) {
    let about = format!("{}, born {}", frame.name, frame.patient.date_of_birth);
    match kind {
        LetterKind::Referral => (format!("Referral of {about}"), referral(record, frame, known)),
        LetterKind::SickNote => (format!("Certificate for {about}"), sick_note(frame)),
        LetterKind::PlainSummary => (format!("Your visit on {}", frame.when), plain(record, frame)),
    }
}
fn referral(record: &MedicalRecord, frame: &Frame, known: &Known) -> String {
    let note = &record.note;
    let active = known.medications.iter().filter(|m| m.status == MedicationStatus::Active);
    let medicines: Vec<String> = active.map(medication).collect();
    let active = known.allergies.iter().filter(|allergy| allergy.is_active());
    let allergens: Vec<String> = active.map(|allergy| allergy.allergen.clone()).collect();
    let allergies = match (allergens.is_empty(), frame.patient.no_known_allergies_at) {
        (false, _) => allergens.join(", "),
        (true, Some(_)) => "none known".to_owned(),
        (true, None) => "not recorded".to_owned(),
    };
    let said = |label: &str, text: &Option<String>| text.as_ref().map(|text| format!("{label}: {text}"));
    let parts = [
        Some("Dear colleague,".to_owned()),
        Some(format!("thank you for seeing {}, whom I saw on {}.", frame.name, frame.when)),
        said("Complaint", &note.chief_complaint),
        said("History", &note.history_of_present_illness),
        said("Findings", &note.physical_exam_notes),
        said("Diagnosis", &note.diagnosis),
        said("Plan so far", &note.treatment_plan),
        Some(format!("Medications: {}", or_none(&medicines.join("; ")))),
        Some(format!("Allergies: {allergies}")),
        Some("My question to you:".to_owned()),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("\n\n")
}

fn or_none(text: &str) -> &str {
    if text.is_empty() { "none recorded" } else { text }
}

/// Says that the patient was here, and leaves the days to whoever signs; the reason is nobody's business.
fn sick_note(frame: &Frame) -> String {
    let day = frame.when.split(' ').next().unwrap_or_default();
    format!(
        "This is to certify that {}, born {}, was seen at this practice on {day}.\n\nUnable to work or attend \
         school from {day} up to and including",
        frame.name, frame.patient.date_of_birth
    )
}

fn plain(record: &MedicalRecord, frame: &Frame) -> String {
    let note = &record.note;
    let said = |label: &str, text: &Option<String>| text.as_ref().map(|text| format!("{label}\n{text}"));
    let medicines: Vec<String> = record
        .prescriptions
        .iter()
        .map(|row| match row.action {
            PrescriptionAction::Stop => format!("Stop taking {} {}.", row.medication_name, row.strength),
            PrescriptionAction::Start | PrescriptionAction::Continue | PrescriptionAction::Change => {
                format!("{} {}: {}", row.medication_name, row.strength, row.instructions)
            }
        })
        .collect();
    let medicines = (!medicines.is_empty()).then(|| medicines.join("\n"));
    let parts = [
        Some(format!("You were seen by {} on {}.", frame.seen_by, frame.when)),
        said("Why you came", &note.chief_complaint),
        said("What it is", &note.diagnosis),
        said("What we do about it", &note.treatment_plan),
        said("Your medicines", &medicines),
        said("What was explained", &note.patient_education),
        said("When to come back", &note.follow_up_instructions),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("\n\n")
}
