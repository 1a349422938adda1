//! The transcript beside the draft: who said what, when, and which words are unsure.

use crate::{drafting, redrafting};
use medrecord_clinic::consultation::{Speaker, Transcript};
use medrecord_scribe::engine::lexicon::DRUGS;
use medrecord_scribe::transcript;
use serde_json::Value;

/// A turn of the transcript.
#[derive(Debug, Clone)]
pub(crate) struct Turn {
    pub(crate) number: i32,
    pub(crate) speaker: &'static str,
    pub(crate) who: &'static str,
    /// Who it is made to be by one click, and in words.
    pub(crate) instead: &'static str,
    pub(crate) instead_who: &'static str,
    pub(crate) clock: String,
    pub(crate) start: String,
    pub(crate) end: String,
    pub(crate) words: Vec<Words>,
}

/// Words of a turn that are alike sure.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Words {
    pub(crate) text: String,
    pub(crate) unsure: bool,
    /// A medicine or a number is among them.
    pub(crate) critical: bool,
}

/// The turns of a transcript; `raw` is the draft as the engine gave it, which knows the unsure words.
pub(super) fn turns(transcript: &Transcript, raw: Option<&Value>) -> Vec<Turn> {
    let seconds =
        |ms: Option<i32>| ms.map(|ms| format!("{}.{:03}", ms / 1000, ms % 1000)).unwrap_or_default();
    transcript
        .segments
        .iter()
        .map(|segment| Turn {
            number: segment.index,
            speaker: segment.speaker.as_str(),
            who: who(segment.speaker),
            instead: instead(segment.speaker).as_str(),
            instead_who: who(instead(segment.speaker)),
            clock: segment.start_ms.map(|ms| clock(i64::from(ms))).unwrap_or_default(),
            start: seconds(segment.start_ms),
            end: seconds(segment.end_ms),
            words: words(
                &segment.text,
                &redrafting::unsure(raw, usize::try_from(segment.index).unwrap_or(usize::MAX)),
            ),
        })
        .collect()
}

/// A turn's text, parted where sure words and unsure ones meet. A note of what was heard in place of a name is not
/// counted: the speech engine did not write it.
fn words(text: &str, unsure: &[usize]) -> Vec<Words> {
    let mut parts: Vec<Words> = Vec::new();
    let mut said = 0;
    let mut in_note = false;
    for word in text.split_whitespace() {
        in_note |= word == drafting::HEARD.trim().split(' ').next().unwrap_or_default();
        let is_unsure = !in_note && unsure.contains(&said);
        said += usize::from(!in_note);
        in_note &= !word.contains(drafting::HEARD_END);
        let is_critical =
            is_unsure && (word.contains(|c: char| c.is_ascii_digit()) || DRUGS.lookup(word).is_some());
        match parts.last_mut() {
            Some(last) if last.unsure == is_unsure => {
                last.text.push(' ');
                last.text.push_str(word);
                last.critical |= is_critical;
            }
            Some(_) | None => {
                parts.push(Words { text: word.to_owned(), unsure: is_unsure, critical: is_critical });
            }
        }
    }
    parts
}

/// Who a sentence seems to come from, as people call them.
pub(super) fn heard_from(speaker: transcript::Speaker) -> &'static str {
    who(match speaker {
        transcript::Speaker::Doctor => Speaker::Doctor,
        transcript::Speaker::Patient => Speaker::Patient,
        transcript::Speaker::Other => Speaker::Other,
        transcript::Speaker::Unknown => Speaker::Unknown,
    })
}

fn who(speaker: Speaker) -> &'static str {
    match speaker {
        Speaker::Doctor => "Doctor",
        Speaker::Patient => "Patient",
        Speaker::Other => "Other",
        Speaker::Unknown => "Speaker",
    }
}

/// The other one of the two who talk.
fn instead(speaker: Speaker) -> Speaker {
    match speaker {
        Speaker::Patient => Speaker::Doctor,
        Speaker::Doctor | Speaker::Other | Speaker::Unknown => Speaker::Patient,
    }
}

/// Minutes and seconds.
pub(super) fn clock(ms: i64) -> String {
    let seconds = ms / 1000;
    format!("{:02}:{:02}", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unsure_words_are_parted_from_sure_ones_and_notes_are_not_counted() {
        let parted = words("I take metformin (heard: “met for me in”), 500 milligrams a day.", &[3, 4]);
        let marked: Vec<(&str, bool)> = parted.iter().map(|part| (part.text.as_str(), part.unsure)).collect();
        assert_eq!(
            marked,
            [
                ("I take metformin (heard: “met for me in”),", false),
                ("500 milligrams", true),
                ("a day.", false)
            ]
        );
        assert!(parted[1].critical && !parted[0].critical);
        assert!(!words("You know.", &[0])[0].critical);
        assert!(words("", &[1]).is_empty());
    }
}
