//! A patient's problem list.

use super::answer;
use super::asked::{Asked, Id};
use super::change::Change;
use super::operation::{Condition, FIELDS, Operation};
use crate::desk::Reading;
use crate::error::Fault;
use axum::response::Response;
use medrecord_clinic::condition::ConditionForm;
use medrecord_clinic::ids::{ConditionId, PatientId};
use medrecord_store::{conditions, patients};

pub(super) const OPERATIONS: [Operation; 5] = [
    Operation::get("/api/v1/patients/{id}/conditions", "Lists a patient's conditions; always whole.")
        .asks(&[FIELDS])
        .list("ChronicCondition"),
    Operation::post("/api/v1/patients/{id}/conditions", "Adds a condition.", "ChronicConditionInput")
        .new_one("ChronicCondition"),
    Operation::get("/api/v1/conditions/{id}", "Gives one condition.").asks(&[FIELDS]).one("ChronicCondition"),
    Operation::patch("/api/v1/conditions/{id}", "Changes a condition.", "ChronicConditionInput")
        .one("ChronicCondition"),
    Operation::post(
        "/api/v1/conditions/{id}/status",
        "Gives a condition another status; a resolved one ends today.",
        "ChronicConditionStatusInput",
    )
    .seen(Condition::Must)
    .one("ChronicCondition"),
];

/// A patient's conditions, those that go on first; never cut short.
pub(crate) async fn list(
    Id(patient): Id<PatientId>,
    asked: Asked,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    asked.only(&["fields"])?;
    let view = asked.view("ChronicCondition", &[])?;
    patients::get(&mut desk, patient).await?;
    let all = conditions::list(&mut desk, patient).await?;
    desk.close().await?;
    Ok(answer::list(answer::values(&all)?, None, &view))
}

/// One condition.
pub(crate) async fn get(
    Id(id): Id<ConditionId>,
    asked: Asked,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    asked.only(&["fields"])?;
    let view = asked.view("ChronicCondition", &[])?;
    let condition = conditions::get(&mut desk, id).await?;
    desk.close().await?;
    answer::one(&condition, Some(condition.version), &view)
}

/// Adds a condition.
pub(crate) async fn create(Id(patient): Id<PatientId>, mut change: Change) -> Result<Response, Fault> {
    let details = change.read(&ConditionForm::default())?.parse(change.today)?;
    let id = conditions::add(&mut change.desk, patient, &details).await?;
    let condition = conditions::get(&mut change.desk, id).await?;
    change.made(&condition, Some(condition.version)).await
}

/// Changes a condition.
pub(crate) async fn update(Id(id): Id<ConditionId>, mut change: Change) -> Result<Response, Fault> {
    let seen = change.seen()?;
    let before = conditions::get(&mut change.desk, id).await?;
    let details = change.read(&ConditionForm::from(&before))?.parse(change.today)?;
    conditions::update(&mut change.desk, id, seen, &details).await?;
    let after = conditions::get(&mut change.desk, id).await?;
    change.done(&after, Some(after.version)).await
}

/// Gives a condition another status.
pub(crate) async fn change_status(Id(id): Id<ConditionId>, mut change: Change) -> Result<Response, Fault> {
    let seen = change.seen()?;
    let (status, reason) = (change.text("status").to_owned(), change.text("reason").to_owned());
    let today = change.today;
    conditions::change_status(&mut change.desk, (id, seen), &status, &reason, today).await?;
    let after = conditions::get(&mut change.desk, id).await?;
    change.done(&after, Some(after.version)).await
}
