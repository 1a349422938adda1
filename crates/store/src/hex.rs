//! Bytes as hexadecimal text: digests and tokens.

use sha2::{Digest, Sha256};

/// Two lower-case signs a byte.
pub(crate) fn encode(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 16] = b"0123456789abcdef";
    let sign = |nibble: u8| SIGNS.get(usize::from(nibble)).copied().map_or('0', char::from);
    bytes.iter().flat_map(|byte| [sign(byte >> 4), sign(byte & 15)]).collect()
}

/// The SHA-256 of a text, under which a secret of 256 random bits is kept and found.
pub(crate) fn digest(text: &str) -> String {
    encode(&Sha256::digest(text.as_bytes()))
}
