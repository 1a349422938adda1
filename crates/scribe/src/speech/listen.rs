//! From samples to a transcript: gate, model, sentences, doubts, speakers.
//!
//! A recording that goes on is heard block by block while it does. Its blocks are parted as they will be when it is over,
//! so what was heard of them is taken over then: the transcript is the same as if all had been heard at once.

use super::blocks::{self, Block};
use super::gate::Voice;
use super::sentences::{self, Piece};
use super::{Ear, HearError, HearOptions, HearProgress, Heard, Next, Silence, Stretch, doubts, names};
use crate::audio::Recording;
use crate::transcript::{Segment, Speaker, Transcript};
use sha2::{Digest, Sha256};

/// The model takes no less sound than this.
const SHORTEST: usize = 16_000 + 1_600;
/// A conversation has at least so many words.
const FEWEST_WORDS: usize = 4;
/// Less than this is not heard before it has grown.
const FEWEST_MS: u64 = 2_000;

/// Hears a decoded recording; what is kept of it already is not heard again.
pub(super) fn hear(
    recording: &Recording,
    ear: &mut dyn Ear,
    options: &HearOptions,
    kept: &[Stretch],
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
    let blocks = blocks::divide(recording);
    let Some(pieces) = blocks_heard(&blocks, recording, (ear, options), kept, progress)? else {
        heard.silence = Some(Silence::OtherLanguage);
        return Ok(heard);
    };
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

/// The words of all blocks; none where another language is spoken.
fn blocks_heard(
    blocks: &[Block],
    recording: &Recording,
    (ear, options): (&mut dyn Ear, &HearOptions),
    kept: &[Stretch],
    progress: &mut dyn FnMut(HearProgress),
) -> Result<Option<Vec<Piece>>, HearError> {
    // Without anything kept no mark is made of all the sound.
    let marked =
        |block: &Block, ear: &dyn Ear| (!kept.is_empty()).then(|| mark(block, recording, ear, options));
    let known = |mark: Option<String>| kept.iter().find(|stretch| Some(&stretch.mark) == mark.as_ref());
    // Of a recording in another language nothing is kept.
    let begun = blocks.first().is_some_and(|first| known(marked(first, ear)).is_some());
    if !begun && wants_english(options) && other_language(ear, blocks, recording, options)? {
        return Ok(None);
    }
    let total_ms = blocks.iter().map(Block::duration_ms).sum();
    let mut done_ms = 0;
    let mut pieces = Vec::new();
    for block in blocks {
        progress(HearProgress { done_ms, total_ms });
        match known(marked(block, ear)) {
            Some(stretch) => pieces.extend(stretch.pieces.iter().cloned()),
            None => pieces.extend(hear_block(ear, block, recording, options)?),
        }
        done_ms += block.duration_ms();
    }
    progress(HearProgress { done_ms: total_ms, total_ms });
    Ok(Some(pieces))
}

/// Hears the first block that is over and not kept yet, of a recording that goes on; without one what was said since.
pub(super) fn next(
    recording: &Recording,
    ear: &mut dyn Ear,
    options: &HearOptions,
    kept: &[Stretch],
) -> Result<Next, HearError> {
    let (over, rest) = blocks::so_far(recording);
    let first = over.first().or(rest.as_ref());
    let begun = !kept.is_empty() || !wants_english(options);
    if let Some(first) = first.filter(|first| !begun && first.duration_ms() >= FEWEST_MS)
        && !is_english(ear, first, recording, options)?
    {
        return Ok(Next::OtherLanguage);
    }
    for block in &over {
        let mark = mark(block, recording, ear, options);
        if kept.iter().all(|stretch| stretch.mark != mark) {
            let pieces = hear_block(ear, block, recording, options)?;
            let (start_ms, end_ms) = (block.in_recording_ms(0), block.in_recording_ms(u64::MAX));
            return Ok(Next::Heard(Stretch { mark, start_ms, end_ms, pieces }));
        }
    }
    let rest = rest.filter(|rest| rest.duration_ms() >= FEWEST_MS);
    let behind = rest.map(|rest| hear_block(ear, &rest, recording, options)).transpose()?;
    Ok(Next::SoFar(behind.unwrap_or_default()))
}

/// The words of what was heard until now, in sentences.
pub(super) fn words(pieces: Vec<Piece>) -> Transcript {
    transcript(&sentences::from_pieces(&doubts::without_stock_phrases(pieces)))
}

fn wants_english(options: &HearOptions) -> bool {
    options.language.as_deref() == Some("en")
}

/// What a block's words depend on, as a digest: its sound, its place, and the ear.
fn mark(block: &Block, recording: &Recording, ear: &dyn Ear, options: &HearOptions) -> String {
    let mut digest = Sha256::new();
    digest.update(format!("{} {} {block:?}", env!("CARGO_PKG_VERSION"), ear.mark(options)));
    for sample in block.samples(recording) {
        digest.update(sample.to_le_bytes());
    }
    digest.finalize().iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// Whether neither the first block nor the one in the middle is English. A model that is made to write English writes
/// it over any language, invented from the first word to the last.
fn other_language(
    ear: &mut dyn Ear,
    blocks: &[Block],
    recording: &Recording,
    options: &HearOptions,
) -> Result<bool, HearError> {
    let middle = (blocks.len() > 1).then(|| blocks.get(blocks.len() / 2)).flatten();
    for block in blocks.first().into_iter().chain(middle) {
        if is_english(ear, block, recording, options)? {
            return Ok(false);
        }
    }
    Ok(!blocks.is_empty())
}

fn is_english(
    ear: &mut dyn Ear,
    block: &Block,
    recording: &Recording,
    options: &HearOptions,
) -> Result<bool, HearError> {
    ear.hears_english(&padded(block, recording), options)
}

/// The sound of a block, made as long as the model wants it at least.
fn padded(block: &Block, recording: &Recording) -> Vec<f32> {
    let mut samples = block.samples(recording);
    samples.resize(samples.len().max(SHORTEST), 0.0);
    samples
}

/// The words of one block, with times in the recording.
fn hear_block(
    ear: &mut dyn Ear,
    block: &Block,
    recording: &Recording,
    options: &HearOptions,
) -> Result<Vec<Piece>, HearError> {
    let pieces = ear.words(&padded(block, recording), options)?;
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
