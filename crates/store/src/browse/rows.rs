//! Rows of a table: a page of them by key, one of them whole, how many there are, and those that fit a few letters.

use super::catalogue::{Catalogue, Column, Kind, Table};
use super::filter::{Filter, Op};
use super::privacy::Lens;
use super::seek::Seek;
use super::sql::{Sql, Texts};
use super::{guard, limit, value};
use crate::audit::{Event, Verb};
use crate::desk::Desk;
use crate::error::Refusal;
use medrecord_clinic::access::Action;
use serde_json::json;
use std::time::Duration;
use uuid::Uuid;

/// Which rows, and in which order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Look {
    /// Conditions, all of which must hold.
    pub filters: Vec<Filter>,
    /// The column to sort by; by key where none is named.
    pub sort: Option<String>,
    /// Whether the last comes first.
    pub descending: bool,
    /// Where the page begins; at the start where nowhere is named.
    pub cursor: Option<Cursor>,
}

/// The row beside which a page lies. Only its key is named, so that no personal value stands in an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The row's key.
    pub key: Vec<String>,
    /// Whether the page ends before the row, and does not begin after it.
    pub backward: bool,
}

/// A page of rows.
#[derive(Debug, Clone)]
pub struct Page {
    /// The rows; their cells stand in the order of the columns that were asked for.
    pub rows: Vec<Row>,
    /// Whether there are rows before.
    pub earlier: bool,
    /// Whether there are rows after.
    pub later: bool,
}

/// A row.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its key.
    pub key: Vec<String>,
    /// Its values.
    pub cells: Vec<Cell>,
    /// Why it cannot be changed, if it cannot.
    pub locked: Option<&'static str>,
}

/// A value as it may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Nothing is in it.
    Empty,
    /// Something is in it that is covered.
    Covered,
    /// The value; the second says whether it was cut.
    Text(String, bool),
}

impl Cell {
    /// The value, where it is shown.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text, _) => Some(text),
            Self::Empty | Self::Covered => None,
        }
    }
}

/// How many rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// Counted.
    Exactly(i64),
    /// Not counted in time; what the database estimates.
    About(i64),
    /// Not counted in time.
    Many,
}

/// How long a page may take.
const PAGE_LIMIT: Duration = Duration::from_secs(10);
/// How long counting may take.
const COUNT_LIMIT: Duration = Duration::from_secs(2);
/// How many signs of a long text a page shows.
const SHOWN_SIGNS: usize = 120;

/// Reads a page of rows, long texts cut.
///
/// # Errors
/// [`Refusal::NotAllowed`], [`Refusal::NotFound`] for names that are not in the catalogue, [`Refusal::Invalid`] for
/// values of a wrong type, [`Refusal::Rule`] for a covered column or where it takes too long.
pub async fn page(
    desk: &mut Desk,
    seen: (&Catalogue, &Lens),
    table: &Table,
    columns: &[&Column],
    (look, size): (&Look, usize),
) -> Result<Page, Refusal> {
    let page = read(desk, seen, table, columns, (look, size, Some(SHOWN_SIGNS))).await?;
    note(desk, table, seen.1, Verb::Search, &page.rows);
    Ok(page)
}

/// Reads a page of rows to take away, nothing cut.
///
/// # Errors
/// As [`page`].
pub async fn whole_page(
    desk: &mut Desk,
    seen: (&Catalogue, &Lens),
    table: &Table,
    columns: &[&Column],
    (look, size): (&Look, usize),
) -> Result<Page, Refusal> {
    let page = read(desk, seen, table, columns, (look, size, None)).await?;
    note(desk, table, seen.1, Verb::Export, &page.rows);
    Ok(page)
}

async fn read(
    desk: &mut Desk,
    (catalogue, lens): (&Catalogue, &Lens),
    table: &Table,
    columns: &[&Column],
    (look, size, cut): (&Look, usize, Option<usize>),
) -> Result<Page, Refusal> {
    desk.require(Action::BrowseDatabase)?;
    let seek = Seek::prepare(desk, (catalogue, lens), table, look).await?;
    let head = heading((catalogue, lens), table, columns, cut);
    let mut found = Vec::new();
    for stage in seek.stages() {
        let mut sql = head.clone();
        sql.push(" WHERE TRUE");
        for filter in &look.filters {
            sql.push(" AND ");
            filter.put(&mut sql, catalogue, table, lens)?;
        }
        seek.put(&mut sql, stage);
        sql.push(&format!(" LIMIT {}", size + 1 - found.len()));
        let part = limit::fetch(desk, &sql, PAGE_LIMIT).await;
        found.extend(part.map_err(|error| limit::refusal(error, PAGE_LIMIT))?);
        if found.len() > size {
            break;
        }
    }
    let more = found.len() > size;
    found.truncate(size);
    if seek.backward {
        found.reverse();
    }
    let rows = found.into_iter().map(|texts| shown((table, lens), columns, texts, cut)).collect();
    let (earlier, later) = if seek.backward { (more, true) } else { (look.cursor.is_some(), more) };
    Ok(Page { rows, earlier, later })
}

/// Notes in the trail what was looked at; where covered columns were seen, each row by itself.
fn note(desk: &mut Desk, table: &Table, lens: &Lens, verb: Verb, rows: &[Row]) {
    let uncovered = lens.uncovered.contains(&table.name);
    let seen = json!({ "studio": true, "rows": rows.len(), "uncovered": uncovered });
    desk.record(Event::new(verb, entity(table)).with(seen));
    for id in rows.iter().filter(|_| uncovered).filter_map(|row| id_of(table, &row.key)) {
        desk.record(seeing(if verb == Verb::Export { verb } else { Verb::Read }, table, id));
    }
}

/// An event about a row; a row of the table of patients is also the patient it concerns.
pub(super) fn seeing(verb: Verb, table: &Table, id: Uuid) -> Event {
    let event = Event::new(verb, entity(table)).about(id).with(json!({ "studio": true }));
    if table.name == "patients" { event.of_patient(id.into()) } else { event }
}

/// The name of one row of a table, as the trail has it.
pub(super) fn entity(table: &Table) -> String {
    let name = &table.name;
    let one = match name.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None if name.ends_with("signs") => name.clone(),
        None => name.strip_suffix('s').unwrap_or(name).to_owned(),
    };
    one.chars().take(40).collect()
}

/// The id that the trail knows a row by, where its key is one.
pub(super) fn id_of(table: &Table, key: &[String]) -> Option<Uuid> {
    match (table.key.as_slice(), key) {
        ([_], [id]) => Uuid::try_parse(id).ok(),
        _ => None,
    }
}

/// `SELECT` of these columns, then the key, then whether the row is signed; covered values never leave the database.
fn heading(
    (catalogue, lens): (&Catalogue, &Lens),
    table: &Table,
    columns: &[&Column],
    cut: Option<usize>,
) -> Sql {
    let mut sql = Sql::new(catalogue);
    sql.push("SELECT ");
    for column in columns {
        if lens.shows(&table.name, column.privacy) {
            match cut.filter(|_| column.kind.is_text()) {
                Some(signs) => {
                    sql.push("substr(").reading("a", column).push(&format!(", 1, {}), ", signs + 1));
                }
                None => {
                    sql.reading("a", column).push(", ");
                }
            }
        } else {
            sql.push("CASE WHEN ").column("a", column).push(" IS NOT NULL THEN '' END, ");
        }
    }
    for column in table.key_columns() {
        sql.reading("a", column).push(", ");
    }
    let signed = guard::signed(&table.name).unwrap_or("1 = 0");
    sql.push("CASE WHEN ").push(signed).push(" THEN 'signed' END FROM ").table(table).push(" a");
    sql
}

fn shown((table, lens): (&Table, &Lens), columns: &[&Column], mut texts: Texts, cut: Option<usize>) -> Row {
    let signed = texts.pop().flatten().is_some();
    let key =
        texts.split_off(columns.len().min(texts.len())).into_iter().map(Option::unwrap_or_default).collect();
    let cells = texts.into_iter().zip(columns).map(|(text, column)| match text {
        None => Cell::Empty,
        Some(_) if !lens.shows(&table.name, column.privacy) => Cell::Covered,
        Some(text) => match cut.filter(|signs| text.chars().count() > *signs) {
            Some(signs) => Cell::Text(text.chars().take(signs).collect(), true),
            None => Cell::Text(text, false),
        },
    });
    let locked = guard::table_lock(&table.name).or(signed.then_some(guard::SIGNED));
    Row { key, cells: cells.collect(), locked }
}

/// Reads one row, all of it.
///
/// # Errors
/// [`Refusal::NotAllowed`], [`Refusal::NotFound`].
pub async fn row(
    desk: &mut Desk,
    (catalogue, lens): (&Catalogue, &Lens),
    table: &Table,
    key: &[String],
) -> Result<Row, Refusal> {
    desk.require(Action::BrowseDatabase)?;
    let columns: Vec<&Column> = table.columns.iter().collect();
    let mut sql = heading((catalogue, lens), table, &columns, None);
    sql.push(" WHERE ");
    put_key(&mut sql, table, key)?;
    let found = sql.fetch(desk).await?.pop().ok_or(Refusal::NotFound("row"))?;
    let row = shown((table, lens), &columns, found, None);
    match id_of(table, &row.key) {
        Some(id) => desk.record(seeing(Verb::Read, table, id)),
        None => {
            desk.record(
                Event::new(Verb::Read, entity(table)).with(json!({ "studio": true, "key": row.key })),
            );
        }
    }
    Ok(row)
}

/// Appends that a row (called `a`) has this key.
pub(super) fn put_key(sql: &mut Sql, table: &Table, key: &[String]) -> Result<(), Refusal> {
    if key.len() != table.key.len() || key.is_empty() {
        return Err(Refusal::NotFound("row"));
    }
    for (at, (column, value)) in table.key_columns().zip(key).enumerate() {
        let value = value::canonical(column, value).map_err(|_| Refusal::NotFound("row"))?;
        sql.push(if at == 0 { "" } else { " AND " })
            .column("a", column)
            .push(" = ")
            .value(column, Some(&value));
    }
    Ok(())
}

/// Counts the rows that meet the conditions; gives up after two seconds.
///
/// # Errors
/// As [`page`].
pub async fn count(
    desk: &mut Desk,
    (catalogue, lens): (&Catalogue, &Lens),
    table: &Table,
    filters: &[Filter],
) -> Result<Count, Refusal> {
    desk.require(Action::BrowseDatabase)?;
    let mut sql = Sql::new(catalogue);
    sql.push("SELECT CAST(count(*) AS text) FROM ").table(table).push(" a WHERE TRUE");
    for filter in filters {
        sql.push(" AND ");
        filter.put(&mut sql, catalogue, table, lens)?;
    }
    match limit::fetch(desk, &sql, COUNT_LIMIT).await {
        Ok(rows) => {
            let number = rows.first().and_then(|row| row.first()?.as_deref()?.parse().ok());
            Ok(number.map_or(Count::Many, Count::Exactly))
        }
        Err(error) if limit::is_over(&error) => {
            Ok(table.estimate.filter(|_| filters.is_empty()).map_or(Count::Many, Count::About))
        }
        Err(error) => Err(error.into()),
    }
}

/// How many rows a search for a related row offers.
const OFFERED: usize = 20;

/// Finds rows to point to by a few letters of what they are known by, or by the start of their id.
///
/// # Errors
/// As [`page`].
pub async fn search(
    desk: &mut Desk,
    (catalogue, lens): (&Catalogue, &Lens),
    table: &Table,
    words: &str,
) -> Result<Vec<Row>, Refusal> {
    desk.require(Action::BrowseDatabase)?;
    let columns = table.label_columns();
    let open: Vec<&Column> =
        columns.iter().copied().filter(|column| lens.shows(&table.name, column.privacy)).collect();
    let mut sql = heading((catalogue, lens), table, &columns, Some(SHOWN_SIGNS));
    sql.push(" WHERE TRUE");
    for word in words.split_whitespace() {
        sql.push(" AND (1 = 0");
        for column in open.iter().copied().chain(table.key_columns()) {
            let filter = Filter {
                none: false,
                hops: Vec::new(),
                column: column.name.clone(),
                op: if column.kind == Kind::Id { Op::Starts } else { Op::Contains },
                value: word.to_owned(),
            };
            sql.push(" OR ");
            filter.put(&mut sql, catalogue, table, lens)?;
        }
        sql.push(")");
    }
    sql.push(&format!(" LIMIT {OFFERED}"));
    let found =
        limit::fetch(desk, &sql, COUNT_LIMIT).await.map_err(|error| limit::refusal(error, COUNT_LIMIT))?;
    let rows: Vec<Row> =
        found.into_iter().map(|texts| shown((table, lens), &columns, texts, Some(SHOWN_SIGNS))).collect();
    note(desk, table, lens, Verb::Search, &rows);
    Ok(rows)
}
