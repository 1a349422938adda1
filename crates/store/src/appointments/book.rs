//! Books, moves and takes in: everything that gives a provider's time away.
//!
//! Conflicts are looked up and listed under a lock on the provider and the patient (SQLite has one writer); the
//! exclusion constraint, on SQLite a trigger, decides whatever slips past.

use super::{AppointmentRow, LONGEST, load, select};
use crate::audit::{Event, Verb};
use crate::column::{At, Key, Word};
use crate::database::{Conn, on};
use crate::desk::Desk;
use crate::error::{Refusal, StoreError};
use crate::{blocked_times, patients, providers, visit_types, waiting_list};
use medrecord_clinic::access::Action;
use medrecord_clinic::appointment::{
    Appointment, AppointmentDetails, AppointmentStatus, Conflict, WALKED_IN, WalkIn, against_the_practice,
};
use medrecord_clinic::field::Problems;
use medrecord_clinic::ids::{AppointmentId, PatientId, ProviderId};
use medrecord_clinic::practice::Practice;
use medrecord_clinic::provider::Role;
use medrecord_clinic::time::Instant;

/// Why a booking was refused.
#[derive(Debug, thiserror::Error)]
pub enum BookError {
    /// All that speaks against the time; a person may book in spite of it, with a reason.
    #[error("{} thing(s) speak against this time", .0.len())]
    Conflicts(Vec<Conflict>),
    /// Refused as any other use case.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

impl From<StoreError> for BookError {
    fn from(error: StoreError) -> Self {
        if error.violates(SLOT) {
            return Self::Conflicts(vec![Conflict::JustTaken]);
        }
        Self::Refused(error.into())
    }
}

/// The rule in the database that a provider cannot be in two places.
pub(super) const SLOT: &str = "appointments_provider_slot_excl";

const LOCK_PROVIDER_POSTGRES: &str = "SELECT id FROM providers WHERE id = $1 FOR NO KEY UPDATE";
const LOCK_PATIENT_POSTGRES: &str = "SELECT id FROM patients WHERE id = $1 FOR NO KEY UPDATE";
/// No visit is longer than 480 minutes, which bounds the search: `$3` lies so far before `$4`.
const BUSY: &str = select!(
    " FROM appointments AS a
    WHERE (a.provider_id = $1 OR a.patient_id = $2)
        AND a.appointment_date > $3 AND a.appointment_date < $5 AND a.ends_at > $4
        AND a.status NOT IN ('cancelled', 'no_show') AND a.id <> $6
    ORDER BY a.appointment_date, a.id"
);
const INSERT: &str = "INSERT INTO appointments (id, patient_id, provider_id, appointment_date, ends_at, appointment_type, reason_for_visit,
        duration_minutes, status, status_reason, double_booking_reason, checked_in_at, started_at, completed_at,
        created_by, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)";
const RESCHEDULE: &str =
    "UPDATE appointments SET provider_id = $3, appointment_date = $4, ends_at = $5, appointment_type = $6,
        reason_for_visit = $7, duration_minutes = $8, double_booking_reason = $9, updated_at = $10,
        version = version + 1
    WHERE id = $1 AND version = $2";

/// Books a visit at a time against which nothing speaks.
///
/// # Errors
/// [`BookError::Conflicts`] with all that speaks against the time; [`Refusal::Invalid`] where the patient or the
/// provider cannot be booked, [`Refusal::NotAllowed`].
pub async fn book(
    desk: &mut Desk,
    practice: &Practice,
    details: &AppointmentDetails,
) -> Result<AppointmentId, BookError> {
    let booked = prepare(desk, details).await?;
    let conflicts = conflicts(desk, practice, &booked).await?;
    if !conflicts.is_empty() {
        return Err(BookError::Conflicts(conflicts));
    }
    insert(desk, &booked).await?;
    Ok(booked.id)
}

/// Books a visit whatever speaks against the time, for a reason that stays with it.
///
/// # Errors
/// [`Refusal::Invalid`] where the patient or the provider cannot be booked, [`Refusal::NotAllowed`].
pub async fn book_anyway(
    desk: &mut Desk,
    details: &AppointmentDetails,
    reason: &str,
) -> Result<AppointmentId, BookError> {
    let booked = prepare(desk, details).await?;
    let booked = Appointment { double_booking_reason: Some(reason.to_owned()), ..booked };
    insert(desk, &booked).await?;
    Ok(booked.id)
}

/// Takes in somebody who came without an appointment: booked for now and checked in. Never refused for want of time.
///
/// # Errors
/// [`Refusal::Invalid`] where the patient or the provider cannot be booked, [`Refusal::NotAllowed`].
pub async fn walk_in(desk: &mut Desk, walk_in: &WalkIn) -> Result<AppointmentId, BookError> {
    let now = desk.now();
    let details = AppointmentDetails {
        patient_id: walk_in.patient_id,
        provider_id: walk_in.provider_id,
        appointment_date: now.plus_millis(-now.millis().rem_euclid(60_000)),
        appointment_type: walk_in.appointment_type,
        duration_minutes: visit_types::get(desk).await?.minutes(walk_in.appointment_type),
        reason_for_visit: walk_in.reason_for_visit.clone(),
    };
    let booked = prepare(desk, &details).await?;
    let arrived = Appointment {
        status: AppointmentStatus::CheckedIn,
        checked_in_at: Some(now),
        double_booking_reason: Some(WALKED_IN.to_owned()),
        ..booked
    };
    insert(desk, &arrived).await?;
    Ok(arrived.id)
}

/// Writes an appointment as it is given, whatever its time and status; for seeds and imports.
///
/// # Errors
/// [`BookError::Conflicts`] where the provider's time is taken, [`Refusal::NotAllowed`].
pub async fn keep(desk: &mut Desk, appointment: &Appointment) -> Result<(), BookError> {
    desk.require(Action::WriteSchedule)?;
    insert(desk, appointment).await
}

/// Moves or changes a visit that has not begun; `seen` is the version that the person edited. Returns the new version.
///
/// # Errors
/// As [`book`]; [`Refusal::Rule`] where the visit has begun or is another patient's, [`Refusal::Stale`],
/// [`Refusal::NotFound`].
pub async fn reschedule(
    desk: &mut Desk,
    practice: &Practice,
    id: AppointmentId,
    seen: i32,
    details: &AppointmentDetails,
) -> Result<i32, BookError> {
    let before = movable(desk, id, seen, details).await?;
    let booked = prepare(desk, details).await?;
    let same_time = booked.slot() == before.slot() && booked.provider_id == before.provider_id;
    let kept = before.double_booking_reason.clone().filter(|_| same_time);
    let moved = Appointment { id, version: seen, double_booking_reason: kept, ..booked };
    if !same_time {
        let same_hour = moved.appointment_date == before.appointment_date;
        let mut conflicts = conflicts(desk, practice, &moved).await?;
        conflicts.retain(|conflict| !(same_hour && *conflict == Conflict::InThePast));
        if !conflicts.is_empty() {
            return Err(BookError::Conflicts(conflicts));
        }
    }
    update(desk, &before, &moved).await
}

/// Moves a visit that has not begun whatever speaks against the time, for a reason that stays with it.
///
/// # Errors
/// As [`reschedule`], without conflicts.
pub async fn reschedule_anyway(
    desk: &mut Desk,
    id: AppointmentId,
    seen: i32,
    details: &AppointmentDetails,
    reason: &str,
) -> Result<i32, BookError> {
    let before = movable(desk, id, seen, details).await?;
    let booked = prepare(desk, details).await?;
    let reason = Some(reason.to_owned());
    let moved = Appointment { id, version: seen, double_booking_reason: reason, ..booked };
    update(desk, &before, &moved).await
}

/// Lists what speaks against a booking without booking it; `of` is the appointment that is to be moved, if one is.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn against(
    desk: &mut Desk,
    practice: &Practice,
    details: &AppointmentDetails,
    of: Option<AppointmentId>,
) -> Result<Vec<Conflict>, Refusal> {
    desk.require(Action::ReadSchedule)?;
    let planned = planned(desk, details)?;
    let planned = Appointment { id: of.unwrap_or(planned.id), ..planned };
    Ok(conflicts(desk, practice, &planned).await?)
}

/// Refuses where a provider's time has been given to somebody else since a visit was called off.
pub(super) async fn still_free(desk: &mut Desk, appointment: &Appointment) -> Result<(), Refusal> {
    lock(desk, appointment.provider_id, appointment.patient_id).await?;
    let taken = busy(desk, appointment).await?.iter().any(|c| matches!(c, Conflict::ProviderBusy { .. }));
    if taken { Err(given_away()) } else { Ok(()) }
}

pub(super) fn given_away() -> Refusal {
    let words = "The time has been given to another visit since. Book a new appointment instead.";
    Refusal::Rule(words.to_owned())
}

/// The appointment as it will be, with patient and provider checked and locked.
pub(super) async fn prepare(desk: &mut Desk, details: &AppointmentDetails) -> Result<Appointment, Refusal> {
    desk.require(Action::WriteSchedule)?;
    lock(desk, details.provider_id, details.patient_id).await?;
    let mut wrong = Problems::none();
    match providers::find(desk, details.provider_id).await? {
        Some(provider) if !provider.disabled && provider.role != Role::Staff => {}
        Some(_) => wrong.add("providerId", "not_seeing", "This person sees no patients; choose another."),
        None => wrong.add("providerId", "unknown", "Choose a provider."),
    }
    match patients::load(desk, details.patient_id).await? {
        None => wrong.add("patientId", "unknown", "Choose a patient."),
        Some(patient) => {
            if let Some(day) = patient.deceased_on {
                wrong.add("patientId", "deceased", format!("This patient is recorded as deceased on {day}."));
            }
        }
    }
    wrong.refuse()?;
    Ok(planned(desk, details)?)
}

pub(super) fn planned(desk: &Desk, details: &AppointmentDetails) -> Result<Appointment, StoreError> {
    let d = details.clone();
    Ok(Appointment {
        id: desk.fresh_id()?,
        patient_id: d.patient_id,
        provider_id: d.provider_id,
        appointment_date: d.appointment_date,
        ends_at: details.ends_at(),
        appointment_type: d.appointment_type,
        reason_for_visit: d.reason_for_visit,
        duration_minutes: d.duration_minutes,
        status: AppointmentStatus::Scheduled,
        status_reason: None,
        double_booking_reason: None,
        checked_in_at: None,
        started_at: None,
        completed_at: None,
        created_at: desk.now(),
        updated_at: desk.now(),
        version: 1,
    })
}

/// Lets bookings for the same provider or patient wait for each other, so that the later one sees the earlier.
/// Without it, PostgreSQL's exclusion constraint may end such a race in a deadlock.
async fn lock(desk: &mut Desk, provider: ProviderId, patient: PatientId) -> Result<(), StoreError> {
    if let Conn::Postgres(conn) = desk.conn() {
        sqlx::query(LOCK_PROVIDER_POSTGRES).bind(Key::of(provider)).execute(&mut *conn).await?;
        sqlx::query(LOCK_PATIENT_POSTGRES).bind(Key::of(patient)).execute(conn).await?;
    }
    Ok(())
}

pub(super) async fn conflicts(
    desk: &mut Desk,
    practice: &Practice,
    booked: &Appointment,
) -> Result<Vec<Conflict>, StoreError> {
    let mut conflicts = busy(desk, booked).await?;
    let blocked = blocked_times::of_provider(desk, booked.provider_id, booked.slot()).await?;
    conflicts.extend(blocked.iter().map(Conflict::from));
    conflicts.extend(against_the_practice(booked.slot(), practice, desk.now()));
    Ok(conflicts)
}

async fn busy(desk: &mut Desk, booked: &Appointment) -> Result<Vec<Conflict>, StoreError> {
    let begins: Instant = booked.appointment_date;
    let rows: Vec<AppointmentRow> = on!(desk, conn => {
        sqlx::query_as(BUSY)
            .bind(Key::of(booked.provider_id))
            .bind(Key::of(booked.patient_id))
            .bind(At(begins.plus_minutes(-LONGEST)))
            .bind(At(begins))
            .bind(At(booked.ends_at))
            .bind(Key::of(booked.id))
            .fetch_all(conn)
            .await
    })?;
    let mut conflicts = Vec::new();
    for other in rows.into_iter().map(Appointment::from) {
        let (appointment, slot) = (other.id, other.slot());
        if other.provider_id == booked.provider_id {
            conflicts.push(Conflict::ProviderBusy { appointment, slot });
        }
        if other.patient_id == booked.patient_id {
            conflicts.push(Conflict::PatientBusy { appointment, slot });
        }
    }
    Ok(conflicts)
}

pub(super) async fn insert(desk: &mut Desk, booked: &Appointment) -> Result<(), BookError> {
    let a = booked;
    let by = desk.actor().id.map(Key::of);
    let done = on!(desk, conn => {
        sqlx::query(INSERT)
            .bind(Key::of(a.id))
            .bind(Key::of(a.patient_id))
            .bind(Key::of(a.provider_id))
            .bind(At(a.appointment_date))
            .bind(At(a.ends_at))
            .bind(Word(a.appointment_type))
            .bind(&a.reason_for_visit)
            .bind(a.duration_minutes)
            .bind(Word(a.status))
            .bind(&a.status_reason)
            .bind(&a.double_booking_reason)
            .bind(a.checked_in_at.map(At))
            .bind(a.started_at.map(At))
            .bind(a.completed_at.map(At))
            .bind(by)
            .bind(At(a.created_at))
            .bind(At(a.updated_at))
            .execute(conn)
            .await
            .map(|_| ())
    });
    done.map_err(StoreError::from)?;
    note(desk, Verb::Create, a);
    Ok(())
}

/// The visit as it stands, where it can still be moved.
async fn movable(
    desk: &mut Desk,
    id: AppointmentId,
    seen: i32,
    details: &AppointmentDetails,
) -> Result<Appointment, Refusal> {
    desk.require(Action::WriteSchedule)?;
    let before = load(desk, id).await?.ok_or(Refusal::NotFound("appointment"))?;
    if before.version != seen {
        return Err(Refusal::Stale { what: "appointment", seen, current: before.version });
    }
    let refusal = if before.status != AppointmentStatus::Scheduled {
        let status = before.status.in_words().to_lowercase();
        Some(format!("A visit that is {status} cannot be moved. Set it back to scheduled first."))
    } else if before.patient_id != details.patient_id {
        Some("An appointment stays with its patient. Cancel it and book another.".to_owned())
    } else {
        None
    };
    refusal.map_or(Ok(before), |words| Err(Refusal::Rule(words)))
}

/// Writes where a visit goes to, and keeps the time that it leaves.
async fn update(desk: &mut Desk, before: &Appointment, moved: &Appointment) -> Result<i32, BookError> {
    let a = moved;
    let done = on!(desk, conn => {
        sqlx::query(RESCHEDULE)
            .bind(Key::of(a.id))
            .bind(a.version)
            .bind(Key::of(a.provider_id))
            .bind(At(a.appointment_date))
            .bind(At(a.ends_at))
            .bind(Word(a.appointment_type))
            .bind(&a.reason_for_visit)
            .bind(a.duration_minutes)
            .bind(&a.double_booking_reason)
            .bind(At(a.updated_at))
            .execute(conn)
            .await
            .map(|done| done.rows_affected())
    });
    if done.map_err(StoreError::from)? != 1 {
        let seen = a.version;
        return Err(Refusal::Stale { what: "appointment", seen, current: seen + 1 }.into());
    }
    if before.slot() != a.slot() || before.provider_id != a.provider_id {
        waiting_list::set_free(desk, before.provider_id, before.slot()).await?;
    }
    note(desk, Verb::Update, a);
    Ok(a.version + 1)
}

fn note(desk: &mut Desk, verb: Verb, appointment: &Appointment) {
    let in_spite = appointment.double_booking_reason.is_some();
    desk.record(
        Event::new(verb, "appointment")
            .about(appointment.id)
            .of_patient(appointment.patient_id)
            .with(serde_json::json!({ "inSpiteOfConflicts": in_spite })),
    );
}
