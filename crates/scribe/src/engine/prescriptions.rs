//! Prescriptions: one for each medicine of a visit, the last word on it wins.

use super::medications::{Mention, Use};
use super::numbers::with_digits;
use super::orders::{Topic, follow_topic, plan_start, same_drug, with_topic};
use super::scene::Scene;
use crate::draft::{MedicationAction, PrescriptionDraft};
use crate::transcript::Speaker;

/// The prescriptions of a visit: one for each medicine, the last word on its action wins.
pub fn find(scene: &Scene, medicines: &[Mention]) -> Vec<PrescriptionDraft> {
    let mut list: Vec<PrescriptionDraft> = Vec::new();
    let mut topic = Topic::default();
    let plan = plan_start(scene);
    for (at, sentence) in scene.sentences.iter().enumerate().filter(|(_, s)| s.speaker == Speaker::Doctor) {
        follow_topic(sentence, &mut topic, at >= plan);
        for medicine in medicines.iter().filter(|m| m.sentence == at) {
            let Use::Order(action) = medicine.told else { continue };
            if at < plan && medicine.strength < 2 || medicine.class == "class" {
                continue;
            }
            let mut made = prescription(medicine, action);
            if made.indication.is_none() && topic.near(sentence) {
                made.indication = with_topic(&topic, &mut made.evidence);
            }
            match list.iter_mut().find(|p| same_drug(&p.medication_name, medicine)) {
                Some(known) => combine(known, made),
                None => list.push(made),
            }
        }
    }
    for made in &mut list {
        made.instructions = instructions(made);
    }
    list
}

/// How the medicine is taken, without its name and strength: "1 tablet by mouth twice a day for 7 days".
fn instructions(made: &PrescriptionDraft) -> String {
    let mut parts: Vec<String> = Vec::new();
    if made.action == MedicationAction::Stop {
        return "stop taking it".to_owned();
    }
    parts.extend(made.dosage.as_deref().map(with_digits));
    parts.extend(made.route.as_deref().and_then(in_words).map(ToOwned::to_owned));
    parts.extend(made.frequency.as_deref().map(with_digits));
    parts.extend(made.duration.as_deref().map(|span| format!("for {}", with_digits(span))));
    parts.join(" ")
}

/// A route as instructions say it; none where the dose already does.
fn in_words(route: &str) -> Option<&'static str> {
    Some(match route {
        "oral" => "by mouth",
        "sublingual" => "under the tongue",
        "topical" => "on the skin",
        "nasal" => "into the nose",
        "ophthalmic" => "into the eye",
        "otic" => "into the ear",
        "injection" => "by injection",
        _ => return None,
    })
}

fn prescription(medicine: &Mention, action: MedicationAction) -> PrescriptionDraft {
    let sig = medicine.sig.clone();
    PrescriptionDraft {
        medication_name: medicine.name.clone(),
        generic_name: (medicine.class != "class" && !medicine.close).then(|| medicine.generic.to_owned()),
        strength: sig.strength,
        dosage: sig.dosage,
        frequency: sig.frequency,
        route: sig.route,
        duration: sig.duration,
        quantity: sig.quantity,
        refills: sig.refills,
        instructions: String::new(),
        indication: sig.needed_for,
        action,
        evidence: medicine.evidence.clone(),
    }
}

/// Joins what two mentions of one medicine say; the later action counts unless it only goes on.
fn combine(known: &mut PrescriptionDraft, made: PrescriptionDraft) {
    let goes_on = matches!(known.action, MedicationAction::Change | MedicationAction::Continue);
    if made.action != MedicationAction::Continue && !(made.action == MedicationAction::Start && goes_on) {
        known.action = made.action;
    }
    known.strength = made.strength.or(known.strength.take());
    known.dosage = made.dosage.or(known.dosage.take());
    known.frequency = made.frequency.or(known.frequency.take());
    known.route = made.route.or(known.route.take());
    known.duration = made.duration.or(known.duration.take());
    known.quantity = made.quantity.or(known.quantity);
    known.refills = made.refills.or(known.refills);
    known.indication = known.indication.take().or(made.indication);
    known.evidence.extend(made.evidence);
    known.evidence.sort_unstable();
    known.evidence.dedup();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::medications;
    use crate::transcript::Transcript;

    #[test]
    fn a_correction_wins_over_what_was_said_first() {
        let text = "[doctor] Let's start lisinopril 10 mg once a day.\n[patient] Okay.\n[doctor] Actually, let's start lisinopril 20 mg once a day.";
        let scene = Scene::read(&Transcript::parse(text));
        let list = find(&scene, &medications::find(&scene));
        assert_eq!(list.len(), 1);
        assert_eq!(list[0].strength.as_deref(), Some("20 mg"));
    }

    #[test]
    fn instructions_say_how_and_not_what() {
        let text = "[doctor] I'm going to prescribe meloxicam 15 milligrams, one tablet by mouth once a day for ten days.";
        let scene = Scene::read(&Transcript::parse(text));
        let list = find(&scene, &medications::find(&scene));
        assert_eq!(list[0].instructions, "1 tablet by mouth once a day for 10 days");
    }

    #[test]
    fn a_class_of_medicines_is_no_prescription() {
        for text in [
            "[doctor] We'll follow up with you and possibly prescribe antibiotics.",
            "[doctor] I'm going to prescribe you some antibiotics.",
        ] {
            let scene = Scene::read(&Transcript::parse(text));
            assert!(find(&scene, &medications::find(&scene)).is_empty(), "{text}");
        }
    }
}
