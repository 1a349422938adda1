//! Yes-or-no questions with their answers as single statements of a note.

use super::cues::{cues, pairs};
use super::rank::carrying;
use super::text::words;
use super::tidy::tidy;
use super::wording::{Person, lead};

/// A yes-or-no question and its answer as one statement; nothing for questions of other kinds.
pub fn statement(question: &str, yes: bool, person: Person) -> Option<String> {
    let tidied = tidy(question);
    let text = last_asked(&tidied);
    let words: Vec<&str> = text.split_whitespace().collect();
    let fits = |at: usize, open: &str| {
        open.split(' ').enumerate().all(|(k, part)| {
            words.get(at + k).is_some_and(|w| w.trim_end_matches(',').eq_ignore_ascii_case(part))
        })
    };
    let mut best: Option<(usize, &(&str, &str))> = None;
    let initial = |text: &str| text.bytes().next().map(|byte| byte.to_ascii_lowercase());
    for (at, word) in words.iter().enumerate() {
        let begins = initial(word);
        let hit = pairs("statements.forms")
            .iter()
            .filter(|(open, _)| {
                initial(open) == begins
                    && fits(at, open)
                    && (at == 0 || !open.starts_with("you") && *open != "no" && *open != "any")
            })
            .max_by_key(|(open, _)| open.len());
        if let Some(form) = hit.filter(|_| best.is_none_or(|(_, known)| known.0.starts_with("you"))) {
            best = Some((at, form));
        }
    }
    let wondering = words.first().is_some_and(|w| wonders(w));
    let Some((at, (open, leads))) = best else {
        let skip = usize::from(
            words
                .first()
                .is_some_and(|w| cues("statements.auxiliaries").contains(&w.to_lowercase().as_str())),
        );
        let rest = words.get(skip..).filter(|rest| !wondering && (2..=14).contains(&rest.len()))?.join(" ");
        let rest = settled(&rest, yes).unwrap_or_default();
        let told = told(&rest) && !vague(&rest);
        if told && !yes && loose(&rest) {
            return Some(lead("Not", &rest, person));
        }
        let plain = !loose(&rest) && !rest.contains(" or ") && !rest.contains(" said");
        return (told && plain).then(|| lead(if yes { "Confirms" } else { "Denies" }, &rest, person));
    };
    if wondering && at > 0 && !matches!(*open, "do you have any" | "any") {
        return None;
    }
    let from = at + open.split(' ').count();
    let rest = words.get(from..).filter(|rest| !rest.is_empty() && rest.len() <= 16)?.join(" ");
    let (with_yes, with_no) = leads.split_once(" / ")?;
    let rest = settled(&rest, yes)?;
    if !told(&rest) || yes && rest.contains("medication") {
        return None;
    }
    let sense = rest.starts_with("your ") && !rest.contains("change");
    if loose(&rest) && !yes && *open == "any"
        || loose(&rest) && matches!(*open, "is it" | "what about" | "how about") && !yes
    {
        return Some(lead("Not", &rest, person));
    }
    if loose(&rest) || sense && matches!(*open, "what about" | "how about") {
        return None;
    }
    Some(lead(if yes { with_yes } else { with_no }, &rest, person))
}

/// Whether a question begins with a word that no yes or no answers: "how's your back?".
fn wonders(word: &str) -> bool {
    let low = word.to_lowercase();
    matches!(
        low.strip_suffix("'s").unwrap_or(&low),
        "how" | "what" | "when" | "where" | "which" | "who" | "why"
    )
}

/// Whether a rest holds a word that says something.
fn told(rest: &str) -> bool {
    carrying(&words(rest)).any(|w| !cues("units.empty").contains(&w))
}

/// The last of several questions in one breath: "are you, did you have a fall?", "the tablets, do you take them?".
fn last_asked(text: &str) -> &str {
    const OPENS: [&str; 6] = ["did you ", "do you ", "have you ", "are you ", "is there ", "has there "];
    let mut rest = text;
    let mut from = 0;
    for (at, _) in text.match_indices(", ") {
        let after = text.get(at + 2..).unwrap_or_default();
        let low = after.to_lowercase();
        let first = text.get(from..at).unwrap_or_default().to_lowercase();
        let short = first.split_whitespace().count() <= 4;
        let about = first.starts_with("how about ") || first.starts_with("what about ");
        if (short || about) && OPENS.iter().any(|open| low.starts_with(open)) {
            rest = after;
            from = at + 2;
        }
    }
    let either = rest.match_indices(", or ").map(|(at, open)| (at, at + open.len()));
    let cut = either
        .filter(|(_, end)| {
            let low = rest.get(*end..).unwrap_or_default().to_lowercase();
            ["is ", "are ", "do ", "does ", "did ", "have ", "has "].iter().any(|open| low.starts_with(open))
        })
        .map(|(at, _)| at)
        .next();
    cut.and_then(|at| rest.get(..at)).unwrap_or(rest)
}

/// Endings that only ask.
const EMPTY: [&str; 14] = [
    ", is that right",
    ", is that",
    ", right",
    ", correct",
    " at all",
    " or anything",
    " or something",
    " or no",
    " or not",
    " before",
    " that you've noticed",
    " that you noticed",
    " you've noticed",
    " you noticed",
];

/// A question's rest without what only asks; nothing where a yes says too little: "do you live with anyone?".
fn settled(rest: &str, yes: bool) -> Option<String> {
    let mut rest = rest.trim_end_matches(['?', '.', ',']).to_owned();
    for empty in EMPTY {
        if let Some(cut) = rest.strip_suffix(empty) {
            cut.to_owned().clone_into(&mut rest);
        }
    }
    let low = format!("{} ", rest.to_lowercase());
    if ["n't ", " not ", "what brings", "not "].iter().any(|denied| low.contains(denied))
        || low.starts_with("have ")
    {
        return None;
    }
    if !yes {
        let rest = rest.strip_prefix("any ").unwrap_or(&rest).to_owned();
        return Some(rest).filter(|rest| !rest.starts_with("nothing") && !rest.starts_with("did not"));
    }
    let words: Vec<&str> = rest.split_whitespace().collect();
    let open =
        words.iter().any(|w| matches!(*w, "anyone" | "anything" | "anybody" | "anywhere" | "else" | "or"));
    let plain: Vec<&str> = words.into_iter().filter(|w| !matches!(*w, "any" | "ever")).collect();
    (!open && !plain.is_empty()).then(|| plain.join(" "))
}

/// Whether a rest begins so that a yes or no to it says too little: "the night before".
fn vague(rest: &str) -> bool {
    let low = rest.to_lowercase();
    cues("statements.vague")
        .iter()
        .any(|open| low.strip_prefix(open).is_some_and(|after| after.starts_with(' ')))
}

/// Whether a rest begins like a clause that hangs on another.
fn loose(rest: &str) -> bool {
    let low = rest.to_lowercase();
    cues("statements.loose")
        .iter()
        .any(|open| low.strip_prefix(open).is_some_and(|after| after.starts_with(' ')))
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
            ("do you want to wait?", true, "Patient wants to wait."),
            ("has there been any wheezing?", false, "Denies wheezing."),
            ("are you, did you have a fall?", false, "Did not have a fall."),
            ("Is it everywhere, or is it in one place?", false, "It is not everywhere."),
            (
                "apart from the inhalers, do you take any other medications?",
                false,
                "Does not take any other medications.",
            ),
        ] {
            assert_eq!(statement(question, yes, person()).as_deref(), Some(written));
        }
        assert_eq!(statement("when did it start?", true, person()), None);
        for question in [
            "do you live with anyone?",
            "do you have night sweats or chills?",
            "how's your back pain?",
            "are you right?",
            "you don't have any asthma?",
            "the night before?",
        ] {
            assert_eq!(statement(question, true, person()), None, "{question}");
        }
        let made = statement("do you know of any family history of lung conditions?", false, person());
        assert_eq!(made.as_deref(), Some("Denies family history of lung conditions."));
    }
}
