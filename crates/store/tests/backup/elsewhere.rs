//! A practice taken from one database and brought back in another one.

use crate::{CANARY, data, lived_in, machine, no_keys, order, prove, take};
use medrecord_clinic::patient::Patient;
use medrecord_store::audit::{self, Verdict};
use medrecord_store::backup::{self, BackupError, Progress, Target};
use medrecord_store::url::DatabaseUrl;
use medrecord_store::{Store, StoreError, integrity, migrate, patients, server};
use medrecord_testkit::clinic::{Clinic, on_both};
use medrecord_testkit::postgres;
use sqlx::Connection as _;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Places to restore into: a new SQLite file, and a PostgreSQL database that is not there yet.
fn places(clinic: &Clinic) -> Vec<DatabaseUrl> {
    let mut places = vec![DatabaseUrl::file(clinic.folder().join("new place").join("clinic.db"))];
    if let Some(server) = postgres::server() {
        let name = format!("restored_{}_{}", std::process::id(), clinic.database().unwrap_or("sqlite"));
        let address = server.admin_url.rsplit_once('/').unwrap().0;
        places.push(format!("{address}/{name}").parse().unwrap());
    }
    places
}

async fn people(store: &Store) -> Vec<Patient> {
    let mut desk = store.read_desk(machine()).await.unwrap();
    patients::list(&mut desk, None, 100)
        .await
        .unwrap()
        .items
        .into_iter()
        .map(|listed| listed.patient)
        .collect()
}

#[tokio::test]
async fn either_database_is_restored_into_the_other_row_for_row_with_its_files_and_its_rules() {
    on_both(async |clinic| {
        lived_in(clinic).await;
        let made = take(clinic).await;
        assert!(
            made.path.file_name().unwrap().to_string_lossy().starts_with("medrecord_backup_20261122_0900")
        );
        let proof = prove(clinic, &made).await;
        assert_eq!((proof.files, proof.missing), (2, Vec::new()));
        assert_eq!(proof.rows, made.rows);
        for url in places(clinic) {
            let folder = clinic.folder().join(format!("data of {}", url.in_words().len()));
            let target = Target { url: url.clone(), data_folder: folder.clone(), set_aside: false };
            let done = backup::restore(&made.path, &no_keys(), &target, machine(), &Progress::default())
                .await
                .unwrap();
            assert_eq!((done.rows, done.files), (made.rows, made.files));
            let store = Store::open(&url).await.unwrap();
            holds_its_rules(&store).await;
            let after = people(&store).await;
            assert_eq!(people(&clinic.store).await, after);
            assert!(after.iter().any(|jane| jane.address.as_ref().is_some_and(|a| a.contains(CANARY))));
            for name in ["documents", "recordings"] {
                assert_eq!(bytes(&data(clinic).join(name)), bytes(&folder.join(name)), "{name}");
            }
            let again =
                backup::restore(&made.path, &no_keys(), &target, machine(), &Progress::default()).await;
            assert!(matches!(again, Err(BackupError::Place(_))), "{again:?}");
            store.close().await;
            if let (Some(server), Some(name)) = (postgres::server(), restored_name(&url)) {
                server::drop(&server.admin_url.parse().unwrap(), &name).await.unwrap();
            }
        }
    })
    .await;
}

fn restored_name(url: &DatabaseUrl) -> Option<String> {
    url.in_words().split_whitespace().find(|word| word.starts_with("restored_")).map(str::to_owned)
}

/// What the files below a folder hold, half-written ones aside.
fn bytes(folder: &Path) -> BTreeSet<Vec<u8>> {
    let whole = crate::everything(folder)
        .into_iter()
        .filter(|(name, _)| Path::new(name).extension().is_none_or(|ending| ending != "part"));
    whole.map(|(_, bytes)| bytes).collect()
}

pub(crate) async fn holds_its_rules(store: &Store) {
    assert!(migrate::status(store).await.unwrap().iter().all(|step| step.applied));
    for finding in integrity::check(store).await.unwrap() {
        // The test server itself runs without fsync.
        assert!(finding.sound || finding.words.contains("power cut"), "{}", finding.words);
    }
    let mut desk = store.read_desk(machine()).await.unwrap();
    assert!(matches!(audit::verify(&mut desk).await.unwrap(), Verdict::Sound(count) if count > 3));
    drop(desk);
    let refused = |done: Result<u64, StoreError>, rule: &str| match done {
        Err(error) => assert!(error.violates(rule), "{error:?}"),
        Ok(count) => panic!("{rule} let {count} rows change"),
    };
    refused(
        store.by_hand("UPDATE medical_records SET diagnosis = 'other' WHERE is_draft = FALSE").await,
        "medical_records_signed",
    );
    refused(store.by_hand("DELETE FROM audit_events").await, "audit_events_append_only");
    refused(store.by_hand("UPDATE letters SET text = 'other words'").await, "letters_kept");
    refused(
        store.by_hand("DELETE FROM symptoms WHERE medical_record_id IN (SELECT id FROM medical_records WHERE is_draft = FALSE)").await,
        "symptoms_signed",
    );
}

#[tokio::test]
async fn every_table_of_the_schema_is_in_a_backup() {
    on_both(async |clinic| {
        let proof = prove(clinic, &take(clinic).await).await;
        let held: BTreeSet<String> = proof.contents.iter().map(|(name, _)| name.clone()).collect();
        assert_eq!(held, tables(if clinic.database().is_some() { "postgres" } else { "sqlite" }));
        let place = |name: &str| proof.contents.iter().position(|(table, _)| table == name).unwrap();
        assert!(
            place("patients") < place("appointments") && place("appointments") < place("medical_records")
        );
    })
    .await;
}

/// The tables that the migrations make, by their text.
fn tables(database: &str) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(database);
    let mut names = BTreeSet::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("CREATE TABLE ") {
                names.insert(rest.split([' ', '(']).next().unwrap().to_owned());
            }
            if let Some(rest) = line.strip_prefix("DROP TABLE ") {
                names.remove(rest.trim_end_matches(';'));
            }
        }
    }
    names
}

#[tokio::test]
async fn a_backup_taken_while_the_clinic_works_is_one_point_in_time() {
    on_both(async |clinic| {
        lived_in(clinic).await;
        let working = std::sync::atomic::AtomicBool::new(true);
        let works = async {
            let mut count = 0;
            while working.load(std::sync::atomic::Ordering::SeqCst) {
                let mut desk = clinic.desk(&clinic.staff).await;
                let mut patient = medrecord_testkit::clinic::jane_doe_details();
                patient.first_name = format!("Jane {count}");
                let (id, number) = (desk.fresh_id().unwrap(), format!("MR-{count}"));
                patients::register_as(&mut desk, id, &number, &patient).await.unwrap();
                desk.close().await.unwrap();
                count += 1;
                tokio::task::yield_now().await;
            }
            count
        };
        let backs_up = async {
            // On both databases together, 20.
            for _ in 0..10 {
                // The trail's events and the heads of its lanes lie in two tables that change together.
                prove(clinic, &take(clinic).await).await;
            }
            working.store(false, std::sync::atomic::Ordering::SeqCst);
        };
        let (count, ()) = tokio::join!(works, backs_up);
        assert!(count > 5, "only {count} patients were registered meanwhile");
    })
    .await;
}

#[tokio::test]
async fn a_database_that_stands_in_the_way_is_set_aside_only_when_told_and_only_when_nobody_uses_it() {
    let clinic = Clinic::on_sqlite().await;
    lived_in(&clinic).await;
    let made = take(&clinic).await;
    let file = clinic.folder().join("clinic.db");
    let mut target = Target { url: DatabaseUrl::file(&file), data_folder: data(&clinic), set_aside: false };
    let refused = |target: Target| {
        let path = made.path.clone();
        async move {
            let done = backup::restore(&path, &no_keys(), &target, machine(), &Progress::default()).await;
            done.unwrap_err().to_string()
        }
    };
    assert!(refused(target.clone()).await.contains("--set-aside"));
    target.set_aside = true;
    assert!(refused(target.clone()).await.contains("stop the server first"));
    clinic.store.close().await;
    let done =
        backup::restore(&made.path, &no_keys(), &target, machine(), &Progress::default()).await.unwrap();
    let aside = done.aside.unwrap();
    assert!(aside.exists() && aside != file);
    for (path, count) in [(&file, 1), (&aside, 0)] {
        let store = Store::open(&DatabaseUrl::file(path)).await.unwrap();
        let told = store.by_hand("UPDATE audit_lanes SET head_seq = head_seq WHERE lane = 0 AND EXISTS (SELECT 1 FROM audit_events WHERE entity = 'restore')");
        assert_eq!(told.await.unwrap(), count, "{}", path.display());
        store.close().await;
    }
    let left: Vec<PathBuf> =
        std::fs::read_dir(clinic.folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(left.iter().all(|path| !path.to_string_lossy().contains("scratch-")), "{left:?}");
}

#[tokio::test]
async fn a_damaged_database_makes_way_for_its_backup() {
    let clinic = Clinic::on_sqlite().await;
    lived_in(&clinic).await;
    let made = take(&clinic).await;
    clinic.store.close().await;
    let file = clinic.folder().join("clinic.db");
    std::fs::write(&file, vec![0x5a; 100_000]).unwrap();
    std::fs::write(clinic.folder().join("clinic.db-wal"), vec![0x5a; 10_000]).unwrap();
    let target = Target { url: DatabaseUrl::file(&file), data_folder: data(&clinic), set_aside: true };
    backup::restore(&made.path, &no_keys(), &target, machine(), &Progress::default()).await.unwrap();
    let store = Store::open(&target.url).await.unwrap();
    holds_its_rules(&store).await;
    store.close().await;
}

#[tokio::test]
async fn a_backup_of_an_older_schema_is_restored_into_it_and_then_migrated() {
    let clinic = Clinic::on_sqlite().await;
    let old = clinic.folder().join("old.db");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/sqlite");
    let migrator = sqlx::migrate::Migrator::new(folder).await.unwrap();
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&old).create_if_missing(true);
    let mut conn = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
    migrator.run_direct(Some(20_261_122_100_400), &mut conn, false).await.unwrap();
    sqlx::raw_sql(
        "INSERT INTO providers (id, email, password_hash, first_name, last_name)
        VALUES ('019a2b3c-0000-7000-8000-000000000001', 'old@example.com', 'x', 'Olga', 'Old')",
    )
    .execute(&mut conn)
    .await
    .unwrap();
    conn.close().await.unwrap();
    let store = Store::open(&DatabaseUrl::file(&old)).await.unwrap();
    let made = backup::take(&store, machine(), &order(&clinic), &Progress::default()).await.unwrap();
    store.close().await;
    for url in places(&clinic) {
        let target = Target { url: url.clone(), data_folder: data(&clinic), set_aside: false };
        backup::restore(&made.path, &no_keys(), &target, machine(), &Progress::default()).await.unwrap();
        let store = Store::open(&url).await.unwrap();
        assert!(migrate::status(&store).await.unwrap().iter().all(|step| step.applied));
        let olga = "UPDATE providers SET version = 1 WHERE email = 'old@example.com'";
        assert_eq!(store.by_hand(olga).await.unwrap(), 1);
        store.close().await;
        if let (Some(server), Some(name)) = (postgres::server(), restored_name(&url)) {
            server::drop(&server.admin_url.parse().unwrap(), &name).await.unwrap();
        }
    }
    clinic.end().await;
}
