//! Answers that are pages: rendered templates, fragments of them, and the way on after a post.

use crate::error::Fault;
use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::convert::Infallible;

/// Renders a page with 200.
///
/// # Errors
/// A [`Fault`] where the template fails.
pub(crate) fn page(template: &impl Template) -> Result<Response, Fault> {
    Ok(html(StatusCode::OK, template.render()?))
}

/// Renders a form that came back wrong, with 422.
///
/// # Errors
/// A [`Fault`] where the template fails.
pub(crate) fn refused(template: &impl Template) -> Result<Response, Fault> {
    Ok(html(StatusCode::UNPROCESSABLE_ENTITY, template.render()?))
}

/// Renders a page that shows two versions of what was edited twice, with 409.
///
/// # Errors
/// A [`Fault`] where the template fails.
pub(crate) fn conflict(template: &impl Template) -> Result<Response, Fault> {
    Ok(html(StatusCode::CONFLICT, template.render()?))
}

/// An answer in HTML.
pub(crate) fn html(status: StatusCode, text: String) -> Response {
    (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], text).into_response()
}

/// Sends the browser on after a post, with 303.
pub(crate) fn see_other(to: &str) -> Response {
    let location = HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}

/// The same, with a message for the next page; `kind` is `ok`, `warn` or `alert`. Nothing personal in the words.
pub(crate) fn see_other_saying(to: &str, kind: &str, words: &str) -> Response {
    let mut answer = see_other(to);
    let text: String = form_urlencoded::Serializer::new(String::new()).append_pair(kind, words).finish();
    if let Ok(cookie) = format!("flash={text}; Path=/; HttpOnly; SameSite=Lax; Max-Age=60").parse() {
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
    answer
}

/// Takes the message away once it was shown.
pub(crate) fn clear_flash(answer: &mut Response) {
    let gone = HeaderValue::from_static("flash=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
    answer.headers_mut().append(header::SET_COOKIE, gone);
}

/// Which part of the page a script asked for with `X-Fragment`; the whole page where none.
pub(crate) struct Fragment(pub(crate) Option<String>);

impl Fragment {
    /// Whether exactly this part was asked for.
    pub(crate) fn is(&self, part: &str) -> bool {
        self.0.as_deref() == Some(part)
    }
}

impl<S: Sync> FromRequestParts<S> for Fragment {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(parts.headers.get("x-fragment").and_then(|part| part.to_str().ok()).map(str::to_owned)))
    }
}
