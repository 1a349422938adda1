//! Backups as a practice makes, proves and restores them from the command line; and killed in the middle.

#![expect(clippy::unwrap_used, reason = "a step that fails must fail the test")]

use medrecord_store::server;
use medrecord_testkit::postgres;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// How often each kind of work is killed, at moments spread over its whole run; `MEDRECORD_KILLS=100` for the recipe in
/// docs/operations.md.
fn kills() -> u32 {
    #[expect(clippy::disallowed_methods, reason = "a switch of this test, no setting of the program")]
    let wanted = std::env::var("MEDRECORD_KILLS");
    wanted.ok().and_then(|text| text.parse().ok()).unwrap_or(12)
}

/// A practice in a folder of its own, with nothing of whoever runs the tests.
struct Practice {
    folder: tempfile::TempDir,
    database: Option<String>,
}

impl Practice {
    fn new(patients: &str, database: Option<String>) -> Self {
        let practice = Self { folder: tempfile::tempdir().unwrap(), database };
        practice.done(&["migrate", "deploy"]);
        practice.done(&["seed"]);
        practice.done(&["generate", "--patients", patients]);
        let documents = practice.path("data/documents");
        std::fs::create_dir_all(&documents).unwrap();
        std::fs::write(documents.join("letter"), vec![b'x'; 100_000]).unwrap();
        practice
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_medrecord"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("MEDRECORD_DATA_DIR", self.path("data"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if let Some(url) = &self.database {
            command.env("DATABASE_URL", url);
        }
        command
    }

    fn run(&self, arguments: &[&str]) -> (Option<i32>, String, String) {
        let Output { status, stdout, stderr } = self.command(arguments).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (status.code(), text(stdout), text(stderr))
    }

    fn done(&self, arguments: &[&str]) -> String {
        let (code, said, trouble) = self.run(arguments);
        assert_eq!(code, Some(0), "{arguments:?}: {said}{trouble}");
        said
    }

    /// The one line with which a command is refused.
    fn refused(&self, arguments: &[&str]) -> String {
        let (code, _, trouble) = self.run(arguments);
        assert_eq!(code, Some(1), "{arguments:?}: {trouble}");
        assert_eq!(trouble.trim_end().lines().count(), 1, "{trouble}");
        trouble
    }

    /// The backups in the folder, by name.
    fn backups(&self) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.path("data/backups")) else { return Vec::new() };
        let paths = entries.map(|entry| entry.unwrap().path());
        let whole = paths.filter(|path| path.extension().is_some_and(|ending| ending == "mrb"));
        let mut names: Vec<String> = whole.map(|path| path.display().to_string()).collect();
        names.sort();
        names
    }

    /// Kills the command at moments spread over its run, and looks at what is left after each.
    fn kill(&self, arguments: &dyn Fn(u32) -> Vec<String>, after: &dyn Fn(u32)) {
        let began = Instant::now();
        let whole = arguments(0);
        self.done(&whole.iter().map(String::as_str).collect::<Vec<_>>());
        let lasts = began.elapsed();
        let kills = kills();
        for number in 1..=kills {
            let given = arguments(number);
            let given: Vec<&str> = given.iter().map(String::as_str).collect();
            let mut child = self.command(&given).spawn().unwrap();
            std::thread::sleep(lasts * number / (kills + 1));
            child.kill().unwrap();
            child.wait_with_output().unwrap();
            after(number);
        }
    }
}

#[test]
fn a_backup_is_made_listed_proven_and_restored_elsewhere_from_the_command_line() {
    let practice = Practice::new("30", None);
    let said = practice.done(&["backup"]);
    assert!(said.contains("is sound: ") && said.contains("1 files of SQLite"), "{said}");
    let file = practice.backups().remove(0);
    assert!(practice.done(&["backup", "list"]).contains("proven 20"));
    assert!(practice.done(&["check"]).contains("the last proven one is of"));
    assert!(practice.done(&["backup", "verify", &file]).contains("audit events hold"));

    let refused = practice.refused(&["restore", &file]);
    assert!(refused.contains("holds records") && refused.contains("--set-aside"), "{refused}");
    let said =
        practice.done(&["--data-dir", "elsewhere", "restore", &file, "--into", "file:elsewhere/new.db"]);
    assert!(said.contains("each row was compared"), "{said}");
    assert_eq!(std::fs::read(practice.path("elsewhere/documents/letter")).unwrap(), vec![b'x'; 100_000]);
    assert!(practice.done(&["restore", &file, "--set-aside"]).contains(".aside-"));
    assert!(practice.done(&["check"]).ends_with("all is well\n"));

    std::fs::write(practice.path("other"), "PK of somebody").unwrap();
    assert!(practice.refused(&["backup", "verify", "other"]).contains("other is no backup of MedRecord AI"));
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    *bytes.get_mut(middle).unwrap() ^= 1;
    std::fs::write(practice.path("bad.mrb"), bytes).unwrap();
    assert!(practice.refused(&["backup", "verify", "bad.mrb"]).contains("damaged or cut off"));
    assert!(practice.refused(&["backup", "--out", "/dev/null/x"]).contains("cannot be used"));
}

#[test]
fn an_encrypted_backup_needs_its_key_and_is_proven_without_it() {
    let practice = Practice::new("5", None);
    let recipient = practice.done(&["backup", "key", "--out", "backup.key"]);
    assert!(practice.refused(&["backup", "key", "--out", "backup.key"]).contains("cannot be made"));
    let said = practice.done(&["backup", "--recipient", recipient.trim(), "--out", "safe"]);
    assert!(said.contains(".mrb.age is sound"), "{said}");
    let file = said.split_whitespace().find(|word| word.contains(".mrb.age")).unwrap();
    assert!(practice.refused(&["restore", file, "--into", "file:new.db"]).contains("--key FILE"));
    practice.done(&["restore", file, "--into", "file:new.db", "--key", "backup.key"]);
    assert!(practice.refused(&["backup", "--recipient", "me"]).contains("MEDRECORD_BACKUP_RECIPIENT"));
}

#[test]
fn a_backup_killed_at_any_moment_leaves_nothing_or_all_of_it() {
    let server = fresh_database("kill_backup").map(|url| make_database(&url));
    for database in std::iter::once(None).chain(server.map(Some)) {
        let practice = Practice::new("60", database);
        practice.kill(&|_| words(&["backup"]), &|number| {
            for file in practice.backups() {
                practice.done(&["backup", "verify", &file]);
            }
            assert!(practice.done(&["audit", "verify"]).contains("events hold"), "kill {number}");
        });
        practice.done(&["backup"]);
        let left = std::fs::read_dir(practice.path("data/backups")).unwrap();
        let halves =
            left.filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().ends_with(".part"));
        assert_eq!(halves.count(), 0, "the next backup sweeps up");
        assert!(scratch_of(&practice.path("data")).is_empty(), "the next proof sweeps up");
        drop_database(practice.database.as_deref());
    }
}

#[test]
fn a_restore_killed_at_any_moment_leaves_no_database_or_all_of_it() {
    let practice = Practice::new("60", None);
    practice.done(&["backup", "--no-verify"]);
    let file = practice.backups().remove(0);
    let live = std::fs::read(practice.path("data/medrecord.db")).unwrap();
    let place = |number: u32| format!("new{number}.db");
    practice.kill(
        &|number| words(&["restore", &file, "--into", &format!("file:{}", place(number))]),
        &|number| {
            if practice.path(&place(number)).exists() {
                practice.database_is_whole(&format!("file:{}", place(number)));
            } else {
                practice.done(&["restore", &file, "--into", &format!("file:{}", place(number))]);
            }
        },
    );
    assert_eq!(std::fs::read(practice.path("data/medrecord.db")).unwrap(), live, "live data is as it was");
    practice.done(&["restore", &file, "--into", "file:last.db"]);
    assert!(scratch_of(practice.folder.path()).is_empty(), "the next restore sweeps up");
}

#[test]
fn a_restore_into_postgresql_killed_at_any_moment_leaves_no_records_or_all_of_them() {
    if postgres::server().is_none() {
        return;
    }
    let practice = Practice::new("60", None);
    practice.done(&["backup", "--no-verify"]);
    let file = practice.backups().remove(0);
    let places: Vec<String> =
        (0..=kills()).map(|number| fresh_database(&format!("kill_restore_{number}")).unwrap()).collect();
    let place = |number: u32| places.get(usize::try_from(number).unwrap()).unwrap().as_str();
    practice.kill(&|number| words(&["restore", &file, "--into", place(number)]), &|number| {
        // Whatever was left, the same command brings the rest or says that all is there.
        let (code, _, trouble) = practice.run(&["restore", &file, "--into", place(number)]);
        assert!(code == Some(0) || trouble.contains("holds records"), "kill {number}: {trouble}");
        practice.database_is_whole(place(number));
        drop_database(Some(place(number)));
    });
    drop_database(Some(place(0)));
}

#[test]
fn a_server_killed_over_its_own_backup_leaves_nothing_or_all_of_it_and_makes_it_after_the_next_start() {
    let practice = Practice::new("60", None);
    let folder = practice.path("data/backups");
    for wait in [0, 60, 250] {
        let mut server = practice.command(&["serve", "--listen", "127.0.0.1:0"]).spawn().unwrap();
        let began = Instant::now();
        while !folder.exists() && began.elapsed() < Duration::from_mins(1) {
            std::thread::sleep(Duration::from_millis(5));
        }
        std::thread::sleep(Duration::from_millis(wait));
        server.kill().unwrap();
        server.wait_with_output().unwrap();
        assert!(folder.exists(), "the server makes backups by itself");
        for file in practice.backups() {
            practice.done(&["backup", "verify", &file]);
        }
        assert!(practice.done(&["audit", "verify"]).contains("events hold"));
        std::fs::remove_dir_all(&folder).unwrap();
    }
    let mut server = practice.command(&["serve", "--listen", "127.0.0.1:0"]).spawn().unwrap();
    let began = Instant::now();
    while !practice.done(&["backup", "list"]).contains("proven 20") {
        assert!(began.elapsed() < Duration::from_mins(1), "no proven backup after a minute");
        std::thread::sleep(Duration::from_millis(200));
    }
    server.kill().unwrap();
    server.wait_with_output().unwrap();
}

impl Practice {
    fn database_is_whole(&self, url: &str) {
        let whole = Self { folder: tempfile::tempdir().unwrap(), database: Some(absolute(self, url)) };
        let people = self.done(&["provider", "list"]);
        assert_eq!(whole.done(&["provider", "list"]), people);
        assert!(whole.done(&["audit", "verify"]).contains("events hold"));
    }
}

fn absolute(practice: &Practice, url: &str) -> String {
    url.strip_prefix("file:").map_or(url.to_owned(), |name| format!("file:{}", practice.path(name).display()))
}

fn words(given: &[&str]) -> Vec<String> {
    given.iter().map(|word| (*word).to_owned()).collect()
}

fn scratch_of(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.to_string_lossy().contains(".medrecord-scratch")).collect()
}

/// The address of a database of that name, which is not there yet.
fn fresh_database(name: &str) -> Option<String> {
    let address = postgres::server()?.admin_url;
    Some(format!("{}/{name}_{}", address.rsplit_once('/')?.0, std::process::id()))
}

fn make_database(url: &str) -> String {
    let admin = postgres::server().unwrap().admin_url.parse().unwrap();
    wait_for(server::create(&admin, url.rsplit('/').next().unwrap(), None)).unwrap();
    url.to_owned()
}

fn drop_database(url: Option<&str>) {
    let Some(url) = url else { return };
    let admin = postgres::server().unwrap().admin_url.parse().unwrap();
    wait_for(server::drop(&admin, url.rsplit('/').next().unwrap())).unwrap();
}

fn wait_for<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}
