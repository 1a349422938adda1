//! Numbers as people say them: "one twenty eight over eighty", "two point five", "fifteen hundred".

use super::text::Word;

/// A number read from words.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Number {
    /// Its value.
    pub value: f64,
    /// How many words it takes.
    pub used: usize,
    /// Whether it was written with digits.
    pub digits: bool,
}

fn ones(word: &str) -> Option<u32> {
    Some(match word {
        "zero" => 0,
        "one" => 1,
        "two" => 2,
        "three" => 3,
        "four" => 4,
        "five" => 5,
        "six" => 6,
        "seven" => 7,
        "eight" => 8,
        "nine" => 9,
        _ => return None,
    })
}

fn teens(word: &str) -> Option<u32> {
    Some(match word {
        "ten" => 10,
        "eleven" => 11,
        "twelve" => 12,
        "thirteen" => 13,
        "fourteen" => 14,
        "fifteen" => 15,
        "sixteen" => 16,
        "seventeen" => 17,
        "eighteen" => 18,
        "nineteen" => 19,
        _ => return None,
    })
}

fn tens(word: &str) -> Option<u32> {
    Some(match word {
        "twenty" => 20,
        "thirty" => 30,
        "forty" => 40,
        "fifty" => 50,
        "sixty" => 60,
        "seventy" => 70,
        "eighty" => 80,
        "ninety" => 90,
        _ => return None,
    })
}

/// Reads a number at a place; "one sixty nine" is 169, as clinicians say it.
pub fn number(words: &[Word], at: usize) -> Option<Number> {
    let word = |k: usize| words.get(at + k).map_or("", |w| w.text.as_str());
    if word(0).starts_with(|c: char| c.is_ascii_digit()) {
        let value = word(0).parse::<f64>().ok()?;
        return Some(Number { value, used: 1, digits: true });
    }
    let (mut total, mut used) = below_hundred(words, at)?;
    if (1..10).contains(&total) && used == 1 {
        if word(1) == "hundred" {
            total *= 100;
            used = 2;
            let skip = usize::from(word(2) == "and");
            if let Some((rest, more)) = below_hundred(words, at + 2 + skip) {
                total += rest;
                used += skip + more;
            }
        } else if let Some((rest, more)) = below_hundred(words, at + 1).filter(|(rest, _)| *rest >= 10) {
            total = total * 100 + rest;
            used += more;
        }
    } else if word(used) == "hundred" && total < 100 {
        total *= 100;
        used += 1;
    }
    if word(used) == "thousand" {
        total *= 1000;
        used += 1;
    }
    let mut value = f64::from(total);
    if word(used) == "point"
        && let Some(fraction) = ones(word(used + 1))
    {
        value += f64::from(fraction) / 10.0;
        used += 2;
    }
    Some(Number { value, used, digits: false })
}

fn below_hundred(words: &[Word], at: usize) -> Option<(u32, usize)> {
    let word = |k: usize| words.get(at + k).map_or("", |w| w.text.as_str());
    if let Some(value) = ones(word(0)).or_else(|| teens(word(0))) {
        return Some((value, 1));
    }
    let value = tens(word(0))?;
    match ones(word(1)).filter(|&one| one > 0) {
        Some(one) => Some((value + one, 2)),
        None => Some((value, 1)),
    }
}

/// A number as text without a needless fraction.
pub fn plain(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), ToOwned::to_owned)
}

/// Whether a word could begin a number.
pub fn starts_number(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit())
        || ones(word).or_else(|| teens(word)).or_else(|| tens(word)).is_some()
}

/// Writes number words of a text as digits; a lone "one" stays, as it is mostly a pronoun.
pub fn with_digits(text: &str) -> String {
    let words = super::text::words(text);
    let mut out = String::with_capacity(text.len());
    let (mut at, mut from) = (0, 0);
    while at < words.len() {
        let Some(found) = number(&words, at).filter(|n| !n.digits) else {
            at += 1;
            continue;
        };
        let ranged = words.get(at + 1).is_some_and(|w| matches!(w.text.as_str(), "to" | "or"))
            && number(&words, at + 2).is_some();
        let lone = found.used == 1
            && words.get(at).is_some_and(|w| w.text == "one")
            && !before_unit(&words, at + 1)
            && !ranged;
        if let (Some(first), Some(last), false) = (words.get(at), words.get(at + found.used - 1), lone) {
            out.push_str(text.get(from..first.start).unwrap_or_default());
            out.push_str(&plain(found.value));
            from = last.end;
        }
        at += found.used;
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out
}

fn before_unit(words: &[Word], at: usize) -> bool {
    const UNITS: &[&str] = &[
        "day",
        "week",
        "month",
        "year",
        "hour",
        "mg",
        "milligram",
        "tablet",
        "pill",
        "puff",
        "out",
        "plus",
        "time",
        "cup",
        "pack",
    ];
    words
        .get(at)
        .is_some_and(|w| UNITS.iter().any(|unit| w.text.strip_suffix('s').unwrap_or(&w.text) == *unit))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::text::words;

    #[test]
    fn spoken_numbers_are_read() {
        for (said, value) in [
            ("one twenty eight", 128.0),
            ("one hundred and five", 105.0),
            ("twenty five", 25.0),
            ("two point five", 2.5),
            ("fifteen hundred", 1500.0),
            ("one thousand", 1000.0),
            ("98.6", 98.6),
            ("one eighteen", 118.0),
            ("seven fifty", 750.0),
        ] {
            assert_eq!(number(&words(said), 0).map(|n| n.value), Some(value), "{said}");
        }
        assert_eq!(number(&words("two one"), 0).map(|n| (n.value, n.used)), Some((2.0, 1)));
        assert!(number(&words("often"), 0).is_none());
    }

    #[test]
    fn number_words_become_digits_but_a_lone_one_stays() {
        assert_eq!(with_digits("two out of six, and the other one"), "2 out of 6, and the other one");
        assert_eq!(with_digits("one tablet for twenty five days"), "1 tablet for 25 days");
    }
}
