//! Where a transcript is not to be trusted.

use serde::{Deserialize, Serialize};

use super::gate::Voice;
use super::sentences::Piece;

/// A stretch of the recording whose words are in doubt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Doubt {
    /// Milliseconds from the start of the recording.
    pub start_ms: u64,
    /// Milliseconds from the start of the recording.
    pub end_ms: u64,
    /// What is doubtful.
    pub kind: DoubtKind,
}

/// What is doubtful about a stretch of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DoubtKind {
    /// The model said the same again and again; the repeats are left out.
    Repeated,
    /// The model wrote words where nobody speaks; they are left out.
    OverSilence,
    /// The model wrote a phrase it knows from videos; it is left out.
    StockPhrase,
    /// The model was unsure of the words; they are kept.
    Unsure,
    /// Two hearings of it differ in a medicine or a number; the likelier words are kept.
    Disputed,
    /// Somebody speaks here and no words were written.
    Unheard,
}

impl DoubtKind {
    /// The doubt in words for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Repeated => "The speech engine repeated itself here; the repeats were left out.",
            Self::OverSilence => "The speech engine wrote words over a silence here; they were left out.",
            Self::StockPhrase => "The speech engine made up a phrase here; it was left out.",
            Self::Unsure => "The words here are unsure. Listen to this part.",
            Self::Disputed => {
                "A medicine or a number here was heard in two ways; the likelier one is written. Listen to this part."
            }
            Self::Unheard => "Somebody speaks here and no words were written. Listen to this part.",
        }
    }
}

/// What models of this kind write at the end of a recording, having learnt from videos with subtitles.
const STOCK_PHRASES: &[&str] = &[
    "thank you for watching",
    "thanks for watching",
    "thank you for watching this video",
    "the end of the video",
    "this is the end of the video",
    "see you in the next video",
    "please subscribe",
    "please subscribe to my channel",
    "like and subscribe",
    "don't forget to subscribe",
    "subtitles by the amara.org community",
    "transcription by castingwords",
    "www.mooji.org",
];
/// Times the same words may follow each other: "no, no, no" is speech.
const MOST_REPEATS: usize = 3;
/// A time from the model may be off by this much.
const TIME_SLACK_MS: u64 = 500;
/// The mean probability of the words below which they are unsure.
const UNSURE: f32 = 0.45;
/// A run of this many words out of what the model was told is an echo rather than chance.
const ECHO: usize = 8;
/// A voice this long without a word written is reported.
const UNHEARD_MS: u64 = 3_000;

/// Takes out what nobody said, and reports it with all that is unsure.
pub(super) fn remove_inventions(pieces: Vec<Piece>, voice: &Voice) -> (Vec<Piece>, Vec<Doubt>) {
    let mut kept: Vec<Piece> = Vec::new();
    let mut doubts = Vec::new();
    for mut piece in pieces {
        let (start_ms, end_ms) = (piece.start_ms, piece.end_ms);
        let mut doubt = |kind| doubts.push(Doubt { start_ms, end_ms, kind });
        if voice.voiced_ms(start_ms.saturating_sub(TIME_SLACK_MS), end_ms + TIME_SLACK_MS) == 0 {
            doubt(DoubtKind::OverSilence);
            continue;
        }
        let plain = plain_words(&piece.text);
        if is_stock_phrase(&plain) {
            doubt(DoubtKind::StockPhrase);
            continue;
        }
        let same = kept.iter().rev().take_while(|before| plain_words(&before.text) == plain).count();
        if plain.len() >= 3 && same >= MOST_REPEATS - 1 || same >= 2 * MOST_REPEATS {
            doubt(DoubtKind::Repeated);
            continue;
        }
        if let Some(shorter) = without_loops(&piece.text) {
            piece.text = shorter;
            doubt(DoubtKind::Repeated);
        }
        if piece.certainty < UNSURE || echoes(&plain) {
            doubt(DoubtKind::Unsure);
        }
        if piece.disputed {
            doubt(DoubtKind::Disputed);
        }
        kept.push(piece);
    }
    doubts.extend(unheard(&kept, voice));
    doubts.sort_by_key(|doubt| doubt.start_ms);
    (kept, doubts)
}

/// The pieces without what models of this kind make up, as far as the words alone tell it.
pub(super) fn without_stock_phrases(mut pieces: Vec<Piece>) -> Vec<Piece> {
    pieces.retain(|piece| !is_stock_phrase(&plain_words(&piece.text)));
    pieces
}

fn is_stock_phrase(plain: &[String]) -> bool {
    STOCK_PHRASES.contains(&plain.join(" ").as_str())
}

/// Whether the words hold a run of what the model was told had been said before: it may be an echo of that.
fn echoes(words: &[String]) -> bool {
    let before = plain_words(super::told::BEFORE);
    words.windows(ECHO).any(|run| before.windows(ECHO).any(|said| said == run))
}

/// Words in lower case without the marks around them.
fn plain_words(text: &str) -> Vec<String> {
    let bare = |word: &str| word.trim_matches(|letter: char| !letter.is_alphanumeric()).to_lowercase();
    text.split_whitespace().map(bare).filter(|word| !word.is_empty()).collect()
}

/// The text with runs of the same one to twelve words cut down to one; none if there is no such run.
fn without_loops(text: &str) -> Option<String> {
    let mut words: Vec<&str> = text.split_whitespace().collect();
    let before = words.len();
    for length in 1..=12_usize {
        // Short runs are how people talk; long ones are how models stumble.
        let most = if length < 3 { 2 * MOST_REPEATS } else { MOST_REPEATS };
        let mut at = 0;
        while let Some(phrase) = words.get(at..at + length).map(|phrase| plain_words(&phrase.join(" "))) {
            let again = |n: usize| words.get(at + n * length..at + (n + 1) * length);
            let repeats =
                (1..).map_while(|n| again(n).filter(|next| plain_words(&next.join(" ")) == phrase)).count();
            if repeats >= most && !phrase.is_empty() {
                words.drain(at + length..at + (repeats + 1) * length);
            }
            at += 1;
        }
    }
    (words.len() < before).then(|| words.join(" "))
}

/// Stretches with a voice that no words cover.
fn unheard(kept: &[Piece], voice: &Voice) -> Vec<Doubt> {
    let end = voice.len() as u64 * super::gate::FRAME_MS as u64;
    let edges = kept.iter().map(|piece| (piece.start_ms, piece.end_ms)).chain([(end, end)]);
    let mut covered = 0;
    let mut found = Vec::new();
    for (start_ms, end_ms) in edges {
        let gap = (covered + TIME_SLACK_MS, start_ms.saturating_sub(TIME_SLACK_MS));
        if gap.0 < gap.1 && voice.voiced_ms(gap.0, gap.1) >= UNHEARD_MS {
            found.push(Doubt { start_ms: gap.0, end_ms: gap.1, kind: DoubtKind::Unheard });
        }
        covered = covered.max(end_ms);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::gate::tests::{babble, room};
    use super::*;

    fn piece(start_ms: u64, end_ms: u64, text: &str) -> Piece {
        Piece { start_ms, end_ms, text: text.to_owned(), certainty: 0.9, disputed: false }
    }

    fn checked(pieces: Vec<Piece>) -> (Vec<String>, Vec<DoubtKind>) {
        let voice = Voice::find(&[babble(10), room(10)].concat()).unwrap();
        let (kept, doubts) = remove_inventions(pieces, &voice);
        (kept.into_iter().map(|piece| piece.text).collect(), doubts.iter().map(|doubt| doubt.kind).collect())
    }

    #[test]
    fn words_over_silence_and_stock_phrases_are_taken_out() {
        let (kept, doubts) = checked(vec![
            piece(0, 8_000, "My knee hurts."),
            piece(8_000, 9_900, "Thanks for watching!"),
            piece(14_000, 16_000, "Thank you."),
        ]);
        assert_eq!(kept, ["My knee hurts."]);
        assert_eq!(doubts, [DoubtKind::StockPhrase, DoubtKind::OverSilence]);
    }

    #[test]
    fn a_sentence_said_again_and_again_is_kept_a_few_times_only() {
        let (kept, doubts) = checked(vec![piece(0, 9_900, "I don't know."); 6]);
        assert_eq!((kept.len(), doubts.len()), (3 - 1, 4));
        let (kept, _) = checked(vec![piece(0, 9_900, "Okay."); 3]);
        assert_eq!(kept.len(), 3);
    }

    #[test]
    fn a_loop_inside_a_sentence_is_cut_and_speech_is_not() {
        let looped = "and then it was in the back, in the back, in the back, in the back, in the back.";
        assert_eq!(without_loops(looped).unwrap(), "and then it was in the back,");
        assert!(without_loops("No, no, no, it was very, very, very bad.").is_none());
        assert!(without_loops("").is_none());
        assert_eq!(without_loops(&"so ".repeat(40)).unwrap(), "so");
    }

    #[test]
    fn a_voice_without_words_and_unsure_words_are_reported() {
        let mut mumbled = piece(0, 3_000, "Yes.");
        mumbled.certainty = 0.2;
        let (kept, doubts) = checked(vec![mumbled]);
        assert_eq!(kept, ["Yes."]);
        assert_eq!(doubts, [DoubtKind::Unsure, DoubtKind::Unheard]);
        let mut two_ways = piece(0, 9_900, "Take fifteen milligrams.");
        two_ways.disputed = true;
        assert_eq!(checked(vec![two_ways]).1, [DoubtKind::Disputed]);
    }

    #[test]
    fn words_that_the_model_was_given_are_unsure_when_it_gives_them_back() {
        let (kept, doubts) = checked(vec![piece(0, 9_900, "And, on a scale of one to ten, how bad is it?")]);
        assert_eq!((kept.len(), doubts), (1, vec![DoubtKind::Unsure]));
        let (_, doubts) = checked(vec![piece(0, 9_900, "Do you smoke or drink alcohol?")]);
        assert!(doubts.is_empty());
    }
}
