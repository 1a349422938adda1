//! The crowd: invented patients by the thousand with their past, for load tests; the same for the same plan and day on
//! both databases.
//!
//! `people.rs` says who they are, `illness.rs` what they have, `diary.rs` when they come, `visits.rs` what happens then,
//! `rows.rs` and `tables.rs` write it in bulk.

use super::dice::Dice;
use super::{Made, Plan, machine, there_already};
use crate::Store;
use crate::audit::{Event, Verb};
use crate::column::{At, Key};
use crate::database::{Pools, on};
use crate::error::{Refusal, StoreError};
use diary::Diary;
use medrecord_clinic::ids::ProviderId;
use medrecord_clinic::time::{Day, Instant, Zone};
use people::Inventor;
use serde_json::json;
use tables::Bulk;
use visits::Body;

mod diary;
mod illness;
mod people;
mod rows;
mod tables;
mod visits;

/// Patients kept in one transaction.
const AT_ONCE: usize = 500;
/// Days ahead that the diaries are filled.
const AHEAD: i64 = 14;

const SOMEBODY_ELSE: &str =
    "SELECT count(*) FROM (SELECT id FROM patients WHERE record_number NOT LIKE 'GEN-%' LIMIT 1) AS p";
const DOCTOR: &str =
    "INSERT INTO providers (id, email, password_hash, first_name, last_name, specialty, role, created_at, updated_at)
    VALUES ($1, $2, '!', 'Generated', $3, 'General Practice', 'provider', $4, $4)";

/// Invents patients with their past under doctors of their own; `progress` hears how many are kept so far.
///
/// # Errors
/// [`Refusal::Rule`] where the practice has patients who were not generated, or the patients of this seed are there
/// already; else [`Refusal`] where the database refuses or fails.
pub async fn generate(
    store: &Store,
    zone: Zone,
    plan: Plan,
    progress: impl FnMut(usize),
) -> Result<Made, Refusal> {
    let mut desk = store.write_desk(machine()).await?;
    let others: i64 = on!(desk, conn => sqlx::query_scalar(SOMEBODY_ELSE).fetch_one(conn).await)
        .map_err(StoreError::from)?;
    if others > 0 {
        let words = "this database holds patients who were not generated; use an empty one for load tests";
        return Err(Refusal::Rule(words.to_owned()));
    }
    drop(desk);
    generate_beside(store, zone, plan, progress).await
}

/// As [`generate`], in a practice that has other patients already: somebody said so.
///
/// # Errors
/// As [`generate`], whoever is there.
pub async fn generate_beside(
    store: &Store,
    zone: Zone,
    plan: Plan,
    mut progress: impl FnMut(usize),
) -> Result<Made, Refusal> {
    make_room(store).await?;
    let today = zone.day_of(store.clock().now());
    let first = today.plus_days(-i64::from(plan.years) * 365);
    let mut dice = Dice::new(plan.seed);
    let doctors = hire(store, &mut dice, plan, zone.bounds(first).0).await?;
    // A week more in front: registering looks back to the last working day.
    let diary = Diary::new(zone, (first.plus_days(-7), today.plus_days(AHEAD + 7)), doctors);
    let mut crowd = Crowd { dice, diary, inventor: Inventor::new(today), plan, zone, today, first };
    let mut made = Made::default();
    let mut fingerprints = Vec::new();
    while made.patients < plan.patients {
        let mut desk = store.write_desk(machine()).await?;
        let mut bulk = Bulk::new(&mut desk);
        let until = plan.patients.min(made.patients + AT_ONCE);
        let (patients_before, visits_before) = (made.patients, made.visits);
        for at in made.patients..until {
            made.visits += crowd.add(&mut bulk, at)?;
        }
        made.patients = until;
        bulk.flush(&mut desk).await.map_err(there_already)?;
        fingerprints.push(bulk.fingerprint());
        // One event for all: an invented patient is nobody's secret, and thousands of events would bury the trail.
        let (patients, visits) = (made.patients - patients_before, made.visits - visits_before);
        let detail = json!({ "patients": patients, "appointments": visits });
        desk.record(Event::new(Verb::Create, "sample_data").with(detail));
        desk.close().await?;
        progress(made.patients);
    }
    Ok(Made { fingerprint: fingerprints.join("\n"), ..made })
}

/// Gives the one connection that writes to SQLite room in memory: its indexes are filled in no order.
async fn make_room(store: &Store) -> Result<(), StoreError> {
    if let Pools::Sqlite { write, .. } = &store.pools {
        sqlx::query("PRAGMA cache_size = -262144").execute(write).await?;
    }
    Ok(())
}

/// Doctors of the crowd's own, with ids that the seed gives; nobody signs in as one: no password has this hash.
async fn hire(
    store: &Store,
    dice: &mut Dice,
    plan: Plan,
    since: Instant,
) -> Result<Vec<ProviderId>, Refusal> {
    let years = usize::try_from(plan.years).unwrap_or(1).max(1);
    // A doctor has about 5,000 half hours a year, of which visits of 3.2 a year and patient fill three of four.
    let number = 1 + plan.patients * 32 * years / (37_500 * years);
    let mut desk = store.write_desk(machine()).await?;
    let mut doctors: Vec<ProviderId> = Vec::with_capacity(number);
    for at in 1..=number {
        let id = dice.id(since);
        let (email, name) = (format!("generated-{}-{at}@example.com", plan.seed), format!("Doctor {at}"));
        on!(desk, conn => {
            sqlx::query(DOCTOR)
                .bind(Key::of(id))
                .bind(email)
                .bind(name)
                .bind(At(since))
                .execute(conn)
                .await
                .map(|_| ())
        })
        .map_err(StoreError::from)
        .map_err(there_already)?;
        desk.record(Event::new(Verb::Create, "provider").about(id));
        doctors.push(id);
    }
    desk.close().await?;
    Ok(doctors)
}

struct Crowd {
    dice: Dice,
    diary: Diary,
    inventor: Inventor,
    plan: Plan,
    zone: Zone,
    today: Day,
    first: Day,
}

impl Crowd {
    /// Invents the person of that place with everything that hangs on them; yields how many visits that is.
    fn add(&mut self, bulk: &mut Bulk, at: usize) -> Result<usize, Refusal> {
        let Self { dice, diary, inventor, plan, zone, today, first } = self;
        let period = today.0.signed_duration_since(first.0).num_days();
        let days = period - i64::from(dice.between(0, 30));
        let morning = |day: Day| diary.morning(day);
        let person = inventor.person(dice, (at, plan.seed), (days, &morning))?;
        let doctor = at % diary.doctors();
        let by = diary.doctor(doctor).ok_or(Refusal::NotFound("provider"))?;
        rows::person(bulk, dice, &person, by);
        let registered_on = zone.day_of(person.registered);
        let days = today.0.signed_duration_since(registered_on.0).num_days() + AHEAD;
        let number = visits::number(dice, person.age_on(*today), days);
        let mut body = Body::of(dice, &person, *today);
        let days = i32::try_from(days).unwrap_or(0);
        let mut made = 0;
        for at in 0..number {
            let share = (i64::from(days) * i64::from(at) / i64::from(number)).max(0);
            let day = registered_on.plus_days(share + i64::from(dice.between(0, (days / number).max(1))));
            let Some(place) = diary.place(dice, doctor, day) else { continue };
            let visit = visits::visit(dice, &person, &mut body, place, (*zone, *today));
            rows::visit(bulk, &visit);
            made += 1;
        }
        Ok(made)
    }
}
