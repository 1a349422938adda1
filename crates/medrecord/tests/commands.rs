//! The commands as a person or a script runs them: what they print, how they exit, and the way out they name.

#![expect(clippy::unwrap_used, reason = "a step that fails must fail the test")]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Runs a command in a folder of its own, with nothing of whoever runs the tests.
fn run(folder: &Path, arguments: &[&str], input: &str) -> (Option<i32>, String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_medrecord"))
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("MEDRECORD_DATA_DIR", folder.join("data"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (status.code(), text(stdout), text(stderr))
}

#[test]
fn the_files_of_a_development_machine_are_read_the_later_over_the_earlier() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    let shown = || run(folder.path(), &["serve", "--print-config"], "").1;
    write(".env.development", "DATABASE_URL=\"postgresql://medrecord:hush@localhost:5432/medrecord\"\n");
    write(".env.development.local", "DATABASE_URL=\"file:./dev.db\"\nMEDRECORD_LOG=warn\n");
    let line = |name: &str| {
        let text = shown();
        text.lines().find(|line| line.starts_with(name)).unwrap_or_default().to_owned()
    };
    assert!(line("DATABASE_URL").ends_with("default"), "{}", shown());
    write(".env", "MEDRECORD_ENV=development\nMEDRECORD_LOG=debug\n");
    assert!(line("DATABASE_URL").contains("SQLite file ./dev.db"), "{}", shown());
    assert!(line("DATABASE_URL").ends_with(".env.development.local"), "{}", shown());
    assert!(line("MEDRECORD_LOG").contains("warn"), "{}", shown());
    std::fs::remove_file(folder.path().join(".env.development.local")).unwrap();
    assert!(line("DATABASE_URL").contains("PostgreSQL database medrecord on localhost:5432"), "{}", shown());
    assert!(!shown().contains("hush"), "{}", shown());
}

#[test]
fn a_practice_is_set_up_from_the_command_line_alone() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str], input: &str| run(folder.path(), arguments, input);

    let (code, _, trouble) = run(&["seed"], "");
    assert_eq!(code, Some(1));
    assert!(trouble.contains("run medrecord migrate deploy first"), "{trouble}");
    assert_eq!(run(&["migrate", "status"], "").0, Some(1));
    assert_eq!(run(&["migrate", "deploy"], "").0, Some(0));
    assert_eq!(run(&["migrate", "status"], "").0, Some(0));
    assert!(run(&["seed", "--sample"], "").1.contains("added the sample patient"));
    assert!(run(&["seed", "--sample"], "").1.contains("there already"));

    let anna = ["provider", "add", "anna@example.com", "--first-name", "Anna", "--last-name", "Sample"];
    let (code, _, trouble) = run(&anna, "short\n");
    assert_eq!(code, Some(1));
    assert!(trouble.contains("15 signs or more"), "{trouble}");
    assert_eq!(run(&anna, "four words make sense\n").0, Some(0));
    assert!(run(&anna, "four words make sense\n").2.contains("already signs in"));
    assert!(run(&["provider", "list"], "").1.contains("anna@example.com"));

    let (_, token, _) = run(&["token", "create", "--provider", "anna@example.com", "--name", "lab"], "");
    assert!(token.starts_with("mr_") && token.trim_end().len() == 67, "{token}");
    let (_, list, _) = run(&["token", "list"], "");
    let id = list.split_whitespace().next().unwrap();
    assert!(run(&["token", "revoke", id], "").1.contains("opens nothing"));
    assert_eq!(run(&["provider", "disable", "anna@example.com"], "").0, Some(0));
    assert!(run(&["provider", "disable", "doctor@example.com"], "").2.contains("last administrator"));

    assert!(run(&["audit", "verify"], "").1.contains("events hold"));
    let (_, trail, _) = run(&["audit", "export"], "");
    assert!(trail.lines().count() > 5 && trail.lines().all(|line| line.starts_with('{')));
    let (code, verdict, trouble) = run(&["check"], "");
    assert_eq!(code, Some(0), "{verdict}{trouble}");
    assert!(verdict.ends_with("all is well\n"), "{verdict}");
}

#[test]
fn wrong_usage_exits_with_two_and_every_help_has_examples() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(run(folder.path(), &["nonsense"], "").0, Some(2));
    for command in [
        "demo",
        "serve",
        "studio",
        "migrate",
        "seed",
        "provider",
        "token",
        "audit",
        "check",
        "scribe",
        "scribe-bench",
        "models",
        "generate",
        "backup",
        "restore",
    ] {
        let (code, help, _) = run(folder.path(), &[command, "--help"], "");
        assert_eq!(code, Some(0), "{command}");
        assert!(help.contains("Examples:\n  medrecord "), "{help}");
    }
}

#[test]
fn a_transcript_becomes_a_draft_without_a_database() {
    let folder = tempfile::tempdir().unwrap();
    let said = "[doctor] What brings you in today?\n[patient] I have had a cough for three weeks.\n";
    std::fs::write(folder.path().join("visit.txt"), said).unwrap();
    let (code, draft, _) = run(folder.path(), &["scribe", "visit.txt", "--format", "json"], "");
    assert_eq!(code, Some(0));
    let draft: serde_json::Value = serde_json::from_str(&draft).unwrap();
    assert_eq!(draft["symptoms"][0]["symptomName"], "cough");
    assert!(!folder.path().join("data").exists());
    let (code, _, trouble) = run(folder.path(), &["scribe", "none.wav"], "");
    assert_eq!(code, Some(1));
    assert!(trouble.starts_with("error: none.wav is not there"), "{trouble}");
}

#[test]
fn the_bench_prints_its_traps_and_counts_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("one.txt"), "[patient] I have a cough.\n").unwrap();
    let line = r#"{"transcript": "[doctor] Any fever?\n[patient] No."}"#;
    std::fs::write(folder.path().join("two.jsonl"), format!("{line}\n{line}\n")).unwrap();
    let here = folder.path().display().to_string();
    let (code, told, _) = run(folder.path(), &["scribe-bench", &here], "");
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("instruction in the patient's mouth"), "{told}");
    assert!(!told.contains("FAILED"), "{told}");
    let drafts = told.lines().find(|line| line.starts_with("drafts  ")).unwrap_or_default();
    assert!(drafts.ends_with('3'), "{told}");
    let heard =
        r#"{"asr": "[doctor] any fever [patient] no", "reference": "[doctor] Any fever?\n[patient] No."}"#;
    std::fs::write(folder.path().join("three.jsonl"), heard).unwrap();
    let (code, told, _) = run(folder.path(), &["scribe-bench", &here], "");
    assert_eq!(code, Some(0), "{told}");
    let (clean, recogniser) = told.split_once("recogniser text").unwrap();
    for (table, count) in [(clean, '4'), (recogniser, '1')] {
        let drafts = table.lines().find(|line| line.starts_with("drafts  ")).unwrap_or_default();
        assert!(drafts.ends_with(count), "{told}");
        assert!(table.contains("invented medicines or doses          0"), "{told}");
    }
    assert_eq!(run(folder.path(), &["scribe-bench", "nowhere"], "").0, Some(1));
}

#[test]
fn generated_patients_and_the_printed_settings_and_routes_can_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| run(folder.path(), arguments, "");
    assert_eq!(run(&["migrate", "deploy"]).0, Some(0));
    assert!(run(&["generate", "--patients", "5", "--seed", "3"]).1.starts_with("made 5 patients"));
    assert!(run(&["generate", "--patients", "5", "--seed", "3"]).2.contains("choose another seed"));
    assert!(run(&["serve", "--print-config"]).1.contains("MEDRECORD_LISTEN"));
    assert!(run(&["serve", "--print-routes"]).1.contains("GET /healthz"));
}
