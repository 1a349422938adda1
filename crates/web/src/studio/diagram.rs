//! The tables and their links as a drawing, made from what is in the database at this moment.
//!
//! A table stands one place to the right of the tables it points to; within a place, tables stand beside those they
//! are linked with, which keeps lines short. The same facts stand in each table's own page, as text.

use super::seat::Seat;
use crate::error::Fault;
use crate::page::page;
use crate::shell::Shell;
use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use medrecord_store::browse::{Catalogue, Kind, Table};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Template)]
#[template(path = "studio/diagram.html")]
struct DiagramPage {
    shell: Shell,
    whole: bool,
    drawing: Drawing,
}

/// A drawing, in its own units.
struct Drawing {
    width: i32,
    height: i32,
    boxes: Vec<TableBox>,
    lines: Vec<Line>,
}

struct TableBox {
    name: String,
    x: i32,
    y: i32,
    width: i32,
    height: i32,
    columns: Vec<ColumnLine>,
    /// How many columns are left out.
    more: usize,
    comment: String,
}

struct ColumnLine {
    name: String,
    kind: &'static str,
    y: i32,
    key: bool,
}

/// A link as a curve, and what it says.
struct Line {
    path: String,
    end_x: i32,
    end_y: i32,
    words: String,
}

/// How much is drawn.
#[derive(Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    all: String,
}

/// Draws the schema.
pub(super) async fn show(seat: Seat, Query(wish): Query<Wish>) -> Result<Response, Fault> {
    let whole = !wish.all.is_empty();
    let shown = DiagramPage { shell: seat.visitor.shell(), whole, drawing: draw(&seat.catalogue, whole) };
    seat.desk.close().await?;
    page(&shown)
}

const BOX: i32 = 208;
const LINE: i32 = 18;
const HEAD: i32 = 26;
const GAP_X: i32 = 96;
const GAP_Y: i32 = 22;
const MARGIN: i32 = 16;

fn draw(catalogue: &Catalogue, whole: bool) -> Drawing {
    let ranks = ranks(catalogue);
    let mut places: BTreeMap<usize, Vec<&Table>> = BTreeMap::new();
    for table in catalogue.tables.iter().filter(|table| !table.name.starts_with('_')) {
        places.entry(ranks.get(table.name.as_str()).copied().unwrap_or(0)).or_default().push(table);
    }
    let mut boxes: Vec<TableBox> = Vec::new();
    let mut x = MARGIN;
    for tables in places.values_mut() {
        // Beside the middle of what it points to, so that lines cross little.
        let middle = |table: &Table| {
            let ends: Vec<i32> = table
                .links
                .iter()
                .filter_map(|link| boxes.iter().find(|known| known.name == link.table))
                .map(|known| known.y + known.height / 2)
                .collect();
            if ends.is_empty() {
                i32::MAX
            } else {
                ends.iter().sum::<i32>() / i32::try_from(ends.len()).unwrap_or(1)
            }
        };
        let alone = |table: &Table| table.links.is_empty() && catalogue.incoming(table).next().is_none();
        tables.sort_by_key(|table| (alone(table), middle(table), table.name.clone()));
        let mut y = MARGIN;
        let mut column: Vec<TableBox> = Vec::new();
        for table in tables.iter() {
            let drawn = table_box(table, (x, y), whole);
            y += drawn.height + GAP_Y;
            column.push(drawn);
        }
        boxes.extend(column);
        x += BOX + GAP_X;
    }
    let height = boxes.iter().map(|drawn| drawn.y + drawn.height).max().unwrap_or(0) + MARGIN;
    let lines = lines(catalogue, &boxes);
    Drawing { width: x - GAP_X + MARGIN, height, boxes, lines }
}

/// How far to the right each table stands: one further than the furthest it points to.
fn ranks(catalogue: &Catalogue) -> BTreeMap<&str, usize> {
    let mut ranks: BTreeMap<&str, usize> =
        catalogue.tables.iter().map(|table| (table.name.as_str(), 0)).collect();
    // As many rounds as there are tables are enough where links run in no circle; where they do, it ends as well.
    for _ in 0..catalogue.tables.len() {
        let mut moved = false;
        for table in &catalogue.tables {
            let pointed = table.links.iter().filter(|link| link.table != table.name);
            let least =
                pointed.filter_map(|link| ranks.get(link.table.as_str())).max().map_or(0, |rank| rank + 1);
            let limit = catalogue.tables.len();
            if let Some(rank) =
                ranks.get_mut(table.name.as_str()).filter(|rank| **rank < least && least < limit)
            {
                (*rank, moved) = (least, true);
            }
        }
        if !moved {
            break;
        }
    }
    ranks
}

fn table_box(table: &Table, (x, y): (i32, i32), whole: bool) -> TableBox {
    let telling = |name: &str| table.key.iter().any(|key| key == name) || table.link_of(name).is_some();
    let shown: Vec<_> = table.columns.iter().filter(|column| whole || telling(&column.name)).collect();
    let more = table.columns.len() - shown.len();
    let lines = shown.iter().zip(1..).map(|(column, place): (_, i32)| ColumnLine {
        name: column.name.clone(),
        kind: if matches!(column.kind, Kind::Choice(_)) { "choice" } else { column.kind.words() },
        y: y + HEAD + place * LINE - 4,
        key: table.key.contains(&column.name),
    });
    let columns: Vec<ColumnLine> = lines.collect();
    let count = i32::try_from(columns.len()).unwrap_or(0) + i32::from(more > 0);
    TableBox {
        name: table.name.clone(),
        x,
        y,
        width: BOX,
        height: HEAD + count * LINE + 6,
        columns,
        more,
        comment: table.comment.clone(),
    }
}

fn lines(catalogue: &Catalogue, boxes: &[TableBox]) -> Vec<Line> {
    let mut lines = Vec::new();
    for from in boxes {
        let Ok(table) = catalogue.table(&from.name) else { continue };
        for link in &table.links {
            let Some(to) = boxes.iter().find(|drawn| drawn.name == link.table) else { continue };
            let at = from.columns.iter().find(|column| link.columns.first() == Some(&column.name));
            let (start_y, end_y) = (at.map_or(from.y + HEAD / 2, |column| column.y - 4), to.y + HEAD / 2);
            let (start_x, end_x) = (from.x, to.x + to.width);
            let bend = if to.name == from.name { GAP_X } else { GAP_X / 2 };
            let path = format!(
                "M{start_x} {start_y} C{} {start_y} {} {end_y} {end_x} {end_y}",
                start_x - bend,
                end_x + bend
            );
            let words = format!("{}.{} points to {}", from.name, link.columns.join(", "), to.name);
            lines.push(Line { path, end_x, end_y, words });
        }
    }
    lines
}
