//! Background work of the server: turns finished recordings into transcripts and drafts, one at a time.
//!
//! What was queued or running when the server stopped is done after the next start. The speech model is loaded for
//! the work and let go afterwards, so that an idle server stays small.

use crate::app::App;
use crate::drafting::{self, Origin};
use crate::{live, sounds};
use medrecord_clinic::consultation::{RecordingState, TranscriptSource};
use medrecord_clinic::ids::{JobId, RecordingId};
use medrecord_scribe::audio;
use medrecord_scribe::speech::{self, HearError, HearOptions, Heard, Stretch};
use medrecord_store::jobs::{self, Job, JobState};
use medrecord_store::{Actor, Refusal, StoreError, Via, recordings};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

/// The kind of job that turns a recording into a transcript and a draft.
pub(crate) const TRANSCRIBE: &str = "transcribe";
const LOOK_EVERY: Duration = Duration::from_secs(5);
const TELL_EVERY: Duration = Duration::from_secs(2);
/// How often a recording is tried again after the server was killed over it.
const MOST_ATTEMPTS: i32 = 3;

/// Who the worker is in the audit trail.
pub(crate) fn actor() -> Actor {
    Actor::machine("scribe", Via::System)
}

/// Works until the server stops.
pub(crate) async fn run(app: App) {
    if let Err(error) = resume(&app).await {
        tracing::error!(%error, "background work could not be resumed");
    }
    loop {
        match next(&app).await {
            Ok(Some(job)) => work(&app, job).await,
            Ok(None) => app.nudged(LOOK_EVERY).await,
            Err(error) => {
                tracing::error!(%error, "background work could not be taken");
                tokio::time::sleep(LOOK_EVERY).await;
            }
        }
    }
}

async fn resume(app: &App) -> Result<(), Refusal> {
    let mut desk = app.store.write_desk(actor()).await?;
    jobs::resume(&mut desk, TRANSCRIBE).await?;
    desk.close().await
}

async fn next(app: &App) -> Result<Option<Job>, Refusal> {
    let mut desk = app.store.write_desk(actor()).await?;
    let job = jobs::take(&mut desk, TRANSCRIBE).await?;
    desk.close().await?;
    Ok(job)
}

async fn work(app: &App, job: Job) {
    let recording = RecordingId(job.subject);
    let outcome = if job.attempts > MOST_ATTEMPTS {
        Err("The server stopped each time it tried to hear this recording. The audio is kept.".to_owned())
    } else {
        transcribe(app, job.id, recording).await
    };
    if let Err(why) = &outcome {
        tracing::warn!(%recording, why, "a recording could not be turned into a draft");
    }
    if let Err(error) = settle(app, &job, recording, outcome.err()).await {
        tracing::error!(%error, %recording, "the end of background work could not be noted");
    }
}

async fn settle(
    app: &App,
    job: &Job,
    recording: RecordingId,
    failure: Option<String>,
) -> Result<(), Refusal> {
    let mut desk = app.store.write_desk(actor()).await?;
    let state = if failure.is_none() { JobState::Done } else { JobState::Failed };
    jobs::end(&mut desk, job.id, state, failure.as_deref()).await?;
    // What a person has put aside meanwhile stays so.
    let waits = recordings::get(&mut desk, recording).await?.recording.state == RecordingState::Finished;
    if let Some(why) = failure.as_ref().filter(|_| waits) {
        recordings::set_state(&mut desk, recording, RecordingState::Failed, Some(why), None).await?;
    }
    desk.close().await
}

/// Hears a recording and drafts from it. Whether it is still to be heard is asked before, before a larger model gets the
/// words, and once more as they are kept.
async fn transcribe(app: &App, job: JobId, recording: RecordingId) -> Result<(), String> {
    let Some(known) = known(app, recording).await.map_err(|error| error.to_string())? else { return Ok(()) };
    let heard = hear(app, job, recording, known).await?;
    let Heard { transcript, duration_ms, silence, doubts, renamed, .. } = heard.heard;
    if let Some(silence) = silence {
        return Err(silence.words().to_owned());
    }
    let origin = Origin {
        source: TranscriptSource::Speech,
        recording: Some(recording),
        engine: Some(heard.engine),
        model_hash: Some(heard.model_hash),
        doubts,
        renamed,
    };
    let kept = async {
        let mut desk = app.store.read_desk(actor()).await?;
        let Some(placed) = recordings::to_hear(&mut desk, recording).await? else { return Ok(()) };
        desk.close().await?;
        let drafted = drafting::elsewhere(app, actor(), placed.appointment, &transcript).await?;
        let mut desk = app.store.write_desk(actor()).await?;
        let Some(placed) = recordings::to_hear(&mut desk, recording).await? else { return Ok(()) };
        let length = i64::try_from(duration_ms).ok();
        recordings::set_state(&mut desk, recording, RecordingState::Transcribed, None, length).await?;
        drafting::keep_and_draft(&mut desk, placed.appointment, &transcript, origin, drafted).await?;
        desk.close().await
    };
    kept.await.map_err(|error: Refusal| error.to_string())
}

/// What is known before a recording is heard.
struct Known {
    /// The names that the speech engine should know: what the patient takes.
    medicines: Vec<String>,
    /// What was heard of it while it went on.
    kept: Vec<Stretch>,
}

/// None where the recording is not to be heard any more.
async fn known(app: &App, recording: RecordingId) -> Result<Option<Known>, Refusal> {
    let mut desk = app.store.read_desk(actor()).await?;
    let Some(placed) = recordings::to_hear(&mut desk, recording).await? else { return Ok(None) };
    let medicines = drafting::medicines(&mut desk, placed.patient).await?;
    let kept = live::kept(&mut desk, recording).await?;
    desk.close().await?;
    Ok(Some(Known { medicines, kept }))
}

/// What the speech engine heard, and which engine it was.
struct HeardBy {
    heard: Heard,
    engine: String,
    model_hash: String,
}

/// Hears a recording on a thread of its own and says every two seconds how far it is.
async fn hear(app: &App, job: JobId, recording: RecordingId, known: Known) -> Result<HeardBy, String> {
    let done = Arc::new(AtomicU64::new(0));
    let mut work = tokio::task::spawn_blocking({
        let (app, done) = (app.clone(), Arc::clone(&done));
        move || hear_now(&app, recording, known, &done)
    });
    loop {
        tokio::select! {
            ended = &mut work => {
                return ended.map_err(|error| error.to_string())?.map_err(|error| in_words(&error));
            }
            () = tokio::time::sleep(TELL_EVERY) => {
                let thousandths = i16::try_from(done.load(Ordering::Relaxed)).unwrap_or(1000);
                if let Err(error) = tell(app, job, thousandths).await {
                    tracing::warn!(%error, "progress could not be noted");
                }
            }
        }
    }
}

async fn tell(app: &App, job: JobId, thousandths: i16) -> Result<(), Refusal> {
    let mut desk = app.store.write_desk(actor()).await?;
    jobs::progress(&mut desk, job, thousandths).await?;
    desk.close().await
}

fn hear_now(app: &App, recording: RecordingId, known: Known, done: &AtomicU64) -> Result<HeardBy, HearError> {
    let data = &app.settings.data_folder;
    let options = HearOptions { medicines: known.medicines, ..HearOptions::default() };
    let opened = sounds::whole(data, recording).map_err(|error| HearError::Audio(error.into()))?;
    let sound = audio::decode_source(opened, options.limits)?;
    if let Err(error) = sounds::keep_playable(data, recording, &sound.samples) {
        tracing::warn!(%error, %recording, "no copy for playing could be made");
    }
    let _one_at_a_time = app.hearing.lock().unwrap_or_else(PoisonError::into_inner);
    let mut opened = app.ears.open(&app.settings)?;
    let mut progress = |so_far: speech::HearProgress| {
        let thousandths = so_far.done_ms.saturating_mul(1000).checked_div(so_far.total_ms).unwrap_or(0);
        done.store(thousandths.min(1000), Ordering::Relaxed);
    };
    let heard = speech::hear_rest(&sound, &mut *opened.ear, &options, &known.kept, &mut progress)?;
    Ok(HeardBy { heard, engine: opened.engine, model_hash: opened.model_hash })
}

fn in_words(error: &HearError) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

/// Queues a finished recording.
///
/// # Errors
/// [`StoreError`] where the database fails.
pub(crate) async fn queue(
    desk: &mut medrecord_store::Desk,
    recording: RecordingId,
) -> Result<(), StoreError> {
    jobs::queue(desk, TRANSCRIBE, recording.0).await
}
