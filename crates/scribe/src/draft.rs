//! What the scribe proposes: the record's fields and its structured parts, each with its evidence.
//!
//! Plain values with the JSON names of `docs/scribe.md`. How they come about is in [`crate::engine`]; what may
//! stay is decided in [`crate::guard`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::chart::{ChartMedicine, FromChart};
use crate::transcript::Transcript;

/// A proposed note with everything that was heard for it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Draft {
    /// The transcript that the evidence refers to.
    pub transcript: Transcript,
    /// The record's text fields.
    pub record: RecordDraft,
    /// Complaints, present and denied.
    pub symptoms: Vec<SymptomDraft>,
    /// Medicines that are started, continued, changed or stopped in this visit.
    pub prescriptions: Vec<PrescriptionDraft>,
    /// What is to be done: medicines, laboratory, imaging, follow-up.
    pub orders: Vec<OrderDraft>,
    /// Measurements said aloud.
    pub vitals: VitalsDraft,
    /// Allergies spoken of.
    pub allergies: Vec<AllergyDraft>,
    /// Past, family and social history, and medicines already taken.
    pub history: Vec<HistoryDraft>,
    /// What a person should look at before accepting.
    pub flags: Vec<Flag>,
    /// What was said, matters, and stands nowhere above.
    pub omissions: Vec<Omission>,
    /// What stands in the draft because the chart holds it, not because it was said.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub from_chart: Vec<FromChart>,
    /// What made the draft.
    pub engine: EngineInfo,
}

/// The record's text fields, each a list of sentences.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RecordDraft {
    /// Why the patient came.
    pub chief_complaint: Vec<Sentence>,
    /// The story of the complaint.
    pub history_of_present_illness: Vec<Sentence>,
    /// What was asked system by system.
    pub review_of_systems: Vec<Sentence>,
    /// Findings said aloud, and results read out (kind `result`).
    pub physical_exam_notes: Vec<Sentence>,
    /// What the clinician thinks it is.
    pub diagnosis: Vec<Sentence>,
    /// What is to be done about it.
    pub treatment_plan: Vec<Sentence>,
    /// When and why to come back.
    pub follow_up_instructions: Vec<Sentence>,
    /// What was explained and advised.
    pub patient_education: Vec<Sentence>,
}

/// One drafted sentence.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Sentence {
    /// The wording proposed.
    pub text: String,
    /// Indices of the segments it comes from; never empty.
    pub evidence: Vec<usize>,
    /// What sort of statement it is.
    pub kind: SentenceKind,
}

/// What sort of statement a drafted sentence makes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SentenceKind {
    /// Said by the patient or somebody with the patient.
    #[default]
    Reported,
    /// A complaint that the patient says is absent.
    Denied,
    /// Past, family or social history.
    History,
    /// Found on examination.
    Observed,
    /// A test result read out.
    Result,
    /// The clinician's judgement.
    Assessment,
    /// Something to be done.
    Plan,
    /// Advice or explanation given.
    Advice,
}

/// A complaint, present or denied.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SymptomDraft {
    /// Canonical name, lower case.
    pub symptom_name: String,
    /// Where in the body, as far as said.
    pub body_site: Option<String>,
    /// From 1 to 10, only if a number was said.
    pub severity: Option<u8>,
    /// As said: "three weeks".
    pub duration: Option<String>,
    /// The words it was found in.
    pub notes: Option<String>,
    /// Whether the patient says it is absent.
    pub negated: bool,
    /// Indices of the segments it comes from; never empty.
    pub evidence: Vec<usize>,
}

/// A medicine that is started, continued, changed or stopped.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PrescriptionDraft {
    /// The name as said, lower case.
    pub medication_name: String,
    /// The generic name, where the lexicon knows it.
    pub generic_name: Option<String>,
    /// "20 mg".
    pub strength: Option<String>,
    /// "1 tablet".
    pub dosage: Option<String>,
    /// "twice a day".
    pub frequency: Option<String>,
    /// "oral".
    pub route: Option<String>,
    /// "7 days".
    pub duration: Option<String>,
    /// How many to dispense.
    pub quantity: Option<u32>,
    /// How many refills.
    pub refills: Option<u32>,
    /// The order in the words of the visit.
    pub instructions: String,
    /// What it is for.
    pub indication: Option<String>,
    /// What is done with the medicine.
    pub action: MedicationAction,
    /// Indices of the segments it comes from; never empty.
    pub evidence: Vec<usize>,
}

/// What is done with a medicine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum MedicationAction {
    /// Newly prescribed.
    Start,
    /// Taken on as it is; also a refill.
    #[default]
    Continue,
    /// Same medicine, other dose or frequency.
    Change,
    /// Ended.
    Stop,
}

/// Something to be done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct OrderDraft {
    /// Which kind of order.
    pub order_type: OrderType,
    /// What is ordered, in few words.
    pub description: String,
    /// Why, as far as said.
    pub reason: Option<String>,
    /// The medicine, for a medication order.
    pub medication_name: Option<String>,
    /// Indices of the segments it comes from; never empty.
    pub evidence: Vec<usize>,
}

/// The kinds of orders.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum OrderType {
    /// A medicine.
    #[default]
    Medication,
    /// A laboratory test.
    Lab,
    /// An image or tracing.
    Imaging,
    /// A return visit or a referral.
    #[serde(rename = "followup")]
    FollowUp,
}

/// Measurements said aloud, in the units of the record.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct VitalsDraft {
    /// mmHg.
    pub blood_pressure_systolic: Option<u16>,
    /// mmHg.
    pub blood_pressure_diastolic: Option<u16>,
    /// Beats a minute.
    pub heart_rate: Option<u16>,
    /// Degrees Celsius; converted when Fahrenheit was said.
    #[serde(rename = "temperature")]
    pub temperature_celsius: Option<f64>,
    /// Breaths a minute.
    pub respiratory_rate: Option<u16>,
    /// Per cent.
    pub oxygen_saturation: Option<u16>,
    /// Kilograms; converted when pounds were said.
    #[serde(rename = "weight")]
    pub weight_kg: Option<f64>,
    /// Centimetres; converted when feet and inches were said.
    #[serde(rename = "height")]
    pub height_cm: Option<f64>,
    /// Only when said aloud; never computed here.
    pub bmi: Option<f64>,
    /// From 0 to 10.
    pub pain_level: Option<u8>,
    /// Indices of all segments that hold a measurement.
    pub evidence: Vec<usize>,
    /// The JSON name of a field → the segments that hold it.
    pub evidence_by_field: BTreeMap<String, Vec<usize>>,
    /// The JSON name of a field → number and unit as said, for a person to compare.
    pub as_said: BTreeMap<String, String>,
}

/// An allergy spoken of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AllergyDraft {
    /// What the patient is allergic to; "drug allergies" when they are denied as a whole.
    pub allergen: String,
    /// What happened, as far as said.
    pub reaction: Option<String>,
    /// Whether the patient says that there is none.
    pub negated: bool,
    /// Indices of the segments it comes from; never empty.
    pub evidence: Vec<usize>,
}

/// One item of past, family or social history, or a medicine already taken.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct HistoryDraft {
    /// Which history.
    pub kind: HistoryKind,
    /// "hypertension", "appendectomy", "mother: breast cancer", "lisinopril 10 mg".
    pub text: String,
    /// Whether the patient says that it is absent.
    pub negated: bool,
    /// Indices of the segments it comes from; never empty.
    pub evidence: Vec<usize>,
}

/// Which part of the history an item belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum HistoryKind {
    /// A condition of the patient.
    #[default]
    Condition,
    /// An operation or procedure.
    Surgery,
    /// A condition of a relative.
    Family,
    /// Tobacco, alcohol, drugs, work, home.
    Social,
    /// A medicine already taken.
    Medication,
}

/// Something a person should look at before accepting.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Flag {
    /// A stable name: `allergyConflict`, `soundAlike`, `notInEvidence`, …
    pub code: String,
    /// The same in a short sentence for people.
    pub message: String,
    /// Indices of the segments it is about.
    pub evidence: Vec<usize>,
}

/// Something that was said and matters, and that the draft does not hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Omission {
    /// Why it matters.
    pub kind: OmissionKind,
    /// The wording proposed, should a person add it.
    pub text: String,
    /// The record's field it would go into, by its JSON name.
    pub field: String,
    /// Indices of the segments it comes from; never empty.
    pub evidence: Vec<usize>,
}

/// Why an omission matters, the gravest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum OmissionKind {
    /// Suicide, violence, loss of consciousness and the like.
    Grave,
    /// An allergy.
    Allergy,
    /// A medicine.
    Medicine,
    /// A complaint.
    #[default]
    Complaint,
    /// A number that was measured.
    Measurement,
}

/// What made a draft.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EngineInfo {
    /// `rules` for the built-in engine.
    pub name: String,
    /// The engine's version.
    pub version: String,
    /// SHA-256 of the weights used, if any.
    pub model_hash: Option<String>,
}

/// What the chart already says about the patient; all of it may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct VisitContext {
    /// Names of medicines the patient takes.
    pub known_medications: Vec<String>,
    /// How the patient takes them, as far as the chart says.
    pub medicines: Vec<ChartMedicine>,
    /// Names of medicines the patient took and no longer takes.
    pub stopped_medications: Vec<String>,
    /// What the patient is allergic to.
    pub allergies: Vec<String>,
    /// The patient's sex, for wording and for medicines that are not for everyone.
    pub sex: Option<Sex>,
    /// The patient's age in years, for medicines that are not for everyone.
    pub age_years: Option<u16>,
}

/// The patient's sex as far as the wording of a note needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Sex {
    /// Female.
    Female,
    /// Male.
    Male,
}

impl RecordDraft {
    /// The eight fields with their JSON names, in the order of a note.
    pub fn fields(&self) -> [(&'static str, &Vec<Sentence>); 8] {
        [
            ("chiefComplaint", &self.chief_complaint),
            ("historyOfPresentIllness", &self.history_of_present_illness),
            ("reviewOfSystems", &self.review_of_systems),
            ("physicalExamNotes", &self.physical_exam_notes),
            ("diagnosis", &self.diagnosis),
            ("treatmentPlan", &self.treatment_plan),
            ("followUpInstructions", &self.follow_up_instructions),
            ("patientEducation", &self.patient_education),
        ]
    }

    /// The eight fields to be changed, in the order of [`RecordDraft::fields`].
    pub fn fields_mut(&mut self) -> [&mut Vec<Sentence>; 8] {
        [
            &mut self.chief_complaint,
            &mut self.history_of_present_illness,
            &mut self.review_of_systems,
            &mut self.physical_exam_notes,
            &mut self.diagnosis,
            &mut self.treatment_plan,
            &mut self.follow_up_instructions,
            &mut self.patient_education,
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_json_has_the_published_names() {
        let json = serde_json::to_value(Draft::default()).unwrap();
        let mut names: Vec<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(
            names,
            [
                "allergies",
                "engine",
                "flags",
                "history",
                "omissions",
                "orders",
                "prescriptions",
                "record",
                "symptoms",
                "transcript",
                "vitals"
            ]
        );
        for (name, _) in Draft::default().record.fields() {
            assert!(json["record"][name].is_array(), "{name}");
        }
        let order =
            serde_json::to_value(OrderDraft { order_type: OrderType::FollowUp, ..OrderDraft::default() })
                .unwrap();
        assert_eq!(order["orderType"], "followup");
        let names = [
            "bloodPressureSystolic",
            "bloodPressureDiastolic",
            "heartRate",
            "temperature",
            "respiratoryRate",
            "oxygenSaturation",
            "weight",
            "height",
            "bmi",
            "painLevel",
            "evidence",
        ];
        assert!(names.iter().all(|name| json["vitals"].get(name).is_some()));
        let prescription = serde_json::to_value(PrescriptionDraft::default()).unwrap();
        assert!(prescription.get("medicationName").is_some() && prescription["action"] == "continue");
    }
}
