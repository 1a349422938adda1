//! What goes out on paper from a signed record. Prescription and summary are pages, given as they are printed; a letter
//! is put together, changed as need be, and kept for good: listed, read, taken out as a PDF, withdrawn with a reason.
//! Each step is noted in the trail.

use super::answer;
use super::asked::{Asked, Id, page_in_time};
use super::change::Change;
use super::operation::{CURSOR, FIELDS, LIMIT, Operation};
use crate::app::App;
use crate::desk::Reading;
use crate::error::Fault;
use crate::pages::letters::{self, View};
use crate::visitor::Visitor;
use askama::Template as _;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::response::Response;
use medrecord_clinic::ids::{AppointmentId, LetterId, PatientId};
use medrecord_clinic::letter::LetterForm;
use medrecord_store::{Refusal, letters as kept, patients};
use serde::{Deserialize, Serialize};
use serde_json::json;

pub(super) const OPERATIONS: [Operation; 11] = [
    Operation::get(
        "/api/v1/appointments/{id}/prescription",
        "Prints the prescription of a signed visit as a page; 409 while it is a draft.",
    )
    .file("text/html"),
    Operation::get(
        "/api/v1/appointments/{id}/prescription/pdf",
        "Prints the prescription of a signed visit as a PDF.",
    )
    .file("application/pdf"),
    Operation::get(
        "/api/v1/appointments/{id}/summary",
        "Prints the summary of a signed visit as a page; 409 while it is a draft.",
    )
    .file("text/html"),
    Operation::get("/api/v1/appointments/{id}/summary/pdf", "Prints the summary of a signed visit as a PDF.")
        .file("application/pdf"),
    Operation::get(
        "/api/v1/appointments/{id}/letters/{kind}",
        "Puts a letter together from a signed visit, to be changed: referral, sick-note or plain-summary.",
    )
    .one("Letter"),
    Operation::post(
        "/api/v1/appointments/{id}/letters/{kind}",
        "Keeps a letter for good and prints it on the practice's paper; the same letter is kept once.",
        "LetterInput",
    )
    .one("PrintedLetter"),
    Operation::get("/api/v1/appointments/{id}/letters", "Lists the letters of a visit, newest first.")
        .asks(&[FIELDS])
        .list("ListedLetter"),
    Operation::get(
        "/api/v1/patients/{id}/letters",
        "Lists a patient's letters, newest first, withdrawn ones among them.",
    )
    .asks(&[LIMIT, CURSOR, FIELDS])
    .list("ListedLetter"),
    Operation::get("/api/v1/letters/{id}", "Gives a letter as it was kept.")
        .asks(&[FIELDS])
        .one("KeptLetter"),
    Operation::get(
        "/api/v1/letters/{id}/pdf",
        "Hands a letter out as a PDF, the same each time; 422 where it has signs that the PDF cannot show.",
    )
    .file("application/pdf"),
    Operation::post(
        "/api/v1/letters/{id}/withdraw",
        "Withdraws a letter; it stays with the reason. 409 where it is withdrawn already.",
        "WithdrawalInput",
    )
    .one("KeptLetter"),
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

/// Keeps a letter, and gives it as it goes out.
pub(crate) async fn keep(visitor: Visitor, which: Which, mut change: Change) -> Result<Response, Fault> {
    let details = change.read(&LetterForm::default())?.parse()?;
    let finished = letters::finish(&mut change.desk, &visitor, which.visit, (&which.kind, details)).await?;
    let letter = kept::print(&mut change.desk, finished.id).await?;
    let now = change.desk.now();
    let view = View::of(&letter, visitor.zone());
    let mut signer = view.signer.iter();
    let signed_by = signer.next();
    let body = json!({
        "id": letter.id,
        "letterhead": view.letterhead,
        "title": letter.sheet.kind.in_words(),
        "date": view.date,
        "to": view.to,
        "subject": view.subject,
        "paragraphs": view.paragraphs,
        "signedBy": signed_by,
        "signedAt": finished.signed_at,
        "licenseNumber": signer.next().and_then(|line| line.strip_prefix("Licence ")).filter(|rest| *rest != "not recorded"),
        "printed": format!("Printed {} by {}", visitor.zone().day_and_clock(now), visitor.actor.name),
        "html": letters::sheet(&visitor, &letter, now).render()?,
    });
    change.done(&body, None).await
}

/// The letters of a visit.
pub(crate) async fn of_visit(
    Id(visit): Id<AppointmentId>,
    asked: Asked,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    asked.only(&["fields"])?;
    let view = asked.view("ListedLetter", &[])?;
    let visit = medrecord_store::appointments::get(&mut desk, visit).await?;
    let found = kept::of_visit(&mut desk, visit.id).await?;
    desk.close().await?;
    Ok(answer::list(answer::values(&found)?, None, &view))
}

/// A patient's letters, newest first.
pub(crate) async fn list(
    Id(patient): Id<PatientId>,
    asked: Asked,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    asked.only(&["limit", "cursor", "fields"])?;
    let view = asked.view("ListedLetter", &[])?;
    let limit = asked.limit()?;
    let after = asked.cursor_in_time()?;
    patients::get(&mut desk, patient).await?;
    let mut found = kept::page(&mut desk, patient, after, i64::from(limit) + 1).await?;
    desk.close().await?;
    let next = page_in_time(&mut found, limit, |last| (last.kept_at, last.id));
    Ok(answer::list(answer::values(&found)?, next.as_deref(), &view))
}

/// A letter as it was kept.
pub(crate) async fn get(
    Id(id): Id<LetterId>,
    asked: Asked,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    asked.only(&["fields"])?;
    let view = asked.view("KeptLetter", &[])?;
    let letter = kept::get(&mut desk, id).await?;
    desk.close().await?;
    answer::one(&letter, None, &view)
}

/// Why a letter is withdrawn.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Why {
    reason: String,
}

/// Withdraws a letter.
pub(crate) async fn withdraw(Id(id): Id<LetterId>, mut change: Change) -> Result<Response, Fault> {
    let why = change.read(&Why::default())?;
    kept::withdraw(&mut change.desk, id, &why.reason).await?;
    let letter = kept::get(&mut change.desk, id).await?;
    change.done(&letter, None).await
}
