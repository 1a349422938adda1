//! How long recordings and transcripts are kept: two rules of the practice, holds that suspend them, and what is due.
//!
//! Nothing is forgotten before its visit is signed, nor where hearing failed or is not done; the receipt of each
//! deletion stands in the audit trail. The bytes of a recording lie in files, which the caller removes.

use crate::audit::{Event, Verb};
use crate::column::{At, Key};
use crate::database::{Conn, on};
use crate::desk::Desk;
use crate::error::{Refusal, StoreError};
use crate::merges;
use medrecord_clinic::access::Action;
use medrecord_clinic::ids::{PatientId, RecordingId};
use medrecord_clinic::time::Instant;
use serde_json::json;
use uuid::Uuid;

/// How many days after the signature something is kept; `None` is for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rules {
    /// Recordings.
    pub audio_days: Option<i32>,
    /// Transcripts.
    pub transcript_days: Option<i32>,
}

/// A hold: nothing of a patient is forgotten while it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// The hold.
    pub id: Uuid,
    /// Whose it is.
    pub patient: PatientId,
    /// The patient's record number.
    pub record_number: String,
    /// Why.
    pub reason: String,
    /// Since when.
    pub placed_at: Instant,
}

#[derive(sqlx::FromRow)]
struct HoldRow {
    id: Key,
    patient_id: Key,
    record_number: String,
    reason: String,
    placed_at: At,
}

#[derive(sqlx::FromRow)]
struct DueRow {
    id: Key,
    patient_id: Key,
    sha256: Option<String>,
    byte_count: i64,
    signed_at: At,
}

const RULES: &str = "SELECT audio_kept_days, transcript_kept_days FROM practice WHERE id = 1";
const SET: &str = "UPDATE practice SET audio_kept_days = $1, transcript_kept_days = $2, updated_at = $3, version = version + 1
    WHERE id = 1";
const HOLD: &str =
    "INSERT INTO legal_holds (id, patient_id, reason, placed_by, placed_at) VALUES ($1, $2, $3, $4, $5)";
const RELEASE: &str =
    "UPDATE legal_holds SET released_by = $2, released_at = $3 WHERE id = $1 AND released_at IS NULL";
const OF_HOLD: &str = "SELECT patient_id FROM legal_holds WHERE id = $1";
const HOLDS: &str = "SELECT h.id, h.patient_id, p.record_number, h.reason, h.placed_at
    FROM legal_holds AS h JOIN patients AS p ON p.id = h.patient_id
    WHERE h.released_at IS NULL ORDER BY h.placed_at, h.id";
const BY_NUMBER: &str = "SELECT id FROM patients WHERE record_number = $1";
/// A hold and a deletion wait for one another at the patient's row; SQLite lets in one writer at a time anyhow.
const LOCK_POSTGRES: &str = "SELECT id FROM patients WHERE id = $1 FOR NO KEY UPDATE";

/// What may be forgotten of a visit: it is signed since long enough, nothing of it failed or is still to be heard,
/// and nobody holds it.
macro_rules! due {
    ($columns:literal, $rest:literal) => {
        concat!(
            "SELECT ", $columns, " FROM appointments AS a
                JOIN medical_records AS m ON m.appointment_id = a.id ",
            $rest,
            " AND m.signed_at IS NOT NULL AND m.signed_at <= $1
                AND NOT EXISTS (SELECT 1 FROM legal_holds AS h WHERE h.patient_id = a.patient_id AND h.released_at IS NULL)
                AND NOT EXISTS (SELECT 1 FROM recordings AS o WHERE o.appointment_id = a.id
                    AND o.state IN ('recording', 'finished', 'failed'))"
        )
    };
}

const DUE_AUDIO: &str = concat!(
    due!(
        "r.id, r.patient_id, r.sha256, r.byte_count, m.signed_at",
        "JOIN recordings AS r ON r.appointment_id = a.id AND r.state IN ('transcribed', 'discarded') AND r.forgotten_at IS NULL
            WHERE 1 = 1"
    ),
    " ORDER BY m.signed_at, r.id LIMIT 100"
);
const DUE_ONE_AUDIO: &str = due!(
    "r.id, r.patient_id, r.sha256, r.byte_count, m.signed_at",
    "JOIN recordings AS r ON r.appointment_id = a.id AND r.state IN ('transcribed', 'discarded') AND r.forgotten_at IS NULL
        WHERE r.id = $2"
);
const DUE_TRANSCRIPTS: &str = concat!(
    due!(
        "t.id, a.patient_id, CAST(NULL AS text) AS sha256, CAST(length(t.text) AS bigint) AS byte_count, m.signed_at",
        "JOIN transcripts AS t ON t.appointment_id = a.id AND t.forgotten_at IS NULL WHERE 1 = 1"
    ),
    " ORDER BY m.signed_at, t.id LIMIT 100"
);
const FORGET_AUDIO: &str = "UPDATE recordings SET state = 'discarded', forgotten_at = $2, updated_at = $2, version = version + 1 WHERE id = $1";
const FORGET_CHUNKS: &str = "DELETE FROM recording_chunks WHERE recording_id = $1";
const FORGET_TEXT: &str = "UPDATE transcripts SET text = '', forgotten_at = $2 WHERE id = $1";
const FORGET_SEGMENTS: &str = "DELETE FROM transcript_segments WHERE transcript_id = $1";
const FORGET_RAW: &str = "UPDATE scribe_runs SET raw = NULL WHERE transcript_id = $1";

/// The rules of the practice; where nobody set any, everything is kept.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn rules(desk: &mut Desk) -> Result<Rules, Refusal> {
    desk.require(Action::ReadChart)?;
    let row: Option<(Option<i32>, Option<i32>)> =
        on!(desk, conn => sqlx::query_as(RULES).fetch_optional(conn).await)?;
    Ok(row.map_or_else(Rules::default, |(audio_days, transcript_days)| Rules { audio_days, transcript_days }))
}

/// Sets the rules.
///
/// # Errors
/// [`Refusal::Rule`] where a number of days is below one, [`Refusal::NotAllowed`].
pub async fn set_rules(desk: &mut Desk, rules: Rules) -> Result<(), Refusal> {
    desk.require(Action::WriteSettings)?;
    if [rules.audio_days, rules.transcript_days]
        .into_iter()
        .flatten()
        .any(|days| !(1..=36_500).contains(&days))
    {
        let words = "Enter a number of days from 1 to 36500, or nothing to keep it for ever.";
        return Err(Refusal::Rule(words.to_owned()));
    }
    let now = At(desk.now());
    let changed = on!(desk, conn => {
        sqlx::query(SET)
            .bind(rules.audio_days)
            .bind(rules.transcript_days)
            .bind(now)
            .execute(conn)
            .await
            .map(|done| done.rows_affected())
    })?;
    if changed != 1 {
        return Err(Refusal::Rule("Set up the practice first: its name, hours and time zone.".to_owned()));
    }
    let detail = json!({ "audioDays": rules.audio_days, "transcriptDays": rules.transcript_days });
    desk.record(Event::new(Verb::Update, "practice").with(detail));
    Ok(())
}

/// Holds everything of the patient with this record number, which may be that of a chart that was merged into another.
///
/// # Errors
/// [`Refusal::Rule`] where no patient has the number or no reason is given, [`Refusal::NotAllowed`].
pub async fn hold(desk: &mut Desk, record_number: &str, reason: &str) -> Result<Uuid, Refusal> {
    desk.require(Action::WriteSettings)?;
    let by = desk.provider()?;
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > 255 {
        return Err(Refusal::Rule("Say in up to 255 signs why nothing may be deleted.".to_owned()));
    }
    let patient: Option<Key> = on!(desk, conn => sqlx::query_scalar(BY_NUMBER).bind(record_number.trim()).fetch_optional(conn).await)?;
    let Some(mut patient) = patient else {
        return Err(Refusal::Rule("No patient has this record number; look it up in the chart.".to_owned()));
    };
    lock(desk, patient).await?;
    // The number of a chart that was merged stands for the one that it was merged into, where all that is held lies now.
    while let Some(into) = merges::points_to(desk, patient.id()).await? {
        patient = Key::of(into);
        lock(desk, patient).await?;
    }
    let id: Uuid = desk.fresh_id()?;
    let now = At(desk.now());
    on!(desk, conn => {
        sqlx::query(HOLD)
            .bind(Key(id))
            .bind(patient)
            .bind(reason)
            .bind(Key::of(by))
            .bind(now)
            .execute(conn)
            .await
            .map(|_| ())
    })?;
    desk.did(Verb::Create, "legal_hold", id, patient.id());
    Ok(id)
}

/// Takes a hold back.
///
/// # Errors
/// [`Refusal::NotFound`] where it does not stand, [`Refusal::NotAllowed`].
pub async fn release(desk: &mut Desk, id: Uuid) -> Result<(), Refusal> {
    desk.require(Action::WriteSettings)?;
    let by = desk.provider()?;
    let now = At(desk.now());
    let changed = on!(desk, conn => {
        sqlx::query(RELEASE)
            .bind(Key(id))
            .bind(Key::of(by))
            .bind(now)
            .execute(conn)
            .await
            .map(|done| done.rows_affected())
    })?;
    if changed != 1 {
        return Err(Refusal::NotFound("hold"));
    }
    let patient: Key = on!(desk, conn => sqlx::query_scalar(OF_HOLD).bind(Key(id)).fetch_one(conn).await)?;
    desk.did(Verb::Update, "legal_hold", id, patient.id());
    Ok(())
}

/// The holds that stand, the oldest first.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn holds(desk: &mut Desk) -> Result<Vec<Hold>, Refusal> {
    desk.require(Action::WriteSettings)?;
    let rows: Vec<HoldRow> = on!(desk, conn => sqlx::query_as(HOLDS).fetch_all(conn).await)?;
    let hold = |row: HoldRow| Hold {
        id: row.id.0,
        patient: row.patient_id.id(),
        record_number: row.record_number,
        reason: row.reason,
        placed_at: row.placed_at.0,
    };
    Ok(rows.into_iter().map(hold).collect())
}

/// The recordings whose time is over, a hundred at most.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn due_recordings(desk: &mut Desk) -> Result<Vec<RecordingId>, Refusal> {
    let Some(before) = rules(desk).await?.audio_days.map(|days| ago(desk, days)) else {
        return Ok(Vec::new());
    };
    let rows: Vec<DueRow> = on!(desk, conn => sqlx::query_as(DUE_AUDIO).bind(before).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|row| row.id.id()).collect())
}

/// Notes that a recording is forgotten, if it is still due now; its files may be removed before the desk is closed,
/// which keeps the receipt. `false` where it is no longer due.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn forget_recording(desk: &mut Desk, id: RecordingId) -> Result<bool, Refusal> {
    let Some(days) = rules(desk).await?.audio_days else { return Ok(false) };
    let before = ago(desk, days);
    let found: Option<DueRow> = on!(desk, conn => sqlx::query_as(DUE_ONE_AUDIO).bind(before).bind(Key::of(id)).fetch_optional(conn).await)?;
    let Some(first) = found else { return Ok(false) };
    // Under the patient's lock once more: a hold may have come in between.
    lock(desk, first.patient_id).await?;
    let found: Option<DueRow> = on!(desk, conn => sqlx::query_as(DUE_ONE_AUDIO).bind(before).bind(Key::of(id)).fetch_optional(conn).await)?;
    let Some(row) = found else { return Ok(false) };
    let now = At(desk.now());
    on!(desk, conn => sqlx::query(FORGET_AUDIO).bind(row.id).bind(now).execute(conn).await.map(|_| ()))?;
    on!(desk, conn => sqlx::query(FORGET_CHUNKS).bind(row.id).execute(conn).await.map(|_| ()))?;
    receipt(desk, "recording", &row, days);
    Ok(true)
}

/// Forgets the transcripts whose time is over, a hundred at most; what was drafted from them, and what became of it,
/// stays. Returns how many.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn forget_transcripts(desk: &mut Desk) -> Result<usize, Refusal> {
    let Some(days) = rules(desk).await?.transcript_days else { return Ok(0) };
    let before = ago(desk, days);
    let due: Vec<DueRow> =
        on!(desk, conn => sqlx::query_as(DUE_TRANSCRIPTS).bind(before).fetch_all(conn).await)?;
    for row in &due {
        lock(desk, row.patient_id).await?;
    }
    let still: Vec<DueRow> =
        on!(desk, conn => sqlx::query_as(DUE_TRANSCRIPTS).bind(before).fetch_all(conn).await)?;
    let known = |row: &&DueRow| due.iter().any(|seen| seen.id.0 == row.id.0);
    let mut count = 0;
    for row in still.iter().filter(known) {
        let now = At(desk.now());
        on!(desk, conn => sqlx::query(FORGET_SEGMENTS).bind(row.id).execute(conn).await.map(|_| ()))?;
        on!(desk, conn => sqlx::query(FORGET_RAW).bind(row.id).execute(conn).await.map(|_| ()))?;
        on!(desk, conn => sqlx::query(FORGET_TEXT).bind(row.id).bind(now).execute(conn).await.map(|_| ()))?;
        receipt(desk, "transcript", row, days);
        count += 1;
    }
    Ok(count)
}

/// The receipt of a deletion: what it was, how long it was kept, by which rule; never what it held.
fn receipt(desk: &mut Desk, what: &'static str, row: &DueRow, days: i32) {
    let detail = json!({
        "forgotten": what,
        "bytes": row.byte_count,
        "sha256": row.sha256,
        "signedAt": row.signed_at.0,
        "ruleDays": days,
    });
    desk.record(Event::new(Verb::Delete, what).about(row.id.0).of_patient(row.patient_id.id()).with(detail));
}

fn ago(desk: &Desk, days: i32) -> At {
    At(desk.now().plus_minutes(-i64::from(days) * 24 * 60))
}

async fn lock(desk: &mut Desk, patient: Key) -> Result<(), StoreError> {
    match desk.conn() {
        Conn::Sqlite(_) => {}
        Conn::Postgres(conn) => {
            sqlx::query(LOCK_POSTGRES).bind(patient).execute(conn).await?;
        }
    }
    Ok(())
}
