//! How the practice uses the five kinds of visit: how long each usually takes, which are offered, in which order.
//!
//! The kinds themselves do not change: records and other programs understand them. A kind that is no longer offered
//! stays with the visits that have it.

use crate::appointment::AppointmentType;
use crate::field::{self, Problems};
use serde::{Deserialize, Serialize};

/// The shortest and the longest visit; the databases hold the same limits.
const MINUTES: (i32, i32) = (5, 480);

/// A kind of visit as the practice uses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VisitType {
    /// Which kind it is.
    pub kind: AppointmentType,
    /// How many minutes it is given unless somebody says otherwise.
    pub minutes: i32,
    /// Whether it stands to choose from when a visit is booked.
    pub is_offered: bool,
}

impl VisitType {
    /// The kind as this program comes with it.
    fn usual(kind: AppointmentType) -> Self {
        Self { kind, minutes: kind.usual_minutes(), is_offered: true }
    }
}

/// All five kinds in the practice's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisitTypes {
    types: Vec<VisitType>,
    /// Counts how often they were saved, for optimistic updates; 0 where the practice never said anything.
    pub version: i32,
}

impl Default for VisitTypes {
    fn default() -> Self {
        Self::of(Vec::new(), 0)
    }
}

impl VisitTypes {
    /// The kinds as they are kept; one that is not among them follows as this program comes with it.
    pub fn of(mut types: Vec<VisitType>, version: i32) -> Self {
        for kind in AppointmentType::ALL {
            if !types.iter().any(|it| it.kind == kind) {
                types.push(VisitType::usual(kind));
            }
        }
        Self { types, version }
    }

    /// Each kind in its order, also those that are not offered.
    pub fn all(&self) -> &[VisitType] {
        &self.types
    }

    /// How many minutes a visit of this kind is given unless somebody says otherwise.
    pub fn minutes(&self, kind: AppointmentType) -> i32 {
        self.types.iter().find(|it| it.kind == kind).map_or_else(|| kind.usual_minutes(), |it| it.minutes)
    }

    /// What stands to choose from: what is offered, and the kind that a visit already has.
    pub fn to_choose(&self, held: Option<AppointmentType>) -> impl Iterator<Item = VisitType> {
        self.types.iter().copied().filter(move |it| it.is_offered || Some(it.kind) == held)
    }

    /// The kind with which a form opens: this one where it is offered, else the first that is.
    pub fn opens_with(&self, kind: AppointmentType) -> AppointmentType {
        let offered = |it: &&VisitType| it.is_offered;
        let found = self.types.iter().find(|it| it.is_offered && it.kind == kind);
        found.or_else(|| self.types.iter().find(offered)).map_or(kind, |it| it.kind)
    }
}

/// What somebody typed about a kind, unread.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct VisitTypeForm {
    /// Its usual length.
    pub minutes: String,
    /// `true` where it stands to choose from.
    pub is_offered: String,
    /// Its place among the five, from 1.
    pub place: String,
}

impl VisitTypes {
    /// The forms as they open, in order.
    pub fn forms(&self) -> Vec<(AppointmentType, VisitTypeForm)> {
        let form = |(at, it): (usize, &VisitType)| {
            let is_offered = if it.is_offered { "true" } else { "false" };
            let (minutes, place) = (it.minutes.to_string(), (at + 1).to_string());
            (it.kind, VisitTypeForm { minutes, is_offered: is_offered.to_owned(), place })
        };
        self.types.iter().enumerate().map(form).collect()
    }
}

/// Reads what was typed about each kind, and puts them in their order.
///
/// # Errors
/// Every problem of every kind at once, as `follow_up.minutes`; `types` where none would be offered.
pub fn parse_all(forms: &[(AppointmentType, VisitTypeForm)]) -> Result<Vec<VisitType>, Problems> {
    let mut wrong = Problems::none();
    let mut read = Vec::new();
    for (kind, form) in forms {
        let place = |name: &str| format!("{kind}.{name}");
        let label = format!("The length of {}", kind.in_words());
        let minutes = wrong.keep(field::whole_number(&place("minutes"), &label, &form.minutes, MINUTES));
        if minutes == Some(None) {
            let words = format!("Enter the minutes of {}.", kind.in_words());
            wrong.add(place("minutes"), "required", words);
        }
        let label = format!("The place of {}", kind.in_words());
        let stands = wrong.keep(field::whole_number(&place("place"), &label, &form.place, (1, 5)));
        if let (Some(Some(minutes)), Some(stands)) = (minutes, stands) {
            let is_offered = ["true", "yes"].contains(&form.is_offered.trim());
            read.push((stands.unwrap_or(5), VisitType { kind: *kind, minutes, is_offered }));
        }
    }
    if wrong.is_empty() && !read.iter().any(|(_, it)| it.is_offered) {
        wrong.add("types", "none", "Offer at least one kind, so that visits can be booked.");
    }
    wrong.refuse()?;
    read.sort_by_key(|(place, _)| *place);
    Ok(read.into_iter().map(|(_, it)| it).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_practice_that_said_nothing_has_the_usual_lengths() {
        let types = VisitTypes::default();
        assert_eq!((types.all().len(), types.version), (5, 0));
        assert_eq!(types.minutes(AppointmentType::NewPatient), 45);
        assert_eq!(parse_all(&types.forms()).unwrap(), types.all());
    }

    #[test]
    fn order_length_and_what_is_offered_are_the_practices() {
        let mut forms = VisitTypes::default().forms();
        for (kind, form) in &mut forms {
            if *kind == AppointmentType::Telehealth {
                (form.place, form.minutes) = ("1".to_owned(), "10".to_owned());
            } else {
                form.place = "2".to_owned();
            }
            if *kind == AppointmentType::FollowUp {
                form.is_offered = "false".to_owned();
            }
        }
        let types = VisitTypes::of(parse_all(&forms).unwrap(), 1);
        assert_eq!(types.all().first().unwrap().kind, AppointmentType::Telehealth);
        assert_eq!(types.minutes(AppointmentType::Telehealth), 10);
        assert_eq!(types.to_choose(None).count(), 4);
        assert_eq!(types.to_choose(Some(AppointmentType::FollowUp)).count(), 5, "what a visit has can stay");
        assert_eq!(types.opens_with(AppointmentType::FollowUp), AppointmentType::Telehealth);
        assert_eq!(types.opens_with(AppointmentType::SickVisit), AppointmentType::SickVisit);
    }

    #[test]
    fn every_wrong_kind_is_named_and_one_is_always_offered() {
        let mut forms = VisitTypes::default().forms();
        for ((_, form), minutes) in forms.iter_mut().zip(["4", "", "an hour", "481", "20"]) {
            form.minutes = minutes.to_owned();
        }
        let problems = parse_all(&forms).unwrap_err();
        let fields: Vec<&str> = problems.0.iter().map(|it| it.field.as_str()).collect();
        let wanted =
            ["follow_up.minutes", "sick_visit.minutes", "routine_checkup.minutes", "new_patient.minutes"];
        assert_eq!(fields, wanted);
        let mut none = VisitTypes::default().forms();
        for (_, form) in &mut none {
            form.is_offered.clear();
        }
        assert_eq!(parse_all(&none).unwrap_err().0.first().unwrap().field, "types");
    }
}
