//! The page on which one line of a chart's list is added or changed, whatever the list.

use crate::error::Fault;
use crate::form::Form;
use crate::page::{conflict, page, refused};
use crate::shell::{Banner, Shell};
use crate::visitor::Visitor;
use askama::Template;
use axum::response::Response;
use medrecord_clinic::field::Problems;
use std::borrow::Cow;

/// Which list the line belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Allergy,
    Condition,
    Medication,
}

impl Kind {
    fn title(self, is_new: bool) -> &'static str {
        match (self, is_new) {
            (Self::Allergy, true) => "Add an allergy",
            (Self::Allergy, false) => "Change an allergy",
            (Self::Condition, true) => "Add a problem",
            (Self::Condition, false) => "Change a problem",
            (Self::Medication, true) => "Add a medication",
            (Self::Medication, false) => "Change a medication",
        }
    }

    /// What may become of the line, as (word of the form, word for people).
    fn endings(self) -> Vec<(&'static str, &'static str)> {
        match self {
            Self::Allergy => vec![
                ("active", "Counts"),
                ("inactive", "Does not count any more"),
                ("entered_in_error", "Entered in error"),
            ],
            Self::Condition => vec![
                ("active", "Active"),
                ("in remission", "In remission"),
                ("resolved", "Resolved"),
                ("entered_in_error", "Entered in error"),
            ],
            Self::Medication => {
                vec![("stopped", "Stopped"), ("entered_in_error", "Entered in error")]
            }
        }
    }
}

/// A field of which two versions exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Difference {
    pub(crate) label: Cow<'static, str>,
    /// What is on file now.
    pub(crate) theirs: String,
    /// What was typed.
    pub(crate) yours: String,
}

/// What fields are called on pages that are not translated yet.
fn english(
    labels: &[(&'static str, &'static str)],
) -> impl Iterator<Item = (&'static str, Cow<'static, str>)> {
    labels.iter().map(|(field, label)| (*field, Cow::Borrowed(*label)))
}

/// Which of the labelled fields differ.
pub(crate) fn differences(
    labels: impl IntoIterator<Item = (&'static str, Cow<'static, str>)>,
    theirs: &Form,
    yours: &Form,
) -> Vec<Difference> {
    labels
        .into_iter()
        .filter(|(name, _)| theirs.value(name).trim() != yours.value(name).trim())
        .map(|(name, label)| Difference {
            label,
            theirs: theirs.value(name).to_owned(),
            yours: yours.value(name).to_owned(),
        })
        .collect()
}

#[derive(Template)]
#[template(path = "pages/chart/item.html")]
pub(super) struct ItemPage {
    shell: Shell,
    banner: Banner,
    kind: Kind,
    title: &'static str,
    /// Where the form is posted; for a line on file, its status goes to `/status` below it.
    action: String,
    is_new: bool,
    form: Form,
    endings: Vec<(&'static str, &'static str)>,
    differences: Vec<Difference>,
}

const SEVERITIES: [(&str, &str); 5] = [
    ("", "Unknown"),
    ("mild", "Mild"),
    ("moderate", "Moderate"),
    ("severe", "Severe"),
    ("life_threatening", "Life-threatening"),
];

impl ItemPage {
    /// The page of a new line.
    pub(super) fn add(visitor: &Visitor, banner: Banner, kind: Kind, action: String, form: Form) -> Self {
        let (title, endings, differences) = (kind.title(true), Vec::new(), Vec::new());
        Self { shell: visitor.shell(), banner, kind, title, action, is_new: true, form, endings, differences }
    }

    /// The page of a line on file; the form holds its `version`.
    pub(super) fn change(visitor: &Visitor, banner: Banner, kind: Kind, action: String, form: Form) -> Self {
        let (title, endings) = (kind.title(false), kind.endings());
        Self { title, endings, is_new: false, ..Self::add(visitor, banner, kind, action, form) }
    }

    /// Says everything that the clinic found wrong.
    pub(super) fn refuse_all(&mut self, problems: &Problems) {
        self.form.refuse_all(problems);
    }

    /// Shows it as it is, or with 422 where something is wrong.
    pub(super) fn answer(self) -> Result<Response, Fault> {
        if self.form.is_refused() { refused(&self) } else { page(&self) }
    }

    /// Shows it beside what somebody else saved meanwhile; saving again goes over that.
    pub(super) fn stale(
        mut self,
        labels: &[(&'static str, &'static str)],
        current: &Form,
    ) -> Result<Response, Fault> {
        self.differences = differences(english(labels), current, &self.form);
        if self.differences.is_empty() {
            self.differences.push(Difference {
                label: Cow::Borrowed("Status"),
                theirs: current.value("status").to_owned(),
                yours: self.form.value("status").to_owned(),
            });
        }
        self.form.put("version", current.value("version"));
        conflict(&self)
    }
}
