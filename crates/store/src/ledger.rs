//! How a note was made: the run and the transcript behind it, and what drafting has meant for a provider so far.

use crate::audit::Verb;
use crate::column::{At, Key};
use crate::database::on;
use crate::desk::Desk;
use crate::error::Refusal;
use crate::transcripts::patient_of;
use medrecord_clinic::access::Action;
use medrecord_clinic::ids::AppointmentId;
use medrecord_clinic::time::Instant;

/// The newest run for a visit and the transcript it read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Making {
    /// The program that drafted.
    pub engine: String,
    /// Its version.
    pub engine_version: String,
    /// The digest of its weights or model, where it has one.
    pub model_hash: Option<String>,
    /// When it drafted.
    pub drafted_at: Instant,
    /// Where the transcript came from: `pasted`, `uploaded`, `speech`.
    pub source: String,
    /// The program that heard it.
    pub speech_engine: Option<String>,
    /// The digest of the speech model.
    pub speech_model_hash: Option<String>,
    /// When the note was signed.
    pub signed_at: Option<Instant>,
}

#[derive(sqlx::FromRow)]
struct MakingRow {
    engine: String,
    engine_version: String,
    model_hash: Option<String>,
    started_at: At,
    source: String,
    speech_engine: Option<String>,
    speech_model_hash: Option<String>,
    signed_at: Option<At>,
}

const MAKING: &str =
    "SELECT r.engine, r.engine_version, r.model_hash, r.started_at, CAST(t.source AS text) AS source,
        t.engine AS speech_engine, t.model_hash AS speech_model_hash, m.signed_at
    FROM scribe_runs AS r
    JOIN transcripts AS t ON t.id = r.transcript_id
    LEFT JOIN medical_records AS m ON m.appointment_id = r.appointment_id
    WHERE r.appointment_id = $1 AND r.state = 'done'
    ORDER BY r.started_at DESC, r.id DESC
    LIMIT 1";

/// The last signed notes of a provider's own visits that a run stood behind, newest first: when it was drafted, when it
/// was signed, and how many of its items were taken over word for word, changed, left out and left undecided.
const SIGNED: &str = "SELECT MAX(r.started_at) AS started_at, s.signed_at,
        COUNT(CASE WHEN e.decision = 'accepted' THEN 1 END) AS accepted,
        COUNT(CASE WHEN e.decision = 'edited' THEN 1 END) AS edited,
        COUNT(CASE WHEN e.decision = 'rejected' THEN 1 END) AS rejected,
        COUNT(CASE WHEN e.decision = 'proposed' THEN 1 END) AS undecided
    FROM (
        SELECT m.id, m.signed_at FROM appointments AS a JOIN medical_records AS m ON m.appointment_id = a.id
        WHERE a.provider_id = $1 AND a.appointment_date >= $2 AND m.signed_by = $1 AND m.signed_at IS NOT NULL
            AND m.is_ai_generated
        ORDER BY a.appointment_date DESC
        LIMIT 50
    ) AS s
    JOIN evidence AS e ON e.medical_record_id = s.id
    JOIN scribe_runs AS r ON r.id = e.scribe_run_id
    GROUP BY s.id, s.signed_at
    ORDER BY s.signed_at DESC";

/// How far back is looked: half a year.
const BACK_MINUTES: i64 = 183 * 24 * 60;

#[derive(sqlx::FromRow)]
struct SignedRow {
    started_at: At,
    signed_at: At,
    accepted: i64,
    edited: i64,
    rejected: i64,
    undecided: i64,
}

/// What drafting has meant for a provider, over the notes signed with a draft in half a year, fifty at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Habits {
    /// How many notes.
    pub notes: usize,
    /// How many of them were taken over whole: every item word for word.
    pub untouched: usize,
    /// The time from draft to signature, in the middle of them all, in seconds.
    pub median_seconds: i64,
    /// Drafted items taken over word for word.
    pub accepted: i64,
    /// Drafted items taken over in other words.
    pub edited: i64,
    /// Drafted items left out.
    pub rejected: i64,
}

/// The newest run for a visit, with its transcript; the look is noted.
///
/// # Errors
/// [`Refusal::NotFound`] where there is no such appointment, [`Refusal::NotAllowed`].
pub async fn making(desk: &mut Desk, appointment: AppointmentId) -> Result<Option<Making>, Refusal> {
    desk.require(Action::ReadChart)?;
    let patient = patient_of(desk, appointment).await?;
    let row: Option<MakingRow> =
        on!(desk, conn => sqlx::query_as(MAKING).bind(Key::of(appointment)).fetch_optional(conn).await)?;
    desk.did(Verb::Read, "scribe_run", appointment, patient);
    Ok(row.map(|row| Making {
        engine: row.engine,
        engine_version: row.engine_version,
        model_hash: row.model_hash,
        drafted_at: row.started_at.0,
        source: row.source,
        speech_engine: row.speech_engine,
        speech_model_hash: row.speech_model_hash,
        signed_at: row.signed_at.map(|at| at.0),
    }))
}

/// What drafting has meant for whoever is signed in; nobody sees another's.
///
/// # Errors
/// [`Refusal::NobodySignedIn`], [`Refusal::NotAllowed`].
pub async fn habits(desk: &mut Desk) -> Result<Habits, Refusal> {
    desk.require(Action::SignRecord)?;
    let provider = desk.provider()?;
    let since = At(desk.now().plus_minutes(-BACK_MINUTES));
    let rows: Vec<SignedRow> =
        on!(desk, conn => sqlx::query_as(SIGNED).bind(Key::of(provider)).bind(since).fetch_all(conn).await)?;
    let mut seconds: Vec<i64> =
        rows.iter().map(|row| (row.signed_at.0.millis() - row.started_at.0.millis()) / 1000).collect();
    seconds.sort_unstable();
    let whole = |row: &&SignedRow| row.accepted > 0 && row.edited + row.rejected + row.undecided == 0;
    Ok(Habits {
        notes: rows.len(),
        untouched: rows.iter().filter(whole).count(),
        median_seconds: seconds.get(seconds.len() / 2).copied().unwrap_or_default(),
        accepted: rows.iter().map(|row| row.accepted).sum(),
        edited: rows.iter().map(|row| row.edited).sum(),
        rejected: rows.iter().map(|row| row.rejected).sum(),
    })
}
