//! One request, one desk: an open transaction, who acts, the time, and the audit events so far.

use crate::audit::{self, Deed, Event};
use crate::database::{Conn, Held, Store};
use crate::error::{Refusal, StoreError};
use crate::meters::Timer;
use medrecord_clinic::access::{Action, may};
use medrecord_clinic::ids::{ProviderId, uuid_at};
use medrecord_clinic::provider::Role;
use medrecord_clinic::time::Instant;
use uuid::Uuid;

/// By which way somebody came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Via {
    /// A page in a browser.
    Page,
    /// The JSON interface.
    Api,
    /// A command on the machine itself.
    Command,
    /// The server's own background work.
    System,
}

impl Via {
    /// The word in the audit trail.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Api => "api",
            Self::Command => "command",
            Self::System => "system",
        }
    }
}

impl std::str::FromStr for Via {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Page, Self::Api, Self::Command, Self::System]
            .into_iter()
            .find(|via| via.as_str() == text)
            .ok_or(())
    }
}

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The provider, where somebody is signed in.
    pub id: Option<ProviderId>,
    /// The name to write into the audit trail, so that it stays readable after the account is gone.
    pub name: String,
    /// The role; `None` may do nothing that needs a permission.
    pub role: Option<Role>,
    /// By which way.
    pub via: Via,
    /// From which network address.
    pub address: Option<String>,
}

/// The longest name that the trail takes; a first and a last name together may be longer.
const LONGEST_NAME: usize = 255;

impl Actor {
    /// Somebody who signed in; the end of a name that is too long for the trail is left out.
    pub fn provider(id: ProviderId, name: impl Into<String>, role: Role, via: Via) -> Self {
        let name = name.into().chars().take(LONGEST_NAME).collect();
        Self { id: Some(id), name, role: Some(role), via, address: None }
    }

    /// Whoever runs a command on the machine, or the server itself; may do everything.
    pub fn machine(name: &str, via: Via) -> Self {
        Self { id: None, name: name.to_owned(), role: Some(Role::Admin), via, address: None }
    }

    /// Somebody who has not signed in.
    pub fn nobody(via: Via) -> Self {
        Self { id: None, name: String::new(), role: None, via, address: None }
    }

    /// The role's word in the audit trail; `nobody` before signing in.
    pub(crate) fn role_word(&self) -> &'static str {
        self.role.map_or("nobody", |role| role.as_str())
    }

    /// The same, from a network address.
    #[must_use]
    pub fn from_address(mut self, address: Option<String>) -> Self {
        self.address = address;
        self
    }
}

/// One open piece of work: every use case of this crate takes one.
///
/// Dropping it undoes all; only [`Desk::close`] keeps what was done, together with its audit events.
pub struct Desk {
    store: Store,
    held: Held,
    actor: Actor,
    now: Instant,
    events: Vec<Event>,
}

impl Desk {
    pub(crate) fn new(store: Store, held: Held, actor: Actor) -> Self {
        let now = store.clock().now();
        Self { store, held, actor, now, events: Vec::new() }
    }

    pub(crate) fn conn(&mut self) -> Conn<'_> {
        self.held.conn()
    }

    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    /// Times the statement that comes next.
    pub(crate) fn timer(&self) -> Timer {
        Timer::of(&self.store.meters)
    }

    /// Who acts.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The instant at which the desk was opened; everything it does happens then.
    pub fn now(&self) -> Instant {
        self.now
    }

    /// Who is signed in.
    ///
    /// # Errors
    /// [`Refusal::NobodySignedIn`] where nobody is.
    pub fn provider(&self) -> Result<ProviderId, Refusal> {
        self.actor.id.ok_or(Refusal::NobodySignedIn)
    }

    /// Refuses unless the actor's role may do this. The first line of every use case.
    ///
    /// # Errors
    /// [`Refusal::NobodySignedIn`] or [`Refusal::NotAllowed`].
    pub fn require(&self, action: Action) -> Result<(), Refusal> {
        match self.actor.role {
            None => Err(Refusal::NobodySignedIn),
            Some(role) if may(role, action) => Ok(()),
            Some(_) => Err(Refusal::NotAllowed(action)),
        }
    }

    /// A fresh id for a new row.
    ///
    /// # Errors
    /// [`StoreError::Machine`] where there are no random bytes.
    pub fn fresh_id<T: From<Uuid>>(&self) -> Result<T, StoreError> {
        Ok(T::from(uuid_at(self.now, self.store.chance().bytes()?)))
    }

    /// So many random bytes, for tokens and secrets.
    ///
    /// # Errors
    /// [`StoreError::Machine`] where there are none.
    pub fn random<const N: usize>(&self) -> Result<[u8; N], StoreError> {
        Ok(self.store.chance().bytes()?)
    }

    /// Notes an audit event; it is written when the desk closes, in the same transaction as the change.
    pub fn record(&mut self, event: Event) {
        self.events.push(event);
    }

    /// Gives back what it held open; what it noted is forgotten. For work that looks while it migrates.
    pub(crate) fn into_held(self) -> Held {
        self.held
    }

    /// Keeps what was done, with its audit events: when this returns, it is on disk.
    ///
    /// # Errors
    /// [`Refusal::Store`] where the database fails; then nothing is kept.
    pub async fn close(self) -> Result<(), Refusal> {
        Ok(self.keep().await?)
    }

    /// The same for this crate's own work, which nothing but the database can refuse.
    pub(crate) async fn keep(self) -> Result<(), StoreError> {
        let Self { store, held, actor, now, events } = self;
        let deed = Deed { actor, now, events };
        let wrote = matches!(held, Held::SqliteWrite(_) | Held::PostgresWrite(_));
        let mut held = if wrote {
            held
        } else {
            drop(held);
            if deed.events.is_empty() || store.noted(&deed)? {
                return Ok(());
            }
            store.begin().await?
        };
        if !deed.events.is_empty() {
            let _timer = Timer::of(&store.meters);
            audit::write(&mut held, &deed, &store).await?;
        }
        held.commit().await?;
        // The event of a reading is no writing of the reader's: they need not see it at once.
        if let (true, Some(replica), Some(writer)) = (wrote, &store.replica, deed.actor.id) {
            replica.wrote(writer).await;
        }
        Ok(())
    }

    /// Whether this desk is one of reading, whose connection does not keep the trail from being written.
    pub(crate) fn only_reads(&self) -> bool {
        !matches!(self.held, Held::SqliteWrite(_) | Held::PostgresWrite(_))
    }
}
