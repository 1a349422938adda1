//! An event of the trail as people in a practice say it: "opened the chart", "signed the note".

use medrecord_store::audit::Entry;

/// What was done, in a few words, with the reason where it was refused.
pub(super) fn words(entry: &Entry) -> String {
    let said = |key: &str| entry.detail.as_ref().and_then(|detail| detail.get(key)?.as_str());
    let done = match (entry.action.as_str(), entry.entity.as_str()) {
        ("sign_in", _) => "signed in".to_owned(),
        ("sign_out", _) => "signed out".to_owned(),
        ("read", "chart") => "opened the chart".to_owned(),
        ("search", "chart") => "searched the charts".to_owned(),
        ("export", "downtime_packet") => "took out a downtime packet".to_owned(),
        ("export", "chart") => "took the whole chart out".to_owned(),
        ("search", "patient") if said("how") == Some("duplicates") => "looked for duplicates".to_owned(),
        ("search", "patient") => "searched for patients".to_owned(),
        ("read", "patient") if said("contact") == Some("confirmed") => {
            "confirmed phone and address".to_owned()
        }
        ("create", "patient") => "registered the patient".to_owned(),
        ("search", "appointment") => "looked at the schedule".to_owned(),
        ("print", "appointment") => "printed the day list".to_owned(),
        ("create", "appointment") => "booked a visit".to_owned(),
        ("update", "appointment") => appointment(said("status")),
        ("search", "medical_record") => "looked at unsigned notes".to_owned(),
        ("sign", "medical_record") => "signed the note".to_owned(),
        ("print", "medical_record") => printed(said("document")),
        ("create", "addendum") => "added an addendum".to_owned(),
        (action, "letter") => letter(action, said("kind")),
        ("create", "consent") => "recorded the answer about recordings".to_owned(),
        ("search", "patient_merge") => "looked at merged charts".to_owned(),
        ("create", "patient_merge") => "merged two charts".to_owned(),
        ("delete", "patient_merge") => "took a merge back".to_owned(),
        ("export", "calendar_feed") => "read the calendar without names by its secret link".to_owned(),
        ("create", "calendar_link") => "made a secret link to a calendar".to_owned(),
        ("delete", "calendar_link") => "withdrew a secret link to a calendar".to_owned(),
        ("search", "waiting_entry") => "looked at the waiting list".to_owned(),
        ("create", "waiting_entry") => "put the patient on the waiting list".to_owned(),
        ("update", "waiting_entry") => waiting(said("state")),
        ("create", "blocked_time") => "blocked a time".to_owned(),
        ("delete", "blocked_time") => "took a blocked time back".to_owned(),
        ("create", "vital_signs") => "took vital signs".to_owned(),
        ("search", "audit_event") => "read the audit trail".to_owned(),
        ("export", "audit_event") => "took the audit trail out".to_owned(),
        ("listen", _) => "listened to a recording".to_owned(),
        ("read", "page") => "opened a page".to_owned(),
        ("update", "page") => "sent a form".to_owned(),
        (action, entity) => format!("{} {}", verb(action), noun(entity)),
    };
    match said("code").map(because) {
        Some(reason) => format!("{done}: {reason}"),
        None => done,
    }
}

/// What became of a visit.
fn appointment(status: Option<&str>) -> String {
    match status {
        Some("checked_in") => "checked the patient in",
        Some("in_progress") => "started the visit",
        Some("completed") => "completed the visit",
        Some("cancelled") => "cancelled the visit",
        Some("no_show") => "marked the visit as a no-show",
        Some("scheduled") => "set the visit back to scheduled",
        Some(_) | None => "moved or changed the visit",
    }
    .to_owned()
}

/// What became of an entry of the waiting list.
fn waiting(state: Option<&str>) -> String {
    match state {
        Some("booked") => "booked from the waiting list",
        Some("withdrawn") => "took the patient off the waiting list",
        Some("waiting") => "put the patient back on the waiting list",
        Some(_) | None => "changed an entry of the waiting list",
    }
    .to_owned()
}

fn printed(document: Option<&str>) -> String {
    match document {
        Some("prescription") => "printed the prescription",
        Some("referral") => "printed a referral",
        Some("sick_note") => "printed a sick note",
        Some("plain_summary") => "printed the summary in plain words",
        Some(_) | None => "printed the visit",
    }
    .to_owned()
}

/// What was done with a letter that is kept.
fn letter(action: &str, kind: Option<&str>) -> String {
    let letter = match kind {
        Some("referral") => "a referral",
        Some("sick_note") => "a sick note",
        Some("plain_summary") => "a summary in plain words",
        Some(_) | None => "letters",
    };
    let done = match action {
        "create" => "kept",
        "update" => "withdrew",
        "export" => "took out the PDF of",
        other => verb(other),
    };
    format!("{done} {letter}")
}

fn verb(action: &str) -> &str {
    match action {
        "read" => "looked at",
        "search" => "looked through",
        "create" => "added",
        "update" => "changed",
        "delete" => "removed",
        "sign" => "signed",
        "print" => "printed",
        "export" => "took out",
        other => other,
    }
}

fn noun(entity: &str) -> String {
    match entity {
        "appointment" => "the visit",
        "patient" => "the patient's details",
        "medical_record" => "the note",
        "vital_signs" => "vital signs",
        "allergy" => "an allergy",
        "chronic_condition" => "a problem",
        "medication" => "a medication",
        "attachment" => "a document",
        "waiting_entry" => "an entry of the waiting list",
        "drafting_report" => "the report on their own drafts",
        "evidence" => "what the scribe drafted",
        "transcript" => "a transcript",
        "recording" => "a recording",
        "scribe_run" => "a draft of the scribe",
        "provider" => "a person who signs in",
        "practice" => "the practice's settings",
        "session" => "a sign-in",
        "api_token" => "an API token",
        "backup" => "a backup",
        "sample_data" => "sample data",
        "studio" => "tables in the studio",
        "console" => "the studio's console",
        other => return other.replace('_', " "),
    }
    .to_owned()
}

/// Why something was refused.
fn because(code: &str) -> String {
    match code {
        "not_found" => "there is no such thing",
        "not_allowed" => "the role may not",
        "not_signed_in" => "nobody was signed in",
        "stale" => "somebody else had changed it",
        "invalid" => "something was filled in wrongly",
        "signed" => "the note is signed",
        "rule" => "the rules forbid it",
        "forged" => "the form had expired",
        "failed" | "broken" => "it failed",
        "conflicts" => "the time was not free",
        "wrong_password" => "wrong password",
        other => return other.replace('_', " "),
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use medrecord_clinic::time::Instant;
    use serde_json::json;

    fn said(action: &str, entity: &str, detail: serde_json::Value) -> String {
        words(&Entry {
            id: uuid::Uuid::nil(),
            at: Instant::from_millis(0),
            actor_id: None,
            actor_name: String::new(),
            actor_role: String::new(),
            via: String::new(),
            action: action.to_owned(),
            entity: entity.to_owned(),
            entity_id: None,
            patient_id: None,
            outcome: String::new(),
            detail: Some(detail),
            address: None,
        })
    }

    #[test]
    fn events_read_as_people_speak() {
        for (action, entity, detail, words) in [
            ("search", "medical_record", json!({}), "looked at unsigned notes"),
            ("sign_in", "session", json!({}), "signed in"),
            ("update", "appointment", json!({ "status": "checked_in" }), "checked the patient in"),
            ("read", "page", json!({ "code": "not_allowed" }), "opened a page: the role may not"),
            ("update", "chronic_condition", json!({}), "changed a problem"),
            ("print", "medical_record", json!({ "document": "referral" }), "printed a referral"),
            ("create", "letter", json!({ "kind": "sick_note" }), "kept a sick note"),
            ("update", "letter", json!({ "kind": "referral" }), "withdrew a referral"),
            ("search", "letter", json!({}), "looked through letters"),
            ("create", "odd_thing", json!({}), "added odd thing"),
        ] {
            assert_eq!(said(action, entity, detail), words, "{action} {entity}");
        }
    }
}
