//! Drafting with a larger model behind an endpoint, through the page: what it invents does not pass, and where it gives no
//! draft the built-in engine does. The model is a stand-in in this process; the visit is invented.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail at once")]

use crate::support::{Tab, app, signed_in_before};
use axum::http::StatusCode;
use medrecord_clinic::appointment::{AppointmentType, WalkIn};
use medrecord_clinic::ids::AppointmentId;
use medrecord_scribe::endpoint::Endpoint;
use medrecord_store::{appointments, patients};
use medrecord_testkit::Clinic;
use medrecord_testkit::clinic::{jane_doe_details, on_both};
use medrecord_web::{App, Settings};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

const TALK: &str = "Doctor: What brings you in today?
Patient: I have had a sore throat for three days.
Doctor: Any fever?
Patient: No.
Doctor: I will start you on amoxicillin 500 milligrams three times a day for ten days.";

/// How the stand-in answers.
enum Answer {
    /// With this draft.
    Draft(Value),
    /// With words that are no draft.
    Chatter,
    /// With an error.
    Broken,
    /// It closes the connection.
    Nothing,
}

/// A server that answers one question, and hands on what it was asked.
fn stand_in(answer: Answer) -> (Endpoint, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    let (tell, told) = channel();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let asked = question(&mut stream);
        let said = |content: String| {
            json!({ "model": "stand-in-1", "choices": [{ "message": { "content": content } }] }).to_string()
        };
        let (status, body) = match answer {
            Answer::Draft(draft) => ("200 OK", said(draft.to_string())),
            Answer::Chatter => ("200 OK", said("Certainly! Here is your note.".to_owned())),
            Answer::Broken => ("500 Internal Server Error", String::new()),
            Answer::Nothing => ("", String::new()),
        };
        if !status.is_empty() {
            let head = format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\nconnection: close");
            write!(stream, "{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len()).unwrap();
        }
        drop(stream);
        tell.send(asked).unwrap();
    });
    (Endpoint { url, model: "invented-7b".to_owned(), patience: Duration::from_mins(2) }, told)
}

/// Reads one question to its end.
fn question(stream: &mut TcpStream) -> String {
    let mut asked = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&asked).into_owned();
        if let Some((head, _)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                line.to_lowercase()
                    .strip_prefix("content-length:")
                    .and_then(|n| n.trim().parse::<usize>().ok())
            });
            if length.is_some_and(|length| asked.len() >= head.len() + 4 + length) {
                return text;
            }
        }
        let read = stream.read(&mut piece).unwrap();
        assert!(read > 0, "the question broke off: {text}");
        asked.extend(piece.iter().take(read));
    }
}

fn with(clinic: &Clinic, endpoint: Endpoint) -> App {
    let mut app = app(clinic);
    app.settings = Arc::new(Settings { endpoint: Some(endpoint), ..(*app.settings).clone() });
    app
}

async fn visit(clinic: &Clinic) -> AppointmentId {
    let mut desk = clinic.desk(&clinic.doctor).await;
    let patient_id = desk.fresh_id().unwrap();
    patients::register_as(&mut desk, patient_id, "MR-1", &jane_doe_details()).await.unwrap();
    let walk_in = WalkIn {
        patient_id,
        provider_id: clinic.doctor.id.unwrap(),
        appointment_type: AppointmentType::SickVisit,
        reason_for_visit: None,
    };
    let id = appointments::walk_in(&mut desk, &walk_in).await.unwrap();
    desk.close().await.unwrap();
    id
}

/// Pastes the conversation, and gives back the scribe's column and the page on how the note was made.
async fn drafted(dora: &mut Tab, visit: AppointmentId) -> (String, String) {
    let answer = dora.post(&format!("/visits/{visit}/transcript"), &[("transcript", TALK)]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.main());
    let panel = dora.get(&format!("/visits/{visit}/scribe")).await;
    let made = dora.get(&format!("/visits/{visit}/made")).await;
    assert_eq!((panel.status, made.status), (StatusCode::OK, StatusCode::OK));
    (panel.main().to_owned(), made.main().to_owned())
}

fn prescription(name: &str, strength: &str) -> Value {
    json!({ "medicationName": name, "strength": strength, "dosage": null, "frequency": "three times a day",
        "duration": null, "instructions": "", "action": "start", "evidence": [4] })
}

/// What a model might answer: some of it was said, some of it was not.
fn answer() -> Value {
    json!({
        "record": {
            "chiefComplaint": [{ "text": "Sore throat of the larger model.", "evidence": [1] }],
            "diagnosis": [{ "text": "Tonsillitis that rests on nothing.", "evidence": [] }],
            "treatmentPlan": [{ "text": "Start warfarin 5 mg.", "evidence": [4] }],
        },
        "symptoms": [{ "symptomName": "sore throat", "bodySite": null, "duration": "three days", "negated": false,
            "evidence": [1] }],
        "prescriptions": [prescription("amoxicillin", "500 mg"), prescription("morphine", "10 mg")],
        "allergies": [{ "allergen": "latex", "reaction": null, "negated": false, "evidence": [9] }],
    })
}

#[tokio::test]
async fn the_larger_model_drafts_and_what_it_invents_does_not_pass() {
    on_both(async |clinic| {
        let visit = visit(clinic).await;
        let (endpoint, told) = stand_in(Answer::Draft(answer()));
        let mut dora = signed_in_before(with(clinic, endpoint), &clinic.doctor).await;
        let (panel, made) = drafted(&mut dora, visit).await;
        let asked = told.recv_timeout(Duration::from_mins(2)).unwrap();
        for expected in ["POST /v1/chat/completions", "invented-7b", "[1] patient: I have had a sore throat"]
        {
            assert!(asked.contains(expected), "{expected}: {asked}");
        }
        let draft =
            panel.split_once("<h2>Draft</h2>").unwrap().1.split_once("<h2>Transcript</h2>").unwrap().0;
        for expected in ["Sore throat of the larger model.", "amoxicillin, 500 mg, three times a day"] {
            assert!(draft.contains(expected), "{expected}: {draft}");
        }
        let items: Vec<&str> = draft.lines().filter(|line| line.starts_with("<a href=\"#turn-")).collect();
        assert!(items.len() >= 3, "{draft}");
        for invented in ["warfarin", "morphine", "Tonsillitis", "latex"] {
            assert!(!items.iter().any(|item| item.contains(invented)), "{invented}: {items:?}");
        }
        assert!(draft.contains("warfarin") && draft.contains("was not heard in the turns cited"), "{draft}");
        assert!(made.contains("endpoint invented-7b stand-in-1"), "{made}");
    })
    .await;
}

#[tokio::test]
async fn without_a_draft_from_the_larger_model_the_built_in_engine_drafts() {
    on_both(async |clinic| {
        let visit = visit(clinic).await;
        for wrong in [Answer::Chatter, Answer::Broken, Answer::Nothing] {
            let (endpoint, told) = stand_in(wrong);
            let mut dora = signed_in_before(with(clinic, endpoint), &clinic.doctor).await;
            let (panel, made) = drafted(&mut dora, visit).await;
            told.recv_timeout(Duration::from_mins(2)).unwrap();
            assert!(panel.contains("amoxicillin"), "{panel}");
            assert!(made.contains(&format!("rules {}", env!("CARGO_PKG_VERSION"))), "{made}");
            clinic.clock.advance(1_000);
        }
    })
    .await;
}
