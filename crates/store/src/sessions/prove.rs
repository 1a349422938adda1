//! Proving with the password, within a session, that it is still the same person, as before signing.

use super::tries::{self, Try, count, wait};
use crate::audit::{Event, Outcome, whose};
use crate::column::Key;
use crate::database::{Store, on};
use crate::desk::Actor;
use crate::error::{Refusal, StoreError};
use crate::passwords::{self, Verified};
use serde_json::json;

/// Why somebody did not prove to be who signed in.
#[derive(Debug, thiserror::Error)]
pub enum ProveError {
    /// It is not the person's password.
    #[error("this is not the password of whoever is signed in")]
    Wrong,
    /// There were too many tries.
    #[error("too many tries; the next one counts in {retry_after_secs} seconds")]
    Throttled {
        /// When the next try counts.
        retry_after_secs: u64,
    },
    /// Nobody is signed in, or the database failed.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

impl From<StoreError> for ProveError {
    fn from(error: StoreError) -> Self {
        Self::Refused(error.into())
    }
}

const OWN_HASH: &str = "SELECT password_hash FROM providers WHERE id = $1 AND disabled_at IS NULL";

/// Checks the password of whoever is signed in. Failed tries are counted apart from those at the door, so that nobody
/// is kept out by them; `purpose` is the event to note as refused where the password is wrong.
///
/// # Errors
/// [`ProveError`].
pub async fn prove(store: &Store, actor: &Actor, password: &str, purpose: Event) -> Result<(), ProveError> {
    let id = actor.id.ok_or(Refusal::NobodySignedIn)?;
    let _place = tries::in_turn().await?;
    let attempt = Try::at(&format!("prove {id}"), None);
    let mut desk = store.read_desk(actor.clone()).await?;
    if let Some(retry_after_secs) = wait(&mut desk, &attempt).await? {
        let event = purpose.ended(Outcome::Refused).with(json!({ "code": "throttled" }));
        let event = whose::named(&mut desk, event).await?;
        desk.record(event);
        desk.keep().await?;
        return Err(ProveError::Throttled { retry_after_secs });
    }
    let key = Key::of(id);
    let hash: Option<String> =
        on!(desk, conn => sqlx::query_scalar(OWN_HASH).bind(key).fetch_optional(conn).await)
            .map_err(StoreError::from)?;
    drop(desk);
    let sound = hash.is_some() && password.len() <= 4 * passwords::MOST;
    let kept = hash.as_deref().unwrap_or(passwords::NOBODYS);
    let verified = passwords::verify(if sound { password } else { "" }, kept).await?;
    let right = sound && verified != Verified::No;
    let mut desk = store.write_desk(actor.clone()).await?;
    count(&mut desk, &attempt, right).await?;
    if !right {
        let event = purpose.ended(Outcome::Refused).with(json!({ "code": "wrong_password" }));
        let event = whose::named(&mut desk, event).await?;
        desk.record(event);
    }
    desk.keep().await?;
    if right { Ok(()) } else { Err(ProveError::Wrong) }
}
