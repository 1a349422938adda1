//! One box that finds patients, words in charts and things to do: as suggestions under the box, as a page of its own, and
//! over the list of everybody. What it finds beside people is in `charts.rs`.

use crate::app::App;
use crate::banner;
use crate::desk::LookingUp;
use crate::error::Fault;
use crate::page::{Fragment, page};
use crate::shell::{Pager, PatientLine, Shell};
use crate::text::{Text, words};
use crate::urls;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::{Query as Asked, State};
use axum::response::Response;
use charts::{Deed, HitRow};
use medrecord_clinic::access::Action;
use medrecord_clinic::ids::PatientId;
use medrecord_clinic::search::{Query, search_name};
use medrecord_clinic::time::{Day, Zone};
use medrecord_store::Desk;
use medrecord_store::patients::{self, Listed, Page};
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::BTreeMap;

mod charts;

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
    sex: Cow<'static, str>,
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
    title: Cow<'static, str>,
    /// What was looked for; nothing for the list of everybody.
    words: String,
    rows: Vec<Row>,
    pager: Pager,
    may_register: bool,
    hits: Vec<HitRow>,
    deeds: Vec<Deed>,
}

#[derive(Template)]
#[template(path = "pages/search/found.html")]
struct Found {
    shell: Shell,
    /// Whether anything was asked.
    asked: bool,
    recent: Vec<PatientLine>,
    rows: Vec<Row>,
    deeds: Vec<Deed>,
    hits: Vec<HitRow>,
}

/// How many suggestions stand under the box.
const SUGGESTIONS: u32 = 8;
/// How many texts stand under the box.
const SUGGESTED_HITS: i64 = 5;
/// How many texts a page shows.
const HITS: i64 = 40;
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
        return suggest(&visitor, desk, &asked.q, &query, today).await;
    }
    let after: Option<PatientId> = asked.after.parse().ok();
    let found = patients::search(&mut desk, &query, after, PAGE).await?;
    let hits = charts::hits(&mut desk, &visitor, &asked.q, today, HITS).await?;
    desk.close().await?;
    let deeds = charts::deeds(&visitor, &asked.q);
    let next = found.next.map(|next| urls::found(&asked.q, Some(next)));
    let first = after.map(|_| urls::found(&asked.q, None));
    let (rows, pager) = paged(found, &visitor, today, (first, next));
    page(&ListPage {
        shell: Shell { query: asked.q.clone(), ..visitor.shell() },
        title: visitor.text().say("patients-found"),
        words: asked.q,
        rows,
        pager,
        may_register: visitor.may(Action::WritePatients),
        hits,
        deeds,
    })
}

/// What stands under the box while typing; before anything is typed, whose charts were opened last.
async fn suggest(
    visitor: &Visitor,
    mut desk: Desk,
    text: &str,
    query: &Query,
    today: Day,
) -> Result<Response, Fault> {
    let asked = !text.trim().is_empty();
    let (mut found, mut hits, mut recent) = (Vec::new(), Vec::new(), Vec::new());
    if asked {
        found = patients::search(&mut desk, query, None, SUGGESTIONS).await?.items;
        hits = charts::hits(&mut desk, visitor, text, today, SUGGESTED_HITS).await?;
    } else {
        recent = charts::recent(&mut desk, today, visitor.text()).await?;
    }
    desk.close().await?;
    let rows = rows(found, visitor.zone(), today, visitor.text());
    page(&Found { shell: visitor.shell(), asked, recent, rows, deeds: charts::deeds(visitor, text), hits })
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
    let (rows, pager) = paged(found, &visitor, visitor.today(&app), (first, next));
    page(&ListPage {
        shell: visitor.shell(),
        title: visitor.text().say("shell-patients"),
        words: String::new(),
        rows,
        pager,
        may_register: visitor.may(Action::WritePatients),
        hits: Vec::new(),
        deeds: Vec::new(),
    })
}

fn paged(
    found: Page,
    visitor: &Visitor,
    today: Day,
    (previous, next): (Option<String>, Option<String>),
) -> (Vec<Row>, Pager) {
    let text = visitor.text();
    let rows = rows(found.items, visitor.zone(), today, text);
    let shown = text.with("count", rows.len()).say("patients-count");
    (
        rows,
        Pager {
            previous,
            next,
            earlier: text.say("patients-first-page"),
            later: text.say("patients-more"),
            words: shown,
        },
    )
}

fn rows(items: Vec<Listed>, zone: Zone, today: Day, text: Text) -> Vec<Row> {
    let mut names: BTreeMap<String, usize> = BTreeMap::new();
    let name_of = |item: &Listed| search_name(&item.patient.first_name, &item.patient.last_name);
    for item in &items {
        *names.entry(name_of(item)).or_default() += 1;
    }
    items
        .into_iter()
        .map(|item| Row {
            line: banner::line_of(&item.patient, urls::chart(item.patient.id), today, text),
            sex: text.say(words::sex(item.patient.sex)),
            last_visit: item.last_visit_at.map_or_else(String::new, |at| text.day(zone.day_of(at))),
            deceased: item
                .patient
                .deceased_on
                .map(|day| text.with("day", text.day(day)).say("banner-deceased")),
            is_look_alike: names.get(&name_of(&item)).is_some_and(|number| *number > 1),
            preferred: item.patient.preferred_name,
            phone: item.patient.phone,
        })
        .collect()
}
