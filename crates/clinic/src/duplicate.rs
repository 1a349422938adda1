//! Whether two people may be the same one: a score with its reasons.
//!
//! No single field decides. Points are given so that two agreeing fields make a pair worth showing and one never
//! does; they follow the idea of Fellegi and Sunter, "A Theory for Record Linkage" (1969), with weights rounded by
//! hand, since a practice has too few pairs to learn them from.

use crate::patient::{PatientDetails, PatientForm};
use crate::search::fold;
use crate::time::Day;
use chrono::Datelike;
use serde::Serialize;

/// What is compared of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Birthday.
    pub date_of_birth: Day,
    /// Digits of the phone number.
    pub phone_digits: String,
    /// E-mail address.
    pub email: Option<String>,
}

impl From<&PatientDetails> for Identity {
    fn from(details: &PatientDetails) -> Self {
        Self {
            first_name: details.first_name.clone(),
            last_name: details.last_name.clone(),
            date_of_birth: details.date_of_birth,
            phone_digits: details.phone.digits(),
            email: details.email.as_ref().map(ToString::to_string),
        }
    }
}

impl Identity {
    /// What a half-filled form tells already; `None` before there are a name and a birthday.
    pub fn typed(form: &PatientForm) -> Option<Self> {
        let named = !fold(&form.first_name).is_empty() && !fold(&form.last_name).is_empty();
        let date_of_birth = form.date_of_birth.parse().ok().filter(|_| named)?;
        Some(Self {
            first_name: form.first_name.trim().to_owned(),
            last_name: form.last_name.trim().to_owned(),
            date_of_birth,
            phone_digits: form.phone.chars().filter(char::is_ascii_digit).collect(),
            email: Some(form.email.trim().to_owned()).filter(|email| !email.is_empty()),
        })
    }
}

/// Why two people look alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Given and family name are the same.
    SameName,
    /// The same names with given and family name the other way round.
    SwappedName,
    /// The names are spelled or sound alike.
    SimilarName,
    /// Only the family name is the same.
    SameFamilyName,
    /// Only the given name is the same.
    SameGivenName,
    /// The same birthday.
    SameBirthDate,
    /// The same birthday with day and month the other way round.
    SwappedBirthDate,
    /// Birthdays that differ by one digit or two neighbouring ones.
    BirthDateSlip,
    /// The same phone number.
    SamePhone,
    /// The same e-mail address.
    SameEmail,
}

impl Reason {
    /// The reason in words, to be read in a list.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::SameName => "same name",
            Self::SwappedName => "same names, given and family name the other way round",
            Self::SimilarName => "name spelled or sounding alike",
            Self::SameFamilyName => "same family name",
            Self::SameGivenName => "same given name",
            Self::SameBirthDate => "same birth date",
            Self::SwappedBirthDate => "same birth date with day and month the other way round",
            Self::BirthDateSlip => "birth date differs by one digit",
            Self::SamePhone => "same phone",
            Self::SameEmail => "same e-mail",
        }
    }

    fn points(self) -> u8 {
        match self {
            Self::SameName => 40,
            Self::SwappedName => 38,
            Self::SimilarName => 28,
            Self::SameFamilyName => 12,
            Self::SameGivenName => 10,
            Self::SameBirthDate => 35,
            Self::SwappedBirthDate | Self::BirthDateSlip => 25,
            Self::SamePhone | Self::SameEmail => 20,
        }
    }
}

/// How sure a likeness is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Worth a look.
    Possible,
    /// Most probably the same person.
    Likely,
}

impl Verdict {
    /// The verdict in words.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Possible => "possibly the same person",
            Self::Likely => "very likely the same person",
        }
    }
}

/// How alike two people are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Likeness {
    /// From 0 to 100.
    pub score: u8,
    /// Why, the strongest first.
    pub reasons: Vec<Reason>,
}

/// From here on a pair is shown. More than any one field gives.
const POSSIBLE: u8 = 55;
/// From here on a pair is called likely: name and birthday agree, or three fields nearly do.
const LIKELY: u8 = 70;
/// Taken off where the family name agrees and the given names do not: brothers, sisters, twins.
const SIBLINGS: u8 = 20;

impl Likeness {
    /// Whether the pair is worth showing, and how sure it is.
    pub fn verdict(&self) -> Option<Verdict> {
        match self.score {
            LIKELY.. => Some(Verdict::Likely),
            POSSIBLE.. => Some(Verdict::Possible),
            _ => None,
        }
    }

    /// The reasons in one line of words.
    pub fn in_words(&self) -> String {
        self.reasons.iter().map(|reason| reason.in_words()).collect::<Vec<_>>().join(", ")
    }
}

/// Compares two people.
pub fn compare(one: &Identity, other: &Identity) -> Likeness {
    let name = name_reason(one, other);
    let birth = birth_reason(one.date_of_birth, other.date_of_birth);
    let phone = same_phone(&one.phone_digits, &other.phone_digits).then_some(Reason::SamePhone);
    let email = match (&one.email, &other.email) {
        (Some(a), Some(b)) if a.to_lowercase() == b.to_lowercase() => Some(Reason::SameEmail),
        _ => None,
    };
    let mut reasons: Vec<Reason> = [name, birth, phone, email].into_iter().flatten().collect();
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.points()));
    let sum = reasons.iter().map(|reason| reason.points()).sum::<u8>();
    let off = if name == Some(Reason::SameFamilyName) { SIBLINGS } else { 0 };
    Likeness { score: sum.saturating_sub(off).min(100), reasons }
}

fn name_reason(one: &Identity, other: &Identity) -> Option<Reason> {
    let (first, last) = (fold(&one.first_name), fold(&one.last_name));
    let (their_first, their_last) = (fold(&other.first_name), fold(&other.last_name));
    let same = |a: &str, b: &str| a == b || starts_with_all_of(a, b) || starts_with_all_of(b, a);
    let alike = |a: &str, b: &str| {
        same(a, b)
            || strsim::jaro_winkler(a, b) >= 0.9
            || (a.len() > 2 && b.len() > 2 && sound(a) == sound(b))
    };
    if same(&first, &their_first) && last == their_last {
        Some(Reason::SameName)
    } else if same(&first, &their_last) && same(&last, &their_first) {
        Some(Reason::SwappedName)
    } else if (alike(&first, &their_first) && alike(&last, &their_last))
        || (alike(&first, &their_last) && alike(&last, &their_first))
    {
        Some(Reason::SimilarName)
    } else if last == their_last {
        Some(Reason::SameFamilyName)
    } else {
        (first == their_first).then_some(Reason::SameGivenName)
    }
}

/// Whether the longer name begins with all words of the shorter: "anna maria" and "anna".
fn starts_with_all_of(longer: &str, shorter: &str) -> bool {
    !shorter.is_empty() && longer.strip_prefix(shorter).is_some_and(|rest| rest.starts_with(' '))
}

/// How a folded name sounds, roughly, across the spellings of European names: Meier and Mayer, Smith and Schmidt.
fn sound(name: &str) -> String {
    let mut text = name.replace(' ', "");
    for (written, spoken) in [
        ("sch", "s"),
        ("ph", "f"),
        ("ck", "k"),
        ("gh", "g"),
        ("kn", "n"),
        ("wr", "r"),
        ("th", "t"),
        ("dt", "t"),
        ("tz", "s"),
        ("ts", "s"),
        ("qu", "k"),
        ("x", "ks"),
        ("ce", "se"),
        ("ci", "si"),
    ] {
        text = text.replace(written, spoken);
    }
    let mut heard = String::new();
    for (at, c) in text.chars().enumerate() {
        let c = match c {
            'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'j' if at == 0 => 'a',
            'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'j' | 'h' => continue,
            'c' | 'q' => 'k',
            'z' => 's',
            'w' => 'v',
            'd' => 't',
            'b' => 'p',
            other => other,
        };
        if !heard.ends_with(c) {
            heard.push(c);
        }
    }
    heard
}

fn birth_reason(one: Day, other: Day) -> Option<Reason> {
    if one == other {
        return Some(Reason::SameBirthDate);
    }
    if swapped(one) == Some(other) {
        return Some(Reason::SwappedBirthDate);
    }
    let (a, b) = (one.iso(), other.iso());
    let differing: Vec<(usize, char, char)> = a
        .chars()
        .zip(b.chars())
        .enumerate()
        .filter(|(_, (x, y))| x != y)
        .map(|(i, (x, y))| (i, x, y))
        .collect();
    let slip = match differing.as_slice() {
        [_] => true,
        [(i, a1, b1), (j, a2, b2)] => j - i == 1 && a1 == b2 && a2 == b1,
        _ => false,
    };
    slip.then_some(Reason::BirthDateSlip)
}

/// The day with day and month the other way round, where the calendar has it.
pub fn swapped(day: Day) -> Option<Day> {
    Day::of(day.0.year(), day.0.day(), day.0.month()).filter(|other| *other != day)
}

/// Whether two numbers reach the same telephone: equal, or one is the other without prefix and leading zeros.
fn same_phone(one: &str, other: &str) -> bool {
    let (long, short) = if one.len() >= other.len() { (one, other) } else { (other, one) };
    let local = short.trim_start_matches('0');
    !short.is_empty() && (long == short || (local.len() >= 7 && long.ends_with(local)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Invented people throughout.
    fn person(first: &str, last: &str, born: &str, phone: &str, email: &str) -> Identity {
        Identity {
            first_name: first.into(),
            last_name: last.into(),
            date_of_birth: born.parse().unwrap(),
            phone_digits: phone.into(),
            email: (!email.is_empty()).then(|| email.into()),
        }
    }

    fn jane() -> Identity {
        person("Jane", "Doe", "1985-03-07", "15550100", "jane@example.com")
    }

    #[test]
    fn no_single_field_decides() {
        for other in [
            person("Jane", "Doe", "1950-12-31", "99999999", ""),
            person("Ahmed", "Khan", "1985-03-07", "99999999", ""),
            person("Ahmed", "Khan", "1950-12-31", "15550100", ""),
            person("Ahmed", "Khan", "1950-12-31", "99999999", "jane@example.com"),
        ] {
            assert_eq!(compare(&jane(), &other).verdict(), None, "{other:?}");
        }
    }

    #[test]
    fn two_agreeing_fields_are_shown_with_their_reasons() {
        for (other, verdict, reason) in [
            (person("Jane", "Doe", "1985-03-07", "9", ""), Verdict::Likely, Reason::SameName),
            (person("Doe", "Jane", "1985-03-07", "9", ""), Verdict::Likely, Reason::SwappedName),
            (person("Jayne", "Doe", "1985-03-07", "9", ""), Verdict::Possible, Reason::SimilarName),
            (person("Jane", "Doe", "1985-07-03", "9", ""), Verdict::Possible, Reason::SwappedBirthDate),
            (person("Jane", "Doe", "1985-03-17", "9", ""), Verdict::Possible, Reason::BirthDateSlip),
            (person("Jane Mary", "Doe", "1950-01-01", "15550100", ""), Verdict::Possible, Reason::SamePhone),
            (person("Jane", "Roe", "1985-03-07", "0015550100", ""), Verdict::Possible, Reason::SameGivenName),
        ] {
            let likeness = compare(&jane(), &other);
            assert_eq!(likeness.verdict(), Some(verdict), "{other:?} {likeness:?}");
            assert!(likeness.reasons.contains(&reason), "{other:?} {likeness:?}");
        }
    }

    #[test]
    fn twins_are_a_question_never_a_verdict() {
        let twin = person("Peter", "Doe", "1985-03-07", "15550100", "jane@example.com");
        assert_eq!(compare(&jane(), &twin).verdict(), Some(Verdict::Possible));
        let brother = person("Peter", "Doe", "1987-10-21", "15550100", "");
        assert_eq!(compare(&jane(), &brother).verdict(), None);
    }

    #[test]
    fn names_that_sound_alike_are_heard() {
        for (a, b) in [("Meier", "Mayer"), ("Smith", "Schmidt"), ("Katharina", "Catherine"), ("Jon", "John")]
        {
            assert_eq!(sound(&fold(a)), sound(&fold(b)), "{a} {b}");
        }
        assert_ne!(sound("doe"), sound("khan"));
    }
}
