//! Notes of reading on their way into the trail: written into a journal before the answer leaves, brought into the trail
//! together a moment later. Nobody's answer waits for a commit, and no event is lost with the process.
//!
//! `docs/decisions/0009-notes-of-reading-go-to-a-journal-first.md`

use super::append::{Content, Deed, chain, contents, unknown};
use super::journal::{Journal, Left};
use crate::clock::Chance;
use crate::database::Store;
use crate::error::StoreError;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

/// How long events gather before they are brought into the trail together.
const GATHER: Duration = Duration::from_millis(100);
/// How many go with one commit.
const TOGETHER: usize = 1_000;
/// How many may wait; then each reader commits their own.
const MOST: usize = 5_000;
/// How long somebody who wants to see the trail waits for it.
const PATIENCE: Duration = Duration::from_secs(1);
/// Pauses after a failure: the first and the longest.
const PAUSES: [Duration; 2] = [Duration::from_millis(100), Duration::from_secs(10)];

/// The journal of this process and what it holds.
pub(crate) struct Notes {
    gathered: Mutex<Gathered>,
    work: Notify,
    hurry: Notify,
    /// How many of the events are in the trail.
    kept: watch::Sender<u64>,
    bringer: Mutex<Option<JoinHandle<()>>>,
}

struct Gathered {
    journal: Journal,
    waiting: Vec<Content>,
    left: Vec<Left>,
    /// How many events there were so far.
    noted: u64,
    is_closed: bool,
}

/// Shows no event.
impl std::fmt::Debug for Notes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Notes")
    }
}

impl Notes {
    /// Begins a journal in a folder and finds what was left there.
    pub(crate) fn open(folder: &Path, chance: &Chance) -> Result<Self, StoreError> {
        let left = Left::find(folder);
        let noted = left.iter().map(|left| count(&left.contents)).sum();
        let gathered = Gathered {
            journal: Journal::open(folder, chance)?,
            waiting: Vec::new(),
            left,
            noted,
            is_closed: false,
        };
        Ok(Self {
            gathered: Mutex::new(gathered),
            work: Notify::new(),
            hurry: Notify::new(),
            kept: watch::Sender::new(0),
            bringer: Mutex::new(None),
        })
    }

    /// Starts bringing events into the trail, in a task of its own.
    pub(crate) fn start(self: &Arc<Self>, store: Store) {
        let task = tokio::spawn(Arc::clone(self).bring_all(store));
        *self.bringer.lock().unwrap_or_else(PoisonError::into_inner) = Some(task);
    }

    /// Writes what somebody read into the journal; `false` where the reader has to commit it themselves.
    pub(crate) fn take(&self, deed: &Deed, chance: &Chance) -> Result<bool, StoreError> {
        let contents = contents(deed, chance)?;
        let mut gathered = self.gathered();
        if gathered.is_closed || gathered.waiting.len() >= MOST {
            return Ok(false);
        }
        if let Err(error) = gathered.journal.write(&contents) {
            tracing::error!(%error, "the journal of reading cannot be written; events are committed one by one");
            return Ok(false);
        }
        gathered.noted += count(&contents);
        gathered.waiting.extend(contents);
        drop(gathered);
        self.work.notify_one();
        Ok(true)
    }

    /// Waits until what was noted so far is in the trail, for a second at most.
    pub(crate) async fn settle(&self) {
        let noted = self.gathered().noted;
        let mut kept = self.kept.subscribe();
        if *kept.borrow() >= noted {
            return;
        }
        self.hurry.notify_one();
        if timeout(PATIENCE, kept.wait_for(|kept| *kept >= noted)).await.is_err() {
            tracing::warn!("the trail is shown without the latest events of reading, which are on their way");
        }
    }

    /// Brings in what there is and ends; what could not be brought in stays in the journal for the next start.
    pub(crate) async fn close(&self) {
        self.settle().await;
        let task = self.bringer.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(task) = task else { return };
        task.abort();
        // Ended, one way or the other.
        let _ended = task.await;
        let mut gathered = self.gathered();
        gathered.is_closed = true;
        if *self.kept.borrow() >= gathered.noted {
            gathered.journal.remove();
        }
    }

    fn gathered(&self) -> MutexGuard<'_, Gathered> {
        self.gathered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn bring_all(self: Arc<Self>, store: Store) {
        let left = std::mem::take(&mut self.gathered().left);
        for left in left {
            self.bring(&store, &left.contents, true).await;
            left.remove();
        }
        loop {
            self.work.notified().await;
            tokio::select! {
                () = sleep(GATHER) => {}
                () = self.hurry.notified() => {}
            }
            while let Some(contents) = self.turn() {
                self.bring(&store, &contents, false).await;
                if let Err(error) = self.gathered().journal.empty() {
                    // They are in the trail; read again at the next start, they are known by their ids.
                    tracing::warn!(%error, "a journal of reading cannot be emptied");
                }
            }
        }
    }

    /// Takes what waits; new events go to the other half meanwhile.
    fn turn(&self) -> Option<Vec<Content>> {
        let mut gathered = self.gathered();
        if gathered.waiting.is_empty() {
            return None;
        }
        gathered.journal.turn();
        Some(std::mem::take(&mut gathered.waiting))
    }

    /// Brings events into the trail; tries until it is done. One that the trail will never take is left out, which is
    /// said loudly: it must not keep all the others waiting.
    async fn bring(&self, store: &Store, contents: &[Content], mut may_be_known: bool) {
        let [mut pause, longest] = PAUSES;
        let mut pieces: Vec<&[Content]> = contents.chunks(TOGETHER).rev().collect();
        while let Some(some) = pieces.pop() {
            match write(store, some, may_be_known).await {
                Ok(()) => {}
                Err(error) if error.is_about_a_value() && some.len() > 1 => {
                    let (first, second) = some.split_at(some.len() / 2);
                    pieces.extend([second, first]);
                    continue;
                }
                Err(error) if error.is_about_a_value() => {
                    let id = some.first().and_then(|event| event.first()?.as_deref());
                    tracing::error!(%error, id, "the trail does not take an event of reading; it is left out");
                }
                Err(error) => {
                    tracing::warn!(?error, "events of reading wait in the journal; tried again soon");
                    // A commit whose answer was lost may have been kept.
                    may_be_known = true;
                    sleep(pause).await;
                    pause = longest.min(pause * 2);
                    pieces.push(some);
                    continue;
                }
            }
            self.kept.send_modify(|kept| *kept += count(some));
        }
    }
}

async fn write(store: &Store, contents: &[Content], may_be_known: bool) -> Result<(), StoreError> {
    let mut held = store.begin().await?;
    if may_be_known {
        let new = unknown(&mut held, contents).await?;
        chain(&mut held, &new).await?;
    } else {
        chain(&mut held, contents).await?;
    }
    held.commit().await
}

fn count(contents: &[Content]) -> u64 {
    u64::try_from(contents.len()).unwrap_or(u64::MAX)
}
