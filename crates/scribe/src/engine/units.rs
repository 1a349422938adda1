//! Every statement that a note could hold, in its wording, with its evidence and its kind.
//!
//! One statement comes from one sentence, or from a question with its answer. Which of them stay is decided in
//! [`super::rank`].

use super::cues::cues;
use super::lexicon::{CONDITIONS, DRUGS, SITES, SYMPTOMS, TESTS};
use super::orders::plan_start;
use super::scene::{self, Answer, Reply, Scene};
use super::statements;
use super::text::{Sentence, Word};
use super::wording::{self, Person};
use crate::draft::{Flag, SentenceKind};
use crate::transcript::Speaker;

/// A statement that a note could hold.
#[derive(Clone, Debug)]
pub struct Unit {
    /// The note's wording.
    pub text: String,
    /// The words of the wording.
    pub words: Vec<Word>,
    /// Segments it comes from.
    pub evidence: Vec<usize>,
    /// What sort of statement it is.
    pub kind: SentenceKind,
    /// Which sentence it comes from.
    pub sentence: usize,
    /// Whether it speaks of coming back.
    pub comes_back: bool,
    /// Whether it says little by itself: "A few drinks.", "2 days ago."
    pub piece: bool,
}

/// All statements of a visit, in order.
pub fn all(scene: &Scene, person: Person) -> Vec<Unit> {
    let plan = plan_start(scene);
    let mut list = Vec::new();
    for (at, sentence) in scene.sentences.iter().enumerate() {
        let unit = if sentence.speaker == Speaker::Doctor {
            match scene.reply(at) {
                Some(reply) => answered(scene, at, sentence, reply, person),
                None if sentence.text.ends_with('?')
                    && !sentence.has_any(&["okay", "all right", "alright"]) =>
                {
                    None
                }
                None if sentence.question && sentence.words.len() < 14 && !sentence.text.ends_with('?') => {
                    None
                }
                None => clinicians(at, sentence, at >= plan, person),
            }
        } else {
            patients(scene, at, sentence, person)
        };
        let Some(mut unit) = unit.filter(|_| may_stand(sentence)) else { continue };
        unit.words = super::text::words(&unit.text);
        if stands(sentence, &unit) {
            unit.piece = unit.piece || fragment(sentence, &unit, &unit.words);
            list.push(unit);
        }
    }
    list
}

fn unit(text: String, evidence: Vec<usize>, kind: SentenceKind, sentence: usize) -> Unit {
    let mut evidence = evidence;
    evidence.sort_unstable();
    evidence.dedup();
    Unit { text, words: Vec::new(), evidence, kind, sentence, comes_back: false, piece: false }
}

/// Flags words that were meant for a machine that listens.
pub fn injected(scene: &Scene) -> Vec<Flag> {
    let said = scene.sentences.iter().filter(|s| s.has_cue(cues("units.injected")));
    said.map(|sentence| Flag {
        code: "spokenToScribe".to_owned(),
        message: "somebody told the scribe what to write; it was not followed".to_owned(),
        evidence: vec![sentence.segment],
    })
    .collect()
}

/// Whether a sentence could give a statement at all: no small talk, no words about the visit itself.
fn may_stand(sentence: &Sentence) -> bool {
    let own = sentence.speaker == Speaker::Doctor;
    if sentence.has_cue(cues("units.injected")) || sentence.has_cue(cues("units.small")) {
        return false;
    }
    !(own || sentence.words.len() < 12)
        || !sentence.has_cue(cues("units.process"))
        || sentence.has_cue(cues("units.worth"))
}

/// Whether a statement can be read by itself: about the patient, in the third person, and not cut off.
fn stands(sentence: &Sentence, unit: &Unit) -> bool {
    let own = sentence.speaker == Speaker::Doctor;
    let words = &unit.words;
    let has = |list: &[&str]| words.iter().any(|w| list.contains(&w.text.as_str()));
    if own && has(&["i", "i'm", "i've", "i'd", "i'll", "my", "me"]) || !own && has(&["you", "your", "you're"])
    {
        return false;
    }
    let hangs = cues("units.hanging").at(words, 0).next().is_some();
    let never =
        ["why", "which", "who", "once"].iter().any(|open| words.first().is_some_and(|w| w.text == *open));
    words.len() >= 2 && !never && (!hangs || unit.text.contains(',') && words.len() > 9)
}

/// Whether a statement is a piece that says nothing by itself: "A few drinks.", "2 days ago.", "On the foot exam."
fn fragment(sentence: &Sentence, unit: &Unit, words: &[Word]) -> bool {
    if sentence.speaker == Speaker::Doctor {
        let verb = words.iter().any(|w| cues("text.states").contains(&w.text.as_str()));
        return unit.text.starts_with("On ") && !verb
            || ["Patient is ", "This is ", "Next patient is "]
                .iter()
                .any(|open| unit.text.starts_with(open))
                && words.len() <= 5
                && sentence.segment == 0;
    }
    let lists = [&SYMPTOMS, &CONDITIONS, &SITES, &TESTS, &DRUGS];
    let told = words.iter().any(|w| cues("units.telling").contains(&w.text.as_str()));
    let counted = words.iter().any(|w| w.text.starts_with(|c: char| c.is_ascii_digit()));
    let most = if counted { 4 } else { 5 };
    words.len() <= most
        && !told
        && !unit.text.contains(':')
        && lists.iter().all(|list| list.find(words).is_empty())
}

/// A question of the clinician with a plain yes or no.
fn answered(scene: &Scene, at: usize, sentence: &Sentence, reply: &Reply, person: Person) -> Option<Unit> {
    let yes = match reply.answer {
        Answer::Yes => true,
        Answer::No => false,
        Answer::Open => return None,
    };
    let mut evidence = vec![sentence.segment];
    evidence.extend(&reply.segments);
    let named = SYMPTOMS.find(&sentence.words);
    let kind = if yes { SentenceKind::Reported } else { SentenceKind::Denied };
    let text = match statements::statement(&sentence.text, yes, person) {
        Some(text) => text,
        None if !named.is_empty() && !yes => {
            let names: Vec<String> = named
                .iter()
                .map(|f| sentence.span(f.start, f.end).to_lowercase().replace("your ", ""))
                .collect();
            wording::finish(&format!("denies {}", names.join(", ")))
        }
        None => return None,
    };
    let turned = |k: &usize| {
        scene.sentence(*k).is_some_and(|s| {
            !SYMPTOMS.find(&s.words).is_empty()
                && s.has_any(&["but", "no", "not", "haven't", "don't", "just"])
        })
    };
    let told_apart = yes && !named.is_empty() && reply.sentences.iter().any(turned);
    if told_apart || yes && named.len() > 1 || text.split_whitespace().count() < 3 && named.is_empty() {
        return None;
    }
    Some(unit(text, evidence, kind, at))
}

/// A short answer gets its meaning from the question.
const LABELS: &[(&[&str], &str)] = &[
    (&["family history", "run in your family", "in the family", "in your family"], "Family history"),
    (&["how long", "for how long"], "Duration"),
    (&["when did", "when was", "since when"], "Onset"),
    (&["scale", "how severe", "how bad"], "Severity"),
    (&["where", "which side", "what side", "which knee", "which part"], "Location"),
    (&["how often", "how many times", "how frequently"], "Frequency"),
    (&["how many", "how much"], "Amount"),
    (&["medications", "what medication", "what medicine"], "Medications"),
    (&["better"], "Better with"),
    (&["worse"], "Worse with"),
    (&["describe"], "Described as"),
    (&["what color", "what colour"], "Color"),
    (&["live with", "living situation", "who do you live"], "Lives with"),
    (&["for work", "occupation", "do for a living", "job"], "Occupation"),
    (&["how old"], "Age"),
];

/// The patient's own statement.
fn patients(scene: &Scene, at: usize, sentence: &Sentence, person: Person) -> Option<Unit> {
    if sentence.text.ends_with('?') {
        return None;
    }
    let spoken = whose(scene, at, sentence).unwrap_or_else(|| sentence.text.clone());
    let text = wording::patient(&spoken, person);
    let length = text.split_whitespace().count();
    let question = scene.asked_by.get(at).copied().flatten().and_then(|k| scene.sentence(k));
    if question.is_some_and(|q| q.has_cue(cues("units.small"))) {
        return None;
    }
    let kind = if sentence.has_any(&["no", "not", "don't", "haven't", "didn't", "never"]) {
        SentenceKind::Denied
    } else {
        SentenceKind::Reported
    };
    if length <= 5
        && let Some(question) = question
    {
        let empty = super::rank::content(&text).iter().all(|w| cues("units.empty").contains(&w.as_str()));
        if empty || !question.question {
            return None;
        }
        if question.has_cue(cues("units.lastly")) {
            return None;
        }
        let Some(label) = LABELS.iter().find(|(cues, _)| question.has_any(cues)).map(|(_, label)| *label)
        else {
            return Some(unit(text, vec![question.segment, sentence.segment], kind, at));
        };
        let open = !label.ends_with("with") || label == "Lives with" || question.has_cue(cues("units.makes"));
        let denied = scene::classify(sentence) == Answer::No;
        if sentence.has_cue(cues("units.unknowing")) || !open || denied {
            return None;
        }
        if text.starts_with("Patient") {
            return Some(unit(text, vec![question.segment, sentence.segment], kind, at));
        }
        let mut chars = text.chars();
        let small: String = chars.next()?.to_lowercase().collect();
        let said = format!("{small}{}", chars.as_str());
        let plain =
            ["with ", "it started ", "that was ", "it was "].iter().find_map(|open| said.strip_prefix(open));
        let text = format!("{label}: {}", plain.unwrap_or(&said));
        return Some(unit(text, vec![question.segment, sentence.segment], kind, at));
    }
    (length >= 3).then(|| unit(text, vec![sentence.segment], kind, at))
}

/// "My father. He has diabetes." is about the father: the second sentence with the relative in the pronoun's place.
fn whose(scene: &Scene, at: usize, sentence: &Sentence) -> Option<String> {
    let who = super::family::told_just_before(scene, at, sentence)?;
    let (_, rest) = sentence.text.split_once(' ')?;
    Some(format!("{who} {rest}"))
}

/// The clinician's own statement.
fn clinicians(at: usize, sentence: &Sentence, planning: bool, person: Person) -> Option<Unit> {
    let asked = cues("units.asking").iter().filter_map(|cue| sentence.find_from(cue, 0)).min();
    let said = asked.map_or(sentence.text.as_str(), |k| sentence.span(0, k));
    let text = wording::clinician(said, person);
    if text.split_whitespace().count() < 4
        || sentence.has_any(&[
            "hey dragon show",
            "nice to meet",
            "good to see you",
            "any questions",
            "take care",
        ])
    {
        return None;
    }
    let words = &sentence.words;
    let exam = sentence.has_cue(cues("units.exam"))
        || sentence.has_any(&["your heart", "your lung", "your knee", "your abdomen", "on your"])
            && !SITES.find(words).is_empty();
    let result = !TESTS.find(words).is_empty() && sentence.has_cue(cues("units.result"))
        || sentence.has("x ray") && sentence.has_any(&["normal", "fracture", "alignment", "fractures"]);
    let assess = sentence.has_cue(cues("units.assess"))
        && (!CONDITIONS.find(words).is_empty() || planning && !SYMPTOMS.find(words).is_empty());
    let orders = ["Will ", "Advised ", "Recommend ", "Suggest ", "Refer", "Order "]
        .iter()
        .any(|open| text.starts_with(open));
    let mut idle = false;
    let kind = if orders && (planning || sentence.has_any(&["prescribe", "prescription", "order", "refer"])) {
        SentenceKind::Plan
    } else if result {
        SentenceKind::Result
    } else if exam && !sentence.has_any(&["prescribe", "order", "i want you to", "take", "increase"]) {
        SentenceKind::Observed
    } else if assess && !sentence.has_any(&["prescribe", "order", "start", "increase", "refer"]) {
        if planning { SentenceKind::Assessment } else { SentenceKind::History }
    } else if planning || sentence.has_any(&["prescribe", "going to order", "i want you to", "refer you"]) {
        if sentence.has_cue(cues("units.plan")) {
            SentenceKind::Plan
        } else if sentence.has_cue(cues("units.advice")) {
            SentenceKind::Advice
        } else if CONDITIONS.find(words).is_empty() && SYMPTOMS.find(words).is_empty() {
            idle =
                [&DRUGS, &TESTS, &SITES].iter().all(|list| list.find(words).is_empty()) && words.len() < 12;
            SentenceKind::Plan
        } else {
            SentenceKind::Assessment
        }
    } else {
        SentenceKind::History
    };
    let mut made = unit(text, vec![sentence.segment], kind, at);
    made.piece = idle;
    made.comes_back = sentence.has_cue(cues("units.back"))
        && matches!(kind, SentenceKind::Plan | SentenceKind::Advice | SentenceKind::Assessment);
    Some(made)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::VisitContext;
    use crate::transcript::Transcript;

    fn units(text: &str) -> Vec<(String, SentenceKind, Vec<usize>)> {
        let scene = Scene::read(&Transcript::parse(text));
        all(&scene, Person::of(&VisitContext::default()))
            .into_iter()
            .map(|u| (u.text, u.kind, u.evidence))
            .collect()
    }

    #[test]
    fn a_question_and_its_answer_make_one_statement_with_both_turns() {
        let made = units("[doctor] Do you have any fever?\n[patient] No.");
        assert_eq!(made, [("Denies fever.".to_owned(), SentenceKind::Denied, vec![0, 1])]);
    }

    #[test]
    fn a_short_answer_takes_its_meaning_from_the_question() {
        let made = units("[doctor] When did it start?\n[patient] Last night.");
        assert_eq!(made, [("Onset: last night.".to_owned(), SentenceKind::Reported, vec![0, 1])]);
    }

    #[test]
    fn small_talk_and_loose_ends_are_no_statements() {
        for text in [
            "[doctor] Good for you for quitting that.",
            "[doctor] Let's go back to your shortness of breath now.",
            "[patient] When I get up in the morning.",
            "[doctor] Do you have night sweats or chills?\n[patient] Yes, a bit of chills, but no night sweats.",
        ] {
            assert!(
                units(text).iter().all(|u| u.0 == "Denies night sweats." || u.0.contains("but")),
                "{text}: {:?}",
                units(text)
            );
        }
    }

    #[test]
    fn findings_and_results_have_their_kinds() {
        let made = units(
            "[doctor] Your lungs are clear bilaterally.\n[patient] Good.\n[doctor] Your x-ray showed no fracture.",
        );
        assert_eq!(made[0].1, SentenceKind::Observed);
        assert_eq!(made[1].1, SentenceKind::Result);
    }
}
