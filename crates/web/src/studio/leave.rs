//! Signing out: what is collected and not saved would be forgotten, so that is asked about first.

use super::bench;
use crate::app::App;
use crate::error::Fault;
use crate::page::conflict;
use crate::pages::sign_in;
use crate::shell::Shell;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::{Form as Posted, State};
use axum::response::Response;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "studio/leave.html")]
struct LeavePage {
    shell: Shell,
    changes: usize,
}

/// What was pressed.
#[derive(Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    forget: String,
}

/// Signs out where nothing is collected, or where it was said that it may be forgotten.
pub(super) async fn leave(
    State(app): State<App>,
    visitor: Visitor,
    Posted(wish): Posted<Wish>,
) -> Result<Response, Fault> {
    let mut changes = 0;
    if let Some(studio) = &app.studio {
        let mut desk = app.store.read_desk(visitor.actor.clone()).await?;
        bench::recall(studio, &visitor, &mut desk).await?;
        desk.close().await?;
        changes = studio.collected(&visitor).len();
    }
    if changes > 0 && wish.forget != "1" {
        return conflict(&LeavePage { shell: visitor.with_collected(changes).shell(), changes });
    }
    if let Some(studio) = app.studio.as_ref().filter(|_| changes > 0) {
        bench::discard(&app, studio, &visitor, None).await?;
    }
    sign_in::leave(State(app), visitor).await
}
