//! The waiting list: put on it, change it, take it off for a visit or for a reason, and the freed times that suit.

use super::answer;
use super::asked::{Asked, Id};
use super::change::Change;
use super::operation::{CURSOR, Condition, FIELDS, LIMIT, Operation};
use crate::desk::{LookingUp, Reading};
use crate::error::Fault;
use crate::visitor::Visitor;
use axum::response::Response;
use medrecord_clinic::field::Problems;
use medrecord_clinic::ids::{AppointmentId, ProviderId, WaitingId};
use medrecord_clinic::time::Instant;
use medrecord_clinic::waiting_list::{Waiting, WaitingForm};
use medrecord_store::waiting_list::{self, AHEAD, Offer, Place};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub(super) const OPERATIONS: [Operation; 8] = [
    Operation::get("/api/v1/waiting-list", "Lists who waits, the most urgent first, then who waits longest.")
        .asks(&[
            ("provider", "Only those who wish for this provider or for anybody."),
            LIMIT,
            CURSOR,
            FIELDS,
        ])
        .list("WaitingEntry"),
    Operation::post("/api/v1/waiting-list", "Puts a patient on the waiting list.", "WaitingEntryInput")
        .new_one("WaitingEntry"),
    Operation::get(
        "/api/v1/waiting-list/freed-times",
        "Lists times that cancelled, missed and moved visits set free, with those who wait and whom each suits.",
    )
    .asks(&[("until", "Only those that begin before this instant; 14 days from now unless told otherwise.")])
    .list("FreedTime"),
    Operation::get("/api/v1/waiting-list/{id}", "Gives one entry, ended ones too.")
        .asks(&[FIELDS])
        .one("WaitingEntry"),
    Operation::patch("/api/v1/waiting-list/{id}", "Changes what is wished for.", "WaitingEntryInput")
        .one("WaitingEntry"),
    Operation::post(
        "/api/v1/waiting-list/{id}/booked",
        "Takes an entry off the list because of a visit that was booked or moved; 409 where somebody else was faster.",
        "BookedInput",
    )
    .seen(Condition::Must)
    .one("WaitingEntry"),
    Operation::post(
        "/api/v1/waiting-list/{id}/withdraw",
        "Takes an entry off the list without a visit, for a reason.",
        "ErrorInput",
    )
    .seen(Condition::Must)
    .one("WaitingEntry"),
    Operation::post_nothing(
        "/api/v1/waiting-list/{id}/undo",
        "Puts an entry back on the list, on the day on which it was taken off.",
    )
    .seen(Condition::Must)
    .one("WaitingEntry"),
];

/// The visit that came of an entry.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Booked {
    appointment_id: String,
}

/// Why an entry is taken off.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Because {
    reason: String,
}

/// Who waits.
pub(crate) async fn list(asked: Asked, LookingUp(mut desk): LookingUp) -> Result<Response, Fault> {
    asked.only(&["provider", "limit", "cursor", "fields"])?;
    let view = asked.view("WaitingEntry", &[])?;
    let limit = asked.limit()?;
    let provider: Option<ProviderId> = asked.read("provider", "an id")?;
    let after: Option<Place> = asked.cursor()?;
    let mut found = waiting_list::list(&mut desk, provider, after, i64::from(limit) + 1).await?;
    desk.close().await?;
    let length = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = found.len() > length;
    found.truncate(length);
    let next = found.last().filter(|_| more).map(|last| Place::of(&last.waiting).to_string());
    let entries: Vec<Waiting> = found.into_iter().map(|listed| listed.waiting).collect();
    Ok(answer::list(answer::values(&entries)?, next.as_deref(), &view))
}

/// Puts a patient on the list.
pub(crate) async fn create(mut change: Change) -> Result<Response, Fault> {
    let details = change.read(&WaitingForm::default())?.parse(change.today)?;
    let id = waiting_list::add(&mut change.desk, &details).await?;
    let new = waiting_list::get(&mut change.desk, id).await?.waiting;
    change.made(&new, Some(new.version)).await
}

/// Freed times and whom they suit.
pub(crate) async fn freed(
    visitor: Visitor,
    asked: Asked,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    asked.only(&["until"])?;
    let until: Option<Instant> = asked.read("until", "an instant such as 2026-11-23T09:30:00Z")?;
    let until = until.unwrap_or_else(|| desk.now().plus_minutes(AHEAD * 24 * 60));
    let offers = waiting_list::offers(&mut desk, visitor.zone(), until).await?;
    desk.close().await?;
    let view = asked.view("FreedTime", &[])?;
    Ok(answer::list(offers.iter().map(shown).collect(), None, &view))
}

fn shown(offer: &Offer) -> Value {
    let fits = offer.fits.iter().map(|fit| {
        let waiting = &fit.listed.waiting;
        json!({ "waitingEntryId": waiting.id, "patientId": waiting.patient_id, "beginsAt": fit.begins })
    });
    json!({
        "providerId": offer.freed.provider,
        "startsAt": offer.freed.from,
        "endsAt": offer.freed.until,
        "fits": fits.collect::<Vec<_>>(),
    })
}

/// One entry.
pub(crate) async fn get(
    Id(id): Id<WaitingId>,
    asked: Asked,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    asked.only(&["fields"])?;
    let view = asked.view("WaitingEntry", &[])?;
    let found = waiting_list::get(&mut desk, id).await?.waiting;
    desk.close().await?;
    answer::one(&Some(&found), Some(found.version), &view)
}

/// Changes what is wished for.
pub(crate) async fn update(Id(id): Id<WaitingId>, mut change: Change) -> Result<Response, Fault> {
    let seen = change.seen()?;
    let held = WaitingForm::of(&waiting_list::get(&mut change.desk, id).await?.waiting);
    let details = change.read(&held)?.parse(change.today)?;
    waiting_list::update(&mut change.desk, id, seen, &details).await?;
    stands(id, change).await
}

/// Takes an entry off because of a visit.
pub(crate) async fn booked(Id(id): Id<WaitingId>, mut change: Change) -> Result<Response, Fault> {
    let seen = change.seen()?;
    let visit = change.read(&Booked::default())?.appointment_id;
    let words = "Say which visit came of it, by its id.";
    let visit: AppointmentId =
        visit.parse().map_err(|_| Problems::one("appointmentId", "required", words))?;
    waiting_list::booked(&mut change.desk, id, seen, visit).await?;
    stands(id, change).await
}

/// Takes an entry off for a reason.
pub(crate) async fn withdraw(Id(id): Id<WaitingId>, mut change: Change) -> Result<Response, Fault> {
    let seen = change.seen()?;
    let reason = change.read(&Because::default())?.reason;
    waiting_list::withdraw(&mut change.desk, id, seen, &reason).await?;
    stands(id, change).await
}

/// Puts an entry back.
pub(crate) async fn undo(Id(id): Id<WaitingId>, mut change: Change) -> Result<Response, Fault> {
    let (seen, zone) = (change.seen()?, change.zone);
    waiting_list::put_back(&mut change.desk, zone, id, seen).await?;
    stands(id, change).await
}

async fn stands(id: WaitingId, mut change: Change) -> Result<Response, Fault> {
    let now = waiting_list::get(&mut change.desk, id).await?.waiting;
    change.done(&now, Some(now.version)).await
}
