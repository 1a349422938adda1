//! The second half of the way in: a code of the authenticator app, or a recovery code.

use super::{let_in, onward};
use crate::app::App;
use crate::error::Fault;
use crate::page::{page, refused, see_other};
use crate::shell::Shell;
use crate::urls;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::{Form as Posted, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use medrecord_store::sessions::{self, Hold, ProveError};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "pages/sign_in/code.html")]
struct CodePage {
    shell: Shell,
    refusal: String,
    next: String,
}

/// What was typed.
#[derive(Deserialize)]
pub(crate) struct Entry {
    #[serde(default)]
    code: String,
    #[serde(default)]
    next: String,
}

/// Asks for the code; who waits for none goes on.
pub(crate) async fn form(visitor: Visitor, Query(query): Query<super::Next>) -> Result<Response, Fault> {
    if visitor.held(Hold::Code).is_none() {
        return Ok(see_other(&urls::sign_in(&query.next)));
    }
    page(&CodePage { shell: visitor.shell(), refusal: String::new(), next: query.next })
}

/// Opens the session.
pub(crate) async fn enter(
    State(app): State<App>,
    visitor: Visitor,
    Posted(entry): Posted<Entry>,
) -> Result<Response, Fault> {
    let Some(held) = visitor.held(Hold::Code) else { return Ok(see_other(&urls::sign_in(&entry.next))) };
    let given = sessions::give_code(&app.store, held, &entry.code, visitor.actor.address.as_deref()).await;
    let (refusal, status) = match given {
        Ok(signed_in) => return Ok(let_in(&app, &signed_in, onward(&entry.next))),
        Err(ProveError::Wrong) => {
            (visitor.text().say("code-wrong").into_owned(), StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(ProveError::Throttled { retry_after_secs }) => {
            (super::too_many(visitor.text(), retry_after_secs), StatusCode::TOO_MANY_REQUESTS)
        }
        Err(ProveError::Refused(refusal)) => return Err(refusal.into()),
    };
    let mut answer = refused(&CodePage { shell: visitor.shell(), refusal, next: entry.next })?;
    *answer.status_mut() = status;
    Ok(answer)
}
