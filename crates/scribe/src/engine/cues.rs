//! The phrases that the rules look for, kept as text in `data/cues.txt`.
//!
//! A list is named after the file and the place that uses it.

use std::collections::HashMap;
use std::sync::LazyLock;

static ALL: LazyLock<HashMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let mut all: HashMap<&str, Vec<&str>> = HashMap::new();
    let mut name = "";
    for line in include_str!("../../data/cues.txt")
        .lines()
        .map(str::trim)
        .filter(|l| !l.is_empty() && !l.starts_with('#'))
    {
        if let Some(heading) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            name = heading;
        } else {
            let phrases = line.split(';').map(str::trim).filter(|p| !p.is_empty());
            all.entry(name).or_default().extend(phrases);
        }
    }
    all
});

static PAIRS: LazyLock<HashMap<&'static str, Vec<(&'static str, &'static str)>>> = LazyLock::new(|| {
    let mut all: HashMap<&str, Vec<(&str, &str)>> = HashMap::new();
    for (name, list) in ALL.iter() {
        let pairs = list.iter().filter_map(|item| item.split_once("=>")).map(|(a, b)| (a.trim(), b.trim()));
        all.entry(name).or_default().extend(pairs);
    }
    all
});

/// The phrases of a list; none for a name that is not there.
pub fn cues(name: &str) -> &'static [&'static str] {
    ALL.get(name).map_or(&[], Vec::as_slice)
}

/// The pairs of a list whose items are written `this => that`.
pub fn pairs(name: &str) -> &'static [(&'static str, &'static str)] {
    PAIRS.get(name).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;

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
    }
}
