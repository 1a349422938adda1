//! What may be forgotten is forgotten by rule, alike on both databases; what may not stays.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail at once")]

use medrecord_clinic::consultation::{ConsentDecision, RecordingState, Segment, Speaker, TranscriptSource};
use medrecord_clinic::ids::RecordingId;
use medrecord_clinic::medical_record::RecordForm;
use medrecord_clinic::time::Zone;
use medrecord_store::keeping::{self, Rules};
use medrecord_store::merges::{self, Decision};
use medrecord_store::transcripts::{self, NewTranscript};
use medrecord_store::{Refusal, consents, medical_records, patients, practice, recordings};
use medrecord_testkit::clinic::jane_doe_details;
use medrecord_testkit::visit::{Visit, checked_in};
use medrecord_testkit::{Clinic, on_both};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// A visit with a recording that was heard and its transcript.
async fn heard(clinic: &Clinic, state: RecordingState) -> (Visit, RecordingId) {
    let visit = checked_in(clinic).await;
    let mut desk = clinic.desk(&clinic.doctor).await;
    consents::record(&mut desk, visit.appointment, ConsentDecision::Granted, None).await.unwrap();
    let id = recordings::start(&mut desk, visit.appointment, "audio/webm", None).await.unwrap();
    recordings::keep_chunk(&mut desk, id, 0, 10, &"a".repeat(64)).await.unwrap();
    recordings::finish(&mut desk, id, 1).await.unwrap();
    recordings::set_state(&mut desk, id, state, None, Some(1_000)).await.unwrap();
    let turn = Segment {
        index: 0,
        speaker: Speaker::Patient,
        start_ms: None,
        end_ms: None,
        text: "A cough.".to_owned(),
    };
    let new = NewTranscript {
        appointment: visit.appointment,
        recording: Some(id),
        source: TranscriptSource::Speech,
        engine: None,
        model_hash: None,
        segments: vec![turn],
    };
    transcripts::keep(&mut desk, &new).await.unwrap();
    desk.close().await.unwrap();
    (visit, id)
}

async fn sign(clinic: &Clinic, visit: &Visit) {
    let json =
        serde_json::json!({ "chiefComplaint": "Cough", "diagnosis": "Cold", "treatmentPlan": "Rest." });
    let details = serde_json::from_value::<RecordForm>(json).unwrap().parse().unwrap();
    let mut desk = clinic.desk(&clinic.doctor).await;
    let id = medical_records::open(&mut desk, visit.appointment).await.unwrap().id;
    medical_records::save(&mut desk, id, 1, &details).await.unwrap();
    let review = medical_records::review(&mut desk, visit.appointment).await.unwrap();
    medical_records::sign(&mut desk, Zone::UTC, id, 2, &review.digest).await.unwrap();
    desk.close().await.unwrap();
}

async fn set(clinic: &Clinic, rules: Rules) {
    let mut desk = clinic.desk(&clinic.admin).await;
    if practice::get(&mut desk, Zone::UTC).await.unwrap().version == 0 {
        let form = medrecord_clinic::practice::PracticeForm {
            name: "Invented practice".to_owned(),
            time_zone: "UTC".to_owned(),
            opens_at: "08:00".to_owned(),
            closes_at: "18:00".to_owned(),
            ..Default::default()
        };
        practice::save(&mut desk, 0, &form.parse().unwrap()).await.unwrap();
    }
    keeping::set_rules(&mut desk, rules).await.unwrap();
    desk.close().await.unwrap();
}

async fn due(clinic: &Clinic) -> Vec<RecordingId> {
    let mut desk = clinic.reading_desk(&clinic.admin).await;
    keeping::due_recordings(&mut desk).await.unwrap()
}

#[tokio::test]
async fn a_recording_is_due_only_after_the_signature_and_its_days() {
    on_both(async |clinic| {
        let (visit, id) = heard(clinic, RecordingState::Transcribed).await;
        set(clinic, Rules { audio_days: Some(30), transcript_days: None }).await;
        clinic.clock.advance(90 * DAY_MS);
        assert_eq!(due(clinic).await, [], "not before signing");
        sign(clinic, &visit).await;
        clinic.clock.advance(29 * DAY_MS);
        assert_eq!(due(clinic).await, []);
        clinic.clock.advance(2 * DAY_MS);
        assert_eq!(due(clinic).await, [id]);
        let mut desk = clinic.desk(&clinic.admin).await;
        assert!(keeping::forget_recording(&mut desk, id).await.unwrap());
        desk.close().await.unwrap();
        assert_eq!(due(clinic).await, [], "once is enough");
        let receipt = "UPDATE practice SET version = version WHERE EXISTS (SELECT 1 FROM audit_events WHERE entity = 'recording'
            AND action = 'delete')";
        assert_eq!(clinic.store.by_hand(receipt).await.unwrap(), 1, "the receipt stands in the trail");
        let mut desk = clinic.reading_desk(&clinic.doctor).await;
        assert!(transcripts::latest(&mut desk, visit.appointment).await.unwrap().unwrap().segments.len() == 1);
    })
    .await;
}

#[tokio::test]
async fn what_failed_or_is_held_is_never_forgotten() {
    on_both(async |clinic| {
        let (visit, failed) = heard(clinic, RecordingState::Failed).await;
        set(clinic, Rules { audio_days: Some(1), transcript_days: Some(1) }).await;
        sign(clinic, &visit).await;
        clinic.clock.advance(9 * DAY_MS);
        assert_eq!(due(clinic).await, [], "after a failure nothing goes");
        let mut desk = clinic.desk(&clinic.admin).await;
        assert_eq!(keeping::forget_transcripts(&mut desk).await.unwrap(), 0);
        recordings::set_state(&mut desk, failed, RecordingState::Transcribed, None, None).await.unwrap();
        desk.close().await.unwrap();
        assert_eq!(due(clinic).await, [failed]);

        let mut desk = clinic.desk(&clinic.admin).await;
        let number = patients::get(&mut desk, visit.patient).await.unwrap().record_number;
        let hold = keeping::hold(&mut desk, &number, "A lawsuit").await.unwrap();
        desk.close().await.unwrap();
        assert_eq!(due(clinic).await, []);
        let mut desk = clinic.desk(&clinic.admin).await;
        assert!(!keeping::forget_recording(&mut desk, failed).await.unwrap(), "asked for by name, too");
        assert_eq!(keeping::forget_transcripts(&mut desk).await.unwrap(), 0);
        assert_eq!(keeping::holds(&mut desk).await.unwrap().len(), 1);
        keeping::release(&mut desk, hold).await.unwrap();
        let twice = keeping::release(&mut desk, hold).await;
        assert!(matches!(twice, Err(Refusal::NotFound(_))), "{twice:?}");
        desk.close().await.unwrap();
        assert_eq!(due(clinic).await, [failed]);
    })
    .await;
}

#[tokio::test]
async fn a_hold_by_the_number_of_a_merged_chart_holds_what_was_merged() {
    on_both(async |clinic| {
        let (visit, id) = heard(clinic, RecordingState::Transcribed).await;
        set(clinic, Rules { audio_days: Some(1), transcript_days: Some(1) }).await;
        sign(clinic, &visit).await;
        clinic.clock.advance(9 * DAY_MS);
        assert_eq!(due(clinic).await, [id]);

        let mut desk = clinic.desk(&clinic.admin).await;
        let jane = patients::get(&mut desk, visit.patient).await.unwrap();
        let other = patients::register_anyway(&mut desk, &jane_doe_details()).await.unwrap();
        let decision = Decision {
            kept: (other, 1),
            given_up: (jane.id, jane.version),
            from_given_up: Vec::new(),
            reason: "same insurance card".to_owned(),
        };
        merges::merge(&mut desk, &decision).await.unwrap();
        keeping::hold(&mut desk, &jane.record_number, "A lawsuit names the old number").await.unwrap();
        desk.close().await.unwrap();

        assert_eq!(due(clinic).await, []);
        let mut desk = clinic.desk(&clinic.admin).await;
        assert_eq!(keeping::forget_transcripts(&mut desk).await.unwrap(), 0);
        assert_eq!(keeping::holds(&mut desk).await.unwrap()[0].patient, other);
    })
    .await;
}

#[tokio::test]
async fn a_transcript_has_a_rule_of_its_own_and_only_its_words_go() {
    on_both(async |clinic| {
        let (visit, _) = heard(clinic, RecordingState::Transcribed).await;
        set(clinic, Rules { audio_days: None, transcript_days: Some(7) }).await;
        sign(clinic, &visit).await;
        clinic.clock.advance(8 * DAY_MS);
        assert_eq!(due(clinic).await, [], "recordings are kept for ever");
        let mut desk = clinic.desk(&clinic.admin).await;
        assert_eq!(keeping::forget_transcripts(&mut desk).await.unwrap(), 1);
        assert_eq!(keeping::forget_transcripts(&mut desk).await.unwrap(), 0);
        let kept = transcripts::latest(&mut desk, visit.appointment).await.unwrap().unwrap();
        assert!(kept.segments.is_empty());
    })
    .await;
}

#[tokio::test]
async fn only_who_may_change_the_settings_sets_rules_and_holds() {
    on_both(async |clinic| {
        let mut desk = clinic.desk(&clinic.doctor).await;
        let refused = keeping::set_rules(&mut desk, Rules::default()).await;
        assert!(matches!(refused, Err(Refusal::NotAllowed(_))), "{refused:?}");
        drop(desk);
        let mut desk = clinic.desk(&clinic.admin).await;
        let wrong = keeping::set_rules(&mut desk, Rules { audio_days: Some(0), transcript_days: None }).await;
        assert!(matches!(wrong, Err(Refusal::Rule(_))), "{wrong:?}");
        let nobody = keeping::hold(&mut desk, "MR-none", "A lawsuit").await;
        assert!(matches!(nobody, Err(Refusal::Rule(_))), "{nobody:?}");
    })
    .await;
}
