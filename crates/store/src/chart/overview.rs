//! What a chart shows, in the names of the data model.

use medrecord_clinic::allergy::Allergy;
use medrecord_clinic::appointment::{AppointmentStatus, AppointmentType};
use medrecord_clinic::condition::ChronicCondition;
use medrecord_clinic::ids::{
    AppointmentId, PatientId, PrescriptionId, ProviderId, RecordId, SymptomId, VitalsId,
};
use medrecord_clinic::medication::Medication;
use medrecord_clinic::patient::Patient;
use medrecord_clinic::prescription::PrescriptionAction;
use medrecord_clinic::time::{Day, Instant};
use medrecord_clinic::vitals::{Bmi, Celsius, Centimetres, Kilograms};
use serde::Serialize;

/// Everything about one patient.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Overview {
    /// Who it is.
    #[serde(flatten)]
    pub patient: Patient,
    /// The allergies, as they were written down.
    pub allergies: Vec<Allergy>,
    /// The problem list, as it was written down.
    pub chronic_conditions: Vec<ChronicCondition>,
    /// The medications, as they were written down.
    pub medications: Vec<Medication>,
    /// The patient's latest answer about recording visits; `None` where nobody asked.
    pub recording_consent: Option<Consent>,
    /// The newest visits, those to come among them, newest first.
    #[serde(rename = "appointments")]
    pub visits: Vec<Visit>,
}

/// An answer to the question whether visits may be recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Consent {
    /// `granted`, `refused` or `withdrawn`.
    pub decision: String,
    /// When it was given.
    pub asked_at: Instant,
}

/// One visit on the timeline.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Visit {
    /// The appointment.
    pub id: AppointmentId,
    /// Whose it is.
    pub patient_id: PatientId,
    /// Who sees the patient.
    pub provider_id: ProviderId,
    /// When it began or is to begin.
    pub appointment_date: Instant,
    /// When it ended or is to end.
    pub ends_at: Instant,
    /// What kind of visit it is.
    pub appointment_type: AppointmentType,
    /// Why the patient came.
    pub reason_for_visit: Option<String>,
    /// Its length in minutes.
    pub duration_minutes: Option<i32>,
    /// Where it stands.
    pub status: AppointmentStatus,
    /// Why it was cancelled or missed.
    pub status_reason: Option<String>,
    /// When it was booked.
    pub created_at: Instant,
    /// When the row last changed.
    pub updated_at: Instant,
    /// The row's version, for optimistic updates.
    pub version: i32,
    /// Who saw the patient.
    pub provider: VisitProvider,
    /// What was written down.
    pub medical_record: Option<VisitRecord>,
    /// What was measured.
    pub vital_signs: Option<VisitVitals>,
}

/// Who saw the patient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VisitProvider {
    /// Its id.
    pub id: ProviderId,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
}

/// What was written down.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VisitRecord {
    /// Its id.
    pub id: RecordId,
    /// The visit that it belongs to.
    pub appointment_id: AppointmentId,
    /// Why the patient came, in their words.
    pub chief_complaint: Option<String>,
    /// How it began and went on.
    pub history_of_present_illness: Option<String>,
    /// What was asked about the organs one by one.
    pub review_of_systems: Option<String>,
    /// What was found.
    pub physical_exam_notes: Option<String>,
    /// What it is.
    pub diagnosis: Option<String>,
    /// Remarks on that.
    pub diagnosis_notes: Option<String>,
    /// What is done about it.
    pub treatment_plan: Option<String>,
    /// When to come again, and when sooner.
    pub follow_up_instructions: Option<String>,
    /// What the patient was told.
    pub patient_education: Option<String>,
    /// Where the recording lies.
    pub audio_file_url: Option<String>,
    /// What was said.
    pub transcript: Option<String>,
    /// Whether the scribe drafted any of it.
    #[serde(rename = "isAIGenerated")]
    pub is_ai_generated: bool,
    /// Whether nobody has signed it yet.
    pub is_draft: bool,
    /// When it was signed.
    pub signed_at: Option<Instant>,
    /// Who signed it.
    pub signed_by: Option<ProviderId>,
    /// When it was begun.
    pub created_at: Instant,
    /// When the row last changed.
    pub updated_at: Instant,
    /// The row's version, for optimistic updates.
    pub version: i32,
    /// What the patient reported.
    pub symptoms: Vec<VisitSymptom>,
    /// What was prescribed.
    pub prescriptions: Vec<VisitPrescription>,
}

/// A symptom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VisitSymptom {
    /// Its id.
    pub id: SymptomId,
    /// The record that it belongs to.
    pub medical_record_id: RecordId,
    /// Name of the symptom.
    pub symptom_name: String,
    /// Where.
    pub body_site: Option<String>,
    /// From 1 to 10.
    pub severity: Option<i32>,
    /// For how long.
    pub duration: Option<String>,
    /// Remarks.
    pub notes: Option<String>,
    /// Whether the patient said it is absent.
    pub negated: bool,
    /// Whether the scribe drafted it.
    #[serde(rename = "isAIExtracted")]
    pub is_ai_extracted: bool,
    /// When it was written down.
    pub created_at: Instant,
}

/// A prescription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VisitPrescription {
    /// Its id.
    pub id: PrescriptionId,
    /// The record that it belongs to.
    pub medical_record_id: RecordId,
    /// Name of the medication.
    pub medication_name: String,
    /// Strength.
    pub strength: String,
    /// How much at a time.
    pub dosage: String,
    /// How often.
    pub frequency: String,
    /// By which way.
    pub route: Option<String>,
    /// For how long.
    pub duration: Option<String>,
    /// How many units.
    pub quantity: Option<i32>,
    /// How often it may be filled again.
    pub refills: Option<i32>,
    /// What the patient is told.
    pub instructions: String,
    /// What it is for.
    pub indication: Option<String>,
    /// Start, continue, change or stop.
    pub action: PrescriptionAction,
    /// From when on.
    pub starts_on: Option<Day>,
    /// Until when.
    pub ends_on: Option<Day>,
    /// Whether the scribe drafted it.
    #[serde(rename = "isAIExtracted")]
    pub is_ai_extracted: bool,
    /// When it was written down.
    pub created_at: Instant,
}

/// What was measured at a visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VisitVitals {
    /// Its id.
    pub id: VitalsId,
    /// The visit at which it was measured.
    pub appointment_id: AppointmentId,
    /// Upper blood pressure in mmHg.
    pub blood_pressure_systolic: Option<i32>,
    /// Lower blood pressure in mmHg.
    pub blood_pressure_diastolic: Option<i32>,
    /// Beats a minute.
    pub heart_rate: Option<i32>,
    /// Body temperature.
    pub temperature: Option<Celsius>,
    /// Breaths a minute.
    pub respiratory_rate: Option<i32>,
    /// Oxygen saturation in percent.
    pub oxygen_saturation: Option<i32>,
    /// Weight.
    pub weight: Option<Kilograms>,
    /// Height.
    pub height: Option<Centimetres>,
    /// Body mass index.
    pub bmi: Option<Bmi>,
    /// From 0 to 10.
    pub pain_level: Option<i32>,
    /// When it was measured.
    pub recorded_at: Instant,
    /// The row's version, for optimistic updates.
    pub version: i32,
}
