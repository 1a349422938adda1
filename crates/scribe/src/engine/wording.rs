//! From spoken words to the wording of a note: third person, digits, no fillers.
//!
//! Only the form changes: persons, verb endings, numbers, and words that carry nothing. What was said stays.

use super::cues::{cues, pairs};
use super::numbers::with_digits;
use super::scene::Scene;
use super::tidy::{Token, tidy, token};
use crate::draft::{Sex, VisitContext};
use crate::transcript::Speaker;

/// How the patient is spoken of.
#[derive(Clone, Copy, Debug)]
pub struct Person {
    subject: &'static str,
    object: &'static str,
    possessive: &'static str,
    plural: bool,
}

impl Person {
    /// The pronouns for the patient of a visit.
    pub fn of(context: &VisitContext) -> Self {
        Self::with(context.sex)
    }

    /// The pronouns for the patient, or for how the patient is addressed in the visit.
    pub fn heard(context: &VisitContext, scene: &Scene) -> Self {
        Self::with(context.sex.or_else(|| addressed_as(scene)))
    }

    fn with(sex: Option<Sex>) -> Self {
        match sex {
            Some(Sex::Female) => Self { subject: "she", object: "her", possessive: "her", plural: false },
            Some(Sex::Male) => Self { subject: "he", object: "him", possessive: "his", plural: false },
            None => Self { subject: "they", object: "them", possessive: "their", plural: true },
        }
    }
}

/// How the clinician addresses the patient, when the chart says nothing: "sir", "ma'am".
pub fn addressed_as(scene: &Scene) -> Option<Sex> {
    let count = |list: &str| {
        let spoken = scene.sentences.iter().filter(|s| s.speaker == Speaker::Doctor);
        spoken.filter(|s| s.has_cue(cues(list))).count()
    };
    match (count("wording.sir"), count("wording.madam")) {
        (sir, 0) if sir > 0 => Some(Sex::Male),
        (0, madam) if madam > 0 => Some(Sex::Female),
        _ => None,
    }
}

fn third(verb: &str) -> String {
    match verb {
        "have" => "has".to_owned(),
        "do" => "does".to_owned(),
        "go" => "goes".to_owned(),
        "am" | "are" => "is".to_owned(),
        "don't" => "does not".to_owned(),
        "haven't" => "has not".to_owned(),
        "aren't" => "is not".to_owned(),
        _ if verb.ends_with(['s', 'x']) || verb.ends_with("ch") || verb.ends_with("sh") => {
            format!("{verb}es")
        }
        _ if verb.ends_with('y')
            && !verb.ends_with(['a', 'e', 'o'])
            && !verb.ends_with("ay")
            && !verb.ends_with("oy")
            && !verb.ends_with("uy") =>
        {
            format!("{}ies", verb.trim_end_matches('y'))
        }
        _ => format!("{verb}s"),
    }
}

/// Rewrites tidy text into the third person, seen from who said it, with digits and full forms.
pub fn report(text: &str, speaker: Speaker, person: Person) -> String {
    let mut out: Vec<String> = Vec::new();
    let mut named = false;
    let mut agree = false;
    let mut several = false;
    let mut agreed = false;
    let mut before = "";
    let tokens: Vec<Token<'_>> = text.split_whitespace().map(token).collect();
    for (at, token) in tokens.iter().enumerate() {
        let low = &*token.low;
        let next = tokens.get(at + 1).map(|t| &*t.low).unwrap_or_default();
        let (mut new, subject) = if speaker == Speaker::Doctor {
            addressed(low, person, &mut named)
        } else {
            own(low, person, &mut named)
        };
        if new.is_empty() {
            let verb = cues("wording.verbs").contains(&low)
                || matches!(low, "am" | "are" | "don't" | "haven't" | "aren't");
            let adverb = cues("wording.adverbs").contains(&low);
            let joined = agreed && matches!(before, "and" | "or") && !named_after(next);
            if verb && (agree || joined) {
                new = third(low);
                agreed = true;
            } else if several && low == "was" {
                "were".clone_into(&mut new);
            } else if agree && low == "were" {
                "was".clone_into(&mut new);
            }
            agree = agree && adverb;
            several = several && adverb;
            agreed = agreed && !cues("wording.infinitives").contains(&low);
        } else {
            several = subject && person.plural && new == person.subject;
            agree = subject && !several;
            agreed = false;
        }
        if new.is_empty() {
            new = perfect(low, next)
                .or_else(|| expand(low, before, next).map(ToOwned::to_owned))
                .unwrap_or_else(|| token.core.to_owned());
        }
        before = low;
        if new.is_empty() {
            continue;
        }
        out.push(format!("{new}{}", token.tail));
    }
    finish(&units(&with_digits(&out.join(" "))))
}

/// Whether the word after a verb shows that it is a noun after all: "work and sleep is".
fn named_after(next: &str) -> bool {
    matches!(next, "is" | "are" | "was" | "were" | "has" | "have")
}

/// "It's been" is "it has been", unlike "it's worse".
fn perfect(low: &str, next: &str) -> Option<String> {
    let subject = low.strip_suffix("'s")?;
    let known = matches!(subject, "it" | "that" | "there" | "he" | "she" | "what");
    (known && cues("wording.participles").contains(&next)).then(|| format!("{subject} has"))
}

/// The patient's own words about themselves; the second value tells whether a verb must agree.
fn own(low: &str, person: Person, named: &mut bool) -> (String, bool) {
    let first = !*named;
    let several = person.plural && !first;
    let subject = if first { "patient" } else { person.subject };
    let (is, has) = if several { ("are", "have") } else { ("is", "has") };
    let (text, agrees) = match low {
        "i" => (subject.to_owned(), true),
        "i'm" => (format!("{subject} {is}"), false),
        "i've" => (format!("{subject} {has}"), false),
        "i'd" => (format!("{subject} would"), false),
        "i'll" => (format!("{subject} will"), false),
        "my" | "mine" => return (person.possessive.to_owned(), false),
        "me" => return (person.object.to_owned(), false),
        "myself" => return (format!("{}self", person.object), false),
        _ => return (String::new(), false),
    };
    *named = true;
    (text, agrees)
}

/// The clinician's words to the patient.
fn addressed(low: &str, person: Person, named: &mut bool) -> (String, bool) {
    let first = !*named;
    let subject = if first { "patient" } else { person.subject };
    let plural = person.plural && !first;
    let (text, agrees) = match low {
        "you" => (subject.to_owned(), true),
        "you're" => (format!("{subject} {}", if plural { "are" } else { "is" }), false),
        "you've" => (format!("{subject} {}", if plural { "have" } else { "has" }), false),
        "you'd" => (format!("{subject} would"), false),
        "you'll" => (format!("{subject} will"), false),
        "your" => return (if first { "the".to_owned() } else { person.possessive.to_owned() }, false),
        "yourself" => return (format!("{}self", person.object), false),
        _ => return (String::new(), false),
    };
    *named = true;
    (text, agrees)
}

/// Full forms for what a note does not contract.
fn expand(low: &str, before: &str, next: &str) -> Option<&'static str> {
    Some(match low {
        "don't" => "do not",
        "doesn't" => "does not",
        "didn't" => "did not",
        "haven't" => "have not",
        "hasn't" => "has not",
        "hadn't" => "had not",
        "isn't" => "is not",
        "wasn't" => "was not",
        "aren't" => "are not",
        "weren't" => "were not",
        "can't" | "cannot" => "cannot",
        "couldn't" => "could not",
        "won't" => "will not",
        "wouldn't" => "would not",
        "it's" => "it is",
        "that's" => "that is",
        "there's" => "there is",
        "he's" => "he is",
        "she's" => "she is",
        "they're" => "they are",
        "we're" => "we are",
        "we'll" => "we will",
        "we've" => "we have",
        "let's" => "will",
        "get's" => "gets",
        "i" => "I",
        "tummy" | "belly" => "abdomen",
        "mom" | "mum" | "mommy" => "mother",
        "dad" | "daddy" => "father",
        "grandma" => "grandmother",
        "grandpa" => "grandfather",
        "kids" => "children",
        "meds" => "medications",
        "doc" => "doctor",
        "pee" => "urinate",
        "peeing" => "urinating",
        "peed" => "urinated",
        "poop" => "stool",
        "throw" if next == "up" => "vomit",
        "throwing" if next == "up" => "vomiting",
        "threw" if next == "up" => "vomited",
        "up" if matches!(before, "throw" | "throwing" | "threw") => "",
        _ => return None,
    })
}

/// Short forms of units, as notes write them.
fn units(text: &str) -> String {
    let mut out = text.to_owned();
    for (long, short) in [
        (" milligrams", " mg"),
        (" milligram", " mg"),
        (" micrograms", " mcg"),
        (" percent", "%"),
        (" out of 10", "/10"),
        (" out of 6", "/6"),
        (" x ray", " x-ray"),
    ] {
        if out.contains(long) {
            out = out.replace(long, short);
        }
    }
    out
}

/// Capital first letter, one full stop.
pub fn finish(text: &str) -> String {
    let trimmed = text.trim().trim_end_matches([',', '.', '?', '!', ';', ':', ' ', '-']);
    let mut chars = trimmed.chars();
    let Some(first) = chars.next() else { return String::new() };
    let mut out: String = first.to_uppercase().collect();
    out.push_str(chars.as_str());
    out.push('.');
    out
}

/// A clinician's sentence in the note's wording.
pub fn clinician(text: &str, person: Person) -> String {
    let mut rest = tidy(text);
    let mut opening = String::new();
    for _ in 0..3 {
        let low = rest.to_lowercase();
        let hit = pairs("wording.plans")
            .iter()
            .filter(|(open, _)| low.strip_prefix(open).is_some_and(|t| t.starts_with(' ')))
            .max_by_key(|(open, _)| open.len());
        let Some((open, with)) = hit else { break };
        rest = rest.get(open.len() + 1..).unwrap_or_default().to_owned();
        if !with.is_empty() {
            (*with).clone_into(&mut opening);
            break;
        }
    }
    if opening.is_empty() { report(&rest, Speaker::Doctor, person) } else { lead(&opening, &rest, person) }
}

/// The patient's sentence in the note's wording.
pub fn patient(text: &str, person: Person) -> String {
    let text = tidy(text);
    let denied = text.get(..3).filter(|open| open.eq_ignore_ascii_case("no ")).and_then(|_| text.get(3..));
    match denied {
        Some(rest) => {
            let body = report(rest, Speaker::Patient, person);
            let mut chars = body.chars();
            let small = chars.next().map(|c| c.to_lowercase().collect::<String>()).unwrap_or_default();
            finish(&format!("Denies {small}{}", chars.as_str()))
        }
        None => report(&text, Speaker::Patient, person),
    }
}

/// A lead with the rest of a sentence in the third person.
pub(super) fn lead(lead: &str, rest: &str, person: Person) -> String {
    if lead == "Does" {
        return report(&format!("you {}", rest.trim_end_matches('?')), Speaker::Doctor, person);
    }
    let body = report(rest.trim_end_matches('?'), Speaker::Doctor, person);
    let mut chars = body.chars();
    let small = chars.next().map(|c| c.to_lowercase().collect::<String>()).unwrap_or_default();
    finish(&format!("{lead} {small}{}", chars.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person() -> Person {
        Person::of(&VisitContext { sex: Some(Sex::Male), ..VisitContext::default() })
    }

    #[test]
    fn the_patients_words_become_third_person() {
        for (said, written) in [
            (
                "um, so I've been having chest pain for two days",
                "Patient has been having chest pain for 2 days.",
            ),
            ("i take lisinopril and i don't smoke", "Patient takes lisinopril and he does not smoke."),
            ("my knees were just killing me", "His knees were killing him."),
            ("yeah, uh, I'm tired", "Patient is tired."),
            (
                "No pain, but I have been a little nauseous",
                "Denies pain, but patient has been a little nauseous.",
            ),
            ("No, it's been getting worse", "It has been getting worse."),
            ("no I haven't noticed any blood", "Patient has not noticed any blood."),
            ("I live in the in the basement and rent it", "Patient lives in the basement and rents it."),
        ] {
            assert_eq!(patient(said, person()), written);
        }
    }

    #[test]
    fn the_clinicians_words_become_a_note() {
        for (said, written) in [
            (
                "so i'm going to go ahead and prescribe some ultram fifty milligrams every six hours",
                "Will prescribe some ultram 50 mg every 6 hours.",
            ),
            ("i want you to rest your knee, okay?", "Advised to rest the knee."),
            ("i do appreciate a two out of six systolic murmur", "There is a 2/6 systolic murmur."),
            ("i think you have a sprain", "Patient has a sprain."),
        ] {
            assert_eq!(clinician(said, person()), written);
        }
    }
}
