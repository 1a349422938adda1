//! Which part of a note a short conversation is about, and that part's text.
//!
//! The classes are those of MTS-Dialog; a page that drafts one field at a time uses [`field`].

use super::cues::cues;
use super::rank::content;
use super::scene::{Answer, Scene};
use super::text::{Sentence, words};
use super::units::{self, Unit};
use super::weights::{self, Features, Weights};
use super::wording::{Person, finish};
use super::{history, medications};
use crate::draft::{HistoryKind, VisitContext};
use crate::transcript::{Speaker, Transcript};

/// The classes, in the order of the weights' rows.
pub const HEADERS: [&str; 20] = [
    "fam/sochx",
    "genhx",
    "pastmedicalhx",
    "cc",
    "pastsurgical",
    "ros",
    "allergy",
    "medications",
    "assessment",
    "exam",
    "diagnosis",
    "disposition",
    "plan",
    "edcourse",
    "immunizations",
    "imaging",
    "gynhx",
    "procedures",
    "other_history",
    "labs",
];

/// The topics whose words are counted; their lists are in `data/cues.txt`.
const TOPICS: [&str; 14] = [
    "surgery",
    "allergy",
    "medication",
    "family",
    "social",
    "past",
    "complaint",
    "review",
    "exam",
    "result",
    "plan",
    "judgement",
    "vaccine",
    "birth",
];

/// The features of a conversation.
pub fn features(transcript: &Transcript) -> Vec<u32> {
    let mut out = Features::default();
    out.add(&["bias"]);
    let mut total = 0;
    for (k, segment) in transcript.segments.iter().enumerate() {
        let who = match segment.speaker {
            Speaker::Doctor => "d",
            Speaker::Patient | Speaker::Other | Speaker::Unknown => "p",
        };
        let list = words(&segment.text);
        total += list.len();
        let mut previous = "^";
        for word in &list {
            out.add(&["w", &word.text]);
            out.add(&["sw", who, &word.text]);
            out.add(&["b", who, previous, &word.text]);
            if k < 2 {
                out.add(&["first", who, &word.text]);
            }
            previous = &word.text;
        }
        for found in super::lexicon::SYMPTOMS.find(&list) {
            out.add(&["symptom", who, super::lexicon::SYMPTOMS.entry(found).group]);
        }
        for lexicon in [
            ("drug", &super::lexicon::DRUGS),
            ("condition", &super::lexicon::CONDITIONS),
            ("test", &super::lexicon::TESTS),
            ("site", &super::lexicon::SITES),
        ] {
            let found = lexicon.1.find(&list).len();
            if found > 0 {
                out.add(&[lexicon.0, who]);
            }
        }
    }
    topics(transcript, &mut out);
    out.add(&["turns", &(transcript.segments.len() / 2).min(12).to_string()]);
    out.add(&["length", &(total / 25).min(12).to_string()]);
    out.done()
}

/// Which topics are spoken of, by whom, how much, and which one most.
fn topics(transcript: &Transcript, out: &mut Features) {
    let mut most = ("", 0);
    for topic in TOPICS {
        let list = cues(&format!("sections.topic.{topic}"));
        let mut counts = [0_usize; 2];
        for segment in &transcript.segments {
            let sentence = Sentence::new(segment.index, segment.speaker, &segment.text);
            let hits = list.iter().filter(|phrase| sentence.has(phrase)).count();
            let side = usize::from(segment.speaker != Speaker::Doctor);
            if let Some(count) = counts.get_mut(side) {
                *count += hits;
            }
        }
        let sum = counts.iter().sum::<usize>();
        for (who, count) in ["d", "p"].iter().zip(counts) {
            if count > 0 {
                out.add(&["topic", topic, who, &count.min(4).to_string()]);
                out.add(&["topic", topic, who]);
            }
        }
        if sum > most.1 {
            most = (topic, sum);
        }
    }
    out.add(&["main", most.0]);
}

/// The likeliest class.
pub fn classify(transcript: &Transcript, weights: &Weights) -> &'static str {
    let list = features(transcript);
    let mut best = ("genhx", f32::NEG_INFINITY);
    for (row, header) in HEADERS.iter().enumerate() {
        let score = weights.score(weights::SECTION, row, &list);
        if score > best.1 {
            best = (header, score);
        }
    }
    best.0
}

/// The field of the record that a class belongs to.
pub fn field(header: &str) -> &'static str {
    match header {
        "cc" => "chiefComplaint",
        "genhx" => "historyOfPresentIllness",
        "ros" => "reviewOfSystems",
        "exam" => "physicalExamNotes",
        "assessment" | "diagnosis" => "diagnosis",
        "plan" => "treatmentPlan",
        "disposition" => "followUpInstructions",
        "labs" | "imaging" => "results",
        "fam/sochx" => "familySocialHistory",
        "pastmedicalhx" => "pastMedicalHistory",
        "pastsurgical" => "pastSurgicalHistory",
        "allergy" => "allergiesText",
        "medications" => "medicationsText",
        "edcourse" => "edCourse",
        "immunizations" => "immunizations",
        "gynhx" => "gynecologicHistory",
        "procedures" => "procedure",
        _ => "otherHistory",
    }
}

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
        }
        "pastsurgical" | "pastmedicalhx" | "procedures" if denied && told <= 1 => return "None.".to_owned(),
        "cc" => return complaint(&scene, &all),
        _ => {}
    }
    joined(&all)
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
        ] {
            assert_eq!(text(&Transcript::parse(said), header, &none, &Weights::default()), text_expected);
        }
    }

    #[test]
    fn every_class_has_a_field() {
        assert!(HEADERS.iter().all(|h| !field(h).is_empty()));
        assert_eq!(field("genhx"), "historyOfPresentIllness");
    }
}
