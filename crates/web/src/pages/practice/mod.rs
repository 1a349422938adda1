//! The practice's settings: name, address, phone, time zone and hours. Everybody sees them, admins change them.

pub(crate) mod types;

use crate::app::{App, Face};
use crate::desk::{Reading, Writing};
use crate::error::Fault;
use crate::form::Form;
use crate::page::{conflict, page, refused, see_other_saying};
use crate::shell::Shell;
use crate::urls;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::{Form as Posted, State};
use axum::response::Response;
use medrecord_clinic::access::Action;
use medrecord_clinic::field::Problems;
use medrecord_clinic::practice::PracticeForm;
use medrecord_clinic::time::Zone;
use medrecord_store::{Refusal, practice};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "pages/practice/settings.html")]
struct SettingsPage {
    shell: Shell,
    may_change: bool,
    form: Form,
    version: i32,
    now: String,
    changed_meanwhile: bool,
    zones: Vec<&'static str>,
}

/// What was typed, with the version that the person saw.
#[derive(Deserialize)]
pub(crate) struct Settings {
    #[serde(flatten)]
    form: PracticeForm,
    version: i32,
}

/// Shows the settings; whoever may change them gets a form.
pub(crate) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    let practice = practice::get(&mut desk, visitor.zone()).await?;
    desk.close().await?;
    page(&settings(&app, &visitor, &PracticeForm::from(&practice), practice.version))
}

/// Saves the settings; from then on every page shows them.
pub(crate) async fn save(
    State(app): State<App>,
    visitor: Visitor,
    Writing(mut desk): Writing,
    Posted(posted): Posted<Settings>,
) -> Result<Response, Fault> {
    let details = match posted.form.parse() {
        Ok(details) => details,
        Err(problems) => return refuse(&app, &visitor, &posted, &problems),
    };
    match practice::save(&mut desk, posted.version, &details).await {
        Ok(_) => {}
        Err(Refusal::Stale { current, .. }) => {
            let mut template = settings(&app, &visitor, &posted.form, current);
            template.changed_meanwhile = true;
            return conflict(&template);
        }
        Err(refusal) => return Err(refusal.into()),
    }
    desk.close().await?;
    app.show(Face { name: details.name, zone: details.time_zone });
    Ok(see_other_saying(urls::SETTINGS, "ok", "The settings are saved."))
}

fn refuse(app: &App, visitor: &Visitor, posted: &Settings, problems: &Problems) -> Result<Response, Fault> {
    let mut template = settings(app, visitor, &posted.form, posted.version);
    for problem in &problems.0 {
        template.form.refuse(&problem.field, problem.message.clone());
    }
    refused(&template)
}

fn settings(app: &App, visitor: &Visitor, typed: &PracticeForm, version: i32) -> SettingsPage {
    let form = Form::default()
        .with("name", &typed.name)
        .with("address", &typed.address)
        .with("phone", &typed.phone)
        .with("timeZone", &typed.time_zone)
        .with("opensAt", &typed.opens_at)
        .with("closesAt", &typed.closes_at);
    SettingsPage {
        shell: visitor.shell(),
        may_change: visitor.may(Action::WriteSettings),
        form,
        version,
        now: visitor.zone().day_and_clock(app.store.clock().now()),
        changed_meanwhile: false,
        zones: Zone::names(),
    }
}
