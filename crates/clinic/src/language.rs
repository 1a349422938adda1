//! The languages in which the practice speaks to people: to those who work in it, on screens, and to patients, on paper.
//!
//! What people typed is in whatever language they typed it; nothing here translates that.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A language into which the text of the program is translated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Language {
    /// English, in which every text is first written.
    #[default]
    #[serde(rename = "en")]
    English,
    /// Spanish, as clinics of the Americas write it.
    #[serde(rename = "es")]
    Spanish,
}

impl Language {
    /// Every language, in the order of forms.
    pub const ALL: [Self; 2] = [Self::English, Self::Spanish];

    /// The tag in databases, interfaces, forms and pages (BCP 47, 2009).
    pub fn as_str(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Spanish => "es",
        }
    }

    /// What those who speak it call it, which is how they find it in a list.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Spanish => "Español",
        }
    }

    /// The language of a tag with whatever region: `es-MX` is Spanish.
    pub fn spoken(tag: &str) -> Option<Self> {
        let first = tag.trim().split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| language.as_str().eq_ignore_ascii_case(first))
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A tag of no language that is spoken here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a language that is spoken here: use en or es")]
pub struct NotSpoken;

impl FromStr for Language {
    type Err = NotSpoken;

    fn from_str(text: &str) -> Result<Self, NotSpoken> {
        Self::ALL.into_iter().find(|language| language.as_str() == text).ok_or(NotSpoken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_does_not_hide_the_language() {
        for (tag, language) in [
            ("es", Some(Language::Spanish)),
            ("es-MX", Some(Language::Spanish)),
            ("ES_419", Some(Language::Spanish)),
            ("en-GB", Some(Language::English)),
            ("est", None),
            ("de", None),
            ("*", None),
            ("", None),
        ] {
            assert_eq!(Language::spoken(tag), language, "{tag}");
        }
    }

    #[test]
    fn every_language_is_read_back_by_its_tag() {
        for language in Language::ALL {
            assert_eq!(language.as_str().parse(), Ok(language));
            assert_eq!(serde_json::to_value(language).unwrap(), language.as_str());
        }
        assert_eq!("es-MX".parse::<Language>(), Err(NotSpoken));
    }
}
