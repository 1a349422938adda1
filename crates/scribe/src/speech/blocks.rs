//! What the model gets to hear: the recording without its long pauses, in blocks.
//!
//! A block fits the half minute that the model hears at once and ends in a pause, so that no word is cut and no error
//! is carried into the next one. It remembers where its sound came from, so that times in it become times in the
//! recording.

use std::ops::Range;

use super::gate::{FRAME, Voice};
use crate::audio::{Recording, samples_to_ms};

/// Pauses longer than this are cut down to twice the margin.
const PAUSE_MS: usize = 2_500;
/// Frames kept before and behind a voice.
const MARGIN: usize = 25;
/// Frames of the longest block: 29 s.
const LONGEST: usize = 1_450;
/// Frames from which a block may end in a pause: 20 s.
const LONG: usize = 1_000;

/// Some of a recording, for one run of the model.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Block {
    /// Ranges of samples, in order.
    pieces: Vec<Range<usize>>,
}

impl Block {
    /// The block's sound.
    pub(super) fn samples(&self, recording: &Recording) -> Vec<f32> {
        self.pieces
            .iter()
            .filter_map(|piece| recording.samples.get(piece.clone()))
            .flatten()
            .copied()
            .collect()
    }

    /// How long the block lasts.
    pub(super) fn duration_ms(&self) -> u64 {
        samples_to_ms(self.pieces.iter().map(ExactSizeIterator::len).sum())
    }

    /// A time in the block as a time in the recording.
    pub(super) fn in_recording_ms(&self, at_ms: u64) -> u64 {
        let mut left = at_ms;
        for piece in &self.pieces {
            let length = samples_to_ms(piece.len());
            if left <= length {
                return samples_to_ms(piece.start) + left;
            }
            left -= length;
        }
        self.pieces.last().map_or(0, |last| samples_to_ms(last.end))
    }
}

/// Parts a recording into blocks.
pub(super) fn divide(voice: &Voice, recording: &Recording) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut frames_in_block = LONGEST;
    let widened = voice
        .stretches(PAUSE_MS)
        .into_iter()
        .map(|stretch| stretch.start.saturating_sub(MARGIN)..(stretch.end + MARGIN).min(voice.len()));
    for part in widened.flat_map(|stretch| shorten(stretch, voice)) {
        let piece = part.start * FRAME..(part.end * FRAME).min(recording.samples.len());
        match blocks.last_mut() {
            Some(block) if frames_in_block + part.len() <= LONGEST => {
                block.pieces.push(piece);
                frames_in_block += part.len();
            }
            Some(_) | None => {
                frames_in_block = part.len();
                blocks.push(Block { pieces: vec![piece] });
            }
        }
    }
    blocks
}

/// Cuts a stretch that is too long for a block in its longest pauses.
fn shorten(stretch: Range<usize>, voice: &Voice) -> Vec<Range<usize>> {
    let mut done = Vec::new();
    let mut rest = stretch;
    while rest.len() > LONGEST {
        let search = rest.start + LONG..rest.start + LONGEST;
        let cut = voice.longest_pause(&search).unwrap_or(search.end);
        done.push(rest.start..cut);
        rest.start = cut;
    }
    done.push(rest);
    done
}

#[cfg(test)]
mod tests {
    use super::super::gate::tests::{babble, room};
    use super::*;

    fn divided(samples: Vec<f32>) -> (Vec<Block>, Recording) {
        let recording = Recording { samples, damaged: false };
        (divide(&Voice::find(&recording.samples).unwrap(), &recording), recording)
    }

    #[test]
    fn long_pauses_are_left_out_and_times_still_fit() {
        let (blocks, recording) =
            divided([room(60), babble(5), room(100), babble(5), room(2), babble(5)].concat());
        assert_eq!(blocks.len(), 1);
        let block = &blocks[0];
        assert!(block.duration_ms().abs_diff(19_000) < 1_000, "{}", block.duration_ms());
        assert_eq!(samples_to_ms(block.samples(&recording).len()), block.duration_ms());
        assert!(block.in_recording_ms(500).abs_diff(60_000) < 100);
        assert!(block.in_recording_ms(7_000).abs_diff(165_500) < 200, "{}", block.in_recording_ms(7_000));
        assert!(block.in_recording_ms(u64::MAX) <= 177_000);
    }

    #[test]
    fn long_talk_is_parted_in_its_pauses_and_nothing_is_lost_or_heard_twice() {
        let talk: Vec<f32> = (0..20).flat_map(|_| [babble(11), room(1)].concat()).collect();
        let length_ms = samples_to_ms(talk.len());
        let (blocks, _) = divided(talk);
        assert!((9..=12).contains(&blocks.len()), "{}", blocks.len());
        assert!(blocks.iter().all(|block| block.duration_ms() <= 29_000));
        let heard_ms: u64 = blocks.iter().map(Block::duration_ms).sum();
        assert!(heard_ms <= length_ms && length_ms - heard_ms < 1_000, "{heard_ms} of {length_ms}");
        for pair in blocks.windows(2) {
            let (end, start) = (pair[0].in_recording_ms(u64::MAX), pair[1].in_recording_ms(0));
            assert_eq!(end, start);
            // The pauses are the last second of each twelve.
            assert!((11_000..12_000).contains(&(end % 12_000)), "{end}");
        }
    }

    #[test]
    fn talk_without_a_pause_is_parted_all_the_same() {
        let (blocks, _) = divided(babble(90));
        assert!((4..=5).contains(&blocks.len()), "{}", blocks.len());
    }
}
