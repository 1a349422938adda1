//! Holds the house together: which crate may use which, and the size and opening of every file.
//!
//! The floors are drawn in `ARCHITECTURE.md`. A test here that fails means that a piece of code lies on the wrong
//! floor; moving the code is the way out, not widening the list.
#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use toml::Table;

/// Which of our crates each of our crates is built on, downward only.
const ARROWS: [(&str, &[&str]); 7] = [
    ("medrecord-clinic", &[]),
    ("medrecord-store", &["medrecord-clinic"]),
    ("medrecord-scribe", &["medrecord-clinic"]),
    ("medrecord-exchange", &["medrecord-clinic"]),
    ("medrecord-web", &["medrecord-clinic", "medrecord-store", "medrecord-scribe", "medrecord-exchange"]),
    (
        "medrecord",
        &["medrecord-clinic", "medrecord-store", "medrecord-scribe", "medrecord-exchange", "medrecord-web"],
    ),
    (WORKSHOP, &["medrecord-clinic", "medrecord-store", "medrecord-web"]),
];

/// For tests only: others may have it among their `dev-dependencies`, nowhere else.
const WORKSHOP: &str = "medrecord-testkit";

/// What only one of our crates may know, in its tests too.
const ONLY_IN: [(&str, &str); 6] = [
    ("sqlx", "medrecord-store"),
    ("sea-query", "medrecord-store"),
    ("axum", "medrecord-web"),
    ("askama", "medrecord-web"),
    ("clap", "medrecord"),
    ("anyhow", "medrecord"),
];

const LONGEST_FILE: usize = 500;

/// One `Cargo.toml` under `crates/`.
struct Crate {
    name: String,
    manifest: Table,
}

impl Crate {
    /// The names of what the sections bring in, renamed or not, for every platform.
    fn dependencies(&self, sections: &[&str]) -> BTreeSet<String> {
        let platforms = self.manifest.get("target").and_then(|target| target.as_table());
        let tables = platforms.into_iter().flat_map(Table::values).filter_map(|table| table.as_table());
        let tables = std::iter::once(&self.manifest).chain(tables);
        let sections =
            tables.flat_map(|table| sections.iter().filter_map(|section| table.get(*section)?.as_table()));
        sections.flatten().map(|(key, value)| real_name(key, value)).collect()
    }
}

fn real_name(key: &str, value: &toml::Value) -> String {
    value.get("package").and_then(toml::Value::as_str).unwrap_or(key).to_owned()
}

fn crates_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn all_crates() -> Vec<Crate> {
    let mut crates = Vec::new();
    for entry in fs::read_dir(crates_folder()).expect("crates/ is there") {
        let path = entry.expect("it can be listed").path().join("Cargo.toml");
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let manifest: Table = text.parse().expect("cargo read it, so it is TOML");
        let name = manifest["package"]["name"].as_str().expect("every package has a name").to_owned();
        crates.push(Crate { name, manifest });
    }
    assert!(crates.len() >= 6, "only {} crates found", crates.len());
    crates
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder can be listed") {
        let path = entry.expect("it can be listed").path();
        if path.is_dir() && !path.ends_with("target") {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn all_files() -> BTreeMap<String, String> {
    let mut paths = Vec::new();
    rust_files(&crates_folder(), &mut paths);
    assert!(paths.len() >= 6, "only {} files found", paths.len());
    let name =
        |path: &Path| path.strip_prefix(crates_folder()).expect("it was found there").display().to_string();
    paths.iter().map(|path| (name(path), fs::read_to_string(path).expect("it is UTF-8"))).collect()
}

#[test]
fn arrows_between_crates_point_only_downward() {
    let arrows = BTreeMap::from(ARROWS);
    for it in all_crates() {
        let allowed = arrows.get(it.name.as_str());
        let allowed = allowed
            .unwrap_or_else(|| panic!("{} has no place in ARROWS; before a new crate, do not", it.name));
        for used in it.dependencies(&["dependencies", "build-dependencies"]) {
            let ours = used == "medrecord" || used.starts_with("medrecord-");
            assert!(!ours || allowed.contains(&used.as_str()), "{} must not depend on {used}", it.name);
        }
        for used in it.dependencies(&["dev-dependencies"]) {
            let ours = used == "medrecord" || used.starts_with("medrecord-");
            let known = allowed.contains(&used.as_str()) || used == WORKSHOP || used == it.name;
            assert!(!ours || known, "the tests of {} must not depend on {used}", it.name);
        }
    }
}

#[test]
fn sql_http_and_the_command_line_stay_on_their_floors() {
    for it in all_crates() {
        for used in it.dependencies(&["dependencies", "dev-dependencies", "build-dependencies"]) {
            let floor =
                ONLY_IN.iter().find(|(name, _)| *name == used || used.starts_with(&format!("{name}-")));
            let Some((_, floor)) = floor else { continue };
            assert_eq!(it.name, *floor, "{used} belongs in {floor} only");
        }
    }
}

#[test]
fn every_crate_is_held_to_the_lints_of_the_workspace() {
    for it in all_crates() {
        let inherits =
            it.manifest.get("lints").and_then(|lints| lints.get("workspace")).and_then(toml::Value::as_bool);
        assert_eq!(inherits, Some(true), "{} does not say lints.workspace = true", it.name);
    }
}

#[test]
fn no_file_is_longer_than_one_idea() {
    for (file, text) in all_files() {
        let lines = text.lines().count();
        assert!(
            lines <= LONGEST_FILE,
            "{file} has {lines} lines, more than {LONGEST_FILE}: probably two ideas"
        );
    }
}

#[test]
fn every_file_opens_by_saying_what_lives_there() {
    for (file, text) in all_files() {
        assert!(text.starts_with("//! "), "{file} does not open with //!");
    }
}
