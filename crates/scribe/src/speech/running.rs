//! Hearing a recording while it goes on: its stretches one by one, and at the end only what is left.

use serde::{Deserialize, Serialize};

use super::{Ear, HearError, HearOptions, HearProgress, Heard, Piece, listen};
use crate::audio::Recording;
use crate::transcript::Transcript;

/// What was heard of a stretch of a recording that goes on; it stands whatever follows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Stretch {
    /// A digest of what the words depend on: the sound, its place, and who heard it.
    pub mark: String,
    /// Milliseconds from the start of the recording.
    pub start_ms: u64,
    /// Milliseconds from the start of the recording.
    pub end_ms: u64,
    /// The words, with times in the recording.
    pub pieces: Vec<Piece>,
}

/// What there was to hear of a recording that goes on.
#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    /// A stretch, to be kept.
    Heard(Stretch),
    /// Every stretch that is over is kept; this is what was said behind them so far, and may still change.
    SoFar(Vec<Piece>),
    /// It does not begin in English: nothing is written down before it is over.
    OtherLanguage,
}

/// Hears a decoded recording with an ear; what was kept while it went on is not heard again, and the words are the same.
///
/// # Errors
/// As [`super::hear`].
pub fn hear_rest(
    recording: &Recording,
    ear: &mut dyn Ear,
    options: &HearOptions,
    kept: &[Stretch],
    progress: &mut dyn FnMut(HearProgress),
) -> Result<Heard, HearError> {
    listen::hear(recording, ear, options, kept, progress)
}

/// Hears what is next of a recording that goes on: one stretch that is over, or, where all of those are kept, what was said
/// since.
///
/// # Errors
/// As [`super::hear`].
pub fn hear_next(
    recording: &Recording,
    ear: &mut dyn Ear,
    options: &HearOptions,
    kept: &[Stretch],
) -> Result<Next, HearError> {
    listen::next(recording, ear, options, kept)
}

/// What was said so far, in sentences with guessed speakers, from stretches and what follows them.
pub fn words_so_far(kept: &[Stretch], behind: &[Piece]) -> Transcript {
    let pieces = kept.iter().flat_map(|stretch| &stretch.pieces).chain(behind);
    listen::words(pieces.cloned().collect())
}

#[cfg(test)]
mod tests {
    use super::super::gate::tests::{babble, room};
    use super::*;

    /// An ear that hears one sentence in each block, and counts what it was given.
    #[derive(Default)]
    struct StandIn {
        heard: usize,
        foreign: bool,
        model: &'static str,
    }

    impl Ear for StandIn {
        fn words(&mut self, samples: &[f32], _: &HearOptions) -> Result<Vec<Piece>, HearError> {
            self.heard += 1;
            let end_ms = crate::audio::samples_to_ms(samples.len());
            let text = format!("I have had a cough for {} {} days.", samples.len(), self.model);
            Ok(vec![Piece { start_ms: 0, end_ms, text, certainty: 0.9, disputed: false }])
        }

        fn hears_english(&mut self, _: &[f32], _: &HearOptions) -> Result<bool, HearError> {
            Ok(!self.foreign)
        }

        fn mark(&self, _: &HearOptions) -> String {
            self.model.to_owned()
        }
    }

    fn talk() -> Recording {
        let samples = [room(5), babble(50), room(4), babble(20), room(30), babble(45)].concat();
        Recording { samples, damaged: false }
    }

    fn until(recording: &Recording, seconds: usize) -> Recording {
        Recording { samples: recording.samples[..seconds * 16_000].to_vec(), damaged: false }
    }

    /// Hears a recording as it grows by four seconds at a time; gives what was kept, and the last words behind it.
    fn live(whole: &Recording, ear: &mut StandIn) -> (Vec<Stretch>, Vec<Piece>) {
        let options = HearOptions::default();
        let (mut kept, mut behind) = (Vec::new(), Vec::new());
        for seconds in (0..whole.samples.len() / 16_000).step_by(4) {
            match hear_next(&until(whole, seconds), ear, &options, &kept).unwrap() {
                Next::Heard(stretch) => kept.push(stretch),
                Next::SoFar(pieces) => behind = pieces,
                Next::OtherLanguage => {}
            }
        }
        (kept, behind)
    }

    #[test]
    fn what_was_heard_while_it_went_on_is_what_is_heard_at_once_and_only_the_tail_is_left() {
        let (whole, options) = (talk(), HearOptions::default());
        let mut at_once = StandIn::default();
        let expected = hear_rest(&whole, &mut at_once, &options, &[], &mut |_| {}).unwrap();
        assert!(at_once.heard >= 5 && expected.transcript.segments.len() >= 5);
        let (kept, behind) = live(&whole, &mut StandIn::default());
        assert!(kept.len() + 2 >= at_once.heard, "{} of {}", kept.len(), at_once.heard);
        let mut rest = StandIn::default();
        let heard = hear_rest(&whole, &mut rest, &options, &kept, &mut |_| {}).unwrap();
        assert_eq!(heard, expected);
        assert_eq!(rest.heard + kept.len(), at_once.heard, "nothing is heard twice");
        let so_far = words_so_far(&kept, &behind);
        assert_eq!(so_far.segments[0].text, expected.transcript.segments[0].text);
        assert!(so_far.segments.iter().is_sorted_by_key(|segment| segment.start_ms));
    }

    #[test]
    fn another_model_or_other_sound_is_heard_anew() {
        let (whole, options) = (talk(), HearOptions::default());
        let (kept, _) = live(&whole, &mut StandIn { model: "small", ..StandIn::default() });
        let mut other = StandIn { model: "large", ..StandIn::default() };
        let expected = hear_rest(&whole, &mut other, &options, &[], &mut |_| {}).unwrap();
        let all = other.heard;
        assert_eq!(hear_rest(&whole, &mut other, &options, &kept, &mut |_| {}).unwrap(), expected);
        assert_eq!(other.heard, 2 * all);
        let mut louder = whole.clone();
        louder.samples.iter_mut().for_each(|sample| *sample *= 1.5);
        let mut same = StandIn { model: "small", ..StandIn::default() };
        hear_rest(&louder, &mut same, &options, &kept, &mut |_| {}).unwrap();
        assert_eq!(same.heard, all, "kept words are never put to other sound");
    }

    #[test]
    fn words_come_within_seconds_and_another_language_is_not_written_down() {
        let (whole, options) = (talk(), HearOptions::default());
        let early = hear_next(&until(&whole, 9), &mut StandIn::default(), &options, &[]).unwrap();
        assert!(matches!(&early, Next::SoFar(pieces) if pieces.len() == 1), "{early:?}");
        let silent = hear_next(&until(&whole, 3), &mut StandIn::default(), &options, &[]).unwrap();
        assert_eq!(silent, Next::SoFar(Vec::new()));
        let mut foreign = StandIn { foreign: true, ..StandIn::default() };
        for seconds in [9, 60] {
            let next = hear_next(&until(&whole, seconds), &mut foreign, &options, &[]).unwrap();
            assert_eq!(next, Next::OtherLanguage);
        }
        assert_eq!(foreign.heard, 0);
    }
}
