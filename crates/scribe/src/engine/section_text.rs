//! The text of one part of a note, from a short conversation about it.

use super::cues::cues;
use super::lexicon::{CONDITIONS, SYMPTOMS};
use super::rank::content;
use super::scene::{Answer, Scene, classify};
use super::text::{Sentence, words};
use super::units::{self, Unit};
use super::weights::{self, Features, Weights};
use super::wording::{Person, finish};
use super::{history, medications};
use crate::draft::{HistoryKind, VisitContext};
use crate::transcript::{Speaker, Transcript};

/// The text of the part, from what was said.
pub fn text(transcript: &Transcript, header: &str, context: &VisitContext, weights: &Weights) -> String {
    let scene = Scene::read(transcript);
    let all = worth(&scene, header, units::all(&scene, Person::heard(context, &scene)), weights);
    let replies: Vec<Answer> = scene.replies.iter().flatten().map(|r| r.answer).collect();
    let denied = !replies.is_empty() && replies.iter().all(|a| *a == Answer::No);
    let told = all
        .iter()
        .filter(|u| scene.sentence(u.sentence).is_some_and(|s| s.speaker != Speaker::Doctor))
        .count();
    let medicines = medications::find(&scene);
    if let Some(said) = nothing_known(&scene, header) {
        return said.to_owned();
    }
    match header {
        "allergy" => {
            let list: Vec<String> = history::allergies(&scene, &medicines)
                .into_iter()
                .filter(|a| !a.negated)
                .map(|a| a.allergen)
                .collect();
            if !list.is_empty() {
                return finish(&format!("allergic to {}", list.join(", ")));
            }
            if denied {
                return "No known drug allergies.".to_owned();
            }
        }
        "medications" if denied && medicines.is_empty() => return "None.".to_owned(),
        "medications" => {
            let list: Vec<String> = history::find(&scene, &medicines)
                .into_iter()
                .filter(|h| h.kind == HistoryKind::Medication)
                .map(|h| h.text)
                .collect();
            if !list.is_empty() {
                return finish(&list.join(", "));
            }
            let mut named: Vec<String> = medicines.iter().map(|m| m.name.clone()).collect();
            named.dedup();
            if !named.is_empty() && all.len() <= 1 {
                return finish(&named.join(", "));
            }
        }
        "pastsurgical" | "pastmedicalhx" | "procedures" if denied && told <= 1 => return "None.".to_owned(),
        "cc" => return complaint(&scene, &all),
        "fam/sochx" => return habits(&scene, all),
        _ => {}
    }
    joined(&all)
}

/// What stands in a history of which the patient knows nothing, or in a family history without illness.
fn nothing_known(scene: &Scene, header: &str) -> Option<&'static str> {
    let history = matches!(header, "fam/sochx" | "pastsurgical" | "pastmedicalhx");
    let asked = |s: &&Sentence| s.speaker == Speaker::Doctor && s.text.ends_with('?');
    let social = scene.sentences.iter().filter(asked).any(|s| s.has_cue(cues("sections.topic.social")));
    let told: Vec<&Sentence> =
        scene.sentences.iter().filter(|s| s.speaker != Speaker::Doctor && !s.text.ends_with('?')).collect();
    let named = |s: &&Sentence| {
        !CONDITIONS.find(&s.words).is_empty()
            || !SYMPTOMS.find(&s.words).is_empty()
            || s.words.iter().any(|w| w.text.starts_with(|c: char| c.is_ascii_digit()))
    };
    if !history || social || told.is_empty() || told.iter().any(named) {
        return None;
    }
    if told.iter().any(|s| s.has_cue(cues("units.unknowing"))) && told.len() <= 3 {
        return Some("Unknown.");
    }
    let healthy = |s: &&Sentence| classify(s) == Answer::No || s.has_any(&["healthy", "no one", "nobody"]);
    (header == "fam/sochx"
        && told.iter().any(healthy)
        && told.iter().all(|s| healthy(s) || s.words.len() < 5))
    .then_some("Noncontributory.")
}

/// The habits that are denied in one sentence, then the rest.
fn habits(scene: &Scene, all: Vec<Unit>) -> String {
    const WORDS: [(&str, &str, &[&str]); 4] = [
        ("smoking", "tobacco", &["smoke", "smoking", "smoker", "tobacco", "cigarettes"]),
        ("alcohol use", "alcohol", &["drink", "alcohol", "drinks", "beer", "wine"]),
        ("recreational drug use", "illicit drug", &["drugs", "drug"]),
        ("marijuana use", "marijuana", &["marijuana"]),
    ];
    let found = history::find(scene, &[]);
    let denied: Vec<&(&str, &str, &[&str])> =
        WORDS.iter().filter(|(name, _, _)| found.iter().any(|h| h.negated && h.text == *name)).collect();
    if denied.len() < 2 {
        return joined(&all);
    }
    let names: Vec<&str> = denied.iter().map(|(_, short, _)| *short).collect();
    let (last, first) = names.split_last().unwrap_or((&"", &[]));
    let said = |unit: &Unit| {
        let list = words(&unit.text);
        list.len() < 9
            && list.iter().any(|w| denied.iter().any(|(_, _, known)| known.contains(&w.text.as_str())))
    };
    let rest: Vec<Unit> = all.into_iter().filter(|unit| !said(unit)).collect();
    format!("Denies {} or {last} use. {}", first.join(", "), joined(&rest)).trim_end().to_owned()
}

/// A complaint in few words.
fn complaint(scene: &Scene, all: &[Unit]) -> String {
    let list: Vec<String> = super::symptoms::find(scene)
        .0
        .into_iter()
        .filter(|s| !s.negated)
        .take(3)
        .map(|s| s.symptom_name)
        .collect();
    if list.is_empty() {
        joined(all.get(..all.len().min(3)).unwrap_or(all))
    } else {
        finish(&list.join(" and "))
    }
}

/// The statements that fit the part: the clinician's own only where the part is the clinician's, and the best of them.
fn worth(scene: &Scene, header: &str, all: Vec<Unit>, weights: &Weights) -> Vec<Unit> {
    let judged = matches!(
        header,
        "assessment"
            | "diagnosis"
            | "exam"
            | "plan"
            | "disposition"
            | "edcourse"
            | "labs"
            | "imaging"
            | "procedures"
    );
    let long = matches!(header, "genhx" | "edcourse" | "ros");
    let own = |unit: &Unit| {
        scene.sentence(unit.sentence).is_some_and(|s| s.speaker == Speaker::Doctor)
            && unit.evidence.len() == 1
    };
    let scored: Vec<(f32, bool)> = all
        .iter()
        .map(|unit| {
            (weights.score(weights::PART, 0, &part_features(scene, unit, header)), judged || !own(unit))
        })
        .collect();
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by(|&a, &b| {
        let score = |k: usize| scored.get(k).map_or(f32::MIN, |(s, fits)| if *fits { *s } else { *s - 1.5 });
        score(b).total_cmp(&score(a))
    });
    let total: usize = all.iter().map(|unit| unit.text.split_whitespace().count()).sum();
    let most = if long { total * 85 / 100 } else { (total * 55 / 100).max(12) };
    let mut spent = 0;
    let mut keep = vec![false; all.len()];
    for k in order {
        let size = all.get(k).map_or(0, |unit| unit.text.split_whitespace().count());
        if spent > 0 && spent + size > most {
            continue;
        }
        spent += size;
        if let Some(slot) = keep.get_mut(k) {
            *slot = true;
        }
    }
    all.into_iter().zip(keep).filter(|(_, keep)| *keep).map(|(unit, _)| unit).collect()
}

/// The features of a statement within a part of this class.
pub fn part_features(scene: &Scene, unit: &Unit, header: &str) -> Vec<u32> {
    let mut list = super::rank::features(scene, unit);
    let mut more = Features::default();
    let who =
        if scene.sentence(unit.sentence).is_some_and(|s| s.speaker == Speaker::Doctor) { "d" } else { "p" };
    more.add(&["part", header, who, &format!("{:?}", unit.kind)]);
    for word in content(&unit.text) {
        more.add(&["part", header, &word]);
    }
    list.extend(more.done());
    list
}

/// The statements that say something new.
fn joined(all: &[Unit]) -> String {
    let mut seen: Vec<String> = Vec::new();
    let mut out: Vec<&str> = Vec::new();
    for unit in all {
        let words = content(&unit.text);
        let fresh = words.iter().filter(|w| !seen.contains(w)).count();
        if words.is_empty() || fresh * 3 < words.len() {
            continue;
        }
        seen.extend(words);
        out.push(&unit.text);
    }
    out.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_a_part_is_what_was_said() {
        let none = VisitContext::default();
        for (said, header, text_expected) in [
            ("[doctor] Any allergies to medications?\n[patient] No.", "allergy", "No known drug allergies."),
            ("[doctor] Are you taking any medications?\n[patient] No.", "medications", "None."),
            ("[doctor] What brings you in?\n[patient] I have a sore throat.", "cc", "Sore throat."),
            (
                "[doctor] Does anything run in your family?\n[patient] No, all are healthy.",
                "fam/sochx",
                "Noncontributory.",
            ),
            (
                "[doctor] Any surgeries in the past?\n[patient] I don't know, sorry.",
                "pastsurgical",
                "Unknown.",
            ),
        ] {
            assert_eq!(text(&Transcript::parse(said), header, &none, &Weights::default()), text_expected);
        }
    }
}
