//! Allergies of a patient, and the assertion that there are none.

use super::answer;
use super::asked::{Asked, Id};
use super::change::Change;
use super::operation::{Condition, FIELDS, Operation};
use crate::desk::Reading;
use crate::error::Fault;
use axum::response::Response;
use medrecord_clinic::allergy::{AllergyForm, AllergyStatus};
use medrecord_clinic::field::Problems;
use medrecord_clinic::ids::{AllergyId, PatientId};
use medrecord_store::{allergies, patients};

pub(super) const OPERATIONS: [Operation; 6] = [
    Operation::get(
        "/api/v1/patients/{id}/allergies",
        "Lists a patient's allergies, the worst first; always whole.",
    )
    .asks(&[FIELDS])
    .list("Allergy"),
    Operation::post("/api/v1/patients/{id}/allergies", "Adds an allergy.", "AllergyInput").new_one("Allergy"),
    Operation::post(
        "/api/v1/patients/{id}/no-known-allergies",
        "Says that the patient was asked and has none, or takes that back.",
        "NoKnownAllergiesInput",
    )
    .one("Patient"),
    Operation::get("/api/v1/allergies/{id}", "Gives one allergy.").asks(&[FIELDS]).one("Allergy"),
    Operation::patch("/api/v1/allergies/{id}", "Changes an allergy.", "AllergyInput").one("Allergy"),
    Operation::post("/api/v1/allergies/{id}/status", "Says whether an allergy counts.", "AllergyStatusInput")
        .seen(Condition::Must)
        .one("Allergy"),
];

/// A patient's allergies, those that count first; never cut short.
pub(crate) async fn list(
    Id(patient): Id<PatientId>,
    asked: Asked,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    asked.only(&["fields"])?;
    let view = asked.view("Allergy", &[])?;
    patients::get(&mut desk, patient).await?;
    let all = allergies::list(&mut desk, patient).await?;
    desk.close().await?;
    Ok(answer::list(answer::values(&all)?, None, &view))
}

/// One allergy.
pub(crate) async fn get(
    Id(id): Id<AllergyId>,
    asked: Asked,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    asked.only(&["fields"])?;
    let view = asked.view("Allergy", &[])?;
    let allergy = allergies::get(&mut desk, id).await?;
    desk.close().await?;
    answer::one(&allergy, Some(allergy.version), &view)
}

/// Adds an allergy.
pub(crate) async fn create(Id(patient): Id<PatientId>, mut change: Change) -> Result<Response, Fault> {
    let details = change.read(&AllergyForm::default())?.parse(change.today)?;
    let id = allergies::add(&mut change.desk, patient, &details).await?;
    let allergy = allergies::get(&mut change.desk, id).await?;
    change.made(&allergy, Some(allergy.version)).await
}

/// Changes an allergy.
pub(crate) async fn update(Id(id): Id<AllergyId>, mut change: Change) -> Result<Response, Fault> {
    let seen = change.seen()?;
    let before = allergies::get(&mut change.desk, id).await?;
    let details = change.read(&AllergyForm::from(&before))?.parse(change.today)?;
    allergies::update(&mut change.desk, id, seen, &details).await?;
    let after = allergies::get(&mut change.desk, id).await?;
    change.done(&after, Some(after.version)).await
}

/// Says whether an allergy counts.
pub(crate) async fn change_status(Id(id): Id<AllergyId>, mut change: Change) -> Result<Response, Fault> {
    let seen = change.seen()?;
    let status: AllergyStatus = change
        .text("status")
        .parse()
        .map_err(|_| Problems::one("status", "invalid", "Choose active, inactive or entered_in_error."))?;
    let reason = change.text("reason").to_owned();
    allergies::change_status(&mut change.desk, id, seen, status, &reason).await?;
    let after = allergies::get(&mut change.desk, id).await?;
    change.done(&after, Some(after.version)).await
}

/// Says that a patient has no known allergies, or that nobody has asked.
pub(crate) async fn none_known(Id(patient): Id<PatientId>, mut change: Change) -> Result<Response, Fault> {
    let wanted = || Problems::one("asserted", "required", "Say true or false.");
    if change.flag("asserted").ok_or_else(wanted)? {
        allergies::none_known(&mut change.desk, patient).await?;
    } else {
        allergies::not_asked(&mut change.desk, patient).await?;
    }
    let after = patients::get(&mut change.desk, patient).await?;
    change.done(&after, Some(after.version)).await
}
