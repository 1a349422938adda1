//! Relatives and their illnesses.

use super::history::add;
use super::scene::{Answer, Scene};
use super::text::Sentence;
use crate::draft::{HistoryDraft, HistoryKind};
use crate::transcript::Speaker;

/// What relatives are called, and the one name for each.
pub(crate) const RELATIVES: &[(&str, &str)] = &[
    ("mother", "mother"),
    ("mother's", "mother"),
    ("mom's", "mother"),
    ("mum's", "mother"),
    ("father's", "father"),
    ("dad's", "father"),
    ("mom", "mother"),
    ("mum", "mother"),
    ("father", "father"),
    ("dad", "father"),
    ("brother", "brother"),
    ("sister", "sister"),
    ("grandmother", "grandmother"),
    ("grandma", "grandmother"),
    ("grandfather", "grandfather"),
    ("grandpa", "grandfather"),
    ("aunt", "aunt"),
    ("uncle", "uncle"),
    ("cousin", "cousin"),
    ("parents", "parents"),
    ("son", "son"),
    ("daughter", "daughter"),
];

/// Whether a sentence, or the question it answers, is about the family.
pub(super) fn asked(scene: &Scene, at: usize, sentence: &Sentence) -> bool {
    let about = |s: &Sentence| {
        s.has_any(&[
            "family history",
            "run in your family",
            "runs in your family",
            "anyone in your family",
            "in the family",
            "in your family",
            "family members",
        ])
    };
    let asked = scene.asked_by.get(at).copied().flatten().and_then(|k| scene.sentence(k));
    let just_asked = sentence.speaker == Speaker::Doctor
        && (at.saturating_sub(3)..at)
            .filter_map(|k| scene.sentence(k))
            .any(|s| s.speaker == Speaker::Doctor && s.question && about(s))
        && sentence.question;
    about(sentence)
        || just_asked
        || told_just_before(scene, at, sentence).is_some()
        || asked.is_some_and(about)
            && (RELATIVES.iter().any(|(word, _)| sentence.has(word))
                || !sentence.has_any(&["i have", "i've", "i am", "i'm", "i had", "i do", "my"]))
}

/// Adds a relative's illness.
pub(super) fn note(
    scene: &Scene,
    at: usize,
    sentence: &Sentence,
    name: &str,
    negated: bool,
    list: &mut Vec<HistoryDraft>,
) {
    let who = RELATIVES.iter().find(|(word, _)| sentence.has(word)).map(|(_, who)| *who);
    let who = who.or_else(|| told_just_before(scene, at, sentence));
    let mut evidence = vec![sentence.segment];
    let denied = match scene.reply(at).filter(|_| sentence.speaker == Speaker::Doctor) {
        Some(reply) if reply.answer != Answer::Open => {
            evidence.extend(&reply.segments);
            reply.answer == Answer::No
        }
        Some(_) => return,
        None if sentence.speaker == Speaker::Doctor && sentence.question => return,
        None => negated,
    };
    let text = match who {
        Some(who) => format!("{who}: {name}"),
        None if denied || sentence.has("family") || sentence.speaker != Speaker::Doctor => {
            format!("family: {name}")
        }
        None => return,
    };
    add(list, HistoryKind::Family, text, denied, evidence);
}

/// The relative that the sentence before has named, where this one goes on with "he" or "she".
pub(super) fn told_just_before(scene: &Scene, at: usize, sentence: &Sentence) -> Option<&'static str> {
    if !matches!(sentence.word(0), "he" | "she") || sentence.speaker == Speaker::Doctor {
        return None;
    }
    let before = scene.sentence(at.checked_sub(1)?).filter(|s| s.segment == sentence.segment)?;
    if before.words.len() > 6 {
        return None;
    }
    RELATIVES.iter().find(|(word, _)| before.has(word)).map(|(_, who)| *who)
}
