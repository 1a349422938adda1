//! How the database is doing: a page for the administrator, and the same as lines of text for a monitor.

mod text;

use crate::desk::Reading;
use crate::error::Fault;
use crate::page::page;
use crate::shell::Shell;
use crate::visitor::Visitor;
use askama::Template;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use medrecord_store::meters::{BOUNDS_MS, Timing};
use medrecord_store::pulse::{self, PoolState, Pulse};
use std::time::Duration;

#[derive(Template)]
#[template(path = "pages/database/database.html")]
struct DatabasePage {
    shell: Shell,
    pulse: Pulse,
    size: String,
    loans: TimingLine,
    statements: TimingLine,
    buckets: Vec<Bucket>,
}

/// Times in words.
struct TimingLine {
    count: u64,
    mean: String,
    most: String,
    longest: String,
}

/// One row of the table of times.
struct Bucket {
    words: String,
    loans: u64,
    statements: u64,
}

/// Shows it.
pub(crate) async fn show(visitor: Visitor, Reading(mut desk): Reading) -> Result<Response, Fault> {
    let pulse = pulse::feel(&mut desk).await?;
    desk.close().await?;
    page(&DatabasePage {
        shell: visitor.shell(),
        size: megabytes(pulse.bytes),
        loans: line(&pulse.meters.loans),
        statements: line(&pulse.meters.statements),
        buckets: buckets(&pulse),
        pulse,
    })
}

/// Says it to a monitor, in the text format of Prometheus.
pub(crate) async fn metrics(Reading(mut desk): Reading) -> Result<Response, Fault> {
    let pulse = pulse::feel(&mut desk).await?;
    desk.close().await?;
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    Ok((kind, text::of(&pulse)).into_response())
}

fn line(timing: &Timing) -> TimingLine {
    TimingLine {
        count: timing.count(),
        mean: timing.mean().map_or_else(|| "none yet".to_owned(), milliseconds),
        most: match (timing.count(), timing.within(95)) {
            (0, _) => "none yet".to_owned(),
            (_, Some(bound)) => format!("within {bound} ms"),
            (_, None) => "over 5 s".to_owned(),
        },
        longest: milliseconds(timing.longest),
    }
}

fn buckets(pulse: &Pulse) -> Vec<Bucket> {
    let words = BOUNDS_MS.iter().map(|bound| format!("up to {bound} ms")).chain(["longer".to_owned()]);
    let (loans, statements) = (&pulse.meters.loans.buckets, &pulse.meters.statements.buckets);
    words
        .zip(loans.iter().zip(statements))
        .map(|(words, (loans, statements))| Bucket { words, loans: *loans, statements: *statements })
        .collect()
}

fn milliseconds(time: Duration) -> String {
    let micros = time.as_micros();
    format!("{}.{:02} ms", micros / 1000, micros % 1000 / 10)
}

fn megabytes(bytes: i64) -> String {
    format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000)
}

/// What a pool is for, in words.
pub(crate) fn purpose(pool: &PoolState) -> &'static str {
    match pool.name {
        "read" => "reading",
        "write" => "writing",
        _ => "reading and writing",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_for_people() {
        assert_eq!(milliseconds(Duration::from_micros(1_234)), "1.23 ms");
        assert_eq!(megabytes(12_340_000), "12.3 MB");
    }
}
