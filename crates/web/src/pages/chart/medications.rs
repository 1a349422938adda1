//! Medications as lines of the chart.

use super::item::Kind;
use super::line::Line;
use crate::form::Form;
use medrecord_clinic::field::Problems;
use medrecord_clinic::ids::{MedicationId, PatientId};
use medrecord_clinic::medication::{Medication, MedicationDetails, MedicationForm};
use medrecord_clinic::time::Day;
use medrecord_store::{Desk, Refusal, medications};

impl Line for Medication {
    type Id = MedicationId;
    type Details = MedicationDetails;

    const KIND: Kind = Kind::Medication;
    const LIST: &'static str = "medications";
    const NAME: &'static str = "medication";
    const LABELS: &'static [(&'static str, &'static str)] = &[
        ("medicationName", "Medication"),
        ("strength", "Strength"),
        ("dosage", "Dose"),
        ("route", "Route"),
        ("frequency", "How often"),
        ("indication", "For what"),
        ("startedOn", "Since"),
        ("instructions", "Instructions"),
    ];

    fn patient(&self) -> PatientId {
        self.patient_id
    }

    fn form(&self) -> Form {
        Form::of(&MedicationForm::from(self))
            .with("version", self.version.to_string())
            .with("status", self.status.as_str())
    }

    fn read(form: &Form, today: Day) -> Result<MedicationDetails, Problems> {
        form.read::<MedicationForm>().parse(today)
    }

    async fn get(desk: &mut Desk, id: MedicationId) -> Result<Self, Refusal> {
        medications::get(desk, id).await
    }

    async fn add(desk: &mut Desk, patient: PatientId, details: &MedicationDetails) -> Result<(), Refusal> {
        medications::add(desk, patient, details).await.map(|_| ())
    }

    async fn update(
        desk: &mut Desk,
        (id, seen): (MedicationId, i32),
        details: &MedicationDetails,
    ) -> Result<i32, Refusal> {
        medications::update(desk, id, seen, details).await
    }

    async fn change_status(
        desk: &mut Desk,
        (id, seen): (MedicationId, i32),
        (status, reason): (&str, &str),
        today: Day,
    ) -> Result<i32, Refusal> {
        match status {
            "stopped" => medications::stop(desk, id, seen, reason, today).await,
            "entered_in_error" => medications::enter_in_error(desk, id, seen, reason).await,
            _ => Err(Problems::one("status", "invalid", "Choose what became of the medication.").into()),
        }
    }
}
