//! The built-in engine: rules, word lists and small weights; the same answer each time.
//!
//! From the ground up: [`text`] and [`numbers`] know words, [`lexicon`] the names, [`scene`] who answers what,
//! [`negation`] what is denied; on them stand the finders of single things, and [`note`] writes the sentences.

pub mod history;
pub mod lexicon;
pub mod medications;
pub mod negation;
pub mod numbers;
pub mod orders;
pub mod scene;
pub mod sig;
pub mod soundalike;
pub mod speakers;
pub mod symptoms;
pub mod text;
pub mod vitals;

use crate::draft::{Draft, EngineInfo, VisitContext};
use crate::guard;
use crate::transcript::Transcript;
use scene::Scene;

/// Drafts a note from a transcript; every sentence and item names the segments it comes from.
pub fn draft(transcript: &Transcript, context: &VisitContext) -> Draft {
    let mut transcript = transcript.clone();
    transcript.guess_speakers();
    let scene = Scene::read(&transcript);
    let medicines = medications::find(&scene);
    let mut draft = Draft {
        symptoms: symptoms::find(&scene),
        prescriptions: orders::prescriptions(&scene, &medicines),
        orders: orders::find(&scene, &medicines),
        vitals: vitals::find(&scene),
        allergies: history::allergies(&scene, &medicines),
        history: history::find(&scene, &medicines),
        transcript,
        engine: info(),
        ..Draft::default()
    };
    guard::check(&mut draft, context);
    draft
}

/// The engine's name and version.
pub fn info() -> EngineInfo {
    EngineInfo { name: "rules".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned(), model_hash: None }
}
