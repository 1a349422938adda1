//! Misheard drug names: a word that is almost a name of the list, in a place where a drug must stand.

use super::cues::cues;
use super::lexicon::DRUGS;
use super::numbers::starts_number;
use super::text::Sentence;

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
    for (name, entry) in DRUGS.single_words(6) {
        if name.len().abs_diff(word.len()) > allowed {
            continue;
        }
        let far = distance(word, name, allowed);
        if far > allowed {
            continue;
        }
        match best {
            Some((least, known)) if far > least || known == entry => {}
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
