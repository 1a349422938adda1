//! Renewals: a medication of the patient's list goes on as a prescription of a visit.

use super::asked::Id;
use super::change::Change;
use super::operation::{Condition, Operation};
use crate::error::Fault;
use axum::response::Response;
use medrecord_clinic::field::Problems;
use medrecord_clinic::ids::{MedicationId, RecordId};
use medrecord_store::medical_records;
use serde_json::json;

pub(super) const OPERATIONS: [Operation; 1] = [Operation::post(
    "/api/v1/records/{id}/renewals",
    "Renews a medication of the patient's list: adds it as the last prescription of a draft.",
    "RenewalInput",
)
.seen(Condition::May)
.new_one("Prescription")];

/// Renews a medication.
pub(crate) async fn renew(Id(id): Id<RecordId>, mut change: Change) -> Result<Response, Fault> {
    let words = "Send the id of a medication of the patient's list.";
    let medication: MedicationId =
        change.text("medicationId").parse().map_err(|_| Problems::one("medicationId", "invalid", words))?;
    let before = medical_records::get(&mut change.desk, id).await?;
    let seen = change.seen_if_any()?.unwrap_or(before.version);
    let (added, version) = medical_records::renew(&mut change.desk, id, seen, medication).await?;
    let after = medical_records::get(&mut change.desk, id).await?;
    let row = after.prescriptions.iter().find(|row| row.id == added);
    change.made(&json!(row), Some(version)).await
}
