//! Trend lines as SVG, written here so that they print, need no script and can be tested as text.
//!
//! Pure: values in, a drawing out. Colours and line widths are classes in `parts.css`. The page shows the same numbers in
//! a table; which range counts as usual, and its source, is the caller's to say.

use std::fmt::{self, Write as _};

use askama::filters::HtmlSafe;

const WIDTH: f64 = 400.0;
const HEIGHT: f64 = 104.0;
const LEFT: f64 = 34.0;
const RIGHT: f64 = 352.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 80.0;
/// Beyond this many points a dot at each only thickens the line.
const MOST_DOTS: usize = 60;

/// What one drawing shows: one line, or two such as systolic and diastolic pressure.
#[derive(Debug, Clone)]
pub struct Trend {
    /// A name that no other drawing on the page has, for its title and description.
    pub id: String,
    /// What was measured, as `Blood pressure`.
    pub title: String,
    /// The unit, as `mmHg`.
    pub unit: String,
    /// The lines; a second one is drawn broken.
    pub series: Vec<Series>,
}

/// One line.
#[derive(Debug, Clone)]
pub struct Series {
    /// What this line is, as `systolic`; empty where there is only one.
    pub name: String,
    /// The usual range, shaded; values outside of it are marked.
    pub usual: Option<(f64, f64)>,
    /// The measurements, oldest first.
    pub points: Vec<Point>,
}

/// One measurement.
#[derive(Debug, Clone)]
pub struct Point {
    /// Day of the measurement, counted from any fixed day.
    pub day: i32,
    /// The same day as people read it, `14-Jul-2026`.
    pub date: String,
    /// The value, in the unit of the drawing.
    pub value: f64,
}

/// An SVG element; templates print it as it is, since every text in it was escaped here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawing(String);

impl fmt::Display for Drawing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Drawing {
    /// Takes an SVG element whose texts were escaped.
    pub(crate) fn of(svg: String) -> Self {
        Self(svg)
    }
}

impl HtmlSafe for Drawing {}

/// Draws a trend; nothing where there is no measurement.
pub fn trend(trend: &Trend) -> Option<Drawing> {
    let scale = Scale::over(trend)?;
    let id = escape(&trend.id);
    let mut svg = format!(
        r#"<svg class="trend" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="{id}-title {id}-words"><title id="{id}-title">{}</title><desc id="{id}-words">{}</desc>"#,
        escape(&trend.title),
        escape(&words(trend)),
    );
    for series in &trend.series {
        svg.push_str(&band(series, &scale));
    }
    svg.push_str(&axis(trend, &scale));
    for (index, series) in trend.series.iter().enumerate() {
        svg.push_str(&line(series, index > 0, &scale));
    }
    svg.push_str(&last_values(trend, &scale));
    svg.push_str("</svg>");
    Some(Drawing(svg))
}

struct Scale {
    days: (f64, f64),
    values: (f64, f64),
}

impl Scale {
    fn over(trend: &Trend) -> Option<Self> {
        let points = || trend.series.iter().flat_map(|series| &series.points);
        let days = extent(points().map(|point| f64::from(point.day)))?;
        let shown = extent(points().map(|point| point.value))?;
        let bands = trend.series.iter().filter_map(|series| series.usual);
        let values = extent(bands.flat_map(|(low, high)| [low, high]).chain([shown.0, shown.1]))?;
        let room = ((values.1 - values.0) * 0.08).max(0.5);
        Some(Self { days, values: (values.0 - room, values.1 + room) })
    }

    fn x(&self, day: i32) -> f64 {
        let (first, last) = self.days;
        if first < last { LEFT + (RIGHT - LEFT) * (f64::from(day) - first) / (last - first) } else { RIGHT }
    }

    fn y(&self, value: f64) -> f64 {
        let (low, high) = self.values;
        BOTTOM - (BOTTOM - TOP) * (value - low) / (high - low)
    }
}

fn extent(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.fold(None, |seen, value| {
        let (low, high) = seen.unwrap_or((value, value));
        Some((low.min(value), high.max(value)))
    })
}

fn band(series: &Series, scale: &Scale) -> String {
    let Some((low, high)) = series.usual else { return String::new() };
    let (top, bottom) = (scale.y(high), scale.y(low));
    format!(
        r#"<rect class="band" x="{LEFT}" y="{top:.1}" width="{:.1}" height="{:.1}"/>"#,
        RIGHT - LEFT,
        bottom - top
    )
}

/// The highest and lowest measurement on the left, the first and last day below.
fn axis(trend: &Trend, scale: &Scale) -> String {
    let mut svg = String::new();
    let points = || trend.series.iter().flat_map(|series| &series.points);
    if let Some((low, high)) = extent(points().map(|point| point.value)) {
        let apart = scale.y(low) - scale.y(high) > 12.0;
        for value in if apart { vec![high, low] } else { vec![high] } {
            let y = scale.y(value);
            let _ = write!(
                svg,
                r#"<line class="grid" x1="{LEFT}" x2="{RIGHT}" y1="{y:.1}" y2="{y:.1}"/><text x="{:.1}" y="{:.1}" text-anchor="end">{}</text>"#,
                LEFT - 5.0,
                y + 3.5,
                plain(value)
            );
        }
    }
    let first = points().min_by_key(|point| point.day);
    let last = points().max_by_key(|point| point.day);
    if let Some(first) = first.filter(|first| last.is_some_and(|last| last.day > first.day)) {
        let _ = write!(svg, r#"<text x="{LEFT}" y="{:.1}">{}</text>"#, HEIGHT - 6.0, escape(&first.date));
    }
    if let Some(last) = last {
        let _ = write!(
            svg,
            r#"<text x="{RIGHT}" y="{:.1}" text-anchor="end">{}</text>"#,
            HEIGHT - 6.0,
            escape(&last.date)
        );
    }
    svg
}

fn line(series: &Series, second: bool, scale: &Scale) -> String {
    let (stroke, dot) = if second { ("line line-2", "dot dot-2") } else { ("line", "dot") };
    let at = |point: &Point| (scale.x(point.day), scale.y(point.value));
    let mut svg = String::new();
    if series.points.len() > 1 {
        let places: Vec<String> =
            series.points.iter().map(at).map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        let _ = write!(svg, r#"<polyline class="{stroke}" points="{}"/>"#, places.join(" "));
    }
    let few = series.points.len() <= MOST_DOTS;
    for point in &series.points {
        let unusual = series.usual.is_some_and(|(low, high)| point.value < low || point.value > high);
        if few || unusual {
            let (x, y) = at(point);
            let class = if unusual { "dot dot-out" } else { dot };
            let _ = write!(
                svg,
                r#"<circle class="{class}" cx="{x:.1}" cy="{y:.1}" r="{}"><title>{} {}</title></circle>"#,
                if unusual { "3.2" } else { "2.4" },
                escape(&point.date),
                plain(point.value)
            );
        }
    }
    svg
}

/// The newest value of each line beside its end, kept apart where two ends meet.
fn last_values(trend: &Trend, scale: &Scale) -> String {
    let mut svg = String::new();
    let mut above = f64::NEG_INFINITY;
    let mut ends: Vec<_> = trend.series.iter().filter_map(|series| series.points.last()).collect();
    ends.sort_by(|left, right| right.value.total_cmp(&left.value));
    for point in ends {
        let y = (scale.y(point.value) + 4.0).max(above + 12.0);
        above = y;
        let _ = write!(
            svg,
            r#"<text class="now" x="{:.1}" y="{y:.1}">{}</text>"#,
            RIGHT + 7.0,
            plain(point.value)
        );
    }
    let _ =
        write!(svg, r#"<text x="{:.1}" y="{:.1}">{}</text>"#, RIGHT + 7.0, above + 12.0, escape(&trend.unit));
    svg
}

/// The drawing in words, for those who hear the page.
fn words(trend: &Trend) -> String {
    let mut sentences = Vec::new();
    for series in &trend.series {
        let (Some(first), Some(last)) = (series.points.first(), series.points.last()) else { continue };
        let Some((low, high)) = extent(series.points.iter().map(|point| point.value)) else { continue };
        let name = if series.name.is_empty() { String::new() } else { format!("{}: ", series.name) };
        let number = series.points.len();
        sentences.push(format!(
            "{name}{number} measured from {} to {}, lowest {}, highest {}, last {} {}.",
            first.date,
            last.date,
            plain(low),
            plain(high),
            plain(last.value),
            trend.unit
        ));
    }
    sentences.join(" ")
}

/// Writes a value with at most one decimal and no trailing zero.
fn plain(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").unwrap_or(&text).to_owned()
}

/// Makes a text harmless inside an element or an attribute.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(name: &str, usual: Option<(f64, f64)>, values: &[(i32, f64)]) -> Series {
        let points =
            values.iter().map(|&(day, value)| Point { day, date: format!("day {day}"), value }).collect();
        Series { name: name.into(), usual, points }
    }

    fn draw(series: Vec<Series>) -> String {
        let trend =
            Trend { id: "bp".into(), title: "Pressure <sitting>".into(), unit: "mmHg".into(), series };
        super::trend(&trend).map(|drawing| drawing.to_string()).unwrap_or_default()
    }

    #[test]
    fn nothing_measured_draws_nothing() {
        assert_eq!(draw(vec![series("", None, &[])]), "");
    }

    #[test]
    fn the_line_spans_the_plot_and_the_newest_value_stands_beside_it() {
        let svg = draw(vec![series("", None, &[(0, 100.0), (10, 120.0)])]);
        assert!(svg.contains(r#"<polyline class="line" points="34.0,75.3 352.0,16.7"/>"#), "{svg}");
        assert!(svg.contains(r#"<text class="now" x="359.0" y="20.7">120</text>"#), "{svg}");
        assert!(svg.contains("2 measured from day 0 to day 10, lowest 100, highest 120, last 120 mmHg."));
    }

    #[test]
    fn a_value_outside_the_usual_range_is_marked_and_the_range_is_shaded() {
        let svg = draw(vec![series("", Some((36.1, 37.2)), &[(0, 36.8), (4, 38.4)])]);
        assert_eq!(svg.matches("dot-out").count(), 1);
        assert!(svg.contains(r#"class="band""#) && svg.contains("38.4"));
    }

    #[test]
    fn two_lines_whose_ends_meet_keep_their_values_apart() {
        let svg =
            draw(vec![series("systolic", None, &[(0, 120.0)]), series("diastolic", None, &[(0, 119.9)])]);
        let heights: Vec<f64> = svg
            .split(r#"class="now" x="359.0" y=""#)
            .skip(1)
            .filter_map(|part| part.split('"').next()?.parse().ok())
            .collect();
        assert!(matches!(heights[..], [upper, lower] if lower - upper >= 11.9), "{heights:?}");
    }

    #[test]
    fn one_measurement_is_a_dot_without_a_line() {
        let svg = draw(vec![series("", None, &[(5, 72.0)])]);
        assert!(svg.contains("<circle") && !svg.contains("<polyline") && !svg.contains("NaN"));
    }

    #[test]
    fn the_drawing_obeys_the_page_and_escapes_its_words() {
        let svg = draw(vec![series("", None, &[(5, 72.0), (6, 73.0)])]);
        assert!(!svg.contains("style=") && svg.contains("Pressure &lt;sitting&gt;"));
    }

    #[test]
    fn many_points_are_a_line_without_dots() {
        let many: Vec<(i32, f64)> = (0..2000).map(|day| (day, f64::from(day % 7))).collect();
        assert_eq!(draw(vec![series("", None, &many)]).matches("<circle").count(), 0);
    }
}
