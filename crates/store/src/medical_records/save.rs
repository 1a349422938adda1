//! Saves a draft whole: its sections and its rows in one go, guarded by the version that the person saw.

use super::rows::{self, Placed};
use super::{Loaded, must_load};
use crate::audit::{Event, Verb};
use crate::column::{At, Key};
use crate::database::on;
use crate::desk::Desk;
use crate::error::{Refusal, StoreError};
use medrecord_clinic::access::Action;
use medrecord_clinic::ids::RecordId;
use medrecord_clinic::medical_record::{Note, NoteField, RecordDetails};
use medrecord_clinic::prescription::{Prescription, PrescriptionDetails};
use medrecord_clinic::symptom::{Symptom, SymptomDetails};

const UPDATE: &str = "UPDATE medical_records SET chief_complaint = $3, history_of_present_illness = $4, review_of_systems = $5,
        physical_exam_notes = $6, diagnosis = $7, diagnosis_notes = $8, treatment_plan = $9,
        follow_up_instructions = $10, patient_education = $11, is_ai_generated = $12, updated_at = $13,
        version = version + 1
    WHERE id = $1 AND version = $2 AND is_draft";

/// Saves the whole draft; rows that are not in it any more are taken off. Returns the new version.
///
/// A row keeps the scribe's mark whoever edits it. Where nothing changed, nothing is written and the version stays.
///
/// # Errors
/// [`Refusal::Stale`] where somebody else saved meanwhile, [`Refusal::Signed`], [`Refusal::NotFound`],
/// [`Refusal::NotAllowed`].
pub async fn save(desk: &mut Desk, id: RecordId, seen: i32, details: &RecordDetails) -> Result<i32, Refusal> {
    desk.require(Action::WriteRecord)?;
    let before = must_load(desk, id).await?;
    before.still(seen)?;
    let mut fields: Vec<&str> = NoteField::ALL
        .into_iter()
        .filter(|field| before.record.note.get(*field) != details.note.get(*field))
        .map(NoteField::as_str)
        .collect();
    if save_symptoms(desk, &before, &details.symptoms).await? {
        fields.push("symptoms");
    }
    if save_prescriptions(desk, &before, &details.prescriptions).await? {
        fields.push("prescriptions");
    }
    if fields.is_empty() {
        return Ok(seen);
    }
    write_note(desk, &before, &details.note, before.record.is_ai_generated).await?;
    let event = Event::new(Verb::Update, "medical_record").about(id).of_patient(before.patient);
    desk.record(event.with(serde_json::json!({ "fields": fields })));
    Ok(seen + 1)
}

/// Writes the sections and counts the version up.
pub(super) async fn write_note(
    desk: &mut Desk,
    before: &Loaded,
    note: &Note,
    is_ai_generated: bool,
) -> Result<(), Refusal> {
    let now = At(desk.now());
    let (id, seen) = (before.record.id, before.record.version);
    let done = on!(desk, conn => {
        sqlx::query(UPDATE)
            .bind(Key::of(id))
            .bind(seen)
            .bind(&note.chief_complaint)
            .bind(&note.history_of_present_illness)
            .bind(&note.review_of_systems)
            .bind(&note.physical_exam_notes)
            .bind(&note.diagnosis)
            .bind(&note.diagnosis_notes)
            .bind(&note.treatment_plan)
            .bind(&note.follow_up_instructions)
            .bind(&note.patient_education)
            .bind(is_ai_generated)
            .bind(now)
            .execute(conn)
            .await
            .map(|done| done.rows_affected())
    });
    let changed = done.map_err(StoreError::from).map_err(signed_meanwhile)?;
    if changed == 1 {
        return Ok(());
    }
    // Another transaction came first, between our look and our write.
    let current = must_load(desk, id).await?;
    current.still(seen)?;
    Err(Refusal::Stale { what: "record", seen, current: current.record.version })
}

/// The triggers of the database say that the record was signed while this was under way.
pub(super) fn signed_meanwhile(error: StoreError) -> Refusal {
    let rules = ["medical_records_signed", "symptoms_signed", "prescriptions_signed"];
    if rules.iter().any(|rule| error.violates(rule)) {
        return Refusal::Signed;
    }
    if error.violates("symptoms_pkey")
        || error.violates("prescriptions_pkey")
        || error.violates("symptoms_id_key")
        || error.violates("prescriptions_id_key")
    {
        return Refusal::Rule("A row belongs to another record: load the page again.".to_owned());
    }
    error.into()
}

async fn save_symptoms(desk: &mut Desk, before: &Loaded, wanted: &[SymptomDetails]) -> Result<bool, Refusal> {
    let old = &before.record.symptoms;
    let mut changed = false;
    let mut fresh = Vec::new();
    for gone in old.iter().filter(|row| !wanted.iter().any(|want| want.id == Some(row.id))) {
        rows::delete_symptom(desk, before.record.id, Key::of(gone.id)).await.map_err(signed_meanwhile)?;
        changed = true;
    }
    for (at, want) in wanted.iter().enumerate() {
        let kept = old.iter().enumerate().find(|(_, row)| Some(row.id) == want.id);
        let row = symptom(desk, kept.map(|(_, row)| row), want)?;
        if kept.is_some_and(|(was, old)| was == at && *old == row) {
            continue;
        }
        changed = true;
        let placed = Placed::new(at, row);
        if kept.is_none() {
            fresh.push(placed);
            continue;
        }
        rows::update_symptom(desk, before.record.id, &placed).await.map_err(signed_meanwhile)?;
    }
    rows::insert_symptoms(desk, before.record.id, &fresh).await.map_err(signed_meanwhile)?;
    Ok(changed)
}

async fn save_prescriptions(
    desk: &mut Desk,
    before: &Loaded,
    wanted: &[PrescriptionDetails],
) -> Result<bool, Refusal> {
    let old = &before.record.prescriptions;
    let mut changed = false;
    let mut fresh = Vec::new();
    for gone in old.iter().filter(|row| !wanted.iter().any(|want| want.id == Some(row.id))) {
        let row = Key::of(gone.id);
        rows::delete_prescription(desk, before.record.id, row).await.map_err(signed_meanwhile)?;
        changed = true;
    }
    for (at, want) in wanted.iter().enumerate() {
        let kept = old.iter().enumerate().find(|(_, row)| Some(row.id) == want.id);
        let row = prescription(desk, kept.map(|(_, row)| row), want)?;
        if kept.is_some_and(|(was, old)| was == at && *old == row) {
            continue;
        }
        changed = true;
        let placed = Placed::new(at, row);
        if kept.is_none() {
            fresh.push(placed);
            continue;
        }
        rows::update_prescription(desk, before.record.id, &placed).await.map_err(signed_meanwhile)?;
    }
    rows::insert_prescriptions(desk, before.record.id, &fresh).await.map_err(signed_meanwhile)?;
    Ok(changed)
}

/// The row as it will stand; it keeps the scribe's mark of the row it replaces.
pub(super) fn symptom(
    desk: &Desk,
    kept: Option<&Symptom>,
    want: &SymptomDetails,
) -> Result<Symptom, StoreError> {
    Ok(Symptom {
        id: want.id.map_or_else(|| desk.fresh_id(), Ok)?,
        symptom_name: want.symptom_name.clone(),
        body_site: want.body_site.clone(),
        severity: want.severity,
        duration: want.duration.clone(),
        notes: want.notes.clone(),
        negated: want.negated,
        is_ai_extracted: kept.is_some_and(|row| row.is_ai_extracted),
    })
}

/// As [`symptom`].
pub(super) fn prescription(
    desk: &Desk,
    kept: Option<&Prescription>,
    want: &PrescriptionDetails,
) -> Result<Prescription, StoreError> {
    let want = want.clone();
    Ok(Prescription {
        id: want.id.map_or_else(|| desk.fresh_id(), Ok)?,
        medication_name: want.medication_name,
        strength: want.strength,
        dosage: want.dosage,
        frequency: want.frequency,
        route: want.route,
        duration: want.duration,
        quantity: want.quantity,
        refills: want.refills,
        instructions: want.instructions,
        indication: want.indication,
        action: want.action,
        is_ai_extracted: kept.is_some_and(|row| row.is_ai_extracted),
    })
}
