//! A draft against the chart: allergies, medicines taken and stopped, sex, age, the largest usual dose, and what only the
//! chart says.
//!
//! Every finding is a flag for a person, never a correction.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::draft::{Draft, Flag, MedicationAction, PrescriptionDraft, Sex, VisitContext};
use crate::engine::lexicon::DRUGS;
use crate::engine::numbers::number;
use crate::engine::text::words;

/// A medicine of the chart, as it is taken.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ChartMedicine {
    /// Its name.
    pub name: String,
    /// "500 mg".
    pub strength: Option<String>,
    /// "1 tablet".
    pub dosage: Option<String>,
    /// "twice a day".
    pub frequency: Option<String>,
}

/// Something drafted that the chart says and the turns cited do not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct FromChart {
    /// The record's field by its JSON name, or `prescription`, `allergy`.
    pub target: String,
    /// The sentence, or the medicine's or the allergen's name.
    pub text: String,
    /// What was not said.
    pub words: Vec<String>,
    /// Indices of the segments that the item cites.
    pub evidence: Vec<usize>,
}

impl ChartMedicine {
    /// The medicine with how it is taken, in one line.
    pub(crate) fn line(&self) -> String {
        let rest = [&self.strength, &self.dosage, &self.frequency].into_iter().flatten();
        std::iter::once(&self.name).chain(rest).map(String::as_str).collect::<Vec<_>>().join(" ")
    }
}

/// What the chart says of the medicines that a text names; empty where it names none that the patient takes.
pub(crate) fn about(text: &str, context: &VisitContext) -> String {
    let named = DRUGS.find(&words(text));
    let known =
        |name: &str| DRUGS.find(&words(name)).iter().any(|f| named.iter().any(|n| n.entry == f.entry));
    let lines = context.medicines.iter().filter(|m| known(&m.name)).map(ChartMedicine::line);
    let names = context.known_medications.iter().filter(|name| known(name)).cloned();
    names.chain(lines).collect::<Vec<_>>().join(". ")
}

/// Gives a medicine that is taken on as it is the strength and the frequency that the chart has, where nobody said any;
/// flags it where another strength was said than the chart has.
pub(crate) fn supplement(draft: &mut Draft, context: &VisitContext) {
    let mut taken = Vec::new();
    for prescription in draft.prescriptions.iter_mut().filter(|p| p.action == MedicationAction::Continue) {
        let mut known = context.medicines.iter().filter(|m| same(&m.name, &prescription.medication_name));
        // Of two lines for one medicine nobody said which.
        let (Some(known), None) = (known.next(), known.next()) else { continue };
        let plain = |text: &str| text.to_lowercase().split_whitespace().collect::<String>();
        if let (Some(said), Some(charted)) = (&prescription.strength, &known.strength)
            && plain(said) != plain(charted)
        {
            draft.flags.push(Flag {
                code: "otherStrength".to_owned(),
                message: format!("{}: {said} was said, the medication list has {charted}", known.name),
                evidence: prescription.evidence.clone(),
            });
            continue;
        }
        let mut words = Vec::new();
        for (mine, charted) in [
            (&mut prescription.strength, &known.strength),
            (&mut prescription.dosage, &known.dosage),
            (&mut prescription.frequency, &known.frequency),
        ] {
            if let (None, Some(charted)) = (&mine, charted) {
                *mine = Some(charted.clone());
                words.push(charted.clone());
            }
        }
        if !words.is_empty() {
            taken.push(FromChart {
                target: "prescription".to_owned(),
                text: prescription.medication_name.clone(),
                words,
                evidence: prescription.evidence.clone(),
            });
        }
    }
    draft.from_chart.append(&mut taken);
}

/// Generic name → the largest daily dose in milligrams; the sources stand in the file.
static LARGEST_MG: LazyLock<HashMap<&'static str, f64>> = LazyLock::new(|| {
    include_str!("../data/doses.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let (name, rest) = line.split_once(": ")?;
            Some((name, rest.split(' ').next()?.parse().ok()?))
        })
        .collect()
});

/// Flags all that the chart holds against what is ordered.
pub(crate) fn check(draft: &Draft, context: &VisitContext) -> Vec<Flag> {
    let mut flags = Vec::new();
    for prescription in &draft.prescriptions {
        let mut say = |code: &str, message: String| {
            flags.push(Flag { code: code.to_owned(), message, evidence: prescription.evidence.clone() });
        };
        allergy(prescription, draft, context, &mut say);
        if prescription.action == MedicationAction::Stop {
            continue;
        }
        let name = prescription.medication_name.as_str();
        if prescription.action == MedicationAction::Start {
            if context.known_medications.iter().any(|known| same(known, name)) {
                say("alreadyTaken", format!("{name} stands on the medication list already"));
            }
            if context.stopped_medications.iter().any(|known| same(known, name)) {
                say("stoppedBefore", format!("{name} was stopped before, says the medication list"));
            }
        }
        if let Some(message) = unfit(name, context) {
            say("unfit", message);
        }
        if let Some(message) = dose(prescription) {
            say("doseRange", message);
        }
    }
    flags
}

fn allergy(
    prescription: &PrescriptionDraft,
    draft: &Draft,
    context: &VisitContext,
    say: &mut impl FnMut(&str, String),
) {
    let name = &prescription.medication_name;
    let heard = draft.allergies.iter().filter(|a| !a.negated).map(|a| a.allergen.as_str());
    let charted = context.allergies.iter().map(String::as_str);
    let mut told: Vec<String> = Vec::new();
    for allergen in heard.chain(charted) {
        let given = prescription.action != MedicationAction::Stop;
        let low = allergen.to_lowercase();
        if given && related(allergen, name) && !told.contains(&low) {
            say("allergyConflict", format!("{name} is ordered, and an allergy to {allergen} is known"));
            told.push(low);
        }
    }
}

fn same(a: &str, b: &str) -> bool {
    let first = |text: &str| DRUGS.find(&words(text)).first().map(|f| f.entry);
    a.eq_ignore_ascii_case(b) || first(a).is_some() && first(a) == first(b)
}

/// Whether an allergen is the medicine, by any of its names, or of its family.
pub fn related(allergen: &str, medicine: &str) -> bool {
    /// Families that share an allergy warning: penicillins, and sulfonamide antibiotics (FDA labelling, section 4).
    const FAMILIES: &[(&str, &[&str])] = &[
        (
            "penicillin",
            &[
                "penicillin",
                "amoxicillin",
                "amoxicillin clavulanate",
                "ampicillin",
                "dicloxacillin",
                "nafcillin",
                "flucloxacillin",
                "piperacillin tazobactam",
            ],
        ),
        ("sulfa", &["trimethoprim sulfamethoxazole", "sulfamethoxazole", "sulfadiazine", "sulfasalazine"]),
    ];
    let generic = DRUGS.lookup(medicine).map_or(medicine, |entry| entry.name);
    let low = allergen.to_lowercase();
    same(&low, medicine)
        || FAMILIES.iter().any(|(family, members)| {
            (low.contains(family) || members.contains(&low.as_str())) && members.contains(&generic)
        })
}

/// Why a medicine does not fit the patient's sex or age.
fn unfit(name: &str, context: &VisitContext) -> Option<String> {
    /// Not indicated in women (US prescribing information, section 1: Proscar, Avodart, Flomax).
    const MEN: &[&str] = &["finasteride", "dutasteride", "tamsulosin"];
    /// Below these ages: codeine and tramadol (FDA Drug Safety Communication, 20 April 2017); doxycycline, teeth (US
    /// prescribing information, section 5); aspirin, Reye's syndrome (21 CFR 201.314(h)).
    const YOUNG: &[(&str, u16)] = &[
        ("codeine", 12),
        ("acetaminophen codeine", 12),
        ("co-codamol", 12),
        ("tramadol", 12),
        ("doxycycline", 8),
        ("aspirin", 16),
    ];
    let generic = DRUGS.lookup(name).map_or(name, |entry| entry.name);
    if context.sex == Some(Sex::Female) && MEN.contains(&generic) {
        return Some(format!("{name} is not meant for women; the chart says female"));
    }
    let age = context.age_years?;
    let (_, from) = YOUNG.iter().find(|(drug, from)| *drug == generic && age < *from)?;
    Some(format!("{name} is not given below {from} years; the chart says {age}"))
}

/// Why a dose is beyond the largest usual one.
fn dose(prescription: &PrescriptionDraft) -> Option<String> {
    let name = prescription.medication_name.as_str();
    let generic = DRUGS.lookup(name).map_or(name, |entry| entry.name);
    let largest = *LARGEST_MG.get(generic)?;
    let strength = prescription.strength.as_deref()?;
    let (amount, unit) = strength.split_once(' ')?;
    let single = amount.parse::<f64>().ok()?
        * match unit {
            "mg" => 1.0,
            "g" => 1000.0,
            "mcg" => 0.001,
            _ => return None,
        };
    let daily = single * times_a_day(prescription.frequency.as_deref().unwrap_or_default());
    (daily > largest * 1.001)
        .then(|| format!("{name} {strength}: {daily} mg a day; usual up to {largest} mg a day"))
}

/// How often a day at least; once where it was not said.
fn times_a_day(frequency: &str) -> f64 {
    let list = words(frequency);
    let has = |word: &str| list.iter().any(|w| w.text == word);
    if has("week") || has("weekly") || has("month") {
        return 0.1;
    }
    let said = (0..list.len()).find_map(|at| number(&list, at)).map(|n| n.value);
    if let Some(hours) = said.filter(|hours| has("hours") && *hours > 0.0) {
        return (24.0 / hours).floor();
    }
    if let Some(times) = said.filter(|_| has("times")) {
        return times;
    }
    if has("twice") || has("bid") { 2.0 } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transcript::Transcript;

    fn codes(text: &str, context: &VisitContext) -> Vec<String> {
        crate::draft(&Transcript::parse(text), context).flags.into_iter().map(|f| f.code).collect()
    }

    #[test]
    fn a_dose_beyond_the_usual_is_flagged() {
        let none = VisitContext::default();
        for (text, flagged) in [
            ("[doctor] I'm going to prescribe lisinopril 200 mg once a day.", true),
            ("[doctor] I'm going to prescribe lisinopril 20 mg once a day.", false),
            ("[doctor] I'm going to prescribe ibuprofen 800 mg every four hours.", true),
            ("[doctor] I'm going to prescribe ibuprofen 800 mg three times a day.", false),
            ("[doctor] I'm going to prescribe metformin 1 gram twice a day.", false),
        ] {
            assert_eq!(codes(text, &none).contains(&"doseRange".to_owned()), flagged, "{text}");
        }
    }

    #[test]
    fn sex_age_and_stopped_medicines_of_the_chart_are_held_against_an_order() {
        let woman = VisitContext { sex: Some(Sex::Female), age_years: Some(40), ..VisitContext::default() };
        let child = VisitContext { age_years: Some(9), ..VisitContext::default() };
        let stopped =
            VisitContext { stopped_medications: vec!["Zestril 10 mg".to_owned()], ..VisitContext::default() };
        for (text, context, code) in [
            ("[doctor] I'm going to prescribe finasteride 5 mg once a day.", &woman, "unfit"),
            ("[doctor] I'm going to prescribe tramadol 50 mg twice a day.", &child, "unfit"),
            ("[doctor] I'm going to prescribe lisinopril 20 mg once a day.", &stopped, "stoppedBefore"),
        ] {
            assert!(codes(text, context).contains(&code.to_owned()), "{text}");
            assert!(!codes(text, &VisitContext::default()).contains(&code.to_owned()), "{text}");
        }
    }

    #[test]
    fn every_medicine_of_the_dose_table_is_known() {
        assert!(LARGEST_MG.len() > 40);
        for name in LARGEST_MG.keys() {
            assert_eq!(DRUGS.lookup(name).map(|entry| entry.name), Some(*name));
        }
    }

    fn taking(strength: &str, frequency: &str) -> VisitContext {
        let medicine = ChartMedicine {
            name: "Metformin".to_owned(),
            strength: Some(strength.to_owned()),
            dosage: None,
            frequency: Some(frequency.to_owned()),
        };
        VisitContext {
            known_medications: vec!["Metformin".to_owned()],
            medicines: vec![medicine],
            ..VisitContext::default()
        }
    }

    #[test]
    fn a_medicine_taken_on_has_from_the_chart_what_nobody_said_and_it_is_told() {
        let text = "[doctor] We will continue your metformin.";
        let bare = crate::draft(&Transcript::parse(text), &VisitContext::default());
        assert_eq!((bare.prescriptions.len(), bare.prescriptions[0].strength.as_deref()), (1, None));
        assert!(bare.from_chart.is_empty());
        let draft = crate::draft(&Transcript::parse(text), &taking("500 mg", "twice a day"));
        let sig = &draft.prescriptions[0];
        assert_eq!(
            (sig.strength.as_deref(), sig.frequency.as_deref()),
            (Some("500 mg"), Some("twice a day"))
        );
        assert_eq!(draft.from_chart.len(), 1);
        assert_eq!(draft.from_chart[0].words, ["500 mg", "twice a day"]);
        assert_eq!(draft.from_chart[0].evidence, draft.prescriptions[0].evidence);
    }

    #[test]
    fn what_was_said_stays_and_another_strength_than_the_charts_is_flagged() {
        let said = "[doctor] We will continue your metformin 500 milligrams.";
        let draft = crate::draft(&Transcript::parse(said), &taking("500mg", "twice a day"));
        assert_eq!(draft.from_chart[0].words, ["twice a day"], "the strength was said");
        let draft = crate::draft(&Transcript::parse(said), &taking("850 mg", "twice a day"));
        assert!(draft.from_chart.is_empty() && draft.flags.iter().any(|flag| flag.code == "otherStrength"));
        assert_eq!(draft.prescriptions[0].strength.as_deref(), Some("500 mg"));
        let mut twice = taking("500 mg", "twice a day");
        twice.medicines.push(twice.medicines[0].clone());
        let draft = crate::draft(&Transcript::parse("[doctor] We will continue your metformin."), &twice);
        assert!(draft.from_chart.is_empty(), "of two lines nobody said which");
    }
}
