//! The way in and out, and how pages look for this browser.

use crate::app::App;
use crate::error::Fault;
use crate::form::Form;
use crate::gate::cookie_name;
use crate::page::{page, refused, see_other};
use crate::shell::Shell;
use crate::text::Text;
use crate::urls;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::{Form as Posted, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use medrecord_store::sessions::{self, EndReason, Origin, SignInError, SignedIn};
use serde::Deserialize;

pub(crate) mod code;
pub(crate) mod lock;

#[derive(Template)]
#[template(path = "pages/sign_in/sign_in.html")]
struct SignInPage {
    shell: Shell,
    form: Form,
    refusal: String,
    next: String,
}

/// Where to go on to.
#[derive(Deserialize)]
pub(crate) struct Next {
    #[serde(default)]
    next: String,
}

/// What was typed to sign in.
#[derive(Deserialize)]
pub(crate) struct Entry {
    email: String,
    password: String,
    #[serde(default)]
    next: String,
}

/// Shows the way in; who is in already goes on.
pub(crate) async fn form(
    State(app): State<App>,
    visitor: Visitor,
    Query(query): Query<Next>,
) -> Result<Response, Fault> {
    if app.setup_code().await?.is_some() {
        return Ok(see_other("/setup"));
    }
    if visitor.session.is_some() {
        return Ok(see_other(onward(&query.next)));
    }
    page(&SignInPage {
        shell: visitor.shell(),
        form: Form::default(),
        refusal: String::new(),
        next: query.next,
    })
}

/// Signs in with a fresh session.
pub(crate) async fn enter(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    Posted(entry): Posted<Entry>,
) -> Result<Response, Fault> {
    let origin = origin(&visitor, &headers);
    if let Some(session) = visitor.any_session() {
        sessions::end(&app.store, session, EndReason::SignOut).await?;
    }
    let text = visitor.text();
    let (refusal, status) = match sessions::sign_in(&app.store, &entry.email, &entry.password, &origin).await
    {
        Ok(signed_in) => {
            return Ok(let_in(&app, &signed_in, onward(&entry.next)));
        }
        Err(SignInError::Wrong) => (text.say("sign-in-wrong").into_owned(), StatusCode::UNPROCESSABLE_ENTITY),
        Err(SignInError::Throttled { retry_after_secs }) => {
            (too_many(text, retry_after_secs), StatusCode::TOO_MANY_REQUESTS)
        }
        Err(SignInError::Store(error)) => return Err(error.into()),
    };
    let form = Form::default().with("email", entry.email);
    let mut answer = refused(&SignInPage { shell: visitor.shell(), form, refusal, next: entry.next })?;
    *answer.status_mut() = status;
    Ok(answer)
}

/// Signs in whoever has just set up the practice, and sends them on.
pub(crate) async fn admit(
    app: &App,
    visitor: &Visitor,
    headers: &HeaderMap,
    (email, password): (&str, &str),
    to: &str,
) -> Result<Response, Fault> {
    match sessions::sign_in(&app.store, email, password, &origin(visitor, headers)).await {
        Ok(signed_in) => Ok(let_in(app, &signed_in, to)),
        Err(SignInError::Store(error)) => Err(error.into()),
        Err(SignInError::Wrong | SignInError::Throttled { .. }) => Ok(see_other("/sign-in")),
    }
}

/// What whoever guessed too often reads.
pub(crate) fn too_many(text: Text, retry_after_secs: u64) -> String {
    text.with("minutes", retry_after_secs.div_ceil(60).max(1)).say("sign-in-too-many")
}

fn origin(visitor: &Visitor, headers: &HeaderMap) -> Origin {
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).map(str::to_owned);
    Origin { address: visitor.actor.address.clone(), user_agent: agent }
}

fn let_in(app: &App, signed_in: &SignedIn, to: &str) -> Response {
    let code = signed_in.session.hold.is_some().then(|| urls::sign_in_code(to));
    let mut answer = see_other(code.as_deref().unwrap_or(to));
    set_cookie(&mut answer, &session_cookie(app, &signed_in.token));
    answer
}

/// Signs out; the session is over on the server, not only in the browser.
pub(crate) async fn leave(State(app): State<App>, visitor: Visitor) -> Result<Response, Fault> {
    if let Some(session) = &visitor.session {
        sessions::end(&app.store, session, EndReason::SignOut).await?;
    }
    let mut answer = see_other("/sign-in");
    set_cookie(&mut answer, &format!("{}; Max-Age=0", session_cookie(&app, "")));
    answer.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"cache\""));
    Ok(answer)
}

/// How pages are to look in this browser.
#[derive(Deserialize)]
pub(crate) struct Display {
    theme: Option<String>,
    density: Option<String>,
    #[serde(default)]
    back: String,
}

/// Keeps how pages are to look, in a cookie of this browser for a year.
pub(crate) async fn display(Posted(wish): Posted<Display>) -> Response {
    let mut answer = see_other(onward(&wish.back)).into_response();
    for (name, value) in [("theme", wish.theme), ("density", wish.density)] {
        if let Some(value) = value.filter(|value| value.chars().all(|c| c.is_ascii_lowercase())) {
            set_cookie(
                &mut answer,
                &format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000"),
            );
        }
    }
    answer
}

fn onward(next: &str) -> &str {
    let doors = ["/sign-in", "/locked", "/lock", "/unlock", "/here"];
    if urls::is_local(next) && !doors.iter().any(|door| next.starts_with(door)) { next } else { urls::DAY }
}

fn session_cookie(app: &App, token: &str) -> String {
    let secure = if app.settings.secure { "; Secure" } else { "" };
    format!("{}={token}; Path=/; HttpOnly; SameSite=Lax{secure}", cookie_name(app))
}

fn set_cookie(answer: &mut Response, cookie: &str) {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        answer.headers_mut().append(header::SET_COOKIE, value);
    }
}
