//! The week at a glance: seven days side by side, each visit leading to its details, each day to its board.

use super::row::{Row, Viewer};
use super::{Choice, Seer, tally};
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
use medrecord_clinic::time::{Day, Zone};
use medrecord_store::appointments::{self, BoardRow, Visits};
use medrecord_store::{Desk, Refusal, providers};

/// A week of more visits shows the first ones of each day, and says so.
const MOST: i64 = 350;
const MOST_OF_A_DAY: i64 = 50;

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
    /// Whether the day has more visits than are shown.
    is_cut: bool,
}

/// Shows the week that a day belongs to, of one provider or of all.
pub(crate) async fn week(
    State(app): State<App>,
    visitor: Visitor,
    Query(choice): Query<Choice>,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    let (zone, now, today) = (visitor.zone(), desk.now(), visitor.today(&app));
    let text = visitor.text();
    let monday = monday_of(choice.on.parse::<Day>().unwrap_or(today));
    let chosen: Option<ProviderId> = choice.provider.parse().ok();
    let (from, until) = (zone.bounds(monday).0, zone.bounds(monday.plus_days(6)).1);
    let tallies = appointments::tally(&mut desk, from, until).await?;
    let fits = tally::total(&tallies, chosen) <= MOST;
    let all = if fits {
        appointments::visits(&mut desk, Visits::between(from, until).of(chosen)).await?
    } else {
        first_of_each_day(&mut desk, zone, monday, chosen).await?
    };
    let people = providers::list(&mut desk).await?;
    desk.close().await?;
    let column = |day: Day| {
        let on_day = |row: &&BoardRow| zone.day_of(row.appointment.appointment_date) == day;
        let may_write = visitor.may(Action::WriteRecord);
        let viewer = Viewer { text, zone, now, today, day, may_write, skipped: 0 };
        let rows = viewer.rows(all.iter().filter(on_day), &people);
        Column {
            id: format!("on-{}", day.iso()),
            weekday: text.weekday(day),
            date: text.day(day),
            board: urls::day(day, chosen),
            book: urls::book(None, Some(day), chosen),
            is_today: day == today,
            is_cut: !fits && i64::try_from(rows.len()).is_ok_and(|shown| shown >= MOST_OF_A_DAY),
            rows,
        }
    };
    let seers = tally::seers(&people, &tallies, chosen, |provider| urls::week(monday, provider), text);
    page(&WeekPage {
        shell: visitor.shell(),
        monday: text.day(monday),
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

/// The first visits of each day of a week that has very many.
async fn first_of_each_day(
    desk: &mut Desk,
    zone: Zone,
    monday: Day,
    chosen: Option<ProviderId>,
) -> Result<Vec<BoardRow>, Refusal> {
    let mut all = Vec::new();
    for day in (0..7).map(|days| monday.plus_days(days)) {
        let (from, until) = zone.bounds(day);
        let asked = Visits::between(from, until).of(chosen).part(0, MOST_OF_A_DAY);
        all.extend(appointments::visits(desk, asked).await?);
    }
    Ok(all)
}

fn monday_of(day: Day) -> Day {
    (0..7).map(|back| day.plus_days(-back)).find(|day| day.weekday() == "Monday").unwrap_or(day)
}
