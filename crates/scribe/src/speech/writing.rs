//! Writing down what a block of sound says, token by token.
//!
//! The sound is worked through once and written down twice, told of a conversation before and told nothing; the two
//! are made one ([`join`]). The rules for times are those the models were trained with: a time opens and closes each
//! stretch of words, and times never go back.

use std::ops::Range;

use whisper_rs::{WhisperState, WhisperTokenId};

use super::join::{Word, join};
use super::sentences::{Piece, UNSURE};
use super::vocabulary::Vocabulary;
use super::whisper::{engine_error, spoken};
use super::{HearError, HearOptions};

/// Samples in a hundredth of a second, the engine's unit of time.
const HUNDREDTH: usize = 160;
/// Hundredths of a second that the model hears at once.
const WINDOW: usize = 3_000;
/// Where the model ends this long before the sound does, it is made to hear the rest.
const REST: usize = 400;
/// Times that it is made to, in one block.
const MOST_WINDOWS: usize = 4;
/// In less sound than this, what is said before drowns it.
const SHORTEST_WITH_BEFORE: usize = 500;
/// The first words begin within this many steps of two hundredths.
const LATEST_START: usize = 50;
/// Tokens that the model remembers, those in front of the text included.
const MEMORY: usize = 448;
/// Tokens of the longest text of a half minute.
const LONGEST: usize = 224;
/// Tokens that are taken in at once: each takes 400 KB of memory while it is.
const AT_ONCE: usize = 32;
/// Below this mean logarithm of the chances a hearing is worthless.
const WORTHLESS: f32 = -1.0;

/// The logarithm of a word's chance below which it is marked as unsure: one half.
const UNSURE_WORD: f32 = -std::f32::consts::LN_2;

/// Writes down blocks of sound.
pub(super) struct Writer<'w> {
    pub(super) state: &'w mut WhisperState,
    pub(super) vocabulary: &'w Vocabulary,
    /// What is spoken.
    pub(super) language: Option<WhisperTokenId>,
    /// What the model is told was said before.
    pub(super) before: &'w [WhisperTokenId],
    pub(super) options: &'w HearOptions,
}

/// What was written for one window.
#[derive(Default)]
struct Hearing {
    tokens: Vec<Token>,
    looped: bool,
}

struct Token {
    id: usize,
    chance: f32,
}

impl Hearing {
    fn has_words(&self, vocabulary: &Vocabulary) -> bool {
        self.tokens.iter().any(|token| token.id < vocabulary.end())
    }

    fn is_worthless(&self) -> bool {
        let count = f32::from(u16::try_from(self.tokens.len()).unwrap_or(u16::MAX)).max(1.0);
        self.looped || self.tokens.iter().map(|token| token.chance).sum::<f32>() / count < WORTHLESS
    }
}

impl Writer<'_> {
    /// The words of a block of sound that the state already holds, with times in it.
    pub(super) fn write(&mut self, samples: usize) -> Result<Vec<Piece>, HearError> {
        let length = samples / HUNDREDTH;
        let mut pieces = Vec::new();
        let mut at = 0;
        for _ in 0..MOST_WINDOWS {
            if self.options.cancel.is_cancelled() {
                return Err(HearError::Cancelled);
            }
            self.state.encode(at, self.options.threads.get()).map_err(engine_error)?;
            let end = self.window(at, (length - at).min(WINDOW), &mut pieces)?;
            at += end;
            if end == 0 || at + REST > length {
                break;
            }
        }
        Ok(pieces)
    }

    /// Writes down one window, and gives where its last words end.
    fn window(&mut self, at: usize, room: usize, pieces: &mut Vec<Piece>) -> Result<usize, HearError> {
        let mut first = self.hearing(&[])?;
        let mut second = None;
        if room >= SHORTEST_WITH_BEFORE && !self.before.is_empty() {
            let told = self.hearing(self.before)?;
            if !told.is_worthless() && told.has_words(self.vocabulary) {
                let untold = std::mem::replace(&mut first, told);
                second = (!untold.is_worthless()).then_some(untold);
            }
        }
        let (stretches, words) = self.words(&first, room);
        let words = match second {
            Some(second) => join(words, &self.words(&second, room).1),
            None => words,
        };
        for (number, stretch) in stretches.iter().enumerate() {
            let here: Vec<&Word> = words.iter().filter(|word| word.stretch == number).collect();
            pieces.extend(piece(stretch, at, &here));
        }
        Ok(stretches.last().map_or(0, |stretch| stretch.end))
    }

    /// Writes down the window that was worked through last.
    fn hearing(&mut self, before: &[WhisperTokenId]) -> Result<Hearing, HearError> {
        let threads = self.options.threads.get();
        let opening = self.vocabulary.opening(before, self.language);
        // The binding shows the scores behind the first token that it was given, so the last one is given alone.
        let (most, last) = opening.split_at(opening.len().saturating_sub(1));
        for (number, some) in most.chunks(AT_ONCE).enumerate() {
            self.state.decode(some, number * AT_ONCE, threads).map_err(engine_error)?;
        }
        self.state.decode(last, most.len(), threads).map_err(engine_error)?;
        let mut hearing = Hearing::default();
        while hearing.tokens.len() < LONGEST.min(MEMORY - opening.len()) {
            if self.options.cancel.is_cancelled() {
                return Err(HearError::Cancelled);
            }
            let token = self.next(&hearing.tokens)?;
            let id = token.id;
            if id == self.vocabulary.end() {
                break;
            }
            hearing.tokens.push(token);
            if self.loops(&hearing.tokens) {
                hearing.looped = true;
                break;
            }
            let past = opening.len() + hearing.tokens.len() - 1;
            let given = WhisperTokenId::try_from(id).unwrap_or_default();
            self.state.decode(&[given], past, threads).map_err(engine_error)?;
        }
        Ok(hearing)
    }

    /// The likeliest next token that may stand here.
    fn next(&self, tokens: &[Token]) -> Result<Token, HearError> {
        let vocabulary = self.vocabulary;
        let mut scores = self.state.get_logits().map_err(engine_error)?.to_vec();
        forbid_by_rule(&mut scores, tokens, vocabulary);
        let all = log_sum(&scores);
        let (text, times) = scores.split_at(vocabulary.first_time().min(scores.len()));
        let (best, score) = if log_sum(times) > highest(text).1 {
            let (best, score) = highest(times);
            (best + vocabulary.first_time(), score)
        } else {
            highest(&scores)
        };
        Ok(Token { id: best, chance: score - all })
    }

    /// Whether the text has begun to repeat itself.
    fn loops(&self, tokens: &[Token]) -> bool {
        let text: Vec<usize> = tokens
            .iter()
            .map(|token| token.id)
            .filter(|id| *id < self.vocabulary.end())
            .rev()
            .take(120)
            .collect();
        (1..=30).any(|length| {
            // "No, no, no, no" is speech.
            let times = if length < 4 { 10 } else { 4 };
            let span = length * (times - 1);
            text.len() >= span + length
                && text.iter().zip(text.iter().skip(length)).take(span).all(|(a, b)| a == b)
        })
    }

    /// The stretches of a hearing with their times, and their words.
    fn words(&self, hearing: &Hearing, room: usize) -> (Vec<Range<usize>>, Vec<Word>) {
        let mut stretches: Vec<Range<usize>> = Vec::new();
        let mut words: Vec<Word> = Vec::new();
        let mut open: Option<(Vec<u8>, f32)> = None;
        let mut start = 0;
        let mut inside = false;
        for token in &hearing.tokens {
            let time = self.vocabulary.time(token.id).map(|time| time.min(room));
            let bytes = self.vocabulary.bytes(token.id).unwrap_or_default();
            if time.is_some() || bytes.starts_with(b" ") {
                words.extend(open.take().map(|word| finished(word, stretches.len())));
            }
            if let Some(time) = time {
                if inside {
                    stretches.push(start..time.max(start));
                }
                (start, inside) = (time, false);
            } else {
                let (text, chance) = open.get_or_insert_default();
                text.extend_from_slice(bytes);
                *chance += token.chance;
                inside = true;
            }
        }
        words.extend(open.take().map(|word| finished(word, stretches.len())));
        if inside {
            stretches.push(start..room.max(start));
        }
        (stretches, words)
    }
}

fn finished((bytes, chance): (Vec<u8>, f32), stretch: usize) -> Word {
    Word { text: String::from_utf8_lossy(&bytes).trim().to_owned(), chance, stretch, disputed: false }
}

fn piece(stretch: &Range<usize>, at: usize, words: &[&Word]) -> Option<Piece> {
    let marked = |word: &Word| {
        let unsure = word.disputed || word.chance < UNSURE_WORD;
        if unsure { format!("{UNSURE}{}", word.text) } else { word.text.clone() }
    };
    let text = words.iter().copied().map(marked).collect::<Vec<_>>().join(" ");
    let text = Some(spoken(&text)).filter(|text| !text.is_empty())?;
    let count = f32::from(u16::try_from(words.len()).unwrap_or(u16::MAX)).max(1.0);
    let certainty = words.iter().map(|word| word.chance.exp()).sum::<f32>() / count;
    let milliseconds = |time: usize| (at + time) as u64 * 10;
    let (start_ms, end_ms) = (milliseconds(stretch.start), milliseconds(stretch.end));
    Some(Piece { start_ms, end_ms, text, certainty, disputed: words.iter().any(|word| word.disputed) })
}

/// Takes out what may not stand behind the tokens so far.
fn forbid_by_rule(scores: &mut [f32], tokens: &[Token], vocabulary: &Vocabulary) {
    let first_time = vocabulary.first_time();
    forbid(scores, vocabulary.marks());
    let is_time = |back: usize| {
        let place = tokens.len().checked_sub(back).and_then(|at| tokens.get(at));
        place.is_none_or(|token| token.id >= first_time)
    };
    if tokens.is_empty() {
        forbid(scores, 0..first_time);
        forbid(scores, first_time + LATEST_START + 1..scores.len());
        return;
    }
    if is_time(1) && is_time(2) {
        // A stretch was opened: words follow.
        forbid(scores, first_time..scores.len());
        forbid(scores, vocabulary.blank().map_or(0..0, |blank| blank..blank + 1));
    } else if is_time(1) {
        // A stretch was closed: another one is opened, or the text ends.
        forbid(scores, 0..vocabulary.end());
    }
    if let Some(last) = tokens.iter().rev().find(|token| token.id >= first_time) {
        forbid(scores, first_time..last.id + usize::from(!is_time(1)));
    }
}

fn forbid(scores: &mut [f32], range: Range<usize>) {
    if let Some(part) = scores.get_mut(range) {
        part.fill(f32::NEG_INFINITY);
    }
}

/// The place and the score of the best.
fn highest(scores: &[f32]) -> (usize, f32) {
    let best = scores.iter().enumerate().max_by(|(_, a), (_, b)| a.total_cmp(b));
    best.map_or((0, f32::NEG_INFINITY), |(at, score)| (at, *score))
}

/// The logarithm of the sum of what the scores are the logarithms of.
fn log_sum(scores: &[f32]) -> f32 {
    let (_, most) = highest(scores);
    if most == f32::NEG_INFINITY {
        return most;
    }
    most + scores.iter().map(|score| (score - most).exp()).sum::<f32>().ln()
}
