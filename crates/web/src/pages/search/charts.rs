//! What the search box finds beside people: words in charts, and things to do; and whose charts were opened last.

use crate::banner::line_of;
use crate::shell::PatientLine;
use crate::text::{Key, Text};
use crate::urls;
use crate::visitor::Visitor;
use medrecord_clinic::access::Action;
use medrecord_clinic::search::{excerpt, words};
use medrecord_clinic::time::{Day, Zone};
use medrecord_store::find::{self, Hit, Place};
use medrecord_store::{Desk, Refusal};
use std::borrow::Cow;

/// A text in which the words stand, with whom it concerns.
pub(super) struct HitRow {
    pub(super) href: String,
    pub(super) place: Cow<'static, str>,
    pub(super) line: PatientLine,
    pub(super) on: String,
    pub(super) parts: Vec<(String, bool)>,
}

/// Something to do.
pub(super) struct Deed {
    pub(super) words: Cow<'static, str>,
    pub(super) href: &'static str,
}

/// Everything to do, with other words by which people look for it, where it is and who may.
const DEEDS: [(Key, &str, &str, Action); 14] = [
    (Key("deed-day"), "today home", "/", Action::ReadSchedule),
    (Key("deed-calendar"), "move drag", "/calendar", Action::ReadSchedule),
    (Key("deed-week"), "calendar", "/calendar?view=week", Action::ReadSchedule),
    (Key("deed-month"), "calendar overview", "/month", Action::ReadSchedule),
    (Key("deed-leave"), "holiday block vacation absence", "/blocked-times", Action::ReadSchedule),
    (Key("deed-book"), "appointment new", "/appointments/new", Action::WriteSchedule),
    (Key("deed-walk-in"), "arrived", "/walk-in", Action::WriteSchedule),
    (Key("deed-print"), "paper downtime", "/day-list", Action::ReadSchedule),
    (Key("deed-register"), "new add", "/patients/new", Action::WritePatients),
    (Key("deed-duplicates"), "merge same person", "/duplicates", Action::WritePatients),
    (Key("deed-unsigned"), "sign waiting", "/unsigned", Action::ReadSchedule),
    (Key("deed-audit"), "who saw log", "/audit", Action::ReadAudit),
    (Key("deed-settings"), "name address hours", "/settings", Action::WriteSettings),
    (Key("deed-people"), "staff providers users", "/settings/people", Action::ManageProviders),
];

/// Fewer letters than these match too much of every note.
const SHORTEST: usize = 3;

/// The things to do whose names the words begin, as far as the visitor may do them.
pub(super) fn deeds(visitor: &Visitor, asked: &str) -> Vec<Deed> {
    let asked = words(asked);
    if asked.is_empty() {
        return Vec::new();
    }
    let text = visitor.text();
    let meant = |name: Key, more: &str| {
        let known = words(&format!("{} {} {more}", text.say(name), Text::ENGLISH.say(name)));
        asked.iter().all(|word| known.iter().any(|known| known.starts_with(word.as_str())))
    };
    DEEDS
        .into_iter()
        .filter(|(name, more, _, action)| visitor.may(*action) && meant(*name, more))
        .map(|(name, _, href, _)| Deed { words: text.say(name), href })
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
    Ok(found.into_iter().map(|hit| row(&hit, &asked, (visitor.zone(), today), visitor.text())).collect())
}

fn row(hit: &Hit, asked: &[String], (zone, today): (Zone, Day), text: Text) -> HitRow {
    let chart = urls::chart(hit.patient.id);
    let (place, href) = match hit.place {
        Place::Note(visit) => (Key("place-note"), urls::visit(visit)),
        Place::Addendum(visit) => (Key("place-addendum"), urls::visit(visit)),
        Place::Problem => (Key("place-problem"), chart.clone()),
        Place::Medication => (Key("place-medication"), chart.clone()),
        Place::Document => (Key("place-document"), chart.clone()),
    };
    HitRow {
        href,
        place: text.say(place),
        line: line_of(&hit.patient, chart, today, text),
        on: text.day(zone.day_of(hit.at)),
        parts: excerpt(&hit.text, asked),
    }
}

/// Whose charts the visitor opened last.
pub(super) async fn recent(desk: &mut Desk, today: Day, text: Text) -> Result<Vec<PatientLine>, Refusal> {
    const SHOWN: i64 = 8;
    let people = find::recent(desk, SHOWN).await?;
    Ok(people.iter().map(|patient| line_of(patient, urls::chart(patient.id), today, text)).collect())
}
