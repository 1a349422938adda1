//! Renews a medication of the patient's list into the prescriptions of a draft.

use super::rows::{self, Placed};
use super::save::{prescription, signed_meanwhile, write_note};
use super::{Loaded, must_load};
use crate::audit::{Event, Verb};
use crate::column::Key;
use crate::desk::Desk;
use crate::error::Refusal;
use crate::medications;
use medrecord_clinic::access::Action;
use medrecord_clinic::ids::{MedicationId, PrescriptionId, RecordId};
use medrecord_clinic::prescription::renewal;

/// Adds the renewal of a medication as the last prescription of a draft; `seen` is the version that the person saw.
/// Returns the new row and the record's new version. What speaks against it is looked at before signing, as for any row.
///
/// # Errors
/// [`Refusal::Rule`] where the medication is not taken any more, or stands in the visit already; [`Refusal::NotFound`]
/// also for a medication of somebody else; [`Refusal::Stale`], [`Refusal::Signed`], [`Refusal::NotAllowed`].
pub async fn renew(
    desk: &mut Desk,
    id: RecordId,
    seen: i32,
    medication: MedicationId,
) -> Result<(PrescriptionId, i32), Refusal> {
    desk.require(Action::WriteRecord)?;
    let before = must_load(desk, id).await?;
    before.still(seen)?;
    let listed = medications::get(desk, medication).await?;
    if listed.patient_id != before.patient {
        return Err(Refusal::NotFound("medication"));
    }
    if !listed.is_active() {
        return Err(Refusal::Rule("The medication is not taken any more: prescribe it anew.".to_owned()));
    }
    if before.record.prescriptions.iter().any(|row| listed.is_named(&row.medication_name)) {
        return Err(Refusal::Rule("The medication stands in this visit already.".to_owned()));
    }
    let signed = rows::signed_prescriptions(desk, Key::of(before.patient)).await?;
    let last = signed.iter().find(|row| listed.is_named(&row.medication_name));
    let row = prescription(desk, None, &renewal(&listed, last))?;
    let added = row.id;
    rows::insert_prescriptions(desk, id, &[Placed::new(before.record.prescriptions.len(), row)])
        .await
        .map_err(signed_meanwhile)?;
    write_note(desk, &before, &before.record.note, before.record.is_ai_generated).await?;
    Ok((added, renewed(desk, &before, medication)))
}

fn renewed(desk: &mut Desk, before: &Loaded, medication: MedicationId) -> i32 {
    let event = Event::new(Verb::Update, "medical_record").about(before.record.id).of_patient(before.patient);
    desk.record(event.with(serde_json::json!({ "fields": ["prescriptions"], "renewed": medication })));
    before.record.version + 1
}
