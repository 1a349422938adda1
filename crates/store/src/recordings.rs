//! Keeps what is known of recordings: whose they are, how far, which chunks arrived. The bytes lie in files.

use crate::audit::{Event, Verb};
use crate::column::{At, Key, Word};
use crate::consents;
use crate::database::on;
use crate::desk::Desk;
use crate::error::Refusal;
use crate::{many, running};
use medrecord_clinic::access::Action;
use medrecord_clinic::consultation::{Recording, RecordingState};
use medrecord_clinic::ids::{AppointmentId, PatientId, RecordingId};

const OF_APPOINTMENT: &str = "SELECT patient_id FROM appointments WHERE id = $1";
const START: &str = "INSERT INTO recordings (id, appointment_id, patient_id, state, media_type, file_name, started_by, started_at,
        updated_at)
    VALUES ($1, $2, $3, 'recording', $4, $5, $6, $7, $7)";
const FIND: &str = "SELECT id, appointment_id, patient_id, state, media_type, file_name, byte_count, duration_ms, started_at, failure
    FROM recordings WHERE id = $1";
const OF_VISIT: &str = "SELECT id, appointment_id, patient_id, state, media_type, file_name, byte_count, duration_ms, started_at, failure
    FROM recordings WHERE appointment_id = $1 AND state <> 'discarded' ORDER BY started_at DESC, id DESC";
const OF_VISITS_POSTGRES: &str = "SELECT id, appointment_id, patient_id, state, media_type, file_name, byte_count, duration_ms, started_at, failure
    FROM recordings
    WHERE appointment_id IN (SELECT CAST(value AS uuid) FROM json_array_elements_text(CAST($1 AS json))) AND state <> 'discarded'
    ORDER BY started_at DESC, id DESC";
const OF_VISITS_SQLITE: &str = "SELECT id, appointment_id, patient_id, state, media_type, file_name, byte_count, duration_ms, started_at, failure
    FROM recordings
    WHERE appointment_id IN (SELECT value FROM json_each($1)) AND state <> 'discarded'
    ORDER BY started_at DESC, id DESC";
/// A chunk that is sent again changes nothing.
const CHUNK: &str = "INSERT INTO recording_chunks (recording_id, number, byte_count, sha256, received_at)
    VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (recording_id, number) DO NOTHING";
const COUNT_BYTES: &str =
    "UPDATE recordings SET byte_count = (SELECT COALESCE(SUM(byte_count), 0) FROM recording_chunks
        WHERE recording_id = $1), updated_at = $2, version = version + 1
    WHERE id = $1 AND state = 'recording'";
const CHUNKS: &str = "SELECT number, sha256 FROM recording_chunks WHERE recording_id = $1 ORDER BY number";
const MOVE: &str = "UPDATE recordings SET state = $2, failure = $3, duration_ms = COALESCE($4, duration_ms),
        finished_at = COALESCE(finished_at, $5), updated_at = $5, version = version + 1
    WHERE id = $1";

#[derive(sqlx::FromRow)]
struct RecordingRow {
    id: Key,
    appointment_id: Key,
    patient_id: Key,
    state: Word<RecordingState>,
    media_type: String,
    file_name: Option<String>,
    byte_count: i64,
    duration_ms: Option<i64>,
    started_at: At,
    failure: Option<String>,
}

/// A recording with whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// The recording.
    pub recording: Recording,
    /// The appointment it belongs to.
    pub appointment: AppointmentId,
    /// The patient it belongs to.
    pub patient: PatientId,
}

impl From<RecordingRow> for Placed {
    fn from(row: RecordingRow) -> Self {
        let recording = Recording {
            id: row.id.id(),
            state: row.state.0,
            media_type: row.media_type,
            file_name: row.file_name,
            byte_count: row.byte_count,
            duration_ms: row.duration_ms,
            started_at: row.started_at.0,
            failure: row.failure,
        };
        Self { recording, appointment: row.appointment_id.id(), patient: row.patient_id.id() }
    }
}

/// Begins a recording of an appointment; the patient must have agreed.
///
/// # Errors
/// [`Refusal::Rule`] without consent, [`Refusal::NotFound`], [`Refusal::NotAllowed`].
pub async fn start(
    desk: &mut Desk,
    appointment: AppointmentId,
    media_type: &str,
    file_name: Option<&str>,
) -> Result<RecordingId, Refusal> {
    desk.require(Action::WriteRecord)?;
    let started_by = desk.provider()?;
    let patient: Option<Key> = on!(desk, conn => sqlx::query_scalar(OF_APPOINTMENT).bind(Key::of(appointment)).fetch_optional(conn).await)?;
    let patient = patient.ok_or(Refusal::NotFound("appointment"))?;
    consents::require_granted(desk, appointment).await?;
    let id: RecordingId = desk.fresh_id()?;
    let now = At(desk.now());
    on!(desk, conn => {
        sqlx::query(START)
            .bind(Key::of(id))
            .bind(Key::of(appointment))
            .bind(patient)
            .bind(media_type)
            .bind(file_name)
            .bind(Key::of(started_by))
            .bind(now)
            .execute(conn)
            .await
            .map(|_| ())
    })?;
    desk.did(Verb::Create, "recording", id, patient.id());
    Ok(id)
}

/// The recording, who must be there.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::NotAllowed`].
pub async fn get(desk: &mut Desk, id: RecordingId) -> Result<Placed, Refusal> {
    desk.require(Action::ReadChart)?;
    let row: Option<RecordingRow> =
        on!(desk, conn => sqlx::query_as(FIND).bind(Key::of(id)).fetch_optional(conn).await)?;
    row.map(Placed::from).ok_or(Refusal::NotFound("recording"))
}

/// The recordings of a visit that were not thrown away, newest first.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn of_visit(desk: &mut Desk, appointment: AppointmentId) -> Result<Vec<Recording>, Refusal> {
    desk.require(Action::ReadChart)?;
    let rows: Vec<RecordingRow> =
        on!(desk, conn => sqlx::query_as(OF_VISIT).bind(Key::of(appointment)).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|row| Placed::from(row).recording).collect())
}

/// The recordings of several visits at once that were not thrown away, newest first.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn of_visits(desk: &mut Desk, appointments: &[AppointmentId]) -> Result<Vec<Placed>, Refusal> {
    desk.require(Action::ReadChart)?;
    let sql = many::pick(desk, OF_VISITS_POSTGRES, OF_VISITS_SQLITE);
    let rows: Vec<RecordingRow> =
        on!(desk, conn => sqlx::query_as(sql).bind(many::keys(appointments)).fetch_all(conn).await)?;
    desk.record(Event::new(Verb::Search, "recording").with(serde_json::json!({ "count": rows.len() })));
    Ok(rows.into_iter().map(Placed::from).collect())
}

/// Notes that a chunk is on disk. The same chunk may come twice.
///
/// # Errors
/// [`Refusal::Rule`] where the recording is over or the patient no longer agrees, [`Refusal::NotFound`],
/// [`Refusal::NotAllowed`].
pub async fn keep_chunk(
    desk: &mut Desk,
    id: RecordingId,
    number: i32,
    byte_count: i64,
    sha256: &str,
) -> Result<(), Refusal> {
    desk.require(Action::WriteRecord)?;
    let placed = get(desk, id).await?;
    consents::require_granted(desk, placed.appointment).await?;
    let now = At(desk.now());
    on!(desk, conn => {
        sqlx::query(CHUNK)
            .bind(Key::of(id))
            .bind(number)
            .bind(byte_count)
            .bind(sha256)
            .bind(now)
            .execute(conn)
            .await
            .map(|_| ())
    })?;
    let open = on!(desk, conn => {
        sqlx::query(COUNT_BYTES).bind(Key::of(id)).bind(now).execute(conn).await.map(|done| done.rows_affected())
    })?;
    if open == 1 { Ok(()) } else { Err(Refusal::Rule("This recording is over; start a new one.".to_owned())) }
}

/// The chunks that are on disk, by number, with their digests.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn chunks(desk: &mut Desk, id: RecordingId) -> Result<Vec<(i32, String)>, Refusal> {
    desk.require(Action::ReadChart)?;
    Ok(on!(desk, conn => sqlx::query_as(CHUNKS).bind(Key::of(id)).fetch_all(conn).await)?)
}

/// Refuses a recording of which not all chunks from 0 to `count` - 1 are there.
///
/// # Errors
/// [`Refusal::Rule`] naming the first chunk that is missing, [`Refusal::NotAllowed`].
pub async fn require_parts(desk: &mut Desk, id: RecordingId, count: i32) -> Result<(), Refusal> {
    // In the order of their numbers, each number once: the first that is not its own place is missing.
    let here = chunks(desk, id).await?;
    let whole = (0..count).zip(&here).take_while(|(number, (have, _))| number == have).count();
    match i32::try_from(whole) {
        Ok(missing) if missing < count => {
            Err(Refusal::Rule(format!("Part {missing} of the recording has not arrived yet.")))
        }
        Ok(_) | Err(_) => Ok(()),
    }
}

/// Ends a recording: all chunks from 0 to `count` - 1 must be there, and the patient must still agree.
///
/// # Errors
/// As [`require_parts`], [`Refusal::Rule`] where the consent was withdrawn, [`Refusal::NotFound`].
pub async fn finish(desk: &mut Desk, id: RecordingId, count: i32) -> Result<(), Refusal> {
    desk.require(Action::WriteRecord)?;
    let placed = get(desk, id).await?;
    consents::require_granted(desk, placed.appointment).await?;
    require_parts(desk, id, count).await?;
    move_to(desk, &placed, RecordingState::Finished, None, None).await
}

/// Has a recording heard that could not be; one that waits already goes on waiting. The patient must still agree.
///
/// # Errors
/// [`Refusal::Rule`] where it goes on, was heard or put aside, or the consent was withdrawn; [`Refusal::NotFound`],
/// [`Refusal::NotAllowed`].
pub async fn hear_again(desk: &mut Desk, id: RecordingId) -> Result<Placed, Refusal> {
    desk.require(Action::WriteRecord)?;
    let placed = get(desk, id).await?;
    if !matches!(placed.recording.state, RecordingState::Failed | RecordingState::Finished) {
        let words = "Only a recording that could not be turned into words is tried again.";
        return Err(Refusal::Rule(words.to_owned()));
    }
    consents::require_granted(desk, placed.appointment).await?;
    move_to(desk, &placed, RecordingState::Finished, None, None).await?;
    Ok(placed)
}

/// A recording that is about to be heard; none where it does not wait for that any more: a person put it aside, or it was
/// heard before a kill.
///
/// # Errors
/// [`Refusal::Rule`] where the consent was withdrawn, [`Refusal::NotFound`], [`Refusal::NotAllowed`].
pub async fn to_hear(desk: &mut Desk, id: RecordingId) -> Result<Option<Placed>, Refusal> {
    let placed = get(desk, id).await?;
    if placed.recording.state != RecordingState::Finished {
        return Ok(None);
    }
    consents::require_granted(desk, placed.appointment).await?;
    Ok(Some(placed))
}

/// Notes that a recording was heard, or why it could not be; or that a person put it aside, which nothing takes back.
///
/// # Errors
/// [`Refusal::Rule`] where it was put aside, [`Refusal::NotFound`], [`Refusal::NotAllowed`].
pub async fn set_state(
    desk: &mut Desk,
    id: RecordingId,
    state: RecordingState,
    failure: Option<&str>,
    duration_ms: Option<i64>,
) -> Result<(), Refusal> {
    desk.require(Action::WriteRecord)?;
    let placed = get(desk, id).await?;
    if placed.recording.state == RecordingState::Discarded && state != RecordingState::Discarded {
        return Err(Refusal::Rule("This recording was put aside.".to_owned()));
    }
    move_to(desk, &placed, state, failure, duration_ms).await
}

async fn move_to(
    desk: &mut Desk,
    placed: &Placed,
    state: RecordingState,
    failure: Option<&str>,
    duration_ms: Option<i64>,
) -> Result<(), Refusal> {
    let id = placed.recording.id;
    let now = At(desk.now());
    on!(desk, conn => {
        sqlx::query(MOVE)
            .bind(Key::of(id))
            .bind(Word(state))
            .bind(failure)
            .bind(duration_ms)
            .bind(now)
            .execute(conn)
            .await
            .map(|_| ())
    })?;
    if matches!(state, RecordingState::Transcribed | RecordingState::Discarded) {
        running::let_go(desk, id).await?;
    }
    let detail = serde_json::json!({ "state": state.as_str() });
    desk.record(Event::new(Verb::Update, "recording").about(id).of_patient(placed.patient).with(detail));
    Ok(())
}
