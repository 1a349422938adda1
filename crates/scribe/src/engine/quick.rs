//! A quick hash for the fixed word lists: most of drafting is asking whether a word stands in one of them.
//!
//! The tables are made of the project's own lists, so nobody can choose their keys to slow them down; tables that a
//! stranger fills keep the standard library's hash.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

/// A table that is looked up often.
pub type QuickMap<K, V> = HashMap<K, V, BuildHasherDefault<Quick>>;
/// A set that is looked up often.
pub type QuickSet<K> = HashSet<K, BuildHasherDefault<Quick>>;

/// The state of the hash: eight bytes at a time are added and multiplied.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quick(u64);

impl Quick {
    fn add(&mut self, part: u64) {
        // An odd number with many bits set, from the digits of pi.
        self.0 = (self.0.rotate_left(5) ^ part).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
}

impl Hasher for Quick {
    fn write(&mut self, bytes: &[u8]) {
        let (whole, rest) = bytes.as_chunks::<8>();
        for part in whole {
            self.add(u64::from_le_bytes(*part));
        }
        if !rest.is_empty() {
            self.add(rest.iter().fold(0, |sum, byte| (sum << 8) | u64::from(*byte)));
        }
    }

    fn write_u8(&mut self, byte: u8) {
        self.add(u64::from(byte));
    }

    fn finish(&self) -> u64 {
        // The table takes its place from the low bits; the high ones are the well mixed ones.
        self.0.rotate_left(26)
    }
}
