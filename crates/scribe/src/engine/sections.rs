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
use crate::transcript::{Segment, Speaker, Transcript};

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
        let who = who(segment);
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
    }
    named(transcript, &mut out);
    shape(transcript, &mut out);
    topics(transcript, &mut out);
    out.add(&["turns", &(transcript.segments.len() / 2).min(12).to_string()]);
    out.add(&["length", &(total / 25).min(12).to_string()]);
    out.done()
}

/// Who a segment's words are counted for.
fn who(segment: &Segment) -> &'static str {
    match segment.speaker {
        Speaker::Doctor => "d",
        Speaker::Patient | Speaker::Other | Speaker::Unknown => "p",
    }
}

/// How many complaints, medicines, conditions, tests and sites are named, and by whom.
fn named(transcript: &Transcript, out: &mut Features) {
    use super::lexicon::{CONDITIONS, DRUGS, SITES, SYMPTOMS, TESTS};
    let lists = [
        ("symptoms", &SYMPTOMS),
        ("drugs", &DRUGS),
        ("conditions", &CONDITIONS),
        ("tests", &TESTS),
        ("sites", &SITES),
    ];
    for (name, lexicon) in lists {
        for side in ["d", "p"] {
            let spoken = transcript.segments.iter().filter(|s| who(s) == side);
            let count: usize = spoken.map(|s| lexicon.find(&words(&s.text)).len()).sum();
            for least in [1, 2, 3, 5, 8].into_iter().filter(|least| count >= *least) {
                out.add(&["named", name, side, &least.to_string()]);
            }
        }
    }
}

/// How the talk runs: questions and how they begin, refusals, who speaks more.
fn shape(transcript: &Transcript, out: &mut Features) {
    let (mut questions, mut denials, mut told, mut own, mut all) =
        (0_usize, 0_usize, 0_usize, 0_usize, 0_usize);
    for sentence in super::text::sentences(&transcript.segments) {
        let doctor = sentence.speaker == Speaker::Doctor;
        all += sentence.words.len();
        own += if doctor { sentence.words.len() } else { 0 };
        if doctor && sentence.text.ends_with('?') {
            questions += 1;
            for word in &sentence.words {
                out.add(&["q", &word.text]);
            }
            out.add(&["open", sentence.word(0), sentence.word(1), sentence.word(2)]);
        } else if doctor && sentence.words.len() > 8 {
            told += 1;
        } else if !doctor && super::scene::classify(&sentence) == Answer::No {
            denials += 1;
        }
    }
    out.add(&["questions", &questions.min(8).to_string()]);
    out.add(&["denials", &denials.min(6).to_string()]);
    out.add(&["told", &told.min(8).to_string()]);
    out.add(&["share", &(own * 10 / all.max(1)).to_string()]);
}

/// Which topics are spoken of, by whom, how much, and which one most.
fn topics(transcript: &Transcript, out: &mut Features) {
    let mut sums: Vec<(&str, usize)> = Vec::new();
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
        for (who, count) in ["d", "p"].iter().zip(counts) {
            for least in [1, 2, 3, 5, 8].into_iter().filter(|least| count >= *least) {
                out.add(&["topic", topic, who, &least.to_string()]);
            }
        }
        sums.push((topic, counts.iter().sum()));
    }
    sums.retain(|(_, sum)| *sum > 0);
    sums.sort_by_key(|(_, sum)| std::cmp::Reverse(*sum));
    let place = |k: usize| sums.get(k).map_or("", |(topic, _)| *topic);
    out.add(&["main", place(0)]);
    out.add(&["second", place(0), place(1)]);
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
        "fam/sochx" => return habits(&scene, all),
        _ => {}
    }
    joined(&all)
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
