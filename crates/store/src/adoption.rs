//! Takes a drafted item over into the record, because a person said so: the text or row and the note of who decided
//! it are kept together or not at all.

use crate::desk::Desk;
use crate::error::Refusal;
use crate::evidence::{self, Verdict};
use crate::{allergies, medical_records, vitals};
use medrecord_clinic::allergy::AllergyForm;
use medrecord_clinic::consultation::{Decision, Evidence};
use medrecord_clinic::ids::{AppointmentId, EvidenceId, PatientId};
use medrecord_clinic::prescription::PrescriptionForm;
use medrecord_clinic::quality::section_of;
use medrecord_clinic::symptom::SymptomForm;
use medrecord_clinic::vitals::VitalsForm;
use serde_json::Value;
use uuid::Uuid;

/// Takes an item over word for word; `seen` is the version of it that was shown.
///
/// # Errors
/// [`Refusal::Stale`], [`Refusal::Signed`], [`Refusal::NotFound`], [`Refusal::NotAllowed`]; [`Refusal::Rule`] where it
/// was decided already or holds a word that must be confirmed first; [`Refusal::Invalid`] where the record cannot hold it as it stands.
pub async fn accept(desk: &mut Desk, id: EvidenceId, seen: i32) -> Result<(), Refusal> {
    let (item, appointment, patient) = undecided(desk, id).await?;
    require_confirmed(&item, &item.text)?;
    let row_id = take_over(desk, &item, &item.text, appointment, patient).await?;
    let verdict = Verdict { decision: Decision::Accepted, final_text: None, row_id };
    evidence::decide(desk, id, seen, &verdict).await
}

/// How many items were taken over together, and how many need a look first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Together {
    /// Taken over.
    pub taken: usize,
    /// Left, because they bear a warning or a word to confirm.
    pub left: usize,
}

/// Takes over every undecided item of one part of the newest draft that bears no warning and needs no confirmation.
///
/// # Errors
/// As [`accept`].
pub async fn accept_clear(
    desk: &mut Desk,
    appointment: AppointmentId,
    target: &str,
) -> Result<Together, Refusal> {
    let items = evidence::latest(desk, appointment).await?;
    let wanted = items.iter().filter(|item| item.target == target && item.decision == Decision::Proposed);
    let (clear, flagged): (Vec<_>, Vec<_>) = wanted.partition(|item| item.is_clear());
    for item in &clear {
        accept(desk, item.id, item.version).await?;
    }
    Ok(Together { taken: clear.len(), left: flagged.len() })
}

/// Takes a drafted sentence over in other words.
///
/// # Errors
/// As [`accept`], for the words that remain; [`Refusal::Rule`] where the item is a row, which is edited in the record after it was taken over.
pub async fn accept_in_other_words(
    desk: &mut Desk,
    id: EvidenceId,
    seen: i32,
    words: &str,
) -> Result<(), Refusal> {
    let (item, appointment, patient) = undecided(desk, id).await?;
    if section_of(&item.target).is_none() {
        let message = "Take this item over first, then change it in its row of the record.";
        return Err(Refusal::Rule(message.to_owned()));
    }
    let words = words.trim();
    if words.is_empty() {
        return Err(Refusal::Rule("Write the sentence, or reject it.".to_owned()));
    }
    require_confirmed(&item, words)?;
    let row_id = take_over(desk, &item, words, appointment, patient).await?;
    let same = words == item.text;
    let decision = if same { Decision::Accepted } else { Decision::Edited };
    let verdict = Verdict { decision, final_text: (!same).then(|| words.to_owned()), row_id };
    evidence::decide(desk, id, seen, &verdict).await
}

/// Leaves an item out of the record.
///
/// # Errors
/// As [`accept`].
pub async fn reject(desk: &mut Desk, id: EvidenceId, seen: i32) -> Result<(), Refusal> {
    undecided(desk, id).await?;
    let verdict = Verdict { decision: Decision::Rejected, final_text: None, row_id: None };
    evidence::decide(desk, id, seen, &verdict).await
}

/// Takes a rejection back, so that the item can be decided anew.
///
/// # Errors
/// As [`accept`]; [`Refusal::Rule`] where the item was taken over: then the record itself is edited.
pub async fn reconsider(desk: &mut Desk, id: EvidenceId, seen: i32) -> Result<(), Refusal> {
    let (item, ..) = evidence::get(desk, id).await?;
    if item.decision != Decision::Rejected {
        return Err(Refusal::Rule(
            "Only a rejection can be taken back; edit the record for the rest.".to_owned(),
        ));
    }
    let verdict = Verdict { decision: Decision::Proposed, final_text: None, row_id: None };
    evidence::decide(desk, id, seen, &verdict).await
}

/// Refuses an item while a word that must be right, and that stands in these words, is not confirmed.
fn require_confirmed(item: &Evidence, words: &str) -> Result<(), Refusal> {
    let low = words.to_lowercase();
    match item.unconfirmed().find(|word| low.contains(&word.words.to_lowercase())) {
        None => Ok(()),
        Some(word) => {
            let kind = word.kind.as_str();
            let message = format!("Confirm “{}” ({kind}) first: it was not said in these words.", word.words);
            Err(Refusal::Rule(message))
        }
    }
}

async fn undecided(desk: &mut Desk, id: EvidenceId) -> Result<(Evidence, AppointmentId, PatientId), Refusal> {
    let (item, appointment, patient) = evidence::get(desk, id).await?;
    if item.decision != Decision::Proposed {
        return Err(Refusal::Rule("This item was decided already; reload the page.".to_owned()));
    }
    Ok((item, appointment, patient))
}

async fn take_over(
    desk: &mut Desk,
    item: &Evidence,
    words: &str,
    appointment: AppointmentId,
    patient: PatientId,
) -> Result<Option<Uuid>, Refusal> {
    let record = medical_records::open(desk, appointment).await?;
    if let Some(section) = section_of(&item.target) {
        medical_records::append_text(desk, record.id, record.version, section, words).await?;
        return Ok(None);
    }
    let payload = item.payload.as_ref().unwrap_or(&Value::Null);
    match item.target.as_str() {
        "symptom" => {
            let details = symptom(payload).parse()?;
            let (id, _) = medical_records::add_symptom(desk, record.id, record.version, &details).await?;
            Ok(Some(id.into()))
        }
        "prescription" => {
            let details = prescription(payload).parse()?;
            let (id, _) =
                medical_records::add_prescription(desk, record.id, record.version, &details).await?;
            Ok(Some(id.into()))
        }
        "allergy" => {
            let form = AllergyForm {
                allergen: text(payload, "allergen"),
                reaction: text(payload, "reaction"),
                ..Default::default()
            };
            let today = medrecord_clinic::time::Zone::UTC.day_of(desk.now());
            Ok(Some(allergies::add(desk, patient, &form.parse(today)?).await?.into()))
        }
        "vitals" => take_vitals(desk, appointment, payload).await,
        _ => Err(Refusal::NotFound("place in the record for this item")),
    }
}

async fn take_vitals(
    desk: &mut Desk,
    appointment: AppointmentId,
    payload: &Value,
) -> Result<Option<Uuid>, Refusal> {
    if vitals::of_appointment(desk, appointment).await?.is_some() {
        let message = "Vital signs of this visit are taken already. Compare them, then reject this item.";
        return Err(Refusal::Rule(message.to_owned()));
    }
    let taken = vitals::take(desk, appointment, 0, &vitals_form(payload).parse()?).await?;
    Ok(Some(taken.id.into()))
}

fn symptom(payload: &Value) -> SymptomForm {
    SymptomForm {
        id: String::new(),
        symptom_name: text(payload, "symptomName"),
        body_site: text(payload, "bodySite"),
        severity: text(payload, "severity"),
        duration: text(payload, "duration"),
        notes: text(payload, "notes"),
        negated: text(payload, "negated"),
    }
}

fn prescription(payload: &Value) -> PrescriptionForm {
    PrescriptionForm {
        id: String::new(),
        medication_name: text(payload, "medicationName"),
        strength: text(payload, "strength"),
        dosage: text(payload, "dosage"),
        frequency: text(payload, "frequency"),
        route: text(payload, "route"),
        duration: text(payload, "duration"),
        quantity: text(payload, "quantity"),
        refills: text(payload, "refills"),
        instructions: text(payload, "instructions"),
        indication: text(payload, "indication"),
        action: text(payload, "action"),
    }
}

fn vitals_form(payload: &Value) -> VitalsForm {
    let (upper, lower) = (text(payload, "bloodPressureSystolic"), text(payload, "bloodPressureDiastolic"));
    VitalsForm {
        blood_pressure: if upper.is_empty() { String::new() } else { format!("{upper}/{lower}") },
        heart_rate: text(payload, "heartRate"),
        temperature: text(payload, "temperature"),
        respiratory_rate: text(payload, "respiratoryRate"),
        oxygen_saturation: text(payload, "oxygenSaturation"),
        weight: text(payload, "weight"),
        height: text(payload, "height"),
        pain_level: text(payload, "painLevel"),
        note: String::new(),
    }
}

/// A field of a drafted item as somebody would have typed it; empty where it is not there.
fn text(payload: &Value, field: &str) -> String {
    match payload.get(field) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    }
}
