//! A visit in which a parent speaks for a child: the child is the patient, also where it is "my daughter" or "she".
//!
//! The sentences are rewritten before anything else reads them: "my daughter" becomes "patient", the parent's "I" becomes
//! "parent", and the clinician's "does she" becomes "do you", as if the patient were asked.

use super::cues::pairs;
use super::text::Sentence;
use crate::transcript::Speaker;

const CHILD: &[&str] = &["child", "son", "daughter", "baby", "toddler", "infant", "kid", "boy", "girl"];

/// The sentences, rewritten where a parent speaks for the patient.
pub(super) fn read(list: Vec<Sentence>) -> Vec<Sentence> {
    if !spoken_for(&list) {
        return list.into_iter().filter(|sentence| !of_themselves(sentence)).collect();
    }
    list.into_iter()
        .map(|sentence| {
            let asks = sentence.speaker == Speaker::Doctor && sentence.text.ends_with('?');
            let mut text = children(&sentence);
            if asks {
                text = swapped(&text, pairs("proxy.asked"));
            } else if sentence.speaker != Speaker::Doctor {
                text = swapped(&text, pairs("proxy.parent"));
            }
            if text == sentence.text {
                sentence
            } else {
                Sentence::new(sentence.segment, sentence.speaker, &text)
            }
        })
        .collect()
}

/// Whether a third person speaks of himself or herself: "my cough is terrible as well".
fn of_themselves(sentence: &Sentence) -> bool {
    sentence.speaker == Speaker::Other
        && sentence.has_any(&[
            "my", "i take", "i have", "i've", "i'm", "i am", "i had", "i get", "i feel", "i smoke",
        ])
}

/// Whether the one who answers brings a child: "I brought my daughter", "my son has been coughing", early in the visit.
fn spoken_for(list: &[Sentence]) -> bool {
    let mut own = false;
    for sentence in list.iter().filter(|s| s.speaker != Speaker::Doctor).take(6) {
        for at in 0..sentence.words.len() {
            let Some(end) = child_at(sentence, at) else { continue };
            let brought = (0..at).any(|k| matches!(sentence.word(k), "brought" | "bring" | "bringing"));
            let ill =
                matches!(sentence.word(end), "has" | "is" | "had" | "hasn't" | "isn't" | "started" | "won't");
            let ill = ill
                || at < 4 && sentence.has_any(&["she's been", "he's been", "she has been", "he has been"]);
            let too = sentence.has_any(&["sick too", "also sick", "as well as me"]);
            if brought || ill && at < 4 && !own && !too {
                return true;
            }
        }
        own = own || sentence.has_any(&["i have", "i've", "i'm", "i had", "i feel", "i get"]);
    }
    false
}

/// Just after "my eight year old daughter", if that stands at a place.
fn child_at(sentence: &Sentence, at: usize) -> Option<usize> {
    if !matches!(sentence.word(at), "my" | "our" | "your") {
        return None;
    }
    (at + 1..(at + 6).min(sentence.words.len())).find_map(|k| {
        let between = (at + 1..k).all(|j| {
            let word = sentence.word(j);
            matches!(
                word,
                "year"
                    | "years"
                    | "month"
                    | "months"
                    | "week"
                    | "old"
                    | "little"
                    | "younger"
                    | "older"
                    | "youngest"
                    | "oldest"
            ) || word.contains(|c: char| c.is_ascii_digit())
                || super::numbers::starts_number(word)
        });
        (between && CHILD.contains(&sentence.word(k))).then_some(k + 1)
    })
}

/// The text with "my daughter" written as "patient".
fn children(sentence: &Sentence) -> String {
    let mut text = sentence.text.clone();
    for at in (0..sentence.words.len()).rev() {
        let Some(end) = child_at(sentence, at) else { continue };
        let span = sentence.words.get(at).zip(sentence.words.get(end - 1)).map(|(a, b)| a.start..b.end);
        if let Some(span) = span.filter(|span| text.get(span.clone()).is_some()) {
            let new = if sentence.speaker == Speaker::Doctor { "you" } else { "patient" };
            text.replace_range(span, new);
        }
    }
    text
}

/// The text with phrases replaced, word for word.
fn swapped(text: &str, swaps: &[(&str, &str)]) -> String {
    let mut out: Vec<String> = Vec::new();
    let tokens: Vec<&str> = text.split_whitespace().collect();
    let mut at = 0;
    while at < tokens.len() {
        let hit = swaps.iter().find(|(from, _)| {
            from.split(' ').enumerate().all(|(k, part)| {
                tokens
                    .get(at + k)
                    .is_some_and(|t| t.trim_end_matches([',', '.', '?', '!']).eq_ignore_ascii_case(part))
            })
        });
        if let Some((from, to)) = hit {
            let used = from.split(' ').count();
            let last = tokens.get(at + used - 1).copied().unwrap_or_default();
            let tail = last.trim_start_matches(|c: char| !matches!(c, ',' | '.' | '?' | '!'));
            out.push(format!("{to}{tail}"));
            at += used;
        } else {
            out.extend(tokens.get(at).map(|t| (*t).to_owned()));
            at += 1;
        }
    }
    out.join(" ")
}

#[cfg(test)]
mod tests {
    use crate::draft::VisitContext;
    use crate::transcript::Transcript;

    #[test]
    fn a_parents_words_are_about_the_child() {
        let text = "[doctor] What brings you in?\n[patient] I brought my 8 year old daughter because she has a cough.\n[doctor] Does she have a fever?\n[patient] No.\n[doctor] Is she short of breath?\n[patient] Yes.";
        let draft = crate::draft(&Transcript::parse(text), &VisitContext::default());
        let found: Vec<(&str, bool)> =
            draft.symptoms.iter().map(|s| (s.symptom_name.as_str(), s.negated)).collect();
        assert_eq!(found, [("cough", false), ("fever", true), ("shortness of breath", false)]);
    }

    #[test]
    fn a_child_who_is_only_mentioned_is_not_the_patient() {
        let text = "[patient] I have a cough, and I live with my daughter.\n[doctor] Any fever?\n[patient] My son had one.";
        let draft = crate::draft(&Transcript::parse(text), &VisitContext::default());
        let found: Vec<&str> = draft.symptoms.iter().map(|s| s.symptom_name.as_str()).collect();
        assert_eq!(found, ["cough"]);
    }
}
