//! Merges two charts of the same person, and takes a merge back.
//!
//! The chart that is given up stays on file as an alias: its row points to the one that stays, everything that belonged
//! to it moves there in one transaction, and which rows moved is kept with the merge. Signed records are not touched:
//! they hang on visits, and what was signed is proven with the patient of its day
//! ([`crate::medical_records::verify_digest`]). The trail stays as it was written. The work list is in `pairs.rs`, what was merged in
//! `list.rs`.

use crate::audit::{Event, Verb};
use crate::column::{At, Key, Word};
use crate::database::{Conn, on};
use crate::desk::Desk;
use crate::error::{Refusal, StoreError};
use crate::{allergies, patients};
use medrecord_clinic::access::Action;
use medrecord_clinic::allergy::Allergy;
use medrecord_clinic::ids::{MergeId, PatientId};
use medrecord_clinic::language::Language;
use medrecord_clinic::merge::{MergeField, merged, restored};
use medrecord_clinic::patient::Patient;
use medrecord_clinic::search::search_name;
use medrecord_clinic::time::Instant;
use moved::Rows;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::types::Json;

mod list;
mod moved;
mod pairs;

pub use list::{get, list, page};
pub use moved::tables;
pub use pairs::{Pair, pairs, tell_apart};

/// What is to be merged, as a person decided.
#[derive(Debug, Clone)]
pub struct Decision {
    /// The chart that stays, and the version that was looked at.
    pub kept: (PatientId, i32),
    /// The chart that is given up, and the version that was looked at.
    pub given_up: (PatientId, i32),
    /// Which details are taken from the chart that is given up.
    pub from_given_up: Vec<MergeField>,
    /// Why they are the same person.
    pub reason: String,
}

/// A merge that was made.
#[derive(Debug, Clone)]
pub struct Merge {
    /// The merge.
    pub id: MergeId,
    /// The chart that stays.
    pub kept: Patient,
    /// The chart that was given up.
    pub given_up: Patient,
    /// Why.
    pub reason: String,
    /// Who merged them.
    pub by: String,
    /// When.
    pub at: Instant,
    /// Who took it back, and when.
    pub undone: Option<(String, Instant)>,
}

/// What became of a merge that was taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undone {
    /// The chart that stayed and stays.
    pub kept: PatientId,
    /// The chart that is its own again.
    pub given_up: PatientId,
    /// Details that somebody changed since, and which so were left as they are.
    pub fields_left: Vec<MergeField>,
    /// How many rows came since the merge and stay with the chart that stayed, by table.
    pub rows_left: Vec<(&'static str, i64)>,
}

/// What is kept of a merge to take it back.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Kept {
    rows: Rows,
    before: Patient,
    after: Patient,
}

type MergeRow = (Key, Key, Json<Kept>, At);

/// The lock holds back new rows for either chart until the merge is made; SQLite lets in one writer anyhow.
const LOCK_POSTGRES: &str = "SELECT id FROM patients WHERE id IN ($1, $2) ORDER BY id FOR UPDATE";
const INTO: &str = "SELECT merged_into_id FROM patients WHERE id = $1";
const WRITE: &str = "UPDATE patients SET first_name = $2, last_name = $3, preferred_name = $4, date_of_birth = $5, sex = $6,
        phone = $7, phone_digits = $8, email = $9, address = $10, emergency_contact_name = $11,
        emergency_contact_phone = $12, emergency_contact_relationship = $13, language = $14, search_name = $15,
        deceased_on = $16, no_known_allergies_by = $17, no_known_allergies_at = $18, updated_at = $19, version = version + 1
    WHERE id = $1";
const POINT: &str =
    "UPDATE patients SET merged_into_id = $2, updated_at = $3, version = version + 1 WHERE id = $1";
const INSERT: &str =
    "INSERT INTO patient_merges (id, kept_patient_id, merged_patient_id, reason, moved, merged_by, merged_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)";
const FIND: &str =
    "SELECT kept_patient_id, merged_patient_id, moved, merged_at FROM patient_merges WHERE id = $1";
const UNDO: &str =
    "UPDATE patient_merges SET undone_by = $2, undone_at = $3 WHERE id = $1 AND undone_at IS NULL";

/// Merges two charts of the same person: details as chosen, everything moved, the other chart an alias from now on.
///
/// # Errors
/// [`Refusal::Stale`] where either chart changed since it was looked at, [`Refusal::Rule`] where one is merged already,
/// [`Refusal::NotFound`], [`Refusal::NotAllowed`].
pub async fn merge(desk: &mut Desk, decision: &Decision) -> Result<MergeId, Refusal> {
    desk.require(Action::WritePatients)?;
    desk.require(Action::WriteChart)?;
    let by = desk.provider()?;
    let (kept_id, other_id) = (decision.kept.0, decision.given_up.0);
    if kept_id == other_id {
        return Err(Refusal::Rule("Choose two different charts.".to_owned()));
    }
    lock(desk, kept_id, other_id).await?;
    for id in [kept_id, other_id] {
        if points_to(desk, id).await?.is_some() {
            return Err(Refusal::Rule("One of the charts was merged into another already.".to_owned()));
        }
    }
    let before = as_seen(desk, decision.kept).await?;
    let other = as_seen(desk, decision.given_up).await?;
    let mut after = merged(&before, &other, &decision.from_given_up);
    let rows = moved::take(desk, other_id, kept_id).await?;
    let (by_whom, when) = if has_allergies(desk, kept_id).await? {
        (None, None)
    } else if after.no_known_allergies_at.is_some() {
        (after.no_known_allergies_by, after.no_known_allergies_at)
    } else {
        (other.no_known_allergies_by, other.no_known_allergies_at)
    };
    (after.no_known_allergies_by, after.no_known_allergies_at) = (by_whom, when);
    write(desk, &after).await?;
    point(desk, other_id, Some(kept_id)).await?;
    let id: MergeId = desk.fresh_id()?;
    let counts: Vec<(String, usize)> = rows.iter().map(|(table, ids)| (table.clone(), ids.len())).collect();
    let kept = Json(Kept { rows, before, after });
    let now = At(desk.now());
    on!(desk, conn => {
        sqlx::query(INSERT)
            .bind(Key::of(id))
            .bind(Key::of(kept_id))
            .bind(Key::of(other_id))
            .bind(&decision.reason)
            .bind(&kept)
            .bind(Key::of(by))
            .bind(now)
            .execute(conn)
            .await
            .map(|_| ())
    })?;
    let fields: Vec<&str> = decision.from_given_up.iter().map(|field| field.as_str()).collect();
    for patient in [kept_id, other_id] {
        desk.record(
            Event::new(Verb::Create, "patient_merge")
                .about(id)
                .of_patient(patient)
                .with(json!({ "moved": counts, "fields": fields })),
        );
    }
    Ok(id)
}

/// Takes a merge back: the rows that moved go back, with what was added to their visits since; details that the merge
/// changed are as before, unless somebody changed them since.
///
/// # Errors
/// [`Refusal::Rule`] where it was taken back already, or where the chart that stayed was itself merged since;
/// [`Refusal::NotFound`], [`Refusal::NotAllowed`].
pub async fn unmerge(desk: &mut Desk, id: MergeId) -> Result<Undone, Refusal> {
    desk.require(Action::WritePatients)?;
    desk.require(Action::WriteChart)?;
    let by = desk.provider()?;
    let row: Option<MergeRow> =
        on!(desk, conn => sqlx::query_as(FIND).bind(Key::of(id)).fetch_optional(conn).await)?;
    let (kept_id, other_id, Json(kept), merged_at) = row.ok_or(Refusal::NotFound("merge"))?;
    let (kept_id, other_id): (PatientId, PatientId) = (kept_id.id(), other_id.id());
    lock(desk, kept_id, other_id).await?;
    if points_to(desk, kept_id).await?.is_some() {
        let words = "The chart that stayed was merged into another one since. Take that merge back first.";
        return Err(Refusal::Rule(words.to_owned()));
    }
    let now = At(desk.now());
    let changed = on!(desk, conn => {
        sqlx::query(UNDO)
            .bind(Key::of(id))
            .bind(Key::of(by))
            .bind(now)
            .execute(conn)
            .await
            .map(|done| done.rows_affected())
    })?;
    if changed != 1 || points_to(desk, other_id).await? != Some(kept_id) {
        return Err(Refusal::Rule("This merge was taken back already.".to_owned()));
    }
    point(desk, other_id, None).await?;
    moved::give_back(desk, &kept.rows, kept_id, other_id).await?;
    let fields_left = put_back(desk, &kept, other_id).await?;
    let rows_left = moved::later(desk, kept_id, merged_at.0).await?;
    for patient in [kept_id, other_id] {
        desk.record(
            Event::new(Verb::Delete, "patient_merge")
                .about(id)
                .of_patient(patient)
                .with(json!({ "left": rows_left })),
        );
    }
    Ok(Undone { kept: kept_id, given_up: other_id, fields_left, rows_left })
}

/// Gives both patients the details that they had; returns those that were changed since and stay.
async fn put_back(desk: &mut Desk, kept: &Kept, other: PatientId) -> Result<Vec<MergeField>, Refusal> {
    let now = patients::load(desk, kept.before.id).await?.ok_or(Refusal::NotFound("patient"))?;
    let (back, fields_left) = restored(&now, &kept.before, &kept.after);
    let other = patients::load(desk, other).await?.ok_or(Refusal::NotFound("patient"))?;
    for (now, mut back) in [(now, back), (other.clone(), other)] {
        // An allergy that was entered or counts again since speaks against what was asserted before.
        if has_allergies(desk, back.id).await? {
            (back.no_known_allergies_by, back.no_known_allergies_at) = (None, None);
        }
        if back != now {
            write(desk, &back).await?;
        }
    }
    Ok(fields_left)
}

/// The chart that a patient's chart was merged into, however often; `None` where it is its own.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn survivor(desk: &mut Desk, patient: PatientId) -> Result<Option<PatientId>, Refusal> {
    desk.require(Action::ReadPatients)?;
    let mut last = None;
    let mut at = patient;
    while let Some(next) = points_to(desk, at).await? {
        last = Some(next);
        at = next;
    }
    Ok(last)
}

/// The chart that a chart was merged into; for use cases of this crate that have asked for permission.
pub(crate) async fn points_to(desk: &mut Desk, patient: PatientId) -> Result<Option<PatientId>, StoreError> {
    let into: Option<Option<Key>> =
        on!(desk, conn => sqlx::query_scalar(INTO).bind(Key::of(patient)).fetch_optional(conn).await)?;
    Ok(into.flatten().map(Key::id))
}

/// Refuses a change of a chart that was merged into another: nobody would see it.
pub(crate) async fn refuse_alias(desk: &mut Desk, patient: PatientId) -> Result<(), Refusal> {
    if points_to(desk, patient).await?.is_some() { Err(Refusal::merged()) } else { Ok(()) }
}

async fn lock(desk: &mut Desk, one: PatientId, other: PatientId) -> Result<(), StoreError> {
    if let Conn::Postgres(conn) = desk.conn() {
        sqlx::query(LOCK_POSTGRES).bind(Key::of(one)).bind(Key::of(other)).execute(conn).await?;
    }
    Ok(())
}

async fn has_allergies(desk: &mut Desk, patient: PatientId) -> Result<bool, StoreError> {
    Ok(allergies::load_all(desk, patient).await?.iter().any(Allergy::is_active))
}

/// The patient, where nobody changed the row since it was looked at.
async fn as_seen(desk: &mut Desk, (id, seen): (PatientId, i32)) -> Result<Patient, Refusal> {
    let patient = patients::load(desk, id).await?.ok_or(Refusal::NotFound("patient"))?;
    if patient.version != seen {
        return Err(Refusal::Stale { what: "patient", seen, current: patient.version });
    }
    Ok(patient)
}

async fn point(desk: &mut Desk, patient: PatientId, into: Option<PatientId>) -> Result<(), StoreError> {
    let now = At(desk.now());
    on!(desk, conn => {
        sqlx::query(POINT)
            .bind(Key::of(patient))
            .bind(into.map(Key::of))
            .bind(now)
            .execute(conn)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

async fn write(desk: &mut Desk, patient: &Patient) -> Result<(), StoreError> {
    let p = patient;
    let digits: String = p.phone.chars().filter(char::is_ascii_digit).collect();
    let now = At(desk.now());
    on!(desk, conn => {
        sqlx::query(WRITE)
            .bind(Key::of(p.id))
            .bind(&p.first_name)
            .bind(&p.last_name)
            .bind(&p.preferred_name)
            .bind(p.date_of_birth.0)
            .bind(Word(p.sex))
            .bind(&p.phone)
            .bind(&digits)
            .bind(&p.email)
            .bind(&p.address)
            .bind(&p.emergency_contact_name)
            .bind(&p.emergency_contact_phone)
            .bind(&p.emergency_contact_relationship)
            .bind(p.language.map(Language::as_str))
            .bind(search_name(&p.first_name, &p.last_name))
            .bind(p.deceased_on.map(|day| day.0))
            .bind(p.no_known_allergies_by.map(Key::of))
            .bind(p.no_known_allergies_at.map(At))
            .bind(now)
            .execute(conn)
            .await
            .map(|_| ())
    })?;
    Ok(())
}
