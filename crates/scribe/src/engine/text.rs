//! Plain words out of what was said: cleaning, sentences, words with their places.
//!
//! Nothing here knows medicine. Recognised speech often has no full stops; long runs are cut where a clause
//! plainly begins.

use std::borrow::Cow;

use super::cues::{Cues, cues};
use crate::transcript::{Segment, Speaker};

/// One word of a sentence, in lower case, with its place in the sentence's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Lower case; digits with their decimal point stay together, `/` and `%` stand alone.
    pub text: String,
    /// Byte offset where it begins.
    pub start: usize,
    /// Byte offset just after it.
    pub end: usize,
}

/// One sentence of one segment.
#[derive(Clone, Debug)]
pub struct Sentence {
    /// The segment it stands in.
    pub segment: usize,
    /// Who says it.
    pub speaker: Speaker,
    /// The cleaned text.
    pub text: String,
    /// Its words.
    pub words: Vec<Word>,
    /// Whether it asks something.
    pub question: bool,
    /// A bit for each word, so that most phrases need no search.
    mask: [u64; 4],
}

/// The bit of a word in [`Sentence`]'s mask.
pub(super) fn bit(word: &str) -> u8 {
    let hash = word.bytes().fold(0_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    let [top, .., low] = hash.to_be_bytes();
    top ^ low
}

impl Sentence {
    /// Builds a sentence from cleaned text.
    pub fn new(segment: usize, speaker: Speaker, text: &str) -> Self {
        Self::of(segment, speaker, text, words(text))
    }

    /// Builds a sentence whose words are known already.
    fn of(segment: usize, speaker: Speaker, text: &str, words: Vec<Word>) -> Self {
        let question = text.trim_end().ends_with('?') || (speaker == Speaker::Doctor && asks(&words));
        let mut mask = [0; 4];
        for word in &words {
            let bit = bit(&word.text);
            if let Some(part) = mask.get_mut(usize::from(bit / 64)) {
                *part |= 1 << (bit % 64);
            }
        }
        Self { segment, speaker, text: text.trim().to_owned(), words, question, mask }
    }

    /// The word at a place, or nothing.
    pub fn word(&self, at: usize) -> &str {
        self.words.get(at).map_or("", |word| word.text.as_str())
    }

    /// The text of words `from..to`, as written.
    pub fn span(&self, from: usize, to: usize) -> &str {
        let (Some(first), Some(last)) = (self.words.get(from), self.words.get(to.saturating_sub(1))) else {
            return "";
        };
        self.text.get(first.start..last.end).unwrap_or_default()
    }

    /// Where a phrase of words first stands at or after a place.
    pub fn find_from(&self, phrase: &str, from: usize) -> Option<usize> {
        let (first, rest) = parted(phrase);
        if !self.may_hold(bit(first)) {
            return None;
        }
        self.search(first, rest, from)
    }

    fn search(&self, first: &str, rest: &str, from: usize) -> Option<usize> {
        let follows = |at: usize| {
            rest.is_empty() || rest.split(' ').zip(at + 1..).all(|(part, k)| self.word(k) == part)
        };
        (from..self.words.len()).find(|&at| self.word(at) == first && follows(at))
    }

    /// Whether the phrase stands at a place.
    pub fn stands(&self, phrase: &str, at: usize) -> bool {
        let (first, rest) = parted(phrase);
        self.word(at) == first
            && (rest.is_empty() || rest.split(' ').zip(at + 1..).all(|(part, k)| self.word(k) == part))
    }

    /// Whether any phrase of a list stands in the sentence.
    pub fn has_cue(&self, list: &Cues) -> bool {
        list.with_bits().any(|(bit, phrase)| {
            let (first, rest) = if self.may_hold(bit) { parted(phrase) } else { return false };
            self.search(first, rest, 0).is_some()
        })
    }

    fn may_hold(&self, bit: u8) -> bool {
        self.mask.get(usize::from(bit / 64)).is_some_and(|part| part >> (bit % 64) & 1 == 1)
    }

    /// Whether the phrase stands anywhere in the sentence.
    pub fn has(&self, phrase: &str) -> bool {
        self.find_from(phrase, 0).is_some()
    }

    /// Whether any of the phrases stands in the sentence.
    pub fn has_any(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| self.has(phrase))
    }
}

/// The first word of a phrase and the words behind it.
fn parted(phrase: &str) -> (&str, &str) {
    phrase
        .bytes()
        .position(|byte| byte == b' ')
        .and_then(|at| Some((phrase.get(..at)?, phrase.get(at + 1..)?)))
        .unwrap_or((phrase, ""))
}

/// All sentences of a transcript's segments.
pub fn sentences(segments: &[Segment]) -> Vec<Sentence> {
    let mut list = Vec::new();
    for segment in segments {
        for Piece { text, words } in pieces(&clean(&segment.text)) {
            let words = words.unwrap_or_else(|| self::words(&text));
            let sentence = Sentence::of(segment.index, segment.speaker, &text, words);
            if !sentence.words.is_empty() {
                list.push(sentence);
            }
        }
    }
    list
}

/// Joins what tokenised transcripts tear apart (`do n't`, `gon na`, ` ,`) and drops recogniser tags.
pub fn clean(text: &str) -> String {
    let mut text = Cow::Borrowed(text);
    for (from, to) in [("\u{2019}", "'"), ("...", " , "), ("\u{2026}", " , "), ("--", " , ")] {
        if text.contains(from) {
            text = Cow::Owned(text.replace(from, to));
        }
    }
    let mut out = String::with_capacity(text.len());
    let mut tag = false;
    let tokens: Vec<&str> = text.split_whitespace().collect();
    for (at, token) in tokens.iter().copied().enumerate() {
        if let Some(point) = decimal(&tokens, at) {
            append(&mut out, point);
            continue;
        }
        if token.starts_with(['<', '[']) {
            tag = true;
        }
        if tag {
            tag = !token.ends_with(['>', ']', '.', ',']);
            continue;
        }
        append(&mut out, token);
    }
    out
}

/// What a full stop between two numbers stands for: "ninety eight . one", "a . five centimeter stone".
fn decimal(tokens: &[&str], at: usize) -> Option<&'static str> {
    let word = |k: usize| tokens.get(k).map_or("", |t| t.trim_end_matches([',', '.']));
    let small = super::numbers::starts_number(word(at + 1)) && word(at + 1).len() < 6;
    if tokens.get(at).copied() != Some(".") || at == 0 || !small {
        return None;
    }
    let unit = cues("text.units").contains(&word(at + 2).trim_end_matches('s'));
    let before = word(at - 1);
    let measured = (at.saturating_sub(9)..at).any(|k| cues("text.measured").contains(&word(k)));
    if super::numbers::starts_number(before) && (unit || measured) {
        Some("point")
    } else if matches!(before, "a" | "an" | "is" | "about" | "of") && unit {
        Some("zero point")
    } else {
        None
    }
}

/// Adds one token of the text to the cleaned text.
fn append(out: &mut String, token: &str) {
    const TORN: [&str; 8] = ["na", "ta", "me", "cuz", "gonna", "wanna", "gotta", "kinda"];
    let core = token.trim_end_matches([',', '.', '?', '!']);
    let plain = !core.is_empty() && core.bytes().all(|byte| byte.is_ascii_alphabetic());
    if plain && !TORN.iter().any(|torn| torn.eq_ignore_ascii_case(core)) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(token);
        return;
    }
    let low = token.to_ascii_lowercase();
    let join = matches!(low.as_str(), "n't" | "'s" | "'re" | "'ve" | "'ll" | "'m" | "'d" | "-" | "'")
        || low.chars().all(|c| matches!(c, '.' | ',' | '?' | '!' | ';' | ':' | '%'))
        || low.starts_with("-year");
    if join {
        let double =
            matches!(low.as_str(), "," | ".") && (out.is_empty() || out.ends_with([',', '.', '?', '!']));
        if !double {
            out.push_str(token);
        }
        return;
    }
    for (tail, first, whole) in [
        ("na", "wan", "want to"),
        ("na", "gon", "going to"),
        ("ta", "got", "have to"),
        ("me", "lem", "let me"),
    ] {
        if low == tail
            && out.ends_with(first)
            && out.len().checked_sub(first.len() + 1).is_none_or(|at| out.get(at..=at) == Some(" "))
        {
            out.truncate(out.len() - first.len());
            out.push_str(whole);
            return;
        }
    }
    let whole = match low.trim_end_matches(|c: char| !c.is_alphanumeric()) {
        "gonna" => Some("going to"),
        "wanna" => Some("want to"),
        "gotta" => Some("have to"),
        "kinda" => Some("kind of"),
        "'cause" | "cuz" => Some("because"),
        _ => None,
    };
    if !out.is_empty() {
        out.push(' ');
    }
    match whole {
        Some(whole) => {
            out.push_str(whole);
            out.extend(low.chars().rev().take_while(|c| matches!(c, ',' | '.' | '?' | '!')));
        }
        None => out.push_str(token),
    }
}

/// The words of a text with their places; hyphens part words, apostrophes do not.
pub fn words(text: &str) -> Vec<Word> {
    let mut list: Vec<Word> = Vec::with_capacity(text.len() / 5 + 1);
    let mut start: Option<usize> = None;
    let mut chars = text.char_indices().peekable();
    let mut previous = ' ';
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map_or(' ', |(_, n)| *n);
        let inner = match c {
            '\'' => start.is_some() && next.is_alphabetic(),
            '.' => start.is_some() && previous.is_ascii_digit() && next.is_ascii_digit(),
            ',' => false,
            _ => c.is_alphanumeric(),
        };
        let glued = start.is_some() && previous.is_ascii_digit() && c.is_alphabetic() && !ordinal(text, at);
        if (!inner || glued)
            && let Some(from) = start.take()
        {
            push(&mut list, text, from, at);
        }
        if inner && start.is_none() {
            start = Some(at);
        }
        if c == '/' || c == '%' {
            list.push(Word { text: c.to_string(), start: at, end: at + 1 });
        }
        if c == ',' && previous.is_ascii_digit() && thousands(text, at) {
            continue_number(&mut list, &mut start);
        }
        previous = c;
    }
    if let Some(from) = start {
        push(&mut list, text, from, text.len());
    }
    list
}

/// Whether exactly three digits follow the comma at `at`, as in `1,000`.
fn thousands(text: &str, at: usize) -> bool {
    let rest = text.get(at + 1..).unwrap_or_default();
    rest.chars().take_while(char::is_ascii_digit).count() == 3
}

/// Takes the number just pushed back, so that the digits after its comma join it.
fn continue_number(list: &mut Vec<Word>, start: &mut Option<usize>) {
    if let Some(word) = list.pop() {
        *start = Some(word.start);
    }
}

/// Whether the letters at `at` are the ending of an ordinal such as `3rd`.
fn ordinal(text: &str, at: usize) -> bool {
    let rest = text.get(at..).unwrap_or_default();
    ["st", "nd", "rd", "th"].iter().any(|end| {
        rest.strip_prefix(end).is_some_and(|tail| !tail.starts_with(|c: char| c.is_alphanumeric()))
    })
}

fn push(list: &mut Vec<Word>, text: &str, from: usize, to: usize) {
    let mut word = text.get(from..to).unwrap_or_default().to_owned();
    if word.is_ascii() {
        word.make_ascii_lowercase();
    } else {
        word = word.to_lowercase();
    }
    if word.contains(',') {
        word.retain(|c| c != ',');
    }
    list.push(Word { text: word, start: from, end: to });
}

/// Cuts a cleaned text into sentences.
pub fn split(text: &str) -> Vec<String> {
    pieces(text).into_iter().map(|piece| piece.text).collect()
}

/// A sentence as it is cut, with its words where they had to be known for that.
struct Piece {
    text: String,
    words: Option<Vec<Word>>,
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut list = Vec::new();
    let mut current = String::new();
    for token in text.split_whitespace() {
        if !current.is_empty() {
            current.push(' ');
        }
        current.push_str(token);
        if ends_sentence(token) {
            cut_run(&std::mem::take(&mut current), &mut list);
        }
    }
    cut_run(&current, &mut list);
    list
}

fn ends_sentence(token: &str) -> bool {
    let bare = token.trim_end_matches(['"', ')', '\'']);
    if bare.ends_with(['?', '!', ';']) {
        return true;
    }
    if !bare.ends_with('.') {
        return false;
    }
    let word = bare.trim_end_matches('.').to_lowercase();
    !matches!(word.as_str(), "dr" | "mr" | "mrs" | "ms" | "vs" | "st" | "e.g" | "i.e" | "approx")
        && word.chars().count() != 1
        || word.chars().all(|c| c.is_ascii_digit())
}

/// Cuts a run that is too long for one sentence where a clause plainly begins.
fn cut_run(text: &str, list: &mut Vec<Piece>) {
    let found = words(text);
    if found.len() <= 22 || text.matches(',').count() * 9 > found.len() {
        if !text.is_empty() {
            list.push(Piece { text: text.to_owned(), words: Some(found) });
        }
        return;
    }
    let word = |at: usize| found.get(at).map_or("", |w| w.text.as_str());
    let mut from = 0;
    let starts = cues("text.starts");
    for at in 1..found.len() {
        let long =
            at - from >= if matches!(word(at), "do" | "did" | "have" | "are" | "is" | "how") { 3 } else { 6 };
        let here = || starts.at(&found, at).next().is_some();
        let opens = || here() && (word(at) != "your" || own_clause(&found, at));
        if long && found.len() - at >= 3 && !cues("text.links").contains(&word(at - 1)) && opens() {
            push_piece(text, &found, from..at, list);
            from = at;
        }
    }
    push_piece(text, &found, from..found.len(), list);
}

/// Whether "your …" begins a statement of its own: it has a verb, and what stands before does not govern it.
fn own_clause(found: &[Word], at: usize) -> bool {
    let governed =
        at > 0 && found.get(at - 1).is_some_and(|w| cues("text.governs").contains(&w.text.as_str()));
    let verb = found.iter().skip(at + 1).take(6).any(|w| cues("text.states").contains(&w.text.as_str()));
    verb && !governed
}

fn push_piece(text: &str, found: &[Word], range: std::ops::Range<usize>, list: &mut Vec<Piece>) {
    let Some(first) = found.get(range.start) else { return };
    let end = found.get(range.end).map_or(text.len(), |word| word.start);
    let piece = text.get(first.start..end).unwrap_or_default().trim().trim_end_matches(',');
    if !piece.is_empty() {
        list.push(Piece { text: piece.to_owned(), words: None });
    }
}

/// Whether a clinician's words without a question mark still ask something.
pub fn asks(words: &[Word]) -> bool {
    let text = |at: usize| words.get(at).map_or("", |w: &Word| w.text.as_str());
    let skip = words.iter().take_while(|w| cues("text.leads").contains(&w.text.as_str())).count();
    let (first, second) = (text(skip), text(skip + 1));
    match first {
        "any" | "anything" | "anybody" | "anyone" => true,
        "do" | "did" | "does" | "have" | "are" | "were" | "was" | "is" | "has" | "can" | "could"
        | "would" => cues("text.asked").contains(&second),
        "how" | "when" | "where" | "who" | "which" => words.len() < 22,
        "what" => cues("text.what").contains(&second),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_torn_decimal_is_one_number() {
        for (said, clean_text) in [
            ("a . five centimeter stone", "a zero point five centimeter stone"),
            ("temperature is ninety eight . one", "temperature is ninety eight point one"),
            ("i took two . one helped", "i took two. one helped"),
        ] {
            assert_eq!(clean(said), clean_text);
        }
    }

    #[test]
    fn torn_tokens_are_joined() {
        for (from, to) in [
            ("i do n't know , really .", "i don't know, really."),
            ("i 'm gon na order it", "i'm going to order it"),
            ("you wan na take it", "you want to take it"),
            ("a 62 -year-old male", "a 62-year-old male"),
            ("I'm gonna, um, see", "I'm going to, um, see"),
        ] {
            assert_eq!(clean(from), to);
        }
    }

    #[test]
    fn words_keep_decimals_and_part_units() {
        let list: Vec<String> =
            words("X-ray 9.9 at 120/80, 20mg 1,000 3rd don't").into_iter().map(|w| w.text).collect();
        assert_eq!(list, ["x", "ray", "9.9", "at", "120", "/", "80", "20", "mg", "1000", "3rd", "don't"]);
    }

    #[test]
    fn long_runs_without_full_stops_are_cut() {
        let run = "okay so for your back pain it sounds like you sprained it i'm going to prescribe some meloxicam do you have any questions about that at all for me today";
        let pieces = split(run);
        assert!(pieces.len() >= 3, "{pieces:?}");
        assert!(pieces.iter().any(|p| p.starts_with("i'm going to prescribe")));
    }

    #[test]
    fn a_clinician_asks_without_a_question_mark() {
        assert!(Sentence::new(0, Speaker::Doctor, "okay do you have any fever").question);
        assert!(!Sentence::new(0, Speaker::Doctor, "your lungs are clear").question);
        assert!(!Sentence::new(0, Speaker::Patient, "are you kidding me").question);
    }

    #[test]
    fn titles_do_not_end_a_sentence() {
        assert_eq!(split("I saw Dr. Adams. He said yes.").len(), 2);
    }
}
