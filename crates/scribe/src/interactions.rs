//! Prescriptions against one another and against what is taken: a short, dated list of interactions of high priority, and
//! two medicines of one class.
//!
//! The list and its sources stand in `data/interactions.txt`. A name that neither the list nor the lexicon knows cannot be
//! checked, and that is a finding of its own: silence would read as "no interaction".

use std::sync::LazyLock;

use crate::engine::lexicon::DRUGS;
use crate::engine::text::words;

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Two medicines that do not go together.
    Interaction,
    /// The same medicine twice.
    SameMedicine,
    /// Two medicines of one class.
    SameClass,
    /// A medicine that could not be checked.
    NotChecked,
}

impl Kind {
    /// The word in databases and interfaces.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Interaction => "interaction",
            Self::SameMedicine => "same_medicine",
            Self::SameClass => "same_class",
            Self::NotChecked => "not_checked",
        }
    }
}

/// One finding about a prescription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it is.
    pub kind: Kind,
    /// The prescription it is about, by its place; `None` for what is only taken.
    pub about: Option<usize>,
    /// What and why, in a sentence.
    pub words: String,
    /// Where it comes from; empty where nothing was looked up.
    pub source: &'static str,
}

/// A prescription as far as the check needs it.
#[derive(Clone, Copy, Debug)]
pub struct Given<'a> {
    /// The medicine, by any of its names.
    pub name: &'a str,
    /// Whether it is new: what goes on is no duplicate of itself.
    pub is_new: bool,
}

#[derive(Debug)]
struct Class {
    name: &'static str,
    members: Vec<&'static str>,
    /// Whether two of it are one too many.
    once: bool,
}

#[derive(Debug)]
struct Pair {
    a: &'static str,
    b: &'static str,
    words: &'static str,
    source: &'static str,
}

#[derive(Debug, Default)]
struct List {
    dated: &'static str,
    classes: Vec<Class>,
    pairs: Vec<Pair>,
    /// Lines that mean nothing; there must be none.
    unread: usize,
}

static LIST: LazyLock<List> = LazyLock::new(|| read(include_str!("../data/interactions.txt")));

/// The day of the list, as `22-Nov-2026`.
pub fn dated() -> &'static str {
    LIST.dated
}

fn read(text: &'static str) -> List {
    let mut list = List::default();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if let Some(comment) = line.strip_prefix('#') {
            if let Some(day) = comment.trim().strip_prefix("dated: ") {
                list.dated = day;
            }
        } else if let Some((name, members)) = line.strip_prefix("class ").and_then(|it| it.split_once(": ")) {
            list.classes.push(Class {
                name: name.trim_start_matches('*'),
                members: members.split(", ").collect(),
                once: name.starts_with('*'),
            });
        } else if let Some(pair) = pair(line) {
            list.pairs.push(pair);
        } else {
            list.unread += 1;
        }
    }
    list
}

fn pair(line: &'static str) -> Option<Pair> {
    let mut parts = line.strip_prefix("pair ")?.split(" | ");
    let (a, b) = parts.next()?.split_once(" + ")?;
    let (words, source) = (parts.next()?, parts.next()?);
    Some(Pair { a: a.trim_start_matches('*'), b: b.trim_start_matches('*'), words, source })
}

impl List {
    fn members(&self, class: &str) -> Vec<&'static str> {
        self.classes.iter().find(|it| it.name == class).map(|it| it.members.clone()).unwrap_or_default()
    }

    /// Which member of a class, or the single medicine of that name, is in a medicine.
    fn member(&self, class: &'static str, medicine: &Medicine) -> Option<&'static str> {
        let members = self.members(class);
        if members.is_empty() {
            return medicine.holds(class).then_some(class);
        }
        members.into_iter().find(|member| medicine.holds(member))
    }

    fn knows(&self, medicine: &Medicine) -> bool {
        medicine.is_in_lexicon
            || self.classes.iter().flat_map(|class| &class.members).any(|member| medicine.holds(member))
            || self.pairs.iter().any(|pair| medicine.holds(pair.a) || medicine.holds(pair.b))
    }
}

/// A medicine by its generic name, word by word, so that what is in a combination is found too.
struct Medicine {
    said: String,
    words: Vec<String>,
    is_in_lexicon: bool,
}

impl Medicine {
    fn of(said: &str) -> Self {
        let list = words(said);
        // What was typed may hold a strength besides the name.
        let found: Vec<&str> = DRUGS.find(&list).into_iter().map(|at| DRUGS.entry(at).name).collect();
        let is_in_lexicon = !found.is_empty();
        let name = if is_in_lexicon { found.join(" ") } else { said.to_owned() };
        let words = words(&name).into_iter().map(|word| word.text).collect();
        Self { said: said.trim().to_owned(), words, is_in_lexicon }
    }

    fn holds(&self, name: &str) -> bool {
        let part: Vec<String> = words(name).into_iter().map(|word| word.text).collect();
        !part.is_empty() && self.words.windows(part.len()).any(|here| here == part)
    }

    fn is(&self, other: &Self) -> bool {
        !self.words.is_empty() && self.words == other.words
    }
}

/// Checks each prescription against the others and against what is taken besides.
pub fn check(prescribed: &[Given<'_>], taken: &[&str]) -> Vec<Finding> {
    against(&LIST, prescribed, taken)
}

fn against(list: &List, prescribed: &[Given<'_>], taken: &[&str]) -> Vec<Finding> {
    let given: Vec<(Medicine, bool)> =
        prescribed.iter().map(|it| (Medicine::of(it.name), it.is_new)).collect();
    let besides: Vec<Medicine> = taken.iter().map(|name| Medicine::of(name)).collect();
    if prescribed.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    if list.pairs.is_empty() || list.unread > 0 {
        let words = "The list of interactions cannot be read: nothing was checked.".to_owned();
        found.push(Finding { kind: Kind::NotChecked, about: None, words, source: "" });
    }
    for (at, (medicine, is_new)) in given.iter().enumerate() {
        if !list.knows(medicine) {
            found.push(unknown(Some(at), medicine));
        }
        for (other, _) in given.iter().take(at) {
            two(list, (at, medicine, true), (other, "prescribed too"), &mut found);
        }
        for other in &besides {
            two(list, (at, medicine, *is_new), (other, "on the medication list"), &mut found);
        }
    }
    found.extend(besides.iter().filter(|it| !list.knows(it)).map(|it| unknown(None, it)));
    found
}

fn unknown(about: Option<usize>, medicine: &Medicine) -> Finding {
    let words = format!(
        "{} is not a name that the program knows. It was not checked for interactions, duplicates or allergies.",
        medicine.said
    );
    Finding { kind: Kind::NotChecked, about, words, source: "" }
}

fn two(
    list: &List,
    (at, medicine, counts_twice): (usize, &Medicine, bool),
    (other, place): (&Medicine, &str),
    found: &mut Vec<Finding>,
) {
    let mut say = |kind, words, source| found.push(Finding { kind, about: Some(at), words, source });
    for pair in &list.pairs {
        let meets = |a, b| list.member(a, medicine).is_some() && list.member(b, other).is_some();
        if !medicine.is(other) && (meets(pair.a, pair.b) || meets(pair.b, pair.a)) {
            let words = format!("{} with {} ({place}): {}.", medicine.said, other.said, pair.words);
            say(Kind::Interaction, words, pair.source);
        }
    }
    if !counts_twice {
        return;
    }
    if medicine.is(other) {
        let words = format!("{} is {place} already.", medicine.said);
        return say(Kind::SameMedicine, words, "");
    }
    let both = |class: &&Class| {
        class.once && list.member(class.name, medicine).is_some() && list.member(class.name, other).is_some()
    };
    if let Some(class) = list.classes.iter().find(both) {
        let words =
            format!("{} and {} ({place}) are both of the class {}.", medicine.said, other.said, class.name);
        say(Kind::SameClass, words, "");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(name: &str) -> Given<'_> {
        Given { name, is_new: true }
    }

    fn kinds(prescribed: &[&str], taken: &[&str]) -> Vec<Kind> {
        let given: Vec<Given<'_>> = prescribed.iter().map(|name| new(name)).collect();
        check(&given, taken).into_iter().map(|found| found.kind).collect()
    }

    #[test]
    fn every_line_of_the_list_is_read_and_names_its_source() {
        assert_eq!((LIST.unread, LIST.dated), (0, "22-Nov-2026"));
        let onc = LIST.pairs.iter().filter(|pair| pair.source == "ONC").count();
        assert_eq!(onc, 15, "the panel's fifteen");
        for pair in &LIST.pairs {
            assert!(pair.source == "ONC" || pair.source.starts_with("label "), "{pair:?}");
            for side in [pair.a, pair.b] {
                let known = !LIST.members(side).is_empty() || !side.contains(" or ");
                assert!(known, "{side} is no class");
            }
        }
        for class in &LIST.classes {
            assert!(
                class.members.iter().all(|member| member.trim() == *member && !member.is_empty()),
                "{class:?}"
            );
        }
    }

    #[test]
    fn what_must_not_be_given_together_is_found_by_any_name_and_in_both_orders() {
        for (prescribed, taken) in [
            ("Zocor 40 mg", "Biaxin"),
            ("clarithromycin", "simvastatin"),
            ("Paxlovid", "lovastatin"),
            ("Viagra", "nitroglycerin"),
            ("sertraline", "Nardil"),
            ("linezolid", "escitalopram"),
            ("tizanidine", "Cipro"),
            ("imuran", "febuxostat"),
            ("lisinopril", "Entresto"),
            ("sotalol", "dofetilide"),
            ("omeprazole", "atazanavir"),
        ] {
            assert!(kinds(&[prescribed], &[taken]).contains(&Kind::Interaction), "{prescribed} + {taken}");
            assert!(kinds(&[taken], &[prescribed]).contains(&Kind::Interaction), "{taken} + {prescribed}");
        }
        assert_eq!(kinds(&["simvastatin", "clarithromycin"], &[]), [Kind::Interaction], "in one visit");
    }

    #[test]
    fn what_goes_together_is_left_alone() {
        for (prescribed, taken) in [
            ("amoxicillin", "simvastatin"),
            ("azithromycin", "simvastatin"),
            ("atorvastatin", "clarithromycin"),
            ("lisinopril", "metformin"),
            ("sertraline", "sumatriptan"),
            ("ibuprofen", "acetaminophen"),
        ] {
            assert_eq!(kinds(&[prescribed], &[taken]), [], "{prescribed} + {taken}");
        }
    }

    #[test]
    fn the_same_twice_and_two_of_a_class_are_found_but_not_what_goes_on() {
        assert_eq!(kinds(&["Zestril 10 mg"], &["lisinopril"]), [Kind::SameMedicine]);
        assert_eq!(kinds(&["naproxen"], &["Motrin"]), [Kind::SameClass]);
        assert_eq!(kinds(&["omeprazole"], &["pantoprazole"]), [Kind::SameClass]);
        let going_on = [Given { name: "lisinopril", is_new: false }];
        assert_eq!(check(&going_on, &["lisinopril"]), []);
    }

    #[test]
    fn what_cannot_be_checked_is_said_loudly() {
        let found = check(&[new("Wundermittel")], &["Geheimtrank"]);
        let said: Vec<_> = found.iter().map(|it| (it.kind, it.about, it.words.as_str())).collect();
        assert!(
            matches!(said.as_slice(), [(Kind::NotChecked, Some(0), _), (Kind::NotChecked, None, _)]),
            "{said:?}"
        );
        assert!(found.iter().all(|it| it.words.contains("not checked for interactions")));
        let broken = read("class a\nno line of the list");
        let found = against(&broken, &[new("simvastatin")], &["clarithromycin"]);
        assert!(found.iter().any(|it| it.words.contains("nothing was checked")), "{found:?}");
        assert_eq!(check(&[], &["Geheimtrank"]), []);
    }
}
