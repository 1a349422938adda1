//! Keeps chronic conditions: a patient's problem list.

use crate::audit::{Event, Verb};
use crate::column::{At, Key};
use crate::database::on;
use crate::desk::Desk;
use crate::error::Refusal;
use crate::{many, patients};
use chrono::NaiveDate;
use medrecord_clinic::access::Action;
use medrecord_clinic::condition::{self, ChronicCondition, ConditionDetails};
use medrecord_clinic::field;
use medrecord_clinic::ids::{ConditionId, PatientId};
use medrecord_clinic::time::Day;

#[derive(sqlx::FromRow)]
struct ConditionRow {
    id: Key,
    patient_id: Key,
    condition_name: String,
    diagnosis_date: Option<NaiveDate>,
    status: Option<String>,
    notes: Option<String>,
    status_reason: Option<String>,
    status_at: Option<At>,
    ended_on: Option<NaiveDate>,
    recorded_by: Option<Key>,
    created_at: At,
    updated_at: At,
    version: i32,
}

impl From<ConditionRow> for ChronicCondition {
    fn from(row: ConditionRow) -> Self {
        Self {
            id: row.id.id(),
            patient_id: row.patient_id.id(),
            condition_name: row.condition_name,
            diagnosis_date: row.diagnosis_date.map(Day),
            status: row.status,
            notes: row.notes,
            status_reason: row.status_reason,
            status_at: row.status_at.map(|at| at.0),
            ended_on: row.ended_on.map(Day),
            recorded_by: row.recorded_by.map(Key::id),
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
            version: row.version,
        }
    }
}

const LIST: &str = "SELECT id, patient_id, condition_name, diagnosis_date, status, notes, status_reason, status_at, ended_on,
        recorded_by, created_at, updated_at, version
    FROM chronic_conditions WHERE patient_id = $1";
const OF_PATIENTS_POSTGRES: &str = "SELECT id, patient_id, condition_name, diagnosis_date, status, notes, status_reason, status_at, ended_on,
        recorded_by, created_at, updated_at, version
    FROM chronic_conditions WHERE patient_id IN (SELECT CAST(value AS uuid) FROM json_array_elements_text(CAST($1 AS json)))";
const OF_PATIENTS_SQLITE: &str = "SELECT id, patient_id, condition_name, diagnosis_date, status, notes, status_reason, status_at, ended_on,
        recorded_by, created_at, updated_at, version
    FROM chronic_conditions WHERE patient_id IN (SELECT value FROM json_each($1))";
const FIND: &str = "SELECT id, patient_id, condition_name, diagnosis_date, status, notes, status_reason, status_at, ended_on,
        recorded_by, created_at, updated_at, version
    FROM chronic_conditions WHERE id = $1";
const INSERT: &str = "INSERT INTO chronic_conditions (id, patient_id, condition_name, diagnosis_date, status, notes, recorded_by,
        created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)";
const UPDATE: &str = "UPDATE chronic_conditions SET condition_name = $3, diagnosis_date = $4, status = $5, notes = $6, updated_at = $7,
        version = version + 1
    WHERE id = $1 AND version = $2";
const CHANGE_STATUS: &str = "UPDATE chronic_conditions SET status = $3, status_reason = $4, status_at = $5, ended_on = $6, updated_at = $5,
        version = version + 1
    WHERE id = $1 AND version = $2";

/// Lists a patient's conditions, those that go on first.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn list(desk: &mut Desk, patient: PatientId) -> Result<Vec<ChronicCondition>, Refusal> {
    desk.require(Action::ReadChart)?;
    let rows: Vec<ConditionRow> =
        on!(desk, conn => sqlx::query_as(LIST).bind(Key::of(patient)).fetch_all(conn).await)?;
    desk.record(Event::new(Verb::Read, "chronic_condition").of_patient(patient));
    Ok(condition::in_order(rows.into_iter().map(ChronicCondition::from).collect()))
}

/// Lists the conditions of several patients at once, in the order of each list.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn of_patients(desk: &mut Desk, patients: &[PatientId]) -> Result<Vec<ChronicCondition>, Refusal> {
    desk.require(Action::ReadChart)?;
    let sql = many::pick(desk, OF_PATIENTS_POSTGRES, OF_PATIENTS_SQLITE);
    let rows: Vec<ConditionRow> =
        on!(desk, conn => sqlx::query_as(sql).bind(many::keys(patients)).fetch_all(conn).await)?;
    desk.record(
        Event::new(Verb::Search, "chronic_condition").with(serde_json::json!({ "count": rows.len() })),
    );
    Ok(condition::in_order(rows.into_iter().map(ChronicCondition::from).collect()))
}

/// The condition, which must be there.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::NotAllowed`].
pub async fn get(desk: &mut Desk, id: ConditionId) -> Result<ChronicCondition, Refusal> {
    desk.require(Action::ReadChart)?;
    let condition = load(desk, id).await?;
    desk.did(Verb::Read, "chronic_condition", id, condition.patient_id);
    Ok(condition)
}

async fn load(desk: &mut Desk, id: ConditionId) -> Result<ChronicCondition, Refusal> {
    let row: Option<ConditionRow> =
        on!(desk, conn => sqlx::query_as(FIND).bind(Key::of(id)).fetch_optional(conn).await)?;
    row.map(ChronicCondition::from).ok_or(Refusal::NotFound("condition"))
}

/// Adds a condition.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::NotAllowed`].
pub async fn add(
    desk: &mut Desk,
    patient: PatientId,
    details: &ConditionDetails,
) -> Result<ConditionId, Refusal> {
    desk.require(Action::WriteChart)?;
    patients::load(desk, patient).await?.ok_or(Refusal::NotFound("patient"))?;
    let id: ConditionId = desk.fresh_id()?;
    let now = At(desk.now());
    let by = desk.actor().id.map(Key::of);
    on!(desk, conn => {
        sqlx::query(INSERT)
            .bind(Key::of(id))
            .bind(Key::of(patient))
            .bind(&details.condition_name)
            .bind(details.diagnosis_date.map(|day| day.0))
            .bind(&details.status)
            .bind(&details.notes)
            .bind(by)
            .bind(now)
            .execute(conn)
            .await
            .map(|_| ())
    })?;
    desk.did(Verb::Create, "chronic_condition", id, patient);
    Ok(id)
}

/// Changes a condition; `seen` is the version that the person edited. Returns the new version.
///
/// # Errors
/// [`Refusal::Stale`], [`Refusal::NotFound`], [`Refusal::NotAllowed`].
pub async fn update(
    desk: &mut Desk,
    id: ConditionId,
    seen: i32,
    details: &ConditionDetails,
) -> Result<i32, Refusal> {
    desk.require(Action::WriteChart)?;
    let before = load(desk, id).await?;
    let now = At(desk.now());
    let changed = on!(desk, conn => {
        sqlx::query(UPDATE)
            .bind(Key::of(id))
            .bind(seen)
            .bind(&details.condition_name)
            .bind(details.diagnosis_date.map(|day| day.0))
            .bind(&details.status)
            .bind(&details.notes)
            .bind(now)
            .execute(conn)
            .await
            .map(|done| done.rows_affected())
    })?;
    if changed != 1 {
        return Err(Refusal::Stale { what: "condition", seen, current: before.version });
    }
    desk.did(Verb::Update, "chronic_condition", id, before.patient_id);
    Ok(seen + 1)
}

/// Gives a condition another status, such as `resolved`; one entered in error needs a reason. `today` becomes the day
/// on which it was over.
///
/// # Errors
/// [`Refusal::Invalid`], [`Refusal::Stale`], [`Refusal::NotFound`], [`Refusal::NotAllowed`].
pub async fn change_status(
    desk: &mut Desk,
    (id, seen): (ConditionId, i32),
    status: &str,
    reason: &str,
    today: Day,
) -> Result<i32, Refusal> {
    desk.require(Action::WriteChart)?;
    let status = field::required("status", "a status", status, 50)?;
    let reason = if status == condition::ENTERED_IN_ERROR {
        Some(field::required("reason", "why it was entered in error", reason, field::SHORT)?)
    } else {
        field::optional("reason", "the reason", reason, field::SHORT)?
    };
    let before = load(desk, id).await?;
    let now = At(desk.now());
    let ended_on = (status == condition::RESOLVED).then_some(today.0);
    let changed = on!(desk, conn => {
        sqlx::query(CHANGE_STATUS)
            .bind(Key::of(id))
            .bind(seen)
            .bind(&status)
            .bind(&reason)
            .bind(now)
            .bind(ended_on)
            .execute(conn)
            .await
            .map(|done| done.rows_affected())
    })?;
    if changed != 1 {
        return Err(Refusal::Stale { what: "condition", seen, current: before.version });
    }
    desk.did(Verb::Update, "chronic_condition", id, before.patient_id);
    Ok(seen + 1)
}
