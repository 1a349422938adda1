//! What a program asks for: the id in the path, and paging, filters, fields and nested rows in the query.

use super::schema;
use crate::app::App;
use crate::error::Fault;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use medrecord_clinic::field::Problems;
use medrecord_clinic::time::Instant;
use medrecord_store::Refusal;
use serde_json::Value;
use std::convert::Infallible;
use std::fmt::Display;
use std::str::FromStr;

/// The id in the path; what is none is not found.
pub(crate) struct Id<T>(pub(crate) T);

impl<T: FromStr> FromRequestParts<App> for Id<T> {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Fault> {
        let nowhere = || Fault::from(Refusal::NotFound("address"));
        let Path(text) = Path::<String>::from_request_parts(parts, app).await.map_err(|_| nowhere())?;
        text.parse().map(Self).map_err(|_| nowhere())
    }
}

/// How many rows a list gives unless it is told otherwise, and at the most.
pub(super) const LIMIT: (u32, u32) = (20, 100);

/// The query of a request.
pub(crate) struct Asked(Vec<(String, String)>);

impl FromRequestParts<App> for Asked {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Infallible> {
        let query = parts.uri.query().unwrap_or_default();
        Ok(Self(form_urlencoded::parse(query.as_bytes()).into_owned().collect()))
    }
}

impl Asked {
    /// Refuses a parameter that is none of these: a filter with a slip in its name must not filter nothing.
    ///
    /// # Errors
    /// `unknown` for each.
    pub(super) fn only(&self, known: &[&str]) -> Result<(), Problems> {
        let mut wrong = Problems::none();
        for (name, _) in self.0.iter().filter(|(name, _)| !known.contains(&name.as_str())) {
            wrong.add(name, "unknown", format!("There is no parameter {name} here."));
        }
        wrong.refuse()
    }

    /// A parameter's value, where it has one.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.trim()).filter(|v| !v.is_empty())
    }

    /// A parameter, read; `words` say what it should be.
    ///
    /// # Errors
    /// `invalid`.
    pub(super) fn read<T: FromStr>(&self, name: &str, words: &str) -> Result<Option<T>, Problems> {
        let Some(text) = self.value(name) else { return Ok(None) };
        text.parse().map(Some).map_err(|_| Problems::one(name, "invalid", format!("{name} is {words}.")))
    }

    /// How many rows are wanted.
    ///
    /// # Errors
    /// `out_of_range` outside 1 to 100.
    pub(super) fn limit(&self) -> Result<u32, Problems> {
        let words = "limit is a whole number from 1 to 100.";
        let limit = self.read("limit", "a whole number from 1 to 100")?.unwrap_or(LIMIT.0);
        let fits = (1..=LIMIT.1).contains(&limit);
        if fits { Ok(limit) } else { Err(Problems::one("limit", "out_of_range", words)) }
    }

    /// Which numbered page is wanted, the first being 1.
    ///
    /// # Errors
    /// `out_of_range` below 1, `invalid` beside a cursor.
    pub(super) fn page(&self) -> Result<Option<u32>, Problems> {
        let page: Option<u32> = self.read("page", "a whole number from 1 on")?;
        if page.is_some() && self.value("cursor").is_some() {
            return Err(Problems::one("page", "invalid", "Go on by page or by cursor, not by both."));
        }
        match page {
            Some(0) => Err(Problems::one("page", "out_of_range", "page is a whole number from 1 on.")),
            page => Ok(page),
        }
    }

    /// Where a list goes on that is ordered by one id.
    ///
    /// # Errors
    /// `invalid`.
    pub(super) fn cursor<T: FromStr>(&self) -> Result<Option<T>, Problems> {
        self.read("cursor", CURSOR)
    }

    /// Where a list goes on that is ordered by time and id.
    ///
    /// # Errors
    /// `invalid`.
    pub(super) fn cursor_in_time<T: FromStr>(&self) -> Result<Option<(Instant, T)>, Problems> {
        let Some(text) = self.value("cursor") else { return Ok(None) };
        let read = || {
            let (millis, id) = text.split_once('~')?;
            Some((Instant::from_millis(millis.parse().ok()?), id.parse().ok()?))
        };
        let wrong = || Problems::one("cursor", "invalid", format!("cursor is {CURSOR}."));
        read().map(Some).ok_or_else(wrong)
    }

    /// Which fields and nested rows of a schema are wanted.
    ///
    /// # Errors
    /// `unknown` for a field that the schema does not have, or rows that cannot be nested here.
    pub(super) fn view(&self, schema: &str, nestable: &[&'static str]) -> Result<View, Problems> {
        let names = |list: &str| -> Vec<String> {
            let all = self.value(list).unwrap_or_default().split(',').map(str::trim);
            all.filter(|name| !name.is_empty()).map(str::to_owned).collect()
        };
        let mut wrong = Problems::none();
        let fields = names("fields");
        for name in fields.iter().filter(|name| !schema::has(schema, name)) {
            wrong.add("fields", "unknown", format!("{schema} has no field {name}."));
        }
        let include = names("include");
        for name in include.iter().filter(|name| !nestable.contains(&name.as_str())) {
            wrong.add("include", "unknown", format!("{name} cannot be included here."));
        }
        wrong.refuse()?;
        Ok(View { fields, include })
    }
}

/// Leaves the page of what was found with one row beyond it, and gives the cursor of what follows.
pub(super) fn page_in_time<T, I: Display>(
    found: &mut Vec<T>,
    limit: u32,
    place: impl Fn(&T) -> (Instant, I),
) -> Option<String> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = found.len() > limit;
    found.truncate(limit);
    let (at, id) = found.last().filter(|_| more).map(place)?;
    Some(cursor_in_time(at, id))
}

/// What a cursor is, in a refusal.
const CURSOR: &str = "the nextCursor of the answer before";

/// The cursor that goes on behind a row ordered by time and id.
fn cursor_in_time(at: Instant, id: impl Display) -> String {
    format!("{}~{id}", at.millis())
}

/// Which fields and nested rows of an answer are wanted; all fields and no rows unless something is said.
#[derive(Default)]
pub(super) struct View {
    fields: Vec<String>,
    include: Vec<String>,
}

impl View {
    /// Whether rows of that name are to be nested.
    pub(super) fn has(&self, name: &str) -> bool {
        self.include.iter().any(|included| included == name)
    }

    /// The same, with the rows in which some others nest.
    pub(super) fn bringing(mut self, nested: &[&str], within: &str) -> Self {
        if nested.iter().any(|name| self.has(name)) {
            self.include.push(within.to_owned());
        }
        self
    }

    /// Leaves of an object what was asked for.
    pub(super) fn cut(&self, mut item: Value) -> Value {
        if let Some(object) = item.as_object_mut().filter(|_| !self.fields.is_empty()) {
            object.retain(|name, _| self.fields.iter().any(|field| field == name) || self.has(name));
        }
        item
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(query: &str) -> Asked {
        Asked(form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    #[test]
    fn a_limit_stays_between_one_and_a_hundred() {
        assert_eq!(asked("").limit(), Ok(20));
        assert_eq!(asked("limit=100").limit(), Ok(100));
        for query in ["limit=0", "limit=101", "limit=-1", "limit=many"] {
            assert_eq!(asked(query).limit().unwrap_err().0[0].field, "limit", "{query}");
        }
    }

    #[test]
    fn a_cursor_survives_its_text_and_excludes_a_page() {
        let at = Instant::from_millis(1_785_000_000_123);
        let query = format!("cursor={}", cursor_in_time(at, 7));
        assert_eq!(asked(&query).cursor_in_time::<u8>(), Ok(Some((at, 7))));
        assert!(asked("cursor=7").cursor_in_time::<u8>().is_err());
        assert!(asked("cursor=7&page=2").page().is_err() && asked("page=0").page().is_err());
    }

    #[test]
    fn unknown_fields_rows_and_parameters_are_named() {
        let wrong = asked("fields=firstName,shoeSize&include=secrets").view("Patient", &["allergies"]);
        let wrong: Vec<String> = wrong.err().unwrap().0.into_iter().map(|p| p.message).collect();
        assert_eq!(wrong, ["Patient has no field shoeSize.", "secrets cannot be included here."]);
        assert!(asked("nothing=x").only(&["provider"]).is_err());
    }
}
