//! A symptom: what the patient reports in a visit, or says is absent.

use crate::field::{self, LONG, Problems, SHORT};
use crate::ids::SymptomId;
use serde::{Deserialize, Serialize};

/// A symptom of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Symptom {
    /// Its id.
    pub id: SymptomId,
    /// Name of the symptom; may be empty in a draft.
    pub symptom_name: String,
    /// Where.
    pub body_site: Option<String>,
    /// How bad, from 1 to 10.
    pub severity: Option<i32>,
    /// Since when or how long.
    pub duration: Option<String>,
    /// Remarks.
    pub notes: Option<String>,
    /// Whether the patient says it is absent.
    pub negated: bool,
    /// Whether the scribe drafted it.
    #[serde(rename = "isAIExtracted")]
    pub is_ai_extracted: bool,
}

/// A row of symptoms as somebody left it, unread.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SymptomForm {
    /// The row's id; a new row may bring one of its own or none.
    pub id: String,
    /// Name of the symptom.
    pub symptom_name: String,
    /// Where; may be empty, like all below.
    pub body_site: String,
    /// From 1 to 10.
    pub severity: String,
    /// Since when.
    pub duration: String,
    /// Remarks.
    pub notes: String,
    /// `true`, `yes` or `on` where the patient says it is absent.
    pub negated: String,
}

/// A row of symptoms, read; the name may be empty until the record is signed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SymptomDetails {
    /// The row's id, if it has one.
    pub id: Option<SymptomId>,
    /// Name of the symptom.
    pub symptom_name: String,
    /// Where.
    pub body_site: Option<String>,
    /// From 1 to 10.
    pub severity: Option<i32>,
    /// Since when.
    pub duration: Option<String>,
    /// Remarks.
    pub notes: Option<String>,
    /// Whether it is absent.
    pub negated: bool,
}

impl SymptomForm {
    /// Whether nobody has typed anything into the row.
    pub fn is_blank(&self) -> bool {
        [&self.symptom_name, &self.body_site, &self.severity, &self.duration, &self.notes]
            .into_iter()
            .all(|text| text.trim().is_empty())
    }

    /// Reads the row for a draft: what is missing is found at signing.
    ///
    /// # Errors
    /// Every problem of every field at once.
    pub fn parse(&self) -> Result<SymptomDetails, Problems> {
        let mut wrong = Problems::none();
        let p = &mut wrong;
        let id = p.keep(row_id("id", &self.id));
        let name = p.keep(field::optional("symptomName", "the symptom", &self.symptom_name, SHORT));
        let site = p.keep(field::optional("bodySite", "the body site", &self.body_site, SHORT));
        let severity = p.keep(field::whole_number("severity", "Severity", &self.severity, (1, 10)));
        let duration = p.keep(field::optional("duration", "the duration", &self.duration, SHORT));
        let notes = p.keep(field::long_text("notes", "the notes", &self.notes, LONG));
        let read = || {
            Some(SymptomDetails {
                id: id?,
                symptom_name: name?.unwrap_or_default(),
                body_site: site?,
                severity: severity?,
                duration: duration?,
                notes: notes?,
                negated: ["true", "yes", "on", "1"].contains(&self.negated.trim()),
            })
        };
        read().ok_or(wrong)
    }
}

impl From<&Symptom> for SymptomForm {
    fn from(symptom: &Symptom) -> Self {
        Self {
            id: symptom.id.to_string(),
            symptom_name: symptom.symptom_name.clone(),
            body_site: symptom.body_site.clone().unwrap_or_default(),
            severity: symptom.severity.map(|severity| severity.to_string()).unwrap_or_default(),
            duration: symptom.duration.clone().unwrap_or_default(),
            notes: symptom.notes.clone().unwrap_or_default(),
            negated: if symptom.negated { "true".to_owned() } else { String::new() },
        }
    }
}

/// Reads the id of a row; none is a new row.
pub(crate) fn row_id<T: std::str::FromStr>(field: &str, text: &str) -> Result<Option<T>, Problems> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let wrong = || Problems::one(field, "invalid", "This row's id cannot be read: load the page again.");
    text.trim().parse().map(Some).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severity_goes_from_one_to_ten() {
        for (text, severity) in [
            ("", Some(None)),
            ("1", Some(Some(1))),
            ("10", Some(Some(10))),
            ("0", None),
            ("11", None),
            ("bad", None),
        ] {
            let form = SymptomForm { severity: text.into(), ..SymptomForm::default() };
            assert_eq!(form.parse().ok().map(|row| row.severity), severity, "{text}");
        }
    }

    #[test]
    fn a_row_that_nobody_touched_is_blank() {
        assert!(SymptomForm { id: "x".into(), negated: "true".into(), ..SymptomForm::default() }.is_blank());
        assert!(!SymptomForm { notes: "worse at night".into(), ..SymptomForm::default() }.is_blank());
    }
}
