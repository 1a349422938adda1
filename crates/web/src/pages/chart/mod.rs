//! A patient's chart and what is kept on it: allergies, problems, medications, documents.
//!
//! `show.rs` is the chart itself, `trends.rs` its drawings; each list has a file that says what its lines are made
//! of; how they are added and changed is in `line.rs`, on the page in `item.rs`.

pub(crate) mod allergies;
mod conditions;
pub(crate) mod documents;
mod item;
pub(crate) mod line;
mod medications;
mod show;
mod timeline;
mod trends;

pub(crate) use item::{Difference, differences};
pub(crate) use show::show;

use crate::banner::banner_of;
use crate::shell::Banner;
use crate::visitor::Visitor;
use medrecord_clinic::ids::PatientId;
use medrecord_store::{Desk, Refusal};

/// The banner over a page of the chart.
pub(crate) async fn head(desk: &mut Desk, visitor: &Visitor, patient: PatientId) -> Result<Banner, Refusal> {
    let zone = visitor.zone();
    let today = zone.day_of(desk.now());
    banner_of(desk, patient, (zone, today), visitor.text()).await
}

/// Reads an id out of an address; what is no id leads to nothing.
pub(crate) fn id<T: std::str::FromStr>(text: &str, what: &'static str) -> Result<T, Refusal> {
    text.parse().map_err(|_| Refusal::NotFound(what))
}
