//! Keeps patients: register, find, edit. Searching is in `search`, duplicates in [`crate::duplicates`].

use crate::audit::{Event, Verb};
use crate::column::{At, Key, Word};
use crate::database::on;
use crate::desk::Desk;
use crate::duplicates::{self, Candidate};
use crate::error::{Refusal, StoreError};
use crate::{many, merges};
use chrono::NaiveDate;
use medrecord_clinic::access::Action;
use medrecord_clinic::contact::Email;
use medrecord_clinic::duplicate::Identity;
use medrecord_clinic::ids::PatientId;
use medrecord_clinic::language::Language;
use medrecord_clinic::patient::{Patient, PatientDetails, Sex};
use medrecord_clinic::search::search_name;
use medrecord_clinic::time::Day;

mod search;
mod statements;

pub use search::{Listed, Page, count, list, list_page, search};

#[derive(sqlx::FromRow)]
pub(crate) struct PatientRow {
    pub(crate) id: Key,
    record_number: String,
    first_name: String,
    last_name: String,
    preferred_name: Option<String>,
    date_of_birth: NaiveDate,
    sex: Word<Sex>,
    phone: String,
    email: Option<String>,
    address: Option<String>,
    emergency_contact_name: String,
    emergency_contact_phone: String,
    emergency_contact_relationship: Option<String>,
    language: Option<String>,
    deceased_on: Option<NaiveDate>,
    no_known_allergies_by: Option<Key>,
    no_known_allergies_at: Option<At>,
    created_at: At,
    updated_at: At,
    version: i32,
}

impl From<PatientRow> for Patient {
    fn from(row: PatientRow) -> Self {
        Self {
            id: row.id.id(),
            record_number: row.record_number,
            first_name: row.first_name,
            last_name: row.last_name,
            preferred_name: row.preferred_name,
            date_of_birth: Day(row.date_of_birth),
            sex: row.sex.0,
            phone: row.phone,
            email: row.email,
            address: row.address,
            emergency_contact_name: row.emergency_contact_name,
            emergency_contact_phone: row.emergency_contact_phone,
            emergency_contact_relationship: row.emergency_contact_relationship,
            language: row.language.and_then(|tag| tag.parse().ok()),
            deceased_on: row.deceased_on.map(Day),
            no_known_allergies_by: row.no_known_allergies_by.map(Key::id),
            no_known_allergies_at: row.no_known_allergies_at.map(|at| at.0),
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
            version: row.version,
        }
    }
}

const FIND: &str = "SELECT id, record_number, first_name, last_name, preferred_name, date_of_birth, sex, phone, email, address,
        emergency_contact_name, emergency_contact_phone, emergency_contact_relationship, language, deceased_on,
        no_known_allergies_by, no_known_allergies_at, created_at, updated_at, version
    FROM patients WHERE id = $1";

const MANY_POSTGRES: &str = "SELECT id, record_number, first_name, last_name, preferred_name, date_of_birth, sex, phone, email, address,
        emergency_contact_name, emergency_contact_phone, emergency_contact_relationship, language, deceased_on,
        no_known_allergies_by, no_known_allergies_at, created_at, updated_at, version
    FROM patients WHERE id IN (SELECT CAST(value AS uuid) FROM json_array_elements_text(CAST($1 AS json)))";
const MANY_SQLITE: &str = "SELECT id, record_number, first_name, last_name, preferred_name, date_of_birth, sex, phone, email, address,
        emergency_contact_name, emergency_contact_phone, emergency_contact_relationship, language, deceased_on,
        no_known_allergies_by, no_known_allergies_at, created_at, updated_at, version
    FROM patients WHERE id IN (SELECT value FROM json_each($1))";
const INSERT: &str = "INSERT INTO patients (id, record_number, first_name, last_name, preferred_name, date_of_birth, sex, phone,
        phone_digits, email, address, emergency_contact_name, emergency_contact_phone,
        emergency_contact_relationship, language, search_name, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $17)";

const UPDATE: &str = "UPDATE patients SET first_name = $3, last_name = $4, preferred_name = $5, date_of_birth = $6, sex = $7,
        phone = $8, phone_digits = $9, email = $10, address = $11, emergency_contact_name = $12,
        emergency_contact_phone = $13, emergency_contact_relationship = $14, language = $15, search_name = $16,
        updated_at = $17, version = version + 1
    WHERE id = $1 AND version = $2";

/// Why a registration was refused.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// There are people on file who look like this one; the most alike first.
    #[error("{} patient(s) on file look like this one", .0.len())]
    Duplicates(Vec<Candidate>),
    /// Anything else.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

impl From<StoreError> for RegisterError {
    fn from(error: StoreError) -> Self {
        Self::Refused(error.into())
    }
}

/// Registers a patient under a record number of their own and returns the id, unless people on file look alike.
///
/// # Errors
/// [`RegisterError::Duplicates`]: show them, and call [`register_anyway`] where a person says it is somebody else;
/// [`Refusal::NotAllowed`].
pub async fn register(desk: &mut Desk, details: &PatientDetails) -> Result<PatientId, RegisterError> {
    let candidates = duplicates::candidates(desk, &Identity::from(details)).await?;
    if !candidates.is_empty() {
        return Err(RegisterError::Duplicates(candidates));
    }
    Ok(register_anyway(desk, details).await?)
}

/// Registers a patient without looking for duplicates: a person has seen them and said that this is somebody else.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn register_anyway(desk: &mut Desk, details: &PatientDetails) -> Result<PatientId, Refusal> {
    desk.require(Action::WritePatients)?;
    let id: PatientId = desk.fresh_id()?;
    let number = fresh_record_number(desk)?;
    insert(desk, id, &number, details).await?;
    Ok(id)
}

/// Registers a patient under a given id and record number; for seeds and imports.
///
/// # Errors
/// [`Refusal::NotAllowed`]; [`Refusal::Rule`] where the number is taken.
pub async fn register_as(
    desk: &mut Desk,
    id: PatientId,
    record_number: &str,
    details: &PatientDetails,
) -> Result<(), Refusal> {
    desk.require(Action::WritePatients)?;
    insert(desk, id, record_number, details).await
}

async fn insert(
    desk: &mut Desk,
    id: PatientId,
    record_number: &str,
    details: &PatientDetails,
) -> Result<(), Refusal> {
    let d = details;
    let now = At(desk.now());
    let done = on!(desk, conn => {
        sqlx::query(INSERT)
            .bind(Key::of(id))
            .bind(record_number)
            .bind(&d.first_name)
            .bind(&d.last_name)
            .bind(&d.preferred_name)
            .bind(d.date_of_birth.0)
            .bind(Word(d.sex))
            .bind(d.phone.as_str())
            .bind(d.phone.digits())
            .bind(d.email.as_ref().map(Email::as_str))
            .bind(&d.address)
            .bind(&d.emergency_contact_name)
            .bind(d.emergency_contact_phone.as_str())
            .bind(&d.emergency_contact_relationship)
            .bind(d.language.map(Language::as_str))
            .bind(search_name(&d.first_name, &d.last_name))
            .bind(now)
            .execute(conn)
            .await
            .map(|_| ())
    });
    done.map_err(StoreError::from).map_err(|error| {
        if error.violates("patients_record_number_key") {
            return Refusal::Rule(format!("The record number {record_number} is taken; choose another."));
        }
        error.into()
    })?;
    desk.did(Verb::Create, "patient", id, id);
    Ok(())
}

/// Finds a patient by id; the look is noted in the audit trail.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn find(desk: &mut Desk, id: PatientId) -> Result<Option<Patient>, Refusal> {
    desk.require(Action::ReadPatients)?;
    let found = load(desk, id).await?;
    if found.is_some() {
        desk.did(Verb::Read, "patient", id, id);
    }
    Ok(found)
}

/// The patient, who must be there.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::NotAllowed`].
pub async fn get(desk: &mut Desk, id: PatientId) -> Result<Patient, Refusal> {
    find(desk, id).await?.ok_or(Refusal::NotFound("patient"))
}

/// Several patients at once, in no order, as when their appointments are listed.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn many(desk: &mut Desk, ids: &[PatientId]) -> Result<Vec<Patient>, Refusal> {
    desk.require(Action::ReadPatients)?;
    let sql = many::pick(desk, MANY_POSTGRES, MANY_SQLITE);
    let rows: Vec<PatientRow> =
        on!(desk, conn => sqlx::query_as(sql).bind(many::keys(ids)).fetch_all(conn).await)?;
    desk.record(Event::new(Verb::Search, "patient").with(serde_json::json!({ "count": rows.len() })));
    Ok(rows.into_iter().map(Patient::from).collect())
}

/// Loads a patient without a permission check or an event, for use cases of this crate that have done both.
pub(crate) async fn load(desk: &mut Desk, id: PatientId) -> Result<Option<Patient>, StoreError> {
    let row: Option<PatientRow> =
        on!(desk, conn => sqlx::query_as(FIND).bind(Key::of(id)).fetch_optional(conn).await)?;
    Ok(row.map(Patient::from))
}

/// Changes who a patient is; `seen` is the version that the person edited. Returns the new version.
///
/// # Errors
/// [`Refusal::Stale`] where somebody else changed the row meanwhile, [`Refusal::Rule`] where the chart was merged into
/// another, [`Refusal::NotFound`], [`Refusal::NotAllowed`].
pub async fn update(
    desk: &mut Desk,
    id: PatientId,
    seen: i32,
    details: &PatientDetails,
) -> Result<i32, Refusal> {
    desk.require(Action::WritePatients)?;
    let before = load(desk, id).await?.ok_or(Refusal::NotFound("patient"))?;
    merges::refuse_alias(desk, id).await?;
    let d = details;
    let now = At(desk.now());
    let changed = on!(desk, conn => {
        sqlx::query(UPDATE)
            .bind(Key::of(id))
            .bind(seen)
            .bind(&d.first_name)
            .bind(&d.last_name)
            .bind(&d.preferred_name)
            .bind(d.date_of_birth.0)
            .bind(Word(d.sex))
            .bind(d.phone.as_str())
            .bind(d.phone.digits())
            .bind(d.email.as_ref().map(Email::as_str))
            .bind(&d.address)
            .bind(&d.emergency_contact_name)
            .bind(d.emergency_contact_phone.as_str())
            .bind(&d.emergency_contact_relationship)
            .bind(d.language.map(Language::as_str))
            .bind(search_name(&d.first_name, &d.last_name))
            .bind(now)
            .execute(conn)
            .await
            .map(|done| done.rows_affected())
    })?;
    if changed != 1 {
        return Err(Refusal::Stale { what: "patient", seen, current: before.version });
    }
    let fields = changed_fields(&before, details);
    desk.record(
        Event::new(Verb::Update, "patient")
            .about(id)
            .of_patient(id)
            .with(serde_json::json!({ "fields": fields })),
    );
    Ok(seen + 1)
}

/// Which fields an edit changes, by name, for the audit trail; never their content.
fn changed_fields(before: &Patient, after: &PatientDetails) -> Vec<&'static str> {
    let email = after.email.as_ref().map(Email::as_str);
    [
        ("firstName", before.first_name != after.first_name),
        ("lastName", before.last_name != after.last_name),
        ("preferredName", before.preferred_name != after.preferred_name),
        ("dateOfBirth", before.date_of_birth != after.date_of_birth),
        ("sex", before.sex != after.sex),
        ("phone", before.phone != after.phone.as_str()),
        ("email", before.email.as_deref() != email),
        ("address", before.address != after.address),
        ("emergencyContactName", before.emergency_contact_name != after.emergency_contact_name),
        ("emergencyContactPhone", before.emergency_contact_phone != after.emergency_contact_phone.as_str()),
        (
            "emergencyContactRelationship",
            before.emergency_contact_relationship != after.emergency_contact_relationship,
        ),
        ("language", before.language != after.language),
    ]
    .into_iter()
    .filter_map(|(field, changed)| changed.then_some(field))
    .collect()
}

/// A record number nobody has: eight signs without those that are mistaken for others, such as `K7QM-4XWT`.
fn fresh_record_number(desk: &Desk) -> Result<String, StoreError> {
    const SIGNS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let bytes: [u8; 8] = desk.random()?;
    let sign = |byte: &u8| SIGNS.get(usize::from(byte % 32)).copied().map_or('A', char::from);
    let (left, right): (Vec<_>, Vec<_>) = bytes.iter().enumerate().partition(|(at, _)| *at < 4);
    let text = |half: Vec<(usize, &u8)>| half.into_iter().map(|(_, byte)| sign(byte)).collect::<String>();
    Ok(format!("{}-{}", text(left), text(right)))
}
