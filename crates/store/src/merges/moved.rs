//! The rows that belong to a patient: which tables, and how their rows go from one patient to another and back.
//!
//! Versions and times of writing stay as they are: moving a row changes nothing of what it says.

use crate::column::{At, Key};
use crate::database::on;
use crate::desk::Desk;
use crate::error::StoreError;
use crate::many;
use medrecord_clinic::ids::PatientId;
use medrecord_clinic::time::Instant;
use std::collections::BTreeMap;
use uuid::Uuid;

/// One table whose rows belong to a patient, with its statements.
struct Belongings {
    table: &'static str,
    ids: &'static str,
    take: &'static str,
    give_postgres: &'static str,
    give_sqlite: &'static str,
    later: &'static str,
}

macro_rules! belongings {
    ($($table:literal dated $at:literal),+ $(,)?) => {
        [$(Belongings {
            table: $table,
            ids: concat!("SELECT id FROM ", $table, " WHERE patient_id = $1 ORDER BY id"),
            take: concat!("UPDATE ", $table, " SET patient_id = $2 WHERE patient_id = $1"),
            give_postgres: concat!("UPDATE ", $table, " SET patient_id = $2 WHERE patient_id = $1
    AND id IN (SELECT CAST(value AS uuid) FROM json_array_elements_text(CAST($3 AS json)))"),
            give_sqlite: concat!("UPDATE ", $table, " SET patient_id = $2 WHERE patient_id = $1
    AND id IN (SELECT value FROM json_each($3))"),
            later: concat!("SELECT count(*) FROM ", $table, " WHERE patient_id = $1 AND ", $at, " > $2"),
        }),+]
    };
}

/// Every table with a patient but the trail, which stays as it was written. A hold goes with what it holds.
const ALL: [Belongings; 10] = belongings![
    "allergies" dated "created_at",
    "chronic_conditions" dated "created_at",
    "medications" dated "created_at",
    "appointments" dated "created_at",
    "attachments" dated "created_at",
    "letters" dated "kept_at",
    "consents" dated "asked_at",
    "recordings" dated "started_at",
    "legal_holds" dated "placed_at",
    "waiting_entries" dated "created_at",
];

/// What was made since the merge and hangs on a visit that goes back goes back with it.
const FOLLOWERS_POSTGRES: [(&str, &str); 6] = [
    (
        "attachments",
        "SELECT id FROM attachments WHERE patient_id = $1
    AND appointment_id IN (SELECT CAST(value AS uuid) FROM json_array_elements_text(CAST($2 AS json)))",
    ),
    (
        "letters",
        "SELECT l.id FROM letters AS l
    JOIN medical_records AS r ON r.id = l.medical_record_id
    WHERE l.patient_id = $1
        AND r.appointment_id IN (SELECT CAST(value AS uuid) FROM json_array_elements_text(CAST($2 AS json)))",
    ),
    (
        "consents",
        "SELECT id FROM consents WHERE patient_id = $1
    AND appointment_id IN (SELECT CAST(value AS uuid) FROM json_array_elements_text(CAST($2 AS json)))",
    ),
    (
        "recordings",
        "SELECT id FROM recordings WHERE patient_id = $1
    AND appointment_id IN (SELECT CAST(value AS uuid) FROM json_array_elements_text(CAST($2 AS json)))",
    ),
    (
        "waiting_entries",
        "SELECT id FROM waiting_entries WHERE patient_id = $1
    AND appointment_id IN (SELECT CAST(value AS uuid) FROM json_array_elements_text(CAST($2 AS json)))",
    ),
    (
        "medications",
        "SELECT m.id FROM medications AS m
    JOIN prescriptions AS p ON p.id = m.prescription_id
    JOIN medical_records AS r ON r.id = p.medical_record_id
    WHERE m.patient_id = $1
        AND r.appointment_id IN (SELECT CAST(value AS uuid) FROM json_array_elements_text(CAST($2 AS json)))",
    ),
];
const FOLLOWERS_SQLITE: [(&str, &str); 6] = [
    (
        "attachments",
        "SELECT id FROM attachments WHERE patient_id = $1
    AND appointment_id IN (SELECT value FROM json_each($2))",
    ),
    (
        "letters",
        "SELECT l.id FROM letters AS l
    JOIN medical_records AS r ON r.id = l.medical_record_id
    WHERE l.patient_id = $1
        AND r.appointment_id IN (SELECT value FROM json_each($2))",
    ),
    (
        "consents",
        "SELECT id FROM consents WHERE patient_id = $1
    AND appointment_id IN (SELECT value FROM json_each($2))",
    ),
    (
        "recordings",
        "SELECT id FROM recordings WHERE patient_id = $1
    AND appointment_id IN (SELECT value FROM json_each($2))",
    ),
    (
        "waiting_entries",
        "SELECT id FROM waiting_entries WHERE patient_id = $1
    AND appointment_id IN (SELECT value FROM json_each($2))",
    ),
    (
        "medications",
        "SELECT m.id FROM medications AS m
    JOIN prescriptions AS p ON p.id = m.prescription_id
    JOIN medical_records AS r ON r.id = p.medical_record_id
    WHERE m.patient_id = $1 AND r.appointment_id IN (SELECT value FROM json_each($2))",
    ),
];

/// Ids of rows by their table.
pub(super) type Rows = BTreeMap<String, Vec<Uuid>>;

/// The tables whose rows a merge moves.
pub fn tables() -> Vec<&'static str> {
    ALL.iter().map(|own| own.table).collect()
}

/// Moves everything of one patient to another; returns what was moved.
pub(super) async fn take(desk: &mut Desk, from: PatientId, to: PatientId) -> Result<Rows, StoreError> {
    let mut moved = Rows::new();
    for own in &ALL {
        let ids: Vec<Key> =
            on!(desk, conn => sqlx::query_scalar(own.ids).bind(Key::of(from)).fetch_all(conn).await)?;
        if ids.is_empty() {
            continue;
        }
        on!(desk, conn => {
            sqlx::query(own.take).bind(Key::of(from)).bind(Key::of(to)).execute(conn).await.map(|_| ())
        })?;
        moved.insert(own.table.to_owned(), ids.into_iter().map(|key| key.0).collect());
    }
    Ok(moved)
}

/// Gives rows back, those that hang on a visit that goes back with them.
pub(super) async fn give_back(
    desk: &mut Desk,
    moved: &Rows,
    from: PatientId,
    to: PatientId,
) -> Result<(), StoreError> {
    let mut rows = moved.clone();
    let visits = many::keys(moved.get("appointments").map(Vec::as_slice).unwrap_or_default());
    for (postgres, sqlite) in FOLLOWERS_POSTGRES.into_iter().zip(FOLLOWERS_SQLITE) {
        let sql = many::pick(desk, postgres.1, sqlite.1);
        let ids: Vec<Key> = on!(desk, conn => {
            sqlx::query_scalar(sql).bind(Key::of(from)).bind(&visits).fetch_all(conn).await
        })?;
        rows.entry(postgres.0.to_owned()).or_default().extend(ids.into_iter().map(|key| key.0));
    }
    for own in &ALL {
        let Some(ids) = rows.get(own.table).filter(|ids| !ids.is_empty()) else { continue };
        let sql = many::pick(desk, own.give_postgres, own.give_sqlite);
        let keys = many::keys(ids);
        on!(desk, conn => {
            sqlx::query(sql).bind(Key::of(from)).bind(Key::of(to)).bind(&keys).execute(conn).await.map(|_| ())
        })?;
    }
    Ok(())
}

/// How many rows of each table a patient got after an instant.
pub(super) async fn later(
    desk: &mut Desk,
    patient: PatientId,
    since: Instant,
) -> Result<Vec<(&'static str, i64)>, StoreError> {
    let mut counts = Vec::new();
    for own in &ALL {
        let count: i64 = on!(desk, conn => {
            sqlx::query_scalar(own.later).bind(Key::of(patient)).bind(At(since)).fetch_one(conn).await
        })?;
        if count > 0 {
            counts.push((own.table, count));
        }
    }
    Ok(counts)
}
