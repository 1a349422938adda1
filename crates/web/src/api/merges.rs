//! Duplicates: who looks like whom and why, two charts of one person merged, and a merge taken back.

use super::answer;
use super::asked::{Asked, Id, page_in_time};
use super::change::{Change, Sent};
use super::operation::{CURSOR, LIMIT, Operation};
use super::patients::{candidates, likeness};
use crate::app::App;
use crate::desk::Reading;
use crate::error::Fault;
use crate::visitor::Visitor;
use axum::extract::State;
use axum::response::Response;
use medrecord_clinic::duplicate::Identity;
use medrecord_clinic::field::{self, Problems, SHORT};
use medrecord_clinic::ids::{MergeId, PatientId};
use medrecord_clinic::merge::MergeField;
use medrecord_clinic::patient::PatientForm;
use medrecord_store::duplicates;
use medrecord_store::merges::{self, Decision, Merge, Pair};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub(super) const OPERATIONS: [Operation; 7] = [
    Operation::get(
        "/api/v1/patients/{id}/duplicates",
        "Lists who on file looks like this patient, the most alike first, without those who were told apart.",
    )
    .list("Candidate"),
    Operation::post(
        "/api/v1/patients/look-alikes",
        "Lists who on file looks like somebody about to be registered; names and birth date are enough.",
        "PatientInput",
    )
    .list("Candidate"),
    Operation::get(
        "/api/v1/duplicates",
        "Lists pairs who look alike, the most alike first; the rest follow as these are dealt with.",
    )
    .asks(&[LIMIT])
    .list("Pair"),
    Operation::post(
        "/api/v1/duplicates/apart",
        "Says that two who look alike are different people.",
        "ApartInput",
    )
    .one("ApartInput"),
    Operation::get("/api/v1/merges", "Lists merges, newest first, those taken back among them.")
        .asks(&[LIMIT, CURSOR])
        .list("Merge"),
    Operation::post(
        "/api/v1/merges",
        "Merges two charts of one person in one transaction; 412 where either changed meanwhile.",
        "MergeInput",
    )
    .new_one("Merge"),
    Operation::post_nothing(
        "/api/v1/merges/{id}/undo",
        "Takes a merge back; what was entered since is named and stays with the chart that was kept.",
    )
    .one("Undone"),
];

/// Two who are different people.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Apart {
    one_id: String,
    other_id: String,
}

/// What is to be merged.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Wish {
    kept_id: String,
    kept_version: String,
    given_up_id: String,
    given_up_version: String,
    from_given_up: Vec<String>,
    reason: String,
}

impl Wish {
    fn parse(&self) -> Result<Decision, Problems> {
        let mut wrong = Problems::none();
        let w = &mut wrong;
        let kept = w.keep(id("keptId", &self.kept_id));
        let given_up = w.keep(id("givenUpId", &self.given_up_id));
        let kept_version = w.keep(version("keptVersion", &self.kept_version));
        let given_up_version = w.keep(version("givenUpVersion", &self.given_up_version));
        let fields = self.from_given_up.iter().map(|name| name.parse()).collect::<Result<Vec<_>, _>>();
        let known = || MergeField::ALL.map(MergeField::as_str).join(", ");
        let fields = w.keep(
            fields.map_err(|_| Problems::one("fromGivenUp", "invalid", format!("Choose among {}.", known()))),
        );
        let reason = w.keep(field::required("reason", "why they are the same person", &self.reason, SHORT));
        let read = || {
            Some(Decision {
                kept: (kept?, kept_version?),
                given_up: (given_up?, given_up_version?),
                from_given_up: fields?,
                reason: reason?,
            })
        };
        read().ok_or(wrong)
    }
}

fn id(name: &str, text: &str) -> Result<PatientId, Problems> {
    text.parse().map_err(|_| Problems::one(name, "invalid", format!("{name} is the id of a patient.")))
}

fn version(name: &str, text: &str) -> Result<i32, Problems> {
    let words = format!("{name} is the version of the chart that was looked at.");
    text.parse().map_err(|_| Problems::one(name, "invalid", words))
}

/// Who looks like a patient.
pub(crate) async fn of_patient(
    Id(patient): Id<PatientId>,
    asked: Asked,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    asked.only(&[])?;
    let found = duplicates::of_patient(&mut desk, patient).await?;
    desk.close().await?;
    Ok(answer::list(candidates(&found), None, &asked.view("Candidate", &[])?))
}

/// Who looks like somebody about to be registered; a half-filled form is enough.
pub(crate) async fn look_alikes(
    State(app): State<App>,
    visitor: Visitor,
    asked: Asked,
    sent: Sent,
) -> Result<Response, Fault> {
    asked.only(&[])?;
    let identity = Identity::typed(&sent.read(&PatientForm::default())?);
    let words = "Send at least firstName, lastName and dateOfBirth.";
    let identity = identity.ok_or_else(|| Problems::one("dateOfBirth", "required", words))?;
    let mut desk = app.store.read_desk(visitor.actor.clone()).await?;
    let found = duplicates::candidates(&mut desk, &identity).await?;
    desk.close().await?;
    Ok(answer::list(candidates(&found), None, &asked.view("Candidate", &[])?))
}

/// Pairs who look alike.
pub(crate) async fn pairs(asked: Asked, Reading(mut desk): Reading) -> Result<Response, Fault> {
    asked.only(&["limit"])?;
    let limit = usize::try_from(asked.limit()?).unwrap_or(usize::MAX);
    let found = merges::pairs(&mut desk, limit).await?;
    desk.close().await?;
    Ok(answer::list(found.iter().map(pair).collect(), None, &asked.view("Pair", &[])?))
}

fn pair(pair: &Pair) -> Value {
    let mut shown = likeness(&pair.likeness);
    answer::put(&mut shown, "one", json!(pair.one));
    answer::put(&mut shown, "other", json!(pair.other));
    shown
}

/// Says that two are different people.
pub(crate) async fn tell_apart(mut change: Change) -> Result<Response, Fault> {
    let two = change.read(&Apart::default())?;
    let (one, other) = (id("oneId", &two.one_id)?, id("otherId", &two.other_id)?);
    merges::tell_apart(&mut change.desk, one, other).await?;
    change.done(&json!({ "oneId": one, "otherId": other }), None).await
}

/// Merges that were made.
pub(crate) async fn list(asked: Asked, Reading(mut desk): Reading) -> Result<Response, Fault> {
    asked.only(&["limit", "cursor"])?;
    let limit = asked.limit()?;
    let mut found = merges::page(&mut desk, asked.cursor_in_time()?, i64::from(limit) + 1).await?;
    desk.close().await?;
    let next = page_in_time(&mut found, limit, |last| (last.at, last.id));
    let view = asked.view("Merge", &[])?;
    Ok(answer::list(found.iter().map(shown).collect(), next.as_deref(), &view))
}

fn shown(merge: &Merge) -> Value {
    let undone = merge.undone.as_ref();
    json!({
        "id": merge.id,
        "kept": merge.kept,
        "givenUp": merge.given_up,
        "reason": merge.reason,
        "mergedBy": merge.by,
        "mergedAt": merge.at,
        "undoneBy": undone.map(|(by, _)| by),
        "undoneAt": undone.map(|(_, at)| at),
    })
}

/// Merges two charts as decided.
pub(crate) async fn merge(mut change: Change) -> Result<Response, Fault> {
    let decision = change.read(&Wish::default())?.parse()?;
    let id = merges::merge(&mut change.desk, &decision).await?;
    let made = merges::get(&mut change.desk, id).await?;
    change.made(&shown(&made), None).await
}

/// Takes a merge back.
pub(crate) async fn undo(Id(id): Id<MergeId>, mut change: Change) -> Result<Response, Fault> {
    let undone = merges::unmerge(&mut change.desk, id).await?;
    let rows: Vec<Value> =
        undone.rows_left.iter().map(|(table, count)| json!({ "table": table, "count": count })).collect();
    let fields: Vec<&str> = undone.fields_left.iter().map(|field| field.as_str()).collect();
    let body = json!({
        "keptId": undone.kept,
        "givenUpId": undone.given_up,
        "fieldsLeft": fields,
        "rowsLeft": rows,
    });
    change.done(&body, None).await
}
