//! The long illnesses of the crowd: how often by age, which come together, what is taken for them, what their visits
//! look like.
//!
//! Shares and couplings are this project's own rough shape of an adult practice, so that load is lifelike; they are no
//! epidemiology. Strengths are those in which the medicines are usually sold in the US (labels kept by the
//! National Library of Medicine); nothing here advises anybody.

use crate::population::dice::Dice;
use crate::population::stories::{Medicine, Story, medicine};
use medrecord_clinic::appointment::AppointmentType;

/// A long illness of the crowd.
pub(super) struct Illness {
    pub(super) name: &'static str,
    /// In hundredths, under 18, to 44, to 64, and above.
    by_age: [i32; 4],
    /// Illnesses earlier in the list that make this one more likely, and by how many hundredths more.
    after: &'static [(usize, i32)],
    pub(super) medicines: &'static [Medicine],
    pub(super) visit: Story,
}

const fn told(reason: &'static str, history: &'static str, exam: &'static str) -> Story {
    Story {
        kind: AppointmentType::FollowUp,
        reason,
        history,
        exam,
        diagnosis: "",
        plan: "Continue as before; values and complaints gone through together.",
        follow_up: "In three months, sooner if anything changes.",
        complaints: &[],
        medicine: None,
    }
}

/// A tablet: name, strength, how often, how many in ninety days.
const fn tablet(name: &'static str, strength: &'static str, often: &'static str, quantity: i32) -> Medicine {
    medicine(
        name,
        strength,
        "1 tablet",
        often,
        ("90 days", quantity),
        "Take with water at the same time each day.",
    )
}

pub(super) static ILLNESSES: [Illness; 8] = [
    Illness {
        name: "Essential hypertension",
        by_age: [0, 10, 38, 64],
        after: &[],
        medicines: &[
            tablet("Lisinopril", "10 mg", "once a day", 90),
            tablet("Lisinopril", "20 mg", "once a day", 90),
            tablet("Amlodipine", "5 mg", "once a day", 90),
            tablet("Losartan", "50 mg", "once a day", 90),
            tablet("Hydrochlorothiazide", "25 mg", "once a day", 90),
        ],
        visit: told(
            "Blood pressure check",
            "Measures at home and brings the values. Takes the tablets every day. No dizziness.",
            "Heart sounds regular, no murmur. No oedema.",
        ),
    },
    Illness {
        name: "Hyperlipidemia",
        by_age: [0, 8, 25, 35],
        after: &[(0, 25)],
        medicines: &[
            tablet("Atorvastatin", "20 mg", "once a day", 90),
            tablet("Atorvastatin", "40 mg", "once a day", 90),
            tablet("Rosuvastatin", "10 mg", "once a day", 90),
            tablet("Simvastatin", "20 mg", "once a day in the evening", 90),
        ],
        visit: told(
            "Lipids check",
            "Takes the statin in the evening. No muscle pain. Walks half an hour on most days.",
            "Good general condition. Pulses felt on both feet.",
        ),
    },
    Illness {
        name: "Type 2 diabetes mellitus",
        by_age: [0, 2, 6, 8],
        after: &[(0, 14), (1, 8)],
        medicines: &[
            tablet("Metformin", "500 mg", "twice a day", 180),
            tablet("Metformin", "1000 mg", "twice a day", 180),
            tablet("Glipizide", "5 mg", "once a day", 90),
            tablet("Sitagliptin", "100 mg", "once a day", 90),
            tablet("Empagliflozin", "10 mg", "once a day", 90),
        ],
        visit: told(
            "Diabetes check",
            "Follows the diet plan and walks daily. No low sugars. Feet without complaints.",
            "Feet warm, pulses felt, monofilament felt at all points.",
        ),
    },
    Illness {
        name: "Asthma",
        by_age: [8, 9, 7, 6],
        after: &[],
        medicines: &[
            medicine(
                "Albuterol inhaler",
                "90 mcg",
                "2 puffs",
                "as needed",
                ("90 days", 1),
                "Shake before use.",
            ),
            medicine(
                "Budesonide inhaler",
                "180 mcg",
                "1 puff",
                "twice a day",
                ("90 days", 1),
                "Rinse the mouth.",
            ),
            tablet("Montelukast", "10 mg", "once a day in the evening", 90),
        ],
        visit: told(
            "Asthma review",
            "Needs the reliever less than once a week. Wakes no more at night.",
            "Lungs clear, no wheeze. Inhaler technique correct.",
        ),
    },
    Illness {
        name: "Major depressive disorder",
        by_age: [3, 11, 9, 6],
        after: &[],
        medicines: &[
            tablet("Sertraline", "50 mg", "once a day", 90),
            tablet("Escitalopram", "10 mg", "once a day", 90),
            tablet("Fluoxetine", "20 mg", "once a day", 90),
        ],
        visit: told(
            "Mood follow-up",
            "Sleeps better, goes out again. Takes the tablets. No thoughts of self-harm.",
            "Friendly and in contact, thinks in order, mood slightly lowered.",
        ),
    },
    Illness {
        name: "Chronic low back pain",
        by_age: [1, 11, 16, 17],
        after: &[(4, 9)],
        medicines: &[
            tablet("Ibuprofen", "600 mg", "three times a day as needed", 60),
            tablet("Naproxen", "500 mg", "twice a day as needed", 60),
            tablet("Cyclobenzaprine", "5 mg", "at bedtime as needed", 30),
        ],
        visit: told(
            "Back pain review",
            "Pain in the lower back after long sitting, no pain down the leg, no numbness.",
            "Tense muscles beside the lumbar spine, straight leg raise negative.",
        ),
    },
    Illness {
        name: "Gastro-esophageal reflux disease",
        by_age: [1, 9, 15, 18],
        after: &[(5, 5)],
        medicines: &[
            medicine(
                "Omeprazole",
                "20 mg",
                "1 capsule",
                "once a day",
                ("90 days", 90),
                "Half an hour before food.",
            ),
            tablet("Famotidine", "20 mg", "twice a day", 180),
        ],
        visit: told(
            "Reflux review",
            "Heartburn once a week, mostly after late meals. Swallows without trouble.",
            "Abdomen soft, no tenderness.",
        ),
    },
    Illness {
        name: "Osteoarthritis",
        by_age: [0, 3, 17, 36],
        after: &[(5, 6)],
        medicines: &[
            tablet("Acetaminophen", "500 mg", "three times a day as needed", 60),
            tablet("Meloxicam", "7.5 mg", "once a day", 90),
            medicine("Celecoxib", "200 mg", "1 capsule", "once a day", ("90 days", 90), "Take with a meal."),
        ],
        visit: told(
            "Joint pain review",
            "Pain after long walks, stiffness for ten minutes in the morning.",
            "Crepitus, full extension, no effusion.",
        ),
    },
];

/// An illness that somebody has, and what is taken for it.
#[derive(Clone, Copy)]
pub(super) struct Burden {
    pub(super) illness: &'static Illness,
    pub(super) medicine: Medicine,
}

/// What somebody of that age has: each illness by itself, and likelier where another came before.
pub(super) fn of(dice: &mut Dice, years: i32) -> Vec<Burden> {
    let band = match years {
        ..18 => 0,
        18..45 => 1,
        45..65 => 2,
        _ => 3,
    };
    let mut has = [false; ILLNESSES.len()];
    let mut burdens = Vec::new();
    for (at, illness) in ILLNESSES.iter().enumerate() {
        let mut share = illness.by_age.get(band).copied().unwrap_or(0);
        for (other, more) in illness.after {
            share += if has.get(*other).copied().unwrap_or(false) { *more } else { 0 };
        }
        if share > 0 && dice.percent(share) {
            if let Some(mark) = has.get_mut(at) {
                *mark = true;
            }
            burdens
                .extend(dice.pick(illness.medicines).map(|medicine| Burden { illness, medicine: *medicine }));
        }
    }
    burdens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn illnesses_come_together_and_with_age() {
        let mut dice = Dice::new(5);
        let mut count = |years: i32| {
            let mut both = [0; 4];
            for _ in 0..4000 {
                let all = of(&mut dice, years);
                let has = |name: &str| all.iter().any(|burden| burden.illness.name.contains(name));
                let case = usize::from(has("hypertension")) * 2 + usize::from(has("diabetes"));
                both[case] += 1;
            }
            both
        };
        let [neither, diabetes, pressure, both] = count(70);
        assert!(both * neither > 2 * diabetes * pressure, "{neither} {diabetes} {pressure} {both}");
        let [.., young_pressure, young_both] = count(30);
        assert!(pressure + both > 3 * (young_pressure + young_both));
    }
}
