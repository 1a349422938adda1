//! Vital signs: the measurements of one visit, each with its unit in its type.
//!
//! [`VitalsForm`] is what somebody typed, `read.rs` reads it, `ranges.rs` says what is usual at an age. Hard limits
//! refuse, usual ranges only warn. The database holds the same hard limits.

use crate::field::{self, Problems};
use crate::ids::{AppointmentId, ProviderId, VitalsId};
use crate::time::Instant;
use serde::{Deserialize, Serialize, Serializer};
use std::fmt;

mod ranges;
mod read;

pub use ranges::{Warning, warnings};

/// Blood pressure in mmHg.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct BloodPressure {
    /// The upper value.
    #[serde(rename = "bloodPressureSystolic")]
    pub systolic: i32,
    /// The lower value.
    #[serde(rename = "bloodPressureDiastolic")]
    pub diastolic: i32,
}

impl fmt::Display for BloodPressure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.systolic, self.diastolic)
    }
}

macro_rules! whole {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
        #[serde(transparent)]
        pub struct $name(pub i32);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

whole! {
    /// Beats a minute.
    HeartRate,
    /// Breaths a minute.
    RespiratoryRate,
    /// Oxygen saturation by pulse oximetry, in percent.
    OxygenSaturation,
    /// Pain as the patient rates it, from 0 to 10.
    PainLevel,
}

macro_rules! scaled {
    ($($(#[$doc:meta])* $name:ident($scale:literal, $places:literal)),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name(pub i32);

        impl $name {
            /// How many of the smallest unit make one.
            pub const SCALE: i32 = $scale;
        }

        /// The number as people write it, without zeros at the end beyond the first place that says nothing.
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let text = format!("{}.{:0places$}", self.0 / $scale, self.0 % $scale, places = $places);
                f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_f64(f64::from(self.0) / f64::from($scale))
            }
        }
    )+};
}

scaled! {
    /// Body temperature in tenths of a degree Celsius: `Celsius(372)` is 37.2 °C.
    Celsius(10, 1),
    /// Weight in hundredths of a kilogram: `Kilograms(7250)` is 72.5 kg.
    Kilograms(100, 2),
    /// Height in hundredths of a centimetre: `Centimetres(17800)` is 178 cm.
    Centimetres(100, 2),
    /// Body mass index in tenths of kg/m².
    Bmi(10, 1),
}

impl Bmi {
    /// Weight over height squared (WHO Technical Report Series 894, 2000, annex 2), rounded to one place.
    ///
    /// `None` where the height is nothing.
    pub fn of(weight: Kilograms, height: Centimetres) -> Option<Self> {
        let square = i64::from(height.0) * i64::from(height.0);
        // Tenths of kg/m² from hundredths of kg and of cm: 10 · w/100 · (100·100/h)².
        let tenths = (i64::from(weight.0) * 10_000_000 + square / 2).checked_div(square)?;
        i32::try_from(tenths).ok().map(Self)
    }
}

/// What was measured, read and within the hard limits.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VitalsDetails {
    /// Blood pressure.
    #[serde(flatten)]
    pub blood_pressure: Option<BloodPressure>,
    /// Pulse.
    pub heart_rate: Option<HeartRate>,
    /// Body temperature.
    pub temperature: Option<Celsius>,
    /// Breathing.
    pub respiratory_rate: Option<RespiratoryRate>,
    /// Oxygen saturation.
    pub oxygen_saturation: Option<OxygenSaturation>,
    /// Weight.
    pub weight: Option<Kilograms>,
    /// Height.
    pub height: Option<Centimetres>,
    /// Pain.
    pub pain_level: Option<PainLevel>,
    /// Remarks, such as the arm or the position.
    pub note: Option<String>,
}

impl VitalsDetails {
    /// The body mass index, where weight and height were both measured.
    pub fn bmi(&self) -> Option<Bmi> {
        Bmi::of(self.weight?, self.height?)
    }

    /// Whether nothing was measured.
    pub fn is_empty(&self) -> bool {
        *self == Self { note: self.note.clone(), ..Self::default() }
    }
}

/// The vital signs of one visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VitalSigns {
    /// Its id.
    pub id: VitalsId,
    /// The visit it belongs to.
    pub appointment_id: AppointmentId,
    /// What was measured.
    #[serde(flatten)]
    pub measured: VitalsDetails,
    /// Body mass index, computed.
    pub bmi: Option<Bmi>,
    /// When it was measured.
    pub recorded_at: Instant,
    /// Who measured it.
    pub recorded_by: Option<ProviderId>,
    /// The row's version, for optimistic updates.
    pub version: i32,
}

/// What somebody typed into the line of vital signs, unread; all may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct VitalsForm {
    /// `128/82`.
    pub blood_pressure: String,
    /// `72`.
    pub heart_rate: String,
    /// `37.2`, `37,2`, `98.6 F`.
    pub temperature: String,
    /// `16`.
    pub respiratory_rate: String,
    /// `98`.
    pub oxygen_saturation: String,
    /// `72.5`, `160 lb`.
    pub weight: String,
    /// `178`, `1.78 m`, `70 in`, `5 ft 10 in`.
    pub height: String,
    /// `3`.
    pub pain_level: String,
    /// Remarks.
    pub note: String,
}

impl VitalsForm {
    /// Reads the line.
    ///
    /// # Errors
    /// Every problem of every field at once: `invalid`, `out_of_range`; `required` where nothing at all was entered.
    pub fn parse(&self) -> Result<VitalsDetails, Problems> {
        let mut wrong = Problems::none();
        let p = &mut wrong;
        let pressure = p.keep(read::pressure(&self.blood_pressure));
        let heart = p.keep(read::whole(&read::HEART_RATE, &self.heart_rate));
        let temperature = p.keep(read::temperature(&self.temperature));
        let breathing = p.keep(read::whole(&read::RESPIRATORY_RATE, &self.respiratory_rate));
        let oxygen = p.keep(read::whole(&read::OXYGEN_SATURATION, &self.oxygen_saturation));
        let weight = p.keep(read::weight(&self.weight));
        let height = p.keep(read::height(&self.height));
        let pain = p.keep(read::whole(&read::PAIN_LEVEL, &self.pain_level));
        let note = p.keep(field::long_text("note", "the note", &self.note, 2_000));
        let read = || {
            Some(VitalsDetails {
                blood_pressure: pressure?,
                heart_rate: heart?.map(HeartRate),
                temperature: temperature?,
                respiratory_rate: breathing?.map(RespiratoryRate),
                oxygen_saturation: oxygen?.map(OxygenSaturation),
                weight: weight?,
                height: height?,
                pain_level: pain?.map(PainLevel),
                note: note?,
            })
        };
        let details = read().ok_or(wrong)?;
        if details.is_empty() {
            return Err(Problems::one("bloodPressure", "required", "Enter at least one measurement."));
        }
        read::possible_bmi(&details)?;
        Ok(details)
    }
}

/// The line as it stands, for editing.
impl From<&VitalsDetails> for VitalsForm {
    fn from(details: &VitalsDetails) -> Self {
        fn text<T: fmt::Display>(value: Option<&T>) -> String {
            value.map(T::to_string).unwrap_or_default()
        }
        Self {
            blood_pressure: text(details.blood_pressure.as_ref()),
            heart_rate: text(details.heart_rate.as_ref()),
            temperature: text(details.temperature.as_ref()),
            respiratory_rate: text(details.respiratory_rate.as_ref()),
            oxygen_saturation: text(details.oxygen_saturation.as_ref()),
            weight: text(details.weight.as_ref()),
            height: text(details.height.as_ref()),
            pain_level: text(details.pain_level.as_ref()),
            note: details.note.clone().unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(change: impl FnOnce(&mut VitalsForm)) -> Result<VitalsDetails, Problems> {
        let mut form = VitalsForm::default();
        change(&mut form);
        form.parse()
    }

    #[test]
    fn a_whole_line_is_read_and_written_back_alike() {
        let form = VitalsForm {
            blood_pressure: "128/82".into(),
            heart_rate: "72".into(),
            temperature: "37.2".into(),
            respiratory_rate: "16".into(),
            oxygen_saturation: "98".into(),
            weight: "72.5".into(),
            height: "178".into(),
            pain_level: "0".into(),
            note: String::new(),
        };
        let details = form.parse().unwrap();
        assert_eq!(details.bmi().map(|bmi| bmi.to_string()).as_deref(), Some("22.9"));
        assert_eq!(VitalsForm::from(&details), form);
    }

    #[test]
    fn an_empty_line_is_not_a_measurement() {
        assert_eq!(VitalsForm::default().parse().unwrap_err().0[0].code, "required");
        assert!(read(|form| form.note = "left arm".into()).is_err());
        assert!(read(|form| form.pain_level = "0".into()).is_ok());
    }

    #[test]
    fn every_impossible_value_is_named_at_once() {
        let wrong = read(|form| {
            form.blood_pressure = "82/128".into();
            form.heart_rate = "720".into();
            form.pain_level = "11".into();
        })
        .unwrap_err();
        let found: Vec<(&str, &str)> = wrong.0.iter().map(|p| (p.field.as_str(), p.code)).collect();
        let wanted =
            [("bloodPressure", "invalid"), ("heartRate", "out_of_range"), ("painLevel", "out_of_range")];
        assert_eq!(found, wanted);
    }

    #[test]
    fn weight_and_height_that_do_not_go_together_are_refused() {
        let wrong = read(|form| (form.weight, form.height) = ("400".into(), "90".into())).unwrap_err();
        assert_eq!(wrong.0[0].code, "out_of_range");
        assert!(wrong.0[0].message.contains("493.8"), "{}", wrong.0[0].message);
    }

    #[test]
    fn in_json_the_fields_are_flat_and_decimals_are_numbers() {
        let details = read(|form| {
            form.blood_pressure = "128/82".into();
            form.temperature = "37.2".into();
        });
        let json = serde_json::to_value(details.unwrap()).unwrap();
        assert_eq!(json["bloodPressureSystolic"], 128);
        assert_eq!(json["temperature"], 37.2);
        assert_eq!(json["weight"], serde_json::Value::Null);
    }
}
