//! Orders with the turns that show them.

use medrecord_scribe::draft::{OrderDraft, OrderType, VisitContext};
use serde_json::{Value, json};

use crate::{Item, turns};

/// The orders of one visit; referrals are left out, as the evaluation does not count them.
pub(crate) fn predict(item: &Item) -> Value {
    let (transcript, ids) = turns(item);
    let draft = medrecord_scribe::draft(&transcript, &VisitContext::default());
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
        "medicationName": order.medication_name,
    })
}
