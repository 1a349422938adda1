//! A PostgreSQL cluster of one test's own, for what the shared one must not be put through: stopping and starting,
//! certificates, replicas, a pooler in front.
//!
//! Its server ends with the value; where the test program is killed it ends within a minute, with its folder.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot be set up must fail at once")]

use super::installed::{programs, unprivileged_user, user_id};
use std::fs;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const SETTINGS: &str = "
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 60
shared_buffers = 16MB
fsync = off
full_page_writes = off
autovacuum = off
wal_level = replica
max_wal_senders = 4
";

/// A server of this test's own. Its superuser `medrecord` needs no password.
pub struct Cluster {
    folder: tempfile::TempDir,
    programs: PathBuf,
    owner: Option<(u32, u32)>,
    port: u16,
    pooler: Option<Child>,
}

impl Cluster {
    /// Makes and starts a cluster; `None` where PostgreSQL is not installed, which [`super::server`] says aloud.
    pub fn new() -> Option<Self> {
        super::server()?;
        let made = Self::empty()?;
        made.run(
            "initdb",
            &["--username=medrecord", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"],
        );
        made.add_settings(SETTINGS);
        made.start();
        Some(made)
    }

    fn empty() -> Option<Self> {
        let programs = programs()?;
        let owner = (user_id().ok()? == "0").then(|| unprivileged_user().expect("a user to run the server"));
        let folder = tempfile::Builder::new().prefix("medrecord-cluster-").tempdir().expect("a folder");
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("it is ours");
        let made = Self { folder, programs, owner, port: free_port(), pooler: None };
        made.hand_over(made.folder.path());
        Some(made)
    }

    /// The address of its database, with more parameters behind.
    pub fn url(&self, parameters: &str) -> String {
        format!("postgresql://medrecord@localhost:{}/postgres?{parameters}", self.port)
    }

    /// The folder in which its files lie.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Appends lines to `postgresql.conf`; they hold from the next start.
    pub fn add_settings(&self, lines: &str) {
        append(&self.data().join("postgresql.conf"), lines);
    }

    /// Starts the server and waits until it answers.
    pub fn start(&self) {
        let (log, port) = (self.folder.path().join("log").display().to_string(), format!("-p {}", self.port));
        self.run("pg_ctl", &["--wait", "--log", &log, "--options", &port, "start"]);
    }

    /// Stops the server as a crash would, without a word to anybody.
    pub fn crash(&self) {
        self.run("pg_ctl", &["--mode=immediate", "stop"]);
    }

    /// Stops the server as its administrator would; connections end at once.
    pub fn stop(&self) {
        self.run("pg_ctl", &["--mode=fast", "stop"]);
    }

    /// Makes certificates for `localhost` and lets nobody in without TLS. Returns the authority's certificate.
    pub fn require_tls(&self) -> PathBuf {
        let authority = self.certify();
        let place = |name: &str| self.folder.path().join(name).display().to_string();
        self.add_settings(&format!(
            "ssl = on\nssl_cert_file = '{}'\nssl_key_file = '{}'\n",
            place("server.pem"),
            place("server.key")
        ));
        fs::write(self.data().join("pg_hba.conf"), "hostssl all all 127.0.0.1/32 trust\n")
            .expect("it is ours");
        self.stop();
        self.start();
        authority
    }

    fn certify(&self) -> PathBuf {
        let openssl = |arguments: &str| {
            let done = Command::new("openssl")
                .args(arguments.split_whitespace())
                .current_dir(self.folder.path())
                .output()
                .expect("openssl is installed");
            assert!(done.status.success(), "openssl: {}", String::from_utf8_lossy(&done.stderr));
        };
        let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
        openssl(&format!("req -x509 {key} -keyout ca.key -out ca.pem -subj /CN=Invented -days 2"));
        openssl(&format!("req {key} -keyout server.key -out server.csr -subj /CN=localhost"));
        fs::write(self.folder.path().join("names"), "subjectAltName=DNS:localhost\n").expect("it is ours");
        openssl(
            "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out server.pem",
        );
        let key = self.folder.path().join("server.key");
        fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).expect("it is ours");
        self.hand_over(&key);
        self.folder.path().join("ca.pem")
    }

    /// Another cluster that follows this one, started.
    #[must_use]
    pub fn replica(&self) -> Self {
        let made = Self::empty().expect("PostgreSQL is installed, for the first one runs");
        let (port, data) = (self.port.to_string(), made.data().display().to_string());
        made.spawned("pg_basebackup")
            .args(["--host=127.0.0.1", "--username=medrecord", "--checkpoint=fast", "--no-sync"])
            .args(["--write-recovery-conf", "--wal-method=stream", "--port", &port, "--pgdata", &data])
            .succeed();
        made.start();
        made
    }

    /// Starts PgBouncer in front, in transaction mode with `servers` connections to the server. Returns its address, or
    /// `None` where it is not installed.
    pub fn pooler(&mut self, servers: u32) -> Option<String> {
        let program = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/usr/local/bin/pgbouncer"];
        let program = program.iter().find(|path| Path::new(path).is_file())?;
        let port = free_port();
        let settings = self.folder.path().join("pgbouncer.ini");
        let text = format!(
            "[databases]\npostgres = host=127.0.0.1 port={} pool_size={servers}\n[pgbouncer]\nlisten_addr = 127.0.0.1\n\
             listen_port = {port}\nunix_socket_dir =\nauth_type = any\npool_mode = transaction\n",
            self.port
        );
        // With "any" everybody is the user that the database line names.
        fs::write(&settings, text.replace("pool_size", "user=medrecord pool_size")).expect("it is ours");
        let mut command = self.command(Path::new(program));
        let running = command.arg("--quiet").arg(&settings).stdout(Stdio::null()).stderr(Stdio::null());
        self.pooler = Some(running.spawn().expect("PgBouncer starts"));
        wait_until("PgBouncer answers", || TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok());
        Some(format!("postgresql://medrecord@localhost:{port}/postgres"))
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        self.spawned(program).arg("--pgdata").arg(self.data()).args(arguments).succeed();
    }

    fn spawned(&self, program: &str) -> Command {
        self.command(&self.programs.join(program))
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir("/").env("LC_ALL", "C").stdin(Stdio::null());
        if let Some((user, group)) = self.owner {
            command.uid(user).gid(group);
        }
        command
    }

    fn hand_over(&self, path: &Path) {
        if let Some((user, group)) = self.owner {
            chown(path, Some(user), Some(group)).expect("root may");
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(mut pooler) = self.pooler.take() {
            let _ended = pooler.kill().and_then(|()| pooler.wait());
        }
        let mut stop = self.spawned("pg_ctl");
        stop.args(["--mode=immediate", "stop", "--pgdata"]).arg(self.data());
        let _stopped = stop.stdout(Stdio::null()).stderr(Stdio::null()).status();
    }
}

trait Succeed {
    fn succeed(&mut self);
}

impl Succeed for Command {
    /// Output goes nowhere: a server would hold the pipe of whoever waits for it.
    fn succeed(&mut self) {
        let done = self.stdout(Stdio::null()).stderr(Stdio::null()).status();
        match done {
            Ok(status) if status.success() => {}
            other => panic!("{self:?}: {other:?}"),
        }
    }
}

fn append(path: &Path, lines: &str) {
    let text = fs::read_to_string(path).expect("it is there");
    fs::write(path, text + lines).expect("it is ours");
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("it is bound").port()
}

fn wait_until(what: &str, so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !so() {
        assert!(begun.elapsed() < Duration::from_secs(30), "{what} not within 30 s");
        std::thread::sleep(Duration::from_millis(50));
    }
}
