//! A visit from booking to addendum, as programs see it.

#![cfg(test)]

use crate::api_client::{Client, client, fits, json};
use axum::http::StatusCode;
use medrecord_store::Actor;
use medrecord_testkit::Clinic;
use medrecord_testkit::clinic::{PASSWORD, on_both};
use medrecord_testkit::visit;
use serde_json::{Value, json as made};

/// A booking of Jane Doe with Dora Doctor, at an hour of Monday, 23 November 2026.
fn booking(visit: visit::Visit, doctor: &Actor, clock: &str) -> Value {
    made!({
        "patientId": visit.patient, "providerId": doctor.id, "appointmentType": "follow_up",
        "appointmentDate": format!("2026-11-23T{clock}:00Z"), "reasonForVisit": "Cough",
    })
}

#[tokio::test]
async fn a_visit_is_booked_moved_and_cancelled() {
    on_both(async |clinic| {
        let visit = visit::checked_in(clinic).await;
        let mut client = client(clinic, &clinic.staff).await;
        let document = client.document().await;
        let answer = client.post("/api/v1/appointments", &booking(visit, &clinic.doctor, "10:00")).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        let new = json(&answer);
        fits(&document, "Appointment", &new);
        assert_eq!(new["durationMinutes"], 20, "the type sets the length");
        let address = answer.location().to_owned();

        let move_it = made!({ "appointmentDate": "2026-11-23T11:00:00Z", "durationMinutes": 30 });
        let moved = json(&client.patch(&address, "\"1\"", &move_it).await);
        assert_eq!(moved["endsAt"], "2026-11-23T11:30:00.000Z", "{moved}");
        let silent = client.patch(&address, "\"2\"", &made!({ "status": "cancelled" })).await;
        assert_eq!(json(&silent)["errors"][0]["field"], "statusReason", "{}", silent.text);
        let why = made!({ "status": "cancelled", "statusReason": "Feels better" });
        let off = json(&client.patch(&address, "\"2\"", &why).await);
        assert_eq!((&off["status"], &off["version"]), (&made!("cancelled"), &made!(3)), "{off}");
        let impossible = client.patch(&address, "\"3\"", &made!({ "status": "completed" })).await;
        assert_eq!(impossible.status, StatusCode::CONFLICT, "{}", impossible.text);
        let stale = client.patch(&address, "\"1\"", &made!({ "status": "scheduled" })).await;
        assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED, "{}", stale.text);
    })
    .await;
}

#[tokio::test]
async fn what_speaks_against_a_time_is_listed_and_a_reason_books_anyway() {
    on_both(async |clinic| {
        let visit = visit::checked_in(clinic).await;
        let mut client = client(clinic, &clinic.staff).await;
        let mut wish = booking(visit, &clinic.doctor, "10:00");
        assert_eq!(client.post("/api/v1/appointments", &wish).await.status, StatusCode::CREATED);
        let answer = client.post("/api/v1/appointments", &wish).await;
        assert_eq!(answer.status, StatusCode::CONFLICT);
        let problem = json(&answer);
        let kinds: Vec<&str> = problem["conflicts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|conflict| conflict["kind"].as_str().unwrap())
            .collect();
        assert_eq!(kinds, ["provider_busy", "patient_busy"]);
        wish["doubleBookingReason"] = made!("Comes with her sister");
        let answer = client.post("/api/v1/appointments", &wish).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        let walk_in = made!({
            "patientId": visit.patient, "providerId": clinic.doctor.id, "appointmentType": "sick_visit",
        });
        let answer = client.post("/api/v1/walk-ins", &walk_in).await;
        assert_eq!(json(&answer)["status"], "checked_in", "{}", answer.text);
    })
    .await;
}

#[tokio::test]
async fn a_list_of_visits_nests_what_belongs_to_them() {
    on_both(async |clinic| {
        let visit = visit::checked_in(clinic).await;
        let mut client = client(clinic, &clinic.doctor).await;
        let document = client.document().await;
        for clock in ["10:00", "11:00"] {
            client.post("/api/v1/appointments", &booking(visit, &clinic.doctor, clock)).await;
        }
        let place = format!("/api/v1/appointments/{}", visit.appointment);
        client.post(&format!("{place}/record"), &Value::Null).await;
        client.post(&format!("{place}/vitals"), &made!({ "heartRate": 72 })).await;
        let query = "limit=2&include=patient,provider,medicalRecord,vitalSigns";
        let first = json(&client.get(&format!("/api/v1/appointments?{query}")).await);
        let items = first["items"].as_array().unwrap();
        for item in items {
            fits(&document, "Appointment", item);
        }
        assert_eq!(items[0]["patient"]["lastName"], "Doe");
        assert_eq!(items[0]["provider"]["firstName"], "Dora");
        assert_eq!(items[0]["medicalRecord"]["isDraft"], true);
        assert_eq!(
            (&items[0]["vitalSigns"]["heartRate"], &items[1]["vitalSigns"]),
            (&made!(72), &Value::Null)
        );
        let cursor = first["nextCursor"].as_str().unwrap();
        for rest in [format!("limit=2&cursor={cursor}"), "limit=2&page=2".to_owned()] {
            let rest = json(&client.get(&format!("/api/v1/appointments?{rest}")).await);
            assert_eq!(rest["items"].as_array().unwrap().len(), 1);
            assert_eq!(rest["items"][0]["appointmentDate"], "2026-11-23T11:00:00.000Z");
        }
        let of_jane = format!("/api/v1/appointments?patient={}&fields=status", visit.patient);
        let of_jane = json(&client.get(&of_jane).await);
        assert_eq!(
            of_jane["items"],
            made!([{"status": "scheduled"}, {"status": "scheduled"}, {"status": "checked_in"}])
        );
        let waiting =
            json(&client.get("/api/v1/appointments?status=checked_in&from=2026-11-22T00:00:00Z").await);
        assert_eq!(waiting["items"].as_array().unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn vital_signs_are_taken_once_and_corrected_under_their_version() {
    on_both(async |clinic| {
        let visit = visit::checked_in(clinic).await;
        let mut client = client(clinic, &clinic.staff).await;
        let document = client.document().await;
        let place = format!("/api/v1/appointments/{}/vitals", visit.appointment);
        assert_eq!(client.get(&place).await.status, StatusCode::NOT_FOUND);
        let wrong =
            client.post(&place, &made!({ "bloodPressureSystolic": 60, "bloodPressureDiastolic": 90 })).await;
        assert_eq!(json(&wrong)["errors"][0]["field"], "bloodPressureSystolic", "{}", wrong.text);
        let measured = made!({ "temperature": 37.2, "weight": 72.5, "height": 178, "painLevel": 0 });
        let taken = client.post(&place, &measured).await;
        assert_eq!(taken.status, StatusCode::CREATED, "{}", taken.text);
        fits(&document, "VitalSigns", &json(&taken));
        assert_eq!((&json(&taken)["bmi"], &json(&taken)["temperature"]), (&made!(22.9), &made!(37.2)));
        assert_eq!(client.post(&place, &measured).await.status, StatusCode::CONFLICT);
        let pressure = made!({ "bloodPressureSystolic": 128, "bloodPressureDiastolic": 82 });
        let after = client.patch(&place, "\"1\"", &pressure).await;
        assert_eq!(json(&after)["weight"], 72.5, "{}", after.text);
        assert_eq!(client.patch(&place, "\"1\"", &pressure).await.status, StatusCode::PRECONDITION_FAILED);
    })
    .await;
}

/// Opens Jane's record; gives its address.
async fn opened(clinic: &Clinic, client: &mut Client) -> String {
    let visit = visit::checked_in(clinic).await;
    let place = format!("/api/v1/appointments/{}/record", visit.appointment);
    let answer = client.post(&place, &Value::Null).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    answer.location().to_owned()
}

#[tokio::test]
async fn a_record_is_written_signed_with_a_password_and_added_to() {
    on_both(async |clinic| {
        let mut client = client(clinic, &clinic.doctor).await;
        let document = client.document().await;
        let address = opened(clinic, &mut client).await;
        let symptom = made!({ "symptomName": "Cough", "severity": 4, "duration": "3 days" });
        let row = client.post(&format!("{address}/symptoms"), &symptom).await;
        fits(&document, "Symptom", &json(&row));
        assert_eq!((row.header("etag"), &json(&row)["isAIExtracted"]), ("\"2\"", &made!(false)));
        let medicine = made!({ "medicationName": "ibuprofen", "strength": "400 mg", "dosage": "1 tablet",
            "frequency": "three times daily", "instructions": "Take with food.", "quantity": 15 });
        let row = client.post(&format!("{address}/prescriptions"), &medicine).await;
        fits(&document, "Prescription", &json(&row));
        let sign = format!("{address}/sign");
        let hand = made!({ "password": PASSWORD });
        let early = client.post_seen(&sign, "\"3\"", &hand).await;
        assert_eq!(json(&early)["errors"][0]["field"], "chiefComplaint", "{}", early.text);
        let note = made!({ "chiefComplaint": "Cough", "diagnosis": "Cold", "treatmentPlan": "Rest" });
        let saved = client.patch(&address, "\"3\"", &note).await;
        fits(&document, "MedicalRecord", &json(&saved));
        assert_eq!(json(&saved)["symptoms"].as_array().unwrap().len(), 1, "rows stay");

        let review = json(&client.get(&format!("{address}/review")).await);
        fits(&document, "Review", &review);
        let wrong = client.post_seen(&sign, "\"4\"", &made!({ "password": "not it" })).await;
        assert_eq!(json(&wrong)["errors"][0]["field"], "password", "{}", wrong.text);
        assert_eq!(client.post_seen(&sign, "\"3\"", &hand).await.status, StatusCode::PRECONDITION_FAILED);
        let hand = made!({ "password": PASSWORD, "contentDigest": review["contentDigest"] });
        let signed = client.post_seen(&sign, "\"4\"", &hand).await;
        assert_eq!(signed.status, StatusCode::OK, "{}", signed.text);
        fits(&document, "Signature", &json(&signed));

        let late = client.patch(&address, "\"5\"", &made!({ "diagnosis": "Flu" })).await;
        assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.text);
        let more = made!({ "reason": "Result came in", "text": "The swab is negative." });
        let added = client.post(&format!("{address}/addenda"), &more).await;
        fits(&document, "Addendum", &json(&added));
        let all = json(&client.get(&format!("{address}/addenda")).await);
        assert_eq!(all["items"][0]["authorName"], "Dora Doctor");
        let record = json(&client.get(&address).await);
        assert_eq!((&record["isDraft"], &record["version"]), (&made!(false), &made!(5)));
    })
    .await;
}

#[tokio::test]
async fn a_program_signs_against_a_warning_only_with_a_reason() {
    on_both(async |clinic| {
        let mut client = client(clinic, &clinic.doctor).await;
        let document = client.document().await;
        let address = opened(clinic, &mut client).await;
        for name in ["simvastatin", "clarithromycin"] {
            let medicine = made!({ "medicationName": name, "strength": "20 mg", "dosage": "1 tablet",
                "frequency": "daily", "instructions": "With water.", "quantity": 10 });
            client.post(&format!("{address}/prescriptions"), &medicine).await;
        }
        let note =
            made!({ "chiefComplaint": "Cough", "diagnosis": "Pneumonia", "treatmentPlan": "Antibiotic" });
        client.patch(&address, "\"3\"", &note).await;
        let review = json(&client.get(&format!("{address}/review")).await);
        fits(&document, "Review", &review);
        let warning = &review["warnings"][0];
        assert_eq!((&warning["kind"], &warning["needsReason"]), (&made!("interaction"), &made!(true)));
        let sign = format!("{address}/sign");
        let refused = client.post_seen(&sign, "\"4\"", &made!({ "password": PASSWORD })).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
        assert_eq!(json(&refused)["warnings"][0]["warning"], warning["warning"], "{}", refused.text);
        let reasons = made!([{ "warning": warning["warning"], "reason": "The statin pauses" }]);
        let hand = made!({ "password": PASSWORD, "reasons": reasons });
        let signed = client.post_seen(&sign, "\"4\"", &hand).await;
        assert_eq!(signed.status, StatusCode::OK, "{}", signed.text);
    })
    .await;
}

#[tokio::test]
async fn staff_neither_write_nor_sign_and_a_stale_draft_is_refused() {
    on_both(async |clinic| {
        let mut doctor = client(clinic, &clinic.doctor).await;
        let mut staff = client(clinic, &clinic.staff).await;
        let address = opened(clinic, &mut doctor).await;
        let edit = made!({ "diagnosis": "Cold" });
        assert_eq!(staff.patch(&address, "\"1\"", &edit).await.status, StatusCode::FORBIDDEN);
        assert_eq!(staff.get(&address).await.status, StatusCode::OK);
        assert_eq!(doctor.patch(&address, "\"1\"", &edit).await.status, StatusCode::OK);
        assert_eq!(doctor.patch(&address, "\"1\"", &edit).await.status, StatusCode::PRECONDITION_FAILED);
        let wrong = made!({ "symptoms": [{ "symptomName": "Cough", "severity": 11 }] });
        let wrong = doctor.patch(&address, "\"2\"", &wrong).await;
        assert_eq!(json(&wrong)["errors"][0]["field"], "symptoms[0].severity", "{}", wrong.text);
    })
    .await;
}
