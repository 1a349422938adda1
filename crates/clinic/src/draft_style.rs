//! How drafts are written for a provider: which sections at which kind of visit, whether by problem, and in whose words.
//!
//! Nothing here is applied by itself. Words are proposed from what the provider changed in signed notes, and are used
//! once the provider said so; both are listed for that provider and can be forgotten.

use crate::appointment::AppointmentType;
use crate::field::{self, Problems};
use crate::ids::OwnWordingId;
use crate::medical_record::NoteField;
use serde::{Deserialize, Serialize};

/// How long either side of a wording may be, in characters.
pub const LENGTH: usize = 100;

/// How many words either side of a wording may have: an expression, not a sentence.
pub const WORDS: usize = 6;

/// Words that a provider writes in place of drafted ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnWording {
    /// Its id.
    pub id: OwnWordingId,
    /// What is drafted, in small letters.
    pub drafted: String,
    /// What stands in its place.
    pub written: String,
    /// Whether drafts are written so; otherwise it was refused and is not proposed again.
    pub is_used: bool,
}

/// What somebody typed into the form for a wording, unread.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct OwnWordingForm {
    /// What is drafted.
    pub drafted: String,
    /// What is to stand in its place.
    pub written: String,
}

/// A wording, read and sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnWordingDetails {
    /// What is drafted, in small letters.
    pub drafted: String,
    /// What stands in its place.
    pub written: String,
}

impl OwnWordingForm {
    /// Reads the form. Whether both sides mean the same is the scribe's to say.
    ///
    /// # Errors
    /// Every problem of every field at once.
    pub fn parse(&self) -> Result<OwnWordingDetails, Problems> {
        let mut wrong = Problems::none();
        let drafted = wrong.keep(expression("drafted", "what is drafted", &self.drafted));
        let written = wrong.keep(expression("written", "what you write", &self.written));
        match (drafted, written) {
            (Some(drafted), Some(written)) => {
                let drafted = drafted.to_lowercase();
                if drafted == written {
                    return Err(Problems::one("written", "same", "Write other words than those drafted."));
                }
                Ok(OwnWordingDetails { drafted, written })
            }
            _ => Err(wrong),
        }
    }
}

/// Reads a few words without marks between them.
fn expression(field: &str, label: &str, text: &str) -> Result<String, Problems> {
    // Small letters may be more letters: a limit that holds for what was typed must hold for what is kept.
    let text = field::required(field, label, text, LENGTH)?;
    field::required(field, label, &text.to_lowercase(), LENGTH)?;
    if text.split_whitespace().count() > WORDS {
        let words = format!("Use at most {WORDS} words: an expression, not a sentence.");
        return Err(Problems::one(field, "too_long", words));
    }
    if text.contains(['.', ',', ';', ':', '!', '?', '\n']) || !text.contains(char::is_alphanumeric) {
        return Err(Problems::one(field, "marks", "Use words only, without full stops or commas."));
    }
    Ok(text)
}

/// What is drafted at one kind of visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftTemplate {
    /// The kind of visit.
    pub kind: AppointmentType,
    /// Sections whose sentences are offered beside the draft and are no part of it.
    pub left_out: Vec<NoteField>,
    /// Whether the plan is put in the order of the problems, each sentence under the name of its own.
    pub by_problem: bool,
}

impl DraftTemplate {
    /// What is drafted where nobody chose: every section, the plan in the order in which it was said.
    pub fn usual(kind: AppointmentType) -> Self {
        Self { kind, left_out: Vec::new(), by_problem: false }
    }
}

/// How the draft of one visit is to be written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DraftStyle {
    /// What is drafted and what is to stand in its place, for the words in use.
    pub wordings: Vec<OwnWordingDetails>,
    /// Sections whose sentences are offered beside the draft.
    pub left_out: Vec<NoteField>,
    /// Whether the plan is put in the order of the problems.
    pub by_problem: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(drafted: &str, written: &str) -> Result<OwnWordingDetails, Problems> {
        OwnWordingForm { drafted: drafted.to_owned(), written: written.to_owned() }.parse()
    }

    #[test]
    fn a_wording_is_an_expression_in_other_words() {
        let kept = read(" Blood  Pressure ", "BP").unwrap();
        assert_eq!((kept.drafted.as_str(), kept.written.as_str()), ("blood pressure", "BP"));
        assert!(read("patient", "patient").unwrap_err().of("written").is_some());
        assert!(read("", "").unwrap_err().of("drafted").is_some());
        assert!(read(&"İ".repeat(LENGTH), "x").unwrap_err().of("drafted").is_some());
        for wrong in ["one two three four five six seven", "has a cough.", "-", "a, b"] {
            assert!(read(wrong, "x").unwrap_err().of("drafted").is_some(), "{wrong}");
        }
    }
}
