//! Problems as lines of the chart.

use super::item::Kind;
use super::line::Line;
use crate::form::Form;
use medrecord_clinic::condition::{ChronicCondition, ConditionDetails, ConditionForm};
use medrecord_clinic::field::Problems;
use medrecord_clinic::ids::{ConditionId, PatientId};
use medrecord_clinic::time::Day;
use medrecord_store::{Desk, Refusal, conditions};

impl Line for ChronicCondition {
    type Id = ConditionId;
    type Details = ConditionDetails;

    const KIND: Kind = Kind::Condition;
    const LIST: &'static str = "conditions";
    const NAME: &'static str = "problem";
    const LABELS: &'static [(&'static str, &'static str)] = &[
        ("conditionName", "Problem"),
        ("diagnosisDate", "Diagnosed on"),
        ("notes", "Notes"),
        ("status", "Status"),
    ];

    fn patient(&self) -> PatientId {
        self.patient_id
    }

    fn form(&self) -> Form {
        Form::of(&ConditionForm::from(self)).with("version", self.version.to_string())
    }

    fn read(form: &Form, today: Day) -> Result<ConditionDetails, Problems> {
        form.read::<ConditionForm>().parse(today)
    }

    async fn get(desk: &mut Desk, id: ConditionId) -> Result<Self, Refusal> {
        conditions::get(desk, id).await
    }

    async fn add(desk: &mut Desk, patient: PatientId, details: &ConditionDetails) -> Result<(), Refusal> {
        conditions::add(desk, patient, details).await.map(|_| ())
    }

    async fn update(
        desk: &mut Desk,
        (id, seen): (ConditionId, i32),
        details: &ConditionDetails,
    ) -> Result<i32, Refusal> {
        conditions::update(desk, id, seen, details).await
    }

    async fn change_status(
        desk: &mut Desk,
        line: (ConditionId, i32),
        (status, reason): (&str, &str),
        today: Day,
    ) -> Result<i32, Refusal> {
        conditions::change_status(desk, line, status, reason, today).await
    }
}
