//! Complaints, present and denied, with site, severity and duration.

use super::cues::cues;
use super::mentions::{Mention, mentions};
use super::negation::{Assertion, assess};
use super::numbers::number;
use super::scene::{Answer, Scene};
use super::text::{Sentence, asks};
use crate::draft::{Flag, SymptomDraft};
use crate::transcript::Speaker;

/// All complaints of a visit.
///
/// What is said to be there as often as not is left out and flagged.
pub fn find(scene: &Scene) -> (Vec<SymptomDraft>, Vec<Flag>) {
    let mut list: Vec<Told> = Vec::new();
    for (at, sentence) in scene.sentences.iter().enumerate() {
        if sentence.speaker == Speaker::Doctor {
            if sentence.question || scene.reply(at).is_some() {
                asked(scene, at, sentence, &mut list);
            } else {
                told(sentence, &mut list);
            }
        } else {
            said(scene, at, sentence, &mut list);
        }
    }
    let (mut list, flags) = settle(list);
    refine(&mut list);
    (list, flags)
}

/// A complaint, or its denial, and how often it was told.
struct Told {
    symptom: SymptomDraft,
    times: usize,
}

/// Of a complaint and its denial, keeps the one told more often.
fn settle(list: Vec<Told>) -> (Vec<SymptomDraft>, Vec<Flag>) {
    let counts: Vec<(String, bool, usize)> =
        list.iter().map(|t| (t.symptom.symptom_name.clone(), t.symptom.negated, t.times)).collect();
    let mut kept = Vec::new();
    let mut flags = Vec::new();
    for told in list {
        let against = counts
            .iter()
            .find(|(name, negated, _)| *name == told.symptom.symptom_name && *negated != told.symptom.negated)
            .map_or(0, |c| c.2);
        if told.times > against {
            kept.push(told.symptom);
        } else if told.times == against && told.symptom.negated {
            let message = format!("{} was both reported and denied; left out", told.symptom.symptom_name);
            flags.push(Flag { code: "contradicted".to_owned(), message, evidence: told.symptom.evidence });
        }
    }
    (kept, flags)
}

/// The complaints of a clinician's question, judged by the answer.
fn asked(scene: &Scene, at: usize, sentence: &Sentence, list: &mut Vec<Told>) {
    let Some(reply) = scene.reply(at).filter(|_| !sentence.has_any(cues("symptoms.pressing"))) else {
        return;
    };
    let found = mentions(sentence);
    let named: Vec<String> = reply
        .sentences
        .iter()
        .filter_map(|&k| scene.sentence(k))
        .flat_map(mentions)
        .map(|m| m.name)
        .collect();
    let negative_question = sentence.words.iter().take(3).any(|w| w.text == "no" || w.text == "not");
    for mention in &found {
        if assess(&sentence.text, &sentence.words, mention.start, mention.end).other
            || named.contains(&mention.name)
        {
            continue;
        }
        let other = mention.start > 0 && sentence.word(mention.start - 1) == "other";
        let negated = match reply.answer {
            Answer::No if other => continue,
            Answer::No => true,
            Answer::Yes => negative_question,
            Answer::Open => continue,
        };
        if !negated && (found.len() > 2 || !named.is_empty() && found.len() > 1) {
            continue;
        }
        let mut evidence = vec![sentence.segment];
        evidence.extend(&reply.segments);
        note(list, mention, negated, evidence, sentence);
    }
}

/// The complaints a clinician states: the reason for the visit, or a summary of what was said.
fn told(sentence: &Sentence, list: &mut Vec<Told>) {
    if !sentence.has_any(cues("symptoms.told.cues")) {
        return;
    }
    for mention in mentions(sentence) {
        let said = assess(&sentence.text, &sentence.words, mention.start, mention.end);
        if !said.hypothetical && !said.other {
            note(list, &mention, said.negated, vec![sentence.segment], sentence);
        }
    }
}

/// The complaints in the patient's own words.
fn said(scene: &Scene, at: usize, sentence: &Sentence, list: &mut Vec<Told>) {
    if sentence.text.ends_with('?')
        || asks(&sentence.words)
        || sentence.has_any(cues("symptoms.asking"))
        || echo(scene, at, sentence)
    {
        return;
    }
    let taken_back = sentence.text.trim_end_matches(['.', ',', ' ']).ends_with("but no");
    let asked_by = scene.asked_by.get(at).copied().flatten();
    for mention in mentions(sentence) {
        let Assertion { negated, other, hypothetical, .. } =
            assess(&sentence.text, &sentence.words, mention.start, mention.end);
        if other || hypothetical {
            continue;
        }
        let mut evidence = vec![sentence.segment];
        if let Some(question) =
            asked_by.and_then(|k| scene.sentence(k)).filter(|q| q.question && sentence.words.len() < 8)
        {
            evidence.insert(0, question.segment);
        }
        note(list, &mention, negated || taken_back, evidence, sentence);
    }
    let last = list.last_mut().map(|told| &mut told.symptom);
    if let Some(last) = last.filter(|last| last.evidence.last().is_some_and(|&e| e + 6 > sentence.segment)) {
        detail(scene, asked_by, sentence, last);
    }
}

/// Whether an answer only repeats words of its question, so that yes and no cannot be told apart.
fn echo(scene: &Scene, at: usize, sentence: &Sentence) -> bool {
    let Some(question) = scene.asked_by.get(at).copied().flatten().and_then(|k| scene.sentence(k)) else {
        return false;
    };
    let denies = |w: &str| matches!(w, "no" | "not" | "none" | "never" | "yes" | "yeah");
    let asked: Vec<&str> = scene
        .sentences
        .iter()
        .filter(|s| s.segment == question.segment)
        .flat_map(|s| s.words.iter().map(|w| w.text.as_str()))
        .collect();
    question.question && sentence.words.iter().all(|w| !denies(&w.text) && asked.contains(&w.text.as_str()))
}

/// Adds severity and duration to the complaint spoken of last.
fn detail(scene: &Scene, asked_by: Option<usize>, sentence: &Sentence, last: &mut SymptomDraft) {
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

/// Adds a mention to the list, or to the complaint told before with the same sign.
fn note(list: &mut Vec<Told>, mention: &Mention, negated: bool, evidence: Vec<usize>, sentence: &Sentence) {
    let same = |t: &&mut Told| t.symptom.symptom_name == mention.name && t.symptom.negated == negated;
    if let Some(told) = list.iter_mut().find(same) {
        let known = &mut told.symptom;
        told.times += usize::from(known.evidence.last().is_none_or(|last| evidence.iter().any(|e| e > last)));
        known.evidence.extend(evidence);
        known.evidence.sort_unstable();
        known.evidence.dedup();
        known.evidence.truncate(6);
        if known.body_site.is_none() {
            known.body_site.clone_from(&mention.site);
        }
        return;
    }
    let symptom = SymptomDraft {
        symptom_name: mention.name.clone(),
        body_site: mention.site.clone(),
        negated,
        notes: Some(sentence.text.trim().to_owned()),
        evidence,
        ..SymptomDraft::default()
    };
    list.push(Told { symptom, times: 1 });
}

/// Drops general names where a more exact one says the same.
fn refine(list: &mut Vec<SymptomDraft>) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transcript::Transcript;

    fn heard(text: &str) -> Vec<(String, bool)> {
        find(&Scene::read(&Transcript::parse(text)))
            .0
            .into_iter()
            .map(|s| (s.symptom_name, s.negated))
            .collect()
    }

    #[test]
    fn complaints_and_denials_are_told_apart() {
        for (text, name, negated) in [
            ("[doctor] Any fever?\n[patient] No.", "fever", true),
            ("[doctor] Any fever?\n[patient] Yes, since Monday.", "fever", false),
            ("[patient] I have a pain in my chest.", "chest pain", false),
            ("[patient] My left knee has been hurting.", "knee pain", false),
            ("[patient] I don't have a cough.", "cough", true),
            (
                "[doctor] so no shortness of breath?\n[patient] no shortness of breath",
                "shortness of breath",
                true,
            ),
        ] {
            assert_eq!(heard(text), [(name.to_owned(), negated)], "{text}");
        }
    }

    #[test]
    fn a_question_without_an_answer_is_no_complaint() {
        assert!(heard("[doctor] Any fever or chills?").is_empty());
        assert!(heard("[doctor] Come back if you get a fever.\n[patient] Okay.").is_empty());
    }

    #[test]
    fn a_relatives_complaint_is_not_the_patients() {
        assert!(heard("[patient] My wife has been coughing.").is_empty());
    }

    #[test]
    fn what_is_reported_and_denied_alike_is_left_out_and_flagged() {
        let text = "[patient] I have a cough.\n[doctor] Any cough?\n[patient] No.";
        let (list, flags) = find(&Scene::read(&Transcript::parse(text)));
        assert!(list.is_empty());
        assert_eq!(flags[0].code, "contradicted");
    }

    #[test]
    fn severity_and_duration_join_the_complaint() {
        let text = "[patient] My right knee hurts.\n[doctor] How bad is it on a scale of one to ten?\n[patient] About a seven.\n[doctor] How long?\n[patient] For three weeks.";
        let (list, _) = find(&Scene::read(&Transcript::parse(text)));
        assert_eq!(list[0].severity, Some(7));
        assert_eq!(list[0].duration.as_deref(), Some("three weeks"));
        assert_eq!(list[0].body_site.as_deref(), Some("right knee"));
    }
}
