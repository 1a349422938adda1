//! Somebody came without an appointment: who, what kind of visit, and the patient is checked in.

use super::{find, kinds, seers};
use crate::app::App;
use crate::banner::banner_of;
use crate::desk::{Reading, Writing};
use crate::error::Fault;
use crate::form::Form;
use crate::page::{page, refused, see_other_saying};
use crate::shell::{Banner, Shell};
use crate::text::Key;
use crate::urls;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::{Form as Posted, Query, State};
use axum::response::Response;
use medrecord_clinic::appointment::{AppointmentType, WalkInForm};
use medrecord_clinic::field::Problems;
use medrecord_clinic::ids::PatientId;
use medrecord_store::appointments::{self, BookError};
use medrecord_store::{Desk, Refusal, providers, visit_types};
use serde::Deserialize;

/// Who came, where that is known.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Known {
    patient: String,
    q: String,
}

#[derive(Template)]
#[template(path = "pages/appointments/walk_in.html")]
struct WalkInPage {
    shell: Shell,
    banner: Banner,
    form: Form,
    providers: Vec<(String, String)>,
    kinds: Vec<(&'static str, String)>,
}

/// Asks who came, then what for.
pub(crate) async fn form(
    State(app): State<App>,
    visitor: Visitor,
    Reading(mut desk): Reading,
    Query(known): Query<Known>,
) -> Result<Response, Fault> {
    let today = visitor.today(&app);
    let Ok(patient) = known.patient.parse::<PatientId>() else {
        let purpose = find::Purpose { heading: Key("day-walk-in"), action: "/walk-in", kept: Vec::new() };
        return find::patient(&visitor, desk, today, known.q, purpose, |id| urls::walk_in(Some(id))).await;
    };
    let typed = WalkInForm {
        patient_id: patient.to_string(),
        provider_id: visitor.actor.id.map(|id| id.to_string()).unwrap_or_default(),
        appointment_type: visit_types::get(&mut desk)
            .await?
            .opens_with(AppointmentType::SickVisit)
            .to_string(),
        ..WalkInForm::default()
    };
    page(&template(&app, &visitor, desk, &typed, &Problems::none()).await?)
}

/// Takes the patient in: checked in from this moment.
pub(crate) async fn take_in(
    State(app): State<App>,
    visitor: Visitor,
    Writing(mut desk): Writing,
    Posted(typed): Posted<WalkInForm>,
) -> Result<Response, Fault> {
    let taken = match typed.parse() {
        Ok(walk_in) => appointments::walk_in(&mut desk, &walk_in).await,
        Err(problems) => Err(Refusal::Invalid(problems).into()),
    };
    match taken {
        Ok(_) => {
            desk.close().await?;
            Ok(see_other_saying(urls::DAY, "ok", &visitor.text().say("walk-in-done")))
        }
        Err(BookError::Refused(Refusal::Invalid(problems))) => {
            drop(desk);
            let desk = app.store.read_desk(visitor.actor.clone()).await?;
            refused(&template(&app, &visitor, desk, &typed, &problems).await?)
        }
        Err(BookError::Refused(refusal)) => Err(refusal.into()),
        Err(BookError::Conflicts(_)) => {
            Err(Refusal::Rule("This time is taken. Try again in a minute.".to_owned()).into())
        }
    }
}

async fn template(
    app: &App,
    visitor: &Visitor,
    mut desk: Desk,
    typed: &WalkInForm,
    problems: &Problems,
) -> Result<WalkInPage, Fault> {
    let patient: PatientId = typed.patient_id.parse().map_err(|_| Refusal::NotFound("patient"))?;
    let banner = banner_of(&mut desk, patient, (visitor.zone(), visitor.today(app)), visitor.text()).await?;
    let people = providers::list(&mut desk).await?;
    let types = visit_types::get(&mut desk).await?;
    desk.close().await?;
    let mut form = Form::default()
        .with("patientId", &typed.patient_id)
        .with("providerId", &typed.provider_id)
        .with("appointmentType", &typed.appointment_type)
        .with("reasonForVisit", &typed.reason_for_visit);
    for problem in &problems.0 {
        form.refuse(&problem.field, problem.message.clone());
    }
    let kinds = kinds(&types, &typed.appointment_type, visitor.text());
    Ok(WalkInPage { shell: visitor.shell(), banner, form, providers: seers(&people), kinds })
}
