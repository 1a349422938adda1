//! The tokens that a model writes: words and parts of words, times, and marks that only steer it.

use std::ops::Range;

use whisper_rs::{WhisperContext, WhisperTokenId};

use super::HearError;
use super::whisper::engine_error;

/// The tokens of a loaded model.
#[derive(Debug)]
pub(super) struct Vocabulary {
    /// The bytes of each token that writes something; the token that ends the text follows them.
    words: Vec<Vec<u8>>,
    /// The token that writes a space alone.
    blank: Option<usize>,
    /// The first of the times, each two hundredths of a second later than the one before.
    first_time: usize,
    /// Opens what was said before.
    previous: WhisperTokenId,
    /// Opens a text.
    begin: WhisperTokenId,
    /// Says that what is spoken is to be written down as it is.
    task: WhisperTokenId,
}

impl Vocabulary {
    /// Reads a model's tokens.
    pub(super) fn read(context: &WhisperContext) -> Result<Self, HearError> {
        let mut words = Vec::new();
        for token in 0..context.token_eot() {
            words.push(context.token_to_bytes(token).map_err(engine_error)?.to_vec());
        }
        Ok(Self {
            blank: words.iter().position(|word| word == b" "),
            words,
            first_time: usize::try_from(context.token_beg()).unwrap_or(usize::MAX),
            previous: context.token_prev(),
            begin: context.token_sot(),
            task: context.token_transcribe(),
        })
    }

    /// What stands in front of a text: what was said before, and the language, where the model knows several.
    pub(super) fn opening(
        &self,
        before: &[WhisperTokenId],
        language: Option<WhisperTokenId>,
    ) -> Vec<WhisperTokenId> {
        let mut opening = Vec::new();
        if !before.is_empty() {
            opening.push(self.previous);
            opening.extend_from_slice(before);
        }
        opening.push(self.begin);
        opening.extend(language.into_iter().flat_map(|language| [language, self.task]));
        opening
    }

    /// The bytes a token writes; none for times and marks.
    pub(super) fn bytes(&self, token: usize) -> Option<&[u8]> {
        self.words.get(token).map(Vec::as_slice)
    }

    /// The token that ends the text.
    pub(super) fn end(&self) -> usize {
        self.words.len()
    }

    /// The token that writes a space alone.
    pub(super) fn blank(&self) -> Option<usize> {
        self.blank
    }

    /// Marks that a text never holds.
    pub(super) fn marks(&self) -> Range<usize> {
        self.words.len() + 1..self.first_time
    }

    /// The first of the times.
    pub(super) fn first_time(&self) -> usize {
        self.first_time
    }

    /// The time that a token stands for, in hundredths of a second.
    pub(super) fn time(&self, token: usize) -> Option<usize> {
        Some(token.checked_sub(self.first_time)? * 2)
    }
}
