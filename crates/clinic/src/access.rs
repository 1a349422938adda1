//! Who may do what: the whole permission table in one match.

use crate::provider::Role;
use std::fmt;

/// Something that a person may be allowed to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// See the day board, appointments and the schedule.
    ReadSchedule,
    /// Book, move, cancel, check in.
    WriteSchedule,
    /// Find patients and see who they are.
    ReadPatients,
    /// Register patients and edit who they are.
    WritePatients,
    /// See the chart: allergies, conditions, medications, vitals, visits, documents.
    ReadChart,
    /// Keep allergies, conditions, medications and documents.
    WriteChart,
    /// Take vital signs.
    WriteVitals,
    /// Write and edit the draft record of a visit and its rows; use the scribe.
    WriteRecord,
    /// Sign a record, add an addendum.
    SignRecord,
    /// Record a patient's answer to a request for consent.
    RecordConsent,
    /// Read the audit trail.
    ReadAudit,
    /// Change the practice's settings.
    WriteSettings,
    /// Add, disable and change providers.
    ManageProviders,
    /// Make and revoke one's own API tokens.
    ManageOwnTokens,
    /// Browse and edit the database itself, in the studio.
    BrowseDatabase,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 15] = [
        Self::ReadSchedule,
        Self::WriteSchedule,
        Self::ReadPatients,
        Self::WritePatients,
        Self::ReadChart,
        Self::WriteChart,
        Self::WriteVitals,
        Self::WriteRecord,
        Self::SignRecord,
        Self::RecordConsent,
        Self::ReadAudit,
        Self::WriteSettings,
        Self::ManageProviders,
        Self::ManageOwnTokens,
        Self::BrowseDatabase,
    ];

    /// What the action is called in a refusal: "Your role may not …".
    pub fn in_words(self) -> &'static str {
        match self {
            Self::ReadSchedule => "see the schedule",
            Self::WriteSchedule => "change the schedule",
            Self::ReadPatients => "see patients",
            Self::WritePatients => "change patients",
            Self::ReadChart => "see charts",
            Self::WriteChart => "change charts",
            Self::WriteVitals => "take vital signs",
            Self::WriteRecord => "write records",
            Self::SignRecord => "sign records",
            Self::RecordConsent => "record consent",
            Self::ReadAudit => "read the audit trail",
            Self::WriteSettings => "change settings",
            Self::ManageProviders => "manage providers",
            Self::ManageOwnTokens => "manage tokens",
            Self::BrowseDatabase => "browse the database",
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.in_words())
    }
}

/// Whether a role may do something. Denied unless named here.
pub fn may(role: Role, action: Action) -> bool {
    match action {
        Action::ReadSchedule
        | Action::WriteSchedule
        | Action::ReadPatients
        | Action::WritePatients
        | Action::ReadChart
        | Action::WriteChart
        | Action::WriteVitals
        | Action::RecordConsent
        | Action::ManageOwnTokens => true,
        Action::WriteRecord | Action::SignRecord => matches!(role, Role::Provider | Role::Admin),
        Action::ReadAudit | Action::WriteSettings | Action::ManageProviders | Action::BrowseDatabase => {
            matches!(role, Role::Admin)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn staff_never_write_or_sign_records_and_only_admins_run_the_system() {
        for action in Action::ALL {
            assert!(may(Role::Admin, action), "{action}");
        }
        for action in [Action::WriteRecord, Action::SignRecord] {
            assert!(!may(Role::Staff, action));
            assert!(may(Role::Provider, action));
        }
        for action in
            [Action::ReadAudit, Action::WriteSettings, Action::ManageProviders, Action::BrowseDatabase]
        {
            assert!(!may(Role::Staff, action));
            assert!(!may(Role::Provider, action));
        }
    }
}
