//! Recordings at rest: sealed on disk, played as a browser asks, and a lost key said in words.

use crate::support::signed_in;
use axum::http::{Method, StatusCode};
use medrecord_clinic::consultation::ConsentDecision;
use medrecord_store::{consents, recordings, sealing};
use medrecord_testkit::clinic::on_both;
use medrecord_testkit::visit::checked_in;

const SAID: &[u8] = b"an invented recording of a sore throat";

#[tokio::test]
async fn a_recording_is_sealed_on_disk_played_in_parts_and_does_not_open_without_its_key() {
    on_both(async |clinic| {
        let visit = checked_in(clinic).await.appointment;
        let mut desk = clinic.desk(&clinic.doctor).await;
        consents::record(&mut desk, visit, ConsentDecision::Granted, None).await.unwrap();
        let id = recordings::start(&mut desk, visit, "audio/webm", None).await.unwrap();
        desk.close().await.unwrap();
        let mut dora = signed_in(clinic, &clinic.doctor).await;
        let token = dora.csrf().to_owned();
        let kind = [("content-type", "application/octet-stream"), ("x-csrf-token", token.as_str())];
        for (number, part) in SAID.chunks(20).enumerate() {
            let address = format!("/recordings/{id}/chunks/{number}");
            let put = dora.send(Method::PUT, &address, &kind, part.to_vec()).await;
            assert_eq!(put.status, StatusCode::NO_CONTENT, "{}", put.text);
        }
        let address = format!("/recordings/{id}/audio");
        dora.post(&format!("/recordings/{id}/finish"), &[("chunks", "2")]).await;
        let folder = sealing::folder(clinic.folder(), id);
        let on_disk = std::fs::read(folder.join("recording")).unwrap();
        assert_eq!(on_disk.len() as u64, sealing::sealed_length(SAID.len() as u64));
        assert!(!on_disk.windows(6).any(|part| part == b"throat"));

        let whole = dora.get(&address).await;
        assert_eq!((whole.status, whole.text.as_bytes()), (StatusCode::OK, SAID));
        for (range, span, part) in [
            ("bytes=3-10", "bytes 3-10/38", SAID.get(3..11).unwrap()),
            ("bytes=30-", "bytes 30-37/38", SAID.get(30..).unwrap()),
            ("bytes=-6", "bytes 32-37/38", b"throat"),
        ] {
            let answer = dora.send(Method::GET, &address, &[("range", range)], Vec::new()).await;
            assert_eq!(
                (answer.status, answer.text.as_bytes()),
                (StatusCode::PARTIAL_CONTENT, part),
                "{range}"
            );
            assert_eq!((answer.header("content-range"), answer.header("content-type")), (span, "audio/webm"));
        }
        let behind = dora.send(Method::GET, &address, &[("range", "bytes=38-")], Vec::new()).await;
        assert_eq!(behind.status, StatusCode::RANGE_NOT_SATISFIABLE);

        let key = clinic.folder().join("keys").join("recordings.key");
        let aside = clinic.folder().join("aside");
        std::fs::rename(&key, &aside).unwrap();
        let lost = dora.get(&address).await;
        assert_eq!(lost.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(lost.says("back from a backup") && lost.says("recordings.key"), "{}", lost.text);
        std::fs::rename(&aside, &key).unwrap();
        assert_eq!(dora.get(&address).await.status, StatusCode::OK);
        std::fs::remove_file(folder.join("key")).unwrap();
        let destroyed = dora.get(&address).await;
        assert!(destroyed.says("was destroyed or is lost"), "{}", destroyed.text);
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(dora.get(&address).await.status, StatusCode::NOT_FOUND);
    })
    .await;
}
