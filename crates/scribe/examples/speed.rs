//! How fast the built-in engine drafts: `speed FOLDER [--times N] [--drafts FILE]`.
//!
//! A development program, not shipped. FOLDER holds `.jsonl` files with `transcript`, `reference` or `asr` in each line, as
//! for `medrecord scribe-bench`. Every transcript is read and drafted on one thread, N times over; printed are 1,000 words for each second
//! of processor time, the middle of the N. With `--drafts` each draft is written as JSON, one a line, so that two builds can be compared.

#![expect(clippy::print_stdout, reason = "its output is its purpose")]

use std::error::Error;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use medrecord_scribe::draft::{Draft, VisitContext};
use medrecord_scribe::transcript::Transcript;

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let after = |flag: &str| args.iter().position(|arg| arg == flag).and_then(|at| args.get(at + 1));
    let folder = args.first().ok_or("usage: speed FOLDER [--times N] [--drafts FILE]")?;
    let times = after("--times").map_or(Ok(3), |text| text.parse::<usize>())?.max(1);
    let texts = transcripts(Path::new(folder))?;
    let words: usize = texts.iter().map(|text| text.split_whitespace().count()).sum();
    if let Some(file) = after("--drafts") {
        let drafts: Result<Vec<String>, _> =
            texts.iter().map(|text| serde_json::to_string(&draft(text))).collect();
        std::fs::write(file, drafts?.join("\n") + "\n")?;
    }
    // The word lists are read once, before the first draft.
    black_box(draft("[doctor] Hello."));
    let mut spent: Vec<Duration> = (0..times).map(|_| round(&texts)).collect();
    spent.sort_unstable();
    let middle = spent.get(times / 2).copied().unwrap_or_default().as_secs_f64().max(1e-9);
    let thousands = u32::try_from(words).map(f64::from)? / 1000.0;
    println!("{} transcripts, {words} words, one thread, middle of {times}", texts.len());
    println!("{:.0} documents of 1,000 words a second of processor time", thousands / middle);
    Ok(())
}

fn draft(text: &str) -> Draft {
    medrecord_scribe::draft(&Transcript::parse(text), &VisitContext::default())
}

/// Drafts everything once; the processor time it took.
fn round(texts: &[String]) -> Duration {
    let (began, wall) = (processor(), Instant::now());
    for text in texts {
        black_box(draft(text));
    }
    began.zip(processor()).map_or_else(|| wall.elapsed(), |(from, to)| to.saturating_sub(from))
}

/// The processor time of this thread so far; nothing where the system does not tell.
fn processor() -> Option<Duration> {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    told.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

/// All transcripts of a folder's files, in the order of their names.
fn transcripts(folder: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let mut files: Vec<_> =
        std::fs::read_dir(folder)?.filter_map(|entry| entry.ok().map(|e| e.path())).collect();
    files.retain(|path| path.extension().is_some_and(|kind| kind == "jsonl"));
    files.sort();
    let mut texts = Vec::new();
    for file in files {
        for line in std::fs::read_to_string(file)?.lines().filter(|line| !line.trim().is_empty()) {
            let item: serde_json::Value = serde_json::from_str(line)?;
            let fields = ["transcript", "reference", "asr"];
            texts.extend(fields.iter().filter_map(|name| item.get(name)?.as_str().map(ToOwned::to_owned)));
        }
    }
    Ok(texts)
}
