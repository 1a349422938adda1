//! Vital signs over the visits that the chart shows: the last values, and a line for each that was taken twice.

use crate::chart::{Drawing, Point, Series, Trend, trend as draw_trend};
use chrono::Datelike;
use medrecord_clinic::time::{Day, Zone};
use medrecord_store::chart::{Visit, VisitVitals};

/// A value of the line of last values.
pub(super) struct Last {
    pub(super) label: &'static str,
    pub(super) value: String,
    pub(super) unit: &'static str,
    /// When it was taken, said aloud where that was not today.
    pub(super) when: String,
}

/// A drawing with its title.
pub(super) struct Titled {
    pub(super) title: &'static str,
    pub(super) svg: Drawing,
}

/// What is drawn: a name for the drawing, its title and unit, and its lines.
type Plan = (&'static str, &'static str, &'static str, Vec<(&'static str, fn(&VisitVitals) -> Option<f64>)>);

fn plans() -> Vec<Plan> {
    vec![
        (
            "pressure",
            "Blood pressure",
            "mmHg",
            vec![
                ("systolic", |v| v.blood_pressure_systolic.map(f64::from)),
                ("diastolic", |v| v.blood_pressure_diastolic.map(f64::from)),
            ],
        ),
        ("pulse", "Pulse", "/min", vec![("", |v| v.heart_rate.map(f64::from))]),
        ("weight", "Weight", "kg", vec![("", |v| v.weight.map(|kg| f64::from(kg.0) / 100.0))]),
        ("temperature", "Temperature", "°C", vec![("", |v| v.temperature.map(|t| f64::from(t.0) / 10.0))]),
    ]
}

/// The lines of what was measured at least twice; `visits` come newest first.
pub(super) fn drawings(visits: &[Visit], zone: Zone) -> Vec<Titled> {
    let draw = |(id, title, unit, lines): Plan| {
        let series: Vec<Series> = lines
            .into_iter()
            .map(|(name, value)| Series {
                name: name.to_owned(),
                usual: None,
                points: points(visits, zone, value),
            })
            .filter(|series| series.points.len() > 1)
            .collect();
        let trend =
            Trend { id: format!("trend-{id}"), title: title.to_owned(), unit: unit.to_owned(), series };
        draw_trend(&trend).map(|svg| Titled { title, svg })
    };
    plans().into_iter().filter_map(draw).collect()
}

fn points(visits: &[Visit], zone: Zone, value: fn(&VisitVitals) -> Option<f64>) -> Vec<Point> {
    let of = |visit: &Visit| {
        let vitals = visit.vital_signs.as_ref()?;
        let day = zone.day_of(vitals.recorded_at);
        Some(Point { day: day.0.num_days_from_ce(), date: day.to_string(), value: value(vitals)? })
    };
    visits.iter().rev().filter_map(of).collect()
}

/// The newest value of each kind.
pub(super) fn last_values(visits: &[Visit], zone: Zone, today: Day) -> Vec<Last> {
    type Read = fn(&VisitVitals) -> Option<String>;
    let kinds: [(&'static str, &'static str, Read); 7] = [
        ("Pressure", "mmHg", |v| {
            let (upper, lower) = v.blood_pressure_systolic.zip(v.blood_pressure_diastolic)?;
            Some(format!("{upper}/{lower}"))
        }),
        ("Pulse", "/min", |v| v.heart_rate.map(|value| value.to_string())),
        ("Temperature", "°C", |v| v.temperature.map(|value| value.to_string())),
        ("Oxygen", "%", |v| v.oxygen_saturation.map(|value| value.to_string())),
        ("Weight", "kg", |v| v.weight.map(|value| value.to_string())),
        ("Height", "cm", |v| v.height.map(|value| value.to_string())),
        ("BMI", "kg/m²", |v| v.bmi.map(|value| value.to_string())),
    ];
    let newest = |(label, unit, read): (&'static str, &'static str, Read)| {
        visits.iter().find_map(|visit| {
            let vitals = visit.vital_signs.as_ref()?;
            let day = zone.day_of(vitals.recorded_at);
            let when = if day == today { "today".to_owned() } else { day.to_string() };
            Some(Last { label, value: read(vitals)?, unit, when })
        })
    };
    kinds.into_iter().filter_map(newest).collect()
}
