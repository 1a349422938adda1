//! What was said, matters, and stands nowhere in the draft.

use std::collections::BTreeSet;

use super::lexicon::{DRUGS, SYMPTOMS, TESTS};
use super::numbers::number;
use super::scene::Scene;
use super::text::{Sentence, Word, words};
use super::units::Unit;
use crate::draft::{Draft, Omission, OmissionKind, SentenceKind};

/// How many omissions are told at most, the gravest first.
const MOST: usize = 8;

/// The statements that no part of the draft rests on and that a note should hold.
pub fn find(scene: &Scene, units: Vec<Unit>, draft: &Draft) -> Vec<Omission> {
    let cited = cited(draft);
    let written: Vec<String> = draft
        .record
        .fields()
        .iter()
        .flat_map(|(_, list)| list.iter())
        .flat_map(|sentence| words(&sentence.text))
        .map(|word| word.text)
        .collect();
    let mut list: Vec<Omission> = units
        .into_iter()
        .filter(|unit| unit.evidence.iter().all(|segment| !cited.contains(segment)))
        .filter_map(|unit| {
            let sentence = scene.sentence(unit.sentence)?;
            let kind = weight(sentence, &unit.words, &written)?;
            Some(Omission {
                kind,
                text: unit.text,
                field: field(unit.kind).to_owned(),
                evidence: unit.evidence,
            })
        })
        .collect();
    list.sort_by_key(|omission| (omission.kind, omission.evidence.clone()));
    list.dedup_by(|b, a| a.text == b.text);
    list.truncate(MOST);
    list
}

/// All segments that something in the draft rests on.
fn cited(draft: &Draft) -> BTreeSet<usize> {
    let sentences = draft.record.fields().into_iter().flat_map(|(_, list)| list.iter()).map(|s| &s.evidence);
    sentences
        .chain(draft.symptoms.iter().map(|s| &s.evidence))
        .chain(draft.prescriptions.iter().map(|p| &p.evidence))
        .chain(draft.orders.iter().map(|o| &o.evidence))
        .chain(draft.allergies.iter().map(|a| &a.evidence))
        .chain(draft.history.iter().map(|h| &h.evidence))
        .chain(std::iter::once(&draft.vitals.evidence))
        .flatten()
        .copied()
        .collect()
}

/// What makes a statement matter, if anything does.
fn weight(sentence: &Sentence, list: &[Word], written: &[String]) -> Option<OmissionKind> {
    let unwritten = |word: &str| !written.iter().any(|w| w == word);
    let names = |found: Vec<super::lexicon::Found>| {
        found
            .into_iter()
            .any(|f| list.get(f.start..f.end).is_some_and(|part| part.iter().any(|w| unwritten(&w.text))))
    };
    if sentence.has_cue(super::cues::cues("omissions.grave")) {
        Some(OmissionKind::Grave)
    } else if sentence.has_any(&["allergic", "allergy", "allergies"]) {
        Some(OmissionKind::Allergy)
    } else if names(DRUGS.find(list)) {
        Some(OmissionKind::Medicine)
    } else if names(SYMPTOMS.find(list)) {
        Some(OmissionKind::Complaint)
    } else if names(TESTS.find(list)) && (0..list.len()).any(|at| number(list, at).is_some()) {
        Some(OmissionKind::Measurement)
    } else {
        None
    }
}

/// The record's field that a statement belongs to.
fn field(kind: SentenceKind) -> &'static str {
    match kind {
        SentenceKind::Reported | SentenceKind::Denied | SentenceKind::History => "historyOfPresentIllness",
        SentenceKind::Observed | SentenceKind::Result => "physicalExamNotes",
        SentenceKind::Assessment => "diagnosis",
        SentenceKind::Plan => "treatmentPlan",
        SentenceKind::Advice => "patientEducation",
    }
}

#[cfg(test)]
mod tests {
    use crate::draft::{OmissionKind, VisitContext};
    use crate::engine::rank::Choice;
    use crate::engine::weights::Weights;
    use crate::transcript::Transcript;

    #[test]
    fn what_matters_and_is_not_in_the_draft_is_told() {
        let text = "[patient] I have a cough.\n[doctor] How is your mood?\n[patient] Some days I think everyone would be better off without me.\n[doctor] The weather is nice.";
        let nothing = Choice { threshold: 99.0, ..Choice::default() };
        let draft = crate::draft_with(
            &Transcript::parse(text),
            &VisitContext::default(),
            &Weights::default(),
            nothing,
        );
        assert_eq!(draft.omissions.len(), 1, "{:?}", draft.omissions);
        assert_eq!(
            (draft.omissions[0].kind, draft.omissions[0].evidence.as_slice()),
            (OmissionKind::Grave, &[2][..])
        );
        assert_eq!(draft.omissions[0].field, "historyOfPresentIllness");
    }

    #[test]
    fn what_the_draft_holds_is_no_omission() {
        let text = "[patient] I have a cough.\n[doctor] Any fever?\n[patient] No.";
        assert!(crate::draft(&Transcript::parse(text), &VisitContext::default()).omissions.is_empty());
    }
}
