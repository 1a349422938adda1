//! The people who work in the practice and sign in: what a provider is and which role each has.

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
