//! Why a record was signed in spite of a warning: written just before the signature, and locked by it.

use super::must_load;
use crate::audit::Verb;
use crate::column::{At, Key};
use crate::database::on;
use crate::desk::Desk;
use crate::error::{Refusal, StoreError};
use medrecord_clinic::access::Action;
use medrecord_clinic::field::{self, SHORT};
use medrecord_clinic::ids::RecordId;
use medrecord_clinic::time::Instant;
use serde::Serialize;
use uuid::Uuid;

/// A warning that is overridden.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOverride {
    /// What kind of warning, such as `interaction` or `allergy`.
    pub kind: &'static str,
    /// The warning as it was read.
    pub warning: String,
    /// Where it came from, with the date of the list.
    pub source: String,
    /// Why it is prescribed all the same.
    pub reason: String,
}

/// A warning that was overridden.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Override {
    /// What kind of warning.
    pub kind: String,
    /// The warning as it was read.
    pub warning: String,
    /// Where it came from.
    pub source: String,
    /// Why it was prescribed all the same.
    pub reason: String,
    /// Who said so.
    pub given_by: String,
    /// When.
    pub created_at: Instant,
}

#[derive(sqlx::FromRow)]
struct OverrideRow {
    kind: String,
    warning: String,
    source: String,
    reason: String,
    first_name: String,
    last_name: String,
    created_at: At,
}

const INSERT: &str =
    "INSERT INTO prescribing_overrides (id, medical_record_id, kind, warning, source, reason, given_by, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const LIST: &str = "SELECT o.kind, o.warning, o.source, o.reason, p.first_name, p.last_name, o.created_at
    FROM prescribing_overrides AS o JOIN providers AS p ON p.id = o.given_by
    WHERE o.medical_record_id = $1
    ORDER BY o.created_at, o.id";

/// Keeps why a draft is about to be signed in spite of warnings; the signature follows at the same desk.
///
/// # Errors
/// [`Refusal::Invalid`] on `reason` where one says nothing, [`Refusal::Signed`], [`Refusal::NotFound`],
/// [`Refusal::NotAllowed`].
pub async fn override_warnings(
    desk: &mut Desk,
    record: RecordId,
    given: &[NewOverride],
) -> Result<(), Refusal> {
    desk.require(Action::SignRecord)?;
    let given_by = Key::of(desk.provider()?);
    let loaded = must_load(desk, record).await?;
    let now = At(desk.now());
    for each in given {
        let reason = field::required("reason", "why it is prescribed all the same", &each.reason, SHORT)?;
        let id: Uuid = desk.fresh_id()?;
        let warning: String = each.warning.chars().take(1000).collect();
        let source: String = each.source.chars().take(SHORT).collect();
        let done = on!(desk, conn => {
            sqlx::query(INSERT)
                .bind(Key(id))
                .bind(Key::of(record))
                .bind(each.kind)
                .bind(&warning)
                .bind(&source)
                .bind(&reason)
                .bind(given_by)
                .bind(now)
                .execute(conn)
                .await
                .map(|_| ())
        });
        done.map_err(StoreError::from).map_err(|error| {
            if error.violates("prescribing_overrides_signed") { Refusal::Signed } else { error.into() }
        })?;
        desk.did(Verb::Create, "prescribing_override", id, loaded.patient);
    }
    Ok(())
}

/// In spite of what a record was signed, oldest first. The look at the record itself is noted by whoever loads it.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn overrides(desk: &mut Desk, record: RecordId) -> Result<Vec<Override>, Refusal> {
    desk.require(Action::ReadChart)?;
    let rows: Vec<OverrideRow> =
        on!(desk, conn => sqlx::query_as(LIST).bind(Key::of(record)).fetch_all(conn).await)?;
    let of = |row: OverrideRow| Override {
        kind: row.kind,
        warning: row.warning,
        source: row.source,
        reason: row.reason,
        given_by: format!("{} {}", row.first_name, row.last_name),
        created_at: row.created_at.0,
    };
    Ok(rows.into_iter().map(of).collect())
}
