//! Keeps appointments: find, list, and move along the paths of a visit. Booking is in `book.rs`, the day board in
//! `day.rs` and `board.rs`.

use crate::audit::{Event, Verb};
use crate::column::{At, Key, Word};
use crate::database::on;
use crate::desk::Desk;
use crate::error::{Refusal, StoreError};
use medrecord_clinic::access::Action;
use medrecord_clinic::appointment::{Appointment, AppointmentStatus, AppointmentType, Step};
use medrecord_clinic::ids::{AppointmentId, PatientId, ProviderId};
use medrecord_clinic::time::{Instant, Zone};
use uuid::Uuid;

pub(crate) use board::PatientColumns;

mod board;
mod book;
mod check_in;
mod day;
mod series;

pub use board::{AllergyState, BoardPatient, BoardRow, Busy, RecordState, Unsigned, busy, taken, unsigned};
pub use book::{BookError, against, book, book_anyway, keep, reschedule, reschedule_anyway, walk_in};
pub use check_in::{Arrival, check_in, contact_confirmed};
pub use day::{Tally, Visits, begun_before, day, of_several, print_day, tally, visits};
pub use series::{PlannedVisit, SeriesVisit, book_series, cancel_rest, plan_series, series_of};

#[derive(sqlx::FromRow)]
struct AppointmentRow {
    id: Key,
    patient_id: Key,
    provider_id: Key,
    appointment_date: At,
    ends_at: At,
    appointment_type: Word<AppointmentType>,
    reason_for_visit: Option<String>,
    duration_minutes: Option<i32>,
    status: Word<AppointmentStatus>,
    status_reason: Option<String>,
    double_booking_reason: Option<String>,
    checked_in_at: Option<At>,
    started_at: Option<At>,
    completed_at: Option<At>,
    created_at: At,
    updated_at: At,
    version: i32,
}

impl From<AppointmentRow> for Appointment {
    fn from(row: AppointmentRow) -> Self {
        let planned = row.ends_at.0.minutes_since(row.appointment_date.0);
        let at = |at: Option<At>| at.map(|at| at.0);
        Self {
            id: row.id.id(),
            patient_id: row.patient_id.id(),
            provider_id: row.provider_id.id(),
            appointment_date: row.appointment_date.0,
            ends_at: row.ends_at.0,
            appointment_type: row.appointment_type.0,
            reason_for_visit: row.reason_for_visit,
            duration_minutes: row.duration_minutes.unwrap_or_else(|| i32::try_from(planned).unwrap_or(0)),
            status: row.status.0,
            status_reason: row.status_reason,
            double_booking_reason: row.double_booking_reason,
            checked_in_at: at(row.checked_in_at),
            started_at: at(row.started_at),
            completed_at: at(row.completed_at),
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
            version: row.version,
        }
    }
}

/// Puts the columns of an appointment `a` before the rest of a statement.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT a.id, a.patient_id, a.provider_id, a.appointment_date, a.ends_at, a.appointment_type,
        a.reason_for_visit, a.duration_minutes, a.status, a.status_reason, a.double_booking_reason,
        a.checked_in_at, a.started_at, a.completed_at, a.created_at, a.updated_at, a.version",
            $rest
        )
    };
}
use select;

const FIND: &str = select!(" FROM appointments AS a WHERE a.id = $1");
const LIST: &str = select!(
    " FROM appointments AS a
    WHERE a.appointment_date >= $1 AND a.appointment_date < $2
        AND (a.appointment_date > $3 OR (a.appointment_date = $3 AND a.id > $4))
        AND ($5 IS NULL OR a.provider_id = $5)
        AND ($6 IS NULL OR CAST(a.status AS text) = $6)
    ORDER BY a.appointment_date, a.id
    LIMIT $7 OFFSET $8"
);
const LIST_OF_PATIENT: &str = select!(
    " FROM appointments AS a
    WHERE a.patient_id = $1 AND a.appointment_date <= $2
        AND (a.appointment_date < $2 OR a.id < $3)
    ORDER BY a.appointment_date DESC, a.id DESC
    LIMIT $4"
);
const MOVE: &str =
    "UPDATE appointments SET status = $3, status_reason = $4, checked_in_at = $5, started_at = $6,
        completed_at = $7, updated_at = $8, version = version + 1
    WHERE id = $1 AND version = $2";
const IS_SIGNED: &str =
    "SELECT count(*) FROM medical_records WHERE appointment_id = $1 AND signed_at IS NOT NULL";

/// The last row of a page of appointments: the next page goes on behind it.
pub type AppointmentKey = (Instant, AppointmentId);

/// Which appointments to list; empty fields do not filter.
#[derive(Debug, Clone, Default)]
pub struct AppointmentFilter {
    /// Only those that begin at this instant or later.
    pub from: Option<Instant>,
    /// Only those that begin before this instant.
    pub until: Option<Instant>,
    /// Only those of this provider.
    pub provider: Option<ProviderId>,
    /// Only those that stand here.
    pub status: Option<AppointmentStatus>,
    /// Behind this row.
    pub after: Option<AppointmentKey>,
    /// So many rows further on, for callers that count pages.
    pub skip: i64,
    /// How many at the most.
    pub limit: i64,
}

/// The longest visit in minutes, as the databases hold it; bounds every search for overlaps.
const LONGEST: i64 = 480;

/// The first and the last instant that both databases order alike: years 1 and 9999.
const EVER: (i64, i64) = (-62_135_596_800_000, 253_402_300_799_000);

/// Finds an appointment; the look is noted in the audit trail.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn find(desk: &mut Desk, id: AppointmentId) -> Result<Option<Appointment>, Refusal> {
    desk.require(Action::ReadSchedule)?;
    let found = load(desk, id).await?;
    if let Some(appointment) = &found {
        desk.did(Verb::Read, "appointment", id, appointment.patient_id);
    }
    Ok(found)
}

/// The appointment, which must be there.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::NotAllowed`].
pub async fn get(desk: &mut Desk, id: AppointmentId) -> Result<Appointment, Refusal> {
    find(desk, id).await?.ok_or(Refusal::NotFound("appointment"))
}

/// Loads an appointment without a permission check or an event, for use cases of this crate that have done both.
pub(crate) async fn load(desk: &mut Desk, id: AppointmentId) -> Result<Option<Appointment>, StoreError> {
    let row: Option<AppointmentRow> =
        on!(desk, conn => sqlx::query_as(FIND).bind(Key::of(id)).fetch_optional(conn).await)?;
    Ok(row.map(Appointment::from))
}

/// Lists appointments in the order of the clock.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn list(desk: &mut Desk, filter: &AppointmentFilter) -> Result<Vec<Appointment>, Refusal> {
    desk.require(Action::ReadSchedule)?;
    let from = filter.from.unwrap_or(Instant::from_millis(EVER.0));
    let until = filter.until.unwrap_or(Instant::from_millis(EVER.1));
    let (last, last_id) = filter.after.unwrap_or((from.plus_millis(-1), Uuid::nil().into()));
    let rows: Vec<AppointmentRow> = on!(desk, conn => {
        sqlx::query_as(LIST)
            .bind(At(from))
            .bind(At(until))
            .bind(At(last))
            .bind(Key::of(last_id))
            .bind(filter.provider.map(Key::of))
            .bind(filter.status.map(AppointmentStatus::as_str))
            .bind(filter.limit)
            .bind(filter.skip)
            .fetch_all(conn)
            .await
    })?;
    desk.record(Event::new(Verb::Search, "appointment").with(serde_json::json!({ "count": rows.len() })));
    Ok(rows.into_iter().map(Appointment::from).collect())
}

/// Lists a patient's appointments, newest first; `before` is the last row of the page before.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn list_of_patient(
    desk: &mut Desk,
    patient: PatientId,
    before: Option<AppointmentKey>,
    limit: i64,
) -> Result<Vec<Appointment>, Refusal> {
    desk.require(Action::ReadSchedule)?;
    let (last, last_id) = before.unwrap_or((Instant::from_millis(EVER.1), Uuid::max().into()));
    let rows: Vec<AppointmentRow> = on!(desk, conn => {
        sqlx::query_as(LIST_OF_PATIENT)
            .bind(Key::of(patient))
            .bind(At(last))
            .bind(Key::of(last_id))
            .bind(limit)
            .fetch_all(conn)
            .await
    })?;
    desk.record(
        Event::new(Verb::Search, "appointment")
            .of_patient(patient)
            .with(serde_json::json!({ "count": rows.len() })),
    );
    Ok(rows.into_iter().map(Appointment::from).collect())
}

/// Takes a visit a step further, or the last step back on the same day of the practice's zone; `seen` is the version
/// that the person saw. Returns the visit as it then stands. Where it already stands there, nothing changes, so that a
/// second click does no harm.
///
/// # Errors
/// [`Refusal::Rule`] where no path leads there or the time was given away meanwhile, [`Refusal::Stale`],
/// [`Refusal::Signed`] where a signed visit would be reopened, [`Refusal::NotFound`], [`Refusal::NotAllowed`].
pub async fn advance(
    desk: &mut Desk,
    zone: Zone,
    id: AppointmentId,
    seen: i32,
    step: &Step,
) -> Result<Appointment, Refusal> {
    desk.require(Action::WriteSchedule)?;
    let before = load(desk, id).await?.ok_or(Refusal::NotFound("appointment"))?;
    if before.version != seen {
        if step.aim() == Some(before.status) {
            return Ok(before);
        }
        return Err(Refusal::Stale { what: "appointment", seen, current: before.version });
    }
    if before.status == AppointmentStatus::Completed && is_signed(desk, id).await? {
        return Err(Refusal::Signed);
    }
    let takes_time_again = !before.status.takes_time();
    let after = before.after(step, desk.now(), zone).map_err(|refusal| Refusal::Rule(refusal.to_string()))?;
    if takes_time_again && after.double_booking_reason.is_none() {
        book::still_free(desk, &after).await?;
    }
    let after = stand(desk, after).await?;
    desk.record(
        Event::new(Verb::Update, "appointment")
            .about(id)
            .of_patient(after.patient_id)
            .with(serde_json::json!({ "status": after.status.as_str() })),
    );
    Ok(after)
}

/// Writes where a visit stands; refused where the row changed since it was loaded.
async fn stand(desk: &mut Desk, after: Appointment) -> Result<Appointment, Refusal> {
    let a = &after;
    let done = on!(desk, conn => {
        sqlx::query(MOVE)
            .bind(Key::of(a.id))
            .bind(a.version)
            .bind(Word(a.status))
            .bind(&a.status_reason)
            .bind(a.checked_in_at.map(At))
            .bind(a.started_at.map(At))
            .bind(a.completed_at.map(At))
            .bind(At(a.updated_at))
            .execute(conn)
            .await
            .map(|done| done.rows_affected())
    });
    let changed = done.map_err(StoreError::from).map_err(|error| {
        if error.violates(book::SLOT) { book::given_away() } else { Refusal::Store(error) }
    })?;
    if changed != 1 {
        let (seen, what) = (after.version, "appointment");
        return Err(Refusal::Stale { what, seen, current: seen + 1 });
    }
    Ok(Appointment { version: after.version + 1, ..after })
}

async fn is_signed(desk: &mut Desk, id: AppointmentId) -> Result<bool, StoreError> {
    let count: i64 =
        on!(desk, conn => sqlx::query_scalar(IS_SIGNED).bind(Key::of(id)).fetch_one(conn).await)?;
    Ok(count > 0)
}
