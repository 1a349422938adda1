//! Spoken text without fillers, repeated words and empty openings.

use std::borrow::Cow;

use super::cues::cues;
use super::text::bit;

/// One token with the punctuation around it taken apart.
#[derive(Clone, Debug)]
pub(super) struct Token<'t> {
    /// The word itself.
    pub(super) core: &'t str,
    /// The same in lower case.
    pub(super) low: Cow<'t, str>,
    /// The first sign of punctuation after it.
    pub(super) tail: &'static str,
}

/// The spoken text without fillers, repeated words and empty openings.
pub fn tidy(text: &str) -> String {
    let mut tokens: Vec<Token<'_>> =
        text.split_whitespace().map(token).filter(|t| !t.core.is_empty()).collect();
    restarts(&mut tokens);
    fillers(&mut tokens);
    // Words are only ever taken out here, so that a phrase whose first word is not there now will not be there later.
    let mut there = [false; 256];
    for token in &tokens {
        if let Some(slot) = there.get_mut(usize::from(bit(&token.low))) {
            *slot = true;
        }
    }
    for (bit, phrase) in cues("wording.phrases").with_bits() {
        if there.get(usize::from(bit)).is_some_and(|there| *there) {
            remove(&mut tokens, phrase);
        }
    }
    stutters(&mut tokens);
    while tokens.len() > 1 && opens_empty(&tokens) {
        tokens.remove(0);
    }
    while tokens.len() > 2 && tokens.last().is_some_and(|t| cues("wording.tails").contains(&&*t.low)) {
        tokens.pop();
    }
    join(&tokens)
}

/// Drops fillers, and the comma before one: "in, um, the back" is "in the back".
fn fillers(tokens: &mut Vec<Token<'_>>) {
    let mut kept: Vec<Token<'_>> = Vec::new();
    for token in tokens.drain(..) {
        let emergency =
            token.core == "ER" || token.core == "er" && kept.last().is_some_and(|t| t.core == "the");
        if cues("wording.drop").contains(&&*token.low) && !emergency || token.core.ends_with('-') {
            if let Some(last) = kept.last_mut().filter(|last| last.tail == "," && token.tail == ",") {
                last.tail = "";
            }
        } else {
            kept.push(token);
        }
    }
    *tokens = kept;
}

/// Drops repeated words and pairs of words: "it's it's in the in the back".
fn stutters(tokens: &mut Vec<Token<'_>>) {
    let plain = |t: &Token<'_>| t.core.chars().all(|c| c.is_alphabetic() || c == '\'');
    tokens.dedup_by(|b, a| {
        let same = a.core.eq_ignore_ascii_case(b.core) && plain(a) && a.core != "that" && a.core != "had";
        if same {
            a.tail = b.tail;
        }
        same
    });
    let begins = |a: &Token<'_>, b: &Token<'_>| {
        b.core.split_once('\'').is_some_and(|(open, _)| open.eq_ignore_ascii_case(a.core))
            && a.tail.is_empty()
    };
    let mut at = 0;
    while at + 1 < tokens.len() {
        if tokens.get(at).zip(tokens.get(at + 1)).is_some_and(|(a, b)| begins(a, b)) {
            tokens.remove(at);
        } else {
            at += 1;
        }
    }
    let mut at = 0;
    while at + 3 < tokens.len() {
        let same = |a: usize, b: usize| {
            tokens
                .get(a)
                .zip(tokens.get(b))
                .is_some_and(|(x, y)| x.core.eq_ignore_ascii_case(y.core) && plain(x) && plain(y))
        };
        if same(at, at + 2) && same(at + 1, at + 3) {
            tokens.drain(at..at + 2);
        } else {
            at += 1;
        }
    }
}

/// Whether the first word carries nothing; "no" before a complaint carries everything.
fn opens_empty(tokens: &[Token<'_>]) -> bool {
    let Some(first) = tokens.first() else { return false };
    if first.low == "no" && first.tail.is_empty() {
        let next = tokens.get(1).map(|t| &*t.low).unwrap_or_default();
        return cues("wording.after_no").contains(&next);
    }
    cues("wording.openers").contains(&&*first.low)
}

/// Drops what was said before a broken-off word when the speaker begins again: "here's the r- here's your".
fn restarts(tokens: &mut Vec<Token<'_>>) {
    let mut at = 0;
    while at < tokens.len() {
        let broken = tokens.get(at).is_some_and(|t| t.core.ends_with('-'));
        if broken {
            let next = tokens.get(at + 1).map(|t| &t.low);
            let from =
                (at.saturating_sub(4)..at).find(|&k| tokens.get(k).map(|t| &t.low) == next && next.is_some());
            let from = from.unwrap_or(at);
            tokens.drain(from..=at);
            at = from;
        } else {
            at += 1;
        }
    }
}

/// Takes a raw word apart.
pub(super) fn token(raw: &str) -> Token<'_> {
    let start = raw.trim_start_matches(['"', '(', ',', '.']);
    let core = start.trim_end_matches(|c: char| !(c.is_alphanumeric() || c == '%' || c == '-' || c == '\''));
    let tail = start.strip_prefix(core).unwrap_or_default();
    Token {
        low: if plain(core) { Cow::Borrowed(core) } else { Cow::Owned(core.to_lowercase()) },
        core,
        tail: tail.chars().find_map(sign).unwrap_or_default(),
    }
}

/// Whether a text is in lower case as it is.
fn plain(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase())
}

/// The sign of punctuation that a letter is, if it is one that stays.
fn sign(letter: char) -> Option<&'static str> {
    match letter {
        ',' => Some(","),
        '.' => Some("."),
        '?' => Some("?"),
        '!' => Some("!"),
        ':' => Some(":"),
        _ => None,
    }
}

fn remove(tokens: &mut Vec<Token<'_>>, phrase: &str) {
    let parts = phrase.split(' ');
    let many = parts.clone().count();
    let mut at = 0;
    while at + many <= tokens.len() {
        let hit = parts
            .clone()
            .enumerate()
            .all(|(k, part)| tokens.get(at + k).is_some_and(|t| t.core.eq_ignore_ascii_case(part)));
        if hit && tokens.len() > many {
            tokens.drain(at..at + many);
        } else {
            at += 1;
        }
    }
}

fn join(tokens: &[Token<'_>]) -> String {
    let mut out = String::new();
    for (k, token) in tokens.iter().enumerate() {
        if k > 0 {
            out.push(' ');
        }
        out.push_str(token.core);
        out.push_str(token.tail);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::tidy;

    #[test]
    fn stutters_and_empty_openings_are_left_out() {
        for (said, left) in [
            ("um so it it's it's in the in the back", "it's in the back"),
            ("my, my wife has pain in, um, her back", "my wife has pain in her back"),
            ("no pain", "no pain"),
            ("no, I haven't", "I haven't"),
            ("here's the r- here's your x-ray", "here's your x-ray"),
        ] {
            assert_eq!(tidy(said), left, "{said}");
        }
    }
}
