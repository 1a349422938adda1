//! Who is asking: put into each request by the gate, taken out by handlers.

use crate::app::{App, Face};
use crate::shell::{Flash, Shell};
use crate::text::{Text, asked_for, words};
use crate::urls;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use medrecord_clinic::access::{Action, may};
use medrecord_clinic::language::Language;
use medrecord_clinic::time::{Day, Instant, Zone};
use medrecord_store::sessions::{Hold, Session};
use medrecord_store::{Actor, Via};
use std::convert::Infallible;
use std::net::SocketAddr;
use uuid::Uuid;

/// Who is asking, by which way, and how they want pages to look.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    /// For the desk.
    pub(crate) actor: Actor,
    /// The session, where somebody is signed in with a browser.
    pub(crate) session: Option<Session>,
    /// A session that opens nothing yet: whoever holds it counts as a stranger.
    held: Option<Session>,
    path: String,
    theme: Option<String>,
    density: Option<String>,
    flash: Option<String>,
    face: Face,
    studio: bool,
    /// How many changes this visitor has collected in the studio.
    collected: usize,
    /// Which of the languages spoken here the browser asks for.
    browser: Option<Language>,
    /// When the request came.
    when: Instant,
    unsigned: u32,
    asked: Asked,
}

/// What was asked for, without anything that a person typed.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// The method.
    pub(crate) method: Method,
    /// The route as it is registered; empty where there is none.
    pub(crate) route: &'static str,
    /// The id in the address, if there is one.
    pub(crate) id: Option<Uuid>,
}

impl Visitor {
    /// Somebody who has not signed in.
    pub(crate) fn stranger(app: &App, parts: &Parts, via: Via) -> Self {
        let cookie = |name: &str| cookie(&parts.headers, name).map(str::to_owned);
        let path = parts.uri.path_and_query().map_or("/", |p| p.as_str()).to_owned();
        Self {
            actor: Actor::nobody(via).from_address(address(parts)),
            session: None,
            held: None,
            path,
            theme: cookie("theme").filter(|theme| theme == "light" || theme == "dark"),
            density: cookie("density").filter(|density| density == "compact"),
            flash: cookie("flash"),
            browser: parts
                .headers
                .get(header::ACCEPT_LANGUAGE)
                .and_then(|wishes| wishes.to_str().ok())
                .and_then(asked_for),
            when: app.store.clock().now(),
            face: app.face(),
            unsigned: 0,
            asked: Asked {
                method: parts.method.clone(),
                route: "",
                id: parts.uri.path().split('/').find_map(|part| part.parse().ok()),
            },
            studio: app.studio.is_some(),
            collected: 0,
        }
    }

    /// The same, signed in with a browser; with a session that is held, still a stranger.
    pub(crate) fn with_session(mut self, session: Session) -> Self {
        if session.hold.is_some() {
            self.held = Some(session);
            return self;
        }
        self.actor = session.actor(self.actor.via, self.actor.address.take());
        self.session = Some(session);
        self
    }

    /// The session that waits for this.
    pub(crate) fn held(&self, hold: Hold) -> Option<&Session> {
        self.held.as_ref().filter(|session| session.hold == Some(hold))
    }

    /// Any session of this browser, open or not.
    pub(crate) fn any_session(&self) -> Option<&Session> {
        self.session.as_ref().or(self.held.as_ref())
    }

    /// Where whoever is not signed in goes to come back to this page.
    pub(crate) fn way_in(&self) -> String {
        let next = if self.asked.method.is_safe() { self.path() } else { urls::DAY };
        match self.held.as_ref().and_then(|session| session.hold) {
            None => urls::sign_in(self.path()),
            Some(Hold::Code) => urls::sign_in_code(next),
            Some(Hold::Lock) => urls::locked(next),
        }
    }

    /// The same, with so many changes collected in the studio.
    pub(crate) fn with_collected(self, collected: usize) -> Self {
        Self { collected, ..self }
    }

    /// The same, known by other means than a session.
    pub(crate) fn with_actor(self, actor: Actor) -> Self {
        Self { actor, ..self }
    }

    /// The same, on a route as it is registered.
    pub(crate) fn along(mut self, route: &'static str) -> Self {
        self.asked.route = route;
        self
    }

    /// What was asked for.
    pub(crate) fn asked(&self) -> &Asked {
        &self.asked
    }

    /// The same, with so many records that wait for a signature.
    pub(crate) fn with_unsigned(self, unsigned: u32) -> Self {
        Self { unsigned, ..self }
    }

    /// The practice's zone.
    pub(crate) fn zone(&self) -> Zone {
        self.face.zone
    }

    /// The practice's day at the time of the request.
    pub(crate) fn today(&self, app: &App) -> Day {
        self.face.zone.day_of(app.store.clock().now())
    }

    /// Whether the visitor's role may do something; for showing or hiding what leads there.
    pub(crate) fn may(&self, action: Action) -> bool {
        self.actor.role.is_some_and(|role| may(role, action))
    }

    /// Says texts in the language that the person chose, or else the browser asks for. The studio is English: what it
    /// shows are the names of tables and columns.
    pub(crate) fn text(&self) -> Text {
        let chosen = self.any_session().and_then(|session| session.language);
        if self.studio { Text::ENGLISH } else { Text::of(chosen.or(self.browser).unwrap_or_default()) }
    }

    /// The path and query of the request.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// What stands around the page.
    pub(crate) fn shell(&self) -> Shell {
        let text = self.text();
        Shell {
            text,
            practice: self.face.name.clone(),
            user: self.session.as_ref().map(|session| session.name.clone()),
            role: self.actor.role.map(|role| text.say(words::role(role)).into_owned()).unwrap_or_default(),
            csrf: self.session.as_ref().map(|session| session.csrf.clone()).unwrap_or_default(),
            path: self.path.clone(),
            theme: self.theme.clone(),
            density: self.density.clone(),
            unsigned: self.unsigned,
            printed: match &self.session {
                Some(session) => {
                    let when = text.day_and_clock(self.face.zone, self.when);
                    text.with("when", when).with("name", &session.name).say("shell-printed")
                }
                None => String::new(),
            },
            sees_audit: self.may(Action::ReadAudit),
            manages_people: self.may(Action::ManageProviders),
            studio: self.studio,
            collected: self.collected,
            flash: self.flash.as_deref().and_then(read_flash),
            ..Shell::default()
        }
    }

    /// Whether a flash message is waiting, so that the answer must take it away.
    pub(crate) fn has_flash(&self) -> bool {
        self.flash.is_some()
    }
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let found = parts.extensions.get::<Self>().cloned();
        Ok(found.unwrap_or_else(|| Self::stranger(app, parts, Via::Page)))
    }
}

/// The network address of the other side.
pub(crate) fn address(parts: &Parts) -> Option<String> {
    parts.extensions.get::<axum::extract::ConnectInfo<SocketAddr>>().map(|from| from.0.ip().to_string())
}

/// The value of a cookie.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

fn read_flash(text: &str) -> Option<Flash> {
    let (kind, words) = form_urlencoded::parse(text.as_bytes()).next()?;
    let kind = ["ok", "warn", "alert"].into_iter().find(|known| *known == kind)?;
    Some(Flash { kind, words: words.into_owned() })
}
