//! The chart: everything about one patient in one statement, and the banner that stands over each of their screens.
//!
//! [`json`] hands the database's text through for interfaces; [`overview()`] reads the same text for pages. Both show
//! the newest 20 visits; [`older`] goes on from there, so a chart of 2,000 visits opens as fast as one of 20.

use crate::allergies;
use crate::audit::Verb;
use crate::column::{At, Key};
use crate::database::{Conn, on};
use crate::desk::Desk;
use crate::error::{Refusal, StoreError};
use crate::patients;
use medrecord_clinic::access::Action;
use medrecord_clinic::allergy::Allergy;
use medrecord_clinic::ids::{AppointmentId, PatientId};
use medrecord_clinic::patient::Patient;

mod overview;
mod sql;

pub use overview::{
    Consent, Overview, Visit, VisitPrescription, VisitProvider, VisitRecord, VisitSymptom, VisitVitals,
};

/// How many visits an overview holds.
pub const NEWEST: usize = 20;

const PLACE: &str = "SELECT appointment_date FROM appointments WHERE id = $1 AND patient_id = $2";
const ASSERTED_BY: &str = "SELECT first_name, last_name FROM providers WHERE id = $1";

/// The chart as JSON text in the data model's names: the patient with `allergies`, `chronicConditions`, `medications`,
/// `recordingConsent` and the newest 20 `appointments`, each with `provider`, `medicalRecord` and `vitalSigns`.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::NotAllowed`].
pub async fn json(desk: &mut Desk, patient: PatientId) -> Result<String, Refusal> {
    desk.require(Action::ReadChart)?;
    let text: Option<String> = match desk.conn() {
        Conn::Sqlite(conn) => {
            sqlx::query_scalar(sql::OVERVIEW_SQLITE).bind(Key::of(patient)).fetch_optional(conn).await?
        }
        Conn::Postgres(conn) => {
            sqlx::query_scalar(sql::OVERVIEW_POSTGRES).bind(Key::of(patient)).fetch_optional(conn).await?
        }
    };
    let text = text.ok_or(Refusal::NotFound("patient"))?;
    desk.did(Verb::Read, "chart", patient, patient);
    Ok(text)
}

/// The chart, read for a page.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::NotAllowed`].
pub async fn overview(desk: &mut Desk, patient: PatientId) -> Result<Overview, Refusal> {
    let text = json(desk, patient).await?;
    let mut overview: Overview = read(&text, "patients", patient)?;
    overview.put_in_order();
    Ok(overview)
}

/// The visits before one that was shown, newest first; one more than `limit` tells that there are more still.
///
/// # Errors
/// [`Refusal::NotFound`] where that visit is not one of the patient's, [`Refusal::NotAllowed`].
pub async fn older(
    desk: &mut Desk,
    patient: PatientId,
    before: AppointmentId,
    limit: u32,
) -> Result<Vec<Visit>, Refusal> {
    desk.require(Action::ReadChart)?;
    let place: Option<At> = on!(desk, conn => {
        sqlx::query_scalar(PLACE).bind(Key::of(before)).bind(Key::of(patient)).fetch_optional(conn).await
    })?;
    let place = place.ok_or(Refusal::NotFound("visit"))?;
    macro_rules! asked {
        ($sql:expr, $conn:expr) => {
            sqlx::query_scalar($sql)
                .bind(Key::of(patient))
                .bind(place)
                .bind(Key::of(before))
                .bind(i64::from(limit))
                .fetch_one($conn)
                .await?
        };
    }
    let text: String = match desk.conn() {
        Conn::Sqlite(conn) => asked!(sql::VISITS_SQLITE, conn),
        Conn::Postgres(conn) => asked!(sql::VISITS_POSTGRES, conn),
    };
    desk.did(Verb::Read, "chart", patient, patient);
    Ok(read(&text, "appointments", patient)?)
}

fn read<T: serde::de::DeserializeOwned>(
    text: &str,
    table: &'static str,
    patient: PatientId,
) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::Inconsistent {
        table,
        column: "chart",
        id: patient.to_string(),
    })
}

/// What every screen of a patient shows at its top.
#[derive(Debug, Clone)]
pub struct Banner {
    /// The patient.
    pub patient: Patient,
    /// The allergies that count, the worst first.
    pub allergies: Vec<Allergy>,
    /// The name of whoever asserted that there are none.
    pub none_known_by: Option<String>,
}

/// Loads what stands at the top of every screen of a patient; the look is noted in the audit trail.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::NotAllowed`].
pub async fn banner(desk: &mut Desk, patient: PatientId) -> Result<Banner, Refusal> {
    desk.require(Action::ReadPatients)?;
    let found = patients::get(desk, patient).await?;
    let allergies = allergies::load_all(desk, patient).await?;
    let none_known_by = match found.no_known_allergies_by {
        None => None,
        Some(id) => {
            let name: Option<(String, String)> =
                on!(desk, conn => sqlx::query_as(ASSERTED_BY).bind(Key::of(id)).fetch_optional(conn).await)?;
            name.map(|(first, last)| format!("{first} {last}"))
        }
    };
    Ok(Banner {
        patient: found,
        allergies: allergies.into_iter().filter(Allergy::is_active).collect(),
        none_known_by,
    })
}
