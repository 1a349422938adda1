//! One box that finds patients: as suggestions under the box, as a page of its own, and over the list of everybody.

use crate::app::App;
use crate::banner;
use crate::desk::LookingUp;
use crate::error::Fault;
use crate::page::{Fragment, page};
use crate::shell::{Pager, PatientLine, Shell};
use crate::urls;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::{Query as Asked, State};
use axum::response::Response;
use medrecord_clinic::access::Action;
use medrecord_clinic::ids::PatientId;
use medrecord_clinic::search::{Query, search_name};
use medrecord_clinic::time::{Day, Zone};
use medrecord_store::patients::{self, Listed, Page};
use serde::Deserialize;
use std::collections::BTreeMap;

/// What was asked for.
#[derive(Deserialize)]
pub(crate) struct Words {
    #[serde(default)]
    q: String,
    #[serde(default)]
    after: String,
}

/// A patient in the list.
struct Row {
    line: PatientLine,
    preferred: Option<String>,
    sex: &'static str,
    phone: String,
    last_visit: String,
    deceased: Option<String>,
    /// Somebody else on this page has the same name.
    is_look_alike: bool,
}

#[derive(Template)]
#[template(path = "pages/search/list.html")]
struct ListPage {
    shell: Shell,
    title: &'static str,
    /// What was looked for; nothing for the list of everybody.
    words: String,
    rows: Vec<Row>,
    pager: Pager,
    may_register: bool,
}

#[derive(Template)]
#[template(path = "pages/search/found.html")]
struct Found {
    rows: Vec<Row>,
}

/// How many suggestions stand under the box.
const SUGGESTIONS: u32 = 8;
/// How many patients a page shows.
const PAGE: u32 = 50;

/// What was found: suggestions where a script asks for them, else a page.
pub(crate) async fn search(
    visitor: Visitor,
    State(app): State<App>,
    fragment: Fragment,
    LookingUp(mut desk): LookingUp,
    Asked(asked): Asked<Words>,
) -> Result<Response, Fault> {
    let query = Query::parse(&asked.q);
    let today = visitor.today(&app);
    if fragment.is("found") {
        let found = patients::search(&mut desk, &query, None, SUGGESTIONS).await?;
        desk.close().await?;
        return page(&Found { rows: rows(found.items, visitor.zone(), today) });
    }
    let after: Option<PatientId> = asked.after.parse().ok();
    let found = patients::search(&mut desk, &query, after, PAGE).await?;
    desk.close().await?;
    let next = found.next.map(|next| urls::found(&asked.q, Some(next)));
    let first = after.map(|_| urls::found(&asked.q, None));
    list_page(&visitor, today, asked.q, found, (first, next))
}

/// Everybody, by name.
pub(crate) async fn everybody(
    visitor: Visitor,
    State(app): State<App>,
    LookingUp(mut desk): LookingUp,
    Asked(asked): Asked<Words>,
) -> Result<Response, Fault> {
    let after: Option<PatientId> = asked.after.parse().ok();
    let found = patients::list(&mut desk, after, PAGE).await?;
    desk.close().await?;
    let next = found.next.map(urls::patients_after);
    let first = after.map(|_| urls::PATIENTS.to_owned());
    list_page(&visitor, visitor.today(&app), String::new(), found, (first, next))
}

fn list_page(
    visitor: &Visitor,
    today: Day,
    words: String,
    found: Page,
    (previous, next): (Option<String>, Option<String>),
) -> Result<Response, Fault> {
    let rows = rows(found.items, visitor.zone(), today);
    let shown = match rows.len() {
        1 => "1 patient".to_owned(),
        number => format!("{number} patients on this page"),
    };
    page(&ListPage {
        shell: Shell { query: words.clone(), ..visitor.shell() },
        title: if words.is_empty() { "Patients" } else { "Found patients" },
        words,
        rows,
        pager: Pager { previous, next, earlier: "First page", later: "More", words: shown },
        may_register: visitor.may(Action::WritePatients),
    })
}

fn rows(items: Vec<Listed>, zone: Zone, today: Day) -> Vec<Row> {
    let mut names: BTreeMap<String, usize> = BTreeMap::new();
    let name_of = |item: &Listed| search_name(&item.patient.first_name, &item.patient.last_name);
    for item in &items {
        *names.entry(name_of(item)).or_default() += 1;
    }
    items
        .into_iter()
        .map(|item| Row {
            line: banner::line_of(&item.patient, urls::chart(item.patient.id), today),
            sex: banner::sex(item.patient.sex),
            last_visit: item.last_visit_at.map_or_else(String::new, |at| zone.day_of(at).to_string()),
            deceased: item.patient.deceased_on.map(|day| format!("Deceased {day}")),
            is_look_alike: names.get(&name_of(&item)).is_some_and(|number| *number > 1),
            preferred: item.patient.preferred_name,
            phone: item.patient.phone,
        })
        .collect()
}
