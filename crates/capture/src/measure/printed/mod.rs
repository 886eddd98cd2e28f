//! Whether a printed line says what it should: the eighteen figures of a number, or the dates of validity.
//!
//! What should be there is known, so it is verified and not read: each position is compared with the glyph that it should
//! have and with all other digits, in the font of the templates that fits the line best. That the expected glyph is the
//! likeliest isn't enough: what was painted out is still faintly like something. So there must be ink of the line's own strength,
//! too, and of the glyph's shape. What can't be read is never the same.
//!
//! A template that fits is needed: a line in another font can't be read, and says so.

mod cells;
mod glyphs;
mod search;
mod strip;
mod verdict;

use super::super::Plane;
use super::card::Card;
use super::figure::{Measure, Threshold};
use super::thresholds::{Thresholds, figure};
use cells::Cells;
use glyphs::{DIGITS, Font, Glyph};
use search::{Band, Comb, Grid};
use std::collections::BTreeMap;
use strip::{Area, Strip};
use verdict::{Limits, Seen};
pub use verdict::{Position, PrintedLine, PrintedOutcome};

/// Where a line is on its side of the card and how large its print may be, all in tenths of a millimetre.
struct Place {
    area: Area,
    heights: [usize; 2],
    pitches: [f32; 2],
}

/// GA 448-2013, annex A: eighteen figures along the lower side. A little more on all sides: outlines are off, cards are printed
/// and cut with tolerances.
const NUMBER: Place =
    Place { area: Area { rows: [396, 526], columns: [226, 846] }, heights: [24, 38], pitches: [25.0, 32.5] };
/// The second date line of the emblem side, behind its label.
const VALIDITY: Place =
    Place { area: Area { rows: [424, 522], columns: [270, 830] }, heights: [16, 32], pitches: [14.0, 24.0] };

/// Bands that are looked into: text of the address may reach into the strip.
const BANDS: usize = 3;

impl Card {
    /// Whether the number printed on this portrait side is the expected one, character by character.
    ///
    /// Costs a few milliseconds whatever the size of the photo, and no memory to speak of: it looks at the rectified card.
    pub fn printed_number(&self, expected: &str, thresholds: &Thresholds) -> PrintedLine {
        verify(self.flat.luma(), &NUMBER, expected, &thresholds.printed)
    }

    /// Whether the dates printed on this emblem side are the expected ones: `2010.01.01-2030.01.01`, or `2010.01.01-` for a
    /// card without an end, whose two characters behind the hyphen aren't looked at.
    pub fn printed_validity(&self, expected: &str, thresholds: &Thresholds) -> PrintedLine {
        verify(self.flat.luma(), &VALIDITY, expected, &thresholds.printed)
    }
}

fn verify(luma: &Plane, place: &Place, expected: &str, limits: &BTreeMap<Measure, Threshold>) -> PrintedLine {
    let text: Option<Vec<usize>> = expected.chars().map(glyphs::index).collect();
    let text = text.unwrap_or_default();
    let seen = if text.is_empty() { None } else { look(luma, place, &text) };
    let Some(seen) = seen else { return PrintedLine::unseen(expected.chars().count(), limits) };
    verdict::judge(&seen, &Limits::of(limits), |measure, value| figure(limits, measure, value))
}

/// A line laid onto the print.
struct Laid<'a> {
    /// How well the text fits there, as the mean of its correlations.
    likeness: f32,
    grid: Grid,
    band: Band,
    font: &'a Font,
}

/// What is at each position, where the line is seen best.
fn look(luma: &Plane, place: &Place, text: &[usize]) -> Option<Vec<Seen>> {
    let strip = Strip::of(luma, place.area)?;
    let mut best: Option<Laid<'_>> = None;
    for band in search::bands(&strip, place.heights, BANDS) {
        for widths in glyphs::fonts() {
            let laid = lay(&strip, place, band, widths, text);
            best =
                laid.filter(|laid| best.as_ref().is_none_or(|best| laid.likeness > best.likeness)).or(best);
        }
        // The first band is the line, unless it isn't.
        if best.as_ref().is_some_and(|best| best.likeness > CLEAR) {
            break;
        }
    }
    let mut best = best?;
    if best.likeness < CLEAR {
        // Another text may be there: it lies better under what it seems to say.
        let cells = Cells::of(&strip, best.grid);
        let digits = best.font.digits();
        let seems: Vec<usize> =
            text.iter().enumerate().map(|(at, wanted)| read(&cells, digits, at, *wanted)).collect();
        let again = lay(&strip, place, best.band, std::slice::from_ref(best.font), &seems);
        best = again.filter(|again| again.likeness > best.likeness).unwrap_or(best);
    }
    let Laid { grid, font, .. } = best;
    let cells = Cells::of(&strip, grid);
    let seen = text.iter().enumerate().map(|(position, wanted)| {
        let fits = cells.fits(position, font.digits(), 2);
        let own = match fits.get(*wanted) {
            Some(fit) => *fit,
            None => cells.fits(position, [font.glyphs.get(*wanted)?], 2)[0],
        };
        let others = fits.iter().enumerate().filter(|(digit, _)| digit != wanted).map(|(_, fit)| *fit);
        let other = others.max_by(|a, b| a.likeness.total_cmp(&b.likeness)).unwrap_or_default();
        Some(Seen { own, other, is_digit: *wanted < PLAIN })
    });
    seen.collect()
}

/// From here on a text plainly lies where it belongs.
const CLEAR: f32 = 0.72;
/// Glyphs from here on stand between the digits: the X of a number is one of them, a point isn't.
const PLAIN: usize = DIGITS + 1;

/// The likeliest digit; what is no digit stays what it is.
fn read(cells: &Cells, digits: [&Glyph; DIGITS], position: usize, wanted: usize) -> usize {
    if wanted >= DIGITS {
        return wanted;
    }
    let fits = cells.fits(position, digits, 3);
    let best = fits.iter().enumerate().max_by(|a, b| a.1.likeness.total_cmp(&b.1.likeness));
    best.map_or(wanted, |(digit, _)| digit)
}

/// Lays a text onto a band in the font's width that fits best: the comb is looked for once, widths are told by some of the cells.
fn lay<'a>(strip: &Strip, place: &Place, band: Band, widths: &'a [Font], text: &[usize]) -> Option<Laid<'a>> {
    let comb = search::comb(strip, &band, widths.get(widths.len() / 2)?, text, place.pitches)?;
    let cells = Cells::of(strip, Grid::of(&band, &comb, strip, text.len()));
    let (_, font) =
        widths.iter().map(|font| (cells.sampled(font, text, 3), font)).max_by(|a, b| a.0.total_cmp(&b.0))?;
    let (grid, likeness) = settle(strip, &band, &comb, font, text);
    Some(Laid { likeness, grid, band, font })
}

/// Lays the cells onto the print: first where the comb says, then where they fit best, with a little more or less height.
fn settle(strip: &Strip, band: &Band, comb: &Comb, font: &Font, text: &[usize]) -> (Grid, f32) {
    let grid = Grid::of(band, comb, strip, text.len());
    let (mut grid, mut likeness) = Cells::of(strip, grid).settled(font, text, 4);
    for high in cells::heights(grid.high) {
        let middle = grid.y[0] + grid.high / 2.0;
        let other = Grid { high, y: [middle - high / 2.0, grid.y[1]], ..grid };
        let (moved, found) = Cells::of(strip, other).settled(font, text, 3);
        if found > likeness {
            (grid, likeness) = (moved, found);
        }
    }
    let (settled, found) = Cells::of(strip, grid).settled(font, text, 2);
    if found >= likeness { (settled, found) } else { (grid, likeness) }
}

#[cfg(test)]
mod tests;
