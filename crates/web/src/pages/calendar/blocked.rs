//! Leave, meetings, breaks and closed days: the list of what is to come, entered and taken back. Visits that are booked
//! into such a time are named, so that they can be moved.

use crate::app::App;
use crate::desk::{Reading, Writing};
use crate::error::Fault;
use crate::form::Form;
use crate::page::{page, refused, see_other_saying};
use crate::shell::{PatientLine, Shell};
use crate::urls;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::{Form as Posted, Path, State};
use axum::response::Response;
use medrecord_clinic::access::Action;
use medrecord_clinic::blocked_time::{BlockedTime, BlockedTimeForm, BlockedTimeKind};
use medrecord_clinic::ids::BlockedTimeId;
use medrecord_clinic::provider::Provider;
use medrecord_clinic::time::{Day, Zone};
use medrecord_store::appointments::{self, BoardRow, Visits};
use medrecord_store::{Desk, Refusal, blocked_times, providers};
use serde::Deserialize;

/// One blocked time in words.
struct Line {
    when: String,
    whose: String,
    why: String,
    remove: String,
    version: i32,
    /// Visits that are booked into it.
    visits: Vec<(PatientLine, String)>,
}

#[derive(Template)]
#[template(path = "pages/calendar/blocked.html")]
struct BlockedPage {
    shell: Shell,
    form: Form,
    seers: Vec<(String, String)>,
    kinds: Vec<(&'static str, &'static str)>,
    lines: Vec<Line>,
    back: String,
    may_write: bool,
}

/// How far ahead the list looks, in days.
const AHEAD: i64 = 400;

/// Lists what is blocked from today on.
pub(crate) async fn list(
    State(app): State<App>,
    visitor: Visitor,
    Reading(desk): Reading,
) -> Result<Response, Fault> {
    let today = visitor.today(&app);
    let form = Form::default().with("kind", "leave").with("fromDate", today.plus_days(1).iso());
    page(&template(&app, &visitor, desk, form).await?)
}

/// Blocks a time.
pub(crate) async fn block(
    State(app): State<App>,
    visitor: Visitor,
    Writing(mut desk): Writing,
    Posted(typed): Posted<BlockedTimeForm>,
) -> Result<Response, Fault> {
    let added = match typed.parse(visitor.zone()) {
        Ok(details) => blocked_times::add(&mut desk, &details).await,
        Err(problems) => Err(Refusal::Invalid(problems)),
    };
    match added {
        Ok(_) => {
            desk.close().await?;
            let words = "Blocked. Nobody is booked into this time without a reason.";
            Ok(see_other_saying(urls::BLOCKED_TIMES, "ok", words))
        }
        Err(Refusal::Invalid(problems)) => {
            drop(desk);
            let mut form = Form::of(&typed);
            form.refuse_all(&problems);
            let desk = app.store.read_desk(visitor.actor.clone()).await?;
            refused(&template(&app, &visitor, desk, form).await?)
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// Which version of it was looked at.
#[derive(Deserialize)]
pub(crate) struct Seen {
    version: i32,
}

/// Takes a blocked time back.
pub(crate) async fn unblock(
    Path(id): Path<String>,
    Writing(mut desk): Writing,
    Posted(seen): Posted<Seen>,
) -> Result<Response, Fault> {
    let id: BlockedTimeId = id.parse().map_err(|_| Refusal::NotFound("blocked time"))?;
    blocked_times::remove(&mut desk, id, seen.version).await?;
    desk.close().await?;
    Ok(see_other_saying(urls::BLOCKED_TIMES, "ok", "Taken back. The time can be booked again."))
}

async fn template(app: &App, visitor: &Visitor, mut desk: Desk, form: Form) -> Result<BlockedPage, Fault> {
    let (zone, today) = (visitor.zone(), visitor.today(app));
    let people = providers::list(&mut desk).await?;
    let from = zone.bounds(today).0;
    let blocked = blocked_times::list(&mut desk, from, zone.bounds(today.plus_days(AHEAD)).1).await?;
    let mut lines = Vec::new();
    for blocked in &blocked {
        let asked = Visits::between(blocked.slot.from.max(from), blocked.slot.until).of(blocked.provider_id);
        let within = appointments::visits(&mut desk, asked).await?;
        lines.push(line(blocked, &within, &people, zone, today));
    }
    desk.close().await?;
    let everybody = (String::new(), "The whole practice".to_owned());
    let each =
        super::seeing(&people, &[]).into_iter().map(|person| (person.id.to_string(), person.full_name()));
    Ok(BlockedPage {
        shell: visitor.shell(),
        form,
        seers: std::iter::once(everybody).chain(each).collect(),
        kinds: BlockedTimeKind::ALL.into_iter().map(|kind| (kind.as_str(), kind.in_words())).collect(),
        lines,
        back: urls::calendar(today, None, Some("week")),
        may_write: visitor.may(Action::WriteSchedule),
    })
}

fn line(blocked: &BlockedTime, within: &[BoardRow], people: &[Provider], zone: Zone, today: Day) -> Line {
    let whose = blocked
        .provider_id
        .map(|id| people.iter().find(|person| person.id == id).map(Provider::full_name).unwrap_or_default());
    let touched = |row: &&BoardRow| row.appointment.status.takes_time();
    let visits = within.iter().filter(touched).map(|row| {
        let line = PatientLine {
            href: urls::edit_appointment(row.appointment.id),
            surname: row.patient.last_name.clone(),
            given: row.patient.first_name.clone(),
            born: row.patient.date_of_birth.to_string(),
            age: row.patient.date_of_birth.age_text(today),
            number: row.patient.record_number.clone(),
        };
        (line, zone.day_and_clock(row.appointment.appointment_date))
    });
    Line {
        when: blocked.when(zone),
        whose: whose.unwrap_or_else(|| "The whole practice".to_owned()),
        why: blocked.in_words(),
        remove: urls::unblock(blocked.id),
        version: blocked.version,
        visits: visits.collect(),
    }
}
