//! A prescription that goes on: what a renewal takes over from the list of medications and from what was signed last.

use super::{Prescription, PrescriptionAction, PrescriptionDetails};
use crate::medication::Medication;

/// The renewal of a medication: how it is taken as the chart's list says it; for how long, how many and how often it may
/// be repeated as `last` says it, the newest signed prescription of that name. Where the list says another strength, dose
/// or frequency than that prescription, its supply no longer fits: it stays open, without a refill.
pub fn renewal(medication: &Medication, last: Option<&Prescription>) -> PrescriptionDetails {
    let last = last.filter(|last| medication.is_named(&last.medication_name));
    let text = |listed: &Option<String>, signed: fn(&Prescription) -> &str| {
        listed.clone().unwrap_or_else(|| last.map(signed).unwrap_or_default().to_owned())
    };
    let strength = text(&medication.strength, |last| &last.strength);
    let dosage = text(&medication.dosage, |last| &last.dosage);
    let frequency = text(&medication.frequency, |last| &last.frequency);
    let same = |last: &&Prescription| {
        [(&strength, &last.strength), (&dosage, &last.dosage), (&frequency, &last.frequency)]
            .into_iter()
            .all(|(listed, signed)| crate::search::fold(listed) == crate::search::fold(signed))
    };
    let supply = last.filter(same);
    PrescriptionDetails {
        id: None,
        medication_name: medication.medication_name.clone(),
        route: medication.route.clone().or_else(|| last?.route.clone()),
        duration: supply.and_then(|last| last.duration.clone()),
        quantity: supply.and_then(|last| last.quantity),
        refills: Some(supply.and_then(|last| last.refills).unwrap_or(0)),
        instructions: text(&medication.instructions, |last| &last.instructions),
        indication: medication.indication.clone().or_else(|| last?.indication.clone()),
        action: PrescriptionAction::Continue,
        strength,
        dosage,
        frequency,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::medication::MedicationStatus;
    use crate::time::Instant;

    fn listed(strength: Option<&str>) -> Medication {
        let at: Instant = "2026-11-22T09:00:00Z".parse().unwrap();
        Medication {
            id: "01990000-0000-7000-8000-000000000001".parse().unwrap(),
            patient_id: "01990000-0000-7000-8000-000000000002".parse().unwrap(),
            medication_name: "Metformin".to_owned(),
            strength: strength.map(str::to_owned),
            dosage: Some("1 tablet".to_owned()),
            frequency: None,
            route: None,
            instructions: Some("Take with food.".to_owned()),
            indication: None,
            status: MedicationStatus::Active,
            started_on: None,
            stopped_on: None,
            stop_reason: None,
            prescription_id: None,
            recorded_by: None,
            created_at: at,
            updated_at: at,
            version: 1,
        }
    }

    fn signed(name: &str) -> Prescription {
        Prescription {
            id: "01990000-0000-7000-8000-000000000003".parse().unwrap(),
            medication_name: name.to_owned(),
            strength: "500 mg".to_owned(),
            dosage: "1 tablet".to_owned(),
            frequency: "twice daily".to_owned(),
            route: Some("oral".to_owned()),
            duration: Some("90 days".to_owned()),
            quantity: Some(180),
            refills: Some(3),
            instructions: "Swallow whole.".to_owned(),
            indication: Some("Diabetes".to_owned()),
            action: PrescriptionAction::Start,
            is_ai_extracted: true,
        }
    }

    #[test]
    fn the_list_says_how_and_the_last_prescription_how_much() {
        let row = renewal(&listed(Some("500 mg")), Some(&signed("metformin")));
        assert_eq!((row.strength.as_str(), row.frequency.as_str()), ("500 mg", "twice daily"));
        assert_eq!(
            (row.quantity, row.refills, row.duration.as_deref()),
            (Some(180), Some(3), Some("90 days"))
        );
        assert_eq!((row.instructions.as_str(), row.route.as_deref()), ("Take with food.", Some("oral")));
        assert_eq!((row.action, row.id), (PrescriptionAction::Continue, None));
    }

    #[test]
    fn a_supply_that_no_longer_fits_stays_open() {
        let row = renewal(&listed(Some("1,000 mg")), Some(&signed("Metformin")));
        assert_eq!((row.strength.as_str(), row.quantity, row.refills), ("1,000 mg", None, Some(0)));
        let other = renewal(&listed(None), Some(&signed("Lisinopril")));
        assert_eq!((other.strength.as_str(), other.route), ("", None));
        assert_eq!(renewal(&listed(None), None).dosage, "1 tablet");
    }
}
