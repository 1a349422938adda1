//! Uncovering the personal columns of a table for a reason, for half an hour; and covering all again.

use super::seat::WritingSeat;
use super::state::UNCOVERED_MINUTES;
use crate::error::Fault;
use crate::page::{see_other, see_other_saying};
use crate::urls;
use axum::extract::Form as Posted;
use axum::response::Response;
use medrecord_clinic::field::Problems;
use medrecord_store::audit::{Event, Verb};
use serde::Deserialize;
use serde_json::json;

/// What is to be uncovered, and why.
#[derive(Deserialize)]
pub(super) struct Wish {
    /// The table; empty covers everything again.
    #[serde(default)]
    table: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    back: String,
}

/// The name under which the console is uncovered; no table can have it.
pub(super) const CONSOLE: &str = "(console)";
/// A reason says at least so much.
const SHORTEST: usize = 8;
const LONGEST: usize = 200;

/// Uncovers or covers.
pub(super) async fn change(
    WritingSeat(mut seat): WritingSeat,
    Posted(wish): Posted<Wish>,
) -> Result<Response, Fault> {
    let back = if urls::is_local(&wish.back) { wish.back.as_str() } else { "/" };
    if wish.table.is_empty() {
        seat.studio.cover(&seat.visitor);
        seat.desk.close().await?;
        return Ok(see_other(back));
    }
    if wish.table != CONSOLE {
        seat.catalogue.table(&wish.table)?;
    }
    let reason = wish.reason.trim();
    let signs = reason.chars().count();
    if !(SHORTEST..=LONGEST).contains(&signs) {
        let words = format!("Say in {SHORTEST} to {LONGEST} signs why personal values must be seen.");
        return Err(Problems::one("reason", "length", words).into());
    }
    let detail =
        json!({ "studio": true, "uncovered": wish.table, "minutes": UNCOVERED_MINUTES, "reason": reason });
    seat.desk.record(Event::new(Verb::Read, "studio").with(detail));
    let until = seat.desk.now().plus_minutes(UNCOVERED_MINUTES);
    // First on disk, then in sight.
    seat.desk.close().await?;
    seat.studio.uncover(&seat.visitor, &wish.table, until);
    Ok(see_other_saying(back, "ok", "Uncovered for 30 minutes; the reason is in the audit trail."))
}
