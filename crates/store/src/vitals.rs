//! Keeps vital signs: one set a visit, and their course over the visits of a patient.

use crate::audit::{Event, Verb};
use crate::column::{At, Fixed, Key};
use crate::database::on;
use crate::desk::Desk;
use crate::error::{Refusal, StoreError};
use crate::many;
use crate::medical_records::visit;
use medrecord_clinic::access::Action;
use medrecord_clinic::ids::{AppointmentId, PatientId, VitalsId};
use medrecord_clinic::time::Instant;
use medrecord_clinic::vitals::{
    BloodPressure, Bmi, Celsius, Centimetres, HeartRate, Kilograms, OxygenSaturation, PainLevel,
    RespiratoryRate, VitalSigns, VitalsDetails,
};

#[derive(sqlx::FromRow)]
struct VitalsRow {
    id: Key,
    appointment_id: Key,
    blood_pressure_systolic: Option<i32>,
    blood_pressure_diastolic: Option<i32>,
    heart_rate: Option<i32>,
    temperature: Option<Fixed<1>>,
    respiratory_rate: Option<i32>,
    oxygen_saturation: Option<i32>,
    weight: Option<Fixed<2>>,
    height: Option<Fixed<2>>,
    bmi: Option<Fixed<1>>,
    pain_level: Option<i16>,
    recorded_at: At,
    recorded_by: Option<Key>,
    note: Option<String>,
    version: i32,
}

impl From<VitalsRow> for VitalSigns {
    fn from(row: VitalsRow) -> Self {
        let pressure = row.blood_pressure_systolic.zip(row.blood_pressure_diastolic);
        Self {
            id: row.id.id(),
            appointment_id: row.appointment_id.id(),
            measured: VitalsDetails {
                blood_pressure: pressure.map(|(systolic, diastolic)| BloodPressure { systolic, diastolic }),
                heart_rate: row.heart_rate.map(HeartRate),
                temperature: row.temperature.map(|tenths| Celsius(tenths.0)),
                respiratory_rate: row.respiratory_rate.map(RespiratoryRate),
                oxygen_saturation: row.oxygen_saturation.map(OxygenSaturation),
                weight: row.weight.map(|hundredths| Kilograms(hundredths.0)),
                height: row.height.map(|hundredths| Centimetres(hundredths.0)),
                pain_level: row.pain_level.map(|level| PainLevel(level.into())),
                note: row.note,
            },
            bmi: row.bmi.map(|tenths| Bmi(tenths.0)),
            recorded_at: row.recorded_at.0,
            recorded_by: row.recorded_by.map(Key::id),
            version: row.version,
        }
    }
}

/// The vital signs of a visit with its beginning.
#[derive(sqlx::FromRow)]
struct TakenRow {
    #[sqlx(flatten)]
    vitals: VitalsRow,
    appointment_date: At,
}

macro_rules! select_with {
    ($more:literal, $rest:literal) => {
        concat!(
            "SELECT ",
            $more,
            "v.id, v.appointment_id, v.blood_pressure_systolic, v.blood_pressure_diastolic, v.heart_rate,
                v.temperature, v.respiratory_rate, v.oxygen_saturation, v.weight, v.height, v.bmi, v.pain_level,
                v.recorded_at, v.recorded_by, v.note, v.version
            FROM vital_signs AS v ",
            $rest
        )
    };
}

macro_rules! select {
    ($rest:literal) => {
        select_with!("", $rest)
    };
}

const FIND: &str = select!("WHERE v.appointment_id = $1");
const OF_APPOINTMENTS_POSTGRES: &str = select!(
    "WHERE v.appointment_id IN (SELECT CAST(value AS uuid) FROM json_array_elements_text(CAST($1 AS json)))"
);
const OF_APPOINTMENTS_SQLITE: &str = select!("WHERE v.appointment_id IN (SELECT value FROM json_each($1))");
const TREND: &str = select_with!(
    "a.appointment_date, ",
    "JOIN appointments AS a ON a.id = v.appointment_id
    WHERE a.patient_id = $1 ORDER BY a.appointment_date DESC, v.id DESC LIMIT $2"
);
const LAST_BEFORE: &str = select!(
    "JOIN appointments AS a ON a.id = v.appointment_id
    WHERE a.patient_id = $1 AND v.appointment_id <> $2 ORDER BY v.recorded_at DESC, v.id DESC LIMIT 1"
);
const INSERT: &str = "INSERT INTO vital_signs (id, appointment_id, blood_pressure_systolic, blood_pressure_diastolic, heart_rate,
        temperature, respiratory_rate, oxygen_saturation, weight, height, bmi, pain_level, note, recorded_by,
        updated_at, recorded_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15)
    ON CONFLICT (appointment_id) DO NOTHING";
const UPDATE: &str =
    "UPDATE vital_signs SET blood_pressure_systolic = $3, blood_pressure_diastolic = $4, heart_rate = $5,
        temperature = $6, respiratory_rate = $7, oxygen_saturation = $8, weight = $9, height = $10, bmi = $11,
        pain_level = $12, note = $13, recorded_by = $14, updated_at = $15, version = version + 1
    WHERE id = $1 AND appointment_id = $2 AND version = $16";

/// Takes the vital signs of a visit, or corrects them; `seen` is the version that the person saw, 0 where there were
/// none yet. Body mass index is computed here.
///
/// # Errors
/// [`Refusal::Stale`] where somebody else took or changed them meanwhile, [`Refusal::Signed`] where the visit's record
/// is signed, [`Refusal::Rule`] where the visit was cancelled or missed, [`Refusal::NotFound`], [`Refusal::NotAllowed`].
pub async fn take(
    desk: &mut Desk,
    appointment: AppointmentId,
    seen: i32,
    details: &VitalsDetails,
) -> Result<VitalSigns, Refusal> {
    desk.require(Action::WriteVitals)?;
    let visit = visit::load(desk, appointment).await?;
    visit.takes_place()?;
    // Where there are said to be none yet, the database tells whether that is so.
    let current = if seen == 0 { None } else { Some(still(desk, appointment, seen).await?) };
    let recorded_at = current.as_ref().map_or(desk.now(), |vitals| vitals.recorded_at);
    let id = current.map_or_else(|| desk.fresh_id(), |vitals| Ok(vitals.id))?;
    if write(desk, id, appointment, seen, details).await? != 1 {
        still(desk, appointment, seen).await?;
        return Err(Refusal::Stale { what: "vital signs", seen, current: seen + 1 });
    }
    desk.did(if seen == 0 { Verb::Create } else { Verb::Update }, "vital_signs", id, visit.patient);
    Ok(VitalSigns {
        id,
        appointment_id: appointment,
        measured: details.clone(),
        bmi: details.bmi(),
        recorded_at,
        recorded_by: desk.actor().id,
        version: seen + 1,
    })
}

/// The vital signs of a visit, which must be those that the person saw.
async fn still(desk: &mut Desk, appointment: AppointmentId, seen: i32) -> Result<VitalSigns, Refusal> {
    let current = load(desk, appointment).await?;
    let version = current.as_ref().map_or(0, |vitals| vitals.version);
    current.filter(|_| version == seen).ok_or(Refusal::Stale { what: "vital signs", seen, current: version })
}

async fn write(
    desk: &mut Desk,
    id: VitalsId,
    appointment: AppointmentId,
    seen: i32,
    details: &VitalsDetails,
) -> Result<u64, Refusal> {
    let d = details;
    let now = At(desk.now());
    let by = desk.actor().id.map(Key::of);
    let sql = if seen == 0 { INSERT } else { UPDATE };
    let written = on!(desk, conn => {
        let query = sqlx::query(sql)
            .bind(Key::of(id))
            .bind(Key::of(appointment))
            .bind(d.blood_pressure.map(|pressure| pressure.systolic))
            .bind(d.blood_pressure.map(|pressure| pressure.diastolic))
            .bind(d.heart_rate.map(|rate| rate.0))
            .bind(d.temperature.map(|celsius| Fixed::<1>(celsius.0)))
            .bind(d.respiratory_rate.map(|rate| rate.0))
            .bind(d.oxygen_saturation.map(|percent| percent.0))
            .bind(d.weight.map(|kilograms| Fixed::<2>(kilograms.0)))
            .bind(d.height.map(|centimetres| Fixed::<2>(centimetres.0)))
            .bind(d.bmi().map(|bmi| Fixed::<1>(bmi.0)))
            .bind(d.pain_level.and_then(|level| i16::try_from(level.0).ok()))
            .bind(&d.note)
            .bind(by)
            .bind(now);
        let query = if seen == 0 { query } else { query.bind(seen) };
        query.execute(conn).await.map(|done| done.rows_affected())
    });
    written
        .map_err(StoreError::from)
        .map_err(|error| if error.violates("vital_signs_signed") { Refusal::Signed } else { error.into() })
}

/// The vital signs of a visit; the look is noted in the audit trail.
///
/// # Errors
/// [`Refusal::NotFound`] where there is no such appointment, [`Refusal::NotAllowed`].
pub async fn of_appointment(
    desk: &mut Desk,
    appointment: AppointmentId,
) -> Result<Option<VitalSigns>, Refusal> {
    desk.require(Action::ReadChart)?;
    let found = load(desk, appointment).await?;
    if let Some(vitals) = &found {
        let patient = visit::load(desk, appointment).await?.patient;
        desk.did(Verb::Read, "vital_signs", vitals.id, patient);
    }
    Ok(found)
}

/// The vital signs of several visits at once, in no order.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn of_appointments(
    desk: &mut Desk,
    appointments: &[AppointmentId],
) -> Result<Vec<VitalSigns>, Refusal> {
    desk.require(Action::ReadChart)?;
    let sql = many::pick(desk, OF_APPOINTMENTS_POSTGRES, OF_APPOINTMENTS_SQLITE);
    let rows: Vec<VitalsRow> =
        on!(desk, conn => sqlx::query_as(sql).bind(many::keys(appointments)).fetch_all(conn).await)?;
    desk.record(Event::new(Verb::Search, "vital_signs").with(serde_json::json!({ "count": rows.len() })));
    Ok(rows.into_iter().map(VitalSigns::from).collect())
}

/// The vital signs of a patient's latest visits, newest first, each with when its visit began: what was written down late
/// was measured then.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn trend(
    desk: &mut Desk,
    patient: PatientId,
    limit: i64,
) -> Result<Vec<(Instant, VitalSigns)>, Refusal> {
    desk.require(Action::ReadChart)?;
    let rows: Vec<TakenRow> = on!(desk, conn => {
        sqlx::query_as(TREND).bind(Key::of(patient)).bind(limit).fetch_all(conn).await
    })?;
    desk.record(Event::new(Verb::Search, "vital_signs").of_patient(patient));
    Ok(rows.into_iter().map(|row| (row.appointment_date.0, row.vitals.into())).collect())
}

/// The latest vital signs of a patient from any other visit than this one, to stand beside it.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn last_before(
    desk: &mut Desk,
    patient: PatientId,
    appointment: AppointmentId,
) -> Result<Option<VitalSigns>, Refusal> {
    desk.require(Action::ReadChart)?;
    let row: Option<VitalsRow> = on!(desk, conn => {
        sqlx::query_as(LAST_BEFORE)
            .bind(Key::of(patient))
            .bind(Key::of(appointment))
            .fetch_optional(conn)
            .await
    })?;
    let found = row.map(VitalSigns::from);
    if let Some(vitals) = &found {
        desk.did(Verb::Read, "vital_signs", vitals.id, patient);
    }
    Ok(found)
}

/// Loads the vital signs of a visit without a permission check or an event.
pub(crate) async fn load(
    desk: &mut Desk,
    appointment: AppointmentId,
) -> Result<Option<VitalSigns>, StoreError> {
    let row: Option<VitalsRow> =
        on!(desk, conn => sqlx::query_as(FIND).bind(Key::of(appointment)).fetch_optional(conn).await)?;
    Ok(row.map(VitalSigns::from))
}
