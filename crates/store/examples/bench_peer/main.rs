//! Joins the benchmark of data layers (Prisma, Drizzle, node-postgres) by its line protocol, so that this crate is
//! measured beside them on the same rows in one run; `docs/benchmarks.md` has the commands.
//!
//! `bench_peer load TARGET SOURCE` copies a loaded benchmark database into this project's schema;
//! `bench_peer serve TARGET KEYS` answers `run OP N CLIENTS START`, `check OP I` and `quit` on standard input;
//! `bench_peer serve-unaudited TARGET KEYS` leaves the audit events of reading out, as its rivals do.

#![expect(clippy::print_stdout, reason = "the protocol is spoken on standard output")]

mod load;
mod operations;

use operations::{Keys, Operation, Practice};
use std::io::BufRead;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

type Failed = Box<dyn std::error::Error + Send + Sync>;

/// As the server runs: two workers.
#[tokio::main(worker_threads = 2)]
async fn main() -> Result<(), Failed> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["load", target, source] => load::copy(target, source).await,
        [how @ ("serve" | "serve-unaudited"), target, keys] => {
            let keys: Keys = serde_json::from_str(&std::fs::read_to_string(keys)?)?;
            serve(Arc::new(Practice::open(target, keys, *how == "serve").await?)).await
        }
        _ => Err("usage: bench_peer load TARGET SOURCE | bench_peer serve[-unaudited] TARGET KEYS".into()),
    }
}

async fn serve(practice: Arc<Practice>) -> Result<(), Failed> {
    println!("ready");
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["run", operation, number, clients, start] => {
                let Some(operation) = Operation::named(operation) else {
                    println!(r#"{{"n":0,"err":"unsupported"}}"#);
                    continue;
                };
                let run = Run { operation, number: number.parse()?, clients: clients.parse()? };
                println!("{}", run.measured(&practice, start.parse()?).await?);
            }
            ["check", operation, at] => {
                let answer = match Operation::named(operation) {
                    Some(operation) => practice.call(operation, at.parse()?).await?,
                    None => r#"{"err":"unsupported"}"#.to_owned(),
                };
                println!("{answer}");
            }
            _ => break,
        }
    }
    Ok(())
}

/// So many calls by so many clients at once.
#[derive(Clone, Copy)]
struct Run {
    operation: Operation,
    number: usize,
    clients: usize,
}

impl Run {
    async fn measured(self, practice: &Arc<Practice>, start: usize) -> Result<serde_json::Value, Failed> {
        let next = Arc::new(AtomicUsize::new(0));
        let (cpu, begun) = (cpu_nanoseconds()?, Instant::now());
        let mut clients = tokio::task::JoinSet::new();
        for _ in 0..self.clients {
            let (practice, next) = (Arc::clone(practice), Arc::clone(&next));
            clients.spawn(async move {
                let mut took = Vec::new();
                let mut bytes = 0;
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    if at >= self.number {
                        return Ok::<_, String>((took, bytes));
                    }
                    let from = Instant::now();
                    let answer =
                        practice.call(self.operation, start + at).await.map_err(|e| e.to_string())?;
                    bytes += answer.len();
                    took.push(from.elapsed());
                }
            });
        }
        let (mut took, mut bytes, mut failure) = (Vec::new(), 0, None);
        while let Some(done) = clients.join_next().await {
            match done? {
                Ok((times, read)) => {
                    took.extend(times);
                    bytes += read;
                }
                Err(message) => failure = Some(message),
            }
        }
        let wall = begun.elapsed().as_secs_f64();
        // Its processor time counts, and nothing of it is left to disturb the next peer.
        practice.settle().await;
        let cpu = cpu_nanoseconds()?.saturating_sub(cpu);
        let calls = u32::try_from(took.len().max(1))?;
        let mut micros: Vec<f64> = took.iter().map(|time| time.as_secs_f64() * 1e6).collect();
        micros.sort_by(f64::total_cmp);
        let at = |part: usize| micros.get((micros.len() * part / 100).min(micros.len().saturating_sub(1)));
        Ok(serde_json::json!({
            "n": took.len(), "wall": wall, "p50": at(50), "p99": at(99),
            "mean": micros.iter().sum::<f64>() / f64::from(calls),
            "cpu": f64::from(u32::try_from(cpu / 1_000)?) / f64::from(calls),
            "hwm_kb": peak_kilobytes()?, "bytes": bytes / took.len().max(1), "err": failure,
        }))
    }
}

/// What all threads of this process have used; finer than the clock ticks that the process itself is told.
fn cpu_nanoseconds() -> Result<u64, Failed> {
    let mut sum = 0;
    for thread in std::fs::read_dir("/proc/self/task")? {
        let text = std::fs::read_to_string(thread?.path().join("schedstat")).unwrap_or_default();
        sum += text.split_whitespace().next().map_or(Ok(0), str::parse::<u64>)?;
    }
    Ok(sum)
}

fn peak_kilobytes() -> Result<u64, Failed> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    Ok(line.trim().trim_end_matches("kB").trim().parse()?)
}
