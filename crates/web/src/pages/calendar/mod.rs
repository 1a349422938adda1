//! The calendar: a day with a column for each provider, a week of one provider, a month at a glance. Visits are moved
//! here with the keyboard, with the mouse, and without a script by choosing where to.
//!
//! The table is laid out in `grid.rs`; a move is posted to the appointment (`pages/appointments/shift.rs`).

use crate::app::App;
use crate::desk::LookingUp;
use crate::error::Fault;
use crate::page::page;
use crate::pages::waiting_list;
use crate::shell::{Pager, PatientLine, Shell};
use crate::urls;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use grid::{Column, Line, Plan, What};
use medrecord_clinic::access::Action;
use medrecord_clinic::appointment::AppointmentStatus;
use medrecord_clinic::ids::{AppointmentId, ProviderId};
use medrecord_clinic::provider::{Provider, Role};
use medrecord_clinic::time::{Day, Zone};
use medrecord_store::appointments::{self, BoardRow, Visits};
use medrecord_store::{Desk, blocked_times, practice, providers};
use serde::Deserialize;

mod blocked;
mod grid;
mod month;

pub(crate) use blocked::{block, list as blocked_times_page, unblock};
pub(crate) use month::month;

/// Which days, and whose.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub(crate) struct Choice {
    on: String,
    provider: String,
    /// `week`, or else a day.
    view: String,
    /// The visit that is being moved.
    r#move: String,
    /// What the last move can be taken back with: visit, version, instant, provider.
    undo: String,
    /// Which of the columns, where they are too many for one page.
    page: String,
}

/// Most providers beside one another: more are hard to read and slow to draw.
const MOST: usize = 12;

/// A provider or a view to choose.
pub(super) struct Choosable {
    pub(super) name: String,
    pub(super) href: String,
    pub(super) chosen: bool,
}

/// The head of a column.
struct Head {
    words: String,
    href: String,
    is_today: bool,
}

/// A visit in the table.
#[derive(Clone)]
struct Visit {
    /// Where a move is posted.
    action: String,
    version: i32,
    time: String,
    patient: PatientLine,
    words: String,
    status: &'static str,
    details: String,
    /// Where it is chosen to be moved; none where it has begun or nobody may.
    shift: Option<String>,
    is_moved: bool,
}

/// The visit that is being moved.
struct Moving {
    name: String,
    when: String,
    action: String,
    version: i32,
    leave: String,
}

/// How the last move is taken back.
struct Undo {
    action: String,
    version: String,
    to: String,
}

#[derive(Template)]
#[template(path = "pages/calendar/calendar.html")]
struct CalendarPage {
    shell: Shell,
    heading: String,
    is_week: bool,
    before: String,
    now: Option<String>,
    after: String,
    on: String,
    provider: String,
    here: String,
    views: Vec<Choosable>,
    seers: Vec<Choosable>,
    blocked: String,
    /// How many wait, or that freed times suit some of them.
    waiting_list: String,
    book: String,
    heads: Vec<Head>,
    lines: Vec<Line<Visit>>,
    pager: Pager,
    may_write: bool,
    moving: Option<Moving>,
    undo: Option<Undo>,
}

impl CalendarPage {
    fn name_of(&self, provider: &ProviderId) -> &str {
        let id = provider.to_string();
        self.seers.iter().find(|seer| seer.href.contains(&id)).map_or("", |seer| &seer.name)
    }
}

/// The days and providers that are shown, worked out of what was asked.
struct View {
    first: Day,
    is_week: bool,
    provider: Option<ProviderId>,
    /// Which columns of a day of everybody, from 0.
    page: usize,
}

impl View {
    /// Where it is found, or another part of it or day.
    fn url(&self, day: Day, page: usize) -> String {
        let url = url(self.is_week, day, self.provider);
        if page == 0 { url } else { urls::and(&url, "page", &(page + 1).to_string()) }
    }

    fn here(&self) -> String {
        self.url(self.first, self.page)
    }
}

/// Shows a day of everybody or of one, or a week of one.
pub(crate) async fn calendar(
    State(app): State<App>,
    visitor: Visitor,
    Query(choice): Query<Choice>,
    LookingUp(mut desk): LookingUp,
) -> Result<Response, Fault> {
    let (zone, now, today) = (visitor.zone(), desk.now(), visitor.today(&app));
    let on = choice.on.parse::<Day>().unwrap_or(today);
    let everybody = providers::list(&mut desk).await?;
    let is_week = choice.view == "week";
    let first = if is_week { monday_of(on) } else { on };
    let last = first.plus_days(if is_week { 6 } else { 0 });
    let (from, until) = (zone.bounds(first).0, zone.bounds(last).1);
    let tallies = appointments::tally(&mut desk, from, until).await?;
    let with_visits: Vec<ProviderId> = tallies.iter().map(|tally| tally.provider).collect();
    let people = seeing(&everybody, &with_visits);
    let asked = choice.provider.parse().ok().filter(|id| people.iter().any(|person| person.id == *id));
    let provider = if is_week { asked.or_else(|| own_or_first(&visitor, &people)) } else { asked };
    let last_page = if is_week || provider.is_some() { 0 } else { people.len().saturating_sub(1) / MOST };
    let page_asked = choice.page.parse::<usize>().unwrap_or(1).saturating_sub(1);
    let view = View { first, is_week, provider, page: page_asked.min(last_page) };
    let shown: Vec<(Day, ProviderId)> = columns(&view, &people);
    let rows = if last_page == 0 {
        appointments::visits(&mut desk, Visits::between(from, until).of(provider)).await?
    } else {
        let whose: Vec<ProviderId> = shown.iter().map(|(_, provider)| *provider).collect();
        appointments::of_several(&mut desk, (from, until), &whose).await?
    };
    let blocked = blocked_times::list(&mut desk, from, until).await?;
    let practice = practice::get(&mut desk, zone).await?;
    let moving = moving(&mut desk, &visitor, &choice, &view).await?;
    let waiting_list = waiting_list::words(&mut desk, zone, visitor.text()).await?;
    desk.close().await?;
    let may_write = visitor.may(Action::WriteSchedule);
    let columns: Vec<Column<Visit>> = shown
        .into_iter()
        .map(|(day, provider)| {
            let mine = |row: &&BoardRow| {
                let a = &row.appointment;
                a.provider_id == provider && zone.day_of(a.appointment_date) == day && a.status.takes_time()
            };
            let visits = rows.iter().filter(mine).map(|row| {
                let visit = visit(row, (zone, today), &choice, &view, may_write);
                (row.appointment.slot(), visit)
            });
            Column { day, provider, visits: visits.collect() }
        })
        .collect();
    let lines = Plan { practice: &practice, blocked: &blocked, now }.lines(&columns);
    let page_shown = frame(&visitor, &view, &people, today, (lines, moving, undo(&choice), may_write));
    page(&CalendarPage { waiting_list, ..page_shown })
}

fn frame(
    visitor: &Visitor,
    view: &View,
    people: &[Provider],
    today: Day,
    (lines, moving, undo, may_write): (Vec<Line<Visit>>, Option<Moving>, Option<Undo>, bool),
) -> CalendarPage {
    let at = |day: Day| view.url(day, view.page);
    let step = if view.is_week { 7 } else { 1 };
    let is_now = if view.is_week { view.first == monday_of(today) } else { view.first == today };
    let all = (!view.is_week).then(|| Choosable {
        name: "Everybody".to_owned(),
        href: url(false, view.first, None),
        chosen: view.provider.is_none(),
    });
    let each = people.iter().map(|person| Choosable {
        name: person.full_name(),
        href: url(view.is_week, view.first, Some(person.id)),
        chosen: view.provider == Some(person.id),
    });
    let heads =
        columns(view, people).into_iter().map(|(day, provider)| head(view, people, day, provider, today));
    CalendarPage {
        shell: visitor.shell(),
        heading: if view.is_week {
            format!("Week of {}", view.first)
        } else {
            format!("{} {}", view.first.weekday(), view.first)
        },
        is_week: view.is_week,
        before: at(view.first.plus_days(-step)),
        now: (!is_now).then(|| at(today)),
        after: at(view.first.plus_days(step)),
        on: view.first.iso(),
        provider: view.provider.map(|id| id.to_string()).unwrap_or_default(),
        here: view.here(),
        pager: pager(view, people.len()),
        views: views(if view.is_week { "Week" } else { "Day" }, view.first, view.provider),
        heads: heads.collect(),
        seers: all.into_iter().chain(each).collect(),
        blocked: urls::BLOCKED_TIMES.to_owned(),
        waiting_list: String::new(),
        book: urls::book(None, Some(view.first), view.provider),
        lines,
        may_write,
        moving,
        undo,
    }
}

fn head(view: &View, people: &[Provider], day: Day, provider: ProviderId, today: Day) -> Head {
    if view.is_week {
        let words = format!("{} {day}", day.weekday().chars().take(3).collect::<String>());
        return Head { words, href: url(false, day, Some(provider)), is_today: day == today };
    }
    let name = people.iter().find(|person| person.id == provider).map(Provider::full_name);
    Head { words: name.unwrap_or_default(), href: url(true, day, Some(provider)), is_today: false }
}

/// Day, week and month, and the week as a list.
pub(super) fn views(chosen: &str, day: Day, provider: Option<ProviderId>) -> Vec<Choosable> {
    [
        ("Day", url(false, day, provider)),
        ("Week", url(true, day, provider)),
        ("Month", urls::month(day, provider)),
        ("List", urls::week(day, provider)),
    ]
    .into_iter()
    .map(|(name, href)| Choosable { name: name.to_owned(), href, chosen: name == chosen })
    .collect()
}

fn url(is_week: bool, day: Day, provider: Option<ProviderId>) -> String {
    urls::calendar(day, provider, if is_week { Some("week") } else { None })
}

/// Each column's day and provider.
fn columns(view: &View, people: &[Provider]) -> Vec<(Day, ProviderId)> {
    match (view.is_week, view.provider) {
        (true, Some(provider)) => (0..7).map(|days| (view.first.plus_days(days), provider)).collect(),
        (true, None) => Vec::new(),
        (false, Some(provider)) => vec![(view.first, provider)],
        (false, None) => {
            let part = people.iter().skip(view.page * MOST).take(MOST);
            part.map(|person| (view.first, person.id)).collect()
        }
    }
}

/// The ways to the other columns of a day of everybody.
fn pager(view: &View, people: usize) -> Pager {
    let every = !view.is_week && view.provider.is_none();
    let (begin, end) = (view.page * MOST, people.min((view.page + 1) * MOST));
    Pager {
        previous: view.page.checked_sub(1).map(|page| view.url(view.first, page)),
        next: (every && end < people).then(|| view.url(view.first, view.page + 1)),
        earlier: "Before".into(),
        later: "More".into(),
        words: format!("{} to {end} of {people} people", begin + 1),
    }
}

/// Those who see patients: providers, administrators with a licence, and whoever has a visit among those shown.
pub(crate) fn seeing(people: &[Provider], with_visits: &[ProviderId]) -> Vec<Provider> {
    let sees = |person: &&Provider| {
        let by_role = match person.role {
            Role::Provider => true,
            Role::Admin => person.license_number.is_some(),
            Role::Staff => false,
        };
        by_role && !person.disabled || with_visits.contains(&person.id)
    };
    people.iter().filter(sees).cloned().collect()
}

fn own_or_first(visitor: &Visitor, people: &[Provider]) -> Option<ProviderId> {
    let own = people.iter().find(|person| Some(person.id) == visitor.actor.id);
    own.or_else(|| people.first()).map(|person| person.id)
}

pub(super) fn monday_of(day: Day) -> Day {
    (0..7).map(|back| day.plus_days(-back)).find(|day| day.weekday() == "Monday").unwrap_or(day)
}

fn visit(row: &BoardRow, (zone, today): (Zone, Day), choice: &Choice, view: &View, may_write: bool) -> Visit {
    let a = &row.appointment;
    let movable = may_write && a.status == AppointmentStatus::Scheduled;
    let here = view.here();
    Visit {
        action: urls::shift(a.id),
        version: a.version,
        time: zone.clock(a.appointment_date),
        patient: PatientLine {
            href: urls::appointment(a.id),
            surname: row.patient.last_name.clone(),
            given: row.patient.first_name.clone(),
            born: row.patient.date_of_birth.to_string(),
            age: row.patient.date_of_birth.age_text(today),
            number: row.patient.record_number.clone(),
        },
        words: format!(
            "{}, {} min, {}",
            a.appointment_type.in_words(),
            a.duration_minutes,
            a.status.in_words()
        ),
        status: a.status.as_str(),
        details: urls::appointment(a.id),
        shift: movable.then(|| urls::and(&here, "move", &a.id.to_string())),
        is_moved: choice.r#move == a.id.to_string(),
    }
}

async fn moving(
    desk: &mut Desk,
    visitor: &Visitor,
    choice: &Choice,
    view: &View,
) -> Result<Option<Moving>, Fault> {
    let Ok(id) = choice.r#move.parse::<AppointmentId>() else { return Ok(None) };
    if !visitor.may(Action::WriteSchedule) {
        return Ok(None);
    }
    let Some(visit) = appointments::find(desk, id).await? else { return Ok(None) };
    let patient = medrecord_store::patients::get(desk, visit.patient_id).await?;
    Ok(Some(Moving {
        name: format!(
            "{}, born {}, {}",
            medrecord_clinic::patient::display_name(&patient.first_name, &patient.last_name),
            patient.date_of_birth,
            patient.record_number
        ),
        when: visitor.zone().day_and_clock(visit.appointment_date),
        action: urls::shift(id),
        version: visit.version,
        leave: view.here(),
    }))
}

fn undo(choice: &Choice) -> Option<Undo> {
    let mut parts = choice.undo.split('~');
    let id: AppointmentId = parts.next()?.parse().ok()?;
    let version = parts.next()?.parse::<i32>().ok()?.to_string();
    let to = parts.next()?.to_owned();
    Some(Undo { action: urls::shift(id), version, to })
}
