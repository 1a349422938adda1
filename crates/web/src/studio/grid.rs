//! A table as a grid: a page of its rows by key, sorted and filtered; its count; rows to point to.

use super::cells::{self, RowLine};
use super::edit::is_written;
use super::heads::{self, Choice, Group, Head, Held};
use super::seat::Seat;
use super::view::{self, SIZES, Tab, View};
use crate::error::Fault;
use crate::page::{page, refused, see_other};
use crate::shell::{Pager, Shell};
use askama::Template;
use axum::extract::{Path, Query, RawQuery};
use axum::response::Response;
use medrecord_store::Refusal;
use medrecord_store::browse::{self, Column, Count, Cursor, Page, Privacy, Table, guard};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "studio/grid.html")]
struct GridPage {
    shell: Shell,
    table: String,
    comment: String,
    /// Why no rows are added or taken away.
    no_rows: Option<&'static str>,
    trouble: Option<String>,
    strip: Vec<Tab>,
    /// Where another tab is chosen.
    more_tabs: String,
    held: Vec<Held>,
    groups: Vec<Group>,
    operators: Vec<(&'static str, &'static str)>,
    words: Vec<String>,
    heads: Vec<Head>,
    choices: Vec<Choice>,
    sizes: Vec<(usize, bool)>,
    /// What the view is, to be sent along by its forms.
    state: Vec<(String, String)>,
    query: String,
    address: String,
    rows: Vec<RowLine>,
    pager: Pager,
    count: String,
    /// Whether columns are covered, so that a reason may be given.
    /// The columns that picked rows may be given a value of.
    settable: Vec<String>,
    covered: bool,
    uncovered: bool,
}

/// Shows a page of a table.
pub(super) async fn show(
    mut seat: Seat,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let query = query.unwrap_or_default();
    if let Some(settled) = settled(&name, &query)? {
        return Ok(see_other(&settled));
    }
    let view = View::read(&name, &query)?;
    let table = seat.catalogue.table(&name)?;
    let columns = heads::shown(&view, table)?;
    let seen = (&seat.catalogue, &seat.lens);
    let found = browse::page(&mut seat.desk, seen, table, &columns, (&view.look, view.size)).await;
    let (found, trouble) = match found {
        Ok(found) => (found, None),
        Err(Refusal::Rule(words)) => (nothing(), Some(words)),
        Err(Refusal::Invalid(problems)) => {
            let words: Vec<String> = problems.0.into_iter().map(|problem| problem.message).collect();
            (nothing(), Some(words.join(" ")))
        }
        Err(other) => return Err(other.into()),
    };
    let shown = built(&seat, &view, &columns, (found, trouble))?;
    seat.desk.close().await?;
    if shown.trouble.is_some() { refused(&shown) } else { page(&shown) }
}

fn nothing() -> Page {
    Page { rows: Vec::new(), earlier: false, later: false }
}

fn built(
    seat: &Seat,
    view: &View,
    columns: &[&Column],
    (found, trouble): (Page, Option<String>),
) -> Result<GridPage, Fault> {
    let table = seat.catalogue.table(&view.table)?;
    let collected = seat.studio.collected(&seat.visitor);
    let rows = found.rows.iter().map(|row| cells::line(&seat.catalogue, table, columns, row, &collected));
    let personal = columns.iter().any(|column| column.privacy == Privacy::Personal);
    let uncovered = seat.lens.uncovered.contains(&table.name);
    Ok(GridPage {
        shell: seat.visitor.shell(),
        table: table.name.clone(),
        comment: table.comment.clone(),
        no_rows: guard::table_lock(&table.name).or_else(|| guard::rows_lock(&table.name)),
        trouble,
        strip: view.strip(),
        more_tabs: view::with("/", &view.left_tabs()),
        held: heads::held(view),
        groups: heads::groups(&seat.catalogue, table),
        operators: heads::operators(),
        words: heads::known_words(table),
        heads: heads::heads(view, table, columns, &seat.lens),
        choices: heads::choices(table, columns),
        sizes: SIZES.iter().map(|size| (*size, *size == view.size)).collect(),
        state: state(view),
        query: view.query(),
        address: view.address(),
        rows: rows.collect(),
        pager: pager(view, &found),
        count: view::with(&format!("/tables/{}/count", table.name), &view.filter_query()),
        settable: settable(seat, table),
        covered: personal && !uncovered,
        uncovered: personal && uncovered,
    })
}

/// The columns that picked rows may be given a value of.
fn settable(seat: &Seat, table: &Table) -> Vec<String> {
    if guard::table_lock(&table.name).is_some() {
        return Vec::new();
    }
    let written = table.columns.iter().filter(|column| is_written(table, column, &seat.lens));
    written.map(|column| column.name.clone()).collect()
}

fn pager(view: &View, found: &Page) -> Pager {
    let to = |row: Option<&browse::Row>, backward: bool| {
        row.map(|row| {
            let mut other = view.clone();
            other.look.cursor = Some(Cursor { key: row.key.clone(), backward });
            other.address()
        })
    };
    Pager {
        previous: to(found.rows.first().filter(|_| found.earlier), true),
        next: to(found.rows.last().filter(|_| found.later), false),
        earlier: "Before".into(),
        later: "After".into(),
        words: format!("{} rows on this page", found.rows.len()),
    }
}

/// The view as fields of a form; the place on the page is left out.
fn state(view: &View) -> Vec<(String, String)> {
    let view = view.at_start();
    let tabs = view.tabs.iter().map(|tab| ("tab".to_owned(), tab.clone()));
    view::pairs(&view.query()).into_iter().chain(tabs).collect()
}

/// The plain address of what the forms of the page ask for: a filter to add, columns to show.
fn settled(table: &str, query: &str) -> Result<Option<String>, Fault> {
    let pairs = view::pairs(query);
    let value = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let mut view = View::read(table, query)?;
    if let Some(column) = value("fc") {
        let filter = format!("{column}:{}:{}", value("how").unwrap_or("is"), value("fv").unwrap_or_default());
        view.look.filters.push(filter.parse()?);
    } else if value("choose").is_some() {
        view.columns = pairs.iter().filter(|(key, _)| key == "c").map(|(_, value)| value.clone()).collect();
    } else {
        return Ok(None);
    }
    Ok(Some(view.at_start().address()))
}

/// Counts what a view holds, in words.
pub(super) async fn count(
    mut seat: Seat,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let view = View::read(&name, &query.unwrap_or_default())?;
    let table = seat.catalogue.table(&name)?;
    let seen = (&seat.catalogue, &seat.lens);
    let counted = browse::count(&mut seat.desk, seen, table, &view.look.filters).await?;
    seat.desk.close().await?;
    let words = match counted {
        Count::Exactly(count) => grouped(count),
        Count::About(count) => format!("about {}", grouped(count)),
        Count::Many => "too many to count in 2 s".to_owned(),
    };
    Ok(crate::page::html(axum::http::StatusCode::OK, words))
}

/// `1,204`.
pub(super) fn grouped(count: i64) -> String {
    let digits: Vec<char> = count.to_string().chars().rev().collect();
    let parts: Vec<String> = digits.chunks(3).map(|part| part.iter().rev().collect()).collect();
    parts.into_iter().rev().collect::<Vec<_>>().join(",")
}

/// What is looked for.
#[derive(Deserialize)]
pub(super) struct Words {
    #[serde(default)]
    q: String,
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"{% for (id, words) in rows %}<option value="{{ id }}">{{ words }}</option>{% endfor %}"#
)]
struct Found {
    rows: Vec<(String, String)>,
}

/// Finds rows to point to by a few letters, as options of a list.
pub(super) async fn find(
    mut seat: Seat,
    Path(name): Path<String>,
    Query(words): Query<Words>,
) -> Result<Response, Fault> {
    let table = seat.catalogue.table(&name)?;
    let seen = (&seat.catalogue, &seat.lens);
    let rows = browse::search(&mut seat.desk, seen, table, &words.q).await?;
    seat.desk.close().await?;
    let line = |row: browse::Row| {
        let told: Vec<&str> = row.cells.iter().filter_map(browse::Cell::text).collect();
        let words = if told.is_empty() { "covered".to_owned() } else { told.join(" · ") };
        (row.key.join(","), words)
    };
    page(&Found { rows: rows.into_iter().map(line).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_numbers_are_grouped_by_thousands() {
        let numbers = [0, 999, 1_204, 1_000_000].map(grouped);
        assert_eq!(numbers, ["0", "999", "1,204", "1,000,000"]);
    }
}
