//! How each medicine of a visit was judged, for a person who mends the rules.

use medrecord_scribe::engine::medications;
use medrecord_scribe::engine::orders::plan_start;
use medrecord_scribe::engine::scene::Scene;
use medrecord_scribe::render;
use serde_json::{Value, json};

use crate::notes::context;
use crate::{Item, Setup, transcript};

/// The draft as a person reads it, the flags, and the judgement of each medicine.
pub(crate) fn predict(item: &Item, setup: &Setup) -> Value {
    let heard = transcript(item);
    let draft = setup.draft(&heard, &context(item));
    let scene = Scene::read(&heard);
    let plan = plan_start(&scene);
    let medicines: Vec<String> = medications::find(&scene)
        .into_iter()
        .map(|m| {
            let said = scene.sentence(m.sentence).map_or("", |s| s.text.as_str());
            let late = m.sentence >= plan;
            format!("{} {:?} {} {} | {said}", m.name, m.told, m.strength, if late { "plan" } else { "" })
        })
        .collect();
    let flags: Vec<String> = draft.flags.iter().map(|f| format!("{}: {}", f.code, f.message)).collect();
    json!({ "note": render::text(&draft), "medicines": medicines, "flags": flags })
}
