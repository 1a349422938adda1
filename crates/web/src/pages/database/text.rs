//! The database's pulse in the text format of Prometheus: names in base units, times in seconds.

use medrecord_store::meters::{BOUNDS_MS, Timing};
use medrecord_store::pulse::Pulse;
use std::fmt::Write as _;

pub(super) fn of(pulse: &Pulse) -> String {
    let mut text = Text::default();
    let quoted = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
    let (kind, version) = (quoted(pulse.kind), quoted(&pulse.version));
    text.head("medrecord_database_info", "gauge", "Which database it is.");
    text.line("medrecord_database_info", &format!("{{kind=\"{kind}\",version=\"{version}\"}}"), 1);
    text.head("medrecord_database_bytes", "gauge", "Its size on disk.");
    text.line("medrecord_database_bytes", "", pulse.bytes);
    text.head("medrecord_pool_connections", "gauge", "Connections of each pool.");
    for pool in &pulse.pools {
        let counts = [("idle", pool.idle), ("in_use", pool.in_use())];
        for (state, count) in counts {
            let labels = format!("{{pool=\"{}\",state=\"{state}\"}}", pool.name);
            text.line("medrecord_pool_connections", &labels, count);
        }
    }
    text.head("medrecord_pool_limit", "gauge", "The most connections each pool may have.");
    for pool in &pulse.pools {
        text.line("medrecord_pool_limit", &format!("{{pool=\"{}\"}}", pool.name), pool.limit);
    }
    let meters = &pulse.meters;
    text.counter("medrecord_pool_waits_total", "Loans that took 5 ms or longer.", meters.waits);
    text.counter("medrecord_pool_timeouts_total", "Requests that gave up waiting.", meters.timeouts);
    text.counter("medrecord_database_outages_total", "How often the server went away.", meters.outages);
    text.times("medrecord_pool_loan_seconds", "How long it took to get a connection.", &meters.loans);
    text.times("medrecord_statement_seconds", "How long statements took.", &meters.statements);
    if let Some(replica) = &pulse.replica {
        text.head("medrecord_replica_in_use", "gauge", "Whether lists are read from the replica.");
        text.line("medrecord_replica_in_use", "", u8::from(replica.in_use));
        if let Some(behind) = replica.behind {
            text.head("medrecord_replica_behind_seconds", "gauge", "By how much the replica is behind.");
            text.line("medrecord_replica_behind_seconds", "", behind.as_secs_f64());
        }
    }
    text.0
}

#[derive(Default)]
struct Text(String);

impl Text {
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        self.push(format_args!("# HELP {name} {help}\n# TYPE {name} {kind}\n"));
    }

    fn line(&mut self, name: &str, labels: &str, value: impl std::fmt::Display) {
        self.push(format_args!("{name}{labels} {value}\n"));
    }

    fn counter(&mut self, name: &str, help: &str, value: u64) {
        self.head(name, "counter", help);
        self.line(name, "", value);
    }

    fn times(&mut self, name: &str, help: &str, timing: &Timing) {
        self.head(name, "histogram", help);
        let bucket = format!("{name}_bucket");
        let mut upto = 0;
        for (bound, count) in BOUNDS_MS.iter().zip(&timing.buckets) {
            upto += count;
            let seconds = std::time::Duration::from_millis(*bound).as_secs_f64();
            self.line(&bucket, &format!("{{le=\"{seconds}\"}}"), upto);
        }
        self.line(&bucket, "{le=\"+Inf\"}", timing.count());
        self.line(&format!("{name}_sum"), "", timing.total.as_secs_f64());
        self.line(&format!("{name}_count"), "", timing.count());
    }

    fn push(&mut self, words: std::fmt::Arguments<'_>) {
        // Writing into a string does not fail.
        let _written = self.0.write_fmt(words);
    }
}
