//! What the day board shows: a day's visits with whom they concern, and a provider's unsigned records.

use super::{AppointmentRow, LONGEST, select};
use crate::audit::{Event, Verb};
use crate::blocked_times;
use crate::column::{At, Key, Word};
use crate::database::on;
use crate::desk::Desk;
use crate::error::Refusal;
use crate::many;
use chrono::NaiveDate;
use medrecord_clinic::access::Action;
use medrecord_clinic::appointment::{Appointment, Slot};
use medrecord_clinic::ids::{AppointmentId, PatientId, ProviderId, RecordId};
use medrecord_clinic::patient::{Sex, display_name};
use medrecord_clinic::time::{Day, Instant};
use uuid::Uuid;

/// One visit on the board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardRow {
    /// The visit.
    pub appointment: Appointment,
    /// Whom it concerns.
    pub patient: BoardPatient,
    /// What is known of allergies.
    pub allergies: AllergyState,
    /// Whether vital signs were taken in this visit.
    pub has_vitals: bool,
    /// What has become of the record.
    pub record: RecordState,
}

/// Who comes, with enough to tell people apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardPatient {
    /// The patient.
    pub id: PatientId,
    /// The number by which the practice files the person.
    pub record_number: String,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// What the person wants to be called.
    pub preferred_name: Option<String>,
    /// Birthday.
    pub date_of_birth: Day,
    /// Sex.
    pub sex: Sex,
    /// Phone number.
    pub phone: String,
    /// Postal address, lines kept.
    pub address: Option<String>,
}

impl BoardPatient {
    /// The name as lists show it: `DOE, Jane`.
    pub fn display_name(&self) -> String {
        display_name(&self.first_name, &self.last_name)
    }
}

/// What is known of a patient's allergies; the three are never confused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AllergyState {
    /// So many are on the list.
    Listed(i64),
    /// Somebody asserted that there are none.
    NoneKnown,
    /// Nobody has asked.
    NotRecorded,
}

/// What has become of a visit's record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordState {
    /// There is none.
    None,
    /// It is written and not signed.
    Draft,
    /// It is signed.
    Signed,
}

/// A record that waits for its signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsigned {
    /// The record.
    pub record: RecordId,
    /// The visit it belongs to.
    pub appointment: AppointmentId,
    /// When the visit began by plan.
    pub appointment_date: Instant,
    /// When the record was last written.
    pub updated_at: Instant,
    /// Whom it concerns.
    pub patient: BoardPatient,
}

#[derive(sqlx::FromRow)]
struct PatientColumns {
    patient_key: Key,
    record_number: String,
    first_name: String,
    last_name: String,
    preferred_name: Option<String>,
    date_of_birth: NaiveDate,
    sex: Word<Sex>,
    phone: String,
    address: Option<String>,
}

#[derive(sqlx::FromRow)]
struct DayRow {
    #[sqlx(flatten)]
    appointment: AppointmentRow,
    #[sqlx(flatten)]
    patient: PatientColumns,
    no_known_allergies_at: Option<At>,
    allergy_count: i64,
    has_vitals: bool,
    record_is_draft: Option<bool>,
}

#[derive(sqlx::FromRow)]
struct UnsignedRow {
    record_id: Key,
    appointment_id: Key,
    appointment_date: At,
    updated_at: At,
    #[sqlx(flatten)]
    patient: PatientColumns,
}

/// Each patient and each record is looked up by itself: joined plainly, PostgreSQL may read all patients to find those of
/// one day, and a practice's day would grow slower with every patient it ever had.
const DAY_POSTGRES: &str = select!(
    ", p.id AS patient_key, p.record_number, p.first_name, p.last_name, p.preferred_name, p.date_of_birth, p.sex, p.phone, p.address,
        p.no_known_allergies_at,
        (SELECT count(*) FROM allergies AS l WHERE l.patient_id = p.id AND l.status = 'active') AS allergy_count,
        EXISTS (SELECT 1 FROM vital_signs AS v WHERE v.appointment_id = a.id) AS has_vitals,
        r.is_draft AS record_is_draft
    FROM appointments AS a
    CROSS JOIN LATERAL (SELECT id, record_number, first_name, last_name, preferred_name, date_of_birth, sex, phone, address,
            no_known_allergies_at, search_name
        FROM patients WHERE id = a.patient_id LIMIT 1) AS p
    LEFT JOIN LATERAL (SELECT is_draft FROM medical_records WHERE appointment_id = a.id LIMIT 1) AS r ON TRUE
    WHERE a.appointment_date >= $1 AND a.appointment_date < $2
    ORDER BY a.appointment_date, p.search_name, a.id"
);
const DAY_SQLITE: &str = select!(
    ", p.id AS patient_key, p.record_number, p.first_name, p.last_name, p.preferred_name, p.date_of_birth, p.sex, p.phone, p.address,
        p.no_known_allergies_at,
        (SELECT count(*) FROM allergies AS l WHERE l.patient_id = p.id AND l.status = 'active') AS allergy_count,
        EXISTS (SELECT 1 FROM vital_signs AS v WHERE v.appointment_id = a.id) AS has_vitals,
        r.is_draft AS record_is_draft
    FROM appointments AS a
    JOIN patients AS p ON p.id = a.patient_id
    LEFT JOIN medical_records AS r ON r.appointment_id = a.id
    WHERE a.appointment_date >= $1 AND a.appointment_date < $2
    ORDER BY a.appointment_date, p.search_name, a.id"
);
const TAKEN: &str = "SELECT appointment_date, ends_at FROM appointments
    WHERE provider_id = $1 AND appointment_date > $2 AND appointment_date < $4 AND ends_at > $3
        AND status NOT IN ('cancelled', 'no_show') AND id <> $5
    ORDER BY appointment_date";
const BUSY: &str = "SELECT appointment_date, ends_at, provider_id FROM appointments
    WHERE appointment_date >= $1 AND appointment_date < $2 AND status NOT IN ('cancelled', 'no_show')
    ORDER BY appointment_date";
/// The comparison with TRUE lets both databases use the index of drafts.
const UNSIGNED: &str = "SELECT r.id AS record_id, r.appointment_id, a.appointment_date, r.updated_at, p.id AS patient_key, p.record_number,
        p.first_name, p.last_name, p.preferred_name, p.date_of_birth, p.sex, p.phone, p.address
    FROM medical_records AS r
    JOIN appointments AS a ON a.id = r.appointment_id
    JOIN patients AS p ON p.id = a.patient_id
    WHERE r.is_draft = TRUE AND a.provider_id = $1
    ORDER BY a.appointment_date, r.id
    LIMIT $2";

impl From<PatientColumns> for BoardPatient {
    fn from(row: PatientColumns) -> Self {
        Self {
            id: row.patient_key.id(),
            record_number: row.record_number,
            first_name: row.first_name,
            last_name: row.last_name,
            preferred_name: row.preferred_name,
            date_of_birth: Day(row.date_of_birth),
            sex: row.sex.0,
            phone: row.phone,
            address: row.address,
        }
    }
}

impl From<DayRow> for BoardRow {
    fn from(row: DayRow) -> Self {
        let allergies = match (row.allergy_count, row.no_known_allergies_at) {
            (0, None) => AllergyState::NotRecorded,
            (0, Some(_)) => AllergyState::NoneKnown,
            (count, _) => AllergyState::Listed(count),
        };
        let record = match row.record_is_draft {
            None => RecordState::None,
            Some(true) => RecordState::Draft,
            Some(false) => RecordState::Signed,
        };
        Self {
            appointment: row.appointment.into(),
            patient: row.patient.into(),
            allergies,
            has_vitals: row.has_vitals,
            record,
        }
    }
}

/// The visits that begin between two instants, in the order of the clock; [`Zone::bounds`] gives those of a day.
///
/// [`Zone::bounds`]: medrecord_clinic::time::Zone::bounds
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn day(desk: &mut Desk, from: Instant, until: Instant) -> Result<Vec<BoardRow>, Refusal> {
    desk.require(Action::ReadSchedule)?;
    let sql = many::pick(desk, DAY_POSTGRES, DAY_SQLITE);
    let rows: Vec<DayRow> =
        on!(desk, conn => sqlx::query_as(sql).bind(At(from)).bind(At(until)).fetch_all(conn).await)?;
    desk.record(
        Event::new(Verb::Search, "appointment")
            .with(serde_json::json!({ "from": from.to_string(), "count": rows.len() })),
    );
    Ok(rows.into_iter().map(BoardRow::from).collect())
}

/// The visits that begin between two instants, for a list on paper; noted as printed.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn print_day(desk: &mut Desk, from: Instant, until: Instant) -> Result<Vec<BoardRow>, Refusal> {
    let rows = day(desk, from, until).await?;
    desk.record(
        Event::new(Verb::Print, "appointment")
            .with(serde_json::json!({ "from": from.to_string(), "count": rows.len() })),
    );
    Ok(rows)
}

/// What of a provider's time is taken or blocked between two instants, apart from one appointment. Times alone say nothing about
/// anybody, so nothing is noted.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn taken(
    desk: &mut Desk,
    provider: ProviderId,
    (from, until): (Instant, Instant),
    apart_from: Option<AppointmentId>,
) -> Result<Vec<Slot>, Refusal> {
    desk.require(Action::ReadSchedule)?;
    let rows: Vec<(At, At)> = on!(desk, conn => {
        sqlx::query_as(TAKEN)
            .bind(Key::of(provider))
            .bind(At(from.plus_minutes(-LONGEST)))
            .bind(At(from))
            .bind(At(until))
            .bind(apart_from.map_or(Key(Uuid::nil()), Key::of))
            .fetch_all(conn)
            .await
    })?;
    let mut taken: Vec<Slot> =
        rows.into_iter().map(|(from, until)| Slot { from: from.0, until: until.0 }).collect();
    let blocked = blocked_times::of_provider(desk, provider, Slot { from, until }).await?;
    taken.extend(blocked.into_iter().map(|blocked| blocked.slot));
    Ok(taken)
}

/// When a visit that takes place begins, with whom and for how long: what a month needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Busy {
    /// When it begins.
    pub from: Instant,
    /// Who sees the patient.
    pub provider: ProviderId,
    /// How long it takes.
    pub minutes: i64,
}

/// The visits that begin between two instants, without those called off, by time and provider alone: nothing of it
/// says who comes.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn busy(desk: &mut Desk, from: Instant, until: Instant) -> Result<Vec<Busy>, Refusal> {
    desk.require(Action::ReadSchedule)?;
    let rows: Vec<(At, At, Key)> =
        on!(desk, conn => sqlx::query_as(BUSY).bind(At(from)).bind(At(until)).fetch_all(conn).await)?;
    let busy = |(from, until, provider): (At, At, Key)| Busy {
        from: from.0,
        provider: provider.id(),
        minutes: until.0.minutes_since(from.0),
    };
    Ok(rows.into_iter().map(busy).collect())
}

/// The records of a provider that wait for a signature, oldest visit first, at most `limit`.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn unsigned(desk: &mut Desk, provider: ProviderId, limit: i64) -> Result<Vec<Unsigned>, Refusal> {
    desk.require(Action::ReadChart)?;
    let rows: Vec<UnsignedRow> = on!(desk, conn => {
        sqlx::query_as(UNSIGNED).bind(Key::of(provider)).bind(limit).fetch_all(conn).await
    })?;
    desk.record(Event::new(Verb::Search, "medical_record").with(serde_json::json!({ "count": rows.len() })));
    let unsigned = |row: UnsignedRow| Unsigned {
        record: row.record_id.id(),
        appointment: row.appointment_id.id(),
        appointment_date: row.appointment_date.0,
        updated_at: row.updated_at.0,
        patient: row.patient.into(),
    };
    Ok(rows.into_iter().map(unsigned).collect())
}
