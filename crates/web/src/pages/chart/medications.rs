//! Adds and changes medications.

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
use medrecord_clinic::field::Problems;
use medrecord_clinic::ids::{MedicationId, PatientId};
use medrecord_clinic::medication::{Medication, MedicationForm};
use medrecord_store::{Refusal, medications};

type Typed = Posted<Vec<(String, String)>>;

const LABELS: [(&str, &str); 8] = [
    ("medicationName", "Medication"),
    ("strength", "Strength"),
    ("dosage", "Dose"),
    ("route", "Route"),
    ("frequency", "How often"),
    ("indication", "For what"),
    ("startedOn", "Since"),
    ("instructions", "Instructions"),
];

fn form_of(medication: &Medication) -> Form {
    Form::of(&MedicationForm::from(medication))
        .with("version", medication.version.to_string())
        .with("status", medication.status.as_str())
}

fn action(id: MedicationId) -> String {
    urls::chart_item("medications", id)
}

/// Shows the form of a new medication.
pub(crate) async fn form(
    visitor: Visitor,
    Path(patient): Path<String>,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    let patient: PatientId = id(&patient, "patient")?;
    let banner = head(&mut desk, &visitor, patient).await?;
    desk.close().await?;
    let action = urls::chart_list(patient, "medications");
    ItemPage::add(&visitor, banner, Kind::Medication, action, Form::default()).answer()
}

/// Adds a medication.
pub(crate) async fn add(
    visitor: Visitor,
    State(app): State<App>,
    Path(patient): Path<String>,
    Writing(mut desk): Writing,
    Posted(typed): Typed,
) -> Result<Response, Fault> {
    let patient: PatientId = id(&patient, "patient")?;
    let mut form = Form::typed(typed);
    match form.read::<MedicationForm>().parse(visitor.today(&app)) {
        Ok(details) => {
            medications::add(&mut desk, patient, &details).await?;
            desk.close().await?;
            Ok(see_other_saying(&urls::chart(patient), "ok", "The medication is on the list."))
        }
        Err(problems) => {
            form.refuse_all(&problems);
            let banner = head(&mut desk, &visitor, patient).await?;
            desk.close().await?;
            let action = urls::chart_list(patient, "medications");
            ItemPage::add(&visitor, banner, Kind::Medication, action, form).answer()
        }
    }
}

/// Shows the form of a medication on the list.
pub(crate) async fn edit(
    visitor: Visitor,
    Path(medication): Path<String>,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    let found = medications::get(&mut desk, id(&medication, "medication")?).await?;
    let banner = head(&mut desk, &visitor, found.patient_id).await?;
    desk.close().await?;
    ItemPage::change(&visitor, banner, Kind::Medication, action(found.id), form_of(&found)).answer()
}

/// Saves a medication on the list.
pub(crate) async fn save(
    visitor: Visitor,
    State(app): State<App>,
    Path(medication): Path<String>,
    Writing(mut desk): Writing,
    Posted(typed): Typed,
) -> Result<Response, Fault> {
    let medication: MedicationId = id(&medication, "medication")?;
    let form = Form::typed(typed);
    let seen = form.value("version").parse().unwrap_or(0);
    let done = match form.read::<MedicationForm>().parse(visitor.today(&app)) {
        Ok(details) => medications::update(&mut desk, medication, seen, &details).await,
        Err(problems) => Err(problems.into()),
    };
    finish(&visitor, desk, medication, form, done).await
}

/// Says that a medication is stopped or never was taken.
pub(crate) async fn change_status(
    visitor: Visitor,
    State(app): State<App>,
    Path(medication): Path<String>,
    Writing(mut desk): Writing,
    Posted(typed): Typed,
) -> Result<Response, Fault> {
    let medication: MedicationId = id(&medication, "medication")?;
    let form = Form::typed(typed);
    let seen = form.value("version").parse().unwrap_or(0);
    let reason = form.value("reason");
    let done = match form.value("status") {
        "stopped" => medications::stop(&mut desk, medication, seen, reason, visitor.today(&app)).await,
        "entered_in_error" => medications::enter_in_error(&mut desk, medication, seen, reason).await,
        _ => Err(Problems::one("status", "invalid", "Choose what became of the medication.").into()),
    };
    finish(&visitor, desk, medication, form, done).await
}

/// Leads back to the chart, or shows what is wrong.
async fn finish(
    visitor: &Visitor,
    mut desk: medrecord_store::Desk,
    medication: MedicationId,
    typed: Form,
    done: Result<i32, Refusal>,
) -> Result<Response, Fault> {
    let found = medications::get(&mut desk, medication).await?;
    if done.is_ok() {
        desk.close().await?;
        return Ok(see_other_saying(&urls::chart(found.patient_id), "ok", "The medication is saved."));
    }
    let banner = head(&mut desk, visitor, found.patient_id).await?;
    desk.close().await?;
    let current = form_of(&found);
    let mut form = current.over(typed);
    match done {
        Err(Refusal::Invalid(problems)) => {
            form.refuse_all(&problems);
            ItemPage::change(visitor, banner, Kind::Medication, action(medication), form).answer()
        }
        Err(Refusal::Stale { .. }) => {
            ItemPage::change(visitor, banner, Kind::Medication, action(medication), form)
                .stale(&LABELS, &current)
        }
        Err(refusal) => Err(refusal.into()),
        Ok(_) => Ok(see_other_saying(&urls::chart(found.patient_id), "ok", "The medication is saved.")),
    }
}
