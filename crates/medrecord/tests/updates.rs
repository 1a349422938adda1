//! A database with data is brought up to date: copied aside, rehearsed, noted in the trail. `migrate deploy` does it, and
//! the server's start with `--migrate`; and a database that is not there is told in plain words.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::expect_used,
    reason = "a step that fails must fail the test"
)]

#[path = "running/fresh.rs"]
mod fresh;
mod running;

use fresh::Fresh;
use medrecord_store::Store;
use medrecord_testkit::postgres;
use running::{Running, medrecord};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A clinic whose newest two migrations are pending, and somebody who signs in there.
struct Clinic {
    folder: tempfile::TempDir,
    url: String,
    /// Where it is on PostgreSQL; it goes with the test.
    database: Option<Fresh>,
}

impl Clinic {
    fn both() -> Vec<Self> {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("clinic.db").display());
        let mut clinics = vec![Self { folder, url, database: None }];
        if let Some(server) = postgres::server() {
            let database = Fresh::make(&server.admin_url);
            let folder = tempfile::tempdir().unwrap();
            clinics.push(Self { folder, url: database.url.clone(), database: Some(database) });
        }
        clinics.iter().for_each(Self::prepare);
        clinics
    }

    fn prepare(&self) {
        let older = older_migrations(self.folder.path());
        let (code, said) = self.run(&["migrate", "deploy", "--dir", older.to_str().unwrap()]);
        assert_eq!(code, 0, "{said}");
        block_on(async {
            let store = Store::open(&self.url.parse().unwrap()).await.unwrap();
            store
                .by_hand(
                    "INSERT INTO providers (id, email, password_hash, first_name, last_name)
                    VALUES ('01900000-0000-7000-8000-000000000001', 'invented@example.com', 'none', 'In', 'Vented')",
                )
                .await
                .unwrap();
            store.close().await;
        });
    }

    fn run(&self, arguments: &[&str]) -> (i32, String) {
        said(medrecord(self.folder.path(), Some(&self.url)).args(arguments))
    }

    /// The one copy that was made before the update.
    fn aside(&self) -> PathBuf {
        let entries = std::fs::read_dir(self.folder.path().join("backups")).expect("a folder of copies");
        let paths = entries.map(|entry| entry.unwrap().path());
        let paths: Vec<PathBuf> =
            paths.filter(|path| path.extension().is_none_or(|end| end != "proof")).collect();
        assert_eq!(paths.len(), 1, "{paths:?}");
        paths[0].clone()
    }

    /// What the trail says of updates.
    fn updates(&self) -> Vec<Value> {
        let mut command = medrecord(self.folder.path(), Some(&self.url));
        let out = command.args(["audit", "export"]).stdout(Stdio::piped()).output().unwrap();
        let text = String::from_utf8(out.stdout).unwrap();
        let entries = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        entries.filter(|entry| entry["entity"] == "schema").collect()
    }
}

fn said(command: &mut Command) -> (i32, String) {
    let out = command.stdout(Stdio::piped()).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (out.status.code().unwrap_or(-1), text(&out.stdout) + &text(&out.stderr))
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

/// The project's migrations without the newest ones.
fn older_migrations(folder: &Path) -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../store/migrations");
    let copied = folder.join("older");
    for dialect in ["postgres", "sqlite"] {
        std::fs::create_dir_all(copied.join(dialect)).unwrap();
        for entry in std::fs::read_dir(own.join(dialect)).unwrap() {
            let entry = entry.unwrap();
            if entry.file_name().to_str().unwrap() < "20261122140000" {
                std::fs::copy(entry.path(), copied.join(dialect).join(entry.file_name())).unwrap();
            }
        }
    }
    copied
}

fn check(clinic: &Clinic, said: &str) {
    let aside = clinic.aside();
    let name = aside.file_name().unwrap().to_str().unwrap();
    assert!(said.contains(&format!("copied aside to {}", aside.display())), "{said}");
    assert!(said.contains("rehearsed on a copy in"), "{said}");
    let updates = clinic.updates();
    assert_eq!(updates.len(), 1, "{updates:?}");
    assert_eq!(updates[0]["detail"]["aside"], name);
    let applied = updates[0]["detail"]["applied"].as_array().unwrap();
    assert!(applied.iter().any(|name| name == "20261122140000_keep_studio_changes"), "{applied:?}");
    if clinic.database.is_some() {
        let (code, said) = clinic.run(&["backup", "verify", aside.to_str().unwrap()]);
        assert_eq!(code, 0, "{said}");
    }
}

#[test]
fn a_deploy_on_data_is_preceded_by_a_copy_and_a_rehearsal_and_noted_in_the_trail() {
    for clinic in Clinic::both() {
        let (code, said) = clinic.run(&["migrate", "deploy"]);
        assert_eq!(code, 0, "{said}");
        check(&clinic, &said);
        assert_eq!(clinic.run(&["migrate", "deploy"]).0, 0);
        assert_eq!(clinic.updates().len(), 1, "nothing was pending, so nothing is noted and nothing copied");
        clinic.aside();
    }
}

#[test]
fn a_server_that_migrates_at_its_start_takes_the_same_care() {
    for clinic in Clinic::both() {
        let server = Running::start(clinic.folder.path(), Some(&clinic.url), &["serve", "--migrate"]);
        let log = std::fs::read_to_string(clinic.folder.path().join("server.log")).unwrap();
        drop(server);
        check(&clinic, &log);
    }
}

#[test]
fn copies_of_before_updates_are_removed_with_old_backups_after_a_good_one_and_the_newest_never() {
    for clinic in Clinic::both() {
        let (code, said) = clinic.run(&["migrate", "deploy"]);
        assert_eq!(code, 0, "{said}");
        let newest = clinic.aside();
        let name = newest.file_name().unwrap().to_str().unwrap();
        let ending = name.split_once('.').unwrap().1;
        let old = newest.with_file_name(format!("before_migrate_20200101_020000.{ending}"));
        let older = newest.with_file_name(format!("before_migrate_20190101_020000.{ending}"));
        for copy in [&old, &older] {
            std::fs::copy(&newest, copy).unwrap();
        }
        let (code, said) = clinic.run(&["backup", "--no-verify"]);
        assert_eq!(code, 0, "{said}");
        assert!(old.exists() && older.exists(), "nothing goes before a backup is proven: {said}");
        let (code, said) = clinic.run(&["backup"]);
        assert_eq!(code, 0, "{said}");
        assert!(said.contains(&format!("removed {}", old.display())), "{said}");
        assert!(newest.exists() && !old.exists() && !older.exists(), "{said}");

        std::fs::rename(&newest, &old).unwrap();
        assert_eq!(clinic.run(&["backup"]).0, 0);
        assert!(old.exists(), "the only copy is the newest, however old it is");
    }
}

#[test]
fn a_database_that_is_not_there_is_named_with_the_way_out_and_made_on_a_development_machine() {
    let Some(server) = postgres::server() else { return };
    let folder = tempfile::tempdir().unwrap();
    // Made and dropped, so that the name is nobody's.
    let url = Fresh::make(&server.admin_url).url.clone();
    let (code, words) = said(medrecord(folder.path(), Some(&url)).args(["migrate", "status"]));
    assert_eq!(code, 1);
    assert!(
        words.contains("there is no PostgreSQL database browser_") && words.contains("createdb"),
        "{words}"
    );
    let older = older_migrations(folder.path());
    let mut dev = medrecord(folder.path(), Some(&url));
    dev.env("MEDRECORD_ENV", "development").args(["migrate", "dev", "--skip-seed", "--dir"]).arg(older);
    let (code, words) = said(&mut dev);
    assert_eq!(code, 0, "{words}");
    assert!(words.contains("made the PostgreSQL database browser_"), "{words}");
    block_on(async {
        let url: medrecord_store::url::DatabaseUrl = url.parse().unwrap();
        let name = url.in_words().split(' ').nth(2).unwrap().to_owned();
        medrecord_store::server::drop(&server.admin_url.parse().unwrap(), &name).await.unwrap();
    });
}
