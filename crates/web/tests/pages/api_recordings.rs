//! Recordings as programs make them: with consent alone, in parts or whole, ended once, put aside.

#![cfg(test)]

use crate::api_client::{Client, client, fits, json};
use axum::http::{Method, StatusCode};
use medrecord_store::audit::{self, EventFilter};
use medrecord_testkit::Clinic;
use medrecord_testkit::clinic::on_both;
use medrecord_testkit::visit;
use serde_json::{Value, json as made};

const SOUND: [(&str, &str); 1] = [("content-type", "audio/wav")];
const ONCE: [(&str, &str); 2] = [("content-type", "audio/wav"), ("idempotency-key", "clinic-room-1")];

/// A visit of which the patient agreed that it is recorded; gives its address.
async fn agreed(clinic: &Clinic, dora: &mut Client) -> String {
    let visit = visit::checked_in(clinic).await;
    let place = format!("/api/v1/appointments/{}", visit.appointment);
    let answer = dora.post(&format!("{place}/consent"), &made!({ "decision": "granted" })).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    assert_eq!(json(&dora.get(&format!("{place}/consent")).await)["decision"], "granted");
    assert_eq!(reads(clinic, "consent").await, 1);
    place
}

/// How often it is in the trail that somebody read such a thing.
async fn reads(clinic: &Clinic, entity: &str) -> usize {
    let mut desk = clinic.reading_desk(&clinic.admin).await;
    let all = audit::list(&mut desk, &EventFilter { limit: 1_000, ..EventFilter::default() }).await.unwrap();
    all.iter().filter(|event| event.entity == entity && event.action == "read").count()
}

/// How many recordings a visit has.
async fn count(dora: &mut Client, place: &str) -> usize {
    json(&dora.get(&format!("{place}/recordings")).await)["items"].as_array().unwrap().len()
}

#[tokio::test]
async fn nothing_is_recorded_without_consent_and_the_refusal_says_how() {
    on_both(async |clinic| {
        let visit = visit::checked_in(clinic).await;
        let place = format!("/api/v1/appointments/{}", visit.appointment);
        let mut dora = client(clinic, &clinic.doctor).await;
        let begun = dora.post(&format!("{place}/recordings"), &made!({ "mediaType": "audio/webm" })).await;
        let sent = dora.send_bytes(Method::POST, &format!("{place}/audio"), &SOUND, b"RIFF").await;
        for answer in [begun, sent] {
            assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.text);
            let problem = json(&answer);
            assert_eq!(problem["type"], "urn:medrecord:problem:no_consent");
            assert!(problem["detail"].as_str().unwrap().contains(&format!("{place}/consent")), "{problem}");
        }
        let nowhere = "/api/v1/appointments/00000000-0000-7000-8000-000000000001/recordings";
        let answer = dora.post(nowhere, &made!({ "mediaType": "audio/webm" })).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}", answer.text);
        assert_eq!(count(&mut dora, &place).await, 0);
        let mut stan = client(clinic, &clinic.staff).await;
        let answer = stan.send_bytes(Method::POST, &format!("{place}/audio"), &SOUND, b"RIFF").await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn a_recording_is_sent_in_parts_and_ended_once() {
    on_both(async |clinic| {
        let mut dora = client(clinic, &clinic.doctor).await;
        let document = dora.document().await;
        let place = agreed(clinic, &mut dora).await;
        let begun = dora.post(&format!("{place}/recordings"), &made!({ "mediaType": "audio/webm" })).await;
        assert_eq!(begun.status, StatusCode::CREATED, "{}", begun.text);
        fits(&document, "Recording", &json(&begun));
        let address = begun.location().to_owned();
        for number in [0, 1, 1] {
            let part = format!("{address}/chunks/{number}");
            let put = dora.send_bytes(Method::PUT, &part, &[], &[7; 3]).await;
            assert_eq!(put.status, StatusCode::NO_CONTENT, "{}", put.text);
        }
        assert_eq!(reads(clinic, "recording").await, 0);
        assert_eq!(json(&dora.get(&address).await)["chunks"], made!([0, 1]));
        assert_eq!(reads(clinic, "recording").await, 1);
        let end = format!("{address}/finish");
        let early = dora.post(&end, &made!({ "chunks": 3 })).await;
        assert!(early.status == StatusCode::CONFLICT && early.text.contains("Part 2"), "{}", early.text);
        let none = dora.post(&end, &made!({ "chunks": 0 })).await;
        assert_eq!(json(&none)["errors"][0]["field"], "chunks", "{}", none.text);
        let key = [("idempotency-key", "the end")];
        for replayed in ["", "true"] {
            let over = dora.send(Method::POST, &end, &key, &made!({ "chunks": 2 })).await;
            assert_eq!(over.status, StatusCode::OK, "{}", over.text);
            assert_eq!(over.header("idempotency-replayed"), replayed);
            let over = json(&over);
            fits(&document, "Recording", &over);
            assert_eq!((&over["state"], &over["byteCount"]), (&made!("finished"), &made!(6)));
            assert_eq!(over["transcription"]["state"], "queued", "{over}");
        }
        assert_eq!(dora.post(&end, &made!({ "chunks": 2 })).await.status, StatusCode::OK, "twice is once");
        let late = dora.send_bytes(Method::PUT, &format!("{address}/chunks/2"), &[], &[7]).await;
        assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.text);
        let sound = dora.get(&format!("{address}/audio")).await;
        assert_eq!((sound.status, sound.text.len()), (StatusCode::OK, 6));
        let aside = dora.post(&format!("{address}/discard"), &Value::Null).await;
        assert_eq!(json(&aside)["state"], "discarded", "{}", aside.text);
        assert_eq!(count(&mut dora, &place).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_whole_recording_is_taken_once_under_its_key() {
    on_both(async |clinic| {
        let mut dora = client(clinic, &clinic.doctor).await;
        let document = dora.document().await;
        let place = agreed(clinic, &mut dora).await;
        let address = format!("{place}/audio?fileName=talk.wav");
        let first = dora.send_bytes(Method::POST, &address, &ONCE, b"RIFF....WAVE").await;
        assert_eq!(first.status, StatusCode::CREATED, "{}", first.text);
        fits(&document, "Recording", &json(&first));
        assert_eq!((&json(&first)["fileName"], &json(&first)["byteCount"]), (&made!("talk.wav"), &made!(12)));
        let again = dora.send_bytes(Method::POST, &address, &ONCE, b"RIFF....WAVE").await;
        assert_eq!((again.header("idempotency-replayed"), again.location()), ("true", first.location()));
        let other = dora.send_bytes(Method::POST, &address, &ONCE, b"RIFF....Wave").await;
        assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", other.text);
        assert_eq!(count(&mut dora, &place).await, 1);
        let listed = json(&dora.get(&format!("{place}/recordings?fields=id,transcription")).await);
        assert_eq!(listed["items"][0]["transcription"]["percent"], 0, "{listed}");
        let words = [("content-type", "text/plain")];
        let wrong = dora.send_bytes(Method::POST, &address, &words, b"Doctor: Hello").await;
        assert_eq!(wrong.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{}", wrong.text);
        let empty = dora.send_bytes(Method::POST, &address, &SOUND, b"").await;
        assert_eq!(json(&empty)["errors"][0]["field"], "body", "{}", empty.text);
        let retried = dora.post(&format!("{}/retry", first.location()), &Value::Null).await;
        assert_eq!(json(&retried)["state"], "finished", "{}", retried.text);
    })
    .await;
}
