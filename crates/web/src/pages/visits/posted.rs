//! The form of a visit as a browser posts it: sections by name, rows as columns of equal length.

use medrecord_clinic::medical_record::{Note, NoteField, RecordForm};
use medrecord_clinic::prescription::PrescriptionForm;
use medrecord_clinic::symptom::SymptomForm;

/// Everything that was posted, in its order.
pub(crate) struct Posted(pub(crate) Vec<(String, String)>);

impl Posted {
    /// The first value of a field; empty where it was not posted.
    pub(crate) fn value(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// The version on which the person worked, or the one that the person wants to overwrite knowingly.
    pub(crate) fn seen(&self) -> i32 {
        let [keep, version] = ["keep", "version"].map(|name| self.value(name).parse().ok());
        keep.or(version).unwrap_or(0)
    }

    /// The record as it was typed.
    pub(crate) fn record(&self) -> RecordForm {
        let note = Note::from_fn(|field: NoteField| self.value(field.as_str()).to_owned());
        let symptoms = (0..self.count("symptoms.id")).map(|at| self.symptom(at)).collect();
        let prescriptions = (0..self.count("prescriptions.id")).map(|at| self.prescription(at)).collect();
        RecordForm { note, symptoms, prescriptions }
    }

    fn symptom(&self, at: usize) -> SymptomForm {
        let cell = |name| self.cell("symptoms", name, at);
        SymptomForm {
            id: cell("id"),
            symptom_name: cell("symptomName"),
            body_site: cell("bodySite"),
            severity: cell("severity"),
            duration: cell("duration"),
            notes: cell("notes"),
            negated: cell("negated"),
        }
    }

    fn prescription(&self, at: usize) -> PrescriptionForm {
        let cell = |name| self.cell("prescriptions", name, at);
        PrescriptionForm {
            id: cell("id"),
            medication_name: cell("medicationName"),
            strength: cell("strength"),
            dosage: cell("dosage"),
            frequency: cell("frequency"),
            route: cell("route"),
            duration: cell("duration"),
            quantity: cell("quantity"),
            refills: cell("refills"),
            instructions: cell("instructions"),
            indication: cell("indication"),
            action: cell("action"),
        }
    }

    fn count(&self, name: &str) -> usize {
        self.0.iter().filter(|(key, _)| key == name).count()
    }

    fn cell(&self, rows: &str, name: &str, at: usize) -> String {
        let name = format!("{rows}.{name}");
        let column = self.0.iter().filter(|(key, _)| *key == name);
        column.map(|(_, value)| value.clone()).nth(at).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_put_together_from_their_columns() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let posted = Posted(vec![
            pair("version", "3"),
            pair("diagnosis", "Viral pharyngitis"),
            pair("symptoms.id", "a"),
            pair("symptoms.symptomName", "cough"),
            pair("symptoms.id", ""),
            pair("symptoms.symptomName", "fever"),
        ]);
        let record = posted.record();
        assert_eq!(record.note.diagnosis, "Viral pharyngitis");
        let rows: Vec<_> =
            record.symptoms.iter().map(|row| (row.id.as_str(), row.symptom_name.as_str())).collect();
        assert_eq!(rows, [("a", "cough"), ("", "fever")]);
        assert_eq!(posted.seen(), 3);
        let kept = Posted(vec![pair("version", "3"), pair("keep", "5")]);
        assert_eq!(kept.seen(), 5);
    }
}
