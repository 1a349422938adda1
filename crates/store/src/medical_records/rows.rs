//! The rows of a record: symptoms and prescriptions, read in the order of the page; new ones are written together, changed ones one by one.

use crate::column::{At, Key, Word};
use crate::database::on;
use crate::desk::Desk;
use crate::error::StoreError;
use medrecord_clinic::ids::RecordId;
use medrecord_clinic::prescription::{Prescription, PrescriptionAction};
use medrecord_clinic::symptom::Symptom;
use sqlx::QueryBuilder;

#[derive(sqlx::FromRow)]
pub(super) struct SymptomRow {
    id: Key,
    symptom_name: String,
    body_site: Option<String>,
    severity: Option<i16>,
    duration: Option<String>,
    notes: Option<String>,
    negated: bool,
    is_ai_extracted: bool,
}

impl From<SymptomRow> for Symptom {
    fn from(row: SymptomRow) -> Self {
        Self {
            id: row.id.id(),
            symptom_name: row.symptom_name,
            body_site: row.body_site,
            severity: row.severity.map(i32::from),
            duration: row.duration,
            notes: row.notes,
            negated: row.negated,
            is_ai_extracted: row.is_ai_extracted,
        }
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct PrescriptionRow {
    id: Key,
    medication_name: String,
    strength: String,
    dosage: String,
    frequency: String,
    route: Option<String>,
    duration: Option<String>,
    quantity: Option<i32>,
    refills: Option<i32>,
    instructions: String,
    indication: Option<String>,
    action: Word<PrescriptionAction>,
    is_ai_extracted: bool,
}

impl From<PrescriptionRow> for Prescription {
    fn from(row: PrescriptionRow) -> Self {
        Self {
            id: row.id.id(),
            medication_name: row.medication_name,
            strength: row.strength,
            dosage: row.dosage,
            frequency: row.frequency,
            route: row.route,
            duration: row.duration,
            quantity: row.quantity,
            refills: row.refills,
            instructions: row.instructions,
            indication: row.indication,
            action: row.action.0,
            is_ai_extracted: row.is_ai_extracted,
        }
    }
}

const SYMPTOMS: &str =
    "SELECT id, symptom_name, body_site, severity, duration, notes, negated, is_ai_extracted
    FROM symptoms WHERE medical_record_id = $1 ORDER BY position, id";
const UPDATE_SYMPTOM: &str = "UPDATE symptoms SET position = $3, symptom_name = $4, body_site = $5, severity = $6, duration = $7, notes = $8,
        negated = $9, is_ai_extracted = $10, updated_at = $11, version = version + 1
    WHERE id = $1 AND medical_record_id = $2";
const DELETE_SYMPTOM: &str = "DELETE FROM symptoms WHERE id = $1 AND medical_record_id = $2";

const PRESCRIPTIONS: &str = "SELECT id, medication_name, strength, dosage, frequency, route, duration, quantity, refills, instructions,
        indication, action, is_ai_extracted
    FROM prescriptions WHERE medical_record_id = $1 ORDER BY position, id";
const SIGNED_PRESCRIPTIONS: &str = "SELECT p.id, p.medication_name, p.strength, p.dosage, p.frequency, p.route, p.duration, p.quantity, p.refills,
        p.instructions, p.indication, p.action, p.is_ai_extracted
    FROM prescriptions AS p
    JOIN medical_records AS r ON r.id = p.medical_record_id
    JOIN appointments AS a ON a.id = r.appointment_id
    WHERE a.patient_id = $1 AND NOT r.is_draft AND p.action <> 'stop'
    ORDER BY a.appointment_date DESC, r.signed_at DESC, p.position LIMIT 500";
const UPDATE_PRESCRIPTION: &str = "UPDATE prescriptions SET position = $3, medication_name = $4, strength = $5, dosage = $6, frequency = $7,
        route = $8, duration = $9, quantity = $10, refills = $11, instructions = $12, indication = $13, action = $14,
        is_ai_extracted = $15, updated_at = $16, version = version + 1
    WHERE id = $1 AND medical_record_id = $2";
const DELETE_PRESCRIPTION: &str = "DELETE FROM prescriptions WHERE id = $1 AND medical_record_id = $2";

pub(super) async fn symptoms(desk: &mut Desk, record: Key) -> Result<Vec<Symptom>, StoreError> {
    let rows: Vec<SymptomRow> =
        on!(desk, conn => sqlx::query_as(SYMPTOMS).bind(record).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(Symptom::from).collect())
}

pub(super) async fn prescriptions(desk: &mut Desk, record: Key) -> Result<Vec<Prescription>, StoreError> {
    let rows: Vec<PrescriptionRow> =
        on!(desk, conn => sqlx::query_as(PRESCRIPTIONS).bind(record).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(Prescription::from).collect())
}

/// What was prescribed in the patient's signed visits, the newest visit first; as far back as 500 rows reach.
pub(super) async fn signed_prescriptions(
    desk: &mut Desk,
    patient: Key,
) -> Result<Vec<Prescription>, StoreError> {
    let rows: Vec<PrescriptionRow> =
        on!(desk, conn => sqlx::query_as(SIGNED_PRESCRIPTIONS).bind(patient).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(Prescription::from).collect())
}

/// A row and its place among those of its record, from 0 on.
pub(super) struct Placed<T> {
    pub(super) position: i32,
    pub(super) row: T,
}

impl<T> Placed<T> {
    pub(super) fn new(position: usize, row: T) -> Self {
        Self { position: i32::try_from(position).unwrap_or(i32::MAX), row }
    }
}

/// How many rows go in with one statement: SQLite takes 32,766 values, PostgreSQL 65,535.
const AT_ONCE: usize = 500;

fn severity(symptom: &Symptom) -> Option<i16> {
    symptom.severity.and_then(|severity| i16::try_from(severity).ok())
}

/// Writes down new symptoms of a record.
pub(super) async fn insert_symptoms(
    desk: &mut Desk,
    record: RecordId,
    fresh: &[Placed<Symptom>],
) -> Result<(), StoreError> {
    let (record, now) = (Key::of(record), At(desk.now()));
    for part in fresh.chunks(AT_ONCE) {
        on!(desk, conn => {
            let mut sql = QueryBuilder::new(
                "INSERT INTO symptoms (id, medical_record_id, position, symptom_name, body_site, severity, duration, notes, negated, is_ai_extracted, created_at, updated_at) ",
            );
            sql.push_values(part, |mut values, Placed { position, row }| {
                values
                    .push_bind(Key::of(row.id))
                    .push_bind(record)
                    .push_bind(*position)
                    .push_bind(&row.symptom_name)
                    .push_bind(&row.body_site)
                    .push_bind(severity(row))
                    .push_bind(&row.duration)
                    .push_bind(&row.notes)
                    .push_bind(row.negated)
                    .push_bind(row.is_ai_extracted)
                    .push_bind(now)
                    .push_bind(now);
            });
            sql.build().execute(conn).await.map(|_| ())
        })?;
    }
    Ok(())
}

/// Writes down new prescriptions of a record.
pub(super) async fn insert_prescriptions(
    desk: &mut Desk,
    record: RecordId,
    fresh: &[Placed<Prescription>],
) -> Result<(), StoreError> {
    let (record, now) = (Key::of(record), At(desk.now()));
    for part in fresh.chunks(AT_ONCE) {
        on!(desk, conn => {
            let mut sql = QueryBuilder::new(
                "INSERT INTO prescriptions (id, medical_record_id, position, medication_name, strength, dosage, frequency, route, duration, quantity, refills, instructions, indication, action, is_ai_extracted, created_at, updated_at) ",
            );
            sql.push_values(part, |mut values, Placed { position, row }| {
                values
                    .push_bind(Key::of(row.id))
                    .push_bind(record)
                    .push_bind(*position)
                    .push_bind(&row.medication_name)
                    .push_bind(&row.strength)
                    .push_bind(&row.dosage)
                    .push_bind(&row.frequency)
                    .push_bind(&row.route)
                    .push_bind(&row.duration)
                    .push_bind(row.quantity)
                    .push_bind(row.refills)
                    .push_bind(&row.instructions)
                    .push_bind(&row.indication)
                    .push_bind(Word(row.action))
                    .push_bind(row.is_ai_extracted)
                    .push_bind(now)
                    .push_bind(now);
            });
            sql.build().execute(conn).await.map(|_| ())
        })?;
    }
    Ok(())
}

/// Changes a symptom, or moves it to another place.
pub(super) async fn update_symptom(
    desk: &mut Desk,
    record: RecordId,
    Placed { position, row }: &Placed<Symptom>,
) -> Result<(), StoreError> {
    let now = At(desk.now());
    on!(desk, conn => {
        sqlx::query(UPDATE_SYMPTOM)
            .bind(Key::of(row.id))
            .bind(Key::of(record))
            .bind(*position)
            .bind(&row.symptom_name)
            .bind(&row.body_site)
            .bind(severity(row))
            .bind(&row.duration)
            .bind(&row.notes)
            .bind(row.negated)
            .bind(row.is_ai_extracted)
            .bind(now)
            .execute(conn)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// Changes a prescription, or moves it to another place.
pub(super) async fn update_prescription(
    desk: &mut Desk,
    record: RecordId,
    Placed { position, row }: &Placed<Prescription>,
) -> Result<(), StoreError> {
    let now = At(desk.now());
    on!(desk, conn => {
        sqlx::query(UPDATE_PRESCRIPTION)
            .bind(Key::of(row.id))
            .bind(Key::of(record))
            .bind(*position)
            .bind(&row.medication_name)
            .bind(&row.strength)
            .bind(&row.dosage)
            .bind(&row.frequency)
            .bind(&row.route)
            .bind(&row.duration)
            .bind(row.quantity)
            .bind(row.refills)
            .bind(&row.instructions)
            .bind(&row.indication)
            .bind(Word(row.action))
            .bind(row.is_ai_extracted)
            .bind(now)
            .execute(conn)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

pub(super) async fn delete_symptom(desk: &mut Desk, record: RecordId, row: Key) -> Result<(), StoreError> {
    delete(desk, DELETE_SYMPTOM, record, row).await
}

pub(super) async fn delete_prescription(
    desk: &mut Desk,
    record: RecordId,
    row: Key,
) -> Result<(), StoreError> {
    delete(desk, DELETE_PRESCRIPTION, record, row).await
}

async fn delete(desk: &mut Desk, sql: &'static str, record: RecordId, row: Key) -> Result<(), StoreError> {
    on!(desk, conn => {
        sqlx::query(sql).bind(row).bind(Key::of(record)).execute(conn).await.map(|_| ())
    })?;
    Ok(())
}
