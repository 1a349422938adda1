//! Recordings of a visit: begun and sent in parts while people speak, or sent whole; how far each is, and its sound.

use super::answer;
use super::asked::{Asked, Id};
use super::change::{Change, Sent};
use super::operation::{FIELDS, Operation};
use super::problem;
use crate::app::App;
use crate::desk::Reading;
use crate::error::Fault;
use crate::recording::{self, Arriving, Upload};
use crate::visitor::Visitor;
use crate::worker::TRANSCRIBE;
use axum::RequestExt as _;
use axum::extract::{Request, State};
use axum::http::header;
use axum::response::Response;
use medrecord_clinic::consultation::RecordingState;
use medrecord_clinic::field::{self, Problems};
use medrecord_clinic::ids::{AppointmentId, RecordingId};
use medrecord_store::audit::Verb;
use medrecord_store::recordings::{self, Placed};
use medrecord_store::{Desk, Refusal, appointments, consents, jobs};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub(super) const OPERATIONS: [Operation; 9] = [
    Operation::get("/api/v1/appointments/{id}/recordings", "Lists the recordings of a visit, newest first.")
        .asks(&[FIELDS])
        .list("Recording"),
    Operation::post(
        "/api/v1/appointments/{id}/recordings",
        "Begins a recording whose parts are sent while people speak; 409 without the patient's consent.",
        "RecordingInput",
    )
    .new_one("Recording"),
    Operation::post_file(
        "/api/v1/appointments/{id}/audio",
        "Takes a whole recording of a visit, at most 512 MB, and has it heard; 409 without the patient's consent.",
        "audio/*",
    )
    .asks(&[("fileName", "The name of the file, to be shown.")])
    .new_one("Recording"),
    Operation::get("/api/v1/recordings/{id}", "Tells how far a recording and its transcription are.")
        .asks(&[FIELDS])
        .one("Recording"),
    Operation::put_file(
        "/api/v1/recordings/{id}/chunks/{number}",
        "Keeps a part of a recording, at most 8 MB, the first being 0; the same part may be sent again.",
        "application/octet-stream",
    )
    .nothing(),
    Operation::post(
        "/api/v1/recordings/{id}/finish",
        "Ends a recording and has it heard; 409 names the first part that is missing.",
        "RecordingEnd",
    )
    .one("Recording"),
    Operation::post_nothing(
        "/api/v1/recordings/{id}/retry",
        "Has a recording heard again that could not be heard.",
    )
    .one("Recording"),
    Operation::post_nothing(
        "/api/v1/recordings/{id}/discard",
        "Puts a recording aside: it is no longer listed, nor heard.",
    )
    .one("Recording"),
    Operation::get("/api/v1/recordings/{id}/audio", "Gives the sound, or the part of it that Range names.")
        .file("audio/*"),
];

/// A recording to begin.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Beginning {
    media_type: String,
}

/// How many parts were sent.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct End {
    chunks: String,
}

/// The recordings of a visit.
pub(crate) async fn list(
    Id(visit): Id<AppointmentId>,
    asked: Asked,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    asked.only(&["fields"])?;
    let view = asked.view("Recording", &[])?;
    appointments::get(&mut desk, visit).await?;
    let found = recordings::of_visits(&mut desk, &[visit]).await?;
    let items = shown(&mut desk, &found).await?;
    desk.close().await?;
    Ok(answer::list(items, None, &view))
}

/// Recordings with how far their transcription is, one statement for all.
pub(super) async fn shown(desk: &mut Desk, found: &[Placed]) -> Result<Vec<Value>, Fault> {
    let ids: Vec<_> = found.iter().map(|placed| placed.recording.id.0).collect();
    let jobs = jobs::of_subjects(desk, TRANSCRIBE, &ids).await?;
    let one = |placed: &Placed| {
        let mut item = serde_json::to_value(&placed.recording)?;
        let job = jobs.iter().find(|job| job.subject == placed.recording.id.0);
        let transcription = job.map(|job| {
            json!({ "state": job.state.as_str(), "percent": job.progress / 10, "failure": job.failure })
        });
        answer::put(&mut item, "appointmentId", json!(placed.appointment));
        answer::put(&mut item, "transcription", json!(transcription));
        Ok(item)
    };
    found.iter().map(one).collect()
}

async fn one(desk: &mut Desk, id: RecordingId) -> Result<Value, Fault> {
    let placed = recordings::get(desk, id).await?;
    let goes_on = placed.recording.state == RecordingState::Recording;
    let mut item = shown(desk, &[placed]).await?.into_iter().next().unwrap_or_default();
    if goes_on {
        let here = recordings::chunks(desk, id).await?;
        let numbers: Vec<i32> = here.into_iter().map(|(number, _)| number).collect();
        answer::put(&mut item, "chunks", json!(numbers));
    }
    Ok(item)
}

/// How far a recording is.
pub(crate) async fn get(
    Id(id): Id<RecordingId>,
    asked: Asked,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    asked.only(&["fields"])?;
    let view = asked.view("Recording", &[])?;
    let patient = recordings::get(&mut desk, id).await?.patient;
    let item = one(&mut desk, id).await?;
    desk.did(Verb::Read, "recording", id, patient);
    desk.close().await?;
    answer::one(&item, None, &view)
}

/// Begins a recording.
pub(crate) async fn start(Id(visit): Id<AppointmentId>, mut change: Change) -> Result<Response, Fault> {
    let beginning = change.read(&Beginning::default())?;
    let kind = field::required("mediaType", "the media type of the sound", &beginning.media_type, 100)?;
    require_consent(&mut change.desk, visit).await?;
    let id = recordings::start(&mut change.desk, visit, &kind, None).await?;
    let item = one(&mut change.desk, id).await?;
    change.made(&item, None).await
}

/// Refuses a visit that may not be recorded, and says how it may.
async fn require_consent(desk: &mut Desk, visit: AppointmentId) -> Result<(), Fault> {
    match consents::require_granted(desk, visit).await {
        Err(Refusal::Rule(_)) => {
            appointments::get(desk, visit).await?;
            Err(problem::no_consent(visit))
        }
        other => Ok(other?),
    }
}

/// Takes a whole recording, piece by piece. A key that was used is looked up before anything is kept.
pub(crate) async fn upload(
    State(app): State<App>,
    visitor: Visitor,
    Id(visit): Id<AppointmentId>,
    asked: Asked,
    request: Request,
) -> Result<Response, Fault> {
    asked.only(&["fileName"])?;
    let (parts, body) = request.with_limited_body().into_parts();
    let kind =
        parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !["audio/", "video/", "application/octet-stream"].iter().any(|known| kind.starts_with(known)) {
        return Err(problem::no_sound());
    }
    let mut sound = Arriving::Whole(body);
    let first = sound.piece().await?;
    if first.is_empty() {
        return Err(Problems::one("body", "required", "Send the recording itself as the body.").into());
    }
    let sent = Sent::file(&parts, &first)?;
    if let Some(answer) = sent.known(&app, &visitor).await {
        return Ok(answer);
    }
    let mut desk = app.store.read_desk(visitor.actor.clone()).await?;
    require_consent(&mut desk, visit).await?;
    desk.close().await?;
    let upload = Upload { kind, name: asked.value("fileName").unwrap_or("Recording"), first };
    let (new, count) = recording::take(&app, &visitor, visit, upload, sound).await?;
    finished(&app, &visitor, sent, (new, count), true).await
}

/// Ends a recording.
pub(crate) async fn finish(
    State(app): State<App>,
    visitor: Visitor,
    Id(id): Id<RecordingId>,
    sent: Sent,
) -> Result<Response, Fault> {
    let words = "chunks is the number of parts that were sent, at least 1.";
    let count = sent.read(&End::default())?.chunks.parse().ok().filter(|count| *count > 0);
    let count = count.ok_or_else(|| Problems::one("chunks", "invalid", words))?;
    finished(&app, &visitor, sent, (id, count), false).await
}

/// Joins the parts before the desk opens, then notes the end on it; a fresh recording that came before is put aside.
async fn finished(
    app: &App,
    visitor: &Visitor,
    sent: Sent,
    (id, count): (RecordingId, i32),
    fresh: bool,
) -> Result<Response, Fault> {
    let ending = recording::ending(app, visitor, id, count).await?;
    let mut change = match sent.open(app, visitor).await {
        Ok(change) => change,
        Err(answer) => {
            if fresh {
                let mut desk = app.store.write_desk(visitor.actor.clone()).await?;
                recording::put_aside(&mut desk, id).await?;
                desk.close().await?;
            }
            return Ok(answer);
        }
    };
    ending.note(&mut change.desk).await?;
    let item = one(&mut change.desk, id).await?;
    let answer = if fresh { change.made(&item, None).await? } else { change.done(&item, None).await? };
    if !ending.was_over() {
        ending.settle(app).await;
    }
    Ok(answer)
}

/// Has a recording heard again.
pub(crate) async fn retry(
    State(app): State<App>,
    Id(id): Id<RecordingId>,
    mut change: Change,
) -> Result<Response, Fault> {
    recording::hear_again(&mut change.desk, id).await?;
    let item = one(&mut change.desk, id).await?;
    let answer = change.done(&item, None).await?;
    app.nudge();
    Ok(answer)
}

/// Puts a recording aside.
pub(crate) async fn discard(Id(id): Id<RecordingId>, mut change: Change) -> Result<Response, Fault> {
    recording::put_aside(&mut change.desk, id).await?;
    let item = one(&mut change.desk, id).await?;
    change.done(&item, None).await
}
