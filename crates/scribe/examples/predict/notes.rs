//! Whole notes: the record's fields and the items beside them.

use medrecord_scribe::draft::{Draft, HistoryKind, Sentence, SentenceKind, Sex, VisitContext};
use medrecord_scribe::engine::numbers::with_digits;
use medrecord_scribe::engine::rank::Choice;
use medrecord_scribe::render;
use serde_json::{Value, json};

use crate::{Item, Setup, text, transcript};

/// What the chart would know of the patient.
pub(crate) fn context(item: &Item) -> VisitContext {
    let sex = match text(&item["patient"], "gender") {
        "male" => Some(Sex::Male),
        "female" => Some(Sex::Female),
        _ => None,
    };
    VisitContext { sex, ..VisitContext::default() }
}

/// The note of one visit.
pub(crate) fn predict(item: &Item, setup: &Setup) -> Value {
    let draft = setup.draft(&transcript(item), &context(item));
    let currents: Vec<String> = draft
        .history
        .iter()
        .filter(|h| h.kind == HistoryKind::Medication)
        .map(|h| h.text.split(" (").next().unwrap_or_default().to_owned())
        .collect();
    json!({
        "note": render::text(&draft),
        "record": record(&draft),
        "medications": draft.prescriptions.iter().map(|p| p.generic_name.clone().unwrap_or_else(|| p.medication_name.clone())).collect::<Vec<_>>(),
        "currentMedications": currents,
        "vitals": vitals(&draft),
        "symptoms": draft.symptoms.iter().map(|s| json!({"symptomName": s.symptom_name, "negated": s.negated, "evidence": s.evidence})).collect::<Vec<_>>(),
    })
}

fn join<'a>(sentences: impl Iterator<Item = &'a Sentence>) -> String {
    sentences.map(|s| s.text.as_str()).collect::<Vec<_>>().join("\n")
}

fn record(draft: &Draft) -> Value {
    let r = &draft.record;
    json!({
        "chiefComplaint": join(r.chief_complaint.iter()),
        "historyOfPresentIllness": join(r.history_of_present_illness.iter()),
        "reviewOfSystems": join(r.review_of_systems.iter()),
        "physicalExamNotes": join(r.physical_exam_notes.iter().filter(|s| s.kind != SentenceKind::Result)),
        "results": join(r.physical_exam_notes.iter().filter(|s| s.kind == SentenceKind::Result)),
        "diagnosis": join(r.diagnosis.iter()),
        "treatmentPlan": join(r.treatment_plan.iter().chain(&r.patient_education)),
        "followUpInstructions": join(r.follow_up_instructions.iter()),
    })
}

/// The measurements; temperature and weight in the unit that was said, as the evaluation has them.
fn vitals(draft: &Draft) -> Value {
    let v = &draft.vitals;
    let said = |name: &str| {
        v.as_said
            .get(name)
            .and_then(|said| with_digits(said).split_whitespace().next().and_then(|n| n.parse::<f64>().ok()))
    };
    let mut made = json!({
        "bloodPressureSystolic": v.blood_pressure_systolic,
        "bloodPressureDiastolic": v.blood_pressure_diastolic,
        "heartRate": v.heart_rate,
        "temperature": said("temperature"),
        "respiratoryRate": v.respiratory_rate,
        "oxygenSaturation": v.oxygen_saturation,
        "bmi": v.bmi,
        "weight": said("weight"),
    });
    if let Some(object) = made.as_object_mut() {
        object.retain(|_, value| !value.is_null());
    }
    made
}

/// The whole draft as text, for facts that may stand anywhere in it.
pub(crate) fn facts(item: &Item, setup: &Setup) -> Value {
    let draft =
        medrecord_scribe::draft_with(&transcript(item), &context(item), &setup.weights, Choice::full());
    json!({ "note": render::text(&draft) })
}
