//! What a provider writes again and again in place of what was drafted.

use super::check;
use medrecord_clinic::draft_style::OwnWordingDetails;
use std::collections::{BTreeMap, BTreeSet};

/// The longest expression that is learned, in words.
const LONGEST: usize = 4;
/// In how many notes it must have been written.
const NOTES: usize = 3;
/// Sentences with less than this share of words in common, in tenths, were written anew and teach nothing.
const SAME_TENTHS: usize = 3;
/// The most words of a sentence that are compared.
const MOST_WORDS: usize = 120;

/// An expression that a provider writes in place of a drafted one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Habit {
    /// What was drafted and what was written.
    pub wording: OwnWordingDetails,
    /// In how many notes it was written so.
    pub notes: usize,
    /// In how many notes the drafted expression was left standing.
    pub kept: usize,
}

/// What the changes of signed notes have in common, the most frequent first: each note as its drafted sentences, each
/// with the words in which it was signed.
pub fn learn(notes: &[Vec<(String, String)>]) -> Vec<Habit> {
    let mut written: BTreeMap<(String, String), BTreeSet<usize>> = BTreeMap::new();
    for (number, note) in notes.iter().enumerate() {
        for (drafted, signed) in note {
            for change in changes(drafted, signed) {
                written.entry(change).or_default().insert(number);
            }
        }
    }
    let mut habits: Vec<Habit> = written
        .into_iter()
        .filter(|(_, in_notes)| in_notes.len() >= NOTES)
        .map(|((drafted, written), in_notes)| {
            let kept = notes.iter().filter(|note| note.iter().any(|pair| is_kept(pair, &drafted))).count();
            Habit { wording: OwnWordingDetails { drafted, written }, notes: in_notes.len(), kept }
        })
        .filter(|habit| habit.notes >= 2 * habit.kept && check(&habit.wording).is_ok())
        .collect();
    habits.sort_by_key(|habit| std::cmp::Reverse(habit.notes));
    // One expression becomes one other: the one that is written most.
    let mut seen = BTreeSet::new();
    habits.retain(|habit| seen.insert(habit.wording.drafted.clone()));
    habits
}

/// Whether an expression was drafted and signed as it was.
fn is_kept((drafted, signed): &(String, String), expression: &str) -> bool {
    let has = |text: &str| {
        let words: Vec<String> = split(text).iter().map(|word| word.to_lowercase()).collect();
        let wanted: Vec<&str> = expression.split(' ').collect();
        words.windows(wanted.len()).any(|here| here.iter().zip(&wanted).all(|(one, other)| one == other))
    };
    has(drafted) && has(signed)
}

/// The words of a sentence without the marks around them.
fn split(text: &str) -> Vec<&str> {
    let bare = |word| str::trim_matches(word, |c: char| !c.is_alphanumeric());
    text.split_whitespace().map(bare).filter(|word| !word.is_empty()).take(MOST_WORDS).collect()
}

/// The expressions that differ between two sentences that are otherwise alike.
fn changes(drafted: &str, signed: &str) -> Vec<(String, String)> {
    let (one, other) = (split(drafted), split(signed));
    let pairs = common(&one, &other);
    if pairs.is_empty() || pairs.len() * 10 < one.len().max(other.len()) * SAME_TENTHS {
        return Vec::new();
    }
    let mut all = Vec::new();
    let (mut i, mut j) = (0, 0);
    for (at, there) in pairs.iter().copied().chain([(one.len(), other.len())]) {
        if i < at || j < there {
            // What only went or only came is told together with the word behind it, or the one before it at the end.
            let alone = i == at || j == there;
            let (to, unto) = if alone && at < one.len() { (at + 1, there + 1) } else { (at, there) };
            let back = usize::from(alone && at == one.len());
            let from = (i.saturating_sub(back), j.saturating_sub(back));
            all.extend(change(one.get(from.0..to), other.get(from.1..unto), from.1 == 0));
        }
        (i, j) = (at + 1, there + 1);
    }
    all
}

fn change(drafted: Option<&[&str]>, written: Option<&[&str]>, begins: bool) -> Option<(String, String)> {
    let (drafted, written) = (drafted?, written?);
    let fits = |words: &[&str]| (1..=LONGEST).contains(&words.len());
    if !fits(drafted) || !fits(written) {
        return None;
    }
    let mut written = written.join(" ");
    // The capital of a sentence's first word is the sentence's.
    if begins && !written.chars().skip(1).any(char::is_uppercase) {
        written = written.to_lowercase();
    }
    let drafted = drafted.join(" ").to_lowercase();
    (drafted != written.to_lowercase() || written.contains(char::is_uppercase) && drafted != written)
        .then_some((drafted, written))
        .filter(|(drafted, written)| drafted != &written.to_lowercase())
}

/// The places of a longest common row of words, in both.
fn common(one: &[&str], other: &[&str]) -> Vec<(usize, usize)> {
    let same = |i: usize, j: usize| match (one.get(i), other.get(j)) {
        (Some(a), Some(b)) => a.to_lowercase() == b.to_lowercase(),
        (Some(_), None) | (None, Some(_) | None) => false,
    };
    let width = other.len() + 1;
    let mut lengths = vec![0_usize; (one.len() + 1) * width];
    let read =
        |lengths: &[usize], i: usize, j: usize| lengths.get(i * width + j).copied().unwrap_or_default();
    for i in (0..one.len()).rev() {
        for j in (0..other.len()).rev() {
            let length = if same(i, j) {
                read(&lengths, i + 1, j + 1) + 1
            } else {
                read(&lengths, i + 1, j).max(read(&lengths, i, j + 1))
            };
            if let Some(place) = lengths.get_mut(i * width + j) {
                *place = length;
            }
        }
    }
    let (mut pairs, mut i, mut j) = (Vec::new(), 0, 0);
    while i < one.len() && j < other.len() {
        if same(i, j) {
            pairs.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if read(&lengths, i + 1, j) >= read(&lengths, i, j + 1) {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(drafted, signed)| ((*drafted).to_owned(), (*signed).to_owned())).collect()
    }

    fn told(habits: &[Habit]) -> Vec<(&str, &str, usize, usize)> {
        habits
            .iter()
            .map(|h| (h.wording.drafted.as_str(), h.wording.written.as_str(), h.notes, h.kept))
            .collect()
    }

    #[test]
    fn what_was_written_in_three_notes_is_a_habit() {
        let pressure = ("The blood pressure was 130 over 80.", "The BP was 130 over 80.");
        let patient = ("Patient reports a cough for 3 days.", "Pt reports a cough for 3 days.");
        let notes = vec![
            note(&[pressure, patient]),
            note(&[pressure, ("Patient reports a sore throat.", "Reports a sore throat.")]),
            note(&[pressure, patient]),
            note(&[patient, ("Blood pressure is normal.", "Blood pressure is normal.")]),
        ];
        assert_eq!(told(&learn(&notes)), [("blood pressure", "BP", 3, 1), ("patient", "pt", 3, 0)]);
        assert_eq!(told(&learn(&notes[..2])), []);
    }

    #[test]
    fn what_is_mostly_left_standing_is_no_habit() {
        let changed = note(&[("Patient reports a cough.", "Pt reports a cough.")]);
        let kept = note(&[("Patient denies a fever.", "Patient denies a fever.")]);
        let notes = [vec![changed; 3], vec![kept; 2]].concat();
        assert_eq!(told(&learn(&notes)), []);
    }

    #[test]
    fn findings_that_were_put_right_are_no_style() {
        for (drafted, signed) in [
            ("Has a cough since Monday.", "Has a headache since Monday."),
            ("Pain in the left knee.", "Pain in the right knee."),
            ("Take 5 mg of it at home.", "Take 10 mg of it at home."),
            ("Denies a fever at night.", "Reports a fever at night."),
            ("The mother had a stroke.", "The father had a stroke."),
            ("Has a cough for some days now.", "Has a cough for some weeks now."),
            ("The abdomen is tender on palpation.", "The abdomen is nontender on palpation."),
            ("Tolerates the medicine at home.", "Declines the medicine at home."),
        ] {
            let notes = vec![note(&[(drafted, signed)]); 5];
            assert_eq!(told(&learn(&notes)), [], "{drafted}");
        }
    }

    #[test]
    fn what_only_went_or_came_is_told_with_the_word_beside_it() {
        let notes = vec![note(&[("The patient states that it itches.", "The patient states it itches.")]); 3];
        assert_eq!(told(&learn(&notes)), [("that it", "it", 3, 0)]);
        let end = vec![note(&[("It itches badly at night though.", "It itches badly at night.")]); 3];
        assert!(learn(&end).is_empty() || told(&learn(&end))[0].0.ends_with("though"));
        let anew = vec![note(&[("Has a cough.", "Came in because of something else entirely today.")]); 3];
        assert_eq!(told(&learn(&anew)), []);
    }
}
