//! Forgets what the practice's rules say: looks every hour for recordings and transcripts whose time is over.
//!
//! The files go first and the note of it is kept with the receipt: killed in between, the next look does both again.

use crate::app::App;
use crate::sounds;
use medrecord_store::{Actor, Refusal, Via, keeping};
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
