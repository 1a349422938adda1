//! Values as a grid and a row show them: cut, covered, empty, linked, or about to become another.

use super::view::{self, View};
use medrecord_store::browse::change::{Act, Change, column_lock};
use medrecord_store::browse::{Catalogue, Cell, Column, Filter, Kind, Op, Row, Table};

/// A value in words.
pub(super) struct CellLine {
    pub(super) column: String,
    /// `empty`, `covered`, `secret`, `num` or nothing.
    pub(super) class: &'static str,
    pub(super) text: String,
    /// The whole of what is shown short.
    pub(super) title: String,
    /// The row it points to.
    pub(super) href: Option<String>,
    /// What it becomes when the collected changes are saved.
    pub(super) becomes: Option<String>,
    pub(super) editable: bool,
}

/// A row of a grid.
pub(super) struct RowLine {
    pub(super) href: String,
    /// Its key as a part of a query.
    pub(super) key: String,
    pub(super) locked: Option<&'static str>,
    /// Whether it is to be taken away.
    pub(super) leaves: bool,
    pub(super) cells: Vec<CellLine>,
}

/// A row in words.
pub(super) fn line(
    catalogue: &Catalogue,
    table: &Table,
    columns: &[&Column],
    row: &Row,
    collected: &[Change],
) -> RowLine {
    let change = collected.iter().find(|change| change.table == table.name && change.key == row.key);
    let leaves = change.is_some_and(|change| matches!(change.act, Act::Delete { .. }));
    let cells = columns.iter().zip(&row.cells).map(|(column, cell)| {
        let mut line = cell_line(catalogue, table, column, cell);
        line.editable = row.locked.is_none() && line.editable;
        if let Some(Act::Update { after, .. }) = change.map(|change| &change.act) {
            line.becomes =
                after.get(&column.name).map(|value| value.clone().unwrap_or_else(|| "empty".to_owned()));
        }
        line
    });
    RowLine {
        href: view::row(&table.name, &row.key),
        key: view::key_query(&row.key),
        locked: row.locked,
        leaves,
        cells: cells.collect(),
    }
}

/// A value in words.
pub(super) fn cell_line(catalogue: &Catalogue, table: &Table, column: &Column, cell: &Cell) -> CellLine {
    let mut line = CellLine {
        column: column.name.clone(),
        class: "",
        text: String::new(),
        title: String::new(),
        href: None,
        becomes: None,
        editable: column_lock(table, column).is_none() && *cell != Cell::Covered,
    };
    match cell {
        Cell::Empty => {
            line.class = "none";
            "empty".clone_into(&mut line.text);
        }
        Cell::Covered if column.is_secret() => {
            line.class = "covered";
            "secret".clone_into(&mut line.text);
        }
        Cell::Covered => {
            line.class = "covered";
            "••••••".clone_into(&mut line.text);
        }
        Cell::Text(text, cut) => {
            line.href = leads_to(catalogue, table, column, text);
            (line.text, line.title) = short(&column.kind, text, *cut);
            line.class = match column.kind {
                Kind::Whole | Kind::Decimal(_) => "num",
                Kind::Id | Kind::Bytes | Kind::Json => "mono",
                Kind::Text
                | Kind::Long
                | Kind::YesNo
                | Kind::Day
                | Kind::Instant
                | Kind::Choice(_)
                | Kind::Other => "",
            };
        }
    }
    line
}

/// Where a value that points to a row leads.
fn leads_to(catalogue: &Catalogue, table: &Table, column: &Column, text: &str) -> Option<String> {
    let link = table.link_of(&column.name)?;
    let to = catalogue.table(&link.table).ok()?;
    if to.key == link.to {
        return Some(view::row(&to.name, &[text.to_owned()]));
    }
    let column = link.to.first()?.clone();
    Some(View::of(&to.name, Some(is(column, text))).address())
}

/// The filter that a column has exactly this value.
pub(super) fn is(column: String, value: &str) -> Filter {
    Filter { none: false, hops: Vec::new(), column, op: Op::Is, value: value.to_owned() }
}

fn short(kind: &Kind, text: &str, cut: bool) -> (String, String) {
    if *kind == Kind::Id && text.len() == 36 {
        let (head, tail): (String, String) =
            (text.chars().take(8).collect(), text.chars().skip(32).collect());
        return (format!("{head}…{tail}"), text.to_owned());
    }
    if *kind == Kind::Instant {
        return (text.replacen('T', " ", 1).replace(".000Z", "Z"), String::new());
    }
    if cut { (format!("{text}…"), String::new()) } else { (text.to_owned(), String::new()) }
}
