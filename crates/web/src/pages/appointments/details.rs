//! One appointment: when, with whom, how it came to stand where it stands, and every step that can follow.

use crate::app::App;
use crate::banner::banner_of;
use crate::desk::Reading;
use crate::error::Fault;
use crate::page::page;
use crate::pages::visits::appointment_id;
use crate::shell::{Banner, Shell};
use crate::urls;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use medrecord_clinic::access::Action;
use medrecord_clinic::appointment::{Appointment, AppointmentStatus, Step};
use medrecord_clinic::ids::AppointmentId;
use medrecord_clinic::time::{Instant, Zone};
use medrecord_store::appointments::SeriesVisit;
use medrecord_store::{appointments, providers};

#[derive(Template)]
#[template(path = "pages/appointments/details.html")]
struct DetailsPage {
    shell: Shell,
    banner: Banner,
    heading: String,
    status: &'static str,
    facts: Vec<(&'static str, String)>,
    action: String,
    version: i32,
    here: String,
    edit: Option<String>,
    /// Where the patient is put on the waiting list for an earlier time.
    wait: String,
    rooming: Option<String>,
    visit: Option<String>,
    board: String,
    /// The visit, where it can be started.
    start: Option<String>,
    steps: Vec<(&'static str, &'static str)>,
    can_cancel: bool,
    can_miss: bool,
    /// Phone, address and consent, until the visit is over.
    contact: Option<String>,
    can_go_back: bool,
    /// The visits that were booked in a row with this one.
    row: Vec<InRow>,
    cancel_rest: Option<String>,
}

/// A visit of the same row.
struct InRow {
    words: String,
    href: String,
    status: &'static str,
    is_this: bool,
}

/// Shows an appointment.
pub(crate) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    let id = appointment_id(&id)?;
    let (zone, now, today) = (visitor.zone(), desk.now(), visitor.today(&app));
    let a = appointments::get(&mut desk, id).await?;
    let banner = banner_of(&mut desk, a.patient_id, (zone, today), visitor.text()).await?;
    let seer = providers::find(&mut desk, a.provider_id).await?;
    let series = appointments::series_of(&mut desk, id).await?;
    desk.close().await?;
    let day = zone.day_of(a.appointment_date);
    let can = |step: &Step| visitor.may(Action::WriteSchedule) && a.clone().after(step, now, zone).is_ok();
    let steps = [(Step::CheckIn, "check_in", "Check in"), (Step::Complete, "complete", "Complete")];
    let present = matches!(a.status, AppointmentStatus::CheckedIn | AppointmentStatus::InProgress);
    let waits = visitor.may(Action::WriteSchedule)
        && matches!(a.status, AppointmentStatus::Scheduled | AppointmentStatus::CheckedIn)
        && day <= today;
    let begun = matches!(a.status, AppointmentStatus::InProgress | AppointmentStatus::Completed);
    let facts =
        facts(&a, &seer.map(|seer| seer.full_name()).unwrap_or_default(), now, |at| zone.day_and_clock(at));
    page(&DetailsPage {
        shell: visitor.shell(),
        banner,
        heading: format!(
            "{} on {} {day}, {}",
            a.appointment_type.in_words(),
            day.weekday(),
            zone.clock(a.appointment_date)
        ),
        status: a.status.as_str(),
        facts,
        action: urls::step(id),
        version: a.version,
        here: urls::appointment(id),
        edit: (a.status == AppointmentStatus::Scheduled).then(|| urls::edit_appointment(id)),
        wait: urls::wait(a.patient_id, Some(id)),
        rooming: present.then(|| urls::rooming(id)),
        visit: begun.then(|| urls::visit(id)),
        board: urls::day(day, None),
        steps: steps.iter().filter(|(step, ..)| can(step)).map(|(_, word, label)| (*word, *label)).collect(),
        start: (visitor.may(Action::WriteRecord) && can(&Step::Start)).then(|| urls::visit(id)),
        can_cancel: can(&Step::Cancel(String::new())),
        can_miss: can(&Step::NoShow(None)),
        contact: waits.then(|| urls::check_in(id)),
        can_go_back: can(&Step::Back),
        cancel_rest: (series.len() > 1 && can(&Step::Cancel(String::new()))).then(|| urls::cancel_rest(id)),
        row: series.iter().map(|visit| in_row(visit, id, zone)).collect(),
    })
}

fn in_row(visit: &SeriesVisit, this: AppointmentId, zone: Zone) -> InRow {
    let day = zone.day_of(visit.appointment_date);
    InRow {
        words: format!("{} {day} {}", day.weekday(), zone.clock(visit.appointment_date)),
        href: urls::appointment(visit.id),
        status: visit.status.as_str(),
        is_this: visit.id == this,
    }
}

/// What is known of the appointment, in the order in which it happened.
fn facts(
    a: &Appointment,
    seer: &str,
    now: Instant,
    clock: impl Fn(Instant) -> String,
) -> Vec<(&'static str, String)> {
    let reason = |text: &Option<String>| text.clone();
    let at = |at: Option<Instant>| at.map(&clock);
    let facts = [
        ("Provider", Some(seer.to_owned())),
        ("Length", Some(format!("{} min, until {}", a.duration_minutes, clock(a.ends_at)))),
        ("Reason", reason(&a.reason_for_visit)),
        ("Booked", Some(clock(a.created_at))),
        ("Booked in spite of a conflict", reason(&a.double_booking_reason).filter(|_| !a.is_walk_in())),
        ("Came as", a.is_walk_in().then(|| "a walk-in".to_owned())),
        ("Arrived", at(a.checked_in_at)),
        ("Seen from", at(a.started_at)),
        ("Waited", a.waited(now).map(|minutes| format!("{minutes} min"))),
        ("Over", at(a.completed_at)),
        (because(a.status), reason(&a.status_reason)),
    ];
    facts.into_iter().filter_map(|(name, words)| words.map(|words| (name, words))).collect()
}

fn because(status: AppointmentStatus) -> &'static str {
    if status == AppointmentStatus::NoShow { "Missed because" } else { "Cancelled because" }
}
