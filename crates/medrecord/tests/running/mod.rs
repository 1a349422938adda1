//! The shipped program, started for a test in a browser. A PostgreSQL database for it is in `fresh.rs` beside this.

use medrecord_testkit::webdriver::PATIENCE;
use std::fs::{File, read_to_string};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The program as it is shipped, with settings of its own.
pub(crate) fn medrecord(folder: &Path, database: Option<&str>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_medrecord"));
    for name in
        ["MEDRECORD_READ_URL", "MEDRECORD_ENV", "MEDRECORD_BASE_URL", "MEDRECORD_TLS_CERT", "DATABASE_URL"]
    {
        command.env_remove(name);
    }
    command.envs(database.map(|url| ("DATABASE_URL", url)));
    command.env("MEDRECORD_DATA_DIR", folder).env("MEDRECORD_TIME_ZONE", "UTC");
    command.current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null());
    command
}

/// A server that ends with the test.
pub(crate) struct Running {
    process: Child,
    pub(crate) address: String,
}

impl Running {
    pub(crate) fn start(folder: &Path, database: Option<&str>, arguments: &[&str]) -> Self {
        let log = folder.join("server.log");
        let out = File::create(&log).expect("a log");
        let process = medrecord(folder, database)
            .args(arguments)
            .args(["--listen", "127.0.0.1:0"])
            .stdout(out.try_clone().expect("the same log"))
            .stderr(out)
            .spawn()
            .expect("it starts");
        let mut running = Self { process, address: String::new() };
        let start = Instant::now();
        while running.address.is_empty() {
            let said = read_to_string(&log).expect("the log is there");
            let ended = running.process.try_wait().expect("it can be asked");
            assert!(ended.is_none() && start.elapsed() < PATIENCE, "the server does not come up: {said}");
            running.address = address(&said).unwrap_or_default();
            std::thread::sleep(Duration::from_millis(50));
        }
        running
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ended = self.process.kill();
        let _seen = self.process.wait();
    }
}

/// The address that the server says it listens on.
fn address(said: &str) -> Option<String> {
    // The studio calls itself localhost, and then says where its database is.
    let (_, after) = said.split_once("localhost:").or_else(|| said.split_once("127.0.0.1:"))?;
    let port: String = after.chars().take_while(char::is_ascii_digit).collect();
    let whole = after.len() > port.len();
    whole.then(|| format!("http://127.0.0.1:{port}"))
}
