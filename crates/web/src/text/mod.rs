//! What the program says to people, in the language of whoever reads it.
//!
//! The texts lie in `crates/web/text`, a folder a language, a file an area, in the form of Fluent
//! (projectfluent.org); English is the one in which every text is first written, and what another language lacks is said
//! in English. What people typed, and what drugs and diagnoses are called, is never translated. How a language is added,
//! and which areas are translated, stands in `docs/translating.md`; `held.rs` holds the files to each other and to the
//! templates.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use medrecord_clinic::language::Language;
use std::borrow::Cow;
use std::sync::LazyLock;

mod asked;
mod dates;
#[cfg(test)]
mod held;
pub(crate) mod problems;
pub(crate) mod words;

pub(crate) use asked::asked_for;

/// The files of each language, in the binary.
macro_rules! areas {
    ($($area:literal),+ $(,)?) => {
        const ENGLISH: &[&str] = &[$(include_str!(concat!("../../text/en/", $area, ".ftl"))),+];
        const SPANISH: &[&str] = &[$(include_str!(concat!("../../text/es/", $area, ".ftl"))),+];
        #[cfg(test)]
        const AREAS: &[&str] = &[$($area),+];
    };
}

areas!["account", "day", "desk", "papers", "patients", "search", "shell", "sign-in", "time", "words"];

type Bundle = FluentBundle<FluentResource>;

static IN_ENGLISH: LazyLock<Bundle> = LazyLock::new(|| bundle(Language::English, ENGLISH));
static IN_SPANISH: LazyLock<Bundle> = LazyLock::new(|| bundle(Language::Spanish, SPANISH));

/// Reads the files of a language. A mistake in one loses that text alone, which is then said in English.
fn bundle(language: Language, files: &[&str]) -> Bundle {
    let mut bundle = Bundle::new_concurrent(vec![language.as_str().parse().unwrap_or_default()]);
    // The signs that keep two directions of writing apart would stand in every attribute; all of ours run one way.
    bundle.set_use_isolating(false);
    for file in files {
        let (resource, wrong) = match FluentResource::try_new((*file).to_owned()) {
            Ok(resource) => (resource, Vec::new()),
            Err((resource, wrong)) => (resource, wrong),
        };
        let doubled = bundle.add_resource(resource).err().unwrap_or_default();
        if !wrong.is_empty() || !doubled.is_empty() {
            tracing::error!(%language, ?wrong, ?doubled, "a file of texts has mistakes");
        }
    }
    bundle
}

/// The name of a text, where it is not written out where the text is said: `Key("status-checked-in")`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key(pub &'static str);

impl From<&'static str> for Key {
    fn from(name: &'static str) -> Self {
        Self(name)
    }
}

impl From<&Self> for Key {
    fn from(key: &Self) -> Self {
        *key
    }
}

/// Says texts in one language: `text.say("shell-sign-out")`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Text(Language);

impl Text {
    /// English, for programs and for what is not translated.
    pub const ENGLISH: Self = Self(Language::English);

    /// Says texts in this language.
    pub const fn of(language: Language) -> Self {
        Self(language)
    }

    /// The language in which it says them.
    pub fn language(self) -> Language {
        self.0
    }

    /// The language as `lang` of a page or a part of one.
    pub fn tag(self) -> &'static str {
        self.0.as_str()
    }

    /// Whether what is not translated reads as another language than the page's.
    pub fn is_translated(self) -> bool {
        self.0 != Language::English
    }

    /// Says a text that needs no arguments.
    pub fn say(self, key: impl Into<Key>) -> Cow<'static, str> {
        let Key(name) = key.into();
        spoken(self.0, name, None)
    }

    /// Begins a text with an argument: `text.with("count", 2).say("day-visits")`.
    pub fn with(self, name: &'static str, value: impl Given) -> Saying {
        Saying { text: self, args: FluentArgs::with_capacity(2) }.with(name, value)
    }
}

/// A text to be said with arguments.
#[derive(Debug)]
pub struct Saying {
    text: Text,
    args: FluentArgs<'static>,
}

impl Saying {
    /// Gives one more argument.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Given) -> Self {
        self.args.set(name, value.given());
        self
    }

    /// Says the text.
    pub fn say(self, key: impl Into<Key>) -> String {
        let Key(name) = key.into();
        spoken(self.text.0, name, Some(&self.args)).into_owned()
    }
}

/// What may stand as an argument in a text: words as they are, numbers so that the text can choose by them.
pub trait Given {
    /// The value as Fluent takes it.
    fn given(&self) -> FluentValue<'static>;
}

impl<T: Given + ?Sized> Given for &T {
    fn given(&self) -> FluentValue<'static> {
        (**self).given()
    }
}

impl Given for str {
    fn given(&self) -> FluentValue<'static> {
        FluentValue::String(Cow::Owned(self.to_owned()))
    }
}

impl Given for String {
    fn given(&self) -> FluentValue<'static> {
        self.as_str().given()
    }
}

impl Given for Cow<'_, str> {
    fn given(&self) -> FluentValue<'static> {
        self.as_ref().given()
    }
}

/// Says which numbers may stand as an argument.
macro_rules! numbers {
    ($($number:ty),+) => {$(
        impl Given for $number {
            fn given(&self) -> FluentValue<'static> {
                FluentValue::from(*self)
            }
        }
    )+};
}

numbers!(i32, i64, u32, u64, usize);

/// The text in this language, else in English, else its name: a label is never empty.
fn spoken(language: Language, name: &str, args: Option<&FluentArgs<'_>>) -> Cow<'static, str> {
    let said = match language {
        Language::English => None,
        Language::Spanish => said(&IN_SPANISH, name, args),
    };
    said.or_else(|| said_in_english(name, args)).unwrap_or_else(|| Cow::Owned(name.to_owned()))
}

fn said_in_english(name: &str, args: Option<&FluentArgs<'_>>) -> Option<Cow<'static, str>> {
    let said = said(&IN_ENGLISH, name, args);
    if said.is_none() {
        tracing::error!(name, "there is no such text, or an argument is missing");
    }
    said
}

/// The text as one language has it; `None` where it is missing or an argument is.
fn said(bundle: &'static Bundle, name: &str, args: Option<&FluentArgs<'_>>) -> Option<Cow<'static, str>> {
    let pattern = bundle.get_message(name)?.value()?;
    let mut wrong = Vec::new();
    let said = match args {
        None => bundle.format_pattern(pattern, None, &mut wrong),
        Some(args) => {
            let mut text = String::new();
            bundle.write_pattern(&mut text, pattern, Some(args), &mut wrong).ok()?;
            Cow::Owned(text)
        }
    };
    (wrong.is_empty() && !said.is_empty()).then_some(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPANISH: Text = Text::of(Language::Spanish);

    #[test]
    fn a_text_is_said_in_the_language_of_whoever_reads_it() {
        assert_eq!(Text::ENGLISH.say("shell-sign-out"), "Sign out");
        assert_eq!(SPANISH.say("shell-sign-out"), "Cerrar sesión");
        assert_eq!(SPANISH.say(Key("status-checked-in")), "En espera");
    }

    #[test]
    fn a_text_chooses_by_its_number() {
        let sessions = |text: Text, count: i64| text.with("count", count).say("account-sessions-ended");
        assert_eq!(sessions(Text::ENGLISH, 1), "One session is ended.");
        assert_eq!(sessions(Text::ENGLISH, 3), "3 sessions are ended.");
        assert_eq!(sessions(SPANISH, 1), "Se cerró una sesión.");
        assert_eq!(sessions(SPANISH, 3), "Se cerraron 3 sesiones.");
    }

    #[test]
    fn a_text_that_is_missing_shows_its_name_and_never_nothing() {
        assert_eq!(SPANISH.say("no-such-text"), "no-such-text");
        assert_eq!(SPANISH.say("account-sessions-ended"), "account-sessions-ended", "its number is missing");
    }

    #[test]
    fn an_argument_stands_as_it_was_typed() {
        let said = SPANISH.with("name", "Ana { $x } O'Neill").say("shell-password-of");
        assert_eq!(said, "Contraseña de Ana { $x } O'Neill");
    }
}
