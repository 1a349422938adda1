//! A phrase: an abbreviation such as `.nfl` that the fields of a note turn into a text while somebody types.
//!
//! A phrase is what a person would have typed: as in a template, what only the visit can tell is left as a blank
//! ([`crate::note_template::BLANK`]), and a note with a blank left in it cannot be signed.

use crate::field::{self, Problems};
use crate::ids::PhraseId;
use crate::medical_record::{Note, NoteField};
use serde::{Deserialize, Serialize};

/// How long an abbreviation may be, in characters, its dot included.
const ABBREVIATION: usize = 32;
/// How long a text may be, in characters.
const WORDS: usize = 2_000;

/// A phrase as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    /// Its id.
    pub id: PhraseId,
    /// What is typed, with its dot.
    pub abbreviation: String,
    /// What it becomes.
    pub words: String,
    /// Whether the whole practice has it.
    pub is_shared: bool,
    /// The row's version.
    pub version: i32,
}

impl Phrase {
    /// Puts the text at the end of a section, on a line of its own where something stands there.
    pub fn add_to(&self, typed: &mut Note<String>, section: NoteField) {
        let place = typed.get_mut(section);
        let kept = place.trim_end();
        *place = if kept.is_empty() { self.words.clone() } else { [kept, self.words.as_str()].join("\n") };
    }
}

/// What somebody typed into the form, unread.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PhraseForm {
    /// What is typed; the dot may be left out.
    pub abbreviation: String,
    /// What it becomes.
    pub words: String,
    /// `yes` where the whole practice has it.
    pub shared: String,
}

/// A phrase, read and sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhraseDetails {
    /// What is typed, with its dot, in small letters.
    pub abbreviation: String,
    /// What it becomes.
    pub words: String,
    /// Whether the whole practice has it.
    pub is_shared: bool,
}

impl PhraseForm {
    /// Reads the form.
    ///
    /// # Errors
    /// Every problem of every field at once: `required`, `too_long`, `invalid` for an abbreviation that is no single word.
    pub fn parse(&self) -> Result<PhraseDetails, Problems> {
        let mut wrong = Problems::none();
        let abbreviation = wrong.keep(abbreviation(&self.abbreviation));
        let words = wrong.keep(field::long_text("words", "the text", &self.words, WORDS).and_then(|words| {
            words.ok_or_else(|| Problems::one("words", "required", "Enter the text that it becomes."))
        }));
        match abbreviation.zip(words) {
            Some((abbreviation, words)) => {
                Ok(PhraseDetails { abbreviation, words, is_shared: self.shared == "yes" })
            }
            None => Err(wrong),
        }
    }
}

fn abbreviation(text: &str) -> Result<String, Problems> {
    let bare = text.trim().trim_start_matches('.').to_lowercase();
    let told = field::required("abbreviation", "the abbreviation, such as .nfl", &bare, ABBREVIATION - 1)?;
    // ".5" is a number.
    if told.starts_with(char::is_alphabetic) && told.chars().all(|sign| sign.is_alphanumeric() || sign == '-')
    {
        return Ok(format!(".{told}"));
    }
    let words = "An abbreviation is one word of letters and digits, a letter first, such as .nfl.";
    Err(Problems::one("abbreviation", "invalid", words))
}

/// The form as it stands for a phrase, for editing.
impl From<&Phrase> for PhraseForm {
    fn from(phrase: &Phrase) -> Self {
        Self {
            abbreviation: phrase.abbreviation.clone(),
            words: phrase.words.clone(),
            shared: if phrase.is_shared { "yes" } else { "" }.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(abbreviation: &str, words: &str) -> Result<PhraseDetails, Problems> {
        PhraseForm { abbreviation: abbreviation.into(), words: words.into(), shared: String::new() }.parse()
    }

    #[test]
    fn an_abbreviation_is_one_word_behind_a_dot_in_small_letters() {
        for typed in [".nfl", "nfl", " .NFL ", "..nfl"] {
            assert_eq!(read(typed, "No fever.").unwrap().abbreviation, ".nfl", "{typed}");
        }
        assert_eq!(read(".größe-2", "x").unwrap().abbreviation, ".größe-2");
        for (typed, code) in
            [("", "required"), (".", "required"), ("n fl", "invalid"), (".a.b", "invalid"), (".5", "invalid")]
        {
            assert_eq!(read(typed, "x").unwrap_err().0[0].code, code, "{typed}");
        }
        assert_eq!(read(&"x".repeat(32), "x").unwrap_err().0[0].code, "too_long");
    }

    #[test]
    fn a_text_keeps_its_lines_and_blanks_and_must_be_there() {
        assert_eq!(
            read("rom", "Flexion: ___\nExtension: ___").unwrap().words,
            "Flexion: ___\nExtension: ___"
        );
        let wrong = read("", " ").unwrap_err();
        assert!(wrong.of("abbreviation").is_some() && wrong.of("words").is_some());
    }

    #[test]
    fn it_is_added_below_what_stands_in_a_section() {
        let id = "00000000-0000-7000-8000-000000000001".parse().unwrap();
        let phrase = Phrase {
            id,
            abbreviation: ".nfl".into(),
            words: "No fever.".into(),
            is_shared: false,
            version: 1,
        };
        let mut typed = Note::<String>::default();
        phrase.add_to(&mut typed, NoteField::ReviewOfSystems);
        assert_eq!(typed.review_of_systems, "No fever.");
        phrase.add_to(&mut typed, NoteField::ReviewOfSystems);
        assert_eq!(typed.review_of_systems, "No fever.\nNo fever.");
    }
}
