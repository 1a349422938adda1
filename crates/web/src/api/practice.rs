//! The practice's settings: everybody sees them, admins change them.

use super::answer;
use super::asked::Asked;
use super::change::Change;
use super::operation::{FIELDS, Operation};
use crate::app::{App, Face};
use crate::desk::Reading;
use crate::error::Fault;
use axum::extract::State;
use axum::response::Response;
use medrecord_clinic::practice::{Practice, PracticeForm, clock_of};
use medrecord_store::practice;
use serde_json::{Value, json};

pub(super) const OPERATIONS: [Operation; 2] = [
    Operation::get("/api/v1/practice", "Gives the practice's name, address, zone and hours.")
        .asks(&[FIELDS])
        .one("Practice"),
    Operation::patch("/api/v1/practice", "Changes them.", "PracticeInput").one("Practice"),
];

fn shown(practice: &Practice) -> Value {
    json!({
        "name": practice.name,
        "address": practice.address,
        "phone": practice.phone,
        "timeZone": practice.time_zone.name(),
        "opensAt": clock_of(practice.opens_at),
        "closesAt": clock_of(practice.closes_at),
        "version": practice.version,
    })
}

/// The practice.
pub(crate) async fn get(
    State(app): State<App>,
    asked: Asked,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    asked.only(&["fields"])?;
    let view = asked.view("Practice", &[])?;
    let practice = practice::get(&mut desk, app.settings.zone).await?;
    desk.close().await?;
    answer::one(&shown(&practice), Some(practice.version), &view)
}

/// Changes the settings; from then on every page shows them.
pub(crate) async fn update(State(app): State<App>, mut change: Change) -> Result<Response, Fault> {
    let seen = change.seen()?;
    let before = practice::get(&mut change.desk, app.settings.zone).await?;
    let details = change.read(&PracticeForm::from(&before))?.parse()?;
    practice::save(&mut change.desk, seen, &details).await?;
    let after = practice::get(&mut change.desk, app.settings.zone).await?;
    let answer = change.done(&shown(&after), Some(after.version)).await?;
    app.show(Face { name: details.name, zone: details.time_zone });
    Ok(answer)
}
