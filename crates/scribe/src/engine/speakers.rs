//! Who speaks, when nobody wrote it down: judged from questions, advice and first-person talk.

use super::cues::pairs;
use crate::transcript::{Segment, Speaker};

/// Cuts one long run of text into likely turns: a turn ends with a question, or where the speaker seems to change.
pub fn cut_turns(text: &str) -> Vec<String> {
    let mut turns = Vec::new();
    let mut current = String::new();
    for word in text.split_whitespace() {
        if !current.is_empty() {
            current.push(' ');
        }
        current.push_str(word);
        if word.ends_with(['?', '.', '!']) && word.len() > 3 || word.ends_with('?') {
            turns.push(std::mem::take(&mut current));
        }
    }
    if !current.is_empty() {
        turns.push(current);
    }
    turns
}

/// Gives a speaker to each segment whose speaker is unknown.
pub fn guess(segments: &mut [Segment]) {
    let mut previous: Option<(Speaker, bool)> = None;
    for segment in segments {
        let asks = segment.text.trim_end().ends_with('?');
        if segment.speaker == Speaker::Unknown {
            segment.speaker = judge(&segment.text, asks, previous);
        }
        previous = Some((segment.speaker, asks));
    }
}

/// The likelier speaker of one segment, given who spoke before and whether that was a question.
fn judge(text: &str, asks: bool, previous: Option<(Speaker, bool)>) -> Speaker {
    let low = format!(" {} ", text.to_lowercase().replace('\u{2019}', "'"));
    let count = |list: &str| -> i32 {
        let hits = pairs(list).iter().filter(|(phrase, _)| low.contains(&format!(" {phrase}")));
        hits.filter_map(|(_, weight)| weight.parse::<i32>().ok()).sum()
    };
    let mut score = count("speakers.doctor") - count("speakers.patient");
    if asks {
        score += 2;
    }
    match previous {
        Some((Speaker::Doctor, true)) => score -= 3,
        Some((Speaker::Doctor, false)) => score += 1,
        Some((Speaker::Patient, true)) => score += 2,
        Some((Speaker::Patient, false)) => score -= 1,
        Some((Speaker::Other | Speaker::Unknown, _)) | None => {}
    }
    if score > 0 { Speaker::Doctor } else { Speaker::Patient }
}

#[cfg(test)]
mod tests {
    use crate::transcript::{Speaker, Transcript};

    #[test]
    fn unlabelled_turns_get_the_speaker_their_words_suggest() {
        let text = "What brings you in today?\nI've been coughing for three weeks.\nAny fever?\nNo.\n\
                    Let's get a chest x-ray, and I'm going to prescribe an inhaler.\nThank you, doctor.";
        let heard: Vec<Speaker> = Transcript::parse(text).segments.iter().map(|s| s.speaker).collect();
        let (d, p) = (Speaker::Doctor, Speaker::Patient);
        assert_eq!(heard, [d, p, d, p, d, p]);
    }

    #[test]
    fn one_long_line_is_cut_into_turns() {
        let text = "What brings you in today? I've been coughing for a week. Any fever? No.";
        let transcript = Transcript::parse(text);
        assert_eq!(transcript.segments.len(), 4);
        assert_eq!(transcript.segments[3].speaker, Speaker::Patient);
    }
}
