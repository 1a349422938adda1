//! Patients: list, find, register, edit, and the whole chart of one.

use super::answer;
use super::asked::{Asked, Id, View};
use super::change::Change;
use super::operation::{CURSOR, FIELDS, LIMIT, Operation, PAGE};
use crate::desk::{LookingUp, Reading};
use crate::error::Fault;
use axum::http::StatusCode;
use axum::response::Response;
use medrecord_clinic::duplicate::Likeness;
use medrecord_clinic::ids::PatientId;
use medrecord_clinic::patient::PatientForm;
use medrecord_store::duplicates::Candidate;
use medrecord_store::patients::{self, Page, RegisterError};
use medrecord_store::{Desk, Refusal, allergies, chart, conditions, medications};
use serde_json::{Value, json};

const INCLUDE: (&str, &str) =
    ("include", "Nests allergies, chronicConditions, medications; with commas between.");
const DUPLICATES: (&str, &str) =
    ("duplicates", "seen: a person has looked at those who look alike and says that this is somebody else.");

pub(super) const OPERATIONS: [Operation; 6] = [
    Operation::get("/api/v1/patients", "Lists patients by name.")
        .asks(&[LIMIT, CURSOR, PAGE, FIELDS, INCLUDE])
        .list("Patient"),
    Operation::post(
        "/api/v1/patients",
        "Registers a patient; 409 with candidates where people on file look alike.",
        "PatientInput",
    )
    .asks(&[DUPLICATES])
    .new_one("Patient"),
    Operation::get("/api/v1/patients/{id}", "Gives one patient.").asks(&[FIELDS, INCLUDE]).one("Patient"),
    Operation::patch("/api/v1/patients/{id}", "Changes who a patient is.", "PatientInput").one("Patient"),
    Operation::get("/api/v1/patients/{id}/chart", "Gives everything about one patient in one answer.")
        .one("Chart"),
    Operation::get("/api/v1/search", "Finds patients by name, birth date, phone or record number.")
        .asks(&[("q", "What to look for, in any order."), LIMIT, CURSOR, FIELDS, INCLUDE])
        .list("Patient"),
];

const NESTED: [&str; 3] = ["allergies", "chronicConditions", "medications"];

/// Patients by name.
pub(crate) async fn list(asked: Asked, LookingUp(mut desk): LookingUp) -> Result<Response, Fault> {
    asked.only(&["limit", "cursor", "page", "fields", "include"])?;
    let view = asked.view("Patient", &NESTED)?;
    let limit = asked.limit()?;
    let page = match asked.page()? {
        Some(number) => patients::list_page(&mut desk, number, limit).await?,
        None => patients::list(&mut desk, asked.cursor()?, limit).await?,
    };
    shown(desk, page, &view).await
}

/// Patients by what somebody would type into the search box.
pub(crate) async fn search(asked: Asked, LookingUp(mut desk): LookingUp) -> Result<Response, Fault> {
    asked.only(&["q", "limit", "cursor", "fields", "include"])?;
    let view = asked.view("Patient", &NESTED)?;
    let query = medrecord_clinic::search::Query::parse(asked.value("q").unwrap_or_default());
    let page = patients::search(&mut desk, &query, asked.cursor()?, asked.limit()?).await?;
    shown(desk, page, &view).await
}

async fn shown(mut desk: Desk, page: Page, view: &View) -> Result<Response, Fault> {
    let ids: Vec<PatientId> = page.items.iter().map(|listed| listed.patient.id).collect();
    let mut items = answer::values(&page.items)?;
    nest(&mut desk, &ids, &mut items, view).await?;
    desk.close().await?;
    let next = page.next.map(|id| id.to_string());
    Ok(answer::list(items, next.as_deref(), view))
}

/// Nests what belongs to each patient, with one statement for all of them.
async fn nest(desk: &mut Desk, ids: &[PatientId], items: &mut [Value], view: &View) -> Result<(), Fault> {
    if view.has("allergies") {
        let all = allergies::of_patients(desk, ids).await?;
        for (id, item) in ids.iter().zip(items.iter_mut()) {
            let own: Vec<_> = all.iter().filter(|allergy| allergy.patient_id == *id).collect();
            item["allergies"] = serde_json::to_value(own)?;
        }
    }
    if view.has("chronicConditions") {
        let all = conditions::of_patients(desk, ids).await?;
        for (id, item) in ids.iter().zip(items.iter_mut()) {
            let own: Vec<_> = all.iter().filter(|condition| condition.patient_id == *id).collect();
            item["chronicConditions"] = serde_json::to_value(own)?;
        }
    }
    if view.has("medications") {
        let all = medications::of_patients(desk, ids).await?;
        for (id, item) in ids.iter().zip(items.iter_mut()) {
            let own: Vec<_> = all.iter().filter(|medication| medication.patient_id == *id).collect();
            item["medications"] = serde_json::to_value(own)?;
        }
    }
    Ok(())
}

/// One patient.
pub(crate) async fn get(
    Id(id): Id<PatientId>,
    asked: Asked,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    asked.only(&["fields", "include"])?;
    let view = asked.view("Patient", &NESTED)?;
    let patient = patients::get(&mut desk, id).await?;
    let mut items = [serde_json::to_value(&patient)?];
    nest(&mut desk, &[id], &mut items, &view).await?;
    desk.close().await?;
    let [item] = items;
    answer::one(&item, Some(patient.version), &view)
}

/// Registers a patient, unless people on file look alike and nobody has looked at them.
pub(crate) async fn create(asked: Asked, mut change: Change) -> Result<Response, Fault> {
    asked.only(&["duplicates"])?;
    let details = change.read(&PatientForm::default())?.parse(change.today)?;
    let id = if asked.value("duplicates") == Some("seen") {
        patients::register_anyway(&mut change.desk, &details).await?
    } else {
        match patients::register(&mut change.desk, &details).await {
            Ok(id) => id,
            Err(RegisterError::Duplicates(candidates)) => return Err(look_alike(&candidates)),
            Err(RegisterError::Refused(refusal)) => return Err(refusal.into()),
        }
    };
    let patient = patients::get(&mut change.desk, id).await?;
    change.made(&patient, Some(patient.version)).await
}

fn look_alike(found: &[Candidate]) -> Fault {
    let words = "People on file look like this one. Nobody was registered: take one of them, or send the same \
                 request with ?duplicates=seen once a person has looked.";
    Fault::new(StatusCode::CONFLICT, "duplicates", "Perhaps on file already", words)
        .with("candidates", Value::Array(candidates(found)))
}

/// People who look alike, each with the score and the reasons.
pub(super) fn candidates(found: &[Candidate]) -> Vec<Value> {
    let one = |candidate: &Candidate| {
        let mut shown = likeness(&candidate.likeness);
        answer::put(&mut shown, "patient", json!(candidate.patient));
        shown
    };
    found.iter().map(one).collect()
}

/// How alike two people are, and why.
pub(super) fn likeness(likeness: &Likeness) -> Value {
    let reasons: Vec<&str> = likeness.reasons.iter().map(|reason| reason.in_words()).collect();
    json!({ "score": likeness.score, "verdict": likeness.verdict(), "reasons": reasons })
}

/// Changes who a patient is.
pub(crate) async fn update(Id(id): Id<PatientId>, mut change: Change) -> Result<Response, Fault> {
    let seen = change.seen()?;
    let before = patients::get(&mut change.desk, id).await?;
    let details = change.read(&PatientForm::from(&before))?.parse(change.today)?;
    patients::update(&mut change.desk, id, seen, &details).await?;
    let after = patients::find(&mut change.desk, id).await?.ok_or(Refusal::NotFound("patient"))?;
    change.done(&after, Some(after.version)).await
}

/// Everything about one patient.
pub(crate) async fn whole_chart(
    Id(id): Id<PatientId>,
    asked: Asked,
    LookingUp(mut desk): LookingUp,
) -> Result<Response, Fault> {
    asked.only(&[])?;
    let text = chart::json(&mut desk, id).await?;
    desk.close().await?;
    Ok(answer::text(text))
}
