//! A pretend browser: keeps cookies, sends forms with the token it found on the page, and follows nothing by itself.
//!
//! It drives any tower service, so that it needs no web crate.

#![expect(clippy::expect_used, reason = "a test that cannot be set up must fail at once")]

use http::{Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::marker::PhantomData;
use tower::{Service, ServiceExt as _};

/// A browser in front of a service.
pub struct Browser<S, B, R> {
    service: S,
    cookies: BTreeMap<String, String>,
    csrf: String,
    speaks: PhantomData<fn(B) -> R>,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: http::HeaderMap,
    /// The body as text.
    pub text: String,
    /// The body as it came.
    pub bytes: Vec<u8>,
}

impl Answer {
    /// Where a redirect leads; empty where it is none.
    pub fn location(&self) -> &str {
        self.header("location")
    }

    /// A header's value; empty where it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The page itself, between `<main …>` and `</main>`.
    pub fn main(&self) -> &str {
        let after = self.text.split_once("<main").map_or(self.text.as_str(), |(_, after)| after);
        after.split_once("</main>").map_or(after, |(main, _)| main)
    }

    /// Whether the text is on the page.
    pub fn says(&self, text: &str) -> bool {
        self.text.contains(text)
    }

    /// The value of the first attribute that follows a piece of the page, such as `name="version" value="`.
    pub fn after(&self, lead: &str) -> &str {
        let rest = self.text.split_once(lead).map_or("", |(_, rest)| rest);
        rest.split('"').next().unwrap_or_default()
    }
}

impl<S, B, R> Browser<S, B, R>
where
    S: Service<Request<B>, Response = http::Response<R>> + Clone,
    S::Error: Debug,
    B: From<Vec<u8>>,
    R: http_body::Body,
    R::Error: Debug,
{
    /// A fresh browser without cookies.
    pub fn new(service: S) -> Self {
        Self { service, cookies: BTreeMap::new(), csrf: String::new(), speaks: PhantomData }
    }

    /// Goes on before another service with the cookies it has, as after a restart of the first.
    pub fn move_to(&mut self, service: S) {
        self.service = service;
    }

    /// Opens an address.
    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], Vec::new()).await
    }

    /// Opens an address for a part of the page, as a script does.
    pub async fn get_part(&mut self, path: &str, part: &str) -> Answer {
        self.send(Method::GET, path, &[("x-fragment", part)], Vec::new()).await
    }

    /// Sends a form with the token of the last page.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.csrf.clone();
        let mut all = vec![("csrf", token.as_str())];
        all.extend_from_slice(fields);
        self.post_raw(path, &all).await
    }

    /// Sends a form as it stands, without a token.
    pub async fn post_raw(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body: String = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let kind = [("content-type", "application/x-www-form-urlencoded")];
        self.send(Method::POST, path, &kind, body.into_bytes()).await
    }

    /// Sends any request with further headers.
    pub async fn send(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Answer {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, "clinic.example");
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(B::from(body)).expect("a sound request");
        let answer = self.service.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = answer.into_parts();
        let bytes = body.collect().await.expect("a whole body").to_bytes();
        let answer = Answer {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
            bytes: bytes.to_vec(),
        };
        self.remember(&answer);
        answer
    }

    /// The token that the last page with one carried.
    pub fn csrf(&self) -> &str {
        &self.csrf
    }

    fn remember(&mut self, answer: &Answer) {
        for line in answer.headers.get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok())
        {
            let pair = line.split(';').next().unwrap_or_default();
            let Some((name, value)) = pair.split_once('=') else { continue };
            if line.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let token = answer.after("name=\"csrf\" content=\"");
        if !token.is_empty() {
            token.clone_into(&mut self.csrf);
        }
    }
}
