//! Failed tries with a password: how many there were, and when the next one counts.
//!
//! Tries are counted and passwords looked at two at a time, so that of many at once no more than one slips through. A
//! network address from which the person signed in during the last 30 days has a count of its own: strangers cannot
//! keep that person out.

use crate::column::{At, Key};
use crate::database::on;
use crate::desk::Desk;
use crate::error::StoreError;
use crate::hex;
use medrecord_clinic::time::Instant;
use std::io;
use tokio::sync::{Semaphore, SemaphorePermit};
use uuid::Uuid;

/// Failed tries per account in the window; NIST SP 800-63B-4 (2025), section 3.2.2, allows 100 in all.
const TRIES_PER_ACCOUNT: usize = 10;
/// Failed tries per network address in the window; a practice shares one.
const TRIES_PER_ADDRESS: usize = 50;
const WINDOW_MINUTES: i64 = 15;
/// So long are tries kept, and so long does a network address stay known.
const KNOWN_MINUTES: i64 = 30 * 24 * 60;

/// Those whose tries are being counted; the others wait.
static TRYING: Semaphore = Semaphore::const_new(2);

/// Waits for a place among those whose tries are being counted.
pub(super) async fn in_turn() -> Result<SemaphorePermit<'static>, StoreError> {
    TRYING.acquire().await.map_err(|error| StoreError::Machine(io::Error::other(error)))
}

const FAILED_OF_ACCOUNT: &str = "SELECT at FROM sign_in_attempts
    WHERE email_hash = $1 AND at > $2 AND NOT succeeded AND at > COALESCE(
        (SELECT MAX(at) FROM sign_in_attempts WHERE email_hash = $1 AND succeeded AND at > $2), $2)
    ORDER BY at DESC LIMIT $3";
const FAILED_FROM_KNOWN: &str = "SELECT at FROM sign_in_attempts
    WHERE email_hash = $1 AND at > $2 AND NOT succeeded AND address = $4
    ORDER BY at DESC LIMIT $3";
const FAILED_FROM_ADDRESS: &str = "SELECT at FROM sign_in_attempts
    WHERE address = $1 AND at > $2 AND NOT succeeded
    ORDER BY at DESC LIMIT $3";
const IS_KNOWN: &str = "SELECT COUNT(*) FROM sign_in_attempts
    WHERE email_hash = $1 AND address = $2 AND succeeded AND at > $3";
const TRY: &str =
    "INSERT INTO sign_in_attempts (id, email_hash, address, at, succeeded) VALUES ($1, $2, $3, $4, $5)";
const FORGET: &str = "DELETE FROM sign_in_attempts WHERE at < $1";

/// Who tries from where.
pub(super) struct Try {
    email_hash: String,
    address: String,
}

impl Try {
    /// A try at an account, from a network address where one is known.
    pub(super) fn at(account: &str, address: Option<&str>) -> Self {
        Self { email_hash: hex::digest(account), address: cut(address.unwrap_or_default(), 64) }
    }
}

/// Writes a try down.
pub(super) async fn count(desk: &mut Desk, attempt: &Try, succeeded: bool) -> Result<(), StoreError> {
    let (id, now) = (Key(desk.fresh_id::<Uuid>()?), At(desk.now()));
    on!(desk, conn => {
        sqlx::query(TRY)
            .bind(id)
            .bind(&attempt.email_hash)
            .bind(&attempt.address)
            .bind(now)
            .bind(succeeded)
            .execute(conn)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// How many seconds until the next try counts; `None` where it counts at once.
pub(super) async fn wait(desk: &mut Desk, attempt: &Try) -> Result<Option<u64>, StoreError> {
    let now = desk.now();
    let since = At(now.plus_minutes(-WINDOW_MINUTES));
    let of_account = limit(TRIES_PER_ACCOUNT);
    let known: i64 = on!(desk, conn => {
        sqlx::query_scalar(IS_KNOWN)
            .bind(&attempt.email_hash)
            .bind(&attempt.address)
            .bind(At(now.plus_minutes(-KNOWN_MINUTES)))
            .fetch_one(conn)
            .await
    })?;
    let failed: Vec<At> = if known > 0 {
        on!(desk, conn => {
            sqlx::query_scalar(FAILED_FROM_KNOWN)
                .bind(&attempt.email_hash)
                .bind(since)
                .bind(of_account)
                .bind(&attempt.address)
                .fetch_all(conn)
                .await
        })?
    } else {
        on!(desk, conn => {
            sqlx::query_scalar(FAILED_OF_ACCOUNT)
                .bind(&attempt.email_hash)
                .bind(since)
                .bind(of_account)
                .fetch_all(conn)
                .await
        })?
    };
    if let Some(secs) = until_free(&failed, TRIES_PER_ACCOUNT, now) {
        return Ok(Some(secs));
    }
    if attempt.address.is_empty() {
        return Ok(None);
    }
    let failed: Vec<At> = on!(desk, conn => {
        sqlx::query_scalar(FAILED_FROM_ADDRESS)
            .bind(&attempt.address)
            .bind(since)
            .bind(limit(TRIES_PER_ADDRESS))
            .fetch_all(conn)
            .await
    })?;
    Ok(until_free(&failed, TRIES_PER_ADDRESS, now))
}

fn limit(tries: usize) -> i64 {
    i64::try_from(tries).unwrap_or(i64::MAX)
}

/// With so many failed tries in the window, newest first: when the oldest of them leaves it.
fn until_free(failed: &[At], most: usize, now: Instant) -> Option<u64> {
    let oldest = failed.get(most.checked_sub(1)?)?;
    let free_at = oldest.0.plus_minutes(WINDOW_MINUTES);
    u64::try_from((free_at.millis() - now.millis()).div_euclid(1000) + 1).ok()
}

/// Forgets tries of more than 30 days ago, at the door and within a session. Returns how many there were.
///
/// # Errors
/// [`StoreError`] where the database fails.
pub async fn forget_tries(desk: &mut Desk) -> Result<u64, StoreError> {
    let long_ago = At(desk.now().plus_minutes(-KNOWN_MINUTES));
    let gone = on!(desk, conn => {
        sqlx::query(FORGET).bind(long_ago).execute(conn).await.map(|done| done.rows_affected())
    })?;
    Ok(gone)
}

/// At most so many characters of a text.
pub(super) fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}
