//! What a column is worth because of others: kept right when a hand in the studio changes those.

use super::change::Values;
use medrecord_clinic::search::search_name;
use medrecord_clinic::vitals::{Bmi, Centimetres, Kilograms};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

/// The columns of a row that follow from others of it, given the whole row as it will be.
pub(super) fn derived(table: &str, row: &Values) -> Values {
    let text = |name: &str| row.get(name).cloned().flatten().unwrap_or_default();
    match table {
        "patients" => {
            let digits: String = text("phone").chars().filter(char::is_ascii_digit).collect();
            let name = search_name(&text("first_name"), &text("last_name"));
            [("phone_digits", Some(digits)), ("search_name", Some(name))]
                .map(|(column, value)| (column.to_owned(), value))
                .into()
        }
        "vital_signs" => [("bmi".to_owned(), bmi(&text("weight"), &text("height")))].into(),
        _ => Values::new(),
    }
}

fn bmi(weight: &str, height: &str) -> Option<String> {
    let parts = |text: &str, places: u32| {
        let mut number: Decimal = text.parse().ok()?;
        number.rescale(places);
        number.mantissa().to_i32()
    };
    let bmi = Bmi::of(Kilograms(parts(weight, 2)?), Centimetres(parts(height, 2)?))?;
    Some(Decimal::new(i64::from(bmi.0), 1).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_name_telephone_or_weight_takes_what_follows_along() {
        let row = |pairs: &[(&str, &str)]| -> Values {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), Some((*value).to_owned()))).collect()
        };
        let patient = derived(
            "patients",
            &row(&[("first_name", "Zoë"), ("last_name", "Lind"), ("phone", "+1-555 01")]),
        );
        assert_eq!(patient["search_name"].as_deref(), Some("lind zoe"));
        assert_eq!(patient["phone_digits"].as_deref(), Some("155501"));
        let vitals = derived("vital_signs", &row(&[("weight", "84.00"), ("height", "178.00")]));
        assert_eq!(vitals["bmi"].as_deref(), Some("26.5"));
        assert_eq!(derived("vital_signs", &row(&[("weight", "84.00")]))["bmi"], None);
    }
}
