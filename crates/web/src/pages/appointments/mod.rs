//! Appointments: one visit on a page of its own, booked, moved, taken in without an appointment, and taken through
//! the day.

mod book;
mod booking;
mod check_in;
mod details;
mod find;
mod from_list;
mod series;
mod shift;
mod step;
mod walk_in;

pub(crate) use book::{book, check, edit, form, save};
pub(crate) use check_in::{check_in, check_in_form};
pub(crate) use details::show;
pub(crate) use series::{book_series, cancel_rest};
pub(crate) use shift::shift;
pub(crate) use step::step;
pub(crate) use walk_in::{form as walk_in_form, take_in};

use crate::text::{Key, Text, words};
use medrecord_clinic::provider::{Provider, Role};
use medrecord_clinic::visit_type::{VisitType, VisitTypes};

/// The kinds of visit that are offered with their usual length, for a form; `held` is what the form has.
pub(crate) fn kinds(types: &VisitTypes, held: &str, text: Text) -> Vec<(&'static str, String)> {
    let called =
        |it: &VisitType| text.with("kind", text.say(words::kind(it.kind))).with("minutes", it.minutes);
    let each = |it: VisitType| (it.kind.as_str(), called(&it).say(Key("kind-minutes")));
    types.to_choose(held.parse().ok()).map(each).collect()
}

/// Those who see patients, for a form: providers first, then admins.
pub(crate) fn seers(people: &[Provider]) -> Vec<(String, String)> {
    let choice = |person: &Provider| (person.id.to_string(), person.full_name());
    let of = |role| people.iter().filter(move |person| person.role == role && !person.disabled).map(choice);
    of(Role::Provider).chain(of(Role::Admin)).collect()
}
