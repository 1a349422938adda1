//! Hearing: a recording to a [`Transcript`] with times.
//!
//! The recording is decoded ([`crate::audio`]), stretches without a voice are left out, a whisper model writes down
//! the rest, and what it made up (loops, words over silence, stock phrases) is taken out again and reported. All of
//! it runs on this machine. One recording is heard at a time for each [`Engine`]; a second caller waits.
//!
//! In a build without the feature `speech` the same functions exist and answer [`HearError::NoSpeechEngine`].

mod blocks;
mod doubts;
mod gate;
#[cfg(feature = "speech")]
mod join;
mod listen;
mod names;
mod running;
mod sentences;
mod told;
#[cfg(feature = "speech")]
mod vocabulary;
#[cfg(feature = "speech")]
mod whisper;
#[cfg(feature = "speech")]
mod writing;

use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

pub use doubts::{Doubt, DoubtKind};
pub(crate) use names::put_right;
pub use names::{RENAMED, Renamed};
pub use running::{Next, Stretch, hear_next, hear_rest, words_so_far};
pub use sentences::Piece;

use serde::{Deserialize, Serialize};

use crate::audio::{AudioError, Limits, Recording};
use crate::models::{self, Installed};
use crate::transcript::Transcript;

/// A loaded speech model.
#[derive(Debug)]
pub struct Engine {
    #[cfg(feature = "speech")]
    whisper: whisper::Whisper,
    #[cfg(not(feature = "speech"))]
    never: std::convert::Infallible,
    installed: Installed,
}

/// What writes down blocks of sound: a loaded model, or a stand-in where none can be loaded.
pub trait Ear: Send {
    /// The words of a block of at most half a minute, with times in it.
    ///
    /// # Errors
    /// [`HearError::Cancelled`], [`HearError::Engine`].
    fn words(&mut self, samples: &[f32], options: &HearOptions) -> Result<Vec<Piece>, HearError>;

    /// Whether a block is English, as far as can be told.
    ///
    /// # Errors
    /// [`HearError::Engine`].
    fn hears_english(&mut self, samples: &[f32], options: &HearOptions) -> Result<bool, HearError>;

    /// What the words depend on beside the sound: with the same mark the same sound gives the same words.
    fn mark(&self, options: &HearOptions) -> String;
}

/// How to hear a recording.
#[derive(Clone, Debug)]
pub struct HearOptions {
    /// What is spoken, as an ISO 639-1 code; none to find out from the first half minute.
    pub language: Option<String>,
    /// The patient's medicines: their names are then written as they are spelt here.
    pub medicines: Vec<String>,
    /// Processor threads; one less than the machine has is the default.
    pub threads: NonZero<usize>,
    /// How long a recording may be.
    pub limits: Limits,
    /// Ends the work from another thread.
    pub cancel: Cancel,
}

/// A switch that ends the hearing of a recording from another thread.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

/// What was heard.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Heard {
    /// The words, a sentence a segment, with times and guessed speakers. Empty when nobody speaks.
    pub transcript: Transcript,
    /// The length of the recording.
    pub duration_ms: u64,
    /// Why there are no words, or none to draft from.
    pub silence: Option<Silence>,
    /// The file ends early or has holes.
    pub damaged: bool,
    /// Where the words are not to be trusted, or are missing.
    pub doubts: Vec<Doubt>,
    /// Names of the patient's medicines that were put right.
    pub renamed: Vec<Renamed>,
}

/// Why a recording gives no words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Silence {
    /// There is nothing to hear: a muted or broken microphone.
    Quiet,
    /// There is only an even noise.
    EvenNoise,
    /// There is sound, and no words were made out in it.
    NoWords,
    /// A word or two is no conversation.
    FewWords,
    /// Another language than the one expected is spoken.
    OtherLanguage,
}

/// How far the hearing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HearProgress {
    /// Milliseconds of sound that have been heard.
    pub done_ms: u64,
    /// Milliseconds of sound to hear, silences left out.
    pub total_ms: u64,
}

/// Why a recording could not be heard.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HearError {
    /// The program was built without speech.
    #[error("this build has no speech engine; the transcript can be typed or pasted")]
    NoSpeechEngine,
    /// The model is not in the data folder.
    #[error("the speech model {name} is not installed; `medrecord models install {name}` installs it")]
    NotInstalled {
        /// The model's name.
        name: String,
    },
    /// The file is none of the pinned models, or has changed since it was installed.
    #[error(
        "{file} is not one of the known speech models, or it is damaged; `medrecord models install` puts a sound one in its place"
    )]
    UnknownModel {
        /// The file's name.
        file: String,
    },
    /// The model cannot be read.
    #[error("the speech model cannot be read")]
    Model(#[from] models::InstallError),
    /// The recording cannot be decoded.
    #[error("the recording cannot be heard")]
    Audio(#[from] AudioError),
    /// Somebody ended it.
    #[error("hearing the recording was cancelled")]
    Cancelled,
    /// The processor lacks instructions that the engine is built with.
    #[error("this machine's processor is too old for the speech engine (it needs AVX2, FMA, F16C and BMI2)")]
    Processor,
    /// The engine gave up.
    #[error("the speech engine stopped: {0}")]
    Engine(String),
}

impl Cancel {
    /// Ends the work; it stops within a few seconds.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether the work is to end.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Silence {
    /// The reason in words for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Quiet => "The recording is silent. The microphone may have been muted.",
            Self::EvenNoise => "There is only noise in the recording, no voice.",
            Self::NoWords => "No words could be made out in the recording.",
            Self::FewWords => "Only a few words were said: too little to draft from.",
            Self::OtherLanguage => "This does not seem to be English. Only English can be written down here.",
        }
    }
}

impl Default for HearOptions {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        Self {
            language: Some("en".to_owned()),
            medicines: Vec::new(),
            threads: NonZero::new(cores.saturating_sub(1)).unwrap_or(NonZero::<usize>::MIN),
            limits: Limits::default(),
            cancel: Cancel::default(),
        }
    }
}

impl Engine {
    /// Loads an installed model, after checking its hash.
    ///
    /// # Errors
    /// [`HearError::NotInstalled`], [`HearError::UnknownModel`], [`HearError::Model`], [`HearError::Engine`],
    /// [`HearError::Processor`]; [`HearError::NoSpeechEngine`] in a build without speech.
    pub fn load(models_folder: &Path, name: &str) -> Result<Self, HearError> {
        models::find(name)?;
        let there = models::installed(models_folder).into_iter().find(|there| there.model.name == name);
        Self::open(&there.ok_or_else(|| HearError::NotInstalled { name: name.to_owned() })?.path)
    }

    /// Loads a model file, which must be one of the pinned ones.
    ///
    /// # Errors
    /// As [`Engine::load`].
    pub fn open(file: &Path) -> Result<Self, HearError> {
        let installed = models::identify(file)?.ok_or_else(|| HearError::UnknownModel {
            file: file.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        })?;
        Self::start(installed)
    }

    #[cfg(feature = "speech")]
    fn start(installed: Installed) -> Result<Self, HearError> {
        Ok(Self { whisper: whisper::Whisper::load(&installed.path)?, installed })
    }

    /// What hears one recording with this model.
    ///
    /// # Errors
    /// [`HearError::Engine`].
    #[cfg(feature = "speech")]
    pub fn ear(&self) -> Result<Box<dyn Ear>, HearError> {
        Ok(Box::new(self.whisper.begin(self.installed.file.sha256)?))
    }

    /// What hears one recording with this model.
    ///
    /// # Errors
    /// [`HearError::Engine`].
    #[cfg(not(feature = "speech"))]
    pub fn ear(&self) -> Result<Box<dyn Ear>, HearError> {
        match self.never {}
    }

    #[cfg(not(feature = "speech"))]
    fn start(_: Installed) -> Result<Self, HearError> {
        Err(HearError::NoSpeechEngine)
    }

    /// The model that is loaded.
    pub fn installed(&self) -> &Installed {
        &self.installed
    }
}

/// Hears a sound file.
///
/// # Errors
/// [`HearError::Audio`], [`HearError::Cancelled`], [`HearError::Engine`].
pub fn hear_file(
    path: &Path,
    engine: &Engine,
    options: &HearOptions,
    progress: &mut dyn FnMut(HearProgress),
) -> Result<Heard, HearError> {
    hear(&crate::audio::decode_file(path, options.limits)?, engine, options, progress)
}

/// Hears a sound file that is already in memory.
///
/// # Errors
/// As [`hear_file`].
pub fn hear_bytes(
    bytes: &[u8],
    engine: &Engine,
    options: &HearOptions,
    progress: &mut dyn FnMut(HearProgress),
) -> Result<Heard, HearError> {
    hear(&crate::audio::decode_bytes(bytes, options.limits)?, engine, options, progress)
}

/// Hears a decoded recording.
///
/// # Errors
/// [`HearError::Cancelled`], [`HearError::Engine`].
pub fn hear(
    recording: &Recording,
    engine: &Engine,
    options: &HearOptions,
    progress: &mut dyn FnMut(HearProgress),
) -> Result<Heard, HearError> {
    #[cfg(feature = "speech")]
    let _turn = engine.whisper.take_turn();
    listen::hear(recording, &mut *engine.ear()?, options, &[], progress)
}

/// Makes one of two hearings of a recording that are kept as texts, as hearing does block by block: what a change of the
/// counted phrases does can be measured so without hearing again.
#[cfg(feature = "speech")]
pub fn join_texts(first: &str, second: &str) -> String {
    join::join_texts(first, second)
}

/// Where the models lie in a data folder.
pub fn models_folder(data_folder: &Path) -> PathBuf {
    data_folder.join("models")
}

#[cfg(test)]
mod tests;
