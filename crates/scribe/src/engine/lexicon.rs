//! The word lists and how phrases of them are found in a sentence.
//!
//! The lists are text files in the crate's `data` folder, written for this project; `docs/scribe.md` states
//! where the names come from.

use rustc_hash::FxHashMap;
use std::sync::LazyLock;

use super::text::{Word, words};

/// One entry of a list.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The canonical name.
    pub name: &'static str,
    /// The heading it stands under: body system, drug class, kind of test.
    pub group: &'static str,
}

/// A phrase of a list found in a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// The first word.
    pub start: usize,
    /// Just after the last word.
    pub end: usize,
    /// Which entry it means.
    pub entry: usize,
}

/// A list of names with their synonyms.
#[derive(Debug, Default)]
pub struct Lexicon {
    entries: Vec<Entry>,
    phrases: FxHashMap<String, Vec<(Vec<String>, usize)>>,
}

impl Lexicon {
    /// Reads a list: `[group]` lines and `name: synonym, synonym` lines.
    fn read(text: &'static str) -> Self {
        let mut lexicon = Self::default();
        let mut group = "";
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                group = name;
                continue;
            }
            let (name, synonyms) = line.split_once(':').unwrap_or((line, ""));
            let entry = lexicon.entries.len();
            lexicon.entries.push(Entry { name, group });
            for phrase in std::iter::once(name).chain(synonyms.split(',')) {
                lexicon.add(phrase, entry);
            }
        }
        for list in lexicon.phrases.values_mut() {
            list.sort_by_key(|(phrase, _)| std::cmp::Reverse(phrase.len()));
        }
        lexicon
    }

    fn add(&mut self, phrase: &str, entry: usize) {
        let mut parts = words(phrase).into_iter().map(|word| word.text);
        let Some(first) = parts.next() else { return };
        let list = self.phrases.entry(first).or_default();
        let rest: Vec<String> = parts.collect();
        if !list.iter().any(|(known, _)| *known == rest) {
            list.push((rest, entry));
        }
    }

    /// The entry of a found phrase.
    pub fn entry(&self, found: Found) -> &Entry {
        static NONE: Entry = Entry { name: "", group: "" };
        self.entries.get(found.entry).unwrap_or(&NONE)
    }

    /// The longest phrase that begins at a place.
    pub fn at(&self, list: &[Word], start: usize) -> Option<Found> {
        let word = |at: usize| list.get(at).map_or("", |w| w.text.as_str());
        self.phrases.get(word(start))?.iter().find_map(|(rest, entry)| {
            let fits = rest.iter().enumerate().all(|(k, part)| word(start + 1 + k) == part);
            fits.then_some(Found { start, end: start + 1 + rest.len(), entry: *entry })
        })
    }

    /// All phrases from left to right, the longest first, without overlap.
    pub fn find(&self, list: &[Word]) -> Vec<Found> {
        let mut all = Vec::new();
        let mut at = 0;
        while at < list.len() {
            match self.at(list, at) {
                Some(found) => {
                    at = found.end;
                    all.push(found);
                }
                None => at += 1,
            }
        }
        all
    }

    /// The canonical name and group of a whole phrase.
    pub fn lookup(&self, phrase: &str) -> Option<&Entry> {
        let list = words(phrase);
        self.at(&list, 0).filter(|found| found.end == list.len()).map(|found| self.entry(found))
    }

    /// How many names and synonyms the list holds.
    pub fn len(&self) -> usize {
        self.phrases.values().map(Vec::len).sum()
    }

    /// Whether the list is empty.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// All names of one word with at least `min` letters, with their entries.
    pub fn single_words(&self, min: usize) -> impl Iterator<Item = (&str, usize)> {
        self.phrases.iter().flat_map(move |(first, list)| {
            list.iter()
                .filter(move |(rest, _)| rest.is_empty() && first.len() >= min)
                .map(move |(_, entry)| (first.as_str(), *entry))
        })
    }
}

/// Complaints by body system.
pub static SYMPTOMS: LazyLock<Lexicon> =
    LazyLock::new(|| Lexicon::read(include_str!("../../data/symptoms.txt")));
/// Medicines by class.
pub static DRUGS: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::read(include_str!("../../data/drugs.txt")));
/// Conditions.
pub static CONDITIONS: LazyLock<Lexicon> =
    LazyLock::new(|| Lexicon::read(include_str!("../../data/conditions.txt")));
/// Body sites.
pub static SITES: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::read(include_str!("../../data/sites.txt")));
/// Laboratory tests, images and procedures.
pub static TESTS: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::read(include_str!("../../data/tests.txt")));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_phrase_wins() {
        let list = words("some trouble breathing and chest pain");
        let names: Vec<&str> = SYMPTOMS.find(&list).into_iter().map(|f| SYMPTOMS.entry(f).name).collect();
        assert_eq!(names, ["shortness of breath", "chest pain"]);
    }

    #[test]
    fn brands_lead_to_generics_with_their_class() {
        let entry = DRUGS.lookup("Toprol XL").unwrap();
        assert_eq!((entry.name, entry.group), ("metoprolol", "beta blocker"));
        assert!(DRUGS.len() > 1500, "{}", DRUGS.len());
        assert!(SYMPTOMS.len() > 400 && !CONDITIONS.is_empty());
    }

    #[test]
    fn sound_alike_names_stay_apart() {
        for (a, b) in [
            ("hydroxyzine", "hydralazine"),
            ("clonidine", "clonazepam"),
            ("celebrex", "celexa"),
            ("bupropion", "buspirone"),
        ] {
            assert_ne!(DRUGS.lookup(a).unwrap().name, DRUGS.lookup(b).unwrap().name);
        }
    }
}
