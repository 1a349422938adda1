//! The scribe beside the note: consent, recorder, transcript, and the draft to check item by item.
//!
//! [`Panel`] is what the visit page shows in its right column; the handlers here change it and lead back.

mod decide;
mod hear;
mod made;
mod panel;
mod so_far;
mod speakers;
mod turns;
mod write;

pub(crate) use decide::{confirm, decide, decide_all};
pub(crate) use hear::{consent, discard, finish, retry, start, upload};
pub(crate) use made::made;
pub(crate) use panel::{Panel, show, standing};
pub(crate) use speakers::speakers;
pub(crate) use write::{paste, upload_text};

use crate::urls;
use medrecord_clinic::ids::AppointmentId;
use medrecord_store::Refusal;

/// Reads an id out of an address; what is no id leads to nothing.
fn id<T: std::str::FromStr>(text: &str, what: &'static str) -> Result<T, Refusal> {
    text.parse().map_err(|_| Refusal::NotFound(what))
}

/// The scribe's place on the visit page.
fn back(appointment: AppointmentId) -> String {
    format!("{}#scribe", urls::visit(appointment))
}
