//! A patient: who the person is and how to reach them.

use crate::contact::{Email, Phone};
use crate::field::{self, Problems, SHORT};
use crate::ids::{PatientId, ProviderId};
use crate::language::Language;
use crate::time::{Day, Instant};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Sex as the record states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    /// Male.
    Male,
    /// Female.
    Female,
    /// Neither, or not stated.
    Other,
}

impl Sex {
    /// Every value, in the order of the form.
    pub const ALL: [Self; 3] = [Self::Female, Self::Male, Self::Other];

    /// The word in databases, interfaces and forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Male => "male",
            Self::Female => "female",
            Self::Other => "other",
        }
    }
}

impl fmt::Display for Sex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that names no sex.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a sex: use female, male or other")]
pub struct NotASex;

impl FromStr for Sex {
    type Err = NotASex;

    fn from_str(text: &str) -> Result<Self, NotASex> {
        Self::ALL.into_iter().find(|sex| sex.as_str() == text).ok_or(NotASex)
    }
}

/// A registered patient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Patient {
    /// Its id.
    pub id: PatientId,
    /// The number by which the practice files the person; unique, printed on everything.
    pub record_number: String,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// What the person wants to be called.
    pub preferred_name: Option<String>,
    /// Birthday.
    pub date_of_birth: Day,
    /// Sex.
    pub sex: Sex,
    /// Phone number as typed.
    pub phone: String,
    /// E-mail address.
    pub email: Option<String>,
    /// Postal address, lines kept.
    pub address: Option<String>,
    /// Whom to call in an emergency.
    pub emergency_contact_name: String,
    /// That person's phone number.
    pub emergency_contact_phone: String,
    /// What that person is to the patient.
    pub emergency_contact_relationship: Option<String>,
    /// In which language the person wants papers; `None` where nobody said.
    pub language: Option<Language>,
    /// The day the person died, if so.
    pub deceased_on: Option<Day>,
    /// Who asserted that there are no known allergies; `None` where nobody asked.
    pub no_known_allergies_by: Option<ProviderId>,
    /// When that was asserted.
    pub no_known_allergies_at: Option<Instant>,
    /// When the person was registered.
    pub created_at: Instant,
    /// When the row last changed.
    pub updated_at: Instant,
    /// The row's version, for optimistic updates.
    pub version: i32,
}

impl Patient {
    /// The name as lists and banners show it: `DOE, Jane` (NHS CUI, Patient Name Display).
    pub fn display_name(&self) -> String {
        display_name(&self.first_name, &self.last_name)
    }
}

/// The name as lists and banners show it: `DOE, Jane`; a person of one name has no comma.
pub fn display_name(first: &str, last: &str) -> String {
    match (first.trim(), last.trim()) {
        ("", last) => last.to_uppercase(),
        (first, "") => first.to_uppercase(),
        (first, last) => format!("{}, {first}", last.to_uppercase()),
    }
}

/// What somebody typed into the registration form or sent to the interface, unread.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PatientForm {
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Preferred name; may be empty, like all below that say so.
    pub preferred_name: String,
    /// Birthday in any common order.
    pub date_of_birth: String,
    /// `female`, `male` or `other`.
    pub sex: String,
    /// Phone number.
    pub phone: String,
    /// E-mail address; may be empty.
    pub email: String,
    /// Address; may be empty.
    pub address: String,
    /// Emergency contact's name.
    pub emergency_contact_name: String,
    /// Emergency contact's phone number.
    pub emergency_contact_phone: String,
    /// Relationship; may be empty.
    pub emergency_contact_relationship: String,
    /// Language of papers for the person, `en` or `es`; may be empty.
    pub language: String,
}

/// Who a patient is, read and sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatientDetails {
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Preferred name.
    pub preferred_name: Option<String>,
    /// Birthday.
    pub date_of_birth: Day,
    /// Sex.
    pub sex: Sex,
    /// Phone number.
    pub phone: Phone,
    /// E-mail address.
    pub email: Option<Email>,
    /// Address.
    pub address: Option<String>,
    /// Emergency contact's name.
    pub emergency_contact_name: String,
    /// Emergency contact's phone number.
    pub emergency_contact_phone: Phone,
    /// Relationship.
    pub emergency_contact_relationship: Option<String>,
    /// Language of papers for the person.
    pub language: Option<Language>,
}

/// The oldest age that a birthday may give; the longest life on record lasted 122 years (Robine & Allard 1998).
const OLDEST: u32 = 130;

impl PatientForm {
    /// Reads the form; `today` is the practice's day.
    ///
    /// # Errors
    /// Every problem of every field at once.
    pub fn parse(&self, today: Day) -> Result<PatientDetails, Problems> {
        let mut wrong = Problems::none();
        let p = &mut wrong;
        let first_name = p.keep(field::required("firstName", "the given name", &self.first_name, 100));
        let last_name = p.keep(field::required("lastName", "the family name", &self.last_name, 100));
        let preferred_name =
            p.keep(field::optional("preferredName", "the preferred name", &self.preferred_name, 100));
        let date_of_birth = p.keep(birth_date("dateOfBirth", &self.date_of_birth, today));
        let sex = p.keep(sex("sex", &self.sex));
        let phone = p.keep(Phone::parse("phone", &self.phone));
        let email = p.keep(if_any(&self.email, |text| Email::parse("email", text)));
        let address = p.keep(field::long_text("address", "the address", &self.address, 500));
        let contact = p.keep(field::required(
            "emergencyContactName",
            "the emergency contact's name",
            &self.emergency_contact_name,
            SHORT,
        ));
        let contact_phone = p.keep(Phone::parse("emergencyContactPhone", &self.emergency_contact_phone));
        let relationship = p.keep(field::optional(
            "emergencyContactRelationship",
            "the relationship",
            &self.emergency_contact_relationship,
            100,
        ));
        let language = p.keep(if_any(&self.language, |text| language("language", text)));
        let read = || {
            Some(PatientDetails {
                first_name: first_name?,
                last_name: last_name?,
                preferred_name: preferred_name?,
                date_of_birth: date_of_birth?,
                sex: sex?,
                phone: phone?,
                email: email?,
                address: address?,
                emergency_contact_name: contact?,
                emergency_contact_phone: contact_phone?,
                emergency_contact_relationship: relationship?,
                language: language?,
            })
        };
        read().ok_or(wrong)
    }
}

/// The form as it stands for a patient, for editing.
impl From<&Patient> for PatientForm {
    fn from(patient: &Patient) -> Self {
        Self {
            first_name: patient.first_name.clone(),
            last_name: patient.last_name.clone(),
            preferred_name: patient.preferred_name.clone().unwrap_or_default(),
            date_of_birth: patient.date_of_birth.to_string(),
            sex: patient.sex.to_string(),
            phone: patient.phone.clone(),
            email: patient.email.clone().unwrap_or_default(),
            address: patient.address.clone().unwrap_or_default(),
            emergency_contact_name: patient.emergency_contact_name.clone(),
            emergency_contact_phone: patient.emergency_contact_phone.clone(),
            emergency_contact_relationship: patient
                .emergency_contact_relationship
                .clone()
                .unwrap_or_default(),
            language: patient.language.map(|language| language.to_string()).unwrap_or_default(),
        }
    }
}

fn birth_date(field: &str, text: &str, today: Day) -> Result<Day, Problems> {
    let text = field::required(field, "the date of birth", text, 40)?;
    let day: Day = text.parse().map_err(|_| {
        Problems::one(
            field,
            "invalid",
            "Enter the date of birth such as 15-Mar-1985; the year has four digits.",
        )
    })?;
    if day > today {
        return Err(Problems::one(
            field,
            "in_future",
            format!("The date of birth {day} lies in the future."),
        ));
    }
    if day.age_on(today) > OLDEST {
        return Err(Problems::one(
            field,
            "too_old",
            format!("The date of birth {day} makes the patient older than {OLDEST}."),
        ));
    }
    Ok(day)
}

fn sex(field: &str, text: &str) -> Result<Sex, Problems> {
    text.trim().parse().map_err(|_| Problems::one(field, "invalid", "Choose female, male or other."))
}

fn language(field: &str, text: &str) -> Result<Language, Problems> {
    let wrong =
        |_| Problems::one(field, "invalid", "Choose English or Spanish for papers, or leave it open.");
    text.trim().parse().map_err(wrong)
}

/// Reads a text only where there is one.
pub(crate) fn if_any<T>(
    text: &str,
    parse: impl Fn(&str) -> Result<T, Problems>,
) -> Result<Option<T>, Problems> {
    if text.trim().is_empty() { Ok(None) } else { parse(text).map(Some) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Jane Doe is the mission document's invented sample patient.
    fn jane() -> PatientForm {
        PatientForm {
            first_name: "Jane".into(),
            last_name: "Doe".into(),
            date_of_birth: "1985-03-15".into(),
            sex: "female".into(),
            phone: "+1-555-0100".into(),
            emergency_contact_name: "John Doe".into(),
            emergency_contact_phone: "+1-555-0101".into(),
            ..PatientForm::default()
        }
    }

    fn today() -> Day {
        Day::of(2026, 11, 22).unwrap()
    }

    #[test]
    fn a_sound_form_is_read() {
        let details = jane().parse(today()).unwrap();
        assert_eq!(details.date_of_birth.to_string(), "15-Mar-1985");
        assert_eq!(details.email, None);
    }

    #[test]
    fn every_wrong_field_is_named_at_once() {
        let problems = PatientForm::default().parse(today()).unwrap_err();
        let fields: Vec<&str> = problems.0.iter().map(|p| p.field.as_str()).collect();
        let wanted = [
            "firstName",
            "lastName",
            "dateOfBirth",
            "sex",
            "phone",
            "emergencyContactName",
            "emergencyContactPhone",
        ];
        assert_eq!(fields, wanted);
    }

    #[test]
    fn a_birthday_lies_neither_in_the_future_nor_before_living_memory() {
        for (text, code) in [("2026-11-23", "in_future"), ("1890-01-01", "too_old"), ("someday", "invalid")] {
            let form = PatientForm { date_of_birth: text.into(), ..jane() };
            assert_eq!(form.parse(today()).unwrap_err().0[0].code, code, "{text}");
        }
    }

    #[test]
    fn names_of_any_script_and_of_one_word_are_shown_whole() {
        assert_eq!(display_name("Jane", "Doe"), "DOE, Jane");
        assert_eq!(display_name("", "Sukarno"), "SUKARNO");
        assert_eq!(display_name("Siobhán", "O'Neill-Łuk"), "O'NEILL-ŁUK, Siobhán");
    }
}
