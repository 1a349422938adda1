//! `medrecord scribe-bench`: the project's visits with traps, and any folder of transcripts, drafted and counted.
//!
//! Touches no database. It fails where a trap was fallen into, a sentence stands without evidence, or a medicine was invented.

use crate::cli::ScribeBench;
use crate::say;
use anyhow::{Context, Result};
use medrecord_scribe::bench;
use medrecord_scribe::draft::VisitContext;
use medrecord_scribe::recall::Recall;
use medrecord_scribe::transcript::Transcript;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

/// What transcripts of one kind came to.
#[derive(Debug, Default)]
struct Tally {
    drafts: usize,
    words: usize,
    sentences: usize,
    flags: usize,
    omissions: usize,
    without_evidence: Vec<String>,
    invented: Vec<String>,
    /// What reading and drafting took; looking for what was invented is not counted.
    seconds: f64,
}

/// Where the words of a transcript come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A person wrote them down.
    Clean,
    /// A speech engine did.
    Recogniser,
}

/// Runs the bench and prints its tables.
pub(crate) fn run(flags: &ScribeBench) -> Result<ExitCode> {
    let mut failed = traps()?;
    if let Some(folder) = &flags.folder {
        failed += transcripts(folder)?;
    }
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Drafts the visits with traps; returns how many were fallen into.
fn traps() -> Result<usize> {
    let mut rows = vec![["trap".to_owned(), "result".to_owned()]];
    let mut failed = 0;
    let all = bench::traps();
    for trap in &all {
        let failures = trap.failures(&medrecord_scribe::draft(&trap.transcript, &trap.context));
        failed += usize::from(!failures.is_empty());
        let result =
            if failures.is_empty() { "held".to_owned() } else { format!("FAILED: {}", failures.join("; ")) };
        rows.push([trap.name.clone(), result]);
    }
    say::table(&rows)?;
    say::line(format!("{} of {} traps held", all.len() - failed, all.len()))?;
    Ok(failed)
}

/// Drafts every transcript of a folder; returns how many sentences, medicines or doses had nothing to rest on.
fn transcripts(folder: &Path) -> Result<usize> {
    let (mut texts, mut recall) = (Vec::new(), Recall::default());
    for file in files(folder)? {
        let text =
            std::fs::read_to_string(&file).with_context(|| format!("{} cannot be read", file.display()))?;
        texts.extend(split(&file, &text));
        recall = pairs(&text).map(|(said, heard)| Recall::of(&said, &heard)).fold(recall, Recall::and);
    }
    let mut wrong = 0;
    for (kind, name) in [(Kind::Clean, "clean text"), (Kind::Recogniser, "recogniser text")] {
        let tally = tally(texts.iter().filter(|(of, _)| *of == kind).map(|(_, text)| text.as_str()));
        if tally.drafts > 0 || kind == Kind::Clean {
            print(name, &tally)?;
        }
        wrong += tally.without_evidence.len() + tally.invented.len();
    }
    if recall.said > 0 {
        print_recall(&recall)?;
    }
    Ok(wrong)
}

fn tally<'t>(texts: impl Iterator<Item = &'t str>) -> Tally {
    let mut tally = Tally::default();
    for text in texts {
        let started = Instant::now();
        let draft = medrecord_scribe::draft(&Transcript::parse(text), &VisitContext::default());
        tally.seconds += started.elapsed().as_secs_f64();
        tally.drafts += 1;
        tally.words += text.split_whitespace().count();
        tally.sentences += bench::sentences(&draft);
        tally.flags += draft.flags.len();
        tally.omissions += draft.omissions.len();
        tally.without_evidence.extend(bench::without_evidence(&draft));
        tally.invented.extend(bench::invented(&draft));
    }
    tally.seconds = tally.seconds.max(1e-6);
    tally
}

fn print(name: &str, tally: &Tally) -> Result<()> {
    #[expect(clippy::cast_precision_loss, reason = "counts of words and drafts stay far below 2^52")]
    let (words, drafts) = (tally.words as f64, tally.drafts as f64);
    let row = |name: &str, value: String| [name.to_owned(), value];
    say::line("")?;
    say::line(name)?;
    say::table(&[
        row("drafts", tally.drafts.to_string()),
        row("words heard", tally.words.to_string()),
        row("sentences drafted", tally.sentences.to_string()),
        row("sentences or items without evidence", tally.without_evidence.len().to_string()),
        row("invented medicines or doses", tally.invented.len().to_string()),
        row("flags", tally.flags.to_string()),
        row("said and left out, told so", tally.omissions.to_string()),
        row("drafts a second", format!("{:.0}", drafts / tally.seconds)),
        row("documents of 1,000 words a second", format!("{:.0}", words / 1000.0 / tally.seconds)),
    ])?;
    for what in tally.without_evidence.iter().chain(&tally.invented).take(20) {
        say::line(what)?;
    }
    Ok(())
}

/// How many medicines came through a speech engine.
fn print_recall(recall: &Recall) -> Result<()> {
    let of_said = |count: usize| format!("{count} ({} %)", count * 100 / recall.said.max(1));
    let row = |name: &str, value: String| [name.to_owned(), value];
    say::line("")?;
    say::line("medicines said, each once a visit, and named in the recogniser's text")?;
    say::table(&[
        row("said", recall.said.to_string()),
        row("as the recogniser wrote", of_said(recall.heard)),
        row("after misheard names are put right", of_said(recall.put_right)),
        row("the same, the chart listing what the patient takes", of_said(recall.with_chart)),
        row("names put in that nobody said", recall.wrong.len().to_string()),
    ])?;
    for name in &recall.wrong {
        say::line(name)?;
    }
    Ok(())
}

/// Lines that hold a visit twice: as a person wrote it down, and as a speech engine did.
fn pairs(text: &str) -> impl Iterator<Item = (String, String)> {
    text.lines().filter_map(|line| {
        let item: serde_json::Value = serde_json::from_str(line).ok()?;
        let text = |name: &str| item.get(name)?.as_str().map(ToOwned::to_owned);
        Some((text("reference").or_else(|| text("transcript"))?, text("asr")?))
    })
}

/// The text files and lists of transcripts in a folder, in the order of their names.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder)
        .with_context(|| format!("{} is no folder that can be read", folder.display()))?;
    let mut list: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    list.retain(|path| path.extension().is_some_and(|kind| kind == "txt" || kind == "jsonl"));
    list.sort();
    Ok(list)
}

/// The transcripts of one file: a text, or lines with `transcript` or `reference`, and with `asr` where a speech engine
/// wrote it down.
fn split(file: &Path, text: &str) -> Vec<(Kind, String)> {
    if file.extension().is_some_and(|kind| kind == "txt") {
        return vec![(Kind::Clean, text.to_owned())];
    }
    let fields = [("transcript", Kind::Clean), ("reference", Kind::Clean), ("asr", Kind::Recogniser)];
    text.lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .flat_map(|item| {
            let text = |name: &str| item.get(name)?.as_str().map(ToOwned::to_owned);
            fields.iter().filter_map(|(name, kind)| Some((*kind, text(name)?))).collect::<Vec<_>>()
        })
        .collect()
}
