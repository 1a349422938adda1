//! What changes on the waiting list: somebody is put on it, wishes for something else, is booked, is taken off, is put
//! back.

use super::{ENTITY, Listed, WHAT, load, load_all};
use crate::audit::{Event, Verb};
use crate::column::{At, Key, Word};
use crate::database::{Conn, on};
use crate::desk::Desk;
use crate::error::{Refusal, StoreError};
use crate::{appointments, patients, providers};
use medrecord_clinic::access::Action;
use medrecord_clinic::appointment::{Appointment, AppointmentStatus, AppointmentType};
use medrecord_clinic::field::{self, Problems, SHORT};
use medrecord_clinic::ids::{AppointmentId, PatientId, WaitingId};
use medrecord_clinic::provider::Role;
use medrecord_clinic::time::Zone;
use medrecord_clinic::waiting_list::{Waiting, WaitingDetails, WaitingState};
use serde_json::json;

const INSERT: &str = "INSERT INTO waiting_entries (provider_id, appointment_type, earliest_on, latest_on, part_of_day, urgency, note,
        updated_at, id, patient_id, appointment_id, created_by, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $8)";
const UPDATE: &str =
    "UPDATE waiting_entries SET provider_id = $1, appointment_type = $2, earliest_on = $3, latest_on = $4,
        part_of_day = $5, urgency = $6, note = $7, updated_at = $8, version = version + 1
    WHERE id = $9 AND version = $10 AND state = 'waiting'";
const END: &str = "UPDATE waiting_entries SET state = $3, state_reason = $4, booked_appointment_id = $5, ended_at = $6, ended_by = $7,
        updated_at = $8, version = version + 1
    WHERE id = $1 AND version = $2";
const LOCK_PATIENT_POSTGRES: &str = "SELECT id FROM patients WHERE id = $1 FOR NO KEY UPDATE";

/// Puts a patient on the list.
///
/// # Errors
/// [`Refusal::Invalid`] where the patient waits for this kind of visit already, where patient, provider or booked visit
/// cannot be; [`Refusal::Rule`] where the chart was merged into another, [`Refusal::NotAllowed`].
pub async fn add(desk: &mut Desk, details: &WaitingDetails) -> Result<WaitingId, Refusal> {
    desk.require(Action::WriteSchedule)?;
    if let Conn::Postgres(conn) = desk.conn() {
        let patient = Key::of(details.patient_id);
        sqlx::query(LOCK_PATIENT_POSTGRES).bind(patient).execute(conn).await.map_err(StoreError::from)?;
    }
    check(desk, details, None).await?;
    let id: WaitingId = desk.fresh_id()?;
    let by = desk.actor().id.map(Key::of);
    let (d, now) = (details, At(desk.now()));
    on!(desk, conn => {
        sqlx::query(INSERT)
            .bind(d.provider_id.map(Key::of))
            .bind(Word(d.appointment_type))
            .bind(d.earliest_on.0)
            .bind(d.latest_on.map(|day| day.0))
            .bind(Word(d.part_of_day))
            .bind(Word(d.urgency))
            .bind(&d.note)
            .bind(now)
            .bind(Key::of(id))
            .bind(Key::of(d.patient_id))
            .bind(d.appointment_id.map(Key::of))
            .bind(by)
            .execute(conn)
            .await
            .map(|_| ())
    })?;
    desk.record(Event::new(Verb::Create, ENTITY).about(id).of_patient(details.patient_id));
    Ok(id)
}

/// Changes what is wished for; `seen` is the version that was looked at. Patient and booked visit stay. Gives the new
/// version.
///
/// # Errors
/// As [`add`]; [`Refusal::Stale`] where somebody changed it or took it off meanwhile, [`Refusal::NotFound`].
pub async fn update(
    desk: &mut Desk,
    id: WaitingId,
    seen: i32,
    details: &WaitingDetails,
) -> Result<i32, Refusal> {
    desk.require(Action::WriteSchedule)?;
    let before = as_seen(desk, id, seen).await?;
    if details.patient_id != before.patient_id {
        return Err(Refusal::Rule("A place on the waiting list stays with its patient.".to_owned()));
    }
    check(desk, details, Some(id)).await?;
    let (d, now) = (details, At(desk.now()));
    let changed = on!(desk, conn => {
        sqlx::query(UPDATE)
            .bind(d.provider_id.map(Key::of))
            .bind(Word(d.appointment_type))
            .bind(d.earliest_on.0)
            .bind(d.latest_on.map(|day| day.0))
            .bind(Word(d.part_of_day))
            .bind(Word(d.urgency))
            .bind(&d.note)
            .bind(now)
            .bind(Key::of(id))
            .bind(seen)
            .execute(conn)
            .await
            .map(|done| done.rows_affected())
    })?;
    if changed != 1 {
        return Err(Refusal::Stale { what: WHAT, seen, current: seen + 1 });
    }
    desk.record(Event::new(Verb::Update, ENTITY).about(id).of_patient(before.patient_id));
    Ok(seen + 1)
}

/// Takes an entry off the list because the patient has a time now: this visit, booked or moved. Of two who take the same
/// entry, the later is refused, and with it the booking in the same desk. Gives the new version.
///
/// # Errors
/// [`Refusal::Rule`] where somebody else took the entry or changed it meanwhile, where the visit is another patient's, or
/// does not take place any more; [`Refusal::NotFound`], [`Refusal::NotAllowed`].
pub async fn booked(desk: &mut Desk, id: WaitingId, seen: i32, visit: AppointmentId) -> Result<i32, Refusal> {
    desk.require(Action::WriteSchedule)?;
    let taken = |refusal: Refusal| {
        let words = "Somebody else booked or changed this entry of the waiting list meanwhile. Nothing was booked here.";
        if matches!(refusal, Refusal::Stale { .. }) { Refusal::Rule(words.to_owned()) } else { refusal }
    };
    let before = as_seen(desk, id, seen).await.map_err(taken)?;
    let visit = appointments::load(desk, visit).await?.ok_or(Refusal::NotFound("appointment"))?;
    if visit.patient_id != before.patient_id {
        return Err(Refusal::Rule("The visit is another patient's than the one who waits.".to_owned()));
    }
    if visit.status != AppointmentStatus::Scheduled || visit.slot().until <= desk.now() {
        let words = "Only a visit to come takes a patient off the list. Book one, or take the entry off for a reason.";
        return Err(Refusal::Rule(words.to_owned()));
    }
    let ended = Ended { state: WaitingState::Booked, reason: None, visit: Some(visit.id) };
    end(desk, &before, &ended).await.map_err(taken)
}

/// Takes an entry off the list without a booking, for a reason. Gives the new version.
///
/// # Errors
/// [`Refusal::Invalid`] without a reason, [`Refusal::Stale`], [`Refusal::NotFound`], [`Refusal::NotAllowed`].
pub async fn withdraw(desk: &mut Desk, id: WaitingId, seen: i32, reason: &str) -> Result<i32, Refusal> {
    desk.require(Action::WriteSchedule)?;
    let reason = field::required("reason", "the reason, such as: patient called", reason, SHORT)?;
    let before = as_seen(desk, id, seen).await?;
    let ended = Ended { state: WaitingState::Withdrawn, reason: Some(reason), visit: None };
    end(desk, &before, &ended).await
}

/// Puts an entry back on the list on the day on which it was taken off; what was booked stays booked. Gives the new
/// version.
///
/// # Errors
/// [`Refusal::Rule`] on another day or where it waits already, [`Refusal::Stale`], [`Refusal::NotFound`],
/// [`Refusal::NotAllowed`].
pub async fn put_back(desk: &mut Desk, zone: Zone, id: WaitingId, seen: i32) -> Result<i32, Refusal> {
    desk.require(Action::WriteSchedule)?;
    let before = load(desk, id).await?.ok_or(Refusal::NotFound(WHAT))?.waiting;
    if before.version != seen {
        return Err(Refusal::Stale { what: WHAT, seen, current: before.version });
    }
    if let Some(words) = before.stays_off(desk.now(), zone) {
        return Err(Refusal::Rule(words.to_owned()));
    }
    if waits_already(desk, before.patient_id, before.appointment_type, Some(id)).await? {
        let words = "This patient waits for this type of visit again since. Change that entry instead.";
        return Err(Refusal::Rule(words.to_owned()));
    }
    end(desk, &before, &Ended { state: WaitingState::Waiting, reason: None, visit: None }).await
}

/// How an entry ends, or that it does not.
struct Ended {
    state: WaitingState,
    reason: Option<String>,
    visit: Option<AppointmentId>,
}

/// The entry, where it still waits as it was looked at.
async fn as_seen(desk: &mut Desk, id: WaitingId, seen: i32) -> Result<Waiting, Refusal> {
    let found = load(desk, id).await?.ok_or(Refusal::NotFound(WHAT))?.waiting;
    if found.version != seen || found.state != WaitingState::Waiting {
        return Err(Refusal::Stale { what: WHAT, seen, current: found.version });
    }
    Ok(found)
}

async fn end(desk: &mut Desk, before: &Waiting, ended: &Ended) -> Result<i32, Refusal> {
    let now = At(desk.now());
    let is_over = ended.state != WaitingState::Waiting;
    let by = desk.actor().id.map(Key::of).filter(|_| is_over);
    let changed = on!(desk, conn => {
        sqlx::query(END)
            .bind(Key::of(before.id))
            .bind(before.version)
            .bind(Word(ended.state))
            .bind(&ended.reason)
            .bind(ended.visit.map(Key::of))
            .bind(is_over.then_some(now))
            .bind(by)
            .bind(now)
            .execute(conn)
            .await
            .map(|done| done.rows_affected())
    })?;
    if changed != 1 {
        let seen = before.version;
        return Err(Refusal::Stale { what: WHAT, seen, current: seen + 1 });
    }
    desk.record(
        Event::new(Verb::Update, ENTITY)
            .about(before.id)
            .of_patient(before.patient_id)
            .with(json!({ "state": ended.state.as_str() })),
    );
    Ok(before.version + 1)
}

/// Whether patient, provider and booked visit can be; `this` is the entry that is changed.
async fn check(desk: &mut Desk, details: &WaitingDetails, this: Option<WaitingId>) -> Result<(), Refusal> {
    let mut wrong = Problems::none();
    match patients::load(desk, details.patient_id).await? {
        None => wrong.add("patientId", "unknown", "Choose a patient."),
        Some(patient) => {
            if let Some(day) = patient.deceased_on {
                wrong.add("patientId", "deceased", format!("This patient is recorded as deceased on {day}."));
            }
        }
    }
    if let Some(provider) = details.provider_id {
        let found = providers::find(desk, provider).await?;
        if found.is_none_or(|person| person.disabled || person.role == Role::Staff) {
            wrong.add(
                "providerId",
                "not_seeing",
                "This person sees no patients; choose another, or anybody.",
            );
        }
    }
    if let (Some(visit), None) = (details.appointment_id, this) {
        let found = appointments::load(desk, visit).await?;
        let fits = |visit: &Appointment| {
            visit.patient_id == details.patient_id && visit.status == AppointmentStatus::Scheduled
        };
        if !found.as_ref().is_some_and(fits) {
            wrong.add("appointmentId", "not_booked", "The visit is no longer booked for this patient.");
        }
    }
    wrong.refuse()?;
    if waits_already(desk, details.patient_id, details.appointment_type, this).await? {
        let words = format!(
            "This patient is on the waiting list for this type of visit already: {}. Change that entry instead.",
            details.appointment_type.in_words()
        );
        return Err(Refusal::Invalid(Problems::one("appointmentType", "waits_already", words)));
    }
    Ok(())
}

/// Whether a patient waits for a type of visit by another entry than this one.
async fn waits_already(
    desk: &mut Desk,
    patient: PatientId,
    kind: AppointmentType,
    this: Option<WaitingId>,
) -> Result<bool, StoreError> {
    let others = load_all(desk, patient).await?;
    let same = |other: &Listed| {
        let other = &other.waiting;
        other.state == WaitingState::Waiting && Some(other.id) != this && other.appointment_type == kind
    };
    Ok(others.iter().any(same))
}
