//! The published tables, read once from the files beside this one; each says its source and what was left out.

use super::Chart;
use super::lms::Lms;
use crate::patient::Sex;
use std::sync::LazyLock;

/// One line of a table.
#[derive(Debug, Clone, Copy)]
struct Row {
    at: f64,
    girls: Lms,
    boys: Lms,
}

static TABLES: LazyLock<[Vec<Row>; 6]> = LazyLock::new(|| {
    [
        include_str!("tables/who_weight.csv"),
        include_str!("tables/who_length.csv"),
        include_str!("tables/who_weight_for_length.csv"),
        include_str!("tables/cdc_weight.csv"),
        include_str!("tables/cdc_stature.csv"),
        include_str!("tables/cdc_bmi.csv"),
    ]
    .map(|text| text.lines().filter_map(row).collect())
});

fn row(line: &str) -> Option<Row> {
    let numbers: Vec<f64> = line.split(',').map_while(|number| number.parse().ok()).collect();
    let [at, gl, gm, gs, bl, bm, bs] = numbers.try_into().ok()?;
    let girls = Lms { power: gl, median: gm, variation: gs };
    Some(Row { at, girls, boys: Lms { power: bl, median: bm, variation: bs } })
}

fn rows(chart: Chart) -> &'static [Row] {
    let [who_weight, who_length, for_length, cdc_weight, cdc_stature, cdc_bmi] = &*TABLES;
    match chart {
        Chart::WhoWeight => who_weight,
        Chart::WhoLength => who_length,
        Chart::WhoWeightForLength => for_length,
        Chart::CdcWeight => cdc_weight,
        Chart::CdcStature => cdc_stature,
        Chart::CdcBmi => cdc_bmi,
    }
}

/// Where a table begins and ends.
pub(super) fn range(chart: Chart) -> (f64, f64) {
    let ends = rows(chart).first().zip(rows(chart).last());
    ends.map_or((0.0, 0.0), |(first, last)| (first.at, last.at))
}

/// What a table says at a place, in a straight line between its rows; nothing outside of it, and nothing where the sex
/// is neither of the two for which it was made.
pub(super) fn find(chart: Chart, sex: Sex, at: f64) -> Option<Lms> {
    let rows = rows(chart);
    let next = rows.partition_point(|row| row.at < at);
    let after = rows.get(next)?;
    let before = if after.at <= at { after } else { rows.get(next.checked_sub(1)?)? };
    let share = if before.at < after.at { (at - before.at) / (after.at - before.at) } else { 0.0 };
    match sex {
        Sex::Female => Some(before.girls.toward(after.girls, share)),
        Sex::Male => Some(before.boys.toward(after.boys, share)),
        Sex::Other => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_every_file_is_read_in_order() {
        let wanted = [154, 154, 131, 218, 218, 218];
        for (chart, wanted) in Chart::ALL.into_iter().zip(wanted) {
            assert_eq!(rows(chart).len(), wanted, "{chart:?}");
            assert!(rows(chart).windows(2).all(|pair| pair[0].at < pair[1].at), "{chart:?}");
        }
    }

    #[test]
    fn outside_of_a_table_nothing_is_said() {
        assert_eq!(find(Chart::WhoWeight, Sex::Female, 730.1), None);
        assert_eq!(find(Chart::CdcStature, Sex::Male, 23.9), None);
        assert_eq!(find(Chart::WhoWeight, Sex::Other, 10.0), None);
        assert!(
            find(Chart::CdcStature, Sex::Male, 24.0).is_some_and(|row| (row.median - 86.4522).abs() < 1e-9)
        );
        assert!(find(Chart::CdcStature, Sex::Male, 240.0).is_some());
    }
}
