//! The booking form, for a new appointment and for one that is moved: what speaks against a time is listed, and a
//! person may book in spite of it with a reason.

use super::{find, kinds, seers, series};
use crate::app::App;
use crate::banner::banner_of;
use crate::desk::{Reading, Writing};
use crate::error::Fault;
use crate::form::Form;
use crate::page::{Fragment, conflict, page, refused, see_other_saying};
use crate::pages::visits::appointment_id;
use crate::shell::{Banner, Shell};
use crate::urls;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::{Form as Posted, Path, Query, State};
use axum::response::Response;
use medrecord_clinic::appointment::{
    AppointmentDetails, AppointmentForm, AppointmentType, Conflict, Rhythm, SeriesForm, free_times,
    reason_to_book_anyway,
};
use medrecord_clinic::field::Problems;
use medrecord_clinic::ids::{AppointmentId, PatientId, ProviderId};
use medrecord_clinic::practice::Practice;
use medrecord_clinic::provider::Provider;
use medrecord_clinic::time::{Day, Zone};
use medrecord_clinic::visit_type::VisitTypes;
use medrecord_store::appointments::{self, BookError};
use medrecord_store::{Desk, Refusal, practice, providers, visit_types};
use serde::Deserialize;

/// What is known before the form opens.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Known {
    patient: String,
    provider: String,
    date: String,
    time: String,
    q: String,
}

/// What was typed. `pick` is a free time that was clicked, `turn` a day that was turned to; `anyway` says to book in
/// spite of conflicts.
#[derive(Deserialize, Default, Clone)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Typed {
    #[serde(flatten)]
    form: AppointmentForm,
    /// The appointment that is moved; empty for a new one.
    appointment: String,
    version: i32,
    pick: String,
    turn: String,
    anyway: String,
    double_booking_reason: String,
    /// How often a new visit is repeated, and how many there are in all.
    #[serde(flatten)]
    series: SeriesForm,
}

#[derive(Template)]
#[template(path = "pages/appointments/book.html", blocks = ["times"])]
struct BookPage {
    shell: Shell,
    banner: Banner,
    moved: Option<AppointmentId>,
    action: String,
    version: i32,
    form: Form,
    providers: Vec<(String, String)>,
    kinds: Vec<(&'static str, String)>,
    rhythms: Vec<(String, String)>,
    conflicts: Vec<String>,
    /// Whether the time was looked at and nothing speaks against it.
    is_free: bool,
    free_on: String,
    next_day: Day,
    free: Vec<String>,
}

/// What came of the form.
#[derive(Default)]
struct Outcome {
    problems: Problems,
    conflicts: Vec<Conflict>,
    looked: bool,
}

/// Opens the form for a patient; without one, asks who it is.
pub(crate) async fn form(
    State(app): State<App>,
    visitor: Visitor,
    Reading(mut desk): Reading,
    Query(known): Query<Known>,
) -> Result<Response, Fault> {
    let today = visitor.today(&app);
    let day = known.date.parse::<Day>().unwrap_or(today);
    let provider: Option<ProviderId> = known.provider.parse().ok();
    let Ok(patient) = known.patient.parse::<PatientId>() else {
        let mut kept = vec![("date", day.iso())];
        kept.extend(provider.map(|id| ("provider", id.to_string())));
        let purpose = find::Purpose { heading: "Book a visit", action: "/appointments/new", kept };
        let onward = |id| urls::book(Some(id), Some(day), provider);
        return find::patient(&visitor, desk, today, known.q, purpose, onward).await;
    };
    let form = AppointmentForm {
        patient_id: patient.to_string(),
        provider_id: known.provider,
        date: day.iso(),
        time: known.time,
        appointment_type: visit_types::get(&mut desk)
            .await?
            .opens_with(AppointmentType::FollowUp)
            .to_string(),
        ..AppointmentForm::default()
    };
    let typed = Typed { form, ..Typed::default() };
    let mut shown = template(&app, &visitor, desk, &typed, Outcome::default()).await?;
    // The next free time is proposed; whoever opened the form at a time of the calendar has chosen one.
    if let (true, Some(first)) = (typed.form.time.is_empty(), shown.free.first()) {
        shown.form.put("time", first.as_str());
        shown.is_free = true;
    }
    page(&shown)
}

/// Opens the form for an appointment that is to be moved or changed.
pub(crate) async fn edit(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    let id = appointment_id(&id)?;
    let appointment = appointments::get(&mut desk, id).await?;
    let form = AppointmentForm::of(&appointment, visitor.zone());
    let (version, appointment) = (appointment.version, id.to_string());
    let typed = Typed { form, appointment, version, ..Typed::default() };
    page(&template(&app, &visitor, desk, &typed, Outcome::default()).await?)
}

/// Looks at a time without booking it: while typing for a part of the page, or with a click on a free time.
pub(crate) async fn check(
    State(app): State<App>,
    visitor: Visitor,
    fragment: Fragment,
    Reading(mut desk): Reading,
    Posted(mut typed): Posted<Typed>,
) -> Result<Response, Fault> {
    if !typed.pick.is_empty() {
        typed.form.time = std::mem::take(&mut typed.pick);
    }
    if !typed.turn.is_empty() {
        typed.form.date = std::mem::take(&mut typed.turn);
    }
    let outcome = match read(&app, &visitor, &mut desk, &typed.form).await? {
        Ok(details) => {
            let practice = practice::get(&mut desk, visitor.zone()).await?;
            let of = typed.appointment.parse().ok();
            let conflicts = appointments::against(&mut desk, &practice, &details, of).await?;
            Outcome { conflicts, looked: true, ..Outcome::default() }
        }
        Err(_) => Outcome::default(),
    };
    let template = template(&app, &visitor, desk, &typed, outcome).await?;
    if fragment.is("times") { page(&template.as_times()) } else { page(&template) }
}

/// Books a new appointment.
pub(crate) async fn book(
    State(app): State<App>,
    visitor: Visitor,
    Writing(mut desk): Writing,
    Posted(typed): Posted<Typed>,
) -> Result<Response, Fault> {
    let details = match read(&app, &visitor, &mut desk, &typed.form).await? {
        Ok(details) => details,
        Err(problems) => return come_back(&app, &visitor, desk, &typed, problems).await,
    };
    match typed.series.parse() {
        Ok(None) => {}
        Ok(Some(row)) => {
            let kept = form_of(&typed, typed.form.provider_id.clone());
            return series::plan(&app, &visitor, desk, &details, kept, row).await;
        }
        Err(problems) => return come_back(&app, &visitor, desk, &typed, problems).await,
    }
    let booked = match anyway(&typed) {
        None => {
            let practice = practice::get(&mut desk, visitor.zone()).await?;
            appointments::book(&mut desk, &practice, &details).await
        }
        Some(Ok(reason)) => appointments::book_anyway(&mut desk, &details, &reason).await,
        Some(Err(problems)) => Err(Refusal::Invalid(problems).into()),
    };
    match booked {
        Ok(_) => {
            desk.close().await?;
            Ok(kept(&visitor, &details, "Booked"))
        }
        Err(error) => come_back(&app, &visitor, desk, &typed, error).await,
    }
}

/// Moves or changes an appointment.
pub(crate) async fn save(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Writing(mut desk): Writing,
    Posted(typed): Posted<Typed>,
) -> Result<Response, Fault> {
    let id = appointment_id(&id)?;
    let typed = Typed { appointment: id.to_string(), ..typed };
    let details = match read(&app, &visitor, &mut desk, &typed.form).await? {
        Ok(details) => details,
        Err(problems) => return come_back(&app, &visitor, desk, &typed, problems).await,
    };
    let seen = typed.version;
    let moved = match anyway(&typed) {
        None => {
            let practice = practice::get(&mut desk, visitor.zone()).await?;
            appointments::reschedule(&mut desk, &practice, id, seen, &details).await
        }
        Some(Ok(reason)) => appointments::reschedule_anyway(&mut desk, id, seen, &details, &reason).await,
        Some(Err(problems)) => Err(Refusal::Invalid(problems).into()),
    };
    match moved {
        Ok(_) => {
            desk.close().await?;
            Ok(kept(&visitor, &details, "Saved"))
        }
        Err(error) => come_back(&app, &visitor, desk, &typed, error).await,
    }
}

/// Reads the form with the practice's own length of the kind.
async fn read(
    app: &App,
    visitor: &Visitor,
    desk: &mut Desk,
    form: &AppointmentForm,
) -> Result<Result<AppointmentDetails, Problems>, Fault> {
    let types = visit_types::get(desk).await?;
    Ok(form.with_usual_length(&types).parse(visitor.zone(), visitor.today(app)))
}

/// The reason to book in spite of conflicts, where that was asked for.
fn anyway(typed: &Typed) -> Option<Result<String, Problems>> {
    (typed.anyway == "yes").then(|| reason_to_book_anyway(&typed.double_booking_reason))
}

fn kept(visitor: &Visitor, details: &AppointmentDetails, done: &str) -> Response {
    let zone = visitor.zone();
    let words = format!("{done} for {}.", zone.day_and_clock(details.appointment_date));
    see_other_saying(&kept_on(zone, details), "ok", &words)
}

/// The board of the day on which a visit was booked.
pub(super) fn kept_on(zone: Zone, details: &AppointmentDetails) -> String {
    urls::day(zone.day_of(details.appointment_date), None)
}

/// Something to come back with: what was typed stays, and what is wrong with it is said.
enum Wrong {
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

async fn come_back(
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

async fn template(
    app: &App,
    visitor: &Visitor,
    mut desk: Desk,
    typed: &Typed,
    outcome: Outcome,
) -> Result<BookPage, Fault> {
    let (zone, today) = (visitor.zone(), visitor.today(app));
    let patient: PatientId = typed.form.patient_id.parse().map_err(|_| Refusal::NotFound("patient"))?;
    let banner = banner_of(&mut desk, patient, zone, today).await?;
    let people = providers::list(&mut desk).await?;
    let practice = practice::get(&mut desk, zone).await?;
    let moved: Option<AppointmentId> = typed.appointment.parse().ok();
    let seer = chosen_seer(&typed.form.provider_id, visitor, &people);
    let day = typed.form.date.parse::<Day>().unwrap_or(today);
    let types = visit_types::get(&mut desk).await?;
    let free = free(&mut desk, (&practice, &types), typed, seer.as_deref(), day).await?;
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
        kinds: kinds(&types, &typed.form.appointment_type),
        rhythms: rhythms(),
        is_free: outcome.looked && outcome.problems.is_empty() && outcome.conflicts.is_empty(),
        conflicts: outcome.conflicts.iter().map(|conflict| conflict.in_words(zone)).collect(),
        free_on: format!("{} {day}", day.weekday()),
        next_day: day.plus_days(1),
        free,
    })
}

fn form_of(typed: &Typed, seer: String) -> Form {
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
