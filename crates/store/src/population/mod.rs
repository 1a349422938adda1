//! An invented clinic to look at, and invented patients by the thousand for load tests; the same for the same seed.
//!
//! `people.rs` invents who they are, `stories.rs` what they come for, `visits.rs` what was written down, `rows.rs`
//! keeps it, `day.rs` fills today, `scribed.rs` adds a visit with a machine's draft; `crowd/` makes thousands of
//! patients for load tests. All of it is invented; any likeness is chance.

use crate::audit::{Event, Verb};
use crate::desk::{Actor, Desk, Via};
use crate::error::{Refusal, StoreError};
use crate::providers::{self, NewProvider};
use crate::{Store, passwords, practice, seed};
use calendar::Calendar;
use dice::Dice;
use medrecord_clinic::appointment::{AppointmentStatus, AppointmentType};
use medrecord_clinic::contact::Email;
use medrecord_clinic::ids::ProviderId;
use medrecord_clinic::practice::PracticeDetails;
use medrecord_clinic::provider::Role;
use medrecord_clinic::time::Zone;
use people::{Course, Person};
use rows::{Allergies, Entered};
use serde_json::json;

mod calendar;
mod crowd;
mod day;
mod dice;
mod people;
mod rows;
mod scribed;
mod stories;
mod visits;

pub use crowd::{generate, generate_beside};
pub use day::fill_today;

/// How many people to invent, over how long, from which seed.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// How many patients.
    pub patients: usize,
    /// Over how many years back their visits lie.
    pub years: i32,
    /// What makes them differ from those of another seed.
    pub seed: u64,
}

/// What was made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Made {
    /// Patients.
    pub patients: usize,
    /// Their visits.
    pub visits: usize,
    /// A fingerprint of the visits' signatures: the same for the same plan and day on either database. Empty for the
    /// sample clinic.
    pub fingerprint: String,
}

/// The sample clinic: sixty people over two years.
const SAMPLE: Plan = Plan { patients: 60, years: 2, seed: 20_261_122 };
/// Patients kept in one transaction.
const AT_ONCE: usize = 100;

/// Makes the sample clinic in a fresh database: people who sign in, patients with a past, and a full day.
///
/// # Errors
/// [`Refusal`] where the database refuses or fails.
pub async fn sample_clinic(store: &Store, zone: Zone) -> Result<Made, Refusal> {
    let mut desk = store.write_desk(machine()).await?;
    let (john, _) = seed::default_provider(&mut desk).await?;
    let ines = hire(&mut desk, ("Ines", "Keller", "ines@example.com"), Role::Provider).await?;
    hire(&mut desk, ("Sam", "Porter", "desk@example.com"), Role::Staff).await?;
    if practice::get(&mut desk, zone).await?.version == 0 {
        practice::save(&mut desk, 0, &sample_practice(zone)).await?;
    }
    seed::sample_patient(&mut desk).await?;
    desk.close().await?;
    let made = populate(store, zone, SAMPLE, &[john, ines], "P").await?;
    fill_today(store, zone).await?;
    Ok(made)
}

fn machine() -> Actor {
    Actor::machine("sample data", Via::Command)
}

fn sample_practice(zone: Zone) -> PracticeDetails {
    PracticeDetails {
        name: "Sampletown Family Practice".to_owned(),
        address: Some("1 Sample Street, Sampletown".to_owned()),
        phone: None,
        time_zone: zone,
        opens_at: 8 * 60,
        closes_at: 18 * 60,
    }
}

async fn hire(
    desk: &mut Desk,
    (first, last, email): (&str, &str, &str),
    role: Role,
) -> Result<ProviderId, Refusal> {
    let hash = passwords::hash(seed::PASSWORD).await?;
    Ok(providers::add_if_missing(desk, &new_provider(first, last, email, role)?, &hash).await?.0)
}

fn new_provider(first: &str, last: &str, email: &str, role: Role) -> Result<NewProvider, Refusal> {
    Ok(NewProvider {
        email: Email::parse("email", email)?,
        first_name: first.to_owned(),
        last_name: last.to_owned(),
        specialty: (role != Role::Staff).then(|| "General Practice".to_owned()),
        license_number: (role != Role::Staff).then(|| "MD-00000".to_owned()),
        role,
    })
}

async fn populate(
    store: &Store,
    zone: Zone,
    plan: Plan,
    doctors: &[ProviderId],
    prefix: &str,
) -> Result<Made, Refusal> {
    let mut calendar = Calendar::new(zone, store.clock().now());
    let mut dice = Dice::new(plan.seed);
    let mut made = Made::default();
    while made.patients < plan.patients {
        let mut desk = store.write_desk(machine()).await?;
        let until = plan.patients.min(made.patients + AT_ONCE);
        let visits_before = made.visits;
        let first = made.patients;
        for at in first..until {
            let days = i64::from(plan.years) * 365 - i64::from(dice.between(0, if at < 3 { 5 } else { 120 }));
            let registered = calendar.morning(calendar.today.plus_days(-days));
            let number = format!("{prefix}-{:05}", 1001 + at);
            let person = Person::invent(&mut dice, at, number, registered, calendar.today)?;
            let doctor = *doctors.get(at % doctors.len().max(1)).ok_or(Refusal::NotFound("provider"))?;
            let kept = history(&mut desk, &mut dice, &mut calendar, &person, (doctor, plan.years)).await;
            made.visits += kept.map_err(there_already)?;
            made.patients += 1;
        }
        // One event for all: an invented patient is nobody's secret, and thousands of events would bury the trail.
        let detail = json!({ "patients": until - first, "appointments": made.visits - visits_before });
        desk.record(Event::new(Verb::Create, "sample_data").with(detail));
        desk.close().await?;
    }
    Ok(made)
}

fn there_already(error: StoreError) -> Refusal {
    let unique = [
        "patients_record_number_key",
        "patients_pkey",
        "patients_id_key",
        "providers_email_key",
        "providers_pkey",
        "providers_id_key",
    ];
    if unique.iter().any(|rule| error.violates(rule)) {
        return Refusal::Rule("the patients of this seed are there already; choose another seed".to_owned());
    }
    error.into()
}

/// Keeps one person with their past; yields how many visits that is.
async fn history(
    desk: &mut Desk,
    dice: &mut Dice,
    calendar: &mut Calendar,
    person: &Person,
    (doctor, years): (ProviderId, i32),
) -> Result<usize, StoreError> {
    let subject = &person.subject;
    let registered_on = calendar.zone.day_of(person.registered);
    chart(desk, dice, calendar, person, doctor).await?;
    let often = match subject.course {
        Course::Settling | Course::Slimming => 5,
        Course::Growing => 4,
        Course::Steady if subject.chronic.is_some() => 3,
        Course::Steady => 2,
    };
    let visits = (often * years - dice.between(0, 1)).max(1);
    let days = calendar.today.0.signed_duration_since(registered_on.0).num_days();
    for number in 0..visits {
        let day = registered_on
            .plus_days(days * i64::from(number) / i64::from(visits) + i64::from(dice.between(0, 9)));
        let place = calendar.place(dice, doctor, day);
        let done = if visits > 1 { number * 100 / (visits - 1) } else { 0 };
        let story = visits::story_for(dice, subject);
        let mut visit = visits::finished(dice, subject, place, story, done);
        if number == 0 {
            visit.appointment.appointment_type = AppointmentType::NewPatient;
        }
        rows::visit(desk, &visit).await?;
    }
    if dice.percent(20) {
        let status = if dice.percent(50) { AppointmentStatus::Cancelled } else { AppointmentStatus::NoShow };
        let day = calendar.today.plus_days(-i64::from(dice.between(20, 300)));
        let place = calendar.place(dice, doctor, day);
        let story = visits::story_for(dice, subject);
        let appointment = visits::appointment(dice, subject.id, place, story, status);
        rows::visit(desk, &visits::Visit { appointment, vitals: None, record: None }).await?;
    }
    Ok(usize::try_from(visits).unwrap_or(0))
}

const ALLERGENS: [(&str, &str, bool); 7] = [
    ("Penicillin", "Rash over the whole body", true),
    ("Peanuts", "Swelling of the lips, shortness of breath", true),
    ("Birch pollen", "Sneezing and itching eyes", false),
    ("Ibuprofen", "Stomach pain", false),
    ("Latex", "Itching hands", false),
    ("Bee venom", "Swelling of the whole arm", true),
    ("Codeine", "Nausea", false),
];

/// Registers the person with allergies, long illness and standing medicine.
async fn chart(
    desk: &mut Desk,
    dice: &mut Dice,
    calendar: &Calendar,
    person: &Person,
    by: ProviderId,
) -> Result<(), StoreError> {
    let at = person.registered.plus_minutes(10);
    let patient = person.subject.id;
    let allergies = match dice.between(1, 100) {
        1..=32 => dice
            .pick(&ALLERGENS)
            .map_or(Allergies::NotAsked, |(what, how, severe)| Allergies::Known(what, how, *severe)),
        33..=80 => Allergies::NoneKnown,
        _ => Allergies::NotAsked,
    };
    rows::patient(desk, person, &allergies, by).await?;
    let mut entered = || Entered { id: dice.id(at), patient, by, at };
    if let Allergies::Known(allergen, reaction, severe) = allergies {
        rows::allergy(desk, entered(), allergen, reaction, severe).await?;
    }
    if let Some(chronic) = person.subject.chronic {
        let since = calendar.zone.day_of(person.registered);
        rows::condition(desk, entered(), chronic.condition, since.plus_days(-400)).await?;
        rows::medication(desk, entered(), &chronic.medicine, chronic.condition, since).await?;
    }
    Ok(())
}
