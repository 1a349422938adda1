//! Keeps how the practice uses the kinds of visit: their lengths, their order, and which are offered.

use crate::audit::{Event, Verb};
use crate::column::{At, Word};
use crate::database::on;
use crate::desk::Desk;
use crate::error::Refusal;
use medrecord_clinic::access::Action;
use medrecord_clinic::appointment::AppointmentType;
use medrecord_clinic::visit_type::{VisitType, VisitTypes};
use serde_json::json;

#[derive(sqlx::FromRow)]
struct TypeRow {
    kind: Word<AppointmentType>,
    minutes: i16,
    is_offered: bool,
    version: i32,
}

const LIST: &str = "SELECT kind, minutes, is_offered, version FROM visit_types ORDER BY position";
const INSERT: &str = "INSERT INTO visit_types (kind, minutes, position, is_offered, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $5)
    ON CONFLICT (kind) DO NOTHING";
const UPDATE: &str =
    "UPDATE visit_types SET minutes = $2, position = $3, is_offered = $4, updated_at = $5, version = version + 1
    WHERE kind = $1 AND version = $6";

/// The kinds of visit as the practice uses them. That is no secret: nothing is required and nothing noted.
///
/// # Errors
/// [`Refusal::Store`] where the database fails.
pub async fn get(desk: &mut Desk) -> Result<VisitTypes, Refusal> {
    let rows: Vec<TypeRow> = on!(desk, conn => sqlx::query_as(LIST).fetch_all(conn).await)?;
    let version = rows.iter().map(|row| row.version).max().unwrap_or(0);
    let each = |row: TypeRow| VisitType {
        kind: row.kind.0,
        minutes: i32::from(row.minutes),
        is_offered: row.is_offered,
    };
    Ok(VisitTypes::of(rows.into_iter().map(each).collect(), version))
}

/// Saves all kinds in their order; `seen` is the version that the person edited, 0 the first time. Returns the new one.
/// Visits that are booked keep their lengths.
///
/// # Errors
/// [`Refusal::Stale`] where somebody else saved them meanwhile, [`Refusal::NotAllowed`].
pub async fn save(desk: &mut Desk, seen: i32, types: &[VisitType]) -> Result<i32, Refusal> {
    desk.require(Action::WriteSettings)?;
    let now = At(desk.now());
    let sql = if seen == 0 { INSERT } else { UPDATE };
    for (position, each) in types.iter().enumerate() {
        let position = i16::try_from(position).unwrap_or(i16::MAX);
        let minutes = i16::try_from(each.minutes).unwrap_or(i16::MAX);
        let changed = on!(desk, conn => {
            let query = sqlx::query(sql)
                .bind(Word(each.kind))
                .bind(minutes)
                .bind(position)
                .bind(each.is_offered)
                .bind(now);
            let query = if seen == 0 { query } else { query.bind(seen) };
            query.execute(conn).await.map(|done| done.rows_affected())
        })?;
        if changed != 1 {
            let current = get(desk).await?.version;
            return Err(Refusal::Stale { what: "kinds of visit", seen, current });
        }
    }
    desk.record(Event::new(Verb::Update, "visit_type").with(json!({ "count": types.len() })));
    Ok(seen + 1)
}
