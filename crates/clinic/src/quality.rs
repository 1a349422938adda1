//! What became of drafted notes until their signature: for the provider alone, to see whether drafts are read.
//!
//! Counted from what is kept with the record: the drafted items, what was decided about each, and the note as it was signed.
//! Pure; which notes are looked at, and who may see the result, is the store's to say.

use crate::consultation::Decision;
use crate::medical_record::{Note, NoteField};
use crate::time::{Day, Instant};
use chrono::{Datelike, Months};

/// A signed note with the draft that stood behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedDraft {
    /// When it was drafted last.
    pub drafted_at: Instant,
    /// When it was signed.
    pub signed_at: Instant,
    /// The note as it was signed.
    pub note: Note,
    /// What the last draft held.
    pub items: Vec<DraftedItem>,
}

impl SignedDraft {
    /// Each drafted sentence of a section that was taken over, with the words in which it was signed; one that stands in
    /// the note in neither its own words nor those taken over is told with the sentence of its section that is most like it.
    pub fn wordings(&self) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        for item in
            self.items.iter().filter(|item| matches!(item.decision, Decision::Accepted | Decision::Edited))
        {
            let Ok(field) = item.target.parse::<NoteField>() else { continue };
            let Some(text) = self.note.get(field) else { continue };
            let taken = item.final_text.as_deref().unwrap_or(&item.text).trim();
            let signed = if text.contains(taken) { Some(taken) } else { nearest(text, taken) };
            pairs.extend(signed.map(|signed| (item.text.clone(), signed.to_owned())));
        }
        pairs
    }
}

/// The sentence of a text that has the most words in common with another.
fn nearest<'t>(text: &'t str, other: &str) -> Option<&'t str> {
    let words = |text: &str| -> Vec<String> {
        let bare = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        text.split_whitespace().map(bare).collect()
    };
    let wanted = words(other);
    let shared = |sentence: &str| words(sentence).iter().filter(|word| wanted.contains(word)).count();
    let sentences = text.split_inclusive(['.', '?', '!', ';', '\n']).map(str::trim);
    sentences.filter(|sentence| shared(sentence) > 0).max_by_key(|sentence| shared(sentence))
}

/// A drafted sentence or row and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftedItem {
    /// Where it was meant for.
    pub target: String,
    /// What was drafted.
    pub text: String,
    /// What a person did with it.
    pub decision: Decision,
    /// The words that were taken over, where they differ.
    pub final_text: Option<String>,
    /// Whether it bore a warning.
    pub warned: bool,
    /// Whether it was no part of the draft but offered beside it, as said and left out.
    pub offered: bool,
    /// How many of its words a person confirmed one by one.
    pub confirmed: usize,
}

/// What drafting came to over some notes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Quality {
    /// How many notes were signed.
    pub notes: usize,
    /// How many of them hold everything drafted, word for word.
    pub untouched: usize,
    /// Drafted items that stand in the signed note word for word.
    pub kept: usize,
    /// Drafted items taken over in other words, or changed in the note afterwards.
    pub edited: usize,
    /// Drafted items rejected or left undecided.
    pub removed: usize,
    /// Sentences of the signed notes that were not drafted.
    pub added: usize,
    /// Drafted items that bore a warning.
    pub warned: usize,
    /// How many of those were taken over all the same.
    pub warned_taken: usize,
    /// Words confirmed one by one.
    pub confirmed: usize,
    /// From draft to signature, in seconds, one for each note.
    seconds: Vec<i64>,
}

impl Quality {
    /// What some notes came to.
    pub fn of<'n>(notes: impl IntoIterator<Item = &'n SignedDraft>) -> Self {
        notes.into_iter().fold(Self::default(), |mut sum, note| {
            sum.add(note);
            sum
        })
    }

    /// Counts one note more.
    pub fn add(&mut self, signed: &SignedDraft) {
        let before = (self.edited + self.removed, self.kept);
        self.added += NoteField::ALL.into_iter().map(|field| self.section(signed, field)).sum::<usize>();
        for item in signed.items.iter().filter(|item| !item.offered && section_of(&item.target).is_none()) {
            self.count(item, true);
        }
        self.confirmed += signed.items.iter().map(|item| item.confirmed).sum::<usize>();
        self.notes += 1;
        self.untouched += usize::from(self.edited + self.removed == before.0 && self.kept > before.1);
        self.seconds.push((signed.signed_at.millis() - signed.drafted_at.millis()).max(0) / 1000);
    }

    /// Counts the items of one section; returns how many of its sentences nobody drafted.
    fn section(&mut self, signed: &SignedDraft, field: NoteField) -> usize {
        let mut rest = signed.note.get(field).clone().unwrap_or_default();
        let mut changed = 0;
        let mut offers = 0;
        for item in signed.items.iter().filter(|item| section_of(&item.target) == Some(field)) {
            let taken = matches!(item.decision, Decision::Accepted | Decision::Edited);
            let words = item.final_text.as_deref().unwrap_or(&item.text).trim();
            let place = rest.find(words).filter(|_| taken && !words.is_empty());
            if let Some(at) = place {
                rest.replace_range(at..at + words.len(), "\n");
            }
            if item.offered {
                offers += usize::from(place.is_some());
            } else {
                self.count(item, place.is_some());
                changed += usize::from(taken && place.is_none());
            }
        }
        // What was changed in the note afterwards stands there in its new words.
        offers + sentences(&rest).saturating_sub(changed)
    }

    /// Counts one item; `stands` says whether what was taken over of it is still there.
    fn count(&mut self, item: &DraftedItem, stands: bool) {
        let taken = match item.decision {
            Decision::Accepted if stands => {
                self.kept += 1;
                true
            }
            Decision::Accepted | Decision::Edited => {
                self.edited += 1;
                true
            }
            Decision::Rejected | Decision::Proposed => {
                self.removed += 1;
                false
            }
        };
        self.warned += usize::from(item.warned);
        self.warned_taken += usize::from(item.warned && taken);
    }

    /// How many items were drafted.
    pub fn drafted(&self) -> usize {
        self.kept + self.edited + self.removed
    }

    /// The time from draft to signature in the middle of them all, in seconds; none without a note.
    pub fn median_seconds(&self) -> Option<i64> {
        let mut seconds = self.seconds.clone();
        seconds.sort_unstable();
        seconds.get(seconds.len() / 2).copied()
    }
}

/// A share in per cent, rounded; none of nothing.
pub fn per_cent(part: usize, whole: usize) -> Option<usize> {
    (part * 100 + whole / 2).checked_div(whole)
}

/// The section of the note that a drafted sentence or order goes to; none for what becomes a row.
pub fn section_of(target: &str) -> Option<NoteField> {
    if target == "order" { Some(NoteField::TreatmentPlan) } else { target.parse().ok() }
}

/// How many sentences a text holds: pieces between full stops, question marks, semicolons and line ends that hold a letter or digit.
fn sentences(text: &str) -> usize {
    let mut open = false;
    let mut count = 0;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let ends = letter == '\n'
            || matches!(letter, '.' | '?' | '!' | ';')
                && letters.peek().is_none_or(|next| next.is_whitespace());
        if ends {
            count += usize::from(open);
            open = false;
        }
        open = open || letter.is_alphanumeric();
    }
    count + usize::from(open)
}

/// How long a period is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// From Monday to Sunday.
    Week,
    /// A month of the calendar.
    Month,
}

impl Step {
    /// The first day of the period that holds a day.
    fn begin(self, day: Day) -> Day {
        match self {
            Self::Week => day.plus_days(-i64::from(day.0.weekday().num_days_from_monday())),
            Self::Month => day.plus_days(-i64::from(day.0.day0())),
        }
    }

    /// The last so many periods up to today, oldest first: the first day of each, and the first day behind it.
    pub fn last(self, many: u32, today: Day) -> Vec<(Day, Day)> {
        let now = self.begin(today);
        let begin = |back: i64| match self {
            Self::Week => now.plus_days(-7 * back),
            Self::Month => {
                let months = Months::new(u32::try_from(back.unsigned_abs()).unwrap_or_default());
                let there = if back < 0 {
                    now.0.checked_add_months(months)
                } else {
                    now.0.checked_sub_months(months)
                };
                there.map_or(now, Day)
            }
        };
        (0..i64::from(many)).rev().map(|back| (begin(back), begin(back - 1))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(target: &str, text: &str, decision: Decision) -> DraftedItem {
        let (target, text) = (target.to_owned(), text.to_owned());
        DraftedItem { target, text, decision, final_text: None, warned: false, offered: false, confirmed: 0 }
    }

    fn signed(history: &str, items: Vec<DraftedItem>) -> SignedDraft {
        let history_of_present_illness = Some(history.to_owned()).filter(|text| !text.is_empty());
        let note = Note { history_of_present_illness, ..Note::default() };
        SignedDraft {
            note,
            items,
            drafted_at: Instant::from_millis(0),
            signed_at: Instant::from_millis(61_000),
        }
    }

    const HISTORY: &str = "historyOfPresentIllness";

    #[test]
    fn a_draft_that_stands_as_it_came_is_untouched_even_beside_words_of_the_persons_own() {
        let items = || {
            vec![
                item(HISTORY, "Has a cough.", Decision::Accepted),
                item("symptom", "cough", Decision::Accepted),
            ]
        };
        let quality = Quality::of([&signed("Has a cough. Sleeps badly. Works nights", items())]);
        assert_eq!((quality.notes, quality.untouched, quality.kept, quality.added), (1, 1, 2, 2));
        assert_eq!((quality.drafted(), quality.median_seconds()), (2, Some(61)));
    }

    #[test]
    fn what_was_taken_over_is_told_with_the_words_in_which_it_was_signed() {
        let edited = DraftedItem {
            final_text: Some("Pt coughs.".to_owned()),
            ..item(HISTORY, "Patient coughs.", Decision::Edited)
        };
        let items = vec![
            edited,
            item(HISTORY, "Patient sleeps badly.", Decision::Accepted),
            item(HISTORY, "Denies fever.", Decision::Rejected),
            item("symptom", "cough", Decision::Accepted),
        ];
        let told = signed("Pt coughs. Pt sleeps badly. Works nights.", items).wordings();
        let told: Vec<(&str, &str)> =
            told.iter().map(|(one, other)| (one.as_str(), other.as_str())).collect();
        assert_eq!(told, [("Patient coughs.", "Pt coughs."), ("Patient sleeps badly.", "Pt sleeps badly.")]);
    }

    #[test]
    fn what_was_changed_left_out_and_left_undecided_is_told_apart() {
        let edited = DraftedItem {
            final_text: Some("Coughs at night.".to_owned()),
            ..item(HISTORY, "Has a cough.", Decision::Edited)
        };
        let items = vec![
            edited,
            item(HISTORY, "Has had it for 3 days.", Decision::Accepted),
            item(HISTORY, "Denies fever.", Decision::Rejected),
            item("prescription", "ibuprofen", Decision::Proposed),
        ];
        let quality = Quality::of([&signed("Coughs at night. Has had it for 5 days.", items)]);
        assert_eq!((quality.kept, quality.edited, quality.removed, quality.added), (0, 2, 2, 0));
        assert_eq!(quality.untouched, 0);
    }

    #[test]
    fn an_offer_that_was_taken_counts_as_added_and_one_that_was_not_as_nothing() {
        let offer = |text: &str, decision| DraftedItem { offered: true, ..item(HISTORY, text, decision) };
        let items = vec![
            item(HISTORY, "Has a cough.", Decision::Accepted),
            offer("Takes aspirin.", Decision::Accepted),
            offer("Slept well.", Decision::Proposed),
        ];
        let quality = Quality::of([&signed("Has a cough. Takes aspirin.", items)]);
        assert_eq!((quality.kept, quality.removed, quality.added, quality.untouched), (1, 0, 1, 1));
    }

    #[test]
    fn warnings_and_confirmed_words_are_counted() {
        let warned =
            |decision| DraftedItem { warned: true, confirmed: 2, ..item("prescription", "a", decision) };
        let quality =
            Quality::of([&signed("", vec![warned(Decision::Accepted), warned(Decision::Rejected)])]);
        assert_eq!((quality.warned, quality.warned_taken, quality.confirmed), (2, 1, 4));
    }

    #[test]
    fn nothing_signed_has_no_median_and_no_share() {
        let nothing = Quality::default();
        assert_eq!((nothing.median_seconds(), per_cent(0, nothing.drafted())), (None, None));
        assert_eq!((per_cent(1, 3), per_cent(2, 3)), (Some(33), Some(67)));
    }

    #[test]
    fn numbers_and_abbreviations_with_a_point_inside_are_one_sentence() {
        assert_eq!(sentences("Weight 71.5 kg"), 1);
        assert_eq!(sentences("One. Two! \n\n ; Three"), 3);
        assert_eq!(sentences(" \n . "), 0);
    }

    #[test]
    fn periods_follow_each_other_to_today_over_the_turn_of_the_year() {
        let day = |month, day| Day::of(2026, month, day).unwrap();
        let months = Step::Month.last(3, day(1, 31));
        let of = |year, month| Day::of(year, month, 1).unwrap();
        assert_eq!(
            months,
            [(of(2025, 11), of(2025, 12)), (of(2025, 12), of(2026, 1)), (of(2026, 1), of(2026, 2))]
        );
        let weeks = Step::Week.last(2, day(11, 22));
        assert_eq!(weeks, [(day(11, 9), day(11, 16)), (day(11, 16), day(11, 23))]);
    }
}
