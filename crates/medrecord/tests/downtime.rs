//! The server writes the packet of a morning by itself, once it is told to, for its owner's eyes alone.
#![cfg(test)]

#[path = "running/fresh.rs"]
mod fresh;
mod running;

use medrecord_testkit::postgres;
use medrecord_testkit::webdriver::PATIENCE;
use running::{Running, medrecord};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The packets in the folder, by name.
fn packets(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder.join("downtime")) else { return Vec::new() };
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths.filter(|path| path.extension().is_some_and(|ending| ending == "html")).collect()
}

#[test]
fn the_server_writes_a_packet_in_the_morning_where_it_was_told_to() {
    writes_a_packet(None);
}

#[test]
fn the_server_writes_a_packet_from_postgresql_too() {
    let Some(postgres) = postgres::server() else { return };
    let database = fresh::Fresh::make(&postgres.admin_url);
    writes_a_packet(Some(&database.url));
}

fn writes_a_packet(database: Option<&str>) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let status = medrecord(folder.path(), database).args(["migrate", "deploy"]).status();
    assert!(status.expect("it runs").success());
    // Midnight has passed on every day, so the packet of today is due at once.
    std::fs::write(folder.path().join("medrecord.toml"), "downtime_at = \"00:00\"\n").expect("settings");
    let _server = Running::start(folder.path(), database, &["serve"]);
    let start = Instant::now();
    while packets(folder.path()).is_empty() {
        assert!(start.elapsed() < PATIENCE, "no packet was written");
        std::thread::sleep(Duration::from_millis(50));
    }
    let packet = packets(folder.path()).remove(0);
    let text = std::fs::read_to_string(&packet).expect("the packet");
    assert!(text.contains("Downtime packet") && text.ends_with("</html>"), "{text}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &Path| path.metadata().expect("it is there").permissions().mode() & 0o777;
        assert_eq!((mode(&packet), mode(&folder.path().join("downtime"))), (0o600, 0o700));
    }
}
