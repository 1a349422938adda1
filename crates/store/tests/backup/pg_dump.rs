//! PostgreSQL's own tools on our database: a plain dump is a backup too.

use crate::elsewhere::holds_its_rules;
use crate::lived_in;
use medrecord_store::{Store, patients, server};
use medrecord_testkit::clinic::Clinic;
use medrecord_testkit::postgres;
use std::process::{Command, Stdio};

/// Runs one of PostgreSQL's programs; `None` where it is not installed.
fn run(program: &str, arguments: &[&str]) -> Option<()> {
    let done = Command::new(program).args(arguments).stdin(Stdio::null()).output().ok()?;
    let said = String::from_utf8_lossy(&done.stderr);
    // A dump refuses a server that is newer than itself; that says nothing of our database.
    if said.contains("server version mismatch") {
        return None;
    }
    assert!(done.status.success(), "{program}: {said}");
    Some(())
}

#[tokio::test]
async fn pg_dump_and_pg_restore_bring_back_every_row_and_rule() {
    let (Some(clinic), Some(server)) = (Clinic::on_postgres().await, postgres::server()) else { return };
    lived_in(&clinic).await;
    let address = server.admin_url.rsplit_once('/').unwrap().0;
    let file = clinic.folder().join("clinic.dump").display().to_string();
    let from = format!("{address}/{}", clinic.database().unwrap());
    if run("pg_dump", &["-Fc", "--no-owner", "--dbname", &from, "--file", &file]).is_none() {
        eprintln!("pg_dump of this server's version is not installed; its test did not run");
        return clinic.end().await;
    }
    let name = format!("dumped_{}", std::process::id());
    let admin = server.admin_url.parse().unwrap();
    let url = server::create(&admin, &name, None).await.unwrap();
    run("pg_restore", &["--exit-on-error", "--no-owner", "--dbname", &format!("{address}/{name}"), &file])
        .unwrap();
    let store = Store::open(&url).await.unwrap();
    holds_its_rules(&store).await;
    let mut desk = store.read_desk(crate::machine()).await.unwrap();
    let count = patients::count(&mut desk).await.unwrap();
    drop(desk);
    let mut desk = clinic.reading_desk(&clinic.admin).await;
    assert_eq!(patients::count(&mut desk).await.unwrap(), count);
    drop(desk);
    store.close().await;
    server::drop(&admin, &name).await.unwrap();
    clinic.end().await;
}
