//! Two hearings of the same half minute made one.
//!
//! A model that is told of a conversation before writes word for word and at times invents; one that is told nothing
//! leaves short answers out and at times hears better. Where they differ, the words are taken that are likelier
//! between the words around them, as conversations in a practice go ([`PHRASES`]). Nothing is written that neither
//! heard. The name of a medicine wins over words that are none, for chances know few names; and where the hearings
//! differ in a medicine or a number, that is said.

use std::ops::Range;

use crate::engine::lexicon::DRUGS;
use crate::engine::phrases::{PHRASES, plain};

/// A word as it was heard.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Word {
    /// The word with its marks.
    pub(super) text: String,
    /// The logarithm of the model's chance for it.
    pub(super) chance: f32,
    /// Which stretch of the half minute it stands in.
    pub(super) stretch: usize,
    /// The hearings differ here in a medicine or a number.
    pub(super) disputed: bool,
}

/// How much a word speaks for itself (a logarithm): without it the shorter of two hearings would always win.
const WORD: f32 = 4.0;
/// Words behind a difference that are looked at.
const BEHIND: usize = 2;

/// Words of both hearings that are the same, or that stand where the other has different ones.
struct Part {
    first: Range<usize>,
    second: Range<usize>,
    same: bool,
}

/// Joins two hearings; times and spelling are those of the first.
pub(super) fn join(first: Vec<Word>, second: &[Word]) -> Vec<Word> {
    if second.is_empty() {
        return first;
    }
    let plain_of =
        |words: &[Word]| -> Vec<Vec<String>> { words.iter().map(|word| plain(&word.text)).collect() };
    let (one, two) = (plain_of(&first), plain_of(second));
    let mut joined: Vec<Word> = Vec::new();
    let mut said: Vec<String> = Vec::new();
    for part in parts(&one, &two) {
        let words = first.get(part.first.clone()).unwrap_or_default();
        let others = second.get(part.second.clone()).unwrap_or_default();
        let behind: Vec<&str> = one
            .get(part.first.end..)
            .unwrap_or_default()
            .iter()
            .flatten()
            .take(BEHIND)
            .map(String::as_str)
            .collect();
        let flat = |list: &[Vec<String>], range: &Range<usize>| -> Vec<String> {
            list.get(range.clone()).unwrap_or_default().concat()
        };
        let (here, there) = (flat(&one, &part.first), flat(&two, &part.second));
        let disputed = !part.same && critical(&here) != critical(&there);
        let chosen = if part.same || prefers_first(&said, &here, &there, &behind) {
            said.extend(here);
            words.to_vec()
        } else {
            said.extend(there);
            let beside = words.first().or(joined.last()).or(first.first());
            let stretch = beside.map_or(0, |word| word.stretch);
            others.iter().map(|word| Word { stretch, ..word.clone() }).collect()
        };
        joined.extend(chosen.into_iter().map(|word| Word { disputed, ..word }));
        if let Some(last) = joined.last_mut() {
            last.disputed |= disputed;
        }
    }
    joined
}

/// Whether the first hearing's words are the likelier ones.
fn prefers_first(before: &[String], first: &[String], second: &[String], behind: &[&str]) -> bool {
    match (first.iter().any(is_medicine), second.iter().any(is_medicine)) {
        (true, false) => true,
        (false, true) => false,
        (true, true) | (false, false) => fits(before, first, behind) >= fits(before, second, behind),
    }
}

/// The words that must be right: medicines and numbers.
fn critical(words: &[String]) -> Vec<&String> {
    words
        .iter()
        .filter(|word| is_medicine(word) || word.starts_with(|first: char| first.is_ascii_digit()))
        .collect()
}

#[expect(clippy::ptr_arg, reason = "it is handed to iterators over strings")]
fn is_medicine(word: &String) -> bool {
    DRUGS.lookup(word).is_some()
}

/// Joins two hearings that are kept as texts, for measuring without hearing again.
pub(super) fn join_texts(first: &str, second: &str) -> String {
    let words = |text: &str| -> Vec<Word> {
        let word = |text: &str| Word { text: text.to_owned(), chance: 0.0, stretch: 0, disputed: false };
        text.split_whitespace().map(word).collect()
    };
    let joined = join(words(first), &words(second));
    joined.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// How well words stand behind those before and in front of those behind.
fn fits(before: &[String], words: &[String], behind: &[&str]) -> f32 {
    let skip = before.len().saturating_sub(BEHIND);
    let mut run: Vec<&str> = before.iter().skip(skip).map(String::as_str).collect();
    let mut sum = 0.0;
    for (at, word) in words.iter().map(String::as_str).chain(behind.iter().copied()).enumerate() {
        sum += PHRASES.chance(&run, word) + if at < words.len() { WORD } else { 0.0 };
        run.push(word);
    }
    sum
}

/// Lays two hearings beside each other with the fewest changes.
fn parts(one: &[Vec<String>], two: &[Vec<String>]) -> Vec<Part> {
    let width = two.len() + 1;
    let mut cost = vec![0_usize; (one.len() + 1) * width];
    let at = |cost: &[usize], i: usize, j: usize| cost.get(i * width + j).copied().unwrap_or(usize::MAX / 2);
    let same = |i: usize, j: usize| one.get(i) == two.get(j);
    for i in (0..=one.len()).rev() {
        for j in (0..=two.len()).rev() {
            let least = match (i == one.len(), j == two.len()) {
                (true, true) => 0,
                (true, false) => two.len() - j,
                (false, true) => one.len() - i,
                (false, false) if same(i, j) => at(&cost, i + 1, j + 1),
                (false, false) => {
                    // A changed word costs a little less than one left out and one put in.
                    (at(&cost, i + 1, j).min(at(&cost, i, j + 1))).min(at(&cost, i + 1, j + 1)) + 1
                }
            };
            if let Some(place) = cost.get_mut(i * width + j) {
                *place = least;
            }
        }
    }
    let mut parts: Vec<Part> = Vec::new();
    let (mut i, mut j) = (0, 0);
    while i < one.len() || j < two.len() {
        let both = i < one.len() && j < two.len();
        let is_same = both && same(i, j);
        let changed = both && at(&cost, i, j) == at(&cost, i + 1, j + 1) + 1;
        let left_out = i < one.len() && (j == two.len() || at(&cost, i, j) == at(&cost, i + 1, j) + 1);
        let (di, dj) = match (is_same || changed, left_out) {
            (true, _) => (1, 1),
            (false, true) => (1, 0),
            (false, false) => (0, 1),
        };
        match parts.last_mut() {
            Some(part) if part.same == is_same => {
                part.first.end += di;
                part.second.end += dj;
            }
            Some(_) | None => parts.push(Part { first: i..i + di, second: j..j + dj, same: is_same }),
        }
        (i, j) = (i + di, j + dj);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str, stretch: usize) -> Vec<Word> {
        text.split_whitespace()
            .map(|word| Word { text: word.to_owned(), chance: -0.1, stretch, disputed: false })
            .collect()
    }

    fn joined(first: &str, second: &str) -> String {
        let list = join(words(first, 1), &words(second, 2));
        assert!(list.iter().all(|word| word.stretch == 1));
        list.into_iter().map(|word| word.text).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_likelier_of_two_hearings_is_written() {
        assert_eq!(
            joined("I have this really sharp bean.", "I have this really sharp pain."),
            "I have this really sharp pain."
        );
        assert_eq!(
            joined("I have this really sharp pain.", "I have this really sharp bean."),
            "I have this really sharp pain."
        );
        assert_eq!(
            joined("Is it like a dollopene, a sharp pain?", "Is it like a dull pain or a sharp pain?"),
            "Is it like a dull pain or a sharp pain?"
        );
    }

    #[test]
    fn an_answer_that_one_hearing_left_out_is_kept() {
        assert_eq!(
            joined("Any fever? No. And any cough?", "Any fever? And any cough?"),
            "Any fever? No. And any cough?"
        );
        assert_eq!(
            joined("Any fever? And any cough?", "Any fever? No. And any cough?"),
            "Any fever? No. And any cough?"
        );
    }

    #[test]
    fn a_medicine_wins_and_a_dispute_about_it_or_a_number_is_said() {
        let list =
            join(words("I take list in a pill every day.", 0), &words("I take lisinopril every day.", 0));
        let said: Vec<(&str, bool)> = list.iter().map(|word| (word.text.as_str(), word.disputed)).collect();
        assert_eq!(
            said,
            [("I", false), ("take", false), ("lisinopril", true), ("every", false), ("day.", false)]
        );
        let list = join(words("Take 15 of them.", 0), &words("Take 50 of them.", 0));
        assert!(list.iter().any(|word| word.disputed));
        let list = join(words("It is fifteen.", 0), &words("It was 15.", 0));
        assert!(list.iter().all(|word| !word.disputed));
    }

    #[test]
    fn nothing_changes_where_both_hear_the_same_or_one_hears_nothing() {
        assert_eq!(joined("Okay, it's, um, two days.", "OK. It is 2 days"), "Okay, it's, um, two days.");
        assert_eq!(joined("Yes, I do.", ""), "Yes, I do.");
        assert_eq!(join(Vec::new(), &[]).len(), 0);
        assert_eq!(join(Vec::new(), &words("Yes, I have.", 3)).len(), 3);
    }
}
