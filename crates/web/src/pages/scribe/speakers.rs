//! Who spoke, put right with one click: every turn, or one.

use super::{back, id};
use crate::app::App;
use crate::error::Fault;
use crate::page::see_other_saying;
use crate::redrafting::{self, Voices};
use crate::visitor::Visitor;
use axum::extract::{Form as Posted, Path, State};
use axum::response::Response;
use medrecord_clinic::consultation::Speaker;
use medrecord_clinic::ids::{AppointmentId, TranscriptId};
use medrecord_store::Refusal;
use medrecord_store::transcripts::Correction;
use serde::Deserialize;

/// Whose turn it is.
#[derive(Deserialize)]
pub(crate) struct Asked {
    /// The transcript that was shown.
    transcript: String,
    /// The turn and who speaks in it, as in `3 patient`; none for all of them.
    turn: Option<String>,
}

/// Corrects who speaks, and drafts again.
pub(crate) async fn speakers(
    State(app): State<App>,
    visitor: Visitor,
    Path(appointment): Path<String>,
    Posted(asked): Posted<Asked>,
) -> Result<Response, Fault> {
    let appointment: AppointmentId = id(&appointment, "visit")?;
    let seen: TranscriptId = id(&asked.transcript, "transcript")?;
    let correction = match asked.turn {
        None => Correction::Swap,
        Some(turn) => {
            let (index, speaker) = turn.split_once(' ').ok_or(Refusal::NotFound("turn"))?;
            let speaker: Speaker = id(speaker, "speaker")?;
            Correction::Turn { index: id(index, "turn")?, speaker }
        }
    };
    let voices = Voices { appointment, seen, correction };
    let count = redrafting::correct(&app, visitor.actor, voices).await?;
    let words = format!("Corrected, and drafted again: {count} items. What you had decided stays decided.");
    Ok(see_other_saying(&back(appointment), "ok", &words))
}
