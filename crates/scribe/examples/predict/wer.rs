//! Transcripts of whole recordings.

use std::path::Path;

#[cfg(feature = "speech")]
use medrecord_scribe::speech::join_texts;
use medrecord_scribe::speech::{Engine, HearOptions, hear_file};
use serde_json::json;

use crate::{Item, text};

/// Hears each recording that an evaluation file names (its paths are relative to the file's folder, or to the one
/// above) and prints what was said.
pub(crate) fn run(file: &str, model: &str) -> Result<(), Box<dyn std::error::Error>> {
    let engine = Engine::open(Path::new(model))?;
    let folder = Path::new(file).parent().unwrap_or(Path::new("."));
    for line in std::fs::read_to_string(file)?.lines().filter(|line| !line.trim().is_empty()) {
        let item: Item = serde_json::from_str(line)?;
        let name = text(&item, "file");
        let beside = folder.join(name);
        let path = if beside.exists() { beside } else { folder.join("..").join(name) };
        let heard = hear_file(&path, &engine, &HearOptions::default(), &mut |_| {})?;
        let said: Vec<&str> = heard.transcript.segments.iter().map(|segment| segment.text.as_str()).collect();
        let doubts: Vec<String> = heard
            .doubts
            .iter()
            .map(|doubt| format!("{:?} {}-{} ms", doubt.kind, doubt.start_ms, doubt.end_ms))
            .collect();
        println!("{}", json!({ "id": item.get("id"), "text": said.join(" "), "doubts": doubts }));
    }
    Ok(())
}

/// A build without speech joins nothing.
#[cfg(not(feature = "speech"))]
pub(crate) fn join(_: &str, _: &str) -> Result<(), Box<dyn std::error::Error>> {
    Err("this build has no speech engine".into())
}

/// Joins two files of hearings that this program printed before, line by line.
#[cfg(feature = "speech")]
pub(crate) fn join(first: &str, second: &str) -> Result<(), Box<dyn std::error::Error>> {
    let (first, second) = (std::fs::read_to_string(first)?, std::fs::read_to_string(second)?);
    for (one, two) in first.lines().zip(second.lines()) {
        let (one, two): (Item, Item) = (serde_json::from_str(one)?, serde_json::from_str(two)?);
        if one.get("id") != two.get("id") {
            return Err("the files hold other recordings".into());
        }
        println!(
            "{}",
            json!({ "id": one.get("id"), "text": join_texts(text(&one, "text"), text(&two, "text")) })
        );
    }
    Ok(())
}
