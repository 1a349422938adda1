//! The console: a statement that only reads, its rows, and how the database goes about it as a tree.
//!
//! It shows what it finds uncovered, so it opens for a reason like a table does. The statement stands in the address;
//! a link of another site cannot run one ([`super::host`]).

use super::cover::CONSOLE;
use super::seat::Seat;
use crate::error::Fault;
use crate::page::{page, refused};
use crate::shell::Shell;
use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use medrecord_store::Refusal;
use medrecord_store::browse::console::{self, Answer, Ask};
use medrecord_store::browse::plan::Step;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "studio/console.html")]
struct ConsolePage {
    shell: Shell,
    covered: bool,
    sql: String,
    address: String,
    trouble: Option<String>,
    answer: Option<Answer>,
    /// The plan, each step with its depth, so that the template can open and close its lists.
    plan: Vec<PlanLine>,
    tables: Vec<String>,
}

/// A step of a plan and how the list goes on behind it.
struct PlanLine {
    name: String,
    detail: String,
    share: u8,
    figures: String,
    /// Whether steps of its own follow.
    opens: bool,
    /// How many lists end behind it.
    closes: usize,
}

/// What is asked.
#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default, rename = "do")]
    act: String,
}

/// Shows the console, and what the statement in the address gives.
pub(super) async fn show(mut seat: Seat, Query(asked): Query<Asked>) -> Result<Response, Fault> {
    let covered = !seat.lens.uncovered.contains(CONSOLE);
    let mut shown = ConsolePage {
        shell: seat.visitor.shell(),
        covered,
        sql: asked.q.clone(),
        address: super::view::with("/console", &query(&asked.q)),
        trouble: None,
        answer: None,
        plan: Vec::new(),
        tables: seat.catalogue.tables.iter().map(|table| table.name.clone()).collect(),
    };
    if !covered && !asked.q.trim().is_empty() {
        let ask = match asked.act.as_str() {
            "plan" => Ask::Plan,
            "measure" => Ask::Measured,
            _ => Ask::Rows,
        };
        match console::run(&mut seat.desk, &seat.app.store, &seat.catalogue, &asked.q, ask).await {
            Ok(answer) => {
                flatten(&answer.plan, 0, &mut shown.plan);
                shown.answer = Some(answer);
            }
            Err(Refusal::Rule(words)) => shown.trouble = Some(words),
            Err(other) => return Err(other.into()),
        }
    }
    seat.desk.close().await?;
    if shown.trouble.is_some() { refused(&shown) } else { page(&shown) }
}

fn query(sql: &str) -> String {
    if sql.is_empty() {
        return String::new();
    }
    form_urlencoded::Serializer::new(String::new()).append_pair("q", sql).finish()
}

/// Steps in the order in which they are read, each knowing how many lists end behind it.
fn flatten(steps: &[Step], closing: usize, lines: &mut Vec<PlanLine>) {
    for (at, step) in steps.iter().enumerate() {
        let last = at + 1 == steps.len();
        let ends = if last { closing } else { 0 };
        let opens = !step.steps.is_empty();
        lines.push(PlanLine {
            name: step.name.clone(),
            detail: step.detail.clone(),
            share: step.share,
            figures: step.figures.clone(),
            opens,
            closes: if opens { 0 } else { ends },
        });
        flatten(&step.steps, ends + 1, lines);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_that_are_opened_are_closed() {
        let leaf = || Step { name: "leaf".to_owned(), ..Step::default() };
        let tree = [Step { steps: vec![leaf(), Step { steps: vec![leaf()], ..leaf() }], ..leaf() }, leaf()];
        let mut lines = Vec::new();
        flatten(&tree, 0, &mut lines);
        let (opened, closed) =
            (lines.iter().filter(|l| l.opens).count(), lines.iter().map(|l| l.closes).sum());
        assert_eq!((lines.len(), opened), (5, closed));
    }
}
