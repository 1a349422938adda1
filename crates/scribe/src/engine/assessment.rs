//! What the clinician thinks it is: conditions named in the part of the visit that is about what to do.

use super::cues::cues;
use super::lexicon::{CONDITIONS, Found, SITES};
use super::negation::assess;
use super::orders::plan_start;
use super::scene::Scene;
use super::text::Sentence;
use crate::transcript::Speaker;

/// One judgement: the condition in the words that were said, and the segments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// "hypertension", "possible pneumonia".
    pub text: String,
    /// Where it was said.
    pub evidence: Vec<usize>,
    entry: usize,
}

/// All judgements, each condition once, in the order in which they were said.
pub fn find(scene: &Scene) -> Vec<Judgement> {
    let plan = plan_start(scene);
    let mut list: Vec<Judgement> = Vec::new();
    let said = scene.sentences.iter().enumerate().skip(plan.min(scene.sentences.len() / 2));
    for (_, sentence) in said.filter(|(_, s)| s.speaker == Speaker::Doctor && !s.text.ends_with('?')) {
        if !sentence.has_cue(cues("assessment.said")) || sentence.has_cue(cues("assessment.bars")) {
            continue;
        }
        for found in CONDITIONS.find(&sentence.words) {
            judge(sentence, found, &mut list);
        }
    }
    list.truncate(6);
    list
}

fn judge(sentence: &Sentence, found: Found, list: &mut Vec<Judgement>) {
    let mention = assess(&sentence.text, &sentence.words, found.start, found.end);
    if mention.negated || mention.other || mention.hypothetical || sentence.word(found.end) == "tenderness" {
        return;
    }
    if let Some(known) = list.iter_mut().find(|j| j.entry == found.entry) {
        if !known.evidence.contains(&sentence.segment) && known.evidence.len() < 3 {
            known.evidence.push(sentence.segment);
        }
        return;
    }
    let side = (found.start.saturating_sub(3)..found.start)
        .find(|&k| {
            matches!(sentence.word(k), "left" | "right" | "acute" | "chronic" | "uncontrolled" | "viral")
                || SITES.at(&sentence.words, k).is_some()
        })
        .unwrap_or(found.start);
    let mut name = sentence.span(side, found.end).to_lowercase();
    if !name.contains(' ') && name.ends_with("ed") {
        // "You sprained your low back."
        let site = (found.end..found.end + 4).find_map(|k| SITES.at(&sentence.words, k));
        let site = site.map(|f| format!("{} ", sentence.span(f.start, f.end).to_lowercase()));
        name = format!("{}{}", site.unwrap_or_default(), CONDITIONS.entry(found).name);
    }
    let doubtful = sentence.has_any(&[
        "might",
        "could be",
        "may be",
        "may have",
        "possible",
        "possibly",
        "suspect",
        "wonder",
        "possibility",
    ]);
    let text = if doubtful { format!("possible {name}") } else { name };
    list.push(Judgement { text, evidence: vec![sentence.segment], entry: found.entry });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transcript::Transcript;

    #[test]
    fn only_the_clinicians_own_judgement_counts() {
        for (text, expected) in [
            ("[doctor] So I think you have pneumonia.", vec!["pneumonia"]),
            ("[doctor] I think this could be a viral infection.", vec!["possible viral infection"]),
            ("[doctor] I don't think you have pneumonia.", vec![]),
            ("[patient] I think I have pneumonia.", vec![]),
            ("[doctor] Do you think you have asthma?", vec![]),
        ] {
            let made: Vec<String> =
                find(&Scene::read(&Transcript::parse(text))).into_iter().map(|j| j.text).collect();
            assert_eq!(made, expected, "{text}");
        }
    }
}
