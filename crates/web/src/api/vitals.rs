//! Vital signs of a visit.

use super::answer;
use super::asked::{Asked, Id};
use super::change::Change;
use super::operation::{FIELDS, Operation};
use crate::desk::Reading;
use crate::error::Fault;
use axum::http::StatusCode;
use axum::response::Response;
use medrecord_clinic::field::{FieldError, Problems};
use medrecord_clinic::ids::AppointmentId;
use medrecord_clinic::vitals::{VitalSigns, VitalsDetails, VitalsForm};
use medrecord_store::{Refusal, vitals};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub(super) const OPERATIONS: [Operation; 3] = [
    Operation::get("/api/v1/appointments/{id}/vitals", "Gives the vital signs of a visit.")
        .asks(&[FIELDS])
        .one("VitalSigns"),
    Operation::post(
        "/api/v1/appointments/{id}/vitals",
        "Takes the vital signs of a visit.",
        "VitalSignsInput",
    )
    .new_one("VitalSigns"),
    Operation::patch(
        "/api/v1/appointments/{id}/vitals",
        "Corrects the vital signs of a visit.",
        "VitalSignsInput",
    )
    .one("VitalSigns"),
];

/// What was measured, as a program sends it: upper and lower blood pressure in fields of their own.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Measured {
    blood_pressure_systolic: String,
    blood_pressure_diastolic: String,
    heart_rate: String,
    temperature: String,
    respiratory_rate: String,
    oxygen_saturation: String,
    weight: String,
    height: String,
    pain_level: String,
    note: String,
}

impl Measured {
    fn of(vitals: &VitalSigns) -> Self {
        let form = VitalsForm::from(&vitals.measured);
        let pressure = vitals.measured.blood_pressure;
        Self {
            blood_pressure_systolic: pressure.map(|both| both.systolic.to_string()).unwrap_or_default(),
            blood_pressure_diastolic: pressure.map(|both| both.diastolic.to_string()).unwrap_or_default(),
            heart_rate: form.heart_rate,
            temperature: form.temperature,
            respiratory_rate: form.respiratory_rate,
            oxygen_saturation: form.oxygen_saturation,
            weight: form.weight,
            height: form.height,
            pain_level: form.pain_level,
            note: form.note,
        }
    }

    fn parse(self) -> Result<VitalsDetails, Problems> {
        let (upper, lower) = (self.blood_pressure_systolic.trim(), self.blood_pressure_diastolic.trim());
        let both =
            if upper.is_empty() && lower.is_empty() { String::new() } else { format!("{upper}/{lower}") };
        let form = VitalsForm {
            blood_pressure: both,
            heart_rate: self.heart_rate,
            temperature: self.temperature,
            respiratory_rate: self.respiratory_rate,
            oxygen_saturation: self.oxygen_saturation,
            weight: self.weight,
            height: self.height,
            pain_level: self.pain_level,
            note: self.note,
        };
        form.parse().map_err(|problems| Problems(problems.0.into_iter().map(renamed).collect()))
    }
}

/// The form has one field for both pressures; programs have two.
fn renamed(error: FieldError) -> FieldError {
    if error.field == "bloodPressure" {
        return FieldError { field: "bloodPressureSystolic".to_owned(), ..error };
    }
    error
}

/// The vital signs as JSON, with null for a blood pressure that was not measured.
pub(super) fn shown(vitals: &VitalSigns) -> Result<Value, Fault> {
    let mut value = serde_json::to_value(vitals)?;
    if let Some(object) = value.as_object_mut() {
        for name in ["bloodPressureSystolic", "bloodPressureDiastolic"] {
            object.entry(name).or_insert(Value::Null);
        }
    }
    Ok(value)
}

/// The vital signs of a visit.
pub(crate) async fn get(
    Id(id): Id<AppointmentId>,
    asked: Asked,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    asked.only(&["fields"])?;
    let view = asked.view("VitalSigns", &[])?;
    let found =
        vitals::of_appointment(&mut desk, id).await?.ok_or(Refusal::NotFound("set of vital signs"))?;
    desk.close().await?;
    answer::one(&shown(&found)?, Some(found.version), &view)
}

/// Takes the vital signs of a visit.
pub(crate) async fn create(Id(id): Id<AppointmentId>, mut change: Change) -> Result<Response, Fault> {
    let details = change.read(&Measured::default())?.parse()?;
    let taken = match vitals::take(&mut change.desk, id, 0, &details).await {
        Err(Refusal::Stale { .. }) => {
            let words = "The vital signs of this visit were taken already: correct them with PATCH.";
            return Err(Fault::new(StatusCode::CONFLICT, "taken", "Taken already", words));
        }
        taken => taken?,
    };
    change.made(&shown(&taken)?, Some(taken.version)).await
}

/// Corrects the vital signs of a visit.
pub(crate) async fn update(Id(id): Id<AppointmentId>, mut change: Change) -> Result<Response, Fault> {
    let seen = change.seen()?;
    let before = vitals::of_appointment(&mut change.desk, id).await?;
    let before = before.ok_or(Refusal::NotFound("set of vital signs"))?;
    let details = change.read(&Measured::of(&before))?.parse()?;
    let after = vitals::take(&mut change.desk, id, seen, &details).await?;
    change.done(&shown(&after)?, Some(after.version)).await
}
