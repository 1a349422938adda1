//! A visit as a list of turns: who said what, and when if the text came from a recording.
//!
//! Reading pasted text lives here; guessing who speaks in unlabelled text lives in
//! [`crate::engine::speakers`].

use serde::{Deserialize, Serialize};

use crate::engine::speakers;

/// A visit in words, turn by turn.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Transcript {
    /// The turns in the order in which they were said.
    pub segments: Vec<Segment>,
}

/// One turn, or one timed piece of a turn.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Segment {
    /// Its place in the transcript, from 0; evidence refers to it.
    pub index: usize,
    /// Milliseconds from the start of the recording; none for typed text.
    pub start_ms: Option<u64>,
    /// Milliseconds from the start of the recording; none for typed text.
    pub end_ms: Option<u64>,
    /// Who says it.
    pub speaker: Speaker,
    /// What is said, without the speaker's label.
    pub text: String,
    /// The words of the text, counted from 0, that a speech engine was not sure of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unsure: Vec<usize>,
}

/// Who speaks in a segment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Speaker {
    /// The clinician.
    Doctor,
    /// The patient.
    Patient,
    /// Somebody else in the room: a parent, a partner, an interpreter.
    Other,
    /// Not known.
    #[default]
    Unknown,
}

impl Transcript {
    /// Reads pasted text, one turn a line: `[doctor] …`, `Doctor: …`, `D: …`, with an optional time in front.
    ///
    /// A line without a label goes on with the turn before it. Text in which no line has a label is cut at its
    /// line ends (or sentence ends, when it is one long line) and its speakers are guessed from what is said.
    pub fn parse(text: &str) -> Self {
        let mut turns: Vec<(Option<u64>, Speaker, String)> = Vec::new();
        let mut labelled = false;
        let text = unfold(text);
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (start_ms, rest) = split_time(line);
            match split_label(rest) {
                Some((speaker, said)) => {
                    labelled = true;
                    turns.push((start_ms, speaker, said.to_owned()));
                }
                None => match turns.last_mut() {
                    Some((_, _, said)) if labelled && start_ms.is_none() => {
                        said.push(' ');
                        said.push_str(rest);
                    }
                    Some(_) | None => turns.push((start_ms, Speaker::Unknown, rest.to_owned())),
                },
            }
        }
        if !labelled && turns.len() == 1 {
            turns = turns
                .iter()
                .flat_map(|(start, speaker, said)| {
                    speakers::cut_turns(said).into_iter().map(|piece| (*start, *speaker, piece))
                })
                .collect();
        }
        let mut transcript = Self::from_turns(turns);
        transcript.guess_speakers();
        transcript
    }

    /// Builds a transcript from speakers and texts, without times.
    pub fn from_pairs<T: Into<String>>(turns: impl IntoIterator<Item = (Speaker, T)>) -> Self {
        Self::from_turns(turns.into_iter().map(|(speaker, text)| (None, speaker, text.into())))
    }

    /// Gives a speaker to each segment that has none, judged by what is said in it and around it.
    pub fn guess_speakers(&mut self) {
        if self.segments.iter().any(|segment| segment.speaker == Speaker::Unknown) {
            speakers::guess(&mut self.segments);
        }
    }

    fn from_turns(turns: impl IntoIterator<Item = (Option<u64>, Speaker, String)>) -> Self {
        let segments = turns
            .into_iter()
            .filter(|(_, _, text)| !text.trim().is_empty())
            .enumerate()
            .map(|(index, (start_ms, speaker, text))| Segment {
                index,
                start_ms,
                end_ms: None,
                speaker,
                text,
                unsure: Vec::new(),
            })
            .collect();
        Self { segments }
    }
}

/// Begins a new line before a label that stands inside a turn: "Any pain? P: No.", `any pain [patient] no`
fn unfold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let mut ended = false;
        for (at, token) in line.split_whitespace().enumerate() {
            let label = token.strip_suffix(':').is_some_and(|label| speaker_of(label).is_some());
            let bracketed = token.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
            let bracketed = bracketed.is_some_and(|label| speaker_of(label).is_some());
            out.push_str(match at {
                0 => "",
                _ if ended && label || bracketed => "\n",
                _ => " ",
            });
            out.push_str(token);
            ended = token.ends_with(['.', '?', '!']);
        }
        out.push('\n');
    }
    out
}

/// Takes a leading time off a line: `[00:12]`, `(1:02:03)` or `00:12`.
fn split_time(line: &str) -> (Option<u64>, &str) {
    let inner = line.trim_start_matches(['[', '(']);
    let end = inner.find(|c: char| !(c.is_ascii_digit() || c == ':' || c == '.')).unwrap_or(inner.len());
    let Some((stamp, rest)) = inner.split_at_checked(end) else { return (None, line) };
    let parts: Vec<&str> = stamp.split(':').collect();
    if !(2..=3).contains(&parts.len()) {
        return (None, line);
    }
    let mut seconds = 0_u64;
    for part in &parts {
        let Ok(number) = part.split('.').next().unwrap_or_default().parse::<u64>() else {
            return (None, line);
        };
        let Some(sum) = seconds.checked_mul(60).and_then(|s| s.checked_add(number)) else {
            return (None, line);
        };
        seconds = sum;
    }
    (seconds.checked_mul(1000), rest.trim_start_matches([']', ')', '-', ' ']))
}

/// Takes the speaker's label off a line, if it has one.
fn split_label(line: &str) -> Option<(Speaker, &str)> {
    if let Some((label, rest)) = line.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return speaker_of(label).map(|speaker| (speaker, rest.trim_start_matches([':', ' '])));
    }
    let (label, rest) = line.split_once(':')?;
    if label.len() > 40 {
        return None;
    }
    speaker_of(label.trim_matches(['*', ' '])).map(|speaker| (speaker, rest.trim_start_matches(['*', ' '])))
}

/// The speaker a label means; numbers after it (`Doctor 2`) are allowed.
fn speaker_of(label: &str) -> Option<Speaker> {
    let label = label.trim().to_lowercase();
    let bare = label.trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ' || c == '_');
    match bare {
        "doctor" | "dr" | "dr." | "d" | "doc" | "clinician" | "physician" | "provider" | "gp" | "md"
        | "nurse" | "consultant" | "therapist" | "np" | "pa" => Some(Speaker::Doctor),
        "patient" | "pt" | "p" | "client" => Some(Speaker::Patient),
        "patient_guest" | "guest" | "guest_family" | "guest_clinician" | "other" | "mother" | "father"
        | "mom" | "mum" | "dad" | "parent" | "wife" | "husband" | "partner" | "daughter" | "son"
        | "carer" | "caregiver" | "family" | "interpreter" | "relative" | "spouse" => Some(Speaker::Other),
        "unknown" | "speaker" => Some(Speaker::Unknown),
        _ if bare.starts_with("dr. ") || bare.starts_with("dr ") || bare.starts_with("doctor ") => {
            (bare.split_whitespace().count() <= 3).then_some(Speaker::Doctor)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(Speaker, String)> {
        Transcript::parse(text).segments.into_iter().map(|s| (s.speaker, s.text)).collect()
    }

    #[test]
    fn labels_in_all_their_spellings_are_read() {
        for (line, speaker) in [
            ("[doctor] hello", Speaker::Doctor),
            ("[patient] hello", Speaker::Patient),
            ("[patient_guest] hello", Speaker::Other),
            ("Doctor: hello", Speaker::Doctor),
            ("DR. ADAMS: hello", Speaker::Doctor),
            ("**Patient:** hello", Speaker::Patient),
            ("D: hello", Speaker::Doctor),
            ("P: hello", Speaker::Patient),
            ("Mother: hello", Speaker::Other),
        ] {
            assert_eq!(read(line), vec![(speaker, "hello".to_owned())], "{line}");
        }
    }

    #[test]
    fn labels_in_brackets_begin_turns_wherever_they_stand() {
        let turns = read("[doctor] any pain [patient] no [sic] none [doctor] good");
        let said: Vec<&str> = turns.iter().map(|(_, said)| said.as_str()).collect();
        assert_eq!(said, ["any pain", "no [sic] none", "good"]);
        assert_eq!(turns[1].0, Speaker::Patient);
    }

    #[test]
    fn a_line_without_a_label_goes_on_with_the_turn_before() {
        let turns = read("Doctor: how are\nyou today\nPatient: fine, note: not great");
        assert_eq!(turns.len(), 2);
        assert_eq!(turns[0].1, "how are you today");
        assert_eq!(turns[1].1, "fine, note: not great");
    }

    #[test]
    fn a_time_in_front_of_a_turn_becomes_its_start() {
        let transcript = Transcript::parse("[01:02] Doctor: hello\n(1:00:00) Patient: hi");
        assert_eq!(transcript.segments[0].start_ms, Some(62_000));
        assert_eq!(transcript.segments[1].start_ms, Some(3_600_000));
        assert_eq!(transcript.segments[1].speaker, Speaker::Patient);
    }

    #[test]
    fn the_json_has_the_published_names() {
        let json = serde_json::to_value(Transcript::parse("[doctor] hello")).unwrap();
        let expected = serde_json::json!({"segments": [
            {"index": 0, "startMs": null, "endMs": null, "speaker": "doctor", "text": "hello"}]});
        assert_eq!(json, expected);
    }

    #[test]
    fn empty_text_gives_no_segments() {
        assert!(Transcript::parse(" \n\n ").segments.is_empty());
    }
}
