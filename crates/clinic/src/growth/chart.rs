//! The six growth charts: what each is of, for whom, and which curves its publisher draws.

use super::{lms::Lms, normal, tables};
use crate::patient::Sex;
use serde::Serialize;

/// A growth chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Chart {
    /// Weight for age, birth to 2 years.
    WhoWeight,
    /// Length for age, birth to 2 years.
    WhoLength,
    /// Weight for length, birth to 2 years.
    WhoWeightForLength,
    /// Weight for age, 2 to 20 years.
    CdcWeight,
    /// Stature for age, 2 to 20 years.
    CdcStature,
    /// Body mass index for age, 2 to 20 years.
    CdcBmi,
}

/// What runs along the foot of a chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Axis {
    /// Age in days.
    Days,
    /// Age in months of 30.4375 days.
    Months,
    /// Length in centimetres.
    Length,
}

/// A curve: its name and its z-score.
pub type Curve = (&'static str, f64);

/// The curves of the WHO standards as practices in the United States draw them, the outer ones at two standard
/// deviations: CDC, "Use of World Health Organization and CDC Growth Charts for Children Aged 0–59 Months", MMWR 59
/// (RR-9), 2010.
const WHO_CURVES: [Curve; 9] = [
    ("2", -2.0),
    ("5", -1.644_854),
    ("10", -1.281_552),
    ("25", -0.674_490),
    ("50", 0.0),
    ("75", 0.674_490),
    ("90", 1.281_552),
    ("95", 1.644_854),
    ("98", 2.0),
];
/// CDC, clinical growth charts, set 1 (Vital and Health Statistics 11(246), 2002).
const CDC_CURVES: [Curve; 7] = [
    ("5", -1.644_854),
    ("10", -1.281_552),
    ("25", -0.674_490),
    ("50", 0.0),
    ("75", 0.674_490),
    ("90", 1.281_552),
    ("95", 1.644_854),
];
/// The same with the 85th, where overweight begins.
const BMI_CURVES: [Curve; 8] = [
    ("5", -1.644_854),
    ("10", -1.281_552),
    ("25", -0.674_490),
    ("50", 0.0),
    ("75", 0.674_490),
    ("85", 1.036_433),
    ("90", 1.281_552),
    ("95", 1.644_854),
];
/// The 95th percentile, where obesity begins and CDC's extended method takes over.
const P95: f64 = 1.644_853_627;

impl Chart {
    /// Every chart, those of the youngest first.
    pub const ALL: [Self; 6] = [
        Self::WhoWeight,
        Self::WhoLength,
        Self::WhoWeightForLength,
        Self::CdcWeight,
        Self::CdcStature,
        Self::CdcBmi,
    ];

    /// The word for programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WhoWeight => "who_weight",
            Self::WhoLength => "who_length",
            Self::WhoWeightForLength => "who_weight_for_length",
            Self::CdcWeight => "cdc_weight",
            Self::CdcStature => "cdc_stature",
            Self::CdcBmi => "cdc_bmi",
        }
    }

    /// What it shows, for whom.
    pub fn title(self) -> &'static str {
        match self {
            Self::WhoWeight => "Weight for age, birth to 2 years",
            Self::WhoLength => "Length for age, birth to 2 years",
            Self::WhoWeightForLength => "Weight for length, birth to 2 years",
            Self::CdcWeight => "Weight for age, 2 to 20 years",
            Self::CdcStature => "Stature for age, 2 to 20 years",
            Self::CdcBmi => "BMI for age, 2 to 20 years",
        }
    }

    /// What is measured, with its unit.
    pub fn measured(self) -> (&'static str, &'static str) {
        match self {
            Self::WhoWeight | Self::CdcWeight => ("Weight", "kg"),
            Self::WhoWeightForLength => ("Weight for length", "kg"),
            Self::WhoLength => ("Length", "cm"),
            Self::CdcStature => ("Stature", "cm"),
            Self::CdcBmi => ("BMI", "kg/m²"),
        }
    }

    /// Who published it.
    pub fn source(self) -> &'static str {
        match self {
            Self::WhoWeight | Self::WhoLength | Self::WhoWeightForLength => "WHO 2006",
            Self::CdcWeight | Self::CdcStature | Self::CdcBmi => "CDC 2000",
        }
    }

    /// What runs along its foot.
    pub fn axis(self) -> Axis {
        match self {
            Self::WhoWeight | Self::WhoLength => Axis::Days,
            Self::WhoWeightForLength => Axis::Length,
            Self::CdcWeight | Self::CdcStature | Self::CdcBmi => Axis::Months,
        }
    }

    /// The curves that are drawn, from low to high.
    pub fn curves(self) -> &'static [Curve] {
        match self {
            Self::WhoWeight | Self::WhoLength | Self::WhoWeightForLength => &WHO_CURVES,
            Self::CdcWeight | Self::CdcStature => &CDC_CURVES,
            Self::CdcBmi => &BMI_CURVES,
        }
    }

    /// Where it begins and ends, along its foot.
    pub fn range(self) -> (f64, f64) {
        tables::range(self)
    }

    /// The course of a z-score over the whole chart, at `steps` places from one end to the other; empty where the sex
    /// is neither female nor male, for whom alone the charts were made.
    pub fn course(self, sex: Sex, z: f64, steps: u16) -> Vec<(f64, f64)> {
        let (first, last) = self.range();
        let at = |step: u16| first + (last - first) * f64::from(step) / f64::from(steps.max(1));
        (0..=steps).map(at).filter_map(|at| Some((at, tables::find(self, sex, at)?.value(z)))).collect()
    }

    /// The z-score of a value at a place, by the publisher's rules; nothing outside of the chart.
    pub(super) fn z(self, sex: Sex, at: f64, value: f64) -> Option<f64> {
        let row = tables::find(self, sex, at)?;
        Some(match self {
            Self::WhoWeight | Self::WhoWeightForLength => row.restricted_z(value),
            Self::WhoLength | Self::CdcWeight | Self::CdcStature => row.z(value),
            Self::CdcBmi => bmi_z(row, sex, at / 12.0, value),
        })
    }
}

/// From the 95th percentile on CDC's extended method of 2022: obese children follow a half-normal distribution whose width
/// grows with age. NCHS, "CDC Extended Growth Charts for Body Mass Index", Vital and Health Statistics 2(197), 2022, after
/// Wei et al., Annals of Human Biology 47(6), 2020.
fn bmi_z(row: Lms, sex: Sex, years: f64, value: f64) -> f64 {
    let (beyond, z) = (row.value(P95), row.z(value));
    if value < beyond {
        return z;
    }
    let width = match sex {
        Sex::Male => 0.3728 + 0.5196 * years - 0.0091 * years * years,
        Sex::Female | Sex::Other => 0.8334 + 0.3712 * years - 0.0011 * years * years,
    };
    normal::with_above(0.1 * normal::above((value - beyond) / width))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(chart: Chart, sex: Sex, at: f64, published: &[(&str, f64)], slack: f64) {
        for (name, value) in published {
            let z = chart.curves().iter().find(|(curve, _)| curve == name).map(|(_, z)| *z);
            let z = z.unwrap_or(if *name == "3" { -1.880_794 } else { 1.880_794 });
            let ours = tables::find(chart, sex, at).unwrap().value(z);
            assert!((ours - value).abs() < slack, "{chart:?} {sex} {at} P{name}: {ours}, published {value}");
        }
    }

    #[test]
    fn the_percentiles_that_the_who_tables_print_come_out() {
        let birth =
            [("2", 2.459_312), ("5", 2.603_994), ("50", 3.3464), ("90", 4.011_499), ("98", 4.419_354)];
        near(Chart::WhoWeight, Sex::Male, 0.0, &birth, 0.000_1);
        // Months of the tables are 30.4375 days.
        let half = [("2", 6.352_967), ("10", 6.885_864), ("50", 7.934), ("75", 8.539_707), ("98", 9.848_832)];
        near(Chart::WhoWeight, Sex::Male, 6.0 * 30.4375, &half, 0.003);
        let year =
            [("2", 68.865_036), ("25", 72.2782), ("50", 74.015), ("95", 78.250_47), ("98", 79.164_964)];
        near(Chart::WhoLength, Sex::Female, 365.25, &year, 0.005);
        near(Chart::WhoLength, Sex::Male, 19.0 * 30.4375, &[("2", 77.731_19), ("90", 86.772_86)], 0.005);
    }

    #[test]
    fn the_percentiles_that_the_cdc_files_print_come_out() {
        let two = [
            ("3", 79.910_844),
            ("5", 80.729_773),
            ("50", 86.452_201),
            ("95", 92.196_879),
            ("97", 93.022_654),
        ];
        near(Chart::CdcStature, Sex::Male, 24.0, &two, 0.000_5);
        let twenty = [("3", 45.046_548), ("10", 48.383_460), ("75", 65.852_380), ("95", 82.953_755)];
        near(Chart::CdcWeight, Sex::Female, 240.0, &twenty, 0.001);
        let ten = [("5", 14.218_655), ("25", 15.472_702), ("85", 19.390_411), ("95", 22.154_092)];
        near(Chart::CdcBmi, Sex::Male, 120.5, &ten, 0.000_5);
    }

    #[test]
    fn a_bmi_above_the_95th_percentile_is_counted_by_the_extended_method() {
        // The formula of the report, worked out apart with another program's normal distribution.
        for (bmi, z) in [(22.34, 1.660_437), (25.0, 1.924_832), (30.0, 2.600_293), (45.0, 5.324_355)] {
            let ours = Chart::CdcBmi.z(Sex::Male, 120.5, bmi).unwrap();
            assert!((ours - z).abs() < 0.001, "{bmi}: {ours}");
        }
        let at = |bmi| Chart::CdcBmi.z(Sex::Female, 60.0, bmi).unwrap();
        let edge = tables::find(Chart::CdcBmi, Sex::Female, 60.0).unwrap().value(P95);
        assert!((at(edge + 1e-6) - at(edge - 1e-6)).abs() < 1e-4);
    }

    #[test]
    fn on_every_chart_curves_never_cross_and_scores_rise_with_values() {
        for chart in Chart::ALL {
            let (first, last) = chart.range();
            for sex in [Sex::Female, Sex::Male] {
                for step in 0..=300 {
                    let at = first + (last - first) * f64::from(step) / 300.0;
                    let row = tables::find(chart, sex, at).unwrap();
                    let values: Vec<f64> = chart.curves().iter().map(|(_, z)| row.value(*z)).collect();
                    assert!(values.windows(2).all(|pair| pair[0] < pair[1]), "{chart:?} {sex} {at}");
                    let scores: Vec<f64> = (1..60)
                        .map(|n| chart.z(sex, at, row.median * f64::from(n) / 10.0).unwrap())
                        .collect();
                    assert!(
                        scores.windows(2).all(|pair| pair[0] <= pair[1]),
                        "{chart:?} {sex} {at} {scores:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn medians_of_weight_and_length_rise_with_age_but_for_the_first_days() {
        for chart in [Chart::WhoWeight, Chart::WhoLength, Chart::CdcWeight, Chart::CdcStature] {
            for sex in [Sex::Female, Sex::Male] {
                let course = chart.course(sex, 0.0, 730);
                let late: Vec<_> =
                    course.iter().filter(|(at, _)| chart.axis() != Axis::Days || *at > 5.0).collect();
                assert!(late.windows(2).all(|pair| pair[0].1 <= pair[1].1 + 1e-9), "{chart:?} {sex}");
            }
        }
        assert!(Chart::CdcBmi.course(Sex::Other, 0.0, 40).is_empty());
    }
}
