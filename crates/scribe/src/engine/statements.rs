//! Yes-or-no questions with their answers as single statements of a note.

use super::cues::{cues, pairs};
use super::rank::content;
use super::wording::{Person, lead, tidy};

/// A yes-or-no question and its answer as one statement; nothing for questions of other kinds.
pub fn statement(question: &str, yes: bool, person: Person) -> Option<String> {
    let text = tidy(question);
    let words: Vec<&str> = text.split_whitespace().collect();
    let fits = |at: usize, open: &str| {
        open.split(' ').enumerate().all(|(k, part)| {
            words.get(at + k).is_some_and(|w| w.trim_end_matches(',').eq_ignore_ascii_case(part))
        })
    };
    let mut best: Option<(usize, &(&str, &str))> = None;
    for at in 0..words.len() {
        let hit = pairs("statements.forms")
            .iter()
            .filter(|(open, _)| {
                fits(at, open) && (at == 0 || !open.starts_with("you") && *open != "no" && *open != "any")
            })
            .max_by_key(|(open, _)| open.len());
        if let Some(form) = hit.filter(|_| best.is_none_or(|(_, known)| known.0.starts_with("you"))) {
            best = Some((at, form));
        }
    }
    let wondering = words.first().is_some_and(|w| {
        matches!(w.to_lowercase().as_str(), "how" | "what" | "when" | "where" | "which" | "who" | "why")
    });
    let Some((at, (open, leads))) = best else {
        let skip = usize::from(
            words
                .first()
                .is_some_and(|w| cues("statements.auxiliaries").contains(&w.to_lowercase().as_str())),
        );
        let rest = words.get(skip..).filter(|rest| !wondering && (2..=14).contains(&rest.len()))?.join(" ");
        let told = content(&rest).iter().any(|w| !cues("units.empty").contains(&w.as_str()));
        return told.then(|| lead(if yes { "Confirms" } else { "Denies" }, &rest, person));
    };
    if wondering && at > 0 && !matches!(*open, "do you have any" | "any") {
        return None;
    }
    let from = at + open.split(' ').count();
    let rest = words.get(from..).filter(|rest| !rest.is_empty() && rest.len() <= 16)?.join(" ");
    let (with_yes, with_no) = leads.split_once(" / ")?;
    Some(lead(if yes { with_yes } else { with_no }, &rest, person))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::{Sex, VisitContext};

    fn person() -> Person {
        Person::of(&VisitContext { sex: Some(Sex::Male), ..VisitContext::default() })
    }

    #[test]
    fn a_question_and_its_answer_become_a_statement() {
        for (question, yes, written) in [
            ("do you have any fever or chills?", false, "Denies fever or chills."),
            ("okay, do you smoke?", false, "Does not smoke."),
            ("are you taking it regularly?", true, "Is taking it regularly."),
            (
                "apart from the inhalers, do you take any other medications?",
                false,
                "Does not take any other medications.",
            ),
        ] {
            assert_eq!(statement(question, yes, person()).as_deref(), Some(written));
        }
        assert_eq!(statement("when did it start?", true, person()), None);
    }
}
