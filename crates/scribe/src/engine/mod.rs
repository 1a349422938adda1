//! The built-in engine: rules, word lists and small weights; the same answer each time.
//!
//! From the ground up: [`text`] and [`numbers`] know words, [`lexicon`] the names, [`scene`] who answers what,
//! [`negation`] what is denied; on them stand the finders of single things, and [`note`] writes the sentences.

pub mod assessment;
pub mod cues;
pub mod details;
pub mod family;
pub mod history;
pub mod lexicon;
pub mod medications;
pub mod mentions;
pub mod negation;
pub mod note;
pub mod numbers;
pub mod omissions;
pub mod orders;
pub mod phrases;
pub mod prescriptions;
pub mod proxy;
pub mod rank;
pub mod returns;
pub mod scene;
pub mod section_text;
pub mod sections;
pub mod sig;
pub mod soundalike;
pub mod speakers;
pub mod statements;
pub mod symptoms;
pub mod text;
pub mod tidy;
pub mod units;
pub mod uses;
pub mod vitals;
pub mod weights;
pub mod wording;

use crate::draft::{Draft, EngineInfo, VisitContext};
use crate::guard;
use crate::transcript::Transcript;
use rank::Choice;
use scene::Scene;
use weights::{BUILT_IN, Weights};

/// Drafts a note from a transcript; every sentence and item names the segments it comes from.
pub fn draft(transcript: &Transcript, context: &VisitContext) -> Draft {
    draft_with(transcript, context, &BUILT_IN, Choice::default())
}

/// Drafts with other weights and another length than the built-in ones.
pub fn draft_with(
    transcript: &Transcript,
    context: &VisitContext,
    weights: &Weights,
    choice: Choice,
) -> Draft {
    let mut transcript = transcript.clone();
    transcript.guess_speakers();
    let scene = Scene::read(&transcript);
    let medicines = medications::find(&scene);
    let (complaints, mut flags) = symptoms::find(&scene);
    flags.extend(units::injected(&scene));
    let mut draft = Draft {
        symptoms: complaints,
        flags,
        prescriptions: prescriptions::find(&scene, &medicines),
        orders: orders::find(&scene, &medicines),
        vitals: vitals::find(&scene),
        allergies: history::allergies(&scene, &medicines),
        history: history::find(&scene, &medicines),
        transcript,
        engine: info(weights),
        ..Draft::default()
    };
    let units = units::all(&scene, wording::Person::heard(context, &scene));
    draft.record = note::write(&scene, &draft, &units, weights, choice);
    guard::check(&mut draft, context);
    draft.omissions = omissions::find(&scene, units, &draft);
    draft
}

/// The engine's name and version, and the hash of its weights.
fn info(weights: &Weights) -> EngineInfo {
    let model_hash = Some(weights.hash().to_owned()).filter(|hash| !hash.is_empty());
    EngineInfo { name: "rules".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned(), model_hash }
}
