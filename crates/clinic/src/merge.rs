//! Two charts of one person become one: which details the chart that stays takes from the other, and what they were
//! before, so that it can be taken back.

use crate::patient::Patient;
use std::fmt;
use std::str::FromStr;

/// A detail of a patient that is chosen in a merge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MergeField {
    /// Given name.
    FirstName,
    /// Family name.
    LastName,
    /// What the person wants to be called.
    PreferredName,
    /// Birthday.
    DateOfBirth,
    /// Sex.
    Sex,
    /// Phone.
    Phone,
    /// E-mail.
    Email,
    /// Postal address.
    Address,
    /// Whom to call.
    EmergencyContactName,
    /// Phone of that person.
    EmergencyContactPhone,
    /// What that person is to the patient.
    EmergencyContactRelationship,
    /// Language of papers for the person.
    Language,
    /// Day of death.
    DeceasedOn,
}

impl MergeField {
    /// Every detail, in the order of the form.
    pub const ALL: [Self; 13] = [
        Self::LastName,
        Self::FirstName,
        Self::PreferredName,
        Self::DateOfBirth,
        Self::Sex,
        Self::Phone,
        Self::Email,
        Self::Address,
        Self::EmergencyContactName,
        Self::EmergencyContactPhone,
        Self::EmergencyContactRelationship,
        Self::Language,
        Self::DeceasedOn,
    ];

    /// The name in forms and in the audit trail.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FirstName => "firstName",
            Self::LastName => "lastName",
            Self::PreferredName => "preferredName",
            Self::DateOfBirth => "dateOfBirth",
            Self::Sex => "sex",
            Self::Phone => "phone",
            Self::Email => "email",
            Self::Address => "address",
            Self::EmergencyContactName => "emergencyContactName",
            Self::EmergencyContactPhone => "emergencyContactPhone",
            Self::EmergencyContactRelationship => "emergencyContactRelationship",
            Self::Language => "language",
            Self::DeceasedOn => "deceasedOn",
        }
    }

    /// The detail as people call it.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::FirstName => "Given name",
            Self::LastName => "Family name",
            Self::PreferredName => "Preferred name",
            Self::DateOfBirth => "Birth date",
            Self::Sex => "Sex",
            Self::Phone => "Phone",
            Self::Email => "E-mail",
            Self::Address => "Address",
            Self::EmergencyContactName => "Emergency contact",
            Self::EmergencyContactPhone => "Emergency contact's phone",
            Self::EmergencyContactRelationship => "Relationship",
            Self::Language => "Language for papers",
            Self::DeceasedOn => "Day of death",
        }
    }

    /// What a patient has there; empty where nothing is known.
    pub fn of(self, patient: &Patient) -> String {
        let some = |text: &Option<String>| text.clone().unwrap_or_default();
        match self {
            Self::FirstName => patient.first_name.clone(),
            Self::LastName => patient.last_name.clone(),
            Self::PreferredName => some(&patient.preferred_name),
            Self::DateOfBirth => patient.date_of_birth.to_string(),
            Self::Sex => patient.sex.to_string(),
            Self::Phone => patient.phone.clone(),
            Self::Email => some(&patient.email),
            Self::Address => some(&patient.address),
            Self::EmergencyContactName => patient.emergency_contact_name.clone(),
            Self::EmergencyContactPhone => patient.emergency_contact_phone.clone(),
            Self::EmergencyContactRelationship => some(&patient.emergency_contact_relationship),
            Self::Language => {
                patient.language.map(|language| language.own_name().to_owned()).unwrap_or_default()
            }
            Self::DeceasedOn => patient.deceased_on.map(|day| day.to_string()).unwrap_or_default(),
        }
    }

    /// Puts into `patient` what the other has there.
    fn take(self, patient: &mut Patient, other: &Patient) {
        match self {
            Self::FirstName => patient.first_name.clone_from(&other.first_name),
            Self::LastName => patient.last_name.clone_from(&other.last_name),
            Self::PreferredName => patient.preferred_name.clone_from(&other.preferred_name),
            Self::DateOfBirth => patient.date_of_birth = other.date_of_birth,
            Self::Sex => patient.sex = other.sex,
            Self::Phone => patient.phone.clone_from(&other.phone),
            Self::Email => patient.email.clone_from(&other.email),
            Self::Address => patient.address.clone_from(&other.address),
            Self::EmergencyContactName => {
                patient.emergency_contact_name.clone_from(&other.emergency_contact_name);
            }
            Self::EmergencyContactPhone => {
                patient.emergency_contact_phone.clone_from(&other.emergency_contact_phone);
            }
            Self::EmergencyContactRelationship => {
                patient.emergency_contact_relationship.clone_from(&other.emergency_contact_relationship);
            }
            Self::Language => patient.language = other.language,
            Self::DeceasedOn => patient.deceased_on = other.deceased_on,
        }
    }
}

impl fmt::Display for MergeField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that names no detail.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a detail of a patient")]
pub struct NotAField;

impl FromStr for MergeField {
    type Err = NotAField;

    fn from_str(text: &str) -> Result<Self, NotAField> {
        Self::ALL.into_iter().find(|field| field.as_str() == text).ok_or(NotAField)
    }
}

/// The patient who stays, with the chosen details of the other. The number, and what belongs to the row, stay.
pub fn merged(kept: &Patient, other: &Patient, from_other: &[MergeField]) -> Patient {
    let mut merged = kept.clone();
    for field in from_other {
        field.take(&mut merged, other);
    }
    merged
}

/// The patient as before a merge, and the details that stay as they are because somebody changed them since.
pub fn restored(now: &Patient, before: &Patient, after: &Patient) -> (Patient, Vec<MergeField>) {
    let mut restored = now.clone();
    let mut stayed = Vec::new();
    for field in MergeField::ALL {
        if field.of(before) == field.of(after) {
            continue;
        }
        if field.of(now) == field.of(after) {
            field.take(&mut restored, before);
        } else {
            stayed.push(field);
        }
    }
    let asserted = |patient: &Patient| (patient.no_known_allergies_by, patient.no_known_allergies_at);
    if asserted(now) == asserted(after) {
        (restored.no_known_allergies_by, restored.no_known_allergies_at) = asserted(before);
    }
    (restored, stayed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::patient::Sex;
    use crate::time::{Day, Instant};
    use uuid::Uuid;

    /// An invented patient.
    fn ana(first: &str, phone: &str, email: Option<&str>) -> Patient {
        Patient {
            id: Uuid::nil().into(),
            record_number: "MR-1".to_owned(),
            first_name: first.to_owned(),
            last_name: "Kern".to_owned(),
            preferred_name: None,
            date_of_birth: Day::of(1980, 2, 3).unwrap(),
            sex: Sex::Female,
            phone: phone.to_owned(),
            email: email.map(str::to_owned),
            address: None,
            emergency_contact_name: "Bo Kern".to_owned(),
            emergency_contact_phone: "555-0102".to_owned(),
            emergency_contact_relationship: None,
            language: None,
            deceased_on: None,
            no_known_allergies_by: None,
            no_known_allergies_at: None,
            created_at: Instant::from_millis(0),
            updated_at: Instant::from_millis(0),
            version: 1,
        }
    }

    #[test]
    fn only_the_chosen_details_are_taken_over() {
        let (kept, other) = (ana("Ana", "1", None), ana("Anna", "2", Some("ana@example.com")));
        let both = merged(&kept, &other, &[MergeField::Email, MergeField::FirstName]);
        assert_eq!(both, Patient { first_name: "Anna".into(), email: other.email.clone(), ..kept.clone() });
        assert_eq!(merged(&kept, &other, &[]), kept);
        let all = merged(&kept, &other, &MergeField::ALL);
        for field in MergeField::ALL {
            assert_eq!(field.of(&all), field.of(&other), "{field}");
        }
    }

    #[test]
    fn taking_back_restores_what_the_merge_changed_and_leaves_what_was_changed_since() {
        let (before, after) = (ana("Ana", "1", None), ana("Anna", "2", None));
        assert_eq!(restored(&after, &before, &after), (before.clone(), Vec::new()));
        let now = Patient { phone: "3".into(), email: Some("new@example.com".into()), ..after.clone() };
        let (back, stayed) = restored(&now, &before, &after);
        assert_eq!(stayed, [MergeField::Phone]);
        assert_eq!((back.first_name.as_str(), back.phone.as_str()), ("Ana", "3"));
        assert_eq!(back.email.as_deref(), Some("new@example.com"), "it has nothing to do with the merge");
    }

    #[test]
    fn every_detail_survives_its_word() {
        for field in MergeField::ALL {
            assert_eq!(field.as_str().parse(), Ok(field));
        }
    }
}
