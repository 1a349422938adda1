//! How drafts are written for a provider: words are proposed from signed notes, used once the provider says so, and
//! stand beside those of the scribe.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail at once")]

use crate::support::signed_in;
use axum::http::StatusCode;
use medrecord_clinic::appointment::{AppointmentType, WalkIn};
use medrecord_clinic::consultation::{EvidenceKind, Segment, Speaker, TranscriptSource};
use medrecord_clinic::ids::{AppointmentId, PatientId};
use medrecord_clinic::medical_record::RecordForm;
use medrecord_clinic::time::Zone;
use medrecord_store::evidence::{self, NewEvidence, NewRun};
use medrecord_store::transcripts::{self, NewTranscript};
use medrecord_store::{adoption, appointments, medical_records, patients};
use medrecord_testkit::clinic::{Clinic, jane_doe_details, on_both};

const PAGE: &str = "/settings/account/style";

/// An invented consultation.
const TALK: &str = "Doctor: What brings you in today?
Patient: I have had a cough for three days, and I am short of breath.
Doctor: I think you have bronchitis.
Doctor: For the bronchitis I'm going to order a chest x-ray.
Patient: Okay.";

async fn jane(clinic: &Clinic) -> PatientId {
    let mut desk = clinic.desk(&clinic.doctor).await;
    let id = desk.fresh_id().unwrap();
    patients::register_as(&mut desk, id, "MR-1", &jane_doe_details()).await.unwrap();
    desk.close().await.unwrap();
    id
}

async fn walk_in(clinic: &Clinic, patient_id: PatientId) -> AppointmentId {
    let mut desk = clinic.desk(&clinic.doctor).await;
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

/// A signed note with one drafted sentence that the provider put into other words.
async fn sign_in_other_words(clinic: &Clinic, patient: PatientId, words: &str) {
    let appointment = walk_in(clinic, patient).await;
    let mut desk = clinic.desk(&clinic.doctor).await;
    let record = medical_records::open(&mut desk, appointment).await.unwrap().id;
    let note =
        serde_json::json!({ "chiefComplaint": "Cough", "diagnosis": "Cold", "treatmentPlan": "Rest." });
    let note = serde_json::from_value::<RecordForm>(note).unwrap().parse().unwrap();
    medical_records::save(&mut desk, record, 1, &note).await.unwrap();
    let text = "So.".to_owned();
    let said = Segment { index: 0, speaker: Speaker::Doctor, start_ms: None, end_ms: None, text };
    let heard = NewTranscript {
        appointment,
        recording: None,
        source: TranscriptSource::Pasted,
        engine: None,
        model_hash: None,
        segments: vec![said],
    };
    let item = NewEvidence {
        target: "treatmentPlan".to_owned(),
        text: "Order chest x-ray.".to_owned(),
        payload: None,
        segments: vec![0],
        start_ms: None,
        end_ms: None,
        kind: EvidenceKind::Supported,
        flags: Vec::new(),
        to_confirm: Vec::new(),
    };
    let run = NewRun {
        appointment,
        transcript: transcripts::keep(&mut desk, &heard).await.unwrap(),
        record,
        engine: "rules".to_owned(),
        engine_version: "1".to_owned(),
        model_hash: None,
        raw: serde_json::json!({}),
        items: vec![item],
    };
    evidence::keep_run(&mut desk, &run).await.unwrap();
    let drafted = evidence::latest(&mut desk, appointment).await.unwrap();
    adoption::accept_in_other_words(&mut desk, drafted.first().unwrap().id, 1, words).await.unwrap();
    desk.close().await.unwrap();
    let mut desk = clinic.desk(&clinic.doctor).await;
    let review = medical_records::review(&mut desk, appointment).await.unwrap();
    medical_records::sign(&mut desk, Zone::UTC, record, review.record.version, &review.digest).await.unwrap();
    desk.close().await.unwrap();
    clinic.clock.advance(60_000);
}

#[tokio::test]
async fn what_a_provider_writes_again_and_again_is_proposed_and_used_once_said_so() {
    on_both(async |clinic| {
        let patient = jane(clinic).await;
        let mut dora = signed_in(clinic, &clinic.doctor).await;
        assert!(dora.get("/settings/account").await.main().contains(PAGE));
        for _ in 0..2 {
            sign_in_other_words(clinic, patient, "Order CXR.").await;
        }
        assert!(!dora.get(PAGE).await.says("You often write"), "twice is no habit");
        sign_in_other_words(clinic, patient, "Order CXR.").await;
        let page = dora.get(PAGE).await;
        assert!(page.says("You often write") && page.says("in 3 notes, always"), "{}", page.main());

        let visit = walk_in(clinic, patient).await;
        dora.post(&format!("/visits/{visit}/transcript"), &[("transcript", TALK)]).await;
        let before = dora.get(&format!("/visits/{visit}/scribe")).await;
        assert!(before.says("Order chest x-ray.") && !before.says("CXR"), "{}", before.main());

        let own = [("drafted", "chest x-ray"), ("written", "CXR"), ("act", "use")];
        dora.post(&format!("{PAGE}/words"), &own).await;
        let used = dora.get(PAGE).await;
        assert!(!used.says("You often write") && used.says("CXR"), "{}", used.main());
        clinic.clock.advance(60_000);
        dora.post(&format!("/visits/{visit}/transcript"), &[("transcript", TALK)]).await;
        let after = dora.get(&format!("/visits/{visit}/scribe")).await;
        assert!(after.says("Order CXR."), "{}", after.main());
        assert!(after.says("In your words; the scribe’s: Order chest x-ray."), "{}", after.main());
        let made = dora.get(&format!("/visits/{visit}/made")).await;
        assert!(made.says("the scribe’s: Order chest x-ray."), "{}", made.main());

        dora.post(&format!("{PAGE}/forget"), &[]).await;
        let forgotten = dora.get(PAGE).await;
        assert!(forgotten.says("You often write"), "it is proposed again: {}", forgotten.main());
        dora.post(&format!("{PAGE}/words"), &[own[0], own[1], ("act", "refuse")]).await;
        let never = dora.get(PAGE).await;
        assert!(!never.says("You often write") && never.says("Never proposed again: 1"), "{}", never.main());
    })
    .await;
}

#[tokio::test]
async fn words_that_would_change_a_sentence_are_refused_and_nobody_else_gets_near() {
    on_both(async |clinic| {
        let mut dora = signed_in(clinic, &clinic.doctor).await;
        for (drafted, written, says) in [
            ("left knee", "right knee", "so that no drafted sentence changes its meaning"),
            ("cough", "chest pain", "the same complaint"),
            ("", "BP", "Enter what is drafted"),
            ("patient", "patient", "other words"),
        ] {
            let answer =
                dora.post(&format!("{PAGE}/words"), &[("drafted", drafted), ("written", written)]).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{drafted}");
            assert!(answer.says(says), "{drafted}: {}", answer.main());
        }
        let missing = dora.post(&format!("{PAGE}/words/nonsense/forget"), &[]).await;
        assert_eq!(missing.status, StatusCode::NOT_FOUND);
        dora.post(&format!("{PAGE}/words"), &[("drafted", "patient"), ("written", "unwell person")]).await;
        let mut ada = signed_in(clinic, &clinic.admin).await;
        assert!(!ada.get(PAGE).await.says("unwell person"), "another's words are not shown");
        let mut stan = signed_in(clinic, &clinic.staff).await;
        assert_eq!(stan.get(PAGE).await.status, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn a_section_that_is_not_drafted_is_offered_and_the_plan_stands_by_problem() {
    on_both(async |clinic| {
        let patient = jane(clinic).await;
        let mut dora = signed_in(clinic, &clinic.doctor).await;
        let page = dora.get(PAGE).await;
        let drafted = "name=\"draft-sick_visit\" value=\"chiefComplaint\" aria-label=\"Chief complaint, Sick visit\" checked";
        assert!(page.main().contains(drafted), "{}", page.main());
        // Every box but the chief complaint of one kind, and the plan of that kind by problem.
        let mut boxes = Vec::new();
        for kind in AppointmentType::ALL {
            for section in ["chiefComplaint", "historyOfPresentIllness", "treatmentPlan", "diagnosis"] {
                if kind != AppointmentType::SickVisit || section != "chiefComplaint" {
                    boxes.push((format!("draft-{}", kind.as_str()), section));
                }
            }
        }
        boxes.push(("by-problem".to_owned(), "sick_visit"));
        let boxes: Vec<(&str, &str)> = boxes.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        dora.post(&format!("{PAGE}/sections"), &boxes).await;
        assert!(!dora.get(PAGE).await.main().contains(drafted));

        let visit = walk_in(clinic, patient).await;
        dora.post(&format!("/visits/{visit}/transcript"), &[("transcript", TALK)]).await;
        let panel = dora.get(&format!("/visits/{visit}/scribe")).await;
        assert!(panel.says("Bronchitis: Order chest x-ray."), "{}", panel.main());
        let complaint = panel.main().split_once("<h3>Chief complaint</h3>").unwrap().1;
        let complaint = complaint.split_once("<h3>").unwrap().0;
        assert!(complaint.contains("Said, and not in the draft"), "{complaint}");
        assert!(!complaint.contains("Take over 1"), "it is taken over one by one: {complaint}");
    })
    .await;
}
