//! The audit trail to read: who did what when, newest first; all of it, what concerns one patient, or what one person
//! did; on a page and as a file. How an event is said is in `words.rs`.

use crate::desk::LookingUp;
use crate::error::Fault;
use crate::page::page;
use crate::pages::export::download;
use crate::shell::{Pager, Shell};
use crate::urls;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use medrecord_clinic::ids::{PatientId, ProviderId};
use medrecord_clinic::time::{Instant, Zone};
use medrecord_store::Refusal;
use medrecord_store::audit::{self, Entry, Event, EventFilter, Verb};
use serde::Deserialize;
use serde_json::json;

mod words;

#[derive(Template)]
#[template(path = "pages/audit/audit.html")]
struct AuditPage {
    shell: Shell,
    events: Vec<EventLine>,
    pager: Pager,
    of_one_patient: bool,
    of_one_person: bool,
    csv: String,
}

/// An event in words.
struct EventLine {
    at: String,
    who: String,
    /// All that this person did.
    own: Option<String>,
    role: String,
    what: String,
    outcome: String,
    done: bool,
    /// The chart it concerns, and all that concerns that patient.
    chart: Option<(String, String)>,
    from: String,
}

/// Which events to show.
#[derive(Deserialize)]
pub(crate) struct Choice {
    #[serde(default)]
    patient: String,
    #[serde(default)]
    actor: String,
    #[serde(default)]
    before: String,
    #[serde(default)]
    id: String,
}

/// How many events a page shows.
const LIMIT: i64 = 100;
/// How many events a file holds, the newest; whoever needs all of them uses `medrecord audit export`.
const MOST_IN_A_FILE: i64 = 10_000;

/// Shows the trail.
pub(crate) async fn list(
    visitor: Visitor,
    Query(choice): Query<Choice>,
    LookingUp(mut desk): LookingUp,
) -> Result<Response, Fault> {
    let (patient, actor) = whose(&choice)?;
    let before: Option<Instant> = choice.before.parse().ok();
    let before_id = choice.id.parse().ok();
    let filter = EventFilter { patient, actor, before, before_id, limit: LIMIT + 1 };
    let mut found = audit::list(&mut desk, &filter).await?;
    desk.close().await?;
    let more = i64::try_from(found.len()).is_ok_and(|count| count > LIMIT);
    found.truncate(usize::try_from(LIMIT).unwrap_or(usize::MAX));
    let next =
        found.last().filter(|_| more).map(|last| urls::audit_before(patient, actor, (last.at, last.id)));
    let zone = visitor.zone();
    page(&AuditPage {
        shell: visitor.shell(),
        events: found.into_iter().map(|entry| line(entry, zone)).collect(),
        pager: Pager {
            previous: None,
            next,
            earlier: "Newer".into(),
            later: "Older".into(),
            words: String::new(),
        },
        of_one_patient: patient.is_some(),
        of_one_person: actor.is_some(),
        csv: urls::audit("/audit.csv", patient, actor),
    })
}

fn line(entry: Entry, zone: Zone) -> EventLine {
    let what = words::words(&entry);
    let trail = |patient| urls::audit("/audit", Some(patient), None);
    EventLine {
        at: zone.day_and_clock(entry.at),
        who: if entry.actor_name.is_empty() { "nobody signed in".to_owned() } else { entry.actor_name },
        own: entry.actor_id.map(|id| urls::audit("/audit", None, Some(id))),
        role: entry.actor_role,
        what,
        done: entry.outcome == "done",
        outcome: entry.outcome,
        chart: entry.patient_id.map(|patient| (urls::chart(patient), trail(patient))),
        from: entry.address.map_or(entry.via.clone(), |address| format!("{}, {address}", entry.via)),
    }
}

/// The same events as a file for a spreadsheet; taking it out is itself an event.
pub(crate) async fn csv(
    visitor: Visitor,
    Query(choice): Query<Choice>,
    LookingUp(mut desk): LookingUp,
) -> Result<Response, Fault> {
    let (patient, actor) = whose(&choice)?;
    let filter = EventFilter { patient, actor, limit: MOST_IN_A_FILE, ..EventFilter::default() };
    let found = audit::list(&mut desk, &filter).await?;
    let event = Event::new(Verb::Export, "audit_event").with(json!({ "count": found.len() }));
    desk.record(match patient {
        Some(patient) => event.of_patient(patient),
        None => event,
    });
    desk.close().await?;
    let zone = visitor.zone();
    let mut text = row(&["When", "Time zone", "Who", "Role", "What", "Outcome", "Patient", "From", "Event"]);
    for entry in found {
        let what = words::words(&entry);
        let at = zone.day_and_clock(entry.at);
        let patient = entry.patient_id.map(|id| id.to_string()).unwrap_or_default();
        let from = entry.address.clone().unwrap_or_else(|| entry.via.clone());
        let id = entry.id.to_string();
        let fields = [
            &at,
            zone.name(),
            &entry.actor_name,
            &entry.actor_role,
            &what,
            &entry.outcome,
            &patient,
            &from,
            &id,
        ];
        text.push_str(&row(&fields));
    }
    Ok(download("text/csv; charset=utf-8", "audit.csv", text))
}

/// A line of the file. A field that a spreadsheet would take for a formula is made a text.
fn row(fields: &[&str]) -> String {
    let field = |text: &&str| {
        let guard = if text.starts_with(['=', '+', '-', '@']) { "'" } else { "" };
        format!("\"{guard}{}\"", text.replace('"', "\"\""))
    };
    format!("{}\r\n", fields.iter().map(field).collect::<Vec<_>>().join(","))
}

fn whose(choice: &Choice) -> Result<(Option<PatientId>, Option<ProviderId>), Refusal> {
    let patient = match choice.patient.as_str() {
        "" => None,
        id => Some(id.parse().map_err(|_| Refusal::NotFound("patient"))?),
    };
    let actor = match choice.actor.as_str() {
        "" => None,
        id => Some(id.parse().map_err(|_| Refusal::NotFound("person"))?),
    };
    Ok((patient, actor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_of_the_file_is_never_a_formula_and_keeps_its_quotes() {
        assert_eq!(row(&["=1+1", "a \"b\", c", "-"]), "\"'=1+1\",\"a \"\"b\"\", c\",\"'-\"\r\n");
    }
}
