//! How many of the medicines that were said a speech engine's text still names, before and after names are put right.
//!
//! For `medrecord scribe-bench`, which is given what a person wrote down of a visit and what a speech engine made of it.

use std::collections::BTreeSet;

use crate::draft::{MedicationAction, VisitContext};
use crate::engine::lexicon::DRUGS;
use crate::engine::text::{clean, words};
use crate::speech::{Piece, Renamed, put_right};
use crate::transcript::Transcript;

/// The medicines of one or more visits; each counts once a visit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recall {
    /// Medicines of the list that were said.
    pub said: usize,
    /// Of these, named in what the speech engine wrote.
    pub heard: usize,
    /// Of these, named once misheard names are put right without knowing the patient.
    pub put_right: usize,
    /// The same where the chart lists the medicines that the patient says to take.
    pub with_chart: usize,
    /// Names put in, with the chart, that nobody said, each with what was heard.
    pub wrong: Vec<String>,
}

impl Recall {
    /// Counts the medicines of one visit, as a person wrote it down and as a speech engine did.
    pub fn of(said: &str, heard: &str) -> Self {
        let (said, heard) = (Transcript::parse(said), Transcript::parse(heard));
        let wanted = named(turns(&said));
        let (plain, _) = mended(&heard, &[]);
        let (charted, renamed) = mended(&heard, &taken(&said));
        let found = |texts: &[String]| wanted.intersection(&named(texts.iter().map(String::as_str))).count();
        let wrong = renamed.iter().filter(|one| named([one.meant.as_str()]).is_disjoint(&wanted));
        Self {
            said: wanted.len(),
            heard: wanted.intersection(&named(turns(&heard))).count(),
            put_right: found(&plain),
            with_chart: found(&charted),
            wrong: wrong.map(|one| format!("{} -> {}", one.heard, one.meant)).collect(),
        }
    }

    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            said: self.said + other.said,
            heard: self.heard + other.heard,
            put_right: self.put_right + other.put_right,
            with_chart: self.with_chart + other.with_chart,
            wrong: [self.wrong, other.wrong].concat(),
        }
    }
}

fn turns(transcript: &Transcript) -> impl Iterator<Item = &str> {
    transcript.segments.iter().map(|segment| segment.text.as_str())
}

/// The medicines of the list in some texts, whichever of their names stands there.
fn named<'t>(texts: impl IntoIterator<Item = &'t str>) -> BTreeSet<&'static str> {
    let found = texts.into_iter().flat_map(|text| DRUGS.find(&words(&clean(text).to_lowercase())));
    found.map(|found| DRUGS.entry(found).name).collect()
}

/// What the patient takes already, as far as it was said: what a chart would list.
fn taken(said: &Transcript) -> Vec<String> {
    let draft = crate::draft(said, &VisitContext::default());
    let kept = draft.prescriptions.into_iter().filter(|item| item.action != MedicationAction::Start);
    let mut list: Vec<String> = kept.map(|item| item.medication_name).collect();
    let history = draft.history.iter().map(|item| item.text.as_str());
    list.extend(named(history).into_iter().map(ToOwned::to_owned));
    list
}

fn mended(heard: &Transcript, medicines: &[String]) -> (Vec<String>, Vec<Renamed>) {
    let piece =
        |text: &str| Piece { start_ms: 0, end_ms: 0, text: text.to_owned(), certainty: 1.0, disputed: false };
    let mut pieces: Vec<Piece> = turns(heard).map(piece).collect();
    let renamed = put_right(&mut pieces, medicines);
    (pieces.into_iter().map(|piece| piece.text).collect(), renamed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_torn_name_is_found_with_the_chart_and_a_misspelt_one_without() {
        let said = "[patient] I take metformin every day.\n[doctor] Start lisinopril, ten milligrams daily.";
        let heard =
            "[patient] I take met for me in every day.\n[doctor] Start lyesanoprile, ten milligrams daily.";
        let all = Recall { said: 2, heard: 0, put_right: 1, with_chart: 2, wrong: Vec::new() };
        assert_eq!(Recall::of(said, heard), all);
        assert_eq!(Recall::of(said, said), Recall { heard: 2, put_right: 2, ..all.clone() });
        assert_eq!(Recall::of("[patient] I feel well.", heard).wrong, ["lyesanoprile -> lisinopril"]);
        let twice = Recall { said: 4, heard: 0, put_right: 2, with_chart: 4, wrong: Vec::new() };
        assert_eq!(all.clone().and(all), twice);
    }
}
