//! The whisper.cpp engine behind its Rust binding.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use whisper_rs::{WhisperContext, WhisperContextParameters, WhisperState, WhisperTokenId};

use super::sentences::Piece;
use super::told::BEFORE;
use super::vocabulary::Vocabulary;
use super::writing::Writer;
use super::{Ear, HearError, HearOptions};

/// Letters of the list of medicines in front of it: both together must fit the 224 tokens that the model remembers.
const LONGEST_LIST: usize = 160;
/// Below this probability a block of sound is held for another language; English with an accent lies far above it.
const LEAST_ENGLISH: f32 = 0.1;
/// Tokens of both together that the model is told, the last ones.
const MOST_BEFORE: usize = 220;
/// Tokens of both together, at most.
const LONGEST_BEFORE: usize = 1_024;

/// A loaded model.
pub(super) struct Whisper {
    context: Arc<WhisperContext>,
    vocabulary: Arc<Vocabulary>,
    /// Held while a recording is heard: two at once would be slower than one after the other.
    turn: Mutex<()>,
}

impl std::fmt::Debug for Whisper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Whisper").finish_non_exhaustive()
    }
}

impl Whisper {
    /// Loads a model whose hash has been checked.
    pub(super) fn load(file: &Path) -> Result<Self, HearError> {
        if !processor_fits() {
            return Err(HearError::Processor);
        }
        // Without hooks of its own it writes to the terminal; with these and no log backend it is still.
        whisper_rs::install_logging_hooks();
        let mut parameters = WhisperContextParameters::default();
        // Flash attention is for graphics cards: on a processor it took 18 CPU-seconds where this takes 11.
        parameters.use_gpu(false).flash_attn(false);
        let context = WhisperContext::new_with_params(file, parameters).map_err(engine_error)?;
        let vocabulary = Arc::new(Vocabulary::read(&context)?);
        Ok(Self { context: Arc::new(context), vocabulary, turn: Mutex::new(()) })
    }

    /// Waits until no other recording is being heard; the next one waits for the guard.
    pub(super) fn take_turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a recording; `mark` tells this model from others.
    pub(super) fn begin(&self, mark: &str) -> Result<WhisperEar, HearError> {
        let state = self.context.create_state().map_err(engine_error)?;
        Ok(WhisperEar {
            state,
            mark: mark.to_owned(),
            context: Arc::clone(&self.context),
            vocabulary: Arc::clone(&self.vocabulary),
            multilingual: self.context.is_multilingual(),
        })
    }
}

/// The engine while it hears one recording.
pub(super) struct WhisperEar {
    state: WhisperState,
    mark: String,
    context: Arc<WhisperContext>,
    vocabulary: Arc<Vocabulary>,
    multilingual: bool,
}

impl WhisperEar {
    /// The token of what is spoken; none for a model that knows English only.
    fn language(&self, options: &HearOptions) -> Result<Option<WhisperTokenId>, HearError> {
        if !self.multilingual {
            return Ok(None);
        }
        let named = options.language.as_deref().and_then(whisper_rs::get_lang_id);
        let language = match named {
            Some(language) => language,
            None => self.state.lang_detect(0, options.threads.get()).map_err(engine_error)?.0,
        };
        Ok(Some(self.context.token_lang(language)))
    }

    /// What the model is told was said before.
    fn told(&self, options: &HearOptions) -> String {
        let english = !self.multilingual || options.language.as_deref() == Some("en");
        if english { said_before(&options.medicines) } else { String::new() }
    }
}

impl Ear for WhisperEar {
    fn words(&mut self, samples: &[f32], options: &HearOptions) -> Result<Vec<Piece>, HearError> {
        self.state.pcm_to_mel(samples, options.threads.get()).map_err(engine_error)?;
        let before = self.context.tokenize(&self.told(options), LONGEST_BEFORE).map_err(engine_error)?;
        let before = before.get(before.len().saturating_sub(MOST_BEFORE)..).unwrap_or_default();
        let language = self.language(options)?;
        let (state, vocabulary) = (&mut self.state, &self.vocabulary);
        Writer { state, vocabulary, language, before, options }.write(samples.len())
    }

    fn hears_english(&mut self, samples: &[f32], options: &HearOptions) -> Result<bool, HearError> {
        let Some(english) = whisper_rs::get_lang_id("en").and_then(|id| usize::try_from(id).ok()) else {
            return Ok(true);
        };
        // A model that knows English only says yes.
        if !self.multilingual {
            return Ok(true);
        }
        let threads = options.threads.get();
        self.state.pcm_to_mel(samples, threads).map_err(engine_error)?;
        let (_, chances) = self.state.lang_detect(0, threads).map_err(engine_error)?;
        Ok(chances.get(english).is_none_or(|chance| *chance >= LEAST_ENGLISH))
    }

    fn mark(&self, options: &HearOptions) -> String {
        format!("{} {} {}", self.mark, options.language.as_deref().unwrap_or_default(), self.told(options))
    }
}

/// Whether this machine knows the instructions that `.cargo/config.toml` has whisper.cpp built with.
#[cfg(target_arch = "x86_64")]
fn processor_fits() -> bool {
    std::is_x86_feature_detected!("avx2")
        && std::is_x86_feature_detected!("fma")
        && std::is_x86_feature_detected!("f16c")
        && std::is_x86_feature_detected!("bmi2")
}

#[cfg(not(target_arch = "x86_64"))]
fn processor_fits() -> bool {
    true
}

/// The text without what describes sounds: `[BLANK_AUDIO]`, `(coughing)`, `*sighs*`, notes of music.
pub(super) fn spoken(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some((before, opening, behind)) = split_at_opening(rest) {
        kept.push_str(before);
        let closing = match opening {
            '[' => ']',
            '(' => ')',
            other => other,
        };
        // Words are only left out where the mark is closed again soon.
        rest = match behind.split_once(closing) {
            Some((inside, after)) if inside.len() <= 40 => after,
            Some(_) | None => behind,
        };
    }
    kept.push_str(rest);
    let kept = kept.replace(['♪', '♫'], " ");
    // As subtitles do, the model may mark a change of speakers with a dash.
    kept.split_whitespace().skip_while(|word| matches!(*word, "-" | "–")).collect::<Vec<_>>().join(" ")
}

fn split_at_opening(text: &str) -> Option<(&str, char, &str)> {
    let (at, opening) = text.char_indices().find(|(_, letter)| matches!(letter, '[' | '(' | '*'))?;
    let (before, behind) = text.split_at_checked(at)?;
    Some((before, opening, behind.strip_prefix(opening)?))
}

/// What the model is told was said before, with the names of the patient's medicines.
fn said_before(medicines: &[String]) -> String {
    let mut list = String::new();
    for name in medicines {
        let name: String = name.chars().filter(|letter| !letter.is_control()).collect();
        let name = name.trim();
        if !name.is_empty() && list.len() + name.len() < LONGEST_LIST {
            list.push_str(if list.is_empty() { "" } else { ", " });
            list.push_str(name);
        }
    }
    // The models' words begin with the space in front of them.
    if list.is_empty() { format!(" {BEFORE}") } else { format!(" And you take {list}? Yeah. {BEFORE}") }
}

pub(super) fn engine_error(error: whisper_rs::WhisperError) -> HearError {
    HearError::Engine(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_of_sounds_are_not_speech() {
        assert_eq!(spoken(" [BLANK_AUDIO]"), "");
        assert_eq!(spoken(" It is 120/80. (coughing) *sighs* Fine. ♪"), "It is 120/80. Fine.");
        assert_eq!(spoken("(so it began"), "so it began");
        assert_eq!(spoken(" - Yeah, hi."), "Yeah, hi.");
        assert_eq!(spoken(&format!("({}) hm", vec!["word"; 20].join(" "))).split(' ').count(), 21);
    }

    #[test]
    fn the_medicines_stand_in_front_of_what_was_said_before() {
        let names = ["metformin", " lisinopril\n", "", "\0"].map(str::to_owned);
        assert!(said_before(&names).starts_with(" And you take metformin, lisinopril? Yeah. Okay, and, um,"));
        assert_eq!(said_before(&[]).trim_start(), BEFORE);
        let many = vec!["a medicine with a very long name".to_owned(); 100];
        assert!(said_before(&many).len() <= BEFORE.len() + LONGEST_LIST + 25);
    }
}
