//! Visits in words: one line of the timeline each.

use crate::urls;
use medrecord_clinic::prescription::PrescriptionAction;
use medrecord_clinic::time::Zone;
use medrecord_store::chart::{Visit, VisitPrescription, VisitVitals};

/// One visit on the timeline.
pub(super) struct Line {
    pub(super) href: String,
    /// For machines.
    pub(super) at: String,
    pub(super) when: String,
    pub(super) kind: &'static str,
    pub(super) status: &'static str,
    pub(super) provider: String,
    pub(super) reason: Option<String>,
    pub(super) diagnosis: Option<String>,
    /// Symptoms that the patient had, and those said to be absent after "no".
    pub(super) symptoms: String,
    pub(super) prescriptions: String,
    pub(super) vitals: String,
    pub(super) is_draft: bool,
    /// The scribe drafted some of it and nobody has signed yet.
    pub(super) is_machine_draft: bool,
    pub(super) is_signed: bool,
}

/// Puts a visit into words.
pub(super) fn line(visit: &Visit, zone: Zone) -> Line {
    let record = visit.medical_record.as_ref();
    let symptoms = record.map(|record| {
        let words = record.symptoms.iter().filter(|symptom| !symptom.symptom_name.is_empty()).map(|s| {
            let no = if s.negated { "no " } else { "" };
            let severity = s.severity.map(|severity| format!(" {severity}/10")).unwrap_or_default();
            format!("{no}{}{severity}", s.symptom_name)
        });
        words.collect::<Vec<_>>().join(", ")
    });
    let prescriptions =
        record.map(|record| record.prescriptions.iter().map(drug).collect::<Vec<_>>().join("; "));
    let is_draft = record.is_some_and(|record| record.is_draft);
    Line {
        href: urls::visit(visit.id),
        at: visit.appointment_date.to_string(),
        when: zone.day_and_clock(visit.appointment_date),
        kind: visit.appointment_type.in_words(),
        status: visit.status.as_str(),
        provider: format!("{} {}", visit.provider.first_name, visit.provider.last_name),
        reason: visit.reason_for_visit.clone(),
        diagnosis: record.and_then(|record| record.diagnosis.clone()),
        symptoms: symptoms.unwrap_or_default(),
        prescriptions: prescriptions.unwrap_or_default(),
        vitals: visit.vital_signs.as_ref().map(vitals).unwrap_or_default(),
        is_draft,
        is_machine_draft: is_draft && record.is_some_and(|record| record.is_ai_generated),
        is_signed: record.is_some_and(|record| record.signed_at.is_some()),
    }
}

fn drug(row: &VisitPrescription) -> String {
    let action = match row.action {
        PrescriptionAction::Start => "start ",
        PrescriptionAction::Continue => "continue ",
        PrescriptionAction::Change => "change ",
        PrescriptionAction::Stop => "stop ",
    };
    let parts = [&row.medication_name, &row.strength, &row.dosage, &row.frequency];
    let words: Vec<&str> = parts.into_iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    format!("{action}{}", words.join(" "))
}

fn vitals(values: &VisitVitals) -> String {
    let pressure = values
        .blood_pressure_systolic
        .zip(values.blood_pressure_diastolic)
        .map(|(upper, lower)| format!("{upper}/{lower} mmHg"));
    [
        pressure,
        values.heart_rate.map(|value| format!("pulse {value}/min")),
        values.temperature.map(|value| format!("{value} °C")),
        values.oxygen_saturation.map(|value| format!("SpO2 {value} %")),
        values.weight.map(|value| format!("{value} kg")),
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>()
    .join(" · ")
}
