//! Pages: groups of lines laid one below the other until a page is full.

use super::Size;
use super::lines::{FINE, Group, Line};

/// A line at its place.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Placed {
    /// The line.
    pub(super) line: Line,
    /// Points from the top of the page to its base line.
    pub(super) base: f32,
}

/// From where to where a page is filled, in points from its top.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Room {
    top: f32,
    bottom: f32,
}

/// Points between the foot and what is above it.
const ABOVE_FOOT: f32 = 14.0;

/// The room that a foot of so many lines leaves.
pub(super) fn room(size: Size, foot: usize) -> Room {
    let foot = std::iter::repeat_n(FINE.leading, foot).sum::<f32>();
    Room { top: size.margin(), bottom: size.height() - size.margin() - foot - ABOVE_FOOT }
}

/// Lays groups onto pages; at least one page comes of it. A group that is longer than a page is parted all the same.
pub(super) fn broken(groups: Vec<Group>, room: Room) -> Vec<Vec<Placed>> {
    let mut pages = Vec::new();
    let mut page: Vec<Placed> = Vec::new();
    let mut below = room.top;
    for group in groups {
        let height: f32 = group.iter().map(|line| line.gap + line.style.leading).sum();
        if !page.is_empty() && below + height > room.bottom {
            pages.push(std::mem::take(&mut page));
            below = room.top;
        }
        for line in group {
            let mut gap = if page.is_empty() { 0.0 } else { line.gap };
            if !page.is_empty() && below + gap + line.style.leading > room.bottom {
                pages.push(std::mem::take(&mut page));
                (below, gap) = (room.top, 0.0);
            }
            below += gap + line.style.leading;
            page.push(Placed { base: below - (line.style.leading - line.style.size), line });
        }
    }
    pages.push(page);
    pages
}
