//! The gate of every route: who is it, does the policy let them in, is the request no forgery.

use crate::app::App;
use crate::error::Fault;
use crate::outage::Sent;
use crate::policy::Policy;
use crate::visitor::{Visitor, cookie};
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use medrecord_clinic::access::{Action, may};
use medrecord_store::sessions::Hold;
use medrecord_store::{Refusal, Via, sessions, tokens};

/// What the gate of one route knows.
#[derive(Clone)]
pub(crate) struct Gate {
    pub(crate) app: App,
    pub(crate) policy: Policy,
    /// The route as it is registered; empty where there is none.
    pub(crate) route: &'static str,
}

pub(crate) const FORM: &[u8] = b"application/x-www-form-urlencoded";
/// The most bytes of a form.
const FORM_LIMIT: usize = 2 * 1024 * 1024;

/// Lets a request through to its handler, or answers in its place.
pub(crate) async fn admit(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let via = way(parts.uri.path());
    let visitor = match identify(&gate.app, &parts, via).await {
        Ok(visitor) => visitor.along(gate.route),
        // What is open to anybody, such as styles and signs of life, stays so while nobody can be known.
        Err(fault) if fault.is_passing() && matches!(gate.policy, Policy::Open(_)) => {
            Visitor::stranger(&gate.app, &parts, via).along(gate.route)
        }
        Err(fault) => {
            let stranger = Visitor::stranger(&gate.app, &parts, via).along(gate.route);
            let fault = given_back(fault, &parts, body).await;
            return fault.present(&gate.app, stranger).await;
        }
    };
    if let Err(fault) = allowed(gate.policy, &visitor, &parts.headers) {
        keep_typed(&gate.app, &visitor, &parts, body).await;
        return fault.present(&gate.app, visitor).await;
    }
    let (body, form) = match whole(&parts.headers, body).await {
        Ok(whole) => whole,
        Err(fault) => return fault.present(&gate.app, visitor).await,
    };
    let body = match genuine(&parts.method, &parts.headers, parts.uri.query(), body, &visitor).await {
        Ok(body) => body,
        Err(fault) => return fault.present(&gate.app, visitor).await,
    };
    let visitor = counted(&gate.app, visitor, &parts).await;
    let changes = !parts.method.is_safe();
    parts.extensions.insert(visitor.clone());
    let method = parts.method.clone();
    let answer = next.run(Request::from_parts(parts, body)).await;
    if changes {
        gate.app.waiting.forget();
    }
    let mut answer = match answer.extensions().get::<Fault>().cloned() {
        Some(fault) if fault.is_passing() => {
            let sent = Sent::read(&method, visitor.path(), &form);
            fault.offering(sent).present(&gate.app, visitor.clone()).await
        }
        Some(fault) => fault.present(&gate.app, visitor.clone()).await,
        None if via == Via::Api && answer.status() == StatusCode::METHOD_NOT_ALLOWED => {
            Fault::wrong_method().present(&gate.app, visitor.clone()).await
        }
        None => answer,
    };
    if visitor.has_flash() && answer.headers().get(header::CONTENT_TYPE).is_some_and(is_html) {
        crate::page::clear_flash(&mut answer);
    }
    answer
}

/// For whole pages of people who sign: how many records wait for them. A count that fails hinders no page.
async fn counted(app: &App, visitor: Visitor, parts: &axum::http::request::Parts) -> Visitor {
    let page =
        app.studio.is_none() && parts.method == Method::GET && !parts.headers.contains_key("x-fragment");
    let signs = visitor.session.is_some() && visitor.may(Action::SignRecord);
    let Some(id) = visitor.actor.id.filter(|_| page && signs) else { return visitor };
    match app.waiting.of(&app.store, &visitor.actor, id).await {
        Ok(count) => visitor.with_unsigned(count),
        Err(_) => visitor,
    }
}

/// A form that came while nobody could be known by their cookie, offered again if our own page sent it.
async fn given_back(fault: Fault, parts: &axum::http::request::Parts, body: Body) -> Fault {
    if !fault.is_passing() || !same_origin(&parts.headers) {
        return fault;
    }
    let sent = Sent::receive(parts, body).await;
    fault.offering(sent)
}

/// Keeps the form that our own page sent while its session was locked, to be offered again after the password. A note
/// that is saved while somebody types is not: its page still holds it and sends it again by itself.
async fn keep_typed(app: &App, visitor: &Visitor, parts: &axum::http::request::Parts, body: Body) {
    let by_itself = parts.headers.get("x-fragment").is_some_and(|part| part.as_bytes() == b"autosave");
    let ours = same_origin(&parts.headers) && !by_itself;
    let Some(held) = visitor.held(Hold::Lock).filter(|_| ours) else { return };
    if let Some(sent) = Sent::receive(parts, body).await
        && sent.fields.iter().any(|field| field.name == "csrf" && matches(field.value.as_bytes(), &held.csrf))
    {
        app.kept.keep(held.id, sent);
    }
}

/// By which way an address is asked for: everything of the interface but the page that explains it is for programs.
fn way(path: &str) -> Via {
    if (path.starts_with("/api/") && path != "/api/docs") || path == "/metrics" {
        Via::Api
    } else {
        Via::Page
    }
}

fn is_html(kind: &HeaderValue) -> bool {
    kind.as_bytes().starts_with(b"text/html")
}

async fn identify(app: &App, parts: &axum::http::request::Parts, via: Via) -> Result<Visitor, Fault> {
    let stranger = Visitor::stranger(app, parts, via);
    if let Some(token) = bearer(&parts.headers) {
        let holder = tokens::resume(&app.store, token.trim()).await?;
        let address = stranger.actor.address.clone();
        return Ok(match holder {
            Some(holder) => stranger.with_actor(holder.actor(address)),
            None => stranger,
        });
    }
    let Some(token) = cookie(&parts.headers, cookie_name(app)) else { return Ok(stranger) };
    let session = sessions::resume(&app.store, token).await?;
    Ok(match session {
        Some(session) => stranger.with_session(session),
        None => stranger,
    })
}

/// The token of a program, which counts in place of any cookie.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

/// The session cookie's name; over TLS the prefix makes browsers refuse it from any other path, domain or plain HTTP.
pub(crate) fn cookie_name(app: &App) -> &'static str {
    match (&app.studio, app.settings.secure) {
        (None, true) => "__Host-medrecord",
        (None, false) => "medrecord",
        // Cookies do not tell ports apart, and the clinic itself may run beside the studio.
        (Some(_), _) => "medrecord-studio",
    }
}

fn allowed(policy: Policy, visitor: &Visitor, headers: &HeaderMap) -> Result<(), Fault> {
    let action = match policy {
        Policy::Open(_) => return Ok(()),
        Policy::SignedIn => None,
        Policy::May(action) => Some(action),
    };
    // A page fetched ahead of a click would enter "viewed" into the audit trail though nobody looked.
    if headers.get("sec-purpose").is_some_and(|purpose| purpose.as_bytes().starts_with(b"prefetch")) {
        return Err(Fault::no_prefetch());
    }
    match (visitor.actor.role, action) {
        (None, _) => Err(Refusal::NobodySignedIn.into()),
        (Some(role), Some(action)) if !may(role, action) => Err(Refusal::NotAllowed(action).into()),
        (Some(_), _) => Ok(()),
    }
}

/// Waits for all of a form or of JSON before a handler opens a desk: a slow sender must not hold the database's one
/// writer. Uploads come through as they arrive; their handlers open a desk for each piece.
async fn whole(headers: &HeaderMap, body: Body) -> Result<(Body, Bytes), Fault> {
    const SMALL: [&[u8]; 2] = [FORM, b"application/json"];
    let kind = headers.get(header::CONTENT_TYPE).map_or(b"".as_slice(), HeaderValue::as_bytes);
    if !SMALL.iter().any(|small| kind.starts_with(small)) {
        return Ok((body, Bytes::new()));
    }
    let all = to_bytes(body, FORM_LIMIT).await.map_err(|_| Fault::too_large(FORM_LIMIT))?;
    let form = if kind.starts_with(FORM) { all.clone() } else { Bytes::new() };
    Ok((Body::from(all), form))
}

/// Refuses a change that another site made the browser send: it must come from our own pages and, with a session,
/// bear the session's token in a header, in the form or, for uploads, in the address.
async fn genuine(
    method: &Method,
    headers: &HeaderMap,
    query: Option<&str>,
    body: Body,
    visitor: &Visitor,
) -> Result<Body, Fault> {
    // A browser adds no token by itself; of other ways to sign in, such as a name and a password, it keeps some.
    if method.is_safe() || bearer(headers).is_some() {
        return Ok(body);
    }
    if !same_origin(headers) {
        return Err(Fault::forged());
    }
    let Some(session) = &visitor.session else { return Ok(body) };
    let in_header = headers.get("x-csrf-token").is_some_and(|token| matches(token.as_bytes(), &session.csrf));
    let in_query = query.is_some_and(|query| field_matches(query.as_bytes(), &session.csrf));
    if in_header || in_query {
        return Ok(body);
    }
    if !headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(FORM)) {
        return Err(Fault::forged());
    }
    let bytes: Bytes = to_bytes(body, FORM_LIMIT).await.map_err(|_| Fault::too_large(FORM_LIMIT))?;
    if field_matches(&bytes, &session.csrf) { Ok(Body::from(bytes)) } else { Err(Fault::forged()) }
}

fn field_matches(form: &[u8], secret: &str) -> bool {
    form_urlencoded::parse(form).any(|(name, value)| name == "csrf" && matches(value.as_bytes(), secret))
}

/// Compares in a time that does not depend on where the two differ.
fn matches(given: &[u8], secret: &str) -> bool {
    let secret = secret.as_bytes();
    !secret.is_empty()
        && given.len() == secret.len()
        && given.iter().zip(secret).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
}

fn same_origin(headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return matches!(site.as_bytes(), b"same-origin" | b"none");
    }
    let Some(origin) = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok()) else {
        return true;
    };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    origin.split_once("://").is_some_and(|(_, of)| of == host)
}

/// Answers where no route is.
pub(crate) async fn nothing_here() -> Fault {
    Refusal::NotFound("page").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_secret_matches() {
        assert!(matches(b"abc", "abc"));
        for (given, secret) in [("", ""), ("abd", "abc"), ("ab", "abc"), ("abcd", "abc")] {
            assert!(!matches(given.as_bytes(), secret), "{given} {secret}");
        }
        assert!(field_matches(b"a=1&csrf=x%2By", "x+y"));
    }

    #[test]
    fn a_change_from_another_site_is_told_apart() {
        let ask = |pairs: &[(&'static str, &'static str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.insert(*name, value.parse().unwrap());
            }
            same_origin(&headers)
        };
        assert!(ask(&[]) && ask(&[("sec-fetch-site", "same-origin")]));
        assert!(ask(&[("origin", "http://a:1"), ("host", "a:1")]));
        assert!(!ask(&[("sec-fetch-site", "cross-site")]) && !ask(&[("sec-fetch-site", "same-site")]));
        assert!(!ask(&[("origin", "http://b"), ("host", "a")]) && !ask(&[("origin", "null"), ("host", "a")]));
    }
}
