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
        list.iter().filter_map(|cue| (0..found.start).rev().find(|&k| sentence.stands(cue, k))).max()
    };
    let barred = barred_at(sentence, found);
    let sets = [
        (cues("uses.stop"), MedicationAction::Stop),
        (cues("uses.change"), MedicationAction::Change),
        (cues("uses.keep"), MedicationAction::Continue),
        (cues("uses.start"), MedicationAction::Start),
    ];
    let mut best: Option<(usize, MedicationAction)> = None;
    for (cues, action) in sets {
        let place =
            if action == MedicationAction::Start { last_start(sentence, found) } else { last_before(cues) };
        if let Some(k) = place.filter(|k| best.is_none_or(|(b, _)| overrides(sentence, *k, b, action))) {
            best = Some((k, action));
        }
    }
    let best = best.or_else(|| offered_after(sentence, found)).or_else(|| {
        let after = cues("uses.keep")
            .iter()
            .chain(cues("uses.change").iter())
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
    let Some((place, action)) = best else {
        return dosed(sentence, found).then_some((MedicationAction::Start, 1));
    };
    if told_as_taken(sentence, found, place) || action == MedicationAction::Start && place + 16 < found.start
    {
        return None;
    }
    if barred.is_some_and(|b| b + 14 > found.start && (b >= place || b + 8 > place)) {
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

/// The last word before a medicine that bars an order; "I'm going to have you take" does not.
fn barred_at(sentence: &Sentence, found: Found) -> Option<usize> {
    (0..found.start).rev().find(|&k| {
        let word = |back: usize| k.checked_sub(back).map_or("", |at| sentence.word(at));
        let sends = matches!(word(1), "to" | "i'll" | "we'll" | "will" | "let's");
        cues("uses.bars")
            .iter()
            .any(|cue| sentence.stands(cue, k) && !(sends && matches!(*cue, "have you" | "had to")))
    })
}

/// The last start word before a medicine, but for those of a report: "that you're taking", "Dr Brown put you on".
fn last_start(sentence: &Sentence, found: Found) -> Option<usize> {
    (0..found.start).rev().find(|&k| {
        let word = |back: usize| k.checked_sub(back).map_or("", |at| sentence.word(at));
        let starts = cues("uses.start").iter().any(|cue| sentence.stands(cue, k));
        let reported = matches!(sentence.word(k), "taking" | "using")
            && matches!(word(1), "you're" | "been" | "still" | "already" | "currently" | "was" | "were");
        let others = matches!(sentence.word(k), "put" | "started" | "prescribed" | "gave")
            && !matches!(
                word(1),
                "" | "i"
                    | "to"
                    | "we"
                    | "will"
                    | "i'll"
                    | "we'll"
                    | "let's"
                    | "and"
                    | "can"
                    | "would"
                    | "should"
                    | "also"
                    | "i've"
                    | "just"
                    | "get"
                    | "be"
            );
        starts && !reported && !others
    })
}

/// Whether a later cue undoes one before it: a firm one soon does, a weak one only from afar.
fn overrides(sentence: &Sentence, later: usize, before: usize, action: MedicationAction) -> bool {
    if action != MedicationAction::Start {
        return later > before;
    }
    let weak = cues("uses.weak").iter().any(|cue| sentence.stands(cue, later));
    later > before + if weak { 14 } else { 3 }
}

/// "Fexofenadine, which I can give you", "paracetamol would be advisable".
fn offered_after(sentence: &Sentence, found: Found) -> Option<(usize, MedicationAction)> {
    cues("uses.start_after")
        .iter()
        .find_map(|cue| sentence.find_from(cue, found.end).filter(|k| *k < found.end + 4))
        .map(|_| (found.start, MedicationAction::Start))
}

/// Whether a dose and a frequency follow the name in a plain statement: "tramadol, 50 mg, every six hours".
fn dosed(sentence: &Sentence, found: Found) -> bool {
    let next = (found.end..sentence.words.len()).find(|&k| DRUGS.at(&sentence.words, k).is_some());
    let sig = super::sig::read(sentence, found.end, next.unwrap_or(sentence.words.len()));
    let told = sig.spans.first().is_some_and(|span| span.start <= found.end + 2);
    let barred = barred_at(sentence, found).is_some() || sentence.has_cue(cues("uses.recited"));
    told && sig.strength.is_some() && sig.frequency.is_some() && !barred
}

/// "You take digoxin": a statement of what is taken, unlike "I want you to take digoxin".
fn told_as_taken(sentence: &Sentence, found: Found, place: usize) -> bool {
    let word = |back: usize| place.checked_sub(back).map_or("", |k| sentence.word(k));
    let verb = matches!(sentence.word(place), "take" | "use" | "taking" | "using");
    let free = !matches!(
        word(2),
        "have"
            | "want"
            | "like"
            | "recommend"
            | "suggest"
            | "let"
            | "for"
            | "need"
            | "encourage"
            | "advise"
            | "that"
            | "prefer"
    );
    verb && matches!(word(1), "you" | "i" | "we" | "are") && free && found.start < place + 6
}
