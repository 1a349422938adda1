//! Predictions on evaluation files, one JSON object a line: `predict MODE FILE [--model FILE]`.
//!
//! A development program, not shipped. MODE is note, orders, section, negation, entities, facts, explain, wer or join; the
//! shapes of FILE and of the output are those of the evaluation's scorer.

#![expect(clippy::print_stdout, reason = "its output is its purpose")]

mod entities;
mod explain;
mod notes;
mod orders;
mod setup;
mod wer;

use std::process::ExitCode;

use medrecord_scribe::draft::VisitContext;
use medrecord_scribe::engine::{section_text, sections};
use medrecord_scribe::transcript::{Segment, Speaker, Transcript};
use serde_json::{Value, json};

pub(crate) use setup::Setup;

/// One line of an evaluation file.
pub(crate) type Item = Value;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &[String]) -> Result<(), Box<dyn std::error::Error>> {
    let [mode, file, rest @ ..] = args else {
        return Err(
            "usage: predict note|orders|section|negation|entities|facts|explain|wer|join FILE [--model FILE] [--only K/N]"
                .into(),
        );
    };
    if mode == "wer" {
        let model = rest.iter().position(|arg| arg == "--model").and_then(|at| rest.get(at + 1));
        return wer::run(file, model.ok_or("wer needs --model FILE")?);
    }
    if mode == "join" {
        return wer::join(file, rest.first().ok_or("join needs two files of hearings")?);
    }
    let setup = Setup::read(rest)?;
    for (at, line) in std::fs::read_to_string(file)?.lines().enumerate() {
        if line.trim().is_empty() || !setup.wants(at) {
            continue;
        }
        let item: Item = serde_json::from_str(line)?;
        let mut made = match mode.as_str() {
            "note" => notes::predict(&item, &setup),
            "facts" => notes::facts(&item, &setup),
            "orders" => orders::predict(&item, &setup),
            "negation" => negation(&item),
            "entities" => entities::predict(&item, &setup),
            "explain" => explain::predict(&item, &setup),
            "section" => section(&item, &setup),
            other => return Err(format!("unknown mode {other}").into()),
        };
        if let Some(object) = made.as_object_mut() {
            object.insert("id".to_owned(), item.get("id").cloned().unwrap_or_default());
        }
        println!("{made}");
    }
    Ok(())
}

/// The section of a short conversation and its text.
fn section(item: &Item, setup: &Setup) -> Value {
    let transcript = transcript(item);
    let header = sections::classify(&transcript, &setup.weights);
    let text = section_text::text(&transcript, header, &VisitContext::default(), &setup.weights);
    json!({ "sectionHeader": header, "sectionText": text, "recordField": sections::field(header) })
}

/// The text of a field, empty if absent.
pub(crate) fn text<'a>(item: &'a Item, name: &str) -> &'a str {
    item[name].as_str().unwrap_or_default()
}

/// The transcript of an item with its speaker labels.
pub(crate) fn transcript(item: &Item) -> Transcript {
    Transcript::parse(text(item, "transcript"))
}

/// The turns of an item that carry ids of their own, and those ids.
pub(crate) fn turns(item: &Item) -> (Transcript, Vec<Value>) {
    let mut segments = Vec::new();
    let mut ids = Vec::new();
    for turn in item["sentences"].as_array().into_iter().flatten() {
        let speaker = match text(turn, "speaker").to_lowercase().as_str() {
            "doctor" => Speaker::Doctor,
            "patient" => Speaker::Patient,
            _ => Speaker::Other,
        };
        segments.push(Segment {
            index: segments.len(),
            speaker,
            text: text(turn, "text").to_owned(),
            ..Segment::default()
        });
        ids.push(turn["turn_id"].clone());
    }
    (Transcript { segments }, ids)
}

/// Whether the concept of a report sentence is denied.
fn negation(item: &Item) -> Value {
    let denied = medrecord_scribe::engine::negation::denies(text(item, "sentence"), text(item, "concept"));
    json!({ "negation": if denied { "negated" } else { "affirmed" } })
}
