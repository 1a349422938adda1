//! Saves collected changes: all of them in one transaction with their audit events, or none.

use super::catalogue::{Catalogue, Table};
use super::change::{Act, Change, Values, alone, snapshot, statement};
use super::patient::patient_of;
use super::sql::Sql;
use super::{copy, guard, rows};
use crate::audit::{Event, Verb};
use crate::desk::Desk;
use crate::error::{Refusal, StoreError};
use medrecord_clinic::access::Action;
use medrecord_clinic::ids::PatientId;
use serde_json::json;
use sqlx::error::ErrorKind;
use uuid::Uuid;

/// Why nothing was saved: which change was refused, counted from 0, and why.
#[derive(Debug, thiserror::Error)]
#[error("change {at} was refused")]
pub struct SaveError {
    /// The place of the change in the list.
    pub at: usize,
    /// Why.
    #[source]
    pub why: Refusal,
}

/// Saves changes in their order; returns the id under which they can be taken back together.
///
/// # Errors
/// [`SaveError`] with the first change that was refused; then drop the desk, and nothing is kept.
pub async fn save(desk: &mut Desk, catalogue: &Catalogue, changes: &[Change]) -> Result<Uuid, SaveError> {
    let set = desk.require(Action::BrowseDatabase).and_then(|()| Ok(desk.fresh_id::<Uuid>()?));
    let set = set.map_err(|why| SaveError { at: 0, why })?;
    for (at, change) in changes.iter().enumerate() {
        apply(desk, catalogue, change, (set, at)).await.map_err(|why| SaveError { at, why })?;
    }
    Ok(set)
}

async fn apply(
    desk: &mut Desk,
    catalogue: &Catalogue,
    change: &Change,
    place: (Uuid, usize),
) -> Result<(), Refusal> {
    let table = catalogue.table(&change.table)?;
    if let Some(reason) = guard::table_lock(&table.name) {
        return Err(Refusal::Rule(reason.to_owned()));
    }
    let before = match &change.act {
        Act::Update { before, .. } | Act::Delete { before } => {
            let (current, signed) = snapshot(desk, catalogue, table, &change.key, true).await?;
            if signed {
                return Err(Refusal::Signed);
            }
            if current != *before {
                let version =
                    |row: &Values| row.get("version").and_then(|v| v.as_deref()?.parse().ok()).unwrap_or(0);
                return Err(Refusal::Stale {
                    what: "row",
                    seen: version(before),
                    current: version(&current),
                });
            }
            if matches!(change.act, Act::Delete { .. }) {
                alone(desk, (catalogue, table), &current).await?;
            }
            Some(current)
        }
        Act::Insert { .. } => None,
    };
    let patient_before = match before {
        Some(_) => patient_of(desk, catalogue, table, &change.key).await?,
        None => None,
    };
    let sql = dated(desk, catalogue, table, change)?;
    let changed = sql.execute(desk).await.map_err(|error| explained(error, table))?;
    if changed != 1 {
        return Err(Refusal::NotFound("row"));
    }
    let after = match &change.act {
        Act::Delete { .. } => None,
        Act::Update { .. } | Act::Insert { .. } => {
            Some(snapshot(desk, catalogue, table, &change.key, false).await?.0)
        }
    };
    let patient = match patient_before {
        None => patient_of(desk, catalogue, table, &change.key).await?,
        found => found,
    };
    keep(desk, catalogue, change, place, (before, after, patient)).await
}

/// The statement with the desk's instant in it.
fn dated(desk: &Desk, catalogue: &Catalogue, table: &Table, change: &Change) -> Result<Sql, Refusal> {
    let mut change = change.clone();
    if let (Act::Update { after, .. }, Ok(_)) = (&mut change.act, table.column("updated_at")) {
        after.insert("updated_at".to_owned(), Some(desk.now().to_string()));
    }
    statement(catalogue, table, &change)
}

/// Keeps both sides of a changed row, and an audit event that names the columns and no value.
async fn keep(
    desk: &mut Desk,
    catalogue: &Catalogue,
    change: &Change,
    (set, at): (Uuid, usize),
    (before, after, patient): (Option<Values>, Option<Values>, Option<PatientId>),
) -> Result<(), Refusal> {
    let table = catalogue.table(&change.table)?;
    let id: Uuid = desk.fresh_id()?;
    let row = rows::id_of(table, &change.key);
    let text = |value: &serde_json::Value| Some(value.to_string());
    let kept: Values = [
        ("id", Some(id.to_string())),
        ("change_set", Some(set.to_string())),
        ("position", Some(at.to_string())),
        ("table_name", Some(table.name.clone())),
        ("row_key", text(&json!(change.key))),
        ("row_id", row.map(|row| row.to_string())),
        ("act", Some(change.act.word().to_owned())),
        ("values_before", before.as_ref().map(|values| json!(values).to_string())),
        ("values_after", after.as_ref().map(|values| json!(values).to_string())),
        ("undoes", change.undoes.map(|undone| undone.to_string())),
        ("saved_by", desk.actor().id.map(|id| id.to_string())),
        ("saved_by_name", Some(desk.actor().name.clone())),
        ("saved_at", Some(desk.now().to_string())),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    let kept_in = catalogue.table("studio_changes")?;
    let told: Result<Vec<_>, Refusal> =
        kept.iter().map(|(name, value)| Ok((kept_in.column(name)?, value.as_deref()))).collect();
    copy::insert(catalogue, kept_in, &told?).execute(desk).await?;
    let (verb, columns) = match &change.act {
        Act::Update { after, .. } => (Verb::Update, after.keys().cloned().collect()),
        Act::Insert { .. } => (Verb::Create, Vec::new()),
        Act::Delete { .. } => (Verb::Delete, Vec::new()),
    };
    let detail =
        json!({ "studio": true, "change": id, "set": set, "columns": columns, "undoes": change.undoes });
    let mut event = Event::new(verb, rows::entity(table)).with(detail);
    if let Some(row) = row {
        event = event.about(row);
    }
    if let Some(patient) = patient {
        event = event.of_patient(patient);
    }
    desk.record(event);
    Ok(())
}

/// The database's refusal in words; never a value of the row.
fn explained(error: StoreError, table: &Table) -> Refusal {
    let StoreError::Driver(sqlx::Error::Database(cause)) = &error else { return error.into() };
    let said = cause.message();
    if said.contains("_signed") {
        return Refusal::Signed;
    }
    let rule =
        cause.constraint().map(str::to_owned).or_else(|| Some(said.split_once("failed: ")?.1.to_owned()));
    let rule = rule.map(|rule| format!(" ({rule})")).unwrap_or_default();
    // Class 22 of PostgreSQL's codes: the value does not fit the type; a trigger's own refusal names its rule.
    let plain = |code: &str| code.starts_with("22") || code == "23P01" || code == "1811";
    let why = if cause.is_unique_violation() {
        format!("another row has this value already{rule}")
    } else if cause.is_foreign_key_violation() {
        format!("it points to a row that is not there, or another row still points to it{rule}")
    } else if matches!(cause.kind(), ErrorKind::NotNullViolation) {
        format!("a column that needs a value is empty{rule}")
    } else if cause.is_check_violation() {
        format!("a rule of the table forbids it{rule}")
    } else if cause.code().is_some_and(|code| plain(&code)) {
        said.to_owned()
    } else {
        return error.into();
    };
    Refusal::Rule(format!("{} refused it: {why}. Nothing was saved.", table.name))
}
