//! Complaints as one sentence names them: the name, the body site, the words.
//!
//! Whether they are present is judged in [`super::symptoms`].

use super::cues::{cues, pairs};
use super::lexicon::{Found, SITES, SYMPTOMS};
use super::text::{Sentence, Word};

/// A complaint named in one sentence.
#[derive(Clone, Debug)]
pub struct Mention {
    /// Canonical name.
    pub name: String,
    /// Where in the body.
    pub site: Option<String>,
    /// Its first word.
    pub start: usize,
    /// Just after its last word.
    pub end: usize,
}

/// The complaints a sentence names, each with its site.
pub fn mentions(sentence: &Sentence) -> Vec<Mention> {
    let mut list = Vec::new();
    let words = &sentence.words;
    let mut at = 0;
    while at < words.len() {
        if let Some(found) = SYMPTOMS.at(words, at) {
            let name = SYMPTOMS.entry(found).name;
            if plausible(name, sentence, at, found.end) {
                let sited = cues("mentions.sited").contains(&name) || name == "swelling";
                let site = if sited {
                    site_near(words, at, found.end)
                } else {
                    fixed_site(name).map(ToOwned::to_owned)
                };
                let name = match (&site, sited) {
                    (Some(site), true) if name == "swelling" => format!("{} swelling", bare_site(site)),
                    _ if name == "bleeding" => blood(sentence).to_owned(),
                    _ if name == "drainage" => discharge(sentence).to_owned(),
                    _ => name.to_owned(),
                };
                list.push(Mention { name, site, start: at, end: found.end });
            }
            at = found.end;
            continue;
        }
        if sentence.word(at) == "sore" && at > 0 && sentence.word(at - 1) == "a" {
            let site = site_near(words, at, at + 1);
            list.push(Mention { name: "wound".to_owned(), site, start: at, end: at + 1 });
            at += 1;
            continue;
        }
        if let Some((_, name)) =
            pairs("mentions.sensations").iter().find(|(word, _)| *word == sentence.word(at))
        {
            if let Some(site) = site_near(words, at, at + 1) {
                let bare = bare_site(&site);
                let name =
                    if bare == "abdomen" { "abdominal pain".to_owned() } else { format!("{bare} {name}") };
                let name = SYMPTOMS.lookup(&name).map_or(name.clone(), |entry| entry.name.to_owned());
                list.push(Mention { name, site: Some(site), start: at, end: at + 1 });
            } else if *name == "pain" && sentence.word(at).starts_with("pain") {
                list.push(Mention { name: "pain".to_owned(), site: None, start: at, end: at + 1 });
            }
        }
        at += 1;
    }
    list
}

/// Where the blood is that a sentence speaks of.
fn blood(sentence: &Sentence) -> &'static str {
    let has = |list: &[&str]| sentence.has_any(list);
    if has(&["cough", "coughing", "sputum", "phlegm", "mucus"]) {
        "hemoptysis"
    } else if has(&["stool", "stools", "poop", "bowel movement", "bowel movements"]) {
        "blood in the stool"
    } else if has(&["urine", "pee", "urinate", "urinating"]) {
        "blood in the urine"
    } else if has(&["vomit", "vomiting", "throw up", "throwing up"]) {
        "blood in vomit"
    } else {
        "bleeding"
    }
}

/// What the discharge comes from that a sentence speaks of.
fn discharge(sentence: &Sentence) -> &'static str {
    if sentence.has_any(&["ear", "ears"]) {
        "ear discharge"
    } else if sentence.has_any(&["eye", "eyes"]) {
        "watery eyes"
    } else if sentence.has_any(&["nose", "nasal", "nostril", "nostrils"]) {
        "runny nose"
    } else {
        "drainage"
    }
}

/// Names whose words often mean something else.
fn plausible(name: &str, sentence: &Sentence, start: usize, end: usize) -> bool {
    let word = sentence.word(start);
    let before = if start > 0 { sentence.word(start - 1) } else { "" };
    let after = sentence.word(end);
    match name {
        "bleeding" => word != "blood" || !cues("mentions.after_blood").contains(&after) && !after.is_empty(),
        "redness" => {
            matches!(word, "redness" | "erythema")
                || matches!(before, "is" | "was" | "looks" | "bit" | "gets" | "turned" | "little" | "are")
        }
        "fall" => {
            matches!(word, "fell" | "falls" | "fallen") && !matches!(after, "asleep" | "apart")
                || before == "a"
        }
        "popping" => {
            matches!(before, "a" | "it" | "heard" | "felt" | "some" | "any") && !matches!(after, "up" | "in")
        }
        "wound" => matches!(before, "a" | "the" | "any" | "my" | "this" | "that" | "open") && word != "cut",
        "loss of smell" | "loss of taste" => {
            !matches!(word, "smell" | "taste") || matches!(before, "or" | "of" | "and" | "in")
        }
        "seizure" => {
            word != "fits" || !matches!(before, "coughing" | "sneezing" | "cough" | "crying" | "that")
        }
        "fever" => (word != "a" || !matches!(after, "of")) && before != "hay",
        "bloating" => word != "gas" || matches!(before, "of" | "or" | "any" | "have" | "passing" | "and"),
        "depression" => word != "sad" || !matches!(after, "to"),
        "incontinence" => word != "accidents" || sentence.has("bladder") || sentence.has("bowel"),
        "drainage" => word != "discharge" || !matches!(before, "you" | "your" | "hospital"),
        "vomiting" => !matches!(word, "being" | "been") || !sentence.has_cue(cues("mentions.others")),
        "nausea" | "malaise" => !matches!(word, "being" | "been") || after.is_empty(),
        "runny nose" => sentence.has("nose") || !sentence.has_any(&["eye", "eyes", "stool", "stools"]),
        "weight loss" => !sentence.has_any(&["trying to", "unintentional"]),
        _ => true,
    }
}

/// The site a complaint's name already holds.
fn fixed_site(name: &str) -> Option<&'static str> {
    let first = name.split(' ').next()?;
    match name {
        "headache" => Some("head"),
        "sore throat" => Some("throat"),
        "nasal congestion" | "runny nose" | "nosebleed" => Some("nose"),
        "shortness of breath" | "cough" | "wheezing" => None,
        "abdominal pain" => Some("abdomen"),
        "back pain" => Some("back"),
        _ => SITES.lookup(first).map(|entry| entry.name),
    }
}

/// The body site beside the words `start..end`, with its side.
fn site_near(words: &[Word], start: usize, end: usize) -> Option<String> {
    let word = |at: usize| words.get(at).map_or("", |w| w.text.as_str());
    let mut after = None;
    for at in end..(end + 8).min(words.len()) {
        if matches!(word(at), "and" | "but" | "when" | "because" | "or" | "so") && at > end + 1 {
            break;
        }
        if let Some(found) = SITES.at(words, at).filter(|f| bodily(words, *f)) {
            after = Some(found);
            break;
        }
    }
    let before = (start.saturating_sub(8)..start)
        .rev()
        .find_map(|at| SITES.at(words, at).filter(|f| f.end <= start && bodily(words, *f)));
    let linked = (end..(end + 5).min(words.len())).any(|at| {
        matches!(
            word(at),
            "in" | "on" | "of" | "around" | "behind" | "to" | "under" | "at" | "along" | "inside"
        )
    });
    let found = match (before, after) {
        (Some(b), _) if b.end == start => b,
        (_, Some(a)) if linked => a,
        (Some(b), _) => b,
        _ => return None,
    };
    let name = SITES.entry(found).name;
    let side = (found.start.saturating_sub(3)..found.start).rev().find_map(|at| match word(at) {
        "left" => Some("left"),
        "right" => Some("right"),
        "both" | "bilateral" => Some("bilateral"),
        _ => None,
    });
    Some(side.map_or(name.to_owned(), |side| format!("{side} {name}")))
}

/// Whether a site is one: "my side" is, "the right side of my abdomen" and "the medial side" are not.
fn bodily(words: &[Word], found: Found) -> bool {
    let word = |at: usize| words.get(at).map_or("", |w| w.text.as_str());
    word(found.start) != "side"
        || word(found.end) != "of"
            && (found.start.saturating_sub(2)..found.start)
                .any(|k| matches!(word(k), "my" | "your" | "his" | "her"))
}

/// A site without its side.
fn bare_site(site: &str) -> &str {
    ["left ", "right ", "bilateral "].iter().find_map(|side| site.strip_prefix(side)).unwrap_or(site)
}
