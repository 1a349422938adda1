//! From samples to a transcript: gate, model, sentences, doubts, speakers.

use super::blocks::{self, Block};
use super::gate::Voice;
use super::sentences::{self, Piece};
use super::whisper::{Ear, Whisper};
use super::{HearError, HearOptions, HearProgress, Heard, Silence, doubts, names};
use crate::audio::Recording;
use crate::transcript::{Segment, Speaker, Transcript};

/// The model takes no less sound than this.
const SHORTEST: usize = 16_000 + 1_600;
/// A conversation has at least so many words.
const FEWEST_WORDS: usize = 4;

/// Hears a decoded recording.
pub(super) fn hear(
    recording: &Recording,
    whisper: &Whisper,
    options: &HearOptions,
    progress: &mut dyn FnMut(HearProgress),
) -> Result<Heard, HearError> {
    let mut heard =
        Heard { duration_ms: recording.duration_ms(), damaged: recording.damaged, ..Heard::default() };
    let voice = match Voice::find(&recording.samples) {
        Ok(voice) => voice,
        Err(silence) => {
            heard.silence = Some(silence);
            return Ok(heard);
        }
    };
    let blocks = blocks::divide(&voice, recording);
    let total_ms = blocks.iter().map(Block::duration_ms).sum();
    let mut done_ms = 0;
    let _turn = whisper.take_turn();
    let mut ear = whisper.begin()?;
    if options.language.as_deref() == Some("en") && other_language(&mut ear, &blocks, recording, options)? {
        heard.silence = Some(Silence::OtherLanguage);
        return Ok(heard);
    }
    let mut pieces = Vec::new();
    for block in &blocks {
        progress(HearProgress { done_ms, total_ms });
        pieces.extend(hear_block(&mut ear, block, recording, options)?);
        done_ms += block.duration_ms();
    }
    progress(HearProgress { done_ms: total_ms, total_ms });
    let (pieces, doubts) = doubts::remove_inventions(pieces, &voice);
    heard.doubts = doubts;
    let mut sentences = sentences::from_pieces(&pieces);
    heard.renamed = names::put_right(&mut sentences, &options.medicines);
    heard.transcript = transcript(&sentences);
    heard.silence = match heard.transcript.segments.iter().flat_map(|s| s.text.split_whitespace()).count() {
        0 => Some(Silence::NoWords),
        1..FEWEST_WORDS => Some(Silence::FewWords),
        _ => None,
    };
    Ok(heard)
}

/// Whether neither the first block nor the one in the middle is English. A model that is made to write English writes
/// it over any language, invented from the first word to the last.
fn other_language(
    ear: &mut Ear,
    blocks: &[Block],
    recording: &Recording,
    options: &HearOptions,
) -> Result<bool, HearError> {
    let middle = (blocks.len() > 1).then(|| blocks.get(blocks.len() / 2)).flatten();
    for block in blocks.first().into_iter().chain(middle) {
        if ear.hears_english(&padded(block, recording), options)? {
            return Ok(false);
        }
    }
    Ok(!blocks.is_empty())
}

/// The sound of a block, made as long as the model wants it at least.
fn padded(block: &Block, recording: &Recording) -> Vec<f32> {
    let mut samples = block.samples(recording);
    samples.resize(samples.len().max(SHORTEST), 0.0);
    samples
}

/// The words of one block, with times in the recording.
fn hear_block(
    ear: &mut Ear,
    block: &Block,
    recording: &Recording,
    options: &HearOptions,
) -> Result<Vec<Piece>, HearError> {
    let pieces = ear.hear(&padded(block, recording), options)?;
    Ok(pieces
        .into_iter()
        .map(|piece| Piece {
            start_ms: block.in_recording_ms(piece.start_ms),
            end_ms: block.in_recording_ms(piece.end_ms),
            ..piece
        })
        .collect())
}

fn transcript(sentences: &[Piece]) -> Transcript {
    let segments = sentences
        .iter()
        .enumerate()
        .map(|(index, sentence)| Segment {
            index,
            start_ms: Some(sentence.start_ms),
            end_ms: Some(sentence.end_ms),
            speaker: Speaker::Unknown,
            text: sentence.text.replace(sentences::UNSURE, ""),
            unsure: unsure(&sentence.text),
        })
        .collect();
    let mut transcript = Transcript { segments };
    transcript.guess_speakers();
    transcript
}

/// The words of a sentence that bear the mark of being unsure.
fn unsure(text: &str) -> Vec<usize> {
    let words = text.split_whitespace().enumerate();
    words.filter(|(_, word)| word.starts_with(sentences::UNSURE)).map(|(at, _)| at).collect()
}
