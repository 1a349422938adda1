//! Whether two expressions say the same, as far as words can tell: other names of one thing, abbreviations, small words.
//!
//! What is not known to be the same is taken to be another finding: "tender" and "nontender" differ by three letters.

use crate::engine::lexicon::{CONDITIONS, Found, Lexicon, SITES, SYMPTOMS, TESTS};
use crate::engine::text::{Word, words};

/// Words that may come and go.
const SMALL: [&str; 5] = ["the", "a", "an", "that", "also"];
/// Words for that the patient said something, one as good as the other.
const SAID: [&str; 12] = [
    "reports",
    "reported",
    "states",
    "stated",
    "says",
    "said",
    "notes",
    "noted",
    "mentions",
    "mentioned",
    "describes",
    "described",
];
/// Words for that something is not there, one as good as the other in front of it.
const DENIED: [&str; 4] = ["no", "denies", "denied", "denying"];

/// A word, or the words of one name.
#[derive(Debug)]
struct Token {
    /// What it is the same as.
    meant: String,
    /// Its letters as written.
    letters: String,
}

/// Whether an expression says what another one says: word for word but for small words, other names of the same, words of
/// saying and denying; or with one stretch of words abbreviated.
pub(super) fn say_the_same(drafted: &str, written: &str) -> bool {
    let (mut one, mut other) = (tokens(drafted), tokens(written));
    if one.iter().map(|token| &token.meant).eq(other.iter().map(|token| &token.meant)) {
        return !one.is_empty();
    }
    while let (Some(a), Some(b)) = (one.last(), other.last()) {
        if a.meant != b.meant {
            break;
        }
        one.pop();
        other.pop();
    }
    let same = one.iter().zip(&other).take_while(|(a, b)| a.meant == b.meant).count();
    let letters =
        |list: &[Token]| list.iter().skip(same).map(|token| token.letters.as_str()).collect::<String>();
    abbreviates(&letters(&other), &letters(&one))
}

/// Whether the letters of a short form stand in a long one in their order, the first of them first: "sob", "pt", "cxr".
fn abbreviates(short: &str, long: &str) -> bool {
    let mut rest = long.chars();
    let follows = short.chars().all(|letter| rest.any(|other| other == letter));
    let begins = short.chars().next().is_some_and(|first| long.starts_with(first));
    // "Painless" is not long for "pain".
    begins && follows && short.len() < long.len() && long.strip_prefix(short) != Some("less")
}

fn tokens(text: &str) -> Vec<Token> {
    let text = text.to_lowercase().replace("complains of", "reports").replace("c/o", "reports");
    let said = words(&text);
    let (mut all, mut at) = (Vec::new(), 0);
    while let Some(word) = said.get(at) {
        let spelled = |from: usize, to: usize| -> String {
            let here = said.iter().take(to).skip(from).flat_map(|word| word.text.chars());
            here.filter(|letter| letter.is_alphanumeric()).collect()
        };
        if let Some((end, meant)) = name(&said, at) {
            all.push(Token { meant, letters: spelled(at, end) });
            at = end.max(at + 1);
            continue;
        }
        at += 1;
        let meant = match word.text.as_str() {
            small if SMALL.contains(&small) => continue,
            verb if SAID.contains(&verb) => "reports",
            denial if DENIED.contains(&denial) => "denies",
            other => other,
        };
        let meant = meant.to_owned();
        all.push(Token { meant, letters: spelled(at - 1, at) });
    }
    all
}

/// The name of a complaint, illness, place or test that begins at a word: where it ends, and the one that stands for all
/// names of the same.
fn name(said: &[Word], at: usize) -> Option<(usize, String)> {
    let lists: [(&str, &Lexicon); 4] =
        [("condition", &CONDITIONS), ("symptom", &SYMPTOMS), ("site", &SITES), ("test", &TESTS)];
    lists.iter().find_map(|(what, list)| {
        let found: Found = list.at(said, at)?;
        Some((found.end, format!("{what}: {}", list.entry(found).name)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_names_abbreviations_and_small_words_say_the_same() {
        for (drafted, written) in [
            ("shortness of breath", "SOB"),
            ("shortness of breath", "dyspnea"),
            ("high blood pressure", "hypertension"),
            ("blood pressure", "BP"),
            ("chest x-ray", "CXR"),
            ("patient reports", "pt c/o"),
            ("the patient states that", "patient reports"),
            ("denies", "no"),
            ("weeks", "wks"),
            ("that it", "it"),
        ] {
            assert!(say_the_same(drafted, written), "{drafted} -> {written}");
        }
    }

    #[test]
    fn another_word_is_another_finding() {
        for (drafted, written) in [
            ("days", "weeks"),
            ("weeks", "months"),
            ("teaspoon", "tablespoon"),
            ("tablespoon", "teaspoon"),
            ("lb", "kg"),
            ("hour", "minute"),
            ("tender", "nontender"),
            ("nontender", "tender"),
            ("regular", "irregular"),
            ("irregular", "regular"),
            ("febrile", "afebrile"),
            ("afebrile", "febrile"),
            ("has", "lacks"),
            ("agrees", "declines"),
            ("with", "w/o"),
            ("tolerates", "allergic to"),
            ("takes", "discontinued"),
            ("improves", "worsens"),
            ("upper", "lower"),
            ("medial", "lateral"),
            ("hypertension", "hypotension"),
            ("hyperkalemia", "hypokalemia"),
            ("cough", "coryza"),
            ("chest pain", "as above"),
            ("painless", "pain"),
            ("odorless", "odor"),
            ("pain-free", "pain"),
            ("no fever but cough", "no cough but fever"),
            ("patient", "the"),
        ] {
            assert!(!say_the_same(drafted, written), "{drafted} -> {written}");
        }
    }
}
