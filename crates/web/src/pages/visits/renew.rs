//! What the patient takes, beside the prescriptions of the visit: each is renewed with one button, which saves the note
//! as it stands and adds the row.

use crate::error::Fault;
use crate::page::see_other_saying;
use crate::urls;
use axum::response::Response;
use medrecord_clinic::ids::{AppointmentId, MedicationId, PatientId, RecordId};
use medrecord_clinic::medical_record::RecordForm;
use medrecord_store::{Desk, Refusal, medical_records, medications};

/// A medication that the patient takes.
pub(crate) struct Taken {
    pub(super) id: MedicationId,
    pub(super) name: String,
    pub(super) how: String,
    /// Whether it stands among the prescriptions of this visit.
    pub(super) in_visit: bool,
}

/// What the patient takes.
pub(super) async fn taken(
    desk: &mut Desk,
    patient: PatientId,
    typed: &RecordForm,
) -> Result<Vec<Taken>, Refusal> {
    let listed = medications::list(desk, patient).await?;
    let active = listed.into_iter().filter(medrecord_clinic::medication::Medication::is_active);
    Ok(active
        .map(|medication| Taken {
            id: medication.id,
            in_visit: typed.prescriptions.iter().any(|row| medication.is_named(&row.medication_name)),
            how: medication.how(),
            name: medication.medication_name,
        })
        .collect())
}

/// A medication that somebody asked to renew, and where its row will stand.
pub(super) struct Wish<'a> {
    /// The medication's id as it was posted; empty where nothing is to be renewed.
    pub(super) medication: &'a str,
    /// How many prescriptions the saved note has.
    pub(super) rows: usize,
}

/// Renews it in a record that was just saved, and says where to go on; `None` where nothing is to be renewed. What
/// cannot be renewed is said on the page, with the note saved.
pub(super) async fn renew(
    desk: &mut Desk,
    (visit, record, seen): (AppointmentId, RecordId, i32),
    wish: Wish<'_>,
) -> Result<Option<Response>, Fault> {
    if wish.medication.is_empty() {
        return Ok(None);
    }
    let medication: MedicationId = wish.medication.parse().map_err(|_| Refusal::NotFound("medication"))?;
    let page = urls::visit(visit);
    Ok(Some(match medical_records::renew(desk, record, seen, medication).await {
        Ok(_) => {
            let row = format!("{page}#prescriptions%5B{}%5D.quantity", wish.rows);
            see_other_saying(&row, "ok", "Renewed. Check quantity and refills.")
        }
        Err(Refusal::Rule(words)) => see_other_saying(&format!("{page}#renew"), "warn", &words),
        Err(refusal) => return Err(refusal.into()),
    }))
}
