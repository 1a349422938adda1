//! Holds the files of texts to each other, and to the templates and the Rust files in which they are said.

use super::{AREAS, ENGLISH, SPANISH, bundle};
use fluent_bundle::FluentResource;
use medrecord_clinic::language::Language;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Spanish texts that read as the English ones do.
const ALIKE: [&str; 5] = ["check-in-visit", "day-heading", "find-count", "kind-minutes", "time-day"];

/// One text of a file: what is written, and what stands in for its arguments.
#[derive(Debug, Default, PartialEq, Eq)]
struct Written {
    words: String,
    arguments: BTreeSet<String>,
}

/// A place where a text is said, with the arguments that are given there.
#[derive(Debug)]
struct Said {
    name: String,
    /// `None` where the arguments are given elsewhere.
    arguments: Option<BTreeSet<String>>,
    file: PathBuf,
}

fn written(files: &[&str]) -> BTreeMap<String, Written> {
    let mut texts: BTreeMap<String, Written> = BTreeMap::new();
    let mut current = String::new();
    for line in files.iter().flat_map(|file| file.lines()) {
        let begins = line.starts_with(|first: char| first.is_ascii_lowercase());
        if let Some((name, words)) = line.split_once(" =").filter(|_| begins) {
            current = name.to_owned();
            let text = Written { words: words.trim().to_owned(), ..Written::default() };
            assert!(texts.insert(current.clone(), text).is_none(), "{current} is written twice");
        } else if line.starts_with(' ') {
            let text = texts.get_mut(&current).unwrap();
            text.words.push('\n');
            text.words.push_str(line.trim());
        }
    }
    for text in texts.values_mut() {
        let named = text.words.split('$').skip(1);
        let name = |rest: &str| rest.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap().to_owned();
        text.arguments = named.map(name).collect();
    }
    texts
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|kind| kind == "rs" || kind == "html") {
            found.push(path);
        }
    }
}

/// Everything that templates and Rust files say, tests aside.
fn said() -> Vec<Said> {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let mut all = Vec::new();
    for file in files.into_iter().filter(|file| !file.ends_with("text/held.rs")) {
        let text = fs::read_to_string(&file).unwrap();
        let shown: Vec<&str> = text.split("#[cfg(test)]\nmod tests").next().unwrap().lines().collect();
        let shown: Vec<&str> =
            shown.into_iter().filter(|line| !line.trim_start().starts_with("//")).collect();
        let text = shown.join("\n");
        for (mark, chained) in [(".say(\"", true), ("Key(\"", false)] {
            for (at, _) in text.match_indices(mark) {
                let (before, rest) = text.split_at(at);
                let name = rest.strip_prefix(mark).unwrap().split('"').next().unwrap().to_owned();
                if !name.is_empty()
                    && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
                {
                    let arguments = chained.then(|| given(before));
                    all.push(Said { name, arguments, file: file.clone() });
                }
            }
        }
    }
    all
}

/// The arguments of the calls `.with("name", …)` that a piece of a file ends with.
fn given(before: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut rest = before.trim_end();
    while rest.ends_with(')') {
        let mut depth = 0_usize;
        let open = rest.char_indices().rev().find(|(_, sign)| {
            match sign {
                ')' => depth += 1,
                '(' => depth -= 1,
                _ => {}
            }
            depth == 0
        });
        let open = open.unwrap().0;
        let (called, arguments) = rest.split_at(open);
        let Some(call) = called.strip_suffix("with") else { break };
        names.insert(arguments.split('"').nth(1).unwrap().to_owned());
        rest = call.trim_end_matches('.').trim_end();
    }
    names
}

#[test]
fn every_file_is_sound_and_in_the_binary() {
    for (language, files) in [(Language::English, ENGLISH), (Language::Spanish, SPANISH)] {
        for (area, file) in AREAS.iter().zip(files) {
            let read = FluentResource::try_new((*file).to_owned());
            assert!(read.is_ok(), "{language}/{area}: {:?}", read.err().map(|(_, wrong)| wrong));
        }
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("text").join(language.as_str());
        let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        let names: BTreeSet<String> = names.map(|name| name.into_string().unwrap()).collect();
        let wanted: BTreeSet<String> = AREAS.iter().map(|area| format!("{area}.ftl")).collect();
        assert_eq!(names, wanted, "{language}: name each file in text/mod.rs");
        let bundle = bundle(language, files);
        for name in written(files).keys() {
            assert!(bundle.has_message(name), "{language}: {name}");
        }
    }
}

#[test]
fn every_text_that_is_said_is_written_in_english_with_its_arguments() {
    let english = written(ENGLISH);
    let all = said();
    assert!(all.len() > 100, "only {} texts were found", all.len());
    for Said { name, arguments, file } in all {
        let text = english.get(&name);
        let text = text.unwrap_or_else(|| panic!("{}: {name} is not written", file.display()));
        if let Some(arguments) = arguments {
            assert_eq!(arguments, text.arguments, "{}: the arguments of {name}", file.display());
        }
    }
}

#[test]
fn no_text_is_written_that_nobody_says() {
    let english = written(ENGLISH);
    let said: BTreeSet<String> = said().into_iter().map(|said| said.name).collect();
    let quoted = |name: &str| english.values().any(|text| text.words.contains(&format!("{{ {name} }}")));
    let dead: Vec<&String> = english.keys().filter(|name| !said.contains(*name) && !quoted(name)).collect();
    assert!(dead.is_empty(), "said nowhere: {dead:?}");
}

#[test]
fn every_text_is_translated_with_the_same_arguments() {
    let (english, spanish) = (written(ENGLISH), written(SPANISH));
    let names = |texts: &BTreeMap<String, Written>| texts.keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(names(&english), names(&spanish));
    for (name, text) in &english {
        // A number that only chooses between two forms need not be written in either.
        assert_eq!(text.arguments, spanish[name].arguments, "{name}");
    }
    let alike = english.iter().filter(|(name, text)| text.words == spanish[*name].words);
    let alike: Vec<&str> = alike.map(|(name, _)| name.as_str()).collect();
    assert_eq!(alike, ALIKE, "left in English; list what reads the same in both");
}

#[test]
fn no_text_holds_markup_or_an_exclamation_mark() {
    for (name, text) in written(ENGLISH).into_iter().chain(written(SPANISH)) {
        assert!(!text.words.contains(['<', '>', '&', '!', '¡']) || text.words.contains("->"), "{name}");
        assert!(!text.words.is_empty(), "{name} says nothing");
    }
}
