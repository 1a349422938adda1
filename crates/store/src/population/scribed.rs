//! A visit of today with a transcript and a draft that waits to be checked, sentence by sentence.
//!
//! The conversation is invented. The draft is written out here, not made by the scribe, which `store` does not know.

use crate::desk::{Actor, Via};
use crate::error::Refusal;
use crate::evidence::{self, NewEvidence, NewRun};
use crate::transcripts::{self, NewTranscript};
use crate::{Store, consents, medical_records};
use medrecord_clinic::consultation::{
    ConsentDecision, CriticalKind, EvidenceKind, Segment, Speaker, TranscriptSource,
};
use medrecord_clinic::ids::AppointmentId;
use medrecord_clinic::provider::Provider;
use serde_json::{Value, json};

const SAID: [(Speaker, &str); 14] = [
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

/// Keeps consent, transcript and draft of a visit, as if the provider had just pasted the transcript.
pub(super) async fn draft(
    store: &Store,
    appointment: AppointmentId,
    provider: &Provider,
) -> Result<(), Refusal> {
    let actor = Actor::provider(provider.id, provider.full_name(), provider.role, Via::Command);
    let mut desk = store.write_desk(actor).await?;
    consents::record(&mut desk, appointment, ConsentDecision::Granted, None).await?;
    let transcript = NewTranscript {
        appointment,
        recording: None,
        source: TranscriptSource::Pasted,
        engine: None,
        model_hash: None,
        segments: segments(),
    };
    let transcript = transcripts::keep(&mut desk, &transcript).await?;
    let record = medical_records::open(&mut desk, appointment).await?;
    let run = NewRun {
        appointment,
        transcript,
        record: record.id,
        engine: "sample".to_owned(),
        engine_version: "1".to_owned(),
        model_hash: None,
        raw: json!({}),
        items: items(),
    };
    evidence::keep_run(&mut desk, &run).await?;
    desk.close().await
}

fn segments() -> Vec<Segment> {
    let mut start = 0;
    (0..)
        .zip(SAID)
        .map(|(index, (speaker, text))| {
            // Somebody says about fifteen signs a second.
            let end = start + i32::try_from(text.len()).unwrap_or(0) * 66;
            let segment =
                Segment { index, speaker, start_ms: Some(start), end_ms: Some(end), text: text.to_owned() };
            start = end + 400;
            segment
        })
        .collect()
}

fn items() -> Vec<NewEvidence> {
    let plain = |target: &str, text: &str, segments: &[i32]| item(target, text, segments, None);
    let symptom = |name: &str, site: &str, duration: Option<&str>, negated: bool, segments: &[i32]| {
        let payload = json!({ "symptomName": name, "bodySite": site, "duration": duration, "negated": negated,
            "evidence": segments });
        let lead = if negated { "No " } else { "" };
        item("symptom", &format!("{lead}{name}"), segments, Some(payload))
    };
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
