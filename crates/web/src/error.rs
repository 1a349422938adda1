//! Refusals as answers: this file alone turns one into a status, a page with a way on, or problem+json (RFC 9457).
//!
//! A person sees plain words and a reference number, never SQL, paths or another patient's name; the log line bears
//! the same number.

use crate::app::App;
use crate::outage::Sent;
use crate::page;
use crate::shell::Shell;
use crate::visitor::Visitor;
use askama::Template;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use medrecord_clinic::field::{FieldError, Problems};
use medrecord_store::audit::{Event, Outcome, Verb};
use medrecord_store::{Refusal, StoreError, Via};
use serde_json::{Map, Value, json};

/// Why a request got no proper answer, in words for the person who asked.
#[derive(Debug, Clone)]
pub(crate) struct Fault {
    status: StatusCode,
    /// A stable word for programs and for the audit trail.
    code: &'static str,
    title: &'static str,
    words: String,
    fields: Vec<FieldError>,
    /// Further members of the answer for programs.
    more: Option<Box<Map<String, Value>>>,
    /// What really happened, for the log alone.
    cause: Option<Box<str>>,
    /// The form that was sent, where it can be offered again.
    sent: Option<Box<Sent>>,
}

impl Fault {
    /// A fault of any kind; `words` are for the person who asked.
    pub(crate) fn new(
        status: StatusCode,
        code: &'static str,
        title: &'static str,
        words: impl Into<String>,
    ) -> Self {
        Self {
            status,
            code,
            title,
            words: words.into(),
            fields: Vec::new(),
            more: None,
            cause: None,
            sent: None,
        }
    }

    /// A request that another site made the browser send, or a page that was left open too long.
    pub(crate) fn forged() -> Self {
        let words =
            "This form is no longer valid. Nothing was saved. Go back, reload the page and send it again.";
        Self::new(StatusCode::FORBIDDEN, "forged", "The form has expired", words)
    }

    /// A body over its limit.
    pub(crate) fn too_large(limit: usize) -> Self {
        let words = format!("At most {} KB can be sent here. Nothing was saved.", limit / 1024);
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "Too much at once", words)
    }

    /// A path that is there, but not for this method.
    pub(crate) fn wrong_method() -> Self {
        let words = "This address does not answer to that method; the header Allow names those it does.";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "wrong_method", "Another method", words)
    }

    /// The same with a further member for programs.
    #[must_use]
    pub(crate) fn with(mut self, member: &str, value: Value) -> Self {
        self.more.get_or_insert_default().insert(member.to_owned(), value);
        self
    }

    /// The same as a program hears it, which names what it saw in a header.
    fn for_program(self) -> Self {
        if self.code != "stale" {
            return self;
        }
        let words = "This changed since the version in If-Match. Nothing was saved: fetch it again, then decide anew.";
        Self { status: StatusCode::PRECONDITION_FAILED, words: words.to_owned(), ..self }
    }

    /// Whether the same request may well succeed in a moment.
    pub(crate) fn is_passing(&self) -> bool {
        matches!(self.code, "unreachable" | "too_slow" | "uncertain" | "crossed")
    }

    /// The same, offering the form that was sent.
    #[must_use]
    pub(crate) fn offering(self, sent: Option<Sent>) -> Self {
        Self { sent: sent.map(Box::new), ..self }
    }

    /// A page asked for before anybody clicked.
    pub(crate) fn no_prefetch() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "prefetch",
            "Not ahead of time",
            "Pages of patients open on a click.",
        )
    }

    /// Something on our side went wrong; `cause` is for the log.
    pub(crate) fn broken(cause: String) -> Self {
        let words = "Something went wrong on our side. What you were saving was not saved. Go back and try again; if it \
                     stays, tell whoever runs the system the number below.";
        let fault = Self::new(StatusCode::INTERNAL_SERVER_ERROR, "broken", "That did not work", words);
        Self { cause: Some(cause.into()), ..fault }
    }

    /// Answers: notes the refusal in the audit trail, then a page, or problem+json where a program asked.
    pub(crate) async fn present(self, app: &App, visitor: Visitor) -> Response {
        let reference = self.log(app);
        self.note(app, &visitor).await;
        if self.is_passing() {
            app.store.suspect();
        }
        let program = visitor.actor.via == Via::Api;
        if self.code == "not_signed_in" && !program {
            return Redirect::to(&visitor.way_in()).into_response();
        }
        let fault = if program { self.for_program() } else { self };
        let mut answer =
            if program { fault.problem(&reference) } else { fault.page(visitor.shell(), &reference) };
        if fault.status == StatusCode::SERVICE_UNAVAILABLE {
            answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
        }
        if fault.status == StatusCode::UNAUTHORIZED {
            answer.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        answer
    }

    fn log(&self, app: &App) -> String {
        let random: [u8; 4] = app.store.chance().bytes().unwrap_or_default();
        let reference = format!("{:08X}", u32::from_be_bytes(random));
        if let Some(cause) = &self.cause {
            tracing::error!(%reference, code = self.code, cause, "a request failed");
        }
        reference
    }

    async fn note(&self, app: &App, visitor: &Visitor) {
        if self.is_passing() || matches!(self.code, "invalid" | "not_signed_in" | "prefetch") {
            return;
        }
        let outcome = if self.cause.is_some() { Outcome::Failed } else { Outcome::Refused };
        let asked = visitor.asked();
        let verb = if asked.method.is_safe() { Verb::Read } else { Verb::Update };
        let detail = json!({ "code": self.code, "method": asked.method.as_str(), "route": asked.route });
        let event = Event::new(verb, "page").ended(outcome).with(detail);
        let event = match asked.id {
            Some(id) => event.about(id),
            None => event,
        };
        if let Err(error) = app.store.note(visitor.actor.clone(), event).await {
            tracing::error!(%error, "a refusal could not be noted");
        }
    }

    fn problem(&self, reference: &str) -> Response {
        let mut body = json!({
            "type": format!("urn:medrecord:problem:{}", self.code),
            "title": self.title,
            "status": self.status.as_u16(),
            "detail": self.words,
            "instance": format!("urn:medrecord:reference:{reference}"),
        });
        if let Some(body) = body.as_object_mut() {
            if !self.fields.is_empty() {
                body.insert("errors".to_owned(), json!(self.fields));
            }
            body.extend(self.more.iter().flat_map(|more| (**more).clone()));
        }
        let kind = [(header::CONTENT_TYPE, "application/problem+json")];
        (self.status, kind, Json(body).into_response().into_body()).into_response()
    }

    fn page(&self, shell: Shell, reference: &str) -> Response {
        let again = (self.is_passing() && self.sent.is_none()).then(|| shell.path.clone());
        let (words, fields, sent) = (&self.words, &self.fields, self.sent.as_deref());
        let page = FaultPage { shell, title: self.title, words, fields, reference, sent, again };
        match page.render() {
            Ok(html) => page::html(self.status, html),
            Err(_) => (self.status, self.words.clone()).into_response(),
        }
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct FaultPage<'a> {
    shell: Shell,
    title: &'a str,
    words: &'a str,
    fields: &'a [FieldError],
    reference: &'a str,
    /// The form to send again.
    sent: Option<&'a Sent>,
    /// The page to ask for again.
    again: Option<String>,
}

/// Carries the fault to the gate, which knows who asked and presents it.
impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let mut answer = self.status.into_response();
        answer.extensions_mut().insert(self);
        answer
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotFound(what) => {
                let words = format!("There is no such {what}, or it was moved. Go back, or search for it.");
                Self::new(StatusCode::NOT_FOUND, "not_found", "Not found", words)
            }
            Refusal::NotAllowed(action) => {
                let words =
                    format!("Your role may not {action}. Ask whoever runs the system if you need to.");
                Self::new(StatusCode::FORBIDDEN, "not_allowed", "Not allowed", words)
            }
            Refusal::NobodySignedIn => Self::new(
                StatusCode::UNAUTHORIZED,
                "not_signed_in",
                "Sign in first",
                "Sign in, or send a valid token.",
            ),
            Refusal::Stale { what, .. } => {
                let words = format!(
                    "Somebody else changed this {what} while you were working on it. Your change was not saved. Go back, \
                     keep a copy of what you typed, reload and enter it again."
                );
                Self::new(StatusCode::CONFLICT, "stale", "Changed meanwhile", words)
            }
            Refusal::Invalid(problems) => {
                let fault = Self::new(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "invalid",
                    "Check what was entered",
                    "Nothing was saved. Go back and mend these fields.",
                );
                Self { fields: problems.0, ..fault }
            }
            Refusal::Signed => {
                let words = "The record is signed and cannot change any more. Add an addendum instead.";
                Self::new(StatusCode::CONFLICT, "signed", "Signed", words)
            }
            Refusal::Rule(words) => Self::new(StatusCode::CONFLICT, "rule", "Not possible", words),
            Refusal::Store(error) => error.into(),
        }
    }
}

impl From<Problems> for Fault {
    fn from(problems: Problems) -> Self {
        Refusal::from(problems).into()
    }
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Self {
        Self::broken(error.to_string())
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        let cause = causes(&error);
        let passing = |code, title, words: &str| {
            let fault = Self::new(StatusCode::SERVICE_UNAVAILABLE, code, title, words);
            Self { cause: Some(cause.clone().into()), ..fault }
        };
        if error.is_uncertain() {
            let words = "The database went away in the moment of saving. It may be saved, or not: look before you send \
                         it again.";
            return passing("uncertain", "Look whether it was saved", words);
        }
        if error.is_too_slow() {
            let words =
                "That took the database too long and was given up. Nothing was saved; try again in a moment.";
            return passing("too_slow", "Too slow", words);
        }
        if error.is_crossed() {
            let words = "Somebody else saved something of the same at this very moment. Nothing of yours was saved; send it \
                         again.";
            return passing("crossed", "Send it again", words);
        }
        if error.is_unreachable() {
            let words =
                "The database cannot be reached right now. Nothing was saved or lost; try again in a moment.";
            return passing("unreachable", "One moment", words);
        }
        if error.is_disk_full() {
            let words =
                "The disk is full: nothing can be saved until there is room. Tell whoever runs the system.";
            let fault = Self::new(StatusCode::INSUFFICIENT_STORAGE, "disk_full", "Disk full", words);
            return Self { cause: Some(cause.into()), ..fault };
        }
        Self::broken(cause)
    }
}

impl From<askama::Error> for Fault {
    fn from(error: askama::Error) -> Self {
        Self::broken(error.to_string())
    }
}

fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
