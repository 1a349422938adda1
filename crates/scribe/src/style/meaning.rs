//! What an expression says, as far as that can be told: what must be the same, and what it names.

use crate::critical::{DENIALS, FREQUENCIES, GRAVE, UNITS};
use crate::engine::family::RELATIVES;
use crate::engine::lexicon::{CONDITIONS, DRUGS, Found, Lexicon, SITES, SYMPTOMS, TESTS};
use crate::engine::numbers::number;
use crate::engine::text::{Word, words};

/// Words of degree, course and doubt: another one of them is another finding.
const DEGREES: [&str; 64] = [
    "increased",
    "increase",
    "increasing",
    "decreased",
    "decrease",
    "decreasing",
    "better",
    "worse",
    "improved",
    "improving",
    "worsened",
    "worsening",
    "stable",
    "unchanged",
    "resolved",
    "acute",
    "chronic",
    "positive",
    "normal",
    "abnormal",
    "mild",
    "moderate",
    "severe",
    "high",
    "low",
    "elevated",
    "start",
    "started",
    "stop",
    "stopped",
    "continue",
    "continued",
    "hold",
    "before",
    "after",
    "until",
    "possible",
    "probable",
    "likely",
    "unlikely",
    "suspected",
    "maybe",
    "may",
    "might",
    "could",
    "would",
    "should",
    "if",
    "today",
    "tomorrow",
    "yesterday",
    "ago",
    "since",
    "more",
    "less",
    "all",
    "some",
    "new",
    "hardly",
    "barely",
    "rarely",
    "scarcely",
    "seldom",
    "cannot",
];

/// What an expression says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Meaning {
    /// What must be the same for the same meaning, sorted.
    pub(super) critical: Vec<String>,
    /// The complaints, illnesses, places and tests that it names, sorted.
    pub(super) names: Vec<String>,
}

impl Meaning {
    pub(super) fn of(text: &str) -> Self {
        let said = words(text);
        // A degree or a test within the name of an illness belongs to the name: "high blood pressure".
        let within: Vec<usize> =
            CONDITIONS.find(&said).iter().flat_map(|found| found.start..found.end).collect();
        let free = |found: &Found| !within.contains(&found.start);
        let mut names: Vec<String> = entries("condition", &CONDITIONS, &said, |_| true);
        for (what, list) in [("symptom", &SYMPTOMS), ("site", &SITES), ("test", &TESTS)] {
            names.extend(entries(what, list, &said, free));
        }
        // As spelled: two salts or brands of one medicine are not the same to take.
        let spelled = |found: Found| -> Vec<&str> {
            said.iter().take(found.end).skip(found.start).map(|word| word.text.as_str()).collect()
        };
        let medicines =
            DRUGS.find(&said).into_iter().map(|found| format!("drug {}", spelled(found).join(" ")));
        let mut critical: Vec<String> = medicines.collect();
        critical.extend(numbers(&said));
        // A degree within a name belongs to the name: "high blood pressure".
        let within: Vec<usize> =
            CONDITIONS.find(&said).iter().flat_map(|found| found.start..found.end).collect();
        for (at, word) in said.iter().enumerate() {
            let word = word.text.as_str();
            critical.extend(sort(word).map(|(what, word)| format!("{what} {word}")));
            if DEGREES.contains(&word) && !within.contains(&at) {
                critical.push(format!("degree {word}"));
            }
        }
        let low = text.to_lowercase();
        critical.extend(GRAVE.iter().filter(|word| low.contains(**word)).map(|word| format!("grave {word}")));
        critical.sort_unstable();
        names.sort_unstable();
        Self { critical, names }
    }
}

fn entries(what: &str, list: &Lexicon, said: &[Word], counts: impl Fn(&Found) -> bool) -> Vec<String> {
    let found = list.find(said).into_iter().filter(counts);
    found.map(|found| format!("{what} {}", list.entry(found).name)).collect()
}

/// The numbers, in digits or words, as values.
fn numbers(said: &[Word]) -> Vec<String> {
    let (mut all, mut at) = (Vec::new(), 0);
    while at < said.len() {
        if let Some(found) = number(said, at) {
            all.push(format!("number {}", found.value));
            at += found.used.max(1);
        } else {
            let digits = said.get(at).filter(|word| word.text.contains(|c: char| c.is_ascii_digit()));
            all.extend(digits.map(|word| format!("number {}", word.text)));
            at += 1;
        }
    }
    all
}

/// What sort of critical word it is, and the one that stands for all of its kind.
fn sort(word: &str) -> Option<(&'static str, &str)> {
    if DENIALS.contains(&word) || matches!(word, "deny" | "denied" | "denying") || word.ends_with("n't") {
        return Some(("denial", ""));
    }
    if let Some(same) = UNITS.iter().find(|same| same.contains(&word)) {
        return Some(("unit", same.first().copied().unwrap_or_default()));
    }
    if FREQUENCIES.contains(&word) {
        return Some(("often", word));
    }
    if matches!(word, "left" | "right" | "bilateral" | "bilaterally" | "both") {
        return Some(("side", word));
    }
    let relative = RELATIVES.iter().find(|(name, _)| *name == word)?;
    Some(("relative", relative.1))
}
