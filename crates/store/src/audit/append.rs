//! Appends events to a lane of the trail inside the open transaction.
//!
//! On PostgreSQL one statement takes a free lane, chains the events and moves the lane's head; the hash is computed
//! there, because only the statement itself knows the hash before. On SQLite, which has no such function, the head is
//! read first. Events of mere reading are committed before the answer leaves, but need not wait for the disk:
//! `docs/decisions/0007-notes-of-reading-do-not-wait-for-the-disk.md`.

use super::{Event, canonical, digest, joined};
use crate::clock::Chance;
use crate::column::{At, Key, Word};
use crate::database::{Conn, Held, Store};
use crate::desk::Actor;
use crate::error::StoreError;
use medrecord_clinic::ids::uuid_at;
use medrecord_clinic::time::Instant;
use serde_json::Value;
use sqlx::postgres::PgConnection;
use sqlx::sqlite::SqliteConnection;
use uuid::Uuid;

/// The digest of [`super::verify()`] in SQL: `$1` before, lane and number, then the rest as the application joined it.
macro_rules! chained {
    ($before:literal, $lane:literal, $seq:literal, $rest:literal) => {
        concat!(
            "encode(sha256(convert_to('64:' || ",
            $before,
            " || ';' || length(CAST(",
            $lane,
            " AS text)) || ':' || ",
            $lane,
            " || ';' || length(CAST(",
            $seq,
            " AS text)) || ':' || ",
            $seq,
            " || ';' || ",
            $rest,
            ", 'UTF8')), 'hex')"
        )
    };
}

macro_rules! append_postgres {
    ($lane:literal) => {
        concat!(
            "WITH RECURSIVE lane AS MATERIALIZED (SELECT lane, head_seq, head_hash FROM audit_lanes ", $lane, "),
    link (n, seq, prev_hash, hash) AS (
        SELECT 1, head_seq + 1, CAST(head_hash AS text), ",
            chained!("head_hash", "lane", "(head_seq + 1)", "($8)[1]"),
            " FROM lane
        UNION ALL
        SELECT n + 1, seq + 1, link.hash, ",
            chained!("link.hash", "(SELECT lane FROM lane)", "(seq + 1)", "($8)[n + 1]"),
            " FROM link WHERE n < cardinality($8)),
    appended AS (INSERT INTO audit_events (lane, seq, id, at, actor_id, actor_name, actor_role, via, action, entity,
            entity_id, patient_id, outcome, detail, address, prev_hash, hash)
        SELECT lane.lane, link.seq, ($1)[n], $9, $10, $11, $12, $13, ($2)[n], ($3)[n], ($4)[n], ($5)[n],
            CAST(($6)[n] AS audit_outcome), CAST(($7)[n] AS jsonb), $14, link.prev_hash, link.hash
        FROM link CROSS JOIN lane),
    haste AS MATERIALIZED (SELECT CASE WHEN $15 THEN set_config('synchronous_commit', 'off', true) END)
    UPDATE audit_lanes AS l SET head_seq = head.seq, head_hash = head.hash
    FROM (SELECT seq, hash FROM link ORDER BY n DESC LIMIT 1) AS head, lane, haste
    WHERE l.lane = lane.lane"
        )
    };
}

/// Takes any free lane, so that requests do not wait for each other's commit.
const APPEND_POSTGRES: &str = append_postgres!("ORDER BY lane LIMIT 1 FOR UPDATE SKIP LOCKED");
const APPEND_WAITING_POSTGRES: &str = append_postgres!("WHERE lane = 0 FOR UPDATE");

const HEAD_SQLITE: &str = "SELECT head_seq, head_hash FROM audit_lanes WHERE lane = 0";
/// Two statements in one journey to the connection's thread.
const APPEND_SQLITE: &str =
    "INSERT INTO audit_events (lane, seq, id, at, actor_id, actor_name, actor_role, via, action, entity,
        entity_id, patient_id, outcome, detail, address, prev_hash, hash)
    SELECT 0, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
        value ->> 8, value ->> 9, value ->> 10, value ->> 11, value ->> 12, value ->> 13, value ->> 14, value ->> 15
    FROM json_each($1);
    UPDATE audit_lanes SET head_seq = $2, head_hash = $3 WHERE lane = 0";

/// What somebody did at one desk.
pub(crate) struct Deed {
    pub(crate) actor: Actor,
    pub(crate) now: Instant,
    pub(crate) events: Vec<Event>,
}

/// Appends the events of a transaction that changes something: they reach the disk with it.
pub(crate) async fn write(held: &mut Held, deed: &Deed, store: &Store) -> Result<(), StoreError> {
    match held.conn() {
        Conn::Sqlite(conn) => append_sqlite(conn, std::slice::from_ref(deed), store.chance()).await,
        Conn::Postgres(conn) => append_postgres(conn, deed, store.chance(), false).await,
    }
}

/// Appends the events of mere reading, on a connection of PostgreSQL outside a transaction.
pub(crate) async fn write_light(
    conn: &mut PgConnection,
    deed: &Deed,
    store: &Store,
) -> Result<(), StoreError> {
    append_postgres(conn, deed, store.chance(), true).await
}

/// What the hash of an event covers after the hash before, the lane and the number.
fn content(id: Uuid, event: &Event, Deed { actor, now, .. }: &Deed) -> [Option<String>; 13] {
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

async fn append_postgres(
    conn: &mut PgConnection,
    deed: &Deed,
    chance: &Chance,
    in_haste: bool,
) -> Result<(), StoreError> {
    let Deed { actor, now, events } = deed;
    let ids: Vec<Uuid> = events.iter().map(|_| fresh_id(*now, chance)).collect::<Result<_, _>>()?;
    let all = |what: fn(&Event) -> &'static str| events.iter().map(what).collect::<Vec<_>>();
    let entity_ids: Vec<Option<Uuid>> = events.iter().map(|e| e.entity_id).collect();
    let patients: Vec<Option<Uuid>> = events.iter().map(|e| e.patient.map(Into::into)).collect();
    let details: Vec<Option<String>> =
        events.iter().map(|e| e.detail.as_ref().map(ToString::to_string)).collect();
    let rest: Vec<String> =
        events.iter().zip(&ids).map(|(event, id)| joined(&content(*id, event, deed))).collect();
    let (actions, outcomes) = (all(|e| e.verb.as_str()), all(|e| e.outcome.as_str()));
    let entities: Vec<&str> = events.iter().map(|e| e.entity.as_ref()).collect();
    for sql in [APPEND_POSTGRES, APPEND_WAITING_POSTGRES] {
        let done = sqlx::query(sql)
            .bind(&ids)
            .bind(&actions)
            .bind(&entities)
            .bind(&entity_ids)
            .bind(&patients)
            .bind(&outcomes)
            .bind(&details)
            .bind(&rest)
            .bind(At(*now))
            .bind(actor.id.map(Key::of))
            .bind(&actor.name)
            .bind(actor.role_word())
            .bind(Word(actor.via))
            .bind(&actor.address)
            .bind(in_haste)
            .execute(&mut *conn)
            .await?;
        if done.rows_affected() == 1 {
            return Ok(());
        }
    }
    Err(no_lane())
}

/// Appends the events of several desks, in the order in which they are given.
pub(super) async fn append_sqlite(
    conn: &mut SqliteConnection,
    deeds: &[Deed],
    chance: &Chance,
) -> Result<(), StoreError> {
    let head: Option<(i64, String)> = sqlx::query_as(HEAD_SQLITE).fetch_optional(&mut *conn).await?;
    let (mut seq, mut before) = head.ok_or_else(no_lane)?;
    let mut rows = Vec::new();
    for (deed, event) in deeds.iter().flat_map(|deed| deed.events.iter().map(move |event| (deed, event))) {
        seq += 1;
        let mut fields = vec![Some(before.clone()), Some("0".to_owned()), Some(seq.to_string())];
        fields.extend(content(fresh_id(deed.now, chance)?, event, deed));
        let hash = digest(&fields);
        let mut row = vec![Value::from(seq)];
        row.extend(fields.into_iter().skip(3).map(Value::from));
        // The text as it was given; the hash covers it with its keys in order.
        if let Some(detail) = row.get_mut(DETAIL) {
            *detail = event.detail.as_ref().map(ToString::to_string).into();
        }
        row.extend([Value::from(before), Value::from(hash.as_str())]);
        rows.push(Value::from(row));
        before = hash;
    }
    sqlx::query(APPEND_SQLITE)
        .bind(Value::from(rows).to_string())
        .bind(seq)
        .bind(before)
        .execute(conn)
        .await?;
    Ok(())
}

/// Place of an event's detail in its row.
const DETAIL: usize = 12;

fn fresh_id(now: Instant, chance: &Chance) -> Result<Uuid, StoreError> {
    Ok(uuid_at(now, chance.bytes()?))
}

fn no_lane() -> StoreError {
    StoreError::Inconsistent { table: "audit_lanes", column: "lane", id: "0".to_owned() }
}
