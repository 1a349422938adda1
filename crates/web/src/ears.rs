//! What hears recordings: the installed speech model, or a stand-in where tests put one.

use crate::app::Settings;
use medrecord_scribe::speech::{self, Ear, Engine, HearError};

/// An ear, and what it is called where a note says how it was made.
pub struct Opened {
    /// What hears.
    pub ear: Box<dyn Ear>,
    /// The engine's name.
    pub engine: String,
    /// The digest of its model.
    pub model_hash: String,
}

/// Where ears come from.
pub trait Ears: std::fmt::Debug + Send + Sync {
    /// Opens one for one recording.
    ///
    /// # Errors
    /// As [`Engine::load`].
    fn open(&self, settings: &Settings) -> Result<Opened, HearError>;
}

/// The speech model that the settings name, as it is installed in the data folder.
#[derive(Debug)]
pub(crate) struct Installed;

impl Ears for Installed {
    fn open(&self, settings: &Settings) -> Result<Opened, HearError> {
        let engine = Engine::load(&speech::models_folder(&settings.data_folder), &settings.speech_model)?;
        let installed = engine.installed();
        Ok(Opened {
            ear: engine.ear()?,
            engine: format!("whisper {}", installed.model.name),
            model_hash: installed.file.sha256.to_owned(),
        })
    }
}
