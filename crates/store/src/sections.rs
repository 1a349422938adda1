//! The nine sections of a note as a table's columns, wherever a note is kept: a record, a template.

use medrecord_clinic::medical_record::Note;

/// The sections of a row; flattened into the row that holds them.
#[derive(sqlx::FromRow)]
pub(crate) struct SectionsRow {
    chief_complaint: Option<String>,
    history_of_present_illness: Option<String>,
    review_of_systems: Option<String>,
    physical_exam_notes: Option<String>,
    diagnosis: Option<String>,
    diagnosis_notes: Option<String>,
    treatment_plan: Option<String>,
    follow_up_instructions: Option<String>,
    patient_education: Option<String>,
}

impl From<SectionsRow> for Note {
    fn from(row: SectionsRow) -> Self {
        Self {
            chief_complaint: row.chief_complaint,
            history_of_present_illness: row.history_of_present_illness,
            review_of_systems: row.review_of_systems,
            physical_exam_notes: row.physical_exam_notes,
            diagnosis: row.diagnosis,
            diagnosis_notes: row.diagnosis_notes,
            treatment_plan: row.treatment_plan,
            follow_up_instructions: row.follow_up_instructions,
            patient_education: row.patient_education,
        }
    }
}
