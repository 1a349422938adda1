//! Proves the chain: every event's hash is what its content and the one before it give, and no number is missing.

use super::{canonical, digest};
use crate::column::{At, Key};
use crate::database::on;
use crate::desk::Desk;
use crate::error::Refusal;
use medrecord_clinic::access::Action;
use serde_json::Value;
use sqlx::types::Json;

/// What the check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Every link holds; so many events were checked.
    Sound(u64),
    /// The first event that does not hold.
    Broken {
        /// The chain it belongs to.
        lane: i16,
        /// Its number in that chain.
        seq: i64,
        /// What is wrong with it.
        what: &'static str,
    },
}

#[derive(sqlx::FromRow)]
struct LinkRow {
    lane: i16,
    seq: i64,
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
    prev_hash: String,
    hash: String,
}

const LANES: &str = "SELECT lane, head_seq, head_hash FROM audit_lanes ORDER BY lane";
const LINKS: &str = "SELECT lane, seq, id, at, actor_id, actor_name, actor_role, CAST(via AS text) AS via, action, entity, entity_id, patient_id,
        CAST(outcome AS text) AS outcome, detail, address, prev_hash, hash
    FROM audit_events WHERE lane = $1 AND seq > $2 ORDER BY seq LIMIT 1000";
/// The hash before a lane's first event.
const START: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Checks every link of every lane.
///
/// # Errors
/// [`Refusal::NotAllowed`] unless the role may read the trail.
pub async fn verify(desk: &mut Desk) -> Result<Verdict, Refusal> {
    desk.require(Action::ReadAudit)?;
    desk.settle().await;
    let lanes: Vec<(i16, i64, String)> = on!(desk, conn => sqlx::query_as(LANES).fetch_all(conn).await)?;
    let mut checked = 0;
    for (lane, head_seq, head_hash) in lanes {
        let (mut seq, mut hash) = (0, START.to_owned());
        loop {
            let links: Vec<LinkRow> =
                on!(desk, conn => sqlx::query_as(LINKS).bind(lane).bind(seq).fetch_all(conn).await)?;
            if links.is_empty() {
                break;
            }
            for link in links {
                if let Some(what) = fault(&link, seq, &hash) {
                    return Ok(Verdict::Broken { lane, seq: link.seq, what });
                }
                (seq, hash) = (link.seq, link.hash);
                checked += 1;
            }
        }
        if seq != head_seq || hash != head_hash {
            return Ok(Verdict::Broken { lane, seq: seq + 1, what: "the end of the chain is missing" });
        }
    }
    Ok(Verdict::Sound(checked))
}

fn fault(link: &LinkRow, seq: i64, hash: &str) -> Option<&'static str> {
    if link.seq != seq + 1 {
        return Some("the event before it is missing");
    }
    if link.prev_hash != hash {
        return Some("it does not continue the chain");
    }
    (recomputed(link) != link.hash).then_some("its content was changed")
}

fn recomputed(link: &LinkRow) -> String {
    let text = |key: Option<Key>| key.map(|key| key.0.to_string());
    let fields = [
        Some(link.prev_hash.clone()),
        Some(link.lane.to_string()),
        Some(link.seq.to_string()),
        Some(link.id.0.to_string()),
        Some(link.at.0.to_string()),
        text(link.actor_id),
        Some(link.actor_name.clone()),
        Some(link.actor_role.clone()),
        Some(link.via.clone()),
        Some(link.action.clone()),
        Some(link.entity.clone()),
        text(link.entity_id),
        text(link.patient_id),
        Some(link.outcome.clone()),
        link.detail.as_ref().map(|json| canonical(&json.0)),
        link.address.clone(),
    ];
    digest(fields.iter().map(Option::as_deref))
}
