//! Signed-in browsers: a random cookie value whose digest is kept; locked after 15 minutes idle, over after an hour idle
//! and after 12 hours in any case.
//!
//! Automatic logoff is asked for by 45 CFR 164.312(a)(2)(iii) without a figure. OWASP Session Management Cheat Sheet
//! (2025) names 15 to 30 idle minutes for low-risk use and less for high-risk; NIST SP 800-63B-4 (2025), section
//! 2.2.3, an hour of inactivity, before which the password alone may open the session again, and 24 hours at the most.
//! Signing in itself is next door, what holds a session in `hold.rs`.

use crate::audit::{Event, Verb};
use crate::column::{At, Key, Word};
use crate::database::{Store, on};
use crate::desk::{Actor, Desk, Via};
use crate::error::{Refusal, StoreError};
use crate::hex;
use medrecord_clinic::ids::{ProviderId, SessionId};
use medrecord_clinic::language::Language;
use medrecord_clinic::provider::Role;
use medrecord_clinic::time::Instant;
use serde::Serialize;

mod hold;
mod prove;
mod sign_in;
mod tries;

pub use hold::{Hold, give_code, lock, unlock};
pub use prove::{ProveError, prove};
pub use sign_in::{Origin, SignInError, SignedIn, sign_in};
pub use tries::forget_tries;

/// A session that lay unused so long asks for the password again.
pub const LOCK_MINUTES: i64 = 15;
/// A session that lay unused so long is over.
pub const IDLE_MINUTES: i64 = 60;
/// So long may the second factor be waited for.
const CODE_MINUTES: i64 = 10;
/// So long does a session last in any case.
pub const LONGEST_MINUTES: i64 = 12 * 60;
/// The last use is written down at most this often.
const USE_NOTED_MILLIS: i64 = 30_000;

/// A signed-in browser and the person at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The session.
    pub id: SessionId,
    /// Who is signed in.
    pub provider: ProviderId,
    /// That person's name.
    pub name: String,
    /// That person's address to sign in with.
    pub email: String,
    /// That person's role, as of now.
    pub role: Role,
    /// In which language that person wants pages; `None` for as the browser asks.
    pub language: Option<Language>,
    /// The secret that every form of this session carries.
    pub csrf: String,
    /// When the person signed in.
    pub created_at: Instant,
    /// What it waits for before it opens anything.
    pub hold: Option<Hold>,
    /// When the session ends if nothing more is done.
    pub idle_expires_at: Instant,
    /// When the session ends in any case.
    pub expires_at: Instant,
}

impl Session {
    /// Who acts in a request of this session.
    pub fn actor(&self, via: Via, address: Option<String>) -> Actor {
        Actor::provider(self.provider, &self.name, self.role, via).from_address(address)
    }
}

/// A session as its owner sees it in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OpenSession {
    /// The session.
    pub id: SessionId,
    /// When the person signed in.
    pub created_at: Instant,
    /// When it was last used.
    pub last_seen_at: Instant,
    /// From which network address.
    pub address: Option<String>,
    /// With which browser, in its own words.
    pub user_agent: Option<String>,
}

/// Why a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndReason {
    /// The person signed out.
    SignOut,
    /// The person ended it from another browser.
    EndedElsewhere,
    /// It lay unused too long, or lasted too long.
    Expired,
    /// The password was changed.
    PasswordChanged,
    /// The account was closed.
    Disabled,
    /// The second factor was taken away by an administrator.
    FactorReset,
}

impl EndReason {
    /// The word in the database and the trail.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignOut => "sign_out",
            Self::EndedElsewhere => "ended_elsewhere",
            Self::Expired => "expired",
            Self::PasswordChanged => "password_changed",
            Self::Disabled => "disabled",
            Self::FactorReset => "factor_reset",
        }
    }
}

#[derive(sqlx::FromRow)]
struct SessionRow {
    id: Key,
    provider_id: Key,
    first_name: String,
    last_name: String,
    email: String,
    role: Word<Role>,
    language: Option<String>,
    disabled_at: Option<At>,
    csrf_secret: String,
    created_at: At,
    last_seen_at: At,
    idle_expires_at: At,
    expires_at: At,
    awaits_code: bool,
    locked_at: Option<At>,
}

impl From<SessionRow> for Session {
    fn from(row: SessionRow) -> Self {
        Self {
            id: row.id.id(),
            provider: row.provider_id.id(),
            name: format!("{} {}", row.first_name, row.last_name),
            email: row.email,
            role: row.role.0,
            language: row.language.and_then(|tag| tag.parse().ok()),
            csrf: row.csrf_secret,
            created_at: row.created_at.0,
            hold: match (row.awaits_code, row.locked_at) {
                (true, _) => Some(Hold::Code),
                (false, Some(_)) => Some(Hold::Lock),
                (false, None) => None,
            },
            idle_expires_at: row.idle_expires_at.0,
            expires_at: row.expires_at.0,
        }
    }
}

const FIND: &str =
    "SELECT s.id, s.provider_id, p.first_name, p.last_name, p.email, p.role, p.language, p.disabled_at,
        s.csrf_secret, s.created_at, s.last_seen_at, s.idle_expires_at, s.expires_at, s.awaits_code, s.locked_at
    FROM sessions s
    JOIN providers p ON p.id = s.provider_id
    WHERE s.token_hash = $1 AND s.ended_at IS NULL";
const SEEN: &str =
    "UPDATE sessions SET last_seen_at = $2, idle_expires_at = $3 WHERE id = $1 AND ended_at IS NULL";
const END: &str = "UPDATE sessions SET ended_at = $2, ended_reason = $3 WHERE id = $1 AND ended_at IS NULL";
const END_OWN: &str = "UPDATE sessions SET ended_at = $3, ended_reason = $4
    WHERE id = $1 AND provider_id = $2 AND ended_at IS NULL";
const END_OTHERS: &str = "UPDATE sessions SET ended_at = $3, ended_reason = $4
    WHERE provider_id = $1 AND id <> $2 AND ended_at IS NULL";
const END_ALL: &str = "UPDATE sessions SET ended_at = $2, ended_reason = $3
    WHERE provider_id = $1 AND ended_at IS NULL";
const LIST_OWN: &str = "SELECT id, created_at, last_seen_at, address, user_agent
    FROM sessions
    WHERE provider_id = $1 AND ended_at IS NULL AND NOT awaits_code AND idle_expires_at > $2 AND expires_at > $2
    ORDER BY last_seen_at DESC, id DESC";

/// Finds the session of a cookie value and counts this as a use of it.
///
/// `None` for a value that is unknown or ended, lay idle too long, lasted too long, or whose account was closed.
///
/// # Errors
/// [`StoreError`] where the database fails.
pub async fn resume(store: &Store, token: &str) -> Result<Option<Session>, StoreError> {
    let mut desk = store.read_desk(Actor::nobody(Via::Page)).await?;
    let now = desk.now();
    let row: Option<SessionRow> =
        on!(desk, conn => sqlx::query_as(FIND).bind(hex::digest(token)).fetch_optional(conn).await)?;
    drop(desk);
    let Some(row) = row else { return Ok(None) };
    let (closed, last_seen) = (row.disabled_at.is_some(), row.last_seen_at.0);
    let mut session = Session::from(row);
    if closed || session.idle_expires_at <= now || session.expires_at <= now {
        end(store, &session, if closed { EndReason::Disabled } else { EndReason::Expired }).await?;
        return Ok(None);
    }
    if session.hold.is_none() && last_seen.plus_minutes(LOCK_MINUTES) <= now {
        lock(store, &session).await?;
        session.hold = Some(Hold::Lock);
    }
    // What a held session asks for is no use of it.
    if session.hold.is_none() && now.millis() - last_seen.millis() >= USE_NOTED_MILLIS {
        let mut desk = store.write_desk(Actor::nobody(Via::Page)).await?;
        session.idle_expires_at = now.plus_minutes(IDLE_MINUTES);
        let (key, until) = (Key::of(session.id), At(session.idle_expires_at));
        on!(desk, conn => {
            sqlx::query(SEEN).bind(key).bind(At(now)).bind(until).execute(conn).await.map(|_| ())
        })?;
        desk.keep().await?;
    }
    Ok(Some(session))
}

/// Ends a session, as by signing out; the cookie value opens nothing from then on.
///
/// # Errors
/// [`StoreError`] where the database fails.
pub async fn end(store: &Store, session: &Session, reason: EndReason) -> Result<(), StoreError> {
    let mut desk = store.write_desk(session.actor(Via::Page, None)).await?;
    let (key, now) = (Key::of(session.id), At(desk.now()));
    let ended = on!(desk, conn => {
        sqlx::query(END).bind(key).bind(now).bind(reason.as_str()).execute(conn).await.map(|done| done.rows_affected())
    })?;
    if ended > 0 {
        desk.record(signed_out(reason).about(session.id));
    }
    desk.keep().await
}

/// Ends one of the own sessions, chosen from the list.
///
/// # Errors
/// [`Refusal::NotFound`] where it is somebody else's or already over.
pub async fn end_own(desk: &mut Desk, id: SessionId) -> Result<(), Refusal> {
    let (key, own, now) = (Key::of(id), Key::of(desk.provider()?), At(desk.now()));
    let reason = EndReason::EndedElsewhere;
    let ended = on!(desk, conn => {
        sqlx::query(END_OWN)
            .bind(key)
            .bind(own)
            .bind(now)
            .bind(reason.as_str())
            .execute(conn)
            .await
            .map(|done| done.rows_affected())
    })?;
    if ended == 0 {
        return Err(Refusal::NotFound("session"));
    }
    desk.record(signed_out(reason).about(id));
    Ok(())
}

/// Ends all own sessions but one, and says how many.
///
/// # Errors
/// [`Refusal::NobodySignedIn`].
pub async fn end_others(desk: &mut Desk, keep: SessionId, reason: EndReason) -> Result<u64, Refusal> {
    let (own, keep, now) = (Key::of(desk.provider()?), Key::of(keep), At(desk.now()));
    let ended = on!(desk, conn => {
        sqlx::query(END_OTHERS)
            .bind(own)
            .bind(keep)
            .bind(now)
            .bind(reason.as_str())
            .execute(conn)
            .await
            .map(|done| done.rows_affected())
    })?;
    desk.record(signed_out(reason).with(serde_json::json!({ "reason": reason.as_str(), "count": ended })));
    Ok(ended)
}

/// Ends every session of a person, as when the account is closed.
pub(crate) async fn end_all(
    desk: &mut Desk,
    provider: ProviderId,
    reason: EndReason,
) -> Result<u64, Refusal> {
    let (key, now) = (Key::of(provider), At(desk.now()));
    let ended = on!(desk, conn => {
        sqlx::query(END_ALL)
            .bind(key)
            .bind(now)
            .bind(reason.as_str())
            .execute(conn)
            .await
            .map(|done| done.rows_affected())
    })?;
    Ok(ended)
}

#[derive(sqlx::FromRow)]
struct OpenRow {
    id: Key,
    created_at: At,
    last_seen_at: At,
    address: Option<String>,
    user_agent: Option<String>,
}

/// The own open sessions, last used first.
///
/// # Errors
/// [`Refusal::NobodySignedIn`].
pub async fn list_own(desk: &mut Desk) -> Result<Vec<OpenSession>, Refusal> {
    let (own, now) = (Key::of(desk.provider()?), At(desk.now()));
    let rows: Vec<OpenRow> =
        on!(desk, conn => sqlx::query_as(LIST_OWN).bind(own).bind(now).fetch_all(conn).await)?;
    let open = |row: OpenRow| OpenSession {
        id: row.id.id(),
        created_at: row.created_at.0,
        last_seen_at: row.last_seen_at.0,
        address: row.address,
        user_agent: row.user_agent,
    };
    Ok(rows.into_iter().map(open).collect())
}

fn signed_out(reason: EndReason) -> Event {
    Event::new(Verb::SignOut, "session").with(serde_json::json!({ "reason": reason.as_str() }))
}
