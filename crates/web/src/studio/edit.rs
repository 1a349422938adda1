//! Editing: a row in a form, one value in its cell, a new row with its defaults filled; all of it is collected first.

use super::bench;
use super::seat::Seat;
use super::view;
use crate::error::Fault;
use crate::page::{page, refused, see_other, see_other_saying};
use crate::shell::Shell;
use crate::urls;
use askama::Template;
use axum::extract::{Path, RawForm, RawQuery};
use axum::response::Response;
use medrecord_clinic::field::Problems;
use medrecord_store::Refusal;
use medrecord_store::browse::change::{self, Values, column_lock};
use medrecord_store::browse::{self, Cell, Column, Kind, Lens, Table, guard};

#[derive(Template)]
#[template(path = "studio/edit.html", blocks = ["editor"])]
struct EditPage {
    shell: Shell,
    table: String,
    /// Where the form is sent.
    action: String,
    back: String,
    key: Vec<String>,
    seen: String,
    adds: bool,
    /// Whether it stands in a cell of the grid.
    in_cell: bool,
    controls: Vec<Control>,
    trouble: Vec<(String, String)>,
}

/// A control for one column.
struct Control {
    name: String,
    kind: String,
    comment: String,
    /// `text`, `long`, `choice` or `link`.
    shape: &'static str,
    value: String,
    /// Whether it may be empty, and is.
    nullable: bool,
    empty: bool,
    /// Whether a sign typed differs from nothing typed, so that “empty” needs a box of its own.
    null_box: bool,
    words: Vec<String>,
    /// Where rows to point to are looked for.
    find: String,
    error: String,
    /// What stands in it if nothing is typed.
    default: String,
}

fn control(table: &Table, column: &Column, value: Option<&str>, problems: &Problems) -> Control {
    let link = table.link_of(&column.name);
    let words = match &column.kind {
        Kind::Choice(words) => words.clone(),
        Kind::YesNo => vec!["true".to_owned(), "false".to_owned()],
        Kind::Id
        | Kind::Text
        | Kind::Long
        | Kind::Whole
        | Kind::Decimal(_)
        | Kind::Day
        | Kind::Instant
        | Kind::Json
        | Kind::Bytes
        | Kind::Other => Vec::new(),
    };
    let shape = match &column.kind {
        Kind::Choice(_) | Kind::YesNo => "choice",
        Kind::Long | Kind::Json => "long",
        Kind::Id
        | Kind::Text
        | Kind::Whole
        | Kind::Decimal(_)
        | Kind::Day
        | Kind::Instant
        | Kind::Bytes
        | Kind::Other => "text",
    };
    let shape = if link.is_some() { "link" } else { shape };
    Control {
        name: column.name.clone(),
        kind: if column.nullable { format!("{}, or empty", column.written) } else { column.written.clone() },
        comment: column.comment.clone(),
        shape,
        value: value.unwrap_or_default().to_owned(),
        nullable: column.nullable,
        empty: value.is_none(),
        null_box: column.nullable && matches!(column.kind, Kind::Text | Kind::Long),
        words,
        find: link.map(|link| format!("/tables/{}/find", link.table)).unwrap_or_default(),
        error: problems.of(&column.name).unwrap_or_default().to_owned(),
        default: column.default.clone().unwrap_or_default(),
    }
}

/// Whether a column stands in a form.
pub(super) fn is_written(table: &Table, column: &Column, lens: &Lens) -> bool {
    column_lock(table, column).is_none() && lens.shows(&table.name, column.privacy)
}

/// Shows a row in a form.
pub(super) async fn form(
    seat: Seat,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let query = query.unwrap_or_default();
    show(seat, &name, &view::key_of(&query), None).await
}

/// Shows one value in a form, for its cell.
pub(super) async fn cell(
    seat: Seat,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let query = query.unwrap_or_default();
    let value =
        |name: &str| view::pairs(&query).into_iter().find(|(key, _)| key == name).map(|(_, value)| value);
    let column = value("column").ok_or(Refusal::NotFound("column"))?;
    show(seat, &name, &view::key_of(&query), Some((column, value("back").unwrap_or_default()))).await
}

async fn show(
    mut seat: Seat,
    name: &str,
    key: &[String],
    only: Option<(String, String)>,
) -> Result<Response, Fault> {
    let table = seat.catalogue.table(name)?;
    let row = browse::row(&mut seat.desk, (&seat.catalogue, &seat.lens), table, key).await?;
    if let Some(reason) = row.locked {
        return Err(Refusal::Rule(reason.to_owned()).into());
    }
    let seen = change::fingerprint_of(&mut seat.desk, &seat.catalogue, table, key).await?;
    let collected = seat.studio.collected(&seat.visitor);
    let pending = collected.iter().find(|change| change.table == name && change.key == key);
    let wanted = |column: &Column| only.as_ref().is_none_or(|(name, _)| *name == column.name);
    let open = table.columns.iter().zip(&row.cells);
    let controls: Vec<Control> = open
        .filter(|(column, _)| wanted(column) && is_written(table, column, &seat.lens))
        .map(|(column, cell)| {
            let becomes = pending.and_then(|change| match &change.act {
                change::Act::Update { after, .. } => after.get(&column.name),
                change::Act::Insert { .. } | change::Act::Delete { .. } => None,
            });
            let value = becomes.map_or(cell.text(), Option::as_deref);
            control(table, column, value, &Problems::none())
        })
        .collect();
    if let (true, Some((column, _))) = (controls.is_empty(), &only) {
        let column = table.column(column)?;
        let covered = row
            .cells
            .iter()
            .zip(&table.columns)
            .any(|(cell, c)| c.name == column.name && *cell == Cell::Covered);
        let words = column_lock(table, column).unwrap_or(if covered {
            "Uncover it first."
        } else {
            "Not written here."
        });
        return Err(Refusal::Rule(format!("{}: {words}", column.name)).into());
    }
    let in_cell = only.is_some();
    let back = only.map_or_else(|| view::row(name, key), |(_, back)| back);
    let shown = EditPage {
        shell: seat.visitor.shell(),
        table: name.to_owned(),
        action: format!("/tables/{name}/stage"),
        back,
        key: key.to_vec(),
        seen,
        adds: false,
        in_cell,
        controls,
        trouble: Vec::new(),
    };
    seat.desk.close().await?;
    if in_cell { page(&shown.as_editor()) } else { page(&shown) }
}

/// Shows an empty form for a new row, its defaults filled.
pub(super) async fn blank(
    seat: Seat,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let given: Values =
        view::pairs(&query.unwrap_or_default()).into_iter().map(|(k, v)| (k, Some(v))).collect();
    let table = seat.catalogue.table(&name)?;
    if let Some(reason) = guard::table_lock(&name).or_else(|| guard::rows_lock(&name)) {
        return Err(Refusal::Rule(reason.to_owned()).into());
    }
    let mut typed: Values =
        table.columns.iter().map(|column| (column.name.clone(), default(column))).collect();
    typed.extend(given);
    let shown = new_row(&seat, table, &typed, &Problems::none());
    seat.desk.close().await?;
    page(&shown)
}

fn new_row(seat: &Seat, table: &Table, typed: &Values, problems: &Problems) -> EditPage {
    let controls =
        table.columns.iter().filter(|column| column_lock(table, column).is_none() || is_key(table, column));
    let value = |column: &Column| typed.get(&column.name).and_then(Option::as_deref);
    EditPage {
        shell: seat.visitor.shell(),
        table: table.name.clone(),
        action: format!("/tables/{}/add", table.name),
        back: format!("/tables/{}", table.name),
        key: Vec::new(),
        seen: String::new(),
        adds: true,
        in_cell: false,
        controls: controls.map(|column| control(table, column, value(column), problems)).collect(),
        trouble: problems.0.iter().map(|problem| (problem.field.clone(), problem.message.clone())).collect(),
    }
}

/// Whether a column of the key is typed by the person, since nothing makes it.
fn is_key(table: &Table, column: &Column) -> bool {
    table.key.contains(&column.name) && column.name != "id"
}

/// A default that is a plain value, as it would be typed; what the database computes is left to it.
fn default(column: &Column) -> Option<String> {
    let written = column.default.as_deref()?;
    let bare = written.split("::").next().unwrap_or_default();
    if let Some(text) = bare.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')) {
        return Some(text.replace("''", "'"));
    }
    let plain = bare.parse::<f64>().is_ok() || bare == "true" || bare == "false";
    browse::canonical(column, bare).ok().filter(|_| plain)
}

/// What was sent: the key, the row's fingerprint, where to go on, and the typed values.
struct Sent {
    key: Vec<String>,
    seen: String,
    back: String,
    in_cell: bool,
    typed: Values,
}

fn sent(table: &Table, form: &[u8]) -> Sent {
    let mut sent = Sent {
        key: Vec::new(),
        seen: String::new(),
        back: String::new(),
        in_cell: false,
        typed: Values::new(),
    };
    let mut emptied = Vec::new();
    for (name, value) in form_urlencoded::parse(form).into_owned() {
        match name.as_str() {
            "k" => sent.key.push(value),
            "seen" => sent.seen = value,
            "back" => sent.back = value,
            "cell" => sent.in_cell = true,
            other => {
                if let Some(column) = other.strip_prefix("v.") {
                    sent.typed.insert(column.to_owned(), Some(value));
                } else if let Some(column) = other.strip_prefix("n.") {
                    emptied.push(column.to_owned());
                }
            }
        }
    }
    for (name, value) in &mut sent.typed {
        let kind = table.column(name).map(|column| &column.kind);
        let is_text = matches!(kind, Ok(Kind::Text | Kind::Long));
        let blank = value.as_deref().is_some_and(|value| value.trim().is_empty());
        // Nothing typed is nothing, but for texts, where it may be a text without signs; what was typed counts in any case.
        if blank && (!is_text || emptied.contains(name)) {
            *value = None;
        }
    }
    sent
}

/// Collects new values of a row.
pub(super) async fn stage(
    mut seat: Seat,
    Path(name): Path<String>,
    RawForm(form): RawForm,
) -> Result<Response, Fault> {
    let table = seat.catalogue.table(&name)?;
    let sent = sent(table, &form);
    let covered =
        |name: &String| table.column(name).is_ok_and(|column| !seat.lens.shows(&table.name, column.privacy));
    if let Some(column) = sent.typed.keys().find(|name| covered(name)) {
        return Err(Refusal::Rule(format!(
            "{column} is covered: say why it must be seen before changing it."
        ))
        .into());
    }
    let of = (&seat.catalogue, table);
    let drafted = change::draft_update(&mut seat.desk, of, &sent.key, &sent.seen, &sent.typed).await;
    let problems = match drafted {
        Ok(drafted) => {
            seat.desk.close().await?;
            bench::collect(&seat.app, &seat.studio, &seat.visitor, drafted).await?;
            let back = if urls::is_local(&sent.back) { sent.back.as_str() } else { "/changes" };
            return Ok(see_other(back));
        }
        Err(Refusal::Invalid(problems)) => problems,
        Err(other) => return Err(other.into()),
    };
    let controls = sent.typed.iter().filter_map(|(name, value)| {
        let column = table.column(name).ok()?;
        Some(control(table, column, value.as_deref(), &problems))
    });
    let shown = EditPage {
        shell: seat.visitor.shell(),
        table: name.clone(),
        action: format!("/tables/{name}/stage"),
        back: sent.back,
        key: sent.key,
        seen: sent.seen,
        adds: false,
        in_cell: sent.in_cell,
        controls: controls.collect(),
        trouble: problems.0.iter().map(|problem| (problem.field.clone(), problem.message.clone())).collect(),
    };
    if shown.in_cell { refused(&shown.as_editor()) } else { refused(&shown) }
}

/// Collects a new row.
pub(super) async fn add(
    mut seat: Seat,
    Path(name): Path<String>,
    RawForm(form): RawForm,
) -> Result<Response, Fault> {
    let table = seat.catalogue.table(&name)?;
    let mut sent = sent(table, &form);
    // What nothing was typed into gets what the database gives it.
    let by_database = |name: &String, value: &Option<String>| {
        table.column(name).is_ok_and(|column| value.is_none() && !column.nullable && column.default.is_some())
    };
    let typed = sent.typed.clone();
    sent.typed.retain(|name, value| !by_database(name, value));
    match change::draft_insert(&mut seat.desk, table, &sent.typed) {
        Ok(change) => {
            seat.desk.close().await?;
            bench::collect(&seat.app, &seat.studio, &seat.visitor, [change]).await?;
            Ok(see_other_saying("/changes", "ok", "The new row is collected. Read it over, then save."))
        }
        Err(Refusal::Invalid(problems)) => refused(&new_row(&seat, table, &typed, &problems)),
        Err(other) => Err(other.into()),
    }
}
