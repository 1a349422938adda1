//! The first rows of a practice: the mission document's default provider and its invented sample patient.
//!
//! Safe to run twice: what is there stays as it is.

use crate::database::on;
use crate::desk::Desk;
use crate::error::Refusal;
use crate::passwords::{self, Verified};
use crate::patients;
use crate::providers::{self, NewProvider};
use medrecord_clinic::access::Action;
use medrecord_clinic::contact::Email;
use medrecord_clinic::ids::{PatientId, ProviderId};
use medrecord_clinic::patient::PatientForm;
use medrecord_clinic::provider::Role;
use medrecord_clinic::time::Zone;
use uuid::Uuid;

/// The address with which the default provider signs in.
pub const EMAIL: &str = "doctor@example.com";
/// The default provider's password, as the mission document has it; to be changed before real use.
pub const PASSWORD: &str = "password123";
/// The sample patient, whom the mission document calls `sample-patient-1`.
pub const SAMPLE_PATIENT: PatientId = PatientId(Uuid::from_u128(0x019a_0000_0000_7000_8000_0000_0000_0001));
/// The sample patient's record number.
pub const SAMPLE_NUMBER: &str = "sample-patient-1";

/// Adds the default provider, John Smith, unless somebody signs in with that address already.
///
/// An administrator, so that a practice of one can do everything. Yields the id, and whether it was added.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn default_provider(desk: &mut Desk) -> Result<(ProviderId, bool), Refusal> {
    if let Some(found) = providers::find_by_email(desk, EMAIL).await? {
        return Ok((found.id, false));
    }
    let john = NewProvider {
        email: Email::parse("email", EMAIL)?,
        first_name: "John".to_owned(),
        last_name: "Smith".to_owned(),
        specialty: Some("General Practice".to_owned()),
        license_number: Some("MD-12345".to_owned()),
        role: Role::Admin,
    };
    let hash = passwords::hash(PASSWORD).await?;
    Ok((providers::add(desk, &john, &hash).await?, true))
}

const HASH: &str =
    "SELECT password_hash FROM providers WHERE lower(email) = lower($1) AND disabled_at IS NULL";

/// Whether the default provider still has the password that everybody can read in the documentation.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn default_password_stands(desk: &mut Desk) -> Result<bool, Refusal> {
    desk.require(Action::ManageProviders)?;
    let hash: Option<String> =
        on!(desk, conn => sqlx::query_scalar(HASH).bind(EMAIL).fetch_optional(conn).await)?;
    let Some(hash) = hash else { return Ok(false) };
    Ok(passwords::verify(PASSWORD, &hash).await? != Verified::No)
}

/// Registers Jane Doe under her fixed id unless she is there; yields whether she was added.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn sample_patient(desk: &mut Desk) -> Result<bool, Refusal> {
    if patients::find(desk, SAMPLE_PATIENT).await?.is_some() {
        return Ok(false);
    }
    let today = Zone::UTC.day_of(desk.now());
    let details = jane_doe().parse(today)?;
    patients::register_as(desk, SAMPLE_PATIENT, SAMPLE_NUMBER, &details).await?;
    Ok(true)
}

fn jane_doe() -> PatientForm {
    PatientForm {
        first_name: "Jane".to_owned(),
        last_name: "Doe".to_owned(),
        date_of_birth: "1985-03-15".to_owned(),
        sex: "female".to_owned(),
        phone: "+1-555-0100".to_owned(),
        email: "jane.doe@email.com".to_owned(),
        emergency_contact_name: "John Doe".to_owned(),
        emergency_contact_phone: "+1-555-0101".to_owned(),
        emergency_contact_relationship: "Spouse".to_owned(),
        ..PatientForm::default()
    }
}
