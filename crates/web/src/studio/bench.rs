//! What is collected and not saved: on the bench in memory, and kept in the database with each change of it, so that a
//! studio that is stopped or killed loses nothing.

use super::state::Studio;
use crate::app::App;
use crate::error::Fault;
use crate::visitor::Visitor;
use medrecord_store::browse::change::Change;
use medrecord_store::browse::drafts;
use medrecord_store::{Desk, Refusal};

/// Calls to mind what an earlier studio kept of the visitor's session.
pub(super) async fn recall(studio: &Studio, visitor: &Visitor, desk: &mut Desk) -> Result<(), Refusal> {
    if let Some(session) = &visitor.session
        && !studio.has_recalled(visitor)
    {
        let kept = drafts::collected(desk, session.id).await?;
        studio.recall(visitor, kept);
    }
    Ok(())
}

/// Collects changes. The desk that drafted them is closed by now: this takes one of its own.
pub(super) async fn collect(
    app: &App,
    studio: &Studio,
    visitor: &Visitor,
    changes: impl IntoIterator<Item = Change>,
) -> Result<(), Fault> {
    changes.into_iter().for_each(|change| studio.collect(visitor, change));
    keep(app, studio, visitor).await
}

/// Takes one change off the bench by its place, or all.
pub(super) async fn discard(
    app: &App,
    studio: &Studio,
    visitor: &Visitor,
    place: Option<usize>,
) -> Result<(), Fault> {
    studio.discard(visitor, place);
    keep(app, studio, visitor).await
}

async fn keep(app: &App, studio: &Studio, visitor: &Visitor) -> Result<(), Fault> {
    let Some(session) = &visitor.session else { return Ok(()) };
    let _one_at_a_time = studio.keeping.lock().await;
    let mut desk = app.store.write_desk(visitor.actor.clone()).await?;
    drafts::keep(&mut desk, session.id, &studio.collected(visitor)).await?;
    Ok(desk.close().await?)
}

/// Forgets what was kept, in the transaction that saves it.
pub(super) async fn forget(desk: &mut Desk, visitor: &Visitor) -> Result<(), Refusal> {
    match &visitor.session {
        Some(session) => drafts::keep(desk, session.id, &[]).await,
        None => Ok(()),
    }
}
