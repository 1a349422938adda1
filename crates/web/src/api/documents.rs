//! Documents of a patient: listed page by page, added with their bytes checked, handed out, taken off when wrong.

use super::answer;
use super::asked::{Asked, Id, page_in_time};
use super::change::{Change, Sent};
use super::operation::{CURSOR, Condition, FIELDS, LIMIT, Operation};
use crate::app::App;
use crate::desk::Reading;
use crate::documents::{UPLOAD_LIMIT, folder};
use crate::error::Fault;
use crate::visitor::Visitor;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::response::Response;
use medrecord_clinic::attachment::AttachmentForm;
use medrecord_clinic::ids::{AttachmentId, PatientId};
use medrecord_store::attachments::{self, Owner};
use medrecord_store::{Refusal, patients};
use serde::{Deserialize, Serialize};

pub(super) const OPERATIONS: [Operation; 5] = [
    Operation::get(
        "/api/v1/patients/{id}/documents",
        "Lists a patient's documents, newest first, those entered in error among them.",
    )
    .asks(&[LIMIT, CURSOR, FIELDS])
    .list("Document"),
    Operation::post_file(
        "/api/v1/patients/{id}/documents",
        "Adds a document, at most 20 MB: a PDF, a picture or plain text, told by its bytes.",
        "application/octet-stream",
    )
    .asks(&[("fileName", "The name of the file; needed."), ("description", "What it is.")])
    .new_one("Document"),
    Operation::get("/api/v1/documents/{id}", "Gives what is known of a document.")
        .asks(&[FIELDS])
        .one("Document"),
    Operation::get("/api/v1/documents/{id}/file", "Hands the document itself out.")
        .file("application/octet-stream"),
    Operation::post(
        "/api/v1/documents/{id}/error",
        "Takes a document off the chart as entered in error; it is kept with the reason.",
        "ErrorInput",
    )
    .seen(Condition::Must)
    .one("Document"),
];

/// Why it is wrong.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Wrong {
    reason: String,
}

/// A patient's documents, newest first.
pub(crate) async fn list(
    Id(patient): Id<PatientId>,
    asked: Asked,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    asked.only(&["limit", "cursor", "fields"])?;
    let view = asked.view("Document", &[])?;
    let limit = asked.limit()?;
    let after = asked.cursor_in_time()?;
    patients::get(&mut desk, patient).await?;
    let mut found = attachments::page(&mut desk, patient, after, i64::from(limit) + 1).await?;
    desk.close().await?;
    let next = page_in_time(&mut found, limit, |last| (last.created_at, last.id));
    Ok(answer::list(answer::values(&found)?, next.as_deref(), &view))
}

/// Adds a document. It is read before the database is asked for anything, so that a slow line holds nobody up.
pub(crate) async fn create(
    State(app): State<App>,
    visitor: Visitor,
    Id(patient): Id<PatientId>,
    asked: Asked,
    request: Request,
) -> Result<Response, Fault> {
    asked.only(&["fileName", "description"])?;
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, UPLOAD_LIMIT).await.map_err(|_| Fault::too_large(UPLOAD_LIMIT))?;
    let sent = Sent::file(&parts, &bytes)?;
    let text = |name: &str| asked.value(name).unwrap_or_default().to_owned();
    let form = AttachmentForm {
        file_name: text("fileName"),
        description: text("description"),
        bytes: bytes.to_vec(),
    };
    let document = form.parse()?;
    let mut change = match sent.open(&app, &visitor).await {
        Ok(change) => change,
        Err(answer) => return Ok(answer),
    };
    let owner = Owner { patient, appointment: None };
    let id = attachments::add(&mut change.desk, &folder(&app), owner, &document).await?;
    shown(change, id, true).await
}

async fn shown(mut change: Change, id: AttachmentId, fresh: bool) -> Result<Response, Fault> {
    let after = attachments::find(&mut change.desk, id).await?.ok_or(Refusal::NotFound("document"))?;
    let version = Some(after.version);
    if fresh { change.made(&after, version).await } else { change.done(&after, version).await }
}

/// What is known of a document.
pub(crate) async fn get(
    Id(id): Id<AttachmentId>,
    asked: Asked,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    asked.only(&["fields"])?;
    let view = asked.view("Document", &[])?;
    let document = attachments::find(&mut desk, id).await?.ok_or(Refusal::NotFound("document"))?;
    desk.close().await?;
    answer::one(&document, Some(document.version), &view)
}

/// Takes a document off the chart.
pub(crate) async fn enter_in_error(Id(id): Id<AttachmentId>, mut change: Change) -> Result<Response, Fault> {
    let seen = change.seen()?;
    let wrong = change.read(&Wrong::default())?;
    attachments::enter_in_error(&mut change.desk, id, seen, &wrong.reason).await?;
    shown(change, id, false).await
}
