//! Reads the SQL of this crate out of its source: every constant text, with `concat!` and the small macros of its file
//! put together as the compiler would. Raw texts and included files hold no statements here and are left out.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// A constant that holds a statement.
#[derive(Debug, Clone)]
pub(crate) struct Statement {
    /// `file::NAME`, such as `patients/search.rs::LIST`.
    pub(crate) name: String,
    /// The statement.
    pub(crate) sql: String,
}

impl Statement {
    pub(crate) fn runs_on_sqlite(&self) -> bool {
        !self.name.ends_with("_POSTGRES") && !self.speaks(&["pg_", "::", "current_schema", "current_setting"])
    }

    pub(crate) fn runs_on_postgres(&self) -> bool {
        !self.name.ends_with("_SQLITE") && !self.speaks(&["sqlite_", "pragma_"])
    }

    /// Whether it holds a word that one database alone has.
    fn speaks(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.sql.contains(word))
    }
}

/// Every statement that a constant of this crate holds.
pub(crate) fn statements() -> Vec<Statement> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&folder, &mut files);
    files.sort();
    let texts: BTreeMap<PathBuf, String> =
        files.into_iter().map(|path| (path.clone(), fs::read_to_string(path).unwrap())).collect();
    let mut found = Vec::new();
    for (path, text) in &texts {
        // A folder's files may use the macros of its `mod.rs`.
        let above = texts.get(&path.with_file_name("mod.rs")).map_or("", String::as_str);
        let macros = [macros(above), macros(text)].into_iter().flatten().collect();
        let file = path.strip_prefix(&folder).unwrap().display().to_string();
        // Puts its statements together while it runs.
        if file.starts_with("browse") {
            continue;
        }
        for (name, expression) in constants(text) {
            let mut reader = Reader { text: expression, at: 0, macros: &macros, given: BTreeMap::new() };
            if !reader.can_read() {
                continue;
            }
            let sql = reader.expression();
            let first = sql.split_whitespace().next().unwrap_or_default().to_owned();
            if ["SELECT", "INSERT", "UPDATE", "DELETE", "WITH"].contains(&first.as_str()) {
                found.push(Statement { name: format!("{file}::{name}"), sql });
            }
        }
    }
    found
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Name and expression of each constant text.
fn constants(text: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("const ") {
        let rest = &text[at + 6..];
        let Some((name, rest)) = rest.split_once(": &str =") else { continue };
        if name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_') {
            found.push((name, rest));
        }
    }
    found
}

/// A macro with one arm: the names it takes, and the expression it stands for.
struct Macro {
    takes: Vec<String>,
    body: String,
}

fn macros(text: &str) -> BTreeMap<String, Macro> {
    let mut found = BTreeMap::new();
    for (at, _) in text.match_indices("macro_rules! ") {
        let rest = &text[at + 13..];
        let Some((name, rest)) = rest.split_once(" {") else { continue };
        let Some((pattern, body)) = rest.split_once("=> {") else { continue };
        let takes = pattern
            .split('$')
            .skip(1)
            .filter_map(|part| part.split_once(':'))
            .map(|(name, _)| name.to_owned())
            .collect();
        // Those at the top of a file come first; one inside a function may have the same name.
        found.entry(name.to_owned()).or_insert_with(|| Macro { takes, body: body.to_owned() });
    }
    found
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    macros: &'a BTreeMap<String, Macro>,
    given: BTreeMap<String, String>,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// Whether a text, `concat!` or a macro in sight stands here.
    fn can_read(&mut self) -> bool {
        self.skip_blank();
        let rest = self.rest();
        let name = word(rest);
        rest.starts_with('"')
            || (rest[name.len()..].starts_with("!(") && (name == "concat" || self.macros.contains_key(name)))
    }

    fn skip_blank(&mut self) {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start();
            self.at += rest.len() - trimmed.len();
            if !self.rest().starts_with("//") {
                return;
            }
            self.at += self.rest().find('\n').unwrap();
        }
    }

    fn expression(&mut self) -> String {
        self.skip_blank();
        let rest = self.rest();
        if rest.starts_with('"') {
            return self.literal();
        }
        if let Some(name) = rest.strip_prefix('$') {
            let name = word(name).to_owned();
            self.at += 1 + name.len();
            return self.given.get(&name).unwrap_or_else(|| panic!("${name} is not given")).clone();
        }
        let name = word(rest).to_owned();
        self.at += name.len();
        if name.chars().all(|c| c.is_ascii_digit()) && !name.is_empty() {
            return name;
        }
        assert!(self.rest().starts_with("!("), "cannot read {:.60}", &rest);
        self.at += 2;
        let arguments = self.arguments();
        if name == "concat" {
            return arguments.concat();
        }
        let called = self.macros.get(&name).unwrap_or_else(|| panic!("no macro {name} is in sight"));
        let given = called.takes.iter().cloned().zip(arguments).collect();
        Reader { text: &called.body, at: 0, macros: self.macros, given }.expression()
    }

    fn arguments(&mut self) -> Vec<String> {
        let mut read = Vec::new();
        loop {
            self.skip_blank();
            if self.rest().starts_with(')') {
                self.at += 1;
                return read;
            }
            read.push(self.expression());
            self.skip_blank();
            if self.rest().starts_with(',') {
                self.at += 1;
            }
        }
    }

    fn literal(&mut self) -> String {
        let mut signs = self.text[self.at + 1..].char_indices();
        let mut read = String::new();
        while let Some((at, sign)) = signs.next() {
            match sign {
                '"' => {
                    self.at += 1 + at + 1;
                    return read;
                }
                '\\' => match signs.next().unwrap().1 {
                    'n' => read.push('\n'),
                    '\n' => {
                        let rest = signs.as_str().trim_start();
                        signs = skip_to(signs, rest.len());
                    }
                    plain => read.push(plain),
                },
                plain => read.push(plain),
            }
        }
        panic!("a text without an end");
    }
}

fn skip_to(mut signs: std::str::CharIndices<'_>, rest: usize) -> std::str::CharIndices<'_> {
    while signs.as_str().len() > rest {
        signs.next();
    }
    signs
}

fn word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    &text[..end]
}
