//! Small linear weights over hashed features: how they are stored, hashed and applied.
//!
//! A file holds tables with one row a class; a row lists the weights that matter, each the distance from the place
//! before it and a byte that is multiplied by the row's scale. Hashing keeps no word, so no text can be read back.

use std::sync::LazyLock;

use sha2::{Digest, Sha256};

/// The table that ranks statements: one row.
pub const RANK: usize = 0;
/// The table that names the section of a short conversation: one row a section.
pub const SECTION: usize = 1;
/// The table that ranks the statements of one part: one row.
pub const PART: usize = 2;
/// Log2 of the length of a row.
pub const BITS: u32 = 18;
/// How many weights of a row are written, the largest first.
const KEPT: [usize; 3] = [18_000, 5_000, 16_000];

/// Tables of weights.
#[derive(Clone, Debug, Default)]
pub struct Weights {
    tables: Vec<Table>,
    hash: String,
}

#[derive(Clone, Debug, Default)]
struct Table {
    rows: Vec<Row>,
}

#[derive(Clone, Debug, Default)]
struct Row {
    scale: f32,
    weights: Vec<i8>,
}

impl Row {
    /// Reads one row; also gives what follows it.
    fn read(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let (head, mut rest) = bytes.split_at_checked(8)?;
        let scale = f32::from_le_bytes(head.get(..4)?.try_into().ok()?);
        let count = u32::from_le_bytes(head.get(4..)?.try_into().ok()?);
        let mut weights = vec![0_i8; 1 << BITS];
        let mut place = 0_usize;
        for _ in 0..count {
            let mut shift = 0;
            loop {
                let (byte, after) = rest.split_first()?;
                rest = after;
                place = place.checked_add(usize::from(byte & 0x7f).checked_shl(shift)?)?;
                shift += 7;
                if byte & 0x80 == 0 {
                    break;
                }
            }
            let (weight, after) = rest.split_first()?;
            rest = after;
            *weights.get_mut(place)? = i8::from_le_bytes([*weight]);
        }
        Some((Self { scale, weights }, rest))
    }

    /// Writes the `kept` largest weights of a row.
    #[expect(clippy::cast_possible_truncation, reason = "the value is clamped to a byte first")]
    fn write(row: &[f32], kept: usize, out: &mut Vec<u8>) {
        let most = row.iter().fold(0.0_f32, |m, w| m.max(w.abs())).max(1e-6);
        let scale = most / 127.0;
        let mut list: Vec<(u32, i8)> = (0..)
            .zip(row)
            .map(|(at, w)| (at, (w / scale).round().clamp(-127.0, 127.0) as i8))
            .filter(|(_, w)| *w != 0)
            .collect();
        list.sort_by_key(|(at, w)| (std::cmp::Reverse(w.unsigned_abs()), *at));
        list.truncate(kept);
        list.sort_unstable();
        out.extend(scale.to_le_bytes());
        out.extend(u32::try_from(list.len()).unwrap_or_default().to_le_bytes());
        let mut place = 0;
        for (at, weight) in list {
            let mut gap = at - place;
            place = at;
            while gap >= 0x80 {
                out.push((gap & 0x7f) as u8 | 0x80);
                gap >>= 7;
            }
            out.push(gap as u8);
            out.extend(weight.to_le_bytes());
        }
    }
}

/// The weights that ship with the engine.
pub static BUILT_IN: LazyLock<Weights> =
    LazyLock::new(|| Weights::read(include_bytes!("../../data/weights.bin")).unwrap_or_default());

impl Weights {
    /// Reads a file of weights; nothing if it is not one.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes.strip_prefix(b"MRW2")?;
        let mut tables = Vec::new();
        while !rest.is_empty() {
            let (count, mut tail) = rest.split_at_checked(4)?;
            let count = u32::from_le_bytes(count.try_into().ok()?);
            let mut rows = Vec::new();
            for _ in 0..count {
                let (row, next) = Row::read(tail)?;
                rows.push(row);
                tail = next;
            }
            tables.push(Table { rows });
            rest = tail;
        }
        let digits = Sha256::digest(bytes).into_iter().flat_map(|b| [b >> 4, b & 15]);
        let hash = digits.filter_map(|digit| char::from_digit(u32::from(digit), 16)).collect();
        Some(Self { tables, hash })
    }

    /// Writes tables of plain weights as a file.
    pub fn write(tables: &[Vec<Vec<f32>>]) -> Vec<u8> {
        let mut out = b"MRW2".to_vec();
        for (rows, kept) in tables.iter().zip(KEPT) {
            out.extend(u32::try_from(rows.len()).unwrap_or_default().to_le_bytes());
            for row in rows {
                Row::write(row, kept, &mut out);
            }
        }
        out
    }

    /// SHA-256 of the file.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// How many rows a table has.
    pub fn rows(&self, table: usize) -> usize {
        self.tables.get(table).map_or(0, |t| t.rows.len())
    }

    /// The score of features in a row of a table; 0 where there are no weights.
    pub fn score(&self, table: usize, row: usize, features: &[u32]) -> f32 {
        let Some(table) = self.tables.get(table) else { return 0.0 };
        let Some(row) = table.rows.get(row) else { return 0.0 };
        let sum: i32 =
            features.iter().filter_map(|&f| row.weights.get(f as usize)).map(|&w| i32::from(w)).sum();
        #[expect(clippy::cast_precision_loss, reason = "sums stay far below 2^24")]
        let sum = sum as f32;
        sum * row.scale
    }
}

/// Collects hashed features.
#[derive(Debug, Default)]
pub struct Features {
    list: Vec<u32>,
}

impl Features {
    /// Adds the feature that the parts name together.
    pub fn add(&mut self, parts: &[&str]) {
        // FNV-1a, 64 bits.
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for part in parts {
            for byte in part.bytes().chain([0xff]) {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
        }
        let folded = (hash ^ (hash >> 29)) & ((1 << BITS) - 1);
        self.list.push(u32::try_from(folded).unwrap_or_default());
    }

    /// The features, each once.
    pub fn done(mut self) -> Vec<u32> {
        self.list.sort_unstable();
        self.list.dedup();
        self.list
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_survive_writing_and_reading() {
        let mut row = vec![0.0_f32; 1 << BITS];
        row[7] = 1.27;
        row[9] = -0.5;
        let weights = Weights::read(&Weights::write(&[vec![row]])).unwrap();
        assert!((weights.score(0, 0, &[7]) - 1.27).abs() < 0.01);
        assert!((weights.score(0, 0, &[7, 9]) - 0.77).abs() < 0.02);
        assert_eq!(weights.rows(0), 1);
        assert!(Weights::read(b"nonsense").is_none());
        assert!(Weights::read(b"MRW2\x01\0\0\0cut off").is_none());
    }

    #[test]
    fn the_shipped_weights_are_readable_and_small() {
        assert_eq!(BUILT_IN.rows(RANK), 1);
        assert!(include_bytes!("../../data/weights.bin").len() < 400_000);
    }
}
