//! Misheard names of the patient's own medicines: "met for me in" is metformin where metformin is on the list.
//!
//! Only names from the patient's list are put right, since nothing else tells what was meant; what was heard is kept
//! beside each, so that nothing is changed in silence.

use serde::{Deserialize, Serialize};

#[cfg(feature = "speech")]
use super::sentences::Piece;
#[cfg(feature = "speech")]
use crate::engine::{lexicon::DRUGS, soundalike::distance};

/// A medicine's name that was put right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Renamed {
    /// The segment of the transcript it stands in.
    pub segment: usize,
    /// What was heard.
    pub heard: String,
    /// The name as it stands on the patient's list.
    pub meant: String,
}

impl Renamed {
    /// The change in words for people.
    pub fn words(&self) -> String {
        format!(
            "Heard “{}”, taken for {} from the patient's list. Listen to this part.",
            self.heard, self.meant
        )
    }
}

/// Sounds of the shortest name that is looked for; shorter ones are too much like everyday words.
#[cfg(feature = "speech")]
const SHORTEST: usize = 7;
/// The most words that a torn name is put together from.
#[cfg(feature = "speech")]
const MOST_WORDS: usize = 4;

/// Puts the names right.
#[cfg(feature = "speech")]
pub(super) fn put_right(sentences: &mut [Piece], medicines: &[String]) -> Vec<Renamed> {
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
                renamed.push(Renamed { segment, heard, meant: (*name).to_owned() });
            }
        }
    }
    renamed
}

/// The text with the first mishearing of a name put right, and what was heard.
#[cfg(feature = "speech")]
fn changed(text: &str, name: &str, wanted: &str) -> Option<(String, String)> {
    let words: Vec<&str> = text.split_whitespace().collect();
    for start in 0..words.len() {
        for length in 1..=MOST_WORDS.min(words.len() - start) {
            let part = words.get(start..start + length)?;
            let heard = part.join(" ");
            let heard = heard.trim_matches(|letter: char| !letter.is_alphanumeric());
            if !meant(part, heard, name, wanted) {
                continue;
            }
            let end = part.last()?.trim_start_matches(char::is_alphanumeric);
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
#[cfg(feature = "speech")]
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
        && !part.iter().any(|word| DRUGS.lookup(word).is_some())
        && distance(&sounded, wanted, most) <= most
}

/// A word as it sounds, roughly: one letter for each vowel or run of them, letters that sound alike made one.
#[cfg(feature = "speech")]
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

#[cfg(feature = "speech")]
#[cfg(test)]
mod tests {
    use super::*;

    fn put(text: &str, medicines: &[&str]) -> (String, Vec<(String, String)>) {
        let mut pieces = [Piece { start_ms: 0, end_ms: 1, text: text.to_owned(), certainty: 0.9 }];
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
    fn nothing_is_put_right_without_a_list() {
        assert!(put("I take met for me in.", &[]).1.is_empty());
    }
}
