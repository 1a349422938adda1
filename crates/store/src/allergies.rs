//! Keeps allergies, and the assertion that there are none, which is apart from nobody having asked.

use crate::audit::{Event, Verb};
use crate::column::{At, Key, Word};
use crate::database::on;
use crate::desk::Desk;
use crate::error::{Refusal, StoreError};
use crate::{many, merges, patients};
use chrono::NaiveDate;
use medrecord_clinic::access::Action;
use medrecord_clinic::allergy::{self, Allergy, AllergyDetails, AllergySeverity, AllergyStatus};
use medrecord_clinic::field;
use medrecord_clinic::ids::{AllergyId, PatientId};
use medrecord_clinic::time::Day;

#[derive(sqlx::FromRow)]
struct AllergyRow {
    id: Key,
    patient_id: Key,
    allergen: String,
    reaction: Option<String>,
    severity: Option<Word<AllergySeverity>>,
    onset_date: Option<NaiveDate>,
    status: Word<AllergyStatus>,
    status_reason: Option<String>,
    status_at: Option<At>,
    recorded_by: Option<Key>,
    created_at: At,
    updated_at: At,
    version: i32,
}

impl From<AllergyRow> for Allergy {
    fn from(row: AllergyRow) -> Self {
        Self {
            id: row.id.id(),
            patient_id: row.patient_id.id(),
            allergen: row.allergen,
            reaction: row.reaction,
            severity: row.severity.map(|word| word.0),
            onset_date: row.onset_date.map(Day),
            status: row.status.0,
            status_reason: row.status_reason,
            status_at: row.status_at.map(|at| at.0),
            recorded_by: row.recorded_by.map(Key::id),
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
            version: row.version,
        }
    }
}

const LIST: &str = "SELECT id, patient_id, allergen, reaction, severity, onset_date, status, status_reason, status_at, recorded_by,
        created_at, updated_at, version
    FROM allergies WHERE patient_id = $1";
const OF_PATIENTS_POSTGRES: &str = "SELECT id, patient_id, allergen, reaction, severity, onset_date, status, status_reason, status_at, recorded_by,
        created_at, updated_at, version
    FROM allergies WHERE patient_id IN (SELECT CAST(value AS uuid) FROM json_array_elements_text(CAST($1 AS json)))";
const OF_PATIENTS_SQLITE: &str = "SELECT id, patient_id, allergen, reaction, severity, onset_date, status, status_reason, status_at, recorded_by,
        created_at, updated_at, version
    FROM allergies WHERE patient_id IN (SELECT value FROM json_each($1))";
const FIND: &str = "SELECT id, patient_id, allergen, reaction, severity, onset_date, status, status_reason, status_at, recorded_by,
        created_at, updated_at, version
    FROM allergies WHERE id = $1";
const INSERT: &str = "INSERT INTO allergies (id, patient_id, allergen, reaction, severity, onset_date, recorded_by, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)";
const UPDATE: &str =
    "UPDATE allergies SET allergen = $3, reaction = $4, severity = $5, onset_date = $6, updated_at = $7,
        version = version + 1
    WHERE id = $1 AND version = $2";
const CHANGE_STATUS: &str = "UPDATE allergies SET status = $3, status_reason = $4, status_at = $5, updated_at = $5, version = version + 1
    WHERE id = $1 AND version = $2";
const ASSERT: &str = "UPDATE patients SET no_known_allergies_by = $2, no_known_allergies_at = $3, updated_at = $4, version = version + 1
    WHERE id = $1";
const WITHDRAW: &str =
    "UPDATE patients SET no_known_allergies_by = NULL, no_known_allergies_at = NULL, updated_at = $2,
        version = version + 1
    WHERE id = $1 AND no_known_allergies_at IS NOT NULL";

/// Lists a patient's allergies: those that count first, the worst on top.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn list(desk: &mut Desk, patient: PatientId) -> Result<Vec<Allergy>, Refusal> {
    desk.require(Action::ReadChart)?;
    let allergies = load_all(desk, patient).await?;
    desk.record(Event::new(Verb::Read, "allergy").of_patient(patient));
    Ok(allergies)
}

/// The same without a permission check or an event, for use cases of this crate that have done both.
pub(crate) async fn load_all(desk: &mut Desk, patient: PatientId) -> Result<Vec<Allergy>, StoreError> {
    let rows: Vec<AllergyRow> =
        on!(desk, conn => sqlx::query_as(LIST).bind(Key::of(patient)).fetch_all(conn).await)?;
    Ok(allergy::in_order(rows.into_iter().map(Allergy::from).collect()))
}

/// Lists the allergies of several patients at once, in the order of each list.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn of_patients(desk: &mut Desk, patients: &[PatientId]) -> Result<Vec<Allergy>, Refusal> {
    desk.require(Action::ReadChart)?;
    let sql = many::pick(desk, OF_PATIENTS_POSTGRES, OF_PATIENTS_SQLITE);
    let rows: Vec<AllergyRow> =
        on!(desk, conn => sqlx::query_as(sql).bind(many::keys(patients)).fetch_all(conn).await)?;
    desk.record(Event::new(Verb::Search, "allergy").with(serde_json::json!({ "count": rows.len() })));
    Ok(allergy::in_order(rows.into_iter().map(Allergy::from).collect()))
}

/// The allergy, which must be there.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::NotAllowed`].
pub async fn get(desk: &mut Desk, id: AllergyId) -> Result<Allergy, Refusal> {
    desk.require(Action::ReadChart)?;
    let allergy = load(desk, id).await?;
    desk.did(Verb::Read, "allergy", id, allergy.patient_id);
    Ok(allergy)
}

async fn load(desk: &mut Desk, id: AllergyId) -> Result<Allergy, Refusal> {
    let row: Option<AllergyRow> =
        on!(desk, conn => sqlx::query_as(FIND).bind(Key::of(id)).fetch_optional(conn).await)?;
    row.map(Allergy::from).ok_or(Refusal::NotFound("allergy"))
}

/// Adds an allergy; an assertion that there are none ends with it.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::NotAllowed`].
pub async fn add(
    desk: &mut Desk,
    patient: PatientId,
    details: &AllergyDetails,
) -> Result<AllergyId, Refusal> {
    desk.require(Action::WriteChart)?;
    patients::load(desk, patient).await?.ok_or(Refusal::NotFound("patient"))?;
    let id: AllergyId = desk.fresh_id()?;
    let now = At(desk.now());
    let by = desk.actor().id.map(Key::of);
    on!(desk, conn => {
        sqlx::query(INSERT)
            .bind(Key::of(id))
            .bind(Key::of(patient))
            .bind(&details.allergen)
            .bind(&details.reaction)
            .bind(details.severity.map(Word))
            .bind(details.onset_date.map(|day| day.0))
            .bind(by)
            .bind(now)
            .execute(conn)
            .await
            .map(|_| ())
    })?;
    desk.did(Verb::Create, "allergy", id, patient);
    withdraw(desk, patient).await?;
    Ok(id)
}

/// Changes an allergy; `seen` is the version that the person edited. Returns the new version.
///
/// # Errors
/// [`Refusal::Stale`], [`Refusal::NotFound`], [`Refusal::NotAllowed`].
pub async fn update(
    desk: &mut Desk,
    id: AllergyId,
    seen: i32,
    details: &AllergyDetails,
) -> Result<i32, Refusal> {
    desk.require(Action::WriteChart)?;
    let before = load(desk, id).await?;
    let now = At(desk.now());
    let changed = on!(desk, conn => {
        sqlx::query(UPDATE)
            .bind(Key::of(id))
            .bind(seen)
            .bind(&details.allergen)
            .bind(&details.reaction)
            .bind(details.severity.map(Word))
            .bind(details.onset_date.map(|day| day.0))
            .bind(now)
            .execute(conn)
            .await
            .map(|done| done.rows_affected())
    })?;
    if changed != 1 {
        return Err(Refusal::Stale { what: "allergy", seen, current: before.version });
    }
    desk.did(Verb::Update, "allergy", id, before.patient_id);
    Ok(seen + 1)
}

/// Says that an allergy counts, does not count any more, or never was; anything but "counts" needs a reason.
///
/// # Errors
/// [`Refusal::Invalid`] without a reason, [`Refusal::Stale`], [`Refusal::NotFound`], [`Refusal::NotAllowed`].
pub async fn change_status(
    desk: &mut Desk,
    id: AllergyId,
    seen: i32,
    status: AllergyStatus,
    reason: &str,
) -> Result<i32, Refusal> {
    desk.require(Action::WriteChart)?;
    let reason = match status {
        AllergyStatus::Active => field::optional("reason", "the reason", reason, field::SHORT)?,
        AllergyStatus::Inactive | AllergyStatus::EnteredInError => {
            Some(field::required("reason", "why it does not count", reason, field::SHORT)?)
        }
    };
    let before = load(desk, id).await?;
    let now = At(desk.now());
    let changed = on!(desk, conn => {
        sqlx::query(CHANGE_STATUS)
            .bind(Key::of(id))
            .bind(seen)
            .bind(Word(status))
            .bind(&reason)
            .bind(now)
            .execute(conn)
            .await
            .map(|done| done.rows_affected())
    })?;
    if changed != 1 {
        return Err(Refusal::Stale { what: "allergy", seen, current: before.version });
    }
    desk.record(
        Event::new(Verb::Update, "allergy")
            .about(id)
            .of_patient(before.patient_id)
            .with(serde_json::json!({ "status": status.as_str() })),
    );
    if status == AllergyStatus::Active {
        withdraw(desk, before.patient_id).await?;
    }
    Ok(seen + 1)
}

/// Asserts that the patient was asked and has no known allergies, by the person who acts, now.
///
/// # Errors
/// [`Refusal::Rule`] while an allergy on the list counts, or where the chart was merged; [`Refusal::NobodySignedIn`], [`Refusal::NotFound`],
/// [`Refusal::NotAllowed`].
pub async fn none_known(desk: &mut Desk, patient: PatientId) -> Result<(), Refusal> {
    desk.require(Action::WriteChart)?;
    let by = Key::of(desk.provider()?);
    patients::load(desk, patient).await?.ok_or(Refusal::NotFound("patient"))?;
    merges::refuse_alias(desk, patient).await?;
    if load_all(desk, patient).await?.iter().any(Allergy::is_active) {
        return Err(Refusal::Rule(
            "The list holds an allergy that counts; say of it that it does not before asserting that there are none."
                .to_owned(),
        ));
    }
    let now = At(desk.now());
    on!(desk, conn => {
        sqlx::query(ASSERT).bind(Key::of(patient)).bind(by).bind(now).bind(now).execute(conn).await.map(|_| ())
    })?;
    note_assertion(desk, patient, true);
    Ok(())
}

/// Takes the assertion of no known allergies back: nobody has asked, as far as the record goes.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn not_asked(desk: &mut Desk, patient: PatientId) -> Result<(), Refusal> {
    desk.require(Action::WriteChart)?;
    withdraw(desk, patient).await?;
    Ok(())
}

async fn withdraw(desk: &mut Desk, patient: PatientId) -> Result<(), StoreError> {
    let now = At(desk.now());
    let changed = on!(desk, conn => {
        sqlx::query(WITHDRAW)
            .bind(Key::of(patient))
            .bind(now)
            .execute(conn)
            .await
            .map(|done| done.rows_affected())
    })?;
    if changed == 1 {
        note_assertion(desk, patient, false);
    }
    Ok(())
}

fn note_assertion(desk: &mut Desk, patient: PatientId, asserted: bool) {
    desk.record(
        Event::new(Verb::Update, "patient")
            .about(patient)
            .of_patient(patient)
            .with(serde_json::json!({ "noKnownAllergies": asserted })),
    );
}
