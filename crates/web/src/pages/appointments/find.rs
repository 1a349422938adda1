//! The first step of booking and of taking in: who is it.

use crate::banner::line_of;
use crate::error::Fault;
use crate::page::page;
use crate::shell::{PatientLine, Shell};
use crate::text::Key;
use crate::visitor::Visitor;
use askama::Template;
use axum::response::Response;
use medrecord_clinic::ids::PatientId;
use medrecord_clinic::search::Query;
use medrecord_clinic::time::Day;
use medrecord_store::{Desk, patients};
use std::borrow::Cow;

#[derive(Template)]
#[template(path = "pages/appointments/find.html")]
struct FindPage {
    shell: Shell,
    heading: Cow<'static, str>,
    action: &'static str,
    kept: Vec<(&'static str, String)>,
    asked: String,
    found: Vec<PatientLine>,
    more: bool,
}

/// What for, and where the search is asked.
pub(super) struct Purpose {
    pub(super) heading: Key,
    pub(super) action: &'static str,
    /// What stays as it is while searching, such as the day.
    pub(super) kept: Vec<(&'static str, String)>,
}

/// Most patients that are shown; who is not among them is found by typing more.
const MOST: u32 = 12;

/// Shows a search box and who was found; each leads to where `onward` says.
pub(super) async fn patient(
    visitor: &Visitor,
    mut desk: Desk,
    today: Day,
    asked: String,
    purpose: Purpose,
    onward: impl Fn(PatientId) -> String,
) -> Result<Response, Fault> {
    let found = patients::search(&mut desk, &Query::parse(&asked), None, MOST).await?;
    desk.close().await?;
    let lines = found
        .items
        .iter()
        .map(|listed| line_of(&listed.patient, onward(listed.patient.id), today, visitor.text()));
    page(&FindPage {
        shell: visitor.shell(),
        heading: visitor.text().say(purpose.heading),
        action: purpose.action,
        kept: purpose.kept,
        asked,
        found: lines.collect(),
        more: found.next.is_some(),
    })
}
