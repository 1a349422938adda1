//! What is said about a medicine: ordered, taken, taken before, an allergy, or only named.

use super::cues::cues;
use super::lexicon::{DRUGS, Found};
use super::medications::Use;
use super::scene::{Answer, Scene};
use super::text::Sentence;
use crate::draft::MedicationAction;
use crate::transcript::Speaker;

/// What the sentence and its neighbours say about a medicine.
pub(super) fn told(scene: &Scene, at: usize, sentence: &Sentence, found: Found) -> (Use, u8) {
    if allergy(scene, at, sentence, found) {
        return (Use::Allergy, 0);
    }
    if sentence.speaker != Speaker::Doctor {
        return (patients_word(scene, at, sentence, found), 0);
    }
    if taken_back(sentence, found) {
        return (Use::Named, 0);
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

/// "Penicillin or, I'm sorry, amoxicillin": the first name is corrected.
fn taken_back(sentence: &Sentence, found: Found) -> bool {
    let sorry = (found.end..(found.end + 6).min(sentence.words.len()))
        .find(|&k| matches!(sentence.word(k), "sorry" | "rather" | "wait" | "correction" | "mean"));
    sorry.is_some_and(|k| {
        (k + 1..(k + 5).min(sentence.words.len())).any(|j| DRUGS.at(&sentence.words, j).is_some())
    })
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
    let before = |list: &[&str]| {
        list.iter().any(|cue| sentence.find_from(cue, 0).is_some_and(|k| k < found.start + 6))
    };
    if super::negation::assess(&sentence.text, &sentence.words, found.start, found.end).negated {
        return Use::Named;
    }
    if before(cues("uses.patients_word.gone")) {
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
    if before(cues("uses.patients_word.now")) || question { Use::Taking } else { Use::Named }
}

/// The order a clinician's sentence gives about a medicine, and how strongly.
fn action(sentence: &Sentence, found: Found) -> Option<(MedicationAction, u8)> {
    let last_before = |list: &[&str]| -> Option<usize> {
        list.iter()
            .filter_map(|cue| (0..found.start).rev().find(|&k| sentence.find_from(cue, k) == Some(k)))
            .max()
    };
    let barred = last_before(cues("uses.bars"));
    let sets = [
        (cues("uses.stop"), MedicationAction::Stop),
        (cues("uses.change"), MedicationAction::Change),
        (cues("uses.keep"), MedicationAction::Continue),
        (cues("uses.start"), MedicationAction::Start),
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
        let after = cues("uses.keep")
            .iter()
            .chain(cues("uses.change"))
            .find_map(|cue| sentence.find_from(cue, found.end).filter(|k| *k < found.end + 6));
        after.map(|k| {
            (
                k,
                if cues("uses.change").contains(&sentence.word(k)) {
                    MedicationAction::Change
                } else {
                    MedicationAction::Continue
                },
            )
        })
    });
    let (place, action) = best?;
    if told_as_taken(sentence, found, place) || action == MedicationAction::Start && place + 16 < found.start
    {
        return None;
    }
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
    let firm = action != MedicationAction::Start || cues("uses.firm").iter().any(|cue| sentence.has(cue));
    Some((action, if firm { 2 } else { 1 }))
}

/// "You take digoxin": a statement of what is taken, unlike "I want you to take digoxin".
fn told_as_taken(sentence: &Sentence, found: Found, place: usize) -> bool {
    let word = |back: usize| place.checked_sub(back).map_or("", |k| sentence.word(k));
    let verb = matches!(sentence.word(place), "take" | "use" | "taking" | "using");
    let free =
        !matches!(word(2), "have" | "want" | "like" | "recommend" | "suggest" | "let" | "for" | "need");
    verb && matches!(word(1), "you" | "i" | "we" | "are") && free && found.start < place + 6
}
