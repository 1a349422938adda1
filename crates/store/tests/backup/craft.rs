//! Backups taken apart and put together otherwise, as somebody with bad intent would.

use sha2::{Digest, Sha256};
use std::path::Path;

const FIRST_LINE: &[u8] = b"MedRecord AI backup 1\n";

/// A frame: its kind and its bytes.
pub(crate) type Frame = (u8, Vec<u8>);

/// The frames of a backup that is not encrypted.
pub(crate) fn apart(path: &Path) -> Vec<Frame> {
    let file = std::fs::read(path).unwrap();
    let packed = file.strip_prefix(FIRST_LINE).unwrap();
    let plain = zstd::decode_all(&packed[..packed.len() - 32]).unwrap();
    let mut rest = plain.as_slice();
    let mut frames = Vec::new();
    while !rest.is_empty() {
        let length = u32::from_le_bytes(rest[1..5].try_into().unwrap()) as usize;
        frames.push((rest[0], rest[5..5 + length].to_vec()));
        rest = &rest[5 + length..];
    }
    frames
}

/// A file of these frames, with all outer sums right.
pub(crate) fn together(path: &Path, frames: &[Frame]) {
    let mut plain = Vec::new();
    for (kind, bytes) in frames {
        plain.push(*kind);
        plain.extend(u32::try_from(bytes.len()).unwrap().to_le_bytes());
        plain.extend(bytes);
    }
    let mut file = FIRST_LINE.to_vec();
    file.extend(zstd::encode_all(plain.as_slice(), 1).unwrap());
    file.extend(Sha256::digest(&file));
    std::fs::write(path, file).unwrap();
}
