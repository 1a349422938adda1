//! The sections of a note: nine texts, walked over by [`NoteField`] so that nothing is forgotten anywhere.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// One section of a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NoteField {
    /// Why the patient came, in their words.
    ChiefComplaint,
    /// How it began and went on.
    HistoryOfPresentIllness,
    /// What was asked system by system.
    ReviewOfSystems,
    /// What was found.
    PhysicalExamNotes,
    /// What it is.
    Diagnosis,
    /// Why.
    DiagnosisNotes,
    /// What is done about it.
    TreatmentPlan,
    /// When to come back.
    FollowUpInstructions,
    /// What was explained.
    PatientEducation,
}

impl NoteField {
    /// Every section, in the order of a note.
    pub const ALL: [Self; 9] = [
        Self::ChiefComplaint,
        Self::HistoryOfPresentIllness,
        Self::ReviewOfSystems,
        Self::PhysicalExamNotes,
        Self::Diagnosis,
        Self::DiagnosisNotes,
        Self::TreatmentPlan,
        Self::FollowUpInstructions,
        Self::PatientEducation,
    ];

    /// The name in interfaces and forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ChiefComplaint => "chiefComplaint",
            Self::HistoryOfPresentIllness => "historyOfPresentIllness",
            Self::ReviewOfSystems => "reviewOfSystems",
            Self::PhysicalExamNotes => "physicalExamNotes",
            Self::Diagnosis => "diagnosis",
            Self::DiagnosisNotes => "diagnosisNotes",
            Self::TreatmentPlan => "treatmentPlan",
            Self::FollowUpInstructions => "followUpInstructions",
            Self::PatientEducation => "patientEducation",
        }
    }

    /// The heading on pages and prints.
    pub fn label(self) -> &'static str {
        match self {
            Self::ChiefComplaint => "Chief complaint",
            Self::HistoryOfPresentIllness => "History of present illness",
            Self::ReviewOfSystems => "Review of systems",
            Self::PhysicalExamNotes => "Physical exam",
            Self::Diagnosis => "Diagnosis",
            Self::DiagnosisNotes => "Diagnosis notes",
            Self::TreatmentPlan => "Treatment plan",
            Self::FollowUpInstructions => "Follow-up",
            Self::PatientEducation => "Patient education",
        }
    }

    /// Whether it is one line of at most 255 characters.
    pub fn is_short(self) -> bool {
        matches!(self, Self::ChiefComplaint | Self::Diagnosis)
    }
}

impl fmt::Display for NoteField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that names no section.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a section of the note")]
pub struct NotASection;

impl FromStr for NoteField {
    type Err = NotASection;

    fn from_str(text: &str) -> Result<Self, NotASection> {
        Self::ALL.into_iter().find(|field| field.as_str() == text).ok_or(NotASection)
    }
}

/// Something for each section of a note: `Note<String>` as typed, `Note<Option<String>>` as kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, bound(deserialize = "T: Deserialize<'de> + Default"))]
pub struct Note<T = Option<String>> {
    /// Why the patient came, in their words.
    pub chief_complaint: T,
    /// How it began and went on.
    pub history_of_present_illness: T,
    /// What was asked system by system.
    pub review_of_systems: T,
    /// What was found.
    pub physical_exam_notes: T,
    /// What it is.
    pub diagnosis: T,
    /// Why.
    pub diagnosis_notes: T,
    /// What is done about it.
    pub treatment_plan: T,
    /// When to come back.
    pub follow_up_instructions: T,
    /// What was explained.
    pub patient_education: T,
}

impl<T> Note<T> {
    /// Makes each section by asking for it.
    pub fn from_fn(mut make: impl FnMut(NoteField) -> T) -> Self {
        Self {
            chief_complaint: make(NoteField::ChiefComplaint),
            history_of_present_illness: make(NoteField::HistoryOfPresentIllness),
            review_of_systems: make(NoteField::ReviewOfSystems),
            physical_exam_notes: make(NoteField::PhysicalExamNotes),
            diagnosis: make(NoteField::Diagnosis),
            diagnosis_notes: make(NoteField::DiagnosisNotes),
            treatment_plan: make(NoteField::TreatmentPlan),
            follow_up_instructions: make(NoteField::FollowUpInstructions),
            patient_education: make(NoteField::PatientEducation),
        }
    }

    /// One section.
    pub fn get(&self, field: NoteField) -> &T {
        match field {
            NoteField::ChiefComplaint => &self.chief_complaint,
            NoteField::HistoryOfPresentIllness => &self.history_of_present_illness,
            NoteField::ReviewOfSystems => &self.review_of_systems,
            NoteField::PhysicalExamNotes => &self.physical_exam_notes,
            NoteField::Diagnosis => &self.diagnosis,
            NoteField::DiagnosisNotes => &self.diagnosis_notes,
            NoteField::TreatmentPlan => &self.treatment_plan,
            NoteField::FollowUpInstructions => &self.follow_up_instructions,
            NoteField::PatientEducation => &self.patient_education,
        }
    }

    /// One section, to be changed.
    pub fn get_mut(&mut self, field: NoteField) -> &mut T {
        match field {
            NoteField::ChiefComplaint => &mut self.chief_complaint,
            NoteField::HistoryOfPresentIllness => &mut self.history_of_present_illness,
            NoteField::ReviewOfSystems => &mut self.review_of_systems,
            NoteField::PhysicalExamNotes => &mut self.physical_exam_notes,
            NoteField::Diagnosis => &mut self.diagnosis,
            NoteField::DiagnosisNotes => &mut self.diagnosis_notes,
            NoteField::TreatmentPlan => &mut self.treatment_plan,
            NoteField::FollowUpInstructions => &mut self.follow_up_instructions,
            NoteField::PatientEducation => &mut self.patient_education,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_section_is_reached_by_its_own_name() {
        let mut note = Note::from_fn(NoteField::as_str);
        for field in NoteField::ALL {
            assert_eq!(*note.get(field), field.as_str());
            assert_eq!(*note.get_mut(field), field.as_str());
            assert_eq!(field.as_str().parse(), Ok(field));
        }
        let json = serde_json::to_value(&note).unwrap();
        assert!(NoteField::ALL.iter().all(|field| json[field.as_str()] == field.as_str()), "{json}");
    }
}
