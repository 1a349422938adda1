//! The front page: every table with what it is for; how many rows each has comes after the page.

use super::seat::Seat;
use super::view::{self, View};
use crate::error::Fault;
use crate::page::page;
use crate::shell::Shell;
use askama::Template;
use axum::extract::RawQuery;
use axum::response::Response;
use medrecord_store::browse::guard;

#[derive(Template)]
#[template(path = "studio/tables.html")]
struct TablesPage {
    shell: Shell,
    database: &'static str,
    tables: Vec<TableLine>,
    /// Whether a tab is to be added to others.
    adding: bool,
}

struct TableLine {
    name: String,
    href: String,
    comment: String,
    columns: usize,
    links: usize,
    locked: Option<&'static str>,
}

/// Lists the tables.
pub(super) async fn list(seat: Seat, RawQuery(query): RawQuery) -> Result<Response, Fault> {
    let tabs: Vec<String> = view::pairs(&query.unwrap_or_default())
        .into_iter()
        .filter(|(name, _)| name == "tab")
        .map(|(_, tab)| tab)
        .collect();
    let adding = !tabs.is_empty();
    let line = |table: &medrecord_store::browse::Table| {
        let mut view = View::of(&table.name, None);
        if adding {
            view.tabs = tabs.iter().cloned().chain(["*".to_owned()]).collect();
        }
        TableLine {
            name: table.name.clone(),
            href: view.address(),
            comment: table.comment.clone(),
            columns: table.columns.len(),
            links: table.links.len() + seat.catalogue.incoming(table).count(),
            locked: guard::table_lock(&table.name),
        }
    };
    let tables = seat.catalogue.tables.iter().map(line).collect();
    let shown = TablesPage { shell: seat.visitor.shell(), database: seat.app.store.kind(), tables, adding };
    seat.desk.close().await?;
    page(&shown)
}
