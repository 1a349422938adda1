//! Medical records: the draft of a visit, its rows, the signature, and what is added afterwards.

use super::asked::{Asked, Id, View};
use super::change::{Change, Sent};
use super::operation::{Condition, FIELDS, Operation};
use super::{answer, problem};
use crate::app::App;
use crate::banner::banner_of;
use crate::desk::Reading;
use crate::error::Fault;
use crate::pages::visits::{Warning, Warnings};
use crate::text::Text;
use crate::visitor::Visitor;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use medrecord_clinic::addendum::AddendumForm;
use medrecord_clinic::field::Problems;
use medrecord_clinic::ids::{AppointmentId, RecordId};
use medrecord_clinic::medical_record::{MedicalRecord, RecordForm};
use medrecord_clinic::prescription::PrescriptionForm;
use medrecord_clinic::symptom::SymptomForm;
use medrecord_clinic::time::Zone;
use medrecord_store::audit::{Event, Verb};
use medrecord_store::medical_records::{self, Review, SignError};
use medrecord_store::sessions::{ProveError, prove};
use medrecord_store::{Desk, Refusal, appointments, vitals};
use serde::Serialize;
use serde_json::{Value, json};

const INCLUDE: (&str, &str) = ("include", "Nests appointment, vitalSigns, addenda; with commas between.");
const NESTED: [&str; 3] = ["appointment", "vitalSigns", "addenda"];

pub(super) const OPERATIONS: [Operation; 12] = [
    Operation::get("/api/v1/appointments/{id}/record", "Gives the record of a visit.")
        .asks(&[FIELDS, INCLUDE])
        .one("MedicalRecord"),
    Operation::post_nothing(
        "/api/v1/appointments/{id}/record",
        "Opens the record of a visit: a fresh draft, or 200 with the one that is there.",
    )
    .new_one("MedicalRecord"),
    Operation::get("/api/v1/records/{id}", "Gives a record.").asks(&[FIELDS, INCLUDE]).one("MedicalRecord"),
    Operation::patch("/api/v1/records/{id}", "Saves a draft.", "MedicalRecordInput").one("MedicalRecord"),
    Operation::get("/api/v1/records/{id}/review", "Gives the record as it would be signed.").one("Review"),
    Operation::post(
        "/api/v1/records/{id}/sign",
        "Signs and locks the record; the token alone does not sign, the provider's password does.",
        "SignInput",
    )
    .seen(Condition::Must)
    .one("Signature"),
    Operation::get("/api/v1/records/{id}/symptoms", "Lists the symptoms of a record.")
        .asks(&[FIELDS])
        .list("Symptom"),
    Operation::post("/api/v1/records/{id}/symptoms", "Adds a symptom as the last row.", "SymptomInput")
        .seen(Condition::May)
        .new_one("Symptom"),
    Operation::get("/api/v1/records/{id}/prescriptions", "Lists the prescriptions of a record.")
        .asks(&[FIELDS])
        .list("Prescription"),
    Operation::post(
        "/api/v1/records/{id}/prescriptions",
        "Adds a prescription as the last row.",
        "PrescriptionInput",
    )
    .seen(Condition::May)
    .new_one("Prescription"),
    Operation::get("/api/v1/records/{id}/addenda", "Lists what was added after the signature.")
        .asks(&[FIELDS])
        .list("Addendum"),
    Operation::post("/api/v1/records/{id}/addenda", "Adds to a signed record.", "AddendumInput")
        .new_one("Addendum"),
];

/// The record of a visit.
pub(crate) async fn of_appointment(
    Id(id): Id<AppointmentId>,
    asked: Asked,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    asked.only(&["fields", "include"])?;
    let view = asked.view("MedicalRecord", &NESTED)?;
    let found = medical_records::of_appointment(&mut desk, id).await?;
    let record = found.ok_or(Refusal::NotFound("medical record"))?;
    let shown = nested(&mut desk, &record, &view).await?;
    desk.close().await?;
    answer::one(&shown, Some(record.version), &view)
}

/// A record with what was asked for beside it.
async fn nested(desk: &mut Desk, record: &MedicalRecord, view: &View) -> Result<Value, Fault> {
    let mut shown = serde_json::to_value(record)?;
    if view.has("appointment") {
        let appointment = appointments::get(desk, record.appointment_id).await?;
        answer::put(&mut shown, "appointment", json!(appointment));
    }
    if view.has("vitalSigns") {
        let taken = vitals::of_appointment(desk, record.appointment_id).await?;
        let taken = taken.as_ref().map(super::vitals::shown).transpose()?;
        answer::put(&mut shown, "vitalSigns", json!(taken));
    }
    if view.has("addenda") {
        let all = medical_records::addenda(desk, record.id).await?;
        answer::put(&mut shown, "addenda", json!(all));
    }
    Ok(shown)
}

/// Opens the record of a visit.
pub(crate) async fn open(Id(id): Id<AppointmentId>, mut change: Change) -> Result<Response, Fault> {
    let record = medical_records::open(&mut change.desk, id).await?;
    let fresh = record.created_at == change.desk.now();
    if fresh {
        return change.made(&record, Some(record.version)).await;
    }
    change.done(&record, Some(record.version)).await
}

/// A record.
pub(crate) async fn get(
    Id(id): Id<RecordId>,
    asked: Asked,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    asked.only(&["fields", "include"])?;
    let view = asked.view("MedicalRecord", &NESTED)?;
    let record = medical_records::get(&mut desk, id).await?;
    let shown = nested(&mut desk, &record, &view).await?;
    desk.close().await?;
    answer::one(&shown, Some(record.version), &view)
}

/// Saves a draft.
pub(crate) async fn update(Id(id): Id<RecordId>, mut change: Change) -> Result<Response, Fault> {
    let seen = change.seen()?;
    let before = medical_records::get(&mut change.desk, id).await?;
    let details = change.read(&RecordForm::from(&before))?.parse()?;
    medical_records::save(&mut change.desk, id, seen, &details).await?;
    let after = medical_records::get(&mut change.desk, id).await?;
    change.done(&after, Some(after.version)).await
}

/// The record as it would be signed, with what is missing.
pub(crate) async fn review(
    visitor: Visitor,
    Id(id): Id<RecordId>,
    asked: Asked,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    asked.only(&[])?;
    let visit = medical_records::get(&mut desk, id).await?.appointment_id;
    let review = medical_records::review(&mut desk, visit).await?;
    let warnings = warnings(&mut desk, &review, visitor.zone()).await?;
    desk.close().await?;
    let vitals = review.vitals.as_ref().map(super::vitals::shown).transpose()?;
    let body = json!({
        "record": review.record,
        "patientId": review.patient,
        "vitalSigns": vitals,
        "contentDigest": review.digest,
        "gaps": review.gaps,
        "warnings": in_json(&warnings),
    });
    answer::one(&body, Some(review.record.version), &View::default())
}

/// Signs the record. The password is checked before anything is opened for writing: it takes its time.
pub(crate) async fn sign(
    State(app): State<App>,
    visitor: Visitor,
    Id(id): Id<RecordId>,
    sent: Sent,
) -> Result<Response, Fault> {
    if let Err(fault) = own_password(&app, &visitor, id, sent.text("password")).await {
        return Ok(fault.into_response());
    }
    let mut change = match sent.open(&app, &visitor).await {
        Ok(change) => change,
        Err(answer) => return Ok(answer),
    };
    let seen = change.seen()?;
    let digest = match change.text("contentDigest") {
        "" => {
            let visit = medical_records::get(&mut change.desk, id).await?.appointment_id;
            medical_records::review(&mut change.desk, visit).await?.digest
        }
        digest => digest.to_owned(),
    };
    let zone = change.zone;
    let visit = medical_records::get(&mut change.desk, id).await?.appointment_id;
    let review = medical_records::review(&mut change.desk, visit).await?;
    let warnings = warnings(&mut change.desk, &review, zone).await?;
    let reasons = change.pairs("reasons", "warning", "reason");
    let reason = |key: &str| reasons.iter().find(|(name, _)| name == key).map_or("", |(_, text)| text);
    match warnings.answered(reason) {
        Ok(given) if review.record.is_draft() => {
            medical_records::override_warnings(&mut change.desk, id, &given).await?;
        }
        Ok(_) => {}
        Err(_) => return Err(unanswered(&warnings)),
    }
    let signature = medical_records::sign(&mut change.desk, zone, id, seen, &digest)
        .await
        .map_err(|error| not_signed(error, seen))?;
    let body = json!({
        "recordId": id,
        "signedAt": signature.signed_at,
        "signedBy": signature.signed_by,
        "contentDigest": signature.content_digest,
    });
    change.done(&body, Some(seen + 1)).await
}

/// What speaks against the prescriptions of a record.
async fn warnings(desk: &mut Desk, review: &Review, zone: Zone) -> Result<Warnings, Fault> {
    let today = zone.day_of(desk.now());
    let banner = banner_of(desk, review.patient, (zone, today), Text::ENGLISH).await?;
    Ok(Warnings::of(desk, review, &banner.allergies).await?)
}

fn in_json(warnings: &Warnings) -> Vec<Value> {
    let one = |needs_reason: bool| {
        move |it: &Warning| {
            json!({ "warning": it.key, "kind": it.kind, "field": it.field, "message": it.words, "source": it.source,
                "needsReason": needs_reason })
        }
    };
    let told = warnings.unchecked.iter().chain(&warnings.advised);
    warnings.stopping.iter().map(one(true)).chain(told.map(one(false))).collect()
}

fn unanswered(warnings: &Warnings) -> Fault {
    let words = "Something speaks against a prescription: send a reason for each warning that needs one.";
    Fault::new(StatusCode::UNPROCESSABLE_ENTITY, "unanswered", "A reason is needed", words)
        .with("warnings", Value::Array(in_json(warnings)))
}

async fn own_password(app: &App, visitor: &Visitor, id: RecordId, password: &str) -> Result<(), Fault> {
    if password.is_empty() {
        let words = "Send the provider's password to sign.";
        return Err(Problems::one("password", "required", words).into());
    }
    let purpose = Event::new(Verb::Sign, "medical_record").about(id);
    prove(&app.store, &visitor.actor, password, purpose).await.map_err(|error| match error {
        ProveError::Wrong => problem::wrong_password().into(),
        ProveError::Throttled { retry_after_secs } => problem::too_many_tries(retry_after_secs),
        ProveError::Refused(refusal) => refusal.into(),
    })
}

fn not_signed(error: SignError, seen: i32) -> Fault {
    match error {
        SignError::AlreadySigned => Refusal::Signed.into(),
        SignError::Stale => Refusal::Stale { what: "record", seen, current: seen }.into(),
        SignError::Refused(refusal) => refusal.into(),
        SignError::Incomplete(gaps) => {
            let errors: Vec<Value> = gaps
                .iter()
                .map(|gap| json!({ "field": gap.field, "code": "missing", "message": gap.message }))
                .collect();
            let words = "The record cannot be signed yet: see errors for what is missing.";
            Fault::new(StatusCode::UNPROCESSABLE_ENTITY, "incomplete", "Not complete", words)
                .with("errors", Value::Array(errors))
        }
    }
}

/// The symptoms of a record.
pub(crate) async fn symptoms(id: Id<RecordId>, asked: Asked, desk: Reading) -> Result<Response, Fault> {
    rows(id, asked, desk, "Symptom", |record| answer::values(&record.symptoms)).await
}

/// The prescriptions of a record.
pub(crate) async fn prescriptions(id: Id<RecordId>, asked: Asked, desk: Reading) -> Result<Response, Fault> {
    rows(id, asked, desk, "Prescription", |record| answer::values(&record.prescriptions)).await
}

async fn rows(
    Id(id): Id<RecordId>,
    asked: Asked,
    Reading(mut desk): Reading,
    schema: &'static str,
    of: fn(&MedicalRecord) -> Result<Vec<Value>, Fault>,
) -> Result<Response, Fault> {
    asked.only(&["fields"])?;
    let view = asked.view(schema, &[])?;
    let record = medical_records::get(&mut desk, id).await?;
    desk.close().await?;
    Ok(answer::list(of(&record)?, None, &view))
}

/// Adds a symptom as the last row.
pub(crate) async fn add_symptom(Id(id): Id<RecordId>, change: Change) -> Result<Response, Fault> {
    let row = change.read(&SymptomForm::default())?;
    row.parse()?;
    let add = |form: &mut RecordForm| form.symptoms.push(row);
    let (change, after) = with_row(id, change, add).await?;
    last(change, after.symptoms.last(), after.version).await
}

/// Adds a prescription as the last row.
pub(crate) async fn add_prescription(Id(id): Id<RecordId>, change: Change) -> Result<Response, Fault> {
    let row = change.read(&PrescriptionForm::default())?;
    row.parse()?;
    let add = |form: &mut RecordForm| form.prescriptions.push(row);
    let (change, after) = with_row(id, change, add).await?;
    last(change, after.prescriptions.last(), after.version).await
}

async fn with_row(
    id: RecordId,
    mut change: Change,
    add: impl FnOnce(&mut RecordForm) + Send,
) -> Result<(Change, MedicalRecord), Fault> {
    let before = medical_records::get(&mut change.desk, id).await?;
    let seen = change.seen_if_any()?.unwrap_or(before.version);
    let mut form = RecordForm::from(&before);
    add(&mut form);
    medical_records::save(&mut change.desk, id, seen, &form.parse()?).await?;
    let after = medical_records::get(&mut change.desk, id).await?;
    if after.version == before.version {
        let words = "An empty row says nothing; fill in at least one field.";
        return Err(Problems::one("body", "required", words).into());
    }
    Ok((change, after))
}

async fn last(
    change: Change,
    row: Option<&(impl Serialize + Sync)>,
    version: i32,
) -> Result<Response, Fault> {
    let row = serde_json::to_value(row)?;
    change.made(&row, Some(version)).await
}

/// What was added after the signature.
pub(crate) async fn addenda(
    Id(id): Id<RecordId>,
    asked: Asked,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    asked.only(&["fields"])?;
    let view = asked.view("Addendum", &[])?;
    medical_records::get(&mut desk, id).await?;
    let all = medical_records::addenda(&mut desk, id).await?;
    desk.close().await?;
    Ok(answer::list(answer::values(&all)?, None, &view))
}

/// Adds to a signed record.
pub(crate) async fn add_addendum(Id(id): Id<RecordId>, mut change: Change) -> Result<Response, Fault> {
    let details = change.read(&AddendumForm::default())?.parse()?;
    let new = medical_records::add_addendum(&mut change.desk, id, &details).await?;
    let all = medical_records::addenda(&mut change.desk, id).await?;
    let addendum = all.into_iter().find(|addendum| addendum.id == new);
    change.made(&addendum, None).await
}
