//! The audit trail, for those who may read it.

use super::answer;
use super::asked::{Asked, page_in_time};
use super::operation::{CURSOR, FIELDS, LIMIT, Operation};
use crate::desk::LookingUp;
use crate::error::Fault;
use axum::response::Response;
use medrecord_store::audit::{self, EventFilter};

pub(super) const OPERATIONS: [Operation; 1] =
    [Operation::get("/api/v1/audit-events", "Lists who did what when, newest first.")
        .asks(&[
            ("patient", "Only what concerns this patient."),
            ("actor", "Only what this person did."),
            LIMIT,
            CURSOR,
            FIELDS,
        ])
        .list("AuditEvent")];

/// Who did what when, newest first.
pub(crate) async fn list(asked: Asked, LookingUp(mut desk): LookingUp) -> Result<Response, Fault> {
    asked.only(&["patient", "actor", "limit", "cursor", "fields"])?;
    let view = asked.view("AuditEvent", &[])?;
    let limit = asked.limit()?;
    let before = asked.cursor_in_time()?;
    let filter = EventFilter {
        patient: asked.read("patient", "an id")?,
        actor: asked.read("actor", "an id")?,
        before: before.map(|(at, _)| at),
        before_id: before.map(|(_, id)| id),
        limit: i64::from(limit) + 1,
    };
    let mut events = audit::list(&mut desk, &filter).await?;
    desk.close().await?;
    let next = page_in_time(&mut events, limit, |last| (last.at, last.id));
    Ok(answer::list(answer::values(&events)?, next.as_deref(), &view))
}
