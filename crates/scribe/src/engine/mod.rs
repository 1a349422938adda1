//! The built-in engine: rules and lexicons, no model, the same answer each time.

pub mod speakers;

use crate::draft::{Draft, EngineInfo, Sentence, SentenceKind, VisitContext};
use crate::guard;
use crate::transcript::{Speaker, Transcript};

/// Drafts a note from a transcript; every sentence and item names the segments it comes from.
pub fn draft(transcript: &Transcript, context: &VisitContext) -> Draft {
    let mut transcript = transcript.clone();
    transcript.guess_speakers();
    let mut draft = Draft { engine: info(), ..Draft::default() };
    if let Some(first) =
        transcript.segments.iter().find(|s| s.speaker == Speaker::Patient && s.text.len() > 30)
    {
        let text = format!("Patient reports: {}", first.text);
        draft.record.chief_complaint.push(Sentence {
            text,
            evidence: vec![first.index],
            kind: SentenceKind::Reported,
        });
    }
    draft.transcript = transcript;
    guard::check(&mut draft, context);
    draft
}

/// The engine's name and version.
pub fn info() -> EngineInfo {
    EngineInfo { name: "rules".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned(), model_hash: None }
}
