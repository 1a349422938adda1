//! What a page of the studio shows, as it stands in the address: table, filters, order, columns, place, other tabs.
//!
//! Values of a row never stand in it but those somebody typed as a filter; a place is named by the row's key.

use crate::error::Fault;
use form_urlencoded::Serializer;
use medrecord_store::browse::{Cursor, Filter, Look};

/// What a grid shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct View {
    pub(super) table: String,
    pub(super) look: Look,
    /// The columns to show; all where none is named.
    pub(super) columns: Vec<String>,
    /// How many rows a page has.
    pub(super) size: usize,
    /// The open tabs in their order, each `table?query`; `*` is this one.
    pub(super) tabs: Vec<String>,
}

/// How many rows a page may have; the first is the usual.
pub(super) const SIZES: [usize; 4] = [50, 25, 100, 200];
/// The place of this grid among the tabs.
const HERE: &str = "*";

/// The pairs of a query.
pub(super) fn pairs(query: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

impl View {
    /// Reads what an address asks for.
    ///
    /// # Errors
    /// A fault where a filter cannot be read.
    pub(super) fn read(table: &str, query: &str) -> Result<Self, Fault> {
        let mut view = Self { table: table.to_owned(), size: SIZES[0], ..Self::default() };
        let (mut after, mut before) = (Vec::new(), Vec::new());
        for (name, value) in pairs(query) {
            match name.as_str() {
                "f" => view.look.filters.push(value.parse::<Filter>()?),
                "sort" if !value.is_empty() => {
                    view.look.descending = value.starts_with('-');
                    view.look.sort = Some(value.trim_start_matches('-').to_owned());
                }
                "cols" => {
                    view.columns = value.split(',').filter(|c| !c.is_empty()).map(str::to_owned).collect();
                }
                "after" => after.push(value),
                "before" => before.push(value),
                "size" => {
                    view.size = value.parse().ok().filter(|size| SIZES.contains(size)).unwrap_or(SIZES[0]);
                }
                "tab" => view.tabs.push(value),
                _ => {}
            }
        }
        view.look.cursor = match (after.is_empty(), before.is_empty()) {
            (false, _) => Some(Cursor { key: after, backward: false }),
            (true, false) => Some(Cursor { key: before, backward: true }),
            (true, true) => None,
        };
        Ok(view)
    }

    /// A grid with one filter.
    pub(super) fn of(table: &str, filter: Option<Filter>) -> Self {
        let look = Look { filters: filter.into_iter().collect(), ..Look::default() };
        Self { table: table.to_owned(), look, size: SIZES[0], ..Self::default() }
    }

    /// Its own part of the address, without the tabs.
    pub(super) fn query(&self) -> String {
        let mut query = Serializer::new(String::new());
        for filter in &self.look.filters {
            query.append_pair("f", &filter.to_string());
        }
        if let Some(sort) = &self.look.sort {
            let sign = if self.look.descending { "-" } else { "" };
            query.append_pair("sort", &format!("{sign}{sort}"));
        }
        if !self.columns.is_empty() {
            query.append_pair("cols", &self.columns.join(","));
        }
        if self.size != SIZES[0] {
            query.append_pair("size", &self.size.to_string());
        }
        if let Some(cursor) = &self.look.cursor {
            let name = if cursor.backward { "before" } else { "after" };
            for part in &cursor.key {
                query.append_pair(name, part);
            }
        }
        query.finish()
    }

    /// The filters alone, for counting.
    pub(super) fn filter_query(&self) -> String {
        Self {
            look: Look { filters: self.look.filters.clone(), ..Look::default() },
            ..Self::of(&self.table, None)
        }
        .query()
    }

    /// Where it is found.
    pub(super) fn address(&self) -> String {
        let mut query = self.query();
        if self.tabs.len() > 1 || self.tabs.iter().any(|tab| tab != HERE) {
            query = joined(&query, &tabs_query(&self.tabs));
        }
        with(&format!("/tables/{}", self.table), &query)
    }

    /// The same from its first row on.
    pub(super) fn at_start(&self) -> Self {
        let mut view = self.clone();
        view.look.cursor = None;
        view
    }

    /// The same grid as an entry among the tabs of another.
    fn entry(&self) -> String {
        with(&self.table, &self.query())
    }

    /// All tabs with this one among them: name, where it leads, where closing it leads, whether it is this one.
    pub(super) fn strip(&self) -> Vec<Tab> {
        let tabs = self.all_tabs();
        let mut strip = Vec::new();
        for (place, tab) in tabs.iter().enumerate() {
            let here = tab == HERE;
            let left: Vec<String> =
                tabs.iter().enumerate().filter(|(at, _)| *at != place).map(|(_, tab)| tab.clone()).collect();
            let (name, href) =
                if here { (self.table.clone(), self.address()) } else { self.switched(&tabs, place) };
            let close = if here {
                match left.len() {
                    0 => "/".to_owned(),
                    count => self.switched(&left, place.min(count - 1)).1,
                }
            } else {
                Self { tabs: left, ..self.clone() }.address()
            };
            strip.push(Tab { name, href, close, here });
        }
        strip
    }

    /// The tabs as they are when this one is left for the list of tables.
    pub(super) fn left_tabs(&self) -> String {
        let tabs: Vec<String> =
            self.all_tabs().into_iter().map(|tab| if tab == HERE { self.entry() } else { tab }).collect();
        tabs_query(&tabs)
    }

    fn all_tabs(&self) -> Vec<String> {
        let mut tabs = self.tabs.clone();
        if !tabs.iter().any(|tab| tab == HERE) {
            tabs.push(HERE.to_owned());
        }
        tabs
    }

    /// The name and the address of another tab, with this one left at its place.
    fn switched(&self, tabs: &[String], place: usize) -> (String, String) {
        let entry = tabs.get(place).map_or("", String::as_str);
        let (table, query) = entry.split_once('?').unwrap_or((entry, ""));
        let table: String = table.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
        let tabs: Vec<String> = tabs
            .iter()
            .enumerate()
            .map(|(at, tab)| match tab.as_str() {
                _ if at == place => HERE.to_owned(),
                HERE => self.entry(),
                other => other.to_owned(),
            })
            .collect();
        let query = joined(query, &tabs_query(&tabs));
        (table.clone(), with(&format!("/tables/{table}"), &query))
    }
}

/// One tab.
pub(super) struct Tab {
    pub(super) name: String,
    pub(super) href: String,
    pub(super) close: String,
    pub(super) here: bool,
}

/// Tabs as a part of a query.
pub(super) fn tabs_query(tabs: &[String]) -> String {
    Serializer::new(String::new()).extend_pairs(tabs.iter().map(|tab| ("tab", tab))).finish()
}

/// A key as a part of a query: `k=` for each of its values.
pub(super) fn key_query(key: &[String]) -> String {
    Serializer::new(String::new()).extend_pairs(key.iter().map(|part| ("k", part))).finish()
}

/// The key that a query names.
pub(super) fn key_of(query: &str) -> Vec<String> {
    pairs(query).into_iter().filter(|(name, _)| name == "k").map(|(_, value)| value).collect()
}

/// Where a row is found.
pub(super) fn row(table: &str, key: &[String]) -> String {
    with(&format!("/tables/{table}/row"), &key_query(key))
}

/// An address with a query, if there is one.
pub(super) fn with(path: &str, query: &str) -> String {
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

fn joined(first: &str, second: &str) -> String {
    if first.is_empty() || second.is_empty() {
        format!("{first}{second}")
    } else {
        format!("{first}&{second}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_survives_its_address() {
        let query =
            "f=sex%3Ais%3Afemale&f=a%3Acontains%3Ax%26y&sort=-created_at&cols=id%2Csex&size=100&after=7";
        let view = View::read("patients", query).unwrap_or_default();
        assert_eq!(view.query(), query);
        assert_eq!(view.address(), format!("/tables/patients?{query}"));
        assert!(View::read("patients", "f=nonsense").is_err());
    }

    #[test]
    fn tabs_keep_what_each_of_them_shows() {
        let view = View::read("patients", "sort=sex&tab=*&tab=allergies%3Fsort%3D-id").unwrap_or_default();
        let strip = view.strip();
        let names: Vec<&str> = strip.iter().map(|tab| tab.name.as_str()).collect();
        assert_eq!(names, ["patients", "allergies"]);
        assert_eq!(strip[1].href, "/tables/allergies?sort=-id&tab=patients%3Fsort%3Dsex&tab=*");
        assert_eq!(strip[1].close, "/tables/patients?sort=sex");
        assert_eq!(strip[0].close, "/tables/allergies?sort=-id&tab=*");
        let back = View::read("allergies", "sort=-id&tab=patients%3Fsort%3Dsex&tab=*").unwrap_or_default();
        assert_eq!(back.strip()[0].href, "/tables/patients?sort=sex&tab=*&tab=allergies%3Fsort%3D-id");
    }
}
