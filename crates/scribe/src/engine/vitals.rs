//! Measurements said aloud, in the units of the record.

use super::cues::cues;
use super::numbers::{Number, number, plain};
use super::scene::Scene;
use super::text::Sentence;
use crate::draft::VitalsDraft;
use crate::transcript::Speaker;

/// All measurements of a visit; the clinician's own reading wins over what the patient tells of home.
pub fn find(scene: &Scene) -> VitalsDraft {
    let mut vitals = VitalsDraft::default();
    for own in [true, false] {
        for sentence in &scene.sentences {
            if (sentence.speaker == Speaker::Doctor) == own {
                read(sentence, own, &mut vitals);
            }
        }
    }
    let mut all: Vec<usize> = vitals.evidence_by_field.values().flatten().copied().collect();
    all.sort_unstable();
    all.dedup();
    vitals.evidence = all;
    vitals
}

fn note(vitals: &mut VitalsDraft, field: &str, sentence: &Sentence, said: &str) {
    vitals.evidence_by_field.insert(field.to_owned(), vec![sentence.segment]);
    vitals.as_said.insert(field.to_owned(), said.to_owned());
}

fn read(sentence: &Sentence, own: bool, vitals: &mut VitalsDraft) {
    let elsewhere =
        sentence.has_cue(cues("vitals.read.elsewhere")) || sentence.question && sentence.text.ends_with('?');
    if own && !elsewhere {
        pressure(sentence, vitals);
        heart(sentence, vitals);
        simple(sentence, vitals);
    }
    temperature(sentence, own && !elsewhere, vitals);
    body(sentence, vitals);
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the range is checked by the caller's bounds"
)]
fn whole(number: Number, low: f64, high: f64) -> Option<u16> {
    (number.value >= low && number.value <= high && number.value.fract() == 0.0)
        .then_some(number.value as u16)
}

/// The first number within `reach` words after a cue.
fn after(sentence: &Sentence, cues: &[&str], reach: usize) -> Option<(usize, Number)> {
    cues.iter().find_map(|cue| {
        let from = sentence.find_from(cue, 0)? + cue.split(' ').count();
        (from..from + reach)
            .find_map(|at| number(&sentence.words, at).filter(|n| n.value > 6.0 || n.digits).map(|n| (at, n)))
    })
}

/// "One twenty eight over eighty two", "128/82".
fn pressure(sentence: &Sentence, vitals: &mut VitalsDraft) {
    let named = sentence.has_any(&["blood pressure", "bp", "pressure", "vitals", "vital signs"]);
    for at in 0..sentence.words.len() {
        let Some(top) = number(&sentence.words, at) else { continue };
        let mid = at + top.used;
        if !matches!(sentence.word(mid), "over" | "/") {
            continue;
        }
        let Some(low) = number(&sentence.words, mid + 1) else { continue };
        // Hard limits of plausibility, wider than any treatment range.
        let (Some(systolic), Some(diastolic)) = (whole(top, 60.0, 280.0), whole(low, 30.0, 180.0)) else {
            continue;
        };
        if systolic > diastolic
            && (named || sentence.word(mid) == "over")
            && vitals.blood_pressure_systolic.is_none()
        {
            vitals.blood_pressure_systolic = Some(systolic);
            vitals.blood_pressure_diastolic = Some(diastolic);
            let said = sentence.span(at, mid + 1 + low.used).to_owned();
            note(vitals, "bloodPressureSystolic", sentence, &said);
            note(vitals, "bloodPressureDiastolic", sentence, &said);
        }
    }
}

fn heart(sentence: &Sentence, vitals: &mut VitalsDraft) {
    if let Some((at, n)) =
        after(sentence, &["heart rate", "pulse rate", "pulse is", "pulse was", "pulse of", "hr"], 6)
        && let Some(rate) = whole(n, 25.0, 250.0)
            .filter(|_| vitals.heart_rate.is_none() && !matches!(sentence.word(at + n.used), "over" | "/"))
    {
        vitals.heart_rate = Some(rate);
        note(vitals, "heartRate", sentence, sentence.span(at, at + n.used));
    }
}

fn simple(sentence: &Sentence, vitals: &mut VitalsDraft) {
    if let Some((at, n)) = after(
        sentence,
        &["respiratory rate", "respirations", "respiration rate", "respiration", "breathing rate", "rr"],
        6,
    ) && let Some(rate) = whole(n, 4.0, 80.0).filter(|_| vitals.respiratory_rate.is_none())
    {
        vitals.respiratory_rate = Some(rate);
        note(vitals, "respiratoryRate", sentence, sentence.span(at, at + n.used));
    }
    let cues = [
        "oxygen saturation",
        "o2 saturation",
        "o2 sat",
        "o2 sats",
        "pulse ox",
        "pulse oximetry",
        "saturation",
        "saturations",
        "oxygenation",
        "spo2",
        "sats",
        "o2",
        "oxygen",
        "satting",
        "sat",
    ];
    if let Some((at, n)) = after(sentence, &cues, 8)
        && let Some(sat) = whole(n, 50.0, 100.0).filter(|_| vitals.oxygen_saturation.is_none())
        && !matches!(sentence.word(at + n.used), "over" | "/" | "degrees")
    {
        vitals.oxygen_saturation = Some(sat);
        note(vitals, "oxygenSaturation", sentence, sentence.span(at, at + n.used));
    }
    if let Some((at, n)) = after(sentence, &["bmi", "body mass index"], 5)
        .filter(|(_, n)| (10.0..80.0).contains(&n.value) && vitals.bmi.is_none())
    {
        vitals.bmi = Some(n.value);
        note(vitals, "bmi", sentence, sentence.span(at, at + n.used));
    }
}

/// Degrees; above 45 it was said in Fahrenheit.
fn temperature(sentence: &Sentence, trusted: bool, vitals: &mut VitalsDraft) {
    if !trusted || vitals.temperature_celsius.is_some() {
        return;
    }
    let Some((_, n)) = after(sentence, &["temperature", "temp", "fever of"], 6) else { return };
    let fahrenheit = (90.0..=110.0).contains(&n.value);
    if fahrenheit || (33.0..=43.0).contains(&n.value) {
        let celsius = if fahrenheit { (n.value - 32.0) * 5.0 / 9.0 } else { n.value };
        vitals.temperature_celsius = Some((celsius * 10.0).round() / 10.0);
        let unit = if fahrenheit { "°F" } else { "°C" };
        note(vitals, "temperature", sentence, &format!("{} {unit}", plain(n.value)));
    }
}

/// Weight and height with a unit, and pain on a scale.
fn body(sentence: &Sentence, vitals: &mut VitalsDraft) {
    let weighs = sentence.has_any(&[
        "weigh",
        "weight is",
        "weight was",
        "weight of",
        "weighed",
        "weight today",
        "weighing",
    ]);
    for at in 0..sentence.words.len() {
        let Some(n) = number(&sentence.words, at) else { continue };
        let unit = sentence.word(at + n.used);
        let said = || sentence.span(at, at + n.used + 1).to_owned();
        // International pound: exactly 0.45359237 kg (NIST Handbook 44, appendix C).
        let kg = match unit {
            "pounds" | "lbs" | "lb" if (40.0..900.0).contains(&n.value) => Some(n.value * 0.453_592_37),
            "kilograms" | "kilos" | "kg" if (2.0..400.0).contains(&n.value) => Some(n.value),
            _ => None,
        };
        if let Some(kg) = kg.filter(|_| {
            weighs && vitals.weight_kg.is_none() && !sentence.has_any(&["lost", "gained", "lose", "gain"])
        }) {
            vitals.weight_kg = Some((kg * 10.0).round() / 10.0);
            note(vitals, "weight", sentence, &said());
        }
        // International inch: exactly 2.54 cm (NIST Handbook 44, appendix C).
        if matches!(unit, "foot" | "feet")
            && (3.0..8.0).contains(&n.value)
            && sentence.has_any(&["tall", "height"])
            && vitals.height_cm.is_none()
        {
            let inches = number(&sentence.words, at + n.used + 1).filter(|i| i.value < 12.0);
            let cm = (n.value * 12.0 + inches.map_or(0.0, |i| i.value)) * 2.54;
            vitals.height_cm = Some((cm * 10.0).round() / 10.0);
            note(
                vitals,
                "height",
                sentence,
                sentence.span(at, at + n.used + 1 + inches.map_or(0, |i| i.used)),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transcript::Transcript;

    #[test]
    fn measurements_are_read_in_words_and_digits() {
        let text = "[doctor] Your blood pressure is one twenty eight over eighty two, heart rate was 68, respiratory rate sixteen, you are afebrile with an o2 saturation of ninety eight percent.\n\
                    [doctor] Your temperature is 98.6.";
        let v = find(&Scene::read(&Transcript::parse(text)));
        assert_eq!((v.blood_pressure_systolic, v.blood_pressure_diastolic), (Some(128), Some(82)));
        assert_eq!((v.heart_rate, v.respiratory_rate, v.oxygen_saturation), (Some(68), Some(16), Some(98)));
        assert_eq!(v.temperature_celsius, Some(37.0));
        assert_eq!(v.evidence, [0, 1]);
        assert_eq!(v.as_said["temperature"], "98.6 °F");
    }

    #[test]
    fn goals_and_questions_are_no_measurements() {
        for text in [
            "[doctor] We want your blood pressure below one thirty over eighty.",
            "[doctor] Is your heart rate above 100?",
            "[doctor] Take 2 tablets over 3 days.",
        ] {
            let v = find(&Scene::read(&Transcript::parse(text)));
            assert!(v.evidence.is_empty(), "{text}");
        }
    }

    #[test]
    fn pounds_and_feet_become_kilograms_and_centimetres() {
        let v = find(&Scene::read(&Transcript::parse(
            "[doctor] Your weight is 150 pounds.\n[patient] I'm five foot six inches tall.",
        )));
        assert_eq!((v.weight_kg, v.height_cm), (Some(68.0), Some(167.6)));
    }
}
