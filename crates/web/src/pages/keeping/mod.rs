//! What is kept and what is forgotten: the practice's two rules, and the holds that suspend them.

use crate::desk::{Reading, Writing};
use crate::error::Fault;
use crate::page::{page, see_other_saying};
use crate::shell::Shell;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::{Form as Posted, Path};
use axum::response::Response;
use medrecord_store::Refusal;
use medrecord_store::keeping::{self, Rules};
use serde::Deserialize;

const ADDRESS: &str = "/settings/keeping";

#[derive(Template)]
#[template(path = "pages/keeping/keeping.html")]
struct KeepingPage {
    shell: Shell,
    audio_days: String,
    transcript_days: String,
    holds: Vec<HoldLine>,
}

struct HoldLine {
    id: String,
    record_number: String,
    reason: String,
    since: String,
}

/// The rules as typed; empty is for ever.
#[derive(Deserialize)]
pub(crate) struct Typed {
    audio: String,
    transcript: String,
}

/// A hold as typed.
#[derive(Deserialize)]
pub(crate) struct Wanted {
    number: String,
    reason: String,
}

/// Shows the rules and the holds.
pub(crate) async fn show(visitor: Visitor, Reading(mut desk): Reading) -> Result<Response, Fault> {
    let rules = keeping::rules(&mut desk).await?;
    let holds = keeping::holds(&mut desk).await?;
    desk.close().await?;
    let days = |days: Option<i32>| days.map(|days| days.to_string()).unwrap_or_default();
    let line = |hold: keeping::Hold| HoldLine {
        id: hold.id.to_string(),
        record_number: hold.record_number,
        reason: hold.reason,
        since: visitor.zone().day_and_clock(hold.placed_at),
    };
    page(&KeepingPage {
        shell: visitor.shell(),
        audio_days: days(rules.audio_days),
        transcript_days: days(rules.transcript_days),
        holds: holds.into_iter().map(line).collect(),
    })
}

/// Saves the rules.
pub(crate) async fn save(
    Writing(mut desk): Writing,
    Posted(typed): Posted<Typed>,
) -> Result<Response, Fault> {
    let rules = Rules { audio_days: days(&typed.audio)?, transcript_days: days(&typed.transcript)? };
    keeping::set_rules(&mut desk, rules).await?;
    desk.close().await?;
    Ok(see_other_saying(ADDRESS, "ok", "The rules are saved."))
}

/// Places a hold.
pub(crate) async fn hold(
    Writing(mut desk): Writing,
    Posted(wanted): Posted<Wanted>,
) -> Result<Response, Fault> {
    keeping::hold(&mut desk, &wanted.number, &wanted.reason).await?;
    desk.close().await?;
    Ok(see_other_saying(ADDRESS, "ok", "Held: nothing of this patient is forgotten."))
}

/// Takes a hold back.
pub(crate) async fn release(Path(id): Path<String>, Writing(mut desk): Writing) -> Result<Response, Fault> {
    let id = id.parse().map_err(|_| Refusal::NotFound("hold"))?;
    keeping::release(&mut desk, id).await?;
    desk.close().await?;
    Ok(see_other_saying(ADDRESS, "ok", "The hold is taken back."))
}

fn days(typed: &str) -> Result<Option<i32>, Refusal> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    let wrong = |_| {
        Refusal::Rule("Enter a number of days from 1 to 36500, or nothing to keep it for ever.".to_owned())
    };
    typed.parse().map(Some).map_err(wrong)
}
