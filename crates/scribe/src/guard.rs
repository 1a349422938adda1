//! The last gate: drops what has no evidence or is not found in it, and flags what a person must look at.
//!
//! It does not trust the engine: every drug, number and complaint is looked up again in the segments cited.

use crate::chart::{self, FromChart};
use crate::draft::{Draft, Flag, MedicationAction, PrescriptionDraft, VisitContext};
use crate::engine::lexicon::{CONDITIONS, DRUGS, SITES, SYMPTOMS};
use crate::engine::mentions::mentions;
use crate::engine::numbers::number;
use crate::engine::text::{Sentence, Word, clean, words};
use crate::transcript::{Segment, Speaker};

pub use crate::chart::related;

/// Drops every sentence and item that its cited segments do not hold, and flags conflicts with the chart.
pub fn check(draft: &mut Draft, context: &VisitContext) {
    let heard = Heard::new(&draft.transcript.segments);
    let mut flags = Vec::new();
    let mut charted = Vec::new();
    let names = draft.record.fields().map(|(name, _)| name);
    for (field, target) in draft.record.fields_mut().into_iter().zip(names) {
        // What is to be done is never taken from the chart.
        let ordered = matches!(target, "treatmentPlan" | "followUpInstructions");
        let chart = |text: &str| if ordered { String::new() } else { chart::about(text, context) };
        field.retain(|s| {
            let stands = heard.stands(&s.text, &s.evidence, &chart(&s.text));
            stands.note((target, &s.text, &s.evidence), &mut charted, &mut flags)
        });
    }
    draft
        .symptoms
        .retain(|s| heard.cites(&s.evidence) && heard.complaint(&s.symptom_name, &s.evidence, &mut flags));
    draft.prescriptions.retain(|p| {
        let parts =
            [p.strength.as_deref(), p.dosage.as_deref(), p.frequency.as_deref(), p.duration.as_deref()];
        let text =
            format!("{} {}", p.medication_name, parts.into_iter().flatten().collect::<Vec<_>>().join(" "));
        let kept_on = matches!(p.action, MedicationAction::Continue | MedicationAction::Stop);
        // How a medicine is taken may stand in the chart alone; that it is taken on, somebody said.
        let named = matches!(heard.stands(&p.medication_name, &p.evidence, ""), Stands::Said);
        let chart = if kept_on && named { chart::about(&text, context) } else { String::new() };
        let stands = heard.stands(&text, &p.evidence, &chart);
        stands.note(("prescription", &p.medication_name, &p.evidence), &mut charted, &mut flags)
    });
    draft.orders.retain(|o| heard.keeps(&o.description, &o.evidence, &mut flags));
    draft.allergies.retain(|a| {
        let known = context.allergies.iter().find(|known| known.eq_ignore_ascii_case(&a.allergen));
        let stands = heard.stands(&a.allergen, &a.evidence, known.map_or("", String::as_str));
        stands.note(("allergy", &a.allergen, &a.evidence), &mut charted, &mut flags)
    });
    draft.history.retain(|h| heard.keeps(&h.text, &h.evidence, &mut flags));
    undecided(draft, &heard, &mut flags);
    draft.from_chart.append(&mut charted);
    chart::supplement(draft, context);
    for prescription in &draft.prescriptions {
        doubts(prescription, &mut flags);
    }
    flags.extend(chart::check(draft, context));
    draft.flags.append(&mut flags);
}

/// Flags "penicillin or amoxicillin": which of the two was not settled.
fn undecided(draft: &Draft, heard: &Heard, flags: &mut Vec<Flag>) {
    for (at, first) in draft.prescriptions.iter().enumerate() {
        for second in draft.prescriptions.iter().skip(at + 1) {
            let both: Vec<usize> =
                first.evidence.iter().copied().filter(|e| second.evidence.contains(e)).collect();
            let (a, b) = (words(&first.medication_name), words(&second.medication_name));
            let alike = heard.cited(&both).any(|said| {
                (0..said.len()).any(|k| {
                    let here = |list: &[Word], from: usize| {
                        list.iter()
                            .enumerate()
                            .all(|(j, w)| said.get(from + j).is_some_and(|s| s.text == w.text))
                    };
                    here(&a, k)
                        && said.get(k + a.len()).is_some_and(|w| w.text == "or")
                        && (here(&b, k + a.len() + 1) || here(&b, k + a.len() + 2))
                })
            });
            if alike {
                let message = format!(
                    "{} or {}: which of the two was not settled",
                    first.medication_name, second.medication_name
                );
                flags.push(flag("eitherOr", &message, &both));
            }
        }
    }
}

/// How a text stands against the turns it cites and against what the chart says of it.
enum Stands {
    /// The turns hold it.
    Said,
    /// Only the chart holds these words of it.
    Charted(Vec<String>),
    /// Neither holds this word of it.
    Missing(String),
    /// It cites nothing that is there.
    Nowhere,
}

impl Stands {
    /// Whether it stays; notes what comes from the chart, and flags what is left out.
    fn note(
        self,
        (target, text, evidence): (&str, &str, &[usize]),
        charted: &mut Vec<FromChart>,
        flags: &mut Vec<Flag>,
    ) -> bool {
        match self {
            Self::Said => true,
            Self::Charted(words) => {
                let (target, text) = (target.to_owned(), text.to_owned());
                charted.push(FromChart { target, text, words, evidence: evidence.to_vec() });
                true
            }
            Self::Missing(word) => {
                let message = format!("left out a statement: \"{word}\" was not heard in the turns cited");
                flags.push(flag("notInEvidence", &message, evidence));
                false
            }
            Self::Nowhere => false,
        }
    }
}

/// What each segment holds.
struct Heard {
    texts: Vec<String>,
    segments: Vec<Vec<Word>>,
}

impl Heard {
    fn new(segments: &[Segment]) -> Self {
        let texts: Vec<String> = segments.iter().map(|s| clean(&s.text)).collect();
        Self { segments: texts.iter().map(|text| words(text)).collect(), texts }
    }

    /// Whether evidence names at least one segment, and none that is not there.
    fn cites(&self, evidence: &[usize]) -> bool {
        !evidence.is_empty() && evidence.iter().all(|&k| k < self.segments.len())
    }

    fn cited<'a>(&'a self, evidence: &'a [usize]) -> impl Iterator<Item = &'a [Word]> {
        evidence.iter().filter_map(|&k| self.segments.get(k)).map(Vec::as_slice)
    }

    /// Whether a text's drugs and numbers stand in its cited segments; if not, says so in a flag.
    fn keeps(&self, text: &str, evidence: &[usize], flags: &mut Vec<Flag>) -> bool {
        self.stands(text, evidence, "").note(("", text, evidence), &mut Vec::new(), flags)
    }

    /// How a text's drugs and numbers stand against its cited segments, and against what the chart says.
    fn stands(&self, text: &str, evidence: &[usize], chart: &str) -> Stands {
        if !self.cites(evidence) {
            return Stands::Nowhere;
        }
        let list = words(text);
        let said: Vec<&[Word]> = self.cited(evidence).collect();
        let unsaid = missing(&list, &said);
        let Some(first) = unsaid.first() else { return Stands::Said };
        let chart = words(&clean(chart));
        match missing(&list, &[said.as_slice(), &[&chart]].concat()).first() {
            None => Stands::Charted(unsaid),
            Some(_) if chart.is_empty() => Stands::Missing(first.clone()),
            Some(word) => Stands::Missing(word.clone()),
        }
    }

    /// Whether a complaint's own words, or a synonym, stand in the cited segments.
    fn complaint(&self, name: &str, evidence: &[usize], flags: &mut Vec<Flag>) -> bool {
        let list = words(name);
        let entry = SYMPTOMS.at(&list, 0).filter(|f| f.end == list.len()).map(|f| f.entry);
        let synonym = entry.is_some_and(|entry| {
            self.cited(evidence).any(|segment| SYMPTOMS.find(segment).iter().any(|f| f.entry == entry))
        });
        let site = list.iter().enumerate().any(|(at, _)| {
            SITES.at(&list, at).is_some_and(|f| {
                self.cited(evidence).any(|segment| SITES.find(segment).iter().any(|g| g.entry == f.entry))
            })
        });
        let read = evidence.iter().filter_map(|&k| self.texts.get(k)).any(|text| {
            let sentence = Sentence::new(0, Speaker::Unknown, text);
            mentions(&sentence).iter().any(|mention| mention.name == name)
        });
        let spelled =
            list.iter().all(|w| self.cited(evidence).any(|segment| segment.iter().any(|s| s.text == w.text)));
        let heard = synonym || site || spelled || read;
        if !heard {
            flags.push(flag(
                "notInEvidence",
                &format!("left out a complaint: \"{name}\" was not heard in the turns cited"),
                evidence,
            ));
        }
        heard
    }
}

/// The drugs and numbers of a text that stand in none of the places.
fn missing(list: &[Word], places: &[&[Word]]) -> Vec<String> {
    let named = |entry: usize| places.iter().any(|place| DRUGS.find(place).iter().any(|f| f.entry == entry));
    let plain = |name: &[Word]| {
        places.iter().any(|place| name.iter().all(|w| place.iter().any(|s| s.text == w.text)))
    };
    let drugs = DRUGS.find(list).into_iter().filter_map(|found| {
        let name = list.get(found.start..found.end)?;
        (!named(found.entry) && !plain(name)).then(|| DRUGS.entry(found).name.to_owned())
    });
    let values: Vec<f64> = places
        .iter()
        .flat_map(|place| (0..place.len()).filter_map(|at| number(place, at)).map(|n| n.value))
        .collect();
    let numbers = list.iter().filter_map(|word| {
        let value = word.text.trim_end_matches(char::is_alphabetic).parse::<f64>().ok()?;
        let heard = values.iter().any(|v| (v - value).abs() < 1e-6)
            || places.iter().any(|place| place.iter().any(|w| w.text == word.text));
        (!heard && !known_name(list)).then(|| word.text.clone())
    });
    drugs.chain(numbers).collect()
}

/// Names of conditions and medicines that hold a number of their own: "type 2 diabetes", "vitamin b12".
fn known_name(list: &[Word]) -> bool {
    CONDITIONS.find(list).iter().any(|f| CONDITIONS.entry(*f).name.contains(|c: char| c.is_ascii_digit()))
        || DRUGS.find(list).iter().any(|f| DRUGS.entry(*f).name.contains(|c: char| c.is_ascii_digit()))
}

fn flag(code: &str, message: &str, evidence: &[usize]) -> Flag {
    Flag { code: code.to_owned(), message: message.to_owned(), evidence: evidence.to_vec() }
}

/// Flags a prescription whose name is in doubt or that is not complete.
fn doubts(prescription: &PrescriptionDraft, flags: &mut Vec<Flag>) {
    let name = &prescription.medication_name;
    let spelled = DRUGS.lookup(name).is_some();
    if !spelled {
        flags.push(flag(
            "soundAlike",
            &format!("\"{name}\" is not a known spelling; check the medicine"),
            &prescription.evidence,
        ));
    }
    if prescription.action == MedicationAction::Start
        && (prescription.strength.is_none() || prescription.frequency.is_none())
    {
        flags.push(flag(
            "incompleteSig",
            &format!("strength or frequency of {name} was not said"),
            &prescription.evidence,
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::{Sentence, SentenceKind, SymptomDraft};
    use crate::transcript::Transcript;

    fn drafted(text: &str) -> Draft {
        Draft { transcript: Transcript::parse(text), ..Draft::default() }
    }

    #[test]
    fn what_the_evidence_does_not_hold_is_left_out() {
        for (text, evidence, kept) in [
            ("Start lisinopril 20 mg.", vec![0], true),
            ("Start lisinopril 40 mg.", vec![0], false),
            ("Start metformin 20 mg.", vec![0], false),
            ("Start zestril 20 mg.", vec![0], true),
            ("Start lisinopril 20 mg.", vec![], false),
            ("Start lisinopril 20 mg.", vec![7], false),
        ] {
            let mut draft = drafted("[doctor] I'll start lisinopril twenty milligrams.");
            draft.record.treatment_plan.push(Sentence {
                text: text.to_owned(),
                evidence,
                kind: SentenceKind::Plan,
            });
            check(&mut draft, &VisitContext::default());
            assert_eq!(draft.record.treatment_plan.len(), usize::from(kept), "{text}");
        }
    }

    #[test]
    fn an_invented_complaint_is_left_out_and_flagged() {
        let mut draft = drafted("[patient] My belly hurts.");
        for name in ["abdominal pain", "fatness"] {
            draft.symptoms.push(SymptomDraft {
                symptom_name: name.to_owned(),
                evidence: vec![0],
                ..SymptomDraft::default()
            });
        }
        check(&mut draft, &VisitContext::default());
        assert_eq!(draft.symptoms.len(), 1);
        assert_eq!(draft.flags[0].code, "notInEvidence");
    }

    #[test]
    fn an_allergy_of_the_chart_or_the_visit_is_flagged() {
        let codes = |text: &str, allergies: &[&str]| {
            let context = VisitContext {
                allergies: allergies.iter().map(|a| (*a).to_owned()).collect(),
                ..VisitContext::default()
            };
            crate::draft(&Transcript::parse(text), &context)
                .flags
                .into_iter()
                .map(|f| f.code)
                .collect::<Vec<_>>()
        };
        let order = "[doctor] I'm going to prescribe amoxicillin 500 mg three times a day.";
        assert!(codes(order, &["Penicillin"]).contains(&"allergyConflict".to_owned()));
        assert!(codes(order, &["sulfa"]).is_empty());
        let said = "[patient] I'm allergic to penicillin.\n[doctor] I'm going to prescribe amoxicillin 500 mg daily.";
        assert!(codes(said, &[]).contains(&"allergyConflict".to_owned()));
    }

    #[test]
    fn what_only_the_chart_says_stays_and_is_told_but_orders_nothing() {
        let context = VisitContext {
            known_medications: vec!["Metformin".to_owned()],
            medicines: vec![chart::ChartMedicine {
                name: "Metformin".to_owned(),
                strength: Some("500 mg".to_owned()),
                ..chart::ChartMedicine::default()
            }],
            allergies: vec!["Penicillin".to_owned()],
            ..VisitContext::default()
        };
        let sentence =
            |text: &str| Sentence { text: text.to_owned(), evidence: vec![0], kind: SentenceKind::History };
        let allergy = |allergen: &str| crate::draft::AllergyDraft {
            allergen: allergen.to_owned(),
            evidence: vec![0],
            ..crate::draft::AllergyDraft::default()
        };
        let mut draft = drafted("[patient] My sugar is high.");
        let history = &mut draft.record.history_of_present_illness;
        history
            .extend(["Takes metformin 500 mg.", "Takes metformin 850 mg.", "Takes warfarin."].map(sentence));
        draft.record.treatment_plan.push(sentence("Continue metformin 500 mg."));
        draft.allergies.extend(["penicillin", "codeine"].map(allergy));
        check(&mut draft, &context);
        let kept: Vec<&str> =
            draft.record.history_of_present_illness.iter().map(|s| s.text.as_str()).collect();
        assert_eq!(kept, ["Takes metformin 500 mg."]);
        assert!(draft.record.treatment_plan.is_empty());
        assert_eq!(draft.allergies.iter().map(|a| a.allergen.as_str()).collect::<Vec<_>>(), ["penicillin"]);
        let told: Vec<(&str, usize)> =
            draft.from_chart.iter().map(|item| (item.target.as_str(), item.words.len())).collect();
        assert_eq!(told, [("historyOfPresentIllness", 2), ("allergy", 1)]);
    }
}
