//! How many records wait for a person's signature, as the navigation shows it: counted at most every few seconds, and
//! again after anything was changed here.

use medrecord_clinic::ids::ProviderId;
use medrecord_clinic::time::Instant;
use medrecord_store::{Actor, Refusal, Store, medical_records};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// So long does a count hold, for changes made by another server on the same database.
const FRESH_MILLIS: i64 = 15_000;

/// The counts of those who were here lately.
#[derive(Debug, Clone, Default)]
pub(crate) struct Waiting(Arc<Mutex<HashMap<ProviderId, (Instant, u32)>>>);

impl Waiting {
    /// How many records wait for this person.
    ///
    /// # Errors
    /// [`Refusal`] where the role sees no charts or the database fails.
    pub(crate) async fn of(&self, store: &Store, actor: &Actor, id: ProviderId) -> Result<u32, Refusal> {
        let now = store.clock().now();
        if let Some((at, count)) = self.counted(id)
            && (0..FRESH_MILLIS).contains(&(now.millis() - at.millis()))
        {
            return Ok(count);
        }
        let mut desk = store.read_desk(actor.clone()).await?;
        let count = medical_records::count_unsigned(&mut desk, id).await?;
        drop(desk);
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id, (now, count));
        Ok(count)
    }

    /// Forgets every count, as after a change.
    pub(crate) fn forget(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn counted(&self, id: ProviderId) -> Option<(Instant, u32)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&id).copied()
    }
}
