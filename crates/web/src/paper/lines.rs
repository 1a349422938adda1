//! Lines: the parts of a document broken by the real widths of the type, and what each line must stay with.

use super::face::{Faces, Style, plain};
use super::{Part, Size};

/// A line as it is set.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    /// What it says.
    pub(super) text: String,
    /// How.
    pub(super) style: Style,
    /// The place of its paragraph in the document, from 0.
    pub(super) paragraph: usize,
    /// What its paragraph is.
    pub(super) kind: Kind,
    /// Points above it, unless it is the first of a page.
    pub(super) gap: f32,
    /// A rule drawn above it, this long.
    pub(super) rule: Option<f32>,
    /// Whether its paragraph goes on with the next line.
    pub(super) goes_on: bool,
}

/// What a paragraph is to somebody who listens to the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// What the document is about.
    Heading,
    /// What a part of it is about.
    Subheading,
    /// Everything else.
    Text,
}

/// Lines that are never parted by the end of a page.
pub(super) type Group = Vec<Line>;

const BODY: Style = Style { bold: false, size: 10.5, leading: 15.0 };
const HEADING: Style = Style { bold: true, size: 13.0, leading: 18.0 };
const SUBHEADING: Style = Style { bold: true, size: 10.5, leading: 15.0 };
const NAME: Style = Style { bold: true, size: 13.0, leading: 17.0 };
/// Small type: addresses, dates, the foot.
pub(super) const FINE: Style = Style { bold: false, size: 8.5, leading: 12.0 };

/// Room for a signature by hand.
const TO_SIGN: f32 = 44.0;
/// How long the line to sign on is.
const SIGN_LINE: f32 = 190.0;

/// A paragraph before it is broken.
struct Paragraph {
    texts: Vec<String>,
    style: Style,
    kind: Kind,
    gap: f32,
    rule: Option<f32>,
    with_next: bool,
    with_last: bool,
}

impl Paragraph {
    fn of(texts: Vec<String>, style: Style, gap: f32) -> Self {
        Self { texts, style, kind: Kind::Text, gap, rule: None, with_next: false, with_last: false }
    }
}

/// Breaks the parts of a document into lines, in groups that stay together.
pub(super) fn set(faces: &Faces, parts: &[Part], size: Size) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut glued = false;
    for (place, paragraph) in parts.iter().flat_map(|part| paragraphs(part, size)).enumerate() {
        let (with_next, with_last) = (paragraph.with_next, paragraph.with_last);
        let lines = lines(faces, paragraph, place, size.width());
        for (nth, chunk) in chunks(lines).into_iter().enumerate() {
            match groups.last_mut() {
                Some(last) if nth == 0 && (glued || with_last) => last.extend(chunk),
                Some(_) | None => groups.push(chunk),
            }
        }
        glued = with_next;
    }
    groups
}

/// Two lines at least on either side of a break: up to three stay together, of more the first two and the last two.
fn chunks(lines: Vec<Line>) -> Vec<Group> {
    let count = lines.len();
    let mut chunks: Vec<Group> = Vec::new();
    for (nth, line) in lines.into_iter().enumerate() {
        let joins = nth == 1 || nth + 1 == count || count <= 3;
        match chunks.last_mut() {
            Some(last) if joins => last.push(line),
            Some(_) | None => chunks.push(vec![line]),
        }
    }
    chunks
}

fn paragraphs(part: &Part, size: Size) -> Vec<Paragraph> {
    match part {
        Part::Letterhead(lines) => {
            let name = lines.iter().take(1).cloned().collect();
            let rest: Vec<String> = lines.iter().skip(1).cloned().collect();
            let ruled =
                Paragraph { rule: Some(size.width()), ..Paragraph::of(vec![String::new()], FINE, 4.0) };
            let rest = (!rest.is_empty()).then(|| Paragraph::of(rest, FINE, 0.0));
            std::iter::once(Paragraph::of(name, NAME, 0.0)).chain(rest).chain([ruled]).collect()
        }
        Part::Notice(text) => vec![Paragraph::of(vec![text.clone()], SUBHEADING, 8.0)],
        Part::Heading(text) => vec![Paragraph {
            kind: Kind::Heading,
            with_next: true,
            ..Paragraph::of(vec![text.clone()], HEADING, 14.0)
        }],
        Part::Subheading(text) => vec![Paragraph {
            kind: Kind::Subheading,
            with_next: true,
            ..Paragraph::of(vec![text.clone()], SUBHEADING, 10.0)
        }],
        Part::Text(text) => text
            .split("\n\n")
            .filter(|text| !text.trim().is_empty())
            .map(|text| Paragraph::of(text.trim().lines().map(str::to_owned).collect(), BODY, 8.0))
            .collect(),
        Part::Lines(lines) => vec![Paragraph::of(lines.clone(), BODY, 8.0)],
        Part::Fine(lines) => vec![Paragraph::of(lines.clone(), FINE, 6.0)],
        Part::Signature(lines) => vec![Paragraph {
            rule: Some(SIGN_LINE),
            with_last: true,
            ..Paragraph::of(lines.clone(), BODY, TO_SIGN)
        }],
    }
}

fn lines(faces: &Faces, paragraph: Paragraph, place: usize, width: f32) -> Vec<Line> {
    let Paragraph { texts, style, kind, gap, rule, .. } = paragraph;
    let broken: Vec<String> = texts.iter().flat_map(|text| broken(faces, text, style, width)).collect();
    let count = broken.len();
    let line = |(nth, text): (usize, String)| Line {
        text,
        style,
        paragraph: place,
        kind,
        gap: if nth == 0 { gap } else { 0.0 },
        rule: rule.filter(|_| nth == 0),
        goes_on: nth + 1 < count,
    };
    broken.into_iter().enumerate().map(line).collect()
}

/// The foot in lines, with room for the number of the page beside it.
pub(super) fn foot(faces: &Faces, text: &str, size: Size) -> Vec<String> {
    broken(faces, text, FINE, size.width() - faces.width("Page 000 of 000", FINE) - 16.0)
}

/// A text in lines of at most a width, at least one.
fn broken(faces: &Faces, text: &str, style: Style, width: f32) -> Vec<String> {
    plain(text).split('\n').flat_map(|line| wrapped(faces, line, style, width)).collect()
}

fn wrapped(faces: &Faces, text: &str, style: Style, width: f32) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if faces.width(&longer, style) <= width {
            line = longer;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        let mut pieces = cut(faces, word, style, width);
        line = pieces.pop().unwrap_or_default();
        lines.append(&mut pieces);
    }
    lines.push(line);
    lines
}

/// A word that is wider than a line, cut between letters; any other as it is.
fn cut(faces: &Faces, word: &str, style: Style, width: f32) -> Vec<String> {
    if faces.width(word, style) <= width {
        return vec![word.to_owned()];
    }
    let mut pieces = Vec::new();
    let mut piece = String::new();
    let mut starts: Vec<usize> =
        faces.of(style).shaped(word).glyphs.iter().map(|glyph| glyph.text_range.start).collect();
    starts.push(word.len());
    starts.dedup();
    for (from, until) in starts.iter().zip(starts.iter().skip(1)) {
        let letter = word.get(*from..*until).unwrap_or_default();
        let longer = format!("{piece}{letter}");
        if !piece.is_empty() && faces.width(&longer, style) > width {
            pieces.push(std::mem::replace(&mut piece, letter.to_owned()));
        } else {
            piece = longer;
        }
    }
    pieces.push(piece);
    pieces
}

/// The signs that cannot be drawn, each once, in the order in which they come.
pub(super) fn lacking(faces: &Faces, set: &[Group], foot: &[String]) -> Vec<char> {
    let lines = set.iter().flatten().map(|line| (line.text.as_str(), line.style));
    let mut signs = Vec::new();
    for (text, style) in lines.chain(foot.iter().map(|text| (text.as_str(), FINE))) {
        for sign in faces.of(style).lacking(text) {
            if !signs.contains(&sign) {
                signs.push(sign);
            }
        }
    }
    signs
}
