//! The model's pieces to sentences.
//!
//! Models cut text where it suits their clock: in the middle of a sentence, or with a question and its answer in
//! one piece. Who speaks can only be told sentence by sentence, so pieces are joined and cut again, and the times
//! inside a piece are shared out by the number of letters.

use serde::{Deserialize, Serialize};

/// Stands in front of a word that the model was not sure of, until the transcript is made; no text of a model holds it.
pub(super) const UNSURE: char = '\u{e000}';

/// Some words with their times in the recording.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Piece {
    /// Milliseconds from the start of the recording.
    pub start_ms: u64,
    /// Milliseconds from the start of the recording.
    pub end_ms: u64,
    /// The words.
    pub text: String,
    /// The mean probability of the words, from 0 to 1.
    pub certainty: f32,
    /// Two hearings of it differ in a medicine or a number.
    pub disputed: bool,
}

/// A pause this long ends a sentence even without its full stop.
const LONGEST_PAUSE_MS: u64 = 1_500;
/// More letters than this are no sentence.
const LONGEST: usize = 400;

/// Joins and cuts pieces so that each is one sentence.
pub(super) fn from_pieces(pieces: &[Piece]) -> Vec<Piece> {
    let mut sentences: Vec<Piece> = Vec::new();
    let mut open = false;
    for part in pieces.iter().flat_map(cut) {
        let ends = ends_sentence(&part.text);
        match sentences.last_mut() {
            Some(last) if open && goes_on(last, &part) => {
                last.text.push(' ');
                last.text.push_str(&part.text);
                last.end_ms = part.end_ms.max(last.end_ms);
                last.certainty = last.certainty.min(part.certainty);
                last.disputed |= part.disputed;
            }
            Some(_) | None => sentences.push(part),
        }
        open = !ends;
    }
    sentences
}

fn goes_on(last: &Piece, next: &Piece) -> bool {
    next.start_ms.saturating_sub(last.end_ms) <= LONGEST_PAUSE_MS
        && last.text.len() + next.text.len() <= LONGEST
}

/// Cuts one piece behind each of its sentences.
fn cut(piece: &Piece) -> Vec<Piece> {
    let mut parts: Vec<String> = Vec::new();
    let mut open = false;
    for word in piece.text.split_whitespace() {
        match parts.last_mut() {
            Some(part) if open => {
                part.push(' ');
                part.push_str(word);
            }
            Some(_) | None => parts.push(word.to_owned()),
        }
        open = !ends_sentence(word);
    }
    let total = parts.iter().map(String::len).sum::<usize>().max(1) as u64;
    let length = piece.end_ms.saturating_sub(piece.start_ms);
    let mut before = 0_u64;
    let share = |letters: u64| piece.start_ms + length * letters / total;
    parts
        .into_iter()
        .map(|text| {
            let start_ms = share(before);
            before += text.len() as u64;
            Piece { start_ms, end_ms: share(before), text, ..piece.clone() }
        })
        .collect()
}

/// Whether a text ends as sentences do; "Dr." and "2." do not.
fn ends_sentence(text: &str) -> bool {
    let text = text.trim_end_matches(['"', '\'', ')']);
    let Some(bare) = text.strip_suffix('.') else { return text.ends_with(['?', '!']) };
    let word = bare.rsplit(' ').next().unwrap_or_default().trim_start_matches(UNSURE);
    let title = ["Dr", "Mr", "Mrs", "Ms", "St", "vs", "approx"].contains(&word);
    let single =
        word.chars().count() == 1 && word != "I" && !word.chars().all(|letter| letter.is_ascii_digit());
    !(title || single || bare.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(start_ms: u64, end_ms: u64, text: &str) -> Piece {
        Piece { start_ms, end_ms, text: text.to_owned(), certainty: 0.9, disputed: false }
    }

    fn sentences(pieces: &[Piece]) -> Vec<(u64, u64, String)> {
        from_pieces(pieces).into_iter().map(|piece| (piece.start_ms, piece.end_ms, piece.text)).collect()
    }

    #[test]
    fn a_question_and_its_answer_are_parted() {
        let parted = sentences(&[piece(1_000, 3_000, "Any fever? No, none at all.")]);
        assert_eq!(
            parted.iter().map(|(_, _, text)| text.as_str()).collect::<Vec<_>>(),
            ["Any fever?", "No, none at all."]
        );
        assert_eq!((parted[0].0, parted[1].1), (1_000, 3_000));
        assert!(parted[0].1 == parted[1].0 && (1_600..2_000).contains(&parted[0].1));
    }

    #[test]
    fn a_sentence_over_several_pieces_is_joined() {
        let joined =
            sentences(&[piece(0, 1_000, "It started about"), piece(1_000, 2_000, "two weeks ago. And")]);
        assert_eq!(joined[0], (0, 1_823, "It started about two weeks ago.".to_owned()));
        assert_eq!(joined.len(), 2);
    }

    #[test]
    fn a_long_pause_and_a_long_text_end_a_sentence() {
        assert_eq!(sentences(&[piece(0, 1_000, "so I"), piece(5_000, 6_000, "well")]).len(), 2);
        assert_eq!(sentences(&vec![piece(0, 10, "and so on and so on"); 50]).len(), 3);
    }

    #[test]
    fn titles_and_dots_do_not_end_a_sentence() {
        assert_eq!(sentences(&[piece(0, 1_000, "I saw Dr. Stone at 2.5 hours... and left.")]).len(), 1);
        assert_eq!(sentences(&[piece(0, 1_000, "Take 2. Then rest.")]).len(), 2);
        assert_eq!(sentences(&[piece(0, 1_000, &format!("I saw {UNSURE}Dr. Stone."))]).len(), 1);
    }
}
