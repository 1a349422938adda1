//! Writes the file: PDF/A-2a and PDF/UA-1, so that it can be kept for good and listened to.

use super::face::{Faces, Style};
use super::lines::{FINE, Kind};
use super::pages::Placed;
use super::{Paper, PaperError};
use chrono::{Datelike as _, Timelike as _};
use krilla::configure::{Accessibility, Archival, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{PathBuilder, Point};
use krilla::metadata::{DateTime, Metadata};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::Stroke;
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, SpanTag, Tag, TagGroup, TagKind, TagTree};
use krilla::{Document, SerializeSettings};
use medrecord_clinic::time::Instant;
use std::collections::BTreeMap;
use std::num::NonZeroU16;

/// Paragraphs by their place, as they are told to somebody who listens.
type Told = BTreeMap<usize, TagGroup>;

/// Writes pages as a document.
pub(super) fn document(
    paper: &Paper,
    faces: &Faces,
    pages: &[Vec<Placed>],
    foot: &[String],
) -> Result<Vec<u8>, PaperError> {
    let mut document = Document::new_with(settings()?);
    document.set_metadata(metadata(paper));
    let mut told = Told::new();
    let size = paper.size;
    for (nth, lines) in pages.iter().enumerate() {
        let settings = PageSettings::from_wh(size.sheet_width(), size.height());
        let settings = settings.ok_or_else(|| PaperError::Broken("the sheet has no size".to_owned()))?;
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        for placed in lines {
            draw_line(&mut surface, paper, faces, placed, &mut told);
        }
        let number = paper.t.with("number", nth + 1).with("count", pages.len()).say("paper-page");
        draw_foot(&mut surface, paper, faces, (foot, &number));
        surface.finish();
        page.finish();
    }
    let mut outline = Outline::new();
    let top = XyzDestination::new(0, Point::from_xy(0.0, 0.0));
    outline.push_child(OutlineNode::new(paper.title.clone(), top));
    document.set_outline(outline);
    let mut tree = TagTree::new().with_lang(Some(paper.t.tag().to_owned()));
    for paragraph in told.into_values() {
        tree.push(paragraph);
    }
    document.set_tag_tree(tree);
    document.finish().map_err(|error| PaperError::Broken(format!("{error:?}")))
}

fn settings() -> Result<SerializeSettings, PaperError> {
    let kind = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A2_A)
        .with_accessibility_validator(Accessibility::UA1)
        .finish();
    let configuration = kind.map_err(|error| PaperError::Broken(format!("{error:?}")))?;
    Ok(SerializeSettings { configuration, ..SerializeSettings::default() })
}

fn metadata(paper: &Paper) -> Metadata {
    Metadata::new()
        .title(paper.title.clone())
        .language(paper.t.tag().to_owned())
        .authors(vec![paper.author.clone()])
        .creator("MedRecord AI".to_owned())
        .creation_date(date(paper.made_at))
}

/// The instant as the file bears it, in UTC.
fn date(at: Instant) -> DateTime {
    let at = at.utc();
    let small = |number: u32| u8::try_from(number).unwrap_or(0);
    DateTime::new(u16::try_from(at.year()).unwrap_or(0))
        .month(small(at.month()))
        .day(small(at.day()))
        .hour(small(at.hour()))
        .minute(small(at.minute()))
        .second(small(at.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}

fn draw_line(surface: &mut Surface<'_>, paper: &Paper, faces: &Faces, placed: &Placed, told: &mut Told) {
    let line = &placed.line;
    let left = paper.size.margin();
    if let Some(length) = line.rule {
        surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
        draw_rule(surface, left, placed.base - line.style.size - 3.0, length);
        surface.end_tagged();
    }
    if line.text.is_empty() {
        return;
    }
    // A blank at the end keeps the words of two lines apart for whoever listens or copies.
    let text = if line.goes_on { format!("{} ", line.text) } else { line.text.clone() };
    let spoken = surface.start_tagged(ContentTag::Span(SpanTag::empty()));
    draw_text(surface, faces, &text, line.style, Point::from_xy(left, placed.base));
    surface.end_tagged();
    let paragraph = told.entry(line.paragraph).or_insert_with(|| TagGroup::new(tag(line.kind, &line.text)));
    paragraph.push(spoken);
}

fn tag(kind: Kind, text: &str) -> TagKind {
    match kind {
        Kind::Heading => Tag::Hn(NonZeroU16::MIN, Some(text.to_owned())).into(),
        Kind::Subheading => Tag::Hn(NonZeroU16::MIN.saturating_add(1), Some(text.to_owned())).into(),
        Kind::Text => Tag::P.into(),
    }
}

fn draw_foot(surface: &mut Surface<'_>, paper: &Paper, faces: &Faces, (foot, number): (&[String], &str)) {
    let size = paper.size;
    surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Footer)));
    let mut base = size.height() - size.margin();
    let right = size.margin() + size.width() - faces.width(number, FINE);
    draw_text(surface, faces, number, FINE, Point::from_xy(right, base));
    for text in foot.iter().rev() {
        draw_text(surface, faces, text, FINE, Point::from_xy(size.margin(), base));
        base -= FINE.leading;
    }
    draw_rule(surface, size.margin(), base - 1.0, size.width());
    surface.end_tagged();
}

fn draw_text(surface: &mut Surface<'_>, faces: &Faces, text: &str, style: Style, at: Point) {
    let face = faces.of(style);
    let shaped = face.shaped(text);
    surface.draw_glyphs(at, &shaped.glyphs, face.font.clone(), text, style.size, false);
}

fn draw_rule(surface: &mut Surface<'_>, left: f32, height: f32, length: f32) {
    let mut path = PathBuilder::new();
    path.move_to(left, height);
    path.line_to(left + length, height);
    let Some(path) = path.finish() else { return };
    surface.set_stroke(Some(Stroke { width: 0.6, ..Stroke::default() }));
    surface.draw_path(&path);
    surface.set_stroke(None);
}
