//! Children, all invented, on the charts.

use super::*;

fn day(year: i32, month: u32, day: u32) -> Day {
    Day::of(year, month, day).unwrap()
}

fn measured(on: Day, weight: i32, height: i32) -> Measured {
    let some = |value: i32| Some(value).filter(|value| *value > 0);
    Measured { on, weight: some(weight).map(Kilograms), height: some(height).map(Centimetres) }
}

fn charts(growth: &Growth) -> Vec<&'static str> {
    growth.points.iter().map(|point| point.chart.as_str()).collect()
}

#[test]
fn a_child_at_the_median_is_at_the_fiftieth_percentile_on_every_chart() {
    let born = day(2024, 1, 10);
    let baby = Growth::of(born, Sex::Male, &[measured(born.plus_days(183), 794, 6764)]);
    assert_eq!(charts(&baby), ["who_weight", "who_length", "who_weight_for_length"]);
    assert!(baby.on(Chart::WhoWeight).chain(baby.on(Chart::WhoLength)).all(|point| point.z.abs() < 0.01));
    // CDC, statage and wtage, girls of 120.5 months: medians 138.4 cm and 33.1 kg to one decimal.
    let girl = Growth::of(born, Sex::Female, &[measured(born.plus_days(3_668), 3_308, 13_849)]);
    assert_eq!(charts(&girl), ["cdc_weight", "cdc_stature", "cdc_bmi"]);
    for point in girl.on(Chart::CdcWeight).chain(girl.on(Chart::CdcStature)) {
        assert!((point.percentile() - 50.0).abs() < 5.0, "{point:?}");
    }
}

#[test]
fn the_second_birthday_leads_from_length_to_stature() {
    for born in [day(2023, 3, 1), day(2024, 2, 29), day(2022, 7, 14)] {
        let birthday =
            (700..800).map(|days| born.plus_days(days)).find(|day| born.age_on(*day) == 2).unwrap();
        let before = Growth::of(born, Sex::Female, &[measured(birthday.plus_days(-1), 1_200, 8_600)]);
        assert_eq!(charts(&before), ["who_weight", "who_length", "who_weight_for_length"], "{born}");
        let after = Growth::of(born, Sex::Female, &[measured(birthday, 1_200, 8_600)]);
        assert_eq!(charts(&after), ["cdc_weight", "cdc_stature", "cdc_bmi"], "{born}");
        assert!(before.missing.is_empty() && after.missing.is_empty());
    }
}

#[test]
fn every_day_of_childhood_is_on_a_chart() {
    let born = day(2004, 2, 29);
    for days in 0..8_000 {
        let on = born.plus_days(days);
        let growth = Growth::of(born, Sex::Male, &[measured(on, 2_000, 9_000)]);
        let grown = born.age_on(on) >= 20;
        assert_eq!(growth.points.len(), if grown { 0 } else { 3 }, "{on}");
        assert_eq!(growth.missing.iter().any(|missing| missing.why == Why::Grown), grown);
    }
}

#[test]
fn what_is_on_no_chart_says_why() {
    let born = day(2024, 1, 10);
    let why = |sex, one| Growth::of(born, sex, &[one]).missing.first().map(|missing| missing.why);
    let later = born.plus_days(100);
    assert_eq!(why(Sex::Male, measured(born.plus_days(-1), 350, 5_000)), Some(Why::BeforeBirth));
    assert_eq!(why(Sex::Other, measured(later, 600, 6_000)), Some(Why::NoChartForSex));
    assert_eq!(why(Sex::Male, measured(later, 600, 0)), Some(Why::NoHeight));
    assert_eq!(why(Sex::Male, measured(later, 0, 6_000)), Some(Why::NoWeight));
    assert_eq!(why(Sex::Male, measured(later, 180, 4_400)), Some(Why::LengthOffChart));
    assert_eq!(Growth::of(born, Sex::Male, &[measured(later, 0, 0)]), Growth::default());
    assert_eq!(Growth::of(born, Sex::Male, &[measured(later, 600, 0)]).points.len(), 1);
}

#[test]
fn a_weight_in_pounds_taken_for_kilograms_is_called_unlikely() {
    let born = day(2022, 1, 10);
    let points = |weight| Growth::of(born, Sex::Male, &[measured(born.plus_days(300), weight, 0)]).points;
    assert!(points(2_000).iter().all(Point::is_unlikely) && !points(950).iter().any(Point::is_unlikely));
}

#[test]
fn an_age_is_stated_in_days_months_and_years() {
    let born = day(2020, 1, 31);
    let said = |on| Age::on(born, on).map(|age| age.to_string());
    assert_eq!(said(day(2020, 1, 31)).as_deref(), Some("0 d"));
    assert_eq!(said(day(2020, 2, 29)).as_deref(), Some("29 d"));
    assert_eq!(said(day(2020, 3, 31)).as_deref(), Some("2 m"));
    assert_eq!(said(day(2022, 1, 30)).as_deref(), Some("23 m"));
    assert_eq!(said(day(2022, 1, 31)).as_deref(), Some("2 y"));
    assert_eq!(said(day(2026, 5, 31)).as_deref(), Some("6 y 4 m"));
    assert_eq!(said(day(2020, 1, 30)), None);
}
