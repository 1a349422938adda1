//! The merges that were made, newest first.

use super::Merge;
use crate::audit::{Event, Verb};
use crate::column::{At, Key};
use crate::database::on;
use crate::desk::Desk;
use crate::error::Refusal;
use crate::patients;
use medrecord_clinic::access::Action;
use medrecord_clinic::ids::{MergeId, PatientId};
use medrecord_clinic::time::Instant;
use serde_json::json;

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT m.id, m.kept_patient_id, m.merged_patient_id, m.reason, m.merged_at, m.undone_at,
        p.first_name, p.last_name, u.first_name AS undone_first, u.last_name AS undone_last
    FROM patient_merges AS m
    JOIN providers AS p ON p.id = m.merged_by
    LEFT JOIN providers AS u ON u.id = m.undone_by
    ",
            $rest
        )
    };
}

const LIST: &str = select!("ORDER BY m.merged_at DESC, m.id DESC LIMIT $1");
const BEHIND: &str = select!(
    "WHERE m.merged_at <= $2 AND (m.merged_at < $2 OR m.id < $3) ORDER BY m.merged_at DESC, m.id DESC LIMIT $1"
);
const ONE: &str = select!("WHERE m.id = $1");

#[derive(sqlx::FromRow)]
struct Row {
    id: Key,
    kept_patient_id: Key,
    merged_patient_id: Key,
    reason: String,
    merged_at: At,
    undone_at: Option<At>,
    first_name: String,
    last_name: String,
    undone_first: Option<String>,
    undone_last: Option<String>,
}

/// The newest merges, those taken back among them.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn list(desk: &mut Desk, limit: i64) -> Result<Vec<Merge>, Refusal> {
    page(desk, None, limit).await
}

/// The same behind a merge, the last of the page before.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn page(
    desk: &mut Desk,
    before: Option<(Instant, MergeId)>,
    limit: i64,
) -> Result<Vec<Merge>, Refusal> {
    desk.require(Action::WritePatients)?;
    let rows: Vec<Row> = match before {
        None => on!(desk, conn => sqlx::query_as(LIST).bind(limit).fetch_all(conn).await)?,
        Some((at, id)) => on!(desk, conn => {
            sqlx::query_as(BEHIND).bind(limit).bind(At(at)).bind(Key::of(id)).fetch_all(conn).await
        })?,
    };
    with_people(desk, rows).await
}

/// The merge, which must be there.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::NotAllowed`].
pub async fn get(desk: &mut Desk, id: MergeId) -> Result<Merge, Refusal> {
    desk.require(Action::WritePatients)?;
    let rows: Vec<Row> = on!(desk, conn => sqlx::query_as(ONE).bind(Key::of(id)).fetch_all(conn).await)?;
    with_people(desk, rows).await?.pop().ok_or(Refusal::NotFound("merge"))
}

async fn with_people(desk: &mut Desk, rows: Vec<Row>) -> Result<Vec<Merge>, Refusal> {
    let ids: Vec<PatientId> =
        rows.iter().flat_map(|row| [row.kept_patient_id.id(), row.merged_patient_id.id()]).collect();
    let people = patients::many(desk, &ids).await?;
    let shown: Vec<String> = ids.iter().map(ToString::to_string).collect();
    desk.record(Event::new(Verb::Search, "patient_merge").with(json!({ "shown": shown })));
    let who = |key: Key| people.iter().find(|patient| patient.id == key.id()).cloned();
    let merge = |row: Row| {
        let undone_by =
            format!("{} {}", row.undone_first.unwrap_or_default(), row.undone_last.unwrap_or_default());
        Some(Merge {
            id: row.id.id(),
            kept: who(row.kept_patient_id)?,
            given_up: who(row.merged_patient_id)?,
            reason: row.reason,
            by: format!("{} {}", row.first_name, row.last_name),
            at: row.merged_at.0,
            undone: row.undone_at.map(|at| (undone_by, at.0)),
        })
    };
    Ok(rows.into_iter().filter_map(merge).collect())
}
