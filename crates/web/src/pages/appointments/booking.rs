//! The booking page: what it shows, and how it comes back with what speaks against a time or is wrong.

use super::{from_list, kinds, seers};
use crate::app::App;
use crate::banner::banner_of;
use crate::error::Fault;
use crate::form::Form;
use crate::page::{conflict, refused};
use crate::shell::{Banner, Shell};
use crate::text::Text;
use crate::urls;
use crate::visitor::Visitor;
use askama::Template;
use axum::response::Response;
use medrecord_clinic::appointment::{
    AppointmentDetails, AppointmentForm, AppointmentType, Conflict, Rhythm, SeriesForm, free_times,
};
use medrecord_clinic::field::Problems;
use medrecord_clinic::ids::{AppointmentId, PatientId, ProviderId};
use medrecord_clinic::practice::Practice;
use medrecord_clinic::provider::Provider;
use medrecord_clinic::time::Day;
use medrecord_clinic::visit_type::VisitTypes;
use medrecord_store::appointments::{self, BookError};
use medrecord_store::{Desk, Refusal, practice, providers, visit_types};
use serde::Deserialize;

/// What is known before the form opens.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Known {
    pub(super) patient: String,
    pub(super) provider: String,
    pub(super) date: String,
    pub(super) time: String,
    /// The kind of visit.
    pub(super) r#type: String,
    /// The entry of the waiting list that is booked, with the version that was looked at.
    pub(super) waiting: String,
    pub(super) q: String,
}

/// What was typed. `pick` is a free time that was clicked, `turn` a day that was turned to; `anyway` says to book in
/// spite of conflicts.
#[derive(Deserialize, Default, Clone)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Typed {
    #[serde(flatten)]
    pub(super) form: AppointmentForm,
    /// The appointment that is moved; empty for a new one.
    pub(super) appointment: String,
    pub(super) version: i32,
    pub(super) pick: String,
    pub(super) turn: String,
    pub(super) anyway: String,
    pub(super) double_booking_reason: String,
    /// The entry of the waiting list that is booked, with the version that was looked at.
    pub(super) waiting: String,
    /// How often a new visit is repeated, and how many there are in all.
    #[serde(flatten)]
    pub(super) series: SeriesForm,
}

#[derive(Template)]
#[template(path = "pages/appointments/book.html", blocks = ["times"])]
pub(super) struct BookPage {
    shell: Shell,
    banner: Banner,
    moved: Option<AppointmentId>,
    action: String,
    version: i32,
    pub(super) form: Form,
    providers: Vec<(String, String)>,
    kinds: Vec<(&'static str, String)>,
    rhythms: Vec<(String, String)>,
    conflicts: Vec<String>,
    /// Whether the time was looked at and nothing speaks against it.
    pub(super) is_free: bool,
    free_on: String,
    next_day: Day,
    pub(super) free: Vec<String>,
    /// The entry of the waiting list that is booked; empty where none is.
    waiting: String,
    /// Entries of the patient that could be booked, and where.
    waits: Vec<(String, String)>,
    /// Where the patient is put on the waiting list.
    wait: String,
}

/// What came of the form.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) problems: Problems,
    pub(super) conflicts: Vec<Conflict>,
    pub(super) looked: bool,
}

/// Reads the form with the practice's own length of the kind.
pub(super) async fn read(
    app: &App,
    visitor: &Visitor,
    desk: &mut Desk,
    form: &AppointmentForm,
) -> Result<Result<AppointmentDetails, Problems>, Fault> {
    let types = visit_types::get(desk).await?;
    Ok(form.with_usual_length(&types).parse(visitor.zone(), visitor.today(app)))
}

/// Something to come back with: what was typed stays, and what is wrong with it is said.
pub(super) enum Wrong {
    Problems(Problems),
    Booking(BookError),
}

impl From<Problems> for Wrong {
    fn from(problems: Problems) -> Self {
        Self::Problems(problems)
    }
}

impl From<BookError> for Wrong {
    fn from(error: BookError) -> Self {
        Self::Booking(error)
    }
}

pub(super) async fn come_back(
    app: &App,
    visitor: &Visitor,
    desk: Desk,
    typed: &Typed,
    wrong: impl Into<Wrong>,
) -> Result<Response, Fault> {
    drop(desk);
    let mut desk = app.store.read_desk(visitor.actor.clone()).await?;
    let mut outcome = Outcome { looked: true, ..Outcome::default() };
    match wrong.into() {
        Wrong::Booking(BookError::Conflicts(conflicts)) => outcome.conflicts = conflicts,
        Wrong::Problems(problems) | Wrong::Booking(BookError::Refused(Refusal::Invalid(problems))) => {
            outcome.problems = problems;
            if let (true, Ok(details)) =
                (typed.anyway == "yes", read(app, visitor, &mut desk, &typed.form).await?)
            {
                let practice = practice::get(&mut desk, visitor.zone()).await?;
                let of = typed.appointment.parse().ok();
                outcome.conflicts = appointments::against(&mut desk, &practice, &details, of).await?;
            }
        }
        Wrong::Booking(BookError::Refused(refusal)) => return Err(refusal.into()),
    }
    let conflicts = outcome.problems.is_empty();
    let template = template(app, visitor, desk, typed, outcome).await?;
    if conflicts { conflict(&template) } else { refused(&template) }
}

pub(super) async fn template(
    app: &App,
    visitor: &Visitor,
    mut desk: Desk,
    typed: &Typed,
    outcome: Outcome,
) -> Result<BookPage, Fault> {
    let (zone, today) = (visitor.zone(), visitor.today(app));
    let patient: PatientId = typed.form.patient_id.parse().map_err(|_| Refusal::NotFound("patient"))?;
    let banner = banner_of(&mut desk, patient, (zone, today), visitor.text()).await?;
    let people = providers::list(&mut desk).await?;
    let practice = practice::get(&mut desk, zone).await?;
    let moved: Option<AppointmentId> = typed.appointment.parse().ok();
    let seer = chosen_seer(&typed.form.provider_id, visitor, &people);
    let day = typed.form.date.parse::<Day>().unwrap_or(today);
    let types = visit_types::get(&mut desk).await?;
    let free = free(&mut desk, (&practice, &types), typed, seer.as_deref(), day).await?;
    let waits = match moved {
        None if typed.waiting.is_empty() => from_list::waits(&mut desk, patient, visitor.zone()).await?,
        None | Some(_) => Vec::new(),
    };
    desk.close().await?;
    let mut form = form_of(typed, seer.unwrap_or_default());
    for problem in &outcome.problems.0 {
        form.refuse(&problem.field, problem.message.clone());
    }
    Ok(BookPage {
        shell: visitor.shell(),
        banner,
        moved,
        action: moved.map_or_else(|| urls::BOOK.to_owned(), urls::edit_appointment),
        version: typed.version,
        form,
        providers: seers(&people),
        kinds: kinds(&types, &typed.form.appointment_type, Text::ENGLISH),
        rhythms: rhythms(),
        is_free: outcome.looked && outcome.problems.is_empty() && outcome.conflicts.is_empty(),
        conflicts: outcome.conflicts.iter().map(|conflict| conflict.in_words(zone)).collect(),
        free_on: format!("{} {day}", day.weekday()),
        next_day: day.plus_days(1),
        free,
        waiting: typed.waiting.clone(),
        waits,
        wait: urls::wait(patient, moved),
    })
}

pub(super) fn form_of(typed: &Typed, seer: String) -> Form {
    let form = &typed.form;
    Form::default()
        .with("patientId", &form.patient_id)
        .with("providerId", seer)
        .with("date", form.date.parse::<Day>().map_or_else(|_| form.date.clone(), Day::iso))
        .with("time", &form.time)
        .with("appointmentType", &form.appointment_type)
        .with("durationMinutes", &form.duration_minutes)
        .with("reasonForVisit", &form.reason_for_visit)
        .with("doubleBookingReason", &typed.double_booking_reason)
        .with("every", &typed.series.every)
        .with("times", &typed.series.times)
}

/// How often a visit can be repeated; first of all, not.
fn rhythms() -> Vec<(String, String)> {
    let once = (String::new(), "Just once".to_owned());
    let each = Rhythm::ALL.into_iter().map(|rhythm| (rhythm.as_word(), rhythm.in_words()));
    std::iter::once(once).chain(each).collect()
}

/// Who is chosen: as typed, else whoever is signed in and sees patients, else the first who does.
fn chosen_seer(typed: &str, visitor: &Visitor, people: &[Provider]) -> Option<String> {
    let seers = seers(people);
    let me = visitor.actor.id.map(|id| id.to_string()).unwrap_or_default();
    let known = |id: &str| seers.iter().find(|(seer, _)| seer == id);
    known(typed).or_else(|| known(&me)).or_else(|| seers.first()).map(|(id, _)| id.clone())
}

/// When the chosen provider could see the patient on that day.
async fn free(
    desk: &mut Desk,
    (practice, types): (&Practice, &VisitTypes),
    typed: &Typed,
    seer: Option<&str>,
    day: Day,
) -> Result<Vec<String>, Fault> {
    let zone = practice.time_zone;
    let Some(provider) = seer.and_then(|id| id.parse::<ProviderId>().ok()) else { return Ok(Vec::new()) };
    let kind: AppointmentType = typed.form.appointment_type.parse().unwrap_or(AppointmentType::FollowUp);
    let minutes = typed.form.duration_minutes.trim().parse().unwrap_or(types.minutes(kind)).clamp(5, 480);
    let moved: Option<AppointmentId> = typed.appointment.parse().ok();
    let now = desk.now();
    let taken = appointments::taken(desk, provider, zone.bounds(day), moved).await?;
    let free = free_times(practice, day, minutes, &taken, now);
    Ok(free.into_iter().map(|at| zone.clock(at)).collect())
}
