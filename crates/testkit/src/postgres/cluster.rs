//! A throw-away PostgreSQL cluster, shared by all test programs of one target folder.
//!
//! Under `target/tmp` lies a folder with a `lock` (one starter at a time), `users` (each test program holds it
//! shared), `current` (which run is up, its port and password) and one `run-…` folder with the data. A shell beside
//! the server stops it and removes that folder when its `heartbeat` file is gone or 15 minutes old, so nothing
//! stays for ever, whichever way the tests end. Nothing is synced to disk: what is lost here was invented.

use std::fs::{self, File, OpenOptions};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::installed::{programs, unprivileged_user, user_id};

const IDLE_MINUTES: u64 = 15;
/// About 1.5 GB of abandoned test databases; the next test program that is alone then begins afresh.
const CROWDED: usize = 200;
const STARTS_WITHIN: Duration = Duration::from_mins(1);

const SETTINGS: &str = "
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 300
shared_buffers = 64MB
fsync = off
full_page_writes = off
autovacuum = off
wal_level = minimal
max_wal_senders = 0
";

/// Stands beside the server: $1 idle minutes, $2 the run's folder, $3 the postgres program, $4 its port.
const WATCHDOG: &str = r#"
trap '' HUP
trap 'rm -f "$2/heartbeat"' TERM
cd "$2" || exit 1
"$3" -D "$2/data" -p "$4" >"$2/log" 2>&1 &
server=$!
while sleep 2; kill -0 "$server" 2>/dev/null && [ -n "$(find "$2/heartbeat" -mmin "-$1" 2>/dev/null)" ]; do :; done
kill -QUIT "$server" 2>/dev/null
wait "$server"
cd / && rm -rf "$2"
"#;

/// Linguistic order first, as most real servers have it: a query that forgets to ask for byte order then shows.
const LOCALES: [&[&str]; 3] = [
    &["--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US"],
    &["--locale=C", "--locale-provider=icu", "--icu-locale=en-US"],
    &["--locale=C"],
];

/// Where a cluster lives, who runs it and with which programs.
pub(super) struct Place {
    folder: PathBuf,
    programs: PathBuf,
    /// PostgreSQL refuses to run as root; root hands it to this user and group.
    owner: Option<(u32, u32)>,
}

/// A cluster that answers, held for as long as this process lives.
pub(super) struct Running {
    pub(super) admin_url: String,
    heartbeat: PathBuf,
    _in_use: File,
}

impl Running {
    /// Tells the shell beside the server that it is still needed.
    pub(super) fn touch(&self) {
        let _gone = touch(&self.heartbeat);
    }
}

impl Place {
    /// Chooses the folder for the target folder that this test program was built in.
    pub(super) fn for_this_build() -> Result<Self, String> {
        let program =
            std::env::current_exe().map_err(|error| format!("this program has no path: {error}"))?;
        let target = program.ancestors().find(|folder| folder.join("CACHEDIR.TAG").is_file());
        let mut hasher = DefaultHasher::new();
        target.hash(&mut hasher);
        let name = format!("medrecord-postgres-{}-{:08x}", user_id()?, hasher.finish() & 0xffff_ffff);
        // Under a root-only home the target folder is out of reach for the user that runs the server.
        let inside = target.map(|target| Self::at(&target.join("tmp").join(&name)));
        match inside {
            Some(Ok(place)) => Ok(place),
            _ => Self::at(&std::env::temp_dir().join(&name)),
        }
    }

    fn at(folder: &Path) -> Result<Self, String> {
        let programs = programs().ok_or("no PostgreSQL 15 or newer is installed")?;
        let owner = if user_id()? == "0" { Some(unprivileged_user()?) } else { None };
        let place = Self { folder: folder.to_path_buf(), programs, owner };
        place.prepare().map_err(|error| format!("the folder for test databases cannot be used: {error}"))?;
        Ok(place)
    }

    fn prepare(&self) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        fs::set_permissions(&self.folder, fs::Permissions::from_mode(0o700))?;
        self.hand_over(&self.folder)?;
        let reached = self.command(Path::new("test")).arg("-w").arg(&self.folder).status()?;
        if reached.success() { Ok(()) } else { Err(io::Error::other("its owner cannot reach it")) }
    }

    fn hand_over(&self, path: &Path) -> io::Result<()> {
        self.owner.map_or(Ok(()), |(user, group)| chown(path, Some(user), Some(group)))
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir("/").env("LC_ALL", "C").stdin(Stdio::null());
        if let Some((user, group)) = self.owner {
            command.uid(user).gid(group);
        }
        command
    }
}

/// Joins the cluster that runs in this place, or starts one.
pub(super) fn find_or_start(place: &Place) -> Result<Running, String> {
    one_at_a_time(place).map_err(|error| error.to_string())
}

fn one_at_a_time(place: &Place) -> io::Result<Running> {
    let starting = File::create(place.folder.join("lock"))?;
    starting.lock()?;
    let in_use = File::create(place.folder.join("users"))?;
    let alone = in_use.try_lock().is_ok();
    let run = match current(place).filter(|run| run.is_up() && !(alone && run.is_crowded())) {
        Some(run) => run,
        None => start_anew(place)?,
    };
    touch(&run.heartbeat())?;
    in_use.lock_shared()?;
    Ok(Running { admin_url: run.admin_url(), heartbeat: run.heartbeat(), _in_use: in_use })
}

/// One start of a server, from its empty data folder to its end.
struct Run {
    folder: PathBuf,
    port: u16,
    password: String,
}

impl Run {
    fn heartbeat(&self) -> PathBuf {
        self.folder.join("heartbeat")
    }

    fn admin_url(&self) -> String {
        format!("postgresql://medrecord:{}@127.0.0.1:{}/postgres", self.password, self.port)
    }

    /// A heartbeat in its last minute counts as gone: the shell beside the server may be about to stop it.
    fn is_up(&self) -> bool {
        let age = fs::metadata(self.heartbeat()).and_then(|found| found.modified()).map(|at| at.elapsed());
        let fresh = age.is_ok_and(|age| age.unwrap_or_default() < Duration::from_mins(IDLE_MINUTES - 1));
        fresh && answers(self.port)
    }

    fn is_crowded(&self) -> bool {
        fs::read_dir(self.folder.join("data/base")).is_ok_and(|databases| databases.count() > CROWDED)
    }
}

fn current(place: &Place) -> Option<Run> {
    let text = fs::read_to_string(place.folder.join("current")).ok()?;
    let mut words = text.split_whitespace();
    let folder = place.folder.join(words.next()?);
    Some(Run { folder, port: words.next()?.parse().ok()?, password: words.next()?.to_owned() })
}

fn start_anew(place: &Place) -> io::Result<Run> {
    retire_earlier_runs(place);
    let name = format!("run-{}", random_hex()?);
    let run = Run { folder: place.folder.join(&name), port: free_port()?, password: random_hex()? };
    let started = make_cluster(place, &run).and_then(|()| start_server(place, &run));
    if let Err(error) = started {
        let _kept = fs::remove_dir_all(&run.folder);
        return Err(error);
    }
    fs::write(place.folder.join("current"), format!("{name} {} {}\n", run.port, run.password))?;
    Ok(run)
}

/// Takes the heartbeats away, which ends the servers, and sweeps up after shells that were killed.
fn retire_earlier_runs(place: &Place) {
    for entry in fs::read_dir(&place.folder).into_iter().flatten().flatten() {
        let folder = entry.path();
        if !entry.file_name().to_string_lossy().starts_with("run-") {
            continue;
        }
        if fs::remove_file(folder.join("heartbeat")).is_err() {
            // Without its data folder a server that lost its shell ends by itself within a minute.
            let _kept = fs::remove_dir_all(&folder);
        }
    }
}

fn make_cluster(place: &Place, run: &Run) -> io::Result<()> {
    fs::create_dir(&run.folder)?;
    place.hand_over(&run.folder)?;
    let password = run.folder.join("password");
    fs::write(&password, &run.password)?;
    fs::set_permissions(&password, fs::Permissions::from_mode(0o600))?;
    place.hand_over(&password)?;
    let mut reason = String::new();
    for locale in LOCALES {
        let made = place
            .command(&place.programs.join("initdb"))
            .arg("--pgdata")
            .arg(run.folder.join("data"))
            .arg("--pwfile")
            .arg(&password)
            .args(["--username=medrecord", "--auth=password", "--encoding=UTF8", "--no-sync"])
            .args(locale)
            .output()?;
        if made.status.success() {
            let settings = run.folder.join("data/postgresql.conf");
            return OpenOptions::new().append(true).open(settings)?.write_all(SETTINGS.as_bytes());
        }
        reason = last_line(&String::from_utf8_lossy(&made.stderr));
    }
    Err(io::Error::other(format!("initdb failed: {reason}")))
}

fn start_server(place: &Place, run: &Run) -> io::Result<()> {
    File::create(run.heartbeat())?;
    let mut shell = place
        .command(Path::new("sh"))
        .args(["-c", WATCHDOG, "medrecord-test-postgres", &IDLE_MINUTES.to_string()])
        .arg(&run.folder)
        .arg(place.programs.join("postgres"))
        .arg(run.port.to_string())
        // Neither the terminal's Ctrl-C nor a pipe that waits for our output may hang on the server.
        .process_group(0)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let reason = match wait_until_ready(run, &mut shell) {
        Ok(()) => return Ok(()),
        Err(reason) => reason,
    };
    Err(io::Error::other(format!("postgres did not start: {reason}")))
}

fn wait_until_ready(run: &Run, shell: &mut Child) -> Result<(), String> {
    let begun = Instant::now();
    let mut log = String::new();
    while begun.elapsed() < STARTS_WITHIN {
        log = fs::read_to_string(run.folder.join("log")).unwrap_or(log);
        let status = fs::read_to_string(run.folder.join("data/postmaster.pid")).unwrap_or_default();
        if status.lines().nth(7).is_some_and(|line| line.trim() == "ready") && answers(run.port) {
            return Ok(());
        }
        if !matches!(shell.try_wait(), Ok(None)) {
            return Err(last_line(&log));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Err(format!("not ready after {} s: {}", STARTS_WITHIN.as_secs(), last_line(&log)))
}

/// Asks for TLS as the protocol's opening does; a PostgreSQL server says `N` or `S`, no other program does.
fn answers(port: u16) -> bool {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let wait = Duration::from_secs(2);
    let ask = || -> io::Result<bool> {
        let mut stream = TcpStream::connect_timeout(&address, wait)?;
        stream.set_read_timeout(Some(wait))?;
        stream.write_all(&[0, 0, 0, 8, 4, 210, 22, 47])?;
        let mut answer = [0];
        stream.read_exact(&mut answer)?;
        Ok(matches!(&answer, b"N" | b"S"))
    };
    ask().unwrap_or(false)
}

fn touch(file: &Path) -> io::Result<()> {
    OpenOptions::new().write(true).open(file)?.write_all(b".")
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

fn random_hex() -> io::Result<String> {
    let mut bytes = [0_u8; 8];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(format!("{:016x}", u64::from_ne_bytes(bytes)))
}

fn last_line(text: &str) -> String {
    text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it said nothing").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A place of the test's own; `None` where PostgreSQL is not installed, which `server` says aloud.
    fn place(name: &str) -> Option<Place> {
        let folder = std::env::temp_dir().join(format!("medrecord-postgres-{}-{name}", std::process::id()));
        programs().map(|_| Place::at(&folder).expect("the temporary folder is ours"))
    }

    /// The shell beside the server removes the folder last, after the server's end. The port is no witness: another
    /// program may have it the moment after.
    fn ends(run: &Run) -> bool {
        let begun = Instant::now();
        while run.folder.exists() && begun.elapsed() < Duration::from_mins(1) {
            std::thread::sleep(Duration::from_millis(100));
        }
        !run.folder.exists()
    }

    #[test]
    fn the_second_program_joins_the_server_of_the_first() {
        let Some(place) = place("join") else { return };
        let (first, second) = std::thread::scope(|scope| {
            let other = scope.spawn(|| find_or_start(&place).expect("it joins or starts"));
            (find_or_start(&place).expect("it starts or joins"), other.join().expect("no panic"))
        });
        assert_eq!(first.admin_url, second.admin_url);
        fs::remove_file(&first.heartbeat).expect("it beats");
        assert!(ends(&current(&place).expect("it was written")));
        fs::remove_dir_all(&place.folder).expect("nothing is left behind");
    }

    #[test]
    fn a_server_without_heartbeat_stops_and_the_next_start_is_new() {
        let Some(place) = place("restart") else { return };
        let first = find_or_start(&place).expect("it starts");
        let run = current(&place).expect("it was written");
        fs::remove_file(&first.heartbeat).expect("it beats");
        assert!(ends(&run), "the server outlived its heartbeat");

        let second = find_or_start(&place).expect("it starts again");
        assert_ne!(first.admin_url, second.admin_url);
        retire_earlier_runs(&place);
        assert!(ends(&current(&place).expect("it was written")));
        fs::remove_dir_all(&place.folder).expect("nothing is left behind");
    }

    #[test]
    fn another_program_on_the_port_is_not_taken_for_the_server() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let other = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("we are asked");
            stream.write_all(b"HTTP/1.1 400 Bad Request").expect("it is read");
        });
        assert!(!answers(port));
        other.join().expect("no panic");
    }
}
