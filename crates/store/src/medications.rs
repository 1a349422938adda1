//! Keeps the chart's list of medications: what a patient takes, across visits.

use crate::audit::{Event, Verb};
use crate::column::{At, Key, Word};
use crate::database::on;
use crate::desk::Desk;
use crate::error::{Refusal, StoreError};
use crate::{many, patients};
use chrono::NaiveDate;
use medrecord_clinic::access::Action;
use medrecord_clinic::field;
use medrecord_clinic::ids::{MedicationId, PatientId};
use medrecord_clinic::medication::{self, Medication, MedicationDetails, MedicationStatus};
use medrecord_clinic::prescription::{Prescription, PrescriptionAction};
use medrecord_clinic::time::Day;

#[derive(sqlx::FromRow)]
struct MedicationRow {
    id: Key,
    patient_id: Key,
    medication_name: String,
    strength: Option<String>,
    dosage: Option<String>,
    frequency: Option<String>,
    route: Option<String>,
    instructions: Option<String>,
    indication: Option<String>,
    status: Word<MedicationStatus>,
    started_on: Option<NaiveDate>,
    stopped_on: Option<NaiveDate>,
    stop_reason: Option<String>,
    prescription_id: Option<Key>,
    recorded_by: Option<Key>,
    created_at: At,
    updated_at: At,
    version: i32,
}

impl From<MedicationRow> for Medication {
    fn from(row: MedicationRow) -> Self {
        Self {
            id: row.id.id(),
            patient_id: row.patient_id.id(),
            medication_name: row.medication_name,
            strength: row.strength,
            dosage: row.dosage,
            frequency: row.frequency,
            route: row.route,
            instructions: row.instructions,
            indication: row.indication,
            status: row.status.0,
            started_on: row.started_on.map(Day),
            stopped_on: row.stopped_on.map(Day),
            stop_reason: row.stop_reason,
            prescription_id: row.prescription_id.map(Key::id),
            recorded_by: row.recorded_by.map(Key::id),
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
            version: row.version,
        }
    }
}

const LIST: &str = "SELECT id, patient_id, medication_name, strength, dosage, frequency, route, instructions, indication, status,
        started_on, stopped_on, stop_reason, prescription_id, recorded_by, created_at, updated_at, version
    FROM medications WHERE patient_id = $1";
const OF_PATIENTS_POSTGRES: &str = "SELECT id, patient_id, medication_name, strength, dosage, frequency, route, instructions, indication, status,
        started_on, stopped_on, stop_reason, prescription_id, recorded_by, created_at, updated_at, version
    FROM medications WHERE patient_id IN (SELECT CAST(value AS uuid) FROM json_array_elements_text(CAST($1 AS json)))";
const OF_PATIENTS_SQLITE: &str = "SELECT id, patient_id, medication_name, strength, dosage, frequency, route, instructions, indication, status,
        started_on, stopped_on, stop_reason, prescription_id, recorded_by, created_at, updated_at, version
    FROM medications WHERE patient_id IN (SELECT value FROM json_each($1))";
const FIND: &str = "SELECT id, patient_id, medication_name, strength, dosage, frequency, route, instructions, indication, status,
        started_on, stopped_on, stop_reason, prescription_id, recorded_by, created_at, updated_at, version
    FROM medications WHERE id = $1";
const INSERT: &str = "INSERT INTO medications (id, patient_id, medication_name, strength, dosage, frequency, route, instructions,
        indication, started_on, prescription_id, recorded_by, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13)";
const UPDATE: &str =
    "UPDATE medications SET medication_name = $3, strength = $4, dosage = $5, frequency = $6, route = $7,
        instructions = $8, indication = $9, started_on = $10, prescription_id = $11, updated_at = $12,
        version = version + 1
    WHERE id = $1 AND version = $2";
const END: &str = "UPDATE medications SET status = $3, stopped_on = $4, stop_reason = $5, updated_at = $6, version = version + 1
    WHERE id = $1 AND version = $2";

/// Lists a patient's medications, those that are taken first.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn list(desk: &mut Desk, patient: PatientId) -> Result<Vec<Medication>, Refusal> {
    desk.require(Action::ReadChart)?;
    let medications = load_all(desk, patient).await?;
    desk.record(Event::new(Verb::Read, "medication").of_patient(patient));
    Ok(medications)
}

/// The medications of several patients at once, those that are taken first.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn of_patients(desk: &mut Desk, patients: &[PatientId]) -> Result<Vec<Medication>, Refusal> {
    desk.require(Action::ReadChart)?;
    let sql = many::pick(desk, OF_PATIENTS_POSTGRES, OF_PATIENTS_SQLITE);
    let rows: Vec<MedicationRow> =
        on!(desk, conn => sqlx::query_as(sql).bind(many::keys(patients)).fetch_all(conn).await)?;
    desk.record(Event::new(Verb::Search, "medication").with(serde_json::json!({ "count": rows.len() })));
    Ok(medication::in_order(rows.into_iter().map(Medication::from).collect()))
}

async fn load_all(desk: &mut Desk, patient: PatientId) -> Result<Vec<Medication>, StoreError> {
    let rows: Vec<MedicationRow> =
        on!(desk, conn => sqlx::query_as(LIST).bind(Key::of(patient)).fetch_all(conn).await)?;
    Ok(medication::in_order(rows.into_iter().map(Medication::from).collect()))
}

/// The medication, which must be there.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::NotAllowed`].
pub async fn get(desk: &mut Desk, id: MedicationId) -> Result<Medication, Refusal> {
    desk.require(Action::ReadChart)?;
    let medication = load(desk, id).await?;
    desk.did(Verb::Read, "medication", id, medication.patient_id);
    Ok(medication)
}

async fn load(desk: &mut Desk, id: MedicationId) -> Result<Medication, Refusal> {
    let row: Option<MedicationRow> =
        on!(desk, conn => sqlx::query_as(FIND).bind(Key::of(id)).fetch_optional(conn).await)?;
    row.map(Medication::from).ok_or(Refusal::NotFound("medication"))
}

/// Adds a medication that the patient says to take.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::NotAllowed`].
pub async fn add(
    desk: &mut Desk,
    patient: PatientId,
    details: &MedicationDetails,
) -> Result<MedicationId, Refusal> {
    desk.require(Action::WriteChart)?;
    patients::load(desk, patient).await?.ok_or(Refusal::NotFound("patient"))?;
    insert(desk, patient, details, None).await
}

async fn insert(
    desk: &mut Desk,
    patient: PatientId,
    details: &MedicationDetails,
    prescription: Option<Key>,
) -> Result<MedicationId, Refusal> {
    let id: MedicationId = desk.fresh_id()?;
    let now = At(desk.now());
    let by = desk.actor().id.map(Key::of);
    on!(desk, conn => {
        sqlx::query(INSERT)
            .bind(Key::of(id))
            .bind(Key::of(patient))
            .bind(&details.medication_name)
            .bind(&details.strength)
            .bind(&details.dosage)
            .bind(&details.frequency)
            .bind(&details.route)
            .bind(&details.instructions)
            .bind(&details.indication)
            .bind(details.started_on.map(|day| day.0))
            .bind(prescription)
            .bind(by)
            .bind(now)
            .execute(conn)
            .await
            .map(|_| ())
    })?;
    desk.did(Verb::Create, "medication", id, patient);
    Ok(id)
}

/// Changes how a medication is taken; `seen` is the version that the person edited. Returns the new version.
///
/// # Errors
/// [`Refusal::Stale`], [`Refusal::NotFound`], [`Refusal::NotAllowed`].
pub async fn update(
    desk: &mut Desk,
    id: MedicationId,
    seen: i32,
    details: &MedicationDetails,
) -> Result<i32, Refusal> {
    desk.require(Action::WriteChart)?;
    let before = load(desk, id).await?;
    let prescription = before.prescription_id.map(Key::of);
    write(desk, &before, seen, details, prescription).await?;
    Ok(seen + 1)
}

async fn write(
    desk: &mut Desk,
    before: &Medication,
    seen: i32,
    details: &MedicationDetails,
    prescription: Option<Key>,
) -> Result<(), Refusal> {
    let now = At(desk.now());
    let changed = on!(desk, conn => {
        sqlx::query(UPDATE)
            .bind(Key::of(before.id))
            .bind(seen)
            .bind(&details.medication_name)
            .bind(&details.strength)
            .bind(&details.dosage)
            .bind(&details.frequency)
            .bind(&details.route)
            .bind(&details.instructions)
            .bind(&details.indication)
            .bind(details.started_on.map(|day| day.0))
            .bind(prescription)
            .bind(now)
            .execute(conn)
            .await
            .map(|done| done.rows_affected())
    })?;
    if changed != 1 {
        return Err(Refusal::Stale { what: "medication", seen, current: before.version });
    }
    desk.did(Verb::Update, "medication", before.id, before.patient_id);
    Ok(())
}

/// Says that the patient does not take a medication any more since `today`, and why.
///
/// # Errors
/// [`Refusal::Invalid`] without a reason, [`Refusal::Rule`] where it is not taken, [`Refusal::Stale`],
/// [`Refusal::NotFound`], [`Refusal::NotAllowed`].
pub async fn stop(
    desk: &mut Desk,
    id: MedicationId,
    seen: i32,
    reason: &str,
    today: Day,
) -> Result<i32, Refusal> {
    desk.require(Action::WriteChart)?;
    let reason = field::required("reason", "why it is stopped", reason, field::SHORT)?;
    let before = load(desk, id).await?;
    if !before.is_active() {
        return Err(Refusal::Rule(
            "The medication is not taken any more; there is nothing to stop.".to_owned(),
        ));
    }
    end(desk, &before, seen, (MedicationStatus::Stopped, Some(today)), Some(reason)).await?;
    Ok(seen + 1)
}

/// Says that a medication never belonged on the list, and why.
///
/// # Errors
/// [`Refusal::Invalid`] without a reason, [`Refusal::Stale`], [`Refusal::NotFound`], [`Refusal::NotAllowed`].
pub async fn enter_in_error(
    desk: &mut Desk,
    id: MedicationId,
    seen: i32,
    reason: &str,
) -> Result<i32, Refusal> {
    desk.require(Action::WriteChart)?;
    let reason = field::required("reason", "why it was entered in error", reason, field::SHORT)?;
    let before = load(desk, id).await?;
    end(desk, &before, seen, (MedicationStatus::EnteredInError, before.stopped_on), Some(reason)).await?;
    Ok(seen + 1)
}

async fn end(
    desk: &mut Desk,
    before: &Medication,
    seen: i32,
    (status, stopped_on): (MedicationStatus, Option<Day>),
    reason: Option<String>,
) -> Result<(), Refusal> {
    let now = At(desk.now());
    // A first day that lies ahead (practices east of the clock) must not refuse the stop.
    let stopped_on = stopped_on.map(|day| before.started_on.map_or(day, |first| day.max(first)));
    let changed = on!(desk, conn => {
        sqlx::query(END)
            .bind(Key::of(before.id))
            .bind(seen)
            .bind(Word(status))
            .bind(stopped_on.map(|day| day.0))
            .bind(&reason)
            .bind(now)
            .execute(conn)
            .await
            .map(|done| done.rows_affected())
    })?;
    if changed != 1 {
        return Err(Refusal::Stale { what: "medication", seen, current: before.version });
    }
    desk.record(
        Event::new(Verb::Update, "medication")
            .about(before.id)
            .of_patient(before.patient_id)
            .with(serde_json::json!({ "status": status.as_str() })),
    );
    Ok(())
}

/// Carries a prescription of a signed visit over to the patient's list, on the practice's day `today`.
///
/// Start and change put it on the list or bring the line of that name up to date; continue adds it only where the list
/// does not hold it; stop ends the line of that name, if there is one. Part of signing: one desk keeps both.
///
/// # Errors
/// [`Refusal::NotAllowed`] unless the role may sign.
pub async fn apply_prescription(
    desk: &mut Desk,
    patient: PatientId,
    prescription: &Prescription,
    today: Day,
) -> Result<(), Refusal> {
    desk.require(Action::SignRecord)?;
    let taken = load_all(desk, patient).await?;
    let line = taken.iter().find(|line| line.is_active() && line.is_named(&prescription.medication_name));
    let key = Some(Key::of(prescription.id));
    let mut details = details_of(prescription, today);
    match (prescription.action, line) {
        (PrescriptionAction::Start | PrescriptionAction::Change | PrescriptionAction::Continue, None) => {
            insert(desk, patient, &details, key).await?;
        }
        (PrescriptionAction::Start | PrescriptionAction::Change, Some(line)) => {
            details.started_on = line.started_on;
            details.indication = details.indication.or_else(|| line.indication.clone());
            write(desk, line, line.version, &details, key).await?;
        }
        (PrescriptionAction::Stop, Some(line)) => {
            let reason = some_text(&prescription.instructions).map_or_else(
                || "Stopped at a visit".to_owned(),
                |text| text.chars().take(field::SHORT).collect(),
            );
            end(desk, line, line.version, (MedicationStatus::Stopped, Some(today)), Some(reason)).await?;
        }
        (PrescriptionAction::Continue, Some(_)) | (PrescriptionAction::Stop, None) => {}
    }
    Ok(())
}

fn details_of(prescription: &Prescription, today: Day) -> MedicationDetails {
    MedicationDetails {
        medication_name: prescription.medication_name.clone(),
        strength: some_text(&prescription.strength),
        dosage: some_text(&prescription.dosage),
        frequency: some_text(&prescription.frequency),
        route: prescription.route.clone(),
        instructions: some_text(&prescription.instructions),
        indication: prescription.indication.clone(),
        started_on: (prescription.action == PrescriptionAction::Start).then_some(today),
    }
}

fn some_text(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
