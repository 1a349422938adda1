//! What the search box finds beside people: words in charts, and things to do; and whose charts were opened last.

use crate::banner::line_of;
use crate::shell::PatientLine;
use crate::urls;
use crate::visitor::Visitor;
use medrecord_clinic::access::Action;
use medrecord_clinic::search::{excerpt, words};
use medrecord_clinic::time::{Day, Zone};
use medrecord_store::find::{self, Hit, Place};
use medrecord_store::{Desk, Refusal};

/// A text in which the words stand, with whom it concerns.
pub(super) struct HitRow {
    pub(super) href: String,
    pub(super) place: &'static str,
    pub(super) line: PatientLine,
    pub(super) on: String,
    pub(super) parts: Vec<(String, bool)>,
}

/// Something to do.
pub(super) struct Deed {
    pub(super) words: &'static str,
    pub(super) href: &'static str,
}

/// Everything to do, with other words by which people look for it, where it is and who may.
const DEEDS: [(&str, &str, &str, Action); 14] = [
    ("Day board", "today home", "/", Action::ReadSchedule),
    ("Calendar", "move drag", "/calendar", Action::ReadSchedule),
    ("Week", "calendar", "/calendar?view=week", Action::ReadSchedule),
    ("Month", "calendar overview", "/month", Action::ReadSchedule),
    ("Leave and closed times", "holiday block vacation absence", "/blocked-times", Action::ReadSchedule),
    ("Book a visit", "appointment new", "/appointments/new", Action::WriteSchedule),
    ("Take in a walk-in", "arrived", "/walk-in", Action::WriteSchedule),
    ("Print the day list", "paper downtime", "/day-list", Action::ReadSchedule),
    ("Register a patient", "new add", "/patients/new", Action::WritePatients),
    ("Duplicates", "merge same person", "/duplicates", Action::WritePatients),
    ("Unsigned records", "sign waiting", "/unsigned", Action::ReadSchedule),
    ("Audit trail", "who saw log", "/audit", Action::ReadAudit),
    ("Practice settings", "name address hours", "/settings", Action::WriteSettings),
    ("People who sign in", "staff providers users", "/settings/people", Action::ManageProviders),
];

/// Fewer letters than these match too much of every note.
const SHORTEST: usize = 3;

/// The things to do whose names the words begin, as far as the visitor may do them.
pub(super) fn deeds(visitor: &Visitor, asked: &str) -> Vec<Deed> {
    let asked = words(asked);
    if asked.is_empty() {
        return Vec::new();
    }
    let meant = |name: &str, more: &str| {
        let known = words(&format!("{name} {more}"));
        asked.iter().all(|word| known.iter().any(|known| known.starts_with(word.as_str())))
    };
    DEEDS
        .into_iter()
        .filter(|(name, more, _, action)| visitor.may(*action) && meant(name, more))
        .map(|(words, _, href, _)| Deed { words, href })
        .collect()
}

/// The texts in which the words stand, as far as the visitor may see charts.
pub(super) async fn hits(
    desk: &mut Desk,
    visitor: &Visitor,
    asked: &str,
    today: Day,
    limit: i64,
) -> Result<Vec<HitRow>, Refusal> {
    let asked = words(asked);
    let letters =
        asked.iter().any(|word| word.chars().count() >= SHORTEST && !word.chars().all(char::is_numeric));
    if !letters || !visitor.may(Action::ReadChart) {
        return Ok(Vec::new());
    }
    let found = find::find(desk, &asked, limit).await?;
    Ok(found.into_iter().map(|hit| row(&hit, &asked, visitor.zone(), today)).collect())
}

fn row(hit: &Hit, asked: &[String], zone: Zone, today: Day) -> HitRow {
    let chart = urls::chart(hit.patient.id);
    let (place, href) = match hit.place {
        Place::Note(visit) => ("Note", urls::visit(visit)),
        Place::Addendum(visit) => ("Addendum", urls::visit(visit)),
        Place::Problem => ("Problem", chart.clone()),
        Place::Medication => ("Medication", chart.clone()),
        Place::Document => ("Document", chart.clone()),
    };
    HitRow {
        href,
        place,
        line: line_of(&hit.patient, chart, today),
        on: zone.day_of(hit.at).to_string(),
        parts: excerpt(&hit.text, asked),
    }
}

/// Whose charts the visitor opened last.
pub(super) async fn recent(desk: &mut Desk, today: Day) -> Result<Vec<PatientLine>, Refusal> {
    const SHOWN: i64 = 8;
    let people = find::recent(desk, SHOWN).await?;
    Ok(people.iter().map(|patient| line_of(patient, urls::chart(patient.id), today)).collect())
}
