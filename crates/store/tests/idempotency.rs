//! Requests that may be sent twice, on both databases.

use medrecord_store::idempotency::{Answer, OnceError, Request, begin, keep};
use medrecord_testkit::clinic::on_both;

const ASKED: Request<'static> =
    Request { key: "k-1", method: "POST", path: "/api/v1/patients", content: "{}" };

fn answer() -> Answer {
    Answer { status: 201, body: "{\"id\":1}".to_owned(), etag: Some("\"1\"".to_owned()) }
}

#[tokio::test]
async fn the_same_request_gets_its_first_answer_again() {
    on_both(async |clinic| {
        let mut desk = clinic.desk(&clinic.doctor).await;
        assert_eq!(begin(&mut desk, &ASKED).await.unwrap(), None);
        keep(&mut desk, ASKED.key, &answer()).await.unwrap();
        desk.close().await.unwrap();
        let mut desk = clinic.desk(&clinic.doctor).await;
        assert_eq!(begin(&mut desk, &ASKED).await.unwrap(), Some(answer()));
        let other = begin(&mut desk, &Request { content: "{\"a\":1}", ..ASKED }).await;
        assert!(matches!(other, Err(OnceError::OtherRequest)));
        drop(desk);
        let mut desk = clinic.desk(&clinic.staff).await;
        assert_eq!(begin(&mut desk, &ASKED).await.unwrap(), None, "a key is its sender's own");
    })
    .await;
}

#[tokio::test]
async fn a_refused_change_leaves_no_key_and_an_old_one_is_forgotten() {
    on_both(async |clinic| {
        let mut desk = clinic.desk(&clinic.doctor).await;
        assert_eq!(begin(&mut desk, &ASKED).await.unwrap(), None);
        drop(desk);
        let mut desk = clinic.desk(&clinic.doctor).await;
        assert_eq!(begin(&mut desk, &ASKED).await.unwrap(), None, "what was undone is not known");
        keep(&mut desk, ASKED.key, &answer()).await.unwrap();
        desk.close().await.unwrap();
        clinic.clock.advance((24 * 60 + 1) * 60_000);
        let mut desk = clinic.desk(&clinic.doctor).await;
        assert_eq!(begin(&mut desk, &ASKED).await.unwrap(), None, "a day later the key is free again");
    })
    .await;
}
