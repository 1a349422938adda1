//! Schemas of the interface's document, as tables; the tables themselves are in `schemas`.

use super::answer::put;
use super::schemas;
use serde_json::{Map, Value, json};

/// What a field holds.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// An identifier.
    Id,
    /// A text.
    Text,
    /// A date without a time.
    Day,
    /// An instant.
    Instant,
    /// A whole number between two bounds.
    Whole(i32, i32),
    /// A number with decimals.
    Decimal,
    /// Yes or no.
    Flag,
    /// One of some words.
    Word(fn() -> Vec<&'static str>),
    /// Something of another schema.
    Of(&'static str),
    /// A list of something of another schema.
    Many(&'static str),
    /// A list of whole numbers.
    Numbers,
    /// A list of texts.
    Texts,
    /// Whatever the server noted.
    Anything,
}

/// Whether a field is there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presence {
    /// Always, and never null.
    Must,
    /// Always in an answer, but it may be null; in what is sent it may be missing.
    May,
    /// Only where it was asked for or applies.
    Asked,
}

/// One field of a schema.
#[derive(Clone, Copy)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) presence: Presence,
}

/// A field that is always there.
pub(super) const fn must(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, presence: Presence::Must }
}

/// A field that may be null, or left out of what is sent.
pub(super) const fn may(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, presence: Presence::May }
}

/// A field that is there where it was asked for or applies.
pub(super) const fn asked(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, presence: Presence::Asked }
}

/// A named shape.
pub(crate) struct Schema {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    /// Whether programs send it; otherwise they get it.
    pub(crate) sent: bool,
    pub(crate) fields: &'static [Field],
}

impl Schema {
    pub(super) const fn given(name: &'static str, about: &'static str, fields: &'static [Field]) -> Self {
        Self { name, about, sent: false, fields }
    }

    pub(super) const fn sent(name: &'static str, about: &'static str, fields: &'static [Field]) -> Self {
        Self { name, about, sent: true, fields }
    }

    /// The schema as JSON; a part of it requires nothing, as in an edit.
    pub(super) fn json(&self, part: bool) -> Value {
        let mut properties = Map::new();
        for field in self.fields {
            let null = field.presence != Presence::Must || (part && self.sent);
            properties.insert(field.name.to_owned(), field.kind.json(null));
        }
        let required: Vec<&str> = self
            .fields
            .iter()
            .filter(|field| match field.presence {
                Presence::Must => !part,
                Presence::May => !self.sent,
                Presence::Asked => false,
            })
            .map(|field| field.name)
            .collect();
        let mut schema = json!({ "type": "object", "description": self.about, "properties": properties });
        if !required.is_empty() {
            put(&mut schema, "required", json!(required));
        }
        if self.sent {
            put(&mut schema, "additionalProperties", json!(false));
        }
        schema
    }
}

impl Kind {
    fn json(self, null: bool) -> Value {
        let kind = |name: &str| if null { json!([name, "null"]) } else { json!(name) };
        match self {
            Self::Id => json!({ "type": kind("string"), "format": "uuid" }),
            Self::Text => json!({ "type": kind("string") }),
            Self::Day => json!({ "type": kind("string"), "format": "date" }),
            Self::Instant => json!({ "type": kind("string"), "format": "date-time" }),
            Self::Whole(low, high) => json!({ "type": kind("integer"), "minimum": low, "maximum": high }),
            Self::Decimal => json!({ "type": kind("number") }),
            Self::Flag => json!({ "type": kind("boolean") }),
            Self::Word(words) if null => {
                let words: Vec<Value> = words().into_iter().map(Value::from).chain([Value::Null]).collect();
                json!({ "enum": words })
            }
            Self::Word(words) => json!({ "type": "string", "enum": words() }),
            Self::Of(name) if null => json!({ "oneOf": [reference(name), { "type": "null" }] }),
            Self::Of(name) => reference(name),
            Self::Many(name) => json!({ "type": "array", "items": reference(name) }),
            Self::Numbers => json!({ "type": "array", "items": { "type": "integer" } }),
            Self::Texts => json!({ "type": "array", "items": { "type": "string" } }),
            Self::Anything => json!({}),
        }
    }

    /// What the field holds, for people.
    pub(super) fn in_words(self) -> String {
        match self {
            Self::Id => "id".to_owned(),
            Self::Text => "text".to_owned(),
            Self::Day => "date, YYYY-MM-DD".to_owned(),
            Self::Instant => "instant, RFC 3339".to_owned(),
            Self::Whole(low, high) => format!("whole number, {low} to {high}"),
            Self::Decimal => "number".to_owned(),
            Self::Flag => "true or false".to_owned(),
            Self::Word(words) => words().join(", "),
            Self::Of(name) => name.to_owned(),
            Self::Many(name) => format!("list of {name}"),
            Self::Numbers => "list of whole numbers".to_owned(),
            Self::Texts => "list of texts".to_owned(),
            Self::Anything => "anything".to_owned(),
        }
    }
}

/// Points to a named schema of the document.
pub(super) fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// Finds a schema by name.
pub(super) fn find(name: &str) -> Option<&'static Schema> {
    schemas::all().find(|schema| schema.name == name)
}

/// Whether a schema has a field.
pub(super) fn has(schema: &str, field: &str) -> bool {
    find(schema).is_some_and(|schema| schema.fields.iter().any(|known| known.name == field))
}
