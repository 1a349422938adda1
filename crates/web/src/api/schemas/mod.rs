//! Every shape that goes in or comes out; tests hold them against what the handlers really read and write.

use super::schema::Schema;

/// The words of an enum, in the order of its forms.
macro_rules! words {
    ($kind:ty) => {
        crate::api::schema::Kind::Word(|| <$kind>::ALL.iter().map(|word| word.as_str()).collect())
    };
}

mod letters;
mod office;
mod people;
mod records;
mod scribe;
mod sound;
mod visits;
mod waiting;

/// Versions and the like.
const ANY: (i32, i32) = (0, i32::MAX);

static PARTS: [&[Schema]; 8] = [
    &people::ALL,
    &visits::ALL,
    &records::ALL,
    &scribe::ALL,
    &sound::ALL,
    &office::ALL,
    &letters::ALL,
    &waiting::ALL,
];

/// Every shape.
pub(super) fn all() -> impl Iterator<Item = &'static Schema> {
    PARTS.into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::super::schema;
    use medrecord_clinic::addendum::AddendumForm;
    use medrecord_clinic::allergy::AllergyForm;
    use medrecord_clinic::appointment::WalkInForm;
    use medrecord_clinic::blocked_time::BlockedTimeForm;
    use medrecord_clinic::condition::ConditionForm;
    use medrecord_clinic::letter::LetterForm;
    use medrecord_clinic::medical_record::RecordForm;
    use medrecord_clinic::medication::MedicationForm;
    use medrecord_clinic::patient::PatientForm;
    use medrecord_clinic::practice::PracticeForm;
    use medrecord_clinic::prescription::PrescriptionForm;
    use medrecord_clinic::symptom::SymptomForm;
    use medrecord_clinic::waiting_list::WaitingForm;
    use serde::Serialize;

    fn same_fields(name: &str, form: &impl Serialize) {
        let form = serde_json::to_value(form).unwrap();
        let mut read: Vec<&str> = form.as_object().unwrap().keys().map(String::as_str).collect();
        let mut told: Vec<&str> = schema::find(name).unwrap().fields.iter().map(|field| field.name).collect();
        read.sort_unstable();
        told.sort_unstable();
        assert_eq!(read, told, "{name}");
    }

    #[test]
    fn what_may_be_sent_is_what_the_forms_read() {
        same_fields("PatientInput", &PatientForm::default());
        same_fields("AllergyInput", &AllergyForm::default());
        same_fields("ChronicConditionInput", &ConditionForm::default());
        same_fields("MedicationInput", &MedicationForm::default());
        same_fields("WalkInInput", &WalkInForm::default());
        same_fields("MedicalRecordInput", &RecordForm::default());
        same_fields("SymptomInput", &SymptomForm::default());
        same_fields("PrescriptionInput", &PrescriptionForm::default());
        same_fields("AddendumInput", &AddendumForm::default());
        same_fields("BlockedTimeInput", &BlockedTimeForm::default());
        same_fields("LetterInput", &LetterForm::default());
        same_fields("PracticeInput", &PracticeForm::default());
        same_fields("WaitingEntryInput", &WaitingForm::default());
    }

    #[test]
    fn every_shape_that_another_names_is_there() {
        use schema::Kind::{Many, Of};
        for shape in super::all() {
            for field in shape.fields {
                if let Many(name) | Of(name) = field.kind {
                    assert!(schema::find(name).is_some(), "{} names {name}", shape.name);
                }
            }
        }
    }
}
