//! How well the printed shapes fit the glyphs of a font.

use super::super::super::vectorised::vectorised;
use super::glyphs::{CELL, CELL_HEIGHT, CELL_WIDTH, Font, Glyph, INK_HIGH};
use super::search::Grid;
use super::strip::Strip;

/// Samples around the cells, so that a cell can be moved.
const MARGIN: usize = 4;
const HEIGHT: usize = CELL_HEIGHT + 2 * MARGIN;

/// A line, resampled so that every glyph has a cell of the templates' size.
pub(super) struct Cells {
    width: usize,
    count: usize,
    ink: Vec<f32>,
    /// Ink levels of a correlation in samples of cells don't depend on the size.
    grid: Grid,
}

/// How well a glyph fits at its best place.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Fit {
    /// Correlation, −1 to 1.
    pub(super) likeness: f32,
    /// Levels between paper and ink, as far as they have the glyph's shape.
    pub(super) ink: f32,
    /// How far the cell was moved, in samples.
    pub(super) moved: (f32, f32),
}

impl Cells {
    pub(super) fn of(strip: &Strip, grid: Grid) -> Self {
        let width = grid.count * CELL_WIDTH + 2 * MARGIN;
        let mut ink = Vec::with_capacity(width * HEIGHT);
        for row in 0..HEIGHT {
            let v = row as f32 + 0.5 - MARGIN as f32;
            for column in 0..width {
                let u = (column as f32 + 0.5 - MARGIN as f32) / CELL_WIDTH as f32;
                let (x, y) = grid.place(u, v);
                // Places are counted from a pixel's corner, samples lie in its middle.
                ink.push(strip.between(x - 0.5, y - 0.5));
            }
        }
        Self { width, count: grid.count, ink, grid }
    }

    /// The best fit of each of `glyphs` in the cell at `position`, moved by at most `reach` samples in either direction.
    pub(super) fn fits<const N: usize>(
        &self,
        position: usize,
        glyphs: [&Glyph; N],
        reach: usize,
    ) -> [Fit; N] {
        let mut best = [Fit { likeness: -1.0, ..Fit::default() }; N];
        if position >= self.count {
            return best;
        }
        let reach = reach.min(MARGIN);
        for (dy, dx) in (0..=2 * reach).flat_map(|dy| (0..=2 * reach).map(move |dx| (dy, dx))) {
            let (top, left) = (MARGIN - reach + dy, MARGIN - reach + dx + position * CELL_WIDTH);
            let Some(part) = self.ink.get(top * self.width + left..) else { continue };
            let products = vectorised(
                #[inline(always)]
                || products(part, self.width, &glyphs),
            );
            let Some((sum, square, products)) = products else { continue };
            let spread = (square - sum * sum / CELL as f32).max(0.0).sqrt();
            for ((best, product), glyph) in best.iter_mut().zip(products).zip(&glyphs) {
                // What is flat fits nothing.
                let likeness = if spread > 1.0 { product / spread } else { 0.0 };
                if likeness > best.likeness {
                    let moved = (dx as f32 - reach as f32, dy as f32 - reach as f32);
                    *best = Fit { likeness, ink: product / glyph.length.max(0.1), moved };
                }
            }
        }
        best
    }

    /// How well every third glyph of `text` fits.
    pub(super) fn sampled(&self, font: &Font, text: &[usize], reach: usize) -> f32 {
        let every_third = text.iter().enumerate().step_by(3);
        let glyphs = every_third.filter_map(|(at, glyph)| Some((at, font.glyphs.get(*glyph)?)));
        glyphs.map(|(position, glyph)| self.fits(position, [glyph], reach)[0].likeness).sum()
    }

    /// The grid moved to where the glyphs of `text` fit best, and how well they fit there, as the mean over the line.
    pub(super) fn settled(&self, font: &Font, text: &[usize], reach: usize) -> (Grid, f32) {
        let mut offsets = Vec::with_capacity(text.len());
        let mut sum = 0.0;
        for (position, glyph) in text.iter().enumerate() {
            let Some(glyph) = font.glyphs.get(*glyph) else { continue };
            let [fit] = self.fits(position, [glyph], reach);
            sum += fit.likeness;
            // What fits badly says nothing about where it is.
            let weight = (fit.likeness - 0.3).max(0.0).powi(2);
            offsets.push((fit.moved.0, fit.moved.1, weight));
        }
        (self.grid.moved(&offsets), sum / text.len().max(1) as f32)
    }
}

/// Sum and sum of squares of a cell, and its products with the glyphs: sums are kept by column, so that they are added side by
/// side.
#[inline(always)]
fn products<const N: usize>(
    part: &[f32],
    width: usize,
    glyphs: &[&Glyph; N],
) -> Option<(f32, f32, [f32; N])> {
    let mut sums = [0.0f32; CELL_WIDTH];
    let mut squares = [0.0f32; CELL_WIDTH];
    let mut products = [[0.0f32; CELL_WIDTH]; N];
    for row in 0..CELL_HEIGHT {
        let values: &[f32; CELL_WIDTH] = part.get(row * width..row * width + CELL_WIDTH)?.try_into().ok()?;
        for at in 0..CELL_WIDTH {
            sums[at] += values[at];
            squares[at] += values[at] * values[at];
        }
        for (product, glyph) in products.iter_mut().zip(glyphs) {
            let shape: &[f32; CELL_WIDTH] =
                glyph.shape.get(row * CELL_WIDTH..(row + 1) * CELL_WIDTH)?.try_into().ok()?;
            for at in 0..CELL_WIDTH {
                product[at] += values[at] * shape[at];
            }
        }
    }
    let total = |lanes: &[f32; CELL_WIDTH]| lanes.iter().sum::<f32>();
    Some((total(&sums), total(&squares), products.map(|product| total(&product))))
}

/// Rows of ink that a line may have more or less than its band says.
pub(super) fn heights(high: f32) -> impl Iterator<Item = f32> {
    (-2..=2).map(move |step| high * (1.0 + 2.0 * step as f32 / INK_HIGH))
}
