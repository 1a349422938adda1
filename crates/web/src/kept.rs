//! Forms that came while their session was locked, kept in memory until the password is typed again.
//!
//! In memory alone, at most one a session: what was typed reaches no disk before a person asks for it, and a server that
//! is restarted has forgotten it.

use crate::outage::Sent;
use medrecord_clinic::ids::SessionId;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The most forms that are kept; of more, the one of the oldest session is forgotten.
const MOST: usize = 200;

/// Forms by the session that sent them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Kept(Arc<Mutex<BTreeMap<SessionId, Sent>>>);

impl Kept {
    /// Keeps a form in place of any that the session sent before.
    pub(crate) fn keep(&self, session: SessionId, sent: Sent) {
        let mut forms = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        forms.insert(session, sent);
        if forms.len() > MOST {
            forms.pop_first();
        }
    }

    /// Hands the form out, once.
    pub(crate) fn take(&self, session: SessionId) -> Option<Sent> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&session)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use medrecord_clinic::time::Instant;

    #[test]
    fn a_form_is_handed_out_once_and_only_so_many_are_kept() {
        let kept = Kept::default();
        let id = |n: u8| SessionId::at(Instant::from_millis(1000 + i64::from(n)), [n; 10]);
        for n in 0..=200 {
            kept.keep(id(n), Sent { path: format!("/{n}"), fields: Vec::new() });
        }
        assert!(kept.take(id(0)).is_none(), "the oldest made room");
        assert_eq!(kept.take(id(200)).map(|sent| sent.path).as_deref(), Some("/200"));
        assert!(kept.take(id(200)).is_none());
    }
}
