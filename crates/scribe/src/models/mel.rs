//! The mel filters that a speech model hears through: 201 frequencies to 80 bands.
//!
//! Slaney's scale: linear below 1,000 Hz, logarithmic above, each band's area the same (M. Slaney, Auditory
//! Toolbox, Technical Report 1998-010, Interval Research, 1998). The models were trained with these numbers, so
//! they are computed in the same order of operations and agree to the last bit.

/// Bands.
pub(super) const BANDS: u32 = 80;
/// Frequencies from 0 to 8,000 Hz that a 25 ms window of 16 kHz sound resolves.
pub(super) const FREQUENCIES: u32 = 201;

const HIGHEST_HZ: f64 = 8_000.0;
const HZ_A_MEL: f64 = 200.0 / 3.0;
const LOG_FROM_HZ: f64 = 1_000.0;
const LOG_FROM_MEL: f64 = LOG_FROM_HZ / HZ_A_MEL;

/// The filters, band after band.
pub(super) fn filters() -> Vec<f32> {
    let highest_mel = LOG_FROM_MEL + log(HIGHEST_HZ / LOG_FROM_HZ) / log_step();
    let step = highest_mel / f64::from(BANDS + 1);
    let edges: Vec<f64> = (0..BANDS + 2)
        .map(|edge| to_hz(if edge == BANDS + 1 { highest_mel } else { f64::from(edge) * step }))
        .collect();
    edges
        .windows(3)
        .flat_map(|edge| if let [low, peak, high] = *edge { band(low, peak, high) } else { Vec::new() })
        .collect()
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the filters are kept in single precision, rounded twice"
)]
fn band(low: f64, peak: f64, high: f64) -> Vec<f32> {
    let area = 2.0 / (high - low);
    (0..FREQUENCIES)
        .map(|frequency| {
            let hertz = f64::from(frequency) * (HIGHEST_HZ / f64::from(FREQUENCIES - 1));
            let rising = -(low - hertz) / (peak - low);
            let falling = (high - hertz) / (high - peak);
            // Neither `min` nor `max`: both may give a zero of either sign, depending on how they are compiled, and the
            // first number of all is a zero below zero.
            let least = if rising < falling { rising } else { falling };
            let triangle = if least < 0.0 { 0.0 } else { least } as f32;
            (f64::from(triangle) * area) as f32
        })
        .collect()
}

fn log_step() -> f64 {
    log(6.4) / 27.0
}

/// The logarithm as it is computed on the running machine: an optimising compiler that computes it beforehand may
/// round its last bit another way, and then no filter is the same.
fn log(value: f64) -> f64 {
    std::hint::black_box(value).ln()
}

fn to_hz(mel: f64) -> f64 {
    if mel >= LOG_FROM_MEL {
        LOG_FROM_HZ * std::hint::black_box(log_step() * (mel - LOG_FROM_MEL)).exp()
    } else {
        HZ_A_MEL * mel
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::{Digest, Sha256};

    #[test]
    fn the_filters_are_the_ones_the_models_were_trained_with() {
        let bytes: Vec<u8> = filters().iter().flat_map(|weight| weight.to_le_bytes()).collect();
        assert_eq!(bytes.len(), 80 * 201 * 4);
        // The hash of the array `mel_80` in the assets of the openai-whisper package, 20250625.
        assert_eq!(
            crate::models::file::hexadecimal(&Sha256::digest(&bytes)),
            "4f2701b1d287d74a0dc9871026e9519d98cb76426615f2539b0d151a0ae4ec2e"
        );
    }
}
