//! The weights file of `CTranslate2` (binary version 6): a list of named tensors, one behind the other.

use std::collections::BTreeMap;

/// The number that stands for half precision in the file.
const HALF: u8 = 4;

/// One tensor in half precision, as it lies in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tensor<'f> {
    /// Sizes, the slowest first.
    pub(super) sizes: Vec<usize>,
    /// The numbers, two bytes each.
    pub(super) bytes: &'f [u8],
}

impl Tensor<'_> {
    /// Some rows of a matrix, or entries of a list: part `index` of `count` equal ones.
    pub(super) fn part(&self, index: usize, count: usize) -> Option<Self> {
        let (rows, rest) = self.sizes.split_first()?;
        let size = self.bytes.len() / count;
        let bytes = self.bytes.get(index * size..(index + 1) * size)?;
        Some(Self { sizes: [&[rows / count], rest].concat(), bytes })
    }
}

/// The half-precision tensors of a file by name; none if the file has another layout.
pub(super) fn tensors(file: &[u8]) -> Option<BTreeMap<&str, Tensor<'_>>> {
    let mut rest = Reader(file);
    if rest.number32()? != 6 {
        return None;
    }
    let _specification = rest.text()?;
    let _revision = rest.number32()?;
    let count = rest.number32()?;
    let mut found = BTreeMap::new();
    for _ in 0..count {
        let name = rest.text()?;
        let rank = rest.take(1)?.first().copied()?;
        let sizes = (0..rank).map(|_| rest.number32()).collect::<Option<Vec<usize>>>()?;
        let kind = rest.take(1)?.first().copied()?;
        let length = rest.number32()?;
        let bytes = rest.take(length)?;
        if kind == HALF && rank > 0 {
            let numbers = sizes.iter().try_fold(1_usize, |product, size| product.checked_mul(*size))?;
            if numbers.checked_mul(2)? != bytes.len() {
                return None;
            }
            found.insert(name, Tensor { sizes, bytes });
        }
    }
    Some(found)
}

struct Reader<'f>(&'f [u8]);

impl<'f> Reader<'f> {
    fn take(&mut self, count: usize) -> Option<&'f [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn number32(&mut self) -> Option<usize> {
        let four = self.take(4)?.first_chunk()?;
        usize::try_from(u32::from_le_bytes(*four)).ok()
    }

    /// A text with its length before and a zero behind.
    fn text(&mut self) -> Option<&'f str> {
        let two = self.take(2)?.first_chunk()?;
        let length = usize::from(u16::from_le_bytes(*two));
        str::from_utf8(self.take(length)?.strip_suffix(&[0])?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(name: &str) -> Vec<u8> {
        let length = u16::try_from(name.len() + 1).unwrap();
        [&length.to_le_bytes(), name.as_bytes(), &[0]].concat()
    }

    fn file() -> Vec<u8> {
        let mut bytes =
            [&6_u32.to_le_bytes(), text("WhisperSpec").as_slice(), &[3, 0, 0, 0, 2, 0, 0, 0]].concat();
        bytes.extend([text("pre_norm"), vec![0, 1, 1, 0, 0, 0, 7]].concat());
        bytes.extend(
            [text("weight"), vec![2, 4, 0, 0, 0, 1, 0, 0, 0, HALF, 8, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8]]
                .concat(),
        );
        bytes
    }

    #[test]
    fn tensors_are_found_by_name_and_cut_into_parts() {
        let bytes = file();
        let tensors = tensors(&bytes).unwrap();
        assert_eq!(tensors.len(), 1);
        let second = tensors["weight"].part(1, 2).unwrap();
        assert_eq!(second, Tensor { sizes: vec![2, 1], bytes: &[5, 6, 7, 8] });
        assert!(tensors["weight"].part(2, 2).is_none());
    }

    #[test]
    fn a_cut_file_is_refused() {
        let bytes = file();
        for cut in 0..bytes.len() {
            assert!(tensors(&bytes[..cut]).is_none(), "{cut}");
        }
    }
}
