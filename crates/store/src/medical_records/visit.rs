//! The visit around a record or a set of vital signs: whose it is and where it stands.

use crate::column::{At, Key};
use crate::database::on;
use crate::desk::Desk;
use crate::error::{Refusal, StoreError};
use medrecord_clinic::appointment::AppointmentStatus;
use medrecord_clinic::ids::{AppointmentId, PatientId};
use medrecord_clinic::time::Instant;

/// What the use cases of a visit need to know about it.
pub(crate) struct Visit {
    pub(crate) patient: PatientId,
    pub(crate) status: AppointmentStatus,
}

const FIND: &str = "SELECT patient_id, CAST(status AS text) AS status FROM appointments WHERE id = $1";
const START: &str =
    "UPDATE appointments SET status = 'in_progress', started_at = COALESCE(started_at, $2), updated_at = $2,
        version = version + 1
    WHERE id = $1 AND status IN ('scheduled', 'checked_in')";
const COMPLETE: &str =
    "UPDATE appointments SET status = 'completed', completed_at = $2, updated_at = $2, version = version + 1
    WHERE id = $1 AND status = 'in_progress'";

/// Loads the visit, which must be there.
pub(crate) async fn load(desk: &mut Desk, appointment: AppointmentId) -> Result<Visit, Refusal> {
    let found: Option<(Key, String)> =
        on!(desk, conn => sqlx::query_as(FIND).bind(Key::of(appointment)).fetch_optional(conn).await)?;
    let (patient, status) = found.ok_or(Refusal::NotFound("appointment"))?;
    let status = status.parse().map_err(|_| StoreError::Inconsistent {
        table: "appointments",
        column: "status",
        id: appointment.to_string(),
    })?;
    Ok(Visit { patient: patient.id(), status })
}

impl Visit {
    /// Refuses where the patient never came.
    pub(crate) fn takes_place(&self) -> Result<(), Refusal> {
        if matches!(self.status, AppointmentStatus::Cancelled | AppointmentStatus::NoShow) {
            let message = "This appointment was cancelled or missed: set it back to scheduled first.";
            return Err(Refusal::Rule(message.to_owned()));
        }
        Ok(())
    }
}

/// Takes the visit along its legal path to completed; it stays where it is if it is completed already.
pub(crate) async fn complete(
    desk: &mut Desk,
    appointment: AppointmentId,
    now: Instant,
) -> Result<bool, StoreError> {
    let mut changed = 0;
    for step in [START, COMPLETE] {
        changed += on!(desk, conn => {
            sqlx::query(step)
                .bind(Key::of(appointment))
                .bind(At(now))
                .execute(conn)
                .await
                .map(|done| done.rows_affected())
        })?;
    }
    Ok(changed > 0)
}
