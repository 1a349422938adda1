//! Where in a recording somebody may be speaking.
//!
//! Loudness alone decides, and in doubt for the voice: leaving out a word is worse than hearing a silence. What this
//! keeps away from the model is muted microphones, even noise and long pauses, over which it makes up sentences.

use std::ops::Range;

use super::Silence;
use crate::audio::SAMPLE_RATE;

/// Milliseconds of sound that are judged at once.
pub(super) const FRAME_MS: usize = 20;
/// Samples that are judged at once.
pub(super) const FRAME: usize = SAMPLE_RATE as usize / 1000 * FRAME_MS;

/// Below this level (decibels under the loudest a file can hold) nothing is a voice: the noise of a sound card is.
const FLOOR_DB: f32 = -62.0;
/// Speech swings by 20 dB and more between syllables; a fan or a hum by less than this.
const LEAST_SWING_DB: f32 = 7.0;
/// How far above the quiet parts a frame counts as voice, as a share of the swing.
const SHARE_OF_SWING: f32 = 0.25;
/// Fewer frames with a voice than this are a cough or a click.
const FEWEST_FRAMES: usize = 10;

/// How loud each frame of a recording is.
#[derive(Debug)]
pub(super) struct Levels {
    db: Vec<f32>,
}

impl Levels {
    /// Measures a recording.
    pub(super) fn of(samples: &[f32]) -> Self {
        Self { db: samples.chunks(FRAME).map(level_db).collect() }
    }

    /// Frames in the recording.
    pub(super) fn len(&self) -> usize {
        self.db.len()
    }

    /// Judges the first frames of the recording by themselves; the reason when there is no voice in them.
    pub(super) fn voice(&self, frames: usize) -> Result<Voice, Silence> {
        let levels = self.db.get(..frames).unwrap_or(&self.db);
        let mut sorted = levels.to_vec();
        let mut at = |percent: usize| {
            let place = sorted.len() * percent / 100;
            let found = (place < sorted.len()).then(|| sorted.select_nth_unstable_by(place, f32::total_cmp));
            found.map_or(f32::NEG_INFINITY, |(_, level, _)| *level)
        };
        // Digital silence (a muted moment) says nothing about the room.
        let (quiet, loud) = (at(10).max(FLOOR_DB - 10.0), at(98));
        if loud < FLOOR_DB {
            return Err(Silence::Quiet);
        }
        if loud - quiet < LEAST_SWING_DB {
            return Err(Silence::EvenNoise);
        }
        let threshold = (quiet + SHARE_OF_SWING * (loud - quiet)).max(FLOOR_DB);
        let frames: Vec<bool> = levels.iter().map(|level| *level >= threshold).collect();
        if frames.iter().filter(|voice| **voice).count() < FEWEST_FRAMES {
            return Err(Silence::Quiet);
        }
        Ok(Voice { frames })
    }
}

/// For each frame, whether it may hold a voice.
#[derive(Debug)]
pub(super) struct Voice {
    frames: Vec<bool>,
}

impl Voice {
    /// Judges a recording; the reason when there is no voice in it.
    pub(super) fn find(samples: &[f32]) -> Result<Self, Silence> {
        let levels = Levels::of(samples);
        levels.voice(levels.len())
    }

    /// The stretches of frames with a voice, from a frame on; pauses of at most `pause_ms` do not end a stretch.
    pub(super) fn stretches(&self, from: usize, pause_ms: usize) -> Vec<Range<usize>> {
        let mut found: Vec<Range<usize>> = Vec::new();
        for (frame, _) in self.frames.iter().enumerate().skip(from).filter(|(_, voice)| **voice) {
            match found.last_mut() {
                Some(last) if frame - last.end <= pause_ms / FRAME_MS => last.end = frame + 1,
                Some(_) | None => found.push(frame..frame + 1),
            }
        }
        found
    }

    /// Milliseconds with a voice between two times.
    pub(super) fn voiced_ms(&self, from_ms: u64, to_ms: u64) -> u64 {
        let frame = |ms: u64| usize::try_from(ms).unwrap_or(usize::MAX) / FRAME_MS;
        let count =
            self.frames.iter().take(frame(to_ms)).skip(frame(from_ms)).filter(|voice| **voice).count();
        count as u64 * FRAME_MS as u64
    }

    /// The middle of the longest run of frames without a voice in a range.
    pub(super) fn longest_pause(&self, search: &Range<usize>) -> Option<usize> {
        let frames = self.frames.get(search.clone())?;
        let runs = frames.chunk_by(|a, b| a == b).scan(search.start, |at, run| {
            let start = *at;
            *at += run.len();
            Some((start, run))
        });
        runs.filter(|(_, run)| run.first() == Some(&false))
            .max_by_key(|(_, run)| run.len())
            .map(|(start, run)| start + run.len() / 2)
    }

    /// Frames in the recording.
    pub(super) fn len(&self) -> usize {
        self.frames.len()
    }
}

fn level_db(frame: &[f32]) -> f32 {
    let count = f32::from(u16::try_from(frame.len()).unwrap_or(u16::MAX)).max(1.0);
    let mean = frame.iter().sum::<f32>() / count;
    let power = frame.iter().map(|sample| (sample - mean).powi(2)).sum::<f32>() / count;
    10.0 * (power + 1e-12).log10()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Chance noise from -1 to 1.
    fn noise(count: usize) -> Vec<f32> {
        let mut state = 1_u32;
        let mut draw = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f32::from(u16::try_from(state >> 16).unwrap()) / 32_768.0 - 1.0
        };
        (0..count).map(|_| draw()).collect()
    }

    /// Syllables: a fifth of a second loud, a tenth quiet, over a room that is never quite still.
    pub(in crate::speech) fn babble(seconds: usize) -> Vec<f32> {
        let room = noise(seconds * 16_000);
        room.iter().enumerate().map(|(n, r)| if n % 4_800 < 3_200 { r * 0.3 } else { r * 0.003 }).collect()
    }

    pub(in crate::speech) fn room(seconds: usize) -> Vec<f32> {
        noise(seconds * 16_000).iter().map(|r| r * 0.003).collect()
    }

    #[test]
    fn nothing_noise_and_a_hum_have_no_voice() {
        assert_eq!(Voice::find(&[]).unwrap_err(), Silence::Quiet);
        assert_eq!(Voice::find(&vec![0.0; 160_000]).unwrap_err(), Silence::Quiet);
        assert_eq!(Voice::find(&vec![0.4; 160_000]).unwrap_err(), Silence::Quiet);
        assert_eq!(Voice::find(&room(10)).unwrap_err(), Silence::EvenNoise);
        let hum: Vec<f32> = (0..60_000_u16).map(|n| (f32::from(n % 157) * 0.04).sin() * 0.2).collect();
        assert_eq!(Voice::find(&hum).unwrap_err(), Silence::EvenNoise);
        let mut click = room(10);
        click[80_000..80_100].fill(0.9);
        assert!(Voice::find(&click).is_err());
    }

    #[test]
    fn quiet_and_loud_speech_are_both_found() {
        for gain in [0.01, 0.1, 1.0, 3.0] {
            let sound: Vec<f32> =
                [room(3), babble(4), room(3)].concat().iter().map(|sample| sample * gain).collect();
            let stretches = Voice::find(&sound).unwrap().stretches(0, 1_000);
            assert_eq!(stretches.len(), 1, "{gain}");
            assert!(
                stretches[0].start.abs_diff(150) < 3 && stretches[0].end.abs_diff(350) < 10,
                "{gain} {stretches:?}"
            );
        }
    }

    #[test]
    fn long_pauses_part_the_stretches_and_short_ones_do_not() {
        let voice = Voice::find(&[babble(2), room(1), babble(2), room(4), babble(2)].concat()).unwrap();
        assert_eq!(voice.stretches(0, 2_000).len(), 2);
        assert_eq!(voice.voiced_ms(5_200, 8_800), 0);
        assert!(voice.voiced_ms(0, 2_000) > 1_000);
    }
}
