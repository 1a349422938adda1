//! Keeps the waiting list: who is on it and what is wished for. Nothing is deleted: an entry is booked or taken off, and
//! can be put back on the same day (`change.rs`). Which freed times suit whom is in `freed.rs`.

use crate::appointments::{BoardPatient, PatientColumns};
use crate::audit::{Event, Verb};
use crate::column::{At, Key, Word};
use crate::database::on;
use crate::desk::Desk;
use crate::error::{Refusal, StoreError};
use chrono::NaiveDate;
use medrecord_clinic::access::Action;
use medrecord_clinic::appointment::AppointmentType;
use medrecord_clinic::ids::{PatientId, ProviderId, WaitingId};
use medrecord_clinic::time::{Day, Instant};
use medrecord_clinic::waiting_list::{BookedVisit, DayPart, Urgency, Waiting, WaitingState};
use serde_json::json;
use uuid::Uuid;

mod change;
mod freed;
mod place;

pub use change::{add, booked, put_back, update, withdraw};
pub(crate) use freed::set_free;
pub use freed::{AHEAD, Fit, Offer, count, offers, offers_in, suits};
pub use place::Place;

/// Somebody on the list, with enough to call and to tell people apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// What is wished for.
    pub waiting: Waiting,
    /// Who waits.
    pub patient: BoardPatient,
    /// Who took it off the list; none while it is on it.
    pub ended_by: Option<ProviderId>,
}

#[derive(sqlx::FromRow)]
struct WaitingRow {
    id: Key,
    patient_id: Key,
    appointment_id: Option<Key>,
    provider_id: Option<Key>,
    appointment_type: Word<AppointmentType>,
    earliest_on: NaiveDate,
    latest_on: Option<NaiveDate>,
    part_of_day: Word<DayPart>,
    urgency: Word<Urgency>,
    note: Option<String>,
    state: Word<WaitingState>,
    state_reason: Option<String>,
    booked_appointment_id: Option<Key>,
    ended_at: Option<At>,
    ended_by: Option<Key>,
    created_at: At,
    updated_at: At,
    version: i32,
    booked_from: Option<At>,
    booked_until: Option<At>,
    #[sqlx(flatten)]
    patient: PatientColumns,
}

impl From<WaitingRow> for Listed {
    fn from(row: WaitingRow) -> Self {
        let visit = row.appointment_id.zip(row.booked_from).zip(row.booked_until);
        let booked = visit.map(|((id, from), until)| BookedVisit {
            id: id.id(),
            begins: from.0,
            minutes: i32::try_from(until.0.minutes_since(from.0)).unwrap_or(0),
        });
        let waiting = Waiting {
            id: row.id.id(),
            patient_id: row.patient_id.id(),
            appointment_id: row.appointment_id.map(Key::id),
            provider_id: row.provider_id.map(Key::id),
            appointment_type: row.appointment_type.0,
            earliest_on: Day(row.earliest_on),
            latest_on: row.latest_on.map(Day),
            part_of_day: row.part_of_day.0,
            urgency: row.urgency.0,
            note: row.note,
            state: row.state.0,
            state_reason: row.state_reason,
            booked_appointment_id: row.booked_appointment_id.map(Key::id),
            ended_at: row.ended_at.map(|at| at.0),
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
            version: row.version,
            booked,
        };
        Self { waiting, patient: row.patient.into(), ended_by: row.ended_by.map(Key::id) }
    }
}

/// Puts the columns of an entry `w`, its booked visit and its patient before the rest of a statement.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT w.id, w.patient_id, w.appointment_id, w.provider_id, w.appointment_type, w.earliest_on, w.latest_on,
        w.part_of_day, w.urgency, w.note, w.state, w.state_reason, w.booked_appointment_id, w.ended_at, w.ended_by,
        w.created_at, w.updated_at, w.version, a.appointment_date AS booked_from, a.ends_at AS booked_until,
        p.id AS patient_key, p.record_number, p.first_name, p.last_name, p.preferred_name, p.date_of_birth, p.sex,
        p.phone, p.address
    FROM waiting_entries AS w
    JOIN patients AS p ON p.id = w.patient_id
    LEFT JOIN appointments AS a ON a.id = w.appointment_id AND a.status = 'scheduled'",
            $rest
        )
    };
}
const FIND: &str = select!(" WHERE w.id = $1");
const LIST: &str = select!(
    " WHERE w.state = 'waiting' AND ($1 IS NULL OR w.provider_id IS NULL OR w.provider_id = $1)
        AND (w.urgency < $2 OR (w.urgency = $2 AND (w.created_at > $3 OR (w.created_at = $3 AND w.id > $4))))
    ORDER BY w.urgency DESC, w.created_at, w.id
    LIMIT $5"
);
const OF_PATIENT: &str = select!(" WHERE w.patient_id = $1 ORDER BY w.created_at DESC, w.id DESC LIMIT 1000");
const ENDED: &str =
    select!(" WHERE w.ended_at >= $1 AND w.ended_at < $2 ORDER BY w.ended_at DESC, w.id LIMIT 200");
/// The most people on one page of the list.
pub const PAGE: i64 = 50;

/// One entry; the look is noted.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::NotAllowed`].
pub async fn get(desk: &mut Desk, id: WaitingId) -> Result<Listed, Refusal> {
    desk.require(Action::ReadSchedule)?;
    let found = load(desk, id).await?.ok_or(Refusal::NotFound(WHAT))?;
    desk.did(Verb::Read, ENTITY, id, found.waiting.patient_id);
    Ok(found)
}

/// Those who wait, the most urgent first, among them who waits longest; where a provider is named, those who wish for
/// that one or for anybody. `after` is the last of the page before.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn list(
    desk: &mut Desk,
    provider: Option<ProviderId>,
    after: Option<Place>,
    limit: i64,
) -> Result<Vec<Listed>, Refusal> {
    desk.require(Action::ReadSchedule)?;
    let found = waiting(desk, provider, after, limit).await?;
    looked(desk, found.len());
    Ok(found)
}

/// Every entry of one patient, ended ones too, the newest first.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn of_patient(desk: &mut Desk, patient: PatientId) -> Result<Vec<Listed>, Refusal> {
    desk.require(Action::ReadSchedule)?;
    let found = load_all(desk, patient).await?;
    desk.record(Event::new(Verb::Search, ENTITY).of_patient(patient).with(json!({ "count": found.len() })));
    Ok(found)
}

/// What was taken off the list between two instants, the last first.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn ended(desk: &mut Desk, from: Instant, until: Instant) -> Result<Vec<Listed>, Refusal> {
    desk.require(Action::ReadSchedule)?;
    let rows: Vec<WaitingRow> =
        on!(desk, conn => sqlx::query_as(ENDED).bind(At(from)).bind(At(until)).fetch_all(conn).await)?;
    looked(desk, rows.len());
    Ok(rows.into_iter().map(Listed::from).collect())
}

/// Every entry of a patient, for use cases of this crate that have asked for permission and note what they do.
pub(crate) async fn load_all(desk: &mut Desk, patient: PatientId) -> Result<Vec<Listed>, StoreError> {
    let rows: Vec<WaitingRow> =
        on!(desk, conn => sqlx::query_as(OF_PATIENT).bind(Key::of(patient)).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(Listed::from).collect())
}

const ENTITY: &str = "waiting_entry";
const WHAT: &str = "entry of the waiting list";

fn looked(desk: &mut Desk, count: usize) {
    desk.record(Event::new(Verb::Search, ENTITY).with(json!({ "count": count })));
}

async fn waiting(
    desk: &mut Desk,
    provider: Option<ProviderId>,
    after: Option<Place>,
    limit: i64,
) -> Result<Vec<Listed>, StoreError> {
    let place = after.unwrap_or(Place {
        urgency: Urgency::Urgent,
        since: Instant::from_millis(0),
        id: Uuid::nil().into(),
    });
    let rows: Vec<WaitingRow> = on!(desk, conn => {
        sqlx::query_as(LIST)
            .bind(provider.map(Key::of))
            .bind(Word(place.urgency))
            .bind(At(place.since))
            .bind(Key::of(place.id))
            .bind(limit)
            .fetch_all(conn)
            .await
    })?;
    Ok(rows.into_iter().map(Listed::from).collect())
}

async fn load(desk: &mut Desk, id: WaitingId) -> Result<Option<Listed>, StoreError> {
    let row: Option<WaitingRow> =
        on!(desk, conn => sqlx::query_as(FIND).bind(Key::of(id)).fetch_optional(conn).await)?;
    Ok(row.map(Listed::from))
}
