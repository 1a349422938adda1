//! The chart: everything about one patient in one statement, and the banner that stands over each of their screens.
//!
//! [`json`] writes it for interfaces, [`overview()`] gives it to pages. Both show the newest 20 visits; [`older`] goes on
//! from there, so a chart of 2,000 visits opens as fast as one of 20.

use crate::allergies;
use crate::audit::Verb;
use crate::column::{At, Key};
use crate::database::{Conn, on};
use crate::desk::Desk;
use crate::error::{Refusal, StoreError};
use crate::patients;
use line::Line;
use medrecord_clinic::access::Action;
use medrecord_clinic::allergy::{self, Allergy};
use medrecord_clinic::ids::{AppointmentId, PatientId};
use medrecord_clinic::patient::Patient;
use medrecord_clinic::{condition, medication};
use statement::{OLDER, OVERVIEW};

mod gather;
mod line;
mod overview;
mod part;
mod read;
mod statement;

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
    let chart = load(desk, patient).await?;
    Ok(serde_json::to_string(&chart).map_err(|_| unreadable(patient))?)
}

/// The chart for a page: lists with those that count first.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::NotAllowed`].
pub async fn overview(desk: &mut Desk, patient: PatientId) -> Result<Overview, Refusal> {
    let chart = load(desk, patient).await?;
    Ok(Overview {
        allergies: allergy::in_order(chart.allergies),
        chronic_conditions: condition::in_order(chart.chronic_conditions),
        medications: medication::in_order(chart.medications),
        ..chart
    })
}

async fn load(desk: &mut Desk, patient: PatientId) -> Result<Overview, Refusal> {
    desk.require(Action::ReadChart)?;
    let lines: Vec<Line> = match desk.conn() {
        Conn::Postgres(conn) => {
            sqlx::query_as(OVERVIEW.postgres.as_str()).bind(Key::of(patient)).fetch_all(conn).await?
        }
        Conn::Sqlite(conn) => lines(
            sqlx::query_scalar(OVERVIEW.sqlite.as_str()).bind(Key::of(patient)).fetch_one(conn).await?,
            patient,
        )?,
    };
    let chart = gather::overview(lines, patient)?.ok_or(Refusal::NotFound("patient"))?;
    desk.did(Verb::Read, "chart", patient, patient);
    Ok(chart)
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
    macro_rules! bound {
        ($query:expr) => {
            $query.bind(Key::of(patient)).bind(place).bind(Key::of(before)).bind(i64::from(limit))
        };
    }
    let lines: Vec<Line> = match desk.conn() {
        Conn::Postgres(conn) => bound!(sqlx::query_as(OLDER.postgres.as_str())).fetch_all(conn).await?,
        Conn::Sqlite(conn) => {
            lines(bound!(sqlx::query_scalar(OLDER.sqlite.as_str())).fetch_one(conn).await?, patient)?
        }
    };
    desk.did(Verb::Read, "chart", patient, patient);
    Ok(gather::visits(lines, patient)?)
}

/// Reads what SQLite answered; nothing where there is no line.
fn lines(text: Option<String>, patient: PatientId) -> Result<Vec<Line>, StoreError> {
    line::parse(&text.unwrap_or_default()).map_err(|_| unreadable(patient))
}

fn unreadable(patient: PatientId) -> StoreError {
    StoreError::Inconsistent { table: "patients", column: "chart", id: patient.to_string() }
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
