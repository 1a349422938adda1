//! Finds a PostgreSQL server for the tests: the one that `MEDRECORD_TEST_POSTGRES_URL` names, or else a
//! throw-away cluster made from the programs installed on this machine (see `cluster`).
//!
//! A machine without PostgreSQL may still run the tests; they then say aloud what did not run.
//! `MEDRECORD_REQUIRE_POSTGRES=1`, which `.ci/run` sets, turns that into a failure.
//! No SQL here: making a database inside the server is the store's business.

#[cfg(unix)]
mod cluster;
#[cfg(unix)]
mod installed;
#[cfg(unix)]
pub mod private;

use std::io::Write as _;
use std::sync::OnceLock;

/// A running PostgreSQL server that tests may make and drop databases in.
#[derive(Clone)]
pub struct Server {
    /// The address of the server's `postgres` database, for a role that may create databases.
    pub admin_url: String,
}

/// Returns the server for this test run, starting one at the first call, or `None` where there is none.
///
/// Safe to call from many threads and test programs at once; all of one target folder share a server. Call it
/// for each test: every call also tells the server that it is still needed, else it stops after 15 minutes.
///
/// # Panics
/// Where there is no server although `MEDRECORD_REQUIRE_POSTGRES` demands one.
#[expect(clippy::panic, reason = "a required database that is missing must fail the test that needs it")]
pub fn server() -> Option<Server> {
    static FOUND: OnceLock<Result<Found, String>> = OnceLock::new();
    match FOUND.get_or_init(find) {
        Ok(found) => Some(found.server()),
        Err(reason) if required(setting("MEDRECORD_REQUIRE_POSTGRES").as_deref()) => {
            panic!("PostgreSQL is required (MEDRECORD_REQUIRE_POSTGRES) but did not start: {reason}")
        }
        Err(_) => None,
    }
}

enum Found {
    Named(Server),
    #[cfg(unix)]
    Own(cluster::Running),
}

impl Found {
    fn server(&self) -> Server {
        match self {
            Self::Named(server) => server.clone(),
            #[cfg(unix)]
            Self::Own(running) => {
                running.touch();
                Server { admin_url: running.admin_url.clone() }
            }
        }
    }
}

fn find() -> Result<Found, String> {
    let found = match setting("MEDRECORD_TEST_POSTGRES_URL") {
        Some(admin_url) => Ok(Found::Named(Server { admin_url })),
        None => own_cluster(),
    };
    if let Err(reason) = &found {
        // Not eprintln: the test runner hides what passing tests print, and this must be seen.
        let _unseen = writeln!(std::io::stderr(), "PostgreSQL: not run ({reason})");
    }
    found
}

#[cfg(unix)]
fn own_cluster() -> Result<Found, String> {
    let place = cluster::Place::for_this_build()?;
    cluster::find_or_start(&place).map(Found::Own)
}

#[cfg(not(unix))]
fn own_cluster() -> Result<Found, String> {
    Err("set MEDRECORD_TEST_POSTGRES_URL; only Unix machines start one by themselves".to_owned())
}

#[expect(clippy::disallowed_methods, reason = "tests have no configuration but their environment")]
fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn required(value: Option<&str>) -> bool {
    value.is_some_and(|value| value != "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_thread_gets_the_same_server() {
        let addresses: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| server().map(|it| it.admin_url))).collect();
            threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
        });
        assert!(
            addresses.iter().all(|address| *address == addresses[0]),
            "{} threads disagree",
            addresses.len()
        );
    }

    #[test]
    fn a_second_call_costs_nothing() {
        server();
        let before = std::time::Instant::now();
        for _ in 0..100 {
            server();
        }
        assert!(before.elapsed() < std::time::Duration::from_secs(30), "took {:?}", before.elapsed());
    }

    #[test]
    fn postgres_is_required_only_when_asked_for() {
        for (value, expected) in [(None, false), (Some("0"), false), (Some("1"), true), (Some("yes"), true)] {
            assert_eq!(required(value), expected, "{value:?}");
        }
    }
}
