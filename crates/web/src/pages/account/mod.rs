//! One's own account: where one is signed in, the password, and tokens for programs.

use crate::app::App;
use crate::desk::{Reading, Writing};
use crate::error::Fault;
use crate::form::Form;
use crate::page::{page, refused, see_other_saying};
use crate::pages::sign_in::too_many;
use crate::shell::Shell;
use crate::text::Text;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::{Form as Posted, Path, State};
use axum::response::Response;
use medrecord_clinic::access::Action;
use medrecord_clinic::field::Problems;
use medrecord_clinic::ids::{SessionId, TokenId};
use medrecord_clinic::language::Language;
use medrecord_clinic::time::Zone;
use medrecord_store::audit::{Event, Verb};
use medrecord_store::sessions::{self, EndReason, OpenSession, ProveError, prove};
use medrecord_store::tokens::{self, Token};
use medrecord_store::{Desk, Refusal, passwords, providers, second_factors};
use std::borrow::Cow;

pub(crate) mod calendar;
pub(crate) mod drafting;
pub(crate) mod factor;
pub(crate) mod phrases;
pub(crate) mod style;
pub(crate) mod templates;

const HERE: &str = "/settings/account";

#[derive(Template)]
#[template(path = "pages/account/account.html")]
struct AccountPage {
    shell: Shell,
    email: String,
    form: Form,
    /// The languages to choose from, each by its own name; first none, for as the browser asks.
    languages: Vec<(&'static str, Cow<'static, str>)>,
    sessions: Vec<SessionLine>,
    tokens: Vec<TokenLine>,
    /// A token that was just made; shown once.
    fresh_token: String,
    /// Since when a second factor is asked for; empty where none is.
    factor: String,
    /// Whether records are signed here, so that there may be drafts to look back on.
    signs: bool,
}

/// An open session in words.
struct SessionLine {
    id: String,
    browser: String,
    since: String,
    last: String,
    address: String,
    this: bool,
}

/// A token in words.
struct TokenLine {
    id: String,
    name: String,
    made: String,
    used: String,
    revoked: String,
}

/// Shows the account.
pub(crate) async fn show(visitor: Visitor, Reading(desk): Reading) -> Result<Response, Fault> {
    page(&template(&visitor, desk, Form::default()).await?)
}

/// Ends one of the own sessions.
pub(crate) async fn end(
    visitor: Visitor,
    Path(id): Path<String>,
    Writing(mut desk): Writing,
) -> Result<Response, Fault> {
    let id: SessionId = id.parse().map_err(|_| Refusal::NotFound("session"))?;
    sessions::end_own(&mut desk, id).await?;
    desk.close().await?;
    Ok(see_other_saying(HERE, "ok", &visitor.text().say("account-session-ended")))
}

/// Ends all own sessions but this one.
pub(crate) async fn end_others(visitor: Visitor, Writing(mut desk): Writing) -> Result<Response, Fault> {
    let Some(session) = &visitor.session else { return Err(Refusal::NobodySignedIn.into()) };
    let ended = sessions::end_others(&mut desk, session.id, EndReason::EndedElsewhere).await?;
    desk.close().await?;
    let words = visitor.text().with("count", ended).say("account-sessions-ended");
    Ok(see_other_saying(HERE, "ok", &words))
}

/// Keeps in which language pages speak to whoever asks.
pub(crate) async fn speak(
    Writing(mut desk): Writing,
    Posted(typed): Posted<Vec<(String, String)>>,
) -> Result<Response, Fault> {
    let form = Form::typed(typed);
    let chosen: Option<Language> = match form.value("language") {
        "" => None,
        tag => Some(tag.parse().map_err(|_| Refusal::NotFound("language"))?),
    };
    providers::set_own_language(&mut desk, chosen).await?;
    desk.close().await?;
    let text = Text::of(chosen.unwrap_or_default());
    Ok(see_other_saying(HERE, "ok", &text.say("account-language-saved")))
}

/// Changes the own password, once the current one proves who sits there.
pub(crate) async fn change_password(
    State(app): State<App>,
    visitor: Visitor,
    Posted(typed): Posted<Vec<(String, String)>>,
) -> Result<Response, Fault> {
    let Some(session) = visitor.session.clone() else { return Err(Refusal::NobodySignedIn.into()) };
    let mut form = Form::typed(typed);
    let purpose = Event::new(Verb::Update, "provider").about(session.provider);
    let (mut wrong, text) = (Problems::none(), visitor.text());
    match prove(&app.store, &visitor.actor, form.value("current"), purpose).await {
        Ok(()) => {}
        Err(ProveError::Wrong) => wrong.add("current", "wrong", text.say("account-password-not-current")),
        Err(ProveError::Throttled { retry_after_secs }) => {
            wrong.add("current", "throttled", too_many(text, retry_after_secs));
        }
        Err(ProveError::Refused(refusal)) => return Err(refusal.into()),
    }
    wrong.keep(passwords::check_new(form.value("password"), &[&session.email, &session.name]));
    if form.value("password") != form.value("passwordAgain") {
        wrong.add("passwordAgain", "differs", text.say("account-password-differs"));
    }
    if !wrong.is_empty() {
        form.refuse_all(&wrong);
        let desk = app.store.read_desk(visitor.actor.clone()).await?;
        return refused(&template(&visitor, desk, form).await?);
    }
    let hash = passwords::hash(form.value("password")).await?;
    let mut desk = app.store.write_desk(visitor.actor.clone()).await?;
    providers::set_password(&mut desk, session.provider, &hash, Some(session.id)).await?;
    desk.close().await?;
    Ok(see_other_saying(HERE, "ok", &text.say("account-password-changed")))
}

/// Makes a token and shows it once. A token opens without a password and outlasts every session, so that making one
/// asks for it.
pub(crate) async fn make_token(
    State(app): State<App>,
    visitor: Visitor,
    Posted(typed): Posted<Vec<(String, String)>>,
) -> Result<Response, Fault> {
    let mut form = Form::typed(typed);
    let purpose = Event::new(Verb::Create, "api_token");
    if !is_own_password(&app, &visitor, (&mut form, "passwordForToken"), purpose).await? {
        let desk = app.store.read_desk(visitor.actor.clone()).await?;
        return refused(&template(&visitor, desk, form).await?);
    }
    let mut desk = app.store.write_desk(visitor.actor.clone()).await?;
    let me = desk.provider()?;
    let made = tokens::create(&mut desk, me, form.value("tokenName")).await;
    match made {
        Ok((_, text)) => {
            desk.close().await?;
            let desk = app.store.read_desk(visitor.actor.clone()).await?;
            let shown = template(&visitor, desk, Form::default()).await?;
            page(&AccountPage { fresh_token: text, ..shown })
        }
        Err(Refusal::Invalid(problems)) => {
            drop(desk);
            for problem in problems.0 {
                form.refuse("tokenName", problem.message);
            }
            let desk = app.store.read_desk(visitor.actor.clone()).await?;
            refused(&template(&visitor, desk, form).await?)
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// Takes an own token back.
pub(crate) async fn revoke_token(
    visitor: Visitor,
    Path(id): Path<String>,
    Writing(mut desk): Writing,
) -> Result<Response, Fault> {
    let id: TokenId = id.parse().map_err(|_| Refusal::NotFound("token"))?;
    if !tokens::list_own(&mut desk).await?.iter().any(|token| token.id == id) {
        return Err(Refusal::NotFound("token").into());
    }
    tokens::revoke(&mut desk, id).await?;
    desk.close().await?;
    Ok(see_other_saying(HERE, "ok", &visitor.text().say("account-token-gone")))
}

/// Whether a field holds the password of whoever is signed in; where not, the form says so.
pub(crate) async fn is_own_password(
    app: &App,
    visitor: &Visitor,
    (form, field): (&mut Form, &str),
    purpose: Event,
) -> Result<bool, Fault> {
    match prove(&app.store, &visitor.actor, form.value(field), purpose).await {
        Ok(()) => return Ok(true),
        Err(ProveError::Wrong) => form.refuse(field, visitor.text().say("account-password-not-yours")),
        Err(ProveError::Throttled { retry_after_secs }) => {
            form.refuse(field, too_many(visitor.text(), retry_after_secs));
        }
        Err(ProveError::Refused(refusal)) => return Err(refusal.into()),
    }
    Ok(false)
}

async fn template(visitor: &Visitor, mut desk: Desk, form: Form) -> Result<AccountPage, Fault> {
    let zone = visitor.zone();
    let open = sessions::list_own(&mut desk).await?;
    let tokens = tokens::list_own(&mut desk).await?;
    let me = desk.provider()?;
    let factor = second_factors::standing(&mut desk, me).await?;
    desk.close().await?;
    let this = visitor.session.as_ref().map(|session| session.id);
    let (text, chosen) = (visitor.text(), visitor.session.as_ref().and_then(|session| session.language));
    Ok(AccountPage {
        shell: visitor.shell(),
        email: visitor.session.as_ref().map(|session| session.email.clone()).unwrap_or_default(),
        form: form.with("language", chosen.map(Language::as_str).unwrap_or_default()),
        languages: languages(text),
        sessions: open.into_iter().map(|open| session_line(open, this, (zone, text))).collect(),
        tokens: tokens.into_iter().map(|token| token_line(token, zone, text)).collect(),
        fresh_token: String::new(),
        factor: factor.map(|factor| text.day_and_clock(zone, factor.since)).unwrap_or_default(),
        signs: visitor.may(Action::SignRecord),
    })
}

fn languages(text: Text) -> Vec<(&'static str, Cow<'static, str>)> {
    let each = Language::ALL.map(|language| (language.as_str(), Cow::Borrowed(language.own_name())));
    std::iter::once(("", text.say("account-language-browser"))).chain(each).collect()
}

fn session_line(open: OpenSession, this: Option<SessionId>, (zone, text): (Zone, Text)) -> SessionLine {
    SessionLine {
        id: open.id.to_string(),
        browser: browser(open.user_agent.as_deref().unwrap_or_default(), text).into_owned(),
        since: text.day_and_clock(zone, open.created_at),
        last: text.day_and_clock(zone, open.last_seen_at),
        address: open.address.unwrap_or_default(),
        this: this == Some(open.id),
    }
}

fn token_line(token: Token, zone: Zone, text: Text) -> TokenLine {
    let when = |at: Option<_>| at.map(|at| text.day_and_clock(zone, at)).unwrap_or_default();
    TokenLine {
        id: token.id.to_string(),
        name: token.name,
        made: text.day_and_clock(zone, token.created_at),
        used: when(token.last_used_at),
        revoked: when(token.revoked_at),
    }
}

/// A browser by the name that people know, out of what it says of itself; the order matters, as they all name others.
fn browser(agent: &str, text: Text) -> Cow<'static, str> {
    const NAMES: [(&str, &str); 5] = [
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    NAMES
        .iter()
        .find(|(sign, _)| agent.contains(sign))
        .map_or_else(|| text.say("account-unknown-browser"), |(_, name)| Cow::Borrowed(*name))
}
