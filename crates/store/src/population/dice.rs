//! Numbers that look random and are the same for the same seed; for invented people only, never for secrets.

use medrecord_clinic::ids::uuid_at;
use medrecord_clinic::time::Instant;
use uuid::Uuid;

/// `SplitMix64` (Steele, Lea and Flood, 2014): small, fast, and good enough for a sample clinic.
#[derive(Debug, Clone)]
pub(super) struct Dice(u64);

impl Dice {
    /// Dice that fall the same way for the same seed.
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from `low` to `high`, both included.
    pub(super) fn between(&mut self, low: i32, high: i32) -> i32 {
        let span = u64::from(high.abs_diff(low)) + 1;
        low.saturating_add(i32::try_from(self.next() % span).unwrap_or(0))
    }

    /// True so many times in a hundred.
    pub(super) fn percent(&mut self, often: i32) -> bool {
        self.between(1, 100) <= often
    }

    /// One of a list; `None` of an empty one.
    pub(super) fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        let last = i32::try_from(from.len()).unwrap_or(i32::MAX).saturating_sub(1).max(0);
        let at = self.between(0, last);
        from.get(usize::try_from(at).unwrap_or(0))
    }

    /// One word of a list.
    pub(super) fn word(&mut self, from: &[&str]) -> String {
        self.pick(from).copied().unwrap_or_default().to_owned()
    }

    /// The id of something made at an instant.
    pub(super) fn id<T: From<Uuid>>(&mut self, at: Instant) -> T {
        let (front, back) = (self.next().to_be_bytes(), self.next().to_be_bytes());
        let mut bytes = [0; 10];
        bytes.iter_mut().zip(front.into_iter().chain(back)).for_each(|(to, from)| *to = from);
        T::from(uuid_at(at, bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_falls_the_same_way_and_within_its_bounds() {
        let (mut one, mut two) = (Dice::new(7), Dice::new(7));
        for _ in 0..1000 {
            let number = one.between(-3, 9);
            assert!((-3..=9).contains(&number));
            assert_eq!(number, two.between(-3, 9));
        }
        assert_eq!(one.pick::<u8>(&[]), None);
    }
}
