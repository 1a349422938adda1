//! What is wrong with a field, in another language than English.
//!
//! `clinic` says it in English, in whole sentences, for pages and for the JSON interface alike; pages in another language
//! say it by the field and the kind of mistake. What has no text of its own stays English.

use super::{Key, Text};
use medrecord_clinic::field::FieldError;
use std::borrow::Cow;

/// Says a problem in the reader's language; `label` is what the page calls the field.
pub(crate) fn problem(text: Text, wrong: &FieldError, label: Option<Key>) -> Cow<'_, str> {
    match (label, mistake(&wrong.field, wrong.code)) {
        (Some(label), Some(mistake)) if text.is_translated() => {
            Cow::Owned(text.with("label", text.say(label)).say(mistake))
        }
        (Some(_) | None, Some(_) | None) => Cow::Borrowed(&wrong.message),
    }
}

fn mistake(field: &str, code: &str) -> Option<Key> {
    let key = match (code, field) {
        ("required", "sex") | ("invalid", "sex" | "language") => Key("problem-choice"),
        ("required", _) => Key("problem-required"),
        ("too_long", _) => Key("problem-too-long"),
        ("in_future", _) => Key("problem-in-future"),
        ("too_old", _) => Key("problem-too-old"),
        ("invalid", "dateOfBirth") => Key("problem-date"),
        ("invalid", "phone" | "emergencyContactPhone") => Key("problem-phone"),
        ("invalid", "email") => Key("problem-email"),
        (_, _) => return None,
    };
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use medrecord_clinic::field::Problems;
    use medrecord_clinic::language::Language;

    #[test]
    fn a_problem_is_said_by_its_field_and_kind_and_else_in_english() {
        let text = Text::of(Language::Spanish);
        let label = Some(Key("patient-family"));
        let said = |code, text, label| {
            let problems = Problems::one("lastName", code, "Enter the family name.");
            problem(text, &problems.0[0], label).into_owned()
        };
        assert_eq!(said("required", text, label), "Apellidos: falta este dato.");
        assert_eq!(said("unheard_of", text, label), "Enter the family name.");
        assert_eq!(said("required", text, None), "Enter the family name.");
        assert_eq!(said("required", Text::ENGLISH, label), "Enter the family name.");
    }
}
