//! How many records wait for a signature; `appointments::unsigned` lists them.

use crate::column::Key;
use crate::database::on;
use crate::desk::Desk;
use crate::error::Refusal;
use medrecord_clinic::access::Action;
use medrecord_clinic::ids::ProviderId;

/// The comparison with TRUE lets both databases use the index of drafts.
const COUNT: &str =
    "SELECT COUNT(*) FROM medical_records AS r JOIN appointments AS a ON a.id = r.appointment_id
    WHERE r.is_draft = TRUE AND a.provider_id = $1";

/// How many drafts of a provider's visits wait. A number says nothing about a patient, so nothing is noted.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn count_unsigned(desk: &mut Desk, provider: ProviderId) -> Result<i64, Refusal> {
    desk.require(Action::ReadChart)?;
    let (count,): (i64,) =
        on!(desk, conn => sqlx::query_as(COUNT).bind(Key::of(provider)).fetch_one(conn).await)?;
    Ok(count)
}
