//! Changes that are collected and not saved yet, kept so that a studio that is stopped or killed loses none of them.
//! They go with their session.

use super::change::Change;
use crate::column::{At, Key};
use crate::database::on;
use crate::desk::Desk;
use crate::error::Refusal;
use medrecord_clinic::access::Action;
use medrecord_clinic::ids::SessionId;
use sqlx::types::Json;

const COLLECTED: &str = "SELECT changes FROM studio_drafts WHERE session_id = $1";
const KEEP: &str = "INSERT INTO studio_drafts (session_id, changes, updated_at) VALUES ($1, $2, $3)
    ON CONFLICT (session_id) DO UPDATE SET changes = excluded.changes, updated_at = excluded.updated_at";
const FORGET: &str = "DELETE FROM studio_drafts WHERE session_id = $1";
const FORGET_ENDED: &str = "DELETE FROM studio_drafts WHERE session_id IN
    (SELECT id FROM sessions WHERE ended_at IS NOT NULL OR expires_at <= $1)";

/// What was collected in a session and not saved; nothing for whom the database is closed.
///
/// # Errors
/// [`Refusal::Store`] where the database fails.
pub async fn collected(desk: &mut Desk, session: SessionId) -> Result<Vec<Change>, Refusal> {
    if desk.require(Action::BrowseDatabase).is_err() {
        return Ok(Vec::new());
    }
    let session = Key::of(session);
    let kept: Option<Json<Vec<Change>>> =
        on!(desk, conn => sqlx::query_scalar(COLLECTED).bind(session).fetch_optional(conn).await)?;
    Ok(kept.map(|Json(changes)| changes).unwrap_or_default())
}

/// Keeps what is collected in a session in the place of what was; what belongs to sessions that are over is forgotten. It
/// is no event of the trail: nothing is written yet.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn keep(desk: &mut Desk, session: SessionId, changes: &[Change]) -> Result<(), Refusal> {
    desk.require(Action::BrowseDatabase)?;
    let (session, now) = (Key::of(session), At(desk.now()));
    on!(desk, conn => sqlx::query(FORGET_ENDED).bind(now).execute(conn).await.map(|_| ()))?;
    if changes.is_empty() {
        on!(desk, conn => sqlx::query(FORGET).bind(session).execute(conn).await.map(|_| ()))?;
    } else {
        on!(desk, conn => {
            sqlx::query(KEEP).bind(session).bind(Json(changes)).bind(now).execute(conn).await.map(|_| ())
        })?;
    }
    Ok(())
}
