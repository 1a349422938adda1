//! Time that is kept free of visits, and what is still free of a provider's day.

use super::answer;
use super::asked::{Asked, Id, page_in_time};
use super::change::Change;
use super::operation::{CURSOR, LIMIT, Operation};
use crate::app::App;
use crate::desk::Reading;
use crate::error::Fault;
use crate::visitor::Visitor;
use axum::extract::State;
use axum::response::Response;
use medrecord_clinic::appointment::{AppointmentType, free_times};
use medrecord_clinic::blocked_time::{BlockedTime, BlockedTimeForm};
use medrecord_clinic::field::Problems;
use medrecord_clinic::ids::{AppointmentId, BlockedTimeId, ProviderId};
use medrecord_clinic::time::{Day, Instant};
use medrecord_store::{Refusal, appointments, blocked_times, practice, providers, visit_types};
use serde_json::{Value, json};

const INSTANT: &str = "an instant such as 2026-11-23T09:30:00Z";

pub(super) const OPERATIONS: [Operation; 4] = [
    Operation::get("/api/v1/blocked-times", "Lists leave, meetings, breaks and closed days by their beginning.")
        .asks(&[
            ("from", "Only those that end after this instant; from now on unless told otherwise."),
            ("until", "Only those that begin before this instant; 400 days from there unless told otherwise."),
            LIMIT,
            CURSOR,
        ])
        .list("BlockedTime"),
    Operation::post(
        "/api/v1/blocked-times",
        "Blocks a time, on the practice's clock; nobody is booked into it without a reason.",
        "BlockedTimeInput",
    )
    .new_one("BlockedTime"),
    Operation::delete("/api/v1/blocked-times/{id}", "Takes a blocked time back.").nothing(),
    Operation::get(
        "/api/v1/providers/{id}/free-times",
        "Lists when a visit can begin on a day within the practice's hours, around what is taken and blocked.",
    )
    .asks(&[
        ("date", "The day, such as 2026-11-23; needed."),
        ("type", "The type of the visit, which sets its length; follow_up unless told otherwise."),
        ("minutes", "Another length."),
        ("moving", "An appointment that would be moved, whose own time counts as free."),
    ])
    .list("FreeTime"),
];

fn shown(blocked: &BlockedTime) -> Value {
    json!({
        "id": blocked.id,
        "providerId": blocked.provider_id,
        "startsAt": blocked.slot.from,
        "endsAt": blocked.slot.until,
        "kind": blocked.kind,
        "note": blocked.note,
        "version": blocked.version,
    })
}

/// Blocked times in the order of the clock.
pub(crate) async fn list(asked: Asked, Reading(mut desk): Reading) -> Result<Response, Fault> {
    const AHEAD: i64 = 400 * 24 * 60;
    asked.only(&["from", "until", "limit", "cursor"])?;
    let limit = asked.limit()?;
    let from = asked.read("from", INSTANT)?.unwrap_or(desk.now());
    let until = asked.read("until", INSTANT)?.unwrap_or(from.plus_minutes(AHEAD));
    let after: Option<(Instant, BlockedTimeId)> = asked.cursor_in_time()?;
    let mut found = blocked_times::list(&mut desk, from, until).await?;
    desk.close().await?;
    let place = |blocked: &BlockedTime| (blocked.slot.from, blocked.id);
    found.retain(|blocked| after.is_none_or(|after| place(blocked) > after));
    let next = page_in_time(&mut found, limit, place);
    let view = asked.view("BlockedTime", &[])?;
    Ok(answer::list(found.iter().map(shown).collect(), next.as_deref(), &view))
}

/// Blocks a time.
pub(crate) async fn create(mut change: Change) -> Result<Response, Fault> {
    let details = change.read(&BlockedTimeForm::default())?.parse(change.zone)?;
    let id = blocked_times::add(&mut change.desk, &details).await?;
    let slot = details.slot;
    let all = blocked_times::list(&mut change.desk, slot.from, slot.until).await?;
    let new = all.iter().find(|blocked| blocked.id == id).ok_or(Refusal::NotFound("blocked time"))?;
    change.made(&shown(new), Some(new.version)).await
}

/// Takes a blocked time back.
pub(crate) async fn remove(Id(id): Id<BlockedTimeId>, mut change: Change) -> Result<Response, Fault> {
    let seen = change.seen()?;
    blocked_times::remove(&mut change.desk, id, seen).await?;
    change.gone().await
}

/// When a visit can begin on a day.
pub(crate) async fn free(
    State(app): State<App>,
    visitor: Visitor,
    Id(provider): Id<ProviderId>,
    asked: Asked,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    asked.only(&["date", "type", "minutes", "moving"])?;
    let day: Option<Day> = asked.read("date", "a day such as 2026-11-23")?;
    let words = "Say which day, such as date=2026-11-23.";
    let day = day.ok_or_else(|| Problems::one("date", "required", words))?;
    let kind: Option<AppointmentType> = asked.read("type", "a type of visit such as follow_up")?;
    let minutes: Option<i32> = asked.read("minutes", "a whole number from 5 to 480")?;
    let types = visit_types::get(&mut desk).await?;
    let minutes = minutes.unwrap_or_else(|| types.minutes(kind.unwrap_or(AppointmentType::FollowUp)));
    if !(5..=480).contains(&minutes) {
        let words = "minutes is a whole number from 5 to 480.";
        return Err(Problems::one("minutes", "out_of_range", words).into());
    }
    let moving: Option<AppointmentId> = asked.read("moving", "an id")?;
    providers::find(&mut desk, provider).await?.ok_or(Refusal::NotFound("provider"))?;
    let practice = practice::get(&mut desk, app.settings.zone).await?;
    let taken = appointments::taken(&mut desk, provider, visitor.zone().bounds(day), moving).await?;
    let free = free_times(&practice, day, minutes, &taken, desk.now());
    desk.close().await?;
    let item = |at: Instant| json!({ "startsAt": at, "endsAt": at.plus_minutes(i64::from(minutes)) });
    let view = asked.view("FreeTime", &[])?;
    Ok(answer::list(free.into_iter().map(item).collect(), None, &view))
}
