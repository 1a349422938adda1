//! How a note was made: the run and the transcript behind it, and what drafting has meant for a provider so far.

use crate::audit::{Event, Verb};
use crate::column::{At, Key, Word};
use crate::database::on;
use crate::desk::Desk;
use crate::error::{Refusal, StoreError};
use crate::many;
use crate::sections::SectionsRow;
use crate::transcripts::patient_of;
use medrecord_clinic::access::Action;
use medrecord_clinic::consultation::{self, Decision, EvidenceKind};
use medrecord_clinic::ids::AppointmentId;
use medrecord_clinic::quality::{DraftedItem, Quality, SignedDraft};
use medrecord_clinic::time::Instant;
use sqlx::types::Json;
use std::collections::HashMap;
use uuid::Uuid;

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

macro_rules! signed {
    ($rest:literal) => {
        concat!(
            "SELECT m.signed_at, r.id AS run_id, r.started_at, m.chief_complaint, m.history_of_present_illness,
                m.review_of_systems, m.physical_exam_notes, m.diagnosis, m.diagnosis_notes, m.treatment_plan,
                m.follow_up_instructions, m.patient_education
            FROM appointments AS a
            JOIN medical_records AS m ON m.appointment_id = a.id
            JOIN scribe_runs AS r ON r.id = (
                SELECT x.id FROM scribe_runs AS x
                WHERE x.appointment_id = a.id AND x.state = 'done'
                ORDER BY x.started_at DESC, x.id DESC LIMIT 1)
            WHERE a.provider_id = $1 AND a.appointment_date >= $2 AND m.signed_by = $1 AND m.signed_at IS NOT NULL
                AND m.is_ai_generated ",
            $rest
        )
    };
}

/// The last signed notes of a provider's own visits that a draft stood behind, each with its newest run.
const LAST_SIGNED: &str = signed!("ORDER BY a.appointment_date DESC LIMIT 50");
const ALL_SIGNED: &str = signed!("ORDER BY m.signed_at, r.id");

macro_rules! drafted {
    ($runs:literal) => {
        concat!(
            "SELECT e.scribe_run_id, e.target, e.text, e.kind, e.flags, e.to_confirm, e.decision, e.final_text
            FROM evidence AS e WHERE e.scribe_run_id IN (",
            $runs,
            ") ORDER BY e.scribe_run_id, e.position"
        )
    };
}

const DRAFTED_POSTGRES: &str =
    drafted!("SELECT CAST(value AS uuid) FROM json_array_elements_text(CAST($1 AS json))");
const DRAFTED_SQLITE: &str = drafted!("SELECT value FROM json_each($1)");

/// How far back the last notes are looked for: half a year.
const BACK_MINUTES: i64 = 183 * 24 * 60;

/// How many notes are read with their drafts at once.
const AT_ONCE: usize = 100;

#[derive(sqlx::FromRow)]
struct SignedRow {
    signed_at: At,
    run_id: Key,
    started_at: At,
    #[sqlx(flatten)]
    sections: SectionsRow,
}

#[derive(sqlx::FromRow)]
struct DraftedRow {
    scribe_run_id: Key,
    target: String,
    text: String,
    kind: Word<EvidenceKind>,
    flags: Json<Vec<String>>,
    to_confirm: Json<Vec<KeptWord>>,
    decision: Word<Decision>,
    final_text: Option<String>,
}

/// Of a word to confirm, what is counted.
#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct KeptWord {
    confirmed_at: Option<Instant>,
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

/// What drafting came to for whoever is signed in, over the last fifty notes of half a year; nobody sees another's.
///
/// # Errors
/// [`Refusal::NobodySignedIn`], [`Refusal::NotAllowed`].
pub async fn habits(desk: &mut Desk) -> Result<Quality, Refusal> {
    Ok(Quality::of(&last_signed(desk).await?))
}

/// The last fifty drafted notes of half a year of whoever is signed in, with their drafts; nobody sees another's.
///
/// # Errors
/// [`Refusal::NobodySignedIn`], [`Refusal::NotAllowed`].
pub async fn last_signed(desk: &mut Desk) -> Result<Vec<SignedDraft>, Refusal> {
    desk.require(Action::SignRecord)?;
    let provider = desk.provider()?;
    let since = At(desk.now().plus_minutes(-BACK_MINUTES));
    let rows: Vec<SignedRow> = on!(desk, conn => sqlx::query_as(LAST_SIGNED).bind(Key::of(provider)).bind(since).fetch_all(conn).await)?;
    Ok(with_drafts(desk, rows).await?)
}

/// What drafting came to for whoever is signed in, over periods that follow each other, each from an instant to before
/// another; nobody sees another's. A note counts where it was signed, if its visit began within the periods.
///
/// # Errors
/// [`Refusal::NobodySignedIn`], [`Refusal::NotAllowed`].
pub async fn quality(desk: &mut Desk, periods: &[(Instant, Instant)]) -> Result<Vec<Quality>, Refusal> {
    desk.require(Action::SignRecord)?;
    let provider = desk.provider()?;
    let mut sums = vec![Quality::default(); periods.len()];
    let Some((since, _)) = periods.first() else { return Ok(sums) };
    let mut rows: Vec<SignedRow> = on!(desk, conn => sqlx::query_as(ALL_SIGNED).bind(Key::of(provider)).bind(At(*since)).fetch_all(conn).await)?;
    while !rows.is_empty() {
        let rest = rows.split_off(rows.len().min(AT_ONCE));
        for note in with_drafts(desk, rows).await? {
            let within = |(from, to): &(Instant, Instant)| *from <= note.signed_at && note.signed_at < *to;
            if let Some(sum) = periods.iter().position(within).and_then(|at| sums.get_mut(at)) {
                sum.add(&note);
            }
        }
        rows = rest;
    }
    desk.record(Event::new(Verb::Read, "drafting_report").about(provider));
    Ok(sums)
}

/// Signed notes with what their last drafts held.
async fn with_drafts(desk: &mut Desk, rows: Vec<SignedRow>) -> Result<Vec<SignedDraft>, StoreError> {
    let runs: Vec<Uuid> = rows.iter().map(|row| row.run_id.0).collect();
    let sql = many::pick(desk, DRAFTED_POSTGRES, DRAFTED_SQLITE);
    let drafted: Vec<DraftedRow> =
        on!(desk, conn => sqlx::query_as(sql).bind(many::keys(&runs)).fetch_all(conn).await)?;
    let mut items: HashMap<Uuid, Vec<DraftedItem>> = HashMap::new();
    for row in drafted {
        items.entry(row.scribe_run_id.0).or_default().push(row.into());
    }
    let noted = |row: SignedRow| SignedDraft {
        drafted_at: row.started_at.0,
        signed_at: row.signed_at.0,
        items: items.remove(&row.run_id.0).unwrap_or_default(),
        note: row.sections.into(),
    };
    Ok(rows.into_iter().map(noted).collect())
}

impl From<DraftedRow> for DraftedItem {
    fn from(row: DraftedRow) -> Self {
        let (kind, flags) = (row.kind.0, row.flags.0);
        Self {
            target: row.target,
            text: row.text,
            decision: row.decision.0,
            final_text: row.final_text,
            warned: consultation::is_flagged(kind, &flags),
            offered: consultation::is_offered(&flags),
            confirmed: row.to_confirm.0.iter().filter(|word| word.confirmed_at.is_some()).count(),
        }
    }
}
