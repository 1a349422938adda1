//! Whose record an id belongs to, so that a refusal names the patient whom it concerned.

use super::Event;
use crate::column::Key;
use crate::database::on;
use crate::desk::Desk;
use crate::error::StoreError;

/// Ids are random and of one row alone, whatever its table.
const WHOSE: &str = "SELECT id FROM patients WHERE id = $1
    UNION ALL SELECT patient_id FROM appointments WHERE id = $1
    UNION ALL SELECT patient_id FROM allergies WHERE id = $1
    UNION ALL SELECT patient_id FROM chronic_conditions WHERE id = $1
    UNION ALL SELECT patient_id FROM medications WHERE id = $1
    UNION ALL SELECT patient_id FROM attachments WHERE id = $1
    UNION ALL SELECT patient_id FROM letters WHERE id = $1
    UNION ALL SELECT patient_id FROM recordings WHERE id = $1
    UNION ALL SELECT a.patient_id FROM medical_records AS r JOIN appointments AS a ON a.id = r.appointment_id WHERE r.id = $1
    UNION ALL SELECT a.patient_id FROM evidence AS e JOIN appointments AS a ON a.id = e.appointment_id WHERE e.id = $1
    LIMIT 1";

/// The event with the patient whom its thing belongs to, where it names a thing and no patient yet.
pub(crate) async fn named(desk: &mut Desk, event: Event) -> Result<Event, StoreError> {
    let (Some(id), None) = (event.entity_id, event.patient) else { return Ok(event) };
    let patient: Option<Key> =
        on!(desk, conn => sqlx::query_scalar(WHOSE).bind(Key(id)).fetch_optional(conn).await)?;
    Ok(match patient {
        Some(patient) => event.of_patient(patient.id()),
        None => event,
    })
}
