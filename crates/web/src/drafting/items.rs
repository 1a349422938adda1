//! What was drafted as rows of evidence: each sentence and item with the turns it rests on, how it stands against
//! transcript and chart, and what a person must look at or confirm.

use super::number;
use medrecord_clinic::consultation::{CriticalKind, EvidenceKind, LEFT_OUT};
use medrecord_clinic::draft_style::DraftStyle;
use medrecord_clinic::medical_record::NoteField;
use medrecord_scribe::critical::{self, Kind};
use medrecord_scribe::draft::{self, Draft, OmissionKind, OrderType, SymptomDraft};
use medrecord_scribe::speech::{Doubt, DoubtKind};
use medrecord_scribe::{by_problem, style as words};
use medrecord_store::evidence::NewEvidence;
use serde::Serialize;
use serde_json::Value;

/// The scribe's flags that say that the chart speaks against a prescription.
const AGAINST_CHART: [&str; 5] =
    ["allergyConflict", "alreadyTaken", "otherStrength", "stoppedBefore", "unfit"];

/// What an item bears that must be answered before signing although it is not drafted.
const TO_ANSWER: &str = "Said, and not in the draft: accept or reject it before signing";

/// The name under which a sentence in the provider's words keeps those of the scribe.
pub(crate) const DRAFTED_AS: &str = "draftedAs";

/// Stands in front of the words that only the chart says.
const ONLY_CHARTED: &str = "Stands in the chart and was not said in the visit: ";

/// Everything drafted as rows of evidence, in the order of the note and in the provider's style; what rests on nothing
/// is left out.
pub(crate) fn items(draft: &Draft, style: &DraftStyle) -> Vec<NewEvidence> {
    let mut items = sentences(draft, style);
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
            OmissionKind::Grave | OmissionKind::Allergy => TO_ANSWER,
            OmissionKind::Medicine | OmissionKind::Complaint | OmissionKind::Measurement => LEFT_OUT,
        };
        left.flags.insert(0, words.to_owned());
        left
    }));
    items.retain(|item| !item.segments.is_empty() && !item.text.trim().is_empty());
    items
}

/// The sentences of the note's sections: in the provider's words, the plan by problem where that is wished, and those
/// of sections that the provider does not want drafted as offers beside the draft; what speaks of suicide or of an allergy
/// is answered all the same.
fn sentences(draft: &Draft, style: &DraftStyle) -> Vec<NewEvidence> {
    let mut arranged = draft.clone();
    if style.by_problem {
        by_problem::arrange(&mut arranged);
    }
    let sound: Vec<_> = style.wordings.iter().filter(|own| words::check(own).is_ok()).cloned().collect();
    let mut items = Vec::new();
    for (field, sentences) in arranged.record.fields() {
        let is_left_out = field.parse::<NoteField>().is_ok_and(|section| style.left_out.contains(&section));
        for sentence in sentences {
            let own = words::write(&sentence.text, &sound);
            let before = own.as_ref().map(|_| serde_json::json!({ DRAFTED_AS: sentence.text }));
            let mut item = item(&arranged, field, sentence.text.clone(), before, &sentence.evidence);
            if is_left_out {
                let answer = if is_grave(&item) { TO_ANSWER } else { LEFT_OUT };
                item.flags.insert(0, answer.to_owned());
            }
            if let Some(own) = own {
                item.to_confirm = to_confirm(&arranged, field, &own, &sentence.evidence);
                item.text = own;
            }
            items.push(item);
        }
    }
    items
}

/// Whether an item speaks of suicide or of an allergy.
fn is_grave(item: &NewEvidence) -> bool {
    item.text.to_lowercase().contains("allerg")
        || item.to_confirm.iter().any(|(kind, _)| *kind == CriticalKind::Suicidality)
}

/// An item that rests on words the speech engine was not sure of says so.
pub(super) fn mark_doubts(item: &mut NewEvidence, doubts: &[Doubt]) {
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
    let to_confirm = to_confirm(draft, target, &text, evidence);
    let against = |flag: &&draft::Flag| AGAINST_CHART.contains(&flag.code.as_str());
    let contradicts = target == "prescription" && about.iter().any(against);
    // A name that had to be guessed is not what was said.
    let guessed = target == "prescription" && about.iter().any(|flag| flag.code == "soundAlike");
    let charted = draft.from_chart.iter().find(|charted| {
        charted.target == target && charted.evidence == evidence && text.starts_with(&charted.text)
    });
    let kind = match (contradicts, guessed, charted) {
        (true, _, _) => EvidenceKind::Contradicts,
        (false, true, _) => EvidenceKind::Unsupported,
        (false, false, Some(_)) => EvidenceKind::ChartOnly,
        (false, false, None) => EvidenceKind::Supported,
    };
    let mut flags: Vec<String> = about.into_iter().map(|flag| flag.message.clone()).collect();
    flags.extend(charted.map(|charted| format!("{ONLY_CHARTED}{}", charted.words.join(", "))));
    NewEvidence {
        target: target.to_owned(),
        text,
        payload,
        segments: evidence.iter().map(|at| number(*at)).collect(),
        start_ms: evidence.iter().filter_map(segment).filter_map(|s| millis(s.start_ms)).min(),
        end_ms: evidence.iter().filter_map(segment).filter_map(|s| millis(s.end_ms)).max(),
        kind,
        flags,
        to_confirm,
    }
}

/// The words of a text that nobody said so in the turns it rests on.
fn to_confirm(draft: &Draft, target: &str, text: &str, evidence: &[usize]) -> Vec<(CriticalKind, String)> {
    let said: Vec<&str> = evidence
        .iter()
        .filter_map(|at| draft.transcript.segments.get(*at))
        .map(|s| s.text.as_str())
        .collect();
    let unsaid = critical::unsaid(target, text, &said).into_iter();
    unsaid.map(|(kind, words)| (critical_kind(kind), words)).collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use medrecord_clinic::draft_style::OwnWordingDetails;
    use medrecord_scribe::chart::{ChartMedicine, FromChart};
    use medrecord_scribe::draft::VisitContext;
    use medrecord_scribe::transcript::Transcript;

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
        let items = items(&draft, &DraftStyle::default());
        let medicine = items.iter().find(|item| item.target == "prescription").unwrap();
        assert_eq!(medicine.kind, EvidenceKind::Contradicts);
        let left = items.iter().find(|item| item.text == "Patient hears voices.").unwrap();
        assert_eq!(left.target, "historyOfPresentIllness");
        assert!(left.flags[0].starts_with("Said, and not in the draft"));
    }

    #[test]
    fn sentences_stand_in_the_providers_words_and_unwanted_sections_are_offered_beside_the_draft() {
        let text = "[patient] I have a cough and I feel short of breath.\n[doctor] I think you have bronchitis.\n\
            [doctor] For the bronchitis I'm going to order a chest x-ray. Drink plenty of fluids.\n[patient] Okay.";
        let draft = medrecord_scribe::draft(&Transcript::parse(text), &VisitContext::default());
        let usual = items(&draft, &DraftStyle::default());
        let plan = |items: &[NewEvidence]| -> Vec<String> {
            items.iter().filter(|item| item.target == "treatmentPlan").map(|item| item.text.clone()).collect()
        };
        assert!(plan(&usual).iter().any(|text| text == "Order chest x-ray."), "{:?}", plan(&usual));
        assert!(usual.iter().all(|item| !item.flags.iter().any(|flag| flag == LEFT_OUT)));
        let wording = OwnWordingDetails { drafted: "chest x-ray".to_owned(), written: "CXR".to_owned() };
        let style = DraftStyle {
            wordings: vec![wording],
            left_out: vec![NoteField::ChiefComplaint],
            by_problem: true,
        };
        let own = items(&draft, &style);
        assert_eq!(own.len(), usual.len(), "nothing is lost");
        let changed = own.iter().find(|item| item.text == "Bronchitis: Order CXR.").unwrap();
        assert_eq!(
            changed.payload,
            Some(serde_json::json!({ "draftedAs": "Bronchitis: Order chest x-ray." }))
        );
        let complaints: Vec<&NewEvidence> =
            own.iter().filter(|item| item.target == "chiefComplaint").collect();
        assert!(!complaints.is_empty());
        assert!(complaints.iter().all(|item| item.flags.first().is_some_and(|flag| flag == LEFT_OUT)));
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

    #[test]
    fn what_only_the_chart_says_is_marked_and_confirmed_word_by_word() {
        let text = "[doctor] We will continue your metformin.\n[patient] Okay.";
        let context = VisitContext {
            known_medications: vec!["Metformin".to_owned()],
            medicines: vec![ChartMedicine {
                name: "Metformin".to_owned(),
                strength: Some("500 mg".to_owned()),
                dosage: None,
                frequency: Some("twice a day".to_owned()),
            }],
            ..VisitContext::default()
        };
        let draft = medrecord_scribe::draft(&Transcript::parse(text), &context);
        let items = items(&draft, &DraftStyle::default());
        let medicine = items.iter().find(|item| item.target == "prescription").unwrap();
        assert_eq!(
            (medicine.kind, medicine.text.as_str()),
            (EvidenceKind::ChartOnly, "metformin, 500 mg, twice a day")
        );
        assert!(
            medicine.flags.iter().any(|flag| flag.ends_with("500 mg, twice a day")),
            "{:?}",
            medicine.flags
        );
        assert!(
            medicine.to_confirm.contains(&(CriticalKind::Dose, "500".to_owned())),
            "{:?}",
            medicine.to_confirm
        );
        let others = items.iter().filter(|item| item.target != "prescription");
        assert!(others.clone().all(|item| item.kind == EvidenceKind::Supported));
    }

    #[test]
    fn own_words_and_problems_leave_the_mark_of_what_only_the_chart_says() {
        let text = "[patient] I have a cough.\n[doctor] I think you have bronchitis.\n\
            [doctor] For the bronchitis I'm going to order a chest x-ray.";
        let mut draft = medrecord_scribe::draft(&Transcript::parse(text), &VisitContext::default());
        let plan = draft.record.treatment_plan.iter().find(|s| s.text == "Order chest x-ray.").unwrap();
        draft.from_chart.push(FromChart {
            target: "treatmentPlan".to_owned(),
            text: plan.text.clone(),
            words: vec!["chest x-ray".to_owned()],
            evidence: plan.evidence.clone(),
        });
        let wording = OwnWordingDetails { drafted: "chest x-ray".to_owned(), written: "CXR".to_owned() };
        let own = DraftStyle { wordings: vec![wording], left_out: Vec::new(), by_problem: true };
        for (style, wanted) in
            [(DraftStyle::default(), "Order chest x-ray."), (own, "Bronchitis: Order CXR.")]
        {
            let items = items(&draft, &style);
            let found = items.iter().find(|item| item.text == wanted).unwrap();
            assert_eq!(found.kind, EvidenceKind::ChartOnly, "{found:?}");
            assert!(found.flags.iter().any(|flag| flag.starts_with(ONLY_CHARTED)), "{found:?}");
        }
    }

    #[test]
    fn thoughts_of_suicide_are_answered_in_a_section_that_is_not_drafted() {
        let text = "[patient] I have a cough and I have been thinking about killing myself.\n[doctor] Thank you for telling me.";
        let draft = medrecord_scribe::draft(&Transcript::parse(text), &VisitContext::default());
        let style = DraftStyle { left_out: NoteField::ALL.to_vec(), ..DraftStyle::default() };
        let items = items(&draft, &style);
        let grave: Vec<_> =
            items.iter().filter(|item| item.target != "symptom" && item.text.contains("suicid")).collect();
        assert!(!grave.is_empty(), "{items:?}");
        for item in grave {
            assert!(item.flags.iter().any(|flag| flag == TO_ANSWER), "{item:?}");
        }
    }
}
