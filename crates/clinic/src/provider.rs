//! The people who work in the practice and sign in: what a provider is and which role each has.

use crate::contact::Email;
use crate::field::{self, Problems, SHORT};
use crate::ids::ProviderId;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What somebody is in the practice; decides what they may do (see [`crate::access`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Treats patients, writes and signs records.
    Provider,
    /// Runs the desk and the rooms; reads the chart, takes vitals, never signs.
    Staff,
    /// Treats patients and runs the system.
    Admin,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 3] = [Self::Provider, Self::Staff, Self::Admin];

    /// The word in databases, interfaces and commands.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Provider => "provider",
            Self::Staff => "staff",
            Self::Admin => "admin",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that names no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a role: use provider, staff or admin")]
pub struct NotARole;

impl FromStr for Role {
    type Err = NotARole;

    fn from_str(text: &str) -> Result<Self, NotARole> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or(NotARole)
    }
}

/// Somebody who works in the practice; without the password's hash, which never leaves `store`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Provider {
    /// Its id.
    pub id: ProviderId,
    /// The address to sign in with.
    pub email: String,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Field of practice, such as General Practice.
    pub specialty: Option<String>,
    /// Number of the licence to practise; printed on prescriptions.
    pub license_number: Option<String>,
    /// Phone number.
    pub phone: Option<String>,
    /// What the person is in the practice.
    pub role: Role,
    /// Whether the person may sign in no more.
    pub disabled: bool,
    /// The row's version, for optimistic updates.
    pub version: i32,
}

impl Provider {
    /// The name as people write it: `John Smith`.
    pub fn full_name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
    }
}

/// What somebody typed about a person of the practice, unread.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ProviderForm {
    /// The address to sign in with.
    pub email: String,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Field of practice; may be empty.
    pub specialty: String,
    /// Licence number; may be empty.
    pub license_number: String,
    /// What the person is in the practice.
    pub role: String,
}

/// Who a person of the practice is, read and sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderDetails {
    /// The address to sign in with.
    pub email: Email,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Field of practice.
    pub specialty: Option<String>,
    /// Licence number.
    pub license_number: Option<String>,
    /// What the person is in the practice.
    pub role: Role,
}

impl ProviderForm {
    /// Reads the form.
    ///
    /// # Errors
    /// Every problem of every field at once.
    pub fn parse(&self) -> Result<ProviderDetails, Problems> {
        let mut wrong = Problems::none();
        let p = &mut wrong;
        let first_name = p.keep(field::required("firstName", "a given name", &self.first_name, SHORT));
        let last_name = p.keep(field::required("lastName", "a family name", &self.last_name, SHORT));
        let email = p.keep(Email::parse("email", &self.email));
        let specialty = p.keep(field::optional("specialty", "the specialty", &self.specialty, SHORT));
        let license =
            p.keep(field::optional("licenseNumber", "the licence number", &self.license_number, SHORT));
        let role = p.keep(self.role.parse().map_err(|_| Problems::one("role", "invalid", "Choose a role.")));
        let read = || {
            Some(ProviderDetails {
                email: email?,
                first_name: first_name?,
                last_name: last_name?,
                specialty: specialty?,
                license_number: license?,
                role: role?,
            })
        };
        read().filter(|_| wrong.is_empty()).ok_or(wrong)
    }
}

impl From<&Provider> for ProviderForm {
    fn from(person: &Provider) -> Self {
        Self {
            email: person.email.clone(),
            first_name: person.first_name.clone(),
            last_name: person.last_name.clone(),
            specialty: person.specialty.clone().unwrap_or_default(),
            license_number: person.license_number.clone().unwrap_or_default(),
            role: person.role.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wrong_field_of_a_colleague_is_named_at_once() {
        let problems =
            ProviderForm { email: "nobody".into(), ..ProviderForm::default() }.parse().unwrap_err();
        let fields: Vec<&str> = problems.0.iter().map(|p| p.field.as_str()).collect();
        assert_eq!(fields, ["firstName", "lastName", "email", "role"]);
        let form = ProviderForm {
            email: "ann@example.com".into(),
            first_name: "Ann".into(),
            last_name: "Example".into(),
            role: "staff".into(),
            ..ProviderForm::default()
        };
        let details = form.parse().unwrap();
        assert_eq!((details.role, details.specialty), (Role::Staff, None));
    }
}
