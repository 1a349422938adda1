//! Today of the sample clinic: visits around this hour in every status.

use super::dice::Dice;
use super::people::{Body, Subject};
use super::stories::{ACUTE, CHECKUP, CHILD_CHECKUP, Story};
use super::visits::{self, Place, Visit};
use super::{machine, rows, scribed};
use crate::audit::{Event, Verb};
use crate::column::{At, Fixed, Key};
use crate::database::on;
use crate::desk::Desk;
use crate::error::{Refusal, StoreError};
use crate::{Store, practice, providers, seed};
use chrono::NaiveDate;
use medrecord_clinic::appointment::AppointmentStatus;
use medrecord_clinic::ids::PatientId;
use medrecord_clinic::provider::{Provider, Role};
use medrecord_clinic::time::{Day, Instant, Zone};
use serde_json::json;

const BOOKED: &str =
    "SELECT COUNT(*) FROM appointments WHERE appointment_date >= $1 AND appointment_date < $2";
const PATIENTS: &str =
    "SELECT id, date_of_birth FROM patients WHERE merged_into_id IS NULL ORDER BY id DESC LIMIT $1";
const LAST: &str = "SELECT v.blood_pressure_systolic, v.blood_pressure_diastolic, v.weight, v.height
    FROM vital_signs v
    JOIN appointments a ON a.id = v.appointment_id
    WHERE a.patient_id = $1 AND v.weight IS NOT NULL AND v.height IS NOT NULL
    ORDER BY v.recorded_at DESC LIMIT 1";

/// Half hours before and after this one that the board shows.
const REACH: i32 = 8;
const HALF_HOUR: i64 = 30;

#[derive(sqlx::FromRow)]
struct LastRow {
    blood_pressure_systolic: Option<i32>,
    blood_pressure_diastolic: Option<i32>,
    weight: Fixed<2>,
    height: Fixed<2>,
}

/// Fills today's board unless somebody is booked today; yields how many visits that is. `zone` counts until the
/// practice has one of its own.
///
/// # Errors
/// [`Refusal`] where the database refuses or fails.
pub async fn fill_today(store: &Store, zone: Zone) -> Result<usize, Refusal> {
    let mut desk = store.write_desk(machine()).await?;
    let now = desk.now();
    let zone = practice::get(&mut desk, zone).await?.time_zone;
    let today = zone.day_of(now);
    let (from, until) = zone.bounds(today);
    let booked: i64 = on!(desk, conn => {
        sqlx::query_scalar(BOOKED).bind(At(from)).bind(At(until)).fetch_one(conn).await
    })?;
    if booked > 0 {
        return Ok(0);
    }
    let everybody = providers::list(&mut desk).await?;
    let mut doctors: Vec<&Provider> =
        everybody.iter().filter(|person| person.role != Role::Staff && !person.disabled).collect();
    doctors.sort_by_key(|person| person.email != seed::EMAIL);
    let people = patients(&mut desk).await?;
    let mut waiting = people.iter();
    let mut dice = Dice::new(u64::try_from(from.millis()).unwrap_or(1));
    let middle = middle(zone, now, (from, until));
    let mut count = 0;
    let (mut to_check, mut checked) = (None, None);
    for (doctor, provider) in doctors.iter().take(2).enumerate() {
        for offset in -REACH..=REACH {
            let at = middle.plus_minutes(HALF_HOUR * i64::from(offset));
            let minutes = if offset % 2 == 0 { 20 } else { 30 };
            let place = Place { at, minutes, provider: provider.id, taken: false };
            let status = status(doctor, offset);
            let with_jane = doctor == 0 && offset == 0;
            let patient = if with_jane { Some(&(seed::SAMPLE_PATIENT, None)) } else { waiting.next() };
            let Some((id, born)) = patient else { continue };
            if at < from || at >= until {
                continue;
            }
            let unsigned = doctor == 0 && offset == -1;
            let story =
                if unsigned { &scribed::BLOCKED_EAR } else { story(&mut dice, *born, today, with_jane) };
            let subject = Subject::as_last_seen(*id, last(&mut desk, *id).await?);
            let mut visit = made(&mut dice, &subject, (place, status), story, now);
            if unsigned {
                visit.record = None;
                checked = Some((visit.appointment.id, *provider));
            }
            if with_jane {
                to_check = Some((visit.appointment.id, *provider));
            }
            rows::visit(&mut desk, &visit).await?;
            count += 1;
        }
    }
    desk.record(Event::new(Verb::Create, "sample_data").with(json!({ "appointments": count })));
    desk.close().await?;
    if let Some((appointment, provider)) = to_check {
        scribed::draft(store, appointment, provider).await?;
    }
    if let Some((appointment, provider)) = checked {
        scribed::checked(store, appointment, provider).await?;
    }
    Ok(count)
}

/// The half hour that runs now; near midnight one that leaves room on both sides.
fn middle(zone: Zone, now: Instant, (from, until): (Instant, Instant)) -> Instant {
    let past = i64::from(zone.minute_of_day(now)) % HALF_HOUR;
    let start = now.plus_minutes(-past).plus_millis(-now.millis().rem_euclid(60_000));
    start.clamp(from.plus_minutes(2 * 60), until.plus_minutes(-2 * 60))
}

fn status(doctor: usize, offset: i32) -> AppointmentStatus {
    match (offset, doctor) {
        (-5, _) => AppointmentStatus::NoShow,
        (-3, 0) | (5, 1) => AppointmentStatus::Cancelled,
        (..=-1, _) => AppointmentStatus::Completed,
        (0, _) => AppointmentStatus::InProgress,
        (1, _) | (2, 0) => AppointmentStatus::CheckedIn,
        (_, _) => AppointmentStatus::Scheduled,
    }
}

fn story(dice: &mut Dice, born: Option<Day>, today: Day, with_jane: bool) -> &'static Story {
    if with_jane {
        return ACUTE.get(1).unwrap_or(&CHECKUP);
    }
    match born {
        Some(born) if born.age_on(today) < 16 => &CHILD_CHECKUP,
        _ if dice.percent(25) => &CHECKUP,
        // The last story is a call; those who sit in the waiting room came.
        _ => dice.pick(ACUTE.get(..7).unwrap_or(&[])).unwrap_or(&CHECKUP),
    }
}

/// A visit of today as it stands now; nothing of it lies in the future.
fn made(
    dice: &mut Dice,
    subject: &Subject,
    (place, status): (Place, AppointmentStatus),
    story: &'static Story,
    now: Instant,
) -> Visit {
    if status == AppointmentStatus::Completed {
        return visits::finished(dice, subject, place, story, 100);
    }
    let mut appointment = visits::appointment(dice, subject.id, place, story, status);
    let begun = now.plus_minutes(-i64::from(dice.between(4, 9)));
    let arrived = now.plus_minutes(-i64::from(dice.between(11, 24)));
    appointment.started_at = appointment.started_at.map(|at| at.min(begun));
    appointment.checked_in_at = appointment.checked_in_at.map(|at| at.min(arrived));
    appointment.updated_at = appointment.updated_at.min(now);
    let measured = appointment.started_at.is_some();
    let vitals = if measured { visits::measured(dice, subject, &appointment, story, 100) } else { None };
    Visit { appointment, vitals, record: None }
}

async fn patients(desk: &mut Desk) -> Result<Vec<(PatientId, Option<Day>)>, StoreError> {
    let most = i64::from(REACH * 4 + 4);
    let rows: Vec<(Key, NaiveDate)> =
        on!(desk, conn => sqlx::query_as(PATIENTS).bind(most).fetch_all(conn).await)?;
    let people = rows.into_iter().map(|(id, born)| (id.id(), Some(Day(born))));
    Ok(people.filter(|(id, _)| *id != seed::SAMPLE_PATIENT).collect())
}

async fn last(desk: &mut Desk, patient: PatientId) -> Result<Option<Body>, StoreError> {
    let row: Option<LastRow> =
        on!(desk, conn => sqlx::query_as(LAST).bind(Key::of(patient)).fetch_optional(conn).await)?;
    Ok(row.map(|row| Body {
        systolic: row.blood_pressure_systolic.unwrap_or(120),
        diastolic: row.blood_pressure_diastolic.unwrap_or(76),
        weight: row.weight.0,
        height: row.height.0,
    }))
}
