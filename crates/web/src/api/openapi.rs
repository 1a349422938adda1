//! The interface's own description: an OpenAPI 3.1 document made from the routes themselves, and a page to read it.

use super::answer::put;
use super::operation::{Condition, Gives, Operation, Takes};
use super::schema::{self, Presence, reference};
use super::{operation_of, schemas};
use crate::app::App;
use crate::error::Fault;
use crate::page::page;
use crate::policy::Policy;
use crate::routes;
use crate::shell::Shell;
use crate::visitor::Visitor;
use askama::Template;
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde_json::{Map, Value, json};

/// A route of the interface: method, path and policy.
type Route = (&'static str, &'static str, Policy);

pub(super) const OPERATIONS: [Operation; 1] =
    [Operation::get("/api/v1/openapi.json", "Gives this description as OpenAPI 3.1.")];

/// The document.
pub(crate) async fn document(State(app): State<App>) -> Json<Value> {
    Json(describe(&routes::of_interface(app)))
}

fn describe(routes: &[Route]) -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for (method, path, policy) in routes {
        let item = paths.entry((*path).to_owned()).or_insert_with(|| json!({}));
        item[method.to_lowercase()] = operation(operation_of(method, path), path, *policy);
    }
    let mut shapes: Map<String, Value> =
        schemas::all().map(|schema| (schema.name.to_owned(), schema.json(false))).collect();
    shapes.insert("Problem".to_owned(), problem());
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "MedRecord AI",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "The medical record of a practice as JSON. Every call bears a token made with \
                            `medrecord token create`; refusals are problem+json (RFC 9457).",
        },
        "security": [{ "token": [] }],
        "paths": paths,
        "components": {
            "schemas": shapes,
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
            "responses": { "Problem": {
                "description": "Refused; `errors` names each field that is wrong.",
                "content": { "application/problem+json": { "schema": reference("Problem") } },
            } },
        },
    })
}

/// What every refusal is.
fn problem() -> Value {
    let text = json!({ "type": "string" });
    json!({
        "type": "object",
        "description": "Why a request was refused. Conflicts and candidates come with bookings and registrations, \
                        warnings and retryAfterSeconds with signatures.",
        "required": ["type", "title", "status", "detail", "instance"],
        "properties": {
            "type": text, "title": text, "status": { "type": "integer" }, "detail": text, "instance": text,
            "errors": { "type": "array", "items": {
                "type": "object",
                "required": ["field", "code", "message"],
                "properties": { "field": text, "code": text, "message": text },
            } },
            "candidates": { "type": "array", "items": reference("Candidate") },
            "conflicts": { "type": "array", "items": { "type": "object" } },
            "warnings": { "type": "array", "items": reference("Warning") },
            "retryAfterSeconds": { "type": "integer" },
        },
    })
}

fn operation(known: Option<&Operation>, path: &str, policy: Policy) -> Value {
    let mut operation = json!({
        "summary": known.map_or("", |known| known.summary),
        "tags": [tag(path)],
        "x-policy": policy.to_string(),
        "parameters": parameters(known, path),
        "responses": responses(known),
    });
    match known.map_or(Takes::Nothing, |known| known.takes) {
        Takes::Nothing => {}
        Takes::Whole(name) => {
            let content = json!({ "application/json": { "schema": reference(name) } });
            put(&mut operation, "requestBody", json!({ "required": true, "content": content }));
        }
        Takes::Part(name) => {
            let part = schema::find(name).map(|schema| schema.json(true));
            let content = json!({ "application/json": { "schema": part } });
            put(&mut operation, "requestBody", json!({ "required": true, "content": content }));
        }
        Takes::File(kind) => {
            put(&mut operation, "requestBody", json!({ "required": true, "content": { kind: {} } }));
        }
    }
    operation
}

/// The collection that an address belongs to.
fn tag(path: &str) -> &str {
    path.trim_start_matches("/api/v1/").split('/').next().unwrap_or_default()
}

fn parameters(known: Option<&Operation>, path: &str) -> Vec<Value> {
    let mut all = Vec::new();
    let in_path = [
        ("id", json!({ "type": "string", "format": "uuid" })),
        ("number", json!({ "type": "integer" })),
        ("kind", json!({ "enum": ["referral", "sick-note", "plain-summary"] })),
    ];
    for (name, schema) in in_path.into_iter().filter(|(name, _)| path.contains(&format!("{{{name}}}"))) {
        all.push(json!({ "name": name, "in": "path", "required": true, "schema": schema }));
    }
    let Some(known) = known else { return all };
    for (name, about) in known.query {
        let kind = if matches!(*name, "limit" | "page") { "integer" } else { "string" };
        all.push(json!({ "name": name, "in": "query", "description": about, "schema": { "type": kind } }));
    }
    let mut header = |name: &str, required: bool, about: &str| {
        let schema = json!({ "type": "string" });
        all.push(json!({
            "name": name, "in": "header", "required": required, "description": about, "schema": schema,
        }));
    };
    if known.condition != Condition::No {
        header(
            "If-Match",
            known.condition == Condition::Must,
            "The ETag of what was seen; 412 where it changed.",
        );
    }
    if known.method == "POST" {
        header("Idempotency-Key", false, "Sent twice within 24 hours, the request is carried out once.");
    }
    all
}

fn responses(known: Option<&Operation>) -> Value {
    let refused = json!({ "$ref": "#/components/responses/Problem" });
    let mut all = json!({ "401": refused, "403": refused, "404": refused, "422": refused, "503": refused });
    let Some(known) = known else { return all };
    if known.condition != Condition::No {
        put(&mut all, "412", refused.clone());
        put(&mut all, "428", refused.clone());
    }
    if known.method != "GET" {
        for status in ["400", "409", "415"] {
            put(&mut all, status, refused.clone());
        }
    }
    if known.path.ends_with("/sign") {
        put(&mut all, "429", refused);
    }
    let in_json = |schema: Value| json!({ "application/json": { "schema": schema } });
    let (status, content) = match known.gives {
        Gives::One(name) => ("200", in_json(reference(name))),
        Gives::New(name) => ("201", in_json(reference(name))),
        Gives::List(name) => ("200", in_json(list_of(name))),
        Gives::Document => ("200", in_json(json!({ "type": "object" }))),
        Gives::File(kind) => ("200", json!({ kind: {} })),
        Gives::Nothing => ("204", Value::Null),
    };
    let mut done = json!({ "description": "Done." });
    if !content.is_null() {
        put(&mut done, "content", content);
    }
    put(&mut all, status, done);
    all
}

fn list_of(name: &str) -> Value {
    json!({
        "type": "object",
        "required": ["items", "nextCursor"],
        "properties": {
            "items": { "type": "array", "items": reference(name) },
            "nextCursor": { "type": ["string", "null"] },
        },
    })
}

#[derive(Template)]
#[template(path = "api/docs.html")]
struct DocsPage {
    shell: Shell,
    operations: Vec<ShownOperation>,
    shapes: Vec<ShownShape>,
}

struct ShownOperation {
    method: &'static str,
    path: &'static str,
    summary: &'static str,
    policy: String,
    query: &'static [(&'static str, &'static str)],
    takes: &'static str,
    gives: String,
}

struct ShownShape {
    name: &'static str,
    about: &'static str,
    fields: Vec<(&'static str, String, &'static str)>,
}

/// The page that explains the interface; no script is needed.
pub(crate) async fn docs(State(app): State<App>, visitor: Visitor) -> Result<Response, Fault> {
    let operations = routes::of_interface(app).into_iter().filter_map(shown).collect();
    let shapes = schemas::all()
        .map(|schema| ShownShape {
            name: schema.name,
            about: schema.about,
            fields: schema
                .fields
                .iter()
                .map(|field| (field.name, field.kind.in_words(), presence(field.presence, schema.sent)))
                .collect(),
        })
        .collect();
    page(&DocsPage { shell: visitor.shell(), operations, shapes })
}

fn shown((method, path, policy): Route) -> Option<ShownOperation> {
    let known = operation_of(method, path)?;
    let takes = match known.takes {
        Takes::Nothing => "",
        Takes::Whole(name) | Takes::Part(name) => name,
        Takes::File(kind) => kind,
    };
    let gives = match known.gives {
        Gives::One(name) => name.to_owned(),
        Gives::New(name) => format!("{name}, 201"),
        Gives::List(name) => format!("list of {name}"),
        Gives::Document => "the document".to_owned(),
        Gives::File(kind) => kind.to_owned(),
        Gives::Nothing => "nothing, 204".to_owned(),
    };
    let policy = policy.to_string();
    Some(ShownOperation { method, path, summary: known.summary, policy, query: known.query, takes, gives })
}

fn presence(presence: Presence, sent: bool) -> &'static str {
    match (presence, sent) {
        (Presence::Must, true) => "needed",
        (Presence::Must, false) => "always",
        (Presence::May, true) => "may be left out",
        (Presence::May, false) => "may be null",
        (Presence::Asked, _) => "where it applies",
    }
}
