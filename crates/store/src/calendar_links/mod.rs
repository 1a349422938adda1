//! Secret links to a calendar without names: made, withdrawn and listed by their owners, and found by their secret, of
//! which only the digest is kept. What a calendar shows is in `feed.rs`.

use crate::audit::{Event, Verb};
use crate::column::{At, Key, Word};
use crate::database::{Conn, Store, on};
use crate::desk::{Actor, Desk, Via};
use crate::error::{Refusal, StoreError};
use crate::hex;
use medrecord_clinic::access::Action;
use medrecord_clinic::ids::{CalendarLinkId, ProviderId};
use medrecord_clinic::provider::Role;
use medrecord_clinic::time::{Instant, Zone};

mod feed;

pub use feed::{Feed, FeedItem, FeedKind, feed};

/// A link as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarLink {
    /// Its id.
    pub id: CalendarLinkId,
    /// Whether it shows the visits of all; else those of its owner.
    pub is_of_everybody: bool,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last read, to the minute.
    pub last_used_at: Option<Instant>,
}

/// Whom an open link stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The link.
    pub id: CalendarLinkId,
    /// Its owner.
    pub owner: ProviderId,
    /// Whether it shows the visits of all.
    pub is_of_everybody: bool,
    name: String,
    role: Role,
    last_used_at: Option<Instant>,
}

impl Opened {
    /// Who reads: the owner, by a program.
    pub fn actor(&self, address: Option<String>) -> Actor {
        Actor::provider(self.owner, &self.name, self.role, Via::Api).from_address(address)
    }

    /// The owner's name.
    pub fn name(&self) -> &str {
        &self.name
    }
}

const LOCK_POSTGRES: &str = "SELECT id FROM providers WHERE id = $1 FOR NO KEY UPDATE";
const INSERT: &str = "INSERT INTO calendar_links (id, provider_id, is_of_everybody, token_hash, created_at)
    VALUES ($1, $2, $3, $4, $5)";
const OWN: &str = "SELECT id, is_of_everybody, created_at, last_used_at FROM calendar_links
    WHERE provider_id = $1 AND withdrawn_at IS NULL
    ORDER BY created_at, id";
const REPLACE: &str = "UPDATE calendar_links SET withdrawn_at = $3
    WHERE provider_id = $1 AND is_of_everybody = $2 AND withdrawn_at IS NULL";
const WITHDRAW: &str =
    "UPDATE calendar_links SET withdrawn_at = $3 WHERE provider_id = $1 AND id = $2 AND withdrawn_at IS NULL";
const FIND: &str =
    "SELECT l.id, l.provider_id, l.is_of_everybody, p.first_name, p.last_name, p.role, l.last_used_at
    FROM calendar_links AS l
    JOIN providers AS p ON p.id = l.provider_id
    WHERE l.token_hash = $1 AND l.withdrawn_at IS NULL AND p.disabled_at IS NULL";
const USED: &str = "UPDATE calendar_links SET last_used_at = $2 WHERE id = $1 AND withdrawn_at IS NULL";

/// The last use is written down at most this often.
const USE_NOTED_MINUTES: i64 = 1;

/// Makes a link in the place of the one there was, if any; the secret is shown once and cannot be had again.
///
/// # Errors
/// [`Refusal::Rule`] for a calendar of one's own where one sees no patients; [`Refusal::NotAllowed`],
/// [`Refusal::NobodySignedIn`].
pub async fn make(desk: &mut Desk, of_everybody: bool) -> Result<String, Refusal> {
    desk.require(Action::ReadSchedule)?;
    let owner = desk.provider()?;
    if !of_everybody && desk.actor().role == Some(Role::Staff) {
        return Err(Refusal::Rule("Only whoever sees patients has a calendar of their own.".to_owned()));
    }
    let now = At(desk.now());
    if let Conn::Postgres(conn) = desk.conn() {
        // Of two tabs that make one at once, the later replaces that of the first.
        sqlx::query(LOCK_POSTGRES).bind(Key::of(owner)).execute(conn).await.map_err(StoreError::from)?;
    }
    on!(desk, conn => {
        sqlx::query(REPLACE).bind(Key::of(owner)).bind(of_everybody).bind(now).execute(conn).await.map(|_| ())
    })?;
    let id: CalendarLinkId = desk.fresh_id()?;
    let secret = hex::encode(&desk.random::<32>()?);
    on!(desk, conn => {
        sqlx::query(INSERT)
            .bind(Key::of(id))
            .bind(Key::of(owner))
            .bind(of_everybody)
            .bind(hex::digest(&secret))
            .bind(now)
            .execute(conn)
            .await
            .map(|_| ())
    })?;
    desk.record(Event::new(Verb::Create, ENTITY).about(id));
    Ok(secret)
}

/// The links of whoever is at the desk that open something.
///
/// # Errors
/// [`Refusal::NotAllowed`], [`Refusal::NobodySignedIn`].
pub async fn own(desk: &mut Desk) -> Result<Vec<CalendarLink>, Refusal> {
    desk.require(Action::ReadSchedule)?;
    let owner = Key::of(desk.provider()?);
    let rows: Vec<(Key, bool, At, Option<At>)> =
        on!(desk, conn => sqlx::query_as(OWN).bind(owner).fetch_all(conn).await)?;
    let link = |(id, is_of_everybody, made, used): (Key, bool, At, Option<At>)| CalendarLink {
        id: id.id(),
        is_of_everybody,
        created_at: made.0,
        last_used_at: used.map(|at| at.0),
    };
    Ok(rows.into_iter().map(link).collect())
}

/// Takes an own link back; it opens nothing any more.
///
/// # Errors
/// [`Refusal::NotFound`] where it is nobody's, somebody else's or withdrawn; [`Refusal::NotAllowed`],
/// [`Refusal::NobodySignedIn`].
pub async fn withdraw(desk: &mut Desk, id: CalendarLinkId) -> Result<(), Refusal> {
    desk.require(Action::ReadSchedule)?;
    let (owner, now) = (Key::of(desk.provider()?), At(desk.now()));
    let changed = on!(desk, conn => {
        sqlx::query(WITHDRAW)
            .bind(owner)
            .bind(Key::of(id))
            .bind(now)
            .execute(conn)
            .await
            .map(|done| done.rows_affected())
    })?;
    if changed != 1 {
        return Err(Refusal::NotFound("calendar link"));
    }
    desk.record(Event::new(Verb::Delete, ENTITY).about(id));
    Ok(())
}

const ENTITY: &str = "calendar_link";

#[derive(sqlx::FromRow)]
struct OpenedRow {
    id: Key,
    provider_id: Key,
    is_of_everybody: bool,
    first_name: String,
    last_name: String,
    role: Word<Role>,
    last_used_at: Option<At>,
}

/// Finds the link of a secret; `None` for one that is unknown, withdrawn, or of a closed account. Whatever was sent is
/// looked up by its digest alone, so that the time it takes tells nothing of a secret.
///
/// # Errors
/// [`StoreError`] where the database fails.
pub async fn open(store: &Store, secret: &str) -> Result<Option<Opened>, StoreError> {
    let mut desk = store.read_desk(Actor::nobody(Via::Api)).await?;
    let digest = hex::digest(secret);
    let row: Option<OpenedRow> =
        on!(desk, conn => sqlx::query_as(FIND).bind(&digest).fetch_optional(conn).await)?;
    Ok(row.map(|row| Opened {
        id: row.id.id(),
        owner: row.provider_id.id(),
        is_of_everybody: row.is_of_everybody,
        name: format!("{} {}", row.first_name, row.last_name),
        role: row.role.0,
        last_used_at: row.last_used_at.map(|at| at.0),
    }))
}

/// Notes that a link was read: the time, to the minute, and in the trail the first reading of each day of the practice.
/// A calendar program asks many times a day and sees nobody's name; noting each would bury what people did.
///
/// # Errors
/// [`StoreError`] where the database fails.
pub async fn read(store: &Store, link: &Opened, address: Option<String>, zone: Zone) -> Result<(), Refusal> {
    let now = store.clock().now();
    let last = link.last_used_at;
    if last.is_some_and(|last| now.minutes_since(last) < USE_NOTED_MINUTES) {
        return Ok(());
    }
    let mut desk = store.write_desk(link.actor(address)).await?;
    let (id, now) = (Key::of(link.id), At(desk.now()));
    on!(desk, conn => sqlx::query(USED).bind(id).bind(now).execute(conn).await.map(|_| ()))?;
    if last.is_none_or(|last| zone.day_of(last) != zone.day_of(now.0)) {
        desk.record(Event::new(Verb::Export, "calendar_feed").about(link.id));
    }
    desk.close().await
}
