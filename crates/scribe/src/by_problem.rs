//! The plan in the order of the problems, each sentence under the name of its own.
//!
//! A sentence of the plan belongs to the problem that the clinician named in the same breath, or last before it. What
//! belongs to none, names something else, or came "also", follows behind as it was drafted: nothing is guessed.

use crate::chart::FromChart;
use crate::draft::{Draft, Sentence};
use crate::engine::lexicon::{CONDITIONS, SITES, SYMPTOMS};
use crate::engine::text::{self, words};
use crate::transcript::Speaker;

/// The plan, as drafted items are named.
const PLAN: &str = "treatmentPlan";
/// How many of the clinician's sentences before the order a problem may have been named.
const BACK: usize = 2;

/// A problem as the draft's diagnosis names it.
struct Problem<'d> {
    name: String,
    sentence: &'d Sentence,
}

/// Puts the draft's plan in the order of its diagnoses.
pub fn arrange(draft: &mut Draft) {
    let problems: Vec<Problem<'_>> = draft.record.diagnosis.iter().map(Problem::of).collect();
    let said: Vec<text::Sentence> = text::sentences(&draft.transcript.segments)
        .into_iter()
        .filter(|s| s.speaker != Speaker::Patient)
        .collect();
    let mut under: Vec<(usize, Sentence)> = Vec::new();
    for plan in &draft.record.treatment_plan {
        let place = spoken_of(plan, &problems, &said);
        let problem = place.and_then(|at| problems.get(at));
        let put = problem.map_or_else(|| plan.clone(), |problem| problem.lead(plan));
        // What stands in the chart alone is still known by where it rests.
        let here = |charted: &&mut FromChart| {
            charted.target == PLAN
                && charted.evidence == plan.evidence
                && plan.text.starts_with(&charted.text)
        };
        for charted in draft.from_chart.iter_mut().filter(here) {
            charted.evidence.clone_from(&put.evidence);
            charted.text = put.text.replacen(&plan.text, &charted.text, 1);
        }
        under.push((place.unwrap_or(problems.len()), put));
    }
    under.sort_by_key(|(place, _)| *place);
    draft.record.treatment_plan = under.into_iter().map(|(_, sentence)| sentence).collect();
}

/// Which problem was spoken of where a sentence of the plan was said.
fn spoken_of(plan: &Sentence, problems: &[Problem<'_>], said: &[text::Sentence]) -> Option<usize> {
    let wanted = words(&plan.text);
    let shared = |sentence: &text::Sentence| {
        let has =
            |word: &&text::Word| word.text.len() > 2 && sentence.words.iter().any(|w| w.text == word.text);
        wanted.iter().filter(has).count()
    };
    let (at, here) = said
        .iter()
        .enumerate()
        .filter(|(_, sentence)| plan.evidence.contains(&sentence.segment) && shared(sentence) > 0)
        .max_by_key(|(_, sentence)| shared(sentence))?;
    let named =
        |sentence: &text::Sentence| problems.iter().position(|problem| problem.is_named_by(&sentence.text));
    if let Some(place) = named(here) {
        return Some(place);
    }
    let speaks_of_another =
        [&*CONDITIONS, &*SYMPTOMS, &*SITES].iter().any(|list| !list.find(&here.words).is_empty());
    if speaks_of_another || here.has_any(&["also", "another", "other", "separately", "as well"]) {
        return None;
    }
    // The last illness that was named, where it is one of the problems.
    let is_of_one = |s: &&text::Sentence| named(s).is_some() || !CONDITIONS.find(&s.words).is_empty();
    said.iter().take(at).rev().take(BACK).find(is_of_one).and_then(named)
}

impl<'d> Problem<'d> {
    fn of(sentence: &'d Sentence) -> Self {
        Self { name: sentence.text.trim_end_matches('.').to_owned(), sentence }
    }

    /// Whether a text names it, in these words or as another name of the same.
    fn is_named_by(&self, text: &str) -> bool {
        let entries = |text: &str| -> Vec<usize> {
            CONDITIONS.find(&words(text)).into_iter().map(|found| found.entry).collect()
        };
        let own = entries(&self.name);
        if own.is_empty() {
            return text.to_lowercase().contains(&self.name.to_lowercase());
        }
        let theirs = entries(text);
        own.iter().any(|entry| theirs.contains(entry))
    }

    /// The sentence under the problem's name, resting on what was said of either.
    fn lead(&self, plan: &Sentence) -> Sentence {
        let mut evidence: Vec<usize> = plan.evidence.iter().chain(&self.sentence.evidence).copied().collect();
        evidence.sort_unstable();
        evidence.dedup();
        Sentence { text: format!("{}: {}", self.name, plan.text), evidence, kind: plan.kind }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::VisitContext;
    use crate::transcript::Transcript;

    #[test]
    fn each_part_of_the_plan_stands_under_its_problem_and_what_has_none_follows() {
        let said = "[doctor] What brings you in?\n\
            [patient] I am here for a check-up, and I have a cough.\n\
            [doctor] So for your first problem, your hypertension, I think your hypertension is not at goal.\n\
            [doctor] For your hypertension I'm going to start you on lisinopril ten milligrams once a day.\n\
            [doctor] For your second problem, I think you have bronchitis.\n\
            [doctor] For the bronchitis I'm going to order a chest x-ray.\n\
            [doctor] I also want to order a lipid panel.\n\
            [patient] Okay.";
        let mut draft = crate::draft(&Transcript::parse(said), &VisitContext::default());
        let before = draft.record.treatment_plan.len();
        arrange(&mut draft);
        let plan: Vec<&str> = draft.record.treatment_plan.iter().map(|s| s.text.as_str()).collect();
        assert_eq!(plan.len(), before);
        assert!(plan.iter().any(|s| s.starts_with("Hypertension: ") && s.contains("lisinopril")), "{plan:?}");
        assert!(plan.iter().any(|s| s.starts_with("Bronchitis: ") && s.contains("x-ray")), "{plan:?}");
        let place = |lead: &str| plan.iter().position(|s| s.starts_with(lead));
        assert!(place("Hypertension: ") < place("Bronchitis: "), "{plan:?}");
        let lipids = plan.iter().find(|s| s.contains("lipid")).unwrap();
        assert!(!lipids.contains(':'), "nobody said what it is for: {plan:?}");
        for sentence in &draft.record.treatment_plan {
            assert!(!sentence.evidence.is_empty(), "{sentence:?}");
        }
    }

    #[test]
    fn an_order_for_something_else_is_put_under_no_problem() {
        for (order, is_led) in [
            ("I'm going to prescribe ibuprofen 400 milligrams three times a day.", true),
            ("For your knee, I'm going to prescribe ibuprofen 400 milligrams three times a day.", false),
            ("For your diabetes, I'm going to prescribe metformin 500 milligrams once a day.", false),
        ] {
            let said = format!("[doctor] I think you have bronchitis.\n[doctor] {order}");
            let mut draft = Draft { transcript: Transcript::parse(&said), ..Draft::default() };
            let drafted = |text: &str, at| Sentence {
                text: text.to_owned(),
                evidence: vec![at],
                ..Sentence::default()
            };
            draft.record.diagnosis.push(drafted("Bronchitis.", 0));
            draft.record.treatment_plan.push(drafted(&format!("Prescribe {order}"), 1));
            arrange(&mut draft);
            assert_eq!(draft.record.treatment_plan[0].text.starts_with("Bronchitis: "), is_led, "{order}");
        }
    }
}
