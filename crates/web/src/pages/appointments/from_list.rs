//! What booking has to do with the waiting list: an entry that is booked comes off it, and a time that a visit leaves is
//! offered to those whom it suits.

use crate::app::App;
use crate::error::Fault;
use crate::page::see_other_saying;
use crate::pages::waiting_list;
use crate::urls;
use crate::visitor::Visitor;
use axum::response::Response;
use medrecord_clinic::appointment::Appointment;
use medrecord_clinic::ids::{AppointmentId, PatientId, WaitingId};
use medrecord_clinic::time::Zone;
use medrecord_clinic::waiting_list::{Freed, WaitingState};
use medrecord_store::waiting_list as queue;
use medrecord_store::{Desk, Refusal};

/// Takes the entry that the form names off the list, because this visit was booked for it.
pub(super) async fn book(desk: &mut Desk, entry: &str, visit: AppointmentId) -> Result<(), Refusal> {
    if entry.is_empty() {
        return Ok(());
    }
    let read = || {
        let (id, version) = entry.split_once('~')?;
        Some((id.parse::<WaitingId>().ok()?, version.parse::<i32>().ok()?))
    };
    let (id, seen) = read().ok_or(Refusal::NotFound("entry of the waiting list"))?;
    queue::booked(desk, id, seen, visit).await.map(drop)
}

/// Says on the list that somebody else took the entry; nothing of the booking is kept.
pub(super) async fn lost(
    app: &App,
    visitor: &Visitor,
    desk: Desk,
    refusal: Refusal,
) -> Result<Response, Fault> {
    drop(desk);
    let Refusal::Rule(words) = &refusal else { return Err(refusal.into()) };
    app.store.note(visitor.actor.clone(), Desk::refusal_event(&refusal, "waiting_entry")).await?;
    Ok(see_other_saying(urls::WAITING_LIST, "alert", words))
}

/// Where those are found whom the time of a visit suits that it leaves; none where it suits nobody.
pub(super) async fn suited(
    app: &App,
    visitor: &Visitor,
    left: Option<&Appointment>,
) -> Result<Option<String>, Fault> {
    let Some(left) = left else { return Ok(None) };
    let freed = Freed { from: left.appointment_date, until: left.ends_at, provider: left.provider_id };
    let mut desk = app.store.read_desk(visitor.actor.clone()).await?;
    let suits = queue::suits(&mut desk, visitor.zone(), freed).await?;
    desk.close().await?;
    Ok(suits.then(|| urls::suited(freed.provider, freed.from, freed.until)))
}

/// The entries of a patient that a booking could be for: in words, and where it is booked for them.
pub(super) async fn waits(
    desk: &mut Desk,
    patient: PatientId,
    zone: Zone,
) -> Result<Vec<(String, String)>, Refusal> {
    let entries = queue::of_patient(desk, patient).await?;
    let waiting = entries.iter().map(|listed| &listed.waiting);
    let still = waiting.filter(|waiting| waiting.state == WaitingState::Waiting);
    Ok(still
        .map(|waiting| (waiting_list::since(waiting, zone), waiting_list::find_a_time(waiting)))
        .collect())
}
