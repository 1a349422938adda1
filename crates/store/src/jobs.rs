//! Keeps background work: one at a time of a kind and subject, still there after the server was killed.

use crate::column::{At, Key, Word};
use crate::database::on;
use crate::desk::Desk;
use crate::error::{Refusal, StoreError};
use crate::many;
use medrecord_clinic::ids::JobId;
use std::str::FromStr;
use uuid::Uuid;

/// How far a piece of work is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobState {
    /// It waits.
    Queued,
    /// It runs.
    Running,
    /// It is done.
    Done,
    /// It failed for good.
    Failed,
}

impl JobState {
    /// The word in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

impl FromStr for JobState {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Queued, Self::Running, Self::Done, Self::Failed]
            .into_iter()
            .find(|s| s.as_str() == text)
            .ok_or(())
    }
}

/// A piece of background work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// What is to be done, such as `transcribe`.
    pub kind: String,
    /// With what, such as a recording.
    pub subject: Uuid,
    /// How far it is.
    pub state: JobState,
    /// Thousandths that are done.
    pub progress: i16,
    /// How often it was begun.
    pub attempts: i32,
    /// Why it failed.
    pub failure: Option<String>,
}

#[derive(sqlx::FromRow)]
struct JobRow {
    id: Key,
    kind: String,
    subject_id: Key,
    state: Word<JobState>,
    progress: i16,
    attempts: i32,
    failure: Option<String>,
}

const QUEUE: &str =
    "INSERT INTO jobs (id, kind, subject_id, queued_at, updated_at) VALUES ($1, $2, $3, $4, $4)
    ON CONFLICT (kind, subject_id) WHERE state IN ('queued', 'running') DO NOTHING";
const REQUEUE: &str =
    "UPDATE jobs SET state = 'queued', updated_at = $2 WHERE kind = $1 AND state = 'running'";
const NEXT: &str = "SELECT id, kind, subject_id, state, progress, attempts, failure FROM jobs
    WHERE kind = $1 AND state = 'queued' ORDER BY queued_at, id LIMIT 1";
const BEGIN: &str = "UPDATE jobs SET state = 'running', attempts = attempts + 1, progress = 0, started_at = $2, updated_at = $2
    WHERE id = $1 AND state = 'queued'";
const PROGRESS: &str = "UPDATE jobs SET progress = $2, updated_at = $3 WHERE id = $1 AND state = 'running'";
const END: &str = "UPDATE jobs SET state = $2, failure = $3, finished_at = $4, updated_at = $4 WHERE id = $1";
const LATEST: &str = "SELECT id, kind, subject_id, state, progress, attempts, failure FROM jobs
    WHERE kind = $1 AND subject_id = $2 ORDER BY queued_at DESC, id DESC LIMIT 1";

const OF_SUBJECTS_POSTGRES: &str = "SELECT id, kind, subject_id, state, progress, attempts, failure FROM jobs
    WHERE kind = $1 AND subject_id IN (SELECT CAST(value AS uuid) FROM json_array_elements_text(CAST($2 AS json)))
    ORDER BY queued_at DESC, id DESC";
const OF_SUBJECTS_SQLITE: &str = "SELECT id, kind, subject_id, state, progress, attempts, failure FROM jobs
    WHERE kind = $1 AND subject_id IN (SELECT value FROM json_each($2))
    ORDER BY queued_at DESC, id DESC";

/// Queues work; where the same is queued or runs already, nothing happens.
///
/// # Errors
/// [`StoreError`] where the database fails.
pub async fn queue(desk: &mut Desk, kind: &str, subject: Uuid) -> Result<(), StoreError> {
    let id: JobId = desk.fresh_id()?;
    let now = At(desk.now());
    on!(desk, conn => {
        sqlx::query(QUEUE).bind(Key::of(id)).bind(kind).bind(Key(subject)).bind(now).execute(conn).await.map(|_| ())
    })?;
    Ok(())
}

/// Queues again what ran when the server stopped; called once at the start.
///
/// # Errors
/// [`StoreError`] where the database fails.
pub async fn resume(desk: &mut Desk, kind: &str) -> Result<u64, StoreError> {
    let now = At(desk.now());
    let again = on!(desk, conn => {
        sqlx::query(REQUEUE).bind(kind).bind(now).execute(conn).await.map(|done| done.rows_affected())
    })?;
    Ok(again)
}

/// Takes the oldest queued work of a kind and marks it running; `None` where nothing waits.
///
/// # Errors
/// [`StoreError`] where the database fails.
pub async fn take(desk: &mut Desk, kind: &str) -> Result<Option<Job>, StoreError> {
    let row: Option<JobRow> = on!(desk, conn => sqlx::query_as(NEXT).bind(kind).fetch_optional(conn).await)?;
    let Some(row) = row else { return Ok(None) };
    let now = At(desk.now());
    let taken = on!(desk, conn => {
        sqlx::query(BEGIN).bind(row.id).bind(now).execute(conn).await.map(|done| done.rows_affected())
    })?;
    Ok((taken == 1).then(|| Job { state: JobState::Running, attempts: row.attempts + 1, ..row.into() }))
}

/// Says how far running work is, in thousandths.
///
/// # Errors
/// [`StoreError`] where the database fails.
pub async fn progress(desk: &mut Desk, id: JobId, thousandths: i16) -> Result<(), StoreError> {
    let now = At(desk.now());
    on!(desk, conn => {
        sqlx::query(PROGRESS)
            .bind(Key::of(id))
            .bind(thousandths.clamp(0, 1000))
            .bind(now)
            .execute(conn)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// Ends work: done, failed with a reason, or queued to be tried again.
///
/// # Errors
/// [`StoreError`] where the database fails.
pub async fn end(
    desk: &mut Desk,
    id: JobId,
    state: JobState,
    failure: Option<&str>,
) -> Result<(), StoreError> {
    let now = At(desk.now());
    on!(desk, conn => {
        sqlx::query(END).bind(Key::of(id)).bind(Word(state)).bind(failure).bind(now).execute(conn).await.map(|_| ())
    })?;
    Ok(())
}

/// The newest work of a kind on a subject.
///
/// # Errors
/// [`Refusal::Store`] where the database fails.
pub async fn latest(desk: &mut Desk, kind: &str, subject: Uuid) -> Result<Option<Job>, Refusal> {
    let row: Option<JobRow> =
        on!(desk, conn => sqlx::query_as(LATEST).bind(kind).bind(Key(subject)).fetch_optional(conn).await)?;
    Ok(row.map(Job::from))
}

/// The work of a kind on several subjects at once, newest first: the first on a subject is its newest.
///
/// # Errors
/// [`Refusal::Store`] where the database fails.
pub async fn of_subjects(desk: &mut Desk, kind: &str, subjects: &[Uuid]) -> Result<Vec<Job>, Refusal> {
    let sql = many::pick(desk, OF_SUBJECTS_POSTGRES, OF_SUBJECTS_SQLITE);
    let rows: Vec<JobRow> = on!(desk, conn => {
        sqlx::query_as(sql).bind(kind).bind(many::keys(subjects)).fetch_all(conn).await
    })?;
    Ok(rows.into_iter().map(Job::from).collect())
}

impl From<JobRow> for Job {
    fn from(row: JobRow) -> Self {
        Self {
            id: row.id.id(),
            kind: row.kind,
            subject: row.subject_id.0,
            state: row.state.0,
            progress: row.progress,
            attempts: row.attempts,
            failure: row.failure,
        }
    }
}
