//! The fingerprint of what is signed: SHA-256 over every word of the record, its rows and whose it is.

use super::{MedicalRecord, NoteField};
use crate::ids::PatientId;
use crate::prescription::Prescription;
use crate::symptom::Symptom;
use crate::vitals::{VitalSigns, VitalsForm};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// The form of the fingerprint; a later form gets another name, so that an old signature stays provable.
const FORM: &str = "medrecord-record-1";

/// The fingerprint of a record with its rows and its vital signs, of that patient, in lower-case hexadecimal.
///
/// What changes by itself is left out: versions, times of writing, the signature.
pub fn digest(record: &MedicalRecord, patient: PatientId, vitals: Option<&VitalSigns>) -> String {
    let mut all = Fields(Sha256::new());
    all.text(FORM);
    all.text(&record.id.to_string());
    all.text(&record.appointment_id.to_string());
    all.text(&patient.to_string());
    for field in NoteField::ALL {
        all.text(field.as_str());
        all.optional(record.note.get(field).as_deref());
    }
    all.optional(record.audio_file_url.as_deref());
    all.optional(record.transcript.as_deref());
    all.flag(record.is_ai_generated);
    all.count(record.symptoms.len());
    record.symptoms.iter().for_each(|row| symptom(&mut all, row));
    all.count(record.prescriptions.len());
    record.prescriptions.iter().for_each(|row| prescription(&mut all, row));
    match vitals {
        None => all.optional(None),
        Some(vitals) => measured(&mut all, vitals),
    }
    all.finish()
}

fn symptom(all: &mut Fields, row: &Symptom) {
    all.text(&row.id.to_string());
    all.text(&row.symptom_name);
    all.optional(row.body_site.as_deref());
    all.number(row.severity);
    all.optional(row.duration.as_deref());
    all.optional(row.notes.as_deref());
    all.flag(row.negated);
    all.flag(row.is_ai_extracted);
}

fn prescription(all: &mut Fields, row: &Prescription) {
    all.text(&row.id.to_string());
    all.text(row.action.as_str());
    for text in [&row.medication_name, &row.strength, &row.dosage, &row.frequency, &row.instructions] {
        all.text(text);
    }
    for text in [&row.route, &row.duration, &row.indication] {
        all.optional(text.as_deref());
    }
    all.number(row.quantity);
    all.number(row.refills);
    all.flag(row.is_ai_extracted);
}

fn measured(all: &mut Fields, vitals: &VitalSigns) {
    let VitalsForm {
        blood_pressure,
        heart_rate,
        temperature,
        respiratory_rate,
        oxygen_saturation,
        weight,
        height,
        pain_level,
        note,
    } = VitalsForm::from(&vitals.measured);
    all.text(&vitals.id.to_string());
    for text in [
        blood_pressure,
        heart_rate,
        temperature,
        respiratory_rate,
        oxygen_saturation,
        weight,
        height,
        pain_level,
        note,
    ] {
        all.text(&text);
    }
    all.text(&vitals.recorded_at.to_string());
}

/// Fields in their order; each is preceded by its length, so that no two records run together.
struct Fields(Sha256);

impl Fields {
    fn text(&mut self, text: &str) {
        self.0.update(format!("{}:", text.len()));
        self.0.update(text);
        self.0.update(b";");
    }

    fn optional(&mut self, text: Option<&str>) {
        match text {
            Some(text) => self.text(text),
            None => self.0.update(b"-;"),
        }
    }

    fn number(&mut self, number: Option<i32>) {
        self.optional(number.map(|number| number.to_string()).as_deref());
    }

    fn flag(&mut self, flag: bool) {
        self.text(if flag { "yes" } else { "no" });
    }

    fn count(&mut self, count: usize) {
        self.text(&count.to_string());
    }

    fn finish(self) -> String {
        self.0.finalize().iter().fold(String::with_capacity(64), |mut text, byte| {
            // Writing into a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::finished;
    use super::*;
    use uuid::Uuid;

    fn of(change: impl FnOnce(&mut MedicalRecord)) -> String {
        let mut record = finished();
        change(&mut record);
        digest(&record, PatientId(Uuid::from_u128(9)), None)
    }

    #[test]
    fn the_fingerprint_of_the_invented_visit_stays_the_same_for_ever() {
        assert_eq!(of(|_| ()), "442dfa5a8c57ec7b6d37bc528972c82388ef3ea3a6ae66abcbff0e7647787677");
    }

    #[test]
    fn any_word_changes_the_fingerprint_and_a_version_does_not() {
        let whole = of(|_| ());
        assert_eq!(of(|record| record.version = 9), whole);
        let changed = [
            of(|record| record.note.diagnosis_notes = Some(String::new())),
            of(|record| record.note.chief_complaint = Some("Sore throat.".to_owned())),
            of(|record| record.symptoms.clear()),
            of(|record| record.symptoms[0].negated = true),
            of(|record| record.prescriptions[0].refills = None),
            of(|record| record.is_ai_generated = true),
            of(|record| {
                record.symptoms[0].symptom_name = "sore".to_owned();
                record.symptoms[0].body_site = Some("throat".to_owned());
            }),
        ];
        for (at, digest) in changed.iter().enumerate() {
            assert_ne!(*digest, whole, "{at}");
            assert_eq!(changed.iter().filter(|other| *other == digest).count(), 1, "{at}");
        }
        let other = digest(&finished(), PatientId(Uuid::from_u128(8)), None);
        assert_ne!(other, whole);
    }
}
