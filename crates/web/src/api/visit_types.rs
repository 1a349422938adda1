//! The kinds of visit as the practice uses them: lengths, order, and which are offered.

use super::answer;
use super::asked::Asked;
use super::change::Change;
use super::operation::Operation;
use crate::desk::Reading;
use crate::error::Fault;
use axum::extract::Path;
use axum::response::Response;
use medrecord_clinic::appointment::AppointmentType;
use medrecord_clinic::visit_type::{VisitTypes, parse_all};
use medrecord_store::{Refusal, visit_types};
use serde_json::{Value, json};

pub(super) const OPERATIONS: [Operation; 2] = [
    Operation::get("/api/v1/visit-types", "Lists the kinds of visit in the practice's order, with their usual lengths.")
        .one("VisitTypes"),
    Operation::patch(
        "/api/v1/visit-types/{kind}",
        "Changes the length or the place of a kind, or whether it is offered; the version is that of the list.",
        "VisitTypeInput",
    )
    .one("VisitTypes"),
];

fn shown(types: &VisitTypes) -> Value {
    json!({ "types": types.all(), "version": types.version })
}

/// The kinds.
pub(crate) async fn list(asked: Asked, Reading(mut desk): Reading) -> Result<Response, Fault> {
    asked.only(&[])?;
    let view = asked.view("VisitTypes", &[])?;
    let types = visit_types::get(&mut desk).await?;
    desk.close().await?;
    answer::one(&shown(&types), Some(types.version), &view)
}

/// Changes one.
pub(crate) async fn update(Path(kind): Path<String>, mut change: Change) -> Result<Response, Fault> {
    let kind: AppointmentType = kind.parse().map_err(|_| Refusal::NotFound("kind of visit"))?;
    let seen = change.seen()?;
    let mut forms = visit_types::get(&mut change.desk).await?.forms();
    for (each, form) in &mut forms {
        if *each == kind {
            *form = change.read(form)?;
        }
    }
    // A kind that moves goes before the one that stood there when it moves up, after it when it moves down.
    if change.says("place") {
        let (moved, mut others): (Vec<_>, Vec<_>) = forms.into_iter().partition(|(each, _)| *each == kind);
        let to = moved.first().and_then(|(_, form)| form.place.trim().parse::<usize>().ok());
        let to = to.filter(|place| (1..=5).contains(place));
        let at = to.map_or(others.len(), |place| place - 1);
        for row in moved {
            others.insert(at, row);
        }
        for (at, (each, form)) in others.iter_mut().enumerate() {
            if *each != kind || to.is_some() {
                form.place = (at + 1).to_string();
            }
        }
        forms = others;
    }
    visit_types::save(&mut change.desk, seen, &parse_all(&forms)?).await?;
    let after = visit_types::get(&mut change.desk).await?;
    change.done(&shown(&after), Some(after.version)).await
}
