//! Decisions on the draft: accept, accept in other words, reject, take a rejection back; one by one or a section.

use super::{back, id};
use crate::desk::Writing;
use crate::error::Fault;
use crate::page::{see_other, see_other_saying};
use crate::urls;
use crate::visitor::Visitor;
use axum::extract::{Form as Posted, Path};
use axum::response::Response;
use medrecord_clinic::access::Action;
use medrecord_clinic::consultation::{Decision, Evidence, is_offered};
use medrecord_clinic::ids::{AppointmentId, EvidenceId};
use medrecord_clinic::medical_record::Severity;
use medrecord_store::{Desk, Refusal, adoption, evidence, medical_records};
use serde::Deserialize;

/// What a person wants done with a drafted item.
#[derive(Deserialize)]
pub(crate) struct Wish {
    act: String,
    version: i32,
    #[serde(default)]
    words: String,
}

/// Does with a drafted item what a person wants.
pub(crate) async fn decide(
    Path(item): Path<String>,
    Writing(mut desk): Writing,
    Posted(wish): Posted<Wish>,
) -> Result<Response, Fault> {
    let item: EvidenceId = id(&item, "drafted item")?;
    let (_, appointment, _) = evidence::get(&mut desk, item).await?;
    match wish.act.as_str() {
        "accept" => adoption::accept(&mut desk, item, wish.version).await?,
        "edit" => adoption::accept_in_other_words(&mut desk, item, wish.version, &wish.words).await?,
        "reject" => adoption::reject(&mut desk, item, wish.version).await?,
        "reconsider" => adoption::reconsider(&mut desk, item, wish.version).await?,
        _ => return Err(Refusal::NotFound("action").into()),
    }
    desk.close().await?;
    Ok(see_other(&back(appointment)))
}

/// Which word of a drafted item is right.
#[derive(Deserialize)]
pub(crate) struct Confirmed {
    version: i32,
    place: usize,
}

/// Notes that a word of a drafted item is right.
pub(crate) async fn confirm(
    Path(item): Path<String>,
    Writing(mut desk): Writing,
    Posted(word): Posted<Confirmed>,
) -> Result<Response, Fault> {
    let item: EvidenceId = id(&item, "drafted item")?;
    let (_, appointment, _) = evidence::get(&mut desk, item).await?;
    evidence::confirm(&mut desk, item, word.version, word.place).await?;
    desk.close().await?;
    Ok(see_other(&format!("{}#item-{item}", urls::visit(appointment))))
}

/// Which part of the draft to take over.
#[derive(Deserialize)]
pub(crate) struct Part {
    target: String,
}

/// Takes over every undecided item of one part of the draft that bears no warning and needs no confirmation. After the
/// last one the record is shown as it would be signed, where nothing is missing.
pub(crate) async fn decide_all(
    visitor: Visitor,
    Path(appointment): Path<String>,
    Writing(mut desk): Writing,
    Posted(part): Posted<Part>,
) -> Result<Response, Fault> {
    let appointment: AppointmentId = id(&appointment, "visit")?;
    let together = adoption::accept_clear(&mut desk, appointment, &part.target).await?;
    let complete = together.taken > 0
        && visitor.may(Action::SignRecord)
        && nothing_is_left(&mut desk, appointment).await?;
    desk.close().await?;
    let words = match (together.taken, together.left) {
        (taken, 0) => format!("{taken} taken over into the note."),
        (taken, left) => format!("{taken} taken over; {left} need a look of yours first."),
    };
    let next = if complete { urls::review(appointment) } else { back(appointment) };
    Ok(see_other_saying(&next, "ok", &words))
}

/// Whether every drafted item is decided, but for offers that nobody must answer, and nothing is missing before signing.
async fn nothing_is_left(desk: &mut Desk, appointment: AppointmentId) -> Result<bool, Refusal> {
    let drafted = evidence::latest(desk, appointment).await?;
    let waits = |item: &Evidence| {
        item.decision == Decision::Proposed && (!is_offered(&item.flags) || item.is_flagged())
    };
    if drafted.iter().any(waits) {
        return Ok(false);
    }
    let review = medical_records::review(desk, appointment).await?;
    Ok(review.gaps.iter().all(|gap| gap.severity != Severity::Block))
}
