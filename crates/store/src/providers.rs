//! Keeps the people of the practice who sign in.

use crate::audit::{Event, Verb};
use crate::column::{At, Key, Word};
use crate::database::on;
use crate::desk::Desk;
use crate::error::{Refusal, StoreError};
use crate::sessions::{self, EndReason};
use medrecord_clinic::access::Action;
use medrecord_clinic::field::Problems;
use medrecord_clinic::ids::{ProviderId, SessionId};
use medrecord_clinic::language::Language;
use medrecord_clinic::provider::{Provider, Role};
use serde_json::json;

/// A person to add.
pub use medrecord_clinic::provider::ProviderDetails as NewProvider;

#[derive(sqlx::FromRow)]
struct ProviderRow {
    id: Key,
    email: String,
    first_name: String,
    last_name: String,
    specialty: Option<String>,
    license_number: Option<String>,
    phone: Option<String>,
    role: Word<Role>,
    disabled_at: Option<At>,
    version: i32,
}

impl From<ProviderRow> for Provider {
    fn from(row: ProviderRow) -> Self {
        Self {
            id: row.id.id(),
            email: row.email,
            first_name: row.first_name,
            last_name: row.last_name,
            specialty: row.specialty,
            license_number: row.license_number,
            phone: row.phone,
            role: row.role.0,
            disabled: row.disabled_at.is_some(),
            version: row.version,
        }
    }
}

const INSERT: &str =
    "INSERT INTO providers (id, email, password_hash, first_name, last_name, specialty, license_number, role,
        created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)";
const FIND: &str =
    "SELECT id, email, first_name, last_name, specialty, license_number, phone, role, disabled_at, version
    FROM providers WHERE id = $1";
const FIND_BY_EMAIL: &str =
    "SELECT id, email, first_name, last_name, specialty, license_number, phone, role, disabled_at, version
    FROM providers WHERE lower(email) = lower($1)";
const LIST: &str =
    "SELECT id, email, first_name, last_name, specialty, license_number, phone, role, disabled_at, version
    FROM providers ORDER BY last_name, first_name, id";
const UPDATE: &str =
    "UPDATE providers SET email = $3, first_name = $4, last_name = $5, specialty = $6, license_number = $7, role = $8,
        updated_at = $9, version = version + 1
    WHERE id = $1 AND version = $2";
const SET_PASSWORD: &str =
    "UPDATE providers SET password_hash = $2, updated_at = $3, version = version + 1 WHERE id = $1";
const SET_LANGUAGE: &str =
    "UPDATE providers SET language = $2, updated_at = $3, version = version + 1 WHERE id = $1";
const DISABLE: &str =
    "UPDATE providers SET disabled_at = COALESCE(disabled_at, $2), updated_at = $2, version = version + 1
    WHERE id = $1";
const REVOKE_TOKENS: &str =
    "UPDATE api_tokens SET revoked_at = $2 WHERE provider_id = $1 AND revoked_at IS NULL";
const OTHER_ADMINS: &str =
    "SELECT COUNT(*) FROM providers WHERE role = 'admin' AND disabled_at IS NULL AND id <> $1";

/// Adds a person with a password's hash.
///
/// # Errors
/// [`Refusal::Invalid`] where the address is taken, [`Refusal::NotAllowed`].
pub async fn add(desk: &mut Desk, new: &NewProvider, password_hash: &str) -> Result<ProviderId, Refusal> {
    desk.require(Action::ManageProviders)?;
    let id: ProviderId = desk.fresh_id()?;
    let now = At(desk.now());
    let done = on!(desk, conn => {
        sqlx::query(INSERT)
            .bind(Key::of(id))
            .bind(new.email.as_str())
            .bind(password_hash)
            .bind(&new.first_name)
            .bind(&new.last_name)
            .bind(&new.specialty)
            .bind(&new.license_number)
            .bind(Word(new.role))
            .bind(now)
            .execute(conn)
            .await
            .map(|_| ())
    });
    done.map_err(StoreError::from).map_err(taken)?;
    desk.record(Event::new(Verb::Create, "provider").about(id));
    Ok(id)
}

/// Says who else has the address.
fn taken(error: StoreError) -> Refusal {
    if error.violates("providers_email_key") {
        let words = "Somebody already signs in with this address.";
        return Refusal::Invalid(Problems::one("email", "taken", words));
    }
    error.into()
}

/// Changes who a person is; `seen` is the version that was edited. Returns the new version.
///
/// # Errors
/// [`Refusal::Stale`], [`Refusal::NotFound`], [`Refusal::NotAllowed`]; [`Refusal::Invalid`] where the address is taken
/// or the last administrator would be none any more.
pub async fn update(
    desk: &mut Desk,
    id: ProviderId,
    seen: i32,
    details: &NewProvider,
) -> Result<i32, Refusal> {
    desk.require(Action::ManageProviders)?;
    let before = find(desk, id).await?.ok_or(Refusal::NotFound("provider"))?;
    if before.role == Role::Admin && details.role != Role::Admin && is_last_admin(desk, id).await? {
        let words = "This is the last administrator; make somebody else one first.";
        return Err(Refusal::Invalid(Problems::one("role", "last", words)));
    }
    let (d, now) = (details, At(desk.now()));
    let done = on!(desk, conn => {
        sqlx::query(UPDATE)
            .bind(Key::of(id))
            .bind(seen)
            .bind(d.email.as_str())
            .bind(&d.first_name)
            .bind(&d.last_name)
            .bind(&d.specialty)
            .bind(&d.license_number)
            .bind(Word(d.role))
            .bind(now)
            .execute(conn)
            .await
            .map(|done| done.rows_affected())
    });
    if done.map_err(StoreError::from).map_err(taken)? != 1 {
        return Err(Refusal::Stale { what: "provider", seen, current: before.version });
    }
    desk.record(Event::new(Verb::Update, "provider").about(id).with(json!({ "role": d.role.as_str() })));
    Ok(seen + 1)
}

async fn is_last_admin(desk: &mut Desk, id: ProviderId) -> Result<bool, StoreError> {
    let others: i64 =
        on!(desk, conn => sqlx::query_scalar(OTHER_ADMINS).bind(Key::of(id)).fetch_one(conn).await)?;
    Ok(others == 0)
}

/// Finds a person by id; names of colleagues are no secret, so nothing is noted.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn find(desk: &mut Desk, id: ProviderId) -> Result<Option<Provider>, Refusal> {
    desk.require(Action::ReadSchedule)?;
    let row: Option<ProviderRow> =
        on!(desk, conn => sqlx::query_as(FIND).bind(Key::of(id)).fetch_optional(conn).await)?;
    Ok(row.map(Provider::from))
}

/// Everybody, by family name.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn list(desk: &mut Desk) -> Result<Vec<Provider>, Refusal> {
    desk.require(Action::ReadSchedule)?;
    let rows: Vec<ProviderRow> = on!(desk, conn => sqlx::query_as(LIST).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(Provider::from).collect())
}

/// Finds a person by the address to sign in with, however it is written.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn find_by_email(desk: &mut Desk, email: &str) -> Result<Option<Provider>, Refusal> {
    desk.require(Action::ReadSchedule)?;
    let row: Option<ProviderRow> =
        on!(desk, conn => sqlx::query_as(FIND_BY_EMAIL).bind(email.trim()).fetch_optional(conn).await)?;
    Ok(row.map(Provider::from))
}

/// Adds a person unless the address is already somebody's; that account then stays as it is.
///
/// Yields the person's id, and whether it was added.
///
/// # Errors
/// As [`add`].
pub async fn add_if_missing(
    desk: &mut Desk,
    new: &NewProvider,
    password_hash: &str,
) -> Result<(ProviderId, bool), Refusal> {
    if let Some(found) = find_by_email(desk, new.email.as_str()).await? {
        return Ok((found.id, false));
    }
    Ok((add(desk, new, password_hash).await?, true))
}

/// Gives a person another password and ends all sessions but `keep`, the one in which it was changed.
///
/// # Errors
/// [`Refusal::NotFound`]; [`Refusal::NotAllowed`] for somebody else's without [`Action::ManageProviders`].
pub async fn set_password(
    desk: &mut Desk,
    id: ProviderId,
    password_hash: &str,
    keep: Option<SessionId>,
) -> Result<(), Refusal> {
    if desk.actor().id != Some(id) {
        desk.require(Action::ManageProviders)?;
    }
    let now = At(desk.now());
    let changed = on!(desk, conn => {
        sqlx::query(SET_PASSWORD)
            .bind(Key::of(id))
            .bind(password_hash)
            .bind(now)
            .execute(conn)
            .await
            .map(|done| done.rows_affected())
    })?;
    if changed == 0 {
        return Err(Refusal::NotFound("provider"));
    }
    match keep {
        Some(keep) => sessions::end_others(desk, keep, EndReason::PasswordChanged).await?,
        None => sessions::end_all(desk, id, EndReason::PasswordChanged).await?,
    };
    desk.record(Event::new(Verb::Update, "provider").about(id).with(json!({ "fields": ["password"] })));
    Ok(())
}

/// Says in which language pages speak to whoever acts; `None` for as the browser asks. Every open session follows.
///
/// # Errors
/// [`Refusal::NobodySignedIn`].
pub async fn set_own_language(desk: &mut Desk, language: Option<Language>) -> Result<(), Refusal> {
    let me = desk.provider()?;
    let now = At(desk.now());
    on!(desk, conn => {
        sqlx::query(SET_LANGUAGE)
            .bind(Key::of(me))
            .bind(language.map(Language::as_str))
            .bind(now)
            .execute(conn)
            .await
            .map(|_| ())
    })?;
    desk.record(Event::new(Verb::Update, "provider").about(me).with(json!({ "fields": ["language"] })));
    Ok(())
}

/// Closes an account: its sessions end, its tokens open nothing, its records stay.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::NotAllowed`]; [`Refusal::Rule`] for the last administrator.
pub async fn disable(desk: &mut Desk, id: ProviderId) -> Result<(), Refusal> {
    desk.require(Action::ManageProviders)?;
    let (key, now) = (Key::of(id), At(desk.now()));
    let person = find(desk, id).await?.ok_or(Refusal::NotFound("provider"))?;
    if person.role == Role::Admin && is_last_admin(desk, id).await? {
        let message = "this is the last administrator; add another one first";
        return Err(Refusal::Rule(message.to_owned()));
    }
    for sql in [DISABLE, REVOKE_TOKENS] {
        on!(desk, conn => sqlx::query(sql).bind(key).bind(now).execute(conn).await.map(|_| ()))?;
    }
    sessions::end_all(desk, id, EndReason::Disabled).await?;
    desk.record(Event::new(Verb::Update, "provider").about(id).with(json!({ "fields": ["disabled_at"] })));
    Ok(())
}
