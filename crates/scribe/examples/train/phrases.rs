//! Counts which words follow which: `train phrases OUT FILE… [--without ID,ID]`.

use medrecord_scribe::engine::phrases::{Counts, plain};
use medrecord_scribe::transcript::Transcript;
use serde_json::Value;

use crate::Failure;

/// Reads the `transcript` of each line of the files and writes the model; conversations with the ids are left out.
pub(crate) fn run(out: &str, rest: &[String]) -> Result<(), Failure> {
    let (files, without) = match rest {
        [files @ .., flag, ids] if flag == "--without" => (files, ids.split(',').collect()),
        files => (files, Vec::new()),
    };
    let mut counts = Counts::default();
    let mut left_out = 0;
    for file in files {
        for line in std::fs::read_to_string(file)?.lines() {
            let item: Value = serde_json::from_str(line)?;
            if item["id"].as_str().is_some_and(|id| without.contains(&id)) {
                left_out += 1;
                continue;
            }
            counts.add(&words(item["transcript"].as_str().unwrap_or_default()));
        }
    }
    let bytes = counts.write();
    println!("{} bytes, {left_out} conversations left out", bytes.len());
    std::fs::write(out, bytes)?;
    Ok(())
}

/// The words of a conversation; some files part "do n't" and "it 's".
fn words(transcript: &str) -> Vec<String> {
    let turns = Transcript::parse(transcript).segments;
    turns.iter().flat_map(|turn| plain(&turn.text.replace(" n't", "n't").replace(" '", "'"))).collect()
}
