//! Any sample rate to 16 kHz, piece by piece.
//!
//! A windowed-sinc filter with one row of weights for each position an output sample can have between two input
//! samples. The crates for this bring transforms and buffers that speech at a fixed ratio does not need.

use std::f64::consts::PI;

use super::SAMPLE_RATE;

/// Zero crossings of the sinc on each side: the stop band starts within 5 % of the band edge.
const CROSSINGS: f64 = 24.0;
/// Where the pass band ends, as a share of the lower rate's band.
const PASS: f64 = 0.94;

/// Turns samples of one rate into samples of [`SAMPLE_RATE`].
pub(super) struct Resampler {
    /// Output samples for each `step` input samples; the ratio in lowest terms.
    phases: usize,
    step: usize,
    /// Input samples on each side of an output sample that weigh in.
    reach: usize,
    /// `phases` rows of `2 * reach` weights.
    weights: Vec<f32>,
    /// Input that later output still needs.
    pending: Vec<f32>,
    /// The next output sample's place in `pending`: whole samples and phases.
    whole: usize,
    phase: usize,
}

impl Resampler {
    /// Makes one for input of `rate` samples a second; none when nothing sensible has such a rate.
    pub(super) fn from_rate(rate: u32) -> Option<Self> {
        if !(4_000..=400_000).contains(&rate) {
            return None;
        }
        let common = greatest_common_divisor(rate, SAMPLE_RATE);
        let (step, phases) = (rate / common, SAMPLE_RATE / common);
        let stretch = (f64::from(step) / f64::from(phases)).max(1.0);
        let half_width = CROSSINGS * stretch;
        let reach = (1..1_000).find(|n| f64::from(*n) >= half_width)?;
        let weights =
            (0..phases).flat_map(|phase| row(f64::from(phase) / f64::from(phases), reach, stretch)).collect();
        let reach = usize::try_from(reach).ok()?;
        Some(Self {
            phases: usize::try_from(phases).ok()?,
            step: usize::try_from(step).ok()?,
            reach,
            weights,
            pending: vec![0.0; reach - 1],
            whole: 0,
            phase: 0,
        })
    }

    /// Takes input and hands all output it completes to `out`.
    pub(super) fn push(&mut self, input: &[f32], out: &mut Vec<f32>) {
        if self.phases == self.step {
            out.extend_from_slice(input);
            return;
        }
        self.pending.extend_from_slice(input);
        let taps = 2 * self.reach;
        while let Some(window) = self.pending.get(self.whole..self.whole + taps) {
            let row = self.weights.iter().skip(self.phase * taps);
            out.push(window.iter().zip(row).map(|(sample, weight)| sample * weight).sum());
            self.phase += self.step;
            self.whole += self.phase / self.phases;
            self.phase %= self.phases;
        }
        let done = self.whole.min(self.pending.len());
        self.pending.drain(..done);
        self.whole -= done;
    }

    /// Hands the last output to `out`, as if silence followed.
    pub(super) fn finish(&mut self, out: &mut Vec<f32>) {
        if self.phases != self.step {
            self.push(&vec![0.0; self.reach], out);
        }
    }
}

/// The weights for one place between two input samples; they add up to one, so loudness stays.
fn row(fraction: f64, reach: u32, stretch: f64) -> Vec<f32> {
    let cutoff = PASS / stretch;
    let first = 1.0 - f64::from(reach);
    let raw: Vec<f64> = (0..2 * reach)
        .map(|tap| {
            let away = first + f64::from(tap) - fraction;
            cutoff * sinc(cutoff * away) * window(away / f64::from(reach))
        })
        .collect();
    let sum: f64 = raw.iter().sum();
    #[expect(clippy::cast_possible_truncation, reason = "weights lie between -1 and 1")]
    raw.iter().map(|weight| (weight / sum) as f32).collect()
}

fn sinc(x: f64) -> f64 {
    if x.abs() < 1e-9 { 1.0 } else { (PI * x).sin() / (PI * x) }
}

/// The Blackman window from -1 to 1.
fn window(x: f64) -> f64 {
    if x.abs() >= 1.0 { 0.0 } else { 0.42 + 0.5 * (PI * x).cos() + 0.08 * (2.0 * PI * x).cos() }
}

fn greatest_common_divisor(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

#[cfg(test)]
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "test tones"
)]
mod tests {
    use super::*;

    fn tone(rate: u32, hertz: f64, seconds: f64) -> Vec<f32> {
        let count = (f64::from(rate) * seconds) as usize;
        (0..count).map(|n| (2.0 * PI * hertz * n as f64 / f64::from(rate)).sin() as f32).collect()
    }

    fn resample(rate: u32, input: &[f32], piece: usize) -> Vec<f32> {
        let (mut resampler, mut out) = (Resampler::from_rate(rate).unwrap(), Vec::new());
        for part in input.chunks(piece) {
            resampler.push(part, &mut out);
        }
        resampler.finish(&mut out);
        out
    }

    fn loudness(samples: &[f32]) -> f64 {
        let middle = &samples[samples.len() / 4..samples.len() * 3 / 4];
        (middle.iter().map(|s| f64::from(*s).powi(2)).sum::<f64>() / middle.len() as f64).sqrt()
    }

    #[test]
    fn speech_tones_keep_their_loudness_length_and_place() {
        for rate in [8_000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000, 192_000] {
            let out = resample(rate, &tone(rate, 1_000.0, 0.5), 1_000);
            assert!(out.len().abs_diff(8_000) <= 2, "{rate}: {}", out.len());
            let expected = tone(SAMPLE_RATE, 1_000.0, 0.5);
            let worst = out
                .iter()
                .zip(&expected)
                .skip(400)
                .take(7_000)
                .map(|(a, b)| (a - b).abs())
                .fold(0.0, f32::max);
            assert!(worst < 0.01, "{rate}: {worst}");
        }
    }

    #[test]
    fn what_16_khz_cannot_hold_is_gone_and_not_folded_back() {
        for (rate, hertz) in [(48_000, 9_000.0), (48_000, 12_000.0), (44_100, 15_000.0), (96_000, 30_000.0)] {
            let left = loudness(&resample(rate, &tone(rate, hertz, 0.5), 4_096));
            assert!(left < 0.001, "{rate} {hertz}: {left}");
        }
    }

    #[test]
    fn the_size_of_the_pieces_changes_nothing() {
        let input = tone(44_100, 440.0, 0.2);
        let whole = resample(44_100, &input, usize::MAX);
        for piece in [1, 7, 160, 441] {
            assert_eq!(resample(44_100, &input, piece), whole);
        }
    }

    #[test]
    fn senseless_rates_are_refused() {
        for rate in [0, 1, 3_999, 400_001, u32::MAX] {
            assert!(Resampler::from_rate(rate).is_none());
        }
        assert!(Resampler::from_rate(44_099).is_some());
    }
}
