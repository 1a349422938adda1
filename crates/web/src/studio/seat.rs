//! What each page of the studio needs: who asks, an open desk, what is in the database, and what may be seen of it.

use super::bench;
use super::state::Studio;
use crate::app::App;
use crate::error::Fault;
use crate::visitor::Visitor;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use medrecord_store::browse::{self, Catalogue, Lens};
use medrecord_store::{Desk, Refusal, Via};
use std::sync::Arc;

/// A person at the studio with a desk that only reads.
pub(super) struct Seat {
    pub(super) app: App,
    pub(super) studio: Arc<Studio>,
    pub(super) visitor: Visitor,
    pub(super) desk: Desk,
    pub(super) catalogue: Catalogue,
    pub(super) lens: Lens,
}

/// The same with a desk that writes.
pub(super) struct WritingSeat(pub(super) Seat);

impl Seat {
    async fn take(parts: &Parts, app: &App, writes: bool) -> Result<Self, Fault> {
        let studio = app.studio.clone().ok_or(Refusal::NotFound("studio"))?;
        let visitor = parts.extensions.get::<Visitor>().cloned();
        let visitor = visitor.unwrap_or_else(|| Visitor::stranger(app, parts, Via::Page));
        let now = app.store.clock().now();
        studio.tidy(now);
        let lens = studio.lens(&visitor, now);
        let actor = visitor.actor.clone();
        let mut desk =
            if writes { app.store.write_desk(actor).await? } else { app.store.read_desk(actor).await? };
        bench::recall(&studio, &visitor, &mut desk).await?;
        let collected = studio.collected(&visitor).len();
        let catalogue = match studio.known(now) {
            Some(catalogue) => catalogue,
            None => studio.learn(browse::catalogue(&mut desk).await?, now),
        };
        let visitor = visitor.with_collected(collected);
        Ok(Self { app: app.clone(), studio, visitor, desk, catalogue, lens })
    }
}

impl FromRequestParts<App> for Seat {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Fault> {
        Self::take(parts, app, false).await
    }
}

impl FromRequestParts<App> for WritingSeat {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Fault> {
        Seat::take(parts, app, true).await.map(Self)
    }
}
