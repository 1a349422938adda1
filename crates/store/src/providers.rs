//! Keeps the people of the practice who sign in.

use crate::audit::{Event, Verb};
use crate::column::{At, Key, Word};
use crate::database::on;
use crate::desk::Desk;
use crate::error::{Refusal, StoreError};
use medrecord_clinic::access::Action;
use medrecord_clinic::contact::Email;
use medrecord_clinic::ids::ProviderId;
use medrecord_clinic::provider::{Provider, Role};

/// A person to add.
#[derive(Debug, Clone)]
pub struct NewProvider {
    /// The address to sign in with.
    pub email: Email,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Field of practice.
    pub specialty: Option<String>,
    /// Licence number.
    pub license_number: Option<String>,
    /// What the person is in the practice.
    pub role: Role,
}

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
const LIST: &str =
    "SELECT id, email, first_name, last_name, specialty, license_number, phone, role, disabled_at, version
    FROM providers ORDER BY last_name, first_name, id";

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
    done.map_err(StoreError::from).map_err(|error| {
        if error.violates("providers_email_key") {
            let problem = medrecord_clinic::field::Problems::one(
                "email",
                "taken",
                "Somebody already signs in with this address.",
            );
            return Refusal::Invalid(problem);
        }
        error.into()
    })?;
    desk.record(Event::new(Verb::Create, "provider").about(id));
    Ok(id)
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
