//! What the visit page shows of the scribe, and the same as a page of its own.

use super::id;
use super::so_far::{self, Said};
use super::turns::{Turn, clock, turns};
use crate::app::App;
use crate::banner::banner_of;
use crate::desk::Reading;
use crate::drafting::DRAFTED_AS;
use crate::error::Fault;
use crate::page::{Fragment, page};
use crate::shell::{Banner, Shell};
use crate::urls;
use crate::visitor::Visitor;
use crate::worker::TRANSCRIBE;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use medrecord_clinic::access::Action;
use medrecord_clinic::consultation::{
    Consent, ConsentDecision, CriticalKind, Decision, Evidence, EvidenceKind, Recording, RecordingState,
    Transcript,
};
use medrecord_clinic::ids::AppointmentId;
use medrecord_clinic::medical_record::NoteField;
use medrecord_clinic::time::Zone;
use medrecord_scribe::{models, speech};
use medrecord_store::jobs::{self, JobState};
use medrecord_store::{
    Desk, Refusal, appointments, consents, evidence, medical_records, recordings, transcripts,
};
use serde_json::Value;

/// The scribe's column beside the note.
#[derive(Debug, Clone)]
pub(crate) struct Panel {
    /// The visit, as in its address.
    pub(crate) visit: String,
    pub(crate) csrf: String,
    /// Whether this person may use the scribe on this visit: the role allows it and nothing is signed.
    pub(crate) open: bool,
    pub(crate) consent: ConsentLine,
    /// The recording that this browser may go on with.
    pub(crate) recorder: Option<String>,
    /// What was said so far in it, and who seems to have said it.
    pub(crate) so_far: Vec<Said>,
    pub(crate) recordings: Vec<RecordingLine>,
    /// The recording that belongs to the transcript, for playing.
    pub(crate) audio: Option<String>,
    /// Why speech cannot be heard here; empty where it can.
    pub(crate) deaf: String,
    pub(crate) parts: Vec<Part>,
    pub(crate) drafted: usize,
    pub(crate) left: usize,
    /// The transcript that is shown; empty where there is none.
    pub(crate) transcript: String,
    pub(crate) turns: Vec<Turn>,
    /// Whether words in it are marked as unsure.
    pub(crate) unsure: bool,
    /// Whether something is still being heard, so that the page looks again.
    pub(crate) busy: bool,
}

/// What is known of the patient's consent.
#[derive(Debug, Clone)]
pub(crate) struct ConsentLine {
    pub(crate) granted: bool,
    pub(crate) asked: bool,
    pub(crate) words: String,
}

/// A recording as the panel lists it.
#[derive(Debug, Clone)]
pub(crate) struct RecordingLine {
    pub(crate) id: String,
    pub(crate) words: String,
    /// Hundredths that are heard, while it is being heard.
    pub(crate) percent: Option<i16>,
    pub(crate) failed: bool,
    /// A file that is still arriving, or broke off on its way.
    pub(crate) arriving: bool,
}

/// The drafted items of one section or kind.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) target: String,
    pub(crate) title: &'static str,
    pub(crate) items: Vec<Item>,
    /// How many could be taken over at once.
    pub(crate) clear: usize,
    /// Whether it is the first of which something could be taken over, which the shortcut means.
    pub(crate) is_next: bool,
}

/// A drafted item.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) id: String,
    pub(crate) version: i32,
    pub(crate) text: String,
    /// The scribe's words, where the provider's own stand in their place.
    pub(crate) drafted_as: Option<String>,
    pub(crate) state: &'static str,
    pub(crate) word: &'static str,
    pub(crate) icon: &'static str,
    pub(crate) flags: Vec<String>,
    /// How it stands against what was said and the chart.
    pub(crate) standing: &'static str,
    /// Words to confirm: their place, what sort, the word.
    pub(crate) to_confirm: Vec<(usize, &'static str, String)>,
    pub(crate) segments: String,
    pub(crate) first: i32,
    pub(crate) sentence: bool,
    pub(crate) undecided: bool,
    pub(crate) rejected: bool,
}

#[derive(Template)]
#[template(path = "pages/scribe/page.html")]
pub(super) struct ScribePage {
    pub(super) shell: Shell,
    /// Whose visit it is; none where a script looks at its part of a page again, which has one.
    pub(super) banner: Option<Banner>,
    pub(super) scribe: Panel,
}

/// The scribe on a page of its own, also the part that scripts look at again.
pub(crate) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    fragment: Fragment,
    Path(appointment): Path<String>,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    let appointment = id(&appointment, "visit")?;
    if fragment.is("so-far") {
        return so_far::again(&app, &visitor, desk, appointment).await;
    }
    let banner = if fragment.is("scribe") {
        None
    } else {
        let patient = appointments::get(&mut desk, appointment).await?.patient_id;
        let zone = visitor.zone();
        let today = zone.day_of(desk.now());
        Some(banner_of(&mut desk, patient, (zone, today), visitor.text()).await?)
    };
    let scribe = Panel::load(&app, &visitor, &mut desk, appointment).await?;
    desk.close().await?;
    page(&ScribePage { shell: visitor.shell(), banner, scribe })
}

impl Panel {
    /// Loads everything the scribe knows of a visit.
    ///
    /// # Errors
    /// What the store refuses.
    pub(crate) async fn load(
        app: &App,
        visitor: &Visitor,
        desk: &mut Desk,
        appointment: AppointmentId,
    ) -> Result<Self, Refusal> {
        let record = medical_records::of_appointment(desk, appointment).await?;
        let signed = record.is_some_and(|record| !record.is_draft());
        let consent = consents::current(desk, appointment).await?;
        let known = recordings::of_visit(desk, appointment).await?;
        let mut lines = Vec::new();
        let recorder = known.iter().find(|r| is_open(r)).map(|r| r.id);
        let consent = consent_line(consent.as_ref(), visitor.zone());
        // What the recorder shows itself is not told twice.
        for recording in known.iter().filter(|r| !consent.granted || recorder != Some(r.id)) {
            lines.push(line(desk, recording).await?);
        }
        let transcript = transcripts::latest(desk, appointment).await?;
        let items = evidence::latest(desk, appointment).await?;
        let raw = evidence::latest_raw(desk, appointment).await?;
        let mut panel = Self::of(transcript.as_ref(), &items, raw.as_ref());
        // A recording that was forgotten cannot be played.
        let sounds = |t: &Transcript| t.recording_id.is_some_and(|id| known.iter().any(|r| r.id == id));
        if !transcript.as_ref().is_some_and(sounds) {
            panel.audio = None;
        }
        panel.visit = appointment.to_string();
        panel.csrf = visitor.shell().csrf;
        panel.open = !signed && visitor.may(Action::WriteRecord);
        if let Some(recorder) = recorder.filter(|_| consent.granted) {
            panel.so_far = so_far::words(app, desk, recorder).await?;
            if !panel.so_far.is_empty() {
                so_far::note_look(desk, recorder).await?;
            }
        }
        panel.consent = consent;
        panel.recorder = recorder.map(|id| id.to_string());
        panel.busy = lines.iter().any(|line| line.percent.is_some());
        panel.recordings = lines;
        panel.deaf = deaf(app);
        Ok(panel)
    }

    pub(super) fn of(transcript: Option<&Transcript>, items: &[Evidence], raw: Option<&Value>) -> Self {
        let undecided = |item: &&Evidence| item.decision == Decision::Proposed;
        let turns = transcript.map(|t| turns(t, raw)).unwrap_or_default();
        Self {
            unsure: turns.iter().flat_map(|turn| &turn.words).any(|part| part.unsure),
            visit: String::new(),
            csrf: String::new(),
            open: false,
            consent: consent_line(None, Zone::UTC),
            recorder: None,
            so_far: Vec::new(),
            recordings: Vec::new(),
            audio: transcript.and_then(|t| t.recording_id).map(urls::sound),
            deaf: String::new(),
            parts: parts(items),
            drafted: items.len(),
            left: items.iter().filter(undecided).count(),
            transcript: transcript.map(|t| t.id.to_string()).unwrap_or_default(),
            turns,
            busy: false,
        }
    }
}

pub(super) fn is_open(recording: &Recording) -> bool {
    recording.state == RecordingState::Recording && recording.file_name.is_none()
}

/// Why this server cannot hear, in words that say what to do.
fn deaf(app: &App) -> String {
    if !cfg!(feature = "speech") {
        return "This build has no speech engine. Paste or upload the transcript instead.".to_owned();
    }
    let folder = speech::models_folder(&app.settings.data_folder);
    let name = &app.settings.speech_model;
    if models::installed(&folder).iter().any(|there| there.model.name == name) {
        return String::new();
    }
    format!(
        "No speech model is installed, so recordings are kept but not heard yet. Whoever runs the system installs one with \
         “medrecord models install {name}”. Pasting a transcript works meanwhile."
    )
}

pub(super) fn consent_line(consent: Option<&Consent>, zone: Zone) -> ConsentLine {
    let Some(consent) = consent.filter(|consent| consent.for_this_visit) else {
        let words = "Ask the patient whether this visit may be recorded, and note the answer.".to_owned();
        return ConsentLine { granted: false, asked: false, words };
    };
    let said = match consent.decision {
        ConsentDecision::Granted => "The patient agreed to a recording",
        ConsentDecision::Refused => "The patient does not want a recording",
        ConsentDecision::Withdrawn => "The patient withdrew the consent",
    };
    let words = format!("{said}; asked by {}, {}", consent.asked_by, zone.day_and_clock(consent.asked_at));
    ConsentLine { granted: consent.decision == ConsentDecision::Granted, asked: true, words }
}

async fn line(desk: &mut Desk, recording: &Recording) -> Result<RecordingLine, Refusal> {
    let job = jobs::latest(desk, TRANSCRIBE, recording.id.0).await?;
    let running = job.as_ref().filter(|job| matches!(job.state, JobState::Queued | JobState::Running));
    let name = recording.file_name.as_deref().unwrap_or("Recording");
    let (words, percent) = match (recording.state, running) {
        (RecordingState::Recording, _) => {
            (format!("{name}: not whole yet, {} KB have arrived", recording.byte_count / 1024), None)
        }
        (_, Some(job)) if job.state == JobState::Queued => (format!("{name}: waiting to be heard"), Some(0)),
        (_, Some(job)) => (format!("{name}: being heard"), Some(job.progress / 10)),
        (RecordingState::Transcribed, None) => (format!("{name}: heard{}", length(recording)), None),
        (RecordingState::Failed, None) => {
            (format!("{name}: {}", recording.failure.as_deref().unwrap_or("could not be heard")), None)
        }
        (RecordingState::Finished | RecordingState::Discarded, None) => (format!("{name}: kept"), None),
    };
    let failed = recording.state == RecordingState::Failed && running.is_none();
    let arriving = recording.state == RecordingState::Recording && recording.file_name.is_some();
    Ok(RecordingLine { id: recording.id.to_string(), words, percent, failed, arriving })
}

fn length(recording: &Recording) -> String {
    recording.duration_ms.map(|ms| format!(", {}", clock(ms))).unwrap_or_default()
}

/// The parts in the order of the note, each with its items; empty parts are left out.
fn parts(items: &[Evidence]) -> Vec<Part> {
    let sections = NoteField::ALL.into_iter().map(|field| (field.as_str(), field.label(), true));
    let kinds = [
        ("symptom", "Symptoms", false),
        ("prescription", "Prescriptions", false),
        ("order", "Orders and follow-up", true),
        ("vitals", "Vital signs", false),
        ("allergy", "Allergies", false),
    ];
    let mut parts: Vec<Part> = sections
        .chain(kinds)
        .map(|(target, title, sentence)| {
            let items: Vec<Item> = items
                .iter()
                .filter(|item| item.target == target)
                .map(|item| drafted(item, sentence))
                .collect();
            let clear = items.iter().filter(|item| item.is_clear()).count();
            Part { target: target.to_owned(), title, items, clear, is_next: false }
        })
        .filter(|part| !part.items.is_empty())
        .collect();
    if let Some(next) = parts.iter_mut().find(|part| part.clear > 0) {
        next.is_next = true;
    }
    parts
}

impl Item {
    /// Whether it may be taken over together with others.
    fn is_clear(&self) -> bool {
        self.undecided && self.flags.is_empty() && self.to_confirm.is_empty()
    }
}

/// The scribe's words of a sentence in which the provider's own stand.
pub(crate) fn drafted_as(item: &Evidence) -> Option<String> {
    Some(item.payload.as_ref()?.get(DRAFTED_AS)?.as_str()?.to_owned())
}

/// How an item stands against transcript and chart, in words.
pub(crate) fn standing(kind: EvidenceKind) -> &'static str {
    match kind {
        EvidenceKind::Supported => "Said in the visit",
        EvidenceKind::ChartOnly => "Only in the chart",
        EvidenceKind::Unsupported => "Not said in this form",
        EvidenceKind::Contradicts => "The chart speaks against it",
    }
}

/// A sort of critical word, as people call it.
fn critical_word(kind: CriticalKind) -> &'static str {
    match kind {
        CriticalKind::Drug => "medicine",
        CriticalKind::Dose => "dose",
        CriticalKind::Unit => "unit",
        CriticalKind::Frequency => "how often",
        CriticalKind::Side => "side",
        CriticalKind::Negation => "denial",
        CriticalKind::Allergy => "allergy",
        CriticalKind::Suicidality => "suicide",
    }
}

fn drafted(item: &Evidence, sentence: bool) -> Item {
    let (state, word, icon) = match item.decision {
        Decision::Proposed if !item.is_flagged() && item.unconfirmed().next().is_none() => {
            ("proposed", "Drafted", "pencil")
        }
        Decision::Proposed => ("flagged", "Look closely", "alert"),
        Decision::Accepted => ("accepted", "Taken over", "done"),
        Decision::Edited => ("edited", "Taken over, edited", "done"),
        Decision::Rejected => ("rejected", "Rejected", "cancelled"),
    };
    let numbers: Vec<String> = item.segments.iter().map(ToString::to_string).collect();
    Item {
        id: item.id.to_string(),
        version: item.version,
        text: item.final_text.clone().unwrap_or_else(|| item.text.clone()),
        drafted_as: drafted_as(item),
        state,
        word,
        icon,
        flags: item.flags.clone(),
        standing: standing(item.kind),
        to_confirm: item
            .to_confirm
            .iter()
            .enumerate()
            .filter(|(_, word)| word.confirmed_at.is_none())
            .map(|(place, word)| (place, critical_word(word.kind), word.words.clone()))
            .collect(),
        segments: numbers.join(" "),
        first: item.segments.first().copied().unwrap_or_default(),
        sentence,
        undecided: item.decision == Decision::Proposed,
        rejected: item.decision == Decision::Rejected,
    }
}
