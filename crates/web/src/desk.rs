//! One request, one desk: handlers take an open desk, call one use case and say `close`.

use crate::app::App;
use crate::error::Fault;
use crate::visitor::Visitor;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use medrecord_store::Desk;

/// An open desk that only reads; closing it writes the audit events of what was read.
pub(crate) struct Reading(pub(crate) Desk);

/// An open desk for lists, search and charts, on the replica where there is one.
pub(crate) struct LookingUp(pub(crate) Desk);

/// An open desk that reads and writes in one transaction.
pub(crate) struct Writing(pub(crate) Desk);

impl FromRequestParts<App> for Reading {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Fault> {
        let visitor = visitor(parts, app);
        Ok(Self(app.store.read_desk(visitor.actor).await?))
    }
}

impl FromRequestParts<App> for LookingUp {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Fault> {
        let visitor = visitor(parts, app);
        Ok(Self(app.store.lookup_desk(visitor.actor).await?))
    }
}

impl FromRequestParts<App> for Writing {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Fault> {
        let visitor = visitor(parts, app);
        Ok(Self(app.store.write_desk(visitor.actor).await?))
    }
}

fn visitor(parts: &Parts, app: &App) -> Visitor {
    let found = parts.extensions.get::<Visitor>().cloned();
    found.unwrap_or_else(|| Visitor::stranger(app, parts, medrecord_store::Via::Page))
}
