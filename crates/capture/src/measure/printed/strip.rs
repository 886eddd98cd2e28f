//! The part of a card that holds a printed line, as ink: how much darker each place is than the ground around it.

use super::super::super::Plane;

/// Where on the rectified card (0.1 mm) a line is looked for.
#[derive(Clone, Copy)]
pub(super) struct Area {
    pub(super) rows: [usize; 2],
    pub(super) columns: [usize; 2],
}

/// Levels of ink, row by row.
pub(super) struct Strip {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) ink: Vec<f32>,
}

/// Sides of the blocks in which the ground is taken.
const BLOCK: [usize; 2] = [40, 26];
/// The share of a block that is darker than its ground: print covers a quarter of its line.
const RANK: f32 = 0.75;

impl Strip {
    /// `None` when the card hasn't that place.
    pub(super) fn of(luma: &Plane, area: Area) -> Option<Self> {
        let ([top, bottom], [left, right]) = (area.rows, area.columns);
        if bottom > luma.height() || right > luma.width() || top >= bottom || left >= right {
            return None;
        }
        let (width, height) = (right - left, bottom - top);
        let row = |y: usize| luma.row(top + y).get(left..right).unwrap_or_default();
        let (across, down) = (width.div_ceil(BLOCK[0]), height.div_ceil(BLOCK[1]));
        let mut grounds = Vec::with_capacity(across * down);
        for (j, i) in (0..down).flat_map(|j| (0..across).map(move |i| (j, i))) {
            let mut counts = [0u32; 256];
            let mut total = 0;
            for y in j * BLOCK[1]..((j + 1) * BLOCK[1]).min(height) {
                let part = row(y).iter().skip(i * BLOCK[0]).take(BLOCK[0]);
                for value in part {
                    counts[usize::from(*value)] += 1;
                    total += 1;
                }
            }
            grounds.push(super::super::ground::ranked(&counts, total, RANK));
        }
        // Between the middles of four blocks.
        let between = |x: usize, y: usize| {
            let place = |at: usize, size: usize, count: usize| {
                let at = ((at as f32 + 0.5) / size as f32 - 0.5).clamp(0.0, count as f32 - 1.0);
                let low = (at as usize).min(count.saturating_sub(2));
                (low, (low + 1).min(count - 1), at - low as f32)
            };
            let ((x0, x1, fx), (y0, y1, fy)) = (place(x, BLOCK[0], across), place(y, BLOCK[1], down));
            let at = |x: usize, y: usize| grounds.get(y * across + x).copied().unwrap_or(0.0);
            let upper = at(x0, y0) + (at(x1, y0) - at(x0, y0)) * fx;
            let lower = at(x0, y1) + (at(x1, y1) - at(x0, y1)) * fx;
            upper + (lower - upper) * fy
        };
        let mut ink = Vec::with_capacity(width * height);
        for y in 0..height {
            // The ground changes slowly: every eighth place is worked out.
            for (run, values) in row(y).chunks(8).enumerate() {
                let ground = between((run * 8 + 4).min(width - 1), y);
                ink.extend(values.iter().map(|value| ground - f32::from(*value)));
            }
        }
        Some(Self { width, height, ink })
    }

    /// One row; empty when there is no such row.
    pub(super) fn row(&self, y: usize) -> &[f32] {
        self.ink.get(y * self.width..(y + 1) * self.width).unwrap_or_default()
    }

    /// Between four places; the rim repeats outside.
    pub(super) fn between(&self, x: f32, y: f32) -> f32 {
        let x = x.clamp(0.0, self.width as f32 - 1.001);
        let y = y.clamp(0.0, self.height as f32 - 1.001);
        let (left, top) = (x as usize, y as usize);
        let (fx, fy) = (x - left as f32, y - top as f32);
        let at = top * self.width + left;
        let (Some(&[a, b]), Some(&[c, d])) =
            (self.ink.get(at..at + 2), self.ink.get(at + self.width..at + self.width + 2))
        else {
            return 0.0;
        };
        let upper = a + (b - a) * fx;
        let lower = c + (d - c) * fx;
        upper + (lower - upper) * fy
    }
}
