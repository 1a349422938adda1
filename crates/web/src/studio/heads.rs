//! The head of a grid: columns to sort by and to choose, filters that hold and filters to add.

use super::view::View;
use medrecord_store::Refusal;
use medrecord_store::browse::{Catalogue, Column, Filter, Hop, Kind, Lens, Op, Privacy, Table};

/// The head of a column.
pub(super) struct Head {
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) comment: String,
    /// Where it is sorted by it, or otherwise.
    pub(super) href: Option<String>,
    /// `ascending` or `descending`, where it is sorted by.
    pub(super) sorted: Option<&'static str>,
    pub(super) covered: bool,
    pub(super) numeric: bool,
    pub(super) key: bool,
}

/// A column to show or not.
pub(super) struct Choice {
    pub(super) name: String,
    pub(super) shown: bool,
}

/// A filter that holds.
pub(super) struct Held {
    pub(super) words: String,
    pub(super) without: String,
}

/// Columns to filter by, under one heading.
pub(super) struct Group {
    pub(super) words: String,
    pub(super) options: Vec<(String, String)>,
}

/// The columns that a view shows, in the order of the table.
///
/// # Errors
/// [`Refusal::NotFound`] where one is not there.
pub(super) fn shown<'a>(view: &View, table: &'a Table) -> Result<Vec<&'a Column>, Refusal> {
    if view.columns.is_empty() {
        return Ok(table.columns.iter().collect());
    }
    view.columns.iter().map(|name| table.column(name)).collect()
}

/// The heads of the columns that are shown.
pub(super) fn heads(view: &View, table: &Table, columns: &[&Column], lens: &Lens) -> Vec<Head> {
    let head = |column: &&Column| {
        let covered = !lens.shows(&table.name, column.privacy);
        let by = view.look.sort.as_deref() == Some(&column.name);
        let ordered = !matches!(column.kind, Kind::Json | Kind::Other | Kind::Bytes);
        let mut other = view.at_start();
        (other.look.sort, other.look.descending) = match (by, view.look.descending) {
            (false, _) => (Some(column.name.clone()), false),
            (true, false) => (Some(column.name.clone()), true),
            (true, true) => (None, false),
        };
        Head {
            name: column.name.clone(),
            kind: if column.nullable {
                format!("{}, or empty", column.written)
            } else {
                column.written.clone()
            },
            comment: column.comment.clone(),
            href: (ordered && !covered).then(|| other.address()),
            sorted: by.then_some(if view.look.descending { "descending" } else { "ascending" }),
            covered: covered && column.privacy == Privacy::Personal,
            numeric: matches!(column.kind, Kind::Whole | Kind::Decimal(_)),
            key: table.key.contains(&column.name),
        }
    };
    columns.iter().map(head).collect()
}

/// All columns, and which of them are shown.
pub(super) fn choices(table: &Table, columns: &[&Column]) -> Vec<Choice> {
    let shown = |column: &Column| columns.iter().any(|shown| shown.name == column.name);
    table.columns.iter().map(|column| Choice { name: column.name.clone(), shown: shown(column) }).collect()
}

/// The filters that hold, each with the address without it.
pub(super) fn held(view: &View) -> Vec<Held> {
    let filters = &view.look.filters;
    let line = |(place, filter): (usize, &Filter)| {
        let mut without = view.at_start();
        without.look.filters.remove(place);
        Held { words: words(filter), without: without.address() }
    };
    filters.iter().enumerate().map(line).collect()
}

fn words(filter: &Filter) -> String {
    let hops = filter.hops.iter().map(|hop| match hop {
        Hop::Up(column) => format!("{column} → "),
        Hop::Down(table, column) => format!("{table} ({column}) ← "),
    });
    let path = hops.collect::<Vec<_>>().concat();
    let none = if filter.none { "no " } else { "" };
    let end = if filter.op.takes_value() { format!(" “{}”", filter.value) } else { String::new() };
    format!("{none}{path}{} {}{end}", filter.column, filter.op.words())
}

/// All columns to filter by: its own, those of the rows it points to, those of the rows that point to it.
pub(super) fn groups(catalogue: &Catalogue, table: &Table) -> Vec<Group> {
    let options = |table: &Table, lead: &str| {
        let open = table.columns.iter().filter(|column| !column.is_secret());
        open.map(|column| (format!("{lead}{}", column.name), column.name.clone())).collect::<Vec<_>>()
    };
    let mut groups = vec![Group { words: table.name.clone(), options: options(table, "") }];
    for link in &table.links {
        if let (Some(column), Ok(to)) = (link.columns.first(), catalogue.table(&link.table)) {
            let words = format!("{column} → {}", to.name);
            groups.push(Group { words, options: options(to, &format!("{column}.")) });
        }
    }
    for (from, link) in catalogue.incoming(table) {
        if let Some(column) = link.columns.first() {
            let lead = format!("{}-{column}.", from.name);
            groups.push(Group {
                words: format!("some of {} ({column})", from.name),
                options: options(from, &lead),
            });
            let lead = format!("!{}-{column}.", from.name);
            groups.push(Group {
                words: format!("none of {} ({column})", from.name),
                options: vec![(
                    format!("{lead}{}", from.key.first().map_or("id", String::as_str)),
                    "any row".to_owned(),
                )],
            });
        }
    }
    groups
}

/// The operators with their words.
pub(super) fn operators() -> Vec<(&'static str, &'static str)> {
    Op::ALL.iter().map(|op| (op.as_str(), op.words())).collect()
}

/// Words that columns of the table may hold, to choose from while typing.
pub(super) fn known_words(table: &Table) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for column in &table.columns {
        if let Kind::Choice(of) = &column.kind {
            words.extend(of.iter().cloned());
        }
    }
    words.sort();
    words.dedup();
    words
}
