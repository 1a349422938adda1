//! An entry is taken off the list without a booking, or put back on the same day.

use super::waiting_id;
use crate::app::App;
use crate::desk::Writing;
use crate::error::Fault;
use crate::page::see_other_saying;
use crate::urls;
use crate::visitor::Visitor;
use axum::extract::{Form as Posted, Path, State};
use axum::response::Response;
use medrecord_store::{Desk, Refusal, waiting_list};
use serde::Deserialize;

/// Which version was looked at, and why it is taken off.
#[derive(Deserialize)]
pub(crate) struct Seen {
    version: i32,
    #[serde(default)]
    reason: String,
}

/// Takes an entry off the list.
pub(crate) async fn withdraw(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Writing(mut desk): Writing,
    Posted(seen): Posted<Seen>,
) -> Result<Response, Fault> {
    let done = waiting_list::withdraw(&mut desk, waiting_id(&id)?, seen.version, &seen.reason).await;
    answer(&app, &visitor, desk, done, "Taken off the waiting list. It can be taken back today.").await
}

/// Puts an entry back on the list.
pub(crate) async fn put_back(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Writing(mut desk): Writing,
    Posted(seen): Posted<Seen>,
) -> Result<Response, Fault> {
    let done = waiting_list::put_back(&mut desk, visitor.zone(), waiting_id(&id)?, seen.version).await;
    answer(&app, &visitor, desk, done, "Back on the waiting list.").await
}

/// Goes back to the list with what was done, or with why it was not.
async fn answer(
    app: &App,
    visitor: &Visitor,
    desk: Desk,
    done: Result<i32, Refusal>,
    words: &str,
) -> Result<Response, Fault> {
    let Err(refusal) = done else {
        desk.close().await?;
        return Ok(see_other_saying(urls::WAITING_LIST, "ok", words));
    };
    drop(desk);
    let words = match &refusal {
        Refusal::Rule(words) => words.clone(),
        Refusal::Stale { .. } => {
            "Somebody else changed this entry meanwhile. Here is how the list stands now.".to_owned()
        }
        Refusal::Invalid(problems) => problems.0.first().map(|p| p.message.clone()).unwrap_or_default(),
        Refusal::NotFound(_)
        | Refusal::NotAllowed(_)
        | Refusal::NobodySignedIn
        | Refusal::Signed
        | Refusal::Store(_) => return Err(refusal.into()),
    };
    app.store.note(visitor.actor.clone(), Desk::refusal_event(&refusal, "waiting_entry")).await?;
    Ok(see_other_saying(urls::WAITING_LIST, "alert", &words))
}
