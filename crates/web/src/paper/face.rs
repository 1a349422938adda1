//! The typeface, Noto Sans: how wide a text is in it, as which shapes it is drawn, and which signs it lacks.

use super::PaperError;
use harfrust::{Direction, FontRef, ShapeOptions, ShaperData, UnicodeBuffer};
use krilla::text::{Font, GlyphId, KrillaGlyph};

/// Regular and bold.
pub(super) struct Faces {
    regular: Face,
    bold: Face,
}

/// One cut of the typeface.
pub(super) struct Face {
    /// As it goes into the document.
    pub(super) font: Font,
    program: FontRef<'static>,
    shapes: ShaperData,
}

/// How a line of text is set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Style {
    /// Whether it is bold.
    pub(super) bold: bool,
    /// Height of the type, in points.
    pub(super) size: f32,
    /// From one base line to the next, in points.
    pub(super) leading: f32,
}

/// A text as shapes; lengths are in parts of the type's height.
pub(super) struct Shaped {
    /// The shapes in their order.
    pub(super) glyphs: Vec<KrillaGlyph>,
    /// How wide they are together.
    width: f32,
}

impl Faces {
    /// Loads the typeface.
    pub(super) fn load() -> Result<Self, PaperError> {
        Ok(Self { regular: Face::load(ttf_noto_sans::REGULAR)?, bold: Face::load(ttf_noto_sans::BOLD)? })
    }

    /// The cut that a style asks for.
    pub(super) fn of(&self, style: Style) -> &Face {
        if style.bold { &self.bold } else { &self.regular }
    }

    /// How wide a text is, in points.
    pub(super) fn width(&self, text: &str, style: Style) -> f32 {
        self.of(style).shaped(text).width * style.size
    }
}

impl Face {
    fn load(bytes: &'static [u8]) -> Result<Self, PaperError> {
        let unread = || PaperError::Broken("the typeface cannot be read".to_owned());
        let font = Font::new(bytes.into(), 0).ok_or_else(unread)?;
        let program = FontRef::new(bytes).map_err(|_| unread())?;
        let shapes = ShaperData::new(&program);
        Ok(Self { font, program, shapes })
    }

    /// A text as shapes, with kerning, and marks set upon their letters.
    pub(super) fn shaped(&self, text: &str) -> Shaped {
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.guess_segment_properties();
        buffer.set_direction(Direction::LeftToRight);
        let shaper = self.shapes.shaper(&self.program).build();
        let set = shaper.shape(buffer, ShapeOptions::new());
        let starts: Vec<usize> =
            set.glyph_infos().iter().map(|info| usize::try_from(info.cluster).unwrap_or(0)).collect();
        let parts = |length: i32| {
            // A shape is never wider than 32,767 parts of the 2,048 to which type is cut.
            f32::from(i16::try_from(length).unwrap_or(i16::MAX)) / self.font.units_per_em()
        };
        let shape = |(info, at): (&harfrust::GlyphInfo, &harfrust::GlyphPosition)| {
            let start = usize::try_from(info.cluster).unwrap_or(0);
            let end = starts.iter().copied().filter(|next| *next > start).min().unwrap_or(text.len());
            KrillaGlyph::new(
                GlyphId::new(info.glyph_id),
                parts(at.x_advance),
                parts(at.x_offset),
                parts(at.y_offset),
                parts(at.y_advance),
                start..end,
                None,
            )
        };
        let glyphs: Vec<KrillaGlyph> =
            set.glyph_infos().iter().zip(set.glyph_positions()).map(shape).collect();
        let width = glyphs.iter().map(|glyph| glyph.x_advance).sum();
        Shaped { glyphs, width }
    }

    /// The signs of a text that the typeface has no shape for, or for which nobody but the sender has one.
    pub(super) fn lacking(&self, text: &str) -> Vec<char> {
        let shaped = self.shaped(text);
        let none = shaped.glyphs.iter().filter(|glyph| glyph.glyph_id.to_u32() == 0);
        let without = none.filter_map(|glyph| text.get(glyph.text_range.clone())).flat_map(str::chars);
        let private = text.chars().filter(|sign| matches!(sign, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..));
        without.chain(private).filter(|sign| !sign.is_whitespace()).collect()
    }
}

/// A text as it is set: blanks of all kinds are blanks, hyphens are hyphens, and what has no shape by its nature is gone.
pub(super) fn plain(text: &str) -> String {
    let plain = |sign: char| match sign {
        '\n' | '\u{a0}' => Some(sign),
        // The typeface has one hyphen and one blank that does not break.
        '\u{2010}' | '\u{2011}' => Some('-'),
        '\u{2007}' | '\u{202f}' => Some('\u{a0}'),
        // Marks that only steer how others are set: joiners, directions, soft hyphens.
        '\u{ad}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}'
        | '\u{feff}' => None,
        sign if sign.is_whitespace() || sign.is_control() => Some(' '),
        sign => Some(sign),
    };
    text.chars().filter_map(plain).collect()
}
