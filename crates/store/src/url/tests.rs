//! What addresses mean, and how wrong ones are refused.

use super::*;

fn read(text: &str) -> DatabaseUrl {
    text.parse().unwrap()
}

fn refused(text: &str) -> String {
    text.parse::<DatabaseUrl>().unwrap_err().to_string()
}

#[test]
fn the_mission_documents_addresses_are_read() {
    let url = read("postgresql://user:pass@host:5432/db?schema=public&connection_limit=7&pool_timeout=3");
    assert_eq!((url.connection_limit, url.pool_timeout), (7, Duration::from_secs(3)));
    assert_eq!(url.in_words(), "PostgreSQL database db on host:5432");
    for text in ["file:./dev.db", "sqlite:./dev.db", "sqlite://./dev.db"] {
        assert_eq!(read(text).in_words(), "SQLite file ./dev.db");
    }
    assert_eq!(read("file:./dev.db?connection_limit=2").connection_limit, 2);
}

#[test]
fn every_time_limit_is_a_number_of_seconds_and_nought_means_never() {
    let url = read(
        "postgresql://h/d?connect_timeout=2&statement_timeout=30&idle_timeout=0&max_lifetime=60&pgbouncer=true",
    );
    assert_eq!(url.connect_timeout, Duration::from_secs(2));
    assert_eq!(url.statement_timeout, Some(Duration::from_secs(30)));
    assert_eq!((url.idle_timeout, url.max_lifetime), (None, Some(Duration::from_mins(1))));
    assert!(url.pgbouncer);
    let plain = read("postgresql://h/d?statement_timeout=0");
    assert_eq!((plain.statement_timeout, plain.pgbouncer), (None, false));
}

#[test]
fn a_session_sees_the_practices_schema_alone() {
    let url = read("postgresql://h/d?schema=practice_b&application_name=front%20desk");
    assert_eq!(url.in_words(), "PostgreSQL database d, schema practice_b, on h:5432");
    let Place::Postgres(options) = &url.place else { panic!("a server") };
    assert_eq!(
        options.get_options(),
        Some("-c search_path=\"practice_b\" -c jit=off -c max_parallel_workers_per_gather=0")
    );
    assert_eq!(options.get_application_name(), Some("front desk"));
}

#[test]
fn a_socket_is_a_host_too() {
    let url = read("postgresql:///clinic?host=/run/postgresql");
    assert_eq!(url.in_words(), "PostgreSQL database clinic on the socket in /run/postgresql");
}

#[test]
fn a_wrong_address_is_refused_with_the_way_out_and_without_the_password() {
    for text in [
        "",
        "mysql://u:secret@h/d",
        "file:",
        "postgresql://u:secret@h/d?schema=a;b",
        "postgresql://u:secret@h/d?schema=pg_toast",
        "postgresql://u:secret@h/d?schema=",
        "postgresql://u:secret@h/d?sslmode=maybe",
        "postgresql://u:secret@h/d?sslrootcert=/nowhere/ca.pem",
        "postgresql://u:secret@h/d?sslcert=/dev/null",
        "postgresql://u:secret@h/d?connect_timeout=0",
        "postgresql://u:secret@h/d?pgbouncer=maybe",
        "postgresql://u:secret@h/d?pool_timeout=1&pool_timeout=2",
        "file:x?connection_limit=0",
    ] {
        let message = refused(text);
        assert!(message.contains("DATABASE_URL") && !message.contains("secret"), "{text}: {message}");
    }
}

#[test]
fn a_parameter_that_there_is_not_is_named_beside_those_there_are() {
    let message = refused("postgresql://u:secret@h/d?connection_limits=5");
    assert!(message.contains("connection_limits") && message.contains("connection_limit,"), "{message}");
    let message = refused("file:./dev.db?sslmode=require");
    assert!(message.contains("sslmode, which means nothing for an SQLite file"), "{message}");
    let message = refused("postgresql://h/d?sslaccept=strict");
    assert!(message.contains("sslmode=verify-full"), "{message}");
}

/// The table of the documentation is the table of the program.
#[test]
fn every_parameter_is_in_the_documentation() {
    let docs = include_str!("../../../../docs/connections.md");
    for name in query::POSTGRES.iter().chain(&query::SQLITE) {
        assert!(docs.contains(&format!("| `{name}` |")), "docs/connections.md does not know {name}");
    }
}
