//! Drafting again where a person put right who speaks.
//!
//! The corrected transcript is kept as a new one and drafted from anew. What was decided on the old draft stays decided:
//! on the same item where the new draft has it, and beside the new items where it has not.

use crate::app::App;
use crate::drafting;
use medrecord_clinic::consultation::{CriticalKind, Decision, Evidence, Segment, Speaker};
use medrecord_clinic::ids::{AppointmentId, EvidenceId, TranscriptId};
use medrecord_clinic::medical_record::NoteField;
use medrecord_scribe::draft::Draft;
use medrecord_scribe::speech::DoubtKind;
use medrecord_scribe::transcript::{self, Transcript};
use medrecord_store::evidence::{self, NewEvidence};
use medrecord_store::transcripts::{self, Correction, NewTranscript};
use medrecord_store::{Actor, Desk, Refusal, draft_styles};
use serde_json::Value;

/// What is put right: who speaks in which transcript of which visit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Voices {
    pub(crate) appointment: AppointmentId,
    /// The transcript that was shown.
    pub(crate) seen: TranscriptId,
    pub(crate) correction: Correction,
}

/// Corrects who speaks in the transcript that was seen, and drafts again. Returns how many items there are.
///
/// # Errors
/// What the store refuses: a newer transcript, a signed record, no permission.
pub(crate) async fn correct(app: &App, actor: Actor, voices: Voices) -> Result<usize, Refusal> {
    let drafted = elsewhere(app, actor.clone(), voices).await?;
    let mut desk = app.store.write_desk(actor).await?;
    let count = draft_again(&mut desk, voices, drafted).await?;
    desk.close().await?;
    Ok(count)
}

/// The new draft of the larger model, where one is switched on: asked before the desk opens on which it is kept.
///
/// # Errors
/// As [`correct`].
pub(crate) async fn elsewhere(app: &App, actor: Actor, voices: Voices) -> Result<Option<Draft>, Refusal> {
    if app.settings.endpoint.is_none() {
        return Ok(None);
    }
    let mut desk = app.store.read_desk(actor.clone()).await?;
    let (_, heard) = corrected(&mut desk, voices).await?;
    desk.close().await?;
    drafting::elsewhere(app, actor, voices.appointment, &heard).await
}

/// The corrected transcript as it is kept, and as the scribe reads it.
async fn corrected(desk: &mut Desk, voices: Voices) -> Result<(NewTranscript, Transcript), Refusal> {
    let new = transcripts::corrected(desk, voices.appointment, voices.seen, voices.correction).await?;
    let raw = evidence::latest_raw(desk, voices.appointment).await?;
    let mut heard = Transcript { segments: new.segments.iter().map(said).collect() };
    for segment in &mut heard.segments {
        segment.unsure = unsure(raw.as_ref(), segment.index);
    }
    Ok((new, heard))
}

/// Keeps the corrected transcript and drafts from it. Returns how many items there are.
///
/// # Errors
/// As [`correct`].
pub(crate) async fn draft_again(
    desk: &mut Desk,
    voices: Voices,
    drafted: Option<Draft>,
) -> Result<usize, Refusal> {
    let appointment = voices.appointment;
    let (new, heard) = corrected(desk, voices).await?;
    let old = evidence::latest(desk, appointment).await?;
    let kept = transcripts::keep(desk, &new).await?;
    let context = drafting::context(desk, appointment).await?;
    let draft = drafted.unwrap_or_else(|| medrecord_scribe::draft(&heard, &context));
    let mut items = drafting::items(&draft, &draft_styles::of_visit(desk, appointment).await?);
    for item in &mut items {
        doubt_again(item, &old);
        confirm_again(item, &new.segments);
    }
    let carried = carry_over(&mut items, &old);
    let count = items.len();
    drafting::keep_run(desk, appointment, kept, &draft, items).await?;
    let ids: Vec<EvidenceId> =
        evidence::latest(desk, appointment).await?.into_iter().map(|item| item.id).collect();
    for (from, place) in carried {
        if let Some(to) = ids.get(place) {
            evidence::carry(desk, from, *to).await?;
        }
    }
    Ok(count)
}

/// The words of a turn that the speech engine was not sure of, as the draft keeps them.
pub(crate) fn unsure(raw: Option<&Value>, turn: usize) -> Vec<usize> {
    let words = raw.and_then(|raw| raw.pointer(&format!("/transcript/segments/{turn}/unsure")));
    let words = words.and_then(Value::as_array).into_iter().flatten();
    words.filter_map(Value::as_u64).filter_map(|at| usize::try_from(at).ok()).collect()
}

/// A kept segment as the scribe reads it: without the note of what was heard in place of a name.
fn said(segment: &Segment) -> transcript::Segment {
    let millis = |at: Option<i32>| at.and_then(|at| u64::try_from(at).ok());
    let mut text = segment.text.clone();
    while let Some((before, rest)) = text.split_once(drafting::HEARD) {
        let behind = rest.split_once(drafting::HEARD_END).map_or("", |(_, behind)| behind);
        text = format!("{before}{behind}");
    }
    transcript::Segment {
        index: usize::try_from(segment.index).unwrap_or_default(),
        start_ms: millis(segment.start_ms),
        end_ms: millis(segment.end_ms),
        speaker: match segment.speaker {
            Speaker::Doctor => transcript::Speaker::Doctor,
            Speaker::Patient => transcript::Speaker::Patient,
            Speaker::Other => transcript::Speaker::Other,
            Speaker::Unknown => transcript::Speaker::Unknown,
        },
        text,
        unsure: Vec::new(),
    }
}

/// What the speech engine was not sure of, it is not sure of whoever speaks.
fn doubt_again(item: &mut NewEvidence, old: &[Evidence]) {
    let same_words = old.iter().filter(|past| past.segments.iter().any(|at| item.segments.contains(at)));
    let doubts = same_words.flat_map(|past| &past.flags).filter(|flag| is_doubt(flag));
    for flag in doubts.cloned().collect::<Vec<_>>() {
        if !item.flags.contains(&flag) {
            item.flags.push(flag);
        }
    }
}

/// A name that was put right is confirmed before it is taken over, whoever speaks.
fn confirm_again(item: &mut NewEvidence, turns: &[Segment]) {
    let cited = turns.iter().filter(|turn| item.segments.contains(&turn.index));
    let names = cited.flat_map(|turn| {
        let before = turn.text.split(drafting::HEARD).collect::<Vec<_>>();
        let count = before.len().saturating_sub(1);
        before.into_iter().take(count).filter_map(|text| text.split_whitespace().last())
    });
    for name in names {
        let word = (CriticalKind::Drug, name.to_owned());
        if item.text.contains(name) && !item.to_confirm.contains(&word) {
            item.to_confirm.push(word);
        }
    }
}

fn is_doubt(flag: &str) -> bool {
    [DoubtKind::Unsure, DoubtKind::Disputed].iter().any(|kind| kind.words() == flag)
        || flag.starts_with(medrecord_scribe::speech::RENAMED)
}

/// Which decided items go where: to the same item, or, where there is none, behind all others, as they were.
fn carry_over(items: &mut Vec<NewEvidence>, old: &[Evidence]) -> Vec<(EvidenceId, usize)> {
    let mut carried = Vec::new();
    for past in old.iter().filter(|past| past.decision != Decision::Proposed) {
        let as_before = |item: &NewEvidence| item.target == past.target && item.text == past.text;
        // The provider's words and the order of the plan may have changed since.
        let in_other_words = |item: &NewEvidence| {
            item.target == past.target
                && scribes(&item.target, &item.text, item.payload.as_ref())
                    == scribes(&past.target, &past.text, past.payload.as_ref())
        };
        let found = items.iter().position(as_before).or_else(|| items.iter().position(in_other_words));
        let place = found.unwrap_or_else(|| {
            items.push(NewEvidence {
                target: past.target.clone(),
                text: past.text.clone(),
                payload: past.payload.clone(),
                segments: past.segments.clone(),
                start_ms: past.start_ms,
                end_ms: None,
                kind: past.kind,
                flags: past.flags.clone(),
                to_confirm: past.to_confirm.iter().map(|word| (word.kind, word.words.clone())).collect(),
            });
            items.len() - 1
        });
        carried.push((past.id, place));
    }
    carried
}

/// A sentence as the scribe worded it, without the problem that it was put under.
fn scribes<'t>(target: &str, text: &'t str, payload: Option<&'t Value>) -> &'t str {
    let drafted = payload.and_then(|payload| payload.get(drafting::DRAFTED_AS)).and_then(Value::as_str);
    let drafted = drafted.unwrap_or(text);
    match drafted.split_once(": ") {
        Some((_, rest)) if target == NoteField::TreatmentPlan.as_str() => rest,
        Some(_) | None => drafted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use medrecord_clinic::consultation::EvidenceKind;

    #[test]
    fn the_note_of_what_was_heard_is_not_read_as_speech() {
        let segment = Segment {
            index: 4,
            speaker: Speaker::Patient,
            start_ms: Some(1_000),
            end_ms: None,
            text: "I take metformin (heard: “met for me in”), daily.".to_owned(),
        };
        let read = said(&segment);
        assert_eq!(read.text, "I take metformin, daily.");
        assert_eq!((read.index, read.start_ms), (4, Some(1_000)));
    }

    #[test]
    fn a_name_that_was_put_right_is_confirmed_again() {
        let turn = Segment {
            index: 4,
            speaker: Speaker::Patient,
            start_ms: None,
            end_ms: None,
            text: "I take metformin (heard: “met for me in”), daily.".to_owned(),
        };
        let mut item = NewEvidence {
            target: "prescription".to_owned(),
            text: "metformin, daily".to_owned(),
            payload: None,
            segments: vec![4],
            start_ms: None,
            end_ms: None,
            kind: EvidenceKind::Supported,
            flags: Vec::new(),
            to_confirm: Vec::new(),
        };
        for _ in 0..2 {
            confirm_again(&mut item, std::slice::from_ref(&turn));
            assert_eq!(item.to_confirm, [(CriticalKind::Drug, "metformin".to_owned())]);
        }
        item.segments = vec![3];
        item.to_confirm.clear();
        confirm_again(&mut item, &[turn]);
        assert!(item.to_confirm.is_empty());
    }
}
