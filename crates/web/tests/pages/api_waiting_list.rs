//! The waiting list as programs handle it.

#![cfg(test)]

use crate::api_client::{client, fits, json};
use axum::http::StatusCode;
use medrecord_testkit::clinic::on_both;
use medrecord_testkit::visit;
use serde_json::{Value, json as made};

#[tokio::test]
async fn a_program_puts_patients_on_the_list_and_takes_them_off_for_a_visit() {
    on_both(async |clinic| {
        let patient = visit::checked_in(clinic).await.patient;
        let mut stan = client(clinic, &clinic.staff).await;
        let document = stan.document().await;
        let wish = made!({ "patientId": patient, "appointmentType": "follow_up", "urgency": "soon" });
        let added = stan.post("/api/v1/waiting-list", &wish).await;
        assert_eq!(added.status, StatusCode::CREATED, "{}", added.text);
        let entry = json(&added);
        fits(&document, "WaitingEntry", &entry);
        assert_eq!((&entry["partOfDay"], &entry["earliestOn"]), (&made!("any"), &made!("2026-11-22")));
        let twice = stan.post("/api/v1/waiting-list", &wish).await;
        assert_eq!(json(&twice)["errors"][0]["code"], "waits_already", "{}", twice.text);
        let sick = made!({ "patientId": patient, "appointmentType": "sick_visit", "urgency": "urgent" });
        stan.post("/api/v1/waiting-list", &sick).await;
        let first = json(&stan.get("/api/v1/waiting-list?limit=1&fields=urgency").await);
        assert_eq!(first["items"], made!([{ "urgency": "urgent" }]));
        let cursor = first["nextCursor"].as_str().unwrap();
        let rest = json(&stan.get(&format!("/api/v1/waiting-list?limit=1&cursor={cursor}")).await);
        assert_eq!((&rest["items"][0]["id"], &rest["nextCursor"]), (&entry["id"], &Value::Null));
        let wrong = stan.get("/api/v1/waiting-list?cursor=7").await;
        assert_eq!(json(&wrong)["errors"][0]["field"], "cursor", "{}", wrong.text);

        let booking = made!({
            "patientId": patient, "providerId": clinic.doctor.id.unwrap(), "appointmentType": "follow_up",
            "appointmentDate": "2026-11-23T09:00:00Z",
        });
        let booked = json(&stan.post("/api/v1/appointments", &booking).await);
        let cancelled = made!({ "status": "cancelled", "statusReason": "patient called" });
        let place = format!("/api/v1/appointments/{}", booked["id"].as_str().unwrap());
        assert_eq!(stan.patch(&place, "\"1\"", &cancelled).await.status, StatusCode::OK);
        let freed = json(&stan.get("/api/v1/waiting-list/freed-times").await);
        fits(&document, "FreedTime", &freed["items"][0]);
        assert_eq!(freed["items"][0]["startsAt"], "2026-11-23T09:00:00.000Z");
        let suited = freed["items"][0]["fits"].as_array().unwrap();
        assert_eq!(suited.len(), 2, "both kinds take twenty minutes: {freed}");
        assert_eq!(suited[1]["waitingEntryId"], entry["id"], "the urgent one first");
    })
    .await;
}

#[tokio::test]
async fn an_entry_is_booked_taken_back_changed_and_withdrawn_under_its_version() {
    on_both(async |clinic| {
        let patient = visit::checked_in(clinic).await.patient;
        let mut stan = client(clinic, &clinic.staff).await;
        let wish = made!({ "patientId": patient, "appointmentType": "follow_up" });
        let added = stan.post("/api/v1/waiting-list", &wish).await;
        let booking = made!({
            "patientId": patient, "providerId": clinic.doctor.id.unwrap(), "appointmentType": "follow_up",
            "appointmentDate": "2026-11-23T09:00:00Z",
        });
        let address = added.location().to_owned();
        let visit = json(&stan.post("/api/v1/appointments", &booking).await);
        let took = made!({ "appointmentId": visit["id"] });
        assert_eq!(
            stan.post(&format!("{address}/booked"), &took).await.status,
            StatusCode::PRECONDITION_REQUIRED
        );
        let done = stan.post_seen(&format!("{address}/booked"), "\"1\"", &took).await;
        assert_eq!((done.status, &json(&done)["state"]), (StatusCode::OK, &made!("booked")), "{}", done.text);
        let late = stan.post_seen(&format!("{address}/booked"), "\"1\"", &took).await;
        assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.text);
        let back = stan.post_seen(&format!("{address}/undo"), "\"2\"", &made!({})).await;
        assert_eq!(
            (back.status, &json(&back)["state"]),
            (StatusCode::OK, &made!("waiting")),
            "{}",
            back.text
        );
        let morning = stan.patch(&address, "\"3\"", &made!({ "partOfDay": "morning" })).await;
        assert_eq!(json(&morning)["partOfDay"], "morning", "{}", morning.text);
        let silent = stan.post_seen(&format!("{address}/withdraw"), "\"4\"", &made!({})).await;
        assert_eq!(json(&silent)["errors"][0]["field"], "reason", "{}", silent.text);
        let reason = made!({ "reason": "is well again" });
        let off = stan.post_seen(&format!("{address}/withdraw"), "\"4\"", &reason).await;
        assert_eq!((off.status, off.header("etag")), (StatusCode::OK, "\"5\""), "{}", off.text);
        assert_eq!(json(&stan.get(&address).await)["stateReason"], "is well again");
    })
    .await;
}
