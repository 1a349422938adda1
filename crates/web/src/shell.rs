//! What the templates in `base.html` and `parts.html` need to know, in plain strings.
//!
//! The session fills a [`Shell`] for each request; a patient's page adds a [`Banner`]. Nothing here decides or formats:
//! dates arrive written as `14-Jul-1985`. Texts are said through the shell, in the language of whoever reads them. What a person typed, and what was wrong with it, is in `form.rs`.

use crate::text::{Given, Key, Saying, Text, words};
use std::borrow::Cow;

/// A page covers itself after so many seconds without use, a little before the server locks the session.
pub const LOCK_SECS: i64 = medrecord_store::sessions::LOCK_MINUTES * 60 - 30;

/// What stands around every page.
#[derive(Debug, Clone, Default)]
pub struct Shell {
    /// Says the page's texts in the reader's language.
    pub text: Text,
    /// Name of the practice, in the top bar.
    pub practice: String,
    /// Display name of the person signed in; none on the sign-in page, which then has no navigation.
    pub user: Option<String>,
    /// The person's role in words.
    pub role: String,
    /// Token that every POST form carries as `csrf`, and every script as `X-CSRF-Token`.
    pub csrf: String,
    /// Path of this request, with its query; decides which part of the navigation is current.
    pub path: String,
    /// `light` or `dark`; none follows the system.
    pub theme: Option<String>,
    /// `compact` or `comfortable`; none is comfortable.
    pub density: Option<String>,
    /// Number of unsigned records of this person.
    pub unsigned: u32,
    /// Whether the person may read the audit trail.
    pub sees_audit: bool,
    /// Whether the person may add and change the people who sign in.
    pub manages_people: bool,
    /// Whether this is the studio, which has a navigation of its own.
    pub studio: bool,
    /// Number of changes that are collected in the studio and not saved.
    pub collected: usize,
    /// What stands in the search box.
    pub query: String,
    /// Stands at the foot of each printed page, as `Printed by Dr Lind on 22-Nov-2026 10:45`.
    pub printed: String,
    /// A message after a post, shown once.
    pub flash: Option<Flash>,
}

impl Shell {
    /// Says a text in the reader's language.
    pub fn say(&self, key: impl Into<Key>) -> Cow<'static, str> {
        self.text.say(key)
    }

    /// Begins a text with an argument.
    pub fn with(&self, name: &'static str, value: impl Given) -> Saying {
        self.text.with(name, value)
    }

    /// Says the status of an appointment, given in the schema's spelling.
    pub fn status(&self, status: &str) -> Cow<'static, str> {
        match words::status(status) {
            Some(key) => self.say(key),
            None => Cow::Owned(status.to_owned()),
        }
    }

    /// Tells whether `section` (`day`, `patients`, `unsigned`, `audit`, `settings`) is where this page belongs.
    pub fn is_at(&self, section: &str) -> bool {
        self.section() == section
    }

    /// Tells whether the person chose this theme.
    pub fn is_theme(&self, theme: &str) -> bool {
        self.theme.as_deref() == Some(theme)
    }

    /// Tells whether the person chose narrow lines.
    pub fn is_compact(&self) -> bool {
        self.density.as_deref() == Some("compact")
    }

    /// Tells whether this is the page at that path.
    pub fn is_exactly(&self, path: &str) -> bool {
        self.path.split('?').next() == Some(path)
    }

    /// Tells whether this page is at that path or below it.
    pub fn is_under(&self, path: &str) -> bool {
        self.path.starts_with(path)
    }

    fn section(&self) -> &'static str {
        let path = self.path.split('?').next().unwrap_or_default();
        match path.split('/').nth(1).unwrap_or_default() {
            "" | "day-list" | "week" | "calendar" | "month" | "blocked-times" | "waiting-list"
            | "walk-in" | "appointments" | "visits" => "day",
            "patients" | "search" | "duplicates" => "patients",
            "unsigned" => "unsigned",
            "audit" => "audit",
            "settings" => "settings",
            "tables" if self.studio => "day",
            "changes" => "changes",
            "saved" => "saved",
            "console" => "console",
            "diagram" => "diagram",
            "sizes" => "sizes",
            _ => "",
        }
    }
}

/// A message shown once after a post.
#[derive(Debug, Clone)]
pub struct Flash {
    /// `ok`, `warn` or `alert`.
    pub kind: &'static str,
    /// What happened, in one plain sentence.
    pub words: String,
}

impl Flash {
    /// Names the drawing that goes with the message.
    pub fn icon(&self) -> &'static str {
        if self.kind == "ok" { "done" } else { "alert" }
    }
}

/// Who the page is about: stands at the top of every page of a patient, and on every printed sheet.
#[derive(Debug, Clone)]
pub struct Banner {
    /// Address of the chart.
    pub href: String,
    /// Family name as written; shown in capitals.
    pub surname: String,
    /// Given names; empty for a person with one name.
    pub given: String,
    /// What the person likes to be called, where it differs.
    pub preferred: Option<String>,
    /// Birth date as `14-Jul-1985`.
    pub born: String,
    /// Age as `40 y`, `7 m` or `12 d`.
    pub age: String,
    /// Sex in words.
    pub sex: String,
    /// Record number.
    pub number: String,
    /// Phone number, where the page has use for it.
    pub phone: Option<String>,
    /// Words that change how everything else is read: `Deceased 02-Jan-2026`, `Test patient`, `Restricted`.
    pub marks: Vec<String>,
    /// The allergy line.
    pub allergies: Allergies,
}

impl Banner {
    /// Tells whether the banner carries a mark such as `Deceased`.
    pub fn is_marked(&self) -> bool {
        !self.marks.is_empty()
    }
}

/// The three states of the allergy line; they are never confused with each other.
#[derive(Debug, Clone)]
pub enum Allergies {
    /// Known allergies, the most dangerous first.
    Listed(Vec<AllergyLine>),
    /// Asked, and there are none; holds by whom and when, as `asked by Dr Lind, 03-Mar-2026`.
    NoneKnown(String),
    /// Nobody has asked.
    NotAsked,
}

/// One allergy on the line.
#[derive(Debug, Clone)]
pub struct AllergyLine {
    /// What the person reacts to.
    pub allergen: String,
    /// Reaction and severity, as `anaphylaxis, life-threatening`; empty where unknown.
    pub detail: String,
    /// Whether it is severe or life-threatening.
    pub severe: bool,
}

/// A patient in a row or a list, with two identifiers.
#[derive(Debug, Clone)]
pub struct PatientLine {
    /// Address of the chart or of the visit.
    pub href: String,
    /// Family name as written; shown in capitals.
    pub surname: String,
    /// Given names; empty for a person with one name.
    pub given: String,
    /// Birth date as `14-Jul-1985`.
    pub born: String,
    /// Age as `40 y`.
    pub age: String,
    /// Record number.
    pub number: String,
}

impl PatientLine {
    /// The name in one piece: `Kern, Ana`.
    pub fn called(&self) -> String {
        format!("{}, {}", self.surname, self.given)
    }
}

/// The way to the page before and the page after.
#[derive(Debug, Clone)]
pub struct Pager {
    /// Address of the page before.
    pub previous: Option<String>,
    /// Address of the page after.
    pub next: Option<String>,
    /// Word on the way back, as `Earlier`.
    pub earlier: Cow<'static, str>,
    /// Word on the way on, as `More`.
    pub later: Cow<'static, str>,
    /// What this page shows, as `1–50 of 1,204`.
    pub words: String,
}

impl Pager {
    /// Tells whether there is any other page.
    pub fn is_needed(&self) -> bool {
        self.previous.is_some() || self.next.is_some()
    }
}

/// Names the drawing of an appointment's status.
pub fn status_icon(status: &str) -> &'static str {
    match status {
        "checked_in" => "arrived",
        "in_progress" => "progress",
        "completed" => "done",
        "cancelled" => "cancelled",
        "no_show" => "absent",
        _ => "clock",
    }
}

#[cfg(test)]
mod tests {
    use askama::Template;

    use super::*;
    use crate::form::Form;

    /// A page with every part on it; the people are invented.
    #[derive(Template)]
    #[template(
        ext = "html",
        source = r#"{% extends "base.html" %}
{% import "parts.html" as parts %}
{% block title %}{{ banner.surname }}{% endblock %}
{% block banner %}{{ parts::banner(banner) }}{% endblock %}
{% block main %}
{{ parts::error_summary(form) }}{{ parts::status("checked_in") }}{{ parts::chip("ok", "done", "Sent") }}{{ parts::tag_draft() }}
{{ parts::field(form, "phone", "Phone", hint = "With area code", kind = "tel", required = true) }}
{{ parts::unit(form, "weight", "Weight", "kg", last = "81 kg") }}{{ parts::area(form, "plan", "Plan") }}
{{ parts::select(form, "sex", "Sex", [("male", "Male"), ("female", "Female")]) }}
{{ parts::radios(form, "kind", "Kind", [("a", "A"), ("b", "B")], hint = "One") }}{{ parts::check(form, "agreed", "Agreed") }}
{{ parts::submit("Save") }}{{ parts::submit("Sign", kind = "danger", name = "do", value = "sign") }}
<dl class="vitals">{{ parts::vital("Pulse", 72, "/min", last = "70") }}</dl>{{ parts::identity(patient) }}{{ parts::empty("No visits", "yet") }}
{{ parts::pager(pager) }}{{ parts::sheet_head(banner, shell.practice, "Visit") }}{{ parts::sheet_foot("Printed") }}
{% endblock %}"#
    )]
    struct EveryPart {
        shell: Shell,
        banner: Banner,
        form: Form,
        patient: PatientLine,
        pager: Pager,
    }

    fn page(user: Option<&str>, allergies: Allergies) -> String {
        let mut form = Form::default().with("plan", "</textarea><script>").with("sex", "female");
        form.refuse("phone", "Phone needs at least 7 digits");
        let flash = Flash { kind: "ok", words: "Checked in".into() };
        let user = user.map(str::to_owned);
        let shell = Shell { practice: "Elm Row".into(), user, flash: Some(flash), ..Shell::default() };
        let (surname, given, born) = ("O'Neill".to_owned(), "Ana".to_owned(), "14-Jul-1985".to_owned());
        let (age, number, href) = ("41 y".to_owned(), "000-12".to_owned(), "/patients/7".to_owned());
        let patient = PatientLine {
            href: href.clone(),
            surname: surname.clone(),
            given: given.clone(),
            born: born.clone(),
            age: age.clone(),
            number: number.clone(),
        };
        let (sex, marks) = ("Female".into(), vec!["Deceased 02-Jan-2026".into()]);
        let banner = Banner {
            href,
            surname,
            given,
            preferred: None,
            born,
            age,
            sex,
            number,
            phone: None,
            marks,
            allergies,
        };
        let pager = Pager {
            previous: None,
            next: Some("?after=7".into()),
            earlier: "Back".into(),
            later: "More".into(),
            words: "1–20".into(),
        };
        EveryPart { shell, banner, form, patient, pager }.render().unwrap()
    }

    #[test]
    fn a_refused_field_names_its_error_and_keeps_what_was_typed_harmless() {
        let page = page(Some("Dr Lind"), Allergies::NotAsked);
        assert!(page.contains(r#"aria-describedby="phone-error phone-hint""#), "{page}");
        assert!(page.contains(r##"<a href="#phone">Phone needs at least 7 digits</a>"##));
        assert!(page.contains(r#"<option value="female" selected>"#));
        assert!(!page.contains("</textarea><script>") && !page.contains("style="));
    }

    #[test]
    fn the_three_states_of_the_allergy_line_read_apart() {
        let line = AllergyLine { allergen: "Penicillin".into(), detail: "hives".into(), severe: true };
        let listed = page(None, Allergies::Listed(vec![line]));
        assert!(listed.contains("Penicillin") && !listed.contains("No known"));
        assert!(page(None, Allergies::NoneKnown("asked today".into())).contains("No known allergies"));
        assert!(page(None, Allergies::NotAsked).contains("Allergies not recorded"));
    }

    #[test]
    fn nobody_signed_in_sees_no_way_further() {
        let page = page(None, Allergies::NotAsked);
        assert!(!page.contains("/sign-out") && !page.contains(r#"href="/audit""#));
    }

    #[test]
    fn a_page_belongs_to_one_part_of_the_navigation() {
        for (path, section) in [
            ("/", "day"),
            ("/?on=2026-11-22", "day"),
            ("/visits/7", "day"),
            ("/patients/7/visits", "patients"),
            ("/unsigned", "unsigned"),
            ("/audit?page=2", "audit"),
            ("/sign-in", ""),
        ] {
            let shell = Shell { path: path.to_owned(), ..Shell::default() };
            assert_eq!(shell.section(), section, "{path}");
        }
    }
}
