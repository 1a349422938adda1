//! Notes of reading on SQLite, committed together: while one request writes its events, those of all that come meanwhile
//! gather and go with the next commit. Nobody's answer leaves before its own events are committed.

use super::append::{Deed, append_sqlite};
use crate::database::{Held, Store};
use crate::error::StoreError;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::oneshot;

/// The desks that wait for their notes to be committed.
#[derive(Clone, Default)]
pub(crate) struct Notes(Arc<Mutex<Waiting>>);

#[derive(Default)]
struct Waiting {
    /// Whether somebody is writing; whoever is will take those who wait along.
    led: bool,
    deeds: Vec<(Deed, oneshot::Sender<Result<(), Deed>>)>,
}

/// Shows no event.
impl std::fmt::Debug for Notes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Notes")
    }
}

impl Notes {
    /// Commits what somebody read, with whatever others read meanwhile.
    pub(crate) async fn keep(&self, store: &Store, deed: Deed) -> Result<(), StoreError> {
        let (tell, told) = oneshot::channel();
        let is_led = {
            let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            waiting.deeds.push((deed, tell));
            std::mem::replace(&mut waiting.led, true)
        };
        if !is_led {
            // A task of its own: a request that is given up must not leave the others waiting.
            tokio::spawn(self.clone().lead(store.clone()));
        }
        match told.await {
            Ok(Ok(())) => Ok(()),
            // What failed for all is tried for each, so that each hears its own reason.
            Ok(Err(deed)) => write(store, &[deed]).await,
            Err(_gone) => Err(StoreError::Machine(std::io::Error::other("the program is ending"))),
        }
    }

    async fn lead(self, store: Store) {
        while self.somebody_waits() {
            let begun = store.begin_light().await;
            let (deeds, told): (Vec<Deed>, Vec<_>) = self.take().into_iter().unzip();
            let done = match begun {
                Ok(held) => finish(held, &deeds, &store).await,
                Err(error) => Err(error),
            };
            for (deed, tell) in deeds.into_iter().zip(told) {
                // Whoever has gone need not be told.
                let _gone = tell.send(if done.is_ok() { Ok(()) } else { Err(deed) });
            }
        }
    }

    fn take(&self) -> Vec<(Deed, oneshot::Sender<Result<(), Deed>>)> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner).deeds)
    }

    /// Whether there is more to do; if not, the next one leads.
    fn somebody_waits(&self) -> bool {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.led = !waiting.deeds.is_empty();
        waiting.led
    }
}

async fn write(store: &Store, deeds: &[Deed]) -> Result<(), StoreError> {
    let held = store.begin_light().await?;
    finish(held, deeds, store).await
}

async fn finish(held: Held, deeds: &[Deed], store: &Store) -> Result<(), StoreError> {
    if let Held::SqliteWrite(mut transaction) = held {
        append_sqlite(&mut transaction, deeds, store.chance()).await?;
        transaction.commit().await?;
    }
    Ok(())
}
