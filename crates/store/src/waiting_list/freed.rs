//! Which times were set free, by a visit that was called off, missed or moved, and whom on the waiting list they suit.

use super::{Listed, Place, looked, waiting};
use crate::appointments;
use crate::column::{At, Key};
use crate::database::on;
use crate::desk::Desk;
use crate::error::{Refusal, StoreError};
use crate::{practice, providers, visit_types};
use medrecord_clinic::access::Action;
use medrecord_clinic::appointment::Slot;
use medrecord_clinic::ids::ProviderId;
use medrecord_clinic::practice::Practice;
use medrecord_clinic::provider::Role;
use medrecord_clinic::time::{Instant, Zone};
use medrecord_clinic::waiting_list::{Freed, joined, still_free};

/// How many days ahead freed times are offered of themselves.
pub const AHEAD: i64 = 14;

/// No visit is longer, as the databases hold it; bounds the search for those that go on.
const LONGEST: i64 = 480;

/// So many of those who wait are looked at, the most urgent first.
const MOST: i64 = 500;

const CALLED_OFF: &str = "SELECT provider_id, appointment_date, ends_at FROM appointments
    WHERE appointment_date > $1 AND appointment_date < $2 AND status IN ('cancelled', 'no_show')
    LIMIT 500";
const MOVED: &str = "SELECT provider_id, starts_at, ends_at FROM freed_times WHERE ends_at > $1 LIMIT 500";
const SET_FREE: &str = "INSERT INTO freed_times (id, provider_id, starts_at, ends_at, created_at)
    VALUES ($1, $2, $3, $4, $5)";
const FORGET: &str = "DELETE FROM freed_times WHERE ends_at < $1";

/// Somebody whom a freed time suits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fit {
    /// Who.
    pub listed: Listed,
    /// When the visit could begin.
    pub begins: Instant,
}

/// A freed time with those whom it suits, the most urgent first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The time, as far as it is still free.
    pub freed: Freed,
    /// Whom it suits; nobody may be among them.
    pub fits: Vec<Fit>,
}

/// The times that were set free and are free now, from now until an instant, with those whom each suits.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn offers(desk: &mut Desk, zone: Zone, until: Instant) -> Result<Vec<Offer>, Refusal> {
    desk.require(Action::ReadSchedule)?;
    let waiting = waiting(desk, None, None::<Place>, MOST).await?;
    let offers = find(desk, zone, until, &waiting).await?;
    looked(desk, offers.iter().map(|offer| offer.fits.len()).sum());
    Ok(offers)
}

/// What of one time that was set free is free now, with those whom it suits.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn offers_in(desk: &mut Desk, zone: Zone, freed: Freed) -> Result<Vec<Offer>, Refusal> {
    let mut offers = offers(desk, zone, freed.until).await?;
    offers.retain(|offer| is_of(offer, freed));
    Ok(offers)
}

/// Whether a time that was set free suits somebody. A yes or no says nothing about anybody, so nothing is noted.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn suits(desk: &mut Desk, zone: Zone, freed: Freed) -> Result<bool, Refusal> {
    desk.require(Action::ReadSchedule)?;
    let waiting = waiting(desk, None, None::<Place>, MOST).await?;
    if waiting.is_empty() || freed.until <= desk.now() {
        return Ok(false);
    }
    let offers = find(desk, zone, freed.until, &waiting).await?;
    Ok(offers.iter().any(|offer| is_of(offer, freed) && !offer.fits.is_empty()))
}

fn is_of(offer: &Offer, freed: Freed) -> bool {
    offer.freed.provider == freed.provider && offer.freed.slot().overlaps(freed.slot())
}

/// How many wait, and how many freed times of the coming days suit somebody. Numbers say nothing about anybody, so
/// nothing is noted.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn count(desk: &mut Desk, zone: Zone) -> Result<(usize, usize), Refusal> {
    desk.require(Action::ReadSchedule)?;
    let waiting = waiting(desk, None, None::<Place>, MOST).await?;
    if waiting.is_empty() {
        return Ok((0, 0));
    }
    let until = desk.now().plus_minutes(AHEAD * 24 * 60);
    let offers = find(desk, zone, until, &waiting).await?;
    Ok((waiting.len(), offers.iter().filter(|offer| !offer.fits.is_empty()).count()))
}

/// Keeps that a visit left a time, so that it can be offered; what has passed is forgotten.
pub(crate) async fn set_free(desk: &mut Desk, provider: ProviderId, slot: Slot) -> Result<(), StoreError> {
    let now = desk.now();
    on!(desk, conn => sqlx::query(FORGET).bind(At(now)).execute(conn).await.map(|_| ()))?;
    if slot.until <= now {
        return Ok(());
    }
    let id: uuid::Uuid = desk.fresh_id()?;
    on!(desk, conn => {
        sqlx::query(SET_FREE)
            .bind(Key(id))
            .bind(Key::of(provider))
            .bind(At(slot.from))
            .bind(At(slot.until))
            .bind(At(now))
            .execute(conn)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

async fn find(
    desk: &mut Desk,
    zone: Zone,
    until: Instant,
    waiting: &[Listed],
) -> Result<Vec<Offer>, Refusal> {
    let practice = practice::get(desk, zone).await?;
    let free = free(desk, &practice, until).await?;
    if free.is_empty() {
        return Ok(Vec::new());
    }
    let types = visit_types::get(desk).await?;
    let fit = |listed: &Listed, freed: Freed| {
        let usual = types.minutes(listed.waiting.appointment_type);
        let begins = listed.waiting.fits(freed, usual, practice.time_zone)?;
        Some(Fit { listed: listed.clone(), begins })
    };
    let offer = |freed: Freed| Offer {
        freed,
        fits: waiting.iter().filter_map(|listed| fit(listed, freed)).collect(),
    };
    Ok(free.into_iter().map(offer).collect())
}

/// What was set free until an instant and is free still, within the practice's hours.
async fn free(desk: &mut Desk, practice: &Practice, until: Instant) -> Result<Vec<Freed>, Refusal> {
    let now = desk.now();
    let called_off: Vec<(Key, At, At)> = on!(desk, conn => {
        sqlx::query_as(CALLED_OFF)
            .bind(At(now.plus_minutes(-LONGEST)))
            .bind(At(until))
            .fetch_all(conn)
            .await
    })?;
    let moved: Vec<(Key, At, At)> =
        on!(desk, conn => sqlx::query_as(MOVED).bind(At(now)).fetch_all(conn).await)?;
    let freed = called_off
        .into_iter()
        .chain(moved)
        .map(|(provider, from, until)| Freed { from: from.0, until: until.0, provider: provider.id() })
        .filter(|freed| freed.until > now && freed.from < until);
    let freed = joined(freed.collect());
    let mut seers: Vec<ProviderId> = freed.iter().map(|freed| freed.provider).collect();
    seers.sort_unstable();
    seers.dedup();
    if !seers.is_empty() {
        // Nobody is booked with somebody who left.
        let people = providers::list(desk).await?;
        let sees = |id: &ProviderId| {
            let person = people.iter().find(|person| person.id == *id);
            person.is_some_and(|person| !person.disabled && person.role != Role::Staff)
        };
        seers.retain(sees);
    }
    let mut free = Vec::new();
    for provider in seers {
        let own: Vec<Freed> = freed.iter().copied().filter(|freed| freed.provider == provider).collect();
        let (first, last) = (own.iter().map(|one| one.from).min(), own.iter().map(|one| one.until).max());
        let Some(stretch) = first.zip(last) else { continue };
        let taken = appointments::taken(desk, provider, stretch, None).await?;
        free.extend(own.iter().flat_map(|freed| still_free(*freed, &taken, now)));
    }
    free.retain(|freed| practice.is_open(freed.slot()));
    free.sort_unstable();
    Ok(free)
}
