//! An addendum: what is added to a record after it was signed. It never changes and takes nothing away.

use crate::field::{self, LONG, Problems, SHORT};
use crate::ids::{AddendumId, ProviderId, RecordId};
use crate::time::Instant;
use serde::{Deserialize, Serialize};

/// Something added to a signed record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Addendum {
    /// Its id.
    pub id: AddendumId,
    /// The record it belongs to.
    pub medical_record_id: RecordId,
    /// Who wrote it.
    pub author_id: ProviderId,
    /// That person's name.
    pub author_name: String,
    /// Why it was added.
    pub reason: String,
    /// What was added.
    pub text: String,
    /// When it was added.
    pub created_at: Instant,
}

/// What somebody typed, unread.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AddendumForm {
    /// Why.
    pub reason: String,
    /// What.
    pub text: String,
}

/// An addendum, read and sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddendumDetails {
    /// Why.
    pub reason: String,
    /// What.
    pub text: String,
}

impl AddendumForm {
    /// Reads the form; both fields must be there.
    ///
    /// # Errors
    /// Every problem of every field at once.
    pub fn parse(&self) -> Result<AddendumDetails, Problems> {
        let mut wrong = Problems::none();
        let reason =
            wrong.keep(field::required("reason", "the reason for the addendum", &self.reason, SHORT));
        let text = wrong.keep(field::long_text("text", "the addendum", &self.text, LONG)).flatten();
        if text.is_none() && wrong.of("text").is_none() {
            wrong.add("text", "required", "Enter the addendum.");
        }
        let read = || Some(AddendumDetails { reason: reason?, text: text? });
        read().ok_or(wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_addendum_says_what_and_why() {
        let wrong = AddendumForm::default().parse().unwrap_err();
        assert_eq!(wrong.0.iter().map(|p| p.field.as_str()).collect::<Vec<_>>(), ["reason", "text"]);
        let form = AddendumForm { reason: "Result came in".into(), text: "TSH is normal.\n".into() };
        assert_eq!(form.parse().unwrap().text, "TSH is normal.");
    }
}
