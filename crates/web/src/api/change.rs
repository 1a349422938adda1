//! A change that a program asks for: its body and conditions, and the desk on which it is made.
//!
//! The body is read before the desk opens, so that a slow sender holds up nobody. A request that was carried out
//! before under its `Idempotency-Key` is answered here and never reaches its handler.

use super::answer::{self, Made};
use super::problem;
use crate::app::App;
use crate::error::Fault;
use crate::visitor::Visitor;
use axum::body::to_bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use medrecord_clinic::field::Problems;
use medrecord_clinic::prescription::PrescriptionForm;
use medrecord_clinic::symptom::SymptomForm;
use medrecord_clinic::time::{Day, Zone};
use medrecord_store::Desk;
use medrecord_store::idempotency::{self, Answer, OnceError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// The most bytes of a body.
const LIMIT: usize = 2 * 1024 * 1024;

/// What a program sent, before anything is opened.
pub(crate) struct Sent {
    body: Map<String, Value>,
    if_match: Option<String>,
    once: Option<Once>,
    path: String,
}

/// A key under which a request is carried out once.
struct Once {
    key: String,
    method: String,
    content: String,
}

/// A change on its open desk.
pub(crate) struct Change {
    /// The desk; [`Change::made`] and [`Change::done`] close it.
    pub(crate) desk: Desk,
    /// The practice's day.
    pub(crate) today: Day,
    /// The practice's zone.
    pub(crate) zone: Zone,
    sent: Sent,
}

impl FromRequest<App> for Sent {
    type Rejection = Fault;

    async fn from_request(request: Request, _: &App) -> Result<Self, Fault> {
        let (parts, body) = request.into_parts();
        let head = head(&parts.headers)?;
        let bytes = to_bytes(body, LIMIT).await.map_err(|_| Fault::too_large(LIMIT))?;
        let body = object(&parts.headers, &bytes)?;
        let content = without_secrets(&body).to_string();
        Ok(Self::new(&parts, head, body, &content))
    }
}

/// What a program says of its request in headers.
struct Head {
    if_match: Option<String>,
    key: Option<String>,
}

fn head(headers: &HeaderMap) -> Result<Head, Fault> {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().map(str::to_owned));
    let if_match = text("if-match").transpose().map_err(|_| problem::no_version())?;
    let key = text("idempotency-key").transpose().map_err(|_| problem::no_key())?;
    if key.as_ref().is_some_and(|key| key.is_empty() || key.len() > 255) {
        return Err(problem::no_key());
    }
    Ok(Head { if_match, key })
}

/// The body as it enters the digest that is kept of a request: a fast hash must not cover a password.
fn without_secrets(body: &Map<String, Value>) -> Value {
    Value::Object(
        body.iter().filter(|(name, _)| *name != "password").map(|(n, v)| (n.clone(), v.clone())).collect(),
    )
}

fn object(headers: &HeaderMap, bytes: &[u8]) -> Result<Map<String, Value>, Fault> {
    if bytes.is_empty() {
        return Ok(Map::new());
    }
    let kind = headers.get(header::CONTENT_TYPE).map(|kind| kind.as_bytes().to_ascii_lowercase());
    let json = kind.is_some_and(|kind| {
        kind.starts_with(b"application/json") || kind.starts_with(b"application/merge-patch+json")
    });
    if !json {
        return Err(problem::not_json());
    }
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(problem::malformed("The body must be a JSON object.")),
        Err(error) => {
            let place = format!("line {} column {}", error.line(), error.column());
            Err(problem::malformed(&format!("The body is not sound JSON at {place}.")))
        }
    }
}

impl Sent {
    fn new(parts: &Parts, head: Head, body: Map<String, Value>, content: &str) -> Self {
        let Head { if_match, key } = head;
        let once = key.map(|key| {
            let query = parts.uri.query().unwrap_or_default();
            let seen = if_match.as_deref().unwrap_or_default();
            let content = format!("{query}\n{seen}\n{content}");
            Once { key, method: parts.method.to_string(), content }
        });
        let path = parts.uri.path().chars().take(255).collect();
        Self { body, if_match, once, path }
    }

    /// A file that is the whole body, told from others by its kind, its length, and the bytes that are here.
    ///
    /// # Errors
    /// 400 where a header cannot be read.
    pub(crate) fn file(parts: &Parts, bytes: &[u8]) -> Result<Self, Fault> {
        let text = |name: header::HeaderName| parts.headers.get(name).and_then(|value| value.to_str().ok());
        let kind = text(header::CONTENT_TYPE).unwrap_or_default();
        let length = text(header::CONTENT_LENGTH).unwrap_or_default();
        let digest = Sha256::digest(bytes);
        let content = format!("{kind}\n{length}\n{digest:?}");
        Ok(Self::new(parts, head(&parts.headers)?, Map::new(), &content))
    }

    /// The answer to give in place of any work: for what takes long before the desk opens. The key is not claimed yet.
    pub(crate) async fn known(&self, app: &App, visitor: &Visitor) -> Option<Response> {
        self.once.as_ref()?;
        self.begin(app, visitor).await.err()
    }

    /// A text of the body; empty where there is none.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.body.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// Opens the desk; the error is the answer to give, which may be the one that was given before.
    pub(crate) async fn open(self, app: &App, visitor: &Visitor) -> Result<Change, Response> {
        let desk = self.begin(app, visitor).await?;
        Ok(Change { desk, today: visitor.today(app), zone: visitor.zone(), sent: self })
    }

    /// Opens the desk and claims the key on it.
    async fn begin(&self, app: &App, visitor: &Visitor) -> Result<Desk, Response> {
        let desk = app.store.write_desk(visitor.actor.clone()).await;
        let mut desk = desk.map_err(|error| Fault::from(error).into_response())?;
        let Some(once) = &self.once else { return Ok(desk) };
        let request = idempotency::Request {
            key: &once.key,
            method: &once.method,
            path: &self.path,
            content: &once.content,
        };
        match idempotency::begin(&mut desk, &request).await {
            Ok(None) => Ok(desk),
            Ok(Some(answer)) => {
                desk.close().await.map_err(|error| Fault::from(error).into_response())?;
                Err(answer::again(&self.path, answer))
            }
            Err(OnceError::OtherRequest) => Err(problem::other_request().into_response()),
            Err(OnceError::Refused(refusal)) => Err(Fault::from(refusal).into_response()),
        }
    }

    /// Lays what was sent over a form: the empty one for something new, the present one for an edit.
    ///
    /// # Errors
    /// 422 with each field that the form does not have, or that holds an object or a list in place of a value.
    pub(crate) fn read<T: Serialize + DeserializeOwned>(&self, base: &T) -> Result<T, Fault> {
        let Value::Object(mut form) = serde_json::to_value(base)? else {
            return Err(problem::malformed("The body must be a JSON object."));
        };
        let mut wrong = Problems::none();
        lay_over(&mut form, &self.body, "", &mut wrong);
        wrong.refuse()?;
        Ok(serde_json::from_value(Value::Object(form))?)
    }
}

impl FromRequest<App> for Change {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let Ok(visitor) = Visitor::from_request_parts(&mut parts, app).await;
        let sent = Sent::from_request(Request::from_parts(parts, body), app).await;
        sent.map_err(IntoResponse::into_response)?.open(app, &visitor).await
    }
}

impl Change {
    /// The version that the program saw, from `If-Match`.
    ///
    /// # Errors
    /// 428 where the header is missing, 400 where it holds no entity tag of ours.
    pub(crate) fn seen(&self) -> Result<i32, Fault> {
        self.seen_if_any()?.ok_or_else(problem::no_condition)
    }

    /// The same where the header may be missing.
    ///
    /// # Errors
    /// 400 where it holds no entity tag of ours.
    pub(crate) fn seen_if_any(&self) -> Result<Option<i32>, Fault> {
        let Some(text) = &self.sent.if_match else { return Ok(None) };
        let quoted = text.trim().strip_prefix('"').and_then(|text| text.strip_suffix('"'));
        quoted.and_then(|version| version.parse().ok()).map(Some).ok_or_else(problem::no_version)
    }

    /// A text of the body; empty where there is none.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.sent.text(name)
    }

    /// A list of pairs of texts, each an object with two members; what is none is left out.
    pub(crate) fn pairs(&self, list: &str, first: &str, second: &str) -> Vec<(String, String)> {
        let text = |item: &Value, name: &str| item.get(name)?.as_str().map(str::to_owned);
        let items = self.sent.body.get(list).and_then(Value::as_array);
        items
            .into_iter()
            .flatten()
            .filter_map(|item| Some((text(item, first)?, text(item, second)?)))
            .collect()
    }

    /// A yes or no of the body.
    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        self.sent.body.get(name).and_then(Value::as_bool)
    }

    /// Whether the body says anything about a field.
    pub(crate) fn says(&self, name: &str) -> bool {
        self.sent.body.contains_key(name)
    }

    /// As [`Sent::read`].
    ///
    /// # Errors
    /// As [`Sent::read`].
    pub(crate) fn read<T: Serialize + DeserializeOwned>(&self, base: &T) -> Result<T, Fault> {
        self.sent.read(base)
    }

    /// Closes the desk and answers with what was made: 201, its entity tag, and where it is found.
    pub(crate) async fn made(self, body: &impl Serialize, version: Option<i32>) -> Result<Response, Fault> {
        self.close(StatusCode::CREATED, serde_json::to_value(body)?, version).await
    }

    /// Closes the desk and answers with what stands now: 200 and its entity tag.
    pub(crate) async fn done(self, body: &impl Serialize, version: Option<i32>) -> Result<Response, Fault> {
        self.close(StatusCode::OK, serde_json::to_value(body)?, version).await
    }

    /// Closes the desk and answers that it is done, with nothing to show: 204.
    pub(crate) async fn gone(self) -> Result<Response, Fault> {
        self.close(StatusCode::NO_CONTENT, Value::Null, None).await
    }

    async fn close(
        mut self,
        status: StatusCode,
        body: Value,
        version: Option<i32>,
    ) -> Result<Response, Fault> {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let made = Made { status, body, etag: version.map(answer::etag) };
        if let Some(once) = &self.sent.once {
            let kept = Answer { status: status.as_u16(), body: made.body.clone(), etag: made.etag.clone() };
            idempotency::keep(&mut self.desk, &once.key, &kept).await?;
        }
        self.desk.close().await?;
        Ok(made.into_answer(&self.sent.path))
    }
}

/// Each row of a list, as empty as it can be.
fn empty_row(list: &str) -> Option<Value> {
    match list {
        "symptoms" => serde_json::to_value(SymptomForm::default()).ok(),
        "prescriptions" => serde_json::to_value(PrescriptionForm::default()).ok(),
        "fromGivenUp" | "visits" => Some(Value::String(String::new())),
        _ => None,
    }
}

fn lay_over(form: &mut Map<String, Value>, sent: &Map<String, Value>, under: &str, wrong: &mut Problems) {
    for (name, value) in sent {
        let place = format!("{under}{name}");
        match (form.get_mut(name), value) {
            // What only the server says may come back with a row that was fetched.
            (None, _) if !under.is_empty() && name == "isAIExtracted" => {}
            (None, _) => wrong.add(&place, "unknown", format!("There is no field {place} to write here.")),
            (Some(Value::Array(rows)), Value::Array(given)) => *rows = list(name, given, wrong),
            (Some(held @ Value::String(_)), given) => match in_text(given) {
                Some(text) => *held = Value::String(text),
                None => wrong.add(&place, "invalid", format!("{place} takes one value.")),
            },
            (Some(_), _) => wrong.add(&place, "invalid", format!("{place} takes a list of objects.")),
        }
    }
}

fn list(name: &str, given: &[Value], wrong: &mut Problems) -> Vec<Value> {
    let mut rows = Vec::new();
    for (at, row) in given.iter().enumerate() {
        match (empty_row(name), row) {
            (Some(Value::Object(mut form)), Value::Object(row)) => {
                lay_over(&mut form, row, &format!("{name}[{at}]."), wrong);
                rows.push(Value::Object(form));
            }
            (Some(Value::String(_)), Value::String(_)) => rows.push(row.clone()),
            _ => wrong.add(
                format!("{name}[{at}]"),
                "invalid",
                "Each row is an object, or a text in a list of texts.",
            ),
        }
    }
    rows
}

/// A value as somebody would type it, which is what the forms read.
fn in_text(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use medrecord_clinic::medical_record::RecordForm;
    use serde_json::json;

    fn read(sent: &Value) -> (Map<String, Value>, Problems) {
        let Value::Object(mut form) = serde_json::to_value(RecordForm::default()).unwrap() else {
            unreachable!("a form is an object")
        };
        let mut wrong = Problems::none();
        lay_over(&mut form, sent.as_object().unwrap(), "", &mut wrong);
        (form, wrong)
    }

    #[test]
    fn numbers_and_nothing_are_read_as_typed() {
        let row = json!({ "symptomName": "cough", "severity": 6, "negated": false, "bodySite": null });
        let (form, wrong) = read(&json!({ "diagnosis": "Cold", "symptoms": [row] }));
        assert!(wrong.is_empty(), "{wrong:?}");
        let form: RecordForm = serde_json::from_value(Value::Object(form)).unwrap();
        assert_eq!((form.symptoms[0].severity.as_str(), form.symptoms[0].body_site.as_str()), ("6", ""));
    }

    #[test]
    fn what_is_no_field_is_named_with_its_place() {
        let (_, wrong) =
            read(&json!({ "diagnose": "x", "diagnosis": ["x"], "symptoms": [{ "name": "x" }, 3] }));
        let mut fields: Vec<&str> = wrong.0.iter().map(|p| p.field.as_str()).collect();
        fields.sort_unstable();
        assert_eq!(fields, ["diagnose", "diagnosis", "symptoms[0].name", "symptoms[1]"]);
    }
}
