//! Keeps the times when nobody is booked: leave, meetings, breaks, closed days. They speak against a booking like
//! another visit does (`appointments/book.rs`), and a person may book in spite of them.

use crate::audit::{Event, Verb};
use crate::column::{At, Key, Word};
use crate::database::on;
use crate::desk::Desk;
use crate::error::{Refusal, StoreError};
use crate::providers;
use medrecord_clinic::access::Action;
use medrecord_clinic::appointment::Slot;
use medrecord_clinic::blocked_time::{BlockedTime, BlockedTimeDetails, BlockedTimeKind};
use medrecord_clinic::field::Problems;
use medrecord_clinic::ids::{BlockedTimeId, ProviderId};
use medrecord_clinic::time::Instant;
use serde_json::json;

#[derive(sqlx::FromRow)]
struct BlockedRow {
    id: Key,
    provider_id: Option<Key>,
    starts_at: At,
    ends_at: At,
    kind: Word<BlockedTimeKind>,
    note: Option<String>,
    version: i32,
}

impl From<BlockedRow> for BlockedTime {
    fn from(row: BlockedRow) -> Self {
        Self {
            id: row.id.id(),
            provider_id: row.provider_id.map(Key::id),
            slot: Slot { from: row.starts_at.0, until: row.ends_at.0 },
            kind: row.kind.0,
            note: row.note,
            version: row.version,
        }
    }
}

const INSERT: &str =
    "INSERT INTO blocked_times (id, provider_id, starts_at, ends_at, kind, note, created_by, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)";
const REMOVE: &str =
    "UPDATE blocked_times SET removed_at = $3, removed_by = $4, updated_at = $3, version = version + 1
    WHERE id = $1 AND version = $2 AND removed_at IS NULL";
const VERSION: &str = "SELECT version FROM blocked_times WHERE id = $1";
const BETWEEN: &str = "SELECT id, provider_id, starts_at, ends_at, kind, note, version FROM blocked_times
    WHERE ends_at > $1 AND starts_at < $2 AND removed_at IS NULL
    ORDER BY starts_at, id
    LIMIT 1000";
const OF_PROVIDER: &str = "SELECT id, provider_id, starts_at, ends_at, kind, note, version FROM blocked_times
    WHERE ends_at > $1 AND starts_at < $2 AND removed_at IS NULL AND (provider_id IS NULL OR provider_id = $3)
    ORDER BY starts_at, id";

/// Keeps a time free.
///
/// # Errors
/// [`Refusal::Invalid`] where the provider is unknown, [`Refusal::NotAllowed`].
pub async fn add(desk: &mut Desk, details: &BlockedTimeDetails) -> Result<BlockedTimeId, Refusal> {
    desk.require(Action::WriteSchedule)?;
    if let Some(provider) = details.provider_id
        && providers::find(desk, provider).await?.is_none()
    {
        let words = "Choose whose time it is.";
        return Err(Refusal::Invalid(Problems::one("providerId", "unknown", words)));
    }
    let id: BlockedTimeId = desk.fresh_id()?;
    let by = desk.actor().id.map(Key::of);
    let (d, now) = (details, At(desk.now()));
    on!(desk, conn => {
        sqlx::query(INSERT)
            .bind(Key::of(id))
            .bind(d.provider_id.map(Key::of))
            .bind(At(d.slot.from))
            .bind(At(d.slot.until))
            .bind(Word(d.kind))
            .bind(&d.note)
            .bind(by)
            .bind(now)
            .execute(conn)
            .await
            .map(|_| ())
    })?;
    desk.record(Event::new(Verb::Create, "blocked_time").about(id));
    Ok(id)
}

/// Takes a blocked time back; `seen` is the version that was looked at. It stays on file and no longer counts.
///
/// # Errors
/// [`Refusal::Stale`], [`Refusal::NotFound`], [`Refusal::NotAllowed`].
pub async fn remove(desk: &mut Desk, id: BlockedTimeId, seen: i32) -> Result<(), Refusal> {
    desk.require(Action::WriteSchedule)?;
    let by = desk.actor().id.map(Key::of);
    let now = At(desk.now());
    let changed = on!(desk, conn => {
        sqlx::query(REMOVE)
            .bind(Key::of(id))
            .bind(seen)
            .bind(now)
            .bind(by)
            .execute(conn)
            .await
            .map(|done| done.rows_affected())
    })?;
    if changed != 1 {
        let current: Option<i32> =
            on!(desk, conn => sqlx::query_scalar(VERSION).bind(Key::of(id)).fetch_optional(conn).await)?;
        return Err(match current {
            Some(current) => Refusal::Stale { what: "blocked time", seen, current },
            None => Refusal::NotFound("blocked time"),
        });
    }
    desk.record(Event::new(Verb::Delete, "blocked_time").about(id));
    Ok(())
}

/// The blocked times that touch a stretch, everybody's, in the order of the clock. They name no patient.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn list(desk: &mut Desk, from: Instant, until: Instant) -> Result<Vec<BlockedTime>, Refusal> {
    desk.require(Action::ReadSchedule)?;
    let rows: Vec<BlockedRow> =
        on!(desk, conn => sqlx::query_as(BETWEEN).bind(At(from)).bind(At(until)).fetch_all(conn).await)?;
    desk.record(Event::new(Verb::Search, "blocked_time").with(json!({ "count": rows.len() })));
    Ok(rows.into_iter().map(BlockedTime::from).collect())
}

/// What blocks a provider's time, the practice's included; for use cases of this crate that have asked for permission.
pub(crate) async fn of_provider(
    desk: &mut Desk,
    provider: ProviderId,
    slot: Slot,
) -> Result<Vec<BlockedTime>, StoreError> {
    let rows: Vec<BlockedRow> = on!(desk, conn => {
        sqlx::query_as(OF_PROVIDER)
            .bind(At(slot.from))
            .bind(At(slot.until))
            .bind(Key::of(provider))
            .fetch_all(conn)
            .await
    })?;
    Ok(rows.into_iter().map(BlockedTime::from).collect())
}
