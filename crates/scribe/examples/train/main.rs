//! Trains the small weights: `train CONVERSATIONS MTS OUT [--skip K/N]`; `train phrases OUT FILE…` counts words.
//!
//! A development program, not shipped. It learns which statements a written note holds (logistic regression on
//! the statements a greedy search would choose) and which section a short conversation is about (softmax).
//! `--skip K/N` leaves out every item whose number gives K when divided by N, for cross-validation.

#![expect(clippy::print_stdout, reason = "its output is its purpose")]
#![expect(clippy::indexing_slicing, reason = "a development program over rows it made itself")]

mod learn;
mod oracle;
mod phrases;

use std::process::ExitCode;

use medrecord_scribe::draft::{Sex, VisitContext};
use medrecord_scribe::engine::scene::Scene;
use medrecord_scribe::engine::weights::Weights;
use medrecord_scribe::engine::wording::Person;
use medrecord_scribe::engine::{rank, section_text, sections, units};
use medrecord_scribe::transcript::Transcript;
use serde_json::Value;

type Failure = Box<dyn std::error::Error>;

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

fn run(args: &[String]) -> Result<(), Failure> {
    if let [mode, out, files @ ..] = args
        && mode == "phrases"
    {
        return phrases::run(out, files);
    }
    let [conversations, mts, out, rest @ ..] = args else {
        return Err("usage: train CONVERSATIONS MTS OUT [--skip K/N]".into());
    };
    let skip = match rest {
        [flag, part] if flag == "--skip" => {
            let (k, n) = part.split_once('/').ok_or("K/N")?;
            Some((k.parse()?, n.parse()?))
        }
        _ => None,
    };
    let rank = learn::logistic(&statements(conversations, skip)?);
    let section = learn::softmax(&parts(mts, skip)?, sections::HEADERS.len());
    let part = learn::logistic(&part_statements(mts, skip)?);
    let bytes = Weights::write(&[vec![rank], section, vec![part]]);
    println!("{} bytes", bytes.len());
    std::fs::write(out, bytes)?;
    Ok(())
}

/// The lines of a file, without those that are skipped.
fn items(file: &str, skip: Option<(usize, usize)>) -> Result<Vec<Value>, Failure> {
    let mut list = Vec::new();
    for (at, line) in std::fs::read_to_string(file)?.lines().enumerate() {
        if skip.is_none_or(|(k, n)| at % n != k) {
            list.push(serde_json::from_str(line)?);
        }
    }
    Ok(list)
}

/// Features and label of each statement of each visit.
fn statements(file: &str, skip: Option<(usize, usize)>) -> Result<Vec<(Vec<u32>, f32)>, Failure> {
    let mut rows = Vec::new();
    for item in items(file, skip)? {
        let scene = Scene::read(&Transcript::parse(item["transcript"].as_str().unwrap_or_default()));
        let sex = match item["patient"]["gender"].as_str() {
            Some("male") => Some(Sex::Male),
            Some("female") => Some(Sex::Female),
            _ => None,
        };
        let list =
            units::all(&scene, Person::heard(&VisitContext { sex, ..VisitContext::default() }, &scene));
        let texts: Vec<&str> = list.iter().map(|unit| unit.text.as_str()).collect();
        let labels = oracle::labels(item["note"].as_str().unwrap_or_default(), &texts);
        rows.extend(list.iter().zip(labels).map(|(unit, label)| (rank::features(&scene, unit), label)));
    }
    Ok(rows)
}

/// Features and class of each short conversation of the training split.
fn parts(file: &str, skip: Option<(usize, usize)>) -> Result<Vec<(Vec<u32>, usize)>, Failure> {
    let mut rows = Vec::new();
    for item in items(file, skip)?.iter().filter(|item| item["original_split"] == "train") {
        let class =
            sections::HEADERS.iter().position(|h| item["sectionHeader"] == *h).ok_or("unknown section")?;
        rows.push((
            sections::features(&Transcript::parse(item["transcript"].as_str().unwrap_or_default())),
            class,
        ));
    }
    Ok(rows)
}

/// Features and label of each statement of each short conversation.
fn part_statements(file: &str, skip: Option<(usize, usize)>) -> Result<Vec<(Vec<u32>, f32)>, Failure> {
    let mut rows = Vec::new();
    for item in items(file, skip)?.iter().filter(|item| item["original_split"] == "train") {
        let scene = Scene::read(&Transcript::parse(item["transcript"].as_str().unwrap_or_default()));
        let list = units::all(&scene, Person::heard(&VisitContext::default(), &scene));
        let texts: Vec<&str> = list.iter().map(|unit| unit.text.as_str()).collect();
        let labels = oracle::labels(item["sectionText"].as_str().unwrap_or_default(), &texts);
        let header = item["sectionHeader"].as_str().unwrap_or_default();
        rows.extend(
            list.iter()
                .zip(labels)
                .map(|(unit, label)| (section_text::part_features(&scene, unit, header), label)),
        );
    }
    Ok(rows)
}
