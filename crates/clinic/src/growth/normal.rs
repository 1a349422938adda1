//! The normal distribution, for turning z-scores into percentiles and back.
//!
//! Near the middle Taylor's series as in Marsaglia, "Evaluating the Normal Distribution", Journal of Statistical Software
//! 11(4), 2004; in the tails Laplace's continued fraction (Abramowitz and Stegun, 26.2.14).

use std::f64::consts::PI;

/// From here on the series would lose digits and the fraction is exact.
const TAIL: f64 = 3.0;
/// Beyond this no share of a distribution is told from none (double precision).
const FARTHEST: f64 = 8.21;

/// The share of people above a z-score.
pub(super) fn above(z: f64) -> f64 {
    if z < 0.0 {
        return 1.0 - above(-z);
    }
    let density = (-z * z / 2.0).exp() / (2.0 * PI).sqrt();
    if z < TAIL { 0.5 - density * series(z) } else { density / fraction(z) }
}

/// The share of people below a z-score.
pub(super) fn below(z: f64) -> f64 {
    above(-z)
}

/// The z-score above which a share of people lies, up to 8.21 as in CDC's own program; `share` is at most a half.
pub(super) fn with_above(share: f64) -> f64 {
    let (mut low, mut high) = (0.0, FARTHEST);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if above(middle) > share {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

/// z + z³/3 + z⁵/(3·5) + …
fn series(z: f64) -> f64 {
    let (mut sum, mut term) = (z, z);
    for step in 1..40 {
        term *= z * z / f64::from(2 * step + 1);
        sum += term;
    }
    sum
}

/// z + 1/(z + 2/(z + 3/(z + …)))
fn fraction(z: f64) -> f64 {
    (1..120).rev().fold(z, |rest, step| z + f64::from(step) / rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_agree_with_published_ones() {
        // Abramowitz and Stegun, tables 26.1 and 26.2.
        let cases = [
            (0.0, 0.5),
            (0.5, 0.308_537_538_725_986_9),
            (1.0, 0.158_655_253_931_457_07),
            (2.5, 0.006_209_665_325_776),
            (3.0, 0.001_349_898_031_630_093),
            (3.5, 0.000_232_629_079_035_525),
            (6.0, 9.865_876_450_376_946e-10),
        ];
        for (z, share) in cases {
            assert!((above(z) / share - 1.0).abs() < 1e-6, "{z}: {}", above(z));
            assert!((below(z) + above(z) - 1.0).abs() < 1e-14, "{z}");
        }
    }

    #[test]
    fn a_share_leads_back_to_its_score() {
        for z in [0.0, 0.3, 1.644_853_626_951_472, 2.999, 3.001, 5.5, 8.0] {
            assert!((with_above(above(z)) - z).abs() < 1e-4, "{z}: {}", with_above(above(z)));
        }
        assert!((with_above(0.0) - FARTHEST).abs() < 1e-9);
    }
}
