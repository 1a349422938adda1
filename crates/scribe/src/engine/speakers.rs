//! Who speaks, when nobody wrote it down: judged from questions, advice and first-person talk.

use crate::transcript::{Segment, Speaker};

/// Phrases that clinicians say and patients rarely do; the number is their weight.
const DOCTOR: &[(&str, i32)] = &[
    ("have you", 2),
    ("do you", 2),
    ("are you", 1),
    ("did you", 2),
    ("any ", 1),
    ("can you", 1),
    ("your ", 1),
    ("i'm going to", 2),
    ("i'm gonna", 2),
    ("let's", 2),
    ("i'd like you to", 3),
    ("i want you to", 3),
    ("we'll", 2),
    ("we can", 1),
    ("prescribe", 2),
    ("what brings you", 4),
    ("how can i help", 4),
    ("on exam", 3),
    ("follow up", 1),
    ("i would recommend", 3),
    ("take a look", 1),
    ("how long", 1),
    ("when did", 1),
    ("is there", 1),
    ("tell me", 2),
    ("nice to meet you", 1),
    ("i'll order", 3),
    ("we're going to", 2),
    ("my name is dr", 4),
    ("i am dr", 4),
];
/// Phrases that patients say and clinicians rarely do.
const PATIENT: &[(&str, i32)] = &[
    ("i've been", 2),
    ("i have been", 2),
    ("my ", 1),
    ("i feel", 2),
    ("i was", 1),
    ("i have", 1),
    ("i had", 1),
    ("i took", 2),
    ("i can't", 2),
    ("it hurts", 3),
    ("no, ", 1),
    ("yes, ", 1),
    ("yeah", 1),
    ("doctor", 2),
    ("i think i", 1),
    ("i don't", 1),
    ("i noticed", 2),
    ("started", 1),
    ("i get", 2),
    ("i smoke", 3),
    ("i drink", 2),
    ("i live", 2),
    ("i take", 2),
    ("i'm taking", 2),
    ("hurting", 1),
    ("not really", 2),
    ("i am having", 3),
    ("i'm having", 3),
    ("thank you, doc", 3),
    ("me ", 1),
];

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
    let count = |list: &[(&str, i32)]| -> i32 {
        list.iter()
            .filter(|(phrase, _)| low.contains(&format!(" {}", phrase.trim_start())))
            .map(|(_, w)| w)
            .sum()
    };
    let mut score = count(DOCTOR) - count(PATIENT);
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
