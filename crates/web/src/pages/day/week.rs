//! The week at a glance: seven days side by side, each visit leading to its details, each day to its board.

use super::row::{Row, Viewer};
use super::{Choice, Seer, seers};
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
use medrecord_store::appointments::{self, BoardRow};
use medrecord_store::providers;

#[derive(Template)]
#[template(path = "pages/day/week.html")]
struct WeekPage {
    shell: Shell,
    monday: String,
    is_now: bool,
    before: String,
    now: String,
    after: String,
    board: String,
    book: String,
    seers: Vec<Seer>,
    several: bool,
    /// Whether everybody's visits are shown.
    chosen_none: bool,
    days: Vec<Column>,
}

/// One day of the week.
struct Column {
    id: String,
    weekday: String,
    date: String,
    board: String,
    book: String,
    is_today: bool,
    rows: Vec<Row>,
}

/// Shows the week that a day belongs to, of one provider or of all.
pub(crate) async fn week(
    State(app): State<App>,
    visitor: Visitor,
    Query(choice): Query<Choice>,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    let (zone, now, today) = (visitor.zone(), desk.now(), visitor.today(&app));
    let monday = monday_of(choice.on.parse::<Day>().unwrap_or(today));
    let chosen: Option<ProviderId> = choice.provider.parse().ok();
    let (from, until) = (zone.bounds(monday).0, zone.bounds(monday.plus_days(6)).1);
    let all = appointments::day(&mut desk, from, until).await?;
    let people = providers::list(&mut desk).await?;
    desk.close().await?;
    let mine = |row: &&BoardRow| chosen.is_none_or(|id| row.appointment.provider_id == id);
    let column = |day: Day| {
        let on_day = |row: &&BoardRow| zone.day_of(row.appointment.appointment_date) == day;
        let shown: Vec<&BoardRow> = all.iter().filter(mine).filter(on_day).collect();
        let viewer = Viewer { zone, now, today, day, may_write: visitor.may(Action::WriteRecord) };
        Column {
            id: format!("on-{}", day.iso()),
            weekday: day.weekday(),
            date: day.to_string(),
            board: urls::day(day, chosen),
            book: urls::book(None, Some(day), chosen),
            is_today: day == today,
            rows: viewer.rows(&shown, &people),
        }
    };
    let seers = seers(&people, &all, chosen, |provider| urls::week(monday, provider));
    page(&WeekPage {
        shell: visitor.shell(),
        monday: monday.to_string(),
        is_now: monday == monday_of(today),
        before: urls::week(monday.plus_days(-7), chosen),
        now: urls::week(today, chosen),
        after: urls::week(monday.plus_days(7), chosen),
        board: urls::day(if monday == monday_of(today) { today } else { monday }, chosen),
        book: urls::book(None, None, chosen),
        several: seers.len() > 2,
        seers,
        chosen_none: chosen.is_none(),
        days: (0..7).map(|days| column(monday.plus_days(days))).collect(),
    })
}

fn monday_of(day: Day) -> Day {
    (0..7).map(|back| day.plus_days(-back)).find(|day| day.weekday() == "Monday").unwrap_or(day)
}
