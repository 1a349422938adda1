//! Which part of a note a short conversation is about; its text is made in [`super::section_text`].
//!
//! The classes are those of MTS-Dialog; a page that drafts one field at a time uses [`field`].

use super::cues::cues;
use super::scene::Answer;
use super::text::{Sentence, words};
use super::weights::{self, Features, Weights};
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

/// How much a phrase that names a class outright counts, against the spread that training gives the scores.
const SURE: f32 = 0.7;

/// What the phrases that name a class outright say: rare classes have too few examples to be learned from.
fn sure(scene: &[Sentence], header: &str) -> f32 {
    let lists = [cues(&format!("sections.sure.{header}")), cues(&format!("sections.told.{header}"))];
    let mut hits = 0.0_f32;
    for sentence in scene.iter().filter(|s| s.speaker == Speaker::Doctor) {
        let asks = sentence.text.ends_with('?');
        let [any, told] = lists;
        if sentence.has_cue(any) || !asks && sentence.has_cue(told) {
            hits += 1.0;
        }
    }
    hits.min(2.0)
}

/// The likeliest class.
pub fn classify(transcript: &Transcript, weights: &Weights) -> &'static str {
    let list = features(transcript);
    let scene = super::text::sentences(&transcript.segments);
    let size = f32::from(u16::try_from(list.len()).unwrap_or(u16::MAX)).sqrt();
    let mut best = ("genhx", f32::NEG_INFINITY);
    for (row, header) in HEADERS.iter().enumerate() {
        let score = weights.score(weights::SECTION, row, &list) + SURE * size * sure(&scene, header);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_has_a_field() {
        assert!(HEADERS.iter().all(|h| !field(h).is_empty()));
        assert_eq!(field("genhx"), "historyOfPresentIllness");
    }

    #[test]
    fn a_phrase_that_names_a_rare_class_decides() {
        for (said, class) in [
            ("[doctor] Nurse, please give him Zofran four milligrams.\n[patient] I feel better.", "edcourse"),
            ("[doctor] Are you ready for home?\n[patient] Yes.", "disposition"),
            ("[doctor] When was your last pap smear?\n[patient] Two years ago.", "gynhx"),
            ("[doctor] Any medication intolerances?\n[patient] No.", "allergy"),
        ] {
            assert_eq!(classify(&Transcript::parse(said), &weights::BUILT_IN), class, "{said}");
        }
    }
}
