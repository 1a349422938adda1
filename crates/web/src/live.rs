//! Hears recordings while they go on: each stretch that is over is kept with its words, and what was said since is shown
//! until it is one. At the end of a recording only the rest is left to hear; killed in between, the next part that arrives
//! goes on behind the last stretch kept.

use crate::app::App;
use crate::drafting;
use crate::ears::Opened;
use crate::sounds;
use crate::worker::actor;
use medrecord_clinic::ids::{ProviderId, RecordingId};
use medrecord_scribe::audio;
use medrecord_scribe::speech::{self, HearError, HearOptions, Next, Piece, Stretch};
use medrecord_scribe::transcript::Transcript;
use medrecord_store::running::{self, HeardStretch};
use medrecord_store::{Desk, Refusal, recordings};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Notify;

/// How long to wait after something went wrong.
const LATER: Duration = Duration::from_secs(10);
/// How long nothing may arrive before it is looked by itself, while a recording goes on.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// How long to wait before what was said since is heard again.
const BREATH: Duration = Duration::from_secs(2);
/// The same where another language is spoken, or nothing can be heard.
const LONG_BREATH: Duration = Duration::from_secs(30);
/// Reading a long recording again takes at most this share of the time.
const READING: u32 = 4;

/// After so many looks they are noted anew.
const MOST_SEEN: usize = 10_000;

/// What is known of the recordings that go on, beside what is kept of them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Live {
    told: Arc<Notify>,
    heard: Arc<Mutex<HashMap<RecordingId, Standing>>>,
    /// What the patient takes, looked up once for each recording: a look is an event of the trail.
    medicines: Arc<Mutex<HashMap<RecordingId, Vec<String>>>>,
    /// Who has seen words of which recording, and whose look is in the trail.
    seen: Arc<Mutex<HashSet<(RecordingId, ProviderId)>>>,
}

/// How far one of them is.
#[derive(Debug, Clone, Default)]
struct Standing {
    /// What was said behind the stretches that are kept.
    behind: Vec<Piece>,
    /// It is heard again when more parts than these are here,
    parts: i32,
    /// and not before.
    not_before: Option<Instant>,
}

impl Live {
    /// Says that a part of a recording has arrived.
    pub(crate) fn arrived(&self) {
        self.told.notify_one();
    }

    fn standing(&self, recording: RecordingId) -> Standing {
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.get(&recording).cloned().unwrap_or_default()
    }

    fn stand(&self, recording: RecordingId, standing: Standing) {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).insert(recording, standing);
    }

    /// Forgets every recording but these.
    fn keep_only(&self, going_on: &[RecordingId]) {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.retain(|recording, _| going_on.contains(recording));
        let mut medicines = self.medicines.lock().unwrap_or_else(PoisonError::into_inner);
        medicines.retain(|recording, _| going_on.contains(recording));
    }

    fn medicines(&self, recording: RecordingId) -> Option<Vec<String>> {
        self.medicines.lock().unwrap_or_else(PoisonError::into_inner).get(&recording).cloned()
    }

    fn keep_medicines(&self, recording: RecordingId, medicines: Vec<String>) {
        self.medicines.lock().unwrap_or_else(PoisonError::into_inner).insert(recording, medicines);
    }

    /// Whether it is in the trail already that somebody sees the words of a recording while they are said: a page that
    /// looks every two seconds would bury everything else there.
    pub(crate) fn is_seen(&self, recording: RecordingId, by: ProviderId) -> bool {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).contains(&(recording, by))
    }

    /// Remembers that somebody's look is in the trail.
    pub(crate) fn saw(&self, recording: RecordingId, by: ProviderId) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= MOST_SEEN {
            seen.clear();
        }
        seen.insert((recording, by));
    }
}

/// Hears until the server stops. The model is loaded while a recording goes on and let go afterwards.
pub(crate) async fn run(app: App) {
    let mut ear = None;
    loop {
        match look(&app, &mut ear).await {
            Ok(Look::Again) => {}
            // Either way it is time to look again.
            Ok(Look::Soon) => drop(tokio::time::timeout(LOOK_EVERY, app.live.told.notified()).await),
            Ok(Look::WhenTold) => app.live.told.notified().await,
            Err(error) => {
                tracing::error!(%error, "a recording that goes on could not be heard");
                tokio::time::sleep(LATER).await;
            }
        }
    }
}

/// When to look again.
enum Look {
    /// At once: there is more to hear.
    Again,
    /// Soon, or when a part arrives.
    Soon,
    /// When a part arrives: no recording goes on.
    WhenTold,
}

/// Hears what is next of each recording that goes on.
///
/// # Errors
/// What the store refuses.
async fn look(app: &App, ear: &mut Option<Opened>) -> Result<Look, Refusal> {
    let mut desk = app.store.read_desk(actor()).await?;
    let going_on = running::going_on(&mut desk).await?;
    desk.close().await?;
    app.live.keep_only(&going_on);
    if going_on.is_empty() {
        *ear = None;
        return Ok(Look::WhenTold);
    }
    let mut again = false;
    for recording in going_on {
        again |= hear(app, recording, ear).await?;
    }
    Ok(if again { Look::Again } else { Look::Soon })
}

/// Hears what is next of one recording. Returns whether there is more of it.
async fn hear(app: &App, recording: RecordingId, ear: &mut Option<Opened>) -> Result<bool, Refusal> {
    let mut standing = app.live.standing(recording);
    let mut desk = app.store.read_desk(actor()).await?;
    let parts = whole_parts(&mut desk, recording).await?;
    let early = standing.not_before.is_some_and(|time| Instant::now() < time);
    if parts <= standing.parts || early {
        desk.close().await?;
        return Ok(false);
    }
    let placed = recordings::get(&mut desk, recording).await?;
    let medicines = match app.live.medicines(recording) {
        Some(known) => known,
        None => drafting::medicines(&mut desk, placed.patient).await?,
    };
    let kept = kept(&mut desk, recording).await?;
    desk.close().await?;
    app.live.keep_medicines(recording, medicines.clone());
    let opened = ear.take();
    let work = tokio::task::spawn_blocking({
        let app = app.clone();
        move || hear_now(&app, recording, parts, Known { medicines, kept }, opened)
    });
    let (next, read_for) = match work.await {
        Ok((opened, heard)) => {
            *ear = opened;
            heard
        }
        Err(error) => (Err(HearError::Engine(error.to_string())), Duration::ZERO),
    };
    let after = |wait: Duration| Instant::now().checked_add(wait.max(read_for * READING));
    standing.not_before = after(BREATH);
    standing.parts = parts;
    let mut more = false;
    match next {
        Ok(Next::Heard(stretch)) => {
            keep(app, recording, &stretch).await?;
            standing = Standing::default();
            more = true;
        }
        Ok(Next::SoFar(pieces)) => standing.behind = pieces,
        Ok(Next::OtherLanguage) => standing.not_before = after(LONG_BREATH),
        Err(error) => {
            // At the end of the recording it is tried again, and said on the page.
            tracing::debug!(%error, %recording, "nothing was heard of a recording that goes on");
            standing.not_before = after(LONG_BREATH);
        }
    }
    app.live.stand(recording, standing);
    Ok(more)
}

/// What is known beside the sound.
struct Known {
    medicines: Vec<String>,
    kept: Vec<Stretch>,
}

type Outcome = (Result<Next, HearError>, Duration);

fn hear_now(
    app: &App,
    recording: RecordingId,
    parts: i32,
    known: Known,
    opened: Option<Opened>,
) -> (Option<Opened>, Outcome) {
    let options = HearOptions { medicines: known.medicines, ..HearOptions::default() };
    let began = Instant::now();
    let sound = sounds::first_parts(&app.settings.data_folder, recording, parts)
        .map_err(|error| HearError::Audio(error.into()))
        .and_then(|bytes| Ok(audio::decode_bytes(&bytes, options.limits)?));
    let read_for = began.elapsed();
    let sound = match sound {
        Ok(sound) => sound,
        Err(error) => return (opened, (Err(error), read_for)),
    };
    let _one_at_a_time = app.hearing.lock().unwrap_or_else(PoisonError::into_inner);
    let mut opened = match opened.map_or_else(|| app.ears.open(&app.settings), Ok) {
        Ok(opened) => opened,
        Err(error) => return (None, (Err(error), read_for)),
    };
    let next = speech::hear_next(&sound, &mut *opened.ear, &options, &known.kept);
    (Some(opened), (next, read_for))
}

/// How many parts of a recording are here without a gap.
async fn whole_parts(desk: &mut Desk, recording: RecordingId) -> Result<i32, Refusal> {
    let here = recordings::chunks(desk, recording).await?;
    let whole = (0..).zip(&here).take_while(|(number, (have, _))| number == have).count();
    Ok(i32::try_from(whole).unwrap_or(i32::MAX))
}

/// What is kept of a recording, as the speech engine reads it; what it cannot read is heard again.
///
/// # Errors
/// What the store refuses.
pub(crate) async fn kept(desk: &mut Desk, recording: RecordingId) -> Result<Vec<Stretch>, Refusal> {
    let millis = |ms: i32| u64::try_from(ms).unwrap_or_default();
    let stretch = |kept: HeardStretch| {
        let pieces = serde_json::from_value(kept.pieces).ok()?;
        let (start_ms, end_ms) = (millis(kept.start_ms), millis(kept.end_ms));
        Some(Stretch { mark: kept.mark, start_ms, end_ms, pieces })
    };
    Ok(running::kept(desk, recording).await?.into_iter().filter_map(stretch).collect())
}

async fn keep(app: &App, recording: RecordingId, stretch: &Stretch) -> Result<(), Refusal> {
    let millis = |ms: u64| i32::try_from(ms).unwrap_or(i32::MAX);
    let heard = HeardStretch {
        mark: stretch.mark.clone(),
        start_ms: millis(stretch.start_ms),
        end_ms: millis(stretch.end_ms),
        pieces: serde_json::to_value(&stretch.pieces).unwrap_or_default(),
    };
    let mut desk = app.store.write_desk(actor()).await?;
    running::keep(&mut desk, recording, &heard).await?;
    desk.close().await
}

/// What was said so far in a recording that goes on.
///
/// # Errors
/// What the store refuses.
pub(crate) async fn words(app: &App, desk: &mut Desk, recording: RecordingId) -> Result<Transcript, Refusal> {
    let kept = kept(desk, recording).await?;
    Ok(speech::words_so_far(&kept, &app.live.standing(recording).behind))
}
