//! Where a note says that the patient has no allergies, so that it can be held against the chart.

use super::Note;
use super::note::NoteField;

/// How people write it, in lower case.
const DENIALS: [&str; 9] = [
    "no known allergies",
    "no known drug allergies",
    "no known medication allergies",
    "no allergies",
    "no drug allergies",
    "no medication allergies",
    "denies allergies",
    "denies any allergies",
    "denies drug allergies",
];

/// The short forms, which count as whole words only.
const SHORT_FORMS: [&str; 2] = ["nkda", "nka"];

/// The first section of a note that says that there are no allergies.
pub fn denies_allergies(note: &Note) -> Option<NoteField> {
    NoteField::ALL.into_iter().find(|field| note.get(*field).as_deref().is_some_and(denies))
}

fn denies(text: &str) -> bool {
    let low = text.to_lowercase();
    let mut words = low.split(|c: char| !c.is_alphanumeric());
    DENIALS.iter().any(|denial| low.contains(denial)) || words.any(|word| SHORT_FORMS.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_denial_is_found_and_nothing_else_is() {
        for (text, found) in [
            ("No known drug allergies.", true),
            ("PMH: asthma. NKDA.", true),
            ("The patient denies any allergies", true),
            ("Seasonal allergies, worse in May.", false),
            ("Allergic to penicillin.", false),
            ("Ankara is where she grew up.", false),
        ] {
            assert_eq!(denies(text), found, "{text}");
        }
    }
}
