//! A provider's own wording: expressions in place of drafted ones, without touching what a sentence says.
//!
//! [`learn()`] finds in signed notes what a provider writes again and again in place of what was drafted; [`write()`] puts
//! expressions into a drafted sentence. Neither lets through what could change the meaning: numbers, units, how often,
//! denials, sides, degrees, relatives, medicines and grave words must be the same on both sides, and for the rest only
//! other names of the same complaint, illness, place or test, abbreviations, words of saying and small words may change.

mod learn;
mod meaning;
mod same;

pub use learn::{Habit, learn};

use crate::engine::text::{Word, words};
use meaning::Meaning;
use medrecord_clinic::draft_style::OwnWordingDetails;

/// Why an expression may not stand in place of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// A number, unit, denial, side, degree, relative or medicine differs.
    #[error(
        "Numbers, units, medicines, sides, degrees, relatives and denials must be the same in both, so that no drafted sentence changes its meaning."
    )]
    Critical,
    /// It names another complaint, illness, place or test.
    #[error("Both must name the same complaint, illness, place or test.")]
    OtherName,
    /// It is neither another name of the same nor an abbreviation of it.
    #[error(
        "Write an abbreviation of what is drafted, or another name of the same complaint, illness, place or test. Other words may say something else."
    )]
    OtherWords,
}

/// Whether an expression may stand in place of another.
///
/// # Errors
/// [`Unfit`] where the meaning could change.
pub fn check(wording: &OwnWordingDetails) -> Result<(), Unfit> {
    let (drafted, written) = (Meaning::of(&wording.drafted), Meaning::of(&wording.written));
    if drafted.critical != written.critical {
        return Err(Unfit::Critical);
    }
    if !written.names.is_empty() && drafted.names != written.names {
        return Err(Unfit::OtherName);
    }
    if same::say_the_same(&wording.drafted, &wording.written) { Ok(()) } else { Err(Unfit::OtherWords) }
}

/// A drafted sentence with expressions put in, the longest first; `None` where it stays as it is, because none stands
/// in it or because what it says would no longer be the same.
pub fn write(sentence: &str, wordings: &[OwnWordingDetails]) -> Option<String> {
    let mut pieces: Vec<Piece<'_>> = wordings
        .iter()
        .map(|one| Piece { words: words(&one.drafted).len(), drafted: &one.drafted, written: &one.written })
        .filter(|piece| piece.words > 0)
        .collect();
    pieces.sort_by_key(|piece| std::cmp::Reverse(piece.words));
    let said = words(sentence);
    let (mut out, mut from, mut at) = (String::with_capacity(sentence.len()), 0, 0);
    while at < said.len() {
        let span = pieces.iter().find_map(|piece| {
            let (start, end) = piece.span(sentence, &said, at)?;
            Some((start, end, piece.words, piece.written))
        });
        let Some((start, end, length, written)) = span else {
            at += 1;
            continue;
        };
        out.push_str(sentence.get(from..start)?);
        out.push_str(&begun(sentence, start, written));
        (from, at) = (end, at + length);
    }
    out.push_str(sentence.get(from..)?);
    let same = Meaning::of(sentence).critical == Meaning::of(&out).critical;
    (from > 0 && same).then_some(out)
}

/// An expression to look for, with what stands in its place.
struct Piece<'w> {
    /// How many words it has.
    words: usize,
    drafted: &'w str,
    written: &'w str,
}

impl Piece<'_> {
    /// From where to where it stands, if it begins at this word: as it is written, and no part of a longer word.
    fn span(&self, sentence: &str, said: &[Word], at: usize) -> Option<(usize, usize)> {
        let (first, last) = (said.get(at)?, said.get(at + self.words - 1)?);
        let part = |letter: Option<char>| letter.is_some_and(|c| c.is_alphanumeric() || "-'’".contains(c));
        let here = sentence.get(first.start..last.end)?;
        let alone = !part(sentence.get(..first.start)?.chars().next_back())
            && !part(sentence.get(last.end..)?.chars().next());
        (alone && here.to_lowercase() == self.drafted.to_lowercase()).then_some((first.start, last.end))
    }
}

/// The expression with a capital where the sentence begins with one; an abbreviation stays as it is.
fn begun(sentence: &str, start: usize, written: &str) -> String {
    let begins = sentence.get(..start).is_some_and(|before| !before.contains(char::is_alphanumeric))
        && sentence.get(start..).is_some_and(|rest| rest.starts_with(char::is_uppercase));
    let mut letters = written.chars();
    match letters.next() {
        Some(first) if begins && !written.contains(char::is_uppercase) => {
            first.to_uppercase().chain(letters).collect()
        }
        _ => written.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn wording(drafted: &str, written: &str) -> OwnWordingDetails {
        OwnWordingDetails { drafted: drafted.to_owned(), written: written.to_owned() }
    }

    #[test]
    fn expressions_are_put_in_as_whole_words_the_longest_first() {
        let own = [
            wording("patient", "pt"),
            wording("patient reports", "reports"),
            wording("blood pressure", "BP"),
            wording("shortness of breath", "SOB"),
            wording("chest x-ray", "CXR"),
        ];
        for (drafted, expected) in [
            ("Patient reports a cough.", Some("Reports a cough.")),
            (
                "Patient has a blood pressure of 130; the patient's son came.",
                Some("Pt has a BP of 130; the patient's son came."),
            ),
            ("Order chest x-ray.", Some("Order CXR.")),
            ("Order chest x-rays.", None),
            ("Outpatient visit.", None),
            ("In-patient stay.", None),
            ("The patient, reports say, left.", Some("The pt, reports say, left.")),
            ("Denies shortness of breath.", Some("Denies SOB.")),
            // That would no longer be the illness of this name, only a high figure.
            ("Has high blood pressure.", None),
            ("No fever.", None),
        ] {
            assert_eq!(write(drafted, &own).as_deref(), expected, "{drafted}");
        }
    }

    #[test]
    fn what_would_change_the_meaning_is_refused() {
        for (drafted, written, fits) in [
            ("blood pressure", "BP", Ok(())),
            ("high blood pressure", "hypertension", Ok(())),
            ("shortness of breath", "SOB", Ok(())),
            ("shortness of breath", "dyspnea", Ok(())),
            ("denies", "no", Ok(())),
            ("patient reports", "pt c/o", Ok(())),
            ("cough", "chest pain", Err(Unfit::OtherName)),
            ("knee", "hip", Err(Unfit::OtherName)),
            ("left knee", "right knee", Err(Unfit::Critical)),
            ("left", "l", Err(Unfit::Critical)),
            ("ibuprofen", "acetaminophen", Err(Unfit::Critical)),
            ("500 mg", "5000 mg", Err(Unfit::Critical)),
            ("10 mg", "10 mcg", Err(Unfit::Critical)),
            ("twice a day", "daily", Err(Unfit::Critical)),
            ("denies", "reports", Err(Unfit::Critical)),
            ("the patient", "no", Err(Unfit::Critical)),
            ("mother", "father", Err(Unfit::Critical)),
            ("improved", "worse", Err(Unfit::Critical)),
            ("possible", "probable", Err(Unfit::Critical)),
            ("patient", "patient with a cough", Err(Unfit::OtherName)),
            ("metoprolol succinate", "metoprolol tartrate", Err(Unfit::Critical)),
            ("barely", "bare", Err(Unfit::Critical)),
            ("days", "weeks", Err(Unfit::OtherWords)),
            ("tender", "nontender", Err(Unfit::OtherWords)),
        ] {
            assert_eq!(check(&wording(drafted, written)), fits, "{drafted} -> {written}");
        }
    }

    #[test]
    fn a_sentence_whose_numbers_or_denials_would_change_stays_as_it_was_drafted() {
        // Were such words ever in use, in spite of the check.
        assert_eq!(write("Denies fever.", &[wording("denies fever", "febrile")]), None);
        assert_eq!(write("Take two tablets.", &[wording("two", "three")]), None);
    }
}
