//! The people who work in the practice.

use super::answer;
use super::asked::{Asked, Id};
use super::operation::{FIELDS, Operation};
use crate::desk::Reading;
use crate::error::Fault;
use axum::response::Response;
use medrecord_clinic::ids::ProviderId;
use medrecord_store::{Refusal, providers};

pub(super) const OPERATIONS: [Operation; 2] = [
    Operation::get("/api/v1/providers", "Lists everybody who works in the practice.")
        .asks(&[FIELDS])
        .list("Provider"),
    Operation::get("/api/v1/providers/{id}", "Gives one of them.").asks(&[FIELDS]).one("Provider"),
];

/// Everybody who works in the practice, in one list.
pub(crate) async fn list(asked: Asked, Reading(mut desk): Reading) -> Result<Response, Fault> {
    asked.only(&["fields"])?;
    let view = asked.view("Provider", &[])?;
    let everybody = providers::list(&mut desk).await?;
    desk.close().await?;
    Ok(answer::list(answer::values(&everybody)?, None, &view))
}

/// One of them.
pub(crate) async fn get(
    Id(id): Id<ProviderId>,
    asked: Asked,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    asked.only(&["fields"])?;
    let view = asked.view("Provider", &[])?;
    let provider = providers::find(&mut desk, id).await?.ok_or(Refusal::NotFound("provider"))?;
    desk.close().await?;
    answer::one(&provider, Some(provider.version), &view)
}
