//! Appends events to a lane of the trail inside the open transaction.
//!
//! The events of a change go with it. The head of a lane is read and locked, the events are chained to it, and one more
//! statement keeps them and moves the head.

use super::{Event, canonical, digest};
use crate::clock::Chance;
use crate::column::Key;
use crate::database::{Conn, Held, Store};
use crate::desk::Actor;
use crate::error::StoreError;
use medrecord_clinic::ids::uuid_at;
use medrecord_clinic::time::Instant;
use std::collections::HashSet;
use uuid::Uuid;

const HEAD_SQLITE: &str = "SELECT lane, head_seq, head_hash FROM audit_lanes WHERE lane = 0";
/// Any free lane, so that requests do not wait for each other's commit.
const HEAD_POSTGRES: &str =
    "SELECT lane, head_seq, head_hash FROM audit_lanes ORDER BY lane LIMIT 1 FOR UPDATE SKIP LOCKED";
const HEAD_WAITING_POSTGRES: &str =
    "SELECT lane, head_seq, head_hash FROM audit_lanes WHERE lane = 0 FOR UPDATE";
/// Two statements in one journey to the connection's thread.
const CHAIN_SQLITE: &str =
    "INSERT INTO audit_events (lane, seq, id, at, actor_id, actor_name, actor_role, via, action, entity,
        entity_id, patient_id, outcome, detail, address, prev_hash, hash)
    SELECT $1, CAST(value ->> 0 AS INTEGER), value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
        value ->> 8, value ->> 9, value ->> 10, value ->> 11, value ->> 12, value ->> 13, value ->> 14, value ->> 15
    FROM json_each($2);
    UPDATE audit_lanes SET head_seq = $3, head_hash = $4 WHERE lane = $1";
const CHAIN_POSTGRES: &str =
    "WITH appended AS (INSERT INTO audit_events (lane, seq, id, at, actor_id, actor_name, actor_role, via, action,
            entity, entity_id, patient_id, outcome, detail, address, prev_hash, hash)
        SELECT $1, CAST(link ->> 0 AS bigint), CAST(link ->> 1 AS uuid), CAST(link ->> 2 AS timestamptz),
            CAST(link ->> 3 AS uuid), link ->> 4, link ->> 5, CAST(link ->> 6 AS audit_via), link ->> 7, link ->> 8,
            CAST(link ->> 9 AS uuid), CAST(link ->> 10 AS uuid), CAST(link ->> 11 AS audit_outcome),
            CAST(link ->> 12 AS jsonb), link ->> 13, link ->> 14, link ->> 15
        FROM json_array_elements(CAST($2 AS json)) AS link)
    UPDATE audit_lanes SET head_seq = $3, head_hash = $4 WHERE lane = $1";

const KNOWN_SQLITE: &str = "SELECT id FROM audit_events WHERE id IN (SELECT value FROM json_each($1))";
const KNOWN_POSTGRES: &str = "SELECT id FROM audit_events WHERE id IN (SELECT CAST(value AS uuid) FROM json_array_elements_text(CAST($1 AS json)))";

/// What the hash of an event covers after the hash before, the lane and the number, in the trail's order of columns.
pub(super) type Content = [Option<String>; 13];

/// What somebody did at one desk.
pub(crate) struct Deed {
    pub(crate) actor: Actor,
    pub(crate) now: Instant,
    pub(crate) events: Vec<Event>,
}

/// Appends the events of a transaction that changes something.
pub(crate) async fn write(held: &mut Held, deed: &Deed, store: &Store) -> Result<(), StoreError> {
    chain(held, &contents(deed, store.chance())?).await
}

/// The events of a desk as their hashes cover them, each with an id of its own.
pub(super) fn contents(deed: &Deed, chance: &Chance) -> Result<Vec<Content>, StoreError> {
    deed.events.iter().map(|event| Ok(content(fresh_id(deed.now, chance)?, event, deed))).collect()
}

fn content(id: Uuid, event: &Event, Deed { actor, now, .. }: &Deed) -> Content {
    let Event { verb, entity, entity_id, patient, outcome, detail } = event;
    [
        Some(id.to_string()),
        Some(now.to_string()),
        actor.id.map(|id| id.to_string()),
        Some(actor.name.clone()),
        Some(actor.role_word().to_owned()),
        Some(actor.via.as_str().to_owned()),
        Some(verb.as_str().to_owned()),
        Some(entity.clone().into_owned()),
        entity_id.map(|id| id.to_string()),
        patient.map(|patient| patient.to_string()),
        Some(outcome.as_str().to_owned()),
        detail.as_ref().map(canonical),
        actor.address.clone(),
    ]
}

fn texts(content: &Content) -> impl Iterator<Item = Option<&str>> {
    content.iter().map(Option::as_deref)
}

/// Appends events in the order in which they are given, as one chain.
pub(super) async fn chain(held: &mut Held, contents: &[Content]) -> Result<(), StoreError> {
    if contents.is_empty() {
        return Ok(());
    }
    let head = match held.conn() {
        Conn::Sqlite(conn) => sqlx::query_as(HEAD_SQLITE).fetch_optional(conn).await?,
        Conn::Postgres(conn) => match sqlx::query_as(HEAD_POSTGRES).fetch_optional(&mut *conn).await? {
            None => sqlx::query_as(HEAD_WAITING_POSTGRES).fetch_optional(conn).await?,
            free => free,
        },
    };
    let (lane, mut seq, mut before): (i16, i64, String) = head.ok_or_else(no_lane)?;
    let lane_word = lane.to_string();
    let mut links = String::from("[");
    for content in contents {
        seq += 1;
        let seq_word = seq.to_string();
        let head = [before.as_str(), &lane_word, &seq_word].map(Some);
        let hash = digest(head.into_iter().chain(texts(content)));
        let comma = if links.len() > 1 { "," } else { "" };
        let words = texts(content).chain([Some(before.as_str()), Some(&hash)]);
        let words: Vec<Option<&str>> = std::iter::once(Some(seq_word.as_str())).chain(words).collect();
        links.push_str(comma);
        links.push_str(&serde_json::to_string(&words).map_err(std::io::Error::from)?);
        before = hash;
    }
    links.push(']');
    match held.conn() {
        Conn::Sqlite(conn) => {
            sqlx::query(CHAIN_SQLITE).bind(lane).bind(links).bind(seq).bind(before).execute(conn).await?;
        }
        Conn::Postgres(conn) => {
            sqlx::query(CHAIN_POSTGRES).bind(lane).bind(links).bind(seq).bind(before).execute(conn).await?;
        }
    }
    Ok(())
}

/// Those of the events that the trail does not hold yet.
pub(super) async fn unknown(held: &mut Held, contents: &[Content]) -> Result<Vec<Content>, StoreError> {
    let ids: Vec<&str> = contents.iter().filter_map(|content| content.first()?.as_deref()).collect();
    let ids = serde_json::json!(ids).to_string();
    let known: Vec<Key> = match held.conn() {
        Conn::Sqlite(conn) => sqlx::query_scalar(KNOWN_SQLITE).bind(ids).fetch_all(conn).await?,
        Conn::Postgres(conn) => sqlx::query_scalar(KNOWN_POSTGRES).bind(ids).fetch_all(conn).await?,
    };
    let known: HashSet<String> = known.into_iter().map(|key| key.0.to_string()).collect();
    let is_new = |content: &&Content| {
        content.first().is_none_or(|id| id.as_ref().is_none_or(|id| !known.contains(id)))
    };
    Ok(contents.iter().filter(is_new).cloned().collect())
}

fn fresh_id(now: Instant, chance: &Chance) -> Result<Uuid, StoreError> {
    Ok(uuid_at(now, chance.bytes()?))
}

fn no_lane() -> StoreError {
    StoreError::Inconsistent { table: "audit_lanes", column: "lane", id: "0".to_owned() }
}
