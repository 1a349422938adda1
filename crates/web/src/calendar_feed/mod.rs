//! The calendar without names that a telephone or another program reads under a secret link: `/calendar/SECRET.ics`.
//!
//! Nobody signs in: the secret of 256 random bits opens it, of which only the digest is kept. The text is written in
//! `ics.rs`; links are made on the account's pages.

use crate::app::App;
use crate::error::Fault;
use crate::visitor::Visitor;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use medrecord_store::Refusal;
use medrecord_store::calendar_links::{self, Opened};
use sha2::{Digest as _, Sha256};

mod ics;
mod limit;

pub(crate) use limit::Limits;

/// How many days a calendar looks back and ahead.
pub(crate) const DAYS: (i64, i64) = (30, 180);

/// Hands a calendar to whoever knows its secret; unknown, withdrawn and malformed ones are looked up alike and not found.
pub(crate) async fn serve(
    State(app): State<App>,
    visitor: Visitor,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let address = visitor.actor.address.clone();
    let now = app.store.clock().now();
    let from = format!("address {}", address.as_deref().unwrap_or_default());
    let secret = file.strip_suffix(".ics").unwrap_or_default();
    let Some(link) = calendar_links::open(&app.store, secret).await? else {
        // Behind a proxy everybody has one address: who knows a secret is never kept waiting for strangers.
        if let Some(seconds) = app.feeds.wait(&from, limit::UNKNOWN, now) {
            return Ok(later(seconds));
        }
        app.feeds.count(&from, now);
        return Err(Refusal::NotFound("calendar").into());
    };
    let of_link = format!("link {}", link.id);
    if let Some(seconds) = app.feeds.wait(&of_link, limit::READ, now) {
        return Ok(later(seconds));
    }
    app.feeds.count(&of_link, now);
    let text = text(&app, &link, address.clone()).await?;
    calendar_links::read(&app.store, &link, address, app.face().zone).await?;
    // Weak, as an answer may be packed on its way.
    let digest = Sha256::digest(text.as_bytes())
        .iter()
        .fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
    let tag = format!("W/\"{digest}\"");
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let is_known =
        known.flat_map(|list| list.split(',')).any(|held| held.trim() == tag || held.trim() == "*");
    let tags = [(header::ETAG, tag), (header::CACHE_CONTROL, "private, no-cache".to_owned())];
    if is_known {
        return Ok((StatusCode::NOT_MODIFIED, tags).into_response());
    }
    let kind = [(header::CONTENT_TYPE, "text/calendar; charset=utf-8")];
    Ok((tags, kind, text).into_response())
}

async fn text(app: &App, link: &Opened, address: Option<String>) -> Result<String, Fault> {
    let face = app.face();
    let mut desk = app.store.lookup_desk(link.actor(address)).await?;
    let today = face.zone.day_of(desk.now());
    let from = face.zone.bounds(today.plus_days(-DAYS.0)).0;
    let until = face.zone.bounds(today.plus_days(DAYS.1)).1;
    let feed = calendar_links::feed(&mut desk, link, (from, until)).await?;
    desk.close().await?;
    let name = if link.is_of_everybody { face.name } else { format!("{} · {}", link.name(), face.name) };
    Ok(ics::text(&name, &feed))
}

/// Asked too often.
fn later(seconds: i64) -> Response {
    let words = "Too many requests. The calendar changes at most a few times an hour.\n";
    let mut answer = (StatusCode::TOO_MANY_REQUESTS, words).into_response();
    answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
    answer
}
