//! The phrases that the rules look for, kept as text in `data/cues.txt`.
//!
//! A list is named after the file and the place that uses it. Each list knows the first words of its phrases, since the
//! rules ask for most of them in every sentence and seldom find one.

use rustc_hash::{FxHashMap, FxHashSet};
use std::ops::Deref;
use std::sync::LazyLock;

use super::text::{Word, bit};

/// A list of phrases; reads as a slice of them.
#[derive(Debug, Default)]
pub struct Cues {
    phrases: Vec<&'static str>,
    whole: FxHashSet<&'static str>,
    /// Beside each phrase: the bit of its first word, as a sentence keeps them.
    bits: Vec<u8>,
    /// By first word: the words behind it.
    behind: FxHashMap<&'static str, Vec<Vec<&'static str>>>,
}

impl Cues {
    fn add(&mut self, phrase: &'static str) {
        let (first, rest) = phrase.split_once(' ').unwrap_or((phrase, ""));
        let rest = if rest.is_empty() { Vec::new() } else { rest.split(' ').collect() };
        self.phrases.push(phrase);
        self.whole.insert(phrase);
        self.bits.push(bit(first));
        self.behind.entry(first).or_default().push(rest);
    }

    /// Whether one of the phrases is exactly this.
    pub fn contains(&self, text: &&str) -> bool {
        self.whole.contains(*text)
    }

    /// How many words each phrase has that stands at a place.
    pub fn at(&self, words: &[Word], at: usize) -> impl Iterator<Item = usize> {
        let word = move |at: usize| words.get(at).map_or("", |word| word.text.as_str());
        let stands = move |rest: &&Vec<&str>| rest.iter().zip(at + 1..).all(|(part, k)| word(k) == *part);
        self.behind.get(word(at)).into_iter().flatten().filter(stands).map(|rest| rest.len() + 1)
    }

    /// The phrases with the bits of their first words.
    pub(super) fn with_bits(&self) -> impl Iterator<Item = (u8, &'static str)> {
        self.bits.iter().copied().zip(self.phrases.iter().copied())
    }
}

impl Deref for Cues {
    type Target = [&'static str];

    fn deref(&self) -> &Self::Target {
        &self.phrases
    }
}

static ALL: LazyLock<FxHashMap<&'static str, Cues>> = LazyLock::new(|| {
    let mut all: FxHashMap<&str, Cues> = FxHashMap::default();
    let mut name = "";
    for line in include_str!("../../data/cues.txt")
        .lines()
        .map(str::trim)
        .filter(|l| !l.is_empty() && !l.starts_with('#'))
    {
        if let Some(heading) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            name = heading;
        } else {
            let list = all.entry(name).or_default();
            line.split(';').map(str::trim).filter(|p| !p.is_empty()).for_each(|phrase| list.add(phrase));
        }
    }
    all
});

static NONE: LazyLock<Cues> = LazyLock::new(Cues::default);

static PAIRS: LazyLock<FxHashMap<&'static str, Vec<(&'static str, &'static str)>>> = LazyLock::new(|| {
    let mut all: FxHashMap<&str, Vec<(&str, &str)>> = FxHashMap::default();
    for (name, list) in ALL.iter() {
        let pairs = list.iter().filter_map(|item| item.split_once("=>")).map(|(a, b)| (a.trim(), b.trim()));
        all.entry(name).or_default().extend(pairs);
    }
    all
});

/// The phrases of a list; none for a name that is not there.
pub fn cues(name: &str) -> &'static Cues {
    ALL.get(name).unwrap_or_else(|| LazyLock::force(&NONE))
}

/// The pairs of a list whose items are written `this => that`.
pub fn pairs(name: &str) -> &'static [(&'static str, &'static str)] {
    PAIRS.get(name).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::text::words;

    #[test]
    fn every_list_that_the_rules_name_is_there() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/engine");
        let mut named = 0;
        for file in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            let calls = text.split("cues(\"").skip(1).chain(text.split("pairs(\"").skip(1));
            for name in calls.filter_map(|rest| rest.split('"').next()).filter(|name| name.contains('.')) {
                assert!(!cues(name).is_empty(), "{name}");
                named += 1;
            }
        }
        assert!(named > 40);
        assert!(cues("no such list").is_empty());
    }

    #[test]
    fn a_list_finds_its_phrases_as_a_search_through_all_of_them_would() {
        let said = words("no I have not been able to sleep without it, and nothing helps at all");
        for list in ALL.values() {
            for at in 0..=said.len() {
                let mut found: Vec<usize> = list.at(&said, at).collect();
                let stands = |phrase: &&&str| {
                    phrase.split(' ').zip(at..).all(|(part, k)| said.get(k).map_or("", |w| &w.text) == part)
                };
                let mut searched: Vec<usize> =
                    list.iter().filter(stands).map(|phrase| phrase.split(' ').count()).collect();
                found.sort_unstable();
                searched.sort_unstable();
                assert_eq!(found, searched);
            }
            assert!(list.iter().all(|phrase| list.contains(phrase)) && !list.contains(&"no such phrase"));
        }
    }
}
