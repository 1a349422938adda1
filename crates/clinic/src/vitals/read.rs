//! Reads single measurements as people type them, with their units.
//!
//! The hard limits are this project's own, no clinical norm: they lie beyond what is measured in a practice and only
//! catch slips of the hand. `vital_signs_*_check` in the migrations hold the same ones.

use super::{BloodPressure, Bmi, Celsius, Centimetres, Kilograms, VitalsDetails};
use crate::field::Problems;

/// A measurement that is a whole number, with its hard limits.
pub(super) struct Whole {
    field: &'static str,
    name: &'static str,
    unit: &'static str,
    low: i32,
    high: i32,
}

pub(super) const HEART_RATE: Whole =
    Whole { field: "heartRate", name: "Pulse", unit: " beats a minute", low: 20, high: 300 };
pub(super) const RESPIRATORY_RATE: Whole =
    Whole { field: "respiratoryRate", name: "Breathing", unit: " breaths a minute", low: 4, high: 80 };
pub(super) const OXYGEN_SATURATION: Whole =
    Whole { field: "oxygenSaturation", name: "Oxygen saturation", unit: " %", low: 40, high: 100 };
pub(super) const PAIN_LEVEL: Whole = Whole { field: "painLevel", name: "Pain", unit: "", low: 0, high: 10 };
const SYSTOLIC: (i32, i32) = (40, 300);
const DIASTOLIC: (i32, i32) = (20, 200);
const TEMPERATURE: (i32, i32) = (250, 450);
const WEIGHT: (i32, i32) = (20, 50_000);
const HEIGHT: (i32, i32) = (2_000, 26_000);
const BMI: (i32, i32) = (50, 1_500);

/// Reads a whole number; a unit or `/10` behind it is left aside.
pub(super) fn whole(what: &Whole, text: &str) -> Result<Option<i32>, Problems> {
    let Whole { field, name, unit, low, high } = *what;
    let Some((number, rest)) = number_and_unit(text) else { return Ok(None) };
    let known = ["", "%", "/10", "bpm", "/min", "min"].contains(&rest.as_str());
    let Some(value) = number.filter(|_| known).and_then(|thousandths| exactly(thousandths, 1_000)) else {
        let message = format!("{name} is a whole number from {low} to {high}{unit}.");
        return Err(Problems::one(field, "invalid", message));
    };
    if (low..=high).contains(&value) {
        return Ok(Some(value));
    }
    let message = format!("{name} {value}{unit} cannot be: enter {low} to {high}.");
    Err(Problems::one(field, "out_of_range", message))
}

/// Reads `128/82`, with blanks or a dash as well.
pub(super) fn pressure(text: &str) -> Result<Option<BloodPressure>, Problems> {
    let wrong = |code, message: String| Err(Problems::one("bloodPressure", code, message));
    let text = text.to_lowercase().replace("mmhg", "");
    if text.trim().is_empty() {
        return Ok(None);
    }
    let parts: Vec<Option<i32>> = text.split(['/', '-', '\\']).map(|part| part.trim().parse().ok()).collect();
    let [Some(systolic), Some(diastolic)] = parts.as_slice() else {
        return wrong("invalid", "Enter blood pressure as upper/lower, such as 128/82.".to_owned());
    };
    let (systolic, diastolic) = (*systolic, *diastolic);
    for (name, value, (low, high)) in [("Upper", systolic, SYSTOLIC), ("Lower", diastolic, DIASTOLIC)] {
        if !(low..=high).contains(&value) {
            let message = format!("{name} blood pressure {value} mmHg cannot be: enter {low} to {high}.");
            return wrong("out_of_range", message);
        }
    }
    if systolic <= diastolic {
        let message = format!("Blood pressure {systolic}/{diastolic}: the upper value comes first.");
        return wrong("invalid", message);
    }
    Ok(Some(BloodPressure { systolic, diastolic }))
}

/// Reads degrees Celsius, or Fahrenheit where it says so or can be nothing else.
pub(super) fn temperature(text: &str) -> Result<Option<Celsius>, Problems> {
    let wrong = |code, message: String| Err(Problems::one("temperature", code, message));
    let Some((number, unit)) = number_and_unit(text) else { return Ok(None) };
    let fahrenheit = match unit.trim_start_matches(['°', 'º']) {
        "f" | "fahrenheit" => Some(true),
        "c" | "celsius" => Some(false),
        "" => Some(number.is_some_and(|thousandths| (77_000..=113_000).contains(&thousandths))),
        _ => None,
    };
    let (Some(thousandths), Some(fahrenheit)) = (number, fahrenheit) else {
        return wrong(
            "invalid",
            "Enter the temperature in °C such as 37.2, or in °F such as 98.6 F.".to_owned(),
        );
    };
    let celsius = if fahrenheit { divide((thousandths - 32_000) * 5, 9) } else { thousandths };
    match within(divide(celsius, 100), TEMPERATURE) {
        Some(tenths) => Ok(Some(Celsius(tenths))),
        None => {
            wrong("out_of_range", "Temperature cannot be: enter 25 to 45 °C, or 77 to 113 °F.".to_owned())
        }
    }
}

/// Reads kilograms, or grams and pounds where it says so; a pound is 0.45359237 kg (1959 agreement).
pub(super) fn weight(text: &str) -> Result<Option<Kilograms>, Problems> {
    let wrong = |code, message: &str| Err(Problems::one("weight", code, message));
    let Some((number, unit)) = number_and_unit(text) else { return Ok(None) };
    let hundredths = match (number, unit.as_str()) {
        (Some(thousandths), "" | "kg" | "kgs" | "kilograms") => divide(thousandths, 10),
        (Some(thousandths), "g" | "gram" | "grams") => divide(thousandths, 10_000),
        (Some(thousandths), "lb" | "lbs" | "pounds") => divide(thousandths * 45_359_237, 1_000_000_000),
        _ => return wrong("invalid", "Enter the weight in kg such as 72.5, or in pounds such as 160 lb."),
    };
    match within(hundredths, WEIGHT) {
        Some(hundredths) => Ok(Some(Kilograms(hundredths))),
        None => wrong("out_of_range", "Weight cannot be: enter 0.2 to 500 kg."),
    }
}

/// Reads centimetres, metres, inches, or feet and inches; an inch is 2.54 cm.
pub(super) fn height(text: &str) -> Result<Option<Centimetres>, Problems> {
    let wrong = |code, message: &str| Err(Problems::one("height", code, message));
    let Some((number, unit)) = number_and_unit(text) else { return Ok(None) };
    let inches = |thousandths: i64| divide(thousandths * 254, 1_000);
    let hundredths = match (number, unit.as_str()) {
        (Some(thousandths), "" | "cm") => Some(divide(thousandths, 10)),
        (Some(thousandths), "m") => Some(divide(thousandths, 10) * 100),
        (Some(thousandths), "in" | "inch" | "inches" | "\"" | "''") => Some(inches(thousandths)),
        (Some(feet), rest) => feet_and_inches(feet, rest).map(inches),
        (None, _) => None,
    };
    let Some(hundredths) = hundredths else {
        return wrong("invalid", "Enter the height in cm such as 178, or as 70 in or 5 ft 10 in.");
    };
    match within(hundredths, HEIGHT) {
        Some(hundredths) => Ok(Some(Centimetres(hundredths))),
        None => wrong("out_of_range", "Height cannot be: enter 20 to 260 cm."),
    }
}

/// Refuses a weight and a height that no living person has together.
pub(super) fn possible_bmi(details: &VitalsDetails) -> Result<(), Problems> {
    let Some(bmi) = details.bmi() else { return Ok(()) };
    if within(i64::from(bmi.0), BMI).is_some() {
        return Ok(());
    }
    let message = format!("Weight and height give a BMI of {}: check both.", Bmi(bmi.0));
    Err(Problems::one("weight", "out_of_range", message))
}

/// Thousandths of inches from thousandths of feet and what stands behind them, such as `ft 10 in`.
fn feet_and_inches(feet: i64, rest: &str) -> Option<i64> {
    let rest = ["feet", "foot", "ft", "'"].iter().find_map(|unit| rest.strip_prefix(unit))?;
    let inches = match number_and_unit(rest) {
        None => 0,
        Some((Some(inches), unit)) if ["", "in", "inch", "inches", "\"", "''"].contains(&unit.as_str()) => {
            inches
        }
        Some(_) => return None,
    };
    Some(feet * 12 + inches)
}

/// Splits `98.6 °F` into thousandths and the unit in lower case; `None` for an empty text.
///
/// A comma serves as decimal point too. The number is `None` where none can be read or it is past all bounds.
fn number_and_unit(text: &str) -> Option<(Option<i64>, String)> {
    let text = text.trim().to_lowercase().replace(',', ".");
    if text.is_empty() {
        return None;
    }
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(end)?;
    let (before, after) = number.split_once('.').unwrap_or((number, ""));
    let sound = !before.is_empty() && before.len() <= 6 && !after.contains('.');
    let places: String = after.chars().chain("000".chars()).take(3).collect();
    let thousandths = format!("{before}{places}").parse().ok().filter(|_| sound);
    Some((thousandths, unit.trim().to_owned()))
}

/// Divides to the nearest whole number; halves go up. Numbers here are not negative, save cold Fahrenheit.
fn divide(value: i64, by: i64) -> i64 {
    (value + by / 2).div_euclid(by)
}

fn exactly(value: i64, unit: i64) -> Option<i32> {
    (value % unit == 0).then(|| i32::try_from(value / unit).ok()).flatten()
}

fn within(value: i64, (low, high): (i32, i32)) -> Option<i32> {
    i32::try_from(value).ok().filter(|value| (low..=high).contains(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blood_pressure_is_read_as_written() {
        for text in ["128/82", " 128 / 82 ", "128-82", "128/82 mmHg"] {
            assert_eq!(pressure(text), Ok(Some(BloodPressure { systolic: 128, diastolic: 82 })), "{text}");
        }
        assert_eq!(pressure(" "), Ok(None));
        for text in ["128", "128/", "128/82/3", "a/b", "128/128", "400/82", "128/10"] {
            assert!(pressure(text).is_err(), "{text}");
        }
    }

    #[test]
    fn temperature_is_read_in_both_scales() {
        let cases = [
            ("37.2", 372),
            ("37,2 °C", 372),
            ("37", 370),
            ("98.6 F", 370),
            ("98.6", 370),
            ("101.3°f", 385),
            ("37.25", 373),
        ];
        for (text, tenths) in cases {
            assert_eq!(temperature(text), Ok(Some(Celsius(tenths))), "{text}");
        }
        for text in ["372", "20", "60", "37.2 K", "warm", "37.2.1", "-5 F"] {
            assert!(temperature(text).is_err(), "{text}");
        }
    }

    #[test]
    fn weight_is_read_in_kilograms_and_pounds() {
        for (text, hundredths) in
            [("72.5", 7_250), ("72,55kg", 7_255), ("160 lb", 7_257), ("3400 g", 340), ("0.5", 50)]
        {
            assert_eq!(weight(text), Ok(Some(Kilograms(hundredths))), "{text}");
        }
        for text in ["725", "0", "12 st", "heavy", ".5"] {
            assert!(weight(text).is_err(), "{text}");
        }
    }

    #[test]
    fn height_is_read_in_centimetres_metres_inches_and_feet() {
        let cases = [
            ("178", 17_800),
            ("178.5 cm", 17_850),
            ("1.78 m", 17_800),
            ("70 in", 17_780),
            ("5 ft 10 in", 17_780),
            ("5'10\"", 17_780),
            ("6 ft", 18_288),
        ];
        for (text, hundredths) in cases {
            assert_eq!(height(text), Ok(Some(Centimetres(hundredths))), "{text}");
        }
        for text in ["1.78", "500", "5 ft tall", "tall"] {
            assert!(height(text).is_err(), "{text}");
        }
    }

    #[test]
    fn whole_numbers_have_no_fraction_and_keep_their_limits() {
        assert_eq!(whole(&PAIN_LEVEL, "3/10"), Ok(Some(3)));
        assert_eq!(whole(&OXYGEN_SATURATION, "98 %"), Ok(Some(98)));
        for (what, text) in [(&HEART_RATE, "72.5"), (&HEART_RATE, "19"), (&OXYGEN_SATURATION, "101")] {
            assert!(whole(what, text).is_err(), "{text}");
        }
    }
}
