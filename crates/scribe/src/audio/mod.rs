//! Sound in, plain samples out: any recording a browser or a phone makes, as 16 kHz mono.
//!
//! Everything is decoded in this process, packet by packet: only the finished samples stay in memory. The
//! recording is somebody else's file, so each length in it is doubted, a cut or damaged one gives what could
//! be saved (and says so), and nothing in it may end the program. What is said in the sound is
//! [`crate::speech`]'s business.

mod decode;
mod opus;
mod parts;
mod resample;

use std::fs::File;
use std::io::{self, Cursor, Read, Seek};
use std::path::Path;

/// Samples a second in a [`Recording`], as the speech models want them.
pub const SAMPLE_RATE: u32 = 16_000;

/// A decoded recording: 16 kHz, one channel.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recording {
    /// The samples, each from -1 to 1.
    pub samples: Vec<f32>,
    /// Some of the file could not be read: it ends early or has holes.
    pub damaged: bool,
}

/// How much sound is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The longest recording, in minutes.
    pub max_minutes: u32,
}

/// Why a recording gives no sound.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AudioError {
    /// The file cannot be opened or read.
    #[error("the recording cannot be read")]
    Unreadable(#[from] io::Error),
    /// There is not one byte in it.
    #[error("the recording is empty")]
    Empty,
    /// Not a sound file, or not one of the kinds that are read here.
    #[error("this is not a sound file that can be read here; WebM, Ogg, MP4, M4A, MP3, FLAC and WAV can")]
    UnknownFormat,
    /// The container is known, the sound inside is coded in a way that is not.
    #[error(
        "the sound in this file is coded in a way that cannot be read here; Opus, AAC, MP3, FLAC and PCM can"
    )]
    UnknownCodec,
    /// The container is known and there is no sound in it.
    #[error("there is no sound in this file")]
    NoSound,
    /// The file is broken from the start.
    #[error("the recording is damaged: no sound in it can be read")]
    Damaged,
    /// Longer than the limit.
    #[error("the recording is longer than {max_minutes} minutes; cut it into shorter ones")]
    TooLong {
        /// The limit that was passed.
        max_minutes: u32,
    },
}

impl Default for Limits {
    /// Four hours: the longest visit anyone has, twice over.
    fn default() -> Self {
        Self { max_minutes: 240 }
    }
}

impl Limits {
    /// The limit in samples of a [`Recording`].
    fn max_samples(self) -> usize {
        usize::try_from(u64::from(self.max_minutes) * 60 * u64::from(SAMPLE_RATE)).unwrap_or(usize::MAX)
    }
}

impl Recording {
    /// How long it lasts, in milliseconds.
    pub fn duration_ms(&self) -> u64 {
        samples_to_ms(self.samples.len())
    }
}

/// The length of so many samples, in milliseconds.
pub(crate) fn samples_to_ms(samples: usize) -> u64 {
    u64::try_from(samples).unwrap_or(u64::MAX).saturating_mul(1000) / u64::from(SAMPLE_RATE)
}

/// Decodes a sound file.
///
/// # Errors
/// Each variant of [`AudioError`]; a file that is cut or damaged after its first sound is no error, it sets
/// [`Recording::damaged`].
pub fn decode_file(path: &Path, limits: Limits) -> Result<Recording, AudioError> {
    decode::all_parts(File::open(path)?, limits)
}

/// Decodes a sound file that is open already, wherever its bytes come from.
///
/// # Errors
/// As [`decode_file`].
pub fn decode_source<S: Read + Seek + Send + Sync>(
    source: S,
    limits: Limits,
) -> Result<Recording, AudioError> {
    decode::all_parts(source, limits)
}

/// Decodes a sound file that is already in memory.
///
/// # Errors
/// As [`decode_file`].
pub fn decode_bytes(bytes: &[u8], limits: Limits) -> Result<Recording, AudioError> {
    decode::all_parts(Cursor::new(bytes), limits)
}

#[cfg(test)]
mod tests;
