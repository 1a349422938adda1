//! The LMS method: Cole and Green, "Smoothing reference centile curves: the LMS method and penalized likelihood",
//! Statistics in Medicine 11(10), 1992.

/// Below this the power L counts as nothing, where the method's limit holds.
const NO_POWER: f64 = 1e-9;

/// What a reference says of one sex at one age: power, median and coefficient of variation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Lms {
    pub(super) power: f64,
    pub(super) median: f64,
    pub(super) variation: f64,
}

impl Lms {
    /// The z-score of a value: ((x/M)^L − 1)/(L·S), and ln(x/M)/S where L is nothing.
    pub(super) fn z(self, value: f64) -> f64 {
        let ratio = value / self.median;
        if self.power.abs() < NO_POWER {
            return ratio.ln() / self.variation;
        }
        (ratio.powf(self.power) - 1.0) / (self.power * self.variation)
    }

    /// The value of a z-score; where the formula has none, the nearest it comes to one.
    pub(super) fn value(self, z: f64) -> f64 {
        if self.power.abs() < NO_POWER {
            return self.median * (self.variation * z).exp();
        }
        let base = (1.0 + self.power * self.variation * z).max(NO_POWER);
        self.median * base.powf(1.0 / self.power)
    }

    /// The z-score of a weight by WHO's rule: beyond three standard deviations it grows by the distance between the second
    /// and the third (WHO Child Growth Standards, 2006, chapter 7), since there the formula rests on too few children.
    pub(super) fn restricted_z(self, value: f64) -> f64 {
        let z = self.z(value);
        if z.abs() <= 3.0 {
            return z;
        }
        let (second, third) = (self.value(z.signum() * 2.0), self.value(z.signum() * 3.0));
        z.signum() * (3.0 + (value - third) / (third - second))
    }

    /// What holds at a share of the way from here to another row.
    pub(super) fn toward(self, next: Self, share: f64) -> Self {
        let between = |from: f64, to: f64| from + (to - from) * share;
        Self {
            power: between(self.power, next.power),
            median: between(self.median, next.median),
            variation: between(self.variation, next.variation),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worked_example_of_the_cdc_comes_out() {
        // CDC, "Percentile Data Files with LMS Values": a boy of 9 months who weighs 9.7 kg has the z-score 0.207.
        let boys = Lms { power: -0.160_095_4, median: 9.476_500_305, variation: 0.112_186_24 };
        assert!((boys.z(9.7) - 0.207).abs() < 0.000_5, "{}", boys.z(9.7));
        assert!((super::super::normal::below(boys.z(9.7)) - 0.582).abs() < 0.000_5);
    }

    #[test]
    fn a_value_leads_back_to_its_score_with_any_power() {
        for power in [-2.3, -0.000_001, 0.0, 1e-12, 0.3487, 1.0] {
            let at = Lms { power, median: 12.0, variation: 0.11 };
            for z in [-3.0, -1.0, 0.0, 0.5, 2.5] {
                assert!((at.z(at.value(z)) - z).abs() < 1e-6, "{power} {z}");
            }
        }
    }

    #[test]
    fn beyond_three_deviations_a_weight_is_counted_in_steps_of_one() {
        let at = Lms { power: -0.3521, median: 10.0, variation: 0.09 };
        let step = at.value(3.0) - at.value(2.0);
        assert!((at.restricted_z(at.value(3.0) + step) - 4.0).abs() < 1e-9);
        let step = at.value(-2.0) - at.value(-3.0);
        assert!((at.restricted_z(at.value(-3.0) - 2.0 * step) + 5.0).abs() < 1e-9);
        assert!((at.restricted_z(at.value(2.9)) - 2.9).abs() < 1e-9);
    }
}
