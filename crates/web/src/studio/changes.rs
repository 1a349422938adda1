//! Collected changes read over as SQL and saved together; what was saved, and taking it back.

use super::bench;
use super::row::{SavedLine, saved_line};
use super::seat::{Seat, WritingSeat};
use super::view;
use crate::error::Fault;
use crate::page::{conflict, page, see_other, see_other_saying};
use crate::shell::Shell;
use askama::Template;
use axum::extract::Form as Posted;
use axum::response::Response;
use medrecord_store::Refusal;
use medrecord_store::audit::{Event, Outcome, Verb};
use medrecord_store::browse::change::{self, Act, Change};
use medrecord_store::browse::{self, Privacy, history};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

#[derive(Template)]
#[template(path = "studio/changes.html")]
struct ChangesPage {
    shell: Shell,
    changes: Vec<ChangeLine>,
    /// Why nothing was saved.
    trouble: Option<String>,
}

struct ChangeLine {
    place: usize,
    table: String,
    act: &'static str,
    href: Option<String>,
    sql: String,
    differences: Vec<(String, String, String)>,
    /// Whether this is the one that was refused.
    refused: bool,
}

/// Shows what is collected.
pub(super) async fn collected(seat: Seat) -> Result<Response, Fault> {
    let shown = ChangesPage { shell: seat.visitor.shell(), changes: lines(&seat, None)?, trouble: None };
    seat.desk.close().await?;
    page(&shown)
}

fn lines(seat: &Seat, refused: Option<usize>) -> Result<Vec<ChangeLine>, Fault> {
    let changes = seat.studio.collected(&seat.visitor);
    let lines = changes.iter().enumerate().map(|(place, change)| line(seat, place, change, refused));
    Ok(lines.collect::<Result<_, Refusal>>()?)
}

fn line(seat: &Seat, place: usize, change: &Change, refused: Option<usize>) -> Result<ChangeLine, Refusal> {
    let table = seat.catalogue.table(&change.table)?;
    let covered = |name: &str| {
        table.column(name).map_or(Privacy::Secret, |column| column.privacy) != Privacy::Open
            && !seat.lens.uncovered.contains(&table.name)
    };
    let words = |name: &str, value: Option<&str>| match value {
        None => "empty".to_owned(),
        Some(_) if covered(name) => "••••••".to_owned(),
        Some(value) => value.to_owned(),
    };
    let (act, differences) = match &change.act {
        Act::Update { before, after } => {
            let old = |name: &String| words(name, before.get(name).and_then(Option::as_deref));
            let all = after.iter().map(|(name, new)| (name.clone(), old(name), words(name, new.as_deref())));
            ("Change", all.collect())
        }
        Act::Insert { values } => {
            let all =
                values.iter().map(|(name, new)| (name.clone(), String::new(), words(name, new.as_deref())));
            ("Add", all.collect())
        }
        Act::Delete { .. } => ("Delete", Vec::new()),
    };
    let mut shown = change.clone();
    // Both sides are covered, for what follows from a name is made of both.
    let cover = |values: &mut change::Values| {
        for (_, value) in values.iter_mut().filter(|(name, value)| value.is_some() && covered(name)) {
            *value = Some("••••••".to_owned());
        }
    };
    match &mut shown.act {
        Act::Update { before, after } => [before, after].into_iter().for_each(cover),
        Act::Insert { values } => cover(values),
        Act::Delete { .. } => {}
    }
    Ok(ChangeLine {
        place,
        table: table.name.clone(),
        act,
        href: (!matches!(change.act, Act::Insert { .. })).then(|| view::row(&table.name, &change.key)),
        sql: change::written(&seat.catalogue, &shown)?,
        differences,
        refused: refused == Some(place),
    })
}

/// Saves all that is collected, in one transaction.
pub(super) async fn save(WritingSeat(mut seat): WritingSeat) -> Result<Response, Fault> {
    let changes = seat.studio.collected(&seat.visitor);
    if changes.is_empty() {
        return Ok(see_other("/changes"));
    }
    let saved = browse::save(&mut seat.desk, &seat.catalogue, &changes).await;
    let Err(error) = saved else {
        // In the same transaction: no moment knows them both as saved and as still to be saved.
        bench::forget(&mut seat.desk, &seat.visitor).await?;
        seat.desk.close().await?;
        seat.studio.discard(&seat.visitor, None);
        let unit = if changes.len() == 1 { "change" } else { "changes" };
        let words = format!("Saved {} {unit} in one transaction.", changes.len());
        return Ok(see_other_saying("/saved", "ok", &words));
    };
    let words = match error.why {
        Refusal::Stale { .. } => "Somebody wrote this row since the change was collected. Discard the change, look at the row as it is now, and enter it anew.".to_owned(),
        Refusal::Signed => browse::guard::SIGNED.to_owned(),
        Refusal::NotFound(_) => "The row is no longer there. Discard the change.".to_owned(),
        Refusal::Rule(words) => words,
        other @ (Refusal::NotAllowed(_)
        | Refusal::NobodySignedIn
        | Refusal::Invalid(_)
        | Refusal::Store(_)) => return Err(other.into()),
    };
    let shown = ChangesPage {
        shell: seat.visitor.shell(),
        changes: lines(&seat, Some(error.at))?,
        trouble: Some(format!("Nothing was saved: change {} was refused. {words}", error.at + 1)),
    };
    drop(seat.desk);
    let event =
        Event::new(Verb::Update, "studio").ended(Outcome::Refused).with(json!({ "changes": changes.len() }));
    seat.app.store.note(seat.visitor.actor, event).await?;
    conflict(&shown)
}

/// Which change is to be discarded; all where none is named.
#[derive(Deserialize)]
pub(super) struct Place {
    place: Option<usize>,
}

/// Takes one change off the bench, or all.
pub(super) async fn discard(seat: Seat, Posted(which): Posted<Place>) -> Result<Response, Fault> {
    seat.desk.close().await?;
    bench::discard(&seat.app, &seat.studio, &seat.visitor, which.place).await?;
    Ok(see_other_saying("/changes", "ok", "Discarded."))
}

#[derive(Template)]
#[template(path = "studio/saved.html")]
struct SavedPage {
    shell: Shell,
    sets: Vec<Set>,
}

/// What was saved together.
struct Set {
    id: String,
    at: String,
    by: String,
    undoes: bool,
    lines: Vec<SavedLine>,
}

/// Shows what was saved last.
pub(super) async fn saved(mut seat: Seat) -> Result<Response, Fault> {
    let found = history::latest(&mut seat.desk, &seat.catalogue).await?;
    let mut sets: Vec<Set> = Vec::new();
    for saved in &found {
        let line = saved_line(&seat.catalogue, &seat.lens, saved);
        match sets.last_mut().filter(|set| set.id == line.set) {
            Some(set) => set.lines.push(line),
            None => sets.push(Set {
                id: line.set.clone(),
                at: line.at.clone(),
                by: line.by.clone(),
                undoes: line.undoes,
                lines: vec![line],
            }),
        }
    }
    let shown = SavedPage { shell: seat.visitor.shell(), sets };
    seat.desk.record(Event::new(Verb::Search, "studio_change").with(json!({ "studio": true })));
    seat.desk.close().await?;
    page(&shown)
}

/// What is to be taken back.
#[derive(Deserialize)]
pub(super) struct SetId {
    set: String,
}

/// Collects what takes a saved set back, to be read over like any other change.
pub(super) async fn undo(mut seat: Seat, Posted(which): Posted<SetId>) -> Result<Response, Fault> {
    let set: Uuid = which.set.parse().map_err(|_| Refusal::NotFound("change"))?;
    let changes = history::undo(&mut seat.desk, &seat.catalogue, set).await?;
    seat.desk.close().await?;
    bench::collect(&seat.app, &seat.studio, &seat.visitor, changes).await?;
    Ok(see_other_saying("/changes", "ok", "Collected what takes it back. Read it over, then save."))
}
