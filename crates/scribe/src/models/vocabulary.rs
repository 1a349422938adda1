//! The words of a model, as bytes.
//!
//! `tokenizer.json` writes each byte of a word as one printable character (GPT-2's byte alphabet: the printable
//! ones stand for themselves, the other 68 for the characters from U+0100 on). Here they become bytes again.

use std::collections::BTreeMap;

use serde::Deserialize;

/// Words that whisper models share; the tokens after these are marks that the engine makes up itself.
const WORDS: u32 = 50_257;

#[derive(Deserialize)]
struct Tokenizer {
    model: Words,
}

#[derive(Deserialize)]
struct Words {
    vocab: BTreeMap<String, u32>,
}

/// The words in the order of their numbers; none if the file is not a whisper tokenizer.
pub(super) fn words(tokenizer_json: &[u8]) -> Option<Vec<Vec<u8>>> {
    let tokenizer: Tokenizer = serde_json::from_slice(tokenizer_json).ok()?;
    let by_number: BTreeMap<u32, &str> =
        tokenizer.model.vocab.iter().map(|(word, number)| (*number, word.as_str())).collect();
    (0..WORDS).map(|number| by_number.get(&number).map(|word| to_bytes(word))).collect()
}

/// A word's bytes; a mark such as `<|endoftext|>` is plain text and stays.
fn to_bytes(word: &str) -> Vec<u8> {
    word.chars().map(byte_of).collect::<Option<Vec<u8>>>().unwrap_or_else(|| word.as_bytes().to_vec())
}

fn byte_of(letter: char) -> Option<u8> {
    let code = u32::from(letter);
    if code < 0x100 {
        return u8::try_from(code).ok().filter(|byte| stands_for_itself(*byte));
    }
    let place = usize::try_from(code - 0x100).ok()?;
    (0..=u8::MAX).filter(|byte| !stands_for_itself(*byte)).nth(place)
}

fn stands_for_itself(byte: u8) -> bool {
    matches!(byte, 0x21..=0x7E | 0xA1..=0xAC | 0xAE..=0xFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_byte_has_one_letter() {
        let letters: Vec<char> = (0x21..0x200_u32).filter_map(char::from_u32).collect();
        let mut bytes: Vec<u8> = letters.iter().filter_map(|letter| byte_of(*letter)).collect();
        bytes.sort_unstable();
        assert_eq!(bytes, (0..=u8::MAX).collect::<Vec<u8>>());
    }

    #[test]
    fn spaces_and_accents_come_back() {
        assert_eq!(to_bytes("Ġpain"), b" pain");
        assert_eq!(to_bytes("Ã©"), "é".as_bytes());
        assert_eq!(to_bytes("<|endoftext|>"), b"<|endoftext|>");
    }

    #[test]
    fn a_file_with_missing_words_is_refused() {
        assert!(words(br#"{"model": {"vocab": {"a": 0, "b": 2}}}"#).is_none());
        assert!(words(b"no json").is_none());
    }
}
