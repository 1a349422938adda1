//! Rows to take along: those that were picked, or the whole page, as JSON, CSV or SQL; or picked rows to be deleted or
//! given a value.

use super::bench;
use super::seat::Seat;
use super::view::{self, View};
use super::{fill, heads};
use crate::error::Fault;
use crate::page::see_other_saying;
use axum::extract::{Path, RawForm};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use medrecord_store::Refusal;
use medrecord_store::browse::{self, Kind, change, copy};

/// Does with the picked rows what the pressed button says.
pub(super) async fn picked(
    mut seat: Seat,
    Path(name): Path<String>,
    RawForm(form): RawForm,
) -> Result<Response, Fault> {
    let pairs = view::pairs(&String::from_utf8_lossy(&form));
    let value =
        |name: &str| pairs.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
    let picked: Vec<Vec<String>> =
        pairs.iter().filter(|(key, _)| key == "pick").map(|(_, key)| view::key_of(key)).collect();
    let view = View::read(&name, value("view"))?;
    let table = seat.catalogue.table(&name)?;
    if value("do") == "delete" {
        let mut drafted = Vec::new();
        for key in &picked {
            drafted.push(change::draft_delete(&mut seat.desk, (&seat.catalogue, table), key, None).await?);
        }
        seat.desk.close().await?;
        bench::collect(&seat.app, &seat.studio, &seat.visitor, drafted).await?;
        let words = format!(
            "{} rows are collected to be deleted. Read them over before they are saved.",
            picked.len()
        );
        return Ok(see_other_saying("/changes", "ok", &words));
    }
    if value("do") == "set" {
        let column = table.column(value("set"))?.clone();
        let to = value("to");
        let is_text = matches!(column.kind, Kind::Text | Kind::Long);
        let is_empty = value("none") == "1" || to.trim().is_empty() && !is_text;
        let typed = (!is_empty).then(|| to.to_owned());
        return fill::rows(seat, &name, &column, &picked, typed).await;
    }
    let columns = heads::shown(&view, table)?;
    let seen = (&seat.catalogue, &seat.lens);
    let page = browse::whole_page(&mut seat.desk, seen, table, &columns, (&view.look, view.size)).await?;
    let mut rows = page.rows;
    rows.retain(|row| picked.is_empty() || picked.contains(&row.key));
    let text = match value("do") {
        "json" => copy::json(&columns, &rows),
        "csv" => copy::csv(&columns, &rows),
        "sql" => copy::sql(&seat.catalogue, table, &columns, &rows),
        _ => return Err(Refusal::NotFound("form to copy in").into()),
    };
    seat.desk.close().await?;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response())
}
