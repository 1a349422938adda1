//! Allergies as lines of the chart, and the assertion that there are none.

use super::id;
use super::item::Kind;
use super::line::Line;
use crate::desk::Writing;
use crate::error::Fault;
use crate::form::Form;
use crate::page::see_other_saying;
use crate::urls;
use axum::extract::Path;
use axum::response::Response;
use medrecord_clinic::allergy::{Allergy, AllergyDetails, AllergyForm};
use medrecord_clinic::field::Problems;
use medrecord_clinic::ids::{AllergyId, PatientId};
use medrecord_clinic::time::Day;
use medrecord_store::{Desk, Refusal, allergies};

impl Line for Allergy {
    type Id = AllergyId;
    type Details = AllergyDetails;

    const KIND: Kind = Kind::Allergy;
    const LIST: &'static str = "allergies";
    const NAME: &'static str = "allergy";
    const LABELS: &'static [(&'static str, &'static str)] = &[
        ("allergen", "Allergic to"),
        ("reaction", "Reaction"),
        ("severity", "Severity"),
        ("onsetDate", "Since"),
    ];

    fn patient(&self) -> PatientId {
        self.patient_id
    }

    fn form(&self) -> Form {
        Form::of(&AllergyForm::from(self))
            .with("version", self.version.to_string())
            .with("status", self.status.as_str())
    }

    fn read(form: &Form, today: Day) -> Result<AllergyDetails, Problems> {
        form.read::<AllergyForm>().parse(today)
    }

    async fn get(desk: &mut Desk, id: AllergyId) -> Result<Self, Refusal> {
        allergies::get(desk, id).await
    }

    async fn add(desk: &mut Desk, patient: PatientId, details: &AllergyDetails) -> Result<(), Refusal> {
        allergies::add(desk, patient, details).await.map(|_| ())
    }

    async fn update(
        desk: &mut Desk,
        (id, seen): (AllergyId, i32),
        details: &AllergyDetails,
    ) -> Result<i32, Refusal> {
        allergies::update(desk, id, seen, details).await
    }

    async fn change_status(
        desk: &mut Desk,
        (id, seen): (AllergyId, i32),
        (status, reason): (&str, &str),
        _today: Day,
    ) -> Result<i32, Refusal> {
        match status.parse() {
            Ok(status) => allergies::change_status(desk, id, seen, status, reason).await,
            Err(_) => Err(Problems::one("status", "invalid", "Choose whether the allergy counts.").into()),
        }
    }
}

/// Asserts that the patient was asked and has no known allergies.
pub(crate) async fn none_known(
    Path(patient): Path<String>,
    Writing(mut desk): Writing,
) -> Result<Response, Fault> {
    let patient: PatientId = id(&patient, "patient")?;
    allergies::none_known(&mut desk, patient).await?;
    desk.close().await?;
    Ok(see_other_saying(
        &urls::chart(patient),
        "ok",
        "No known allergies: recorded with your name and today.",
    ))
}

/// Takes that back.
pub(crate) async fn not_asked(
    Path(patient): Path<String>,
    Writing(mut desk): Writing,
) -> Result<Response, Fault> {
    let patient: PatientId = id(&patient, "patient")?;
    allergies::not_asked(&mut desk, patient).await?;
    desk.close().await?;
    Ok(see_other_saying(&urls::chart(patient), "ok", "Allergies are marked as not recorded."))
}
