//! Bytes as hexadecimal text: digests and tokens.

/// Two lower-case signs a byte.
pub(crate) fn encode(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 16] = b"0123456789abcdef";
    let sign = |nibble: u8| SIGNS.get(usize::from(nibble)).copied().map_or('0', char::from);
    bytes.iter().flat_map(|byte| [sign(byte >> 4), sign(byte & 15)]).collect()
}
