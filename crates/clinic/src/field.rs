//! What is wrong with what somebody typed: a field, a code for programs, a sentence for people.
//!
//! Parsers of a form collect all problems at once, so that a person mends a form in one go.

use crate::time::Day;
use serde::Serialize;

/// One problem with one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// The field's name in the spelling of the data model, such as `dateOfBirth`; rows as `symptoms[0].severity`.
    pub field: String,
    /// A stable word for programs, such as `required`.
    pub code: &'static str,
    /// What is wrong and what to do, as a sentence for the person who typed it.
    pub message: String,
}

/// Everything that is wrong with one form; never empty when it is an error.
#[derive(Debug, Clone, PartialEq, Eq, Default, thiserror::Error)]
#[error("{} field(s) need attention", .0.len())]
pub struct Problems(pub Vec<FieldError>);

impl Problems {
    /// Starts with nothing wrong.
    pub fn none() -> Self {
        Self::default()
    }

    /// A list with a single problem.
    pub fn one(field: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        let mut problems = Self::none();
        problems.add(field, code, message);
        problems
    }

    /// Adds a problem.
    pub fn add(&mut self, field: impl Into<String>, code: &'static str, message: impl Into<String>) {
        self.0.push(FieldError { field: field.into(), code, message: message.into() });
    }

    /// Adds all problems of a part under a prefix, such as `symptoms[2]`.
    pub fn add_all(&mut self, prefix: &str, part: Self) {
        self.0.extend(part.0.into_iter().map(|p| FieldError { field: format!("{prefix}.{}", p.field), ..p }));
    }

    /// The message for a field, if it has a problem.
    pub fn of(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|p| p.field == field).map(|p| p.message.as_str())
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Keeps a parsed value, or notes the problem and yields `None`.
    pub fn keep<T>(&mut self, parsed: Result<T, Self>) -> Option<T> {
        match parsed {
            Ok(value) => Some(value),
            Err(problems) => {
                self.0.extend(problems.0);
                None
            }
        }
    }

    /// Refuses if anything is wrong.
    ///
    /// # Errors
    /// The problems themselves.
    pub fn refuse(self) -> Result<(), Self> {
        if self.is_empty() { Ok(()) } else { Err(self) }
    }
}

/// Reads a text that must be there: trimmed, inner runs of blanks folded, without control characters.
///
/// # Errors
/// `required` where nothing is left, `too_long` past `most` characters. `label` opens the message.
pub fn required(field: &str, label: &str, text: &str, most: usize) -> Result<String, Problems> {
    optional(field, label, text, most)?
        .ok_or_else(|| Problems::one(field, "required", format!("Enter {label}.")))
}

/// Reads a one-line text that may be missing; `None` where nothing is left.
///
/// # Errors
/// `too_long` past `most` characters.
pub fn optional(field: &str, label: &str, text: &str, most: usize) -> Result<Option<String>, Problems> {
    let words = text.split_whitespace().map(without_controls).filter(|word| !word.is_empty());
    bounded(field, label, words.collect::<Vec<_>>().join(" "), most)
}

/// Reads a text of several lines that may be missing; line breaks are kept as `\n`.
///
/// # Errors
/// `too_long` past `most` characters.
pub fn long_text(field: &str, label: &str, text: &str, most: usize) -> Result<Option<String>, Problems> {
    let lines: Vec<String> = text.lines().map(|line| without_controls(line).trim_end().to_owned()).collect();
    bounded(field, label, lines.join("\n").trim().to_owned(), most)
}

/// Reads a whole number that may be missing; `None` where nothing is left.
///
/// # Errors
/// `invalid` for anything but digits, `out_of_range` outside `low` to `high`. `label` opens the message.
pub fn whole_number(
    field: &str,
    label: &str,
    text: &str,
    (low, high): (i32, i32),
) -> Result<Option<i32>, Problems> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let message = format!("{label} is a whole number from {low} to {high}.");
    match text.parse::<i32>() {
        Ok(value) if (low..=high).contains(&value) => Ok(Some(value)),
        Ok(_) => Err(Problems::one(field, "out_of_range", message)),
        Err(_) => Err(Problems::one(field, "invalid", message)),
    }
}

/// Reads a day that may be missing and does not lie after `today`, such as the day of a diagnosis.
///
/// # Errors
/// `invalid` for what is no date, `in_future` for a day to come.
pub fn past_day(field: &str, label: &str, text: &str, today: Day) -> Result<Option<Day>, Problems> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let day: Day = text
        .parse()
        .map_err(|_| Problems::one(field, "invalid", format!("Enter {label} such as 15-Mar-2019.")))?;
    if day > today {
        let message = format!("Enter {label} that is not in the future; {day} is.");
        return Err(Problems::one(field, "in_future", message));
    }
    Ok(Some(day))
}

fn bounded(field: &str, label: &str, text: String, most: usize) -> Result<Option<String>, Problems> {
    let length = text.chars().count();
    if length > most {
        let message = format!("Shorten {label} to {most} characters; it has {length}.");
        return Err(Problems::one(field, "too_long", message));
    }
    Ok((!text.is_empty()).then_some(text))
}

fn without_controls(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() || *c == '\t').collect()
}

/// The most characters of a short text; the databases hold the same limit.
pub const SHORT: usize = 255;

/// The most characters of a long text such as a note's section.
pub const LONG: usize = 100_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_and_control_characters_do_not_count_as_text() {
        assert_eq!(required("x", "a name", "  Ada \u{0} Lovelace ", 50), Ok("Ada Lovelace".to_owned()));
        assert_eq!(required("x", "a name", " \t ", 50).unwrap_err().of("x"), Some("Enter a name."));
        assert_eq!(optional("x", "a name", "", 50), Ok(None));
    }

    #[test]
    fn lengths_are_counted_in_characters_not_bytes() {
        assert!(required("x", "a name", &"é".repeat(255), SHORT).is_ok());
        assert_eq!(required("x", "a name", &"é".repeat(256), SHORT).unwrap_err().0[0].code, "too_long");
    }

    #[test]
    fn a_past_day_may_be_missing_but_not_to_come() {
        let today = Day::of(2026, 11, 22).unwrap();
        assert_eq!(past_day("x", "a day", " ", today), Ok(None));
        assert_eq!(past_day("x", "a day", "22-Nov-2026", today), Ok(Some(today)));
        assert_eq!(past_day("x", "a day", "23-Nov-2026", today).unwrap_err().0[0].code, "in_future");
        assert_eq!(past_day("x", "a day", "soon", today).unwrap_err().0[0].code, "invalid");
    }

    #[test]
    fn long_text_keeps_its_lines() {
        assert_eq!(long_text("x", "the note", "a \r\n\r\n b\n\n", 50), Ok(Some("a\n\n b".to_owned())));
    }
}
