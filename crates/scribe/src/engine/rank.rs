//! Which statements are worth a place in the note: a linear judgement over hashed words and a few facts.
//!
//! The weights are trained by `examples/train`; without them each statement counts the same.

use std::collections::HashSet;

use super::cues::cues;
use super::lexicon::{CONDITIONS, DRUGS, SITES, SYMPTOMS, TESTS};
use super::scene::Scene;
use super::text::{Word, words};
use super::units::Unit;
use super::weights::{self, Features, Weights};
use crate::draft::SentenceKind;
use crate::transcript::Speaker;

/// The features of one statement of a visit.
pub fn features(scene: &Scene, unit: &Unit) -> Vec<u32> {
    let mut out = Features::default();
    let doctor = scene.sentence(unit.sentence).is_some_and(|s| s.speaker == Speaker::Doctor);
    let who = if doctor { "d" } else { "p" };
    let list = unit.words.as_slice();
    let mut previous = "^";
    for word in list {
        out.add(&["w", &word.text]);
        out.add(&["sw", who, &word.text]);
        out.add(&["b", previous, &word.text]);
        previous = &word.text;
    }
    let kind = format!("{:?}", unit.kind);
    let tenth = (unit.sentence * 10 / scene.sentences.len().max(1)).to_string();
    let length = (list.len() / 3).min(12).to_string();
    out.add(&["bias"]);
    out.add(&["kind", &kind]);
    out.add(&["place", who, &tenth]);
    out.add(&["kindplace", &kind, &tenth]);
    out.add(&["length", who, &length]);
    out.add(&["lengthkind", &kind, &length]);
    for (name, found) in [
        ("symptom", SYMPTOMS.find(list).len()),
        ("condition", CONDITIONS.find(list).len()),
        ("drug", DRUGS.find(list).len()),
        ("site", SITES.find(list).len()),
        ("test", TESTS.find(list).len()),
        ("number", list.iter().filter(|w| w.text.starts_with(|c: char| c.is_ascii_digit())).count()),
    ] {
        if found > 0 {
            let many = found.min(3).to_string();
            out.add(&[name, &many]);
            out.add(&[name, &kind]);
        }
    }
    if unit.evidence.len() > 1 {
        out.add(&["paired", &kind]);
    }
    out.done()
}

/// How the choice is made.
#[derive(Clone, Copy, Debug)]
pub struct Choice {
    /// The least score.
    pub threshold: f32,
    /// The most words in all.
    pub budget: usize,
    /// The least share of new words in a statement, per cent.
    pub fresh: usize,
    /// Whether statements that say little by themselves may stay.
    pub pieces: bool,
}

impl Choice {
    /// Everything that was said and is not small talk, for a person who wants to miss nothing.
    pub fn full() -> Self {
        Self { threshold: -9.0, budget: 4000, fresh: 1, pieces: true }
    }
}

impl Default for Choice {
    fn default() -> Self {
        Self { threshold: -0.6, budget: 420, fresh: 26, pieces: false }
    }
}

/// Marks the statements to keep: the best by score, none that only repeats what is kept already.
///
/// `said` are words of sentences that stand in the note already.
pub fn choose(
    scene: &Scene,
    units: &[Unit],
    weights: &Weights,
    choice: Choice,
    said: &[String],
) -> Vec<bool> {
    let mut order: Vec<(usize, f32)> = units
        .iter()
        .enumerate()
        .map(|(k, unit)| (k, weights.score(weights::RANK, 0, &features(scene, unit))))
        .collect();
    order.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let mut keep = vec![false; units.len()];
    let mut seen: HashSet<&str> = HashSet::new();
    let planned: HashSet<&str> = said.iter().map(String::as_str).collect();
    let mut spent = 0;
    for (k, score) in order {
        let Some(unit) = units.get(k).filter(|unit| choice.pieces || !unit.piece) else { continue };
        if score < choice.threshold || spent > choice.budget {
            break;
        }
        let content: Vec<&str> = carrying(&unit.words).collect();
        let fresh = content.iter().filter(|w| !seen.contains(*w)).count();
        let known = content.iter().filter(|w| planned.contains(**w)).count();
        let ordered = unit.kind == SentenceKind::Plan && known * 10 > content.len() * 6;
        if content.is_empty() || fresh * 100 < content.len() * choice.fresh || ordered {
            continue;
        }
        spent += unit.text.split_whitespace().count();
        seen.extend(content);
        if let Some(slot) = keep.get_mut(k) {
            *slot = true;
        }
    }
    keep
}

/// The words of a statement that carry something.
pub fn content(text: &str) -> Vec<String> {
    carrying(&words(text)).map(ToOwned::to_owned).collect()
}

/// The words that carry something.
pub(super) fn carrying(words: &[Word]) -> impl Iterator<Item = &str> {
    let empty = cues("rank.content.empty");
    words.iter().map(|word| word.text.as_str()).filter(|word| !empty.contains(word))
}
