//! The form of a row in a backup, the same from either database.
//!
//! One line of fields between tabs, `\N` for nothing, escapes as in PostgreSQL's COPY. The values are written as
//! SQLite keeps them: an instant as `2026-11-22T09:00:00.000Z`, a truth value as 0 or 1, a decimal as a whole number
//! of its smallest unit. A table's digest adds up the SHA-256 of each line, so that the order of rows does not
//! matter; JSON counts by what it says, not by how it is spaced.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// How a column's value differs between the two databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    /// Text, or what reads the same as text in both.
    Plain,
    /// A truth value.
    Flag,
    /// A decimal of so many places.
    Decimal(u32),
    /// An instant.
    At,
    /// A JSON text.
    Json,
    /// Bytes, as hexadecimal.
    Bytes,
    /// A floating-point number.
    Float,
}

/// Appends a field's text with its escapes.
pub(super) fn escape(text: &str, out: &mut Vec<u8>) {
    let mut rest = text.as_bytes();
    // Nearly every field is as it is; it goes over in one piece.
    while let Some(at) = rest.iter().position(|byte| matches!(byte, b'\\' | 8..=13)) {
        let (plain, special) = rest.split_at(at);
        out.extend(plain);
        let Some((byte, after)) = special.split_first() else { return };
        out.extend([b'\\', sign(*byte)]);
        rest = after;
    }
    out.extend(rest);
}

/// What stands for a byte behind a backslash.
fn sign(byte: u8) -> u8 {
    match byte {
        b'\n' => b'n',
        b'\t' => b't',
        b'\r' => b'r',
        8 => b'b',
        11 => b'v',
        12 => b'f',
        plain => plain,
    }
}

/// The text of a field without its escapes; `None` where it stands for nothing or is no text.
pub(super) fn unescape(field: &[u8]) -> Option<String> {
    if field == b"\\N" {
        return None;
    }
    if !field.contains(&b'\\') {
        return String::from_utf8(field.to_vec()).ok();
    }
    let mut out = Vec::with_capacity(field.len());
    let mut bytes = field.iter().copied();
    while let Some(byte) = bytes.next() {
        out.push(if byte == b'\\' {
            match bytes.next()? {
                b'n' => b'\n',
                b't' => b'\t',
                b'r' => b'\r',
                b'b' => 8,
                b'v' => 11,
                b'f' => 12,
                plain => plain,
            }
        } else {
            byte
        });
    }
    String::from_utf8(out).ok()
}

/// Turns a line of PostgreSQL's COPY, without its end, into the neutral form.
pub(super) fn from_postgres(line: &[u8], kinds: &[Kind], out: &mut Vec<u8>) {
    for (index, (field, kind)) in line.split(|byte| *byte == b'\t').zip(kinds).enumerate() {
        if index > 0 {
            out.push(b'\t');
        }
        if field == b"\\N" {
            out.extend(field);
            continue;
        }
        match kind {
            Kind::Plain | Kind::Json => out.extend(field),
            Kind::Flag => out.push(if field == b"t" { b'1' } else { b'0' }),
            Kind::Decimal(scale) => scaled(field, *scale, out),
            Kind::At => instant(field, out),
            Kind::Bytes => out.extend(field.strip_prefix(b"\\\\x").unwrap_or(field)),
            Kind::Float => {
                let number = std::str::from_utf8(field).ok().and_then(|text| text.parse::<f64>().ok());
                match number {
                    Some(number) => out.extend(number.to_string().bytes()),
                    None => out.extend(field),
                }
            }
        }
    }
    out.push(b'\n');
}

/// Turns a line of the neutral form, without its end, into one for PostgreSQL's COPY.
pub(super) fn to_postgres(line: &[u8], kinds: &[Kind], out: &mut Vec<u8>) {
    for (index, (field, kind)) in line.split(|byte| *byte == b'\t').zip(kinds).enumerate() {
        if index > 0 {
            out.push(b'\t');
        }
        if field == b"\\N" {
            out.extend(field);
            continue;
        }
        match kind {
            Kind::Plain | Kind::Json | Kind::At | Kind::Float => out.extend(field),
            Kind::Flag => out.push(if field == b"1" { b't' } else { b'f' }),
            Kind::Decimal(scale) => {
                out.extend(field);
                out.extend(format!("e-{scale}").bytes());
            }
            Kind::Bytes => {
                out.extend(b"\\\\x");
                out.extend(field);
            }
        }
    }
    out.push(b'\n');
}

/// `37.20` with two places is `3720`.
fn scaled(field: &[u8], scale: u32, out: &mut Vec<u8>) {
    let mut places: Option<u32> = None;
    let start = out.len();
    for byte in field {
        if *byte == b'.' {
            places = Some(0);
        } else {
            out.push(*byte);
            places = places.map(|count| count + 1);
        }
    }
    for _ in places.unwrap_or(0)..scale {
        out.push(b'0');
    }
    // 0.5 is 5 and not 05, as a whole number is written.
    let digits = out.split_off(start);
    let (sign, number) = match digits.split_first() {
        Some((b'-', rest)) => (&b"-"[..], rest),
        _ => (&b""[..], digits.as_slice()),
    };
    let zeros = number.iter().take_while(|digit| **digit == b'0').count();
    let number = number.get(zeros..).filter(|rest| !rest.is_empty()).unwrap_or(b"0");
    out.extend(sign);
    out.extend(number);
}

/// `2026-11-22 09:00:00+00` is `2026-11-22T09:00:00.000Z`.
fn instant(field: &[u8], out: &mut Vec<u8>) {
    let Some(rest) = field.strip_suffix(b"+00") else {
        out.extend(field);
        return;
    };
    let mut places: Option<u32> = None;
    for byte in rest {
        match byte {
            b' ' => out.push(b'T'),
            b'.' => {
                places = Some(0);
                out.push(b'.');
            }
            digit => {
                out.push(*digit);
                places = places.map(|count| count + 1);
            }
        }
    }
    if places.is_none() {
        out.push(b'.');
    }
    for _ in places.unwrap_or(0)..3 {
        out.push(b'0');
    }
    out.push(b'Z');
}

/// Counts and adds up the lines of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sum {
    rows: u64,
    words: [u64; 4],
}

impl Sum {
    /// Takes in a line of the neutral form, with or without its end.
    pub(super) fn add(&mut self, line: &[u8], json: &[bool]) {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let hash = if json.contains(&true) {
            let fields = line.split(|byte| *byte == b'\t').zip(json);
            let mut hasher = Sha256::new();
            for (field, json) in fields {
                match json.then(|| canonical(field)).flatten() {
                    Some(text) => hasher.update(text),
                    None => hasher.update(field),
                }
                hasher.update(b"\t");
            }
            hasher.finalize()
        } else {
            let mut hasher = Sha256::new();
            hasher.update(line);
            hasher.update(b"\t");
            hasher.finalize()
        };
        self.rows += 1;
        let mut carry = false;
        for (word, bytes) in self.words.iter_mut().zip(hash.as_chunks::<8>().0) {
            let (sum, over) = word.overflowing_add(u64::from_le_bytes(*bytes));
            let (sum, again) = sum.overflowing_add(u64::from(carry));
            *word = sum;
            carry = over || again;
        }
    }

    /// How many lines there were.
    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    /// The digest of the table, in lower-case hexadecimal.
    pub(super) fn digest(&self) -> String {
        let mut hasher = Sha256::new();
        hasher.update(self.rows.to_le_bytes());
        self.words.iter().for_each(|word| hasher.update(word.to_le_bytes()));
        crate::hex::encode(&hasher.finalize())
    }
}

/// A JSON field with sorted keys and no spaces; PostgreSQL keeps neither the order nor the spaces that came.
fn canonical(field: &[u8]) -> Option<String> {
    let mut value: Value = serde_json::from_str(&unescape(field)?).ok()?;
    value.sort_all_objects();
    Some(value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_reads_the_same_from_either_database_and_back() {
        let kinds =
            [Kind::Plain, Kind::Flag, Kind::Decimal(1), Kind::Decimal(2), Kind::At, Kind::At, Kind::Bytes];
        let postgres =
            b"a\\tb\\\\\tt\t37.2\t-0.50\t2026-11-22 09:00:00+00\t2026-11-22 09:00:00.12+00\t\\\\x00ff";
        let mut neutral = Vec::new();
        from_postgres(postgres, &kinds, &mut neutral);
        let expected = "a\\tb\\\\\t1\t372\t-50\t2026-11-22T09:00:00.000Z\t2026-11-22T09:00:00.120Z\t00ff\n";
        assert_eq!(String::from_utf8(neutral.clone()).unwrap(), expected);
        let mut back = Vec::new();
        to_postgres(neutral.trim_ascii_end(), &kinds, &mut back);
        let back = String::from_utf8(back).unwrap();
        assert!(back.starts_with("a\\tb\\\\\tt\t372e-1\t-50e-2\t2026-11-22T09:00:00.000Z\t"), "{back}");
        assert!(back.ends_with("\t\\\\x00ff\n"), "{back}");
    }

    #[test]
    fn nothing_stays_nothing_and_every_sign_survives() {
        let text = "tab\t line\n back\\ N \\N \r \u{8}\u{b}\u{c} ü 😀";
        let mut field = Vec::new();
        escape(text, &mut field);
        assert!(!field.contains(&b'\n') && !field.contains(&b'\t'));
        assert_eq!(unescape(&field).as_deref(), Some(text));
        assert_eq!(unescape(b"\\N"), None);
        let mut line = Vec::new();
        from_postgres(b"\\N\t\\N", &[Kind::Flag, Kind::At], &mut line);
        assert_eq!(line, b"\\N\t\\N\n");
    }

    #[test]
    fn a_tables_digest_ignores_the_order_of_rows_and_the_spaces_of_json_and_nothing_else() {
        let sum = |lines: &[&str], json: &[bool]| {
            let mut sum = Sum::default();
            for line in lines {
                sum.add(line.as_bytes(), json);
            }
            sum.digest()
        };
        assert_eq!(sum(&["a\tb\n", "c\td\n"], &[false; 2]), sum(&["c\td", "a\tb"], &[false; 2]));
        let json = [false, true];
        assert_eq!(sum(&["a\t{\"x\": 1, \"b\": [2]}"], &json), sum(&["a\t{\"b\":[2],\"x\":1}"], &json));
        assert_ne!(sum(&["a\t{\"x\":1}"], &json), sum(&["a\t{\"x\":2}"], &json));
        assert_ne!(sum(&["a", "b"], &[false]), sum(&["a", "a"], &[false]));
        assert_ne!(sum(&["a", "a"], &[false]), sum(&["a"], &[false]));
    }
}
