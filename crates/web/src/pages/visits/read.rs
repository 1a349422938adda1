//! A record to read: for review, after signing, and on paper.

use crate::pages::vitals::{Reading, line};
use crate::text::{Text, words};
use medrecord_clinic::medical_record::{MedicalRecord, NoteField};
use medrecord_clinic::prescription::{Prescription, PrescriptionAction};
use medrecord_clinic::symptom::Symptom;
use medrecord_clinic::vitals::VitalSigns;
use std::borrow::Cow;

/// A record in words.
#[derive(Debug)]
pub(crate) struct NoteView {
    /// Says what stands around what was written.
    pub(crate) t: Text,
    /// Those sections that have text: heading, and lines.
    pub(crate) sections: Vec<(Cow<'static, str>, Vec<String>)>,
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
    pub(crate) action: Cow<'static, str>,
    /// Whether the medication is new, which needs no word on a prescription.
    pub(crate) starts: bool,
    pub(crate) stopped: bool,
    pub(crate) name: String,
    pub(crate) strength: String,
    /// How much, how often, by which way, for how long.
    pub(crate) dose: String,
    pub(crate) quantity: Option<i32>,
    pub(crate) refills: Option<i32>,
    pub(crate) supply: String,
    pub(crate) instructions: String,
    pub(crate) indication: Option<String>,
    pub(crate) drafted: bool,
}

impl NoteView {
    pub(crate) fn of(record: &MedicalRecord, vitals: Option<&VitalSigns>, t: Text) -> Self {
        let sections = NoteField::ALL.into_iter().filter_map(|field| {
            let text = record.note.get(field).as_deref()?;
            Some((t.say(words::section(field)), text.lines().map(str::to_owned).collect()))
        });
        Self {
            t,
            sections: sections.collect(),
            symptoms: record.symptoms.iter().map(|symptom| SymptomView::of(symptom, t)).collect(),
            prescriptions: record.prescriptions.iter().map(|row| PrescriptionView::of(row, t)).collect(),
            vitals: vitals.map(|taken| line(taken, t)).unwrap_or_default(),
            drafted: record.is_ai_generated,
            draft: record.is_draft(),
        }
    }

    /// A visit of which nobody has written anything.
    pub(crate) fn without_record(vitals: Option<&VitalSigns>, t: Text) -> Self {
        Self {
            t,
            sections: Vec::new(),
            symptoms: Vec::new(),
            prescriptions: Vec::new(),
            vitals: vitals.map(|taken| line(taken, t)).unwrap_or_default(),
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
    fn of(symptom: &Symptom, t: Text) -> Self {
        let severity =
            symptom.severity.map(|severity| t.with("number", severity.to_string()).say("note-severity"));
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
    pub(crate) fn of(row: &Prescription, t: Text) -> Self {
        let duration =
            row.duration.as_ref().map(|duration| t.with("duration", duration).say("note-duration"));
        let parts = [Some(row.dosage.clone()), Some(row.frequency.clone()), row.route.clone(), duration];
        let said = |part: &String| !part.is_empty();
        let quantity = row.quantity.map(|quantity| t.with("count", quantity).say("note-quantity"));
        let refills = row.refills.map(|refills| t.with("count", refills).say("note-refills"));
        let stopped = row.action == PrescriptionAction::Stop;
        let supply: Vec<String> = [quantity, refills].into_iter().flatten().collect();
        Self {
            action: t.say(words::action(row.action)),
            starts: row.action == PrescriptionAction::Start,
            stopped,
            name: row.medication_name.clone(),
            strength: row.strength.clone(),
            dose: parts.into_iter().flatten().filter(said).collect::<Vec<_>>().join(" "),
            quantity: row.quantity.filter(|_| !stopped),
            refills: row.refills.filter(|_| !stopped),
            supply: if stopped { String::new() } else { supply.join(" · ") },
            instructions: row.instructions.clone(),
            indication: row.indication.clone(),
            drafted: row.is_ai_extracted,
        }
    }
}
