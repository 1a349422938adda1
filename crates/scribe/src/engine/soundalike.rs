//! Misheard drug names: a word that is almost a name of the list, in a place where a drug must stand.

use std::sync::LazyLock;

use super::cues::cues;
use super::lexicon::DRUGS;
use super::numbers::starts_number;
use super::text::Sentence;

/// A name of the list with the letters in it.
struct Name {
    spelled: &'static str,
    entry: usize,
    letters: u32,
}

/// The names of one word, in the order of the alphabet.
static NAMES: LazyLock<Vec<Name>> = LazyLock::new(|| {
    let names =
        DRUGS.single_words(6).map(|(name, entry)| Name { spelled: name, entry, letters: letters(name) });
    let mut names: Vec<Name> = names.collect();
    names.sort_by_key(|name| name.spelled);
    names
});

/// A bit for each letter that a word holds; all that are none of a to z share one.
fn letters(word: &str) -> u32 {
    word.chars().fold(0, |all, letter| {
        let place = if letter.is_ascii_lowercase() { u32::from(letter) - u32::from('a') } else { 26 };
        all | 1 << place
    })
}

/// The only entry that the word at a place nearly spells, if a drug is expected there.
pub fn close_to(sentence: &Sentence, at: usize) -> Option<usize> {
    let word = sentence.word(at);
    if word.len() < 7
        || !word.chars().all(char::is_alphabetic)
        || cues("soundalike.everyday").contains(&word)
        || !expected(sentence, at)
    {
        return None;
    }
    let allowed = if word.len() >= 10 { 2 } else { 1 };
    let mut best: Option<(usize, usize)> = None;
    let mut tied = false;
    let said = letters(word);
    for Name { spelled: name, entry, letters } in NAMES.iter() {
        // Each edit takes away at most one letter and brings at most one.
        let apart = (said & !letters).count_ones().max((letters & !said).count_ones());
        if name.len().abs_diff(word.len()) > allowed || apart as usize > allowed {
            continue;
        }
        let (far, entry) = (distance(word, name, allowed), *entry);
        if far > allowed {
            continue;
        }
        match best {
            Some((least, known)) if known == entry => best = Some((least.min(far), entry)),
            Some((least, _)) if far > least => {}
            Some((least, _)) if far == least => tied = true,
            Some(_) | None => {
                best = Some((far, entry));
                tied = false;
            }
        }
    }
    best.filter(|_| !tied).map(|(_, entry)| entry)
}

/// Whether a strength, a form or a frequency follows, or an order goes before.
fn expected(sentence: &Sentence, at: usize) -> bool {
    let after = (1..=2).any(|k| {
        starts_number(sentence.word(at + k))
            || matches!(
                sentence.word(at + k),
                "mg" | "milligrams"
                    | "daily"
                    | "twice"
                    | "once"
                    | "ointment"
                    | "cream"
                    | "tablets"
                    | "inhaler"
            )
    });
    let from = at.saturating_sub(5);
    let before = (from..at).any(|k| {
        matches!(
            sentence.word(k),
            "prescribe"
                | "taking"
                | "take"
                | "start"
                | "on"
                | "milligrams"
                | "mg"
                | "of"
                | "called"
                | "your"
                | "the"
                | "some"
        )
    });
    after && before || (from..at).any(|k| matches!(sentence.word(k), "prescribe" | "milligrams" | "mg"))
}

/// Edits between two words, given up above `limit`.
pub fn distance(a: &str, b: &str, limit: usize) -> usize {
    let target: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=target.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut next = vec![i + 1];
        for (j, y) in target.iter().enumerate() {
            let get = |list: &[usize], k: usize| list.get(k).copied().unwrap_or(usize::MAX / 2);
            next.push((get(&row, j) + usize::from(x != *y)).min(get(&row, j + 1) + 1).min(get(&next, j) + 1));
        }
        if next.iter().all(|&d| d > limit) {
            return limit + 1;
        }
        row = next;
    }
    row.last().copied().unwrap_or(limit + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transcript::Speaker;

    #[test]
    fn a_misheard_name_is_known_only_where_a_drug_must_stand() {
        let meant = |text: &str, at: usize| {
            close_to(&Sentence::new(0, Speaker::Doctor, text), at)
                .map(|e| DRUGS.entry(super::super::lexicon::Found { start: 0, end: 0, entry: e }).name)
        };
        assert_eq!(meant("take isinopril forty milligrams", 1), Some("lisinopril"));
        assert_eq!(meant("prescribe colaganase ointment once a day", 1), Some("collagenase"));
        assert_eq!(meant("he told me isinopril is bad", 3), None);
        assert_eq!(meant("take everything twice a day", 1), None);
    }

    #[test]
    fn a_name_between_two_drugs_is_neither() {
        assert_eq!(distance("kitten", "sitting", 3), 3);
        assert_eq!(distance("abc", "xyz", 1), 2);
    }
}
