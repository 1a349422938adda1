//! Sound on its way in and out, alike for pages and programs: parts as they are spoken, whole files piece by piece, the
//! end of a recording, and playing what was said.

use crate::app::App;
use crate::desk::Reading;
use crate::error::Fault;
use crate::visitor::Visitor;
use crate::{playing, sounds, worker};
use axum::body::{Body, Bytes, HttpBody as _};
use axum::extract::multipart::Field;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use medrecord_clinic::access::Action;
use medrecord_clinic::consultation::RecordingState;
use medrecord_clinic::ids::{AppointmentId, RecordingId};
use medrecord_store::audit::Verb;
use medrecord_store::recordings::Placed;
use medrecord_store::{Desk, Refusal, StoreError, consents, recordings, sealing};
use sha2::{Digest, Sha256};
use std::future::poll_fn;
use std::pin::Pin;

/// The most bytes of one chunk: two seconds of sound are about 16 KB.
pub(crate) const CHUNK_LIMIT: usize = 8 * 1024 * 1024;
/// The most bytes of an uploaded recording.
pub(crate) const UPLOAD_LIMIT: usize = 512 * 1024 * 1024;
/// How an uploaded recording is cut while it arrives.
const PIECE: usize = 4 * 1024 * 1024;

/// What is no id leads to nothing.
fn id<T: std::str::FromStr>(text: &str, what: &'static str) -> Result<T, Refusal> {
    text.parse().map_err(|_| Refusal::NotFound(what))
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
    if let Some(locked) = locked(error) {
        return locked;
    }
    tracing::error!(%error, "a recording could not be written");
    let words =
        "The recording could not be written to disk: there may be no room left. What arrived before is kept.";
    Fault::new(StatusCode::INSUFFICIENT_STORAGE, "disk_full", "Disk full", words)
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

/// The end of a recording while it is made; no other is made meanwhile.
///
/// Joining takes long and holds no database: the parts stay until the end is noted, so that a server killed anywhere in
/// between can do all of it again.
pub(crate) struct Ending<'a> {
    recording: RecordingId,
    count: i32,
    /// Whose it is.
    pub(crate) placed: Placed,
    _one_at_a_time: tokio::sync::MutexGuard<'a, ()>,
}

impl Ending<'_> {
    /// Whether it was over before; then nothing is left to do.
    pub(crate) fn was_over(&self) -> bool {
        self.placed.recording.state != RecordingState::Recording
    }

    /// Notes the end and queues the recording for hearing.
    pub(crate) async fn note(&self, desk: &mut Desk) -> Result<(), Refusal> {
        if self.was_over() {
            return Ok(());
        }
        recordings::finish(desk, self.recording, self.count).await?;
        Ok(worker::queue(desk, self.recording).await?)
    }

    /// Removes the parts, once the end is kept, and has the recording heard.
    pub(crate) async fn settle(self, app: &App) {
        let recording = self.recording;
        if let Err(error) = on_disk(app, move |data| sounds::drop_chunks(data, recording)).await {
            tracing::warn!(?error, %recording, "parts of a recording that is whole were not removed");
        }
        app.nudge();
    }
}

/// Joins the parts of a recording that is to end.
pub(crate) async fn ending<'a>(
    app: &'a App,
    visitor: &Visitor,
    recording: RecordingId,
    count: i32,
) -> Result<Ending<'a>, Fault> {
    let one_at_a_time = app.joining.lock().await;
    let mut desk = app.store.read_desk(visitor.actor.clone()).await?;
    desk.require(Action::WriteRecord)?;
    let placed = recordings::get(&mut desk, recording).await?;
    let goes_on = placed.recording.state == RecordingState::Recording;
    if goes_on {
        recordings::require_parts(&mut desk, recording, count).await?;
    }
    desk.close().await?;
    if goes_on {
        on_disk(app, move |data| sounds::join(data, recording, count)).await?;
    }
    Ok(Ending { recording, count, placed, _one_at_a_time: one_at_a_time })
}

/// Ends a recording; twice is once.
pub(crate) async fn complete(
    app: &App,
    visitor: &Visitor,
    recording: RecordingId,
    count: i32,
) -> Result<AppointmentId, Fault> {
    let ending = ending(app, visitor, recording, count).await?;
    let appointment = ending.placed.appointment;
    if !ending.was_over() {
        let mut desk = app.store.write_desk(visitor.actor.clone()).await?;
        ending.note(&mut desk).await?;
        desk.close().await?;
        ending.settle(app).await;
    }
    Ok(appointment)
}

/// A file of sound that arrives: as a part of a form, or as the whole of a body.
pub(crate) enum Arriving<'a> {
    /// Out of a form.
    Part(Box<Field<'a>>),
    /// The body itself.
    Whole(Body),
}

impl Arriving<'_> {
    async fn bytes(&mut self) -> Result<Option<Bytes>, Fault> {
        match self {
            Self::Part(field) => field.chunk().await.map_err(|_| broken_off()),
            Self::Whole(body) => loop {
                let frame = poll_fn(|context| Pin::new(&mut *body).poll_frame(context)).await;
                let Some(frame) = frame.transpose().map_err(|_| broken_off())? else { return Ok(None) };
                if let Ok(bytes) = frame.into_data() {
                    return Ok(Some(bytes));
                }
            },
        }
    }

    /// The next piece of it; empty at the end.
    pub(crate) async fn piece(&mut self) -> Result<Bytes, Fault> {
        let mut piece = Vec::new();
        while piece.len() < PIECE {
            let Some(bytes) = self.bytes().await? else { break };
            piece.extend_from_slice(&bytes);
        }
        Ok(piece.into())
    }
}

pub(crate) fn broken_off() -> Fault {
    let words = "The file did not arrive whole, or is over 512 MB. Send it again.";
    Refusal::Rule(words.to_owned()).into()
}

/// Text from outside as it is kept: no control signs, so many signs at most.
fn plain(text: &str, most: usize) -> String {
    text.chars().filter(|sign| !sign.is_control()).take(most).collect()
}

/// A recording made elsewhere.
pub(crate) struct Upload<'a> {
    /// Its media type.
    pub(crate) kind: &'a str,
    /// The name of its file.
    pub(crate) name: &'a str,
    /// What of it is here already.
    pub(crate) first: Bytes,
}

/// Takes a recording made elsewhere, piece by piece, without holding it in memory, and gives its number of parts.
pub(crate) async fn take(
    app: &App,
    visitor: &Visitor,
    appointment: AppointmentId,
    upload: Upload<'_>,
    mut rest: Arriving<'_>,
) -> Result<(RecordingId, i32), Fault> {
    let (kind, name) = (plain(upload.kind, 100), plain(upload.name, 200));
    let mut desk = app.store.write_desk(visitor.actor.clone()).await?;
    let recording = recordings::start(&mut desk, appointment, &kind, Some(&name)).await?;
    desk.close().await?;
    let (mut number, mut piece) = (0, upload.first);
    loop {
        keep(app, visitor, recording, number, piece).await?;
        number += 1;
        piece = rest.piece().await?;
        if piece.is_empty() {
            return Ok((recording, number));
        }
    }
}

/// Tries a recording again that could not be heard.
pub(crate) async fn hear_again(desk: &mut Desk, recording: RecordingId) -> Result<Placed, Refusal> {
    let placed = recordings::hear_again(desk, recording).await?;
    worker::queue(desk, recording).await?;
    Ok(placed)
}

/// Throws a recording away that nobody needs: it is no longer shown, nor heard.
pub(crate) async fn put_aside(desk: &mut Desk, recording: RecordingId) -> Result<Placed, Refusal> {
    let placed = recordings::get(desk, recording).await?;
    recordings::set_state(desk, recording, RecordingState::Discarded, None, None).await?;
    Ok(placed)
}

/// Plays a recording; a browser may ask for any part of it.
pub(crate) async fn listen(
    State(app): State<App>,
    Path(recording): Path<String>,
    Reading(mut desk): Reading,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let recording: RecordingId = id(&recording, "recording")?;
    let placed = recordings::get(&mut desk, recording).await?;
    let first = headers.get(header::RANGE).is_none_or(|range| range.as_bytes().starts_with(b"bytes=0-"));
    if first {
        desk.did(Verb::Listen, "recording", recording, placed.patient);
    }
    desk.close().await?;
    let data = app.settings.data_folder.clone();
    let opened = tokio::task::spawn_blocking(move || {
        let (sound, copy) = sounds::to_play(&data, recording)?;
        let kind = if copy { "audio/wav" } else { placed.recording.media_type.as_str() };
        playing::answer(sound, kind, &headers)
    });
    match opened.await.map_err(std::io::Error::other).flatten() {
        Ok(answer) => Ok(answer),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Err(Refusal::NotFound("recording").into())
        }
        Err(error) => Err(error.into()),
    }
}

/// What is said where a recording cannot be opened or sealed; none for troubles of the disk itself.
fn locked(error: &std::io::Error) -> Option<Fault> {
    let reason = sealing::reason(error)?;
    tracing::error!(%reason, "a recording does not open");
    let words = format!("This recording does not open: {reason}.");
    Some(Fault::new(StatusCode::SERVICE_UNAVAILABLE, "recording_locked", "Recording locked", words))
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Self {
        locked(&error).unwrap_or_else(|| StoreError::from(error).into())
    }
}
