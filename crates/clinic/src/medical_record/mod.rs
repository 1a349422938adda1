//! The medical record of one visit: a note, its symptoms and prescriptions, a draft until somebody signs it.
//!
//! `note.rs` holds the sections, `missing.rs` what a signature needs, `denial.rs` where a note denies allergies,
//! `digest.rs` the fingerprint of what is signed.

use crate::field::{self, LONG, Problems, SHORT};
use crate::ids::{AppointmentId, ProviderId, RecordId};
use crate::prescription::{Prescription, PrescriptionDetails, PrescriptionForm};
use crate::symptom::{Symptom, SymptomDetails, SymptomForm};
use crate::time::Instant;
use serde::{Deserialize, Serialize, Serializer};

mod denial;
mod digest;
mod missing;
mod note;

pub use denial::denies_allergies;
pub use digest::digest;
pub use missing::{Gap, Severity, missing};
pub use note::{NotASection, Note, NoteField};

/// Whether a record is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordState {
    /// It may still change.
    Draft,
    /// It is locked; only addenda may follow.
    Signed(Signature),
}

/// Who signed what when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// When.
    pub signed_at: Instant,
    /// Who.
    pub signed_by: ProviderId,
    /// The fingerprint of what was signed.
    pub content_digest: String,
}

/// The record of one visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MedicalRecord {
    /// Its id.
    pub id: RecordId,
    /// The visit it belongs to.
    pub appointment_id: AppointmentId,
    /// The sections.
    #[serde(flatten)]
    pub note: Note,
    /// Where the recording is.
    pub audio_file_url: Option<String>,
    /// What was said.
    pub transcript: Option<String>,
    /// Whether any of it was drafted by the scribe.
    #[serde(rename = "isAIGenerated")]
    pub is_ai_generated: bool,
    /// Draft or signed.
    #[serde(flatten)]
    pub state: RecordState,
    /// What the patient reports, in the order of the page.
    pub symptoms: Vec<Symptom>,
    /// What is prescribed, in the order of the page.
    pub prescriptions: Vec<Prescription>,
    /// When the draft was begun.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// The row's version, for optimistic updates; every change of a symptom or a prescription counts too.
    pub version: i32,
}

impl MedicalRecord {
    /// Whether nobody has signed it yet.
    pub fn is_draft(&self) -> bool {
        matches!(self.state, RecordState::Draft)
    }

    /// The signature, if there is one.
    pub fn signature(&self) -> Option<&Signature> {
        match &self.state {
            RecordState::Draft => None,
            RecordState::Signed(signature) => Some(signature),
        }
    }
}

impl Serialize for RecordState {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Flat<'a> {
            is_draft: bool,
            signed_at: Option<Instant>,
            signed_by: Option<ProviderId>,
            content_digest: Option<&'a str>,
        }
        let flat = match self {
            Self::Draft => Flat { is_draft: true, signed_at: None, signed_by: None, content_digest: None },
            Self::Signed(by) => Flat {
                is_draft: false,
                signed_at: Some(by.signed_at),
                signed_by: Some(by.signed_by),
                content_digest: Some(&by.content_digest),
            },
        };
        flat.serialize(to)
    }
}

/// A whole record as somebody left it, unread.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RecordForm {
    /// The sections.
    #[serde(flatten)]
    pub note: Note<String>,
    /// The rows of symptoms; blank ones do not count.
    pub symptoms: Vec<SymptomForm>,
    /// The rows of prescriptions; blank ones do not count.
    pub prescriptions: Vec<PrescriptionForm>,
}

/// A whole record, read; what a signature needs may still be missing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecordDetails {
    /// The sections.
    pub note: Note,
    /// The rows of symptoms.
    pub symptoms: Vec<SymptomDetails>,
    /// The rows of prescriptions.
    pub prescriptions: Vec<PrescriptionDetails>,
}

impl RecordForm {
    /// Reads the record for a draft; rows of which nothing is typed are left out.
    ///
    /// # Errors
    /// Every problem of every field at once; those of rows as `symptoms[0].severity`, counted as the form has them.
    pub fn parse(&self) -> Result<RecordDetails, Problems> {
        let mut wrong = Problems::none();
        let note =
            Note::from_fn(|section| wrong.keep(read_section(section, self.note.get(section))).flatten());
        let mut symptoms = Vec::new();
        for (at, row) in self.symptoms.iter().enumerate().filter(|(_, row)| !row.is_blank()) {
            match row.parse() {
                Ok(row) => symptoms.push(row),
                Err(problems) => wrong.add_all(&format!("symptoms[{at}]"), problems),
            }
        }
        let mut prescriptions = Vec::new();
        for (at, row) in self.prescriptions.iter().enumerate().filter(|(_, row)| !row.is_blank()) {
            match row.parse() {
                Ok(row) => prescriptions.push(row),
                Err(problems) => wrong.add_all(&format!("prescriptions[{at}]"), problems),
            }
        }
        wrong.refuse()?;
        Ok(RecordDetails { note, symptoms, prescriptions })
    }
}

/// Reads the text of one section; `None` where nothing is left.
///
/// # Errors
/// `too_long`.
pub fn read_section(section: NoteField, text: &str) -> Result<Option<String>, Problems> {
    let label = format!("the section {}", section.label());
    if section.is_short() {
        return field::optional(section.as_str(), &label, text, SHORT);
    }
    field::long_text(section.as_str(), &label, text, LONG)
}

/// The form as it stands for a record, for editing.
impl From<&MedicalRecord> for RecordForm {
    fn from(record: &MedicalRecord) -> Self {
        Self {
            note: Note::from_fn(|section| record.note.get(section).clone().unwrap_or_default()),
            symptoms: record.symptoms.iter().map(SymptomForm::from).collect(),
            prescriptions: record.prescriptions.iter().map(PrescriptionForm::from).collect(),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::ids::{PrescriptionId, SymptomId};
    use crate::prescription::PrescriptionAction;
    use uuid::Uuid;

    /// The finished record of an invented visit.
    pub(crate) fn finished() -> MedicalRecord {
        let at = Instant::from_millis(1_785_000_000_000);
        let text = |text: &str| Some(text.to_owned());
        MedicalRecord {
            id: RecordId(Uuid::from_u128(1)),
            appointment_id: AppointmentId(Uuid::from_u128(2)),
            note: Note {
                chief_complaint: text("Sore throat"),
                history_of_present_illness: text("Three days."),
                physical_exam_notes: text("Red throat, no exudate."),
                diagnosis: text("Viral pharyngitis"),
                treatment_plan: text("Rest and fluids."),
                follow_up_instructions: text("If not better in a week."),
                ..Note::default()
            },
            audio_file_url: None,
            transcript: None,
            is_ai_generated: false,
            state: RecordState::Draft,
            symptoms: vec![Symptom {
                id: SymptomId(Uuid::from_u128(3)),
                symptom_name: "sore throat".to_owned(),
                body_site: None,
                severity: Some(6),
                duration: text("3 days"),
                notes: None,
                negated: false,
                is_ai_extracted: false,
            }],
            prescriptions: vec![Prescription {
                id: PrescriptionId(Uuid::from_u128(4)),
                medication_name: "ibuprofen".to_owned(),
                strength: "400 mg".to_owned(),
                dosage: "1 tablet".to_owned(),
                frequency: "three times daily".to_owned(),
                route: text("by mouth"),
                duration: text("5 days"),
                quantity: Some(15),
                refills: Some(0),
                instructions: "Take with food.".to_owned(),
                indication: None,
                action: PrescriptionAction::Start,
                is_ai_extracted: false,
            }],
            created_at: at,
            updated_at: at,
            version: 3,
        }
    }

    #[test]
    fn a_draft_is_read_and_written_back_alike() {
        let form = RecordForm::from(&finished());
        assert_eq!(RecordForm { symptoms: vec![], ..form.clone() }.parse().unwrap().prescriptions.len(), 1);
        let details = form.parse().unwrap();
        assert_eq!(details.note, finished().note);
        assert_eq!(details.symptoms[0].id, Some(finished().symptoms[0].id));
    }

    #[test]
    fn blank_rows_are_left_out_and_wrong_ones_keep_their_place() {
        let wrong = SymptomForm { severity: "12".into(), ..SymptomForm::default() };
        let form = RecordForm { symptoms: vec![SymptomForm::default(), wrong], ..RecordForm::default() };
        assert_eq!(form.parse().unwrap_err().0[0].field, "symptoms[1].severity");
        let blank = RecordForm { symptoms: vec![SymptomForm::default()], ..RecordForm::default() };
        assert!(blank.parse().unwrap().symptoms.is_empty());
    }

    #[test]
    fn in_json_the_record_is_spelt_as_in_the_data_model() {
        let json = serde_json::to_value(finished()).unwrap();
        assert_eq!(json["chiefComplaint"], "Sore throat");
        assert_eq!((&json["isDraft"], &json["isAIGenerated"]), (&true.into(), &false.into()));
        assert_eq!(json["symptoms"][0]["isAIExtracted"], false);
    }
}
