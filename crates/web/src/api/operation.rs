//! What the document says about each route beside its policy: a line a route, kept in its noun's file.

/// One operation of the interface.
#[derive(Clone, Copy)]
pub(crate) struct Operation {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) summary: &'static str,
    pub(crate) query: &'static [Parameter],
    pub(crate) takes: Takes,
    pub(crate) gives: Gives,
    pub(crate) condition: Condition,
}

/// A parameter in the query: its name and what it is.
pub(crate) type Parameter = (&'static str, &'static str);

/// What is sent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Takes {
    /// No body.
    Nothing,
    /// A whole object of a schema.
    Whole(&'static str),
    /// Any of a schema's fields (RFC 7396, a JSON merge patch).
    Part(&'static str),
    /// The bytes of a file of this media type.
    File(&'static str),
}

/// What comes back.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gives {
    /// An object of a schema, with 200.
    One(&'static str),
    /// A new object of a schema, with 201.
    New(&'static str),
    /// A list of objects of a schema.
    List(&'static str),
    /// The bytes of a file of this media type.
    File(&'static str),
    /// No body, with 204.
    Nothing,
    /// The document itself.
    Document,
}

/// Whether the sender says what it saw, in `If-Match`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Condition {
    /// It does not.
    No,
    /// It may.
    May,
    /// It must.
    Must,
}

impl Operation {
    const fn new(method: &'static str, path: &'static str, summary: &'static str) -> Self {
        let (takes, gives) = (Takes::Nothing, Gives::Document);
        Self { method, path, summary, query: &[], takes, gives, condition: Condition::No }
    }

    /// Looks at something.
    pub(super) const fn get(path: &'static str, summary: &'static str) -> Self {
        Self::new("GET", path, summary)
    }

    /// Makes or does something; `schema` is what is sent.
    pub(super) const fn post(path: &'static str, summary: &'static str, schema: &'static str) -> Self {
        Self { takes: Takes::Whole(schema), ..Self::new("POST", path, summary) }
    }

    /// Makes something of which nothing needs to be said.
    pub(super) const fn post_nothing(path: &'static str, summary: &'static str) -> Self {
        Self::new("POST", path, summary)
    }

    /// Makes something of a file, which is the body itself.
    pub(super) const fn post_file(path: &'static str, summary: &'static str, kind: &'static str) -> Self {
        Self { takes: Takes::File(kind), ..Self::new("POST", path, summary) }
    }

    /// Puts a file, which is the body itself, in its place.
    pub(super) const fn put_file(path: &'static str, summary: &'static str, kind: &'static str) -> Self {
        Self { takes: Takes::File(kind), ..Self::new("PUT", path, summary) }
    }

    /// Changes something; any field of `schema` may be sent.
    pub(super) const fn patch(path: &'static str, summary: &'static str, schema: &'static str) -> Self {
        let condition = Condition::Must;
        Self { takes: Takes::Part(schema), condition, ..Self::new("PATCH", path, summary) }
    }

    /// Takes something away.
    pub(super) const fn delete(path: &'static str, summary: &'static str) -> Self {
        Self { condition: Condition::Must, ..Self::new("DELETE", path, summary) }
    }

    /// The same, asking for these parameters.
    pub(super) const fn asks(self, query: &'static [Parameter]) -> Self {
        Self { query, ..self }
    }

    /// The same, answering with one object.
    pub(super) const fn one(self, schema: &'static str) -> Self {
        Self { gives: Gives::One(schema), ..self }
    }

    /// The same, answering with something new.
    pub(super) const fn new_one(self, schema: &'static str) -> Self {
        Self { gives: Gives::New(schema), ..self }
    }

    /// The same, answering with a list.
    pub(super) const fn list(self, schema: &'static str) -> Self {
        Self { gives: Gives::List(schema), ..self }
    }

    /// The same, answering with the bytes of a file.
    pub(super) const fn file(self, kind: &'static str) -> Self {
        Self { gives: Gives::File(kind), ..self }
    }

    /// The same, answering with nothing.
    pub(super) const fn nothing(self) -> Self {
        Self { gives: Gives::Nothing, ..self }
    }

    /// The same, under a condition.
    pub(super) const fn seen(self, condition: Condition) -> Self {
        Self { condition, ..self }
    }
}

/// Parameters that several lists have.
pub(super) const LIMIT: Parameter = ("limit", "How many rows, 1 to 100; 20 unless told otherwise.");
pub(super) const CURSOR: Parameter = ("cursor", "The nextCursor of the answer before.");
pub(super) const PAGE: Parameter = ("page", "A numbered page, the first being 1, in place of a cursor.");
pub(super) const FIELDS: Parameter = ("fields", "Only these fields, with commas between.");
