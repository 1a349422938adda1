//! From a transcript to a kept draft: asks the scribe, and keeps each item with what it rests on.
//!
//! The scribe knows no database and the store knows no scribe; this is where the two meet.

use crate::app::App;
use crate::error::Fault;
use medrecord_clinic::allergy::Allergy;
use medrecord_clinic::consultation::{
    CriticalKind, EvidenceKind, LEFT_OUT, Segment, Speaker, TranscriptSource,
};
use medrecord_clinic::ids::{AppointmentId, PatientId, RecordingId, TranscriptId};
use medrecord_clinic::medication::Medication;
use medrecord_clinic::patient::Sex;
use medrecord_scribe::critical::{self, Kind};
use medrecord_scribe::draft::{self, Draft, OmissionKind, OrderType, SymptomDraft, VisitContext};
use medrecord_scribe::endpoint;
use medrecord_scribe::speech::{Doubt, DoubtKind, Renamed};
use medrecord_scribe::transcript::{self, Transcript};
use medrecord_store::evidence::{self, NewEvidence, NewRun};
use medrecord_store::transcripts::{self, NewTranscript};
use medrecord_store::{
    Actor, Desk, Refusal, allergies, appointments, medical_records, medications, patients,
};
use serde::Serialize;
use serde_json::Value;

/// The scribe's flags that say that the chart speaks against a prescription.
const AGAINST_CHART: [&str; 4] = ["allergyConflict", "alreadyTaken", "stoppedBefore", "unfit"];

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
    let mut items = items(&draft);
    for item in &mut items {
        mark_doubts(item, &origin.doubts);
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
    let names =
        |list: Vec<Medication>| -> Vec<String> { list.into_iter().map(|m| m.medication_name).collect() };
    let allergies = allergies::list(desk, visit.patient_id).await?;
    let today = medrecord_clinic::time::Zone::UTC.day_of(desk.now());
    Ok(VisitContext {
        known_medications: names(taken),
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

/// Everything drafted as rows of evidence, in the order of the note; what rests on nothing is left out.
pub(crate) fn items(draft: &Draft) -> Vec<NewEvidence> {
    let mut items = Vec::new();
    for (field, sentences) in draft.record.fields() {
        for sentence in sentences {
            items.push(item(draft, field, sentence.text.clone(), None, &sentence.evidence));
        }
    }
    for symptom in &draft.symptoms {
        let lead = if symptom.negated { "No " } else { "" };
        let rest = [
            symptom.body_site.clone(),
            symptom.severity.map(|s| format!("{s}/10")),
            symptom.duration.clone(),
        ];
        let text = listed(format!("{lead}{}", symptom.symptom_name), rest);
        // The words themselves stand in the transcript, a click away; in the signed record they would only be noise.
        let kept = SymptomDraft { notes: None, ..symptom.clone() };
        items.push(item(draft, "symptom", text, value(&kept), &symptom.evidence));
    }
    for prescription in &draft.prescriptions {
        let p = prescription;
        let rest = [p.strength.clone(), p.dosage.clone(), p.frequency.clone(), p.duration.clone()];
        let text = listed(p.medication_name.clone(), rest);
        items.push(item(draft, "prescription", text, value(p), &p.evidence));
    }
    // What is prescribed stands among the prescriptions already.
    for order in draft.orders.iter().filter(|order| order.order_type != OrderType::Medication) {
        items.push(item(
            draft,
            "order",
            listed(order.description.clone(), [order.reason.clone()]),
            value(order),
            &order.evidence,
        ));
    }
    if !draft.vitals.evidence.is_empty() {
        let said: Vec<&str> = draft.vitals.as_said.values().map(String::as_str).collect();
        items.push(item(draft, "vitals", said.join(", "), value(&draft.vitals), &draft.vitals.evidence));
    }
    for allergy in draft.allergies.iter().filter(|allergy| !allergy.negated) {
        let text = listed(allergy.allergen.clone(), [allergy.reaction.clone()]);
        items.push(item(draft, "allergy", text, value(allergy), &allergy.evidence));
    }
    items.extend(draft.omissions.iter().map(|omission| {
        let mut left = item(draft, &omission.field, omission.text.clone(), None, &omission.evidence);
        let words = match omission.kind {
            OmissionKind::Grave | OmissionKind::Allergy => {
                "Said, and not in the draft: accept or reject it before signing"
            }
            OmissionKind::Medicine | OmissionKind::Complaint | OmissionKind::Measurement => LEFT_OUT,
        };
        left.flags.insert(0, words.to_owned());
        left
    }));
    items.retain(|item| !item.segments.is_empty() && !item.text.trim().is_empty());
    items
}

/// An item that rests on words the speech engine was not sure of says so.
fn mark_doubts(item: &mut NewEvidence, doubts: &[Doubt]) {
    let millis = |at: Option<i32>| at.and_then(|at| u64::try_from(at).ok());
    let (Some(start), Some(end)) = (millis(item.start_ms), millis(item.end_ms)) else { return };
    for kind in [DoubtKind::Unsure, DoubtKind::Disputed] {
        let here = |doubt: &&Doubt| doubt.kind == kind && doubt.start_ms < end && start < doubt.end_ms;
        item.flags.extend(doubts.iter().find(here).map(|doubt| doubt.kind.words().to_owned()));
    }
}

fn listed<const N: usize>(first: String, rest: [Option<String>; N]) -> String {
    let parts: Vec<String> = std::iter::once(first).chain(rest.into_iter().flatten()).collect();
    parts.join(", ")
}

fn value(item: &impl Serialize) -> Option<Value> {
    serde_json::to_value(item).ok()
}

fn item(
    draft: &Draft,
    target: &str,
    text: String,
    payload: Option<Value>,
    evidence: &[usize],
) -> NewEvidence {
    let segment = |at: &usize| draft.transcript.segments.get(*at);
    let millis = |at: Option<u64>| at.and_then(|at| i32::try_from(at).ok());
    let about: Vec<&draft::Flag> = draft
        .flags
        .iter()
        .filter(|flag| !flag.evidence.is_empty() && flag.evidence.iter().any(|at| evidence.contains(at)))
        .collect();
    let said: Vec<&str> = evidence.iter().filter_map(segment).map(|s| s.text.as_str()).collect();
    let to_confirm = critical::unsaid(target, &text, &said).into_iter();
    let against = |flag: &&draft::Flag| AGAINST_CHART.contains(&flag.code.as_str());
    let contradicts = target == "prescription" && about.iter().any(against);
    // A name that had to be guessed is not what was said.
    let guessed = target == "prescription" && about.iter().any(|flag| flag.code == "soundAlike");
    let kind = match (contradicts, guessed) {
        (true, _) => EvidenceKind::Contradicts,
        (false, true) => EvidenceKind::Unsupported,
        (false, false) => EvidenceKind::Supported,
    };
    NewEvidence {
        target: target.to_owned(),
        text,
        payload,
        segments: evidence.iter().map(|at| number(*at)).collect(),
        start_ms: evidence.iter().filter_map(segment).filter_map(|s| millis(s.start_ms)).min(),
        end_ms: evidence.iter().filter_map(segment).filter_map(|s| millis(s.end_ms)).max(),
        kind,
        flags: about.into_iter().map(|flag| flag.message.clone()).collect(),
        to_confirm: to_confirm.map(|(kind, words)| (critical_kind(kind), words)).collect(),
    }
}

fn critical_kind(kind: Kind) -> CriticalKind {
    match kind {
        Kind::Drug => CriticalKind::Drug,
        Kind::Dose => CriticalKind::Dose,
        Kind::Unit => CriticalKind::Unit,
        Kind::Frequency => CriticalKind::Frequency,
        Kind::Side => CriticalKind::Side,
        Kind::Negation => CriticalKind::Negation,
        Kind::Allergy => CriticalKind::Allergy,
        Kind::Suicidality => CriticalKind::Suicidality,
    }
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

    #[test]
    fn what_speaks_against_the_chart_and_what_was_left_out_is_marked() {
        let text = "[patient] I have a cough.\n[doctor] I'm going to prescribe amoxicillin 500 mg three times a day.";
        let context = VisitContext { allergies: vec!["Penicillin".to_owned()], ..VisitContext::default() };
        let mut draft = medrecord_scribe::draft(&Transcript::parse(text), &context);
        draft.omissions.push(draft::Omission {
            text: "Patient hears voices.".to_owned(),
            field: "historyOfPresentIllness".to_owned(),
            evidence: vec![0],
            ..draft::Omission::default()
        });
        let items = items(&draft);
        let medicine = items.iter().find(|item| item.target == "prescription").unwrap();
        assert_eq!(medicine.kind, EvidenceKind::Contradicts);
        let left = items.iter().find(|item| item.text == "Patient hears voices.").unwrap();
        assert_eq!(left.target, "historyOfPresentIllness");
        assert!(left.flags[0].starts_with("Said, and not in the draft"));
    }

    #[test]
    fn an_item_from_unsure_words_says_so() {
        let flags = |doubt_ms: u64, kind| {
            let mut item = NewEvidence {
                target: "symptom".to_owned(),
                text: "cough".to_owned(),
                payload: None,
                segments: vec![0],
                start_ms: Some(1_000),
                end_ms: Some(2_000),
                kind: EvidenceKind::Supported,
                flags: Vec::new(),
                to_confirm: Vec::new(),
            };
            mark_doubts(&mut item, &[Doubt { start_ms: doubt_ms, end_ms: doubt_ms + 500, kind }]);
            item.flags.len()
        };
        assert_eq!(flags(1_800, DoubtKind::Unsure), 1);
        assert_eq!(flags(1_800, DoubtKind::Disputed), 1);
        assert_eq!(flags(2_000, DoubtKind::Unsure), 0);
        assert_eq!(flags(1_000, DoubtKind::Repeated), 0);
    }
}
