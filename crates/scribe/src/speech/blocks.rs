//! What the model gets to hear: the recording without its long pauses, in blocks.
//!
//! A block is at most ten minutes, so that memory stays small, and remembers where its sound came from, so that
//! times in it become times in the recording.

use std::ops::Range;

use super::gate::{FRAME, Voice};
use crate::audio::{Recording, samples_to_ms};

/// Pauses longer than this are cut down to twice the margin.
const PAUSE_MS: usize = 2_500;
/// Frames kept before and behind a voice.
const MARGIN: usize = 25;
/// Frames of the longest block: ten minutes.
const LONGEST: usize = 30_000;
/// Frames from which a block ends at the next pause: eight minutes.
const LONG: usize = 24_000;

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
    for stretch in voice.stretches(PAUSE_MS).into_iter().flat_map(|stretch| shorten(stretch, voice)) {
        let kept = stretch.start.saturating_sub(MARGIN)..(stretch.end + MARGIN).min(voice.len());
        let piece = kept.start * FRAME..(kept.end * FRAME).min(recording.samples.len());
        match blocks.last_mut() {
            Some(block) if frames_in_block + kept.len() <= LONGEST => {
                // Margins of neighbours may meet when a stretch was cut in two.
                let start = block.pieces.last().map_or(piece.start, |last| last.end.max(piece.start));
                block.pieces.push(start..piece.end);
                frames_in_block += kept.len();
            }
            Some(_) | None => {
                frames_in_block = kept.len();
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
    while rest.len() + 2 * MARGIN > LONGEST {
        let search = rest.start + LONG..rest.start + LONGEST - 2 * MARGIN;
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
    fn half_an_hour_of_talk_is_parted_in_its_pauses() {
        let talk: Vec<f32> = (0..60).flat_map(|_| [babble(29), room(1)].concat()).collect();
        let length = talk.len();
        let (blocks, recording) = divided(talk);
        assert!((3..=4).contains(&blocks.len()), "{}", blocks.len());
        assert!(blocks.iter().all(|block| block.duration_ms() <= 600_000));
        let heard: usize = blocks.iter().map(|block| block.samples(&recording).len()).sum();
        assert!(heard.abs_diff(length) < 16_000 * 5, "{heard} of {length}");
        for pair in blocks.windows(2) {
            let (end, start) = (pair[0].in_recording_ms(u64::MAX), pair[1].in_recording_ms(0));
            assert!(end.abs_diff(start) <= 1_100, "{end} {start}");
        }
    }

    #[test]
    fn a_quarter_of_an_hour_without_a_pause_is_parted_all_the_same() {
        let sound: Vec<f32> = babble(900).iter().map(|sample| sample + 0.0).collect();
        let (blocks, _) = divided(sound);
        assert_eq!(blocks.len(), 2);
    }
}
