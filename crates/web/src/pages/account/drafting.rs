//! How one's own drafted notes turned out, week by week or month by month: for the provider alone.

use crate::app::App;
use crate::chart::{Drawing, Point, Series, Trend, trend};
use crate::desk::LookingUp;
use crate::error::Fault;
use crate::page::page;
use crate::shell::Shell;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use chrono::Datelike;
use medrecord_clinic::quality::{Quality, Step, per_cent};
use medrecord_clinic::time::Day;
use medrecord_store::ledger;
use serde::Deserialize;

/// How many months are shown, or weeks: half a year in weeks is as much as can be read.
const MONTHS: u32 = 12;
const WEEKS: u32 = 26;

#[derive(Template)]
#[template(path = "pages/account/drafting.html")]
struct DraftingPage {
    shell: Shell,
    weekly: bool,
    notes: usize,
    drawings: Vec<(&'static str, Drawing)>,
    /// Newest first.
    lines: Vec<Line>,
}

/// One period in words.
struct Line {
    period: String,
    notes: usize,
    minutes: String,
    untouched: String,
    kept: String,
    edited: String,
    removed: String,
    added: usize,
    warned: String,
    confirmed: usize,
}

/// What is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    by: String,
}

/// Shows how the drafts of whoever is signed in turned out.
pub(crate) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
    LookingUp(mut desk): LookingUp,
) -> Result<Response, Fault> {
    let weekly = asked.by == "week";
    let (zone, today) = (visitor.zone(), visitor.today(&app));
    let days = if weekly { Step::Week.last(WEEKS, today) } else { Step::Month.last(MONTHS, today) };
    let periods: Vec<_> = days.iter().map(|(from, to)| (zone.bounds(*from).0, zone.bounds(*to).0)).collect();
    let sums = ledger::quality(&mut desk, &periods).await?;
    desk.close().await?;
    let signed: Vec<(Day, &Quality)> =
        days.iter().map(|(from, _)| *from).zip(&sums).filter(|(_, sum)| sum.notes > 0).collect();
    page(&DraftingPage {
        shell: visitor.shell(),
        weekly,
        notes: sums.iter().map(|sum| sum.notes).sum(),
        drawings: drawings(&signed),
        lines: signed.iter().rev().map(|(from, sum)| line(*from, sum, weekly)).collect(),
    })
}

fn line(from: Day, sum: &Quality, weekly: bool) -> Line {
    let share =
        |part: usize| per_cent(part, sum.drafted()).map_or_else(String::new, |share| format!("{share} %"));
    Line {
        period: if weekly { format!("Week of {from}") } else { from.0.format("%B %Y").to_string() },
        notes: sum.notes,
        minutes: sum.median_seconds().map(minutes).unwrap_or_default(),
        untouched: format!("{} of {}", sum.untouched, sum.notes),
        kept: share(sum.kept),
        edited: share(sum.edited),
        removed: share(sum.removed),
        added: sum.added,
        warned: format!("{} of {}", sum.warned_taken, sum.warned),
        confirmed: sum.confirmed,
    }
}

/// A time in words that can be compared down a column.
fn minutes(seconds: i64) -> String {
    match seconds {
        ..60 => format!("{seconds} s"),
        60..7200 => format!("{} min", seconds / 60),
        7200..172_800 => format!("{} h", seconds / 3600),
        _ => format!("{} days", seconds / 86_400),
    }
}

/// The lines over time, where at least two periods can be compared.
fn drawings(signed: &[(Day, &Quality)]) -> Vec<(&'static str, Drawing)> {
    type Value = fn(&Quality) -> Option<f64>;
    let plans: [(&'static str, &'static str, &'static str, Value); 3] = [
        ("time", "From draft to signature, median", "min", |sum| {
            sum.median_seconds().map(|seconds| as_number(seconds / 60))
        }),
        ("untouched", "Signed without a change", "%", |sum| per_cent(sum.untouched, sum.notes).map(share)),
        ("kept", "Drafted items kept word for word", "%", |sum| per_cent(sum.kept, sum.drafted()).map(share)),
    ];
    let draw = |(id, title, unit, value): (&str, &'static str, &str, Value)| {
        let point = |(day, sum): &(Day, &Quality)| {
            Some(Point { day: day.0.num_days_from_ce(), date: day.to_string(), value: value(sum)? })
        };
        let points: Vec<Point> = signed.iter().filter_map(point).collect();
        let series = vec![Series { name: String::new(), usual: None, points }];
        let (id, unit) = (format!("trend-{id}"), unit.to_owned());
        let drawn = trend(&Trend { id, title: title.to_owned(), unit, series })?;
        Some((title, drawn))
    };
    if signed.len() < 2 { Vec::new() } else { plans.into_iter().filter_map(draw).collect() }
}

fn share(per_cent: usize) -> f64 {
    u32::try_from(per_cent).map(f64::from).unwrap_or_default()
}

fn as_number(minutes: i64) -> f64 {
    i32::try_from(minutes).map_or(f64::from(i32::MAX), f64::from)
}

#[cfg(test)]
mod tests {
    use super::minutes;

    #[test]
    fn a_time_is_told_in_the_unit_that_fits() {
        let told: Vec<String> = [0, 59, 60, 7199, 7200, 172_800].into_iter().map(minutes).collect();
        assert_eq!(told, ["0 s", "59 s", "1 min", "119 min", "2 h", "2 days"]);
    }
}
