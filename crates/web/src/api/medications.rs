//! What a patient takes.

use super::answer;
use super::asked::{Asked, Id};
use super::change::Change;
use super::operation::{Condition, FIELDS, Operation};
use crate::desk::Reading;
use crate::error::Fault;
use axum::response::Response;
use medrecord_clinic::field::Problems;
use medrecord_clinic::ids::{MedicationId, PatientId};
use medrecord_clinic::medication::MedicationForm;
use medrecord_store::{medications, patients};

pub(super) const OPERATIONS: [Operation; 5] = [
    Operation::get("/api/v1/patients/{id}/medications", "Lists what a patient takes and took; always whole.")
        .asks(&[FIELDS])
        .list("Medication"),
    Operation::post("/api/v1/patients/{id}/medications", "Adds a medication.", "MedicationInput")
        .new_one("Medication"),
    Operation::get("/api/v1/medications/{id}", "Gives one medication.").asks(&[FIELDS]).one("Medication"),
    Operation::patch("/api/v1/medications/{id}", "Changes a medication.", "MedicationInput")
        .one("Medication"),
    Operation::post(
        "/api/v1/medications/{id}/status",
        "Stops a medication, or says that it was entered in error; both need a reason.",
        "MedicationStatusInput",
    )
    .seen(Condition::Must)
    .one("Medication"),
];

/// What a patient takes, then what the patient took; never cut short.
pub(crate) async fn list(
    Id(patient): Id<PatientId>,
    asked: Asked,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    asked.only(&["fields"])?;
    let view = asked.view("Medication", &[])?;
    patients::get(&mut desk, patient).await?;
    let all = medications::list(&mut desk, patient).await?;
    desk.close().await?;
    Ok(answer::list(answer::values(&all)?, None, &view))
}

/// One medication.
pub(crate) async fn get(
    Id(id): Id<MedicationId>,
    asked: Asked,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    asked.only(&["fields"])?;
    let view = asked.view("Medication", &[])?;
    let medication = medications::get(&mut desk, id).await?;
    desk.close().await?;
    answer::one(&medication, Some(medication.version), &view)
}

/// Adds a medication.
pub(crate) async fn create(Id(patient): Id<PatientId>, mut change: Change) -> Result<Response, Fault> {
    let details = change.read(&MedicationForm::default())?.parse(change.today)?;
    let id = medications::add(&mut change.desk, patient, &details).await?;
    let medication = medications::get(&mut change.desk, id).await?;
    change.made(&medication, Some(medication.version)).await
}

/// Changes a medication.
pub(crate) async fn update(Id(id): Id<MedicationId>, mut change: Change) -> Result<Response, Fault> {
    let seen = change.seen()?;
    let before = medications::get(&mut change.desk, id).await?;
    let details = change.read(&MedicationForm::from(&before))?.parse(change.today)?;
    medications::update(&mut change.desk, id, seen, &details).await?;
    let after = medications::get(&mut change.desk, id).await?;
    change.done(&after, Some(after.version)).await
}

/// Stops a medication, or says that it was entered in error.
pub(crate) async fn change_status(Id(id): Id<MedicationId>, mut change: Change) -> Result<Response, Fault> {
    let seen = change.seen()?;
    let (status, reason) = (change.text("status").to_owned(), change.text("reason").to_owned());
    let today = change.today;
    match status.as_str() {
        "stopped" => medications::stop(&mut change.desk, id, seen, &reason, today).await?,
        "entered_in_error" => medications::enter_in_error(&mut change.desk, id, seen, &reason).await?,
        _ => {
            let words = "Choose stopped or entered_in_error.";
            return Err(Problems::one("status", "invalid", words).into());
        }
    };
    let after = medications::get(&mut change.desk, id).await?;
    change.done(&after, Some(after.version)).await
}
