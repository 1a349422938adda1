//! A program in front of the JSON interface, and what the interface's own document says of its answers.

#![cfg(test)]

use crate::support::{Server, browser};
use axum::body::Body;
use axum::http::Method;
use medrecord_store::{Actor, tokens};
use medrecord_testkit::Clinic;
use medrecord_testkit::browser::{Answer, Browser};
use serde_json::Value;

/// A program with a token.
pub(crate) struct Client {
    browser: Browser<Server, Body, Body>,
    bearer: String,
}

/// A program that acts for one of the clinic's people.
pub(crate) async fn client(clinic: &Clinic, actor: &Actor) -> Client {
    let mut desk = clinic.desk(actor).await;
    let (_, token) = tokens::create(&mut desk, actor.id.unwrap(), "a test").await.unwrap();
    desk.close().await.unwrap();
    Client { browser: browser(clinic), bearer: format!("Bearer {token}") }
}

impl Client {
    /// Sends a request with a JSON body and further headers.
    pub(crate) async fn send(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> Answer {
        if body.is_null() {
            return self.send_bytes(method, path, headers, &[]).await;
        }
        let mut all = headers.to_vec();
        if !headers.iter().any(|(name, _)| *name == "content-type") {
            all.push(("content-type", "application/json"));
        }
        self.send_bytes(method, path, &all, body.to_string().as_bytes()).await
    }

    /// Sends a file as the whole body.
    pub(crate) async fn send_bytes(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        bytes: &[u8],
    ) -> Answer {
        let bearer = self.bearer.clone();
        let mut all = vec![("authorization", bearer.as_str())];
        all.extend_from_slice(headers);
        self.browser.send(method, path, &all, bytes.to_vec()).await
    }

    /// Asks for something.
    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], &Value::Null).await
    }

    /// Makes something.
    pub(crate) async fn post(&mut self, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, &[], body).await
    }

    /// Makes or does something under the version it saw.
    pub(crate) async fn post_seen(&mut self, path: &str, etag: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, &[("if-match", etag)], body).await
    }

    /// Changes something under the version it saw.
    pub(crate) async fn patch(&mut self, path: &str, etag: &str, body: &Value) -> Answer {
        self.send(Method::PATCH, path, &[("if-match", etag)], body).await
    }

    /// The document.
    pub(crate) async fn document(&mut self) -> Value {
        json(&self.get("/api/v1/openapi.json").await)
    }
}

/// An answer's body.
pub(crate) fn json(answer: &Answer) -> Value {
    serde_json::from_str(&answer.text).unwrap_or_else(|_| panic!("{}: {}", answer.status, answer.text))
}

/// Holds an object against a schema of the document: nothing undeclared, nothing missing, nested ones too.
pub(crate) fn fits(document: &Value, name: &str, value: &Value) {
    let schema = &document["components"]["schemas"][name];
    let known = schema["properties"].as_object().unwrap_or_else(|| panic!("no schema {name}"));
    let object = value.as_object().unwrap_or_else(|| panic!("{name} is no object: {value}"));
    for key in object.keys() {
        assert!(known.contains_key(key), "{name} does not declare {key}");
    }
    for key in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        assert!(object.contains_key(key), "{name} lacks {key}");
        let null_is_fine = known[key].get("type").is_some_and(|kind| kind.to_string().contains("null"))
            || known[key].get("enum").is_some_and(|words| words.as_array().unwrap().contains(&Value::Null))
            || known[key].get("oneOf").is_some()
            || known[key].as_object().unwrap().is_empty();
        assert!(null_is_fine || !object[key].is_null(), "{name}.{key} is null");
    }
    for (key, part) in object {
        let nested = |schema: &Value| {
            let pointed = schema["$ref"].as_str().or_else(|| schema["oneOf"][0]["$ref"].as_str());
            pointed.and_then(|place| place.rsplit('/').next()).map(str::to_owned)
        };
        if let Some(name) = nested(&known[key]).filter(|_| !part.is_null()) {
            fits(document, &name, part);
        }
        if let Some(name) = nested(&known[key]["items"]) {
            for part in part.as_array().unwrap() {
                fits(document, &name, part);
            }
        }
    }
}
