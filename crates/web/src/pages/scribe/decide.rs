//! Decisions on the draft: accept, accept in other words, reject, take a rejection back; one by one or a section.

use super::{back, id};
use crate::desk::Writing;
use crate::error::Fault;
use crate::page::{see_other, see_other_saying};
use axum::extract::{Form as Posted, Path};
use axum::response::Response;
use medrecord_clinic::ids::{AppointmentId, EvidenceId};
use medrecord_store::{Refusal, adoption, evidence};
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
    Ok(see_other(&format!("{}#item-{item}", crate::urls::visit(appointment))))
}

/// Which part of the draft to take over.
#[derive(Deserialize)]
pub(crate) struct Part {
    target: String,
}

/// Takes over every undecided item of one part of the draft that bears no warning and needs no confirmation.
pub(crate) async fn decide_all(
    Path(appointment): Path<String>,
    Writing(mut desk): Writing,
    Posted(part): Posted<Part>,
) -> Result<Response, Fault> {
    let appointment: AppointmentId = id(&appointment, "visit")?;
    let together = adoption::accept_clear(&mut desk, appointment, &part.target).await?;
    desk.close().await?;
    let words = match (together.taken, together.left) {
        (taken, 0) => format!("{taken} taken over into the note."),
        (taken, left) => format!("{taken} taken over; {left} need a look of yours first."),
    };
    Ok(see_other_saying(&back(appointment), "ok", &words))
}
