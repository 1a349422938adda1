//! A form as a person left it: what was typed, kept word for word, and what was wrong with it.
//!
//! Handlers parse with the types of `clinic`; whatever does not parse becomes an error at its field, and the page comes
//! back with 422 and this form. The macros in `parts.html` read it.

use crate::text::problems::problem;
use crate::text::{Key, Text};
use medrecord_clinic::field::Problems;

/// What was typed, and what is wrong with it.
#[derive(Debug, Clone, Default)]
pub struct Form {
    values: Vec<(String, String)>,
    errors: Vec<FieldError>,
}

/// What is wrong with one field, and the way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// Name of the field, which is also its `id` on the page.
    pub field: String,
    /// One plain sentence that names the field.
    pub message: String,
}

impl Form {
    /// Keeps what was posted, in its order.
    pub fn typed(values: Vec<(String, String)>) -> Self {
        Self { values, errors: Vec::new() }
    }

    /// Adds a value, as when a form opens with what the record holds.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.values.push((name.to_owned(), value.into()));
        self
    }

    /// Says what is wrong with a field; the first message for a field stays.
    pub fn refuse(&mut self, field: &str, message: impl Into<String>) {
        if self.error(field).is_empty() {
            self.errors.push(FieldError { field: field.to_owned(), message: message.into() });
        }
    }

    /// Opens a form with what a record holds; `held` is one of the clinic's forms, all texts.
    pub(crate) fn of(held: &impl serde::Serialize) -> Self {
        let fields = match serde_json::to_value(held) {
            Ok(serde_json::Value::Object(fields)) => fields,
            Ok(_) | Err(_) => serde_json::Map::new(),
        };
        let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
        let texts = fields.iter().filter_map(|(name, value)| Some((name.clone(), text(value)?)));
        Self::typed(texts.collect())
    }

    /// Reads what was typed as one of the clinic's forms, all texts; fields that it does not know are left out.
    pub(crate) fn read<T: serde::de::DeserializeOwned + Default>(&self) -> T {
        let mut fields = serde_json::Map::new();
        for (name, value) in &self.values {
            fields.entry(name.clone()).or_insert_with(|| value.clone().into());
        }
        serde_json::from_value(fields.into()).unwrap_or_default()
    }

    /// Says everything that the clinic found wrong.
    pub(crate) fn refuse_all(&mut self, problems: &Problems) {
        for problem in &problems.0 {
            self.refuse(&problem.field, problem.message.clone());
        }
    }

    /// Says everything that the clinic found wrong in the reader's language; `labels` name the fields.
    pub(crate) fn refuse_all_in(&mut self, text: Text, problems: &Problems, labels: &[(&str, Key)]) {
        for wrong in &problems.0 {
            let label = labels.iter().find(|(field, _)| *field == wrong.field).map(|(_, label)| *label);
            self.refuse(&wrong.field, problem(text, wrong, label));
        }
    }

    /// Lays what was typed over what is on file: fields that the form did not send keep what is there.
    pub(crate) fn over(&self, typed: Self) -> Self {
        let sent = |name: &str| typed.values.iter().any(|(key, _)| key == name);
        let kept: Vec<_> = self.values.iter().filter(|(name, _)| !sent(name)).cloned().collect();
        let mut values = typed.values;
        values.extend(kept);
        Self { values, errors: typed.errors }
    }

    /// Puts another value into a field, such as the version that was read meanwhile.
    pub(crate) fn put(&mut self, name: &str, value: impl Into<String>) {
        self.values.retain(|(key, _)| key != name);
        self.values.push((name.to_owned(), value.into()));
    }

    /// Gives the first value of a field as typed, or an empty text.
    pub fn value(&self, name: &str) -> &str {
        self.values.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// Gives every value of a field that repeats, such as a column of rows.
    pub fn values<'form>(&'form self, name: &'form str) -> impl Iterator<Item = &'form str> {
        self.values.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Tells whether the field was given this value.
    pub fn holds(&self, name: &str, value: &str) -> bool {
        self.values(name).any(|held| held == value)
    }

    /// Gives what is wrong with a field, or an empty text.
    pub fn error(&self, field: &str) -> &str {
        self.errors.iter().find(|error| error.field == field).map_or("", |error| &error.message)
    }

    /// Gives what is wrong with a field of a row, such as `severity` of `symptoms[0]`, or an empty text.
    pub fn row_error(&self, row: &str, field: &str) -> &str {
        let named =
            |name: &str| name.strip_prefix(row).and_then(|rest| rest.strip_prefix('.')) == Some(field);
        self.errors.iter().find(|error| named(&error.field)).map_or("", |error| &error.message)
    }

    /// Lists what is wrong, in the order it was found.
    pub fn errors(&self) -> &[FieldError] {
        &self.errors
    }

    /// Tells whether anything is wrong.
    pub fn is_refused(&self) -> bool {
        !self.errors.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_form_keeps_what_was_typed() {
        let mut form = Form::typed(vec![("phone".into(), "12".into())]).with("role", "staff");
        form.refuse("phone", "Phone needs at least 7 digits");
        form.refuse("phone", "a later message");
        assert_eq!(form.value("phone"), "12");
        assert_eq!(form.error("phone"), "Phone needs at least 7 digits");
        assert!(form.is_refused() && form.holds("role", "staff"));
        assert_eq!((form.value("absent"), form.error("absent")), ("", ""));
    }
}
