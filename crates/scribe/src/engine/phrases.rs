//! Which words follow which in talk between clinicians and patients.
//!
//! A model of three words in a row, counted over conversations (`examples/train`), smoothed after Witten and Bell (1991).
//! Each run of words is kept as a hash with its chance and the share that it leaves to shorter runs, so no text can
//! be read back. It knows how likely words are and nothing of what they mean: it only chooses between two hearings.

use std::collections::HashMap;
use std::sync::LazyLock;

/// The model that is shipped.
pub static PHRASES: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::read(include_bytes!("../../data/phrases.bin")));

/// The most words in a run.
const LONGEST: usize = 3;
/// Longer runs that were counted less often are not kept.
const FEWEST: u32 = 2;
/// Words that there are, also those never counted.
const ALL_WORDS: f32 = 50_000.0;
/// What a word that was never counted is taken for.
const UNSEEN: f32 = 0.3;
/// The logarithm of the chance of such a word among the half million that the shipped model was counted from.
const NEVER: f32 = -14.5;
/// Steps of a natural logarithm that a byte holds.
const STEPS: f32 = 12.0;
/// Bytes of an entry: the hash, the chance, the share.
const ENTRY: usize = 6;

/// Words that say nothing and are written or left out at will.
const FILLERS: &[&str] = &["um", "uh", "umm", "uhm", "er", "erm", "mm", "hmm", "mhm", "ah", "hm", "huh"];
/// Spellings of one word, and words said as one.
const SAME: &[(&str, &str)] = &[
    ("ok", "okay"),
    ("yeah", "yes"),
    ("yep", "yes"),
    ("yup", "yes"),
    ("mom", "mum"),
    ("alright", "all right"),
    ("gonna", "going to"),
    ("wanna", "want to"),
    ("kinda", "kind of"),
    ("gotta", "got to"),
    ("cannot", "can not"),
    ("can't", "can not"),
    ("won't", "will not"),
    ("'cause", "because"),
    ("dr", "doctor"),
];
/// What stands behind an apostrophe, in full.
const ENDINGS: &[(&str, &str)] =
    &[("n't", "not"), ("'re", "are"), ("'ve", "have"), ("'ll", "will"), ("'m", "am"), ("'d", "would")];
/// Words behind which "'s" is "is".
const IS_BEHIND: &[&str] =
    &["it", "that", "he", "she", "there", "what", "where", "who", "how", "here", "let"];
const NUMBERS: &[&str] = &[
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
];

/// How likely words are behind others.
#[derive(Debug, Default)]
pub struct Phrases {
    /// Sorted by the hash: the hash, the logarithm of the chance, that of the share left to shorter runs.
    entries: Vec<(u32, f32, f32)>,
}

/// Counts runs of words.
#[derive(Debug, Default)]
pub struct Counts {
    runs: [HashMap<Vec<String>, u32>; LONGEST],
}

impl Counts {
    /// Counts a conversation's words.
    pub fn add(&mut self, words: &[String]) {
        for (at, counted) in self.runs.iter_mut().enumerate() {
            for run in words.windows(at + 1) {
                *counted.entry(run.to_vec()).or_default() += 1;
            }
        }
    }

    /// Writes the model; the same counts give the same bytes.
    pub fn write(&self) -> Vec<u8> {
        let mut total: HashMap<&[String], (u32, u32)> = HashMap::new();
        for (run, count) in self.runs.iter().flatten() {
            if let Some((_, before)) = run.split_last() {
                let (sum, kinds) = total.entry(before).or_default();
                *sum += count;
                *kinds += 1;
            }
        }
        let mut entries: Vec<(u32, u8, u8)> = Vec::new();
        for (run, count) in self.runs.iter().flatten() {
            if run.len() > 1 && *count < FEWEST {
                continue;
            }
            let left = total.get(run.as_slice()).copied().map_or(1.0, share);
            entries.push((hash(run), byte(self.chance(run, &total)), byte(left)));
        }
        entries.sort_unstable();
        entries.dedup_by_key(|entry| entry.0);
        entries
            .into_iter()
            .flat_map(|(hash, chance, left)| hash.to_le_bytes().into_iter().chain([chance, left]))
            .collect()
    }

    fn chance(&self, run: &[String], total: &HashMap<&[String], (u32, u32)>) -> f32 {
        let Some((_, before)) = run.split_last() else { return 1.0 };
        let count = self.runs.get(before.len()).and_then(|runs| runs.get(run)).copied().unwrap_or(0);
        let Some(&(sum, kinds)) = total.get(before) else { return 1.0 };
        if before.is_empty() {
            return (real(count) + UNSEEN) / (real(sum) + UNSEEN * ALL_WORDS);
        }
        let shorter = run.get(1..).map_or(1.0, |shorter| self.chance(shorter, total));
        (real(count) + real(kinds) * shorter) / (real(sum) + real(kinds))
    }
}

/// The share of a run's chances that goes to words never counted behind it.
fn share((sum, kinds): (u32, u32)) -> f32 {
    real(kinds) / (real(sum) + real(kinds))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of words lie far below the first number that is rounded"
)]
fn real(count: u32) -> f32 {
    count as f32
}

/// A logarithm in a byte.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "held between 0 and 255 before")]
fn byte(chance: f32) -> u8 {
    (-chance.ln() * STEPS).round().clamp(0.0, 255.0) as u8
}

impl Phrases {
    /// Reads a written model; what is cut off at its end is left out.
    pub fn read(bytes: &[u8]) -> Self {
        let entries = bytes.chunks_exact(ENTRY).filter_map(|entry| match *entry {
            [a, b, c, d, chance, left] => {
                Some((u32::from_le_bytes([a, b, c, d]), -f32::from(chance) / STEPS, -f32::from(left) / STEPS))
            }
            _ => None,
        });
        Self { entries: entries.collect() }
    }

    /// The logarithm of the chance of a word behind the words before it.
    pub fn chance(&self, before: &[&str], word: &str) -> f32 {
        let skip = before.len().saturating_sub(LONGEST - 1);
        let mut before = before.get(skip..).unwrap_or_default();
        let mut left = 0.0;
        loop {
            let run: Vec<&str> = before.iter().copied().chain([word]).collect();
            if let Some((chance, _)) = self.find(&run) {
                return left + chance;
            }
            let Some((_, shorter)) = before.split_first() else { return left + NEVER };
            left += self.find(before).map_or(0.0, |(_, left)| left);
            before = shorter;
        }
    }

    /// Whether a word was ever counted.
    pub fn knows(&self, word: &str) -> bool {
        self.find(&[word]).is_some()
    }

    fn find<T: AsRef<str>>(&self, run: &[T]) -> Option<(f32, f32)> {
        let at = self.entries.binary_search_by_key(&hash(run), |entry| entry.0).ok()?;
        self.entries.get(at).map(|(_, chance, left)| (*chance, *left))
    }
}

/// Half of the FNV-1a hash of a run of words.
fn hash<T: AsRef<str>>(run: &[T]) -> u32 {
    let bytes = run.iter().flat_map(|word| word.as_ref().bytes().chain([b' ']));
    let whole = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    u32::try_from((whole >> 32) ^ (whole & 0xffff_ffff)).unwrap_or_default()
}

/// The words of a text without what is written now this way, now that: case, marks, fillers, contractions, numbers.
pub fn plain(text: &str) -> Vec<String> {
    let text = text.to_lowercase().replace('’', "'");
    let mut words = Vec::new();
    for part in text.split(|letter: char| letter.is_whitespace() || matches!(letter, '-' | '/' | '–' | '—'))
    {
        let word = part.trim_matches(|letter: char| !letter.is_alphanumeric() && letter != '\'');
        let word = if SAME.iter().any(|(said, _)| *said == word) { word } else { word.trim_matches('\'') };
        add_plain(word, &mut words);
    }
    words
}

fn add_plain(word: &str, words: &mut Vec<String>) {
    if word.is_empty() || FILLERS.contains(&word) {
        return;
    }
    if let Some((_, full)) = SAME.iter().find(|(said, _)| *said == word) {
        words.extend(full.split(' ').map(str::to_owned));
        return;
    }
    if let Some(number) = NUMBERS.iter().position(|name| *name == word) {
        words.push(number.to_string());
        return;
    }
    for (ending, full) in ENDINGS {
        if let Some(stem) = word.strip_suffix(ending).filter(|stem| !stem.is_empty()) {
            words.extend([stem.to_owned(), (*full).to_owned()]);
            return;
        }
    }
    if let Some(stem) = word.strip_suffix("'s").filter(|stem| IS_BEHIND.contains(stem)) {
        words.extend([stem.to_owned(), "is".to_owned()]);
        return;
    }
    words.push(word.replace('\'', ""));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_the_same_however_it_is_written() {
        assert_eq!(plain("Um, I don't — OK?").join(" "), "i do not okay");
        assert_eq!(
            plain("It's Dr. Stone's; can't, won't: alright, ten."),
            plain("it is doctor stones can not will not all right 10")
        );
        assert_eq!(plain("120/80, 'cause 38.5").join(" "), "120 80 because 38.5");
        assert!(plain(" ... -- ' ").is_empty());
    }

    #[test]
    fn what_was_counted_is_likelier_than_what_was_not() {
        let mut counts = Counts::default();
        for _ in 0..3 {
            counts.add(&plain("I have a sharp pain in my chest. I have a dull pain in my back."));
        }
        let bytes = counts.write();
        assert_eq!(bytes, counts.write());
        let model = Phrases::read(&bytes);
        assert!(model.chance(&["sharp"], "pain") > model.chance(&["sharp"], "chest"));
        assert!(model.chance(&["sharp"], "chest") > model.chance(&["sharp"], "bean"));
        assert!(model.chance(&["dull", "pain"], "in") > model.chance(&["in"], "in"));
        let all: f32 = ["i", "have", "a", "sharp", "pain", "in", "my", "chest", "dull", "back"]
            .iter()
            .map(|word| model.chance(&["my"], word).exp())
            .sum();
        assert!((0.5..1.05).contains(&all), "{all}");
    }

    #[test]
    fn a_cut_model_is_read_as_far_as_it_goes() {
        assert_eq!(Phrases::read(&[1, 2, 3]).entries.len(), 0);
        assert!(Phrases::default().chance(&["a"], "b") < -14.0);
    }

    #[test]
    fn the_shipped_model_knows_how_visits_sound() {
        let likelier = |before: &[&str], word: &str, than: &str| {
            assert!(PHRASES.chance(before, word) > PHRASES.chance(before, than), "{word} {than}");
        };
        likelier(&["really", "sharp"], "pain", "bean");
        likelier(&["shortness", "of"], "breath", "bread");
        likelier(&["to", "any"], "medications", "dedications");
        assert!(PHRASES.knows("chest") && !PHRASES.knows("tacromilius"));
    }
}
