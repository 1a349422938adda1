//! What the model gets to hear: the recording without its long pauses, in blocks.
//!
//! A block fits the half minute that the model hears at once and ends in a pause, so that no word is cut and no error
//! is carried into the next one. It remembers where its sound came from, so that times in it become times in the
//! recording.

use std::ops::Range;

use super::gate::{FRAME, FRAME_MS, Levels, Voice};
use crate::audio::{Recording, samples_to_ms};

/// Pauses longer than this are cut down to twice the margin.
const PAUSE_MS: usize = 2_500;
/// Frames kept before and behind a voice.
const MARGIN: usize = 25;
/// Frames of the longest block: 29 s.
const LONGEST: usize = 1_450;
/// Frames from which a block may end in a pause: 20 s.
const LONG: usize = 1_000;
/// Frames from the start of a block until it is first looked whether it is over: 30 s,
const FIRST_LOOK: usize = 1_500;
/// and after which it is looked again: 5 s.
const NEXT_LOOK: usize = 250;

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

/// Parts a recording into blocks. Where a block ends depends on nothing that comes later than a little behind it, so that
/// a recording which goes on is parted as it will be when it is over.
pub(super) fn divide(recording: &Recording) -> Vec<Block> {
    let (mut blocks, rest) = walk(recording, true);
    blocks.extend(rest);
    blocks
}

/// The blocks of a recording that goes on which stay as they are whatever follows, and what there is of the next one.
pub(super) fn so_far(recording: &Recording) -> (Vec<Block>, Option<Block>) {
    walk(recording, false)
}

fn walk(recording: &Recording, over: bool) -> (Vec<Block>, Option<Block>) {
    let levels = Levels::of(&recording.samples);
    let all = levels.len();
    let mut blocks = Vec::new();
    let (mut from, mut open, mut ahead) = (0, false, FIRST_LOOK);
    while from < all {
        // It is looked at the same places whether the recording is over or not, and at its end only when it is.
        let at_end = from + ahead >= all;
        let known = if at_end { all } else { from + ahead };
        let next = next_block(&levels, from..known, open, recording.samples.len());
        match next {
            next if at_end && !over => return (blocks, next.map(|next| next.block)),
            Some(next) if next.is_over || at_end => {
                (from, open, ahead) = (next.end, next.open, FIRST_LOOK);
                blocks.push(next.block);
            }
            None if at_end => break,
            Some(_) | None => ahead += NEXT_LOOK,
        }
    }
    (blocks, None)
}

/// A block, and what its end is like.
struct Next {
    block: Block,
    /// The frame behind it.
    end: usize,
    /// It was cut inside a stretch, which goes on behind it.
    open: bool,
    /// What is known behind it does not fit into it any more.
    is_over: bool,
}

/// The first block of a range of frames, judged by all that was heard until the end of the range.
fn next_block(levels: &Levels, known: Range<usize>, open: bool, samples: usize) -> Option<Next> {
    let voice = levels.voice(known.end).ok()?;
    let mut stretches = voice.stretches(known.start, PAUSE_MS);
    let near = |first: &&mut Range<usize>| first.start - known.start <= PAUSE_MS / FRAME_MS;
    if let Some(first) = stretches.first_mut().filter(|first| open && near(first)) {
        first.start = known.start;
    }
    let widened = stretches.into_iter().map(|stretch| {
        stretch.start.saturating_sub(MARGIN).max(known.start)..(stretch.end + MARGIN).min(voice.len())
    });
    let mut parts = widened.flat_map(|stretch| shorten(stretch, &voice)).peekable();
    let mut taken: Vec<Range<usize>> = Vec::new();
    let mut frames = 0;
    while let Some(part) = parts.next_if(|part| taken.is_empty() || frames + part.len() <= LONGEST) {
        frames += part.len();
        taken.push(part);
    }
    let end = taken.last()?.end;
    let behind = parts.peek();
    let piece = |part: &Range<usize>| part.start * FRAME..(part.end * FRAME).min(samples);
    Some(Next {
        block: Block { pieces: taken.iter().map(piece).collect() },
        end,
        open: behind.is_some_and(|next| next.start == end),
        is_over: behind.is_some(),
    })
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
        (divide(&recording), recording)
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

    #[test]
    fn a_recording_that_goes_on_is_parted_as_it_is_when_it_is_over() {
        // Quiet, loud, soft, with short and long pauses and a muted minute: what comes later is louder than what came.
        let soft: Vec<f32> = babble(40).iter().map(|sample| sample * 0.1).collect();
        let sound = [
            room(7),
            soft,
            room(4),
            babble(33),
            room(1),
            babble(12),
            vec![0.0; 60 * 16_000],
            babble(50),
            room(3),
            babble(5),
        ]
        .concat();
        let (whole, recording) = divided(sound);
        assert!(whole.len() >= 5, "{}", whole.len());
        let mut most = 0;
        for seconds in (0..recording.samples.len() / 16_000).step_by(3) {
            let part = Recording { samples: recording.samples[..seconds * 16_000].to_vec(), damaged: false };
            let (over, rest) = so_far(&part);
            assert_eq!(over, whole[..over.len()], "after {seconds} s");
            assert!(over.len() >= most, "what was over stays over");
            most = over.len();
            assert!(rest.is_none_or(|rest| rest.duration_ms() <= 29_000));
        }
        assert!(most + 2 >= whole.len(), "{most} of {} while it went on", whole.len());
    }
}
