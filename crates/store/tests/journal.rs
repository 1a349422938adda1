//! Events of reading go to a journal first, and reach the trail exactly once, however the program ends.

#![expect(clippy::unwrap_used, reason = "a step that fails must fail the test")]

use medrecord_store::audit::{self, Event, EventFilter, Verb, Verdict};
use medrecord_store::{Actor, Store, patients};
use medrecord_testkit::clinic::{Clinic, jane_doe_details, on_both};
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

async fn look(store: &Store, actor: &Actor) {
    let mut desk = store.read_desk(actor.clone()).await.unwrap();
    patients::list(&mut desk, None, 10).await.unwrap();
    desk.close().await.unwrap();
}

/// How many looks at the list the trail holds; all of it must be sound.
async fn looks(clinic: &Clinic, store: &Store) -> usize {
    let mut desk = store.read_desk(clinic.admin.clone()).await.unwrap();
    let filter = EventFilter { limit: 1_000, ..EventFilter::default() };
    let trail = audit::list(&mut desk, &filter).await.unwrap();
    assert!(matches!(audit::verify(&mut desk).await.unwrap(), Verdict::Sound(_)));
    trail.iter().filter(|entry| entry.action == "search" && entry.entity == "patient").count()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// What a killed process leaves: its files, held by nobody. Copied from one that lives.
fn leave(folder: &Path, into: &Path) {
    fs::create_dir_all(into).unwrap();
    for path in files(folder) {
        fs::copy(&path, into.join(path.file_name().unwrap())).unwrap();
    }
}

#[tokio::test]
async fn what_was_read_is_in_the_journal_at_once_and_in_the_trail_when_somebody_asks() {
    on_both(async |clinic| {
        let folder = tempfile::tempdir().unwrap();
        let store = clinic.store.clone().with_journal(folder.path()).unwrap();
        for _ in 0..30 {
            look(&store, &clinic.doctor).await;
        }
        let written =
            files(folder.path()).iter().map(|path| fs::read_to_string(path).unwrap()).collect::<String>();
        assert!(written.contains("Dora Doctor"), "the journal was written before the answer");
        assert_eq!(looks(clinic, &store).await, 30);
        store.close().await;
        assert!(files(folder.path()).is_empty(), "an orderly end leaves nothing");
    })
    .await;
}

#[tokio::test]
async fn what_a_killed_process_left_reaches_the_trail_once_even_where_some_of_it_was_there_already() {
    on_both(async |clinic| {
        let folder = tempfile::tempdir().unwrap();
        let (first, left) = (folder.path().join("first"), folder.path().join("left"));
        let store = clinic.store.clone().with_journal(&first).unwrap();
        for _ in 0..5 {
            look(&store, &clinic.doctor).await;
        }
        leave(&first, &left);
        // The process died after its commit and before it emptied its journal.
        assert_eq!(looks(clinic, &store).await, 5);
        look(&store, &clinic.doctor).await;
        leave(&first, &left);
        for path in files(&left) {
            // The power cut tore the last line.
            OpenOptions::new()
                .append(true)
                .open(path)
                .unwrap()
                .write_all(b"\n0123456789abcdef[\"torn")
                .unwrap();
        }
        let next = clinic.store.clone().with_journal(&left).unwrap();
        next.settle().await;
        assert_eq!(looks(clinic, &next).await, 6);
        assert_eq!(files(&left).len(), 3, "only its own journal is left");
    })
    .await;
}

#[tokio::test]
async fn a_journal_that_is_in_use_is_not_taken_over() {
    on_both(async |clinic| {
        let folder = tempfile::tempdir().unwrap();
        let one = clinic.store.clone().with_journal(folder.path()).unwrap();
        let other = clinic.store.clone().with_journal(folder.path()).unwrap();
        look(&one, &clinic.doctor).await;
        look(&other, &clinic.doctor).await;
        assert_eq!(files(folder.path()).len(), 6);
        one.settle().await;
        assert_eq!(looks(clinic, &other).await, 2);
    })
    .await;
}

#[tokio::test]
async fn while_the_trail_cannot_be_written_looks_wait_in_the_journal_and_changes_are_refused() {
    on_both(async |clinic| {
        let folder = tempfile::tempdir().unwrap();
        let store = clinic.store.clone().with_journal(folder.path()).unwrap();
        store.by_hand("ALTER TABLE audit_lanes RENAME TO elsewhere").await.unwrap();
        look(&store, &clinic.doctor).await;
        let mut desk = store.write_desk(clinic.staff.clone()).await.unwrap();
        patients::register(&mut desk, &jane_doe_details()).await.unwrap();
        assert!(desk.close().await.is_err(), "a change and its event are one");
        store.settle().await;
        store.by_hand("ALTER TABLE elsewhere RENAME TO audit_lanes").await.unwrap();
        for _ in 0..60 {
            store.settle().await;
            if looks(clinic, &store).await == 1 {
                return;
            }
        }
        unreachable!("the look never reached the trail");
    })
    .await;
}

#[tokio::test]
async fn an_event_that_the_trail_never_takes_keeps_no_other_waiting() {
    on_both(async |clinic| {
        let folder = tempfile::tempdir().unwrap();
        let store = clinic.store.clone().with_journal(folder.path()).unwrap();
        for number in 0..7 {
            if number == 3 {
                let mut desk = store.read_desk(clinic.doctor.clone()).await.unwrap();
                desk.record(Event::new(Verb::Read, "a name of more signs than the trail has room for"));
                desk.close().await.unwrap();
            }
            look(&store, &clinic.doctor).await;
        }
        for _ in 0..60 {
            store.settle().await;
            if looks(clinic, &store).await == 7 {
                return;
            }
        }
        unreachable!("the looks never reached the trail");
    })
    .await;
}

#[tokio::test]
async fn what_somebody_with_a_very_long_name_read_is_in_the_trail() {
    on_both(async |clinic| {
        let doctor = clinic.doctor.clone();
        let (id, role, via) = (doctor.id.unwrap(), doctor.role.unwrap(), doctor.via);
        let long = Actor::provider(id, format!("{} {}", "a".repeat(200), "b".repeat(200)), role, via);
        look(&clinic.store, &long).await;
        assert_eq!(looks(clinic, &clinic.store).await, 1);
    })
    .await;
}
