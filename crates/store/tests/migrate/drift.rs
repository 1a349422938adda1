//! `diff`: what somebody did to a live database by hand is found, said in words, and can be repaired.

use crate::support::{Place, files, on_both};
use medrecord_store::Store;
use medrecord_store::migrate::{Drift, Files, deploy, drift};

async fn found(store: &Store) -> Drift {
    drift(store, &Files::built_in()).await.unwrap()
}

#[tokio::test]
async fn a_database_that_only_migrations_touched_has_no_drift() {
    on_both(async |place| {
        let store = place.open().await;
        let empty = found(&store).await;
        assert_eq!((empty.compared_with.as_str(), empty.differences.len()), ("nothing applied", 0));
        deploy(&store).await.unwrap();
        let drift = found(&store).await;
        assert_eq!(drift.differences, [], "{drift:#?}");
        assert_eq!(drift.repair, "");
        store.close().await;
    })
    .await;
}

/// Does something by hand, expects it to be found in these words, and repairs it with what was offered.
async fn tried(store: &Store, done: &'static [&'static str], words: &str) {
    for sql in done {
        store.by_hand(sql).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    }
    let drift = found(store).await;
    assert!(
        drift.differences.iter().any(|difference| difference.words.starts_with(words)),
        "{words}: {drift:#?}"
    );
    let lower = drift.repair.to_lowercase();
    assert!(!lower.contains("drop column") && !lower.contains("\ntruncate"), "{lower}");
    assert!(!lower.contains("drop table") || lower.contains("rename to"), "{lower}");
    let repair: &'static str = Box::leak(drift.repair.clone().into_boxed_str());
    store.by_hand_all(repair).await.unwrap_or_else(|error| panic!("{repair}: {error:?}"));
    let after = found(store).await;
    assert_eq!(after.differences, [], "{words}: {}", drift.repair);
}

#[tokio::test]
async fn what_was_done_by_hand_on_postgres_is_found_and_can_be_repaired() {
    let Some(place) = Place::postgres().await else { return };
    let store = place.open().await;
    deploy(&store).await.unwrap();
    for (done, words) in [
        (&["DROP INDEX patients_phone_idx"] as &[&str], "index patients_phone_idx of patients is missing"),
        (&["ALTER TABLE patients DROP COLUMN preferred_name"], "column patients.preferred_name is missing"),
        (
            &["ALTER TABLE patients ALTER COLUMN phone TYPE text"],
            "column patients.phone differs: its type is text, not character varying(255)",
        ),
        (
            &["ALTER TABLE patients ALTER COLUMN phone DROP NOT NULL"],
            "column patients.phone differs: it may be empty, and must not",
        ),
        (
            &["ALTER TABLE practice ALTER COLUMN opens_at SET DEFAULT 1"],
            "column practice.opens_at differs: its default is 1, not 480",
        ),
        (
            &["ALTER TABLE practice DROP CONSTRAINT practice_id_check"],
            "constraint practice_id_check of practice is missing",
        ),
        (
            &["ALTER TABLE practice ADD CONSTRAINT extra CHECK (version > 0)"],
            "constraint extra of practice is in the database and in no migration",
        ),
        (
            &["CREATE INDEX extra_idx ON patients (version)"],
            "index extra_idx of patients is in the database and in no migration",
        ),
        (
            &["DROP TRIGGER addenda_append_only ON addenda"],
            "trigger addenda_append_only of addenda is missing",
        ),
        (
            &["ALTER TABLE addenda DISABLE TRIGGER addenda_append_only"],
            "trigger addenda_append_only of addenda differs: it is switched off",
        ),
        (
            &[
                "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
            ],
            "function refuse_change() differs",
        ),
        (&["DROP TABLE database_marks CASCADE"], "table database_marks is missing"),
        (&["DROP TABLE sessions CASCADE"], "table sessions is missing"),
    ] {
        tried(&store, done, words).await;
    }
    store.close().await;
}

#[tokio::test]
async fn what_was_done_by_hand_on_sqlite_is_found_and_can_be_repaired() {
    let place = Place::sqlite();
    let store = place.open().await;
    deploy(&store).await.unwrap();
    for (done, words) in [
        (&["DROP INDEX patients_phone_idx"] as &[&str], "index patients_phone_idx of patients is missing"),
        (&["ALTER TABLE patients DROP COLUMN preferred_name"], "column patients.preferred_name is missing"),
        (
            &["CREATE INDEX extra_idx ON patients (version)"],
            "index extra_idx of patients is in the database and in no migration",
        ),
        (
            &["DROP TRIGGER addenda_append_only_update"],
            "trigger addenda_append_only_update of addenda is missing",
        ),
        (
            &[
                "DROP TABLE database_marks",
                "CREATE TABLE database_marks (mark INTEGER NOT NULL, set_at TEXT DEFAULT 'x', PRIMARY KEY (mark))",
            ],
            "column database_marks.mark differs: its type is INTEGER, not TEXT",
        ),
        (&["DROP TABLE sessions"], "table sessions is missing"),
    ] {
        tried(&store, done, words).await;
    }
    store.close().await;
}

#[tokio::test]
async fn what_somebody_added_is_never_offered_to_be_dropped() {
    on_both(async |place| {
        let store = place.open().await;
        deploy(&store).await.unwrap();
        for sql in [
            "CREATE TABLE stray (id integer PRIMARY KEY)",
            "INSERT INTO stray VALUES (1)",
            "ALTER TABLE practice ADD COLUMN motto text",
        ] {
            store.by_hand(sql).await.unwrap();
        }
        let drift = found(&store).await;
        let words: Vec<&str> = drift.differences.iter().map(|difference| difference.words.as_str()).collect();
        assert_eq!(
            words,
            [
                "table stray is in the database and in no migration (1 row(s) hold something)",
                "column practice.motto is in the database and in no migration (0 row(s) hold something)",
            ]
        );
        assert_eq!(drift.repair, "");
        assert_eq!(store.by_hand("UPDATE stray SET id = 2").await.unwrap(), 1, "and nothing was changed");
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_word_that_an_enum_lacks_is_added_in_its_place() {
    let Some(place) = Place::postgres().await else { return };
    let store = place.open().await;
    let first = ("20260101000000_create_mood", "CREATE TYPE mood AS ENUM ('good', 'fair', 'bad');");
    let files = files(&place, &[first]);
    store.by_hand("CREATE TYPE mood AS ENUM ('good', 'bad')").await.unwrap();
    medrecord_store::migrate::resolve_applied(&store, &files, first.0).await.unwrap();
    let report = drift(&store, &files).await.unwrap();
    assert_eq!(
        report.differences[0].words,
        "enum mood differs: its words are good, bad, not good, fair, bad"
    );
    assert_eq!(report.differences[0].repair, ["ALTER TYPE mood ADD VALUE 'fair' AFTER 'good'"]);
    store.close().await;
}
