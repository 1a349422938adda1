//! Adds and changes problems.

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
use medrecord_clinic::condition::{ChronicCondition, ConditionForm};
use medrecord_clinic::ids::{ConditionId, PatientId};
use medrecord_store::{Refusal, conditions};

type Typed = Posted<Vec<(String, String)>>;

const LABELS: [(&str, &str); 4] = [
    ("conditionName", "Problem"),
    ("diagnosisDate", "Diagnosed on"),
    ("notes", "Notes"),
    ("status", "Status"),
];

fn form_of(condition: &ChronicCondition) -> Form {
    Form::of(&ConditionForm::from(condition)).with("version", condition.version.to_string())
}

fn action(id: ConditionId) -> String {
    urls::chart_item("conditions", id)
}

/// Shows the form of a new problem.
pub(crate) async fn form(
    visitor: Visitor,
    Path(patient): Path<String>,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    let patient: PatientId = id(&patient, "patient")?;
    let banner = head(&mut desk, &visitor, patient).await?;
    desk.close().await?;
    let action = urls::chart_list(patient, "conditions");
    ItemPage::add(&visitor, banner, Kind::Condition, action, Form::default()).answer()
}

/// Adds a problem.
pub(crate) async fn add(
    visitor: Visitor,
    State(app): State<App>,
    Path(patient): Path<String>,
    Writing(mut desk): Writing,
    Posted(typed): Typed,
) -> Result<Response, Fault> {
    let patient: PatientId = id(&patient, "patient")?;
    let mut form = Form::typed(typed);
    match form.read::<ConditionForm>().parse(visitor.today(&app)) {
        Ok(details) => {
            conditions::add(&mut desk, patient, &details).await?;
            desk.close().await?;
            Ok(see_other_saying(&urls::chart(patient), "ok", "The problem is on the list."))
        }
        Err(problems) => {
            form.refuse_all(&problems);
            let banner = head(&mut desk, &visitor, patient).await?;
            desk.close().await?;
            let action = urls::chart_list(patient, "conditions");
            ItemPage::add(&visitor, banner, Kind::Condition, action, form).answer()
        }
    }
}

/// Shows the form of a problem on the list.
pub(crate) async fn edit(
    visitor: Visitor,
    Path(condition): Path<String>,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    let found = conditions::get(&mut desk, id(&condition, "problem")?).await?;
    let banner = head(&mut desk, &visitor, found.patient_id).await?;
    desk.close().await?;
    ItemPage::change(&visitor, banner, Kind::Condition, action(found.id), form_of(&found)).answer()
}

/// Saves a problem on the list.
pub(crate) async fn save(
    visitor: Visitor,
    State(app): State<App>,
    Path(condition): Path<String>,
    Writing(mut desk): Writing,
    Posted(typed): Typed,
) -> Result<Response, Fault> {
    let condition: ConditionId = id(&condition, "problem")?;
    let form = Form::typed(typed);
    let seen = form.value("version").parse().unwrap_or(0);
    let done = match form.read::<ConditionForm>().parse(visitor.today(&app)) {
        Ok(details) => conditions::update(&mut desk, condition, seen, &details).await,
        Err(problems) => Err(problems.into()),
    };
    finish(&visitor, desk, condition, form, done).await
}

/// Says what became of a problem.
pub(crate) async fn change_status(
    visitor: Visitor,
    State(app): State<App>,
    Path(condition): Path<String>,
    Writing(mut desk): Writing,
    Posted(typed): Typed,
) -> Result<Response, Fault> {
    let condition: ConditionId = id(&condition, "problem")?;
    let form = Form::typed(typed);
    let seen = form.value("version").parse().unwrap_or(0);
    let (status, reason) = (form.value("status"), form.value("reason"));
    let today = visitor.today(&app);
    let done = conditions::change_status(&mut desk, (condition, seen), status, reason, today).await;
    finish(&visitor, desk, condition, form, done).await
}

/// Leads back to the chart, or shows what is wrong.
async fn finish(
    visitor: &Visitor,
    mut desk: medrecord_store::Desk,
    condition: ConditionId,
    typed: Form,
    done: Result<i32, Refusal>,
) -> Result<Response, Fault> {
    let found = conditions::get(&mut desk, condition).await?;
    if done.is_ok() {
        desk.close().await?;
        return Ok(see_other_saying(&urls::chart(found.patient_id), "ok", "The problem is saved."));
    }
    let banner = head(&mut desk, visitor, found.patient_id).await?;
    desk.close().await?;
    let current = form_of(&found);
    let mut form = current.over(typed);
    match done {
        Err(Refusal::Invalid(problems)) => {
            form.refuse_all(&problems);
            ItemPage::change(visitor, banner, Kind::Condition, action(condition), form).answer()
        }
        Err(Refusal::Stale { .. }) => {
            ItemPage::change(visitor, banner, Kind::Condition, action(condition), form)
                .stale(&LABELS, &current)
        }
        Err(refusal) => Err(refusal.into()),
        Ok(_) => Ok(see_other_saying(&urls::chart(found.patient_id), "ok", "The problem is saved.")),
    }
}
