//! A provider's own beginning of a note, for one kind of visit or for all: texts for its sections, with blanks to fill in.
//!
//! A template says what is asked or examined, never what was found: what only the visit can tell is left as a blank, and
//! a note with a blank left in it cannot be signed ([`crate::medical_record::missing`]).

use crate::appointment::AppointmentType;
use crate::field::{self, Problems};
use crate::ids::NoteTemplateId;
use crate::medical_record::{Note, NoteField, read_section};
use serde::{Deserialize, Serialize};

/// What stands in a template where the visit has to say something: three underscores or more.
pub const BLANK: &str = "___";

/// How long a name may be, in characters.
pub const NAME: usize = 100;

/// A template as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteTemplate {
    /// Its id.
    pub id: NoteTemplateId,
    /// What its owner calls it.
    pub name: String,
    /// The kind of visit that it is for; `None` for all.
    pub appointment_type: Option<AppointmentType>,
    /// The texts; `None` for a section that it leaves alone.
    pub note: Note,
    /// The row's version.
    pub version: i32,
}

impl NoteTemplate {
    /// Whether it is offered at such a visit.
    pub fn suits(&self, kind: AppointmentType) -> bool {
        self.appointment_type.is_none_or(|only| only == kind)
    }

    /// Puts its texts into the sections that are empty, and gives those sections. What somebody wrote stays.
    pub fn fill(&self, typed: &mut Note<String>) -> Vec<NoteField> {
        let mut filled = Vec::new();
        for section in NoteField::ALL {
            let place = typed.get_mut(section);
            if let Some(text) = self.note.get(section)
                && place.trim().is_empty()
            {
                place.clone_from(text);
                filled.push(section);
            }
        }
        filled
    }
}

/// What somebody typed into the form, unread.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NoteTemplateForm {
    /// What it is called.
    pub name: String,
    /// The kind of visit; empty for all.
    pub appointment_type: String,
    /// The texts.
    #[serde(flatten)]
    pub note: Note<String>,
}

/// A template, read and sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteTemplateDetails {
    /// What it is called.
    pub name: String,
    /// The kind of visit; `None` for all.
    pub appointment_type: Option<AppointmentType>,
    /// The texts, at least one.
    pub note: Note,
}

impl NoteTemplateForm {
    /// Reads the form.
    ///
    /// # Errors
    /// Every problem of every field at once; a template without a text is refused at `name`.
    pub fn parse(&self) -> Result<NoteTemplateDetails, Problems> {
        let mut wrong = Problems::none();
        let name = wrong.keep(field::required("name", "the name of the template", &self.name, NAME));
        let kind = match self.appointment_type.as_str() {
            "" => None,
            word => word.parse().map_or_else(
                |_| {
                    wrong.add("appointmentType", "unknown", "Choose a kind of visit, or all visits.");
                    None
                },
                Some,
            ),
        };
        let note =
            Note::from_fn(|section| wrong.keep(read_section(section, self.note.get(section))).flatten());
        if wrong.is_empty() && NoteField::ALL.iter().all(|section| note.get(*section).is_none()) {
            wrong.add("name", "empty", "Write a text for at least one section.");
        }
        match name {
            Some(name) if wrong.is_empty() => Ok(NoteTemplateDetails { name, appointment_type: kind, note }),
            Some(_) | None => Err(wrong),
        }
    }
}

/// The form as it stands for a template, for editing.
impl From<&NoteTemplate> for NoteTemplateForm {
    fn from(template: &NoteTemplate) -> Self {
        Self {
            name: template.name.clone(),
            appointment_type: template.appointment_type.map_or("", AppointmentType::as_str).to_owned(),
            note: Note::from_fn(|section| template.note.get(section).clone().unwrap_or_default()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> NoteTemplateForm {
        let mut form = NoteTemplateForm { name: "Sore throat".into(), ..NoteTemplateForm::default() };
        *form.note.get_mut(NoteField::PhysicalExamNotes) = "Tonsils: ___\nNeck nodes: ___".into();
        *form.note.get_mut(NoteField::TreatmentPlan) = "Rest and fluids.".into();
        form
    }

    fn template() -> NoteTemplate {
        let NoteTemplateDetails { name, appointment_type, note } = form().parse().unwrap();
        let id = "00000000-0000-7000-8000-000000000001".parse().unwrap();
        NoteTemplate { id, name, appointment_type, note, version: 1 }
    }

    #[test]
    fn only_empty_sections_are_filled_and_what_was_written_stays() {
        let mut typed = Note::<String>::default();
        *typed.get_mut(NoteField::TreatmentPlan) = "Amoxicillin.".into();
        assert_eq!(template().fill(&mut typed), [NoteField::PhysicalExamNotes]);
        assert_eq!(typed.treatment_plan, "Amoxicillin.");
        assert_eq!(typed.physical_exam_notes, "Tonsils: ___\nNeck nodes: ___");
        assert_eq!(template().fill(&mut typed), []);
    }

    #[test]
    fn a_template_has_a_name_a_known_kind_and_a_text() {
        let wrong = NoteTemplateForm { appointment_type: "party".into(), ..NoteTemplateForm::default() };
        let fields: Vec<String> = wrong.parse().unwrap_err().0.into_iter().map(|p| p.field).collect();
        assert_eq!(fields, ["name", "appointmentType"]);
        let empty = NoteTemplateForm { name: "Empty".into(), ..NoteTemplateForm::default() };
        assert!(empty.parse().unwrap_err().of("name").is_some_and(|words| words.contains("section")));
        let long = NoteTemplateForm { name: "x".repeat(NAME + 1), ..form() };
        assert!(long.parse().unwrap_err().of("name").is_some());
    }

    #[test]
    fn it_is_offered_at_its_kind_of_visit_or_at_all() {
        let all = template();
        let one = NoteTemplate { appointment_type: Some(AppointmentType::SickVisit), ..all.clone() };
        assert!(all.suits(AppointmentType::FollowUp) && one.suits(AppointmentType::SickVisit));
        assert!(!one.suits(AppointmentType::FollowUp));
    }

    #[test]
    fn it_comes_back_from_a_form_as_it_went_in() {
        assert_eq!(NoteTemplateForm::from(&template()), form());
    }
}
