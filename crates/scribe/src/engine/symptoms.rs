//! Complaints, present and denied, with site, severity and duration.

use super::cues::cues;
use super::details::{detail, refine};
use super::mentions::{Mention, mentions};
use super::negation::{Assertion, assess};
use super::scene::{Answer, Scene, classify};
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
            } else if !confirmed(scene, at, sentence, &mut list) {
                told(sentence, &mut list);
            }
        } else {
            said(scene, at, sentence, &mut list);
        }
    }
    let (mut list, mut flags) = settle(list);
    let has = |name: &str| list.iter().any(|s| !s.negated && s.symptom_name == name);
    if has("dry cough") && has("productive cough") {
        let said = |s: &SymptomDraft| s.symptom_name == "productive cough";
        let evidence = list.iter().find(|s| said(s)).map(|s| s.evidence.clone()).unwrap_or_default();
        let message = "the cough was called dry and productive; only dry is kept".to_owned();
        flags.push(Flag { code: "contradicted".to_owned(), message, evidence });
        list.retain(|s| !said(s));
    }
    refine(&mut list);
    (list, flags)
}

/// A complaint, or its denial, and how often it was told.
struct Told {
    symptom: SymptomDraft,
    times: usize,
    /// Whether left and right were both said of it.
    sides: bool,
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
            if told.sides && !told.symptom.negated {
                let message =
                    format!("left and right were both said of {}; check the side", told.symptom.symptom_name);
                flags.push(Flag {
                    code: "sides".to_owned(),
                    message,
                    evidence: told.symptom.evidence.clone(),
                });
            }
            kept.push(told.symptom);
        } else if told.times == against && told.symptom.negated {
            let message = format!("{} was both reported and denied; left out", told.symptom.symptom_name);
            flags.push(Flag { code: "contradicted".to_owned(), message, evidence: told.symptom.evidence });
        }
    }
    // "No pain" without a place says little, and beside another pain it says the wrong thing.
    kept.retain(|s| !s.negated || s.symptom_name != "pain");
    (kept, flags)
}

/// The complaints of a clinician's question, judged by the answer.
fn asked(scene: &Scene, at: usize, sentence: &Sentence, list: &mut Vec<Told>) {
    let Some(reply) = scene.reply(at).filter(|_| {
        !sentence.has_cue(cues("symptoms.pressing")) && !sentence.has_cue(cues("symptoms.earlier"))
    }) else {
        return;
    };
    let found: Vec<Mention> =
        mentions(sentence).into_iter().filter(|m| !presupposed(sentence, m.start)).collect();
    let named: Vec<String> = reply
        .sentences
        .iter()
        .filter_map(|&k| scene.sentence(k))
        .flat_map(mentions)
        .map(|m| m.name)
        .collect();
    let negative_question = sentence.words.iter().take(3).any(|w| w.text == "no" || w.text == "not")
        || sentence.has_cue(cues("scene.denying"));
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
        let bare =
            reply.sentences.iter().filter_map(|&k| scene.sentence(k)).map(|s| s.words.len()).sum::<usize>()
                < 4;
        if !negated && (found.len() > 2 || found.len() > 1 && (!named.is_empty() || !bare)) {
            continue;
        }
        let mut evidence = vec![sentence.segment];
        evidence.extend(&reply.segments);
        note(list, mention, negated, evidence, sentence);
    }
}

/// Whether a question takes the complaint for known: "any fever along with your cough?".
fn presupposed(sentence: &Sentence, start: usize) -> bool {
    let word = |back: usize| start.checked_sub(back).map_or("", |k| sentence.word(k));
    matches!(word(1), "your" | "the" | "this" | "that" | "these" | "those")
        || matches!(word(2), "your" | "this") && !matches!(word(1), "or" | "and")
        || within_when(sentence, start)
}

/// "When you get short of breath, have you noticed any pain?": the first complaint is known.
fn within_when(sentence: &Sentence, start: usize) -> bool {
    let opened =
        (start.saturating_sub(5)..start).any(|k| matches!(sentence.word(k), "when" | "while" | "whenever"));
    let asks = |k: usize| {
        matches!(sentence.word(k), "have" | "do" | "does" | "did" | "is" | "are") && {
            matches!(sentence.word(k + 1), "you" | "there" | "it" | "the" | "that")
        }
    };
    opened && (start..sentence.words.len()).any(asks)
}

/// A clinician's short statement of a complaint to which the patient says yes: "It's just a little stuffy." "Yeah."
fn confirmed(scene: &Scene, at: usize, sentence: &Sentence, list: &mut Vec<Told>) -> bool {
    let Some(next) = scene.sentence(at + 1).filter(|s| s.speaker == Speaker::Patient) else { return false };
    if sentence.words.len() > 14
        || classify(next) != Answer::Yes
        || sentence.has_cue(cues("symptoms.pressing"))
        || sentence.has_cue(cues("symptoms.unsaid"))
    {
        return false;
    }
    let found = mentions(sentence);
    for mention in &found {
        let said = assess(&sentence.text, &sentence.words, mention.start, mention.end);
        if !said.hypothetical && !said.other {
            note(list, mention, said.negated, vec![sentence.segment, next.segment], sentence);
        }
    }
    !found.is_empty()
}

/// The complaints a clinician states: the reason for the visit, or a summary of what was said.
fn told(sentence: &Sentence, list: &mut Vec<Told>) {
    if !sentence.has_cue(cues("symptoms.told.cues"))
        || sentence.has_any(&[
            "how about",
            "what about",
            "any other symptoms",
            "have you noticed",
            "do you have",
        ])
    {
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
        || sentence.has_cue(cues("symptoms.asking"))
        || echo(scene, at, sentence)
    {
        return;
    }
    let asked_by = scene.asked_by.get(at).copied().flatten();
    let about = |topics: &str| {
        asked_by.and_then(|k| scene.sentence(k)).is_some_and(|q| q.question && q.has_cue(cues(topics)))
    };
    if about("symptoms.history_asked") || sentence.has_cue(cues("symptoms.reaction")) {
        return;
    }
    let taken_back = sentence.text.trim_end_matches(['.', ',', ' ']).ends_with("but no");
    for mention in mentions(sentence) {
        let Assertion { negated, other, hypothetical, past, .. } =
            assess(&sentence.text, &sentence.words, mention.start, mention.end);
        let over = past && !negated && !sentence.has_cue(cues("symptoms.lasting"));
        let earlier = negated && sentence.has_any(&["before", "in the past", "previously"]);
        if other || hypothetical || over || earlier {
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
        let near = known.evidence.last().is_some_and(|&last| sentence.segment <= last + 1);
        let other =
            side(mention.site.as_deref()).zip(side(known.body_site.as_deref())).is_some_and(|(a, b)| a != b);
        told.sides = told.sides || other;
        // "Left leg pain. Right leg pain, right?" is the right leg.
        if known.body_site.is_none() || other && near {
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
    list.push(Told { symptom, times: 1, sides: false });
}

/// The side that a site names.
fn side(site: Option<&str>) -> Option<&str> {
    site?.split(' ').next().filter(|side| matches!(*side, "left" | "right"))
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
            ("[doctor] It's just a little stuffy nose.\n[patient] Yeah, exactly.", "nasal congestion", false),
            ("[doctor] Any dizziness along with your fatigue?\n[patient] No.", "dizziness", true),
            ("[doctor] Any blood when you cough?\n[patient] No.", "hemoptysis", true),
            (
                "[doctor] When you get short of breath, have you noticed any nausea?\n[patient] No.",
                "nausea",
                true,
            ),
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
    fn an_allergys_reaction_and_an_old_illness_are_no_complaints() {
        for text in [
            "[doctor] Do you have any allergies?\n[patient] Penicillin. I break out in hives.",
            "[doctor] Have you ever had any difficulty breathing in the past?\n[patient] No.",
            "[doctor] Do you have any chronic conditions?\n[patient] I have anxiety.",
            "[patient] I get short of breath after my coughing fits.",
        ] {
            let made = heard(text);
            let expected = |name: &str| matches!(name, "shortness of breath" | "cough");
            assert!(made.iter().all(|(name, denied)| expected(name) && !denied), "{text}: {made:?}");
        }
    }

    #[test]
    fn what_is_reported_and_denied_alike_is_left_out_and_flagged() {
        let text = "[patient] I have a cough.\n[doctor] Any cough?\n[patient] No.";
        let (list, flags) = find(&Scene::read(&Transcript::parse(text)));
        assert!(list.is_empty());
        assert_eq!(flags[0].code, "contradicted");
    }

    #[test]
    fn a_side_that_is_put_right_at_once_is_the_last_one_and_flagged() {
        let text = "[doctor] She's here for left leg pain. Right leg pain.\n[patient] Yes.";
        let (list, flags) = find(&Scene::read(&Transcript::parse(text)));
        assert_eq!(list[0].body_site.as_deref(), Some("right leg"));
        assert_eq!(flags[0].code, "sides");
    }

    #[test]
    fn what_was_read_wrongly_in_drafts_is_read_rightly() {
        for (text, expected) in [
            ("[patient] I sometimes get hay fever.", vec![]),
            ("[patient] I have a sore on my foot.", vec![("wound", false)]),
            ("[doctor] Any contact with anyone who has been sick?\n[patient] No.", vec![]),
            ("[patient] I have chest pain. I never had chest pain before.", vec![("chest pain", false)]),
            ("[patient] I have pain on the right side of my abdomen.", vec![("abdominal pain", false)]),
            ("[doctor] Any wheezing? p: No. Okay.", vec![("wheezing", true)]),
        ] {
            let expected: Vec<(String, bool)> =
                expected.into_iter().map(|(n, d)| (n.to_owned(), d)).collect();
            assert_eq!(heard(text), expected, "{text}");
        }
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
