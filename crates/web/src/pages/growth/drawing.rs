//! A growth chart as SVG: the publisher's curves over the whole chart, and the child's points on them.
//!
//! The colours are those of the other drawings (`.trend` in `parts.css`); the curves take the colour of the text, thinner.

use crate::chart::{Drawing, escape};
use medrecord_clinic::growth::{Axis, Chart, DAYS_A_MONTH, Point};
use medrecord_clinic::patient::Sex;
use std::fmt::Write as _;

const WIDTH: f64 = 320.0;
const HEIGHT: f64 = 300.0;
const LEFT: f64 = 26.0;
const RIGHT: f64 = 300.0;
const TOP: f64 = 8.0;
const BOTTOM: f64 = 270.0;
/// Names of curves stand at least so far apart.
const APART: f64 = 8.5;
/// Places at which each curve is worked out.
const STEPS: u16 = 48;

/// Draws a chart with the points of a child, oldest first; `words` say the same to those who hear the page.
pub(super) fn draw(chart: Chart, sex: Sex, points: &[&Point], words: &str) -> Drawing {
    let name = chart.as_str();
    let curves: Vec<Line> = chart
        .curves()
        .iter()
        .map(|(name, z)| Line { name, middle: *name == "50", course: chart.course(sex, *z, STEPS) })
        .collect();
    let shown: Vec<&Point> = points.iter().copied().filter(|point| !point.is_unlikely()).collect();
    let scale = Scale::over(chart, &curves, &shown);
    let mut svg = format!(
        r#"<svg class="trend" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="{name}-title {name}-words"><title id="{name}-title">{}</title><desc id="{name}-words">{}</desc>"#,
        escape(chart.title()),
        escape(words),
    );
    svg.push_str(&grid(chart, &scale));
    for curve in &curves {
        let (width, strength) = if curve.middle { ("1.25", ".8") } else { ("1", ".4") };
        let _ = write!(
            svg,
            r#"<polyline fill="none" stroke="currentColor" stroke-width="{width}" stroke-opacity="{strength}" points="{}"/>"#,
            scale.places(curve.course.iter().copied())
        );
    }
    svg.push_str(&names(&curves, &scale));
    svg.push_str(&child(&shown, &scale));
    svg.push_str("</svg>");
    Drawing::of(svg)
}

struct Line {
    name: &'static str,
    middle: bool,
    course: Vec<(f64, f64)>,
}

struct Scale {
    along: (f64, f64),
    up: (f64, f64),
}

impl Scale {
    fn over(chart: Chart, curves: &[Line], points: &[&Point]) -> Self {
        let values = curves.iter().flat_map(|curve| curve.course.iter().map(|(_, value)| *value));
        let values = values.chain(points.iter().map(|point| point.value));
        let (low, high) = values
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
        let room = (high - low) * 0.03;
        Self { along: chart.range(), up: (low - room, high + room) }
    }

    fn x(&self, at: f64) -> f64 {
        LEFT + (RIGHT - LEFT) * (at - self.along.0) / (self.along.1 - self.along.0)
    }

    fn y(&self, value: f64) -> f64 {
        BOTTOM - (BOTTOM - TOP) * (value - self.up.0) / (self.up.1 - self.up.0)
    }

    fn places(&self, points: impl Iterator<Item = (f64, f64)>) -> String {
        let places: Vec<String> =
            points.map(|(at, value)| format!("{:.1},{:.1}", self.x(at), self.y(value))).collect();
        places.join(" ")
    }
}

/// Lines of the background with their numbers, and what they count.
fn grid(chart: Chart, scale: &Scale) -> String {
    let mut svg = String::new();
    let step = step(scale.up.1 - scale.up.0);
    let mut value = (scale.up.0 / step).ceil() * step;
    while value <= scale.up.1 {
        let y = scale.y(value);
        let _ = write!(
            svg,
            r#"<line class="grid" x1="{LEFT}" x2="{RIGHT}" y1="{y:.1}" y2="{y:.1}"/><text x="{:.1}" y="{:.1}" text-anchor="end">{value:.0}</text>"#,
            LEFT - 4.0,
            y + 3.5,
        );
        value += step;
    }
    let (unit, first, last, every) = match chart.axis() {
        Axis::Days => (DAYS_A_MONTH, 0, 24, 3),
        Axis::Months => (12.0, 2, 20, 2),
        Axis::Length => (1.0, 50, 110, 10),
    };
    for number in (first..=last).step_by(every) {
        let x = scale.x((f64::from(number) * unit).min(scale.along.1));
        let _ = write!(
            svg,
            r#"<line class="grid" x1="{x:.1}" x2="{x:.1}" y1="{TOP}" y2="{BOTTOM}"/><text x="{x:.1}" y="{:.1}" text-anchor="middle">{number}</text>"#,
            BOTTOM + 13.0,
        );
    }
    let foot = match chart.axis() {
        Axis::Days => "age in months",
        Axis::Months => "age in years",
        Axis::Length => "length in cm",
    };
    let (_, unit) = chart.measured();
    let _ = write!(
        svg,
        r#"<text x="{RIGHT}" y="{:.1}" text-anchor="end">{foot}</text><text x="{LEFT}" y="{:.1}">{unit}</text>"#,
        HEIGHT - 3.0,
        HEIGHT - 3.0,
    );
    svg
}

/// A round step that leaves about ten lines.
fn step(span: f64) -> f64 {
    [1.0, 2.0, 5.0, 10.0, 20.0].into_iter().find(|step| span / step <= 11.0).unwrap_or(50.0)
}

/// The percentile of each curve at its end, as far as there is room; the outer ones and the middle come first.
fn names(curves: &[Line], scale: &Scale) -> String {
    let mut order: Vec<&Line> = curves.iter().filter(|curve| curve.middle).collect();
    order.extend(curves.first());
    order.extend(curves.last());
    order.extend(curves.iter().filter(|curve| matches!(curve.name, "25" | "75")));
    order.extend(curves);
    let (mut taken, mut svg) = (Vec::<f64>::new(), String::new());
    for curve in order {
        let Some((_, end)) = curve.course.last() else { continue };
        let y = scale.y(*end) + 3.0;
        if taken.iter().all(|other| (other - y).abs() >= APART) {
            taken.push(y);
            let _ =
                write!(svg, r#"<text font-size="9" x="{:.1}" y="{y:.1}">{}</text>"#, RIGHT + 4.0, curve.name);
        }
    }
    svg
}

fn child(points: &[&Point], scale: &Scale) -> String {
    let mut svg = String::new();
    if points.len() > 1 {
        let places = scale.places(points.iter().map(|point| (point.at, point.value)));
        let _ = write!(svg, r#"<polyline class="line" points="{places}"/>"#);
    }
    for point in points {
        let _ = write!(
            svg,
            r#"<circle class="dot" cx="{:.1}" cy="{:.1}" r="3"><title>{}, {}</title></circle>"#,
            scale.x(point.at),
            scale.y(point.value),
            point.on,
            point.age,
        );
    }
    svg
}

#[cfg(test)]
mod tests {
    use super::*;
    use medrecord_clinic::growth::{Growth, Measured};
    use medrecord_clinic::time::Day;
    use medrecord_clinic::vitals::Kilograms;

    fn drawn(weights: &[(i64, i32)]) -> String {
        let born = Day::of(2025, 1, 1).unwrap();
        let taken = |(days, weight): &(i64, i32)| Measured {
            on: born.plus_days(*days),
            weight: Some(Kilograms(*weight)),
            height: None,
        };
        let growth = Growth::of(born, Sex::Female, &weights.iter().map(taken).collect::<Vec<_>>());
        let points: Vec<&Point> = growth.on(Chart::WhoWeight).collect();
        draw(Chart::WhoWeight, Sex::Female, &points, "a < b").to_string()
    }

    #[test]
    fn the_curves_of_the_publisher_and_the_points_of_the_child_are_drawn() {
        let svg = drawn(&[(0, 330), (200, 750)]);
        assert_eq!(svg.matches("stroke=\"currentColor\"").count(), 9);
        assert_eq!(svg.matches("<circle").count(), 2);
        assert!(svg.contains("polyline class=\"line\"") && svg.contains(">50</text>"), "{svg}");
        assert!(!svg.contains("style=") && !svg.contains("NaN") && svg.contains("a &lt; b"), "{svg}");
        assert!(svg.len() < 12_000, "{} bytes", svg.len());
    }

    #[test]
    fn a_slip_of_the_hand_does_not_squeeze_the_chart() {
        let (sound, slipped) = (drawn(&[(200, 750)]), drawn(&[(200, 750), (210, 7_500)]));
        assert_eq!(slipped.matches("<circle").count(), 1);
        assert_eq!(sound, slipped);
    }

    #[test]
    fn a_single_point_has_no_line() {
        assert!(!drawn(&[(200, 750)]).contains("class=\"line\""));
    }

    #[test]
    fn lines_of_the_background_are_round_and_few() {
        let lines = |span: f64| format!("{:.0}", step(span));
        assert_eq!([13.0, 60.0, 100.0, 9.0].map(lines), ["2", "10", "10", "1"]);
    }
}
