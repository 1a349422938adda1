//! The form that puts a patient on the waiting list, or changes what is wished for.

use super::{line, waiting_id};
use crate::app::App;
use crate::banner::banner_of;
use crate::desk::{Reading, Writing};
use crate::error::Fault;
use crate::form::Form;
use crate::page::{page, refused, see_other_saying};
use crate::shell::{Banner, Shell};
use crate::text::Text;
use crate::urls;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::{Form as Posted, Path, Query, State};
use axum::response::Response;
use medrecord_clinic::appointment::AppointmentType;
use medrecord_clinic::ids::{AppointmentId, PatientId, WaitingId};
use medrecord_clinic::time::Zone;
use medrecord_clinic::waiting_list::{DayPart, Urgency, WaitingForm, WaitingState};
use medrecord_store::{Desk, Refusal, appointments, providers, visit_types, waiting_list};
use serde::Deserialize;

/// What is known before the form opens.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Known {
    patient: String,
    /// The booked visit that is wanted earlier.
    appointment: String,
}

#[derive(Template)]
#[template(path = "pages/waiting_list/form.html")]
struct WaitPage {
    shell: Shell,
    banner: Banner,
    action: String,
    /// The version that was looked at, where an entry is changed.
    version: Option<i32>,
    form: Form,
    providers: Vec<(String, String)>,
    kinds: Vec<(&'static str, String)>,
    parts_of_day: Vec<(&'static str, &'static str)>,
    urgencies: Vec<(&'static str, &'static str)>,
    /// The booked visit in words.
    booked: Option<String>,
    /// What the patient waits for already, and where it is changed.
    already: Vec<(String, String)>,
}

/// Opens the form for a patient; a booked visit fills in provider, kind and the last day that is any use.
pub(crate) async fn blank(
    State(app): State<App>,
    visitor: Visitor,
    Query(known): Query<Known>,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    let patient: PatientId = known.patient.parse().map_err(|_| Refusal::NotFound("patient"))?;
    let kind = visit_types::get(&mut desk).await?.opens_with(AppointmentType::FollowUp);
    let mut form = WaitingForm {
        patient_id: patient.to_string(),
        appointment_type: kind.to_string(),
        earliest_on: visitor.today(&app).iso(),
        part_of_day: DayPart::Any.to_string(),
        urgency: Urgency::Routine.to_string(),
        ..WaitingForm::default()
    };
    if let Ok(visit) = known.appointment.parse::<AppointmentId>() {
        let visit = appointments::get(&mut desk, visit).await?;
        form.appointment_id = visit.id.to_string();
        form.provider_id = visit.provider_id.to_string();
        form.appointment_type = visit.appointment_type.to_string();
        form.latest_on = visitor.zone().day_of(visit.appointment_date).iso();
    }
    page(&template(&app, &visitor, desk, Form::of(&form), None).await?)
}

/// Puts the patient on the list.
pub(crate) async fn add(
    State(app): State<App>,
    visitor: Visitor,
    Writing(mut desk): Writing,
    Posted(typed): Posted<WaitingForm>,
) -> Result<Response, Fault> {
    let added = match typed.parse(visitor.today(&app)) {
        Ok(details) => waiting_list::add(&mut desk, &details).await.map(drop),
        Err(problems) => Err(Refusal::Invalid(problems)),
    };
    answer(&app, &visitor, desk, added, &typed, None).await
}

/// Opens the form for an entry.
pub(crate) async fn edit(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    let waiting = waiting_list::get(&mut desk, waiting_id(&id)?).await?.waiting;
    if waiting.state != WaitingState::Waiting {
        desk.close().await?;
        let words = "This entry was taken off the waiting list.";
        return Ok(see_other_saying(urls::WAITING_LIST, "warn", words));
    }
    let form = Form::of(&WaitingForm::of(&waiting));
    page(&template(&app, &visitor, desk, form, Some((waiting.id, waiting.version))).await?)
}

/// What was typed, from which version.
#[derive(Deserialize)]
pub(crate) struct Changed {
    version: i32,
    #[serde(flatten)]
    form: WaitingForm,
}

/// Changes what is wished for.
pub(crate) async fn save(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Writing(mut desk): Writing,
    Posted(typed): Posted<Changed>,
) -> Result<Response, Fault> {
    let id = waiting_id(&id)?;
    let saved = match typed.form.parse(visitor.today(&app)) {
        Ok(details) => waiting_list::update(&mut desk, id, typed.version, &details).await.map(drop),
        Err(problems) => Err(Refusal::Invalid(problems)),
    };
    answer(&app, &visitor, desk, saved, &typed.form, Some((id, typed.version))).await
}

/// Goes on to the list, or comes back with what is wrong.
async fn answer(
    app: &App,
    visitor: &Visitor,
    desk: Desk,
    done: Result<(), Refusal>,
    typed: &WaitingForm,
    entry: Option<(WaitingId, i32)>,
) -> Result<Response, Fault> {
    let problems = match done {
        Ok(()) => {
            desk.close().await?;
            let words = if entry.is_some() { "Saved." } else { "On the waiting list." };
            return Ok(see_other_saying(urls::WAITING_LIST, "ok", words));
        }
        Err(Refusal::Invalid(problems)) => problems,
        Err(refusal) => return Err(refusal.into()),
    };
    drop(desk);
    let mut form = Form::of(typed);
    form.refuse_all(&problems);
    let desk = app.store.read_desk(visitor.actor.clone()).await?;
    refused(&template(app, visitor, desk, form, entry).await?)
}

async fn template(
    app: &App,
    visitor: &Visitor,
    mut desk: Desk,
    form: Form,
    entry: Option<(WaitingId, i32)>,
) -> Result<WaitPage, Fault> {
    let (zone, today) = (visitor.zone(), visitor.today(app));
    let patient: PatientId = form.value("patientId").parse().map_err(|_| Refusal::NotFound("patient"))?;
    let banner = banner_of(&mut desk, patient, (zone, today), visitor.text()).await?;
    let people = providers::list(&mut desk).await?;
    let types = visit_types::get(&mut desk).await?;
    let booked = booked(&mut desk, form.value("appointmentId"), zone).await?;
    let already = match entry {
        None => already(&mut desk, patient, zone).await?,
        Some(_) => Vec::new(),
    };
    desk.close().await?;
    let anybody = (String::new(), "Anybody".to_owned());
    Ok(WaitPage {
        shell: visitor.shell(),
        banner,
        action: entry.map_or_else(|| urls::WAITING_LIST.to_owned(), |(id, _)| urls::waiting(id)),
        version: entry.map(|(_, version)| version),
        kinds: crate::pages::appointments::kinds(&types, form.value("appointmentType"), Text::ENGLISH),
        providers: std::iter::once(anybody).chain(crate::pages::appointments::seers(&people)).collect(),
        form,
        parts_of_day: DayPart::ALL.into_iter().map(|part| (part.as_str(), part.in_words())).collect(),
        urgencies: Urgency::ALL.into_iter().map(|one| (one.as_str(), one.in_words())).collect(),
        booked,
        already,
    })
}

/// The booked visit in words, where one is named.
async fn booked(desk: &mut Desk, visit: &str, zone: Zone) -> Result<Option<String>, Refusal> {
    let Ok(visit) = visit.parse::<AppointmentId>() else { return Ok(None) };
    let found = appointments::find(desk, visit).await?;
    Ok(found.map(|visit| {
        format!("{}, {}", visit.appointment_type.in_words(), zone.day_and_clock(visit.appointment_date))
    }))
}

/// What the patient waits for already.
async fn already(desk: &mut Desk, patient: PatientId, zone: Zone) -> Result<Vec<(String, String)>, Refusal> {
    let entries = waiting_list::of_patient(desk, patient).await?;
    let waiting = entries.iter().map(|listed| &listed.waiting);
    let still = waiting.filter(|waiting| waiting.state == WaitingState::Waiting);
    Ok(still.map(|waiting| (line::since(waiting, zone), urls::waiting(waiting.id))).collect())
}
