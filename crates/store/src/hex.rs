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

/// The bytes that such a text stands for; `None` where it is no such text.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    let digit = |sign: u8| char::from(sign).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect()
}
