//! The trail as people read it: newest first, by patient or by person.

use super::{Event, Verb};
use crate::column::{At, Key};
use crate::database::on;
use crate::desk::Desk;
use crate::error::Refusal;
use medrecord_clinic::access::Action;
use medrecord_clinic::ids::{PatientId, ProviderId};
use medrecord_clinic::time::Instant;
use serde::Serialize;
use serde_json::Value;
use sqlx::types::Json;
use uuid::Uuid;

/// Which events to list; empty fields do not filter.
#[derive(Debug, Clone, Default)]
pub struct EventFilter {
    /// Only those that concern this patient.
    pub patient: Option<PatientId>,
    /// Only those of this person.
    pub actor: Option<ProviderId>,
    /// Only those before this instant; for paging.
    pub before: Option<Instant>,
    /// Beside `before`: also those of that very instant whose id is smaller, so that no event falls between two pages.
    pub before_id: Option<Uuid>,
    /// How many at the most.
    pub limit: i64,
}

/// One event of the trail.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Its id.
    pub id: Uuid,
    /// When it happened.
    pub at: Instant,
    /// Who did it, if signed in.
    pub actor_id: Option<ProviderId>,
    /// That person's name at the time.
    pub actor_name: String,
    /// That person's role at the time.
    pub actor_role: String,
    /// By which way: page, api, command, system.
    pub via: String,
    /// What was done.
    pub action: String,
    /// To what kind of thing.
    pub entity: String,
    /// To which one.
    pub entity_id: Option<Uuid>,
    /// Concerning which patient.
    pub patient_id: Option<PatientId>,
    /// done, refused or failed.
    pub outcome: String,
    /// More, if any.
    pub detail: Option<Value>,
    /// From which network address.
    pub address: Option<String>,
}

#[derive(sqlx::FromRow)]
struct EntryRow {
    id: Key,
    at: At,
    actor_id: Option<Key>,
    actor_name: String,
    actor_role: String,
    via: String,
    action: String,
    entity: String,
    entity_id: Option<Key>,
    patient_id: Option<Key>,
    outcome: String,
    detail: Option<Json<Value>>,
    address: Option<String>,
}

const LIST: &str = "SELECT id, at, actor_id, actor_name, actor_role, CAST(via AS text) AS via, action, entity, entity_id, patient_id, CAST(outcome AS text) AS outcome,
        detail, address
    FROM audit_events
    WHERE ($1 IS NULL OR patient_id = $1) AND ($2 IS NULL OR actor_id = $2) AND ($3 IS NULL OR at < $3 OR (at = $3 AND id < $5))
    ORDER BY at DESC, id DESC
    LIMIT $4";

/// Lists events, newest first. Reading the trail is itself an event.
///
/// # Errors
/// [`Refusal::NotAllowed`] unless the role may read the trail.
pub async fn list(desk: &mut Desk, filter: &EventFilter) -> Result<Vec<Entry>, Refusal> {
    desk.require(Action::ReadAudit)?;
    desk.settle().await;
    let rows: Vec<EntryRow> = on!(desk, conn => {
        sqlx::query_as(LIST)
            .bind(filter.patient.map(Key::of))
            .bind(filter.actor.map(Key::of))
            .bind(filter.before.map(At))
            .bind(filter.limit)
            .bind(filter.before_id.map(Key))
            .fetch_all(conn)
            .await
    })?;
    let mut event = Event::new(Verb::Search, "audit_event");
    if let Some(patient) = filter.patient {
        event = event.of_patient(patient);
    }
    desk.record(event);
    Ok(rows.into_iter().map(Entry::from).collect())
}

const EXPORT: &str = "SELECT id, at, actor_id, actor_name, actor_role, CAST(via AS text) AS via, action, entity, entity_id, patient_id, CAST(outcome AS text) AS outcome,
        detail, address
    FROM audit_events
    WHERE id > $1
    ORDER BY id
    LIMIT $2";

/// The next events after one, oldest first, for taking the trail out page by page; `None` starts at the first.
///
/// Notes nothing: whoever exports records one event for the whole.
///
/// # Errors
/// [`Refusal::NotAllowed`] unless the role may read the trail.
pub async fn export_after(desk: &mut Desk, last: Option<Uuid>, limit: i64) -> Result<Vec<Entry>, Refusal> {
    desk.require(Action::ReadAudit)?;
    desk.settle().await;
    let last = Key(last.unwrap_or(Uuid::nil()));
    let rows: Vec<EntryRow> =
        on!(desk, conn => sqlx::query_as(EXPORT).bind(last).bind(limit).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(Entry::from).collect())
}

impl From<EntryRow> for Entry {
    fn from(row: EntryRow) -> Self {
        Self {
            id: row.id.0,
            at: row.at.0,
            actor_id: row.actor_id.map(Key::id),
            actor_name: row.actor_name,
            actor_role: row.actor_role,
            via: row.via,
            action: row.action,
            entity: row.entity,
            entity_id: row.entity_id.map(|key| key.0),
            patient_id: row.patient_id.map(Key::id),
            outcome: row.outcome,
            detail: row.detail.map(|json| json.0),
            address: row.address,
        }
    }
}
