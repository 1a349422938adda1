//! What a person gets while the database is away: a page that waits for it, and the form that was sent, with everything
//! typed, to be sent again. A form that held a password is not given back: it would stand in the page's source.

use axum::body::{Body, Bytes, to_bytes};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, header};

/// A form as it came, to be offered again.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    /// Where it was sent to.
    pub(crate) path: String,
    /// What it held.
    pub(crate) fields: Vec<Field>,
}

/// One field of it.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) value: String,
}

impl Field {
    /// The name for people.
    pub(crate) fn label(&self) -> String {
        self.name.replace('_', " ")
    }

    /// Whether a person typed it.
    pub(crate) fn is_typed(&self) -> bool {
        !matches!(self.name.as_str(), "csrf" | "version") && !self.value.trim().is_empty()
    }
}

/// The most bytes of a form that are given back.
const LIMIT: usize = 256 * 1024;

impl Sent {
    /// Reads the form that came with a request, where it may be given back.
    pub(crate) fn read(method: &Method, path: &str, form: &Bytes) -> Option<Self> {
        let ours = path.starts_with('/') && !path.starts_with("//");
        if *method != Method::POST || !ours || form.is_empty() || form.len() > LIMIT {
            return None;
        }
        let fields: Vec<Field> = form_urlencoded::parse(form)
            .map(|(name, value)| Field { name: name.into_owned(), value: value.into_owned() })
            .collect();
        let secret = fields.iter().any(|field| field.name.contains("password"));
        (!secret).then(|| Self { path: path.to_owned(), fields })
    }

    /// The same for a request whose body nobody has read yet.
    pub(crate) async fn receive(parts: &Parts, body: Body) -> Option<Self> {
        let kind = parts.headers.get(header::CONTENT_TYPE).map_or(b"".as_slice(), HeaderValue::as_bytes);
        if !kind.starts_with(crate::gate::FORM) {
            return None;
        }
        let form = to_bytes(body, LIMIT).await.ok()?;
        Self::read(&parts.method, parts.uri.path_and_query()?.as_str(), &form)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(path: &str, form: &'static str) -> Option<Sent> {
        Sent::read(&Method::POST, path, &Bytes::from_static(form.as_bytes()))
    }

    #[test]
    fn a_form_comes_back_whole() {
        let sent = read("/visits/1?x=2", "csrf=s&chief_complaint=It+hurts+%26+burns&version=3").unwrap();
        assert_eq!(sent.path, "/visits/1?x=2");
        let values: Vec<_> = sent.fields.iter().map(|field| field.value.as_str()).collect();
        assert_eq!(values, ["s", "It hurts & burns", "3"]);
        let typed: Vec<_> = sent.fields.iter().filter(|field| field.is_typed()).map(Field::label).collect();
        assert_eq!(typed, ["chief complaint"]);
    }

    #[test]
    fn a_password_and_a_foreign_address_do_not() {
        assert!(read("/sign-in", "email=a&password=hush").is_none());
        assert!(read("//elsewhere.example/x", "a=b").is_none());
        assert!(Sent::read(&Method::GET, "/", &Bytes::from_static(b"a=b")).is_none());
    }
}
