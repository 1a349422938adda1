//! The lock: a session that lay unused, or was locked by hand, opens with the password and everything is as it was.
//!
//! A page with script covers itself and keeps what was typed behind the cover. Without script the form that came too
//! late is kept by the server and offered again; a form with a password or a file in it is not.

use super::{onward, too_many};
use crate::app::App;
use crate::error::Fault;
use crate::outage::Sent;
use crate::page::{Fragment, page, refused, see_other};
use crate::shell::Shell;
use crate::urls;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::{Form as Posted, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use medrecord_store::sessions::{self, Hold, ProveError, Session};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "pages/sign_in/locked.html")]
struct LockedPage {
    shell: Shell,
    name: String,
    email: String,
    /// The token of the session, for when another tab unlocks it first.
    csrf: String,
    refusal: String,
    next: String,
}

#[derive(Template)]
#[template(path = "pages/sign_in/back.html")]
struct BackPage {
    shell: Shell,
    sent: Sent,
}

/// What was typed.
#[derive(Deserialize)]
pub(crate) struct Entry {
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
}

/// Asks for the password again; who is not locked out goes on.
pub(crate) async fn form(visitor: Visitor, Query(query): Query<super::Next>) -> Result<Response, Fault> {
    match visitor.held(Hold::Lock) {
        Some(held) => page(&locked(&visitor, held, String::new(), query.next)),
        None => Ok(see_other(onward(&query.next))),
    }
}

/// Locks the session by hand.
pub(crate) async fn lock(
    State(app): State<App>,
    visitor: Visitor,
    fragment: Fragment,
    Posted(entry): Posted<super::Next>,
) -> Result<Response, Fault> {
    if let Some(session) = &visitor.session {
        sessions::lock(&app.store, session).await?;
    }
    if fragment.is("lock") {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Ok(see_other(&urls::locked(&entry.next)))
}

/// Says that somebody is there, though nothing was sent for a while; the gate has noted the use.
pub(crate) async fn here() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// Unlocks with the password, and offers the form that came while it was locked, whichever tab unlocks first. The cover
/// of a page is lifted by the password alone, even where the server never heard of the lock.
pub(crate) async fn unlock(
    State(app): State<App>,
    visitor: Visitor,
    fragment: Fragment,
    Posted(entry): Posted<Entry>,
) -> Result<Response, Fault> {
    let script = fragment.is("unlock");
    let covered = visitor.session.as_ref().filter(|_| script);
    let Some(held) = visitor.held(Hold::Lock).or(covered) else {
        return match (script, &visitor.session) {
            (true, _) => {
                let words = visitor.text().say("lock-over");
                Ok((StatusCode::UNAUTHORIZED, words).into_response())
            }
            (false, Some(open)) => back(&app, &visitor, open, &entry.next),
            (false, None) => Ok(see_other(onward(&entry.next))),
        };
    };
    let (address, text) = (visitor.actor.address.as_deref(), visitor.text());
    let (refusal, status) = match sessions::unlock(&app.store, held, &entry.password, address).await {
        Ok(()) if script => return Ok(StatusCode::NO_CONTENT.into_response()),
        Ok(()) => return back(&app, &visitor, held, &entry.next),
        Err(ProveError::Wrong) => {
            (text.with("name", &held.name).say("lock-wrong"), StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(ProveError::Throttled { retry_after_secs }) => {
            (too_many(text, retry_after_secs), StatusCode::TOO_MANY_REQUESTS)
        }
        Err(ProveError::Refused(refusal)) => return Err(refusal.into()),
    };
    if script {
        return Ok((status, refusal).into_response());
    }
    let mut answer = refused(&locked(&visitor, held, refusal, entry.next))?;
    *answer.status_mut() = status;
    Ok(answer)
}

fn back(app: &App, visitor: &Visitor, held: &Session, next: &str) -> Result<Response, Fault> {
    let Some(sent) = app.kept.take(held.id) else { return Ok(see_other(onward(next))) };
    let open = visitor.clone().with_session(Session { hold: None, ..held.clone() });
    page(&BackPage { shell: open.shell(), sent })
}

fn locked(visitor: &Visitor, held: &Session, refusal: String, next: String) -> LockedPage {
    let (name, email, csrf) = (held.name.clone(), held.email.clone(), held.csrf.clone());
    LockedPage { shell: visitor.shell(), name, email, csrf, refusal, next }
}
