//! A record to read: for review, after signing, and on paper.

use crate::pages::vitals::{Reading, line};
use medrecord_clinic::medical_record::{MedicalRecord, NoteField};
use medrecord_clinic::prescription::{Prescription, PrescriptionAction};
use medrecord_clinic::symptom::Symptom;
use medrecord_clinic::vitals::VitalSigns;

/// A record in words.
#[derive(Debug)]
pub(crate) struct NoteView {
    /// Those sections that have text: heading, and lines.
    pub(crate) sections: Vec<(&'static str, Vec<String>)>,
    pub(crate) symptoms: Vec<SymptomView>,
    pub(crate) prescriptions: Vec<PrescriptionView>,
    pub(crate) vitals: Vec<Reading>,
    /// Whether any of it was drafted by the scribe.
    pub(crate) drafted: bool,
    /// Whether nobody has signed it, so that what was drafted is still marked.
    pub(crate) draft: bool,
}

/// A symptom in words.
#[derive(Debug)]
pub(crate) struct SymptomView {
    pub(crate) name: String,
    pub(crate) absent: bool,
    pub(crate) detail: String,
    pub(crate) drafted: bool,
}

/// A prescription in words.
#[derive(Debug)]
pub(crate) struct PrescriptionView {
    pub(crate) action: &'static str,
    pub(crate) stopped: bool,
    pub(crate) name: String,
    pub(crate) strength: String,
    /// How much, how often, by which way, for how long.
    pub(crate) dose: String,
    pub(crate) supply: String,
    pub(crate) instructions: String,
    pub(crate) indication: Option<String>,
    pub(crate) drafted: bool,
}

impl NoteView {
    pub(crate) fn of(record: &MedicalRecord, vitals: Option<&VitalSigns>) -> Self {
        let sections = NoteField::ALL.into_iter().filter_map(|field| {
            let text = record.note.get(field).as_deref()?;
            Some((field.label(), text.lines().map(str::to_owned).collect()))
        });
        Self {
            sections: sections.collect(),
            symptoms: record.symptoms.iter().map(SymptomView::of).collect(),
            prescriptions: record.prescriptions.iter().map(PrescriptionView::of).collect(),
            vitals: vitals.map(line).unwrap_or_default(),
            drafted: record.is_ai_generated,
            draft: record.is_draft(),
        }
    }

    /// A visit of which nobody has written anything.
    pub(crate) fn without_record(vitals: Option<&VitalSigns>) -> Self {
        Self {
            sections: Vec::new(),
            symptoms: Vec::new(),
            prescriptions: Vec::new(),
            vitals: vitals.map(line).unwrap_or_default(),
            drafted: false,
            draft: true,
        }
    }

    /// Whether there is nothing to read.
    pub(crate) fn is_empty(&self) -> bool {
        self.sections.is_empty()
            && self.symptoms.is_empty()
            && self.prescriptions.is_empty()
            && self.vitals.is_empty()
    }
}

impl SymptomView {
    fn of(symptom: &Symptom) -> Self {
        let severity = symptom.severity.map(|severity| format!("severity {severity} of 10"));
        let parts = [symptom.body_site.clone(), severity, symptom.duration.clone(), symptom.notes.clone()];
        Self {
            name: symptom.symptom_name.clone(),
            absent: symptom.negated,
            detail: parts.into_iter().flatten().collect::<Vec<_>>().join(" · "),
            drafted: symptom.is_ai_extracted,
        }
    }
}

impl PrescriptionView {
    pub(crate) fn of(row: &Prescription) -> Self {
        let duration = row.duration.as_ref().map(|duration| format!("for {duration}"));
        let parts = [Some(row.dosage.clone()), Some(row.frequency.clone()), row.route.clone(), duration];
        let said = |part: &String| !part.is_empty();
        let quantity = row.quantity.map(|quantity| format!("Quantity {quantity}"));
        let refills = row.refills.map(|refills| format!("Refills {refills}"));
        let stopped = row.action == PrescriptionAction::Stop;
        let supply: Vec<String> = [quantity, refills].into_iter().flatten().collect();
        Self {
            action: action_word(row.action),
            stopped,
            name: row.medication_name.clone(),
            strength: row.strength.clone(),
            dose: parts.into_iter().flatten().filter(said).collect::<Vec<_>>().join(" "),
            supply: if stopped { String::new() } else { supply.join(" · ") },
            instructions: row.instructions.clone(),
            indication: row.indication.clone(),
            drafted: row.is_ai_extracted,
        }
    }
}

/// What happens to a medication, as people say it.
pub(crate) fn action_word(action: PrescriptionAction) -> &'static str {
    match action {
        PrescriptionAction::Start => "Start",
        PrescriptionAction::Continue => "Continue",
        PrescriptionAction::Change => "Change",
        PrescriptionAction::Stop => "Stop",
    }
}
