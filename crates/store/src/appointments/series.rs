//! Follow-ups in a row: planned first, with what speaks against each of them, then booked together or not at all.

use super::book::{BookError, conflicts, insert, planned, prepare};
use super::{advance, load};
use crate::audit::{Event, Verb};
use crate::column::{At, Key, Word};
use crate::database::on;
use crate::desk::Desk;
use crate::error::{Refusal, StoreError};
use medrecord_clinic::access::Action;
use medrecord_clinic::appointment::{
    Appointment, AppointmentDetails, AppointmentStatus, Conflict, Series, Step,
};
use medrecord_clinic::ids::{AppointmentId, SeriesId};
use medrecord_clinic::practice::Practice;
use medrecord_clinic::time::{Day, Instant};
use serde_json::json;

/// One visit of a row before it is booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedVisit {
    /// Its day.
    pub day: Day,
    /// The booking; `None` where the clocks skip its time on that day.
    pub details: Option<AppointmentDetails>,
    /// What speaks against it.
    pub conflicts: Vec<Conflict>,
}

/// One visit of a row that was booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeriesVisit {
    /// The visit.
    pub id: AppointmentId,
    /// When it begins.
    pub appointment_date: Instant,
    /// Where it stands.
    pub status: AppointmentStatus,
    /// The row's version.
    pub version: i32,
}

#[derive(sqlx::FromRow)]
struct SeriesRow {
    id: Key,
    appointment_date: At,
    status: Word<AppointmentStatus>,
    version: i32,
}

const LINK: &str = "UPDATE appointments SET series_id = $2 WHERE id = $1";
const OF_SERIES: &str = "SELECT a.id, a.appointment_date, a.status, a.version
    FROM appointments AS one
    JOIN appointments AS a ON a.series_id = one.series_id
    WHERE one.id = $1 AND a.series_id IS NOT NULL
    ORDER BY a.appointment_date, a.id";

/// Lists the visits of a row with what speaks against each, without booking any.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn plan_series(
    desk: &mut Desk,
    practice: &Practice,
    first: &AppointmentDetails,
    series: Series,
) -> Result<Vec<PlannedVisit>, Refusal> {
    desk.require(Action::ReadSchedule)?;
    let mut visits = Vec::new();
    for occurrence in series.occurrences(first, practice.time_zone) {
        let details =
            occurrence.begins.map(|begins| AppointmentDetails { appointment_date: begins, ..first.clone() });
        let conflicts = match &details {
            Some(details) => {
                let booked = planned(desk, details)?;
                conflicts(desk, practice, &booked).await?
            }
            None => Vec::new(),
        };
        visits.push(PlannedVisit { day: occurrence.day, details, conflicts });
    }
    Ok(visits)
}

/// Books visits as one row, all or none; those against which something speaks only with a reason, which stays with
/// them.
///
/// # Errors
/// As [`super::book()`]; [`BookError::Conflicts`] with what speaks against the first visit that has no reason.
pub async fn book_series(
    desk: &mut Desk,
    practice: &Practice,
    visits: &[AppointmentDetails],
    reason: Option<&str>,
) -> Result<Vec<AppointmentId>, BookError> {
    let series: SeriesId = desk.fresh_id().map_err(Refusal::from)?;
    let mut booked = Vec::new();
    for details in visits {
        let visit = prepare(desk, details).await?;
        let against = conflicts(desk, practice, &visit).await?;
        let visit = match (against.is_empty(), reason) {
            (true, _) => visit,
            (false, Some(reason)) => Appointment { double_booking_reason: Some(reason.to_owned()), ..visit },
            (false, None) => return Err(BookError::Conflicts(against)),
        };
        insert(desk, &visit).await?;
        link(desk, visit.id, series).await.map_err(Refusal::from)?;
        booked.push(visit.id);
    }
    Ok(booked)
}

async fn link(desk: &mut Desk, visit: AppointmentId, series: SeriesId) -> Result<(), StoreError> {
    on!(desk, conn => {
        sqlx::query(LINK).bind(Key::of(visit)).bind(Key::of(series)).execute(conn).await.map(|_| ())
    })?;
    Ok(())
}

/// The visits that were booked in one row with this one, itself among them; empty where it was booked alone.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn series_of(desk: &mut Desk, id: AppointmentId) -> Result<Vec<SeriesVisit>, Refusal> {
    desk.require(Action::ReadSchedule)?;
    let rows: Vec<SeriesRow> =
        on!(desk, conn => sqlx::query_as(OF_SERIES).bind(Key::of(id)).fetch_all(conn).await)?;
    let visit = |row: SeriesRow| SeriesVisit {
        id: row.id.id(),
        appointment_date: row.appointment_date.0,
        status: row.status.0,
        version: row.version,
    };
    Ok(rows.into_iter().map(visit).collect())
}

/// Cancels this visit and those of its row that come after it and have not begun. Returns how many.
///
/// # Errors
/// As [`advance`].
pub async fn cancel_rest(
    desk: &mut Desk,
    practice: &Practice,
    id: AppointmentId,
    reason: &str,
) -> Result<usize, Refusal> {
    desk.require(Action::WriteSchedule)?;
    let this = load(desk, id).await?.ok_or(Refusal::NotFound("appointment"))?;
    let rest: Vec<SeriesVisit> = series_of(desk, id)
        .await?
        .into_iter()
        .filter(|visit| visit.appointment_date >= this.appointment_date)
        .filter(|visit| visit.status == AppointmentStatus::Scheduled)
        .collect();
    let step = Step::Cancel(reason.to_owned());
    for visit in &rest {
        advance(desk, practice.time_zone, visit.id, visit.version, &step).await?;
    }
    desk.record(
        Event::new(Verb::Update, "appointment")
            .about(id)
            .of_patient(this.patient_id)
            .with(json!({ "cancelledInRow": rest.len() })),
    );
    Ok(rest.len())
}
