//! Forgets what the practice's rules say: looks every hour for recordings and transcripts whose time is over, and for
//! tries with a password of long ago.
//!
//! The files go first and the note of it is kept with the receipt: killed in between, the next look does both again.

use crate::app::App;
use crate::sounds;
use medrecord_store::{Actor, Refusal, Via, keeping, sessions};
use std::time::Duration;

const LOOK_EVERY: Duration = Duration::from_hours(1);

/// Forgets until the server stops.
pub(crate) async fn run(app: App) {
    loop {
        match forget(&app).await {
            Ok(0) => {}
            Ok(count) => {
                tracing::info!(count, "recordings and transcripts were forgotten by the practice's rules");
            }
            Err(error) => tracing::error!(%error, "nothing could be forgotten"),
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Forgets everything that is due now. Returns how much.
///
/// # Errors
/// What the store refuses; a file that cannot be removed leaves its recording for the next look.
pub(crate) async fn forget(app: &App) -> Result<usize, Refusal> {
    let actor = || Actor::machine("keeping", Via::System);
    let mut desk = app.store.write_desk(actor()).await?;
    sessions::forget_tries(&mut desk).await?;
    desk.close().await?;
    let mut count = 0;
    loop {
        let mut desk = app.store.write_desk(actor()).await?;
        let done = keeping::forget_transcripts(&mut desk).await?;
        desk.close().await?;
        count += done;
        if done == 0 {
            break;
        }
    }
    let mut desk = app.store.read_desk(actor()).await?;
    let due = keeping::due_recordings(&mut desk).await?;
    desk.close().await?;
    for recording in due {
        let mut desk = app.store.write_desk(actor()).await?;
        if !keeping::forget_recording(&mut desk, recording).await? {
            continue;
        }
        if let Err(error) = sounds::remove(&app.settings.data_folder, recording) {
            tracing::error!(%error, %recording, "the files of a recording could not be removed");
            continue;
        }
        desk.close().await?;
        count += 1;
    }
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Settings;
    use medrecord_clinic::consultation::{
        ConsentDecision, RecordingState, Segment, Speaker, TranscriptSource,
    };
    use medrecord_clinic::ids::RecordingId;
    use medrecord_clinic::medical_record::RecordForm;
    use medrecord_clinic::practice::PracticeForm;
    use medrecord_clinic::time::Zone;
    use medrecord_store::keeping::Rules;
    use medrecord_store::transcripts::{self, NewTranscript};
    use medrecord_store::{consents, medical_records, patients, practice, recordings};
    use medrecord_testkit::visit::{Visit, checked_in};
    use medrecord_testkit::{Clinic, on_both};
    use std::path::PathBuf;

    const DAY_MS: i64 = 24 * 60 * 60 * 1000;

    fn app(clinic: &Clinic) -> App {
        let settings = Settings {
            secure: false,
            development: false,
            data_folder: clinic.folder().to_owned(),
            zone: Zone::UTC,
            speech_model: "base".to_owned(),
            endpoint: None,
        };
        App::new(clinic.store.clone(), settings)
    }

    /// A visit that was recorded and heard, its sound on disk, in a practice that keeps everything for thirty days.
    async fn recorded(clinic: &Clinic) -> (Visit, RecordingId) {
        let visit = checked_in(clinic).await;
        let mut desk = clinic.desk(&clinic.admin).await;
        let form = PracticeForm {
            name: "Invented practice".to_owned(),
            time_zone: "UTC".to_owned(),
            opens_at: "08:00".to_owned(),
            closes_at: "18:00".to_owned(),
            ..PracticeForm::default()
        };
        practice::save(&mut desk, 0, &form.parse().unwrap()).await.unwrap();
        keeping::set_rules(&mut desk, Rules { audio_days: Some(30), transcript_days: Some(30) })
            .await
            .unwrap();
        desk.close().await.unwrap();
        let mut desk = clinic.desk(&clinic.doctor).await;
        consents::record(&mut desk, visit.appointment, ConsentDecision::Granted, None).await.unwrap();
        let id = recordings::start(&mut desk, visit.appointment, "audio/webm", None).await.unwrap();
        recordings::keep_chunk(&mut desk, id, 0, 1, &"a".repeat(64)).await.unwrap();
        recordings::finish(&mut desk, id, 1).await.unwrap();
        recordings::set_state(&mut desk, id, RecordingState::Transcribed, None, Some(1_000)).await.unwrap();
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
        sounds::keep_chunk(clinic.folder(), id, 0, b"x").unwrap();
        sounds::join(clinic.folder(), id, 1).unwrap();
        sounds::keep_playable(clinic.folder(), id, &[0.0]).unwrap();
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

    fn folder(clinic: &Clinic, id: RecordingId) -> PathBuf {
        medrecord_store::sealing::folder(clinic.folder(), id)
    }

    /// Whether the receipt of a deletion stands in the audit trail.
    async fn has_receipt(clinic: &Clinic, of: &str) -> bool {
        let look = match of {
            "recording" => {
                "UPDATE practice SET version = version WHERE EXISTS (SELECT 1 FROM audit_events
                    WHERE entity = 'recording' AND action = 'delete')"
            }
            _ => {
                "UPDATE practice SET version = version WHERE EXISTS (SELECT 1 FROM audit_events
                    WHERE entity = 'transcript' AND action = 'delete')"
            }
        };
        clinic.store.by_hand(look).await.unwrap() == 1
    }

    #[tokio::test]
    async fn what_is_due_goes_with_its_files_and_leaves_receipts() {
        on_both(async |clinic| {
            let (visit, id) = recorded(clinic).await;
            let app = app(clinic);
            clinic.clock.advance(90 * DAY_MS);
            assert_eq!(forget(&app).await.unwrap(), 0, "nothing goes before the signature");
            sign(clinic, &visit).await;
            clinic.clock.advance(29 * DAY_MS);
            assert_eq!(forget(&app).await.unwrap(), 0, "nor before its days are over");
            assert!(sounds::whole(clinic.folder(), id).is_ok());
            clinic.clock.advance(2 * DAY_MS);
            assert_eq!(forget(&app).await.unwrap(), 2);
            assert!(!folder(clinic, id).exists(), "the parts, the whole and the copy for playing are gone");
            assert!(has_receipt(clinic, "recording").await && has_receipt(clinic, "transcript").await);
            assert_eq!(forget(&app).await.unwrap(), 0, "once is enough");
            let mut desk = clinic.reading_desk(&clinic.doctor).await;
            assert_eq!(recordings::of_visit(&mut desk, visit.appointment).await.unwrap(), []);
            let words = transcripts::latest(&mut desk, visit.appointment).await.unwrap().unwrap().segments;
            assert!(words.is_empty(), "{words:?}");
        })
        .await;
    }

    #[tokio::test]
    async fn a_file_that_cannot_be_removed_leaves_its_recording_for_the_next_look() {
        on_both(async |clinic| {
            let (visit, id) = recorded(clinic).await;
            let app = app(clinic);
            sign(clinic, &visit).await;
            clinic.clock.advance(31 * DAY_MS);
            // A file in place of the folder: removing the folder fails, whoever runs this.
            let place = folder(clinic, id);
            std::fs::remove_dir_all(&place).unwrap();
            std::fs::write(&place, b"in the way").unwrap();
            assert_eq!(forget(&app).await.unwrap(), 1, "the transcript alone");
            assert!(!has_receipt(clinic, "recording").await, "no receipt of what was not deleted");
            std::fs::remove_file(&place).unwrap();
            assert_eq!(forget(&app).await.unwrap(), 1, "files that are gone are no error");
            assert!(has_receipt(clinic, "recording").await);
        })
        .await;
    }

    #[tokio::test]
    async fn nothing_goes_while_a_hold_stands_and_everything_after_it() {
        on_both(async |clinic| {
            let (visit, id) = recorded(clinic).await;
            let app = app(clinic);
            sign(clinic, &visit).await;
            clinic.clock.advance(31 * DAY_MS);
            let mut desk = clinic.desk(&clinic.admin).await;
            let number = patients::get(&mut desk, visit.patient).await.unwrap().record_number;
            let hold = keeping::hold(&mut desk, &number, "A lawsuit").await.unwrap();
            desk.close().await.unwrap();
            assert_eq!(forget(&app).await.unwrap(), 0);
            assert!(sounds::whole(clinic.folder(), id).is_ok());
            let mut desk = clinic.desk(&clinic.admin).await;
            keeping::release(&mut desk, hold).await.unwrap();
            desk.close().await.unwrap();
            assert_eq!(forget(&app).await.unwrap(), 2);
            assert!(!folder(clinic, id).exists());
        })
        .await;
    }
}
