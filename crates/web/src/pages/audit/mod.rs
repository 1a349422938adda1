//! The audit trail to read: who did what when, newest first; all of it or what concerns one patient.

use crate::desk::LookingUp;
use crate::error::Fault;
use crate::page::page;
use crate::shell::{Pager, Shell};
use crate::urls;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use medrecord_clinic::ids::PatientId;
use medrecord_clinic::time::{Instant, Zone};
use medrecord_store::Refusal;
use medrecord_store::audit::{self, Entry, EventFilter};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "pages/audit/audit.html")]
struct AuditPage {
    shell: Shell,
    events: Vec<EventLine>,
    pager: Pager,
    of_one_patient: bool,
}

/// An event in words.
struct EventLine {
    at: String,
    who: String,
    role: String,
    what: String,
    outcome: String,
    done: bool,
    /// The chart it concerns, if any.
    chart: Option<String>,
    from: String,
}

/// Which events to show.
#[derive(Deserialize)]
pub(crate) struct Choice {
    #[serde(default)]
    patient: String,
    #[serde(default)]
    before: String,
    #[serde(default)]
    id: String,
}

/// How many events a page shows.
const LIMIT: i64 = 100;

/// Shows the trail.
pub(crate) async fn list(
    visitor: Visitor,
    Query(choice): Query<Choice>,
    LookingUp(mut desk): LookingUp,
) -> Result<Response, Fault> {
    let patient: Option<PatientId> = match choice.patient.as_str() {
        "" => None,
        id => Some(id.parse().map_err(|_| Refusal::NotFound("patient"))?),
    };
    let before: Option<Instant> = choice.before.parse().ok();
    let before_id = choice.id.parse().ok();
    let filter = EventFilter { patient, before, before_id, limit: LIMIT + 1, ..EventFilter::default() };
    let mut found = audit::list(&mut desk, &filter).await?;
    desk.close().await?;
    let more = i64::try_from(found.len()).is_ok_and(|count| count > LIMIT);
    found.truncate(usize::try_from(LIMIT).unwrap_or(usize::MAX));
    let next = found.last().filter(|_| more).map(|last| urls::audit(patient, (last.at, last.id)));
    let zone = visitor.zone();
    page(&AuditPage {
        shell: visitor.shell(),
        events: found.into_iter().map(|entry| line(entry, zone)).collect(),
        pager: Pager { previous: None, next, earlier: "Newer", later: "Older", words: String::new() },
        of_one_patient: patient.is_some(),
    })
}

/// What was done, and for a refused page which: `read page GET /audit: not_allowed`.
fn what(entry: &Entry) -> String {
    let done = format!("{} {}", entry.action.replace('_', " "), entry.entity.replace('_', " "));
    let said = |key: &str| entry.detail.as_ref().and_then(|detail| detail.get(key)?.as_str());
    let asked = [said("method"), said("route"), said("code")];
    std::iter::once(done.as_str()).chain(asked.into_iter().flatten()).collect::<Vec<_>>().join(" ")
}

fn line(entry: Entry, zone: Zone) -> EventLine {
    let what = what(&entry);
    EventLine {
        at: zone.day_and_clock(entry.at),
        who: if entry.actor_name.is_empty() { "nobody signed in".to_owned() } else { entry.actor_name },
        role: entry.actor_role,
        what,
        done: entry.outcome == "done",
        outcome: entry.outcome,
        chart: entry.patient_id.map(urls::chart),
        from: entry.address.map_or(entry.via.clone(), |address| format!("{}, {address}", entry.via)),
    }
}
