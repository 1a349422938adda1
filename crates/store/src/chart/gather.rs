//! Puts a chart's lines together: rows to their record, records and vital signs to their visit, all in order.

use super::line::Line;
use super::overview::{Consent, Overview, Visit, VisitPrescription, VisitRecord, VisitSymptom, VisitVitals};
use super::part::{Part, Source};
use super::read;
use crate::error::StoreError;
use medrecord_clinic::allergy::Allergy;
use medrecord_clinic::condition::ChronicCondition;
use medrecord_clinic::ids::PatientId;
use medrecord_clinic::medication::Medication;
use medrecord_clinic::patient::Patient;
use std::cmp::Reverse;

/// What the lines hold, each part by itself.
#[derive(Default)]
struct Parts {
    patient: Option<Patient>,
    allergies: Vec<Allergy>,
    conditions: Vec<ChronicCondition>,
    medications: Vec<Medication>,
    consent: Option<Consent>,
    visits: Vec<Visit>,
    records: Vec<VisitRecord>,
    vitals: Vec<VisitVitals>,
    symptoms: Vec<(i32, VisitSymptom)>,
    prescriptions: Vec<(i32, VisitPrescription)>,
}

impl Parts {
    fn of(lines: Vec<Line>, patient: PatientId) -> Result<Self, StoreError> {
        let mut parts = Self::default();
        for line in lines {
            let part = Source::numbered(line.part).map(|source| source.part);
            let taken = part.and_then(|part| parts.take(part, line, patient));
            taken.ok_or_else(|| StoreError::Inconsistent {
                table: part.map_or("patients", Part::table),
                column: "chart",
                id: patient.to_string(),
            })?;
        }
        Ok(parts)
    }

    /// Reads a line; `None` where it cannot be read.
    fn take(&mut self, part: Part, line: Line, patient: PatientId) -> Option<()> {
        match part {
            Part::Patient => self.patient = Some(read::patient(line)?),
            Part::Allergy => self.allergies.push(read::allergy(line, patient)?),
            Part::Condition => self.conditions.push(read::condition(line, patient)?),
            Part::Medication => self.medications.push(read::medication(line, patient)?),
            Part::Consent => self.consent = Some(read::consent(line)?),
            Part::Visit => self.visits.push(read::visit(line, patient)?),
            Part::Record => self.records.push(read::record(line)?),
            Part::Vitals => self.vitals.push(read::vitals(&line)?),
            Part::Symptom => self.symptoms.push(read::symptom(line)?),
            Part::Prescription => self.prescriptions.push(read::prescription(line)?),
        }
        Some(())
    }

    /// The visits, newest first, with all that belongs to each.
    fn visits(&mut self) -> Vec<Visit> {
        self.symptoms.sort_by_key(|(position, symptom)| (*position, symptom.id));
        for (_, symptom) in self.symptoms.drain(..) {
            if let Some(record) =
                self.records.iter_mut().find(|record| record.id == symptom.medical_record_id)
            {
                record.symptoms.push(symptom);
            }
        }
        self.prescriptions.sort_by_key(|(position, prescription)| (*position, prescription.id));
        for (_, row) in self.prescriptions.drain(..) {
            if let Some(record) = self.records.iter_mut().find(|record| record.id == row.medical_record_id) {
                record.prescriptions.push(row);
            }
        }
        let mut visits = std::mem::take(&mut self.visits);
        for record in self.records.drain(..) {
            if let Some(visit) = visits.iter_mut().find(|visit| visit.id == record.appointment_id) {
                visit.medical_record = Some(record);
            }
        }
        for vitals in self.vitals.drain(..) {
            if let Some(visit) = visits.iter_mut().find(|visit| visit.id == vitals.appointment_id) {
                visit.vital_signs = Some(vitals);
            }
        }
        visits.sort_by_key(|visit| Reverse((visit.appointment_date, visit.id)));
        visits
    }
}

/// The chart of a patient; `None` where the lines hold no such patient.
pub(super) fn overview(lines: Vec<Line>, patient: PatientId) -> Result<Option<Overview>, StoreError> {
    let mut parts = Parts::of(lines, patient)?;
    let visits = parts.visits();
    parts.allergies.sort_by_key(|allergy| (allergy.created_at, allergy.id));
    parts.conditions.sort_by_key(|condition| (condition.created_at, condition.id));
    parts.medications.sort_by_key(|medication| (medication.created_at, medication.id));
    Ok(parts.patient.map(|patient| Overview {
        patient,
        allergies: parts.allergies,
        chronic_conditions: parts.conditions,
        medications: parts.medications,
        recording_consent: parts.consent,
        visits,
    }))
}

/// The visits alone.
pub(super) fn visits(lines: Vec<Line>, patient: PatientId) -> Result<Vec<Visit>, StoreError> {
    Ok(Parts::of(lines, patient)?.visits())
}
