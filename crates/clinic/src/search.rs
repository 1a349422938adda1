//! How a patient is found: names folded to plain letters, and one box read for what it may mean.

use crate::time::Day;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Folds a text for comparing: lower case, accents gone, letters without a plain form spelled out, other signs
/// turned into single blanks.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        match c {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'þ' => folded.push_str("th"),
            'ı' => folded.push('i'),
            '\'' | '’' | 'ʼ' | '`' => {}
            c if c.is_alphanumeric() => folded.push(c),
            _ if folded.ends_with(' ') || folded.is_empty() => {}
            _ => folded.push(' '),
        }
    }
    folded.trim_end().to_owned()
}

/// The words of what somebody typed, for searching in texts: lower case, without accents, letters and digits alone.
pub fn words(text: &str) -> Vec<String> {
    let plain: String = text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect();
    plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// A piece of a text around the first of the words, in parts that say whether a word was found there.
pub fn excerpt(text: &str, asked: &[String]) -> Vec<(String, bool)> {
    const BEFORE: usize = 6;
    const WHOLE: usize = 28;
    let hits = |piece: &str| {
        words(piece).iter().any(|word| asked.iter().any(|sought| word.starts_with(sought.as_str())))
    };
    let pieces: Vec<&str> = text.split_whitespace().collect();
    let first = pieces.iter().position(|piece| hits(piece)).unwrap_or(0).saturating_sub(BEFORE);
    let mut parts: Vec<(String, bool)> = Vec::new();
    if first > 0 {
        parts.push(("… ".to_owned(), false));
    }
    for piece in pieces.iter().skip(first).take(WHOLE) {
        let found = hits(piece);
        match parts.last_mut().filter(|(_, was)| !was && !found) {
            Some((part, _)) => part.push_str(piece),
            None => parts.push(((*piece).to_owned(), found)),
        }
        match parts.last_mut().filter(|(_, was)| !was) {
            Some((part, _)) => part.push(' '),
            None => parts.push((" ".to_owned(), false)),
        }
    }
    if pieces.len() > first + WHOLE {
        parts.push(("…".to_owned(), false));
    }
    parts
}

/// The text by which a patient is listed and found: `last first`, folded.
pub fn search_name(first: &str, last: &str) -> String {
    fold(&format!("{last} {first}"))
}

/// What somebody typed into the search box, read for all it may mean.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    /// Folded words or parts of words, each of which must occur in the name.
    pub names: Vec<String>,
    /// A birthday, in whatever order it was typed.
    pub born: Option<Day>,
    /// Digits that may be part of a phone number; at least three.
    pub digits: Option<String>,
    /// The text as a record number, upper case, where one word may be one: it holds a digit or a hyphen, or eight
    /// letters.
    pub record_number: Option<String>,
}

impl Query {
    /// Reads the box: words are names, a date is a birthday, other digits are a phone or a record number.
    pub fn parse(text: &str) -> Self {
        let mut query = Self::default();
        let mut words: Vec<&str> = text.split_whitespace().collect();
        for width in [3, 1] {
            let found =
                words.windows(width).position(|w| w.join(" ").trim_matches(',').parse::<Day>().is_ok());
            if let Some(at) = found.filter(|_| query.born.is_none()) {
                let taken: Vec<&str> = words.drain(at..at + width).collect();
                query.born = taken.join(" ").trim_matches(',').parse().ok();
            }
        }
        let (numeric, names): (Vec<&str>, Vec<&str>) =
            words.iter().copied().partition(|word| word.chars().any(|c| c.is_ascii_digit()));
        query.names =
            fold(&names.join(" ")).split(' ').filter(|w| !w.is_empty()).map(str::to_owned).collect();
        let digits: String = numeric.concat().chars().filter(char::is_ascii_digit).collect();
        query.digits = (digits.len() >= 3).then_some(digits);
        query.record_number = match (numeric.as_slice(), names.as_slice()) {
            ([one], []) => Some(one.to_uppercase()),
            ([one], _) if one.contains('-') || one.chars().any(char::is_alphabetic) => {
                Some(one.to_uppercase())
            }
            // A number without a digit, such as QWRT-HKMP or QWRTHKMP; it may as well be a name.
            ([], [one]) if one.is_ascii() && (one.contains('-') || one.len() == 8) => {
                Some(one.to_uppercase())
            }
            _ => None,
        };
        query
    }

    /// Whether there is nothing to look for.
    pub fn is_empty(&self) -> bool {
        self == &Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_drops_accents_apostrophes_and_case() {
        for (text, folded) in [
            ("Müller", "muller"),
            ("O'Brien", "obrien"),
            ("Łukasz Øster-Straße", "lukasz oster strasse"),
            ("  José   María ", "jose maria"),
            ("İstanbul", "istanbul"),
            ("王小明", "王小明"),
        ] {
            assert_eq!(fold(text), folded, "{text}");
        }
    }

    #[test]
    fn words_are_plain_and_an_excerpt_marks_where_they_stand() {
        assert_eq!(words("Müde, Fièvre-38"), ["mude", "fievre", "38"]);
        let asked = words("fiev");
        let text = "One two three four five six seven eight avait de la Fièvre hier";
        let parts = excerpt(text, &asked);
        let marked: Vec<&str> =
            parts.iter().filter(|(_, found)| *found).map(|(part, _)| part.as_str()).collect();
        assert_eq!(marked, ["Fièvre"]);
        let whole: String = parts.iter().map(|(part, _)| part.as_str()).collect();
        assert_eq!(whole.trim(), "… six seven eight avait de la Fièvre hier");
        assert_eq!(excerpt("nothing here", &asked), [("nothing here ".to_owned(), false)]);
    }

    #[test]
    fn one_box_is_read_for_names_birthdays_phones_and_numbers() {
        let names = |text: &str| Query::parse(text).names;
        assert_eq!(names("Jane DOE"), ["jane", "doe"]);
        assert_eq!(names("doe, jane"), ["doe", "jane"]);
        let born = Day::of(1985, 3, 15);
        for text in ["doe 1985-03-15", "15-Mar-1985 doe", "doe 15.03.1985", "doe 15 March 1985"] {
            let query = Query::parse(text);
            assert_eq!((query.born, query.names), (born, vec!["doe".to_owned()]), "{text}");
        }
        assert_eq!(Query::parse("+1-555-0100").digits.as_deref(), Some("15550100"));
        assert_eq!(Query::parse("mr-00042").record_number.as_deref(), Some("MR-00042"));
        assert_eq!(Query::parse("555 0100").digits.as_deref(), Some("5550100"));
        assert_eq!(Query::parse("qwrt-hkmp").record_number.as_deref(), Some("QWRT-HKMP"));
        assert!(Query::parse("  ").is_empty());
    }
}
