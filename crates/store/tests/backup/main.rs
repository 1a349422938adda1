//! Backups of either database restored into either, and everything that must be refused.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a step that fails must fail the test, and one that did not run says so"
)]

mod craft;
mod elsewhere;
mod pg_dump;
mod refusals;
mod sealed;

use medrecord_clinic::attachment::{AttachmentDetails, Kind};
use medrecord_clinic::time::Zone;
use medrecord_store::attachments::{self, Owner};
use medrecord_store::audit::Verdict;
use medrecord_store::backup::{self, Keys, Made, Order, Progress, Proof};
use medrecord_store::{Actor, Via, patients, population};
use medrecord_testkit::clinic::{Clinic, jane_doe_details};
use std::path::PathBuf;

/// What nobody but the holder of the key may find in an encrypted backup; an invented name.
pub(crate) const CANARY: &str = "Quillfeather";

/// A letter of one of the signed records.
const LETTER: &str = "INSERT INTO letters (id, patient_id, medical_record_id, record_digest, kind, letterhead, written_on, subject, about,
        text, signer, content_digest, kept_by, kept_at)
    SELECT a.id, a.patient_id, r.id, r.content_digest, 'referral', 'Elm Practice', '2026-11-22', 'Referral', 'Somebody invented',
        'Dear colleague', 'Dora Doctor', r.content_digest, a.provider_id, r.signed_at
    FROM medical_records AS r JOIN appointments AS a ON a.id = r.appointment_id
    WHERE NOT r.is_draft ORDER BY r.id LIMIT 1";

pub(crate) fn machine() -> Actor {
    Actor::machine("backup", Via::System)
}

/// A clinic with a past, signed records, a letter, a document and a recording on disk.
pub(crate) async fn lived_in(clinic: &Clinic) {
    population::sample_clinic(&clinic.store, Zone::UTC).await.unwrap();
    let mut desk = clinic.desk(&clinic.admin).await;
    let mut jane = jane_doe_details();
    jane.address = Some(format!("1 {CANARY} Lane\tBack\\slash\nSecond line ü 😀"));
    let id = patients::register_anyway(&mut desk, &jane).await.unwrap();
    let document = AttachmentDetails {
        file_name: "letter.pdf".to_owned(),
        description: None,
        kind: Kind::Pdf,
        bytes: b"%PDF-1.7 an invented letter".to_vec(),
    };
    let owner = Owner { patient: id, appointment: None };
    attachments::add(&mut desk, &data(clinic).join("documents"), owner, &document).await.unwrap();
    desk.close().await.unwrap();
    clinic.store.by_hand(LETTER).await.unwrap();
    let recording = data(clinic).join("recordings").join("7");
    std::fs::create_dir_all(&recording).unwrap();
    std::fs::write(recording.join("recording"), vec![7; 700_000]).unwrap();
    std::fs::write(recording.join("000003.part"), "half").unwrap();
}

pub(crate) fn data(clinic: &Clinic) -> PathBuf {
    clinic.folder().join("data")
}

pub(crate) fn order(clinic: &Clinic) -> Order {
    Order { folder: data(clinic).join("backups"), data_folder: data(clinic), recipient: None }
}

pub(crate) async fn take(clinic: &Clinic) -> Made {
    backup::take(&clinic.store, machine(), &order(clinic), &Progress::default()).await.unwrap()
}

pub(crate) async fn prove(clinic: &Clinic, made: &Made) -> Proof {
    let scratch = clinic.folder().join("scratch");
    let proof = backup::verify(&made.path, &made.keys, &scratch, &Progress::default(), clinic.clock.now())
        .await
        .unwrap();
    assert!(matches!(proof.audit, Verdict::Sound(count) if count > 0), "{:?}", proof.audit);
    assert_eq!(std::fs::read_dir(&scratch).unwrap().count(), 0, "nothing is left of the proof");
    proof
}

/// Every file below a folder, hidden ones too.
pub(crate) fn everything(folder: &std::path::Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let Ok(entries) = std::fs::read_dir(folder) else { return found };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(everything(&path));
        } else {
            found.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
    found.sort();
    found
}

pub(crate) fn no_keys() -> Keys {
    Keys::default()
}
