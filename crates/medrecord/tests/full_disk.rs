//! A disk that becomes full in the middle of a backup, a restore or a migration: it is said so, nothing half is left, and
//! what was there is as it was. The disks are small file systems in memory, which need a Linux that lets a test mount
//! them; elsewhere the test says aloud that it did not run.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a step that fails must fail the test")]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Mounts a disk of so many KiB, copies onto it what is in `before`, runs the command, and copies what is left off it.
const ON_DISK: &str = r#"
mount -t tmpfs -o size="$1k" none "$2" || exit 99
cp "$3"/* "$2"/ 2>/dev/null
left=$4
shift 4
"$@"
code=$?
cp -a "$DISK"/. "$left"/
exit $code
"#;

/// A practice with a few patients, in a folder of its own.
struct Practice {
    folder: tempfile::TempDir,
}

/// What a command on a small disk did.
struct Done {
    code: i32,
    trouble: String,
    /// What it left, beside what hides.
    left: Vec<String>,
    folder: tempfile::TempDir,
}

impl Practice {
    fn new() -> Self {
        let practice = Self { folder: tempfile::tempdir().unwrap() };
        std::fs::create_dir(practice.path("disk")).unwrap();
        std::fs::create_dir(practice.path("nothing")).unwrap();
        practice.done(&["migrate", "deploy"]);
        practice.done(&["seed"]);
        practice.done(&["generate", "--patients", "200"]);
        practice
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn settings(&self, command: &mut Command) {
        command.current_dir(self.folder.path()).stdin(Stdio::null());
        for name in ["DATABASE_URL", "MEDRECORD_BACKUP_DIR", "MEDRECORD_ENV"] {
            command.env_remove(name);
        }
        command.env("MEDRECORD_DATA_DIR", self.path("data")).env("DISK", self.path("disk"));
    }

    fn done(&self, arguments: &[&str]) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_medrecord"));
        self.settings(&mut command);
        let Output { status, stdout, stderr } = command.args(arguments).output().unwrap();
        let said = String::from_utf8_lossy(&stdout).into_owned() + &String::from_utf8_lossy(&stderr);
        assert!(status.success(), "{arguments:?}: {said}");
        said
    }

    /// Runs a command with a disk of so many KiB on which the files of a folder lie; `None` where none can be mounted.
    fn on_disk(&self, kib: u32, before: &Path, url: &str, arguments: &[&str]) -> Option<Done> {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new("unshare");
        command.args(["--mount", "--map-root-user", "sh", "-c", ON_DISK, "sh"]);
        command.arg(kib.to_string()).arg(self.path("disk")).arg(before).arg(folder.path());
        command.arg(env!("CARGO_BIN_EXE_medrecord")).args(arguments);
        self.settings(&mut command);
        command.env("DATABASE_URL", url);
        let out = command.output().ok()?;
        let trouble = String::from_utf8_lossy(&out.stderr).into_owned();
        if out.status.code() == Some(99) || trouble.starts_with("unshare:") {
            return None;
        }
        let entries = std::fs::read_dir(folder.path()).unwrap();
        let mut left: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        left.sort();
        Some(Done { code: out.status.code().unwrap_or(-1), trouble, left, folder })
    }

    /// A practice, and whether disks can be made; says aloud where not.
    fn with_disks() -> Option<Self> {
        let practice = Self::new();
        let none = practice.path("nothing");
        if practice.on_disk(64, &none, "file:unused.db", &["--version"]).is_none() {
            let _unseen =
                writeln!(std::io::stderr(), "full disks: not run (no file system can be mounted here)");
            return None;
        }
        Some(practice)
    }
}

/// Sizes from far too small to enough, each a third larger; the work must fail on the first and come to an end on one.
fn sizes(from: u32) -> impl Iterator<Item = u32> {
    std::iter::successors(Some(from), |kib| Some(kib + kib / 3)).take(40)
}

fn says_so(done: &Done, kib: u32) {
    assert_eq!(done.code, 1, "{kib} KiB: {}", done.trouble);
    assert!(done.trouble.contains("the disk is full"), "{kib} KiB: {}", done.trouble);
}

#[test]
fn a_backup_or_a_restore_that_fills_the_disk_leaves_nothing_behind() {
    let Some(practice) = Practice::with_disks() else { return };
    let none = practice.path("nothing");
    let url = format!("file:{}", practice.path("data/medrecord.db").display());
    let backup = ["backup", "--no-verify", "--out", "disk"];
    let (mut failed, mut whole) = (0, None);
    for kib in sizes(16) {
        let done = practice.on_disk(kib, &none, &url, &backup).unwrap();
        if done.code == 0 {
            whole = Some(done);
            break;
        }
        says_so(&done, kib);
        assert_eq!(done.left, [] as [&str; 0], "{kib} KiB");
        failed += 1;
    }
    let whole = whole.expect("a disk large enough");
    assert!(failed > 2, "{failed}");
    assert_eq!(whole.left.len(), 1, "{:?}", whole.left);
    let file = whole.folder.path().join(whole.left.first().unwrap()).display().to_string();
    assert!(practice.done(&["backup", "verify", &file]).contains("is sound"));

    let restore = ["--data-dir", "disk/data", "restore", file.as_str(), "--into", "file:disk/new.db"];
    let (mut failed, mut whole) = (0, false);
    for kib in sizes(64) {
        let done = practice.on_disk(kib, &none, &url, &restore).unwrap();
        if done.code == 0 {
            assert!(done.left.contains(&"new.db".to_owned()), "{:?}", done.left);
            whole = true;
            break;
        }
        says_so(&done, kib);
        assert!(done.left.iter().all(|name| name == "data"), "{kib} KiB: {:?}", done.left);
        failed += 1;
    }
    assert!(whole && failed > 2, "{failed}");
}

#[test]
fn a_migration_that_fills_the_disk_leaves_the_old_schema() {
    let Some(practice) = Practice::with_disks() else { return };
    let older = practice.path("older");
    for dialect in ["postgres", "sqlite"] {
        let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../store/migrations").join(dialect);
        std::fs::create_dir_all(older.join(dialect)).unwrap();
        for entry in std::fs::read_dir(own).unwrap().map(Result::unwrap) {
            if entry.file_name().to_str().unwrap() < "20261122100400" {
                std::fs::copy(entry.path(), older.join(dialect).join(entry.file_name())).unwrap();
            }
        }
    }
    let before = practice.path("before");
    std::fs::create_dir(&before).unwrap();
    let at = |folder: &Path| format!("file:{}", folder.join("clinic.db").display());
    let run = |url: &str, arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_medrecord"));
        practice.settings(&mut command);
        let out = command.env("DATABASE_URL", url).args(arguments).output().unwrap();
        // Where the file lies is all that may differ.
        let text = String::from_utf8(out.stdout).unwrap();
        text.lines().filter(|line| !line.contains("\"database\"")).collect::<String>()
    };
    run(&at(&before), &["migrate", "deploy", "--dir", older.to_str().unwrap()]);
    let old = run(&at(&before), &["migrate", "status", "--json"]);
    assert!(old.contains("\"pending\""), "{old}");
    let bytes = std::fs::metadata(before.join("clinic.db")).unwrap().len();
    let (mut failed, mut whole) = (0, false);
    for kib in sizes(u32::try_from(bytes / 1024).unwrap() + 128) {
        let deploy = ["migrate", "deploy", "--no-rehearsal"];
        let done = practice.on_disk(kib, &before, "file:disk/clinic.db", &deploy).unwrap();
        let left = at(done.folder.path());
        if done.code == 0 {
            assert!(run(&left, &["migrate", "status", "--json"]).contains("\"pending\": 0,"));
            whole = true;
            break;
        }
        says_so(&done, kib);
        assert_eq!(run(&left, &["migrate", "status", "--json"]), old, "{kib} KiB");
        failed += 1;
    }
    assert!(whole && failed > 0, "{failed}");
}
