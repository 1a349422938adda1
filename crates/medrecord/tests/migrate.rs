//! `medrecord migrate` as a person or a script runs it, on both databases; and killed while it works.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a step that fails must fail the test"
)]

use medrecord_store::server;
use medrecord_testkit::postgres;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

static NUMBER: AtomicU64 = AtomicU64::new(0);

/// A folder, and a database that is empty.
struct Place {
    folder: tempfile::TempDir,
    url: String,
    database: Option<(String, String)>,
}

impl Place {
    fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("clinic.db").display());
        Self { folder, url, database: None }
    }

    fn postgres() -> Option<Self> {
        let admin = postgres::server()?.admin_url;
        let name = format!("command_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::SeqCst));
        block_on(server::create(&admin.parse().unwrap(), &name, None)).unwrap();
        let (before, after) = admin.rsplit_once("/postgres").expect("the address of the database postgres");
        let url = format!("{before}/{name}{after}");
        Some(Self { folder: tempfile::tempdir().unwrap(), url, database: Some((admin, name)) })
    }

    fn both() -> impl Iterator<Item = Self> {
        std::iter::once(Self::sqlite()).chain(Self::postgres())
    }

    fn command(&self, environment: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_medrecord"));
        command.args(arguments).current_dir(self.folder.path()).env_clear();
        command.env("DATABASE_URL", &self.url).env("MEDRECORD_ENV", environment);
        command.env("MEDRECORD_DATA_DIR", self.folder.path().join("data"));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs a command on a development machine: exit code, standard output, standard error.
    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        said(self.command("development", arguments).output().unwrap())
    }

    fn run_in_production(&self, arguments: &[&str]) -> (i32, String, String) {
        said(self.command("production", arguments).output().unwrap())
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let (_, out, err) = self.run(arguments);
        serde_json::from_str(&out).unwrap_or_else(|_| panic!("{out}{err}"))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some((admin, name)) = &self.database {
            block_on(server::drop(&admin.parse().unwrap(), name)).unwrap();
        }
    }
}

fn said(Output { status, stdout, stderr }: Output) -> (i32, String, String) {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code().unwrap_or(-1), text(stdout), text(stderr))
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

fn own(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

/// The project's migrations up to a number, in a folder of the place's own.
fn copied(place: &Place, up_to: &str) -> String {
    let folder = place.folder.path().join("migrations");
    for dialect in ["postgres", "sqlite"] {
        std::fs::create_dir_all(folder.join(dialect)).unwrap();
        for entry in std::fs::read_dir(own("crates/store/migrations").join(dialect)).unwrap() {
            let entry = entry.unwrap();
            if entry.file_name().to_str().unwrap() < up_to {
                std::fs::copy(entry.path(), folder.join(dialect).join(entry.file_name())).unwrap();
            }
        }
    }
    folder.display().to_string()
}

#[test]
fn scripts_can_ask_apply_and_compare() {
    for place in Place::both() {
        let before = place.json(&["migrate", "status", "--json"]);
        assert_eq!(place.run(&["migrate", "status"]).0, 1);
        assert!(before["pending"].as_u64().unwrap() >= 7, "{before}");
        let (code, plan, _) = place.run(&["migrate", "deploy", "--plan"]);
        assert_eq!(code, 0);
        assert!(plan.contains("CREATE TABLE patients (") && plan.contains("nothing was changed"), "{plan}");
        let applied = place.json(&["migrate", "deploy", "--json"]);
        assert_eq!(applied["applied"].as_array().unwrap().len() as u64, before["pending"].as_u64().unwrap());
        assert_eq!(place.run(&["migrate", "deploy"]).1, "nothing is pending; the database is current\n");
        assert_eq!(place.run(&["migrate", "status"]).0, 0);
        assert_eq!(place.run(&["migrate", "diff"]).0, 0);
        assert_eq!(place.json(&["migrate", "diff", "--json"])["differences"], Value::Array(Vec::new()));
        let (code, words, _) = place.run(&["migrate", "lint"]);
        assert_eq!((code, words.as_str()), (0, "nothing found\n"));
    }
}

#[test]
fn a_production_database_refuses_reset_and_dev_whatever_the_environment_says() {
    for place in Place::both() {
        let (code, _, trouble) = place.run_in_production(&["migrate", "reset", "--force"]);
        assert_eq!(code, 1);
        assert!(trouble.contains("for development machines"), "{trouble}");
        let (code, _, news) = place.run_in_production(&["migrate", "deploy"]);
        assert_eq!(code, 0);
        assert!(news.contains("marked as a production database"), "{news}");
        for arguments in [
            ["migrate", "reset", "--force"].as_slice(),
            &["migrate", "dev", "--dir", copied(&place, "3").as_str()],
        ] {
            let (code, _, trouble) = place.run(arguments);
            assert_eq!(code, 1, "{arguments:?}");
            assert!(trouble.contains("was deployed as production"), "{trouble}");
        }
        assert!(place.run(&["migrate", "status"]).1.contains("production since"));
    }
}

#[test]
fn a_reset_asks_first_and_seeds_afterwards() {
    for place in Place::both() {
        assert_eq!(place.run(&["migrate", "deploy"]).0, 0);
        let (code, _, trouble) = place.run(&["migrate", "reset"]);
        assert_eq!(code, 1);
        assert!(trouble.contains("add --force"), "{trouble}");
        let (code, words, trouble) = place.run(&["migrate", "reset", "--force"]);
        assert_eq!(code, 0, "{trouble}");
        assert!(words.contains("doctor@example.com") && words.contains("Jane Doe"), "{words}");
        let (_, words, _) = place.run(&["migrate", "reset", "--force", "--skip-seed"]);
        assert!(!words.contains("doctor@example.com"), "{words}");
    }
}

#[test]
fn a_changed_schema_becomes_a_migration_that_is_applied() {
    for place in Place::both() {
        let dir = copied(&place, "3");
        assert_eq!(place.run(&["migrate", "dev", "--dir", &dir, "--schema", "none"]).0, 1);
        let schema = std::fs::read_to_string(own("prisma/schema.prisma")).unwrap();
        let field = "  /// Day of death.\n";
        let nickname = "  /// What friends say.\n  nickname String? @db.VarChar(80)\n";
        let path = place.folder.path().join("schema.prisma");
        std::fs::write(&path, schema.replacen(field, &format!("{nickname}{field}"), 1)).unwrap();
        let schema = path.display().to_string();
        let dev = ["migrate", "dev", "--dir", dir.as_str(), "--schema", schema.as_str()];

        let (code, _, trouble) = place.run(&dev);
        assert_eq!(code, 1);
        assert!(trouble.contains("name it with --name:\n  New column patients.nickname"), "{trouble}");
        let named = [dev.as_slice(), &["--name", "add_patient_nickname"]].concat();
        let (code, words, trouble) = place.run(&[named.as_slice(), &["--create-only"]].concat());
        assert_eq!(code, 0, "{trouble}");
        assert!(words.contains("_add_patient_nickname.sql") && !words.contains("applied"), "{words}");
        let (code, words, trouble) = place.run(&dev);
        assert_eq!(code, 0, "{trouble}");
        assert!(words.contains("_add_patient_nickname"), "{words}");
        assert!(words.contains("doctor@example.com") && words.contains("build again"), "{words}");
        assert_eq!(place.run(&["migrate", "status", "--dir", &dir]).0, 0);
        assert_eq!(place.run(&["migrate", "diff", "--dir", &dir]).0, 0);
        let (_, _, trouble) = place.run(&["migrate", "status"]);
        assert!(trouble.contains("this program has no file"), "{trouble}");
    }
}

#[test]
fn wrong_usage_ends_with_two_and_every_step_has_examples() {
    let place = Place::sqlite();
    assert_eq!(place.run(&["migrate", "new", "Add-Email"]).0, 2);
    assert_eq!(place.run(&["migrate", "resolve"]).0, 2);
    assert_eq!(place.run(&["migrate", "dev", "--name", "x"]).0, 2);
    assert_eq!(place.run(&["migrate", "rewind"]).0, 2);
    for step in ["new", "dev", "deploy", "status", "diff", "lint", "reset", "resolve"] {
        let (code, help, _) = place.run(&["migrate", step, "--help"]);
        assert_eq!(code, 0, "{step}");
        assert!(help.contains("Examples:\n") && help.contains("medrecord migrate"), "{help}");
    }
    let dir = copied(&place, "3");
    let (code, words, _) = place.run(&["migrate", "new", "add_patient_email_index", "--dir", &dir]);
    assert_eq!((code, words.matches("wrote ").count()), (0, 2), "{words}");
    std::fs::write(
        Path::new(&dir).join("sqlite/20990101000000_drop_it_all.sql"),
        "-- x\nDROP TABLE patients;",
    )
    .unwrap();
    std::fs::write(Path::new(&dir).join("postgres/20990101000000_drop_it_all.sql"), "-- x\nSELECT 1;")
        .unwrap();
    let (code, words, _) = place.run(&["migrate", "lint", "--dir", &dir]);
    assert_eq!(code, 1);
    assert!(
        words.contains("drop_it_all.sql:2: table patients and every row of it are gone [drop-table]"),
        "{words}"
    );
}

/// How many kills on each database; `MEDRECORD_KILLS=50` for the recipe in docs/database.md.
fn kills() -> u64 {
    #[expect(clippy::disallowed_methods, reason = "a switch of this test, no setting of the program")]
    let wanted = std::env::var("MEDRECORD_KILLS");
    wanted.ok().and_then(|text| text.parse().ok()).unwrap_or(4)
}

#[test]
fn killed_at_any_moment_the_schema_is_the_old_one_or_the_new_one() {
    let makers: [fn() -> Option<Place>; 2] = [|| Some(Place::sqlite()), Place::postgres];
    for make in makers {
        let Some(place) = make() else { continue };
        let begun = Instant::now();
        assert_eq!(place.run(&["migrate", "deploy"]).0, 0);
        let whole = u64::try_from(begun.elapsed().as_millis()).unwrap();
        let mut chance = 20_261_122_u64;
        for round in 0..kills() {
            let place = make().unwrap();
            let half = copied(&place, "20261122100300");
            if round % 2 == 1 {
                assert_eq!(place.run(&["migrate", "deploy", "--dir", &half]).0, 0);
            }
            chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let delay = Duration::from_millis((chance >> 33) % (whole + whole / 10));
            let mut child = place.command("development", &["migrate", "deploy"]).spawn().unwrap();
            std::thread::sleep(delay);
            child.kill().unwrap();
            child.wait().unwrap();
            old_or_new(&place, round, delay);
            assert_eq!(place.run(&["migrate", "deploy"]).0, 0, "the next one finishes the work");
            assert_eq!(place.run(&["migrate", "diff"]).0, 0);
        }
    }
}

fn old_or_new(place: &Place, round: u64, delay: Duration) {
    // PostgreSQL may still be ending what the killed one had sent; what it settles on is what counts.
    let mut settled = (0, Value::Null);
    for _ in 0..20 {
        let status = place.json(&["migrate", "status", "--json"]);
        let (code, words, trouble) = if status["exists"] == Value::Bool(false) {
            (0, String::new(), String::new())
        } else {
            place.run(&["migrate", "diff"])
        };
        let after = place.json(&["migrate", "status", "--json"]);
        settled = (code, after.clone());
        let applied =
            after["migrations"].as_array().unwrap().iter().filter(|step| step["applied"] == true).count();
        let all = after["migrations"].as_array().unwrap().len();
        let old = if round % 2 == 1 { 3 } else { 0 };
        assert!(applied == old || applied == all, "{applied} of {all} after {delay:?}");
        if code == 0 && status == after {
            return;
        }
        assert!(!words.is_empty() || !trouble.is_empty());
    }
    panic!("killed after {delay:?}: between the old and the new schema: {settled:?}");
}
