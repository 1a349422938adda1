//! Whom a freed time suits, the most urgent first; one click leads to the booking form with the time filled in.

use super::line::{Line, Words};
use crate::app::App;
use crate::desk::Reading;
use crate::error::Fault;
use crate::page::page;
use crate::shell::Shell;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use medrecord_clinic::access::Action;
use medrecord_clinic::ids::ProviderId;
use medrecord_clinic::time::Instant;
use medrecord_clinic::waiting_list::Freed;
use medrecord_store::{Refusal, providers, waiting_list};
use serde::Deserialize;

/// Which time, and whose.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Asked {
    provider: String,
    from: String,
    until: String,
}

impl Asked {
    fn read(&self) -> Option<Freed> {
        let provider: ProviderId = self.provider.parse().ok()?;
        let (from, until): (Instant, Instant) = (self.from.parse().ok()?, self.until.parse().ok()?);
        Some(Freed { from, until, provider })
    }
}

#[derive(Template)]
#[template(path = "pages/waiting_list/freed.html")]
struct FreedPage {
    shell: Shell,
    heading: String,
    /// What is still free of it, in words, with those whom it suits.
    parts_free: Vec<(String, Vec<Line>)>,
    may_write: bool,
}

/// Shows whom a freed time suits.
pub(crate) async fn freed(
    State(app): State<App>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    let freed = asked.read().ok_or(Refusal::NotFound("freed time"))?;
    let (zone, today) = (visitor.zone(), visitor.today(&app));
    let people = providers::list(&mut desk).await?;
    let offers = waiting_list::offers_in(&mut desk, zone, freed).await?;
    desk.close().await?;
    let words = Words { people: &people, zone, today };
    let parts_free = offers.iter().map(|offer| {
        let lines = offer.fits.iter().map(|fit| words.fit(fit, offer.freed));
        (offer.freed.slot().in_words(zone), lines.collect())
    });
    page(&FreedPage {
        shell: visitor.shell(),
        heading: words.freed(freed),
        parts_free: parts_free.collect(),
        may_write: visitor.may(Action::WriteSchedule),
    })
}
