//! What was saved before: the changes made here, with both sides of each row, and what the audit trail says of a row.

use super::catalogue::{Catalogue, Table};
use super::change::{Act, Change, Values, snapshot};
use super::rows::id_of;
use super::sql::Sql;
use crate::desk::Desk;
use crate::error::Refusal;
use medrecord_clinic::access::Action;
use uuid::Uuid;

/// A change that was saved here.
#[derive(Debug, Clone)]
pub struct Saved {
    /// Its id.
    pub id: Uuid,
    /// What it was saved together with.
    pub set: Uuid,
    /// The table.
    pub table: String,
    /// The row's key.
    pub key: Vec<String>,
    /// `insert`, `update` or `delete`.
    pub act: String,
    /// The row before.
    pub before: Option<Values>,
    /// The row after.
    pub after: Option<Values>,
    /// The change that it took back.
    pub undoes: Option<String>,
    /// Who saved it.
    pub by: String,
    /// When.
    pub at: String,
}

impl Saved {
    /// The columns whose values became others, with both values; what the program counts by itself is left out.
    pub fn differences(&self) -> Vec<(&str, Option<&str>, Option<&str>)> {
        let (Some(before), Some(after)) = (&self.before, &self.after) else { return Vec::new() };
        let both = after
            .iter()
            .map(|(name, new)| (name.as_str(), before.get(name).and_then(Option::as_deref), new.as_deref()));
        both.filter(|(name, old, new)| old != new && !COUNTED.contains(name)).collect()
    }
}

/// What goes forward with each write, whatever is taken back.
const COUNTED: [&str; 2] = ["updated_at", "version"];

const SAVED: &str =
    "SELECT CAST(id AS text), CAST(change_set AS text), table_name, CAST(row_key AS text), CAST(act AS text),
        CAST(values_before AS text), CAST(values_after AS text), CAST(undoes AS text), saved_by_name, ";

fn head(catalogue: &Catalogue) -> Result<Sql, Refusal> {
    let kept = catalogue.table("studio_changes")?;
    let mut sql = Sql::new(catalogue);
    sql.push(SAVED).reading("a", kept.column("saved_at")?).push(" FROM studio_changes a WHERE ");
    Ok(sql)
}

async fn read(desk: &mut Desk, sql: &Sql) -> Result<Vec<Saved>, Refusal> {
    Ok(sql.fetch(desk).await?.into_iter().filter_map(saved).collect())
}

fn saved(texts: Vec<Option<String>>) -> Option<Saved> {
    let mut texts = texts.into_iter();
    let mut next = || texts.next().flatten();
    let values = |text: Option<String>| text.and_then(|text| serde_json::from_str(&text).ok());
    Some(Saved {
        id: next()?.parse().ok()?,
        set: next()?.parse().ok()?,
        table: next()?,
        key: serde_json::from_str(&next()?).ok()?,
        act: next()?,
        before: values(next()),
        after: values(next()),
        undoes: next(),
        by: next()?,
        at: next()?,
    })
}

/// The changes that were saved together, in their order.
///
/// # Errors
/// [`Refusal::NotAllowed`]; [`Refusal::NotFound`] where there are none.
pub async fn saved_set(desk: &mut Desk, catalogue: &Catalogue, set: Uuid) -> Result<Vec<Saved>, Refusal> {
    desk.require(Action::BrowseDatabase)?;
    let mut sql = head(catalogue)?;
    let column = catalogue.table("studio_changes")?.column("change_set")?;
    sql.push("change_set = ").value(column, Some(&set.to_string())).push(" ORDER BY position");
    let found = read(desk, &sql).await?;
    if found.is_empty() { Err(Refusal::NotFound("change")) } else { Ok(found) }
}

/// The last changes that were saved, newest first.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn latest(desk: &mut Desk, catalogue: &Catalogue) -> Result<Vec<Saved>, Refusal> {
    desk.require(Action::BrowseDatabase)?;
    let mut sql = head(catalogue)?;
    sql.push("1 = 1 ORDER BY saved_at DESC, change_set DESC, position LIMIT 100");
    read(desk, &sql).await
}

/// The changes of one row that were saved here, newest first.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn of_row(
    desk: &mut Desk,
    catalogue: &Catalogue,
    table: &Table,
    key: &[String],
) -> Result<Vec<Saved>, Refusal> {
    desk.require(Action::BrowseDatabase)?;
    let Some(id) = id_of(table, key) else { return Ok(Vec::new()) };
    let mut sql = head(catalogue)?;
    let column = catalogue.table("studio_changes")?.column("row_id")?;
    sql.push("row_id = ").value(column, Some(&id.to_string())).push(" AND table_name = ").text(&table.name);
    sql.push(" ORDER BY saved_at DESC, position DESC LIMIT 50");
    read(desk, &sql).await
}

/// Something that the trail says of a row.
#[derive(Debug, Clone)]
pub struct Trace {
    /// When.
    pub at: String,
    /// Who.
    pub who: String,
    /// What was done.
    pub action: String,
    /// By which door.
    pub via: String,
    /// How it ended.
    pub outcome: String,
}

/// What the audit trail says of a row, newest first.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn traces(
    desk: &mut Desk,
    catalogue: &Catalogue,
    table: &Table,
    key: &[String],
) -> Result<Vec<Trace>, Refusal> {
    desk.require(Action::ReadAudit)?;
    let Some(id) = id_of(table, key) else { return Ok(Vec::new()) };
    let trail = catalogue.table("audit_events")?;
    let mut sql = Sql::new(catalogue);
    sql.push("SELECT ").reading("a", trail.column("at")?);
    sql.push(", actor_name, action, CAST(via AS text), CAST(outcome AS text) FROM audit_events a WHERE entity_id = ");
    sql.value(trail.column("entity_id")?, Some(&id.to_string())).push(" ORDER BY at DESC, id DESC LIMIT 50");
    let rows = sql.fetch(desk).await?;
    let trace = |texts: Vec<Option<String>>| {
        let mut texts = texts.into_iter();
        let mut next = || texts.next().flatten();
        Some(Trace { at: next()?, who: next()?, action: next()?, via: next()?, outcome: next()? })
    };
    Ok(rows.into_iter().filter_map(trace).collect())
}

/// Drafts what takes a saved set back, the last change first.
///
/// # Errors
/// [`Refusal::NotFound`]; [`Refusal::Rule`] where a row was written since.
pub async fn undo(desk: &mut Desk, catalogue: &Catalogue, set: Uuid) -> Result<Vec<Change>, Refusal> {
    let mut changes = Vec::new();
    for saved in saved_set(desk, catalogue, set).await?.into_iter().rev() {
        let table = catalogue.table(&saved.table)?;
        if let Some(after) = &saved.after {
            let now = snapshot(desk, catalogue, table, &saved.key, false).await.map(|(row, _)| row);
            if now.as_ref().ok() != Some(after) {
                let words = format!(
                    "A row of {} was written since, so this is not taken back as a whole.",
                    table.name
                );
                return Err(Refusal::Rule(words));
            }
        }
        changes.push(reversed(saved));
    }
    Ok(changes)
}

fn reversed(saved: Saved) -> Change {
    let after =
        saved.differences().into_iter().map(|(name, old, _)| (name.to_owned(), old.map(str::to_owned)));
    let after: Values = after.collect();
    let act = match (saved.before, saved.after) {
        (Some(_), Some(before)) => Act::Update { before, after },
        (None, before) => Act::Delete { before: before.unwrap_or_default() },
        (Some(values), None) => Act::Insert { values },
    };
    Change { table: saved.table, key: saved.key, act, undoes: Some(saved.id) }
}
