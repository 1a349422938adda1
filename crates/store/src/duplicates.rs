//! Finds people on file who may be the one about to be registered. The database proposes, `clinic` decides.

use crate::audit::{Event, Verb};
use crate::column::Key;
use crate::database::on;
use crate::desk::Desk;
use crate::error::Refusal;
use crate::patients::{self, PatientRow};
use medrecord_clinic::access::Action;
use medrecord_clinic::duplicate::{Identity, Likeness, compare, swapped};
use medrecord_clinic::ids::PatientId;
use medrecord_clinic::patient::Patient;
use medrecord_clinic::search::search_name;
use std::cmp::Reverse;

/// Somebody on file who may be the same person.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Candidate {
    /// The patient on file.
    pub patient: Patient,
    /// How alike the two are, and why.
    pub likeness: Likeness,
}

/// Everybody who shares one strong field. The points in `clinic::duplicate` are such that a pair worth showing always
/// does: without an equal birthday (or a swapped one), phone or address, only the same name comes near the threshold.
const ALIKE: &str = "SELECT id, record_number, first_name, last_name, preferred_name, date_of_birth, sex, phone, email, address,
        emergency_contact_name, emergency_contact_phone, emergency_contact_relationship, language, deceased_on,
        no_known_allergies_by, no_known_allergies_at, created_at, updated_at, version
    FROM patients
    WHERE merged_into_id IS NULL
        AND (date_of_birth IN ($1, $2) OR phone_digits = $3 OR lower(email) = $4
            OR (search_name >= $5 AND search_name < $6) OR (search_name >= $7 AND search_name < $8))
    LIMIT 500";

const TOLD_APART: &str = "SELECT one_id, other_id FROM distinct_patients WHERE one_id = $1 OR other_id = $1";

/// The most candidates that are worth a person's time.
const MOST: usize = 10;

/// Lists people on file who look like this one, the most alike first; empty where nobody does.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn candidates(desk: &mut Desk, identity: &Identity) -> Result<Vec<Candidate>, Refusal> {
    desk.require(Action::WritePatients)?;
    let straight = search_name(&identity.first_name, &identity.last_name);
    let turned = search_name(&identity.last_name, &identity.first_name);
    let after = |name: &str| format!("{name}\u{10FFFF}");
    let rows: Vec<PatientRow> = on!(desk, conn => {
        sqlx::query_as(ALIKE)
            .bind(identity.date_of_birth.0)
            .bind(swapped(identity.date_of_birth).unwrap_or(identity.date_of_birth).0)
            .bind(&identity.phone_digits)
            .bind(identity.email.as_ref().map(|email| email.to_lowercase()))
            .bind(&straight)
            .bind(after(&straight))
            .bind(&turned)
            .bind(after(&turned))
            .fetch_all(conn)
            .await
    })?;
    let mut candidates: Vec<Candidate> = rows
        .into_iter()
        .map(|row| {
            let patient = Patient::from(row);
            let likeness = compare(identity, &on_file(&patient));
            Candidate { patient, likeness }
        })
        .filter(|candidate| candidate.likeness.verdict().is_some())
        .collect();
    candidates.sort_by_key(|c| (Reverse(c.likeness.score), c.patient.id));
    candidates.truncate(MOST);
    let ids: Vec<String> = candidates.iter().map(|c| c.patient.id.to_string()).collect();
    desk.record(
        Event::new(Verb::Search, "patient").with(serde_json::json!({ "how": "duplicates", "shown": ids })),
    );
    Ok(candidates)
}

/// Lists who else on file looks like a patient, the most alike first, without those whom a person has told apart.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::NotAllowed`].
pub async fn of_patient(desk: &mut Desk, id: PatientId) -> Result<Vec<Candidate>, Refusal> {
    let patient = patients::get(desk, id).await?;
    let mut found = candidates(desk, &on_file(&patient)).await?;
    let told: Vec<(Key, Key)> =
        on!(desk, conn => sqlx::query_as(TOLD_APART).bind(Key::of(id)).fetch_all(conn).await)?;
    let apart =
        |other: PatientId| told.iter().any(|(a, b)| [*a, *b].map(Key::id::<PatientId>).contains(&other));
    found.retain(|candidate| candidate.patient.id != id && !apart(candidate.patient.id));
    Ok(found)
}

fn on_file(patient: &Patient) -> Identity {
    Identity {
        first_name: patient.first_name.clone(),
        last_name: patient.last_name.clone(),
        date_of_birth: patient.date_of_birth,
        phone_digits: patient.phone.chars().filter(char::is_ascii_digit).collect(),
        email: patient.email.clone(),
    }
}
