//! The day as a list on paper, for the front desk and for when the machines are down.

use super::row::{Row, Viewer};
use super::{Choice, row, tally};
use crate::app::App;
use crate::desk::Reading;
use crate::error::Fault;
use crate::page::page;
use crate::shell::Shell;
use crate::urls;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use medrecord_clinic::access::Action;
use medrecord_clinic::ids::ProviderId;
use medrecord_clinic::time::Day;
use medrecord_store::appointments::{self, Visits};
use medrecord_store::providers;

#[derive(Template)]
#[template(path = "pages/day/list.html")]
struct ListPage {
    shell: Shell,
    heading: String,
    summary: String,
    board: String,
    rows: Vec<Row>,
    printed: String,
}

/// Shows the list of a day, of one provider or of all.
pub(crate) async fn list(
    State(app): State<App>,
    visitor: Visitor,
    Query(choice): Query<Choice>,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    let (zone, now, today) = (visitor.zone(), desk.now(), visitor.today(&app));
    let text = visitor.text();
    let day = choice.on.parse::<Day>().unwrap_or(today);
    let chosen: Option<ProviderId> = choice.provider.parse().ok();
    let (from, until) = zone.bounds(day);
    let shown = appointments::print_day(&mut desk, Visits::between(from, until).of(chosen)).await?;
    let tallies = appointments::tally(&mut desk, from, until).await?;
    let people = providers::list(&mut desk).await?;
    desk.close().await?;
    let may_write = visitor.may(Action::WriteRecord);
    let viewer = Viewer { text, zone, now, today, day, may_write, skipped: 0 };
    let shell = visitor.shell();
    page(&ListPage {
        heading: super::heading(day, text),
        summary: tally::summary(&tallies, chosen, now, text),
        board: urls::day(day, chosen),
        rows: viewer.rows(&shown, &people),
        printed: shell.printed.clone(),
        shell: Shell { printed: String::new(), ..shell },
    })
}
