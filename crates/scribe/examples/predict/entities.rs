//! Complaints, conditions, medicines and procedures of an interview.

use medrecord_scribe::draft::{Draft, HistoryKind, VisitContext};
use medrecord_scribe::engine::lexicon::TESTS;
use medrecord_scribe::engine::text::words;
use serde_json::{Value, json};

use crate::{Item, Setup, transcript};

/// The entities of one interview.
pub(crate) fn predict(item: &Item, setup: &Setup) -> Value {
    let draft = setup.draft(&transcript(item), &VisitContext::default());
    let treatments: Vec<String> = draft
        .history
        .iter()
        .filter(|h| h.kind == HistoryKind::Medication)
        .map(|h| h.text.split(" (").next().unwrap_or_default().to_owned())
        .chain(draft.prescriptions.iter().map(|p| p.medication_name.clone()))
        .collect();
    let history: Vec<String> = draft
        .history
        .iter()
        .filter(|h| h.kind != HistoryKind::Medication && !h.negated)
        .map(|h| h.text.replace(": ", " "))
        .chain(
            draft
                .history
                .iter()
                .filter(|h| h.negated && h.text == "smoking")
                .map(|_| "non-smoker".to_owned()),
        )
        .collect();
    json!({ "symptoms": symptoms(&draft), "treatments": treatments, "history": history, "diagnoses": diagnoses(&draft), "procedures": procedures(&draft) })
}

fn symptoms(draft: &Draft) -> Vec<Value> {
    draft
        .symptoms
        .iter()
        .map(|s| json!({ "symptomName": s.symptom_name, "bodySite": s.body_site, "negated": s.negated }))
        .collect()
}

fn diagnoses(draft: &Draft) -> Vec<String> {
    use medrecord_scribe::engine::lexicon::CONDITIONS;
    let mut list: Vec<String> = Vec::new();
    for sentence in &draft.record.diagnosis {
        for found in CONDITIONS.find(&words(&sentence.text)) {
            let name = CONDITIONS.entry(found).name.to_owned();
            if !list.contains(&name) {
                list.push(name);
            }
        }
    }
    list
}

fn procedures(draft: &Draft) -> Vec<String> {
    let mut list: Vec<String> = draft
        .orders
        .iter()
        .filter(|o| o.medication_name.is_none() && !TESTS.find(&words(&o.description)).is_empty())
        .map(|o| o.description.clone())
        .collect();
    list.dedup();
    list
}
