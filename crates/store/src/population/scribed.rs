//! Two visits of today that the scribe drafted: one waits to be checked, sentence by sentence; one is checked, not signed.
//!
//! The conversations are invented. The drafts are written out here, not made by the scribe, which `store` does not know.

use super::stories::Story;
use crate::desk::{Actor, Desk, Via};
use crate::error::Refusal;
use crate::evidence::{self, NewEvidence, NewRun};
use crate::transcripts::{self, NewTranscript};
use crate::{Store, adoption, consents, medical_records};
use medrecord_clinic::appointment::AppointmentType;
use medrecord_clinic::consultation::{
    ConsentDecision, CriticalKind, EvidenceKind, Segment, Speaker, TranscriptSource,
};
use medrecord_clinic::ids::AppointmentId;
use medrecord_clinic::provider::Provider;
use serde_json::{Value, json};

/// What is said in a visit, turn by turn.
type Talk = [(Speaker, &'static str)];

const COUGH: [(Speaker, &str); 14] = [
    (Speaker::Doctor, "Good morning, what brings you in today?"),
    (Speaker::Patient, "I have had this cough for five days, and my nose is running all the time."),
    (Speaker::Doctor, "Is the cough dry, or do you bring something up?"),
    (Speaker::Patient, "Dry. It is worse at night, I hardly sleep."),
    (Speaker::Doctor, "Any fever, or are you short of breath?"),
    (Speaker::Patient, "No fever, and no shortness of breath."),
    (Speaker::Doctor, "Do you take anything for it?"),
    (Speaker::Patient, "Only tea with honey so far."),
    (Speaker::Doctor, "Your throat is a little red. The lungs are clear on both sides."),
    (Speaker::Doctor, "This is a viral infection of the upper airways, so an antibiotic would not help."),
    (Speaker::Doctor, "Take dextromethorphan syrup, ten millilitres at bedtime, for five days."),
    (Speaker::Patient, "Can I go to work?"),
    (Speaker::Doctor, "Stay at home for two days and drink plenty."),
    (Speaker::Doctor, "Come back if you get a fever or if it is not better in a week."),
];

/// What the checked visit is about; its note comes from its draft alone, and anybody of any age may have it.
pub(super) static BLOCKED_EAR: Story = Story {
    kind: AppointmentType::SickVisit,
    reason: "Blocked ear",
    history: "",
    exam: "",
    diagnosis: "",
    plan: "",
    follow_up: "",
    complaints: &[],
    medicine: None,
};

const EAR: [(Speaker, &str); 11] = [
    (Speaker::Doctor, "Hello, what can I do for you?"),
    (Speaker::Patient, "My left ear has been blocked for a week, I hear everything as if through a wall."),
    (Speaker::Doctor, "Does it hurt, or does anything run out of it?"),
    (Speaker::Patient, "It does not hurt, and nothing comes out."),
    (Speaker::Doctor, "Do you clean it with cotton buds?"),
    (Speaker::Patient, "Every morning after the shower."),
    (Speaker::Doctor, "The left ear canal is full of wax. The right one is free."),
    (Speaker::Doctor, "That is plugged ear wax. I will rinse it out with warm water now."),
    (Speaker::Patient, "Oh, that is much better. It rained all the way here, by the way."),
    (Speaker::Doctor, "The eardrum looks fine. Leave the cotton buds away from now on."),
    (Speaker::Doctor, "Come back if it hurts or if the hearing gets worse again."),
];

/// Keeps consent, transcript and draft of a visit, as if the provider had just pasted the transcript.
pub(super) async fn draft(
    store: &Store,
    appointment: AppointmentId,
    provider: &Provider,
) -> Result<(), Refusal> {
    let mut desk = store.write_desk(seen_by(provider)).await?;
    keep(&mut desk, appointment, &COUGH, cough()).await?;
    desk.close().await
}

/// The same for a visit of [`BLOCKED_EAR`] whose draft was checked: two sentences taken over in other words, one
/// rejected, the rest as it stood. Nothing is signed.
pub(super) async fn checked(
    store: &Store,
    appointment: AppointmentId,
    provider: &Provider,
) -> Result<(), Refusal> {
    let mut desk = store.write_desk(seen_by(provider)).await?;
    keep(&mut desk, appointment, &EAR, ear()).await?;
    for item in evidence::latest(&mut desk, appointment).await? {
        match item.text.as_str() {
            "It rained on the way." => adoption::reject(&mut desk, item.id, item.version).await?,
            "Plugged ear wax." => {
                let words = "Impacted cerumen, left ear.";
                adoption::accept_in_other_words(&mut desk, item.id, item.version, words).await?;
            }
            "Ear rinsed with warm water." => {
                let words = "Left ear rinsed with warm water, hearing better at once. No cotton buds.";
                adoption::accept_in_other_words(&mut desk, item.id, item.version, words).await?;
            }
            _ => adoption::accept(&mut desk, item.id, item.version).await?,
        }
    }
    desk.close().await
}

fn seen_by(provider: &Provider) -> Actor {
    Actor::provider(provider.id, provider.full_name(), provider.role, Via::Command)
}

async fn keep(
    desk: &mut Desk,
    appointment: AppointmentId,
    talk: &Talk,
    items: Vec<NewEvidence>,
) -> Result<(), Refusal> {
    consents::record(desk, appointment, ConsentDecision::Granted, None).await?;
    let transcript = NewTranscript {
        appointment,
        recording: None,
        source: TranscriptSource::Pasted,
        engine: None,
        model_hash: None,
        segments: segments(talk),
    };
    let transcript = transcripts::keep(desk, &transcript).await?;
    let record = medical_records::open(desk, appointment).await?;
    let run = NewRun {
        appointment,
        transcript,
        record: record.id,
        engine: "sample".to_owned(),
        engine_version: "1".to_owned(),
        model_hash: None,
        raw: json!({}),
        items,
    };
    evidence::keep_run(desk, &run).await?;
    Ok(())
}

fn segments(talk: &Talk) -> Vec<Segment> {
    let mut start = 0;
    (0..)
        .zip(talk)
        .map(|(index, &(speaker, text))| {
            // Somebody says about fifteen signs a second.
            let end = start + i32::try_from(text.len()).unwrap_or(0) * 66;
            let segment =
                Segment { index, speaker, start_ms: Some(start), end_ms: Some(end), text: text.to_owned() };
            start = end + 400;
            segment
        })
        .collect()
}

fn plain(target: &str, text: &str, segments: &[i32]) -> NewEvidence {
    item(target, text, segments, None)
}

fn symptom(name: &str, site: &str, duration: Option<&str>, negated: bool, segments: &[i32]) -> NewEvidence {
    let payload = json!({ "symptomName": name, "bodySite": site, "duration": duration, "negated": negated,
        "evidence": segments });
    let lead = if negated { "No " } else { "" };
    item("symptom", &format!("{lead}{name}"), segments, Some(payload))
}

fn ear() -> Vec<NewEvidence> {
    vec![
        plain("chiefComplaint", "Left ear blocked for a week.", &[1]),
        plain("historyOfPresentIllness", "Hears everything as if through a wall.", &[1]),
        plain("historyOfPresentIllness", "Cleans the ear with cotton buds every morning.", &[4, 5]),
        plain("historyOfPresentIllness", "It rained on the way.", &[8]),
        plain("reviewOfSystems", "Denies ear pain and discharge.", &[2, 3]),
        plain(
            "physicalExamNotes",
            "Left ear canal full of wax, right one free. Eardrum fine after rinsing.",
            &[6, 9],
        ),
        plain("diagnosis", "Plugged ear wax.", &[7]),
        plain("treatmentPlan", "Ear rinsed with warm water.", &[7]),
        plain("followUpInstructions", "Come back with pain, or if the hearing gets worse.", &[10]),
        symptom("hearing loss", "left ear", Some("a week"), false, &[1]),
        symptom("ear pain", "left ear", None, true, &[3]),
    ]
}

fn cough() -> Vec<NewEvidence> {
    let dose = json!({ "medicationName": "dextromethorphan", "dosage": "10 mL", "frequency": "at bedtime",
        "duration": "5 days", "instructions": "Take ten millilitres at bedtime for five days.",
        "action": "start", "evidence": [10] });
    let mut medicine =
        item("prescription", "dextromethorphan syrup, 10 mL at bedtime, 5 days", &[10], Some(dose));
    medicine.kind = EvidenceKind::Unsupported;
    medicine.flags = vec!["The strength was not said.".to_owned()];
    medicine.to_confirm = vec![(CriticalKind::Unit, "mL".to_owned())];
    vec![
        plain("chiefComplaint", "Cough and runny nose for five days.", &[1]),
        plain("historyOfPresentIllness", "Dry cough, worse at night, disturbs sleep.", &[3]),
        plain("historyOfPresentIllness", "Has taken only tea with honey so far.", &[7]),
        plain("reviewOfSystems", "Denies fever and shortness of breath.", &[4, 5]),
        plain("physicalExamNotes", "Throat slightly red. Lungs clear on both sides.", &[8]),
        plain("diagnosis", "Viral infection of the upper airways.", &[9]),
        plain("treatmentPlan", "No antibiotic. Stay at home for two days, plenty of fluids.", &[9, 12]),
        plain("followUpInstructions", "Come back with fever, or if not better in a week.", &[13]),
        symptom("cough", "chest", Some("5 days"), false, &[1, 3]),
        symptom("runny nose", "nose", Some("5 days"), false, &[1]),
        symptom("fever", "", None, true, &[5]),
        symptom("shortness of breath", "", None, true, &[5]),
        medicine,
    ]
}

fn item(target: &str, text: &str, segments: &[i32], payload: Option<Value>) -> NewEvidence {
    NewEvidence {
        target: target.to_owned(),
        text: text.to_owned(),
        payload,
        segments: segments.to_vec(),
        start_ms: None,
        end_ms: None,
        kind: EvidenceKind::Supported,
        flags: Vec::new(),
        to_confirm: Vec::new(),
    }
}
