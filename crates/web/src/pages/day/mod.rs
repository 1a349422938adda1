//! The day board: who comes today, where each visit stands, and the next step in one click.
//!
//! What a row says is prepared in `row.rs`, the numbers in `tally.rs`. Steps are posted to the appointment (`pages/appointments/step.rs`) and
//! lead back here.

use crate::app::App;
use crate::backups;
use crate::desk::LookingUp;
use crate::downtime;
use crate::error::Fault;
use crate::page::{Fragment, page};
use crate::pages::waiting_list as queue;
use crate::shell::{Pager, PatientLine, Shell};
use crate::text::Text;
use crate::urls;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use medrecord_clinic::access::Action;
use medrecord_clinic::ids::ProviderId;
use medrecord_clinic::time::{Day, Zone};
use medrecord_store::appointments::{self, Unsigned, Visits};
use medrecord_store::providers;
use row::Row;
use serde::Deserialize;

mod list;
mod row;
mod tally;
mod week;

pub(crate) use list::list;
pub(crate) use week::week;

/// Which day, whose, and which page of very many.
#[derive(Deserialize, Default)]
pub(crate) struct Choice {
    #[serde(default)]
    on: String,
    #[serde(default)]
    provider: String,
    #[serde(default)]
    page: String,
}

/// One of the providers to choose from.
struct Seer {
    name: String,
    href: String,
    chosen: bool,
    visits: i64,
}

/// A record that waits for its signature.
pub(crate) struct Waiting {
    pub(crate) patient: PatientLine,
    pub(crate) date: String,
    pub(crate) changed: String,
}

impl Waiting {
    /// The record in words.
    pub(crate) fn of(record: &Unsigned, zone: Zone, today: Day, text: Text) -> Self {
        Self {
            patient: row::line(&record.patient, urls::visit(record.appointment), (today, text)),
            date: text.day_and_clock(zone, record.appointment_date),
            changed: text.day_and_clock(zone, record.updated_at),
        }
    }
}

#[expect(clippy::struct_excessive_bools, reason = "each says whether a part of the page is shown")]
#[derive(Template)]
#[template(path = "pages/day/day.html", blocks = ["board"])]
struct DayPage {
    shell: Shell,
    fragment: bool,
    heading: String,
    is_today: bool,
    on: String,
    provider: String,
    here: String,
    before: String,
    after: String,
    book: String,
    walk_in: String,
    day_list: String,
    calendar: String,
    summary: String,
    /// How many wait, or that freed times suit some of them.
    waiting_list: String,
    seers: Vec<Seer>,
    several: bool,
    /// Whether the line that marks the present is on the board.
    marks_now: bool,
    rows: Vec<Row>,
    pager: Pager,
    unsigned: Vec<Waiting>,
    /// How the practice stands with its backups and with the packet for when the machines are down.
    standing: Vec<backups::Line>,
}

/// Most unsigned records that the board shows; the rest follow as these are signed.
const MOST_UNSIGNED: i64 = 10;

/// The day as it heads a page.
fn heading(day: Day, text: Text) -> String {
    text.with("weekday", text.weekday(day)).with("day", text.day(day)).say("day-heading")
}

fn standing(app: &App, zone: Zone, runs_the_system: bool) -> Vec<backups::Line> {
    let backup = backups::line(app, zone, runs_the_system);
    backup.into_iter().chain(downtime::line(app, zone, runs_the_system)).collect()
}

/// Shows the board of a day.
pub(crate) async fn board(
    State(app): State<App>,
    visitor: Visitor,
    fragment: Fragment,
    Query(choice): Query<Choice>,
    LookingUp(mut desk): LookingUp,
) -> Result<Response, Fault> {
    let (zone, now, today) = (visitor.zone(), desk.now(), visitor.today(&app));
    let text = visitor.text();
    let day = choice.on.parse::<Day>().unwrap_or(today);
    let chosen: Option<ProviderId> = choice.provider.parse().ok();
    let (from, until) = zone.bounds(day);
    let tallies = appointments::tally(&mut desk, from, until).await?;
    let asked = (tally::total(&tallies, chosen), (day == today).then_some(now));
    let part = tally::part(&mut desk, Visits::between(from, until).of(chosen), &choice, asked).await?;
    let shown = appointments::visits(&mut desk, part.visits).await?;
    let people = providers::list(&mut desk).await?;
    let waiting_list = queue::words(&mut desk, zone, text).await?;
    let unsigned = match desk.provider() {
        Ok(me) if visitor.may(Action::SignRecord) => {
            appointments::unsigned(&mut desk, me, MOST_UNSIGNED).await?
        }
        _ => Vec::new(),
    };
    desk.close().await?;
    let seers = tally::seers(&people, &tallies, chosen, |provider| urls::day(day, provider), text);
    let may_write = visitor.may(Action::WriteRecord);
    let viewer = row::Viewer { text, zone, now, today, day, may_write, skipped: part.skip };
    let waiting = unsigned.iter().map(|record| Waiting::of(record, zone, today, text));
    let rows = viewer.rows(&shown, &people);
    let pager = part.pager(rows.len(), day, chosen, text);
    let template = DayPage {
        shell: visitor.shell(),
        fragment: fragment.is("board"),
        heading: heading(day, text),
        is_today: day == today,
        on: day.iso(),
        provider: chosen.map(|id| id.to_string()).unwrap_or_default(),
        here: urls::day_page(day, chosen, part.page),
        before: urls::day(day.plus_days(-1), chosen),
        after: urls::day(day.plus_days(1), chosen),
        book: urls::book(None, Some(day), chosen),
        walk_in: urls::walk_in(None),
        day_list: urls::day_list(day, chosen),
        calendar: urls::calendar(day, chosen, None),
        summary: tally::summary(&tallies, chosen, now, text),
        waiting_list,
        several: seers.len() > 2,
        seers,
        marks_now: rows.iter().any(|row| row.follows_now),
        rows,
        pager,
        unsigned: waiting.collect(),
        standing: standing(&app, zone, visitor.may(Action::WriteSettings)),
    };
    if template.fragment { page(&template.as_board()) } else { page(&template) }
}
