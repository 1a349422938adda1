//! Consent and sound: asking first, chunks as they are spoken, uploads, and playing what was said.

use super::{back, id};
use crate::app::App;
use crate::desk::{Reading, Writing};
use crate::error::Fault;
use crate::page::{see_other, see_other_saying};
use crate::visitor::Visitor;
use crate::{sounds, worker};
use axum::body::Bytes;
use axum::extract::multipart::Field;
use axum::extract::{Form as Posted, Multipart, Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use medrecord_clinic::access::Action;
use medrecord_clinic::consultation::{ConsentDecision, RecordingState};
use medrecord_clinic::ids::{AppointmentId, RecordingId};
use medrecord_store::audit::Verb;
use medrecord_store::{Refusal, StoreError, consents, recordings};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use tower::ServiceExt as _;
use tower_http::services::ServeFile;

/// The most bytes of one chunk: two seconds of sound are about 16 KB.
pub(crate) const CHUNK_LIMIT: usize = 8 * 1024 * 1024;
/// The most bytes of an uploaded recording.
pub(crate) const UPLOAD_LIMIT: usize = 512 * 1024 * 1024;
/// How an uploaded recording is cut while it arrives.
const PIECE: usize = 4 * 1024 * 1024;
const BROWSER_SOUND: &str = "audio/webm";

/// What the patient answered.
#[derive(Deserialize)]
pub(crate) struct Answer {
    decision: String,
}

/// Writes down what the patient answered to the question whether the visit may be recorded.
pub(crate) async fn consent(
    Path(appointment): Path<String>,
    Writing(mut desk): Writing,
    Posted(answer): Posted<Answer>,
) -> Result<Response, Fault> {
    let appointment = id(&appointment, "visit")?;
    let decision: ConsentDecision = id(&answer.decision, "answer")?;
    consents::record(&mut desk, appointment, decision, None).await?;
    desk.close().await?;
    let words = match decision {
        ConsentDecision::Granted => "Consent recorded. The visit may be recorded.",
        ConsentDecision::Refused => "Recorded: the patient does not want a recording.",
        ConsentDecision::Withdrawn => "Recorded: the patient withdrew the consent.",
    };
    Ok(see_other_saying(&back(appointment), "ok", words))
}

/// Begins a recording in this browser.
pub(crate) async fn start(
    Path(appointment): Path<String>,
    Writing(mut desk): Writing,
) -> Result<Response, Fault> {
    let appointment: AppointmentId = id(&appointment, "visit")?;
    recordings::start(&mut desk, appointment, BROWSER_SOUND, None).await?;
    desk.close().await?;
    Ok(see_other(&back(appointment)))
}

/// Keeps a chunk: answered only when it is on disk and noted.
pub(crate) async fn chunk(
    State(app): State<App>,
    visitor: Visitor,
    Path((recording, number)): Path<(String, String)>,
    bytes: Bytes,
) -> Result<StatusCode, Fault> {
    let recording: RecordingId = id(&recording, "recording")?;
    let number: i32 = id(&number, "part")?;
    let mut desk = app.store.read_desk(visitor.actor.clone()).await?;
    let placed = recordings::get(&mut desk, recording).await?;
    consents::require_granted(&mut desk, placed.appointment).await?;
    desk.close().await?;
    if placed.recording.state != RecordingState::Recording {
        return Err(Refusal::Rule("This recording is over; start a new one.".to_owned()).into());
    }
    keep(&app, &visitor, recording, number, bytes).await?;
    app.live.arrived();
    Ok(StatusCode::NO_CONTENT)
}

/// Writes a piece to disk, then notes it at a desk of its own; the database waits for no sender and no disk.
async fn keep(
    app: &App,
    visitor: &Visitor,
    recording: RecordingId,
    number: i32,
    bytes: Bytes,
) -> Result<(), Fault> {
    if !(0..1_000_000).contains(&number) {
        return Err(Refusal::NotFound("part").into());
    }
    let digest: String =
        Sha256::digest(&bytes).iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
    let count = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
    on_disk(app, move |data| sounds::keep_chunk(data, recording, number, &bytes)).await?;
    let mut desk = app.store.write_desk(visitor.actor.clone()).await?;
    recordings::keep_chunk(&mut desk, recording, number, count, &digest).await?;
    Ok(desk.close().await?)
}

fn disk(error: &std::io::Error) -> Fault {
    tracing::error!(%error, "a recording could not be written");
    let words =
        "The recording could not be written to disk: there may be no room left. What arrived before is kept.";
    Fault::new(StatusCode::INSUFFICIENT_STORAGE, "disk_full", "Disk full", words)
}

/// How many chunks the browser sent.
#[derive(Deserialize)]
pub(crate) struct Count {
    chunks: i32,
}

/// Ends a recording and queues it for hearing.
pub(crate) async fn finish(
    State(app): State<App>,
    visitor: Visitor,
    Path(recording): Path<String>,
    Posted(count): Posted<Count>,
) -> Result<Response, Fault> {
    let recording: RecordingId = id(&recording, "recording")?;
    let appointment = complete(&app, &visitor, recording, count.chunks).await?;
    app.nudge();
    Ok(see_other(&back(appointment)))
}

/// Joins the parts, then ends the recording; twice is once. Joining takes long and holds no database: the parts stay
/// until the end is noted, so that a server killed anywhere in between can do all of it again.
async fn complete(
    app: &App,
    visitor: &Visitor,
    recording: RecordingId,
    count: i32,
) -> Result<AppointmentId, Fault> {
    let _one_at_a_time = app.joining.lock().await;
    let mut desk = app.store.read_desk(visitor.actor.clone()).await?;
    desk.require(Action::WriteRecord)?;
    let placed = recordings::get(&mut desk, recording).await?;
    if placed.recording.state != RecordingState::Recording {
        desk.close().await?;
        return Ok(placed.appointment);
    }
    recordings::require_parts(&mut desk, recording, count).await?;
    desk.close().await?;
    on_disk(app, move |data| sounds::join(data, recording, count)).await?;
    let mut desk = app.store.write_desk(visitor.actor.clone()).await?;
    recordings::finish(&mut desk, recording, count).await?;
    worker::queue(&mut desk, recording).await?;
    desk.close().await?;
    if let Err(error) = on_disk(app, move |data| sounds::drop_chunks(data, recording)).await {
        tracing::warn!(?error, %recording, "parts of a recording that is whole were not removed");
    }
    Ok(placed.appointment)
}

/// Does something with files, beside the threads that answer.
async fn on_disk<W>(app: &App, work: W) -> Result<(), Fault>
where
    W: FnOnce(&std::path::Path) -> std::io::Result<()> + Send + 'static,
{
    let data = app.settings.data_folder.clone();
    let done = tokio::task::spawn_blocking(move || work(&data)).await;
    done.map_err(std::io::Error::other).flatten().map_err(|error| disk(&error))
}

/// Takes a recording made elsewhere, piece by piece, without holding it in memory.
pub(crate) async fn upload(
    State(app): State<App>,
    visitor: Visitor,
    Path(appointment): Path<String>,
    mut form: Multipart,
) -> Result<Response, Fault> {
    let appointment: AppointmentId = id(&appointment, "visit")?;
    while let Some(field) = form.next_field().await.map_err(|_| broken_off())? {
        if field.file_name().is_some_and(|name| !name.is_empty()) {
            take(&app, &visitor, appointment, field).await?;
            app.nudge();
            let words = "The recording is here and will be listened to now.";
            return Ok(see_other_saying(&back(appointment), "ok", words));
        }
    }
    Ok(see_other_saying(&back(appointment), "warn", "Choose a recording first."))
}

fn broken_off() -> Fault {
    Refusal::Rule("The file did not arrive whole. Choose it again.".to_owned()).into()
}

async fn take(
    app: &App,
    visitor: &Visitor,
    appointment: AppointmentId,
    mut field: Field<'_>,
) -> Result<(), Fault> {
    let plain =
        |text: &str, most: usize| text.chars().filter(|c| !c.is_control()).take(most).collect::<String>();
    let name = plain(field.file_name().unwrap_or_default(), 200);
    let kind = plain(field.content_type().unwrap_or("application/octet-stream"), 100);
    let mut desk = app.store.write_desk(visitor.actor.clone()).await?;
    let recording = recordings::start(&mut desk, appointment, &kind, Some(&name)).await?;
    desk.close().await?;
    let (mut number, mut piece) = (0, Vec::new());
    while let Some(bytes) = field.chunk().await.map_err(|_| broken_off())? {
        piece.extend_from_slice(&bytes);
        if piece.len() >= PIECE {
            keep(app, visitor, recording, number, Bytes::from(std::mem::take(&mut piece))).await?;
            number += 1;
        }
    }
    keep(app, visitor, recording, number, Bytes::from(piece)).await?;
    complete(app, visitor, recording, number + 1).await?;
    Ok(())
}

/// Tries a recording again that could not be heard.
pub(crate) async fn retry(
    State(app): State<App>,
    Path(recording): Path<String>,
    Writing(mut desk): Writing,
) -> Result<Response, Fault> {
    let recording: RecordingId = id(&recording, "recording")?;
    let placed = recordings::get(&mut desk, recording).await?;
    recordings::set_state(&mut desk, recording, RecordingState::Finished, None, None).await?;
    worker::queue(&mut desk, recording).await?;
    desk.close().await?;
    app.nudge();
    Ok(see_other(&back(placed.appointment)))
}

/// Throws a recording away that nobody needs: it is no longer shown, nor heard.
pub(crate) async fn discard(
    Path(recording): Path<String>,
    Writing(mut desk): Writing,
) -> Result<Response, Fault> {
    let recording: RecordingId = id(&recording, "recording")?;
    let placed = recordings::get(&mut desk, recording).await?;
    recordings::set_state(&mut desk, recording, RecordingState::Discarded, None, None).await?;
    desk.close().await?;
    Ok(see_other_saying(&back(placed.appointment), "ok", "The recording was put aside."))
}

/// Plays a recording; a browser may ask for any part of it.
pub(crate) async fn listen(
    State(app): State<App>,
    Path(recording): Path<String>,
    Reading(mut desk): Reading,
    request: Request,
) -> Result<Response, Fault> {
    let recording: RecordingId = id(&recording, "recording")?;
    let placed = recordings::get(&mut desk, recording).await?;
    let first =
        request.headers().get(header::RANGE).is_none_or(|range| range.as_bytes().starts_with(b"bytes=0-"));
    if first {
        desk.did(Verb::Listen, "recording", recording, placed.patient);
    }
    desk.close().await?;
    let data = &app.settings.data_folder;
    let copy = sounds::playable(data, recording);
    let (file, kind) = if copy.exists() {
        (copy, "audio/wav".to_owned())
    } else {
        (sounds::whole(data, recording), placed.recording.media_type)
    };
    let Ok(answer) = ServeFile::new(file).oneshot(request).await;
    let mut answer = answer.into_response();
    if answer.status() == StatusCode::NOT_FOUND {
        return Err(Refusal::NotFound("recording").into());
    }
    let kind = HeaderValue::from_str(&kind).unwrap_or(HeaderValue::from_static("application/octet-stream"));
    answer.headers_mut().insert(header::CONTENT_TYPE, kind);
    Ok(answer)
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Self {
        StoreError::from(error).into()
    }
}
