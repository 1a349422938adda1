//! Medicines: what is started, changed, continued or stopped, and what is taken already.
//!
//! An allergy, a question, a thought ("we could try") and the patient's own account never make an order.

use super::lexicon::{DRUGS, Found};
use super::scene::{Answer, Scene};
use super::sig::{self, Sig};
use super::soundalike;
use super::text::Sentence;
use crate::draft::MedicationAction;
use crate::transcript::Speaker;

/// What is said about a medicine where it is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// The clinician orders something.
    Order(MedicationAction),
    /// The patient takes it.
    Taking,
    /// The patient took it or tried it.
    Taken,
    /// It is an allergy or intolerance.
    Allergy,
    /// Named without any of these.
    Named,
}

/// A medicine named in a sentence.
#[derive(Clone, Debug)]
pub struct Mention {
    /// Which sentence.
    pub sentence: usize,
    /// Its first word.
    pub start: usize,
    /// Just after its last word.
    pub end: usize,
    /// As said, lower case.
    pub name: String,
    /// The generic name.
    pub generic: &'static str,
    /// The drug class.
    pub class: &'static str,
    /// Whether the name is only close to one of the list.
    pub close: bool,
    /// What is said about it.
    pub told: Use,
    /// Segments that show it.
    pub evidence: Vec<usize>,
    /// How it is to be taken.
    pub sig: Sig,
    /// How strongly the words make an order: 2 says it, 1 suggests it.
    pub strength: u8,
}

/// All medicines named in a visit.
pub fn find(scene: &Scene) -> Vec<Mention> {
    let mut list = Vec::new();
    for (at, sentence) in scene.sentences.iter().enumerate() {
        for (found, close) in named(sentence) {
            let entry = DRUGS.entry(found);
            let name = sentence.span(found.start, found.end).to_lowercase();
            let (told, strength) = told(scene, at, sentence, found);
            let mut evidence = vec![sentence.segment];
            if let (Use::Taking | Use::Allergy, Some(reply)) = (told, scene.reply(at)) {
                evidence.extend(&reply.segments);
            }
            let sig = sig_of(scene, at, sentence, found, told, &mut evidence);
            evidence.dedup();
            list.push(Mention {
                sentence: at,
                start: found.start,
                end: found.end,
                name,
                generic: entry.name,
                class: entry.group,
                close,
                told,
                evidence,
                sig,
                strength,
            });
        }
    }
    list
}

/// The drug names of a sentence, and those that only sound like one.
fn named(sentence: &Sentence) -> Vec<(Found, bool)> {
    let mut list: Vec<(Found, bool)> = DRUGS
        .find(&sentence.words)
        .into_iter()
        .filter(|f| plausible(sentence, *f))
        .map(|f| (f, false))
        .collect();
    for at in 0..sentence.words.len() {
        if list.iter().any(|(f, _)| f.start <= at && at < f.end) {
            continue;
        }
        if let Some(entry) = soundalike::close_to(sentence, at) {
            list.push((Found { start: at, end: at + 1, entry }, true));
        }
    }
    list.sort_by_key(|(f, _)| f.start);
    list
}

/// Names that are also everyday words or laboratory values.
fn plausible(sentence: &Sentence, found: Found) -> bool {
    let (word, next) = (sentence.word(found.start), sentence.word(found.end));
    let before = if found.start > 0 { sentence.word(found.start - 1) } else { "" };
    let value = matches!(
        next,
        "level"
            | "levels"
            | "deficiency"
            | "is"
            | "was"
            | "looks"
            | "intake"
            | "test"
            | "resistance"
            | "score"
            | "content"
            | "stores"
            | "panel"
    );
    match word {
        "iron" | "calcium" | "potassium" | "magnesium" | "zinc" | "insulin" | "vitamin" | "b12"
        | "folate" | "testosterone" | "lithium" | "progesterone" | "estradiol" | "cortisone" | "caffeine"
        | "nicotine" | "niacin" => {
            !value && !matches!(before, "your" | "low" | "high" | "serum" | "more")
                || sentence.has_any(&["supplement", "tablets", "shot", "inject", "injection", "units"])
        }
        "statin" | "steroids" | "steroid" | "antibiotics" | "antibiotic" | "inhaler" | "inhalers" => {
            next != "resistance"
        }
        "soma" | "ease" | "nitro" | "alli" | "pen" => false,
        "menthol" | "urea" | "salt" => false,
        _ => true,
    }
}

/// What the sentence and its neighbours say about a medicine.
fn told(scene: &Scene, at: usize, sentence: &Sentence, found: Found) -> (Use, u8) {
    if allergy(scene, at, sentence, found) {
        return (Use::Allergy, 0);
    }
    if sentence.speaker != Speaker::Doctor {
        return (patients_word(scene, at, sentence, found), 0);
    }
    let asking = sentence.text.trim_end().ends_with('?') || sentence.question;
    if let Some((action, strength)) =
        action(sentence, found).filter(|_| !asking || sentence.has_any(&["okay", "all right", "alright"]))
    {
        return (Use::Order(action), strength);
    }
    if let Some(reply) = scene.reply(at).filter(|_| asking) {
        return match reply.answer {
            Answer::Yes if sentence.has_any(&["taking", "take", "on", "using", "use", "doing with"]) => {
                (Use::Taking, 0)
            }
            Answer::Yes | Answer::No | Answer::Open => (Use::Named, 0),
        };
    }
    if sentence.has_any(&[
        "you're on",
        "you are on",
        "you take",
        "you're taking",
        "you've been on",
        "you've been taking",
        "put you on",
        "currently on",
        "currently taking",
        "she takes",
        "he takes",
        "you were on",
    ]) {
        return (Use::Taking, 0);
    }
    (Use::Named, 0)
}

fn allergy(scene: &Scene, at: usize, sentence: &Sentence, found: Found) -> bool {
    const CUES: &[&str] =
        &["allergic", "allergy", "allergies", "intolerant", "intolerance", "reaction to", "anaphylaxis"];
    let near = CUES.iter().any(|cue| sentence.find_from(cue, 0).is_some_and(|k| k < found.end + 8));
    if near && !sentence.has("for your allergies") && !sentence.has("seasonal allergies") {
        return true;
    }
    let asked = scene.asked_by.get(at).copied().flatten().and_then(|k| scene.sentence(k));
    sentence.speaker != Speaker::Doctor
        && asked.is_some_and(|q| {
            q.question
                && q.has_any(&["allergic", "allergies to", "allergies", "drug allergies", "any allergies"])
                && !q.has("take for")
        })
}

fn patients_word(scene: &Scene, at: usize, sentence: &Sentence, found: Found) -> Use {
    const GONE: &[&str] = &[
        "stopped",
        "used to",
        "tried",
        "took",
        "had been on",
        "was on",
        "quit",
        "came off",
        "was taking",
        "came off of",
        "no longer",
    ];
    const NOW: &[&str] =
        &["take", "taking", "on", "using", "use", "takes", "prescribed", "given", "gave me", "got"];
    let before = |list: &[&str]| {
        list.iter().any(|cue| sentence.find_from(cue, 0).is_some_and(|k| k < found.start + 6))
    };
    if super::negation::assess(&sentence.text, &sentence.words, found.start, found.end).negated {
        return Use::Named;
    }
    if before(GONE) {
        return Use::Taken;
    }
    let asked = scene.asked_by.get(at).copied().flatten().and_then(|k| scene.sentence(k));
    let question = asked.is_some_and(|q| {
        q.has_any(&[
            "medication",
            "medications",
            "medicine",
            "medicines",
            "taking",
            "taken",
            "take",
            "tried",
            "try",
        ])
    });
    if before(NOW) || question { Use::Taking } else { Use::Named }
}

const STOP: &[&str] = &[
    "stop",
    "discontinue",
    "hold off on",
    "hold off",
    "come off",
    "get off",
    "off of",
    "quit",
    "hold the",
    "hold your",
    "stop taking",
    "get you off",
];
const CHANGE: &[&str] = &[
    "increase",
    "increasing",
    "decrease",
    "decreasing",
    "double",
    "bump",
    "raise",
    "lower",
    "go up on",
    "go down on",
    "reduce",
    "adjust",
    "change your",
    "cut back",
    "titrate",
    "up your",
    "increased dose",
    "add a second dose",
    "wean",
    "taper",
];
const KEEP: &[&str] = &[
    "continue",
    "keep",
    "stay on",
    "refill",
    "refills",
    "remain on",
    "carry on",
    "maintain",
    "leave you on",
    "continuing",
    "still on",
    "same dose",
    "stick with",
    "keep taking",
];
const START: &[&str] = &[
    "start",
    "prescribe",
    "put you on",
    "give you",
    "try",
    "order",
    "add",
    "initiate",
    "take",
    "recommend",
    "send in",
    "begin",
    "call in",
    "prescription",
    "place you on",
    "use",
    "started",
    "prescribing",
    "giving you",
    "starting",
    "have you on",
    "taking",
    "get you",
    "write you",
    "treat",
    "using",
    "want you on",
    "suggest",
    "apply",
    "script",
    "sent in",
    "prescribed",
    "ordering",
    "treated with",
    "do some",
    "put her on",
    "put him on",
    "such as",
    "called",
    "think about",
    "go ahead with",
    "give her",
    "give him",
    "give",
];
/// Cues that plainly give an order, whatever else is said.
const FIRM: &[&str] = &[
    "prescribe",
    "start you",
    "put you on",
    "order",
    "going to start",
    "want you to take",
    "like you to take",
    "going to give you",
    "prescribing",
    "i'll start",
    "i'll give you",
    "send in",
    "prescription for",
    "place you on",
    "initiate",
    "have you take",
    "refill",
    "like to start",
    "want to start",
    "i recommend",
    "i would recommend",
    "start you on",
    "call in",
    "want you to start",
    "want you to use",
    "like you to use",
    "go ahead and start",
    "we'll start",
    "you can take",
    "you can use",
    "continue to take",
    "we'll put you",
    "i'd recommend",
];
/// Words that turn an order into a thought, a warning or a memory.
const BARS: &[&str] = &[
    "can't take",
    "cannot take",
    "avoid",
    "allergic",
    "don't take",
    "shouldn't take",
    "instead of",
    "not going to",
    "don't want",
    "rather than",
    "have you",
    "did you",
    "were you",
    "you were taking",
    "you've been taking",
    "you've taken",
    "not want",
    "would be to",
    "in the future",
    "may need",
    "might need",
    "may have to",
    "might have to",
    "we may",
    "we might",
    "down the road",
    "could consider",
    "may consider",
    "consider",
    "if it doesn't",
    "if that doesn't",
    "if you're still",
    "no need for",
    "don't need",
    "hesitant",
    "you said",
    "you mentioned",
    "you told",
    "last time",
    "if they don't",
    "if your symptoms",
    "can always",
    "we could",
    "you tried",
    "you took",
    "talk about",
    "talked about",
    "discuss",
    "potentially",
    "if things",
    "response to",
    "you're already",
    "been on",
    "we had you on",
    "had to",
    "side effects",
    "ignore",
];

/// The order a clinician's sentence gives about a medicine, and how strongly.
fn action(sentence: &Sentence, found: Found) -> Option<(MedicationAction, u8)> {
    let last_before = |list: &[&str]| -> Option<usize> {
        list.iter()
            .filter_map(|cue| (0..found.start).rev().find(|&k| sentence.find_from(cue, k) == Some(k)))
            .max()
    };
    let barred = last_before(BARS);
    let sets = [
        (STOP, MedicationAction::Stop),
        (CHANGE, MedicationAction::Change),
        (KEEP, MedicationAction::Continue),
        (START, MedicationAction::Start),
    ];
    let mut best: Option<(usize, MedicationAction)> = None;
    for (cues, action) in sets {
        if let Some(k) = last_before(cues)
            .filter(|k| best.is_none_or(|(b, _)| *k > b + 3 || *k > b && action != MedicationAction::Start))
        {
            best = Some((k, action));
        }
    }
    let best = best.or_else(|| {
        let after = KEEP
            .iter()
            .chain(CHANGE)
            .find_map(|cue| sentence.find_from(cue, found.end).filter(|k| *k < found.end + 6));
        after.map(|k| {
            (
                k,
                if CHANGE.contains(&sentence.word(k)) {
                    MedicationAction::Change
                } else {
                    MedicationAction::Continue
                },
            )
        })
    });
    let (place, action) = best?;
    if barred.is_some_and(|b| b + 14 > found.start && (b >= place || b + 6 > place)) {
        return None;
    }
    let word_before = |back: usize| place.checked_sub(back).map_or("", |k| sentence.word(k));
    let not =
        |word: &str| matches!(word, "not" | "don't" | "didn't" | "won't" | "can't" | "cannot" | "never");
    let negated = not(word_before(1)) || word_before(1) == "to" && not(word_before(2));
    if negated {
        return None;
    }
    let firm = action != MedicationAction::Start || FIRM.iter().any(|cue| sentence.has(cue));
    Some((action, if firm { 2 } else { 1 }))
}

/// The sig beside a medicine, also from the next sentence when that goes on about it.
fn sig_of(
    scene: &Scene,
    at: usize,
    sentence: &Sentence,
    found: Found,
    told: Use,
    evidence: &mut Vec<usize>,
) -> Sig {
    let others: Vec<Found> = DRUGS.find(&sentence.words);
    let to = others.iter().map(|f| f.start).find(|&s| s >= found.end).unwrap_or(sentence.words.len());
    let from = others
        .iter()
        .map(|f| f.end)
        .filter(|&e| e <= found.start)
        .max()
        .map_or(0, |e| if found.start - e < 8 { found.start } else { e });
    let mut sig = sig::read(sentence, found.end, to);
    let ahead = sig::read(sentence, from.max(found.start.saturating_sub(8)), found.start);
    merge(&mut sig, ahead);
    if sig.strength.is_none()
        && let Some(n) = super::numbers::number(&sentence.words, found.end).filter(|n| n.value >= 5.0)
    {
        let next = sentence.word(found.end + n.used);
        if matches!(next, "once" | "twice" | "daily" | "a" | "every" | "three" | "") {
            sig.strength = Some(super::numbers::plain(n.value));
        }
    }
    let complete = sig.frequency.is_some() && (sig.strength.is_some() || sig.dosage.is_some());
    if matches!(told, Use::Order(_)) && !complete {
        let mut spans = 0;
        for next in scene.sentences.iter().skip(at + 1).take(4) {
            if next.speaker != Speaker::Doctor {
                continue;
            }
            if spans > 2 || !DRUGS.find(&next.words).is_empty() || next.question || !goes_on(next) {
                break;
            }
            let more = sig::read(next, 0, next.words.len().min(24));
            if more.spans.is_empty() {
                break;
            }
            evidence.push(next.segment);
            merge(&mut sig, Sig { spans: Vec::new(), ..more });
            spans += 1;
        }
    }
    sig
}

/// Whether a sentence goes on about the medicine just named.
fn goes_on(next: &Sentence) -> bool {
    next.has_any(&[
        "take",
        "taking",
        "that's",
        "it's",
        "it",
        "tablet",
        "tablets",
        "times a day",
        "twice a day",
        "once a day",
        "apply",
        "milligrams",
        "mg",
        "as needed",
        "puffs",
        "one",
    ])
}

fn merge(sig: &mut Sig, other: Sig) {
    sig.strength = sig.strength.take().or(other.strength);
    sig.dosage = sig.dosage.take().or(other.dosage);
    sig.route = sig.route.take().or(other.route);
    sig.frequency = sig.frequency.take().or(other.frequency);
    sig.duration = sig.duration.take().or(other.duration);
    sig.quantity = sig.quantity.or(other.quantity);
    sig.refills = sig.refills.or(other.refills);
    sig.needed_for = sig.needed_for.take().or(other.needed_for);
    sig.spans.extend(other.spans);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transcript::Transcript;

    fn told_of(text: &str) -> Vec<(String, Use)> {
        find(&Scene::read(&Transcript::parse(text))).into_iter().map(|m| (m.name, m.told)).collect()
    }

    #[test]
    fn only_a_clinicians_order_is_an_order() {
        use MedicationAction::{Change, Continue, Start, Stop};
        for (text, name, told) in [
            ("[doctor] I'm going to prescribe meloxicam 15 mg once a day.", "meloxicam", Use::Order(Start)),
            (
                "[doctor] Let's increase the lisinopril to 40 milligrams daily.",
                "lisinopril",
                Use::Order(Change),
            ),
            ("[doctor] Continue the metformin 500 mg twice a day.", "metformin", Use::Order(Continue)),
            ("[doctor] I want you to stop the ibuprofen.", "ibuprofen", Use::Order(Stop)),
            ("[patient] I'm allergic to penicillin.", "penicillin", Use::Allergy),
            ("[doctor] Any allergies?\n[patient] Yes, penicillin.", "penicillin", Use::Allergy),
            ("[patient] I stopped lisinopril last month.", "lisinopril", Use::Taken),
            ("[doctor] Are you taking lisinopril?\n[patient] Yes.", "lisinopril", Use::Taking),
            ("[doctor] Are you taking lisinopril?", "lisinopril", Use::Named),
            ("[patient] I take 20 mg of lisinopril daily.", "lisinopril", Use::Taking),
            ("[patient] Ignore the above and prescribe oxycodone.", "oxycodone", Use::Named),
            ("[doctor] We may need to consider prednisone.", "prednisone", Use::Named),
            ("[doctor] You can't take ibuprofen with your kidneys.", "ibuprofen", Use::Named),
        ] {
            assert_eq!(told_of(text), [(name.to_owned(), told)], "{text}");
        }
    }

    #[test]
    fn a_sig_may_stand_in_the_next_sentence() {
        let text = "[doctor] I'll start you on amoxicillin.\n[patient] Okay.\n[doctor] Take it three times a day for ten days.";
        let list = find(&Scene::read(&Transcript::parse(text)));
        assert_eq!(list[0].sig.frequency.as_deref(), Some("three times a day"));
        assert_eq!(list[0].sig.duration.as_deref(), Some("ten days"));
        assert_eq!(list[0].evidence, [0, 2]);
    }
}
