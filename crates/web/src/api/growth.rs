//! Growth of a patient under 20 against the charts of WHO and CDC.

use super::answer;
use super::asked::{Asked, Id};
use super::operation::{FIELDS, Operation};
use crate::desk::Reading;
use crate::error::Fault;
use crate::pages::growth::{MOST, measured};
use crate::visitor::Visitor;
use axum::response::Response;
use medrecord_clinic::growth::{Chart, Growth, Missing, Point, Why};
use medrecord_clinic::ids::PatientId;
use medrecord_clinic::time::Day;
use medrecord_store::{patients, vitals};
use serde::Serialize;

pub(super) const OPERATIONS: [Operation; 1] = [Operation::get(
    "/api/v1/patients/{id}/growth",
    "Gives percentiles and z-scores of weight, length, stature and body mass index, by the charts of WHO and CDC.",
)
.asks(&[FIELDS])
.one("Growth")];

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    patient_id: PatientId,
    points: Vec<ShownPoint>,
    missing: Vec<ShownMissing>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ShownPoint {
    chart: Chart,
    source: &'static str,
    measured_on: Day,
    age_days: i32,
    at: f64,
    value: f64,
    z_score: f64,
    percentile: f64,
    is_unlikely: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ShownMissing {
    measured_on: Day,
    why: Why,
}

impl From<&Point> for ShownPoint {
    fn from(point: &Point) -> Self {
        let rounded = |value: f64| (value * 1_000.0).round() / 1_000.0;
        Self {
            chart: point.chart,
            source: point.chart.source(),
            measured_on: point.on,
            age_days: point.age.days(),
            at: rounded(point.at),
            value: rounded(point.value),
            z_score: rounded(point.z),
            percentile: rounded(point.percentile()),
            is_unlikely: point.is_unlikely(),
        }
    }
}

impl From<&Missing> for ShownMissing {
    fn from(missing: &Missing) -> Self {
        Self { measured_on: missing.on, why: missing.why }
    }
}

/// The growth of a patient, oldest measurement first.
pub(crate) async fn get(
    visitor: Visitor,
    Id(patient): Id<PatientId>,
    asked: Asked,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    asked.only(&["fields"])?;
    let view = asked.view("Growth", &[])?;
    let child = patients::get(&mut desk, patient).await?;
    let taken = vitals::trend(&mut desk, patient, MOST).await?;
    desk.close().await?;
    let growth = Growth::of(child.date_of_birth, child.sex, &measured(&taken, visitor.zone()));
    let shown = Shown {
        patient_id: patient,
        points: growth.points.iter().map(ShownPoint::from).collect(),
        missing: growth.missing.iter().map(ShownMissing::from).collect(),
    };
    answer::one(&shown, None, &view)
}
