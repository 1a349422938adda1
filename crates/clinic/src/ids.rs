//! Typed identifiers: a UUID version 7 under the name of what it identifies.
//!
//! An id is made from an instant and ten given random bytes, never from a clock or chance of its own.

use crate::time::Instant;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// Makes the UUID of version 7 that belongs to an instant and ten random bytes.
pub fn uuid_at(at: Instant, random: [u8; 10]) -> Uuid {
    let millis = u64::try_from(at.millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

/// A text that is not an identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier")]
pub struct NotAnId;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// Makes the id that belongs to an instant and ten random bytes.
            pub fn at(at: Instant, random: [u8; 10]) -> Self {
                Self(uuid_at(at, random))
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                Uuid::try_parse(text).map(Self).map_err(|_| NotAnId)
            }
        }
    )+};
}

ids! {
    /// Identifies a [`crate::provider::Provider`].
    ProviderId,
    /// Identifies a [`crate::patient::Patient`].
    PatientId,
    /// Identifies an allergy on a patient's list.
    AllergyId,
    /// Identifies a chronic condition on a patient's list.
    ConditionId,
    /// Identifies a medication on a patient's list.
    MedicationId,
    /// Identifies an appointment.
    AppointmentId,
    /// Identifies the medical record of one appointment.
    RecordId,
    /// Identifies a symptom row of a medical record.
    SymptomId,
    /// Identifies a prescription row of a medical record.
    PrescriptionId,
    /// Identifies a set of vital signs.
    VitalsId,
    /// Identifies an addendum to a signed record.
    AddendumId,
    /// Identifies a document kept with a patient.
    AttachmentId,
    /// Identifies a letter that was written from a signed record and kept.
    LetterId,
    /// Identifies a patient's answer to a request for consent.
    ConsentId,
    /// Identifies a recording of a consultation.
    RecordingId,
    /// Identifies a transcript of a consultation.
    TranscriptId,
    /// Identifies one run of the scribe.
    ScribeRunId,
    /// Identifies a drafted sentence or item with its evidence.
    EvidenceId,
    /// Identifies a sign-in session.
    SessionId,
    /// Identifies an API token.
    TokenId,
    /// Identifies a secret link to a calendar without names.
    CalendarLinkId,
    /// Identifies a second proof at sign-in.
    SecondFactorId,
    /// Identifies a merge of two charts of the same person.
    MergeId,
    /// Identifies a time when nobody is booked.
    BlockedTimeId,
    /// Identifies words that a provider writes in place of drafted ones.
    OwnWordingId,
    /// Identifies a row of what is drafted for a provider.
    DraftTemplateId,
    /// Identifies a provider's own template of a note.
    NoteTemplateId,
    /// Identifies somebody's place on the waiting list.
    WaitingId,
    /// Identifies a phrase that an abbreviation becomes.
    PhraseId,
    /// Identifies a row of follow-ups that were booked together.
    SeriesId,
    /// Identifies a piece of background work.
    JobId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_version_seven_sorts_by_time_and_survives_text() {
        let early = PatientId::at(Instant::from_millis(1_000), [9; 10]);
        let late = PatientId::at(Instant::from_millis(2_000), [0; 10]);
        assert_eq!(early.0.get_version_num(), 7);
        assert!(early < late);
        assert_eq!(early.to_string().parse::<PatientId>(), Ok(early));
        assert_eq!("nonsense".parse::<PatientId>(), Err(NotAnId));
    }
}
