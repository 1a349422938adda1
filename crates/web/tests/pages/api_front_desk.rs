//! The front desk as programs work it: check-in with what was said, follow-ups in a row.

#![cfg(test)]

use crate::api_client::{client, fits, json};
use axum::http::StatusCode;
use medrecord_testkit::clinic::on_both;
use medrecord_testkit::visit;
use serde_json::{Value, json as made};

#[tokio::test]
async fn a_patient_is_checked_in_with_what_was_said() {
    on_both(async |clinic| {
        let visit = visit::checked_in(clinic).await;
        let mut stan = client(clinic, &clinic.staff).await;
        let document = stan.document().await;
        let booking = made!({
            "patientId": visit.patient, "providerId": clinic.doctor.id, "appointmentType": "follow_up",
            "appointmentDate": "2026-11-22T16:00:00Z",
        });
        let address = stan.post("/api/v1/appointments", &booking).await.location().to_owned();
        let desk = format!("{address}/check-in");
        let said = made!({ "phone": "+1-555-0177", "consent": "granted" });
        assert_eq!(stan.post(&desk, &said).await.status, StatusCode::PRECONDITION_REQUIRED);
        let blind = stan.post_seen(&desk, "\"1\"", &said).await;
        assert_eq!(json(&blind)["errors"][0]["field"], "patientVersion", "{}", blind.text);
        let said = made!({ "phone": "+1-555-0177", "patientVersion": 1, "consent": "granted" });
        let arrived = stan.post_seen(&desk, "\"1\"", &said).await;
        assert_eq!(arrived.status, StatusCode::OK, "{}", arrived.text);
        fits(&document, "Appointment", &json(&arrived));
        assert_eq!((&json(&arrived)["status"], arrived.header("etag")), (&made!("checked_in"), "\"2\""));
        let patient = json(&stan.get(&format!("/api/v1/patients/{}", visit.patient)).await);
        assert_eq!((&patient["phone"], &patient["version"]), (&made!("+1-555-0177"), &made!(2)));
        assert_eq!(json(&stan.get(&format!("{address}/consent")).await)["decision"], "granted");
        let wrong = stan.post_seen(&desk, "\"2\"", &made!({ "consent": "perhaps" })).await;
        assert_eq!(json(&wrong)["errors"][0]["field"], "consent", "{}", wrong.text);
    })
    .await;
}

#[tokio::test]
async fn a_row_of_visits_is_planned_booked_whole_and_its_rest_called_off() {
    on_both(async |clinic| {
        let visit = visit::checked_in(clinic).await;
        let mut stan = client(clinic, &clinic.staff).await;
        let document = stan.document().await;
        let mut row = made!({
            "patientId": visit.patient, "providerId": clinic.doctor.id, "appointmentType": "follow_up",
            "appointmentDate": "2026-11-23T10:00:00Z", "every": "7d", "times": 3,
        });
        let closed = made!({ "kind": "closed", "fromDate": "2026-11-30" });
        stan.post("/api/v1/blocked-times", &closed).await;
        let planned = json(&stan.post("/api/v1/appointments/series/plan", &row).await);
        fits(&document, "PlannedVisit", &planned["items"][0]);
        let against: Vec<usize> = planned["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["conflicts"].as_array().unwrap().len())
            .collect();
        assert_eq!(against, [0, 1, 0], "{planned}");
        let refused = stan.post("/api/v1/appointments/series", &row).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
        assert_eq!(json(&refused)["conflicts"].as_array().unwrap().len(), 1, "{}", refused.text);
        row["visits"] = made!(["2026-11-24T10:00:00Z"]);
        let unknown = stan.post("/api/v1/appointments/series", &row).await;
        assert_eq!(json(&unknown)["errors"][0]["field"], "visits", "{}", unknown.text);
        row["visits"] =
            made!([planned["items"][0]["appointmentDate"], planned["items"][2]["appointmentDate"]]);
        let booked = stan.post("/api/v1/appointments/series", &row).await;
        assert_eq!(booked.status, StatusCode::CREATED, "{}", booked.text);
        fits(&document, "Series", &json(&booked));
        let ids = json(&booked)["appointmentIds"].clone();
        let first = format!("/api/v1/appointments/{}", ids[0].as_str().unwrap());
        let listed = json(&stan.get(&format!("{first}/series")).await);
        fits(&document, "SeriesVisit", &listed["items"][0]);
        assert_eq!((&listed["items"][0]["id"], &listed["items"][1]["id"]), (&ids[0], &ids[1]));
        let silent = stan.post(&format!("{first}/cancel-rest"), &made!({})).await;
        assert_eq!(json(&silent)["errors"][0]["field"], "reason", "{}", silent.text);
        let off = stan.post(&format!("{first}/cancel-rest"), &made!({ "reason": "Moved away" })).await;
        assert_eq!(json(&off), made!({ "cancelled": 2 }));
        assert_eq!(json(&stan.get(&first).await)["statusReason"], "Moved away");
        row["every"] = Value::Null;
        let once = stan.post("/api/v1/appointments/series/plan", &row).await;
        assert_eq!(json(&once)["errors"][0]["field"], "every", "{}", once.text);
    })
    .await;
}
