//! The first rows of a practice, and the look over its database, alike on both databases.

use medrecord_clinic::provider::Role;
use medrecord_store::audit;
use medrecord_store::sessions::{Origin, sign_in};
use medrecord_store::{Actor, Via, integrity, patients, providers, seed};
use medrecord_testkit::clinic::on_both;

#[tokio::test]
async fn seeding_twice_adds_once_and_changes_nothing() {
    on_both(async |clinic| {
        let machine = Actor::machine("seed", Via::Command);
        for fresh in [true, false] {
            let mut desk = clinic.desk(&machine).await;
            assert_eq!(seed::default_provider(&mut desk).await.unwrap().1, fresh);
            assert_eq!(seed::sample_patient(&mut desk).await.unwrap(), fresh);
            assert!(seed::default_password_stands(&mut desk).await.unwrap());
            desk.close().await.unwrap();
        }
        let john = sign_in(&clinic.store, seed::EMAIL, seed::PASSWORD, &Origin::default()).await.unwrap();
        assert_eq!((john.session.name.as_str(), john.session.role), ("John Smith", Role::Admin));
        let mut desk = clinic.reading_desk(&clinic.doctor).await;
        let jane = patients::get(&mut desk, seed::SAMPLE_PATIENT).await.unwrap();
        assert_eq!(
            (jane.display_name().as_str(), jane.record_number.as_str()),
            ("DOE, Jane", "sample-patient-1")
        );
        assert_eq!(providers::list(&mut desk).await.unwrap().len(), 4);
    })
    .await;
}

#[tokio::test]
async fn a_fresh_database_is_found_whole_and_on_disk() {
    on_both(async |clinic| {
        for finding in integrity::check(&clinic.store).await.unwrap() {
            // A throw-away PostgreSQL of the tests runs without fsync.
            let about_disk = ["fsync", "full_page_writes", "synchronous_commit"];
            let excused = clinic.store.kind() == "PostgreSQL"
                && about_disk.iter().any(|name| finding.words.starts_with(name));
            assert!(finding.sound || excused, "{}", finding.words);
        }
    })
    .await;
}

#[tokio::test]
async fn the_trail_is_exported_page_by_page_oldest_first() {
    on_both(async |clinic| {
        let mut desk = clinic.reading_desk(&clinic.admin).await;
        let (mut last, mut seen) = (None, Vec::new());
        loop {
            let page = audit::export_after(&mut desk, last, 2).await.unwrap();
            let Some(end) = page.last() else { break };
            last = Some(end.id);
            seen.extend(page.into_iter().map(|entry| entry.action));
        }
        assert_eq!(seen, ["create", "create", "create"]);
    })
    .await;
}
