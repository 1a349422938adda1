//! What the day board shows of a visit and its patient, what is taken of a provider's time, and the unsigned records.
//! Which visits a board shows is asked in `day.rs`.

use super::LONGEST;
use crate::audit::{Event, Verb};
use crate::blocked_times;
use crate::column::{At, Key, Word};
use crate::database::on;
use crate::desk::Desk;
use crate::error::Refusal;
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
pub(crate) struct PatientColumns {
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
struct UnsignedRow {
    record_id: Key,
    appointment_id: Key,
    appointment_date: At,
    updated_at: At,
    #[sqlx(flatten)]
    patient: PatientColumns,
}

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
