//! The JSON interface under `/api/v1`: a file a noun, each handler one use case of `store`.
//!
//! What a program asks is read in `asked`, what it sends in `change`; `answer` and `problem` say what comes back. Each
//! noun lists its operations for the document, whose shapes are in `schemas`; `openapi` puts it together from the
//! routes themselves. Who may do what is in `crate::routes`.

pub(crate) mod allergies;
mod answer;
pub(crate) mod appointments;
mod asked;
pub(crate) mod audit_events;
pub(crate) mod blocked_times;
mod change;
pub(crate) mod conditions;
pub(crate) mod documents;
pub(crate) mod drafts;
pub(crate) mod front_desk;
pub(crate) mod growth;
pub(crate) mod letters;
pub(crate) mod medications;
pub(crate) mod merges;
pub(crate) mod openapi;
mod operation;
pub(crate) mod patients;
pub(crate) mod practice;
mod problem;
pub(crate) mod providers;
pub(crate) mod recordings;
pub(crate) mod records;
pub(crate) mod renewals;
mod schema;
mod schemas;
pub(crate) mod transcripts;
pub(crate) mod visit_types;
pub(crate) mod vitals;
pub(crate) mod waiting_list;

use operation::Operation;

static OPERATIONS: [&[Operation]; 23] = [
    &openapi::OPERATIONS,
    &providers::OPERATIONS,
    &patients::OPERATIONS,
    &allergies::OPERATIONS,
    &conditions::OPERATIONS,
    &medications::OPERATIONS,
    &appointments::OPERATIONS,
    &records::OPERATIONS,
    &renewals::OPERATIONS,
    &vitals::OPERATIONS,
    &growth::OPERATIONS,
    &recordings::OPERATIONS,
    &transcripts::OPERATIONS,
    &drafts::OPERATIONS,
    &documents::OPERATIONS,
    &merges::OPERATIONS,
    &blocked_times::OPERATIONS,
    &waiting_list::OPERATIONS,
    &practice::OPERATIONS,
    &visit_types::OPERATIONS,
    &front_desk::OPERATIONS,
    &letters::OPERATIONS,
    &audit_events::OPERATIONS,
];

/// What the document says about a route.
fn operation_of(method: &str, path: &str) -> Option<&'static Operation> {
    OPERATIONS.into_iter().flatten().find(|known| known.method == method && known.path == path)
}
