//! Answers in JSON: one thing with its entity tag, a list with where it goes on, and only the fields that were asked for.

use super::asked::View;
use crate::error::Fault;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use medrecord_store::idempotency::Answer;
use serde::Serialize;
use serde_json::{Value, json};

/// The entity tag of a version.
pub(super) fn etag(version: i32) -> String {
    format!("\"{version}\"")
}

/// One thing, cut to what was asked for.
pub(super) fn one(body: &impl Serialize, version: Option<i32>, view: &View) -> Result<Response, Fault> {
    let body = view.cut(serde_json::to_value(body)?);
    Ok(Made { status: StatusCode::OK, body: body.to_string(), etag: version.map(etag) }.into_answer(""))
}

/// A list, cut to what was asked for; `next` is the cursor of what follows.
pub(super) fn list(items: Vec<Value>, next: Option<&str>, view: &View) -> Response {
    let items: Vec<Value> = items.into_iter().map(|item| view.cut(item)).collect();
    let body = json!({ "items": items, "nextCursor": next }).to_string();
    Made { status: StatusCode::OK, body, etag: None }.into_answer("")
}

/// Puts a member into an object.
pub(super) fn put(object: &mut Value, name: &str, value: Value) {
    if let Some(object) = object.as_object_mut() {
        object.insert(name.to_owned(), value);
    }
}

/// Each row of a list as JSON.
pub(super) fn values<T: Serialize>(rows: &[T]) -> Result<Vec<Value>, Fault> {
    Ok(rows.iter().map(serde_json::to_value).collect::<Result<_, _>>()?)
}

/// JSON that the store wrote.
pub(super) fn text(body: String) -> Response {
    Made { status: StatusCode::OK, body, etag: None }.into_answer("")
}

/// The answer that was given to a request before.
pub(super) fn again(path: &str, answer: Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let mut again = Made { status, body: answer.body, etag: answer.etag }.into_answer(path);
    again.headers_mut().insert("idempotency-replayed", HeaderValue::from_static("true"));
    again
}

/// An answer before it is one.
pub(super) struct Made {
    pub(super) status: StatusCode,
    pub(super) body: String,
    pub(super) etag: Option<String>,
}

impl Made {
    /// Turns it into the answer to a request for a path, which tells where something new is found.
    pub(super) fn into_answer(self, path: &str) -> Response {
        let place = (self.status == StatusCode::CREATED).then(|| location(path, &self.body)).flatten();
        let kind = [(header::CONTENT_TYPE, "application/json")];
        let mut answer = (self.status, kind, self.body).into_response();
        let headers = [(header::ETAG, self.etag), (header::LOCATION, place)];
        for (name, value) in headers {
            if let Some(value) = value.and_then(|text| HeaderValue::from_str(&text).ok()) {
                answer.headers_mut().insert(name, value);
            }
        }
        answer
    }
}

/// Where something made by a post to `path` is found; `None` for what has no address of its own.
fn location(path: &str, body: &str) -> Option<String> {
    let collection = match path.rsplit('/').next()? {
        "record" => "records",
        "walk-ins" => "appointments",
        "audio" => "recordings",
        own @ ("patients" | "allergies" | "conditions" | "medications" | "appointments" | "recordings"
        | "documents" | "waiting-list") => own,
        _ => return None,
    };
    let body: Value = serde_json::from_str(body).ok()?;
    Some(format!("/api/v1/{collection}/{}", body.get("id")?.as_str()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_made_is_found_under_its_own_collection() {
        let place = |path| location(path, "{\"id\":\"x\"}");
        assert_eq!(place("/api/v1/patients/p/allergies").as_deref(), Some("/api/v1/allergies/x"));
        assert_eq!(place("/api/v1/appointments/a/record").as_deref(), Some("/api/v1/records/x"));
        assert_eq!(place("/api/v1/records/r/addenda"), None);
    }
}
