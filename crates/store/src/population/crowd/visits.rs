//! What happens at the crowd's visits: how many there are, what is measured, what is written down.

use super::illness::Burden;
use super::people::Person;
use crate::population::dice::Dice;
use crate::population::stories::{ACUTE, CHECKUP, CHILD_CHECKUP, Medicine, Story};
use crate::population::visits::{self, Place, Visit};
use medrecord_clinic::appointment::{AppointmentStatus, AppointmentType};
use medrecord_clinic::ids::ProviderId;
use medrecord_clinic::prescription::PrescriptionAction;
use medrecord_clinic::time::{Day, Zone};
use medrecord_clinic::vitals::{
    BloodPressure, Celsius, Centimetres, HeartRate, Kilograms, OxygenSaturation, RespiratoryRate, VitalSigns,
    VitalsDetails,
};

/// Visits a year in hundredths, by age: 3.2 over all ages of [`super::people`], growing with age.
fn often(years: i32) -> i32 {
    match years {
        ..18 => 215,
        18..45 => 235,
        45..65 => 355,
        _ => 560,
    }
}

/// How many visits so many days bring: negative binomial with two failures, so that a few come very often.
pub(super) fn number(dice: &mut Dice, years: i32, days: i64) -> i32 {
    let mean = i64::from(often(years)) * days.max(0) / 365;
    // Chance of a failure for that mean, in ten-thousandths: 2 / (2 + mean).
    let failure = i32::try_from(2_000_000 / (200 + mean)).unwrap_or(10_000);
    let (mut visits, mut failures) = (0, 0);
    while failures < 2 {
        if dice.between(1, 10_000) <= failure { failures += 1 } else { visits += 1 }
    }
    visits
}

/// What somebody measures on an ordinary day, drifting from visit to visit: mmHg, hundredths of kilograms and of
/// centimetres.
pub(super) struct Body {
    systolic: i32,
    diastolic: i32,
    weight: i32,
    height: i32,
    pulse: i32,
}

impl Body {
    pub(super) fn of(dice: &mut Dice, person: &Person, today: Day) -> Self {
        let years = person.age_on(today);
        let height = if person.female { dice.between(15_200, 17_600) } else { dice.between(16_500, 19_200) };
        // Hundredths of kilograms from a body mass index of 20 to 34.
        let weight = dice.between(20, 34) * (height / 100) * (height / 100) / 100;
        let pressure = person.burdens.iter().any(|burden| burden.illness.name.contains("hypertension"));
        let systolic = 106 + years / 4 + if pressure { dice.between(14, 30) } else { dice.between(-6, 8) };
        Self {
            systolic,
            diastolic: systolic * 5 / 8 + dice.between(-3, 3),
            weight,
            height,
            pulse: dice.between(60, 84),
        }
    }

    /// One step on: pressure comes back to where it was treated to, weight wanders.
    fn drift(&mut self, dice: &mut Dice) {
        let back = (128 - self.systolic).clamp(-40, 0) / 8;
        self.systolic = (self.systolic + back + dice.between(-3, 3)).clamp(92, 190);
        self.diastolic =
            (self.diastolic + back / 2 + dice.between(-2, 2)).clamp(54, 110).min(self.systolic - 20);
        self.weight = (self.weight + dice.between(-90, 100)).clamp(4_200, 18_000);
        self.pulse = (self.pulse + dice.between(-3, 3)).clamp(52, 104);
    }

    /// Hundredths of a centimetre and of a kilogram at an age in months: about the middle of a child's growth (CDC
    /// growth charts, 2000), straight between 0, 12, 24, 144 and 216 months.
    fn grown(&self, months: i32) -> (i32, i32) {
        let line =
            |from: (i32, i32), to: (i32, i32)| from.1 + (to.1 - from.1) * (months - from.0) / (to.0 - from.0);
        match months {
            ..12 => (line((0, 5_000), (12, 7_500)), line((0, 350), (12, 980))),
            12..24 => (line((12, 7_500), (24, 8_700)), line((12, 980), (24, 1_230))),
            24..144 => (line((24, 8_700), (144, 15_000)), line((24, 1_230), (144, 4_100))),
            144..216 => {
                (line((144, 15_000), (216, self.height)), line((144, 4_100), (216, self.weight.max(5_000))))
            }
            _ => (self.height, self.weight),
        }
    }

    fn measured(&mut self, dice: &mut Dice, person: &Person, day: Day, feverish: bool) -> VitalsDetails {
        self.drift(dice);
        let born = person.details.date_of_birth;
        let months =
            i32::try_from(day.0.signed_duration_since(born.0).num_days() * 12 / 365).unwrap_or(0).max(0);
        let (height, weight) = self.grown(months);
        let child = (months < 216).then(|| (216 - months) / 12);
        let pressure = (months >= 36).then(|| BloodPressure {
            systolic: self.systolic - child.unwrap_or(0),
            diastolic: (self.diastolic - child.unwrap_or(0)).min(self.systolic - child.unwrap_or(0) - 15),
        });
        VitalsDetails {
            blood_pressure: pressure,
            heart_rate: Some(HeartRate(self.pulse + child.unwrap_or(0) * 2)),
            temperature: Some(Celsius(if feverish {
                dice.between(379, 389)
            } else {
                dice.between(364, 370)
            })),
            respiratory_rate: Some(RespiratoryRate(dice.between(13, 17) + child.unwrap_or(0) / 2)),
            oxygen_saturation: Some(OxygenSaturation(dice.between(95, 99))),
            weight: Some(Kilograms(weight - weight % 10)),
            height: Some(Centimetres(height - height % 50)),
            pain_level: None,
            note: None,
        }
    }
}

/// What somebody comes for: one of their illnesses, a checkup, or something new.
fn reason(dice: &mut Dice, person: &Person, years: i32) -> (&'static Story, Option<Burden>) {
    let burden = dice.pick(&person.burdens).copied();
    match burden {
        Some(burden) if dice.percent(60) => (&burden.illness.visit, Some(burden)),
        _ if dice.percent(30) => (if years < 18 { &CHILD_CHECKUP } else { &CHECKUP }, None),
        _ => (dice.pick(&ACUTE).unwrap_or(&CHECKUP), None),
    }
}

/// A visit at a place in the diary: over and signed, called off, or still to come.
pub(super) fn visit(
    dice: &mut Dice,
    person: &Person,
    body: &mut Body,
    place: Place,
    (zone, today): (Zone, Day),
) -> Visit {
    let day = zone.day_of(place.at);
    let (story, burden) = reason(dice, person, person.age_on(day));
    let status = match dice.between(1, 100) {
        _ if day >= today => AppointmentStatus::Scheduled,
        ..=5 => AppointmentStatus::Cancelled,
        6..=8 => AppointmentStatus::NoShow,
        _ => AppointmentStatus::Completed,
    };
    let appointment = visits::appointment(dice, person.id, place, story, status);
    if status != AppointmentStatus::Completed {
        return Visit { appointment, vitals: None, record: None };
    }
    let vitals = (story.kind != AppointmentType::Telehealth).then(|| {
        let recorded_at = appointment.checked_in_at.unwrap_or(place.at).plus_minutes(3);
        let feverish = story.complaints.iter().any(|(name, ..)| *name == "fever");
        let measured = body.measured(dice, person, day, feverish);
        VitalSigns {
            id: dice.id(recorded_at),
            appointment_id: appointment.id,
            bmi: measured.bmi(),
            measured,
            recorded_at,
            recorded_by: Some(place.provider),
            version: 1,
        }
    });
    let record = record(dice, person, (story, burden), &appointment, (place.provider, vitals.as_ref()));
    Visit { appointment, vitals, record: Some(record) }
}

fn record(
    dice: &mut Dice,
    person: &Person,
    (story, burden): (&'static Story, Option<Burden>),
    appointment: &medrecord_clinic::appointment::Appointment,
    (by, vitals): (ProviderId, Option<&VitalSigns>),
) -> medrecord_clinic::medical_record::MedicalRecord {
    let taken: Option<(Medicine, PrescriptionAction)> = match burden {
        Some(burden) => Some((burden.medicine, PrescriptionAction::Continue)),
        None => story.medicine.map(|medicine| (medicine, PrescriptionAction::Start)),
    };
    let mut record = visits::record_of(dice, appointment, story, taken);
    if let Some(burden) = burden {
        record.note.diagnosis = Some(burden.illness.name.to_owned());
        for row in &mut record.prescriptions {
            row.indication = Some(burden.illness.name.to_owned());
        }
    }
    visits::sign(&mut record, person.id, by, vitals);
    record
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_come_three_times_a_year_and_the_old_more_often() {
        let mut dice = Dice::new(9);
        let mut mean = |years| (0..10_000).map(|_| number(&mut dice, years, 730)).sum::<i32>();
        let shares = [(9, 22), (30, 34), (55, 26), (75, 18)];
        let sums: Vec<i32> = shares.iter().map(|(years, _)| mean(*years)).collect();
        assert!(sums.is_sorted());
        let a_year = shares.iter().zip(&sums).map(|((_, share), sum)| share * sum / 100).sum::<i32>() / 2;
        assert!((30_500..=33_500).contains(&a_year), "{a_year} in 10,000 years");
    }
}
