//! A month at a glance: how full each day is and what is closed, each day leading to its calendar.

use super::{Choice, Choosable, monday_of, seeing, views};
use crate::app::App;
use crate::desk::LookingUp;
use crate::error::Fault;
use crate::page::page;
use crate::shell::Shell;
use crate::urls;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use chrono::{Datelike, Months};
use medrecord_clinic::blocked_time::BlockedTime;
use medrecord_clinic::ids::ProviderId;
use medrecord_clinic::practice::Practice;
use medrecord_clinic::time::{Day, Zone};
use medrecord_store::appointments::{self, Busy};
use medrecord_store::{blocked_times, practice, providers};

#[derive(Template)]
#[template(path = "pages/calendar/month.html")]
struct MonthPage {
    shell: Shell,
    heading: String,
    before: String,
    now: Option<String>,
    after: String,
    views: Vec<Choosable>,
    seers: Vec<Choosable>,
    weeks: Vec<Vec<Cell>>,
}

/// One day.
struct Cell {
    number: u32,
    date: String,
    href: String,
    visits: usize,
    booked: String,
    minutes: i64,
    open: i64,
    blocked: Vec<String>,
    is_today: bool,
    /// Whether it belongs to the month, and not to its neighbours.
    is_in: bool,
}

/// Shows the month that a day belongs to, of one provider or of all.
pub(crate) async fn month(
    State(app): State<App>,
    visitor: Visitor,
    Query(choice): Query<Choice>,
    LookingUp(mut desk): LookingUp,
) -> Result<Response, Fault> {
    let (zone, today) = (visitor.zone(), visitor.today(&app));
    let on = choice.on.parse::<Day>().unwrap_or(today);
    let everybody = providers::list(&mut desk).await?;
    let first = first_of(on);
    let monday = monday_of(first);
    let last = monday.plus_days(41);
    let (from, until) = (zone.bounds(monday).0, zone.bounds(last).1);
    let busy = appointments::busy(&mut desk, from, until).await?;
    let with_visits: Vec<ProviderId> = busy.iter().map(|visit| visit.provider).collect();
    let people = seeing(&everybody, &with_visits);
    let provider = choice.provider.parse().ok().filter(|id| people.iter().any(|person| person.id == *id));
    let blocked = blocked_times::list(&mut desk, from, until).await?;
    let practice = practice::get(&mut desk, zone).await?;
    desk.close().await?;
    let seers = if provider.is_some() { 1 } else { people.len() };
    let mine = |id: ProviderId| provider.is_none_or(|chosen| chosen == id);
    let busy: Vec<Busy> = busy.into_iter().filter(|visit| mine(visit.provider)).collect();
    let blocked: Vec<BlockedTime> =
        blocked.into_iter().filter(|blocked| blocked.provider_id.is_none_or(mine)).collect();
    let cell = |day: Day| cell(day, zone, &practice, (&busy, &blocked), seers);
    let days = (0..42).map(|days| monday.plus_days(days)).map(|day| Cell {
        is_today: day == today,
        is_in: day.0.month() == first.0.month(),
        href: urls::calendar(day, provider, None),
        ..cell(day)
    });
    let mut weeks: Vec<Vec<Cell>> = Vec::new();
    for (at, day) in days.enumerate() {
        match weeks.last_mut().filter(|_| at % 7 != 0) {
            Some(week) => week.push(day),
            None => weeks.push(vec![day]),
        }
    }
    weeks.retain(|week| week.iter().any(|day| day.is_in));
    let all = Choosable {
        name: "Everybody".to_owned(),
        href: urls::month(first, None),
        chosen: provider.is_none(),
    };
    let each = people.iter().map(|person| Choosable {
        name: person.full_name(),
        href: urls::month(first, Some(person.id)),
        chosen: provider == Some(person.id),
    });
    page(&MonthPage {
        shell: visitor.shell(),
        heading: first.0.format("%B %Y").to_string(),
        before: urls::month(months_on(first, -1), provider),
        now: (first != first_of(today)).then(|| urls::month(today, provider)),
        after: urls::month(months_on(first, 1), provider),
        views: views("Month", on, provider),
        seers: std::iter::once(all).chain(each).collect(),
        weeks,
    })
}

fn first_of(day: Day) -> Day {
    day.0.with_day(1).map_or(day, Day)
}

fn months_on(day: Day, months: i32) -> Day {
    let step = Months::new(months.unsigned_abs());
    let moved = if months < 0 { day.0.checked_sub_months(step) } else { day.0.checked_add_months(step) };
    moved.map_or(day, Day)
}

fn cell(
    day: Day,
    zone: Zone,
    practice: &Practice,
    (busy, blocked): (&[Busy], &[BlockedTime]),
    seers: usize,
) -> Cell {
    let on_day: Vec<&Busy> = busy.iter().filter(|visit| zone.day_of(visit.from) == day).collect();
    let minutes: i64 = on_day.iter().map(|visit| visit.minutes).sum();
    let (from, until) = zone.bounds(day);
    let touching = blocked.iter().filter(|blocked| blocked.slot.from < until && from < blocked.slot.until);
    let open = i64::from(practice.closes_at - practice.opens_at);
    Cell {
        number: day.0.day(),
        date: format!("{} {day}", day.weekday()),
        href: String::new(),
        visits: on_day.len(),
        booked: format!("{} h {:02}", minutes / 60, minutes % 60),
        minutes,
        open: open * i64::try_from(seers).unwrap_or(1).max(1),
        blocked: touching.map(BlockedTime::in_words).collect(),
        is_today: false,
        is_in: false,
    }
}
