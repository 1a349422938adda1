//! One row: all its values, the rows it points to and those that point to it, and what became of it over time.

use super::cells::{self, CellLine};
use super::seat::Seat;
use super::view::{self, View};
use crate::error::Fault;
use crate::page::page;
use crate::shell::Shell;
use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::response::Response;
use medrecord_store::Refusal;
use medrecord_store::browse::history::{self, Saved, Trace};
use medrecord_store::browse::{self, Catalogue, Column, Lens, Privacy, Table, guard};

#[derive(Template)]
#[template(path = "studio/row.html")]
struct RowPage {
    shell: Shell,
    table: String,
    table_href: String,
    label: String,
    locked: Option<&'static str>,
    no_rows: Option<&'static str>,
    edit: String,
    address: String,
    key: String,
    fields: Vec<FieldLine>,
    pointing: Vec<Pointing>,
    saved: Vec<SavedLine>,
    traces: Vec<Trace>,
    covered: bool,
    uncovered: bool,
}

struct FieldLine {
    name: String,
    kind: String,
    comment: String,
    cell: CellLine,
}

/// A table whose rows point here.
struct Pointing {
    words: String,
    href: String,
    count: String,
}

/// A saved change in words.
pub(super) struct SavedLine {
    pub(super) set: String,
    pub(super) act: String,
    pub(super) by: String,
    pub(super) at: String,
    pub(super) undoes: bool,
    pub(super) table: String,
    pub(super) href: String,
    /// Column, value before, value after.
    pub(super) differences: Vec<(String, String, String)>,
}

/// Shows a row.
pub(super) async fn show(
    mut seat: Seat,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let key = view::key_of(&query.unwrap_or_default());
    let table = seat.catalogue.table(&name)?;
    let row = browse::row(&mut seat.desk, (&seat.catalogue, &seat.lens), table, &key).await?;
    let saved = history::of_row(&mut seat.desk, &seat.catalogue, table, &key).await?;
    let traces = history::traces(&mut seat.desk, &seat.catalogue, table, &key).await?;
    let columns: Vec<&Column> = table.columns.iter().collect();
    let collected = seat.studio.collected(&seat.visitor);
    let line = cells::line(&seat.catalogue, table, &columns, &row, &collected);
    let label: Vec<&str> = table
        .label_columns()
        .iter()
        .filter_map(|column| columns.iter().position(|c| c.name == column.name))
        .filter_map(|place| row.cells.get(place)?.text())
        .collect();
    let personal = columns.iter().any(|column| column.privacy == Privacy::Personal);
    let uncovered = seat.lens.uncovered.contains(&name);
    let fields = columns.iter().zip(line.cells).map(|(column, cell)| FieldLine {
        name: column.name.clone(),
        kind: if column.nullable { format!("{}, or empty", column.written) } else { column.written.clone() },
        comment: column.comment.clone(),
        cell,
    });
    let shown = RowPage {
        shell: seat.visitor.shell(),
        table: name.clone(),
        table_href: View::of(&name, None).address(),
        label: if label.is_empty() { key.join(", ") } else { label.join(" · ") },
        locked: row.locked,
        no_rows: guard::rows_lock(&name),
        edit: view::with(&format!("/tables/{name}/edit"), &view::key_query(&key)),
        address: view::row(&name, &key),
        key: view::key_query(&key),
        fields: fields.collect(),
        pointing: pointing(&seat.catalogue, table, &key),
        saved: saved.into_iter().map(|saved| saved_line(&seat.catalogue, &seat.lens, &saved)).collect(),
        traces,
        covered: personal && !uncovered,
        uncovered: personal && uncovered,
    };
    seat.desk.close().await?;
    page(&shown)
}

fn pointing(catalogue: &Catalogue, table: &Table, key: &[String]) -> Vec<Pointing> {
    let line = |(from, link): (&Table, &browse::Link)| {
        let value = key.first().filter(|_| link.to == table.key)?;
        let view = View::of(&from.name, Some(cells::is(link.columns.first()?.clone(), value)));
        Some(Pointing {
            words: format!("{} ({})", from.name, link.columns.join(", ")),
            href: view.address(),
            count: view::with(&format!("/tables/{}/count", from.name), &view.query()),
        })
    };
    catalogue.incoming(table).filter_map(line).collect()
}

/// A saved change in words, as far as it may be seen.
pub(super) fn saved_line(catalogue: &Catalogue, lens: &Lens, saved: &Saved) -> SavedLine {
    let table: Result<&Table, Refusal> = catalogue.table(&saved.table);
    let shown = |name: &str, value: Option<&str>| {
        let column = table.as_ref().ok().and_then(|table| table.column(name).ok());
        match value {
            None => "empty".to_owned(),
            Some(_) if !column.is_some_and(|column| lens.shows(&saved.table, column.privacy)) => {
                "••••••".to_owned()
            }
            Some(value) => value.to_owned(),
        }
    };
    let differences = saved.differences().into_iter();
    SavedLine {
        set: saved.set.to_string(),
        act: saved.act.clone(),
        by: saved.by.clone(),
        at: saved.at.replacen('T', " ", 1),
        undoes: saved.undoes.is_some(),
        table: saved.table.clone(),
        href: view::row(&saved.table, &saved.key),
        differences: differences
            .map(|(name, old, new)| (name.to_owned(), shown(name, old), shown(name, new)))
            .collect(),
    }
}
