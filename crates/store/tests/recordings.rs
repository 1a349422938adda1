//! Recordings are kept, ended and heard alike on both databases, and only while the patient agrees.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail at once")]

use medrecord_clinic::consultation::{ConsentDecision, RecordingState};
use medrecord_clinic::ids::{AppointmentId, RecordingId};
use medrecord_store::running::{self, HeardStretch};
use medrecord_store::{Desk, Refusal, consents, recordings};
use medrecord_testkit::clinic::{Clinic, on_both};
use medrecord_testkit::visit::checked_in;

/// A recording that goes on at a visit whose patient agreed, and the desk on which it was begun.
async fn started(clinic: &Clinic) -> (Desk, AppointmentId, RecordingId) {
    let appointment = checked_in(clinic).await.appointment;
    let mut desk = clinic.desk(&clinic.doctor).await;
    consents::record(&mut desk, appointment, ConsentDecision::Granted, None).await.unwrap();
    let id = recordings::start(&mut desk, appointment, "audio/webm", None).await.unwrap();
    (desk, appointment, id)
}

#[tokio::test]
async fn nothing_is_recorded_before_the_patient_agreed_to_this_visit() {
    on_both(async |clinic| {
        let appointment = checked_in(clinic).await.appointment;
        let mut desk = clinic.desk(&clinic.doctor).await;
        let refused = recordings::start(&mut desk, appointment, "audio/webm", None).await;
        assert!(matches!(refused, Err(Refusal::Rule(_))), "{refused:?}");
        consents::record(&mut desk, appointment, ConsentDecision::Granted, None).await.unwrap();
        recordings::start(&mut desk, appointment, "audio/webm", None).await.unwrap();
        desk.close().await.unwrap();

        clinic.clock.advance(1_000);
        let mut desk = clinic.desk(&clinic.doctor).await;
        consents::record(&mut desk, appointment, ConsentDecision::Withdrawn, None).await.unwrap();
        let refused = recordings::start(&mut desk, appointment, "audio/webm", None).await;
        assert!(matches!(refused, Err(Refusal::Rule(_))), "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn after_a_withdrawn_consent_nothing_more_is_kept_or_heard() {
    on_both(async |clinic| {
        let (mut desk, appointment, id) = started(clinic).await;
        recordings::keep_chunk(&mut desk, id, 0, 100, &"a".repeat(64)).await.unwrap();
        assert_eq!(running::going_on(&mut desk).await.unwrap(), [id]);
        desk.close().await.unwrap();

        clinic.clock.advance(1_000);
        let mut desk = clinic.desk(&clinic.doctor).await;
        consents::record(&mut desk, appointment, ConsentDecision::Withdrawn, None).await.unwrap();
        assert_eq!(running::going_on(&mut desk).await.unwrap(), []);
        let more = recordings::keep_chunk(&mut desk, id, 1, 100, &"b".repeat(64)).await;
        assert!(matches!(more, Err(Refusal::Rule(_))), "{more:?}");
        let ended = recordings::finish(&mut desk, id, 1).await;
        assert!(matches!(ended, Err(Refusal::Rule(_))), "{ended:?}");
        assert_eq!(recordings::chunks(&mut desk, id).await.unwrap().len(), 1);
        recordings::set_state(&mut desk, id, RecordingState::Discarded, None, None).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_recording_ends_only_when_every_part_is_there() {
    on_both(async |clinic| {
        let (mut desk, _, id) = started(clinic).await;
        let digest = "a".repeat(64);
        for number in [0, 2, 2] {
            recordings::keep_chunk(&mut desk, id, number, 100, &digest).await.unwrap();
        }
        let early = recordings::finish(&mut desk, id, 3).await;
        assert!(matches!(&early, Err(Refusal::Rule(words)) if words.contains("Part 1")), "{early:?}");
        recordings::keep_chunk(&mut desk, id, 1, 100, &digest).await.unwrap();
        recordings::finish(&mut desk, id, 3).await.unwrap();
        let placed = recordings::get(&mut desk, id).await.unwrap();
        assert_eq!((placed.recording.state, placed.recording.byte_count), (RecordingState::Finished, 300));
        let late = recordings::keep_chunk(&mut desk, id, 3, 100, &digest).await;
        assert!(matches!(late, Err(Refusal::Rule(_))), "{late:?}");
    })
    .await;
}

#[tokio::test]
async fn only_what_waits_to_be_heard_is_heard_and_only_what_failed_is_tried_again() {
    on_both(async |clinic| {
        let (mut desk, appointment, id) = started(clinic).await;
        recordings::keep_chunk(&mut desk, id, 0, 100, &"a".repeat(64)).await.unwrap();
        assert!(recordings::to_hear(&mut desk, id).await.unwrap().is_none(), "it goes on");
        let running = recordings::hear_again(&mut desk, id).await;
        assert!(matches!(running, Err(Refusal::Rule(_))), "{running:?}");
        recordings::finish(&mut desk, id, 1).await.unwrap();
        assert!(recordings::to_hear(&mut desk, id).await.unwrap().is_some());
        recordings::set_state(&mut desk, id, RecordingState::Failed, Some("no"), None).await.unwrap();
        assert!(recordings::to_hear(&mut desk, id).await.unwrap().is_none());
        recordings::hear_again(&mut desk, id).await.unwrap();
        assert!(recordings::to_hear(&mut desk, id).await.unwrap().is_some());
        desk.close().await.unwrap();

        clinic.clock.advance(1_000);
        let mut desk = clinic.desk(&clinic.doctor).await;
        consents::record(&mut desk, appointment, ConsentDecision::Withdrawn, None).await.unwrap();
        for refused in [recordings::to_hear(&mut desk, id).await.map(|_| ()), {
            recordings::hear_again(&mut desk, id).await.map(|_| ())
        }] {
            assert!(matches!(refused, Err(Refusal::Rule(_))), "{refused:?}");
        }
        recordings::set_state(&mut desk, id, RecordingState::Discarded, None, None).await.unwrap();
        assert!(recordings::to_hear(&mut desk, id).await.unwrap().is_none(), "it was put aside");
        let back = recordings::set_state(&mut desk, id, RecordingState::Transcribed, None, None).await;
        assert!(matches!(back, Err(Refusal::Rule(_))), "{back:?}");
        let back = recordings::hear_again(&mut desk, id).await;
        assert!(matches!(back, Err(Refusal::Rule(_))), "{back:?}");
    })
    .await;
}

#[tokio::test]
async fn what_is_heard_of_a_running_recording_is_kept_once_and_goes_with_its_transcript() {
    on_both(async |clinic| {
        let (mut desk, _, id) = started(clinic).await;
        assert_eq!(running::going_on(&mut desk).await.unwrap(), [], "nothing has come of it yet");
        recordings::keep_chunk(&mut desk, id, 0, 10, &"a".repeat(64)).await.unwrap();
        assert_eq!(running::going_on(&mut desk).await.unwrap(), [id]);
        let stretch = |mark: &str, start_ms| HeardStretch {
            mark: mark.repeat(64),
            start_ms,
            end_ms: start_ms + 20_000,
            pieces: serde_json::json!([{ "text": "Invented words." }]),
        };
        for heard in [stretch("b", 20_000), stretch("a", 0), stretch("b", 20_000)] {
            running::keep(&mut desk, id, &heard).await.unwrap();
        }
        let kept = running::kept(&mut desk, id).await.unwrap();
        assert_eq!(kept, [stretch("a", 0), stretch("b", 20_000)]);
        desk.close().await.unwrap();
        clinic.clock.advance(3 * 60 * 1000);
        let mut desk = clinic.desk(&clinic.doctor).await;
        assert_eq!(running::going_on(&mut desk).await.unwrap(), [], "nothing has come for minutes");
        recordings::finish(&mut desk, id, 1).await.unwrap();
        recordings::set_state(&mut desk, id, RecordingState::Failed, Some("no"), None).await.unwrap();
        assert_eq!(running::kept(&mut desk, id).await.unwrap().len(), 2, "after a failure it is tried again");
        recordings::set_state(&mut desk, id, RecordingState::Transcribed, None, None).await.unwrap();
        assert_eq!(running::kept(&mut desk, id).await.unwrap(), []);
        running::keep(&mut desk, id, &stretch("c", 0)).await.unwrap();
        assert_eq!(running::kept(&mut desk, id).await.unwrap(), [], "what comes late is not kept");
    })
    .await;
}
