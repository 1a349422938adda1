//! A server that is killed the moment it has answered: who read what is in the trail after the next start.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a step that fails must fail the test")]

#[path = "running/fresh.rs"]
mod fresh;
mod running;

use fresh::Fresh;
use medrecord_testkit::postgres;
use medrecord_testkit::webdriver::PATIENCE;
use running::{Running, medrecord};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};

/// How often the server is killed.
const KILLS: usize = 4;
/// Looks before each kill, one after the other.
const LOOKS: usize = 25;

#[test]
fn who_read_what_is_known_after_the_server_was_killed_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    known_after_kills(folder.path(), None);
}

#[test]
fn who_read_what_is_known_after_the_server_was_killed_on_postgresql() {
    let Some(server) = postgres::server() else { return };
    let (folder, fresh) = (tempfile::tempdir().unwrap(), Fresh::make(&server.admin_url));
    known_after_kills(folder.path(), Some(&fresh.url));
}

fn known_after_kills(folder: &Path, database: Option<&str>) {
    let run = |arguments: &[&str]| {
        let output =
            medrecord(folder, database).args(arguments).stdout(std::process::Stdio::piped()).output();
        let output = output.unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    run(&["migrate", "deploy"]);
    run(&["seed"]);
    let said = run(&["token", "create", "--provider", "doctor@example.com", "--name", "kills"]);
    let token = said.split_whitespace().find(|word| word.len() > 30).expect("a token").to_owned();
    let known = || run(&["audit", "export"]).lines().filter(|line| line.contains("kills-looked-for")).count();
    let looks = || run(&["audit", "export"]).matches("\"action\":\"search\"").count();
    let before = looks();
    for kill in 1..=KILLS {
        let server = Running::start(folder, database, &["serve"]);
        for _ in 0..LOOKS {
            look(&server.address, &token);
        }
        drop(server);
        assert_eq!(known(), 0, "no event says what was looked for");
        let _next = Running::start(folder, database, &["serve"]);
        let start = Instant::now();
        while looks() < before + kill * LOOKS {
            assert!(start.elapsed() < PATIENCE, "{} of {} looks are known", looks() - before, kill * LOOKS);
            std::thread::sleep(Duration::from_millis(100));
        }
        assert_eq!(looks(), before + kill * LOOKS, "each look is known once");
    }
    assert!(run(&["audit", "verify"]).contains("events hold"));
}

/// Searches for patients, and has read the answer to its end when it returns.
fn look(address: &str, token: &str) {
    let mut stream = TcpStream::connect(address.strip_prefix("http://").unwrap()).unwrap();
    let request = format!(
        "GET /api/v1/search?q=kills-looked-for HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\
         Connection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}
