//! Codes that change each half minute: RFC 6238 (2011) on RFC 4226 (2005), SHA-1, six digits, 30 seconds, as every
//! authenticator app reads them.

use hmac::{Hmac, KeyInit as _, Mac as _};
use medrecord_clinic::time::Instant;
use sha1::Sha1;

/// How long a code counts; RFC 6238, section 5.2, recommends 30 seconds.
const STEP_SECS: i64 = 30;
/// How many steps a telephone's clock may be off to either side; RFC 6238, section 5.2, recommends one.
const STEPS_OFF: i64 = 1;
const DIGITS: u32 = 6;
/// The alphabet of RFC 4648, section 6.
const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Bytes as base32 without padding.
pub(super) fn base32(bytes: &[u8]) -> String {
    let mut text = String::new();
    let (mut held, mut bits) = (0_u32, 0_u32);
    for byte in bytes {
        held = (held << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(letter(held >> bits));
        }
        held &= (1 << bits) - 1;
    }
    if bits > 0 {
        text.push(letter(held << (5 - bits)));
    }
    text
}

fn letter(five_bits: u32) -> char {
    let at = usize::try_from(five_bits & 31).unwrap_or(0);
    LETTERS.get(at).copied().map_or('A', char::from)
}

/// The bytes of a base32 text; `None` where it is none.
fn bytes(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut held, mut bits) = (0_u32, 0_u32);
    for sign in text.bytes() {
        let value = LETTERS.iter().position(|letter| *letter == sign)?;
        held = (held << 5) | u32::try_from(value).ok()?;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(held >> bits & 255).ok()?);
        }
        held &= (1 << bits) - 1;
    }
    Some(bytes)
}

/// The code of one step: RFC 4226, section 5.3.
fn code(secret: &[u8], step: i64, digits: u32) -> Option<u32> {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret).ok()?;
    mac.update(&step.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let offset = usize::from(digest.last()? & 15);
    let four: [u8; 4] = digest.get(offset..offset + 4)?.try_into().ok()?;
    Some((u32::from_be_bytes(four) & 0x7fff_ffff) % 10_u32.checked_pow(digits)?)
}

/// The step whose code was typed, if it is this one or a neighbour.
pub(super) fn fitting_step(secret: &str, typed: &str, now: Instant) -> Option<i64> {
    let secret = bytes(secret)?;
    let typed: u32 = typed.parse().ok()?;
    let this = now.millis().div_euclid(1000 * STEP_SECS);
    (this - STEPS_OFF..=this + STEPS_OFF).find(|step| code(&secret, *step, DIGITS) == Some(typed))
}

/// The code that an authenticator shows now; for trying it out.
pub fn shown(secret: &str, now: Instant) -> Option<String> {
    let code = code(&bytes(secret)?, now.millis().div_euclid(1000 * STEP_SECS), DIGITS)?;
    Some(format!("{code:06}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_those_of_the_standard() {
        // RFC 6238, appendix B, SHA1.
        let secret = b"12345678901234567890";
        for (secs, expected) in [
            (59, 94_287_082),
            (1_111_111_109, 7_081_804),
            (1_111_111_111, 14_050_471),
            (1_234_567_890, 89_005_924),
            (2_000_000_000, 69_279_037),
            (20_000_000_000_i64, 65_353_130),
        ] {
            assert_eq!(code(secret, secs / 30, 8), Some(expected), "{secs}");
        }
    }

    #[test]
    fn base32_is_that_of_the_standard_and_comes_back() {
        // RFC 4648, section 10, without padding.
        for (plain, text) in [
            ("f", "MY"),
            ("f\u{6f}", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base32(plain.as_bytes()), text);
            assert_eq!(bytes(text), Some(plain.as_bytes().to_vec()));
        }
        assert_eq!(bytes("not base32"), None);
    }

    #[test]
    fn a_clock_may_be_half_a_minute_off_and_no_more() {
        let (secret, now) = (base32(b"12345678901234567890"), Instant::from_millis(1_111_111_111_000));
        let typed = shown(&secret, now).unwrap();
        let at = |secs: i64| fitting_step(&secret, &typed, Instant::from_millis(now.millis() + secs * 1000));
        assert!(at(0).is_some() && at(29).is_some() && at(-20).is_some());
        assert!(at(90).is_none() && at(-90).is_none());
        assert_eq!(fitting_step(&secret, "", now), None);
    }
}
