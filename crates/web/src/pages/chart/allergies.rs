//! Adds and changes allergies, and asserts that there are none.

use super::item::{ItemPage, Kind};
use super::{head, id};
use crate::app::App;
use crate::desk::{Reading, Writing};
use crate::error::Fault;
use crate::form::Form;
use crate::page::see_other_saying;
use crate::urls;
use crate::visitor::Visitor;
use axum::extract::{Form as Posted, Path, State};
use axum::response::Response;
use medrecord_clinic::allergy::{Allergy, AllergyForm};
use medrecord_clinic::field::Problems;
use medrecord_clinic::ids::{AllergyId, PatientId};
use medrecord_store::{Refusal, allergies};

type Typed = Posted<Vec<(String, String)>>;

const LABELS: [(&str, &str); 4] =
    [("allergen", "Allergic to"), ("reaction", "Reaction"), ("severity", "Severity"), ("onsetDate", "Since")];

fn form_of(allergy: &Allergy) -> Form {
    Form::of(&AllergyForm::from(allergy))
        .with("version", allergy.version.to_string())
        .with("status", allergy.status.as_str())
}

fn action(id: AllergyId) -> String {
    urls::chart_item("allergies", id)
}

/// Shows the form of a new allergy.
pub(crate) async fn form(
    visitor: Visitor,
    Path(patient): Path<String>,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    let patient: PatientId = id(&patient, "patient")?;
    let banner = head(&mut desk, &visitor, patient).await?;
    desk.close().await?;
    let action = urls::chart_list(patient, "allergies");
    ItemPage::add(&visitor, banner, Kind::Allergy, action, Form::default()).answer()
}

/// Adds an allergy.
pub(crate) async fn add(
    visitor: Visitor,
    State(app): State<App>,
    Path(patient): Path<String>,
    Writing(mut desk): Writing,
    Posted(typed): Typed,
) -> Result<Response, Fault> {
    let patient: PatientId = id(&patient, "patient")?;
    let mut form = Form::typed(typed);
    match form.read::<AllergyForm>().parse(visitor.today(&app)) {
        Ok(details) => {
            allergies::add(&mut desk, patient, &details).await?;
            desk.close().await?;
            Ok(see_other_saying(&urls::chart(patient), "ok", "The allergy is on the list."))
        }
        Err(problems) => {
            form.refuse_all(&problems);
            let banner = head(&mut desk, &visitor, patient).await?;
            desk.close().await?;
            let action = urls::chart_list(patient, "allergies");
            ItemPage::add(&visitor, banner, Kind::Allergy, action, form).answer()
        }
    }
}

/// Shows the form of an allergy on the list.
pub(crate) async fn edit(
    visitor: Visitor,
    Path(allergy): Path<String>,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    let found = allergies::get(&mut desk, id(&allergy, "allergy")?).await?;
    let banner = head(&mut desk, &visitor, found.patient_id).await?;
    desk.close().await?;
    ItemPage::change(&visitor, banner, Kind::Allergy, action(found.id), form_of(&found)).answer()
}

/// Saves an allergy on the list.
pub(crate) async fn save(
    visitor: Visitor,
    State(app): State<App>,
    Path(allergy): Path<String>,
    Writing(mut desk): Writing,
    Posted(typed): Typed,
) -> Result<Response, Fault> {
    let allergy: AllergyId = id(&allergy, "allergy")?;
    let form = Form::typed(typed);
    let seen = form.value("version").parse().unwrap_or(0);
    let done = match form.read::<AllergyForm>().parse(visitor.today(&app)) {
        Ok(details) => allergies::update(&mut desk, allergy, seen, &details).await,
        Err(problems) => Err(problems.into()),
    };
    finish(&visitor, desk, allergy, form, done).await
}

/// Says that an allergy counts or does not.
pub(crate) async fn change_status(
    visitor: Visitor,
    Path(allergy): Path<String>,
    Writing(mut desk): Writing,
    Posted(typed): Typed,
) -> Result<Response, Fault> {
    let allergy: AllergyId = id(&allergy, "allergy")?;
    let form = Form::typed(typed);
    let seen = form.value("version").parse().unwrap_or(0);
    let done = match form.value("status").parse() {
        Ok(status) => allergies::change_status(&mut desk, allergy, seen, status, form.value("reason")).await,
        Err(_) => Err(Problems::one("status", "invalid", "Choose whether the allergy counts.").into()),
    };
    finish(&visitor, desk, allergy, form, done).await
}

/// Leads back to the chart, or shows what is wrong.
async fn finish(
    visitor: &Visitor,
    mut desk: medrecord_store::Desk,
    allergy: AllergyId,
    typed: Form,
    done: Result<i32, Refusal>,
) -> Result<Response, Fault> {
    let found = allergies::get(&mut desk, allergy).await?;
    if done.is_ok() {
        desk.close().await?;
        return Ok(see_other_saying(&urls::chart(found.patient_id), "ok", "The allergy is saved."));
    }
    let banner = head(&mut desk, visitor, found.patient_id).await?;
    desk.close().await?;
    let current = form_of(&found);
    let mut form = current.over(typed);
    match done {
        Err(Refusal::Invalid(problems)) => {
            form.refuse_all(&problems);
            ItemPage::change(visitor, banner, Kind::Allergy, action(allergy), form).answer()
        }
        Err(Refusal::Stale { .. }) => {
            ItemPage::change(visitor, banner, Kind::Allergy, action(allergy), form).stale(&LABELS, &current)
        }
        Err(refusal) => Err(refusal.into()),
        Ok(_) => Ok(see_other_saying(&urls::chart(found.patient_id), "ok", "The allergy is saved.")),
    }
}

/// Asserts that the patient was asked and has no known allergies.
pub(crate) async fn none_known(
    Path(patient): Path<String>,
    Writing(mut desk): Writing,
) -> Result<Response, Fault> {
    let patient: PatientId = id(&patient, "patient")?;
    allergies::none_known(&mut desk, patient).await?;
    desk.close().await?;
    Ok(see_other_saying(
        &urls::chart(patient),
        "ok",
        "No known allergies: recorded with your name and today.",
    ))
}

/// Takes that back.
pub(crate) async fn not_asked(
    Path(patient): Path<String>,
    Writing(mut desk): Writing,
) -> Result<Response, Fault> {
    let patient: PatientId = id(&patient, "patient")?;
    allergies::not_asked(&mut desk, patient).await?;
    desk.close().await?;
    Ok(see_other_saying(&urls::chart(patient), "ok", "Allergies are marked as not recorded."))
}
