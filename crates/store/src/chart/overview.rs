//! The chart's JSON, read: what a page needs of it.

use medrecord_clinic::allergy::{self, Allergy};
use medrecord_clinic::appointment::{AppointmentStatus, AppointmentType};
use medrecord_clinic::condition::{self, ChronicCondition};
use medrecord_clinic::ids::{AppointmentId, ProviderId, RecordId};
use medrecord_clinic::medication::{self, Medication};
use medrecord_clinic::patient::Patient;
use medrecord_clinic::prescription::PrescriptionAction;
use medrecord_clinic::time::Instant;
use medrecord_clinic::vitals::{Bmi, Celsius, Centimetres, Kilograms};
use serde::{Deserialize, Deserializer};

/// Everything about one patient.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Overview {
    /// Who it is.
    #[serde(flatten)]
    pub patient: Patient,
    /// The allergies, those that count first.
    pub allergies: Vec<Allergy>,
    /// The problem list, those that go on first.
    pub chronic_conditions: Vec<ChronicCondition>,
    /// The medications, those that are taken first.
    pub medications: Vec<Medication>,
    /// The patient's latest answer about recording visits; `None` where nobody asked.
    pub recording_consent: Option<Consent>,
    /// The newest visits, those to come among them.
    #[serde(rename = "appointments")]
    pub visits: Vec<Visit>,
}

impl Overview {
    pub(super) fn put_in_order(&mut self) {
        self.allergies = allergy::in_order(std::mem::take(&mut self.allergies));
        self.chronic_conditions = condition::in_order(std::mem::take(&mut self.chronic_conditions));
        self.medications = medication::in_order(std::mem::take(&mut self.medications));
    }
}

/// An answer to the question whether visits may be recorded.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Consent {
    /// `granted`, `refused` or `withdrawn`.
    pub decision: String,
    /// When it was given.
    pub asked_at: Instant,
}

/// One visit on the timeline.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Visit {
    /// The appointment.
    pub id: AppointmentId,
    /// When it began or is to begin.
    pub appointment_date: Instant,
    /// What kind of visit it is.
    pub appointment_type: AppointmentType,
    /// Why the patient came.
    pub reason_for_visit: Option<String>,
    /// Where it stands.
    pub status: AppointmentStatus,
    /// Who saw the patient.
    pub provider: VisitProvider,
    /// What was written down.
    pub medical_record: Option<VisitRecord>,
    /// What was measured.
    pub vital_signs: Option<VisitVitals>,
}

/// Who saw the patient.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VisitProvider {
    /// Its id.
    pub id: ProviderId,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
}

/// What was written down, as far as the timeline shows it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VisitRecord {
    /// Its id.
    pub id: RecordId,
    /// Why the patient came, in their words.
    pub chief_complaint: Option<String>,
    /// What it is.
    pub diagnosis: Option<String>,
    /// What is done about it.
    pub treatment_plan: Option<String>,
    /// Whether nobody has signed it yet.
    pub is_draft: bool,
    /// Whether the scribe drafted any of it.
    #[serde(rename = "isAIGenerated")]
    pub is_ai_generated: bool,
    /// When it was signed.
    pub signed_at: Option<Instant>,
    /// What the patient reported.
    pub symptoms: Vec<VisitSymptom>,
    /// What was prescribed.
    pub prescriptions: Vec<VisitPrescription>,
}

/// A symptom, as far as the timeline shows it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VisitSymptom {
    /// Name of the symptom.
    pub symptom_name: String,
    /// Where.
    pub body_site: Option<String>,
    /// From 1 to 10.
    pub severity: Option<i32>,
    /// Whether the patient said it is absent.
    pub negated: bool,
}

/// A prescription, as far as the timeline shows it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VisitPrescription {
    /// Name of the medication.
    pub medication_name: String,
    /// Strength.
    pub strength: String,
    /// How much at a time.
    pub dosage: String,
    /// How often.
    pub frequency: String,
    /// Start, continue, change or stop.
    pub action: PrescriptionAction,
}

/// What was measured at a visit.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VisitVitals {
    /// Upper blood pressure in mmHg.
    pub blood_pressure_systolic: Option<i32>,
    /// Lower blood pressure in mmHg.
    pub blood_pressure_diastolic: Option<i32>,
    /// Beats a minute.
    pub heart_rate: Option<i32>,
    /// Body temperature.
    #[serde(deserialize_with = "tenths")]
    pub temperature: Option<Celsius>,
    /// Breaths a minute.
    pub respiratory_rate: Option<i32>,
    /// Oxygen saturation in percent.
    pub oxygen_saturation: Option<i32>,
    /// Weight.
    #[serde(deserialize_with = "hundredths")]
    pub weight: Option<Kilograms>,
    /// Height.
    #[serde(deserialize_with = "hundredths")]
    pub height: Option<Centimetres>,
    /// Body mass index.
    #[serde(deserialize_with = "tenths")]
    pub bmi: Option<Bmi>,
    /// From 0 to 10.
    pub pain_level: Option<i32>,
    /// When it was measured.
    pub recorded_at: Instant,
}

/// A scaled number that is made from its smallest units.
trait Scaled {
    fn of_units(units: i32) -> Self;
}

macro_rules! scaled {
    ($($kind:ident),+) => {$(
        impl Scaled for $kind {
            fn of_units(units: i32) -> Self {
                Self(units)
            }
        }
    )+};
}

scaled!(Celsius, Kilograms, Centimetres, Bmi);

fn tenths<'de, D: Deserializer<'de>, T: Scaled>(from: D) -> Result<Option<T>, D::Error> {
    units(from, 10.0)
}

fn hundredths<'de, D: Deserializer<'de>, T: Scaled>(from: D) -> Result<Option<T>, D::Error> {
    units(from, 100.0)
}

fn units<'de, D: Deserializer<'de>, T: Scaled>(from: D, scale: f64) -> Result<Option<T>, D::Error> {
    let number = Option::<f64>::deserialize(from)?;
    #[expect(clippy::cast_possible_truncation, reason = "the database holds no value beyond five digits")]
    Ok(number.map(|number| T::of_units((number * scale).round() as i32)))
}
