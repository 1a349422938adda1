//! What every handler shares: the store, the settings, and the face of the practice.

use crate::backups::Schedule;
use crate::calendar_feed::Limits;
use crate::downtime::{Failed, Mornings};
use crate::ears::{Ears, Installed};
use crate::kept::Kept;
use crate::live::Live;
use crate::studio::Studio;
use crate::waiting::Waiting;
use medrecord_clinic::time::Zone;
use medrecord_store::backup::Standing;
use medrecord_store::{Actor, Refusal, Store, StoreError, Via, practice, setup};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::Notify;

/// What the server was started with.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Whether people reach the server over TLS; then cookies are sent over nothing else.
    pub secure: bool,
    /// Whether this is a development machine.
    pub development: bool,
    /// The folder for recordings, documents and models.
    pub data_folder: PathBuf,
    /// The zone to use until the practice sets its own.
    pub zone: Zone,
    /// The speech model that hears recordings, by its name in the catalogue.
    pub speech_model: String,
    /// The larger model that drafts, where one is switched on; otherwise the built-in engine does.
    pub endpoint: Option<medrecord_scribe::endpoint::Endpoint>,
}

/// What every handler shares. Cheap to clone.
#[derive(Debug, Clone)]
pub struct App {
    /// The open database.
    pub store: Store,
    /// What the server was started with.
    pub settings: Arc<Settings>,
    face: Arc<RwLock<Face>>,
    /// Held while a recording is heard: one at a time, whatever happens.
    pub(crate) hearing: Arc<Mutex<()>>,
    /// What hears recordings.
    pub(crate) ears: Arc<dyn Ears>,
    /// What is heard of recordings that go on.
    pub(crate) live: Live,
    /// Held while the parts of a recording are joined and its end is noted.
    pub(crate) joining: Arc<tokio::sync::Mutex<()>>,
    pub(crate) waiting: Waiting,
    /// How often calendars were asked for under their secret links.
    pub(crate) feeds: Limits,
    /// Forms that came while their session was locked.
    pub(crate) kept: Kept,
    /// What a stranger must know to set up the practice, while nobody can sign in.
    setup_code: Arc<RwLock<Option<String>>>,
    work: Arc<Notify>,
    schedule: Option<Arc<Schedule>>,
    mornings: Option<Arc<Mornings>>,
    /// The last downtime packet, where it was not written.
    failed_morning: Arc<RwLock<Option<Failed>>>,
    standing: Arc<RwLock<Standing>>,
    /// What the studio holds, where this server is one.
    pub(crate) studio: Option<Arc<Studio>>,
}

/// What every page shows of the practice.
#[derive(Debug, Clone)]
pub struct Face {
    /// The practice's name.
    pub name: String,
    /// The zone in which its day begins and ends.
    pub zone: Zone,
}

impl App {
    /// Makes the shared state of a server on an open database.
    pub fn new(store: Store, settings: Settings) -> Self {
        let face = Face { name: "MedRecord AI".to_owned(), zone: settings.zone };
        Self {
            store,
            settings: Arc::new(settings),
            face: Arc::new(RwLock::new(face)),
            hearing: Arc::default(),
            ears: Arc::new(Installed),
            live: Live::default(),
            joining: Arc::default(),
            waiting: Waiting::default(),
            feeds: Limits::default(),
            kept: Kept::default(),
            setup_code: Arc::default(),
            work: Arc::default(),
            schedule: None,
            mornings: None,
            failed_morning: Arc::default(),
            standing: Arc::default(),
            studio: None,
        }
    }

    /// How many changes are collected in the studio and not saved; none where this is no studio.
    pub fn unsaved_changes(&self) -> usize {
        self.studio.as_ref().map_or(0, |studio| studio.unsaved())
    }

    /// The same, making backups by itself.
    #[must_use]
    pub fn with_backups(mut self, schedule: Schedule) -> Self {
        self.schedule = Some(Arc::new(schedule));
        self
    }

    /// The same, writing a downtime packet every morning.
    #[must_use]
    pub fn with_mornings(mut self, mornings: Mornings) -> Self {
        self.mornings = Some(Arc::new(mornings));
        self
    }

    /// When downtime packets are written, where the server knows of any.
    pub(crate) fn mornings(&self) -> Option<Arc<Mornings>> {
        self.mornings.clone()
    }

    /// Why the last downtime packet was not written; none where it was.
    pub(crate) fn failed_morning(&self) -> Option<Failed> {
        self.failed_morning.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Shows from now on whether the last downtime packet was written.
    pub(crate) fn note_morning(&self, failed: Option<Failed>) {
        *self.failed_morning.write().unwrap_or_else(PoisonError::into_inner) = failed;
    }

    /// The same, with other ears than the installed speech model.
    #[must_use]
    pub fn with_ears(mut self, ears: Arc<dyn Ears>) -> Self {
        self.ears = ears;
        self
    }

    /// When backups are made, where the server knows of any.
    pub(crate) fn schedule(&self) -> Option<Arc<Schedule>> {
        self.schedule.clone()
    }

    /// How the practice stands with its backups.
    pub(crate) fn standing(&self) -> Standing {
        self.standing.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Shows from now on how the practice stands with its backups.
    pub(crate) fn stand(&self, standing: Standing) {
        *self.standing.write().unwrap_or_else(PoisonError::into_inner) = standing;
    }

    /// Makes the shared state of a studio, which answers under these names alone.
    pub fn studio(store: Store, settings: Settings, hosts: Vec<String>) -> Self {
        Self { studio: Some(Arc::new(Studio::new(hosts))), ..Self::new(store, settings) }
    }

    /// Tells the background work that there is something to do.
    pub(crate) fn nudge(&self) {
        self.work.notify_one();
    }

    /// Waits until there is something to do, at most so long.
    pub(crate) async fn nudged(&self, at_most: Duration) {
        // Either way it is time to look again.
        drop(tokio::time::timeout(at_most, self.work.notified()).await);
    }

    /// Shows the practice as it is kept; for before the first page is shown.
    ///
    /// # Errors
    /// [`Refusal::Store`] where the database fails.
    pub async fn load_face(&self) -> Result<(), Refusal> {
        let mut desk = self.store.read_desk(Actor::machine("server", Via::System)).await?;
        let practice = practice::get(&mut desk, self.settings.zone).await?;
        desk.close().await?;
        self.show(Face { name: practice.name, zone: practice.time_zone });
        Ok(())
    }

    /// Looks whether anybody can sign in yet; while nobody can, there is a code for setting up the practice.
    ///
    /// # Errors
    /// [`StoreError`] where the database fails.
    pub async fn look_who_is_there(&self) -> Result<Option<String>, StoreError> {
        let code = if setup::is_needed(&self.store).await? {
            let random: [u8; 4] = self.store.chance().bytes().map_err(StoreError::Machine)?;
            Some(format!("{:08X}", u32::from_be_bytes(random)))
        } else {
            None
        };
        self.setup_code.write().unwrap_or_else(PoisonError::into_inner).clone_from(&code);
        Ok(code)
    }

    /// The code for setting up the practice; none once somebody can sign in, whichever way the account was made.
    pub(crate) async fn setup_code(&self) -> Result<Option<String>, StoreError> {
        let code = self.setup_code.read().unwrap_or_else(PoisonError::into_inner).clone();
        if code.is_none() || setup::is_needed(&self.store).await? {
            return Ok(code);
        }
        self.setup_code.write().unwrap_or_else(PoisonError::into_inner).take();
        Ok(None)
    }

    /// The face of the practice as it stands.
    pub fn face(&self) -> Face {
        self.face.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Shows another face from now on, as after the practice's settings were saved.
    pub fn show(&self, face: Face) {
        *self.face.write().unwrap_or_else(PoisonError::into_inner) = face;
    }
}
