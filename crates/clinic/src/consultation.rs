//! What is kept of a consultation that the scribe heard: consent, recording, transcript, and what was drafted from it.
//!
//! The scribe proposes and a person decides: nothing here is part of the record until somebody took it over.

use crate::ids::{ConsentId, EvidenceId, RecordingId, TranscriptId};
use crate::time::Instant;
use serde::Serialize;
use std::str::FromStr;

/// A word that is not of the expected list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not one of the known words")]
pub struct UnknownWord;

/// Declares an enum whose values are words in databases and interfaces.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $word)] $variant),+
        }

        impl $name {
            /// The word in databases and interfaces.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),+
                }
            }
        }

        impl FromStr for $name {
            type Err = UnknownWord;

            fn from_str(text: &str) -> Result<Self, UnknownWord> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(UnknownWord),
                }
            }
        }
    };
}

words! {
    /// What the patient said when asked whether the visit may be recorded.
    ConsentDecision {
        /// Yes.
        Granted = "granted",
        /// No.
        Refused = "refused",
        /// Yes at first, no later.
        Withdrawn = "withdrawn",
    }
}

words! {
    /// How far a recording is.
    RecordingState {
        /// Chunks are still coming.
        Recording = "recording",
        /// All chunks are here; it waits to be heard.
        Finished = "finished",
        /// It was turned into a transcript.
        Transcribed = "transcribed",
        /// It could not be turned into a transcript; the audio is kept.
        Failed = "failed",
        /// A person threw it away.
        Discarded = "discarded",
    }
}

words! {
    /// Where a transcript comes from.
    TranscriptSource {
        /// Typed or pasted into the page.
        Pasted = "pasted",
        /// A text file.
        Uploaded = "uploaded",
        /// Heard by the speech engine.
        Speech = "speech",
    }
}

words! {
    /// Who speaks in a segment.
    Speaker {
        /// The clinician.
        Doctor = "doctor",
        /// The patient.
        Patient = "patient",
        /// Somebody else in the room.
        Other = "other",
        /// Not known.
        Unknown = "unknown",
    }
}

words! {
    /// How a drafted item stands against what was said and what the chart holds.
    EvidenceKind {
        /// The transcript says it.
        Supported = "supported",
        /// Only the chart says it.
        ChartOnly = "chart_only",
        /// Neither says it as it stands.
        Unsupported = "unsupported",
        /// The chart says otherwise.
        Contradicts = "contradicts",
    }
}

words! {
    /// What a person did with a drafted item.
    Decision {
        /// Nothing yet.
        Proposed = "proposed",
        /// Taken over word for word.
        Accepted = "accepted",
        /// Taken over with other words.
        Edited = "edited",
        /// Not taken over.
        Rejected = "rejected",
    }
}

words! {
    /// What sort of word must be right in a record.
    CriticalKind {
        /// A medicine.
        Drug = "drug",
        /// How much of it.
        Dose = "dose",
        /// The unit of the dose.
        Unit = "unit",
        /// How often it is taken.
        Frequency = "frequency",
        /// Left or right.
        Side = "side",
        /// That something is not there.
        Negation = "negation",
        /// What the patient does not tolerate.
        Allergy = "allergy",
        /// Thoughts of suicide.
        Suicidality = "suicidality",
    }
}

/// A word of a drafted item that must be right and was not said in this form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Critical {
    /// What sort of word it is.
    pub kind: CriticalKind,
    /// The word, as it stands in the item.
    pub words: String,
    /// When a person confirmed it.
    pub confirmed_at: Option<Instant>,
}

/// A patient's answer to the question whether the visit may be recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Consent {
    /// Its id.
    pub id: ConsentId,
    /// What the patient said.
    pub decision: ConsentDecision,
    /// Who asked, by name.
    pub asked_by: String,
    /// When.
    pub asked_at: Instant,
    /// Whether it was asked for this visit, not for an earlier one.
    pub for_this_visit: bool,
}

/// A recording of a consultation; its bytes lie in the data folder, not in the database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Recording {
    /// Its id.
    pub id: RecordingId,
    /// How far it is.
    pub state: RecordingState,
    /// Its media type, such as `audio/webm`.
    pub media_type: String,
    /// The name of the uploaded file.
    pub file_name: Option<String>,
    /// Bytes received so far.
    pub byte_count: i64,
    /// Its length, once heard.
    pub duration_ms: Option<i64>,
    /// When it began.
    pub started_at: Instant,
    /// Why it could not be heard.
    pub failure: Option<String>,
}

/// A consultation in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Transcript {
    /// Its id.
    pub id: TranscriptId,
    /// The recording it was heard from, if any.
    pub recording_id: Option<RecordingId>,
    /// Where it comes from.
    pub source: TranscriptSource,
    /// The engine that heard it.
    pub engine: Option<String>,
    /// When it was made.
    pub created_at: Instant,
    /// What was said, in order.
    pub segments: Vec<Segment>,
}

/// One turn, or one timed piece of a turn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Segment {
    /// Its place in the transcript, from 0; evidence refers to it.
    pub index: i32,
    /// Who speaks.
    pub speaker: Speaker,
    /// Milliseconds from the start of the recording.
    pub start_ms: Option<i32>,
    /// Milliseconds from the start of the recording.
    pub end_ms: Option<i32>,
    /// What is said.
    pub text: String,
}

/// A drafted sentence or item with what it rests on and what a person did with it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Evidence {
    /// Its id.
    pub id: EvidenceId,
    /// Its place in the draft.
    pub position: i32,
    /// What it is for: a field such as `historyOfPresentIllness`, or `symptom`, `prescription`, `vitals`, `order`.
    pub target: String,
    /// What was drafted, as text.
    pub text: String,
    /// The item's fields, where it is more than a sentence.
    pub payload: Option<serde_json::Value>,
    /// The segments it rests on.
    pub segments: Vec<i32>,
    /// Where the first of them begins in the recording.
    pub start_ms: Option<i32>,
    /// How it stands against transcript and chart.
    pub kind: EvidenceKind,
    /// What a reader must look at, in words.
    pub flags: Vec<String>,
    /// What must be confirmed, word by word, before it may be taken over.
    pub to_confirm: Vec<Critical>,
    /// What a person did with it.
    pub decision: Decision,
    /// Who decided, by name.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<Instant>,
    /// The words that were taken over, where they differ.
    pub final_text: Option<String>,
    /// The row's version, for optimistic updates.
    pub version: i32,
}

/// How the warning of every statement begins that was said and is no part of the draft itself.
const OFFERED: &str = "Said, and not in the draft";

/// The warning on a statement that was said and left out of the draft: an offer, which nobody must answer.
pub const LEFT_OUT: &str = "Said, and not in the draft; accept it if it belongs into the note";

/// Whether warnings are those of a statement that is no part of the draft but offered beside it, as said and left out.
pub fn is_offered(flags: &[String]) -> bool {
    flags.iter().any(|flag| flag.starts_with(OFFERED))
}

/// Whether a person must look at an item of this kind with these warnings: it bears one, or neither transcript nor chart hold it.
pub fn is_flagged(kind: EvidenceKind, flags: &[String]) -> bool {
    flags.iter().any(|flag| flag != LEFT_OUT) || kind != EvidenceKind::Supported
}

impl Evidence {
    /// The words that nobody confirmed yet.
    pub fn unconfirmed(&self) -> impl Iterator<Item = &Critical> {
        self.to_confirm.iter().filter(|word| word.confirmed_at.is_none())
    }

    /// Whether a person must look before it is taken over: it bears a warning, or neither transcript nor chart hold it.
    pub fn is_flagged(&self) -> bool {
        is_flagged(self.kind, &self.flags)
    }

    /// Whether it may be taken over together with others: no warning, no offer, no word to confirm.
    pub fn is_clear(&self) -> bool {
        self.flags.is_empty() && !self.is_flagged() && self.unconfirmed().next().is_none()
    }
}
