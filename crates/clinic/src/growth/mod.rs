//! Growth of a child against the charts of WHO (birth to 2 years) and CDC (2 to 20 years).
//!
//! `tables.rs` reads the published numbers, `lms.rs` and `normal.rs` are the mathematics, `chart.rs` says what each chart is;
//! here measurements become points. Which charts at which age: CDC, MMWR 59 (RR-9), 2010. Below the second birthday a
//! height counts as length taken lying, from it on as stature taken standing: how it was taken is not recorded.
//! Ages are counted from the birth date; nobody records weeks of pregnancy, so nothing is corrected for an early birth.

mod chart;
mod lms;
mod normal;
mod tables;

pub use chart::{Axis, Chart, Curve};

use crate::patient::Sex;
use crate::time::Day;
use crate::vitals::{Centimetres, Kilograms};
use chrono::Datelike;
use serde::Serialize;
use std::fmt;

/// A month as both publishers count it: 365.25 days over 12.
pub const DAYS_A_MONTH: f64 = 30.4375;
/// From this birthday on the charts of CDC hold.
const CDC_FROM: u32 = 2;
/// Up to this birthday they hold, and no chart after it.
pub const CDC_UNTIL: u32 = 20;
/// A score beyond this is more likely a slip than a child: WHO Anthro takes lengths beyond it for wrong.
const UNLIKELY: f64 = 6.0;

/// What was measured of a child on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measured {
    /// The day, in the practice's zone.
    pub on: Day,
    /// Weight.
    pub weight: Option<Kilograms>,
    /// Length or stature.
    pub height: Option<Centimetres>,
}

/// The age on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Age {
    days: i32,
    months: i32,
}

impl Age {
    /// The age of who was born on a day; nothing before it.
    fn on(born: Day, day: Day) -> Option<Self> {
        let days =
            i32::try_from(day.0.signed_duration_since(born.0).num_days()).ok().filter(|days| *days >= 0)?;
        let months = |day: Day| day.0.year() * 12 + i32::try_from(day.0.month0()).unwrap_or_default();
        Some(Self { days, months: months(day) - months(born) - i32::from(day.0.day() < born.0.day()) })
    }

    /// In days.
    pub fn days(self) -> i32 {
        self.days
    }
}

/// As a chart states it: days in the first month, then months, from 2 years on years and months.
impl fmt::Display for Age {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.months, self.months / 12, self.months % 12) {
            (0, ..) => write!(f, "{} d", self.days),
            (1..24, ..) => write!(f, "{} m", self.months),
            (_, years, 0) => write!(f, "{years} y"),
            (_, years, months) => write!(f, "{years} y {months} m"),
        }
    }
}

/// One measurement on one chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// The chart.
    pub chart: Chart,
    /// The day.
    pub on: Day,
    /// The age on that day.
    pub age: Age,
    /// The place along the chart's foot.
    pub at: f64,
    /// The value, in the chart's unit.
    pub value: f64,
    /// How many standard deviations above the median.
    pub z: f64,
}

impl Point {
    /// The share of children of this sex and age below the value, in percent.
    pub fn percentile(&self) -> f64 {
        100.0 * normal::below(self.z)
    }

    /// Whether the value is more likely a slip of the hand than a child.
    pub fn is_unlikely(&self) -> bool {
        self.z.abs() > UNLIKELY
    }
}

/// Why a measurement is on no chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// It was taken before the recorded birth date.
    BeforeBirth,
    /// There are charts of girls and of boys alone.
    NoChartForSex,
    /// It was taken on the twentieth birthday or later.
    Grown,
    /// The length lies outside of the chart of weight for length.
    LengthOffChart,
    /// Weight was measured and height was not.
    NoHeight,
    /// Height was measured and weight was not.
    NoWeight,
}

impl Why {
    /// Every reason.
    pub const ALL: [Self; 6] = [
        Self::BeforeBirth,
        Self::NoChartForSex,
        Self::Grown,
        Self::LengthOffChart,
        Self::NoHeight,
        Self::NoWeight,
    ];

    /// The word for programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BeforeBirth => "before_birth",
            Self::NoChartForSex => "no_chart_for_sex",
            Self::Grown => "grown",
            Self::LengthOffChart => "length_off_chart",
            Self::NoHeight => "no_height",
            Self::NoWeight => "no_weight",
        }
    }

    /// What is on no chart and why, for people.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::BeforeBirth => "Measured before the recorded birth date: check the birth date.",
            Self::NoChartForSex => {
                "Recorded as neither female nor male: the charts were made of girls and of boys, and none is chosen here."
            }
            Self::Grown => "Measured at 20 years or later, where the charts end.",
            Self::LengthOffChart => "No weight for length: that chart goes from 45 to 110 cm.",
            Self::NoHeight => "Weight alone: no height at that visit, so no weight for length or BMI.",
            Self::NoWeight => "Height alone: no weight at that visit, so no weight for length or BMI.",
        }
    }
}

/// A measurement that is on no chart, or not on every one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Missing {
    /// The day.
    pub on: Day,
    /// Why.
    pub why: Why,
}

/// What the charts say of a child.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Growth {
    /// The points, in the order of what was measured.
    pub points: Vec<Point>,
    /// What is on no chart.
    pub missing: Vec<Missing>,
}

impl Growth {
    /// Puts measurements on the charts; those of neither weight nor height are passed over.
    pub fn of(born: Day, sex: Sex, measured: &[Measured]) -> Self {
        let mut growth = Self::default();
        for one in measured.iter().filter(|one| one.weight.is_some() || one.height.is_some()) {
            if let Err(why) = growth.add(born, sex, one) {
                growth.missing.push(Missing { on: one.on, why });
            }
        }
        growth
    }

    /// The points on one chart.
    pub fn on(&self, chart: Chart) -> impl Iterator<Item = &Point> {
        self.points.iter().filter(move |point| point.chart == chart)
    }

    fn add(&mut self, born: Day, sex: Sex, one: &Measured) -> Result<(), Why> {
        let age = Age::on(born, one.on).ok_or(Why::BeforeBirth)?;
        let years = born.age_on(one.on);
        if years >= CDC_UNTIL {
            return Err(Why::Grown);
        }
        if sex == Sex::Other {
            return Err(Why::NoChartForSex);
        }
        let weight = one.weight.map(|weight| f64::from(weight.0) / 100.0);
        let height = one.height.map(|height| f64::from(height.0) / 100.0);
        let mut put = |chart: Chart, at: f64, value: Option<f64>| {
            let point = value.and_then(|value| Some((value, chart.z(sex, at, value)?)));
            self.points.extend(point.map(|(value, z)| Point { chart, on: one.on, age, at, value, z }));
            point.is_some()
        };
        let days = f64::from(age.days);
        let (weight_chart, height_chart, at) = if years < CDC_FROM {
            (Chart::WhoWeight, Chart::WhoLength, days)
        } else {
            // Two years may be a day short of 24 months of 30.4375 days.
            (Chart::CdcWeight, Chart::CdcStature, (days / DAYS_A_MONTH).max(24.0))
        };
        put(weight_chart, at, weight);
        put(height_chart, at, height);
        let (Some(weight), Some(height)) = (weight, height) else {
            return Err(if weight.is_some() { Why::NoHeight } else { Why::NoWeight });
        };
        if years >= CDC_FROM {
            put(Chart::CdcBmi, at, Some(weight / (height / 100.0).powi(2)));
        } else if !put(Chart::WhoWeightForLength, height, Some(weight)) {
            return Err(Why::LengthOffChart);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
