//! Past, family and social history, medicines already taken, and allergies.

use super::cues::cues;
use super::family;
use super::lexicon::CONDITIONS;
use super::medications::{Mention, Use};
use super::negation::assess;
use super::scene::{Answer, Scene};
use super::text::Sentence;
use crate::draft::{AllergyDraft, HistoryDraft, HistoryKind};
use crate::transcript::Speaker;

/// The history of a visit.
pub fn find(scene: &Scene, medicines: &[Mention]) -> Vec<HistoryDraft> {
    let mut list = Vec::new();
    for (at, sentence) in scene.sentences.iter().enumerate() {
        conditions(scene, at, sentence, &mut list);
        surgery(scene, at, sentence, &mut list);
        habits(scene, at, sentence, &mut list);
    }
    let offered = |m: &&Mention| {
        scene.sentence(m.sentence).is_some_and(|s| s.has_any(&["happy to take", "course of antibiotics"]))
    };
    let told = medicines.iter().filter(|m| matches!(m.told, Use::Taking | Use::Taken));
    for medicine in told.filter(|m| !offered(m)) {
        // Of "coumadin" and "coumadin 4 mg" the fuller one stays.
        let known = list.iter_mut().find(|h: &&mut HistoryDraft| {
            h.kind == HistoryKind::Medication && h.text.split(' ').next() == medicine.name.split(' ').next()
        });
        let mut text = medicine.name.clone();
        for part in [&medicine.sig.strength, &medicine.sig.frequency].into_iter().flatten() {
            text = format!("{text} {part}");
        }
        if medicine.told == Use::Taken {
            text = format!("{text} (taken before)");
        }
        if let Some(known) = known {
            if known.text == medicine.name && text.len() > known.text.len() && medicine.told == Use::Taking {
                *known = HistoryDraft { text, evidence: medicine.evidence.clone(), ..known.clone() };
            }
            continue;
        }
        add(&mut list, HistoryKind::Medication, text, false, medicine.evidence.clone());
    }
    list
}

pub(super) fn add(
    list: &mut Vec<HistoryDraft>,
    kind: HistoryKind,
    text: String,
    negated: bool,
    evidence: Vec<usize>,
) {
    let key = |item: &str| item.split(" (").next().unwrap_or_default().to_owned();
    match list.iter_mut().find(|h| h.kind == kind && key(&h.text) == key(&text)) {
        Some(known) if known.negated == negated => {
            known.evidence.extend(evidence);
            known.evidence.sort_unstable();
            known.evidence.dedup();
            known.evidence.truncate(6);
        }
        Some(known) if known.negated && !negated => *known = HistoryDraft { kind, text, negated, evidence },
        Some(_) => {}
        None => list.push(HistoryDraft { kind, text, negated, evidence }),
    }
}

/// Conditions named by the patient, asked and answered, or told as history by the clinician.
fn conditions(scene: &Scene, at: usize, sentence: &Sentence, list: &mut Vec<HistoryDraft>) {
    for found in CONDITIONS.find(&sentence.words) {
        let name = CONDITIONS.entry(found).name;
        let said = assess(&sentence.text, &sentence.words, found.start, found.end);
        let feared = sentence.has_cue(cues("history.afraid"));
        if said.hypothetical || feared || ambiguous(sentence, found.start, name) {
            continue;
        }
        if said.other || family::asked(scene, at, sentence) {
            family::note(scene, at, sentence, name, said.negated, list);
            continue;
        }
        let mut evidence = vec![sentence.segment];
        let negated = if sentence.speaker == Speaker::Doctor {
            if let Some(reply) = scene.reply(at) {
                evidence.extend(&reply.segments);
                match reply.answer {
                    Answer::No => true,
                    // "You don't have any asthma, right?" "Right."
                    Answer::Yes => sentence.has_cue(cues("scene.denying")),
                    Answer::Open => continue,
                }
            } else if sentence.question
                || !sentence.has_cue(cues("history.conditions.told"))
                || sentence.has_any(&[
                    "you have a family",
                    "i think you have",
                    "think that you have",
                    "think what you have",
                ])
            {
                continue;
            } else {
                said.negated
            }
        } else {
            let asked =
                scene.asked_by.get(at).copied().flatten().and_then(|k| scene.sentence(k)).filter(|q| {
                    q.has_any(&[
                        "medical",
                        "conditions",
                        "history",
                        "diagnosed",
                        "problems",
                        "health",
                        "illnesses",
                    ])
                });
            if asked.is_none() && !sentence.has_cue(cues("history.conditions.own"))
                || said.hedged && !said.past
            {
                continue;
            }
            evidence.splice(0..0, asked.map(|q| q.segment));
            said.negated
        };
        add(list, HistoryKind::Condition, name.to_owned(), negated, evidence);
    }
}

/// Words that are also everyday words, or that name a complaint rather than a disease.
fn ambiguous(sentence: &Sentence, at: usize, name: &str) -> bool {
    let before = if at > 0 { sentence.word(at - 1) } else { "" };
    match sentence.word(at) {
        "add" | "mi" | "pe" | "ms" | "pad" | "tb" => {
            sentence.speaker != Speaker::Doctor && sentence.word(at) != "tb" || sentence.word(at) == "add"
        }
        "broken" | "break" | "strain" | "fracture" | "fractures" | "sprain" => {
            sentence.speaker == Speaker::Doctor || !matches!(before, "a" | "my" | "the")
        }
        "allergies" => {
            !matches!(before, "have" | "seasonal" | "my" | "has" | "of") || sentence.has("medication")
        }
        "virus" | "cancer" | "flu" | "tetanus" | "stroke" | "tumor" | "ulcers" | "pregnant" => {
            sentence.has_any(&["prevent", "worried", "shot", "vaccine", "family", "if you", "stuff like"])
        }
        _ if matches!(sentence.word(at + 1), "tenderness") => true,
        "colds" | "cold" => sentence.has_any(&["normal stuff", "stuff like"]),
        "influenza" | "covid" | "coronavirus" | "shingles" | "pneumonia" => {
            sentence.has_cue(cues("history.feared"))
                || sentence.speaker != Speaker::Doctor && sentence.has("about")
        }
        _ => name.is_empty(),
    }
}

/// Operations: names that end in -ectomy and the like, or "had surgery on".
fn surgery(scene: &Scene, at: usize, sentence: &Sentence, list: &mut Vec<HistoryDraft>) {
    let named = (0..sentence.words.len()).find(|&k| {
        let word = sentence.word(k);
        word.len() > 8 && (word.ends_with("ectomy") || word.ends_with("oplasty") || word.ends_with("ostomy"))
    });
    let named = named
        .map(|k| sentence.word(k).to_owned())
        .or_else(|| cues("history.surgery.words").iter().find(|w| sentence.has(w)).map(|w| (*w).to_owned()));
    let asks = sentence.speaker == Speaker::Doctor
        && sentence.has_any(&["surgeries", "surgery", "operations"])
        && sentence.question;
    match (named, scene.reply(at)) {
        (Some(name), None)
            if sentence.has_any(&[
                "had",
                "history",
                "significant",
                "status post",
                "removed",
                "took",
                "after",
            ]) && !sentence.question =>
        {
            let said = (0..sentence.words.len())
                .find(|&k| name.starts_with(sentence.word(k)) && sentence.word(k).len() > 2)
                .unwrap_or(0);
            if !assess(&sentence.text, &sentence.words, said, said + 1).other {
                add(list, HistoryKind::Surgery, name, false, vec![sentence.segment]);
            }
        }
        (None, Some(reply)) if asks && reply.answer == Answer::No => {
            let mut evidence = vec![sentence.segment];
            evidence.extend(&reply.segments);
            add(list, HistoryKind::Surgery, "prior surgery".to_owned(), true, evidence);
        }
        _ => {}
    }
}

/// Tobacco, alcohol and drugs, asked and answered or told.
fn habits(scene: &Scene, at: usize, sentence: &Sentence, list: &mut Vec<HistoryDraft>) {
    const HABITS: &[(&str, &[&str])] = &[
        ("smoking", &["smoke", "smoking", "smoker", "cigarettes", "tobacco", "cigarette", "vape"]),
        ("alcohol use", &["alcohol", "drink alcohol", "drinker", "beers", "beer", "wine", "drinks a week"]),
        (
            "recreational drug use",
            &[
                "recreational drugs",
                "illicit drugs",
                "street drugs",
                "drug use",
                "cocaine",
                "other drugs",
                "recreational drug",
                "iv drugs",
            ],
        ),
        ("marijuana use", &["marijuana", "cannabis", "weed"]),
    ];
    let several = HABITS.iter().filter(|(_, words)| sentence.has_any(words)).count() > 1;
    for (name, words) in HABITS {
        let Some(place) = words.iter().find_map(|w| sentence.find_from(w, 0)) else { continue };
        let said = assess(&sentence.text, &sentence.words, place, place + 1);
        let mut evidence = vec![sentence.segment];
        let negated = if sentence.speaker == Speaker::Doctor {
            let Some(reply) = scene.reply(at) else { continue };
            evidence.extend(&reply.segments);
            match reply.answer {
                Answer::No => true,
                // "Do you smoke or drink?" "Yes": which of them, the answer must say.
                Answer::Yes if several => continue,
                Answer::Yes => false,
                Answer::Open => continue,
            }
        } else {
            if said.other || sentence.text.ends_with('?') {
                continue;
            }
            said.negated
        };
        let former =
            !negated && sentence.has_any(&["used to", "quit", "stopped", "former", "gave up", "no longer"]);
        let text = if former { format!("{name} (stopped)") } else { (*name).to_owned() };
        add(list, HistoryKind::Social, text, negated, evidence);
    }
}

/// Allergies spoken of.
pub fn allergies(scene: &Scene, medicines: &[Mention]) -> Vec<AllergyDraft> {
    let mut list: Vec<AllergyDraft> = Vec::new();
    for (at, sentence) in scene.sentences.iter().enumerate() {
        let asks =
            sentence.speaker == Speaker::Doctor && sentence.has_any(&["allergies", "allergic", "allergy"]);
        if let Some(reply) = scene.reply(at).filter(|r| asks && r.answer == Answer::No) {
            let about = if sentence.has_any(&["medication", "medications", "drug", "medicines", "medicine"]) {
                "drug allergies"
            } else {
                "allergies"
            };
            let mut evidence = vec![sentence.segment];
            evidence.extend(&reply.segments);
            let specific = medicines.iter().find(|m| m.sentence == at).map(|m| m.name.clone());
            push(&mut list, specific.unwrap_or_else(|| about.to_owned()), None, true, evidence);
        }
        foods(scene, at, sentence, &mut list);
    }
    for medicine in medicines.iter().filter(|m| m.told == Use::Allergy) {
        let Some(sentence) = scene.sentence(medicine.sentence) else { continue };
        // "Any medicines or allergies?" "No, only the ibuprofen I took yesterday."
        let taken = sentence.has_any(&["took", "i take", "taking", "i've taken"])
            && !sentence.has_any(&[
                "allergic",
                "allergy",
                "allergies",
                "reaction",
                "rash",
                "hives",
                "when i",
            ]);
        if taken {
            continue;
        }
        let answer = scene.reply(medicine.sentence).map(|r| r.answer);
        if sentence.speaker == Speaker::Doctor
            && answer != Some(Answer::Yes)
            && (sentence.question || answer.is_some())
        {
            continue;
        }
        let negated = assess(&sentence.text, &sentence.words, medicine.start, medicine.end).negated;
        push(&mut list, medicine.name.clone(), reaction(sentence), negated, medicine.evidence.clone());
    }
    list
}

fn foods(scene: &Scene, at: usize, sentence: &Sentence, list: &mut Vec<AllergyDraft>) {
    if sentence.speaker == Speaker::Doctor {
        return;
    }
    let asked = scene
        .asked_by
        .get(at)
        .copied()
        .flatten()
        .and_then(|k| scene.sentence(k))
        .is_some_and(|q| q.has_any(&["allergic", "allergies"]));
    if !asked && !sentence.has_any(&["allergic to", "allergy to"]) {
        return;
    }
    if let Some((place, name)) =
        cues("history.foods.others").iter().find_map(|name| sentence.find_from(name, 0).map(|k| (k, *name)))
    {
        let negated = assess(&sentence.text, &sentence.words, place, place + 1).negated;
        push(list, name.to_owned(), reaction(sentence), negated, vec![sentence.segment]);
    }
}

fn reaction(sentence: &Sentence) -> Option<String> {
    cues("history.reaction.shown").iter().find(|word| sentence.has(word)).map(|word| (*word).to_owned())
}

fn push(
    list: &mut Vec<AllergyDraft>,
    allergen: String,
    reaction: Option<String>,
    negated: bool,
    evidence: Vec<usize>,
) {
    if !list.iter().any(|a| a.allergen == allergen) {
        list.push(AllergyDraft { allergen, reaction, negated, evidence });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::medications;
    use crate::transcript::Transcript;

    fn history(text: &str) -> Vec<(HistoryKind, String, bool)> {
        let scene = Scene::read(&Transcript::parse(text));
        find(&scene, &medications::find(&scene)).into_iter().map(|h| (h.kind, h.text, h.negated)).collect()
    }

    #[test]
    fn history_is_sorted_by_kind_and_person() {
        use HistoryKind::{Condition, Family, Medication, Social, Surgery};
        for (text, kind, item, negated) in [
            ("[patient] I have high blood pressure.", Condition, "hypertension", false),
            ("[doctor] Do you have diabetes?\n[patient] No.", Condition, "diabetes", true),
            ("[patient] My mother had breast cancer.", Family, "mother: breast cancer", false),
            ("[doctor] Do you smoke?\n[patient] No, never.", Social, "smoking", true),
            (
                "[doctor] You don't have any asthma, right?\n[patient] Right, I don't.",
                Condition,
                "asthma",
                true,
            ),
            (
                "[doctor] Anybody in the family who is ill?\n[patient] Just my father. He has diabetes.",
                Family,
                "father: diabetes",
                false,
            ),
            (
                "[doctor] Anyone in your family ill?\n[patient] My mother's had migraines.",
                Family,
                "mother: migraine",
                false,
            ),
            ("[patient] I had an appendectomy in 2010.", Surgery, "appendectomy", false),
            ("[patient] I take lisinopril 10 mg daily.", Medication, "lisinopril 10 mg daily", false),
        ] {
            assert_eq!(history(text), [(kind, item.to_owned(), negated)], "{text}");
        }
    }

    #[test]
    fn allergies_keep_their_reaction_and_denials() {
        let of = |text: &str| {
            let scene = Scene::read(&Transcript::parse(text));
            allergies(&scene, &medications::find(&scene))
                .into_iter()
                .map(|a| (a.allergen, a.reaction, a.negated))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            of("[patient] I'm allergic to penicillin, I get hives."),
            [("penicillin".to_owned(), Some("hives".to_owned()), false)]
        );
        assert_eq!(
            of("[doctor] Any allergies to medications?\n[patient] No."),
            [("drug allergies".to_owned(), None, true)]
        );
        assert_eq!(
            of("[doctor] Any medications or allergies?\n[patient] No, only the ibuprofen I took yesterday."),
            [("drug allergies".to_owned(), None, true)]
        );
        assert_eq!(
            of("[doctor] Any allergies?\n[patient] Just peanuts."),
            [("peanuts".to_owned(), None, false)]
        );
    }
}
