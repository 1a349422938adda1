//! Whether what is named is denied, uncertain, somebody else's or only thought of.
//!
//! The method follows `NegEx` and `ConText` (Chapman 2001, Harkema 2009): cue words reach forward or backward until
//! a word that ends their scope. The cue lists are this project's own.

use super::cues::cues;
use super::text::Word;

/// What a sentence says about something it names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "five independent judgements of one mention")]
pub struct Assertion {
    /// Said to be absent.
    pub negated: bool,
    /// Said with doubt.
    pub hedged: bool,
    /// Somebody else's, mostly a relative's.
    pub other: bool,
    /// Only thought of: "if you get a fever".
    pub hypothetical: bool,
    /// In the past.
    pub past: bool,
}

fn word(words: &[Word], at: usize) -> &str {
    words.get(at).map_or("", |w| w.text.as_str())
}

fn phrase_at(words: &[Word], at: usize, phrase: &str) -> bool {
    phrase.split(' ').enumerate().all(|(k, part)| word(words, at + k) == part)
}

fn any_at(words: &[Word], at: usize, list: &[&str]) -> Option<usize> {
    list.iter().filter(|phrase| phrase_at(words, at, phrase)).map(|phrase| phrase.split(' ').count()).max()
}

/// Judges what is said about the words `start..end` of a sentence.
pub fn assess(text: &str, words: &[Word], start: usize, end: usize) -> Assertion {
    let within =
        |list: &[&str], from: usize, to: usize| (from..to).any(|at| any_at(words, at, list).is_some());
    let cued = |list: &str, from: usize, to: usize| {
        let list = cues(list);
        (from..to).any(|at| list.at(words, at).next().is_some())
    };
    Assertion {
        negated: denied_before(text, words, start) || denied_after(text, words, end),
        hedged: cued("negation.hedges", start.saturating_sub(6), start)
            || within(&["maybe", "i think", "probably"], end, (end + 4).min(words.len())),
        other: cued("negation.relatives", start.saturating_sub(9), start)
            && !within(&["i", "i've", "me", "i'm", "my own"], last_relative(words, start) + 1, start),
        hypothetical: cued("negation.thoughts", start.saturating_sub(10), start),
        past: cued("negation.past", 0, words.len()),
    }
}

/// Whether a sentence of a report denies a concept it holds; the concept may stand in capitals.
pub fn denies(sentence: &str, concept: &str) -> bool {
    let list = super::text::words(sentence);
    let target: Vec<String> = super::text::words(concept).into_iter().map(|w| w.text).collect();
    let at = |start: usize| target.iter().enumerate().all(|(k, t)| word(&list, start + k) == t);
    let upper = concept.to_uppercase();
    let exact =
        sentence.find(&upper).and_then(|byte| list.iter().position(|w| w.start >= byte)).filter(|&k| at(k));
    let Some(start) = exact.or_else(|| (0..list.len()).find(|&k| at(k))) else { return false };
    let end = start + target.len();
    denied_before(sentence, &list, start) || denied_after(sentence, &list, end)
}

fn last_relative(words: &[Word], start: usize) -> usize {
    (0..start).rev().find(|&at| cues("negation.relatives").contains(&word(words, at))).unwrap_or(0)
}

/// Whether the text between two words ends a clause.
fn stop_between(text: &str, words: &[Word], left: usize) -> bool {
    let (Some(a), Some(b)) = (words.get(left), words.get(left + 1)) else { return false };
    text.get(a.end..b.start).is_some_and(|gap| gap.contains([';', ':', '?', '!']) || gap.contains(". "))
}

fn denied_before(text: &str, words: &[Word], start: usize) -> bool {
    let mut at = start;
    while at > 0 {
        at -= 1;
        if start - at > 24 || stop_between(text, words, at) {
            return false;
        }
        if let Some(used) = cues("negation.before").at(words, at).max().filter(|used| at + used <= start) {
            let weak = word(words, at) == "nothing" && start - at > 4;
            if cues("negation.pseudo").at(words, at).next().is_none()
                && (at == 0 || cues("negation.pseudo").at(words, at - 1).next().is_none())
                && !weak
                && used > 0
            {
                return true;
            }
        }
        if ends_scope(words, at, start) {
            return false;
        }
    }
    false
}

/// Whether the word at a place ends the reach of a denial before it.
fn ends_scope(words: &[Word], at: usize, start: usize) -> bool {
    if cues("negation.ends").contains(&word(words, at)) {
        let other_than = word(words, at) == "other" && word(words, at + 1) != "than";
        return !other_than;
    }
    let clause = cues("negation.spoken_ends").at(words, at).any(|used| at + used <= start);
    clause && at > 0 && !matches!(word(words, at - 1), "that" | "if" | "think" | "say")
}

fn denied_after(text: &str, words: &[Word], end: usize) -> bool {
    for at in end..(end + 6).min(words.len()) {
        if at > 0 && stop_between(text, words, at - 1)
            || cues("negation.ends").contains(&word(words, at))
            || matches!(word(words, at), "and" | "or" | "with" | "to")
        {
            return false;
        }
        if let Some(used) = cues("negation.after").at(words, at).max() {
            let bare = matches!(word(words, at), "no" | "none" | "free" | "denied" | "absent");
            let tail = matches!(word(words, at + used), "" | "at" | "by" | "on" | "in" | "today")
                || stop_between(text, words, at + used - 1);
            let open = matches!(word(words, at), "was" | "were" | "is" | "are")
                && matches!(word(words, at + 1), "not");
            if bare {
                return at == end && tail && word(words, at) != "no"
                    || word(words, at) == "no" && at + 1 == words.len();
            }
            if open {
                return matches!(
                    word(words, at + used),
                    "seen"
                        | "present"
                        | "identified"
                        | "noted"
                        | "appreciated"
                        | "detected"
                        | "demonstrated"
                        | "found"
                        | "visualized"
                        | "evident"
                        | ""
                );
            }
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::text::words;

    fn judge(sentence: &str, concept: &str) -> Assertion {
        let list = words(sentence);
        let target: Vec<String> = words(concept).into_iter().map(|w| w.text).collect();
        let start = (0..list.len())
            .find(|&at| target.iter().enumerate().all(|(k, t)| word(&list, at + k) == t))
            .unwrap();
        assess(sentence, &list, start, start + target.len())
    }

    #[test]
    fn denials_reach_as_far_as_their_scope() {
        for (sentence, concept, negated) in [
            ("The patient denies fever, chills or cough.", "cough", true),
            ("No fever but a cough.", "cough", false),
            ("No fever but a cough.", "fever", true),
            ("Pneumonia was ruled out.", "pneumonia", true),
            ("No increase in swelling.", "swelling", false),
            ("Gram negative sepsis.", "sepsis", false),
            ("I don't have any chest pain", "chest pain", true),
            ("no I haven't, but I have had nausea", "nausea", false),
            ("He has no pain; edema is present.", "edema", false),
            ("Edema is not seen.", "edema", true),
            ("not sure but I have a rash", "rash", false),
            ("it is not only a cough", "cough", false),
        ] {
            assert_eq!(judge(sentence, concept).negated, negated, "{sentence} / {concept}");
        }
    }

    #[test]
    fn a_relatives_illness_is_not_the_patients() {
        assert!(judge("my mother had diabetes", "diabetes").other);
        assert!(!judge("my mother is fine and I have diabetes", "diabetes").other);
    }

    #[test]
    fn a_warning_is_not_a_complaint() {
        assert!(judge("come back if you get a fever", "fever").hypothetical);
        assert!(judge("maybe a little cough", "cough").hedged);
    }
}
