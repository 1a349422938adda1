//! Keeps transcripts: a consultation in words, segment by segment.

use crate::audit::Verb;
use crate::column::{At, Key, Word};
use crate::database::on;
use crate::desk::Desk;
use crate::error::Refusal;
use medrecord_clinic::access::Action;
use medrecord_clinic::consultation::{Segment, Speaker, Transcript, TranscriptSource};
use medrecord_clinic::ids::{AppointmentId, PatientId, RecordingId, TranscriptId};

/// A transcript to keep.
#[derive(Debug, Clone)]
pub struct NewTranscript {
    /// The appointment it belongs to.
    pub appointment: AppointmentId,
    /// The recording it was heard from.
    pub recording: Option<RecordingId>,
    /// Where it comes from.
    pub source: TranscriptSource,
    /// The engine that heard it.
    pub engine: Option<String>,
    /// The digest of that engine's model.
    pub model_hash: Option<String>,
    /// What was said, in order.
    pub segments: Vec<Segment>,
}

/// Who speaks, put right by a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Correction {
    /// Clinician and patient change places in every turn.
    Swap,
    /// One turn is somebody else's.
    Turn {
        /// The turn's place in the transcript.
        index: i32,
        /// Who speaks in it.
        speaker: Speaker,
    },
}

#[derive(sqlx::FromRow)]
struct TranscriptRow {
    id: Key,
    recording_id: Option<Key>,
    source: Word<TranscriptSource>,
    engine: Option<String>,
    created_at: At,
}

#[derive(sqlx::FromRow)]
struct SegmentRow {
    position: i32,
    speaker: Word<Speaker>,
    start_ms: Option<i32>,
    end_ms: Option<i32>,
    text: String,
}

const OF_APPOINTMENT: &str = "SELECT patient_id FROM appointments WHERE id = $1";
const KEEP: &str =
    "INSERT INTO transcripts (id, appointment_id, recording_id, source, text, engine, model_hash, created_by,
        created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
const KEEP_SEGMENT: &str =
    "INSERT INTO transcript_segments (transcript_id, position, speaker, start_ms, end_ms, text)
    VALUES ($1, $2, $3, $4, $5, $6)";
const LATEST: &str = "SELECT id, recording_id, source, engine, created_at FROM transcripts
    WHERE appointment_id = $1 ORDER BY created_at DESC, id DESC LIMIT 1";
const MODEL: &str = "SELECT model_hash FROM transcripts WHERE id = $1";
const SEGMENTS: &str = "SELECT position, speaker, start_ms, end_ms, text FROM transcript_segments
    WHERE transcript_id = $1 ORDER BY position";

/// Keeps a transcript with its segments.
///
/// # Errors
/// [`Refusal::NotFound`] where there is no such appointment, [`Refusal::NotAllowed`].
pub async fn keep(desk: &mut Desk, new: &NewTranscript) -> Result<TranscriptId, Refusal> {
    desk.require(Action::WriteRecord)?;
    let patient = patient_of(desk, new.appointment).await?;
    let id: TranscriptId = desk.fresh_id()?;
    let now = At(desk.now());
    let by = desk.actor().id.map(Key::of);
    let text = new
        .segments
        .iter()
        .map(|s| format!("[{}] {}", s.speaker.as_str(), s.text))
        .collect::<Vec<_>>()
        .join("\n");
    on!(desk, conn => {
        sqlx::query(KEEP)
            .bind(Key::of(id))
            .bind(Key::of(new.appointment))
            .bind(new.recording.map(Key::of))
            .bind(Word(new.source))
            .bind(text)
            .bind(&new.engine)
            .bind(&new.model_hash)
            .bind(by)
            .bind(now)
            .execute(conn)
            .await
            .map(|_| ())
    })?;
    for segment in &new.segments {
        on!(desk, conn => {
            sqlx::query(KEEP_SEGMENT)
                .bind(Key::of(id))
                .bind(segment.index)
                .bind(Word(segment.speaker))
                .bind(segment.start_ms)
                .bind(segment.end_ms)
                .bind(&segment.text)
                .execute(conn)
                .await
                .map(|_| ())
        })?;
    }
    desk.did(Verb::Create, "transcript", id, patient);
    Ok(id)
}

/// The newest transcript of a visit with all its segments; the look is noted.
///
/// # Errors
/// [`Refusal::NotFound`] where there is no such appointment, [`Refusal::NotAllowed`].
pub async fn latest(desk: &mut Desk, appointment: AppointmentId) -> Result<Option<Transcript>, Refusal> {
    desk.require(Action::ReadChart)?;
    let patient = patient_of(desk, appointment).await?;
    let row: Option<TranscriptRow> =
        on!(desk, conn => sqlx::query_as(LATEST).bind(Key::of(appointment)).fetch_optional(conn).await)?;
    let Some(row) = row else { return Ok(None) };
    let segments: Vec<SegmentRow> =
        on!(desk, conn => sqlx::query_as(SEGMENTS).bind(row.id).fetch_all(conn).await)?;
    desk.did(Verb::Read, "transcript", row.id.0, patient);
    Ok(Some(Transcript {
        id: row.id.id(),
        recording_id: row.recording_id.map(Key::id),
        source: row.source.0,
        engine: row.engine,
        created_at: row.created_at.0,
        segments: segments.into_iter().map(Segment::from).collect(),
    }))
}

/// The newest transcript of a visit with other speakers, to keep as a new one: what was drafted from the old one still
/// rests on it. `seen` is the transcript that was shown.
///
/// # Errors
/// [`Refusal::NotFound`] where there is no such transcript or turn, [`Refusal::Rule`] where there is a newer one,
/// [`Refusal::NotAllowed`].
pub async fn corrected(
    desk: &mut Desk,
    appointment: AppointmentId,
    seen: TranscriptId,
    correction: Correction,
) -> Result<NewTranscript, Refusal> {
    desk.require(Action::WriteRecord)?;
    let kept = latest(desk, appointment).await?.ok_or(Refusal::NotFound("transcript"))?;
    if kept.id != seen {
        let words =
            "The transcript has changed since this page was opened. Look at it again, then correct it.";
        return Err(Refusal::Rule(words.to_owned()));
    }
    let mut segments = kept.segments;
    match correction {
        Correction::Swap => {
            for segment in &mut segments {
                segment.speaker = match segment.speaker {
                    Speaker::Doctor => Speaker::Patient,
                    Speaker::Patient => Speaker::Doctor,
                    other @ (Speaker::Other | Speaker::Unknown) => other,
                };
            }
        }
        Correction::Turn { index, speaker } => {
            let turn = segments.iter_mut().find(|segment| segment.index == index);
            turn.ok_or(Refusal::NotFound("turn"))?.speaker = speaker;
        }
    }
    let model_hash: Option<String> =
        on!(desk, conn => sqlx::query_scalar(MODEL).bind(Key::of(kept.id)).fetch_one(conn).await)?;
    let (recording, source, engine) = (kept.recording_id, kept.source, kept.engine);
    Ok(NewTranscript { appointment, recording, source, engine, model_hash, segments })
}

/// Whose appointment it is.
pub(crate) async fn patient_of(desk: &mut Desk, appointment: AppointmentId) -> Result<PatientId, Refusal> {
    let patient: Option<Key> = on!(desk, conn => sqlx::query_scalar(OF_APPOINTMENT).bind(Key::of(appointment)).fetch_optional(conn).await)?;
    patient.map(Key::id).ok_or(Refusal::NotFound("appointment"))
}

impl From<SegmentRow> for Segment {
    fn from(row: SegmentRow) -> Self {
        Self {
            index: row.position,
            speaker: row.speaker.0,
            start_ms: row.start_ms,
            end_ms: row.end_ms,
            text: row.text,
        }
    }
}
