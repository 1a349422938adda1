//! The record's fields: chosen statements in their places, beside sentences made of what was found.

use super::assessment;
use super::lexicon::{CONDITIONS, SYMPTOMS};
use super::rank::{self, Choice};
use super::scene::Scene;
use super::units::Unit;
use super::weights::Weights;
use super::wording::finish;
use crate::draft::{
    Draft, HistoryDraft, HistoryKind, MedicationAction, OrderDraft, OrderType, PrescriptionDraft,
    RecordDraft, Sentence, SentenceKind, SymptomDraft,
};

/// Writes the record of a draft whose parts have been found.
pub fn write(scene: &Scene, draft: &Draft, units: &[Unit], weights: &Weights, choice: Choice) -> RecordDraft {
    let mut record = RecordDraft::default();
    chief_complaint(scene, draft, &mut record);
    let judged = assessment::find(scene);
    record.diagnosis =
        judged.iter().map(|j| sentence(&j.text, &j.evidence, SentenceKind::Assessment)).collect();
    let planned = planned(draft);
    let said: Vec<String> = planned.iter().flat_map(|s| rank::content(&s.text)).collect();
    let keep = rank::choose(scene, units, weights, choice, &said);
    for unit in units.iter().zip(&keep).filter(|(_, keep)| **keep).map(|(unit, _)| unit) {
        if told_again(unit, draft) {
            continue;
        }
        if unit.kind != SentenceKind::Assessment || unit.comes_back || !repeats(unit, &record.diagnosis) {
            place(unit, &mut record);
        }
    }
    history(draft, &mut record);
    review(draft, &mut record);
    vitals(draft, &mut record);
    returns(draft, &mut record);
    record.treatment_plan.splice(0..0, planned);
    record
}

/// Whether a statement only repeats the line of measurements or of the return visit.
fn told_again(unit: &Unit, draft: &Draft) -> bool {
    const NAMES: [&str; 6] =
        ["heart rate", "blood pressure", "respirations", "temperature", "pulse", "oxygen"];
    let low = unit.text.to_lowercase();
    let words = low.split_whitespace().count();
    let measured = !draft.vitals.evidence.is_empty()
        && words < 20
        && NAMES.iter().filter(|name| low.contains(*name)).count() > 1;
    let returns = draft.orders.iter().any(|o| {
        o.order_type == OrderType::FollowUp
            && o.description.contains(|c: char| c.is_ascii_digit() || c == ' ')
    });
    let again = returns && unit.comes_back && words < 9 && low.starts_with("will see patient in");
    measured || again
}

fn sentence(text: &str, evidence: &[usize], kind: SentenceKind) -> Sentence {
    let mut evidence = evidence.to_vec();
    evidence.sort_unstable();
    evidence.dedup();
    Sentence { text: finish(text), evidence, kind }
}

/// Whether a judgement says nothing beyond the names that stand there already: "Patient has arthritis."
fn repeats(unit: &Unit, judged: &[Sentence]) -> bool {
    let known: Vec<String> = judged.iter().flat_map(|s| rank::content(&s.text)).collect();
    rank::carrying(&unit.words)
        .filter(|w| !known.iter().any(|k| k == w) && !super::cues::cues("note.judging").contains(w))
        .count()
        < 2
}

fn place(unit: &Unit, record: &mut RecordDraft) {
    let made = Sentence { text: unit.text.clone(), evidence: unit.evidence.clone(), kind: unit.kind };
    let field = match unit.kind {
        _ if unit.comes_back => &mut record.follow_up_instructions,
        SentenceKind::Reported | SentenceKind::Denied | SentenceKind::History => {
            &mut record.history_of_present_illness
        }
        SentenceKind::Observed | SentenceKind::Result => &mut record.physical_exam_notes,
        SentenceKind::Assessment => &mut record.diagnosis,
        SentenceKind::Plan => &mut record.treatment_plan,
        SentenceKind::Advice => &mut record.patient_education,
    };
    field.push(made);
}

/// What the clinician says the visit is for, or the first complaint that is present, or the first condition.
fn chief_complaint(scene: &Scene, draft: &Draft, record: &mut RecordDraft) {
    let told = scene.sentences.iter().filter(|s| !s.text.ends_with('?')).take(20).find_map(|sentence| {
        let cues = super::cues::cues("note.reason").iter();
        let from = cues.filter_map(|cue| Some(sentence.find_from(cue, 0)? + cue.split(' ').count())).max()?;
        let named = |lexicon: &super::lexicon::Lexicon| {
            lexicon.find(&sentence.words).into_iter().find(|f| f.start >= from && f.start < from + 7)
        };
        let found = named(&SYMPTOMS).into_iter().chain(named(&CONDITIONS)).min_by_key(|f| f.start)?;
        Some((sentence.span(found.start, found.end).to_owned(), sentence.segment))
    });
    if let Some((text, segment)) = told.filter(|(text, _)| !text.is_empty()) {
        let known = draft
            .symptoms
            .iter()
            .find(|s| !s.negated && SYMPTOMS.lookup(&text).is_some_and(|e| e.name == s.symptom_name));
        let text = known.map_or(text, named);
        record.chief_complaint.push(sentence(&text, &[segment], SentenceKind::Reported));
    } else if let Some(first) = draft.symptoms.iter().find(|s| !s.negated) {
        record.chief_complaint.push(sentence(&named(first), &first.evidence, SentenceKind::Reported));
    } else if let Some(first) = draft.history.iter().find(|h| h.kind == HistoryKind::Condition && !h.negated)
    {
        record.chief_complaint.push(sentence(&first.text, &first.evidence, SentenceKind::Reported));
    }
}

/// A complaint with its side: "right knee pain".
fn named(symptom: &SymptomDraft) -> String {
    let side = symptom.body_site.as_deref().and_then(|site| site.split_once(' ')).filter(|(side, rest)| {
        matches!(*side, "left" | "right" | "bilateral") && symptom.symptom_name.contains(rest)
    });
    side.map_or_else(|| symptom.symptom_name.clone(), |(side, _)| format!("{side} {}", symptom.symptom_name))
}

fn listed(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// One sentence for each kind of history.
fn history(draft: &Draft, record: &mut RecordDraft) {
    let mut line = |label: &str, pick: &dyn Fn(&HistoryDraft) -> bool| {
        let items: Vec<&HistoryDraft> = draft.history.iter().filter(|h| pick(h)).collect();
        let evidence: Vec<usize> = items.iter().flat_map(|h| h.evidence.clone()).collect();
        let names: Vec<String> = items.iter().map(|h| h.text.clone()).collect();
        if !names.is_empty() {
            record.history_of_present_illness.push(sentence(
                &format!("{label} {}", listed(&names)),
                &evidence,
                SentenceKind::History,
            ));
        }
    };
    line("Past medical history:", &|h| h.kind == HistoryKind::Condition && !h.negated);
    line("Surgical history:", &|h| h.kind == HistoryKind::Surgery && !h.negated);
    line("Family history:", &|h| h.kind == HistoryKind::Family && !h.negated);
    line("Medications:", &|h| h.kind == HistoryKind::Medication);
    line("Social history:", &|h| h.kind == HistoryKind::Social && !h.negated);
    line("Non-smoker; denies", &|h| h.kind == HistoryKind::Social && h.negated && h.text == "smoking");
    line("Denies", &|h| h.kind == HistoryKind::Social && h.negated && h.text != "smoking");
    let allergies: Vec<String> =
        draft.allergies.iter().filter(|a| !a.negated).map(|a| a.allergen.clone()).collect();
    let evidence: Vec<usize> = draft.allergies.iter().flat_map(|a| a.evidence.clone()).collect();
    if !allergies.is_empty() {
        record.history_of_present_illness.push(sentence(
            &format!("Allergies: {}", listed(&allergies)),
            &evidence,
            SentenceKind::History,
        ));
    } else if draft.allergies.iter().any(|a| a.negated && a.allergen.ends_with("allergies")) {
        record.history_of_present_illness.push(sentence(
            "No known allergies",
            &evidence,
            SentenceKind::History,
        ));
    }
}

/// Complaints by body system, present and denied apart.
fn review(draft: &Draft, record: &mut RecordDraft) {
    let mut systems: Vec<&str> = Vec::new();
    let group =
        |s: &SymptomDraft| SYMPTOMS.lookup(&s.symptom_name).map_or("musculoskeletal", |entry| entry.group);
    for symptom in &draft.symptoms {
        let system = group(symptom);
        if !systems.contains(&system) {
            systems.push(system);
        }
    }
    for system in systems {
        for (negated, verb, kind) in
            [(false, "Reports", SentenceKind::Reported), (true, "Denies", SentenceKind::Denied)]
        {
            let items: Vec<&SymptomDraft> =
                draft.symptoms.iter().filter(|s| s.negated == negated && group(s) == system).collect();
            if items.is_empty() {
                continue;
            }
            let names: Vec<String> = items.iter().map(|s| named(s)).collect();
            let evidence: Vec<usize> = items.iter().flat_map(|s| s.evidence.clone()).collect();
            let joined = if negated { names.join(", ") } else { listed(&names) };
            record.review_of_systems.push(sentence(
                &format!("{}: {verb} {joined}", finish(system).trim_end_matches('.')),
                &evidence,
                kind,
            ));
        }
    }
}

fn vitals(draft: &Draft, record: &mut RecordDraft) {
    let v = &draft.vitals;
    let mut parts = Vec::new();
    if let (Some(s), Some(d)) = (v.blood_pressure_systolic, v.blood_pressure_diastolic) {
        parts.push(format!("blood pressure {s}/{d}"));
    }
    for (name, value, unit) in [
        ("heart rate", v.heart_rate, ""),
        ("respiratory rate", v.respiratory_rate, ""),
        ("oxygen saturation", v.oxygen_saturation, "%"),
    ] {
        parts.extend(value.map(|value| format!("{name} {value}{unit}")));
    }
    for (name, field) in
        [("temperature", "temperature"), ("weight", "weight"), ("height", "height"), ("BMI", "bmi")]
    {
        parts
            .extend(v.as_said.get(field).map(|said| format!("{name} {}", super::numbers::with_digits(said))));
    }
    if !parts.is_empty() {
        record.physical_exam_notes.insert(
            0,
            sentence(&format!("Vitals: {}", parts.join(", ")), &v.evidence, SentenceKind::Observed),
        );
    }
}

/// "Start Ultram 50 mg every 6 hours as needed", "Order lipid panel", "Referral to …".
fn planned(draft: &Draft) -> Vec<Sentence> {
    let digits = super::numbers::with_digits;
    let medicines =
        draft.prescriptions.iter().map(|p| sentence(&medicine(p), &p.evidence, SentenceKind::Plan));
    let tests = draft.orders.iter().filter(|o| matches!(o.order_type, OrderType::Lab | OrderType::Imaging));
    let tests = tests
        .map(|o| sentence(&digits(&format!("order {}", o.description)), &o.evidence, SentenceKind::Plan));
    let referrals = draft.orders.iter().filter(|o| o.description.starts_with("referral"));
    let referrals = referrals.map(|o| sentence(&o.description, &o.evidence, SentenceKind::Plan));
    let named = |o: &&OrderDraft| o.order_type == OrderType::Medication && unnamed(o);
    let classes = draft.orders.iter().filter(named).map(|o| {
        sentence(&format!("{}, product not named", digits(&o.description)), &o.evidence, SentenceKind::Plan)
    });
    medicines.chain(classes).chain(tests).chain(referrals).collect()
}

/// Whether an order names only a class: "antibiotics".
fn unnamed(order: &OrderDraft) -> bool {
    let name = order.medication_name.as_deref().unwrap_or_default();
    super::lexicon::DRUGS.lookup(name).is_some_and(|entry| entry.group == "class")
}

/// "Follow up in 2 weeks."
fn returns(draft: &Draft, record: &mut RecordDraft) {
    for order in draft
        .orders
        .iter()
        .filter(|o| o.order_type == OrderType::FollowUp && !o.description.starts_with("referral"))
    {
        let text = super::numbers::with_digits(&order.description);
        let when = text.split_whitespace().position(|w| {
            w.starts_with(|c: char| c.is_ascii_digit()) || matches!(w, "a" | "couple" | "few" | "next")
        });
        let Some(when) = when else { continue };
        let when: Vec<&str> = text.split_whitespace().skip(when).collect();
        let lead = if when.first() == Some(&"next") { "" } else { "in " };
        record.follow_up_instructions.insert(
            0,
            sentence(&format!("Follow up {lead}{}", when.join(" ")), &order.evidence, SentenceKind::Plan),
        );
    }
}

fn medicine(prescription: &PrescriptionDraft) -> String {
    let verb = match prescription.action {
        MedicationAction::Start => "start",
        MedicationAction::Continue => "continue",
        MedicationAction::Change => "change",
        MedicationAction::Stop => "stop",
    };
    let mut text = format!("{verb} {}", prescription.medication_name);
    if prescription.action != MedicationAction::Stop {
        for part in
            [&prescription.strength, &prescription.dosage, &prescription.frequency].into_iter().flatten()
        {
            text = format!("{text} {}", super::numbers::with_digits(part));
        }
        if let Some(duration) = &prescription.duration {
            text = format!("{text} for {}", super::numbers::with_digits(duration));
        }
    }
    text
}
