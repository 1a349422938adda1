//! One's own drafts over time: told to whoever signed them, and to nobody else.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail at once")]

use crate::support::signed_in;
use axum::http::StatusCode;
use medrecord_clinic::consultation::{EvidenceKind, Segment, Speaker, TranscriptSource};
use medrecord_clinic::medical_record::RecordForm;
use medrecord_clinic::time::Zone;
use medrecord_store::evidence::{self, NewEvidence, NewRun};
use medrecord_store::transcripts::{self, NewTranscript};
use medrecord_store::{adoption, medical_records};
use medrecord_testkit::clinic::{Clinic, on_both};
use medrecord_testkit::visit::checked_in;

const PAGE: &str = "/settings/account/drafting";

/// A note with one drafted sentence, taken over and signed four minutes after the draft.
async fn sign_a_drafted_note(clinic: &Clinic) {
    let visit = checked_in(clinic).await;
    let mut desk = clinic.desk(&clinic.doctor).await;
    let record = medical_records::open(&mut desk, visit.appointment).await.unwrap().id;
    let note =
        serde_json::json!({ "chiefComplaint": "Cough", "diagnosis": "Cold", "treatmentPlan": "Rest." });
    let note = serde_json::from_value::<RecordForm>(note).unwrap().parse().unwrap();
    medical_records::save(&mut desk, record, 1, &note).await.unwrap();
    let text = "So.".to_owned();
    let said = Segment { index: 0, speaker: Speaker::Doctor, start_ms: None, end_ms: None, text };
    let heard = NewTranscript {
        appointment: visit.appointment,
        recording: None,
        source: TranscriptSource::Pasted,
        engine: None,
        model_hash: None,
        segments: vec![said],
    };
    let item = NewEvidence {
        target: "followUpInstructions".to_owned(),
        text: "Come back.".to_owned(),
        payload: None,
        segments: vec![0],
        start_ms: None,
        end_ms: None,
        kind: EvidenceKind::Supported,
        flags: Vec::new(),
        to_confirm: Vec::new(),
    };
    let run = NewRun {
        appointment: visit.appointment,
        transcript: transcripts::keep(&mut desk, &heard).await.unwrap(),
        record,
        engine: "rules".to_owned(),
        engine_version: "1".to_owned(),
        model_hash: None,
        raw: serde_json::json!({}),
        items: vec![item],
    };
    evidence::keep_run(&mut desk, &run).await.unwrap();
    clinic.clock.advance(240_000);
    let drafted = evidence::latest(&mut desk, visit.appointment).await.unwrap();
    adoption::accept(&mut desk, drafted.first().unwrap().id, 1).await.unwrap();
    desk.close().await.unwrap();
    let mut desk = clinic.desk(&clinic.doctor).await;
    let review = medical_records::review(&mut desk, visit.appointment).await.unwrap();
    medical_records::sign(&mut desk, Zone::UTC, record, review.record.version, &review.digest).await.unwrap();
    desk.close().await.unwrap();
}

#[tokio::test]
async fn a_provider_alone_sees_what_became_of_the_own_drafts() {
    on_both(async |clinic| {
        let mut dora = signed_in(clinic, &clinic.doctor).await;
        let account = dora.get("/settings/account").await;
        assert!(account.main().contains(PAGE), "{}", account.main());
        assert!(dora.get(PAGE).await.says("No drafted note signed yet"));
        sign_a_drafted_note(clinic).await;
        for (address, period) in
            [(PAGE.to_owned(), "November 2026"), (format!("{PAGE}?by=week"), "Week of 16-Nov-2026")]
        {
            let page = dora.get(&address).await;
            assert_eq!(page.status, StatusCode::OK, "{}", page.main());
            for words in [period, "4 min", "1 of 1", "100 %"] {
                assert!(page.main().contains(words), "{words}: {}", page.main());
            }
        }
        let mut ada = signed_in(clinic, &clinic.admin).await;
        let others = ada.get(PAGE).await;
        assert!(!others.main().contains("4 min"), "{}", others.main());
        let mut stan = signed_in(clinic, &clinic.staff).await;
        assert_eq!(stan.get(PAGE).await.status, StatusCode::FORBIDDEN);
        assert!(!stan.get("/settings/account").await.main().contains(PAGE));
    })
    .await;
}
