//! How a medicine is to be taken: strength, dose, route, frequency, duration, quantity, refills, reason.

use std::ops::Range;

use super::cues::{cues, pairs};
use super::numbers::{Number, number, plain};
use super::text::Sentence;

/// The parts of a prescription that were said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sig {
    /// "20 mg".
    pub strength: Option<String>,
    /// "1 tablet".
    pub dosage: Option<String>,
    /// "oral".
    pub route: Option<String>,
    /// As said: "twice a day".
    pub frequency: Option<String>,
    /// As said: "seven days".
    pub duration: Option<String>,
    /// How many to dispense.
    pub quantity: Option<u32>,
    /// How many refills.
    pub refills: Option<u32>,
    /// What it is taken for when needed.
    pub needed_for: Option<String>,
    /// The words the parts stand in, in order.
    pub spans: Vec<Range<usize>>,
}

/// Reads the parts between two words of a sentence.
pub fn read(sentence: &Sentence, from: usize, to: usize) -> Sig {
    let mut sig = Sig::default();
    let mut at = from;
    while at < to {
        let used = frequency(sentence, at, &mut sig)
            .or_else(|| needed(sentence, at, &mut sig))
            .or_else(|| course(sentence, at, &mut sig))
            .or_else(|| amount(sentence, at, &mut sig));
        if let Some(used) = used.filter(|&used| used > 0) {
            sig.spans.push(at..at + used);
            at += used;
        } else {
            at += 1;
        }
    }
    sig.route = pairs("sig.routes")
        .iter()
        .find(|(phrase, _)| sentence.find_from(phrase, from).is_some_and(|k| k < to))
        .map(|(_, route)| (*route).to_owned());
    sig
}

fn amount(sentence: &Sentence, at: usize, sig: &mut Sig) -> Option<usize> {
    if sentence.word(at) == "half" && matches!(sentence.word(at + 1), "a" | "pill" | "tablet") {
        let used = if sentence.word(at + 1) == "a" { 3 } else { 2 };
        sig.dosage = Some(sentence.span(at, at + used).to_owned());
        return Some(used);
    }
    let Number { value, used, .. } = number(&sentence.words, at)?;
    let unit = sentence.word(at + used);
    if let Some((_, short)) = pairs("sig.units").iter().find(|(word, _)| *word == unit) {
        let moved = at > 0 && sentence.word(at - 1) == "from";
        if !moved {
            sig.strength = Some(format!("{} {short}", plain(value)));
        }
        return Some(used + 1);
    }
    let form = unit.trim_end_matches('s');
    let before = if at > 0 { sentence.word(at - 1) } else { "" };
    if cues("sig.forms").contains(&form) {
        if is_supply(form, value, before, sig) {
            sig.quantity = whole(value);
        } else {
            sig.dosage = Some(format!("{} {unit}", plain(value)));
        }
        return Some(used + 1);
    }
    if form == "refill" {
        sig.refills = whole(value);
        return Some(used + 1);
    }
    if matches!(before, "dispense" | "quantity" | "number") {
        sig.quantity = whole(value);
        return Some(used);
    }
    if unit == "to"
        && let Some(second) = number(&sentence.words, at + used + 1)
    {
        let next = at + used + 1 + second.used;
        if cues("sig.forms").contains(&sentence.word(next).trim_end_matches('s')) {
            sig.dosage = Some(format!("{}-{} {}", plain(value), plain(second.value), sentence.word(next)));
            return Some(next + 1 - at);
        }
    }
    None
}

/// Whether a count of tablets is what is handed out, not what is taken at once: "one capsule three times a day,
/// thirty capsules". The dose is said before how often; nobody is told to take ten tablets at once.
fn is_supply(form: &str, value: f64, before: &str, sig: &Sig) -> bool {
    let solid = matches!(form, "tablet" | "tab" | "capsule" | "cap" | "pill");
    let dose_is_known = sig.dosage.is_some() && (sig.frequency.is_some() || sig.duration.is_some());
    dose_is_known || solid && value >= 10.0 || matches!(before, "dispense" | "quantity" | "number")
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "checked to be a whole number below ten thousand"
)]
fn whole(value: f64) -> Option<u32> {
    (value.fract() == 0.0 && (0.0..10_000.0).contains(&value)).then_some(value as u32)
}

/// "Twice a day", "every six to eight hours", "at bedtime", "daily".
fn frequency(sentence: &Sentence, at: usize, sig: &mut Sig) -> Option<usize> {
    let used = frequency_length(sentence, at)?;
    let said = sentence.span(at, at + used).to_owned();
    match &mut sig.frequency {
        Some(known) if !known.contains(&said) => {
            known.push(' ');
            known.push_str(&said);
        }
        Some(_) => {}
        None => sig.frequency = Some(said),
    }
    Some(used)
}

/// How many words a frequency at this place takes.
fn frequency_length(sentence: &Sentence, at: usize) -> Option<usize> {
    let word = |k: usize| sentence.word(at + k);
    let per = |k: usize| -> usize {
        let spans = matches!(word(k), "a" | "per" | "each" | "every" | "in")
            && matches!(word(k + 1), "day" | "week" | "month" | "night" | "hour" | "morning");
        if spans { 2 } else { usize::from(matches!(word(k), "daily" | "weekly" | "monthly" | "nightly")) }
    };
    match word(0) {
        "once" | "twice" | "thrice" => Some(per(1)).filter(|&n| n > 0).map(|n| n + 1),
        "daily" | "nightly" | "bid" | "tid" | "qid" | "qhs" | "everyday" | "hourly" | "weekly"
        | "monthly" => Some(1),
        "every" | "each" => {
            if let Some(n) = number(&sentence.words, at + 1) {
                let mut k = 1 + n.used;
                if matches!(word(k), "to" | "or")
                    && let Some(m) = number(&sentence.words, at + k + 1)
                {
                    k += 1 + m.used;
                }
                return matches!(word(k).trim_end_matches('s'), "hour" | "day" | "week" | "month" | "minute")
                    .then_some(k + 1);
            }
            let other = usize::from(matches!(word(1), "other" | "single"));
            matches!(word(1 + other), "day" | "morning" | "night" | "evening" | "week" | "month" | "meal")
                .then_some(2 + other)
        }
        "at" => match (word(1), word(2)) {
            ("bedtime" | "night", _) => Some(2),
            _ => None,
        },
        "before" | "after" | "with" => {
            matches!(word(1), "bed" | "food" | "meals" | "breakfast" | "lunch" | "dinner" | "bedtime")
                .then_some(2)
        }
        "in" => (word(1) == "the"
            && matches!(word(2), "morning" | "evening" | "afternoon" | "mornings" | "evenings"))
        .then_some(3),
        "a" | "per" => (word(1) == "day"
            && at > 0
            && (sentence.word(at - 1).starts_with('m') || sentence.word(at - 1) == "tablet"))
            .then_some(2),
        _ => {
            let n = number(&sentence.words, at)?;
            let mut k = n.used;
            if matches!(word(k), "to" | "or")
                && let Some(m) = number(&sentence.words, at + k + 1)
            {
                k += 1 + m.used;
            }
            if word(k) != "times" && word(k) != "time" {
                return None;
            }
            Some(per(k + 1)).filter(|&n| n > 0).map(|n| k + 1 + n)
        }
    }
}

/// "As needed for pain", "when you need it".
fn needed(sentence: &Sentence, at: usize, sig: &mut Sig) -> Option<usize> {
    const CUES: &[&str] = &[
        "as needed",
        "when needed",
        "if needed",
        "as you need it",
        "when you need it",
        "if you need it",
        "prn",
        "as required",
    ];
    let cue = CUES.iter().find(|cue| sentence.find_from(cue, at) == Some(at))?;
    let mut used = cue.split(' ').count();
    let base = sig.frequency.take();
    sig.frequency = Some(base.map_or_else(|| "as needed".to_owned(), |f| format!("{f} as needed")));
    if sentence.word(at + used) == "for" {
        let end = (at + used + 1..sentence.words.len().min(at + used + 5))
            .find(|&k| {
                matches!(sentence.word(k), "and" | "so" | "but" | "i" | "or" | "we" | "okay" | "that" | "for")
            })
            .unwrap_or(sentence.words.len().min(at + used + 4));
        let reason = sentence.span(at + used + 1, end);
        if !reason.is_empty() && !super::numbers::starts_number(sentence.word(at + used + 1)) {
            sig.needed_for = Some(reason.trim_start_matches("your ").trim_start_matches("the ").to_owned());
            used = end - at;
        }
    }
    Some(used)
}

/// "For seven days", "a three day course", "for the next couple of weeks".
fn course(sentence: &Sentence, at: usize, sig: &mut Sig) -> Option<usize> {
    let word = |k: usize| sentence.word(at + k);
    let unit = |k: usize| matches!(word(k).trim_end_matches('s'), "day" | "week" | "month");
    if word(0) == "for" {
        let mut k = 1;
        while matches!(
            word(k),
            "the"
                | "next"
                | "about"
                | "another"
                | "a"
                | "at"
                | "least"
                | "couple"
                | "of"
                | "few"
                | "like"
                | "maybe"
        ) {
            k += 1;
        }
        let mut counted = number(&sentence.words, at + k).map_or(0, |n| n.used);
        if counted > 0 && matches!(word(k + counted), "to" | "or") {
            counted += 1 + number(&sentence.words, at + k + counted + 1).map_or(0, |n| n.used);
        }
        if unit(k + counted) {
            sig.duration = Some(sentence.span(at + 1, at + k + counted + 1).to_owned());
            return Some(k + counted + 1);
        }
        return None;
    }
    let n = number(&sentence.words, at)?;
    (matches!(word(n.used), "day" | "days" | "week" | "weeks" | "month")
        && matches!(word(n.used + 1), "course" | "supply" | "total"))
    .then(|| {
        sig.duration = Some(sentence.span(at, at + n.used + 1).to_owned());
        n.used + 2
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transcript::Speaker;

    fn sig(text: &str) -> Sig {
        let sentence = Sentence::new(0, Speaker::Doctor, text);
        read(&sentence, 0, sentence.words.len())
    }

    #[test]
    fn the_parts_of_a_prescription_are_read() {
        let s =
            sig("take ibuprofen 600 milligrams every six to eight hours as needed for pain for seven days");
        assert_eq!(s.strength.as_deref(), Some("600 mg"));
        assert_eq!(s.frequency.as_deref(), Some("every six to eight hours as needed"));
        assert_eq!(s.duration.as_deref(), Some("seven days"));
        assert_eq!(s.needed_for.as_deref(), Some("pain"));
    }

    #[test]
    fn words_and_digits_mean_the_same() {
        for (text, strength, frequency) in [
            ("lisinopril twenty milligrams once a day", "20 mg", "once a day"),
            ("20mg of lisinopril daily", "20 mg", "daily"),
            ("increase it from ten milligrams to twenty milligrams a day", "20 mg", "a day"),
            ("albuterol 90 mcg every 4 hours", "90 mcg", "every 4 hours"),
            ("lantus 20 units at night", "20 units", "at night"),
        ] {
            let s = sig(text);
            assert_eq!(
                (s.strength.as_deref(), s.frequency.as_deref()),
                (Some(strength), Some(frequency)),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_handed_out_is_never_taken_for_the_dose() {
        for text in [
            "one capsule three times a day for ten days, thirty capsules",
            "one capsule three times a day for a week, 30 capsules",
            "take one capsule twice a day, dispense thirty capsules",
            "thirty capsules, one capsule a day",
        ] {
            let s = sig(text);
            assert_eq!((s.dosage.as_deref(), s.quantity), (Some("1 capsule"), Some(30)), "{text}");
        }
        let corrected = sig("take one tablet, no, two tablets twice a day");
        assert_eq!((corrected.dosage.as_deref(), corrected.quantity), (Some("2 tablets"), None));
    }

    #[test]
    fn tablets_refills_and_quantity_are_numbers() {
        let s = sig("one tablet by mouth twice daily, dispense 30 with 2 refills");
        assert_eq!(
            (s.dosage.as_deref(), s.route.as_deref(), s.quantity, s.refills),
            (Some("1 tablet"), Some("oral"), Some(30), Some(2))
        );
        assert_eq!(s.frequency.as_deref(), Some("twice daily"));
    }
}
