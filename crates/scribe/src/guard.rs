//! The last gate: drops what has no evidence and flags what its evidence does not hold.

use crate::draft::{Draft, VisitContext};

/// Drops every sentence and item whose evidence is empty or points outside the transcript.
pub fn check(draft: &mut Draft, _context: &VisitContext) {
    let len = draft.transcript.segments.len();
    let good = |evidence: &[usize]| !evidence.is_empty() && evidence.iter().all(|&index| index < len);
    for field in draft.record.fields_mut() {
        field.retain(|sentence| good(&sentence.evidence));
    }
    draft.symptoms.retain(|item| good(&item.evidence));
    draft.prescriptions.retain(|item| good(&item.evidence));
    draft.orders.retain(|item| good(&item.evidence));
    draft.allergies.retain(|item| good(&item.evidence));
    draft.history.retain(|item| good(&item.evidence));
}
