//! Misheard names of medicines: "met for me in" is metformin where metformin is on the patient's list.
//!
//! Names from the patient's list may be torn into several words. Any other medicine is only looked for behind a word that
//! is none at all ("tacromilius"), and taken where one alone sounds like it. What was heard is kept beside each name,
//! so that nothing is changed in silence.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::sentences::{Piece, UNSURE};
use crate::engine::{lexicon::DRUGS, phrases::PHRASES, soundalike::distance};

/// A medicine's name that was put right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Renamed {
    /// The segment of the transcript it stands in.
    pub segment: usize,
    /// What was heard.
    pub heard: String,
    /// The name of the medicine.
    pub meant: String,
    /// Whether it is on the patient's list; if not, it is the only known medicine that sounds so.
    #[serde(default)]
    pub listed: bool,
}

/// How [`Renamed::words`] begins.
pub const RENAMED: &str = "Heard “";

impl Renamed {
    /// The change in words for people.
    pub fn words(&self) -> String {
        let why = if self.listed { " from the patient's list" } else { ", which alone sounds like it" };
        format!("{RENAMED}{}”, taken for {}{why}. Listen to this part.", self.heard, self.meant)
    }
}

/// Sounds of the shortest name that is looked for; shorter ones are too much like everyday words.
const SHORTEST: usize = 7;
/// The most words that a torn name is put together from.
const MOST_WORDS: usize = 4;

/// Puts the names right.
pub(crate) fn put_right(sentences: &mut [Piece], medicines: &[String]) -> Vec<Renamed> {
    let names: Vec<(&str, String)> = medicines
        .iter()
        .filter_map(|name| name.split_whitespace().next())
        .map(|name| (name, sounds(name)))
        .filter(|(_, sounds)| sounds.len() >= SHORTEST)
        .collect();
    let mut renamed = Vec::new();
    for (segment, sentence) in sentences.iter_mut().enumerate() {
        for (name, wanted) in &names {
            while let Some((text, heard)) = changed(&sentence.text, name, wanted) {
                sentence.text = text;
                renamed.push(Renamed { segment, heard, meant: (*name).to_owned(), listed: true });
            }
        }
        while let Some((text, heard, name)) = changed_to_any(&sentence.text) {
            sentence.text = text;
            renamed.push(Renamed { segment, heard, meant: name.to_owned(), listed: false });
        }
    }
    renamed
}

/// The text with the first word that is none put right where one medicine alone sounds like it; and what was heard.
fn changed_to_any(text: &str) -> Option<(String, String, &'static str)> {
    let mut before = "";
    for part in text.split(' ') {
        let heard = part.trim_matches(|letter: char| !letter.is_alphanumeric());
        let titled = ["Dr.", "Mr.", "Mrs.", "Ms.", "Miss", "Doctor"].contains(&before);
        before = part;
        if !titled && let Some(name) = only_sound_alike(heard) {
            return Some((text.replacen(heard, name, 1), heard.to_owned(), name));
        }
    }
    None
}

/// The one medicine that sounds like a word that is none.
fn only_sound_alike(heard: &str) -> Option<&'static str> {
    static NAMES: LazyLock<Vec<(&'static str, String, usize)>> = LazyLock::new(|| {
        let names = DRUGS.single_words(SHORTEST).map(|(name, entry)| (name, sounds(name), entry));
        names.filter(|(_, sounds, _)| sounds.len() >= SHORTEST).collect()
    });
    let word = heard.to_lowercase();
    let is_word = PHRASES.knows(&word) || DRUGS.lookup(&word).is_some();
    if is_word || word.len() < SHORTEST || !word.chars().all(|letter| letter.is_ascii_alphabetic()) {
        return None;
    }
    let sounded = sounds(&word);
    let ends = |sounds: &str| (sounds.chars().next(), sounds.chars().last());
    let near = NAMES.iter().filter(|(_, wanted, _)| ends(wanted) == ends(&sounded));
    let mut found: Vec<(usize, &str, usize)> = near
        .map(|(name, wanted, entry)| {
            (distance(&sounded, wanted, wanted.len() / 5), wanted.len() / 5, name, entry)
        })
        .filter(|(far, most, ..)| far <= most)
        .map(|(far, _, name, entry)| (far, *name, *entry))
        .collect();
    found.sort_unstable();
    let &(_, name, entry) = found.first()?;
    found.iter().all(|(.., other)| *other == entry).then_some(name)
}

/// The text with the first mishearing of a name put right, and what was heard.
fn changed(text: &str, name: &str, wanted: &str) -> Option<(String, String)> {
    let words: Vec<&str> = text.split_whitespace().collect();
    for start in 0..words.len() {
        for length in 1..=MOST_WORDS.min(words.len() - start) {
            let part = words.get(start..start + length)?;
            let heard = part.join(" ").replace(UNSURE, "");
            let heard = heard.trim_matches(|letter: char| !letter.is_alphanumeric());
            if !meant(part, heard, name, wanted) {
                continue;
            }
            let last = part.last()?.trim_start_matches(UNSURE);
            let end = last.trim_start_matches(char::is_alphanumeric);
            let right = format!("{name}{end}");
            let before = words.get(..start)?;
            let behind = words.get(start + length..)?;
            let whole = [before, &[right.as_str()], behind].concat().join(" ");
            return Some((whole, heard.to_owned()));
        }
    }
    None
}

/// Whether some words are a mishearing of a name: nearly the same sounds, no mark between them, and no medicine.
fn meant(part: &[&str], heard: &str, name: &str, wanted: &str) -> bool {
    let joined = part.iter().rev().skip(1).all(|word| word.ends_with(char::is_alphanumeric));
    let sounded = sounds(heard);
    let begins = sounded.chars().next() == wanted.chars().next();
    // One word must also end as the name does: "aspirate" is not aspirin. Several words are held for a long name only,
    // since "a spare and" nearly is it, too.
    let fits = if part.len() == 1 {
        sounded.chars().last() == wanted.chars().last()
    } else {
        wanted.len() > SHORTEST
    };
    let most = wanted.len() / 5;
    joined
        && begins
        && fits
        && !heard.to_lowercase().contains(&name.to_lowercase())
        && !part.iter().any(|word| DRUGS.lookup(word.trim_start_matches(UNSURE)).is_some())
        && distance(&sounded, wanted, most) <= most
}

/// A word as it sounds, roughly: one letter for each vowel or run of them, letters that sound alike made one.
fn sounds(word: &str) -> String {
    let letters: String = word.to_lowercase().chars().filter(char::is_ascii_alphabetic).collect();
    let plain = letters
        .replace("ph", "f")
        .replace("th", "t")
        .replace("ck", "k")
        .replace("ce", "se")
        .replace("ci", "si")
        .replace("cy", "si")
        .replace(['c', 'q'], "k")
        .replace('x', "ks")
        .replace('z', "s");
    let mut sounded = String::new();
    for letter in plain.chars() {
        let letter = if matches!(letter, 'e' | 'i' | 'o' | 'u' | 'y') { 'a' } else { letter };
        if letter != 'h' && !sounded.ends_with(letter) {
            sounded.push(letter);
        }
    }
    // A vowel at the end is often not heard: "lisinoprile".
    if sounded.len() > 1 { sounded.trim_end_matches('a').to_owned() } else { sounded }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(text: &str, medicines: &[&str]) -> (String, Vec<(String, String)>) {
        let mut pieces =
            [Piece { start_ms: 0, end_ms: 1, text: text.to_owned(), certainty: 0.9, disputed: false }];
        let medicines: Vec<String> = medicines.iter().map(|&name| name.to_owned()).collect();
        let renamed = put_right(&mut pieces, &medicines);
        let [piece] = pieces;
        (piece.text, renamed.into_iter().map(|one| (one.heard, one.meant)).collect())
    }

    #[test]
    fn a_torn_or_misspelt_name_of_the_list_is_put_right_and_what_was_heard_is_kept() {
        let (text, renamed) = put("Yeah, I take met for me in, every day.", &["metformin 500 mg"]);
        assert_eq!(text, "Yeah, I take metformin, every day.");
        assert_eq!(renamed, [("met for me in".to_owned(), "metformin".to_owned())]);
        assert_eq!(put("Met forming?", &["Metformin"]).0, "Metformin?");
        let (text, renamed) = put(&format!("Met {UNSURE}forming?"), &["Metformin"]);
        assert_eq!((text.as_str(), renamed[0].0.as_str()), ("Metformin?", "Met forming"));
        let (text, _) = put("The lyesanoprile makes me cough.", &["lisinopril"]);
        assert_eq!(text, "The lisinopril makes me cough.");
    }

    #[test]
    fn another_medicine_and_everyday_words_stay_as_they_are() {
        for (text, list) in [
            ("I took prednisolone for a week.", vec!["prednisone"]),
            ("I take metformin twice a day, a metformin each time.", vec!["metformin"]),
            ("I met for the first time in May, mid morning.", vec!["metformin"]),
            ("I have a spare and a lasting apple to aspirate.", vec!["aspirin", "lisinopril"]),
            ("My metformin's box, and two Metformins.", vec!["metformin"]),
            ("It is a tram, all doll.", vec!["tramadol", "xanax"]),
        ] {
            assert_eq!(put(text, &list), (text.to_owned(), Vec::new()), "{text}");
        }
    }

    #[test]
    fn a_word_that_is_none_is_the_one_medicine_that_sounds_like_it() {
        let (text, renamed) = put("You mean the tacromilius, yeah?", &[]);
        assert_eq!(text, "You mean the tacrolimus, yeah?");
        assert_eq!(renamed, [("tacromilius".to_owned(), "tacrolimus".to_owned())]);
        assert_eq!(put("I take lyesanoprile.", &[]).0, "I take lisinopril.");
        for text in
            ["I saw Dr. Tacromilius.", "The urethra hurts.", "I take met for me in.", "A blooberry jogurt."]
        {
            assert!(put(text, &[]).1.is_empty(), "{text}");
        }
    }
}
