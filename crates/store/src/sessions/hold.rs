//! Sessions that open nothing for now: until the second factor is shown, or until the password is typed again.

use super::prove::{ProveError, prove};
use super::tries::{self, Try, count, wait};
use super::{IDLE_MINUTES, Session, SignedIn};
use crate::audit::{Event, Outcome, Verb};
use crate::column::{At, Key};
use crate::database::{Store, on};
use crate::desk::{Actor, Via};
use crate::error::StoreError;
use crate::hex;
use crate::second_factors;
use serde_json::json;

/// What a session waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// The second factor.
    Code,
    /// The password again.
    Lock,
}

const OPEN: &str = "UPDATE sessions
    SET awaits_code = FALSE, token_hash = $2, csrf_secret = $3, last_seen_at = $4, idle_expires_at = $5
    WHERE id = $1 AND ended_at IS NULL AND awaits_code";
const LOCK: &str =
    "UPDATE sessions SET locked_at = $2 WHERE id = $1 AND ended_at IS NULL AND locked_at IS NULL";
const UNLOCK: &str = "UPDATE sessions SET locked_at = NULL, last_seen_at = $2, idle_expires_at = $3
    WHERE id = $1 AND ended_at IS NULL";

fn who(session: &Session, address: Option<&str>) -> Actor {
    session.actor(Via::Page, address.map(str::to_owned))
}

/// Opens a session that waits for the second factor, under a fresh cookie value. A code opens once; guesses are counted
/// apart from those at the password.
///
/// # Errors
/// [`ProveError`].
pub async fn give_code(
    store: &Store,
    held: &Session,
    typed: &str,
    address: Option<&str>,
) -> Result<SignedIn, ProveError> {
    let _place = tries::in_turn().await?;
    let attempt = Try::at(&format!("code {}", held.provider), None);
    let asked = || Event::new(Verb::SignIn, "session").about(held.id);
    let mut desk = store.read_desk(who(held, address)).await?;
    if let Some(retry_after_secs) = wait(&mut desk, &attempt).await? {
        desk.record(asked().ended(Outcome::Refused).with(json!({ "code": "throttled" })));
        desk.keep().await?;
        return Err(ProveError::Throttled { retry_after_secs });
    }
    drop(desk);
    let mut desk = store.write_desk(who(held, address)).await?;
    let shown = second_factors::accept(&mut desk, held.provider, typed).await?;
    count(&mut desk, &attempt, shown.is_some()).await?;
    let Some(shown) = shown else {
        desk.record(asked().ended(Outcome::Refused).with(json!({ "code": "wrong_code" })));
        desk.keep().await?;
        return Err(ProveError::Wrong);
    };
    let (token, csrf) = (hex::encode(&desk.random::<32>()?), hex::encode(&desk.random::<32>()?));
    let now = desk.now();
    let until = now.plus_minutes(IDLE_MINUTES);
    let opened = on!(desk, conn => {
        sqlx::query(OPEN)
            .bind(Key::of(held.id))
            .bind(hex::digest(&token))
            .bind(&csrf)
            .bind(At(now))
            .bind(At(until))
            .execute(conn)
            .await
            .map(|done| done.rows_affected())
    })
    .map_err(StoreError::from)?;
    if opened != 1 {
        return Err(ProveError::Wrong);
    }
    desk.record(asked().with(json!({ "second_factor": shown.as_str() })));
    desk.keep().await?;
    let session = Session { csrf, idle_expires_at: until, hold: None, ..held.clone() };
    Ok(SignedIn { token, session })
}

/// Locks a session: it opens nothing until the password is typed again.
///
/// # Errors
/// [`StoreError`] where the database fails.
pub async fn lock(store: &Store, session: &Session) -> Result<(), StoreError> {
    let mut desk = store.write_desk(who(session, None)).await?;
    let (key, now) = (Key::of(session.id), At(desk.now()));
    let locked = on!(desk, conn => {
        sqlx::query(LOCK).bind(key).bind(now).execute(conn).await.map(|done| done.rows_affected())
    })?;
    if locked > 0 {
        desk.record(Event::new(Verb::Update, "session").about(session.id).with(json!({ "lock": "locked" })));
    }
    desk.keep().await
}

/// Unlocks a session with the password; everything in it is as it was.
///
/// # Errors
/// [`ProveError`].
pub async fn unlock(
    store: &Store,
    held: &Session,
    password: &str,
    address: Option<&str>,
) -> Result<(), ProveError> {
    let event = || Event::new(Verb::SignIn, "session").about(held.id);
    prove(store, &who(held, address), password, event()).await?;
    let mut desk = store.write_desk(who(held, address)).await?;
    let now = desk.now();
    let (key, until) = (Key::of(held.id), At(now.plus_minutes(IDLE_MINUTES)));
    on!(desk, conn => {
        sqlx::query(UNLOCK).bind(key).bind(At(now)).bind(until).execute(conn).await.map(|_| ())
    })
    .map_err(StoreError::from)?;
    desk.record(event().with(json!({ "lock": "unlocked" })));
    Ok(desk.keep().await?)
}
