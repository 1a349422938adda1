//! Takes single drafted items over into a draft record: a person accepted them, and they stay marked as drafted.

use super::rows::{self, Placed};
use super::save::{prescription, signed_meanwhile, symptom, write_note};
use super::{Loaded, must_load};
use crate::audit::{Event, Verb};
use crate::desk::Desk;
use crate::error::Refusal;
use medrecord_clinic::access::Action;
use medrecord_clinic::ids::{PrescriptionId, RecordId, SymptomId};
use medrecord_clinic::medical_record::{NoteField, read_section};
use medrecord_clinic::prescription::{Prescription, PrescriptionDetails};
use medrecord_clinic::symptom::{Symptom, SymptomDetails};

/// Adds a drafted sentence at the end of a section. Returns the record's new version.
///
/// # Errors
/// [`Refusal::Stale`], [`Refusal::Signed`], [`Refusal::NotFound`], [`Refusal::NotAllowed`]; [`Refusal::Invalid`] where
/// the section would become too long.
pub async fn append_text(
    desk: &mut Desk,
    id: RecordId,
    seen: i32,
    section: NoteField,
    text: &str,
) -> Result<i32, Refusal> {
    let before = draft(desk, id, seen).await?;
    let mut note = before.record.note.clone();
    let longer = match note.get(section) {
        Some(old) if section.is_short() => format!("{old}; {text}"),
        Some(old) => format!("{old} {text}"),
        None => text.to_owned(),
    };
    *note.get_mut(section) = read_section(section, &longer)?;
    write_note(desk, &before, &note, true).await?;
    Ok(took_over(desk, &before, section.as_str()))
}

/// Adds a drafted symptom as the last row. Returns its id and the record's new version.
///
/// # Errors
/// As [`append_text`].
pub async fn add_symptom(
    desk: &mut Desk,
    id: RecordId,
    seen: i32,
    details: &SymptomDetails,
) -> Result<(SymptomId, i32), Refusal> {
    let before = draft(desk, id, seen).await?;
    let row = Symptom { is_ai_extracted: true, ..symptom(desk, None, details)? };
    let added = row.id;
    let last = Placed::new(before.record.symptoms.len(), row);
    rows::insert_symptoms(desk, id, &[last]).await.map_err(signed_meanwhile)?;
    write_note(desk, &before, &before.record.note, true).await?;
    Ok((added, took_over(desk, &before, "symptoms")))
}

/// Adds a drafted prescription as the last row. Returns its id and the record's new version.
///
/// # Errors
/// As [`append_text`].
pub async fn add_prescription(
    desk: &mut Desk,
    id: RecordId,
    seen: i32,
    details: &PrescriptionDetails,
) -> Result<(PrescriptionId, i32), Refusal> {
    let before = draft(desk, id, seen).await?;
    let row = Prescription { is_ai_extracted: true, ..prescription(desk, None, details)? };
    let added = row.id;
    let last = Placed::new(before.record.prescriptions.len(), row);
    rows::insert_prescriptions(desk, id, &[last]).await.map_err(signed_meanwhile)?;
    write_note(desk, &before, &before.record.note, true).await?;
    Ok((added, took_over(desk, &before, "prescriptions")))
}

async fn draft(desk: &mut Desk, id: RecordId, seen: i32) -> Result<Loaded, Refusal> {
    desk.require(Action::WriteRecord)?;
    let before = must_load(desk, id).await?;
    before.still(seen)?;
    Ok(before)
}

fn took_over(desk: &mut Desk, before: &Loaded, field: &str) -> i32 {
    let event = Event::new(Verb::Update, "medical_record").about(before.record.id).of_patient(before.patient);
    desk.record(event.with(serde_json::json!({ "fields": [field], "drafted": true })));
    before.record.version + 1
}
