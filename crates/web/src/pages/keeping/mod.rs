//! What is kept and what is forgotten: the practice's two rules, and the holds that suspend them.

use crate::desk::{Reading, Writing};
use crate::error::Fault;
use crate::form::Form;
use crate::page::{page, refused, see_other_saying};
use crate::shell::Shell;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::{Form as Posted, Path};
use axum::response::Response;
use medrecord_clinic::field::Problems;
use medrecord_store::keeping::{self, Rules};
use medrecord_store::{Desk, Refusal};
use serde::Deserialize;

const ADDRESS: &str = "/settings/keeping";

#[derive(Template)]
#[template(path = "pages/keeping/keeping.html")]
struct KeepingPage {
    shell: Shell,
    form: Form,
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
    let form = in_force(&mut desk).await?;
    let shown = keeping_page(&mut desk, &visitor, form).await?;
    desk.close().await?;
    page(&shown)
}

/// The rules that count, as a form.
async fn in_force(desk: &mut Desk) -> Result<Form, Refusal> {
    let rules = keeping::rules(desk).await?;
    let days = |days: Option<i32>| days.map(|days| days.to_string()).unwrap_or_default();
    Ok(Form::default().with("audio", days(rules.audio_days)).with("transcript", days(rules.transcript_days)))
}

async fn keeping_page(desk: &mut Desk, visitor: &Visitor, form: Form) -> Result<KeepingPage, Refusal> {
    let line = |hold: keeping::Hold| HoldLine {
        id: hold.id.to_string(),
        record_number: hold.record_number,
        reason: hold.reason,
        since: visitor.zone().day_and_clock(hold.placed_at),
    };
    let holds = keeping::holds(desk).await?.into_iter().map(line).collect();
    Ok(KeepingPage { shell: visitor.shell(), form, holds })
}

/// Saves the rules.
pub(crate) async fn save(
    visitor: Visitor,
    Writing(mut desk): Writing,
    Posted(typed): Posted<Typed>,
) -> Result<Response, Fault> {
    let mut wrong = Problems::none();
    let rules = Rules {
        audio_days: days("audio", &typed.audio, &mut wrong),
        transcript_days: days("transcript", &typed.transcript, &mut wrong),
    };
    if !wrong.is_empty() {
        let mut form = Form::default().with("audio", typed.audio).with("transcript", typed.transcript);
        form.refuse_all(&wrong);
        return refused(&keeping_page(&mut desk, &visitor, form).await?);
    }
    keeping::set_rules(&mut desk, rules).await?;
    desk.close().await?;
    Ok(see_other_saying(ADDRESS, "ok", "The rules are saved."))
}

/// Places a hold.
pub(crate) async fn hold(
    visitor: Visitor,
    Writing(mut desk): Writing,
    Posted(wanted): Posted<Wanted>,
) -> Result<Response, Fault> {
    match keeping::hold(&mut desk, &wanted.number, &wanted.reason).await {
        Ok(_) => {
            desk.close().await?;
            Ok(see_other_saying(ADDRESS, "ok", "Held: nothing of this patient is forgotten."))
        }
        Err(Refusal::Rule(words)) => {
            let field = if wanted.reason.trim().is_empty() { "reason" } else { "number" };
            let form = in_force(&mut desk).await?;
            let mut form = form.with("number", wanted.number).with("reason", wanted.reason);
            form.refuse(field, words);
            refused(&keeping_page(&mut desk, &visitor, form).await?)
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// Takes a hold back.
pub(crate) async fn release(Path(id): Path<String>, Writing(mut desk): Writing) -> Result<Response, Fault> {
    let id = id.parse().map_err(|_| Refusal::NotFound("hold"))?;
    keeping::release(&mut desk, id).await?;
    desk.close().await?;
    Ok(see_other_saying(ADDRESS, "ok", "The hold is taken back."))
}

/// A number of days; none is for ever.
fn days(field: &str, typed: &str, wrong: &mut Problems) -> Option<i32> {
    let typed = typed.trim();
    if typed.is_empty() {
        return None;
    }
    let days = typed.parse().ok().filter(|days| (1..=36_500).contains(days));
    if days.is_none() {
        let words = "Enter a number of days from 1 to 36500, or nothing to keep it for ever.";
        wrong.add(field, "invalid", words);
    }
    days
}
