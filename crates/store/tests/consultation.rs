//! What the scribe hears and drafts is kept alike on both databases, and enters the record only by a person's word.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail at once")]

use medrecord_clinic::appointment::{AppointmentType, WalkIn};
use medrecord_clinic::consultation::{
    ConsentDecision, Decision, EvidenceKind, Segment, Speaker, TranscriptSource,
};
use medrecord_clinic::ids::AppointmentId;
use medrecord_store::evidence::{self, NewEvidence, NewRun};
use medrecord_store::jobs::{self, JobState};
use medrecord_store::transcripts::{self, Correction, NewTranscript};
use medrecord_store::{
    Actor, Refusal, Via, adoption, appointments, consents, medical_records, patients, recordings,
};
use medrecord_testkit::clinic::{Clinic, jane_doe_details, on_both};
use serde_json::json;

/// A walk-in visit of the invented Jane Doe with Dora Doctor.
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

fn heard(appointment: AppointmentId) -> NewTranscript {
    let turn = |index, speaker, text: &str| Segment {
        index,
        speaker,
        start_ms: Some(index * 1_000),
        end_ms: Some(index * 1_000 + 900),
        text: text.to_owned(),
    };
    NewTranscript {
        appointment,
        recording: None,
        source: TranscriptSource::Pasted,
        engine: None,
        model_hash: None,
        segments: vec![
            turn(0, Speaker::Doctor, "What brings you in?"),
            turn(1, Speaker::Patient, "A sore throat for three days, about six out of ten."),
        ],
    }
}

fn item(target: &str, text: &str, payload: Option<serde_json::Value>) -> NewEvidence {
    NewEvidence {
        target: target.to_owned(),
        text: text.to_owned(),
        payload,
        segments: vec![1],
        start_ms: Some(1_000),
        end_ms: Some(1_900),
        kind: EvidenceKind::Supported,
        flags: Vec::new(),
        to_confirm: Vec::new(),
    }
}

/// A draft of one sentence and one symptom, undecided.
async fn draft(clinic: &Clinic, appointment: AppointmentId) {
    let mut desk = clinic.desk(&clinic.doctor).await;
    let record = medical_records::open(&mut desk, appointment).await.unwrap().id;
    let transcript = transcripts::keep(&mut desk, &heard(appointment)).await.unwrap();
    let symptom =
        json!({ "symptomName": "sore throat", "severity": 6, "duration": "three days", "negated": false });
    let run = NewRun {
        appointment,
        transcript,
        record,
        engine: "built-in".to_owned(),
        engine_version: "1".to_owned(),
        model_hash: None,
        raw: json!({}),
        items: vec![
            item("historyOfPresentIllness", "Sore throat for three days.", None),
            item("symptom", "sore throat, 6/10, three days", Some(symptom)),
        ],
    };
    evidence::keep_run(&mut desk, &run).await.unwrap();
    desk.close().await.unwrap();
}

#[tokio::test]
async fn a_transcript_comes_back_as_it_was_kept() {
    on_both(async |clinic| {
        let appointment = visit(clinic).await;
        let new = heard(appointment);
        let mut desk = clinic.desk(&clinic.doctor).await;
        transcripts::keep(&mut desk, &new).await.unwrap();
        let kept = transcripts::latest(&mut desk, appointment).await.unwrap().unwrap();
        assert_eq!(kept.segments, new.segments);
    })
    .await;
}

#[tokio::test]
async fn an_item_without_evidence_is_not_kept() {
    on_both(async |clinic| {
        let appointment = visit(clinic).await;
        let mut desk = clinic.desk(&clinic.doctor).await;
        let record = medical_records::open(&mut desk, appointment).await.unwrap().id;
        let transcript = transcripts::keep(&mut desk, &heard(appointment)).await.unwrap();
        let invented = NewEvidence { segments: Vec::new(), ..item("diagnosis", "Pharyngitis.", None) };
        let run = NewRun {
            appointment,
            transcript,
            record,
            engine: "built-in".to_owned(),
            engine_version: "1".to_owned(),
            model_hash: None,
            raw: json!({}),
            items: vec![invented],
        };
        let refused = evidence::keep_run(&mut desk, &run).await;
        assert!(matches!(refused, Err(Refusal::Rule(_))), "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn what_is_clear_of_one_part_is_taken_over_together_and_the_rest_waits() {
    on_both(async |clinic| {
        let appointment = visit(clinic).await;
        draft(clinic, appointment).await;
        clinic.clock.advance(1_000);
        let mut desk = clinic.desk(&clinic.doctor).await;
        let record = medical_records::open(&mut desk, appointment).await.unwrap().id;
        let transcript = transcripts::keep(&mut desk, &heard(appointment)).await.unwrap();
        let sentence = |text: &str| item("historyOfPresentIllness", text, None);
        let doubtful = NewEvidence { flags: vec!["Look at this".to_owned()], ..sentence("Perhaps fever.") };
        let run = NewRun {
            appointment,
            transcript,
            record,
            engine: "built-in".to_owned(),
            engine_version: "1".to_owned(),
            model_hash: None,
            raw: json!({}),
            items: vec![sentence("Sore throat."), doubtful, item("diagnosis", "Pharyngitis.", None)],
        };
        evidence::keep_run(&mut desk, &run).await.unwrap();
        let target = "historyOfPresentIllness";
        let together = adoption::accept_clear(&mut desk, appointment, target).await.unwrap();
        assert_eq!(together, adoption::Together { taken: 1, left: 1 });
        let items = evidence::latest(&mut desk, appointment).await.unwrap();
        let decided: Vec<_> = items.iter().map(|item| item.decision).collect();
        assert_eq!(decided, [Decision::Accepted, Decision::Proposed, Decision::Proposed]);
    })
    .await;
}

#[tokio::test]
async fn drafted_items_enter_the_record_one_by_one_and_stay_marked() {
    on_both(async |clinic| {
        let appointment = visit(clinic).await;
        draft(clinic, appointment).await;
        let mut desk = clinic.desk(&clinic.doctor).await;
        let before = medical_records::open(&mut desk, appointment).await.unwrap();
        assert!(before.note.history_of_present_illness.is_none() && before.symptoms.is_empty());

        let items = evidence::latest(&mut desk, appointment).await.unwrap();
        adoption::accept_in_other_words(&mut desk, items[0].id, 1, "Sore throat, three days.").await.unwrap();
        adoption::accept(&mut desk, items[1].id, 1).await.unwrap();
        desk.close().await.unwrap();

        let mut desk = clinic.reading_desk(&clinic.doctor).await;
        let record = medical_records::of_appointment(&mut desk, appointment).await.unwrap().unwrap();
        assert_eq!(record.note.history_of_present_illness.as_deref(), Some("Sore throat, three days."));
        let rows: Vec<_> = record
            .symptoms
            .iter()
            .map(|s| (s.symptom_name.as_str(), s.severity, s.is_ai_extracted))
            .collect();
        assert_eq!(rows, [("sore throat", Some(6), true)]);
        let items = evidence::latest(&mut desk, appointment).await.unwrap();
        assert_eq!([items[0].decision, items[1].decision], [Decision::Edited, Decision::Accepted]);
    })
    .await;
}

#[tokio::test]
async fn an_item_is_decided_once_and_only_a_rejection_is_taken_back() {
    on_both(async |clinic| {
        let appointment = visit(clinic).await;
        draft(clinic, appointment).await;
        let mut desk = clinic.desk(&clinic.doctor).await;
        let items = evidence::latest(&mut desk, appointment).await.unwrap();
        adoption::reject(&mut desk, items[0].id, 1).await.unwrap();
        let twice = adoption::accept(&mut desk, items[0].id, 2).await;
        assert!(matches!(twice, Err(Refusal::Rule(_))), "{twice:?}");
        adoption::reconsider(&mut desk, items[0].id, 2).await.unwrap();
        let stale = adoption::accept(&mut desk, items[0].id, 1).await;
        assert!(matches!(stale, Err(Refusal::Stale { .. })), "{stale:?}");
    })
    .await;
}

#[tokio::test]
async fn who_spoke_is_put_right_in_a_transcript_of_its_own() {
    on_both(async |clinic| {
        let appointment = visit(clinic).await;
        draft(clinic, appointment).await;
        clinic.clock.advance(1_000);
        let mut desk = clinic.desk(&clinic.doctor).await;
        let first = transcripts::latest(&mut desk, appointment).await.unwrap().unwrap();
        let swapped =
            transcripts::corrected(&mut desk, appointment, first.id, Correction::Swap).await.unwrap();
        let speakers: Vec<Speaker> = swapped.segments.iter().map(|segment| segment.speaker).collect();
        assert_eq!(speakers, [Speaker::Patient, Speaker::Doctor]);
        let second = transcripts::keep(&mut desk, &swapped).await.unwrap();
        let stale = transcripts::corrected(&mut desk, appointment, first.id, Correction::Swap).await;
        assert!(matches!(stale, Err(Refusal::Rule(_))), "{stale:?}");
        let turn = |index| Correction::Turn { index, speaker: Speaker::Other };
        let one = transcripts::corrected(&mut desk, appointment, second, turn(1)).await.unwrap();
        assert_eq!((one.segments[0].speaker, one.segments[1].speaker), (Speaker::Patient, Speaker::Other));
        let none = transcripts::corrected(&mut desk, appointment, second, turn(9)).await;
        assert!(matches!(none, Err(Refusal::NotFound("turn"))), "{none:?}");
    })
    .await;
}

#[tokio::test]
async fn a_decision_is_carried_to_the_same_item_of_a_newer_draft() {
    on_both(async |clinic| {
        let appointment = visit(clinic).await;
        draft(clinic, appointment).await;
        let mut desk = clinic.desk(&clinic.doctor).await;
        let old = evidence::latest(&mut desk, appointment).await.unwrap();
        adoption::reject(&mut desk, old[0].id, 1).await.unwrap();
        desk.close().await.unwrap();
        clinic.clock.advance(1_000);
        draft(clinic, appointment).await;
        let mut desk = clinic.desk(&clinic.doctor).await;
        let new = evidence::latest(&mut desk, appointment).await.unwrap();
        assert_eq!((new[0].decision, new[0].version), (Decision::Proposed, 1));
        evidence::carry(&mut desk, old[0].id, new[0].id).await.unwrap();
        let new = evidence::latest(&mut desk, appointment).await.unwrap();
        assert_eq!((new[0].decision, new[0].version), (Decision::Rejected, 2));
        assert_eq!(new[1].decision, Decision::Proposed);
        assert!(evidence::latest_raw(&mut desk, appointment).await.unwrap().is_some());
    })
    .await;
}

#[tokio::test]
async fn staff_may_note_consent_but_neither_record_nor_decide() {
    on_both(async |clinic| {
        let appointment = visit(clinic).await;
        draft(clinic, appointment).await;
        let mut desk = clinic.desk(&clinic.staff).await;
        consents::record(&mut desk, appointment, ConsentDecision::Granted, None).await.unwrap();
        let recording = recordings::start(&mut desk, appointment, "audio/webm", None).await;
        assert!(matches!(recording, Err(Refusal::NotAllowed(_))), "{recording:?}");
        let items = evidence::latest(&mut desk, appointment).await.unwrap();
        let decided = adoption::accept(&mut desk, items[0].id, 1).await;
        assert!(matches!(decided, Err(Refusal::NotAllowed(_))), "{decided:?}");
    })
    .await;
}

#[tokio::test]
async fn background_work_is_queued_once_taken_once_and_survives_a_restart() {
    on_both(async |clinic| {
        let server = Actor::machine("scribe", Via::System);
        let mut desk = clinic.desk(&server).await;
        let subject = desk.fresh_id::<uuid::Uuid>().unwrap();
        jobs::queue(&mut desk, "transcribe", subject).await.unwrap();
        jobs::queue(&mut desk, "transcribe", subject).await.unwrap();
        let job = jobs::take(&mut desk, "transcribe").await.unwrap().unwrap();
        assert_eq!((job.subject, job.attempts), (subject, 1));
        assert_eq!(jobs::take(&mut desk, "transcribe").await.unwrap(), None);
        jobs::progress(&mut desk, job.id, 400).await.unwrap();
        desk.close().await.unwrap();

        let mut desk = clinic.desk(&server).await;
        assert_eq!(jobs::resume(&mut desk, "transcribe").await.unwrap(), 1);
        let again = jobs::take(&mut desk, "transcribe").await.unwrap().unwrap();
        assert_eq!((again.id, again.attempts), (job.id, 2));
        jobs::end(&mut desk, job.id, JobState::Failed, Some("no model")).await.unwrap();
        let latest = jobs::latest(&mut desk, "transcribe", subject).await.unwrap().unwrap();
        assert_eq!((latest.state, latest.failure.as_deref()), (JobState::Failed, Some("no model")));
    })
    .await;
}
