//! What a calendar without names shows: when visits are, of which kind, called off or not, and what is blocked. The
//! statements ask for nothing that says who comes or why.

use super::Opened;
use crate::column::{At, Key, Word};
use crate::database::on;
use crate::desk::Desk;
use crate::error::Refusal;
use crate::{hex, providers};
use medrecord_clinic::access::Action;
use medrecord_clinic::appointment::{AppointmentStatus, AppointmentType, Slot};
use medrecord_clinic::blocked_time::BlockedTimeKind;
use medrecord_clinic::ids::ProviderId;
use medrecord_clinic::provider::Provider;
use medrecord_clinic::time::Instant;

/// The most entries of one calendar; those nearest ahead are not among the ones left out.
const MOST: i64 = 20_000;

/// A calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    /// What happens when, in the order of the clock.
    pub items: Vec<FeedItem>,
}

/// One entry of a calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedItem {
    /// Stays the same as long as the entry does, and leads to nothing.
    pub uid: String,
    /// From when to when.
    pub slot: Slot,
    /// What it is.
    pub kind: FeedKind,
    /// Whose time it is, where the calendar shows everybody's; the practice's has no name.
    pub whose: Option<String>,
    /// Whether it does not take place.
    pub is_cancelled: bool,
    /// How often it was changed.
    pub sequence: i32,
    /// When it was last changed.
    pub changed_at: Instant,
}

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedKind {
    /// A visit of a kind.
    Visit(AppointmentType),
    /// Nobody is booked.
    Blocked(BlockedTimeKind),
}

impl FeedKind {
    /// As a calendar shows it.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Visit(kind) => kind.in_words(),
            Self::Blocked(kind) => kind.in_words(),
        }
    }
}

type VisitRow = (Key, Key, At, At, Word<AppointmentType>, Word<AppointmentStatus>, At, i32);

type BlockedRow = (Key, Option<Key>, At, At, Word<BlockedTimeKind>, At, i32);

const OF_ONE: &str =
    "SELECT id, provider_id, appointment_date, ends_at, appointment_type, status, updated_at, version
    FROM appointments
    WHERE provider_id = $4 AND appointment_date >= $1 AND appointment_date < $2
    ORDER BY appointment_date, id LIMIT $3";
const OF_ALL: &str =
    "SELECT id, provider_id, appointment_date, ends_at, appointment_type, status, updated_at, version
    FROM appointments
    WHERE appointment_date >= $1 AND appointment_date < $2
    ORDER BY appointment_date, id LIMIT $3";

const BLOCKED_OF_ALL: &str =
    "SELECT id, provider_id, starts_at, ends_at, kind, updated_at, version FROM blocked_times
    WHERE ends_at > $1 AND starts_at < $2 AND removed_at IS NULL
    ORDER BY starts_at, id LIMIT $3";
const BLOCKED_OF_ONE: &str =
    "SELECT id, provider_id, starts_at, ends_at, kind, updated_at, version FROM blocked_times
    WHERE ends_at > $1 AND starts_at < $2 AND removed_at IS NULL AND (provider_id IS NULL OR provider_id = $4)
    ORDER BY starts_at, id LIMIT $3";

/// The calendar of a link between two instants.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn feed(
    desk: &mut Desk,
    link: &Opened,
    (from, until): (Instant, Instant),
) -> Result<Feed, Refusal> {
    desk.require(Action::ReadSchedule)?;
    let (rows, blocked): (Vec<VisitRow>, Vec<BlockedRow>) = if link.is_of_everybody {
        let rows = on!(desk, conn => {
            sqlx::query_as(OF_ALL).bind(At(from)).bind(At(until)).bind(MOST).fetch_all(conn).await
        })?;
        let blocked = on!(desk, conn => {
            sqlx::query_as(BLOCKED_OF_ALL).bind(At(from)).bind(At(until)).bind(MOST).fetch_all(conn).await
        })?;
        (rows, blocked)
    } else {
        let owner = Key::of(link.owner);
        let rows = on!(desk, conn => {
            sqlx::query_as(OF_ONE).bind(At(from)).bind(At(until)).bind(MOST).bind(owner).fetch_all(conn).await
        })?;
        let blocked = on!(desk, conn => {
            sqlx::query_as(BLOCKED_OF_ONE).bind(At(from)).bind(At(until)).bind(MOST).bind(owner).fetch_all(conn).await
        })?;
        (rows, blocked)
    };
    let people = if link.is_of_everybody { providers::list(desk).await? } else { Vec::new() };
    let name = |id: ProviderId| people.iter().find(|person| person.id == id).map(Provider::full_name);
    let mut items: Vec<FeedItem> = rows.into_iter().map(|row| visit(row, name)).collect();
    items.extend(blocked.into_iter().map(|row| free(row, name)));
    items.sort_by_key(|item| (item.slot.from, item.slot.until));
    Ok(Feed { items })
}

fn visit(row: VisitRow, name: impl Fn(ProviderId) -> Option<String>) -> FeedItem {
    let (id, provider, from, until, kind, status, changed, version) = row;
    FeedItem {
        uid: uid("visit", &id.0.to_string()),
        slot: Slot { from: from.0, until: until.0 },
        kind: FeedKind::Visit(kind.0),
        whose: name(provider.id()),
        is_cancelled: !status.0.takes_time(),
        sequence: version - 1,
        changed_at: changed.0,
    }
}

fn free(row: BlockedRow, name: impl Fn(ProviderId) -> Option<String>) -> FeedItem {
    let (id, whose, from, until, kind, changed, version) = row;
    FeedItem {
        uid: uid("blocked", &id.0.to_string()),
        slot: Slot { from: from.0, until: until.0 },
        kind: FeedKind::Blocked(kind.0),
        whose: whose.and_then(|whose| name(whose.id())),
        is_cancelled: false,
        sequence: version - 1,
        changed_at: changed.0,
    }
}

/// A name for an entry that leads back to no row: what leaves the practice bears none of its ids.
fn uid(kind: &str, id: &str) -> String {
    hex::digest(&format!("calendar {kind} {id}")).chars().take(32).collect()
}
