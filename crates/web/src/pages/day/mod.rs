//! The day board: who comes today, where each visit stands, and the next step in one click.
//!
//! What a row says is prepared in `row.rs`. Steps are posted to the appointment (`pages/appointments/step.rs`) and
//! lead back here.

use crate::app::App;
use crate::backups;
use crate::desk::LookingUp;
use crate::error::Fault;
use crate::page::{Fragment, page};
use crate::shell::{PatientLine, Shell};
use crate::urls;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use medrecord_clinic::access::Action;
use medrecord_clinic::appointment::AppointmentStatus;
use medrecord_clinic::ids::ProviderId;
use medrecord_clinic::provider::{Provider, Role};
use medrecord_clinic::time::{Day, Instant, Zone};
use medrecord_store::appointments::{self, BoardRow, Unsigned};
use medrecord_store::providers;
use row::Row;
use serde::Deserialize;

mod list;
mod row;
mod week;

pub(crate) use list::list;
pub(crate) use week::week;

/// Which day, and whose.
#[derive(Deserialize, Default)]
pub(crate) struct Choice {
    #[serde(default)]
    on: String,
    #[serde(default)]
    provider: String,
}

/// One of the providers to choose from.
struct Seer {
    name: String,
    href: String,
    chosen: bool,
    visits: usize,
}

/// A record that waits for its signature.
pub(crate) struct Waiting {
    pub(crate) patient: PatientLine,
    pub(crate) date: String,
    pub(crate) changed: String,
}

impl Waiting {
    /// The record in words.
    pub(crate) fn of(record: &Unsigned, zone: Zone, today: Day) -> Self {
        Self {
            patient: row::line(&record.patient, urls::visit(record.appointment), today),
            date: zone.day_and_clock(record.appointment_date),
            changed: zone.day_and_clock(record.updated_at),
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
    seers: Vec<Seer>,
    several: bool,
    /// Whether the line that marks the present is on the board.
    marks_now: bool,
    rows: Vec<Row>,
    unsigned: Vec<Waiting>,
    backup: Option<backups::Line>,
}

/// Most unsigned records that the board shows; the rest follow as these are signed.
const MOST_UNSIGNED: i64 = 10;

/// Shows the board of a day.
pub(crate) async fn board(
    State(app): State<App>,
    visitor: Visitor,
    fragment: Fragment,
    Query(choice): Query<Choice>,
    LookingUp(mut desk): LookingUp,
) -> Result<Response, Fault> {
    let (zone, now, today) = (visitor.zone(), desk.now(), visitor.today(&app));
    let day = choice.on.parse::<Day>().unwrap_or(today);
    let chosen: Option<ProviderId> = choice.provider.parse().ok();
    let (from, until) = zone.bounds(day);
    let all = appointments::day(&mut desk, from, until).await?;
    let people = providers::list(&mut desk).await?;
    let unsigned = match desk.provider() {
        Ok(me) if visitor.may(Action::SignRecord) => {
            appointments::unsigned(&mut desk, me, MOST_UNSIGNED).await?
        }
        _ => Vec::new(),
    };
    desk.close().await?;
    let seers = seers(&people, &all, chosen, |provider| urls::day(day, provider));
    let mine = |row: &&BoardRow| chosen.is_none_or(|id| row.appointment.provider_id == id);
    let shown: Vec<&BoardRow> = all.iter().filter(mine).collect();
    let viewer = row::Viewer { zone, now, today, day, may_write: visitor.may(Action::WriteRecord) };
    let waiting = unsigned.iter().map(|record| Waiting::of(record, zone, today));
    let rows = viewer.rows(&shown, &people);
    let template = DayPage {
        shell: visitor.shell(),
        fragment: fragment.is("board"),
        heading: format!("{} {day}", day.weekday()),
        is_today: day == today,
        on: day.iso(),
        provider: chosen.map(|id| id.to_string()).unwrap_or_default(),
        here: urls::day(day, chosen),
        before: urls::day(day.plus_days(-1), chosen),
        after: urls::day(day.plus_days(1), chosen),
        book: urls::book(None, Some(day), chosen),
        walk_in: urls::walk_in(None),
        day_list: urls::day_list(day, chosen),
        calendar: urls::calendar(day, chosen, None),
        summary: summary(&shown, now),
        several: seers.len() > 2,
        seers,
        marks_now: rows.iter().any(|row| row.follows_now),
        rows,
        unsigned: waiting.collect(),
        backup: backups::line(&app, zone, visitor.may(Action::WriteSettings)),
    };
    if template.fragment { page(&template.as_board()) } else { page(&template) }
}

/// Everybody who sees patients, and first all of them together.
fn seers(
    people: &[Provider],
    rows: &[BoardRow],
    chosen: Option<ProviderId>,
    href: impl Fn(Option<ProviderId>) -> String,
) -> Vec<Seer> {
    let taking_place: Vec<ProviderId> = rows
        .iter()
        .map(|row| &row.appointment)
        .filter(|a| a.status.takes_time())
        .map(|a| a.provider_id)
        .collect();
    let visits = |id: ProviderId| taking_place.iter().filter(|provider| **provider == id).count();
    let all = Seer {
        name: "Everybody".to_owned(),
        href: href(None),
        chosen: chosen.is_none(),
        visits: taking_place.len(),
    };
    let each = people.iter().filter_map(|person| {
        let visits = visits(person.id);
        let seen = visits > 0 || person.role == Role::Provider && !person.disabled;
        seen.then(|| Seer {
            name: person.full_name(),
            href: href(Some(person.id)),
            chosen: chosen == Some(person.id),
            visits,
        })
    });
    std::iter::once(all).chain(each).collect()
}

/// The day in one line: `12 visits · 2 waiting, the longest 34 min · 1 in progress · 5 completed`.
fn summary(rows: &[&BoardRow], now: Instant) -> String {
    let count = |status| rows.iter().filter(|row| row.appointment.status == status).count();
    let taking_place = rows.iter().filter(|row| row.appointment.status.takes_time()).count();
    let mut parts =
        vec![if taking_place == 1 { "1 visit".to_owned() } else { format!("{taking_place} visits") }];
    let waits = rows.iter().filter(|row| row.appointment.status == AppointmentStatus::CheckedIn);
    if let Some(longest) = waits.filter_map(|row| row.appointment.waited(now)).max() {
        let waiting = count(AppointmentStatus::CheckedIn);
        parts.push(format!("{waiting} waiting, the longest {}", row::minutes(longest)));
    }
    for status in [
        AppointmentStatus::InProgress,
        AppointmentStatus::Completed,
        AppointmentStatus::Cancelled,
        AppointmentStatus::NoShow,
    ] {
        let number = count(status);
        if number > 0 {
            parts.push(format!("{number} {}", status.in_words().to_lowercase()));
        }
    }
    parts.join(" · ")
}
