//! A sealed recording opens where its backup was brought back: the keys are in the backup.

use crate::{data, lived_in, machine, no_keys, order, prove};
use medrecord_clinic::ids::RecordingId;
use medrecord_store::backup::{self, Keys, Order, Progress, Target};
use medrecord_store::sealing::{Opened, Sealing, folder};
use medrecord_testkit::on_both;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::Path;
use uuid::Uuid;

const ID: RecordingId = RecordingId(Uuid::from_u128(77));
const SAID: &[u8] = b"an invented recording of a sore throat";

fn seal(data: &Path) {
    std::fs::create_dir_all(folder(data, ID)).unwrap();
    let file = File::create(folder(data, ID).join("recording")).unwrap();
    let mut sealing = Sealing::begin(data, ID, "recording", file).unwrap();
    sealing.write_all(SAID).unwrap();
    sealing.finish().unwrap();
}

#[tokio::test]
async fn a_sealed_recording_opens_after_a_restore_elsewhere_plain_and_encrypted() {
    on_both(async |clinic| {
        lived_in(clinic).await;
        seal(&data(clinic));
        let (key_file, recipient) = backup::new_key();
        for recipient in [None, Some(recipient)] {
            clinic.clock.advance(60_000);
            let encrypted = recipient.is_some();
            let order = Order { recipient, ..order(clinic) };
            let made = backup::take(&clinic.store, machine(), &order, &Progress::default()).await.unwrap();
            if !encrypted {
                prove(clinic, &made).await;
            }
            let place = clinic.folder().join(if encrypted { "from encrypted" } else { "from plain" });
            let url = format!("file:{}", place.join("restored.db").display()).parse().unwrap();
            let target = Target { url, data_folder: place.clone(), set_aside: false };
            let keys = if encrypted { Keys::read(&key_file).unwrap() } else { no_keys() };
            backup::restore(&made.path, &keys, &target, machine(), &Progress::default()).await.unwrap();
            let mut said = Vec::new();
            Opened::open(&place, ID, "recording").unwrap().read_to_end(&mut said).unwrap();
            assert_eq!(said, SAID);
        }
    })
    .await;
}
