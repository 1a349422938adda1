//! The audit trail: who did what to which record when, chained so that a change by hand is found.
//!
//! Events lie in lanes, each a chain of its own: an event's hash covers its content and the hash before it. Lanes
//! let PostgreSQL commit several requests at once; SQLite has one writer and uses lane 0.

use crate::desk::Desk;
use crate::error::Refusal;
use medrecord_clinic::ids::PatientId;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use uuid::Uuid;

mod append;
mod events;
mod journal;
mod notes;
mod verify;
pub(crate) mod whose;

pub use events::{Entry, EventFilter, export_after, list};
pub use verify::{Verdict, verify};

pub(crate) use append::{Deed, write};
pub(crate) use notes::Notes;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// Looked at one thing.
    Read,
    /// Looked for things, or at a list of them.
    Search,
    /// Made something new.
    Create,
    /// Changed something.
    Update,
    /// Took something off.
    Delete,
    /// Signed a record.
    Sign,
    /// Printed something.
    Print,
    /// Took data out.
    Export,
    /// Listened to a recording.
    Listen,
    /// Signed in.
    SignIn,
    /// Signed out, or was signed out.
    SignOut,
}

impl Verb {
    /// The word in the trail.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Search => "search",
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Sign => "sign",
            Self::Print => "print",
            Self::Export => "export",
            Self::Listen => "listen",
            Self::SignIn => "sign_in",
            Self::SignOut => "sign_out",
        }
    }
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was done.
    Done,
    /// It was not allowed, or the rules forbade it.
    Refused,
    /// It broke.
    Failed,
}

impl Outcome {
    /// The word in the trail.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

impl std::str::FromStr for Outcome {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Done, Self::Refused, Self::Failed]
            .into_iter()
            .find(|outcome| outcome.as_str() == text)
            .ok_or(())
    }
}

/// Something that happened, before it has its place in the chain.
#[derive(Debug, Clone)]
pub struct Event {
    verb: Verb,
    entity: Cow<'static, str>,
    entity_id: Option<Uuid>,
    patient: Option<PatientId>,
    outcome: Outcome,
    detail: Option<Value>,
}

impl Event {
    /// An event about a kind of thing, named as its table in the singular.
    pub fn new(verb: Verb, entity: impl Into<Cow<'static, str>>) -> Self {
        Self {
            verb,
            entity: entity.into(),
            entity_id: None,
            patient: None,
            outcome: Outcome::Done,
            detail: None,
        }
    }

    /// The same about one thing.
    #[must_use]
    pub fn about(mut self, id: impl Into<Uuid>) -> Self {
        self.entity_id = Some(id.into());
        self
    }

    /// The same concerning a patient.
    #[must_use]
    pub fn of_patient(mut self, patient: PatientId) -> Self {
        self.patient = Some(patient);
        self
    }

    /// The same, refused or failed.
    #[must_use]
    pub fn ended(mut self, outcome: Outcome) -> Self {
        self.outcome = outcome;
        self
    }

    /// The same with more to say; never a name, a note's text or a secret: field names, counts, codes.
    #[must_use]
    pub fn with(mut self, detail: Value) -> Self {
        self.detail = Some(detail);
        self
    }
}

/// The hash over the fields of a link.
fn digest<'a>(fields: impl IntoIterator<Item = Option<&'a str>>) -> String {
    crate::hex::encode(&Sha256::digest(joined(fields)))
}

/// Fields in a row, each preceded by its length in bytes, so that no two lists run together.
fn joined<'a>(fields: impl IntoIterator<Item = Option<&'a str>>) -> String {
    let mut text = String::with_capacity(512);
    for field in fields {
        match field {
            None => text.push_str("-;"),
            Some(field) => {
                text.push_str(&field.len().to_string());
                text.push(':');
                text.push_str(field);
                text.push(';');
            }
        }
    }
    text
}

/// A JSON value as text with sorted keys; PostgreSQL's `jsonb` does not keep the order in which they came.
fn canonical(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort();
            let members: Vec<String> = keys
                .into_iter()
                .filter_map(|key| {
                    map.get(key).map(|v| format!("{}:{}", Value::from(key.as_str()), canonical(v)))
                })
                .collect();
            format!("{{{}}}", members.join(","))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.to_string(),
    }
}

/// Says that somebody did something to a patient's data; the short way for use cases.
impl Desk {
    /// Notes that a thing of a patient was read, made, changed and so on.
    pub fn did(&mut self, verb: Verb, entity: &'static str, id: impl Into<Uuid>, patient: PatientId) {
        self.record(Event::new(verb, entity).about(id).of_patient(patient));
    }

    /// Waits for the events of reading that are on their way into the trail, before it is shown. A desk that writes does
    /// not: the trail waits for it.
    async fn settle(&self) {
        if self.only_reads() {
            self.store().settle().await;
        }
    }

    /// Refuses in the trail's words: what the web layer notes when a use case said no.
    pub fn refusal_event(refusal: &Refusal, entity: &'static str) -> Event {
        let code = match refusal {
            Refusal::NotFound(_) => "not_found",
            Refusal::NotAllowed(_) => "not_allowed",
            Refusal::NobodySignedIn => "not_signed_in",
            Refusal::Stale { .. } => "stale",
            Refusal::Invalid(_) => "invalid",
            Refusal::Signed => "signed",
            Refusal::Rule(_) => "rule",
            Refusal::Store(_) => "failed",
        };
        let outcome = if matches!(refusal, Refusal::Store(_)) { Outcome::Failed } else { Outcome::Refused };
        Event::new(Verb::Update, entity).ended(outcome).with(serde_json::json!({ "code": code }))
    }
}
