//! What a person typed as a value of a column: read, checked, and brought into the one form the studio uses.

use super::catalogue::{Column, Kind};
use chrono::{DateTime, NaiveDate, NaiveDateTime, SecondsFormat};
use medrecord_clinic::time::Instant;

/// A typed text in the studio's form: `true`, `37.2`, `2026-11-22`, `2026-11-22T09:00:00.000Z`, an id with hyphens.
///
/// # Errors
/// What is wrong with it, as a sentence that names the column.
pub fn canonical(column: &Column, typed: &str) -> Result<String, String> {
    let (name, text) = (&column.name, typed.trim());
    let wrong = |needs: &str| format!("{name} needs {needs}.");
    match &column.kind {
        Kind::Text | Kind::Long | Kind::Other => Ok(typed.replace("\r\n", "\n")),
        Kind::Id => match uuid::Uuid::try_parse(text) {
            Ok(id) => Ok(id.hyphenated().to_string()),
            Err(_) => Err(wrong("an id such as 019a2b3c-0000-7000-8000-000000000000")),
        },
        Kind::Whole => text.parse::<i64>().map(|n| n.to_string()).map_err(|_| wrong("a whole number")),
        Kind::Decimal(places) => decimal(text, *places)
            .ok_or_else(|| wrong(&format!("a number with at most {places} places, such as 37.2"))),
        Kind::YesNo => match text.to_lowercase().as_str() {
            "true" | "yes" | "1" => Ok("true".to_owned()),
            "false" | "no" | "0" => Ok("false".to_owned()),
            _ => Err(wrong("true or false")),
        },
        Kind::Day => day(text).ok_or_else(|| wrong("a day such as 2026-11-22")),
        Kind::Instant => instant(text).ok_or_else(|| wrong("an instant in UTC such as 2026-11-22 09:00")),
        Kind::Choice(words) if words.iter().any(|word| word == text) => Ok(text.to_owned()),
        Kind::Choice(words) => Err(wrong(&format!("one of {}", words.join(", ")))),
        Kind::Json => match serde_json::from_str::<serde_json::Value>(text) {
            Ok(_) => Ok(text.to_owned()),
            Err(_) => Err(wrong("JSON")),
        },
        Kind::Bytes => Err(format!("{name} holds bytes, which are not typed here.")),
    }
}

fn decimal(text: &str, places: u8) -> Option<String> {
    let number: rust_decimal::Decimal = text.parse().ok()?;
    let short = number.normalize();
    (short.scale() <= u32::from(places) && short.mantissa().abs() < 1_000_000_000_000).then(|| {
        let mut number = short;
        number.rescale(u32::from(places));
        number.to_string()
    })
}

fn day(text: &str) -> Option<String> {
    let read =
        NaiveDate::parse_from_str(text, "%Y-%m-%d").or_else(|_| NaiveDate::parse_from_str(text, "%d-%b-%Y"));
    read.ok().map(|day| day.format("%Y-%m-%d").to_string())
}

fn instant(text: &str) -> Option<String> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(Instant::from_utc(at.to_utc()).to_string());
    }
    let text = text.replace('T', " ");
    let whole = if text.len() == 10 { format!("{text} 00:00:00") } else { text };
    let forms = ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M"];
    let at = forms.iter().find_map(|form| NaiveDateTime::parse_from_str(&whole, form).ok())?;
    Some(at.and_utc().to_rfc3339_opts(SecondsFormat::Millis, true))
}

#[cfg(test)]
mod tests {
    use super::super::privacy::Privacy;
    use super::*;

    fn column(kind: Kind) -> Column {
        Column {
            name: "it".to_owned(),
            kind,
            written: String::new(),
            cast: String::new(),
            nullable: true,
            default: None,
            comment: String::new(),
            generated: false,
            indexed: false,
            privacy: Privacy::Open,
        }
    }

    #[test]
    fn what_is_typed_is_read_or_refused_with_what_is_needed() {
        let choice = Kind::Choice(vec!["mild".to_owned(), "severe".to_owned()]);
        for (kind, typed, read) in [
            (Kind::Whole, " 7 ", "7"),
            (Kind::Decimal(1), "37", "37.0"),
            (Kind::YesNo, "Yes", "true"),
            (Kind::Day, "14-Jul-1985", "1985-07-14"),
            (Kind::Instant, "2026-11-22 09:00", "2026-11-22T09:00:00.000Z"),
            (Kind::Instant, "2026-11-22T10:00:00+01:00", "2026-11-22T09:00:00.000Z"),
            (Kind::Instant, "2026-11-22", "2026-11-22T00:00:00.000Z"),
            (choice.clone(), "mild", "mild"),
            (Kind::Json, "{\"a\": 1}", "{\"a\": 1}"),
        ] {
            assert_eq!(canonical(&column(kind), typed).as_deref(), Ok(read), "{typed}");
        }
        for (kind, typed) in [
            (Kind::Whole, "7; DROP TABLE patients"),
            (Kind::Decimal(1), "37.25"),
            (Kind::YesNo, "maybe"),
            (Kind::Day, "2026-02-30"),
            (Kind::Instant, "noon"),
            (choice, "terrible"),
            (Kind::Id, "' OR 1=1"),
            (Kind::Json, "{"),
        ] {
            assert!(
                canonical(&column(kind), typed).is_err_and(|words| words.starts_with("it needs ")),
                "{typed}"
            );
        }
    }
}
