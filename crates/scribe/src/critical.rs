//! The words of a drafted item that must be right: medicine, dose, unit, frequency, side, denial, allergy, thoughts of
//! suicide. Each is looked for, as it stands, in the turns that the item cites; what nobody said in this form, a person
//! confirms word by word.

use crate::engine::lexicon::DRUGS;
use crate::engine::numbers::number;
use crate::engine::text::{Word, clean, words};

/// What sort of word it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A medicine.
    Drug,
    /// How much of it.
    Dose,
    /// The unit of the dose.
    Unit,
    /// How often it is taken.
    Frequency,
    /// Left or right.
    Side,
    /// That something is not there.
    Negation,
    /// What the patient does not tolerate.
    Allergy,
    /// Thoughts of suicide.
    Suicidality,
}

/// Spellings of a unit that mean the same, the short one first.
pub(crate) const UNITS: [&[&str]; 8] = [
    &["mg", "milligram", "milligrams", "mgs"],
    &["mcg", "microgram", "micrograms"],
    &["g", "gram", "grams"],
    &["ml", "milliliter", "milliliters", "millilitre", "millilitres"],
    &["unit", "units"],
    &["%", "percent"],
    &["tablet", "tablets", "tab", "tabs", "pill", "pills"],
    &["puff", "puffs"],
];

/// How often, in words that stand for one another only loosely.
pub(crate) const FREQUENCIES: [&str; 22] = [
    "once", "twice", "daily", "every", "hours", "hourly", "times", "weekly", "nightly", "bedtime", "morning",
    "evening", "night", "noon", "needed", "bid", "tid", "qid", "prn", "day", "week", "month",
];

pub(crate) const DENIALS: [&str; 9] =
    ["no", "not", "never", "none", "nope", "nothing", "denies", "without", "negative"];

/// Parts of words that speak of suicide or of harm to oneself.
pub(crate) const GRAVE: [&str; 5] = ["suicid", "kill", "hurting", "self-harm", "end it all"];

/// The words of an item that were not said in this form, each once, in their order.
///
/// `target` is what the item is for (`prescription`, `symptom`, `allergy`, a section), `said` the text of the turns it
/// cites.
pub fn unsaid(target: &str, text: &str, said: &[&str]) -> Vec<(Kind, String)> {
    let item = words(text);
    let heard: Vec<Word> = said.iter().flat_map(|turn| words(&clean(turn))).collect();
    let has = |word: &str| heard.iter().any(|w| w.text == word);
    let mut list: Vec<(Kind, String)> = Vec::new();
    if let Some(name) = item.first().filter(|_| target == "allergy").filter(|first| !has(&first.text)) {
        list.push((Kind::Allergy, name.text.clone()));
    }
    for found in DRUGS.find(&item) {
        let name: Vec<&str> =
            item.iter().take(found.end).skip(found.start).map(|w| w.text.as_str()).collect();
        if target != "allergy" && !name.iter().all(|part| has(part)) {
            list.push((Kind::Drug, name.join(" ")));
        }
    }
    if target == "prescription" || !DRUGS.find(&item).is_empty() {
        doses(&item, &heard, &mut list);
        let often = item.iter().filter(|w| FREQUENCIES.contains(&w.text.as_str()) && !has(&w.text));
        list.extend(often.map(|w| (Kind::Frequency, w.text.clone())));
    }
    let side =
        item.iter().filter(|w| matches!(w.text.as_str(), "left" | "right" | "bilateral") && !has(&w.text));
    list.extend(side.map(|w| (Kind::Side, w.text.clone())));
    let denies = item.iter().find(|w| DENIALS.contains(&w.text.as_str()));
    let denied = heard.iter().any(|w| DENIALS.contains(&w.text.as_str()) || w.text.ends_with("n't"));
    if let Some(word) = denies.filter(|_| !denied) {
        list.push((Kind::Negation, word.text.clone()));
    }
    let low = text.to_lowercase();
    if let Some(word) = GRAVE.iter().find(|word| low.contains(*word)) {
        list.push((Kind::Suicidality, (*word).to_owned()));
    }
    let mut once: Vec<(Kind, String)> = Vec::new();
    for word in list {
        if !once.contains(&word) {
            once.push(word);
        }
    }
    once
}

/// Numbers that were not said, and units that nobody named.
fn doses(item: &[Word], heard: &[Word], list: &mut Vec<(Kind, String)>) {
    let values: Vec<f64> = (0..heard.len()).filter_map(|at| number(heard, at)).map(|n| n.value).collect();
    for word in item {
        let digits = word.text.trim_end_matches(char::is_alphabetic);
        if let Ok(value) = digits.parse::<f64>()
            && !values.iter().any(|heard| (heard - value).abs() < 1e-6)
        {
            list.push((Kind::Dose, word.text.clone()));
        }
        let same = UNITS.iter().find(|same| same.contains(&word.text.as_str()));
        if let Some(same) = same
            && !heard.iter().any(|w| same.contains(&w.text.as_str()))
        {
            list.push((Kind::Unit, word.text.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_needs_no_confirmation_and_what_was_not_does() {
        let order = "I'll start you on metformin five hundred milligrams twice a day.";
        for (target, text, said, expected) in [
            ("prescription", "metformin, 500 mg, twice a day", order, vec![]),
            ("prescription", "metformin, 850 mg, twice a day", order, vec![(Kind::Dose, "850")]),
            ("prescription", "metformin, 500 mcg, twice a day", order, vec![(Kind::Unit, "mcg")]),
            ("prescription", "metformin, 500 mg, daily", order, vec![(Kind::Frequency, "daily")]),
            ("prescription", "lisinopril, 500 mg", order, vec![(Kind::Drug, "lisinopril")]),
            ("symptom", "knee pain, left knee", "My knee hurts.", vec![(Kind::Side, "left")]),
            ("symptom", "No fever", "Any fever? Nah.", vec![(Kind::Negation, "no")]),
            ("symptom", "No fever", "I don't have a fever.", vec![]),
            ("allergy", "penicillin, hives", "I get hives from that.", vec![(Kind::Allergy, "penicillin")]),
            (
                "historyOfPresentIllness",
                "Denies thoughts of suicide.",
                "Any thoughts of suicide? No.",
                vec![(Kind::Suicidality, "suicid")],
            ),
        ] {
            let expected: Vec<(Kind, String)> =
                expected.into_iter().map(|(kind, word)| (kind, word.to_owned())).collect();
            assert_eq!(unsaid(target, text, &[said]), expected, "{text}");
        }
    }
}
