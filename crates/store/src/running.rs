//! Keeps what is heard of a recording while it goes on, so that at its end, and after a restart, only the rest is to be heard.
//!
//! The words stand here until the transcript is kept or the recording is thrown away.

use crate::column::{At, Key};
use crate::database::on;
use crate::desk::Desk;
use crate::error::Refusal;
use medrecord_clinic::access::Action;
use medrecord_clinic::ids::RecordingId;
use serde_json::Value;
use sqlx::types::Json;

/// Words that were heard of a stretch of a recording.
#[derive(Debug, Clone, PartialEq)]
pub struct HeardStretch {
    /// SHA-256 of what the words depend on, in lower-case hexadecimal.
    pub mark: String,
    /// Milliseconds from the start of the recording.
    pub start_ms: i32,
    /// Milliseconds from the start of the recording.
    pub end_ms: i32,
    /// The words with their times, as the engine gave them.
    pub pieces: Value,
}

#[derive(sqlx::FromRow)]
struct StretchRow {
    mark: String,
    start_ms: i32,
    end_ms: i32,
    pieces: Json<Value>,
}

/// A recording without a new part for this long does not go on; it is heard when its next part comes.
const FRESH_MINUTES: i64 = 2;
/// One that began longer ago than this is heard at its end alone.
const DAY_MINUTES: i64 = 24 * 60;

/// The first condition is that of the index; the second is meant.
const GOING_ON: &str = "SELECT r.id FROM recordings AS r
    WHERE r.state IN ('recording', 'finished') AND r.state = 'recording' AND r.started_at >= $1 AND r.updated_at >= $2
        AND r.file_name IS NULL AND r.byte_count > 0
        AND (SELECT c.decision FROM consents AS c WHERE c.appointment_id = r.appointment_id
            ORDER BY c.asked_at DESC, c.id DESC LIMIT 1) = 'granted'
    ORDER BY r.started_at, r.id";
/// Heard twice is kept once; nothing is kept for a recording whose transcript is there.
const KEEP: &str = "INSERT INTO heard_stretches (recording_id, mark, start_ms, end_ms, pieces, heard_at)
    SELECT r.id, $2, $3, $4, $5, $6 FROM recordings AS r WHERE r.id = $1 AND r.state IN ('recording', 'finished', 'failed')
    ON CONFLICT (recording_id, mark) DO NOTHING";
const KEPT: &str = "SELECT mark, start_ms, end_ms, pieces FROM heard_stretches WHERE recording_id = $1
    ORDER BY start_ms, mark";
const DROP: &str = "DELETE FROM heard_stretches WHERE recording_id = $1";

/// The recordings that go on now with the patient's consent, the oldest first; files that are uploaded are none.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn going_on(desk: &mut Desk) -> Result<Vec<RecordingId>, Refusal> {
    desk.require(Action::ReadChart)?;
    let now = desk.now();
    let (begun, since) = (At(now.plus_minutes(-DAY_MINUTES)), At(now.plus_minutes(-FRESH_MINUTES)));
    let rows: Vec<Key> =
        on!(desk, conn => sqlx::query_scalar(GOING_ON).bind(begun).bind(since).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(Key::id).collect())
}

/// Keeps what was heard of a stretch; twice is once.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn keep(desk: &mut Desk, recording: RecordingId, heard: &HeardStretch) -> Result<(), Refusal> {
    desk.require(Action::WriteRecord)?;
    let now = At(desk.now());
    on!(desk, conn => {
        sqlx::query(KEEP)
            .bind(Key::of(recording))
            .bind(&heard.mark)
            .bind(heard.start_ms)
            .bind(heard.end_ms)
            .bind(Json(&heard.pieces))
            .bind(now)
            .execute(conn)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// What is kept of a recording, in the order of its times.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn kept(desk: &mut Desk, recording: RecordingId) -> Result<Vec<HeardStretch>, Refusal> {
    desk.require(Action::ReadChart)?;
    let rows: Vec<StretchRow> =
        on!(desk, conn => sqlx::query_as(KEPT).bind(Key::of(recording)).fetch_all(conn).await)?;
    let stretch = |row: StretchRow| HeardStretch {
        mark: row.mark,
        start_ms: row.start_ms,
        end_ms: row.end_ms,
        pieces: row.pieces.0,
    };
    Ok(rows.into_iter().map(stretch).collect())
}

/// Lets go of what is kept of a recording, once its transcript is kept or nobody wants it.
pub(crate) async fn let_go(desk: &mut Desk, recording: RecordingId) -> Result<(), Refusal> {
    on!(desk, conn => sqlx::query(DROP).bind(Key::of(recording)).execute(conn).await.map(|_| ()))?;
    Ok(())
}
