//! What goes out on paper from a signed record. Prescription and summary are pages, given as they are printed; a letter
//! is put together, changed as need be, and printed. Each print is noted in the trail.

use super::answer;
use super::asked::Asked;
use super::change::Change;
use super::operation::Operation;
use crate::app::App;
use crate::desk::Reading;
use crate::error::Fault;
use crate::pages::letters::{self, Typed};
use crate::visitor::Visitor;
use askama::Template as _;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::response::Response;
use medrecord_clinic::ids::AppointmentId;
use medrecord_store::Refusal;
use serde_json::json;

pub(super) const OPERATIONS: [Operation; 4] = [
    Operation::get(
        "/api/v1/appointments/{id}/prescription",
        "Prints the prescription of a signed visit as a page; 409 while it is a draft.",
    )
    .file("text/html"),
    Operation::get(
        "/api/v1/appointments/{id}/summary",
        "Prints the summary of a signed visit as a page; 409 while it is a draft.",
    )
    .file("text/html"),
    Operation::get(
        "/api/v1/appointments/{id}/letters/{kind}",
        "Puts a letter together from a signed visit, to be changed: referral, sick-note or plain-summary.",
    )
    .one("Letter"),
    Operation::post(
        "/api/v1/appointments/{id}/letters/{kind}",
        "Prints a letter on the practice's paper.",
        "LetterInput",
    )
    .one("PrintedLetter"),
];

/// Which letter of which visit.
pub(crate) struct Which {
    visit: AppointmentId,
    kind: String,
}

impl FromRequestParts<App> for Which {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Fault> {
        let nowhere = || Fault::from(Refusal::NotFound("letter"));
        let path = Path::<(String, String)>::from_request_parts(parts, app).await;
        let Path((visit, kind)) = path.map_err(|_| nowhere())?;
        Ok(Self { visit: visit.parse().map_err(|_| nowhere())?, kind })
    }
}

/// A letter to start from.
pub(crate) async fn start(
    visitor: Visitor,
    which: Which,
    asked: Asked,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    asked.only(&[])?;
    let started = letters::start(&mut desk, &visitor, which.visit, &which.kind).await?;
    desk.close().await?;
    let body = json!({ "title": started.title, "subject": started.subject, "text": started.text });
    answer::one(&body, None, &asked.view("Letter", &[])?)
}

/// A letter as it goes out.
pub(crate) async fn print(visitor: Visitor, which: Which, mut change: Change) -> Result<Response, Fault> {
    let typed = change.read(&Typed::default())?;
    let sheet = letters::sheet(&mut change.desk, &visitor, which.visit, (&which.kind, &typed)).await?;
    let body = json!({
        "letterhead": sheet.practice,
        "title": sheet.title,
        "date": sheet.date,
        "to": sheet.to,
        "subject": sheet.subject,
        "paragraphs": sheet.paragraphs,
        "signedBy": sheet.signature.as_ref().map(|signature| &signature.by),
        "signedAt": sheet.signature.as_ref().map(|signature| &signature.at),
        "licenseNumber": sheet.licence,
        "printed": sheet.printed,
        "html": sheet.render()?,
    });
    change.done(&body, None).await
}
