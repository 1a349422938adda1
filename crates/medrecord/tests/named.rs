//! Every test that the docs name is there: a table that says what covers a promise must not outlive its tests.
#![cfg(test)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The files below a folder that end so.
fn below(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.unwrap().path();
        if path.is_dir() {
            below(&path, ending, found);
        } else if path.extension().is_some_and(|extension| extension == ending) {
            found.push(path);
        }
    }
}

/// What stands in the columns of a page's tables whose head is `test`.
fn named(text: &str) -> Vec<String> {
    let mut column = None;
    let mut cells = Vec::new();
    for line in text.lines() {
        if !line.starts_with('|') {
            column = None;
            continue;
        }
        let row: Vec<&str> = line.split(" | ").map(|cell| cell.trim_matches(['|', ' '])).collect();
        match column {
            None => column = Some(row.iter().position(|cell| *cell == "test")),
            Some(Some(at)) => cells.extend(row.get(at).map(|cell| (*cell).to_owned())),
            Some(None) => {}
        }
    }
    // What stands between back-ticks.
    let ticked = cells.iter().flat_map(|cell| cell.split('`').skip(1).step_by(2).map(str::to_owned));
    ticked.collect()
}

/// The names of all tests, and of all files with them.
fn there() -> (BTreeSet<String>, BTreeSet<String>) {
    let mut files = Vec::new();
    below(&root().join("crates"), "rs", &mut files);
    let mut tests = BTreeSet::new();
    let mut names = BTreeSet::new();
    for file in files {
        names.insert(file.file_name().unwrap().to_str().unwrap().to_owned());
        let text = fs::read_to_string(&file).unwrap();
        let mut follows_mark = false;
        for line in text.lines().map(str::trim) {
            if let Some((_, after)) = line.split_once("fn ").filter(|_| follows_mark) {
                tests.insert(after.split(['(', '<']).next().unwrap_or_default().to_owned());
            }
            follows_mark = line == "#[test]"
                || line.starts_with("#[tokio::test")
                || follows_mark && line.starts_with("#[");
        }
    }
    (tests, names)
}

/// Whether a name is the one that is written, in which `…` stands for anything.
fn is_meant(written: &str, name: &str) -> bool {
    let mut parts = written.split('…');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else { return false };
    let parts: Vec<&str> = parts.collect();
    for (at, part) in parts.iter().enumerate() {
        let found = if at + 1 == parts.len() {
            rest.ends_with(part).then_some("")
        } else {
            rest.split_once(part).map(|(_, after)| after)
        };
        match found {
            Some(after) => rest = after,
            None => return false,
        }
    }
    !parts.is_empty() || rest.is_empty()
}

#[test]
fn every_test_that_the_docs_name_is_there() {
    let (tests, names) = there();
    assert!(tests.len() > 500, "only {} tests were found", tests.len());
    let mut pages = Vec::new();
    below(&root().join("docs"), "md", &mut pages);
    let mut looked_up = 0;
    let mut faults = Vec::new();
    for page in pages {
        for written in named(&fs::read_to_string(&page).unwrap()) {
            let found = if written.contains('/') {
                root().join(&written).exists()
            } else if Path::new(&written).extension().is_some_and(|extension| extension == "rs") {
                names.contains(&written)
            } else if written.contains('_') {
                tests.iter().any(|name| is_meant(&written, name))
            } else {
                continue;
            };
            looked_up += 1;
            if !found {
                faults.push(format!("{}: {written}", page.file_name().unwrap().display()));
            }
        }
    }
    assert!(looked_up > 60, "only {looked_up} names were found in the docs");
    assert!(faults.is_empty(), "named in the docs and nowhere else:\n{}", faults.join("\n"));
}

#[test]
fn a_shortened_name_stands_for_what_begins_and_ends_so() {
    for (written, name, meant) in [
        ("rows_are_added", "rows_are_added", true),
        ("rows_are_added", "rows_are_added_twice", false),
        ("rows_are_…", "rows_are_added", true),
        ("…_on_sqlite_…", "what_was_done_on_sqlite_is_found", true),
        ("…_on_sqlite", "what_was_done_on_sqlite_is_found", false),
        ("a_…_is_found", "a_row_is_found", true),
    ] {
        assert_eq!(is_meant(written, name), meant, "{written} {name}");
    }
    assert_eq!(
        named("| what | test |\n| --- | --- |\n| a | x: `a_b`, `c.rs` |\n\n| b |\n| `d_e` |"),
        ["a_b", "c.rs"]
    );
}
