//! The first run: a practice and its first person, on a database in which nobody can sign in yet.

use crate::audit::{Event, Verb};
use crate::database::{Store, on};
use crate::desk::{Actor, Desk, Via};
use crate::error::{Refusal, StoreError};
use crate::practice;
use crate::providers::{self, NewProvider};
use medrecord_clinic::ids::ProviderId;
use medrecord_clinic::practice::PracticeDetails;
use medrecord_clinic::provider::Role;

const EVERYBODY: &str = "SELECT COUNT(*) FROM providers";

/// Who acts while nobody can sign in yet.
pub fn first_comer(address: Option<String>) -> Actor {
    Actor::machine("first run", Via::Page).from_address(address)
}

/// Whether nobody can sign in yet.
///
/// # Errors
/// [`StoreError`] where the database fails.
pub async fn is_needed(store: &Store) -> Result<bool, StoreError> {
    let mut desk = store.read_desk(Actor::machine("first run", Via::System)).await?;
    nobody(&mut desk).await
}

async fn nobody(desk: &mut Desk) -> Result<bool, StoreError> {
    let count: i64 = on!(desk, conn => sqlx::query_scalar(EVERYBODY).fetch_one(conn).await)?;
    Ok(count == 0)
}

/// Sets the practice up with its first person, who becomes its administrator.
///
/// Of two who try at the same time one is refused: both write the practice's only row, from the version they saw.
///
/// # Errors
/// [`Refusal::Rule`] where somebody can sign in already, [`Refusal::Stale`] where somebody else was faster.
pub async fn set_up(
    desk: &mut Desk,
    details: &PracticeDetails,
    first: &NewProvider,
    password_hash: &str,
) -> Result<ProviderId, Refusal> {
    if !nobody(desk).await? {
        return Err(Refusal::Rule("This practice is set up already. Sign in.".to_owned()));
    }
    let seen = practice::get(desk, details.time_zone).await?.version;
    practice::save(desk, seen, details).await?;
    let first = NewProvider { role: Role::Admin, ..first.clone() };
    let id = providers::add(desk, &first, password_hash).await?;
    desk.record(Event::new(Verb::Create, "practice").with(serde_json::json!({ "first": id })));
    Ok(id)
}
