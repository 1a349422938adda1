//! What is usual at an age: outside of it a value is kept and a warning shown.
//!
//! From 16 years on: Royal College of Physicians, National Early Warning Score (NEWS) 2, 2017, chart 1; a value warns
//! where it scores 2 or more. Younger: American Heart Association, Pediatric Advanced Life Support, Provider Manual,
//! 2020, "Vital Signs in Children". High adult pressure: ACC/AHA hypertension guideline, 2017, section 11.2 (crisis).

use super::{VitalSigns, VitalsDetails};
use crate::time::Day;
use serde::Serialize;

/// A value that is unusual at the patient's age; it is kept all the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// The field, such as `heartRate`.
    pub field: &'static str,
    /// What is unusual, as a sentence.
    pub message: String,
}

/// Usual values from low to high; each end still counts as usual.
#[derive(Debug, Clone, Copy)]
struct Usual {
    systolic: (i32, i32),
    diastolic: (i32, i32),
    heart: (i32, i32),
    breathing: (i32, i32),
}

/// NEWS2: systolic 100 or less and 220 or more, pulse 40 or less and 111 or more, breathing 8 or less and 21 or more
/// score 2 or 3. ACC/AHA: above 180 and above 120 mmHg is a crisis. Low diastolic pressure has no score.
const ADULT: Usual =
    Usual { systolic: (101, 180), diastolic: (0, 120), heart: (41, 110), breathing: (9, 20) };

/// PALS by age: below these months of age the row holds. Pulse awake.
const CHILD: [(i64, Usual); 7] = [
    (1, Usual { systolic: (67, 84), diastolic: (35, 53), heart: (100, 205), breathing: (30, 53) }),
    (12, Usual { systolic: (72, 104), diastolic: (37, 56), heart: (100, 180), breathing: (30, 53) }),
    (36, Usual { systolic: (86, 106), diastolic: (42, 63), heart: (98, 140), breathing: (22, 37) }),
    (72, Usual { systolic: (89, 112), diastolic: (46, 72), heart: (80, 120), breathing: (20, 28) }),
    (120, Usual { systolic: (97, 115), diastolic: (57, 76), heart: (75, 118), breathing: (18, 25) }),
    (144, Usual { systolic: (102, 120), diastolic: (61, 80), heart: (75, 118), breathing: (18, 25) }),
    (192, Usual { systolic: (110, 131), diastolic: (64, 83), heart: (60, 100), breathing: (12, 20) }),
];

/// NEWS2: 93 % or less scores 2 or 3.
const LEAST_OXYGEN: i32 = 94;
/// NEWS2: 35.0 °C or less scores 3, 39.1 °C or more scores 2.
const TEMPERATURE: (i32, i32) = (351, 390);
/// NICE guideline NG143 (fever in under 5s, 2019), table 1: 38 °C or more is a red sign under 3 months.
const FEVER_UNDER_3_MONTHS: i32 = 379;
/// WHO Technical Report Series 894 (2000), table 2.1: below 16 severe thinness; 40 or more obese class III.
const BMI: (i32, i32) = (160, 399);
/// NICE guideline CG32 (nutrition support in adults, 2006), 1.3.1: a loss above 10 % in 3 to 6 months is a sign.
const WEIGHT_CHANGE_PERCENT: i32 = 10;
const DAYS_IN_SIX_MONTHS: i64 = 183;

/// What is unusual about these values, for a patient born on `born`, on the day `today`; `before` are the last values.
pub fn warnings(details: &VitalsDetails, born: Day, today: Day, before: Option<&VitalSigns>) -> Vec<Warning> {
    let months = months_between(born, today);
    let usual = CHILD.iter().find(|(below, _)| months < *below).map_or(ADULT, |(_, usual)| *usual);
    let mut found = Vec::new();
    let mut check = |field, name: &str, value: Option<i32>, (low, high): (i32, i32), unit: &str| {
        let Some(value) = value.filter(|value| !(low..=high).contains(value)) else { return };
        let side = if value < low { format!("below {low}") } else { format!("above {high}") };
        found.push(Warning {
            field,
            message: format!("{name} {value}{unit} is {side}, unusual at this age."),
        });
    };
    let pressure = details.blood_pressure;
    check("bloodPressure", "Upper blood pressure", pressure.map(|p| p.systolic), usual.systolic, " mmHg");
    check("bloodPressure", "Lower blood pressure", pressure.map(|p| p.diastolic), usual.diastolic, " mmHg");
    check("heartRate", "Pulse", details.heart_rate.map(|v| v.0), usual.heart, "/min");
    check("respiratoryRate", "Breathing", details.respiratory_rate.map(|v| v.0), usual.breathing, "/min");
    check("oxygenSaturation", "Oxygen", details.oxygen_saturation.map(|v| v.0), (LEAST_OXYGEN, 100), " %");
    found.extend(temperature(details, months));
    found.extend(body(details, months));
    found.extend(before.and_then(|before| weight_change(details, today, before)));
    found
}

fn temperature(details: &VitalsDetails, months: i64) -> Option<Warning> {
    let value = details.temperature?;
    let (low, high) = TEMPERATURE;
    let high = if months < 3 { FEVER_UNDER_3_MONTHS } else { high };
    let unusual = value.0 < low || value.0 > high;
    unusual.then(|| Warning {
        field: "temperature",
        message: format!("Temperature {value} °C: check the reading."),
    })
}

/// Adults alone: a child's index is judged by percentiles.
fn body(details: &VitalsDetails, months: i64) -> Option<Warning> {
    let bmi = details.bmi().filter(|bmi| months >= 18 * 12 && !(BMI.0..=BMI.1).contains(&bmi.0))?;
    Some(Warning { field: "weight", message: format!("BMI {bmi} kg/m²: check weight and height.") })
}

fn weight_change(details: &VitalsDetails, today: Day, before: &VitalSigns) -> Option<Warning> {
    let (now, then) = (details.weight?, before.measured.weight?);
    let on = crate::time::Zone::UTC.day_of(before.recorded_at);
    let recent = today.0.signed_duration_since(on.0).num_days() <= DAYS_IN_SIX_MONTHS;
    let apart = (now.0 - then.0).abs().saturating_mul(100) > then.0.saturating_mul(WEIGHT_CHANGE_PERCENT);
    (recent && apart).then(|| Warning {
        field: "weight",
        message: format!("Weight {now} kg was {then} kg on {on}: check the reading."),
    })
}

fn months_between(born: Day, today: Day) -> i64 {
    use chrono::Datelike;
    i64::from(today.0.year() - born.0.year()) * 12 + i64::from(today.0.month())
        - i64::from(born.0.month())
        - i64::from(today.0.day() < born.0.day())
}

#[cfg(test)]
mod tests {
    use super::super::VitalsForm;
    use super::*;

    fn fields(born: &str, change: impl FnOnce(&mut VitalsForm)) -> Vec<&'static str> {
        let mut form = VitalsForm::default();
        change(&mut form);
        let today = Day::of(2026, 11, 22).unwrap();
        let found = warnings(&form.parse().unwrap(), born.parse().unwrap(), today, None);
        found.into_iter().map(|warning| warning.field).collect()
    }

    #[test]
    fn an_adult_is_warned_of_at_the_second_point_of_the_score() {
        let adult = "1985-03-15";
        for (pressure, warned) in [("101/60", false), ("100/60", true), ("180/120", false), ("181/100", true)]
        {
            let found = fields(adult, |form| form.blood_pressure = pressure.into());
            assert_eq!(!found.is_empty(), warned, "{pressure}");
        }
        for (rate, warned) in [("40", true), ("41", false), ("110", false), ("111", true)] {
            assert_eq!(!fields(adult, |form| form.heart_rate = rate.into()).is_empty(), warned, "{rate}");
        }
        for (oxygen, warned) in [("93", true), ("94", false)] {
            assert_eq!(!fields(adult, |form| form.oxygen_saturation = oxygen.into()).is_empty(), warned);
        }
    }

    #[test]
    fn a_pulse_of_150_is_usual_in_an_infant_and_not_in_a_schoolchild() {
        assert!(fields("2026-06-01", |form| form.heart_rate = "150".into()).is_empty());
        assert_eq!(fields("2019-06-01", |form| form.heart_rate = "150".into()), ["heartRate"]);
    }

    #[test]
    fn fever_weighs_more_in_the_first_three_months() {
        assert_eq!(fields("2026-10-01", |form| form.temperature = "38.0".into()), ["temperature"]);
        assert!(fields("2025-10-01", |form| form.temperature = "38.0".into()).is_empty());
    }

    #[test]
    fn pounds_typed_as_kilograms_are_noticed() {
        let found = fields("1985-03-15", |form| (form.weight, form.height) = ("160".into(), "178".into()));
        assert_eq!(found, ["weight"]);
    }
}
