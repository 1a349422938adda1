//! Visits with traps, written for this project, and whether a draft falls into one.
//!
//! The visits stand in `data/traps.txt`. A practice runs them with `medrecord scribe-bench` after changing a model.

use crate::draft::{Draft, MedicationAction, OrderType, Sex, VisitContext};
use crate::engine::lexicon::DRUGS;
use crate::engine::numbers::number;
use crate::engine::text::{Word, clean, words};
use crate::transcript::Transcript;

/// A visit of the project's own with what must hold of its draft.
#[derive(Clone, Debug, Default)]
pub struct Trap {
    /// What the trap is.
    pub name: String,
    /// What is said.
    pub transcript: Transcript,
    /// What the chart holds.
    pub context: VisitContext,
    expected: Vec<String>,
}

/// All traps, in the order of the file.
pub fn traps() -> Vec<Trap> {
    let text = include_str!("../data/traps.txt");
    text.split("\n== ").skip(1).map(trap).collect()
}

fn trap(block: &str) -> Trap {
    let (name, rest) = block.split_once('\n').unwrap_or((block, ""));
    let mut trap = Trap { name: name.trim().to_owned(), ..Trap::default() };
    let mut turns = Vec::new();
    for line in rest.lines().map(str::trim) {
        match line.strip_prefix("> ") {
            Some(rule) => match rule.strip_prefix("chart ") {
                Some(fact) => chart(fact, &mut trap.context),
                None => trap.expected.push(rule.to_owned()),
            },
            None => turns.push(line),
        }
    }
    trap.transcript = Transcript::parse(&turns.join("\n"));
    trap
}

fn chart(fact: &str, context: &mut VisitContext) {
    match fact.split_once(' ') {
        Some(("allergy", what)) => context.allergies.push(what.to_owned()),
        Some(("takes", what)) => context.known_medications.push(what.to_owned()),
        Some(("stopped", what)) => context.stopped_medications.push(what.to_owned()),
        Some((sex, age)) => {
            context.sex = Some(if sex == "female" { Sex::Female } else { Sex::Male });
            context.age_years = age.parse().ok();
        }
        None => {}
    }
}

impl Trap {
    /// What does not hold of a draft of this visit; empty when no trap was fallen into.
    pub fn failures(&self, draft: &Draft) -> Vec<String> {
        let mut list: Vec<String> =
            self.expected.iter().filter(|rule| !holds(rule, draft)).cloned().collect();
        list.extend(unproven(draft));
        list
    }
}

/// Whether one rule of the file holds.
fn holds(rule: &str, draft: &Draft) -> bool {
    let complaint = |name: &str, negated: bool| {
        draft.symptoms.iter().any(|s| s.symptom_name == name && s.negated == negated)
    };
    let returns = || draft.orders.iter().filter(|o| o.order_type == OrderType::FollowUp);
    let pressure = (draft.vitals.blood_pressure_systolic, draft.vitals.blood_pressure_diastolic);
    let flagged = |code: &str| draft.flags.iter().any(|flag| flag.code == code);
    match rule {
        "nothing" => sentences(draft) == 0 && draft.symptoms.is_empty() && draft.prescriptions.is_empty(),
        "no returns" => returns().next().is_none(),
        "no blood pressure" => pressure == (None, None),
        _ => {
            let (verb, what) = match rule.strip_prefix("not ").or_else(|| rule.strip_prefix("no ")) {
                Some(rest) => {
                    let (verb, what) = rest.split_once(' ').unwrap_or((rest, ""));
                    return match verb {
                        "present" => !complaint(what, false),
                        "prescribed" => !ordered(what, draft),
                        "flag" => !flagged(what),
                        _ => false,
                    };
                }
                None => rule.split_once(' ').unwrap_or((rule, "")),
            };
            match verb {
                "present" => complaint(what, false),
                "denied" => complaint(what, true),
                "prescribes" => prescribes(what, draft),
                "stops" => draft
                    .prescriptions
                    .iter()
                    .any(|p| p.medication_name == what && p.action == MedicationAction::Stop),
                "taking" => draft.history.iter().any(|h| h.text.starts_with(what)),
                "allergy" => draft.allergies.iter().any(|a| a.allergen == what && !a.negated),
                "flag" => flagged(what),
                "returns" => {
                    returns().any(|o| crate::engine::numbers::with_digits(&o.description).contains(what))
                }
                "blood" => {
                    let said = pressure.0.zip(pressure.1).map(|(s, d)| format!("pressure {s}/{d}"));
                    said.as_deref() == Some(what)
                }
                _ => false,
            }
        }
    }
}

/// "lisinopril 20 mg": started, continued or changed, with this strength.
fn prescribes(what: &str, draft: &Draft) -> bool {
    let (name, strength) = what.split_once(' ').unwrap_or((what, ""));
    draft.prescriptions.iter().any(|p| {
        p.medication_name == name
            && p.action != MedicationAction::Stop
            && (strength.is_empty() || p.strength.as_deref() == Some(strength))
    })
}

/// Whether a medicine is ordered in any part of the draft.
fn ordered(name: &str, draft: &Draft) -> bool {
    draft.prescriptions.iter().any(|p| p.medication_name == name && p.action != MedicationAction::Stop)
        || draft
            .orders
            .iter()
            .any(|o| o.medication_name.as_deref() == Some(name) && !o.description.starts_with("stop"))
}

/// How many sentences a draft's record holds.
pub fn sentences(draft: &Draft) -> usize {
    draft.record.fields().iter().map(|(_, list)| list.len()).sum()
}

/// Sentences and items without evidence, and medicines and doses that nobody said: none may ever be.
pub fn unproven(draft: &Draft) -> Vec<String> {
    let mut list = without_evidence(draft);
    list.extend(invented(draft));
    list
}

/// Sentences and items that rest on nothing.
pub fn without_evidence(draft: &Draft) -> Vec<String> {
    let sentences = draft.record.fields().into_iter().flat_map(|(_, list)| list.iter());
    let sentences = sentences.map(|sentence| (&sentence.text, &sentence.evidence));
    let symptoms = draft.symptoms.iter().map(|item| (&item.symptom_name, &item.evidence));
    let medicines = draft.prescriptions.iter().map(|item| (&item.medication_name, &item.evidence));
    let orders = draft.orders.iter().map(|item| (&item.description, &item.evidence));
    let allergies = draft.allergies.iter().map(|item| (&item.allergen, &item.evidence));
    let history = draft.history.iter().map(|item| (&item.text, &item.evidence));
    let all = sentences.chain(symptoms).chain(medicines).chain(orders).chain(allergies).chain(history);
    let here = 0..draft.transcript.segments.len();
    all.filter(|(_, evidence)| evidence.is_empty() || evidence.iter().any(|at| !here.contains(at)))
        .map(|(text, _)| format!("without evidence: {text}"))
        .collect()
}

/// Medicines and doses of a draft that stand nowhere in the whole transcript, whatever the draft cites.
pub fn invented(draft: &Draft) -> Vec<String> {
    let said: Vec<Vec<Word>> =
        draft.transcript.segments.iter().map(|segment| words(&clean(&segment.text).to_lowercase())).collect();
    let values: Vec<f64> = said
        .iter()
        .flat_map(|turn| (0..turn.len()).filter_map(|at| number(turn, at)).map(|n| n.value))
        .collect();
    let sentences = draft.record.fields().into_iter().flat_map(|(_, list)| list.iter().map(|s| &s.text));
    let orders = draft.orders.iter().map(|order| &order.description);
    let history = draft.history.iter().map(|item| &item.text);
    let mut list: Vec<String> = Vec::new();
    for text in sentences.chain(orders).chain(history) {
        let text = words(&clean(text).to_lowercase());
        let named = DRUGS.find(&text).into_iter().filter_map(|found| text.get(found.start..found.end));
        list.extend(named.filter(|name| !is_said(name, &said)).map(|name| invention("medicine", name)));
    }
    for prescription in &draft.prescriptions {
        let name = words(&prescription.medication_name.to_lowercase());
        if !is_said(&name, &said) {
            list.push(invention("medicine", &name));
        }
        let parts =
            [&prescription.strength, &prescription.dosage, &prescription.frequency, &prescription.duration];
        for word in parts.into_iter().flatten().flat_map(|part| words(part)) {
            let digits = word.text.trim_end_matches(char::is_alphabetic).parse::<f64>();
            let unsaid = |value: f64| {
                !values.iter().any(|heard| (heard - value).abs() < 1e-6)
                    && !said.iter().flatten().any(|heard| heard.text == word.text)
            };
            if digits.is_ok_and(unsaid) {
                list.push(format!("invented dose: {} {}", prescription.medication_name, word.text));
            }
        }
    }
    list
}

fn invention(what: &str, name: &[Word]) -> String {
    let name: Vec<&str> = name.iter().map(|word| word.text.as_str()).collect();
    format!("invented {what}: {}", name.join(" "))
}

/// Whether a medicine is named in any turn, by this name or another one.
fn is_said(name: &[Word], said: &[Vec<Word>]) -> bool {
    let entry = DRUGS.find(name).first().map(|found| found.entry);
    said.iter().any(|turn| {
        name.iter().all(|word| turn.iter().any(|heard| heard.text == word.text))
            || entry.is_some_and(|entry| DRUGS.find(turn).iter().any(|found| found.entry == entry))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_draft_falls_into_a_trap() {
        let all = traps();
        assert!(all.len() >= 35);
        let mut fallen = Vec::new();
        for trap in &all {
            assert!(!trap.expected.is_empty(), "{} expects nothing", trap.name);
            let failures = trap.failures(&crate::draft(&trap.transcript, &trap.context));
            if !failures.is_empty() {
                fallen.push(format!("{}: {failures:?}", trap.name));
            }
        }
        assert!(fallen.is_empty(), "{}", fallen.join("\n"));
    }

    #[test]
    fn a_draft_that_invents_is_caught() {
        let mut draft =
            crate::draft(&Transcript::parse("[patient] I have a cough."), &VisitContext::default());
        draft.prescriptions.push(crate::draft::PrescriptionDraft {
            medication_name: "oxycodone".to_owned(),
            evidence: vec![0],
            ..crate::draft::PrescriptionDraft::default()
        });
        assert_eq!(unproven(&draft), ["invented medicine: oxycodone"]);
        assert!(!holds("not prescribed oxycodone", &draft));
        assert!(!holds("unheard of rule", &draft));
        draft.prescriptions.clear();
        draft.record.treatment_plan.push(crate::draft::Sentence {
            text: "Start warfarin.".to_owned(),
            ..crate::draft::Sentence::default()
        });
        assert_eq!(unproven(&draft), ["without evidence: Start warfarin.", "invented medicine: warfarin"]);
    }

    #[test]
    fn a_dose_that_nobody_said_is_caught() {
        let text = "[doctor] I'm going to prescribe lisinopril twenty milligrams once a day.";
        let mut draft = crate::draft(&Transcript::parse(text), &VisitContext::default());
        assert_eq!(draft.prescriptions.len(), 1);
        assert!(unproven(&draft).is_empty());
        draft.prescriptions[0].strength = Some("200 mg".to_owned());
        assert_eq!(unproven(&draft), ["invented dose: lisinopril 200"]);
    }
}
