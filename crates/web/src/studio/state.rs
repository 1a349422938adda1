//! What the studio holds for each session: which tables are uncovered until when, and the changes that are collected.
//!
//! What is uncovered lies in memory alone: a restart covers everything again. What is collected is kept in the database
//! with each change of it (`bench.rs`), and called to mind from there when a session is met for the first time.

use crate::visitor::Visitor;
use medrecord_clinic::ids::SessionId;
use medrecord_clinic::time::Instant;
use medrecord_store::browse::change::{Act, Change};
use medrecord_store::browse::{Catalogue, Lens};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

/// What the studio holds.
#[derive(Debug)]
pub(crate) struct Studio {
    /// The names it answers under beside `localhost`.
    pub(super) hosts: Vec<String>,
    benches: Mutex<HashMap<SessionId, Bench>>,
    /// Held while a bench is written to the database, so that what is written last is what is true last.
    pub(super) keeping: tokio::sync::Mutex<()>,
    /// What is in the database, and until when that is believed.
    catalogue: Mutex<Option<(Catalogue, Instant)>>,
}

/// What lies on one person's bench.
#[derive(Debug, Default)]
struct Bench {
    uncovered: BTreeMap<String, Instant>,
    collected: Vec<Change>,
    /// Whether what was kept in the database is among it.
    is_recalled: bool,
    ends: Option<Instant>,
}

/// So long a schema is believed to be as it was read.
const BELIEVED_MILLIS: i64 = 5_000;

/// How long a table stays uncovered after a reason was given.
pub(super) const UNCOVERED_MINUTES: i64 = 30;

impl Studio {
    pub(crate) fn new(hosts: Vec<String>) -> Self {
        Self {
            hosts,
            benches: Mutex::default(),
            keeping: tokio::sync::Mutex::default(),
            catalogue: Mutex::default(),
        }
    }

    /// What is in the database, where that was read a moment ago.
    pub(super) fn known(&self, now: Instant) -> Option<Catalogue> {
        let known = self.catalogue.lock().unwrap_or_else(PoisonError::into_inner);
        known.as_ref().filter(|(_, until)| *until > now).map(|(catalogue, _)| catalogue.clone())
    }

    /// Keeps what is in the database for a moment: reading it takes PostgreSQL longer than reading a page of rows.
    pub(super) fn learn(&self, catalogue: Catalogue, now: Instant) -> Catalogue {
        let until = now.plus_millis(BELIEVED_MILLIS);
        *self.catalogue.lock().unwrap_or_else(PoisonError::into_inner) = Some((catalogue.clone(), until));
        catalogue
    }

    fn at_bench<T: Default>(&self, visitor: &Visitor, work: impl FnOnce(&mut Bench) -> T) -> T {
        let Some(session) = &visitor.session else { return T::default() };
        let mut benches = self.benches.lock().unwrap_or_else(PoisonError::into_inner);
        let bench = benches.entry(session.id).or_default();
        bench.ends = Some(session.expires_at);
        work(bench)
    }

    /// How many changes everybody together has collected and not saved.
    pub(crate) fn unsaved(&self) -> usize {
        let benches = self.benches.lock().unwrap_or_else(PoisonError::into_inner);
        benches.values().map(|bench| bench.collected.len()).sum()
    }

    /// Forgets the benches of sessions that are over.
    pub(super) fn tidy(&self, now: Instant) {
        let mut benches = self.benches.lock().unwrap_or_else(PoisonError::into_inner);
        benches.retain(|_, bench| bench.ends.is_some_and(|ends| ends > now));
    }

    /// What the visitor may see.
    pub(super) fn lens(&self, visitor: &Visitor, now: Instant) -> Lens {
        self.at_bench(visitor, |bench| {
            bench.uncovered.retain(|_, until| *until > now);
            Lens { uncovered: bench.uncovered.keys().cloned().collect() }
        })
    }

    /// Uncovers a table until an instant.
    pub(super) fn uncover(&self, visitor: &Visitor, table: &str, until: Instant) {
        self.at_bench(visitor, |bench| {
            bench.uncovered.insert(table.to_owned(), until);
        });
    }

    /// Covers everything again.
    pub(super) fn cover(&self, visitor: &Visitor) {
        self.at_bench(visitor, |bench| bench.uncovered.clear());
    }

    /// Whether what was kept of the visitor's session is on the bench; true for whoever has no session.
    pub(super) fn has_recalled(&self, visitor: &Visitor) -> bool {
        visitor.session.is_none() || self.at_bench(visitor, |bench| bench.is_recalled)
    }

    /// Puts on the bench what was kept, unless that was done meanwhile.
    pub(super) fn recall(&self, visitor: &Visitor, kept: Vec<Change>) {
        self.at_bench(visitor, |bench| {
            if !bench.is_recalled {
                bench.collected.splice(0..0, kept);
                bench.is_recalled = true;
            }
        });
    }

    /// The changes that are collected.
    pub(super) fn collected(&self, visitor: &Visitor) -> Vec<Change> {
        self.at_bench(visitor, |bench| bench.collected.clone())
    }

    /// Collects a change; a row that was changed before is changed once, by both.
    pub(super) fn collect(&self, visitor: &Visitor, change: Change) {
        self.at_bench(visitor, |bench| {
            let same = |known: &Change| {
                known.table == change.table && known.key == change.key && !known.key.is_empty()
            };
            let Some(place) = bench.collected.iter().position(same) else {
                bench.collected.push(change);
                return;
            };
            let Some(known) = bench.collected.get_mut(place) else { return };
            match (&mut known.act, change.act) {
                (Act::Update { before, after }, Act::Update { after: more, .. }) => {
                    after.extend(more);
                    after.retain(|name, value| before.get(name) != Some(value));
                    if after.is_empty() {
                        bench.collected.remove(place);
                    }
                }
                (_, act) => known.act = act,
            }
        });
    }

    /// Takes changes off the bench: one by its place and the row it must be of, or all.
    pub(super) fn discard(&self, visitor: &Visitor, place: Option<usize>) {
        self.at_bench(visitor, |bench| match place {
            None => bench.collected.clear(),
            Some(place) if place < bench.collected.len() => drop(bench.collected.remove(place)),
            Some(_) => {}
        });
    }
}
