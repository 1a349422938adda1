//! The audit trail: who did what to which record when, chained so that a change by hand is found.
//!
//! Events lie in lanes, each a chain of its own: an event's hash covers its content and the hash before it. Lanes
//! let PostgreSQL commit several requests at once; SQLite has one writer and uses lane 0.

use crate::clock::Chance;
use crate::column::{At, Key, Word};
use crate::database::{Conn, Held, Store, on};
use crate::desk::{Actor, Desk};
use crate::error::{Refusal, StoreError};
use medrecord_clinic::ids::{PatientId, uuid_at};
use medrecord_clinic::time::Instant;
use serde_json::Value;
use sha2::{Digest, Sha256};
use sqlx::types::Json;
use std::borrow::Cow;
use uuid::Uuid;

mod events;
mod verify;
pub(crate) mod whose;

pub use events::{Entry, EventFilter, export_after, list};
pub use verify::{Verdict, verify};

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

const LANE_SQLITE: &str = "SELECT lane, head_seq, head_hash FROM audit_lanes WHERE lane = 0";
/// Takes any free lane, so that requests do not wait for each other's commit.
const LANE_POSTGRES: &str =
    "SELECT lane, head_seq, head_hash FROM audit_lanes ORDER BY lane LIMIT 1 FOR UPDATE SKIP LOCKED";
const LANE_POSTGRES_WAIT: &str =
    "SELECT lane, head_seq, head_hash FROM audit_lanes WHERE lane = 0 FOR UPDATE";
const APPEND: &str =
    "INSERT INTO audit_events (lane, seq, id, at, actor_id, actor_name, actor_role, via, action, entity,
        entity_id, patient_id, outcome, detail, address, prev_hash, hash)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)";
const ADVANCE: &str = "UPDATE audit_lanes SET head_seq = $2, head_hash = $3 WHERE lane = $1";

/// Appends events to a lane of the trail inside the open transaction.
pub(crate) async fn write(
    held: &mut Held,
    actor: &Actor,
    now: Instant,
    store: &Store,
    events: Vec<Event>,
) -> Result<(), StoreError> {
    let (lane, mut seq, mut head) = free_lane(held).await?;
    for event in events {
        seq += 1;
        let link = Link::new(event, actor, now, store.chance(), (lane, seq, head))?;
        append(held, &link).await?;
        head = link.hash;
    }
    on!(held, conn => {
        sqlx::query(ADVANCE).bind(lane).bind(seq).bind(&head).execute(conn).await.map(|_| ())
    })?;
    Ok(())
}

async fn free_lane(held: &mut Held) -> Result<(i16, i64, String), StoreError> {
    let found = match held.conn() {
        Conn::Sqlite(conn) => sqlx::query_as(LANE_SQLITE).fetch_optional(conn).await?,
        Conn::Postgres(conn) => match sqlx::query_as(LANE_POSTGRES).fetch_optional(&mut *conn).await? {
            None => sqlx::query_as(LANE_POSTGRES_WAIT).fetch_optional(conn).await?,
            found => found,
        },
    };
    found.ok_or(StoreError::Inconsistent { table: "audit_lanes", column: "lane", id: "0".to_owned() })
}

/// An event in its place in the chain.
struct Link {
    lane: i16,
    seq: i64,
    id: Uuid,
    at: Instant,
    actor: Actor,
    event: Event,
    previous: String,
    hash: String,
}

impl Link {
    fn new(
        event: Event,
        actor: &Actor,
        at: Instant,
        chance: &Chance,
        (lane, seq, previous): (i16, i64, String),
    ) -> Result<Self, StoreError> {
        let id = uuid_at(at, chance.bytes()?);
        let mut link = Self { lane, seq, id, at, actor: actor.clone(), event, previous, hash: String::new() };
        link.hash = link.digest();
        Ok(link)
    }

    fn digest(&self) -> String {
        let Event { verb, entity, entity_id, patient, outcome, detail } = &self.event;
        let text = |id: &Option<Uuid>| id.map(|id| id.to_string());
        digest(&[
            Some(self.previous.clone()),
            Some(self.lane.to_string()),
            Some(self.seq.to_string()),
            Some(self.id.to_string()),
            Some(self.at.to_string()),
            self.actor.id.map(|id| id.to_string()),
            Some(self.actor.name.clone()),
            Some(self.actor.role_word().to_owned()),
            Some(self.actor.via.as_str().to_owned()),
            Some(verb.as_str().to_owned()),
            Some(entity.clone().into_owned()),
            text(entity_id),
            patient.map(|patient| patient.to_string()),
            Some(outcome.as_str().to_owned()),
            detail.as_ref().map(canonical),
            self.actor.address.clone(),
        ])
    }
}

async fn append(held: &mut Held, link: &Link) -> Result<(), StoreError> {
    let Event { verb, entity, entity_id, patient, outcome, detail } = &link.event;
    on!(held, conn => {
        sqlx::query(APPEND)
            .bind(link.lane)
            .bind(link.seq)
            .bind(Key(link.id))
            .bind(At(link.at))
            .bind(link.actor.id.map(Key::of))
            .bind(&link.actor.name)
            .bind(link.actor.role_word())
            .bind(Word(link.actor.via))
            .bind(verb.as_str())
            .bind(entity.as_ref())
            .bind(entity_id.map(Key))
            .bind(patient.map(Key::of))
            .bind(Word(*outcome))
            .bind(detail.as_ref().map(Json))
            .bind(&link.actor.address)
            .bind(&link.previous)
            .bind(&link.hash)
            .execute(conn)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// The hash over the fields of a link; each is preceded by its length, so that no two lists run together.
fn digest(fields: &[Option<String>]) -> String {
    let mut hasher = Sha256::new();
    for field in fields {
        match field {
            None => hasher.update(b"-;"),
            Some(text) => {
                hasher.update(format!("{}:", text.len()));
                hasher.update(text);
                hasher.update(b";");
            }
        }
    }
    crate::hex::encode(&hasher.finalize())
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
