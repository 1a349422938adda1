//! Orders with the turns that show them.

use medrecord_scribe::draft::{OrderDraft, OrderType, VisitContext};
use medrecord_scribe::engine::lexicon::DRUGS;
use serde_json::{Value, json};

use crate::{Item, Setup, turns};

/// The orders of one visit; referrals are left out, as the evaluation does not count them.
pub(crate) fn predict(item: &Item, setup: &Setup) -> Value {
    let (transcript, ids) = turns(item);
    let draft = setup.draft(&transcript, &VisitContext::default());
    let list: Vec<Value> = draft
        .orders
        .iter()
        .filter(|order| !order.description.starts_with("referral"))
        .map(|order| one(order, &ids))
        .collect();
    json!({ "orders": list })
}

fn one(order: &OrderDraft, ids: &[Value]) -> Value {
    let kind = match order.order_type {
        OrderType::Medication => "medication",
        OrderType::Lab => "lab",
        OrderType::Imaging => "imaging",
        OrderType::FollowUp => "followup",
    };
    let provenance: Vec<&Value> = order.evidence.iter().filter_map(|&index| ids.get(index)).collect();
    json!({
        "order_type": kind,
        "description": order.description,
        "reason": order.reason.clone().unwrap_or_default(),
        "provenance": provenance,
        "medicationName": order.medication_name.as_deref().map(generic),
    })
}

/// The generic name where the list knows it; a class keeps its words.
fn generic(name: &str) -> &str {
    DRUGS.lookup(name).filter(|entry| entry.group != "class").map_or(name, |entry| entry.name)
}
