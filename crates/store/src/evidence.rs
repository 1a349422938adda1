//! Keeps what the scribe drafted: each run, and each sentence or item with what it rests on and what became of it.

use crate::audit::{Event, Verb};
use crate::column::{At, Key, Word};
use crate::database::on;
use crate::desk::Desk;
use crate::error::{Refusal, StoreError};
use crate::transcripts::patient_of;
use medrecord_clinic::access::Action;
use medrecord_clinic::consultation::{Critical, CriticalKind, Decision, Evidence, EvidenceKind};
use medrecord_clinic::ids::{AppointmentId, EvidenceId, PatientId, RecordId, ScribeRunId, TranscriptId};
use medrecord_clinic::time::Instant;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

/// A finished run of the scribe, to keep with everything it drafted.
#[derive(Debug, Clone)]
pub struct NewRun {
    /// The appointment it drafted for.
    pub appointment: AppointmentId,
    /// The transcript it read.
    pub transcript: TranscriptId,
    /// The record that the draft is for.
    pub record: RecordId,
    /// The engine's name.
    pub engine: String,
    /// The engine's version.
    pub engine_version: String,
    /// The digest of the engine's model, where it has one.
    pub model_hash: Option<String>,
    /// The whole draft as it came.
    pub raw: Value,
    /// What it drafted, in order.
    pub items: Vec<NewEvidence>,
}

/// A drafted sentence or item to keep.
#[derive(Debug, Clone)]
pub struct NewEvidence {
    /// What it is for.
    pub target: String,
    /// What was drafted, as text.
    pub text: String,
    /// The item's fields.
    pub payload: Option<Value>,
    /// The segments it rests on; never empty.
    pub segments: Vec<i32>,
    /// Where the first of them begins in the recording.
    pub start_ms: Option<i32>,
    /// Where the last of them ends.
    pub end_ms: Option<i32>,
    /// How it stands against transcript and chart.
    pub kind: EvidenceKind,
    /// What a reader must look at.
    pub flags: Vec<String>,
    /// Words that must be right and were not said in this form.
    pub to_confirm: Vec<(CriticalKind, String)>,
}

/// A word to confirm as it is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct KeptWord {
    kind: String,
    words: String,
    confirmed_by: Option<Uuid>,
    confirmed_at: Option<Instant>,
}

#[derive(sqlx::FromRow)]
struct EvidenceRow {
    id: Key,
    position: i32,
    target: String,
    text: String,
    payload: Option<Json<Value>>,
    segments: Json<Vec<i32>>,
    start_ms: Option<i32>,
    kind: Word<EvidenceKind>,
    flags: Json<Vec<String>>,
    to_confirm: Json<Vec<KeptWord>>,
    decision: Word<Decision>,
    decided_by: Option<String>,
    decided_at: Option<At>,
    final_text: Option<String>,
    version: i32,
}

const KEEP_RUN: &str =
    "INSERT INTO scribe_runs (id, appointment_id, transcript_id, engine, engine_version, model_hash, state,
        started_at, finished_at, raw)
    VALUES ($1, $2, $3, $4, $5, $6, 'done', $7, $7, $8)";
const KEEP: &str = "INSERT INTO evidence (id, scribe_run_id, appointment_id, medical_record_id, position, target, text, payload,
        segments, start_ms, end_ms, kind, flags, to_confirm, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15)";
const LATEST_RUN: &str = "SELECT id FROM scribe_runs WHERE appointment_id = $1 AND state = 'done'
    ORDER BY started_at DESC, id DESC LIMIT 1";
const RAW: &str = "SELECT raw FROM scribe_runs WHERE appointment_id = $1 AND state = 'done'
    ORDER BY started_at DESC, id DESC LIMIT 1";
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT e.id, e.position, e.target, e.text, e.payload, e.segments, e.start_ms, e.kind, e.flags, e.to_confirm,
                e.decision, p.first_name || ' ' || p.last_name AS decided_by, e.decided_at, e.final_text, e.version
            FROM evidence AS e LEFT JOIN providers AS p ON p.id = e.decided_by ",
            $rest
        )
    };
}

const OF_RUN: &str = select!("WHERE e.scribe_run_id = $1 ORDER BY e.position");
const FIND: &str = select!("WHERE e.id = $1");
const CONFIRM: &str = "UPDATE evidence SET to_confirm = $3, updated_at = $4, version = version + 1 WHERE id = $1 AND version = $2";
const PLACE: &str = "SELECT appointment_id FROM evidence WHERE id = $1";
const CARRY: &str = "UPDATE evidence SET decision = past.decision, decided_by = past.decided_by,
        decided_at = past.decided_at, final_text = past.final_text, row_id = past.row_id,
        to_confirm = past.to_confirm, updated_at = $3,
        version = evidence.version + 1
    FROM evidence AS past WHERE evidence.id = $1 AND past.id = $2";
const DECIDE: &str =
    "UPDATE evidence SET decision = $3, decided_by = $4, decided_at = $5, final_text = $6, row_id = $7,
        updated_at = $8, version = version + 1
    WHERE id = $1 AND version = $2";

/// Keeps a finished run and everything it drafted, all undecided.
///
/// # Errors
/// [`Refusal::Rule`] where an item rests on nothing, [`Refusal::Signed`] where the record is signed,
/// [`Refusal::NotFound`], [`Refusal::NotAllowed`].
pub async fn keep_run(desk: &mut Desk, run: &NewRun) -> Result<ScribeRunId, Refusal> {
    desk.require(Action::WriteRecord)?;
    if run.items.iter().any(|item| item.segments.is_empty()) {
        return Err(Refusal::Rule(
            "A drafted sentence rests on nothing that was said; the draft was not kept.".to_owned(),
        ));
    }
    let patient = patient_of(desk, run.appointment).await?;
    let id: ScribeRunId = desk.fresh_id()?;
    let now = At(desk.now());
    on!(desk, conn => {
        sqlx::query(KEEP_RUN)
            .bind(Key::of(id))
            .bind(Key::of(run.appointment))
            .bind(Key::of(run.transcript))
            .bind(&run.engine)
            .bind(&run.engine_version)
            .bind(&run.model_hash)
            .bind(now)
            .bind(Json(&run.raw))
            .execute(conn)
            .await
            .map(|_| ())
    })?;
    for (position, item) in run.items.iter().enumerate() {
        keep_item(desk, run, id, i32::try_from(position).unwrap_or(i32::MAX), item).await?;
    }
    let detail = serde_json::json!({ "items": run.items.len(), "engine": run.engine });
    desk.record(Event::new(Verb::Create, "scribe_run").about(id).of_patient(patient).with(detail));
    Ok(id)
}

async fn keep_item(
    desk: &mut Desk,
    run: &NewRun,
    run_id: ScribeRunId,
    position: i32,
    item: &NewEvidence,
) -> Result<(), Refusal> {
    let id: EvidenceId = desk.fresh_id()?;
    let now = At(desk.now());
    let word = |(kind, words): &(CriticalKind, String)| KeptWord {
        kind: kind.as_str().to_owned(),
        words: words.clone(),
        confirmed_by: None,
        confirmed_at: None,
    };
    let to_confirm: Vec<KeptWord> = item.to_confirm.iter().map(word).collect();
    on!(desk, conn => {
        sqlx::query(KEEP)
            .bind(Key::of(id))
            .bind(Key::of(run_id))
            .bind(Key::of(run.appointment))
            .bind(Key::of(run.record))
            .bind(position)
            .bind(&item.target)
            .bind(&item.text)
            .bind(item.payload.as_ref().map(Json))
            .bind(Json(&item.segments))
            .bind(item.start_ms)
            .bind(item.end_ms)
            .bind(Word(item.kind))
            .bind(Json(&item.flags))
            .bind(Json(&to_confirm))
            .bind(now)
            .execute(conn)
            .await
            .map(|_| ())
    })
    .map_err(signed)
}

/// Everything that the newest run for a visit drafted, in order; empty where the scribe has not run.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn latest(desk: &mut Desk, appointment: AppointmentId) -> Result<Vec<Evidence>, Refusal> {
    desk.require(Action::ReadChart)?;
    Ok(load_latest(desk, appointment).await?)
}

/// As [`latest`], without a permission check.
pub(crate) async fn load_latest(
    desk: &mut Desk,
    appointment: AppointmentId,
) -> Result<Vec<Evidence>, StoreError> {
    let run: Option<Key> = on!(desk, conn => sqlx::query_scalar(LATEST_RUN).bind(Key::of(appointment)).fetch_optional(conn).await)?;
    let Some(run) = run else { return Ok(Vec::new()) };
    let rows: Vec<EvidenceRow> = on!(desk, conn => sqlx::query_as(OF_RUN).bind(run).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(Evidence::from).collect())
}

/// The newest draft of a visit as the engine gave it; none where the scribe has not run.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn latest_raw(desk: &mut Desk, appointment: AppointmentId) -> Result<Option<Value>, Refusal> {
    desk.require(Action::ReadChart)?;
    let raw: Option<Option<Json<Value>>> =
        on!(desk, conn => sqlx::query_scalar(RAW).bind(Key::of(appointment)).fetch_optional(conn).await)?;
    Ok(raw.flatten().map(|json| json.0))
}

/// A drafted item and whose it is.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::NotAllowed`].
pub async fn get(desk: &mut Desk, id: EvidenceId) -> Result<(Evidence, AppointmentId, PatientId), Refusal> {
    desk.require(Action::ReadChart)?;
    let row: Option<EvidenceRow> =
        on!(desk, conn => sqlx::query_as(FIND).bind(Key::of(id)).fetch_optional(conn).await)?;
    let row = row.ok_or(Refusal::NotFound("drafted item"))?;
    let appointment: Key =
        on!(desk, conn => sqlx::query_scalar(PLACE).bind(Key::of(id)).fetch_one(conn).await)?;
    let appointment = appointment.id();
    let patient = patient_of(desk, appointment).await?;
    Ok((row.into(), appointment, patient))
}

/// Notes that a person confirmed one word of a drafted item; `seen` is the version that was shown, `place` the word's
/// place among those to confirm.
///
/// # Errors
/// [`Refusal::Stale`], [`Refusal::Signed`], [`Refusal::NotFound`], [`Refusal::NotAllowed`].
pub async fn confirm(desk: &mut Desk, id: EvidenceId, seen: i32, place: usize) -> Result<(), Refusal> {
    desk.require(Action::WriteRecord)?;
    let by = desk.provider()?;
    let row: Option<EvidenceRow> =
        on!(desk, conn => sqlx::query_as(FIND).bind(Key::of(id)).fetch_optional(conn).await)?;
    let row = row.ok_or(Refusal::NotFound("drafted item"))?;
    let mut words = row.to_confirm.0;
    let word = words.get_mut(place).ok_or(Refusal::NotFound("word to confirm"))?;
    word.confirmed_by = Some(by.into());
    word.confirmed_at = Some(desk.now());
    let kind = word.kind.clone();
    let (_, _, patient) = get(desk, id).await?;
    let now = At(desk.now());
    let changed = on!(desk, conn => {
        sqlx::query(CONFIRM)
            .bind(Key::of(id))
            .bind(seen)
            .bind(Json(&words))
            .bind(now)
            .execute(conn)
            .await
            .map(|done| done.rows_affected())
    })
    .map_err(signed)?;
    if changed != 1 {
        return Err(Refusal::Stale { what: "drafted item", seen, current: row.version });
    }
    let detail = serde_json::json!({ "confirmed": kind });
    desk.record(Event::new(Verb::Update, "evidence").about(id).of_patient(patient).with(detail));
    Ok(())
}

/// What a person did with a drafted item.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// What was decided; `Proposed` takes an earlier decision back.
    pub decision: Decision,
    /// The words that were taken over, where they differ.
    pub final_text: Option<String>,
    /// The symptom or prescription that was made from it.
    pub row_id: Option<Uuid>,
}

/// Notes what a person did with a drafted item; `seen` is the version that was shown.
///
/// # Errors
/// [`Refusal::Stale`], [`Refusal::Signed`], [`Refusal::NotFound`], [`Refusal::NotAllowed`].
pub async fn decide(desk: &mut Desk, id: EvidenceId, seen: i32, verdict: &Verdict) -> Result<(), Refusal> {
    desk.require(Action::WriteRecord)?;
    let by = desk.provider()?;
    let (before, _, patient) = get(desk, id).await?;
    let now = At(desk.now());
    let decided = verdict.decision != Decision::Proposed;
    let changed = on!(desk, conn => {
        sqlx::query(DECIDE)
            .bind(Key::of(id))
            .bind(seen)
            .bind(Word(verdict.decision))
            .bind(decided.then_some(Key::of(by)))
            .bind(decided.then_some(now))
            .bind(&verdict.final_text)
            .bind(verdict.row_id.map(Key))
            .bind(now)
            .execute(conn)
            .await
            .map(|done| done.rows_affected())
    })
    .map_err(signed)?;
    if changed != 1 {
        return Err(Refusal::Stale { what: "drafted item", seen, current: before.version });
    }
    let detail = serde_json::json!({ "decision": verdict.decision.as_str(), "target": before.target });
    desk.record(Event::new(Verb::Update, "evidence").about(id).of_patient(patient).with(detail));
    Ok(())
}

/// Gives an item of a newer draft the decision that was made on the same item of an older one.
///
/// # Errors
/// [`Refusal::Signed`], [`Refusal::NotFound`], [`Refusal::NotAllowed`].
pub async fn carry(desk: &mut Desk, from: EvidenceId, to: EvidenceId) -> Result<(), Refusal> {
    desk.require(Action::WriteRecord)?;
    let (before, _, patient) = get(desk, to).await?;
    let now = At(desk.now());
    on!(desk, conn => {
        sqlx::query(CARRY).bind(Key::of(to)).bind(Key::of(from)).bind(now).execute(conn).await.map(|_| ())
    })
    .map_err(signed)?;
    let detail = serde_json::json!({ "carried": true, "target": before.target });
    desk.record(Event::new(Verb::Update, "evidence").about(to).of_patient(patient).with(detail));
    Ok(())
}

fn signed(error: sqlx::Error) -> Refusal {
    let error = StoreError::from(error);
    if error.violates("evidence_signed") { Refusal::Signed } else { error.into() }
}

impl From<EvidenceRow> for Evidence {
    fn from(row: EvidenceRow) -> Self {
        // A kind that this version does not know is confirmed like a medicine.
        let word = |word: KeptWord| Critical {
            kind: word.kind.parse().unwrap_or(CriticalKind::Drug),
            words: word.words,
            confirmed_at: word.confirmed_at,
        };
        Self {
            id: row.id.id(),
            position: row.position,
            target: row.target,
            text: row.text,
            payload: row.payload.map(|json| json.0),
            segments: row.segments.0,
            start_ms: row.start_ms,
            kind: row.kind.0,
            flags: row.flags.0,
            to_confirm: row.to_confirm.0.into_iter().map(word).collect(),
            decision: row.decision.0,
            decided_by: row.decided_by,
            decided_at: row.decided_at.map(|at| at.0),
            final_text: row.final_text,
            version: row.version,
        }
    }
}
