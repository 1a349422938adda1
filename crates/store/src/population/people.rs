//! The invented people of the sample clinic: who they are and how their measurements develop.

use super::dice::Dice;
use super::stories::{CHRONIC, Chronic};
use medrecord_clinic::field::Problems;
use medrecord_clinic::ids::PatientId;
use medrecord_clinic::patient::{PatientDetails, PatientForm};
use medrecord_clinic::time::{Day, Instant};
use medrecord_clinic::vitals::{
    BloodPressure, Celsius, Centimetres, HeartRate, Kilograms, OxygenSaturation, RespiratoryRate,
    VitalsDetails,
};

const WOMEN: [&str; 24] = [
    "Alice", "Bettina", "Carmen", "Dilek", "Elena", "Fatima", "Greta", "Hannah", "Ingrid", "Jolanda",
    "Katarina", "Leonie", "Maria", "Nadia", "Olga", "Paula", "Quirina", "Rebecca", "Sofia", "Tamara",
    "Ursula", "Vera", "Wanda", "Zoe",
];
const MEN: [&str; 24] = [
    "Adam", "Bruno", "Carlos", "Daniel", "Emil", "Felix", "Giovanni", "Hassan", "Ivan", "Jonas", "Karl",
    "Liam", "Mateo", "Nikolai", "Oskar", "Pablo", "Quentin", "Rafael", "Samir", "Tomas", "Ulrich", "Victor",
    "William", "Yusuf",
];
const FAMILIES: [&str; 40] = [
    "Abel",
    "Bauer",
    "Castro",
    "Dietrich",
    "Eriksen",
    "Fischer",
    "García",
    "Hoffmann",
    "Ibrahim",
    "Jansen",
    "Keller",
    "Lindqvist",
    "Müller",
    "Novak",
    "O'Connor",
    "Petrov",
    "Quinn",
    "Rossi",
    "Schäfer",
    "Tanaka",
    "Urban",
    "Vogel",
    "Weber",
    "Xavier",
    "Yilmaz",
    "Zimmermann",
    "Andersen",
    "Brandt",
    "Costa",
    "Dubois",
    "Engel",
    "Farkas",
    "Gruber",
    "Horvath",
    "Ivanova",
    "Jung",
    "Kowalski",
    "Lopez",
    "Moreau",
    "Nielsen",
];
const STREETS: [&str; 10] = [
    "Sample Street",
    "Lime Avenue",
    "Mill Lane",
    "Harbour Road",
    "Station Road",
    "Church Hill",
    "Park View",
    "Garden Walk",
    "River Bank",
    "Market Square",
];
const RELATIONS: [&str; 5] = ["Spouse", "Sibling", "Parent", "Child", "Friend"];

/// How somebody's measurements develop over their visits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Course {
    /// About the same each time.
    Steady,
    /// High blood pressure that comes down under treatment.
    Settling,
    /// Weight that comes down month by month.
    Slimming,
    /// A child that grows.
    Growing,
}

/// Whoever is measured and treated: the part of a patient that visits are made of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Subject {
    pub(super) id: PatientId,
    pub(super) course: Course,
    pub(super) chronic: Option<&'static Chronic>,
    pub(super) base: Body,
}

/// One invented patient.
pub(super) struct Person {
    pub(super) number: String,
    pub(super) details: PatientDetails,
    pub(super) registered: Instant,
    pub(super) subject: Subject,
}

/// What somebody measures on an ordinary day: mmHg, hundredths of kilograms and of centimetres.
#[derive(Debug, Clone, Copy)]
pub(super) struct Body {
    pub(super) systolic: i32,
    pub(super) diastolic: i32,
    pub(super) weight: i32,
    pub(super) height: i32,
}

impl Person {
    /// Invents the person of that place in the list, registered at an instant.
    pub(super) fn invent(
        dice: &mut Dice,
        at: usize,
        number: String,
        registered: Instant,
        today: Day,
    ) -> Result<Self, Problems> {
        let course = match at {
            0 => Course::Settling,
            1 => Course::Slimming,
            2 => Course::Growing,
            _ if dice.percent(12) => Course::Growing,
            _ if dice.percent(8) => Course::Settling,
            _ => Course::Steady,
        };
        let chronic = match course {
            Course::Settling => CHRONIC.first(),
            Course::Slimming => CHRONIC.get(1),
            Course::Steady if dice.percent(35) => dice.pick(&CHRONIC),
            Course::Growing | Course::Steady => None,
        };
        let years = match course {
            Course::Growing => dice.between(3, 12),
            Course::Settling | Course::Slimming => dice.between(48, 66),
            Course::Steady if chronic.is_some() => dice.between(35, 84),
            Course::Steady => dice.between(18, 79),
        };
        let female = dice.percent(52);
        let born = today.plus_days(-i64::from(years * 365 + dice.between(1, 360)));
        let details = form(dice, at, born, female).parse(today)?;
        let base = body(dice, course, years, female);
        let subject = Subject { id: dice.id(registered), course, chronic, base };
        Ok(Self { number, details, registered, subject })
    }
}

impl Subject {
    /// Somebody who is seen today and measures about what they measured last.
    pub(super) fn as_last_seen(id: PatientId, last: Option<Body>) -> Self {
        let ordinary = Body { systolic: 122, diastolic: 76, weight: 7_150, height: 17_000 };
        Self { id, course: Course::Steady, chronic: None, base: last.unwrap_or(ordinary) }
    }

    /// What is measured at a visit; `done` says how much of the whole time has passed, in hundredths.
    pub(super) fn measure(&self, dice: &mut Dice, done: i32, feverish: bool) -> VitalsDetails {
        let Body { mut systolic, mut diastolic, mut weight, mut height } = self.base;
        match self.course {
            Course::Steady => weight += dice.between(-80, 80),
            Course::Settling => {
                systolic += 42 - 42 * done / 100;
                diastolic += 20 - 20 * done / 100;
                weight -= 4 * done;
            }
            Course::Slimming => weight -= 14 * done,
            Course::Growing => {
                height += 12 * done;
                weight += 5 * done;
            }
        }
        systolic += dice.between(-4, 4);
        diastolic += dice.between(-3, 3);
        let child = self.course == Course::Growing;
        VitalsDetails {
            blood_pressure: Some(BloodPressure { systolic, diastolic }),
            heart_rate: Some(HeartRate(dice.between(62, 82) + if child { 22 } else { 0 })),
            temperature: Some(Celsius(if feverish {
                dice.between(379, 389)
            } else {
                dice.between(364, 370)
            })),
            respiratory_rate: Some(RespiratoryRate(dice.between(13, 17) + if child { 6 } else { 0 })),
            oxygen_saturation: Some(OxygenSaturation(dice.between(96, 99))),
            weight: Some(Kilograms(weight - weight % 10)),
            height: Some(Centimetres(height - height % 50)),
            pain_level: None,
            note: None,
        }
    }
}

fn body(dice: &mut Dice, course: Course, years: i32, female: bool) -> Body {
    let height = if female { dice.between(15_600, 17_600) } else { dice.between(16_800, 19_000) };
    // Hundredths of kilograms from a body mass index of 21 to 29.
    let weight = dice.between(21, 29) * (height / 100) * (height / 100) / 100;
    match course {
        Course::Growing => {
            let height = 9_400 + (years - 3) * 620;
            Body { systolic: 96, diastolic: 58, weight: 1_380 + (years - 3) * 260, height }
        }
        Course::Settling => Body { systolic: 126, diastolic: 80, weight: weight + 600, height },
        Course::Slimming => Body { systolic: 132, diastolic: 82, weight: 9_860, height: 16_850 },
        Course::Steady => {
            Body { systolic: dice.between(108, 132), diastolic: dice.between(66, 82), weight, height }
        }
    }
}

fn form(dice: &mut Dice, at: usize, born: Day, female: bool) -> PatientForm {
    let first_name = if female { dice.word(&WOMEN) } else { dice.word(&MEN) };
    let last_name = dice.word(&FAMILIES);
    // Numbers 555-0100 to 555-0199 are set aside for fiction (North American Numbering Plan).
    let phone = |number: i32| format!("+1-555-01{:02}", number % 100);
    let ascii: String = last_name.to_lowercase().chars().filter(char::is_ascii_alphabetic).collect();
    PatientForm {
        email: format!("{}.{ascii}{at}@example.com", first_name.to_lowercase()),
        date_of_birth: born.iso(),
        sex: if female { "female" } else { "male" }.to_owned(),
        phone: phone(dice.between(0, 99)),
        address: format!("{} {}, Sampletown", dice.between(1, 120), dice.word(&STREETS)),
        emergency_contact_name: format!("{} {last_name}", dice.word(if female { &MEN } else { &WOMEN })),
        emergency_contact_phone: phone(dice.between(0, 99)),
        emergency_contact_relationship: dice.word(&RELATIONS),
        first_name,
        last_name,
        ..PatientForm::default()
    }
}
