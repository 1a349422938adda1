//! From a transcript to a kept draft: asks the scribe, and keeps each item with what it rests on.
//!
//! The scribe knows no database and the store knows no scribe; this is where the two meet.

mod items;

pub(crate) use items::{DRAFTED_AS, items};

use crate::app::App;
use crate::error::Fault;
use medrecord_clinic::allergy::Allergy;
use medrecord_clinic::consultation::{CriticalKind, Segment, Speaker, TranscriptSource};
use medrecord_clinic::ids::{AppointmentId, PatientId, RecordingId, TranscriptId};
use medrecord_clinic::medication::Medication;
use medrecord_clinic::patient::Sex;
use medrecord_scribe::chart::ChartMedicine;
use medrecord_scribe::draft::{self, Draft, VisitContext};
use medrecord_scribe::endpoint;
use medrecord_scribe::speech::{Doubt, Renamed};
use medrecord_scribe::transcript::{self, Transcript};
use medrecord_store::evidence::{self, NewEvidence, NewRun};
use medrecord_store::transcripts::{self, NewTranscript};
use medrecord_store::{
    Actor, Desk, Refusal, allergies, appointments, draft_styles, medical_records, medications, patients,
};
use serde_json::Value;

/// Stands in front of what was heard in place of a name that was put right.
pub(crate) const HEARD: &str = " (heard: “";
/// Stands behind it.
pub(crate) const HEARD_END: &str = "”)";

/// Where a transcript came from.
#[derive(Debug, Clone)]
pub(crate) struct Origin {
    pub(crate) source: TranscriptSource,
    pub(crate) recording: Option<RecordingId>,
    pub(crate) engine: Option<String>,
    pub(crate) model_hash: Option<String>,
    /// Where the speech engine was not sure of itself.
    pub(crate) doubts: Vec<Doubt>,
    /// Medicines whose misheard names were put right.
    pub(crate) renamed: Vec<Renamed>,
}

impl Origin {
    /// Words that no speech engine heard.
    pub(crate) fn text(source: TranscriptSource) -> Self {
        let (doubts, renamed) = (Vec::new(), Vec::new());
        Self { source, recording: None, engine: None, model_hash: None, doubts, renamed }
    }
}

/// Keeps a transcript of a visit, drafts from it and keeps the draft, all on one desk. Returns how many items were
/// drafted.
///
/// # Errors
/// What the store refuses: a signed record, no such appointment, no permission.
pub(crate) async fn keep_and_draft(
    desk: &mut Desk,
    appointment: AppointmentId,
    heard: &Transcript,
    origin: Origin,
    drafted: Option<Draft>,
) -> Result<usize, Refusal> {
    let new = NewTranscript {
        appointment,
        recording: origin.recording,
        source: origin.source,
        engine: origin.engine,
        model_hash: origin.model_hash,
        segments: heard.segments.iter().map(|segment| kept_segment(segment, &origin.renamed)).collect(),
    };
    let transcript = transcripts::keep(desk, &new).await?;
    let context = context(desk, appointment).await?;
    let draft = drafted.unwrap_or_else(|| medrecord_scribe::draft(heard, &context));
    let mut items = items(&draft, &draft_styles::of_visit(desk, appointment).await?);
    for item in &mut items {
        items::mark_doubts(item, &origin.doubts);
        let renamed = origin.renamed.iter().filter(|name| item.segments.contains(&number(name.segment)));
        let renamed: Vec<&Renamed> = renamed.collect();
        let meant = renamed.iter().filter(|name| item.text.contains(&name.meant));
        item.to_confirm.extend(meant.map(|name| (CriticalKind::Drug, name.meant.clone())));
        item.flags.extend(renamed.into_iter().map(Renamed::words));
    }
    let count = items.len();
    keep_run(desk, appointment, transcript, &draft, items).await?;
    Ok(count)
}

/// The draft of the larger model, where one is switched on. It is asked before anything is written: its answer takes
/// long, and nobody should wait behind it. Without an answer the built-in engine drafts.
///
/// # Errors
/// What the store refuses.
pub(crate) async fn elsewhere(
    app: &App,
    actor: Actor,
    appointment: AppointmentId,
    heard: &Transcript,
) -> Result<Option<Draft>, Refusal> {
    let Some(endpoint) = app.settings.endpoint.clone() else { return Ok(None) };
    let mut desk = app.store.read_desk(actor).await?;
    let context = context(&mut desk, appointment).await?;
    desk.close().await?;
    let heard = heard.clone();
    let asked = tokio::task::spawn_blocking(move || endpoint::draft(&heard, &context, &endpoint)).await;
    match asked {
        Ok(Ok(draft)) => Ok(Some(draft)),
        Ok(Err(error)) => {
            tracing::warn!(%error, "the built-in engine drafts instead");
            Ok(None)
        }
        Err(error) => {
            tracing::error!(%error, "the built-in engine drafts instead");
            Ok(None)
        }
    }
}

/// Keeps what was drafted from a transcript.
pub(crate) async fn keep_run(
    desk: &mut Desk,
    appointment: AppointmentId,
    transcript: TranscriptId,
    draft: &Draft,
    items: Vec<NewEvidence>,
) -> Result<(), Refusal> {
    let run = NewRun {
        appointment,
        transcript,
        record: medical_records::open(desk, appointment).await?.id,
        engine: draft.engine.name.clone(),
        engine_version: draft.engine.version.clone(),
        model_hash: draft.engine.model_hash.clone(),
        raw: serde_json::to_value(draft).unwrap_or(Value::Null),
        items,
    };
    evidence::keep_run(desk, &run).await?;
    Ok(())
}

/// What the scribe may know of the patient before it reads.
pub(crate) async fn context(desk: &mut Desk, appointment: AppointmentId) -> Result<VisitContext, Refusal> {
    let visit = appointments::get(desk, appointment).await?;
    let patient = patients::get(desk, visit.patient_id).await?;
    let (taken, stopped): (Vec<Medication>, Vec<Medication>) =
        medications::list(desk, visit.patient_id).await?.into_iter().partition(Medication::is_active);
    let medicine = |m: &Medication| ChartMedicine {
        name: m.medication_name.clone(),
        strength: m.strength.clone(),
        dosage: m.dosage.clone(),
        frequency: m.frequency.clone(),
    };
    let medicines = taken.iter().map(medicine).collect();
    let names =
        |list: Vec<Medication>| -> Vec<String> { list.into_iter().map(|m| m.medication_name).collect() };
    let allergies = allergies::list(desk, visit.patient_id).await?;
    let today = medrecord_clinic::time::Zone::UTC.day_of(desk.now());
    Ok(VisitContext {
        known_medications: names(taken),
        medicines,
        stopped_medications: names(stopped),
        allergies: allergies.into_iter().filter(Allergy::is_active).map(|a| a.allergen).collect(),
        sex: match patient.sex {
            Sex::Female => Some(draft::Sex::Female),
            Sex::Male => Some(draft::Sex::Male),
            Sex::Other => None,
        },
        age_years: u16::try_from(patient.date_of_birth.age_on(today)).ok(),
    })
}

/// The names of what the patient takes.
///
/// # Errors
/// What the store refuses.
pub(crate) async fn medicines(desk: &mut Desk, patient: PatientId) -> Result<Vec<String>, Refusal> {
    let all = medications::list(desk, patient).await?;
    Ok(all.into_iter().filter(Medication::is_active).map(|m| m.medication_name).collect())
}

/// A segment as it is kept: beside a name that was put right stands what was heard.
fn kept_segment(segment: &transcript::Segment, renamed: &[Renamed]) -> Segment {
    let here = renamed.iter().filter(|name| name.segment == segment.index);
    let text = here.fold(segment.text.clone(), |text, name| {
        text.replacen(&name.meant, &format!("{}{HEARD}{}{HEARD_END}", name.meant, name.heard), 1)
    });
    let millis = |at: Option<u64>| at.and_then(|at| i32::try_from(at).ok());
    Segment {
        index: number(segment.index),
        speaker: match segment.speaker {
            transcript::Speaker::Doctor => Speaker::Doctor,
            transcript::Speaker::Patient => Speaker::Patient,
            transcript::Speaker::Other => Speaker::Other,
            transcript::Speaker::Unknown => Speaker::Unknown,
        },
        start_ms: millis(segment.start_ms),
        end_ms: millis(segment.end_ms),
        text,
    }
}

fn number(index: usize) -> i32 {
    i32::try_from(index).unwrap_or(i32::MAX)
}

/// A transcript that holds no words cannot be drafted from.
///
/// # Errors
/// A [`Fault`] that says what to do.
pub(crate) fn require_words(heard: &Transcript) -> Result<(), Fault> {
    let words = heard.segments.iter().flat_map(|segment| segment.text.split_whitespace()).count();
    if words >= 3 {
        return Ok(());
    }
    let words = "The transcript holds no conversation yet: nothing was drafted. Paste what was said, one turn a line.";
    Err(Refusal::Rule(words.to_owned()).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beside_a_name_that_was_put_right_stands_what_was_heard() {
        let renamed = [Renamed {
            segment: 3,
            heard: "met for me in".to_owned(),
            meant: "metformin".to_owned(),
            listed: true,
        }];
        let segment = |index| transcript::Segment {
            index,
            text: "I take metformin.".to_owned(),
            ..transcript::Segment::default()
        };
        assert_eq!(kept_segment(&segment(3), &renamed).text, "I take metformin (heard: “met for me in”).");
        assert_eq!(kept_segment(&segment(2), &renamed).text, "I take metformin.");
    }
}
