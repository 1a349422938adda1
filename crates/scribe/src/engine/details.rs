//! What belongs to a complaint beside its name: severity, duration, and which of two names is the exact one.

use super::numbers::number;
use super::scene::Scene;
use super::text::Sentence;
use crate::draft::SymptomDraft;

/// Adds severity and duration to the complaint spoken of last.
pub(super) fn detail(scene: &Scene, asked_by: Option<usize>, sentence: &Sentence, last: &mut SymptomDraft) {
    let question = asked_by.and_then(|k| scene.sentence(k));
    if last.severity.is_none()
        && let Some(value) = severity(sentence, question)
    {
        last.severity = Some(value);
        extend(&mut last.evidence, question, sentence);
    }
    if last.duration.is_none()
        && !last.negated
        && let Some(span) = duration(sentence, question)
    {
        last.duration = Some(span);
        extend(&mut last.evidence, question, sentence);
    }
}

fn extend(evidence: &mut Vec<usize>, question: Option<&Sentence>, sentence: &Sentence) {
    evidence.extend(question.map(|q| q.segment));
    evidence.push(sentence.segment);
    evidence.sort_unstable();
    evidence.dedup();
}

/// "Seven out of ten", or a number that answers a question about a scale.
fn severity(sentence: &Sentence, question: Option<&Sentence>) -> Option<u8> {
    let scale = question
        .is_some_and(|q| q.has("scale") || q.has("out of 10") || q.has("out of ten") || q.has("how severe"));
    for at in 0..sentence.words.len() {
        let Some(found) = number(&sentence.words, at) else { continue };
        let after = at + found.used;
        let of_ten = sentence.word(after) == "out"
            && sentence.word(after + 1) == "of"
            && matches!(sentence.word(after + 2), "10" | "ten")
            || sentence.word(after) == "/" && sentence.word(after + 1) == "10";
        let whole = (1..=10).find(|&k| (f64::from(k) - found.value).abs() < 0.01);
        let timed = matches!(
            sentence.word(after).trim_end_matches('s'),
            "day" | "week" | "hour" | "minute" | "month" | "year" | "time"
        );
        if (of_ten || scale && !timed)
            && let Some(value) = whole
        {
            return u8::try_from(value).ok();
        }
    }
    None
}

/// "For three weeks", "since last night", "two days ago".
fn duration(sentence: &Sentence, question: Option<&Sentence>) -> Option<String> {
    let asked = question.is_some_and(|q| q.has_any(&["how long", "when did", "since when", "how many days"]));
    for at in 0..sentence.words.len() {
        let word = sentence.word(at);
        if word == "since"
            && at + 1 < sentence.words.len()
            && !matches!(sentence.word(at + 1), "i" | "it" | "then" | "we" | "you" | "that")
        {
            return Some(sentence.span(at, (at + 4).min(clause_end(sentence, at))).to_owned());
        }
        let vague = matches!(word, "couple" | "few" | "several" | "a");
        let used = number(&sentence.words, at).map(|n| n.used).or(vague.then_some(1));
        let Some(used) = used else { continue };
        let mut unit = at + used;
        while matches!(sentence.word(unit), "of" | "couple" | "few" | "or" | "to" | "maybe" | "and" | "half")
            || number(&sentence.words, unit).is_some() && unit < at + 6
        {
            unit += 1;
        }
        let is_unit = matches!(
            sentence.word(unit).trim_end_matches('s'),
            "day" | "week" | "month" | "year" | "hour" | "minute"
        );
        if !is_unit {
            continue;
        }
        let before = if at > 0 { sentence.word(at - 1) } else { "" };
        let ago = sentence.word(unit + 1) == "ago";
        let lasting =
            matches!(before, "for" | "past" | "last" | "about" | "like" | "maybe" | "over" | "around");
        if ago || asked || lasting && at >= 1 && sentence.has_any(&["for", "past", "last"]) {
            return Some(sentence.span(at, unit + 1 + usize::from(ago)).to_owned());
        }
    }
    None
}

fn clause_end(sentence: &Sentence, from: usize) -> usize {
    (from + 1..sentence.words.len())
        .find(|&at| {
            let gap = sentence
                .words
                .get(at - 1)
                .zip(sentence.words.get(at))
                .and_then(|(a, b)| sentence.text.get(a.end..b.start));
            gap.is_some_and(|gap| gap.contains(','))
                || matches!(sentence.word(at), "and" | "but" | "so" | "i" | "when" | "it")
        })
        .unwrap_or(sentence.words.len())
}

/// Drops general names where a more exact one says the same.
pub(super) fn refine(list: &mut Vec<SymptomDraft>) {
    const BROAD: &[(&str, &[&str])] = &[
        ("swelling", &["leg swelling", "knee swelling", "ankle swelling"]),
        ("cough", &["dry cough", "productive cough"]),
        (
            "bleeding",
            &[
                "blood in the stool",
                "blood in the urine",
                "hemoptysis",
                "blood in vomit",
                "nosebleed",
                "vaginal bleeding",
            ],
        ),
        ("mucus production", &["productive cough"]),
        ("sweating", &["night sweats"]),
    ];
    let has_pain = list
        .iter()
        .any(|s| !s.negated && (s.symptom_name.ends_with(" pain") || s.symptom_name == "headache"));
    let names: Vec<(String, bool)> = list.iter().map(|s| (s.symptom_name.clone(), s.negated)).collect();
    list.retain(|s| {
        let covered = BROAD.iter().any(|(broad, exact)| {
            *broad == s.symptom_name
                && names.iter().any(|(n, neg)| *neg == s.negated && exact.contains(&n.as_str()))
        });
        !(covered || s.symptom_name == "pain" && has_pain)
    });
}
