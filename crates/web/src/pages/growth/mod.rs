//! Growth charts of a child: the publisher's curves, the child's points, and each point's percentile in a table.
//!
//! What the charts say is in `clinic::growth`; the drawing is in `drawing.rs`.

mod drawing;

use crate::chart::Drawing;
use crate::desk::LookingUp;
use crate::error::Fault;
use crate::page::{page, see_other_saying};
use crate::pages::chart::{head, id};
use crate::shell::{Banner, Shell};
use crate::urls;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::Path;
use axum::response::Response;
pub(crate) use medrecord_clinic::growth::CDC_UNTIL as GROWN;
use medrecord_clinic::growth::{Axis, Chart, Growth, Measured, Point};
use medrecord_clinic::ids::PatientId;
use medrecord_clinic::patient::Sex;
use medrecord_clinic::time::{Day, Instant, Zone};
use medrecord_clinic::vitals::VitalSigns;
use medrecord_store::chart::Visit;
use medrecord_store::{merges, patients, vitals};

/// More measurements than anybody has before the twentieth birthday.
pub(crate) const MOST: i64 = 1_000;

#[derive(Template)]
#[template(path = "pages/growth/growth.html")]
struct GrowthPage {
    shell: Shell,
    banner: Banner,
    chart: String,
    sections: Vec<Section>,
    /// What is on no chart: the day and why.
    missing: Vec<(String, &'static str)>,
    /// Whether the charts were made for the recorded sex.
    has_charts: bool,
}

/// One chart with its table.
struct Section {
    id: &'static str,
    title: &'static str,
    source: &'static str,
    measured: &'static str,
    unit: &'static str,
    by_length: bool,
    svg: Drawing,
    rows: Vec<Row>,
}

/// One measurement.
struct Row {
    on: String,
    age: String,
    at: String,
    value: String,
    percentile: String,
    z: String,
    is_unlikely: bool,
}

/// Shows the charts on which something of this patient can be drawn.
pub(crate) async fn show(
    visitor: Visitor,
    Path(patient): Path<String>,
    LookingUp(mut desk): LookingUp,
) -> Result<Response, Fault> {
    let patient: PatientId = id(&patient, "patient")?;
    if let Some(survivor) = merges::survivor(&mut desk, patient).await? {
        desk.close().await?;
        let words = "The chart that you asked for was merged into this one.";
        return Ok(see_other_saying(&urls::growth(survivor), "warn", words));
    }
    let banner = head(&mut desk, &visitor, patient).await?;
    let child = patients::get(&mut desk, patient).await?;
    let taken = vitals::trend(&mut desk, patient, MOST).await?;
    desk.close().await?;
    let growth = Growth::of(child.date_of_birth, child.sex, &measured(&taken, visitor.zone()));
    page(&GrowthPage {
        shell: visitor.shell(),
        banner,
        chart: urls::chart(patient),
        sections: sections(&growth, child.sex),
        missing: growth.missing.iter().rev().map(|it| (it.on.to_string(), it.why.in_words())).collect(),
        has_charts: child.sex != Sex::Other,
    })
}

/// What was measured on the day of each visit, oldest first; `taken` comes newest first, with when the visits began.
pub(crate) fn measured(taken: &[(Instant, VitalSigns)], zone: Zone) -> Vec<Measured> {
    let of = |(begins, vitals): &(Instant, VitalSigns)| Measured {
        on: zone.day_of(*begins),
        weight: vitals.measured.weight,
        height: vitals.measured.height,
    };
    taken.iter().rev().map(of).collect()
}

/// The newest percentiles in a line, from the visits that the chart has anyway; nothing for adults.
pub(crate) fn in_a_line(visits: &[Visit], born: Day, sex: Sex, zone: Zone) -> String {
    let of = |visit: &Visit| {
        let vitals = visit.vital_signs.as_ref()?;
        let on = zone.day_of(visit.appointment_date);
        Some(Measured { on, weight: vitals.weight, height: vitals.height })
    };
    let measured: Vec<Measured> = visits.iter().rev().filter_map(of).collect();
    let growth = Growth::of(born, sex, &measured);
    let Some(newest) = growth.points.last().map(|point| point.on) else { return String::new() };
    let said: Vec<String> = growth
        .points
        .iter()
        .filter(|point| point.on == newest)
        .map(|point| format!("{} {}", point.chart.measured().0, ordinal(point.percentile())))
        .collect();
    format!("Percentiles on {newest}: {}.", said.join(", "))
}

/// The charts of the older child first, since they are the current ones where there are both.
fn sections(growth: &Growth, sex: Sex) -> Vec<Section> {
    let (who, cdc): (Vec<Chart>, Vec<Chart>) =
        Chart::ALL.into_iter().partition(|chart| chart.axis() != Axis::Months);
    let section = |chart: Chart| {
        let points: Vec<&Point> = growth.on(chart).collect();
        let words = in_words(chart, &points)?;
        let (measured, unit) = chart.measured();
        Some(Section {
            id: chart.as_str(),
            title: chart.title(),
            source: chart.source(),
            measured,
            unit,
            by_length: chart.axis() == Axis::Length,
            svg: drawing::draw(chart, sex, &points, &words),
            rows: points.into_iter().rev().map(row).collect(),
        })
    };
    cdc.into_iter().chain(who).filter_map(section).collect()
}

fn row(point: &Point) -> Row {
    Row {
        on: point.on.to_string(),
        age: point.age.to_string(),
        at: plain(point.at),
        value: plain(point.value),
        percentile: ordinal(point.percentile()),
        z: score(point.z),
        is_unlikely: point.is_unlikely(),
    }
}

/// The points of one chart for those who hear the page; nothing where there is none.
fn in_words(chart: Chart, points: &[&Point]) -> Option<String> {
    let (first, last) = (points.first()?, points.last()?);
    let (_, unit) = chart.measured();
    Some(format!(
        "Percentile curves of {}. {} measured from {} to {}, last {} {unit}, percentile {}.",
        chart.source(),
        points.len(),
        first.on,
        last.on,
        plain(last.value),
        ordinal(last.percentile()),
    ))
}

/// A percentile as people say it; CDC reports none beyond the first and the 99th.
fn ordinal(percentile: f64) -> String {
    if percentile < 1.0 {
        return "below 1st".to_owned();
    }
    if percentile > 99.0 {
        return "above 99th".to_owned();
    }
    let number = format!("{percentile:.0}");
    let teen = number.starts_with('1') && number.len() == 2;
    let ending = match number.chars().last() {
        Some('1') if !teen => "st",
        Some('2') if !teen => "nd",
        Some('3') if !teen => "rd",
        Some(_) | None => "th",
    };
    format!("{number}{ending}")
}

/// A z-score with its sign.
fn score(z: f64) -> String {
    if z.abs() < 0.005 { "0.00".to_owned() } else { format!("{z:+.2}") }
}

/// Writes a value with at most two decimals and no zeros at its end.
fn plain(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_and_scores_are_said_as_people_say_them() {
        let cases = [
            (0.4, "below 1st"),
            (1.2, "1st"),
            (2.3, "2nd"),
            (3.0, "3rd"),
            (11.0, "11th"),
            (12.6, "13th"),
            (50.0, "50th"),
            (92.4, "92nd"),
            (99.0, "99th"),
            (99.1, "above 99th"),
        ];
        for (percentile, said) in cases {
            assert_eq!(ordinal(percentile), said);
        }
        assert_eq!([score(0.001), score(-1.234), score(2.0)], ["0.00", "-1.23", "+2.00"]);
        assert_eq!([plain(12.0), plain(7.25), plain(16.333_3)], ["12", "7.25", "16.33"]);
    }
}
