//! From samples to a transcript: gate, model, sentences, doubts, speakers.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Duration;

use super::blocks::{self, Block};
use super::gate::Voice;
use super::sentences::{self, Piece};
use super::whisper::{Ear, Whisper};
use super::{HearError, HearOptions, HearProgress, Heard, Silence, doubts};
use crate::audio::Recording;
use crate::transcript::{Segment, Speaker, Transcript};

/// How often progress is told while the model works.
const TELL_EVERY: Duration = Duration::from_millis(200);
/// The model takes no less sound than this.
const SHORTEST_BLOCK: usize = 16_000 + 1_600;

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
    let mut pieces = Vec::new();
    for block in &blocks {
        let length_ms = block.duration_ms();
        let mut tell = |percent: u64| {
            progress(HearProgress { done_ms: done_ms + length_ms * percent.min(100) / 100, total_ms });
        };
        tell(0);
        pieces.extend(hear_block(&mut ear, block, recording, options, &mut tell)?);
        done_ms += length_ms;
    }
    progress(HearProgress { done_ms: total_ms, total_ms });
    let (pieces, doubts) = doubts::remove_inventions(pieces, &voice);
    heard.doubts = doubts;
    heard.transcript = transcript(&sentences::from_pieces(&pieces));
    heard.silence = heard.transcript.segments.is_empty().then_some(Silence::NoWords);
    Ok(heard)
}

/// Runs the model on a thread of its own, so that this one can tell how far it is.
fn hear_block(
    ear: &mut Ear,
    block: &Block,
    recording: &Recording,
    options: &HearOptions,
    tell: &mut dyn FnMut(u64),
) -> Result<Vec<Piece>, HearError> {
    let mut samples = block.samples(recording);
    samples.resize(samples.len().max(SHORTEST_BLOCK), 0.0);
    let percent = Arc::new(AtomicI32::new(0));
    let outcome = std::thread::scope(|scope| {
        let work = scope.spawn(|| ear.hear(&samples, options, &percent));
        let mut told = 0;
        while !work.is_finished() {
            std::thread::sleep(TELL_EVERY);
            let now = percent.load(Ordering::Relaxed);
            if now > told {
                told = now;
                tell(u64::try_from(now).unwrap_or(0));
            }
        }
        work.join()
    });
    let pieces =
        outcome.unwrap_or_else(|_| Err(HearError::Engine("a thread of it ended early".to_owned())))?;
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
            text: sentence.text.clone(),
        })
        .collect();
    let mut transcript = Transcript { segments };
    transcript.guess_speakers();
    transcript
}
