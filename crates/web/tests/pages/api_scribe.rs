//! The scribe as programs use it: consent, a transcript, the draft, and what a person decides on each item.

#![cfg(test)]

use crate::api_client::{client, fits, json};
use axum::http::StatusCode;
use medrecord_testkit::clinic::on_both;
use medrecord_testkit::visit;
use serde_json::{Value, json as made};

const SAID: &str = "Doctor: What brings you in today?
Patient: I have had a sore throat for three days.
Doctor: Any fever?
Patient: Nah.
Doctor: I will start you on amoxicillin 500 milligrams three times a day for ten days.";

#[tokio::test]
async fn a_transcript_of_no_visit_is_drafted_and_nothing_is_kept() {
    on_both(async |clinic| {
        let mut dora = client(clinic, &clinic.doctor).await;
        let document = dora.document().await;
        let answer = dora.post("/api/v1/drafts", &made!({ "transcript": SAID })).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        let draft = json(&answer);
        fits(&document, "Draft", &draft);
        assert_eq!(draft["prescriptions"][0]["medicationName"], "amoxicillin", "{draft}");
        assert_eq!(draft["prescriptions"][0]["evidence"], made!([4]), "{draft}");
        let silent = dora.post("/api/v1/drafts", &made!({ "transcript": " " })).await;
        assert_eq!(json(&silent)["errors"][0]["field"], "transcript", "{}", silent.text);
        let strange = dora.post("/api/v1/drafts", &made!({ "transcript": SAID, "colour": "red" })).await;
        assert_eq!(strange.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", strange.text);
        let mut stan = client(clinic, &clinic.staff).await;
        let answer = stan.post("/api/v1/drafts", &made!({ "transcript": SAID })).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn a_visits_draft_is_decided_item_by_item() {
    on_both(async |clinic| {
        let visit = visit::checked_in(clinic).await;
        let path = format!("/api/v1/appointments/{}", visit.appointment);
        let mut dora = client(clinic, &clinic.doctor).await;
        let document = dora.document().await;
        let none = json(&dora.get(&format!("{path}/draft")).await);
        assert_eq!(none, made!({ "transcript": null, "items": [] }));
        let answer = dora.post(&format!("{path}/transcript"), &made!({ "transcript": SAID })).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        let drafted = json(&answer);
        fits(&document, "VisitDraft", &drafted);
        assert_eq!(drafted, json(&dora.get(&format!("{path}/draft")).await));
        let of = |target: &str, words: &str| -> Value {
            let all = drafted["items"].as_array().unwrap().iter();
            let mut here = all.filter(|item| item["target"] == target);
            here.find(|item| item["text"].as_str().unwrap().contains(words)).unwrap().clone()
        };
        let place = |item: &Value, what: &str| {
            format!("/api/v1/drafted-items/{}/{what}", item["id"].as_str().unwrap())
        };

        let accept = made!({ "decision": "accepted" });
        let medicine = of("prescription", "amoxicillin");
        let blind = dora.post(&place(&medicine, "decision"), &accept).await;
        assert_eq!(blind.status, StatusCode::PRECONDITION_REQUIRED, "{}", blind.text);
        let taken = dora.post_seen(&place(&medicine, "decision"), "\"1\"", &accept).await;
        assert_eq!(taken.status, StatusCode::OK, "{}", taken.text);
        fits(&document, "DraftedItem", &json(&taken));
        let stale =
            dora.post_seen(&place(&medicine, "decision"), "\"1\"", &made!({ "decision": "rejected" })).await;
        assert!(stale.status.is_client_error(), "{}", stale.text);

        let denied = of("symptom", "No fever");
        let early = dora.post_seen(&place(&denied, "decision"), "\"1\"", &accept).await;
        assert_eq!(early.status, StatusCode::CONFLICT, "a denial that nobody said so: {}", early.text);
        let right = dora.post_seen(&place(&denied, "confirm"), "\"1\"", &made!({ "place": 0 })).await;
        assert_eq!(right.status, StatusCode::OK, "{}", right.text);
        assert_eq!(right.header("etag"), "\"2\"");
        let taken = dora.post_seen(&place(&denied, "decision"), "\"2\"", &accept).await;
        assert_eq!(taken.status, StatusCode::OK, "{}", taken.text);

        let record = json(&dora.get(&format!("{path}/record")).await);
        assert_eq!(record["prescriptions"][0]["isAIExtracted"], true, "{record}");
        assert_eq!(record["symptoms"][0]["negated"], true, "{record}");
        let wrong =
            dora.post_seen(&place(&medicine, "decision"), "\"2\"", &made!({ "decision": "maybe" })).await;
        assert_eq!(json(&wrong)["errors"][0]["field"], "decision", "{}", wrong.text);
    })
    .await;
}

#[tokio::test]
async fn what_the_patient_answered_is_noted_and_read() {
    on_both(async |clinic| {
        let visit = visit::checked_in(clinic).await;
        let path = format!("/api/v1/appointments/{}/consent", visit.appointment);
        let mut stan = client(clinic, &clinic.staff).await;
        let document = stan.document().await;
        assert_eq!(stan.get(&path).await.status, StatusCode::NOT_FOUND);
        let asked = stan.post(&path, &made!({ "decision": "granted" })).await;
        assert_eq!(asked.status, StatusCode::CREATED, "{}", asked.text);
        fits(&document, "Consent", &json(&asked));
        assert_eq!(json(&stan.get(&path).await)["decision"], "granted");
        let wrong = stan.post(&path, &made!({ "decision": "perhaps" })).await;
        assert_eq!(json(&wrong)["errors"][0]["field"], "decision", "{}", wrong.text);
    })
    .await;
}

#[tokio::test]
async fn mixed_up_voices_are_put_right_and_what_is_clear_is_taken_over_together() {
    on_both(async |clinic| {
        let visit = visit::checked_in(clinic).await;
        let path = format!("/api/v1/appointments/{}", visit.appointment);
        let mut dora = client(clinic, &clinic.doctor).await;
        let document = dora.document().await;
        assert_eq!(dora.get(&format!("{path}/transcript")).await.status, StatusCode::NOT_FOUND);
        let swapped = SAID.replace("Doctor:", "x:").replace("Patient:", "Doctor:").replace("x:", "Patient:");
        dora.post(&format!("{path}/transcript"), &made!({ "transcript": swapped })).await;
        let kept = json(&dora.get(&format!("{path}/transcript")).await);
        fits(&document, "Transcript", &kept);
        assert_eq!(kept["segments"][0]["speaker"], "patient", "{kept}");
        clinic.clock.advance(1_000);
        let speakers = format!("{path}/transcript/speakers");
        let right = dora.post(&speakers, &made!({ "transcriptId": kept["id"] })).await;
        assert_eq!(right.status, StatusCode::OK, "{}", right.text);
        fits(&document, "VisitDraft", &json(&right));
        assert_eq!(json(&right)["transcript"]["segments"][0]["speaker"], "doctor");
        let late = dora.post(&speakers, &made!({ "transcriptId": kept["id"] })).await;
        assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.text);
        let newest = json(&right)["transcript"]["id"].clone();
        let wrong = made!({ "transcriptId": newest, "index": 1, "speaker": "nurse" });
        let wrong = dora.post(&speakers, &wrong).await;
        assert_eq!(json(&wrong)["errors"][0]["field"], "speaker", "{}", wrong.text);

        let accept = format!("{path}/draft/accept");
        let taken = json(&dora.post(&accept, &made!({ "target": "prescription" })).await);
        fits(&document, "VisitDraft", &taken);
        let items = taken["items"].as_array().unwrap().iter();
        let medicines: Vec<_> = items.filter(|item| item["target"] == "prescription").collect();
        assert!(!medicines.is_empty() && medicines.iter().all(|m| m["decision"] == "accepted"), "{taken}");
        let silent = dora.post(&accept, &made!({})).await;
        assert_eq!(json(&silent)["errors"][0]["field"], "target", "{}", silent.text);
    })
    .await;
}
