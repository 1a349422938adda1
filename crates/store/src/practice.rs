//! Keeps the practice itself: one row with its name, address, zone and hours.

use crate::audit::{Event, Verb};
use crate::column::At;
use crate::database::on;
use crate::desk::Desk;
use crate::error::{Refusal, StoreError};
use medrecord_clinic::access::Action;
use medrecord_clinic::contact::Phone;
use medrecord_clinic::practice::{Practice, PracticeDetails};
use medrecord_clinic::time::Zone;

#[derive(sqlx::FromRow)]
struct PracticeRow {
    name: String,
    address: Option<String>,
    phone: Option<String>,
    time_zone: String,
    opens_at: i16,
    closes_at: i16,
    version: i32,
}

const FIND: &str =
    "SELECT name, address, phone, time_zone, opens_at, closes_at, version FROM practice WHERE id = 1";
const INSERT: &str =
    "INSERT INTO practice (id, name, address, phone, time_zone, opens_at, closes_at, created_at, updated_at)
    VALUES (1, $1, $2, $3, $4, $5, $6, $7, $7)
    ON CONFLICT (id) DO NOTHING";
const UPDATE: &str =
    "UPDATE practice SET name = $1, address = $2, phone = $3, time_zone = $4, opens_at = $5, closes_at = $6,
        updated_at = $7, version = version + 1
    WHERE id = 1 AND version = $8";

/// The practice; where nobody has set it up, an unnamed one in a zone of the caller's, with version 0.
///
/// What stands on the door is no secret: nothing is required and nothing noted.
///
/// # Errors
/// [`StoreError::Inconsistent`] where the zone's name means nothing.
pub async fn get(desk: &mut Desk, zone: Zone) -> Result<Practice, Refusal> {
    let row: Option<PracticeRow> = on!(desk, conn => sqlx::query_as(FIND).fetch_optional(conn).await)?;
    let Some(row) = row else { return Ok(Practice::unnamed(zone)) };
    let wrong = |_| StoreError::Inconsistent { table: "practice", column: "time_zone", id: "1".to_owned() };
    Ok(Practice {
        time_zone: row.time_zone.parse().map_err(wrong)?,
        name: row.name,
        address: row.address,
        phone: row.phone,
        opens_at: i32::from(row.opens_at),
        closes_at: i32::from(row.closes_at),
        version: row.version,
    })
}

/// Sets the practice up; `seen` is the version that the person edited, 0 the first time. Returns the new version.
///
/// # Errors
/// [`Refusal::Stale`] where somebody else changed it meanwhile, [`Refusal::NotAllowed`].
pub async fn save(desk: &mut Desk, seen: i32, details: &PracticeDetails) -> Result<i32, Refusal> {
    desk.require(Action::WriteSettings)?;
    let d = details;
    let now = At(desk.now());
    let minute = |minutes| i16::try_from(minutes).unwrap_or(i16::MAX);
    let sql = if seen == 0 { INSERT } else { UPDATE };
    let changed = on!(desk, conn => {
        let query = sqlx::query(sql)
            .bind(&d.name)
            .bind(&d.address)
            .bind(d.phone.as_ref().map(Phone::as_str))
            .bind(d.time_zone.name())
            .bind(minute(d.opens_at))
            .bind(minute(d.closes_at))
            .bind(now);
        let query = if seen == 0 { query } else { query.bind(seen) };
        query.execute(conn).await.map(|done| done.rows_affected())
    })?;
    if changed != 1 {
        let current = get(desk, d.time_zone).await?.version;
        return Err(Refusal::Stale { what: "practice", seen, current });
    }
    desk.record(Event::new(Verb::Update, "practice"));
    Ok(seen + 1)
}
