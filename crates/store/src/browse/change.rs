//! Changes that are collected, read over as SQL, and then saved together or not at all.
//!
//! A change holds the row as it was when it was drafted. Saving locks the row, compares it with that, and refuses where
//! anybody wrote it meanwhile. What was saved keeps both sides of each row, so that it can be taken back: [`super::history::undo`].

use super::catalogue::{Catalogue, Column, Table};
use super::derived::derived;
use super::sql::Sql;
use super::{copy, guard, rows, value};
use crate::desk::Desk;
use crate::error::Refusal;
use crate::hex;
use medrecord_clinic::access::Action;
use medrecord_clinic::field::Problems;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The values of a row, or some of them, by column.
pub type Values = BTreeMap<String, Option<String>>;

/// A change of one row that is not saved yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The table.
    pub table: String,
    /// The row's key; empty for a new row whose key the database makes.
    pub key: Vec<String>,
    /// What is done.
    pub act: Act,
    /// The saved change that this one takes back.
    pub(super) undoes: Option<Uuid>,
}

/// What is done to a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Some of its values become others.
    Update {
        /// The row as it was.
        before: Values,
        /// The values that become others.
        after: Values,
    },
    /// It is added.
    Insert {
        /// Its values, as far as they are named.
        values: Values,
    },
    /// It is taken away.
    Delete {
        /// The row as it was.
        before: Values,
    },
}

impl Act {
    /// What is done, in a word.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Update { .. } => "update",
            Self::Insert { .. } => "insert",
            Self::Delete { .. } => "delete",
        }
    }
}

/// The columns whose values the studio reads and writes; secrets are neither.
pub(super) fn plain_columns(table: &Table) -> Vec<&Column> {
    table.columns.iter().filter(|column| !column.is_secret()).collect()
}

/// Reads a row whole, for comparing; `lock` keeps others from writing it until the desk is closed.
pub(super) async fn snapshot(
    desk: &mut Desk,
    catalogue: &Catalogue,
    table: &Table,
    key: &[String],
    lock: bool,
) -> Result<(Values, bool), Refusal> {
    let mut sql = Sql::new(catalogue);
    sql.push("SELECT ");
    let columns = plain_columns(table);
    for column in &columns {
        sql.reading("a", column).push(", ");
    }
    let signed = guard::signed(&table.name).unwrap_or("1 = 0");
    sql.push("CASE WHEN ").push(signed).push(" THEN 'signed' END FROM ").table(table).push(" a WHERE ");
    rows::put_key(&mut sql, table, key)?;
    if lock && catalogue.is_postgres() {
        sql.push(" FOR UPDATE OF a");
    }
    let mut texts = sql.fetch(desk).await?.pop().ok_or(Refusal::NotFound("row"))?;
    let signed = texts.pop().flatten().is_some();
    Ok((columns.iter().map(|column| column.name.clone()).zip(texts).collect(), signed))
}

/// A short fingerprint of a row, by which a form knows the row it was filled from.
pub fn fingerprint(values: &Values) -> String {
    let parts: Vec<String> = values.iter().map(|(name, value)| format!("{name}={value:?}")).collect();
    hex::digest(&parts.join(";")).chars().take(16).collect()
}

/// The fingerprint of a row as it is now.
///
/// # Errors
/// [`Refusal::NotAllowed`], [`Refusal::NotFound`].
pub async fn fingerprint_of(
    desk: &mut Desk,
    catalogue: &Catalogue,
    table: &Table,
    key: &[String],
) -> Result<String, Refusal> {
    desk.require(Action::BrowseDatabase)?;
    Ok(fingerprint(&snapshot(desk, catalogue, table, key, false).await?.0))
}

/// Why a column is not written on a row that is there already.
pub fn column_lock(table: &Table, column: &Column) -> Option<&'static str> {
    if column.is_secret() {
        return Some("Secrets are neither shown nor written here.");
    }
    if column.generated {
        return Some("The database computes it.");
    }
    guard::column_lock(&table.name, &column.name)
        .or_else(|| table.key.contains(&column.name).then_some("The key of a row stays what it is."))
}

/// Drafts new values for a row; `seen` is the fingerprint that the form was filled from, `typed` what was typed.
///
/// # Errors
/// [`Refusal::Stale`] where the row is no longer the one that was shown, [`Refusal::Signed`], [`Refusal::Rule`] where
/// it is not written here, [`Refusal::Invalid`] with the problems of each column.
pub async fn draft_update(
    desk: &mut Desk,
    (catalogue, table): (&Catalogue, &Table),
    key: &[String],
    seen: &str,
    typed: &Values,
) -> Result<Option<Change>, Refusal> {
    desk.require(Action::BrowseDatabase)?;
    let before = open_row(desk, (catalogue, table), key).await?;
    if fingerprint(&before) != seen {
        return Err(stale(&before));
    }
    let mut problems = Problems::none();
    let mut after = Values::new();
    for (name, typed) in typed {
        let column = table.column(name)?;
        let value = read(column, typed.as_deref(), &mut problems);
        if before.get(name) == Some(&value) {
            continue;
        }
        match column_lock(table, column) {
            Some(reason) => problems.add(name, "locked", format!("{name}: {reason}")),
            None => drop(after.insert(name.clone(), value)),
        }
    }
    if !problems.0.is_empty() {
        return Err(problems.into());
    }
    let act = Act::Update { before, after };
    let changes = !matches!(&act, Act::Update { after, .. } if after.is_empty());
    Ok(changes.then(|| Change { table: table.name.clone(), key: key.to_vec(), act, undoes: None }))
}

fn stale(row: &Values) -> Refusal {
    let version = row.get("version").and_then(|version| version.as_deref()?.parse().ok()).unwrap_or(0);
    Refusal::Stale { what: "row", seen: version, current: version }
}

/// A row that may be written.
async fn open_row(
    desk: &mut Desk,
    (catalogue, table): (&Catalogue, &Table),
    key: &[String],
) -> Result<Values, Refusal> {
    if let Some(reason) = guard::table_lock(&table.name) {
        return Err(Refusal::Rule(reason.to_owned()));
    }
    let (row, signed) = snapshot(desk, catalogue, table, key, false).await?;
    if signed { Err(Refusal::Signed) } else { Ok(row) }
}

fn read(column: &Column, typed: Option<&str>, problems: &mut Problems) -> Option<String> {
    let Some(typed) = typed else {
        if !column.nullable {
            problems.add(&column.name, "required", format!("{} must not be empty.", column.name));
        }
        return None;
    };
    match value::canonical(column, typed) {
        Ok(value) => Some(value),
        Err(words) => {
            problems.add(&column.name, "value", words);
            None
        }
    }
}

/// Drafts a new row; columns that are not named get what the database gives them.
///
/// # Errors
/// [`Refusal::Rule`] where rows are not added here, [`Refusal::Invalid`] with the problems of each column.
pub fn draft_insert(desk: &mut Desk, table: &Table, typed: &Values) -> Result<Change, Refusal> {
    desk.require(Action::BrowseDatabase)?;
    if let Some(reason) = guard::table_lock(&table.name).or_else(|| guard::rows_lock(&table.name)) {
        return Err(Refusal::Rule(reason.to_owned()));
    }
    let mut problems = Problems::none();
    let mut values = Values::new();
    for column in &table.columns {
        let name = &column.name;
        let by_program = matches!(name.as_str(), "created_at" | "updated_at");
        match typed.get(name) {
            _ if by_program => drop(values.insert(name.clone(), Some(desk.now().to_string()))),
            Some(typed) if guard::column_lock(&table.name, name).is_none() => {
                let value = read(column, typed.as_deref(), &mut problems);
                values.insert(name.clone(), value);
            }
            _ if name == "id" && table.key.contains(name) => {
                values.insert(name.clone(), Some(desk.fresh_id::<Uuid>()?.to_string()));
            }
            Some(_) | None => {}
        }
    }
    values.extend(derived(&table.name, &values));
    for column in table.columns.iter().filter(|column| !column.nullable && column.default.is_none()) {
        if !values.contains_key(&column.name) && !column.generated {
            problems.add(&column.name, "required", format!("{} must not be empty.", column.name));
        }
    }
    if !problems.0.is_empty() {
        return Err(problems.into());
    }
    let key: Option<Vec<String>> = table.key.iter().map(|name| values.get(name).cloned().flatten()).collect();
    Ok(Change {
        table: table.name.clone(),
        key: key.unwrap_or_default(),
        act: Act::Insert { values },
        undoes: None,
    })
}

/// Drafts that a row is taken away; one that others point to stays, for nothing of a patient vanishes unseen.
///
/// # Errors
/// [`Refusal::Stale`], [`Refusal::Signed`], [`Refusal::Rule`] with the rows that point to it.
pub async fn draft_delete(
    desk: &mut Desk,
    (catalogue, table): (&Catalogue, &Table),
    key: &[String],
    seen: Option<&str>,
) -> Result<Change, Refusal> {
    desk.require(Action::BrowseDatabase)?;
    if let Some(reason) = guard::rows_lock(&table.name) {
        return Err(Refusal::Rule(reason.to_owned()));
    }
    let before = open_row(desk, (catalogue, table), key).await?;
    if seen.is_some_and(|seen| seen != fingerprint(&before)) {
        return Err(stale(&before));
    }
    alone(desk, (catalogue, table), &before).await?;
    Ok(Change { table: table.name.clone(), key: key.to_vec(), act: Act::Delete { before }, undoes: None })
}

/// Refuses where any row points to this one.
pub(super) async fn alone(
    desk: &mut Desk,
    (catalogue, table): (&Catalogue, &Table),
    row: &Values,
) -> Result<(), Refusal> {
    let mut pointing = Vec::new();
    for (from, link) in catalogue.incoming(table) {
        let (Some(column), Some(to)) = (link.columns.first(), link.to.first()) else { continue };
        let column = from.column(column)?;
        let mut sql = Sql::new(catalogue);
        sql.push("SELECT CAST(count(*) AS text) FROM ")
            .table(from)
            .push(" a WHERE ")
            .column("a", column)
            .push(" = ");
        sql.value(column, row.get(to).and_then(Option::as_deref));
        let counted = sql.fetch(desk).await?.pop().and_then(|mut texts| texts.pop().flatten());
        if let Some(count) = counted.filter(|count| count != "0") {
            pointing.push(format!("{count} of {}", from.name));
        }
    }
    if pointing.is_empty() {
        return Ok(());
    }
    let words = format!(
        "Other rows point to this one ({}), so it stays. Take those away first.",
        pointing.join(", ")
    );
    Err(Refusal::Rule(words))
}

/// The statement that a change is, for a person to read.
///
/// # Errors
/// [`Refusal::NotFound`] where its table is gone.
pub fn written(catalogue: &Catalogue, change: &Change) -> Result<String, Refusal> {
    let table = catalogue.table(&change.table)?;
    Ok(statement(catalogue, table, change)?.written() + ";")
}

/// The statement that a change is. The instant of writing is the database's own when a person reads it.
pub(super) fn statement(catalogue: &Catalogue, table: &Table, change: &Change) -> Result<Sql, Refusal> {
    let mut sql = Sql::new(catalogue);
    match &change.act {
        Act::Insert { values } => {
            let told: Vec<(&Column, Option<&str>)> = values
                .iter()
                .filter_map(|(name, value)| Some((table.column(name).ok()?, value.as_deref())))
                .collect();
            return Ok(copy::insert(catalogue, table, &told));
        }
        Act::Update { before, after } => {
            sql.push("UPDATE ").table(table).push(" AS a SET ");
            let mut whole = before.clone();
            whole.extend(after.clone());
            let followers =
                derived(&table.name, &whole).into_iter().filter(|(name, v)| before.get(name) != Some(v));
            let sets: Values = after.clone().into_iter().chain(followers).collect();
            for (at, (name, value)) in sets.iter().enumerate() {
                let column = table.column(name)?;
                sql.push(if at == 0 { "" } else { ", " }).column("", column).push(" = ");
                sql.value(column, value.as_deref());
            }
            if table.column("version").is_ok() {
                sql.push(", \"version\" = a.\"version\" + 1");
            }
        }
        Act::Delete { .. } => {
            sql.push("DELETE FROM ").table(table).push(" AS a");
        }
    }
    sql.push(" WHERE ");
    rows::put_key(&mut sql, table, &change.key)?;
    if let (Act::Update { before, .. } | Act::Delete { before }, Ok(column)) =
        (&change.act, table.column("version"))
    {
        sql.push(" AND ").column("a", column).push(" = ");
        sql.value(column, before.get("version").and_then(Option::as_deref));
    }
    Ok(sql)
}
